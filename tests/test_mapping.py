"""Columns mapped and text read: what must be read, and what must not."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import ibis
import pytest

from cslib.model import BY_NAME
from cslib.source import RAW, UNREAD
from cslib.source.width import stripped
from tests.exports import export, write
from tests.sources import HEAD, column, customers, mapped, problem, problems

if TYPE_CHECKING:
    from pathlib import Path


# columns


def test_mistakes_in_the_mapping_are_named_with_line_and_nearest_name(tmp_path: Path) -> None:
    params = export(tmp_path)
    text = """\
read_on: 2026-06-30
tables:
  customers:
    from: ../data/customers.csv
    columns:
      nme: name
      csm: plann
      industry: {column: plan, divide_by: 3}
      employees: {column: employees, format: '%Y'}
    where: {employes: 3}
"""
    write(params / "source.yaml", text)
    assert problems(params) == [
        "source.yaml:6: customers.columns.nme: no canonical column 'nme'; did you mean 'name'?",
        "source.yaml:7: customers.columns.csm: no source column 'plann'; did you mean 'plan'?",
        "source.yaml:8: customers.columns.industry: divide_by is for numbers, and industry holds text",
        "source.yaml:9: customers.columns.employees: format is for dates, and employees holds integer",
        "source.yaml:10: customers.where: no column 'employes'; did you mean 'employees'?",
    ]


def test_a_missing_required_column_is_named_with_the_nearest(tmp_path: Path) -> None:
    found = problem(customers(tmp_path, "customer_id,nam\n1,a\n"))
    assert "customers: no required column 'name'; did you mean 'nam'? (say under 'columns' which one holds it" in found


def test_an_absent_optional_column_is_null_or_its_default(tmp_path: Path) -> None:
    params = export(tmp_path)
    assert column(params, "industry") == [None] * 12
    assert column(params, "trial", "contracts") == [False] * 12


def test_a_default_is_for_what_is_not_written(tmp_path: Path) -> None:
    text = "customer_id,used_on,feature,events\n1,2026-05-01,a,\n1,2026-05-01,a,3\n1,2026-05-01,a,many\n"
    params = export(tmp_path, {"usage.csv": text})
    assert column(params, "events", "usage") == [1, 3, None]
    assert column(params, UNREAD + "events", "usage") == [False, False, True]


def test_further_columns_are_kept(tmp_path: Path) -> None:
    params = customers(tmp_path, "customer_id,name,支社,row\n1,a,東京,x\n")
    assert column(params, "支社") == ["東京"]
    assert column(params, "row") == ["x"]


def test_capitals_make_no_difference(tmp_path: Path) -> None:
    text = "Customer_ID,NAME,Industry,Plan\n1,a,製造,pro\n"
    (row,) = mapped(customers(tmp_path, text, columns={"region": "Plan"}))
    assert (row["customer_id"], row["name"], row["industry"], row["region"], row["plan"]) == (
        "1",
        "a",
        "製造",
        "pro",
        "pro",
    )
    (row,) = mapped(customers(tmp_path, text, columns={"industry": "Plan"}))
    assert row["industry"] == "pro"
    assert "Industry" not in row


def test_one_column_may_stand_for_two_and_a_constant_for_all(tmp_path: Path) -> None:
    columns = {
        "name": "customer_id",
        "csm": {"value": "佐藤"},
        "employees": {"value": 5},
        "acquisition_cost": {"value": 1.5},
    }
    (row,) = mapped(customers(tmp_path, "customer_id\n00017\n", columns=columns))
    assert (row["customer_id"], row["name"], row["csm"], row["employees"]) == ("00017", "00017", "佐藤", 5)
    assert row["acquisition_cost"] == Decimal("1.5")


def test_a_constant_that_is_none_of_its_kind_is_told_from_what_is_missing(tmp_path: Path) -> None:
    params = customers(
        tmp_path, f"{HEAD}1,a\n", columns={"employees": {"value": "many"}, "touch_model": {"value": False}}
    )
    (row,) = mapped(params)
    assert (row["employees"], row[RAW + "employees"], row[UNREAD + "employees"]) == (None, "many", True)


@pytest.mark.parametrize(
    ("spec", "texts", "wanted"),
    [
        ({"map": {"pr": "pro", "fr": "free"}}, ["pr", "fr", "x", ""], ["pro", "free", "x", None]),
        ({"map": {1: "pro", "2": "free"}}, ["1", "2"], ["pro", "free"]),
        ({"map": {"unknown": None}}, ["unknown", "pro"], [None, "pro"]),
        ({"map": {True: "pro", False: "free"}}, ["on", "No", "TRUE", "maybe"], ["pro", "free", "pro", "maybe"]),
        ({"null": ["-", "N/A"]}, ["-", " N/A ", "pro"], [None, None, "pro"]),
        ({"null": 99}, ["99", "9"], [None, "9"]),
        ({"null": ["-"], "map": {"p": "pro"}}, ["-", "p"], [None, "pro"]),
    ],
)
def test_words_are_translated(tmp_path: Path, spec: dict[str, Any], texts: list[str], wanted: list[str | None]) -> None:
    text = "customer_id,name,p\n" + "".join(f"{place},a,{text}\n" for place, text in enumerate(texts))
    params = customers(tmp_path, text, columns={"plan": {"column": "p", **spec}})
    assert column(params, "plan") == wanted
    assert column(params, RAW + "plan") == [text or None for text in texts]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a", "a"),
        (" a", "a"),
        ("a\u3000", "a"),
        ("\t a b \v\f\r\n", "a b"),
        ("\u00a0a\u3000b\u00a0", "a\u3000b"),
        ("\u3000 \u00a0", None),
        ("\v", None),
        ("", None),
        (None, None),
    ],
)
def test_blanks_around_a_text_are_no_part_of_it(text: str | None, wanted: str | None) -> None:
    assert stripped(ibis.literal(text, "string")).to_pyarrow().as_py() == wanted


def test_yearly_amounts_are_divided(tmp_path: Path) -> None:
    columns = {"mrr": {"column": "yearly", "divide_by": 12}, "seats": {"column": "s", "divide_by": 2, "null": [0]}}
    text = "contract_id,customer_id,product,starts_on,yearly,s\nK,1,a,2026-01-01,1000,8\nL,1,a,2026-01-01,x,0\n"
    first, second = mapped(
        export(tmp_path, {"contracts.csv": text}, {"contracts": {"from": "../data/contracts.csv", "columns": columns}}),
        "contracts",
    )
    assert (first["mrr"], first["seats"]) == (Decimal("83.333333"), 4)
    assert (second["mrr"], second[UNREAD + "mrr"], second["seats"], second[UNREAD + "seats"]) == (
        None,
        True,
        None,
        False,
    )


# what text must and must not be read as


def _read(
    folder: Path, column: str, texts: list[str], table: str = "contracts", policies: Any = None, **spec: Any
) -> list[Any]:
    """Return how texts are read in a column of a table; a text that cannot be read is None, and said to be unread."""
    text = "x\n" + "".join(f'"{text}"\n' for text in texts)
    origins = {name: {"value": 1} for name in BY_NAME[table].required}
    source = {table: {"from": "../data/x.csv", "columns": {**origins, column: {"column": "x", **spec}}}}
    rows = mapped(export(folder, {"x.csv": text}, source, policies=policies or {}), table)
    for row in rows:
        assert row[UNREAD + column] is (row[column] is None and bool(row[RAW + column]))
    return [row[column] for row in rows]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-10-31", date(2026, 10, 31)),
        ("2026/10/31", date(2026, 10, 31)),
        ("2026-1-5", date(2026, 1, 5)),
        (" 2026-10-31 ", date(2026, 10, 31)),
        ("2024-02-29", date(2024, 2, 29)),
        ("9999-12-31", date(9999, 12, 31)),
        ("2026-10-31 23:59:59", date(2026, 10, 31)),
        ("2026-10-31T10:00", date(2026, 10, 31)),
        # a moment with an offset lies on the day of the reporting time zone, Tokyo here
        ("2026-10-31T14:59:59Z", date(2026, 10, 31)),
        ("2026-10-31T15:00:00Z", date(2026, 11, 1)),
        ("2026-10-31T15:00:00.000+0000", date(2026, 11, 1)),
        ("2026-10-31 15:00+00", date(2026, 11, 1)),
        ("2026-10-31 23:30:00 +09:00", date(2026, 10, 31)),
        ("2026-10-31T23:30:00-10:00", date(2026, 11, 1)),
    ],
)
def test_dates_that_are_read(tmp_path: Path, text: str, day: date) -> None:
    assert _read(tmp_path, "starts_on", [text]) == [day]


def test_what_is_no_date(tmp_path: Path) -> None:
    texts = [
        "2026-02-30", "2026-02-29", "2026-13-01", "2026-00-10", "31/10/2026", "10/31/2026", "20261031", "2026", "2026-10",
        "10月31日", "令和8年", "46326", "0000-00-00", "0001-01-01", "0026-10-31",
        "2026-10-31x", "x2026-10-31", "2026-10-31 25:00", "2026-10-31 10", "2026-10-31 1:00 PM", "2026-10/31", "now", "-",
        "2026-10-31Z", "12026-10-31", "infinity", "epoch", "2026.10/31", "2026年13月1日", "令和8年2月30日", "八年四月一日", "R8", "X8.5.15",
    ]  # fmt: skip
    assert _read(tmp_path, "starts_on", texts) == [None] * len(texts)


@pytest.mark.parametrize(
    ("form", "texts", "days"),
    [
        (
            "%d/%m/%Y",
            ["31/10/2026", "1/2/2026", "31/02/2026", "2026-10-31", "31/10/26"],
            [(10, 31), (2, 1), None, None, None],
        ),
        ("%Y年%m月%d日", ["2026年10月31日", "2026年1月5日", "10月31日"], [(10, 31), (1, 5), None]),
        ("%Y%m%d", ["20261031", "2026-10-31"], [(10, 31), None]),
        ("%d-%b-%y", ["31-Oct-26", "31-okt-26"], [(10, 31), None]),
        ("%Y-%m-%d %H:%M:%S %z", ["2026-10-30 23:00:00 +0000", "2026-10-31 23:00:00 +0900"], [(10, 31), (10, 31)]),
    ],
)
def test_dates_by_a_format(tmp_path: Path, form: str, texts: list[str], days: list[tuple[int, int] | None]) -> None:
    assert _read(tmp_path, "starts_on", texts, format=form) == [day and date(2026, *day) for day in days]


def test_times_keep_the_clock_of_the_reporting_zone(tmp_path: Path) -> None:
    texts = ["2026-10-31", "2026-10-31 09:30", "2026-10-31T00:30:00Z", "2026-10-31 25:61:00", "昨日"]
    wanted = [datetime(2026, 10, 31, *clock) for clock in ((0, 0), (9, 30), (9, 30))]  # noqa: DTZ001 - a clock on the wall
    assert _read(tmp_path, "opened_at", texts, "tickets") == [*wanted, None, None]


def test_the_zone_is_a_policy_and_not_the_machine_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    texts = ["2026-10-31T02:00:00Z"]
    assert _read(tmp_path, "starts_on", texts, policies={"timezone": "America/New_York"}) == [date(2026, 10, 30)]
    assert _read(tmp_path, "starts_on", texts, policies={"timezone": "UTC"}) == [date(2026, 10, 31)]


def test_months(tmp_path: Path) -> None:
    texts = ["2026-10", "2026/10", "2026-1", "2026-10-15", "2026-13", "202610", "十月", "2026"]
    october = date(2026, 10, 1)
    assert _read(tmp_path, "month", texts, "costs") == [
        october,
        october,
        date(2026, 1, 1),
        october,
        None,
        None,
        None,
        None,
    ]
    assert _read(tmp_path, "month", ["10/2026", "2026-10"], "costs", format="%m/%Y") == [october, None]


@pytest.mark.parametrize(
    ("column", "texts", "wanted"),
    [
        ("mrr", ["1200", "1200.50", "-3", "+3", ".5", "1e3", " 7 "], ["1200", "1200.5", "-3", "3", "0.5", "1000", "7"]),
        (
            "mrr",
            [
                "1,20",
                "12,34,567",
                "1200.5,0",
                "$5",
                "€5",
                "5千円",
                "1 200",
                "1_200",
                "(100)",
                "1.200,50",
                "¥",
                "1,200-",
            ],
            [None] * 12,
        ),
        ("mrr", ["NaN", "inf", "--", "0x10", "12a", "1e99", "1000000000000"], [None] * 7),
        (
            "seats",
            ["12", "12.0", "007", "-1", "３０", "1,000", "12.5", "30名", "abc"],
            ["12", "12", "7", "-1", "30", "1000", *[None] * 3],
        ),
    ],
)
def test_amounts_and_whole_numbers(tmp_path: Path, column: str, texts: list[str], wanted: list[str | None]) -> None:
    assert _read(tmp_path, column, texts) == [text if text is None else Decimal(text) for text in wanted]


def test_numbers_are_as_large_and_as_fine_as_they_come(tmp_path: Path) -> None:
    texts = ["7.5", "5000000000000", "1e-9", "８", "7点", "8,5", "1e999"]
    assert _read(tmp_path, "target", texts, "goals") == [7.5, 5e12, 1e-9, 8.0, None, None, None]


def test_truths(tmp_path: Path) -> None:
    yes, no, neither = (
        ["TRUE", "True", "t", "yes", "Y", "1", "on"],
        ["FALSE", "false", "f", "no", "N", "0"],
        ["2", "はい", "x"],
    )
    assert _read(tmp_path, "trial", [*yes, *no, *neither]) == [True] * 7 + [False] * 6 + [None] * 3
    assert _read(tmp_path, "trial", ["はい", "いいえ"], map={"はい": True, "いいえ": False}) == [True, False]


def test_ids_stay_text(tmp_path: Path) -> None:
    ids = ["00017", "1e5", "1.0", "TRUE", "2026-01-01", "NULL", "１２", "+3"]
    assert column(customers(tmp_path, HEAD + "".join(f" {name} ,a\n" for name in ids)), "customer_id") == ids


# typed columns


def _typed(folder: Path, column: str, sql: str, table: str = "contracts", **spec: Any) -> list[Any]:
    """Return how the values of a typed column are read."""
    origins = {name: {"value": 1} for name in BY_NAME[table].required}
    source = {table: {"from": {"sql": sql}, "columns": {**origins, column: {"column": "x", **spec}}}}
    return [row[column] for row in mapped(export(folder, source=source), table)]


@pytest.mark.parametrize(
    ("column", "expressions", "wanted"),
    [
        ("starts_on", ["date '2026-10-31'"], [date(2026, 10, 31)]),
        ("starts_on", ["timestamp '2026-10-31 23:59:59'"], [date(2026, 10, 31)]),
        ("starts_on", ["timestamptz '2026-10-31 15:00:00+00'"], [date(2026, 11, 1)]),
        ("starts_on", ["20261031"], [None]),
        ("starts_on", ["true"], [None]),
        ("starts_on", ["time '10:00'"], [None]),
        ("starts_on", ["date '0001-01-01'"], [None]),
        ("mrr", ["1200::integer", "null"], [Decimal(1200), None]),
        ("mrr", ["0.1::double", "'nan'::double", "1e300::double"], [Decimal("0.1"), None, None]),
        ("mrr", ["12.345::decimal(38, 10)"], [Decimal("12.345")]),
        ("mrr", ["date '2026-10-31'"], [None]),
        ("mrr", ["true"], [None]),
        ("seats", ["12::hugeint", "12.0::double", "12.5::double", "1e300::double"], [12, 12, None, None]),
        ("seats", ["12.5::decimal(4, 1)", "12.0::decimal(4, 1)"], [None, 12]),
        ("trial", ["true", "false", "null"], [True, False, False]),
        ("trial", ["1", "0", "2"], [True, False, None]),
        ("product", ["17"], ["17"]),
        ("product", ["'a'::enum('a', 'b')"], ["a"]),
        ("product", ["date '2026-10-31'"], ["2026-10-31"]),
        ("product", ["uuid '00000000-0000-0000-0000-000000000017'"], ["00000000-0000-0000-0000-000000000017"]),
    ],
)
def test_typed_values(tmp_path: Path, column: str, expressions: list[str], wanted: list[Any]) -> None:
    sql = f"select unnest([{', '.join(expressions)}]) as x"
    assert _typed(tmp_path, column, sql) == wanted


def test_further_columns_that_few_tools_can_hold_become_text(tmp_path: Path) -> None:
    sql = """
        select '1' as customer_id, 'a' as name, [1, 2] as list, {'a': 1} as struct, interval 2 day as span, time '10:00' as clock,
            '{"a": 1}'::json as json, map {'x': 1} as map, 1.5::double as number, true as flag, date '2026-01-01' as day
    """
    (row,) = mapped(export(tmp_path, source={"customers": {"from": {"sql": sql}}}))
    assert (row["list"], row["struct"], row["span"], row["clock"]) == ("[1, 2]", "{'a': 1}", "2 days", "10:00:00")
    assert (row["json"], row["map"]) == ('{"a": 1}', "{x=1}")
    assert (row["number"], row["flag"], row["day"]) == (1.5, True, date(2026, 1, 1))


def test_typed_values_are_mapped_like_text(tmp_path: Path) -> None:
    assert _typed(tmp_path, "starts_on", "select 20261031 as x", format="%Y%m%d") == [date(2026, 10, 31)]
    assert _typed(tmp_path, "starts_on", "select date '2026-10-31' as x", format="%d/%m/%Y") == [date(2026, 10, 31)]
    assert _typed(tmp_path, "seats", "select unnest([0, 99, 5]) as x", null=[0, 99]) == [None, None, 5]
    assert _typed(tmp_path, "product", "select true as x", map={True: "core"}) == ["core"]
    assert _typed(tmp_path, "month", "select date '2026-10-15' as x", "costs") == [date(2026, 10, 1)]
