"""Sentences and tables that carry verdicts: each figure in its own place, and nothing said that is not so."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from typing import Any

import pandas as pd
import pytest

from cslib import tables
from cslib.analysis.figures.compare import Movements
from cslib.analysis.figures.reconcile import TwoReadings
from cslib.i18n import Wording
from cslib.kpis import CATALOGUE
from cslib.snapshot import Cut, Manifest, TableState
from cslib.tables import Alarm, Output
from cslib.tables.scenario_tables import (
    between_table,
    change_table,
    law_alarm,
    law_table,
    no_data_note,
    nrr_table,
    restatement_table,
    source_table,
    too_short_note,
    with_the_rest,
)
from cslib.validation.findings import LeftOut, SetAside
from tests.test_scorecard import said

EN = Wording("en", "JPY")


def shown(table: Output) -> list[list[str]]:
    """Return the cells of each row, its head first."""
    rows = re.findall(r'<tr><th scope="row".*?</tr>', table.html)
    return [[said(cell) for cell in re.findall(r"<t[hd][^>]*>.*?</t[hd]>", row)] for row in rows]


def heads(table: Output) -> list[str]:
    """Return the headings of the columns."""
    return re.findall(r'<th scope="col"[^>]*>([^<]*)<', table.html)


def test_a_clear_change_is_told_with_both_values_in_the_unit_of_its_kpi() -> None:
    rows = pd.DataFrame(
        {"kpi": ["nrr", "mrr"], "before": [0.95, 2e6], "value": [0.9, 3e6], "change": [-0.05, 1e6], "segment": "total"}
    )
    table = change_table(Movements(40, 2, rows), CATALOGUE, EN)
    assert shown(table) == [
        [CATALOGUE.by_id["nrr"].en, "95.0 %", "90.0 %", "−5.0 pp"],
        [CATALOGUE.by_id["mrr"].en, "¥2.00M", "¥3.00M", "+¥1.00M"],
    ]
    assert heads(table) == ["KPI", "Last month", "Value", "Change"]
    assert (table.name, table.title) == ("changes", EN.text("changes"))
    assert table.text == EN.text("moved", count=40)  # all of them are shown
    none = change_table(Movements(40, 0, rows.head(0)), CATALOGUE, EN)
    assert (none.html, none.text, none.name) == ("", EN.text("moved_none", count=40), "changes")


def _restated(*rows: tuple[str, str, float | None, float | None], **causes: str) -> pd.DataFrame:
    told = pd.DataFrame(rows, columns=["kpi", "month", "before", "after"]).astype({"before": float, "after": float})
    return told.assign(
        segment="total", **{**dict.fromkeys(("definitions", "policies", "conditions", "data"), ""), **causes}
    )


def test_a_restatement_tells_the_span_and_the_largest_change_of_each_kpi() -> None:
    changes = _restated(
        ("nrr", "2026-03", 0.9, 0.8), ("nrr", "2026-04", 0.9, 0.89), ("nrr", "2026-05", 0.9, 0.95), ("mrr", "2026-04", 5e6, 6e6),
        policies="grace_days 0 → 14", data="contracts",
    )  # fmt: skip
    table = restatement_table(changes, CATALOGUE, EN)
    assert shown(table) == [
        [CATALOGUE.by_id["mrr"].en, "Apr 2026", "Apr 2026", "¥5.00M", "¥6.00M"],
        [CATALOGUE.by_id["nrr"].en, "Mar 2026 to May 2026 (3 months)", "Mar 2026", "90.0 %", "80.0 %"],
    ]
    assert heads(table) == [EN.text(f"restated_{name}") for name in ("kpi", "months", "month", "before", "after")]
    causes = ("policies, grace_days 0 → 14", "data that came or were corrected later (contracts)")
    assert table.text == EN.text("restated_why", causes=", ".join(causes))
    assert len(list(csv.reader(io.StringIO(table.csv)))) == 1 + 4
    assert (table.name, table.title) == ("restatements", EN.text("restated"))


def test_without_a_cause_a_restatement_says_so_and_none_is_told_of_nothing() -> None:
    assert restatement_table(_restated(("nrr", "2026-03", 0.9, None)), CATALOGUE, EN).text == EN.text(
        "restated_why", causes=EN.text("restated_by_nothing")
    )
    assert restatement_table(_restated(), CATALOGUE, EN).text == EN.text("restated_none")
    assert restatement_table(None, CATALOGUE, EN).text == EN.text("restated_unknown")
    for nothing in (None, _restated()):
        assert (restatement_table(nothing, CATALOGUE, EN).html, restatement_table(nothing, CATALOGUE, EN).name) == (
            "",
            "restatements",
        )


def test_the_two_readings_of_nrr_stand_line_by_line() -> None:
    """Of 200 a year ago 180 are left; who came later grew by 40 more: (180 + 40) / 200."""
    table = nrr_table(TwoReadings(then=200.0, now=180.0, later=40.0, moved_later=2), EN)
    assert shown(table) == [
        [EN.text("nrr_then"), "¥200"],
        [EN.text("nrr_now"), "¥180"],
        [EN.text("nrr_cohort"), "90.0 %"],
        [EN.text("nrr_later"), "¥40"],
        [EN.text("nrr_bridge"), "110.0 %"],
    ]
    assert (table.name, table.title, table.text) == ("nrr-readings", EN.text("nrr_readings"), EN.text("nrr_why"))
    assert heads(table) == [EN.text("reading"), EN.text("value")]


def test_contracts_between_two_closes_are_counted_and_the_latest_ten_shown() -> None:
    rows = pd.DataFrame(
        [{"contract_id": f"K{at}", "customer_id": f"c{at}", "product": "core", "mrr": 100.0, "starts_on": date(2026, 5, at)}
         for at in range(12, 0, -1)]
    )  # fmt: skip
    table = between_table(rows, EN)
    assert len(shown(table)) == 10
    assert shown(table)[0] == ["K12", "c12", "core", "¥100", "12 May 2026"]
    assert table.text.startswith(EN.text("between_text", count="12", amount="¥1,200"))
    assert table.name == "between-closes"
    assert between_table(rows.head(0), EN).text == EN.text("no_rows")


@pytest.mark.parametrize(("broken", "alarmed"), [({}, False), ({"churn": 1}, True)])
def test_laws_that_are_broken_alarm_and_name_themselves_alone(broken: dict[str, int], *, alarmed: bool) -> None:
    laws = pd.DataFrame([{"law": law, "tried": 10, "broken": broken.get(law, 0)} for law in ("bridge", "churn")])
    warned = Alarm("", EN.text("laws_alarm"), EN.text("laws_broken", laws=EN.text("law_churn")))
    assert law_alarm(laws, EN) == (warned if alarmed else None)
    assert law_table(laws, EN).text == ("" if alarmed else EN.text("laws_kept", count=20))
    assert shown(law_table(laws, EN)) == [
        [EN.text("law_bridge"), "10", "0"],
        [EN.text("law_churn"), "10", str(broken.get("churn", 0))],
    ]
    assert heads(law_table(laws, EN)) == [EN.text(key) for key in ("law", "law_tried", "law_broken")]


CARD = tables.Table(name="scorecard", title="t", text="1 of 2.", html="<table>")


def test_what_cannot_be_told_is_said_beside_what_can() -> None:
    assert with_the_rest(CARD, 0, [], EN) == CARD
    told = with_the_rest(CARD, 3, ["surveys"], EN)
    assert told.text == f"1 of 2. {EN.text('not_measured', count=3, what=EN.needs(['surveys']))}"
    assert told.html == CARD.html
    assert no_data_note("Title", ["goals"], EN).text == EN.text("untold", title="Title", what=EN.needs(["goals"]))
    assert (
        "(too few months: 5 of 13)" in too_short_note("Title", 5, 13, EN).text
        or "5 of 13" in too_short_note("Title", 5, 13, EN).text
    )


def _manifest(**states: Any) -> Manifest:
    return Manifest(
        read_on=date(2026, 6, 30), first_month="2026-01", last_month="2026-05", segments={},
        tables={name: TableState(files=(), **state) for name, state in states.items()},
        cuts=(Cut(table="tickets", month="2026-05", last_day=date(2026, 5, 20), usual=0),), ties=4,
    )  # fmt: skip


def test_the_sources_are_told_with_all_that_was_left_out_and_why() -> None:
    whole = ("ticket_id", "customer_id", "opened_at", "resolved_at")
    manifest = _manifest(
        tickets={
            "rows": 20, "set_aside": 2, "columns": whole,
            "claims": (SetAside(claim="future(opened_at)", rows=2, samples=()),),
            "left_out": (LeftOut(why="blank", rows=1, samples=()), LeftOut(why="copy", rows=3, samples=())),
        },
        surveys={"rows": 8, "set_aside": 0, "columns": ("response_id", "respondent_id"), "claims": ()},
    )  # fmt: skip
    table = source_table(manifest, EN)
    tickets, surveys = shown(table)
    left_out = ", ".join([EN.text("source_blank", count=1), EN.text("source_copy", count=3)])
    cut = EN.text("source_cut", month="May 2026", day="20 May 2026")
    assert tickets == ["tickets", "20", "2", "12.5 %", "future(opened_at) 2", left_out, cut]  # 2 of 16 of its own
    assert surveys == ["surveys", "8", "0", "0.0 %", "–", "–", EN.text("source_tied", count=4)]
    assert heads(table)[-2:] == [EN.text("source_left_out"), EN.text("source_note")]
    assert (table.name, table.title) == ("sources", EN.text("sources"))


def test_columns_of_the_sources_that_nothing_fills_are_left_out() -> None:
    state = {"rows": 3, "set_aside": 0, "columns": ("ticket_id", "customer_id"), "claims": ()}
    manifest = _manifest(tickets=state, surveys={**state, "columns": ("response_id", "respondent_id")})
    bare = manifest.model_copy(update={"cuts": (), "ties": 0})
    assert heads(source_table(bare, EN)) == [
        EN.text(f"source_{name}") for name in ("table", "rows", "aside", "share", "claims")
    ]
