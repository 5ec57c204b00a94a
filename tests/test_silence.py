"""How far data reach: which months a table tells, which month is reported, and what is said of those that it does not tell."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from cslib.analysis.figures.compare import compared
from cslib.cli import app
from cslib.i18n import Wording
from cslib.kpis import CATALOGUE
from cslib.model import BY_NAME
from cslib.periods import Month
from cslib.portfolio import Portfolio
from cslib.snapshot.silent_months import silent_months
from tests.exports import READ_ON, export, write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd


def _silent(rows: Mapping[str, int], first: str, last: str) -> dict[str, str | None]:
    counted = {Month.parse(month): count for month, count in rows.items()}
    found = silent_months(counted, Month.parse(first), Month.parse(last))
    return {str(month): str(before) if before else None for month, before in found.items()}


def test_a_table_that_has_ended_tells_no_month_after() -> None:
    rows = {"2025-04": 40, "2025-05": 41, "2025-06": 39}
    assert _silent(rows, "2025-04", "2025-08") == {"2025-07": "2025-06", "2025-08": "2025-06"}


def test_a_table_that_has_not_begun_tells_no_month_before() -> None:
    assert _silent({"2025-06": 3}, "2025-04", "2025-06") == {"2025-04": None, "2025-05": None}


def test_a_month_that_a_table_of_many_rows_misses_is_a_hole() -> None:
    rows = {"2025-01": 30, "2025-02": 30, "2025-04": 30}
    assert _silent(rows, "2025-01", "2025-04") == {"2025-03": "2025-02"}


def test_rare_rows_may_be_as_far_apart_as_they_were_before() -> None:
    rows = {"2025-01": 2, "2025-04": 1, "2025-07": 3}  # two months apart: three of silence are new
    assert _silent(rows, "2025-04", "2025-10") == {"2025-10": "2025-07"}


def test_a_wave_of_answers_a_year_is_no_end() -> None:
    rows = {"2023-01": 300, "2024-01": 280}
    assert "2024-12" not in _silent(rows, "2024-01", "2025-02")
    assert "2025-01" in _silent(rows, "2024-01", "2025-02")


def test_no_month_is_judged_by_later_rows() -> None:
    rows = {"2025-01": 2, "2025-02": 1, "2025-05": 1, "2025-12": 9}
    whole = _silent(rows, "2025-01", "2025-12")
    for month in range(1, 13):
        known = {one: count for one, count in rows.items() if one <= f"2025-{month:02d}"}
        then = _silent(known, "2025-01", f"2025-{month:02d}")
        assert then == {one: before for one, before in whole.items() if one <= f"2025-{month:02d}"}


def _usage(last: str, days: tuple[int, ...] = (3, 10, 17, 24)) -> str:
    months = [str(Month.parse("2025-10") + back) for back in range(12)]
    kept = [month for month in months if month <= last]
    return "customer_id,used_on,feature\n" + "".join(
        f"00001,{m}-{d:02d},F\n" for m in kept for d in days for _ in "abc"
    )


CONTRACTS = "contract_id,customer_id,product,starts_on,ends_on,mrr\n" + "".join(
    f"C{n},0000{n},basic,2025-10-01,,100\n" for n in (1, 2)
)


def _book(folder: Path, files: Mapping[str, str | None]) -> Portfolio:
    return Portfolio.open(export(folder, {"contracts.csv": CONTRACTS, "surveys.csv": None, **files}), READ_ON)


def _row(book: Portfolio, month: Month, kpi: str) -> dict[str, object]:
    table: pd.DataFrame = book.measure(month, 1, (book.settings.total.id,), (kpi,))
    return table.to_dict("records")[0]  # type: ignore[return-value]


def test_a_steady_book_without_a_new_contract_keeps_its_months(tmp_path: Path) -> None:
    book = _book(tmp_path, {})
    assert str(book.month(None)) == "2026-05"  # read on 2026-06-30
    assert _row(book, book.month(None), "mrr")["value"] == 200
    assert book.manifest.late == ""


def test_usage_that_ended_decides_the_month_and_is_no_use_of_nothing(tmp_path: Path) -> None:
    book = _book(tmp_path, {"usage.csv": _usage("2026-03")})
    assert str(book.month(None)) == "2026-03"
    assert "usage until 2026-03-24" in book.manifest.late
    assert "--as-of" in book.manifest.late
    assert _row(book, Month.parse("2026-03"), "active_customers")["value"] == 1 / 2
    later = _row(book, Month.parse("2026-05"), "active_customers")
    assert later["reason"] == "ends usage 2026-03-24"
    assert later["status"] == "not_measurable"
    assert math.isnan(float(str(later["value"])))
    assert _row(book, Month.parse("2026-05"), "mrr")["value"] == 200
    assert Wording("ja").reason(later["reason"]) == "測定不可：データの最終日は利用実績（2026年3月24日）"
    assert "usage (24 Mar 2026)" in Wording("en").reason(later["reason"])


def test_every_kpi_of_a_table_of_events_falls_silent_with_it() -> None:
    events = {name for name, table in BY_NAME.items() if not table.states}
    assert events == {"usage", "surveys", "voices", "proposals", "touches", "tickets", "purchases", "costs"}
    needed = {need.partition(".")[0] for kpi in CATALOGUE.by_id.values() for need in kpi.needs}
    assert events <= needed | {"purchases"}


def test_a_run_says_why_its_month_is_not_the_one_before_the_reading(tmp_path: Path) -> None:
    book = _book(tmp_path, {"usage.csv": _usage("2026-03")})
    call = ["run", "--params", book.settings.folder, "--out", str(tmp_path / "out"), "--notebook", "00_summary"]
    said = CliRunner().invoke(app, call)
    assert said.exit_code == 0, said.output
    assert "the month reported is 2026-03, not 2026-05" in said.output
    chosen = CliRunner().invoke(app, [*call, "--as-of", "2026-05"])
    assert "the month reported is" not in chosen.output


def test_figures_of_a_month_that_is_cut_say_so_and_stand(tmp_path: Path) -> None:
    months = [str(Month.parse("2025-10") + back) for back in range(8)]
    rows = "".join(f"00001,{month}-{day:02d},F\n" for month in months for day in range(1, 32) if _is_day(month, day))
    short = "\n".join(line for line in rows.split("\n") if line[6:16] <= "2026-05-12")
    book = _book(tmp_path, {"usage.csv": "customer_id,used_on,feature\n" + short})
    row = _row(book, Month.parse("2026-05"), "active_customers")
    assert row["reason"] == "cut usage 2026-05-12"
    assert row["value"] == 1 / 2
    assert _row(book, Month.parse("2026-05"), "mrr")["reason"] == ""
    both = book.measure(Month.parse("2026-05"), 2, ("total",), ("active_customers", "mrr"))
    changed = compared(both, CATALOGUE, Month.parse("2026-05"), "total", "total").set_index("kpi").change_month
    assert changed.isna().to_dict() == {"active_customers": True, "mrr": False}


def _is_day(month: str, day: int) -> bool:
    return day <= Month.parse(month).last_day.day


def test_proposals_reach_as_far_as_the_last_was_closed(tmp_path: Path) -> None:
    months = [str(Month.parse("2025-10") + back) for back in range(8)]
    rows = [f"P{at},00001,upsell,{month}-02,{Month.parse(month).last_day},won\n" for at, month in enumerate(months)]
    book = _book(
        tmp_path, {"proposals.csv": "proposal_id,customer_id,kind,opened_on,closed_on,status\n" + "".join(rows)}
    )
    assert book.manifest.cuts == ()
    assert str(book.month(None)) == "2026-05"


@pytest.mark.parametrize(("read_on", "told"), [(date(2026, 6, 30), True), (date(2025, 12, 15), False)])
def test_a_source_that_looks_older_than_its_reading_is_asked_about(read_on: date, told: bool, tmp_path: Path) -> None:  # noqa: FBT001
    params = export(tmp_path, {"contracts.csv": CONTRACTS, "surveys.csv": None})
    said = (params / "source.yaml").read_text("utf-8")
    write(params / "source.yaml", said.replace(f"read_on: {READ_ON}", f"read_on: {read_on}"))
    asked = [
        warning for warning in Portfolio.open(params, read_on).manifest.warnings if "read_on: YYYY-MM-DD" in warning
    ]
    assert len(asked) == told


def test_rare_rows_that_leave_out_the_last_days_are_not_cut(tmp_path: Path) -> None:
    days = (2, 5, 9, 14, 19, 22, 27)  # five days of silence happen within each month
    rows = [
        f"T{month}-{day},00001,2026-{month:02}-{day:02} 10:00\n"
        for month in range(1, 5)
        for day in (*days, 30 - 2 * (month == 2))
    ]
    rows += [f"T5-{day},00001,2026-05-{day:02} 10:00\n" for day in days]
    head = "ticket_id,customer_id,opened_at\n"
    assert _book(tmp_path / "quiet", {"tickets.csv": head + "".join(rows)}).manifest.cuts == ()
    (stopped,) = _book(tmp_path / "cut", {"tickets.csv": head + "".join(rows[:-2])}).manifest.cuts
    assert stopped.last_day == date(2026, 5, 19)
