"""Shapes that exports come in, as source.yaml says them: what they are read as, by hand, and what is told of those that do not fit."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from cslib.check import check_params
from cslib.portfolio import Portfolio
from tests.exports import READ_ON, export, write_yaml
from tests.sources import problems, together

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NOTHING: dict[str, str | bytes | None] = {"contracts.csv": None, "surveys.csv": None}
AMOUNT = "id,who,on,amount,n,every,times\n"
FIVE = {"contract_id": "id", "customer_id": "who", "product": {"value": "core"}, "starts_on": "on"}


def book(folder: Path, table: str, said: Any, files: Mapping[str, str | bytes], **settings: Any) -> Path:
    """Return the params of an export with these files and one table more than its customers."""
    return export(folder, {**NOTHING, **files}, {table: said}, **settings)


def amounts(folder: Path, rows: str, **mrr: Any) -> list[tuple[str, Decimal | None, bool]]:
    """Return of each contract its id, its amount, and whether something was there that could not be read."""
    said = {"from": "../data/subs.csv", "columns": {**FIVE, "mrr": {"column": "amount", **mrr}}}
    found = together(book(folder, "contracts", said, {"subs.csv": AMOUNT + rows}), "contracts")
    return [(row["contract_id"], row["mrr"], row["_unread_mrr"]) for row in found]


def test_an_amount_is_multiplied_and_divided_by_the_interval_of_its_row(tmp_path: Path) -> None:
    rows = (
        "K1,00001,2026-01-01,1200,1,year,1\n"  # 1,200 a year
        "K2,00002,2026-01-01,30,1,month,1\n"
        "K3,00003,2026-01-01,20,5,month,1\n"  # 5 seats of 20
        'K4,00004,2026-01-01,"¥1,200",2,quarter,2\n'  # 2,400 for two quarters
        "K5,00005,2026-01-01,12,1,week,1\n"  # 52 of them in twelve months
        "K6,00006,2026-01-01,365,1,1年,1\n"
        "K7,00007,2026-01-01,600,1,biannual,1\n"
        "K8,00008,2026-01-01,600,1,6,1\n"  # a number is a count of months
    )
    found = amounts(tmp_path, rows, times="n", per={"column": "every", "times": "times", "map": {"biannual": 6}})
    assert {name: amount for name, amount, _ in found} == {
        "K1": 100, "K2": 30, "K3": 100, "K4": 400, "K5": 52, "K6": Decimal("30.416667"), "K7": 100, "K8": 100,
    }  # fmt: skip
    assert not any(is_unread for _, _, is_unread in found)


def test_what_an_amount_is_reckoned_with_is_never_taken_for_one(tmp_path: Path) -> None:
    rows = (
        "K1,00001,2026-01-01,1200,1,fortnight,1\n"
        "K2,00002,2026-01-01,30,many,month,1\n"
        "K3,00003,2026-01-01,30,1,month,0\n"
        "K4,00004,2026-01-01,30,,month,1\n"  # nothing is known of it, as where the amount itself is blank
        "K5,00005,2026-01-01,30,1,month,1\n"
    )
    per = {"column": "every", "times": "times"}
    found = amounts(tmp_path, rows, times="n", per=per)
    assert found == [("K1", None, True), ("K2", None, True), ("K3", None, True), ("K4", None, False), ("K5", 30, False)]
    told = check_params(tmp_path / "params", READ_ON).as_text()
    assert "'1200, n: 1, every: fortnight, times: 1' in subs.csv row 2" in told
    assert "'30, n: nothing, every: month, times: 1' in subs.csv row 5" in told
    assert "per: {column: every, times: times, map: {fortnight: 1}}" in told


def days(folder: Path, rows: str, **end: Any) -> list[Any]:
    """Return when each contract ends, in the order of the rows."""
    said = {"from": "../data/subs.csv", "columns": {**FIVE, "mrr": "amount", "ends_on": {"column": "on", **end}}}
    found = together(book(folder, "contracts", said, {"subs.csv": AMOUNT + rows}), "contracts")
    return [row["ends_on"] or row["_unread_ends_on"] for row in found]


def test_a_day_is_so_much_later(tmp_path: Path) -> None:
    row = "K1,00001,2025-01-31,10,12,1 year,-2\n"
    assert days(tmp_path / "a", row, plus={"months": 12}) == [date(2026, 1, 31)]
    assert days(tmp_path / "b", row, plus={"months": 1}) == [
        date(2025, 2, 28)
    ]  # the last day of a month that is too short
    assert days(tmp_path / "c", row, plus={"months": "n", "days": -1}) == [date(2026, 1, 30)]
    assert days(tmp_path / "d", row, plus={"months": "every"}) == [date(2026, 1, 31)]
    assert days(tmp_path / "e", row, plus={"years": -1, "weeks": 1, "days": "times"}) == [date(2024, 2, 5)]


def test_a_day_is_not_after_that_of_another_column(tmp_path: Path) -> None:
    """The second column of days is `n`, read as `on` is: earlier, later, the same, blank, no day, and without a day beside."""
    rows = "".join(
        f"K{n},0000{n},2025-01-31,10,{said},,\n"
        for n, said in enumerate(("2024-12-30", "2025-02-01", "2025-01-31", "", "soon"), 1)
    )
    own = date(2025, 1, 31)
    assert days(tmp_path / "a", rows, not_after="n") == [date(2024, 12, 30), own, own, own, own]
    odd = "K1,00001,31.01.2025,10,30.12.2024,,\nK2,00002,,10,30.12.2024,,\nK3,00003,soon,10,30.12.2024,,\n"
    assert days(tmp_path / "b", odd, not_after="n", format="%d.%m.%Y") == [date(2024, 12, 30), False, True]


def test_a_length_that_is_none_is_told_and_a_blank_one_is_no_day(tmp_path: Path) -> None:
    rows = "".join(f"K{n},0000{n},2025-01-31,10,{said},,\n" for n, said in enumerate(("12", "long", "1.5", ""), 1))
    assert days(tmp_path, rows, plus={"months": "n"}) == [date(2026, 1, 31), True, True, False]


@pytest.mark.parametrize(
    ("form", "text", "read"),
    [
        ("unix", "1767193200", datetime(2026, 1, 1)),  # 2025-12-31 15:00 UTC, the first of January in Tokyo  # noqa: DTZ001
        ("unix_ms", "1767193200000", datetime(2026, 1, 1)),  # noqa: DTZ001
        ("unix", "1767193199.5", datetime(2025, 12, 31, 23, 59, 59, 500_000)),  # noqa: DTZ001
        ("unix", "1767193200000", None),  # milliseconds are no seconds
        ("unix_ms", "1767193200", None),  # nor the other way round
        ("unix", "2026-01-01", None),
    ],
)
def test_seconds_and_milliseconds_since_1970_are_moments_of_the_zone(
    tmp_path: Path, form: str, text: str, read: datetime | None
) -> None:
    columns = {"ticket_id": "id", "customer_id": "who", "opened_at": {"column": "at", "format": form}}
    said = {"from": "../data/cases.csv", "columns": columns}
    params = book(
        tmp_path, "tickets", said, {"cases.csv": f"id,who,at\nT1,00001,{text}\n"}, policies={"timezone": "Asia/Tokyo"}
    )
    (row,) = together(params, "tickets")
    assert (row["opened_at"], row["_unread_opened_at"]) == (read, read is None)


def test_the_first_filled_column_counts_and_texts_are_put_together(tmp_path: Path) -> None:
    people = "id,a,b,sei,mei\n00001,x,y,山田,花子\n00002, ,y,佐藤,\n00003,,,,\n"
    columns = {"customer_id": "id", "plan": {"column": ["a", "b"]}, "name": {"concat": ["sei", "mei"]}}
    params = export(
        tmp_path,
        {**NOTHING, "customers.csv": people},
        {"customers": {"from": "../data/customers.csv", "columns": columns}},
    )
    found = together(params, "customers")
    assert [row["plan"] for row in found] == ["x", "y", None]
    assert [row["name"] for row in found] == ["山田 花子", "佐藤", None]
    assert not {"a", "b", "sei", "mei"} & {*found[0]}  # parts are no further columns


MANY = 200
LONG = {
    "texts put together": {"name": {"concat": ["name"] * MANY}},
    "columns of which one is filled": {"name": ["plan"] * (MANY - 1) + ["name"]},
    "words": {"name": "name", "plan": {"column": "plan", "map": {f"word {n}": f"Word {n}" for n in range(MANY)}}},
    "coded blanks": {"name": {"column": "name", "null": [f"none {n}" for n in range(MANY)]}},
}


@pytest.mark.parametrize("columns", LONG.values(), ids=[*LONG])
def test_a_column_may_be_made_of_many(tmp_path: Path, columns: dict[str, Any]) -> None:
    said = {"from": "../data/people.csv", "columns": {"customer_id": "id", **columns}}
    rows = "id,name,plan\n00001,Aoki,\n"
    (row,) = together(export(tmp_path, {**NOTHING, "people.csv": rows}, {"customers": said}), "customers")
    assert row["name"] == (" ".join(["Aoki"] * MANY) if "concat" in str(columns) else "Aoki")


@pytest.mark.parametrize(
    "shape", [{"where": {"amount": {"not": [f"{n}" for n in range(2, MANY)]}}}, {"join": MANY}, {}]
)
def test_a_table_may_have_many_parts(tmp_path: Path, shape: dict[str, Any]) -> None:
    said = {"from": "../data/subs.csv", "columns": {**FIVE, "mrr": "amount"}, **shape}
    if shape.get("join"):
        said["join"] = [
            {"from": "../data/people.csv", "on": {"who": "id"}, "take": {f"name {n}": "name"}} for n in range(20)
        ]
    files = {"subs.csv": f"{AMOUNT}K1,00001,2026-01-01,1,1,month,1\n", "people.csv": "id,name\n00001,Aoki\n"}
    found = together(book(tmp_path, "contracts", said if shape else [said] * 20, files), "contracts")
    assert {(row["contract_id"], row["mrr"]) for row in found} == {("K1", 1)}


def test_several_sources_are_put_together_with_their_ids_apart(tmp_path: Path) -> None:
    files = {
        "nps.csv": "id,who,score,on\n1,00001,9,2026-05-01\n2,00002,x,2026-05-02\n",
        "csat.csv": "no,cust,stars,day\n1,00001,4,05/06/2026\n",
    }
    shared = {"respondent_id": {"value": "anyone"}}
    nps = {
        "response_id": {"column": "id", "prefix": "nps-"},
        "customer_id": "who",
        "kind": {"value": "nps"},
        "score": "score",
        "responded_on": "on",
    }
    csat = {"response_id": {"column": "no", "prefix": "csat-"}, "customer_id": "cust", "kind": {"value": "csat"}, "score": "stars",
            "responded_on": {"column": "day", "format": "%d/%m/%Y"}}  # fmt: skip
    said = [
        {"from": f"../data/{kind}.csv", "columns": {**columns, **shared}}
        for kind, columns in (("nps", nps), ("csat", csat))
    ]
    params = book(tmp_path, "surveys", said, files)
    found = together(params, "surveys")
    assert [(row["response_id"], row["kind"], row["score"], row["responded_on"], row["_file"]) for row in found] == [
        ("csat-1", "csat", 4, date(2026, 6, 5), "csat.csv"),
        ("nps-1", "nps", 9, date(2026, 5, 1), "nps.csv"),
        ("nps-2", "nps", None, date(2026, 5, 2), "nps.csv"),
    ]
    state = check_params(params, READ_ON).tables["surveys"]
    assert (state.rows, state.set_aside, state.files) == (3, 1, ("nps.csv", "csat.csv"))
    assert "'x' in nps.csv row 3" in state.claims[0].sentence


def test_a_mistake_in_one_of_several_sources_is_named_with_its_line(tmp_path: Path) -> None:
    params = book(tmp_path, "surveys", [], {"nps.csv": "id\n1\n", "csat.csv": "id\n1\n"})
    text = (
        "tables:\n  customers: {from: ../data/customers.csv}\n  surveys:\n    - from: ../data/nps.csv\n      columns: {response_id: idd}\n"
        "    - from: ../data/csat.csv\n      columns:\n        score: stars\n    - {from: ../data/ces.csv}\n"
    )
    write_yaml(params / "source.yaml", text)
    told = problems(params)
    assert any(
        one.startswith("source.yaml:5: surveys.0.columns.response_id: no source column 'idd'; did you mean 'id'?")
        for one in told
    )
    assert any(one.startswith("source.yaml:8: surveys.1.columns.score: no source column 'stars'") for one in told)
    assert any(one.startswith("source.yaml:9: surveys.2.from: in ") and "did you mean" in one for one in told)


USERS = "id,login,org\nu1,a,00001\nu2,b,00002\n"
EVENTS = "user,day,what\nu1,2026-05-01,report\nu9,2026-05-02,report\n"


def join(**said: Any) -> dict[str, Any]:
    """Return usage whose customers stand in the file of users."""
    one = {"from": "../data/people.csv", "on": {"user": "id"}, "take": ["org"], **said}
    columns = {"customer_id": "org", "user_id": "user", "used_on": "day", "feature": "what"}
    return {"from": "../data/events.csv", "join": [one], "columns": columns}


def test_a_column_is_looked_up_in_another_file(tmp_path: Path) -> None:
    params = book(tmp_path, "usage", join(), {"events.csv": EVENTS, "people.csv": USERS})
    assert [(row["customer_id"], row["user_id"], row["_row"]) for row in together(params, "usage")] == [
        ("00001", "u1", 2),
        (None, "u9", 3),
    ]
    state = check_params(params, READ_ON).tables["usage"]
    assert (state.rows, state.set_aside) == (2, 1)  # of whom nobody knows the customer
    assert state.files == ("events.csv",)


def test_a_change_of_a_joined_file_is_a_change_of_the_source(tmp_path: Path) -> None:
    params = book(tmp_path, "usage", join(), {"events.csv": EVENTS.replace("u9", "u2"), "people.csv": USERS})
    write_yaml(params / "policies.yaml", {"allowed_quarantine": 1})
    first = Portfolio.open(params, READ_ON)
    (tmp_path / "data" / "people.csv").write_text(USERS.replace("u2,b,00002", "u2,b,00003 "), "utf-8")
    assert Portfolio.open(params, READ_ON).folder != first.folder


@pytest.mark.parametrize(
    ("said", "people", "wanted"),
    [
        ({"on": {"usr": "id"}}, USERS, "usage.join.0.on: no source column 'usr'; did you mean 'user'?"),
        ({"on": {"user": "idd"}}, USERS, "usage.join.0.on: no source column 'idd'; did you mean 'id'?"),
        ({"take": ["orgs"]}, USERS, "usage.join.0.take: no source column 'orgs'; did you mean 'org'?"),
        ({"take": {"day": "org"}}, USERS, "usage.join.0.take: the source has a column 'day' already"),
        ({}, USERS + "u1,c,00003\n", "usage.join.0.on: wanted each id once in ../data/people.csv; found 'u1' in 2 rows that differ in org"),
        ({"from": "../data/peple.csv"}, USERS, "there is no file 'peple.csv'; did you mean 'people.csv'?"),
        ({}, "id,org\nu1\n", "people.csv row 2: 1 fields where the header has 2"),
    ],
)  # fmt: skip
def test_a_lookup_that_cannot_be_is_refused(tmp_path: Path, said: dict[str, Any], people: str, wanted: str) -> None:
    params = book(tmp_path, "usage", join(**said), {"events.csv": EVENTS, "people.csv": people})
    told = problems(params)
    assert any(wanted in one for one in told), told


def test_an_account_with_several_rows_of_one_answer_is_looked_up(tmp_path: Path) -> None:
    params = book(tmp_path, "usage", join(), {"events.csv": EVENTS, "people.csv": USERS + "u1,other,00001\n"})
    assert [row["customer_id"] for row in together(params, "usage")] == ["00001", None]


LINES = """\
番号,会社,解約日,品目,金額
1,00001,,a,"1,000"
,,,b,500
2,00002,2026-05-31,c,300

