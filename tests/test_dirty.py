"""Exports as they are: what is read in odd spellings, which rows are none, and how every change is counted."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from cslib.i18n import Wording
from cslib.model import BY_NAME
from cslib.portfolio import Portfolio
from cslib.source import NON_DATA, NORMALISED
from cslib.tables.scenario_tables import source_table
from tests.exports import CONTRACTS, CUSTOMERS, IDS, READ_ON, export
from tests.sources import HEAD, column, customers, mapped

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cslib.snapshot import Manifest
    from cslib.validation.findings import Question


def _read(
    folder: Path, name: str, texts: list[str], table: str = "contracts", policies: Any = None, **spec: Any
) -> Any:
    """Return how texts are read in a column, and whether each was respelled for it."""
    text = "x\n" + "".join(f'"{text}"\n' for text in texts)
    origins = {required: {"value": 1} for required in BY_NAME[table].required}
    source = {table: {"from": "../data/x.csv", "columns": {**origins, name: {"column": "x", **spec}}}}
    rows = mapped(export(folder, {"x.csv": text}, source, policies=policies or {}), table)
    return [row[name] for row in rows], [row[NORMALISED + name] for row in rows]


def _manifest(folder: Path, files: Mapping[str, str | None], **settings: Any) -> Manifest:
    return Portfolio.open(export(folder, files, **settings), READ_ON).manifest


# spellings


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,200", 1200), ("¥1,200", 1200), ("￥１，２００", 1200), ("1,200円", 1200), ("１２００", 1200), ("\\1,200", 1200),
        ("¥ 1,200", 1200), ("\N{IDEOGRAPHIC SPACE}1,200\N{NO-BREAK SPACE}", 1200), ("1,234,567.50", 1234567.5), ("JPY 1200", 1200),
        ("-¥1,200", -1200), ("¥-1,200", -1200), ("▲1,200", -1200), ("△1,200円", -1200), ("−1,200", -1200), ("１．５", 1.5),
    ],
)  # fmt: skip
def test_amounts_are_read_in_their_dress(tmp_path: Path, text: str, amount: float) -> None:
    assert _read(tmp_path, "mrr", [text]) == ([Decimal(str(amount))], [True])


def test_an_amount_in_the_reporting_currency_alone_is_one(tmp_path: Path) -> None:
    texts = ["$1,200.50", "US$5", "5 USD", "¥5", "5円", "€5"]
    read, _ = _read(tmp_path / "usd", "mrr", texts, policies={"currency": "USD"})
    assert read == [Decimal("1200.5"), Decimal(5), Decimal(5), None, None, None]
    assert _read(tmp_path, "mrr", texts)[0] == [None, None, None, Decimal(5), Decimal(5), None]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026.7.20", date(2026, 7, 20)), ("2026年6月1日", date(2026, 6, 1)), ("2026年06月01日 10:30", date(2026, 6, 1)),
        ("令和8年4月1日", date(2026, 4, 1)), ("令和元年5月1日", date(2019, 5, 1)), ("平成31年4月30日", date(2019, 4, 30)),
        ("昭和64年1月7日", date(1989, 1, 7)), ("R8.5.15", date(2026, 5, 15)), ("r8/5/15", date(2026, 5, 15)),
        ("H31-04-30", date(2019, 4, 30)), ("Ｒ８．５．１５", date(2026, 5, 15)), ("２０２６／６／１", date(2026, 6, 1)),
        ("2026/ 6/ 1", date(2026, 6, 1)), ("2026/6/1(月)", date(2026, 6, 1)), ("2026年6月1日（月曜日）", date(2026, 6, 1)),
        ("令和 8 年 4 月 1 日", date(2026, 4, 1)), ("2024.2.29", date(2024, 2, 29)), ("R6.2.29", date(2024, 2, 29)),
    ],
)  # fmt: skip
def test_dates_that_name_their_year_first_are_read(tmp_path: Path, text: str, day: date) -> None:
    assert _read(tmp_path, "starts_on", [text]) == ([day], [True])


def test_plain_texts_are_not_counted_as_respelled(tmp_path: Path) -> None:
    assert _read(tmp_path, "starts_on", ["2026/6/1", "2026-06-01", " 2026-6-1 ", "", "x"])[1] == [False] * 4 + [False]
    assert _read(tmp_path, "mrr", ["1200", " 7 ", "1e3", "", "x"])[1] == [False] * 5


def test_months_and_times_in_their_dress(tmp_path: Path) -> None:
    texts = ["2026年6月", "令和8年6月", "R8.6", "2026.6", "２０２６／６", "2026年6月15日"]
    assert _read(tmp_path, "month", texts, "costs")[0] == [date(2026, 6, 1)] * 6
    texts = ["2026年6月1日 9:30", "R8.6.1 09:30", "2026/6/1(月) 09:30:00"]
    assert _read(tmp_path, "opened_at", texts, "tickets")[0] == [datetime(2026, 6, 1, 9, 30)] * 3  # noqa: DTZ001


def test_coded_missing_values_are_nothing(tmp_path: Path) -> None:
    read, mended = _read(tmp_path, "seats", ["0", "99", "5", "990", "１２"], null=[0, 99])
    assert (read, mended) == ([None, None, 5, 990, 12], [False] * 4 + [True])


def test_a_spreadsheet_s_numbers_are_dates_where_that_is_declared(tmp_path: Path) -> None:
    assert _read(tmp_path, "starts_on", ["46113", "2026-04-01", "x"], format="excel")[0] == [date(2026, 4, 1)] * 2 + [
        None
    ]
    assert _read(tmp_path, "starts_on", ["46113"])[0] == [None]


@pytest.mark.parametrize(
    ("ids", "wanted"),
    [
        (["17850.0", "3.0", ""], ["17850", "3", None]),
        (["17850.0", "A.0"], ["17850.0", "A.0"]),
        (["17850.0", "17851.5"], ["17850.0", "17851.5"]),
        (["00017", "17850"], ["00017", "17850"]),
        (["00017.0", "1.0", "合計"], ["00017", "1", None]),
    ],
)
def test_ids_lose_a_point_that_means_nothing(tmp_path: Path, ids: list[str], wanted: list[str | None]) -> None:
    rows = mapped(customers(tmp_path, HEAD + "".join(f"{name},a\n" for name in ids)))
    assert [row["customer_id"] if row[NON_DATA] is None else None for row in rows] == wanted


def test_ids_of_two_exports_meet_though_one_has_points(tmp_path: Path) -> None:
    files = {
        "customers.csv": "customer_id,name\n17850.0,甲\n17851.0,乙\n",
        "contracts.csv": "contract_id,customer_id,product,starts_on,mrr\nK1,17850,core,2026-01-01,5\nK2,17851,core,2026-01-01,5\n",
        "surveys.csv": "response_id,customer_id,kind,score,responded_on\nR,17850,nps,9,2026-05-10\n",
    }
    manifest = _manifest(tmp_path, files)
    assert all(state.set_aside == 0 for state in manifest.tables.values())
    (mended,) = manifest.tables["customers"].mended
    assert (mended.column, mended.rows, mended.samples[0].value) == ("customer_id", 2, "17850.0")


def test_blanks_around_a_text_are_none_of_it(tmp_path: Path) -> None:
    params = customers(tmp_path, f"{HEAD}\N{IDEOGRAPHIC SPACE}00017 ,\N{NO-BREAK SPACE}甲\N{IDEOGRAPHIC SPACE}乙 \n")
    assert (column(params, "customer_id"), column(params, "name")) == (["00017"], ["甲\N{IDEOGRAPHIC SPACE}乙"])


def test_every_respelled_value_is_counted_with_samples(tmp_path: Path) -> None:
    contracts = CONTRACTS.replace(",1000\n", ",¥1000\n", 2).replace("2026-01-01", "令和8年1月1日", 1)
    state = _manifest(tmp_path, {"contracts.csv": contracts}).tables["contracts"]
    found = {each.column: (each.rows, [(s.row, s.value) for s in each.samples]) for each in state.mended}
    assert found == {"mrr": (2, [(2, "¥1000"), (3, "¥1000")]), "starts_on": (1, [(2, "令和8年1月1日")])}
    assert state.set_aside == 0


# rows that are none


def _left_out(manifest: Manifest, table: str) -> dict[str, list[int]]:
    return {each.why: [each.rows, *(sample.row for sample in each.samples)] for each in manifest.tables[table].left_out}


def test_exact_copies_are_dropped_and_contradictions_set_aside(tmp_path: Path) -> None:
    same, other = "K00003,00003,core,2026-01-01,,1000\n", "K00005,00005,core,2026-01-01,,1\n"
    manifest = _manifest(
        tmp_path, {"contracts.csv": CONTRACTS + same * 2 + other * 2}, policies={"allowed_quarantine": 0.2}
    )
    state = manifest.tables["contracts"]
    assert _left_out(manifest, "contracts") == {"copy": [3, 14, 15, 17]}
    (claim,) = state.claims
    assert (claim.claim, claim.rows) == ("duplicate_id(contract_id)", 2)
    assert (state.rows, state.own, state.set_aside, state.share) == (16, 13, 2, 2 / 13)


def test_what_has_no_id_may_happen_twice_but_a_step_is_taken_once(tmp_path: Path) -> None:
    files = {
        "touches.csv": "customer_id,kind,occurred_on\n" + "00001,call,2026-05-01\n" * 2,
        "milestones.csv": "customer_id,milestone,completed_on\n" + "00001,go,2026-05-01\n" * 2,
        "programmes.csv": "customer_id,programme,started_on\n" + "00001,a,2026-05-01\n" * 3 + "00001,a,2026-05-02\n",
    }
    manifest = _manifest(tmp_path, files)
    assert [_left_out(manifest, name) for name in ("touches", "milestones", "programmes")] == [
        {}, {"copy": [1, 3]}, {"copy": [2, 3, 4]},
    ]  # fmt: skip


@pytest.mark.parametrize(
    "row",
    [
        "合計,,,,,12000",
        "Total,,,,,12000",
        "計,,,,,12000",
        "合　計：,,,,,12000",
        ",【合計】,,,,12000",
        ",Grand Total,,,,12000",
        "総計,,,,,－",
    ],
)
def test_a_row_of_totals_is_left_out_with_the_reason(tmp_path: Path, row: str) -> None:
    book = Portfolio.open(export(tmp_path, {"contracts.csv": f"{CONTRACTS}{row}\n"}), READ_ON)
    state = book.manifest.tables["contracts"]
    assert (_left_out(book.manifest, "contracts"), state.rows, state.set_aside) == ({"total": [1, 14]}, 13, 0)
    (aside,) = _quarantined(book, "contracts")
    assert (aside["file"], aside["row"], aside["broken"]) == ("contracts.csv", 14, "total")
    assert "contracts: 1 row of totals left out: contracts.csv row 14" in book.manifest.losses


def _quarantined(book: Portfolio, name: str) -> list[dict[str, Any]]:
    import pyarrow.parquet as pq  # noqa: PLC0415

    return list(pq.read_table(book.folder / "quarantine" / f"{name}.parquet").to_pylist())


def test_a_customer_whose_name_is_total_is_none(tmp_path: Path) -> None:
    manifest = _manifest(tmp_path, {"customers.csv": f"{CUSTOMERS}00013,Total,pro,5\n00014,合計,pro,5\n"})
    assert (_left_out(manifest, "customers"), manifest.tables["customers"].rows) == ({}, 14)


def test_blank_rows_are_counted_and_no_more(tmp_path: Path) -> None:
    book = Portfolio.open(
        export(tmp_path, {"contracts.csv": f"{CONTRACTS},,,,,\n , ,\N{IDEOGRAPHIC SPACE},,,\n"}), READ_ON
    )
    assert _left_out(book.manifest, "contracts") == {"blank": [2, 14, 15]}
    assert not (book.folder / "quarantine/contracts.parquet").exists()


def test_every_row_is_kept_set_aside_or_left_out(tmp_path: Path) -> None:
    rows = f"{CONTRACTS.splitlines()[1]}\nK,99999,core,2026-01-01,,5\n,,,,,\n合計,,,,,5\n"
    book = Portfolio.open(
        export(tmp_path, {"contracts.csv": CONTRACTS + rows}, policies={"allowed_quarantine": 0.1}), READ_ON
    )
    state = book.manifest.tables["contracts"]
    kept = int(book.tables()["contracts"].count().to_pyarrow().as_py())
    assert (state.rows, kept, state.set_aside, sum(each.rows for each in state.left_out)) == (16, 12, 1, 3)


def test_odd_rows_of_usage_are_counted_though_only_sums_of_it_are_kept(tmp_path: Path) -> None:
    odd = (
        '00001,u1,令和8年5月2日,a,1\n00001,u1,2026-05-03,a,"1,200"\n,,,,\n合計,,,,1201\nZ9,u1,2026-05-04,a,1\n'
        "00002,u2,2026-05-05,a,x\n"
    )
    book = Portfolio.open(
        export(tmp_path, {"usage.csv": f"customer_id,user_id,used_on,feature,events\n{odd}"},
               policies={"allowed_quarantine": 0.5}), READ_ON,
    )  # fmt: skip
    state = book.manifest.tables["usage"]
    assert (state.rows, state.own, state.set_aside, state.brought) == (6, 4, 2, None)
    assert _left_out(book.manifest, "usage") == {"blank": [1, 4], "total": [1, 5]}
    assert {each.column: (each.rows, [(s.row, s.value) for s in each.samples]) for each in state.mended} == {
        "used_on": (1, [(2, "令和8年5月2日")]),
        "events": (1, [(3, "1,200")]),
    }
    assert {each.claim: (each.rows, each.samples[0].row) for each in state.claims} == {
        "orphan(customer_id)": (1, 6),
        "type(events)": (1, 7),
    }
    assert [(row["row"], row["broken"]) for row in _quarantined(book, "usage")] == [
        (5, "total"), (6, "orphan(customer_id)"), (7, "type(events)"),
    ]  # fmt: skip
    (month,) = book.tables()["usage_months"].to_pyarrow().to_pylist()
    assert (month["customer_id"], month["events"], month["user_days"]) == ("00001", 1 + 1200, 2)


def test_usage_that_looks_cut_is_a_warning_and_its_dates_a_question(tmp_path: Path) -> None:
    days = [(month, day) for month, last in ((1, 31), (2, 28), (3, 31), (4, 30), (5, 9)) for day in range(1, last + 1)]
    head = "customer_id,user_id,used_on,feature,events\n"
    rows = "".join(f"00001,u1,2026-{month:02}-{day:02},a,1\n" for month, day in days)
    (cut,) = _manifest(tmp_path, {"usage.csv": head + rows}).cuts
    assert (cut.table, cut.month, cut.last_day) == ("usage", "2026-05", date(2026, 5, 9))
    american = "".join(f"00001,u1,{month:02}/{day:02}/2026,a,1\n" for month, day in days)
    found = _manifest(tmp_path / "american", {"usage.csv": head + american}, policies={"allowed_quarantine": 1})
    (asked,) = found.tables["usage"].questions
    assert (asked.column, asked.rows, [each.format for each in asked.options]) == ("used_on", len(days), ["%m/%d/%Y"])


def test_usage_whose_ids_have_points_meets_its_customers(tmp_path: Path) -> None:
    files = {
        "customers.csv": "customer_id,name\n17850,甲\n17851,乙\n",
        "contracts.csv": None,
        "surveys.csv": None,
        "usage.csv": "customer_id,user_id,used_on,feature,events\n17850.0,u1,2026-05-01,a,1\n17851.0,u2,2026-05-02,a,1\n",
    }
    state = _manifest(tmp_path, files).tables["usage"]
    assert (state.set_aside, [(each.column, each.rows) for each in state.mended]) == (0, [("customer_id", 2)])


def test_the_source_table_of_a_report_says_it(tmp_path: Path) -> None:
    manifest = _manifest(tmp_path, {"contracts.csv": f"{CONTRACTS}合計,,,,,5\n", **_tickets(stops=11)})
    html = source_table(manifest, Wording("en")).html
    assert "rows of totals 1" in html
    assert "May 2026 looks incomplete (the last row is of 11 May 2026)" in html
    assert "Not counted" not in source_table(_manifest(tmp_path / "clean", {}), Wording("en")).html


# questions


def _question(folder: Path, texts: list[str]) -> Question | None:
    rows = "".join(f"K{place},{IDS[0]},core,{text},5\n" for place, text in enumerate(texts))
    params = export(folder, {"contracts.csv": f"contract_id,customer_id,product,starts_on,mrr\n{rows}"},
                    policies={"allowed_quarantine": 1})  # fmt: skip
    found = Portfolio.open(params, READ_ON).manifest.tables["contracts"].questions
    return found[0] if found else None


@pytest.mark.parametrize(
    ("texts", "formats"),
    [
        (["01-09-2021", "02-10-2021"], ["%d-%m-%Y", "%m-%d-%Y"]),
        (["1/9/2021", "2/10/2021"], ["%d/%m/%Y", "%m/%d/%Y"]),
        (["01-09-2021", "13-09-2021"], ["%d-%m-%Y"]),
        (["09.13.2021", "01.02.2021"], ["%m.%d.%Y"]),
        (["01/02/03"], ["%y/%m/%d", "%d/%m/%y", "%m/%d/%y"]),
        (["20260401", "20260402"], ["%Y%m%d"]),
        (["31-Oct-25", "01-Nov-25"], ["%d-%b-%y"]),
        (["01/09/2021 10:30"], ["%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"]),
        (["46113", "46114"], ["excel"]),
        (["01-09-2021", "x", "02-10-2021"], ["%d-%m-%Y", "%m-%d-%Y"]),
        (["2026-01-01", "2026-01-02", "01-09-2021"], []),
        (["x", "y"], []),
    ],
)
def test_dates_in_another_order_are_a_question(tmp_path: Path, texts: list[str], formats: list[str]) -> None:
    asked = _question(tmp_path, ["2026-01-01"][: 0 if formats else 1] + texts)
    assert ([option.format for option in asked.options] if asked else []) == formats


def test_a_question_names_the_column_samples_and_both_lines(tmp_path: Path) -> None:
    asked = _question(tmp_path, ["01-01-2021", "01-09-2021", "02-09-2021", "03-09-2021"])
    assert asked is not None
    assert [sample.value for sample in asked.samples] == ["01-01-2021", "01-09-2021", "02-09-2021"]
    assert asked.sentence.endswith(
        "can be read in 2 ways: write the right one under 'columns' in source.yaml: "
        'starts_on: {column: "starts_on", format: "%d-%m-%Y"} (01-09-2021 is 2021-09-01) or '
        'starts_on: {column: "starts_on", format: "%m-%d-%Y"} (01-09-2021 is 2021-01-09)'
    )


# a month that looks cut


def _tickets(stops: int, first: int = 1, ends: int = 31) -> dict[str, str]:
    """Return tickets for each day up to `ends` of every month since `first`, and of May up to the day on which they stop."""
    last = {1: 31, 2: 28, 3: 31, 4: 30}
    days = [(month, day) for month in range(first, 5) for day in range(1, min(last[month], ends) + 1)]
    days += [(5, day) for day in range(1, stops + 1)]
    rows = [f"T{month}-{day},00001,2026-{month:02}-{day:02} 10:00\n" for month, day in days]
    return {"tickets.csv": "ticket_id,customer_id,opened_at\n" + "".join(rows)}


@pytest.mark.parametrize(
    ("stops", "first", "ends", "warned"),
    [
        (31, 1, 31, 0),
        (29, 1, 31, 0),  # two days short, as a weekend is
        (28, 1, 31, 1),
        (11, 1, 31, 1),
        (0, 1, 31, 0),  # nothing at all in the last month: the month before is reported, and that is told
        (11, 3, 31, 0),  # two months say nothing of what is usual
        (11, 1, 20, 0),  # months that never reach their end
    ],
)
def test_a_last_month_that_stops_early_is_a_warning(
    tmp_path: Path, stops: int, first: int, ends: int, warned: int
) -> None:
    manifest = _manifest(tmp_path, _tickets(stops, first, ends))
    assert [cut.table for cut in manifest.cuts] == ["tickets"] * warned
    assert manifest.warnings == manifest.losses


def test_a_warning_says_what_looks_incomplete(tmp_path: Path) -> None:
    (said,) = _manifest(tmp_path, _tickets(11)).warnings
    assert said == (
        "tickets: 2026-05 looks incomplete: the last row is of 2026-05-11, while earlier months reach their last day; "
        "figures of 2026-05 may be too low"
    )