,,,合計,"1,800"
3,00003,,d,x
,,,e,5
"""


def test_blank_cells_are_filled_from_above_within_their_record(tmp_path: Path) -> None:
    columns = {"purchase_id": "番号", "customer_id": "会社", "purchased_on": {"value": "2026-05-01"}, "amount": "金額"}
    said = {"from": "../data/orders.csv", "fill_down": ["番号", "会社", "解約日"], "columns": columns}
    found = together(book(tmp_path, "purchases", said, {"orders.csv": LINES}), "purchases")
    assert [(row["purchase_id"], row["customer_id"], row["解約日"], row["amount"], row["_stray"]) for row in found] == [
        ("1", "00001", None, 1000, None), ("1", "00001", None, 500, None), ("2", "00002", "2026-05-31", 300, None),
        (None, None, None, 1800, "total"), ("3", "00003", None, None, None), ("3", "00003", None, 5, None),
    ]  # fmt: skip


def test_lines_are_summed_up_to_their_order(tmp_path: Path) -> None:
    columns = {"purchase_id": "番号", "customer_id": "会社", "purchased_on": {"value": "2026-05-01"}, "amount": "金額"}
    said = {
        "from": "../data/orders.csv",
        "fill_down": ["番号", "会社"],
        "total": {"by": "番号", "of": "金額"},
        "columns": columns,
    }
    params = book(tmp_path, "purchases", said, {"orders.csv": LINES})
    found = together(params, "purchases")
    assert [(row["purchase_id"], row["amount"], row["_raw_amount"], row["_row"], row["_stray"]) for row in found] == [
        ("1", 1500, "1500", 2, None), ("2", 300, "300", 4, None), (None, 1800, "1800", 6, "total"), ("3", None, "x", 7, None),
    ]  # fmt: skip
    text = check_params(params, READ_ON).as_text()
    assert "6 rows of the source became 4 (total)" in text
    assert "'x' in orders.csv row 7" in text


def test_a_list_in_a_cell_becomes_a_row_each(tmp_path: Path) -> None:
    deals = 'id,who,on\nT1,"00001; 00002",2026-05-01\nT2,00003,2026-05-02\nT3,;,2026-05-03\n'
    said = {
        "from": "../data/deals.csv",
        "split": {"column": "who", "by": ";"},
        "columns": {"ticket_id": {"column": "id"}, "customer_id": "who", "opened_at": "on"},
    }
    found = together(book(tmp_path, "tickets", said, {"deals.csv": deals}), "tickets")
    assert sorted((row["ticket_id"], row["customer_id"] or "", row["_row"]) for row in found) == [
        ("T1", "00001", 2), ("T1", "00002", 2), ("T2", "00003", 3), ("T3", "", 4),
    ]  # fmt: skip


WIDE = "who,2026-04-30,2026-05-31,note\n00001,5, ,7\n00002,,3,8\n合計,5,3,\n"


def test_a_column_per_month_becomes_a_row_per_month(tmp_path: Path) -> None:
    columns = {"customer_id": "who", "purchased_on": "when", "amount": "spent"}
    said = {
        "from": "../data/wide.csv",
        "unpivot": {"columns": ["2026-*"], "name": "when", "value": "spent"},
        "columns": columns,
    }
    found = together(book(tmp_path, "purchases", said, {"wide.csv": WIDE}), "purchases")
    kept = [
        (row["customer_id"], row["purchased_on"], row["amount"], row["note"], row["_row"])
        for row in found
        if not row["_stray"]
    ]
    assert kept == [("00001", date(2026, 4, 30), 5, "7", 2), ("00002", date(2026, 5, 31), 3, "8", 3)]
    assert [row["_stray"] for row in found if row["_stray"]] == ["total", "total"]


@pytest.mark.parametrize(
    ("shape", "wanted"),
    [
        ({"fill_down": ["wo"]}, "costs.fill_down: no source column 'wo'; did you mean 'who'?"),
        ({"split": {"column": "nte", "by": ";"}}, "costs.split.column: no source column 'nte'; did you mean 'note'?"),
        ({"unpivot": {"columns": ["2025-*"], "name": "m", "value": "v"}}, "costs.unpivot.columns: no source column '2025-*'"),
        ({"unpivot": {"columns": ["2026-04-30"], "name": "note", "value": "v"}}, "costs.unpivot.name: the source has a column 'note' already"),
        ({"total": {"by": "whom", "of": ["nots"]}}, "costs.total.by: no source column 'whom'; did you mean 'who'?"),
        ({"total": {"by": "whom", "of": ["nots"]}}, "costs.total.of: no source column 'nots'; did you mean 'note'?"),
        ({"terms": "snapshots"}, "costs.terms: only contracts have terms; leave it out"),
    ],
)  # fmt: skip
def test_a_shape_that_does_not_fit_is_refused_with_its_line(tmp_path: Path, shape: dict[str, Any], wanted: str) -> None:
    said = {"from": "../data/wide.csv", **shape, "columns": {"customer_id": "who"}}
    told = problems(book(tmp_path, "costs", said, {"wide.csv": WIDE}))
    assert any(one.partition(": ")[2].startswith(wanted) for one in told), told


@pytest.mark.parametrize(
    ("column", "wanted"),
    [
        ({"mrr": {"column": "amount", "times": "m"}}, "columns.mrr: no source column 'm'"),
        ({"mrr": {"column": "amount", "per": "evry"}}, "columns.mrr: no source column 'evry'; did you mean 'every'?"),
        ({"product": {"column": "id", "times": "n"}}, "columns.product: times is for numbers, and product holds text"),
        ({"mrr": {"column": "amount", "plus": {"days": 1}}}, "columns.mrr: plus is for dates, and mrr holds amount"),
        ({"mrr": {"column": "amount", "not_after": "on"}}, "columns.mrr: not_after is for dates, and mrr holds amount"),
        ({"mrr": {"concat": ["amount", "n"]}}, "columns.mrr: concat is for texts, and mrr holds amount"),
        ({"ends_on": {"column": "on", "prefix": "x"}}, "columns.ends_on: prefix is for texts, and ends_on holds date"),
        ({"ends_on": {"column": ["on", "off"]}}, "columns.ends_on: no source column 'off'"),
    ],
)
def test_a_column_that_cannot_be_reckoned_so_is_refused(tmp_path: Path, column: dict[str, Any], wanted: str) -> None:
    said = {"from": "../data/subs.csv", "columns": {**FIVE, "mrr": "amount", **column}}
    told = problems(book(tmp_path, "contracts", said, {"subs.csv": AMOUNT}))
    assert any(wanted in one and "source.yaml:" in one for one in told), told


def terms(folder: Path, kind: str, rows: str, **policies: Any) -> list[tuple[Any, ...]]:
    """Return the terms that rows of customer, day and amount become."""
    columns = {"customer_id": "who", "product": {"value": "core"}, "starts_on": "on", "mrr": "mrr"}
    said = {"from": "../data/mrr.csv", "terms": kind, "columns": columns}
    found = together(
        book(folder, "contracts", said, {"mrr.csv": f"who,on,mrr\n{rows}"}, policies=policies), "contracts"
    )
    return [
        (
            row["customer_id"],
            row["starts_on"] and str(row["starts_on"]),
            row["ends_on"] and str(row["ends_on"]),
            row["mrr"],
        )
        for row in found
    ]


LEVELS = """\
00001,2026-01-31,100
00001,2026-02-28,100
00001,2026-03-31,150
00001,2026-05-31,150
00002,2026-01-31,80
00002,2026-02-28,0
00002,2026-03-31,80
00003,2026-03-31,70
00003,2026-05-31,90
"""


def test_levels_per_month_become_terms(tmp_path: Path) -> None:
    """April is in no row at all, so that it is no gap; 00002 paid nothing in February, and is gone in May."""
    assert terms(tmp_path / "a", "snapshots", LEVELS) == [
        ("00001", "2026-01-01", "2026-02-28", 100), ("00001", "2026-03-01", None, 150),
        ("00002", "2026-01-01", "2026-01-31", 80), ("00002", "2026-03-01", "2026-04-30", 80),
        ("00003", "2026-03-01", "2026-04-30", 70), ("00003", "2026-05-01", None, 90),
    ]  # fmt: skip
    first = terms(tmp_path / "b", "snapshots", LEVELS, contract_end="first_day_without")[0]
    assert first == ("00001", "2026-01-01", "2026-03-01", 100)


def test_lines_of_a_month_are_added_copies_are_not_and_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    rows = "00001,2026-01,100\n00001,2026-01,50\n00001,2026-01,100\n00002,2026-01,much\n"
    assert terms(tmp_path, "snapshots", rows) == [
        ("00001", "2026-01-01", None, 150),
        ("00001", "2026-01-01", None, 100),
        ("00002", "2026-01-01", None, None),
    ]
    state = check_params(tmp_path / "params", READ_ON).tables["contracts"]
    assert [one.sentence for one in state.left_out] == ["1 exact copy of an earlier row left out: mrr.csv row 4"]
    assert "'much' in mrr.csv row 5" in state.claims[0].sentence
    assert "4 rows of the source became 3 (terms)" in [one.sentence for one in state.notes]


def test_a_level_that_is_blank_or_cannot_be_read_is_told_and_ends_no_term(tmp_path: Path) -> None:
    """February of 00001 and the last month of 00002 are told; before its first level nothing is known of 00003, which is there in April."""
    rows = (
        "00001,2026-01,100\n00001,2026-02,much\n00001,2026-03,100\n00001,2026-04,120\n"
        "00002,2026-03,80\n00002,2026-04,?\n00003,2026-01,much\n00003,2026-02,70\n00003,2026-04,\n"
    )
    made = [row for row in terms(tmp_path, "snapshots", rows) if row[3] is not None]
    assert made == [
        ("00001", "2026-01-01", "2026-03-31", 100), ("00001", "2026-04-01", None, 120),
        ("00002", "2026-03-01", None, 80), ("00003", "2026-02-01", "2026-02-28", 70),
        ("00003", "2026-04-01", None, 70),
    ]  # fmt: skip
    claims = check_params(tmp_path / "params", READ_ON).tables["contracts"].claims
    assert [(one.claim, one.rows) for one in claims] == [("required(mrr)", 1), ("type(mrr)", 3)]


def test_changes_become_terms_from_the_day_of_each(tmp_path: Path) -> None:
    rows = (
        "00001,2026-01-15,100\n00001,2026-03-10,50\n00001,2026-04-20,-150\n00001,2026-06-01,30\n"
        "00002,2026-02-01,20\n00002,2026-02-01,5\n00003,2026-02-01,10\n00003,2026-03-01,-15\n"
    )
    assert terms(tmp_path / "a", "movements", rows) == [
        ("00001", "2026-01-15", "2026-03-09", 100), ("00001", "2026-03-10", "2026-04-19", 150), ("00001", "2026-06-01", None, 30),
        ("00002", "2026-02-01", None, 25), ("00003", "2026-02-01", "2026-02-28", 10), ("00003", "2026-03-01", None, -5),
    ]  # fmt: skip
    state = check_params(tmp_path / "a" / "params", READ_ON).tables["contracts"]
    assert (state.rows, state.set_aside) == (6, 1)  # less than nothing is told
    without = terms(tmp_path / "b", "movements", rows, contract_end="first_day_without")
    assert without[0] == ("00001", "2026-01-15", "2026-03-10", 100)


def test_each_term_has_an_id_of_its_own(tmp_path: Path) -> None:
    terms(tmp_path, "snapshots", LEVELS)
    ids = [row["contract_id"] for row in together(tmp_path / "params", "contracts")]
    assert ids[0] == "00001 core 2026-01-01"
    assert len({*ids}) == len(ids)


def test_contracts_stand_in_the_customers_own_file(tmp_path: Path) -> None:
    accounts = "id,name,start,end,fee\n00001,A,2026-01-01,,1200\n00002,B,2026-02-01,2026-04-30,2400\n00003,C,,,\n"
    place = {"from": "../data/accounts.csv"}
    source = {
        "customers": {**place, "columns": {"customer_id": "id", "name": "name"}},
        "contracts": {**place, "where": {"start": {"missing": False}},
                      "columns": {"contract_id": "id", "customer_id": "id", "product": {"value": "core"}, "starts_on": "start", "ends_on": "end",
                                  "mrr": {"column": "fee", "divide_by": 12}}},
    }  # fmt: skip
    params = export(tmp_path, {**NOTHING, "customers.csv": None, "accounts.csv": accounts}, source)
    portfolio = Portfolio.open(params, READ_ON, into=tmp_path / "out")
    measured = portfolio.measure(portfolio.month("2026-05"), 1).set_index("kpi")
    assert measured.loc["mrr", "value"] == 100  # B has ended
    before = portfolio.measure(portfolio.month("2026-03"), 1).set_index("kpi")
    assert before.loc["mrr", "value"] == 300


def test_shapes_are_for_tables_of_a_database_too(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "crm.duckdb")) as held:
        held.execute(
            "create table subs as select 'K1' id, '00001' who, date '2026-01-01' as \"on\", 20.0 price, 5 n, 'year' every"
        )
        held.execute("create table deals as select 'T1' id, '00001;00002' who, 1767193200 as at")
    columns = {
        **FIVE,
        "mrr": {"column": "price", "times": "n", "per": "every"},
        "ends_on": {"column": "on", "plus": {"months": "n"}},
    }
    source = {
        "customers": {"from": "../data/customers.csv"},
        "contracts": {"from": "subs", "columns": columns},
        "tickets": {"from": "deals", "split": {"column": "who", "by": ";"},
                    "columns": {"ticket_id": "id", "customer_id": "who", "opened_at": {"column": "at", "format": "unix"}}},
    }  # fmt: skip
    params = export(tmp_path, NOTHING, source, policies={"timezone": "Asia/Tokyo"})
    said = (params / "source.yaml").read_text("utf-8")
    write_yaml(params / "source.yaml", f"url: duckdb://../crm.duckdb\n{said}")
    (contract,) = together(params, "contracts")
    assert (contract["mrr"], contract["ends_on"]) == (Decimal("8.333333"), date(2026, 6, 1))
    tickets = together(params, "tickets")
    assert {row["customer_id"] for row in tickets} == {"00001", "00002"}
    assert {row["opened_at"] for row in tickets} == {datetime(2026, 1, 1)}  # noqa: DTZ001
    write_yaml(
        params / "source.yaml", f"url: duckdb://../crm.duckdb\n{said}".replace("split:", "fill_down: who\n    split:")
    )
    assert any("tickets.fill_down: rows of a database have no order" in one for one in problems(params))
