"""Sources as people have them: files in any dress, tables and queries of a database, columns mapped and text read."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from cslib.book import Book
from cslib.errors import CslibError, SettingsError, SourceError
from cslib.kpis import BY_ID
from cslib.model import BY_NAME
from cslib.settings import load
from cslib.source import FILE, RAW, ROW, UNREAD, RawSource, map_table
from tests.exports import CUSTOMERS, IDS, READ_ON, export, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEAD = "customer_id,name\n"


def _mapped(params: Path, name: str = "customers") -> list[dict[str, Any]]:
    """Return the rows of a canonical table as they are mapped, before any claim is looked at."""
    settings = load(params, BY_ID)
    spec = settings.source.tables[name]
    with closing(RawSource(settings)) as source:
        mapped = map_table(source.table(name), BY_NAME[name], spec, settings.policies.timezone)
        return mapped.order_by(FILE, ROW).to_pyarrow().to_pylist()


def _column(params: Path, column: str, table: str = "customers") -> list[Any]:
    return [row[column] for row in _mapped(params, table)]


def _places(params: Path) -> list[tuple[str, int]]:
    return [(row[FILE], row[ROW]) for row in _mapped(params)]


def _problems(params: Path) -> list[str]:
    with pytest.raises(CslibError) as raised:
        Book.open(params, READ_ON, into=params.parent / "snapshot")
    assert isinstance(raised.value, SourceError | SettingsError), raised.value
    return list(raised.value.problems)


def _problem(params: Path) -> str:
    (found,) = _problems(params)
    return found


def _customers(folder: Path, text: str | bytes, file: str = "customers.csv", **spec: Any) -> Path:
    """Return the params of an export whose customers are in a file of this text."""
    source = {"customers": {"from": f"../data/{file}", **spec}}
    return export(folder, {"customers.csv": None, "surveys.csv": None, file: text}, source)


# files in any dress


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        (f"{HEAD}00017,髙橋①\n".encode(), {}),
        (f"{HEAD}00017,髙橋①\n".encode("utf-8-sig"), {}),
        (f"{HEAD}00017,髙橋①\n".encode("utf-8-sig"), {"encoding": "UTF-8"}),
        (f"{HEAD}00017,髙橋①\n".encode("cp932"), {"encoding": "cp932"}),
        (f"{HEAD}00017,髙橋①\n".replace("\n", "\r\n").encode("cp932"), {"encoding": "cp932"}),
        (f"{HEAD}00017,髙橋①\n".replace(",", "\t").encode("utf-16"), {"encoding": "utf-16"}),
        (f"{HEAD}00017,髙橋①\n".replace("\n", "\r\n").encode(), {}),
        (f"{HEAD}00017,髙橋①".encode(), {}),
        (f"{HEAD}00017,髙橋①\n".replace(",", ";").encode(), {}),
        (f"{HEAD}00017,髙橋①\n".replace(",", "\t").encode(), {}),
        (f"{HEAD}00017,髙橋①\n".replace("\n", "\r").encode(), {}),
        ('"customer_id","name"\n"00017","髙橋①"\n'.encode(), {}),
        (' customer_id , name \n 00017 , "髙橋①"\n'.encode(), {}),
        ("customer_id,name,\n00017,髙橋①,\n".encode(), {}),
    ],
)
def test_a_csv_file_is_read_in_any_dress(tmp_path: Path, text: bytes, spec: dict[str, str]) -> None:
    (row,) = _mapped(_customers(tmp_path, text, **spec))
    assert (row["customer_id"], row["name"], row[FILE], row[ROW]) == ("00017", "髙橋①", "customers.csv", 2)


def test_a_zipped_csv_file_is_read(tmp_path: Path) -> None:
    assert _column(_customers(tmp_path, gzip.compress(CUSTOMERS.encode()), "customers.csv.gz"), "customer_id") == [*IDS]


def test_quoted_line_ends_commas_and_quotation_marks_are_text(tmp_path: Path) -> None:
    params = _customers(tmp_path, f'{HEAD}1,"甲\n乙, ""丙"""\n2,"a\r\nb"\n3,5" screens\n')
    assert _column(params, "name") == ['甲\n乙, "丙"', "a\r\nb", '5" screens']
    assert _places(params) == [("customers.csv", 2), ("customers.csv", 3), ("customers.csv", 4)]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (f"{HEAD}1,a\n\n2,b\n\n\n3,c\n\n", [2, 4, 7]),
        (f"{HEAD}1,a\n\n2,b\n".replace("\n", "\r\n"), [2, 4]),
        (f"{HEAD}1,a\r\n2,b\n3,c\r\n", [2, 3, 4]),
        (f"\n\n{HEAD}1,a\n2,b\n", [4, 5]),
        (f'{HEAD}1,"a\n\nb"\n2,b\n', [2, 3]),
        (f"{HEAD}1,a,,\n2,b\n", [2, 3]),
    ],
)
def test_rows_are_counted_as_a_spreadsheet_counts(tmp_path: Path, text: str, rows: list[int]) -> None:
    assert _places(_customers(tmp_path, text)) == [("customers.csv", row) for row in rows]


def test_rows_of_a_file_of_many_blocks_keep_their_numbers(tmp_path: Path) -> None:
    rows = [f'{number},"{number}\n{"x" * 90}"' for number in range(40_000)]
    params = _customers(tmp_path, HEAD + "\n".join(rows))
    assert all(int(row["customer_id"]) + 2 == row[ROW] for row in _mapped(params))


def test_nothing_is_guessed_from_the_first_rows(tmp_path: Path) -> None:
    names = [f"{number};{number}" for number in range(3000)]
    params = _customers(tmp_path, HEAD + "\n".join(f"{number},{name}" for number, name in enumerate(names)))
    assert _column(params, "name") == names
    first, *_, last = _column(_customers(tmp_path, HEAD + "1,1\n" * 5000 + "#2,NULL\n"), "customer_id")
    assert (first, last) == ("1", "#2")


def test_a_parquet_file_is_read_and_its_ending_is_taken_in_any_case(tmp_path: Path) -> None:
    params = _customers(tmp_path, b"", "customers.PARQUET")
    _parquet(tmp_path / "data/customers.PARQUET", "select 17 as customer_id, '髙橋' as name, 12::bigint as employees")
    (row,) = _mapped(params)
    assert (row["customer_id"], row["employees"], row[ROW]) == ("17", 12, 1)


def _parquet(file: Path, sql: str) -> None:
    duckdb.sql(f"copy ({sql}) to '{file}' (format parquet)")


def test_a_glob_takes_every_file_in_order_and_says_which(tmp_path: Path) -> None:
    files = {"2026/02.csv": "name,customer_id\nb,2\n", "2026/01.csv": f"{HEAD}1,a\n", "2025/01.csv": f"{HEAD}0,z\n"}
    params = export(tmp_path, {**files, "customers.csv": None}, {"customers": {"from": "../data/20*/*.csv"}})
    assert [(row[FILE], row["customer_id"], row["name"]) for row in _mapped(params)] == [
        ("2025/01.csv", "0", "z"),
        ("2026/01.csv", "1", "a"),
        ("2026/02.csv", "2", "b"),
    ]


def test_files_of_a_glob_need_the_same_columns(tmp_path: Path) -> None:
    files = {"c1.csv": f"{HEAD}1,a\n", "c2.csv": "customer_id,nmae\n2,b\n", "customers.csv": None}
    found = _problems(export(tmp_path, files, {"customers": {"from": "../data/c?.csv"}}))
    assert len(found) == 2
    assert "c1.csv: no column 'nmae'; did you mean 'name'?, which other files of the table have" in found[0]
    assert "c2.csv: no column 'name'; did you mean 'nmae'?" in found[1]


def test_parquet_files_of_a_glob_may_differ_in_type(tmp_path: Path) -> None:
    params = export(tmp_path, {"customers.csv": None}, {"customers": {"from": "../data/c*.parquet"}})
    (tmp_path / "data").mkdir(exist_ok=True)
    _parquet(tmp_path / "data/c1.parquet", "select '1' as customer_id, 'a' as name, null as csm, 5 as employees")
    _parquet(tmp_path / "data/c2.parquet", "select 2 as customer_id, 'b' as name, 'x' as csm, 6.0::double as employees")
    assert [(row["customer_id"], row["csm"], row["employees"]) for row in _mapped(params)] == [
        ("1", None, 5),
        ("2", "x", 6),
    ]


def test_odd_signs_in_a_path_are_no_pattern(tmp_path: Path) -> None:
    folder = tmp_path / "it's [2026] 東京"
    assert _column(_customers(folder, CUSTOMERS), "customer_id") == [*IDS]
    params = _customers(folder, b"", "customers.parquet")
    _parquet(write(tmp_path / "c.parquet", b""), "select 1 as customer_id, 'a' as name")
    (tmp_path / "c.parquet").replace(folder / "data/customers.parquet")
    assert _column(params, "customer_id") == ["1"]


def test_column_names_may_be_anything(tmp_path: Path) -> None:
    text = 'customer_id,name,"社員 数",select,"a""b",it\'s,a.b,{x}\n1,甲,5,s,q,i,d,x\n'
    (row,) = _mapped(_customers(tmp_path, text, columns={"employees": "社員 数", "plan": "select"}))
    assert (row["employees"], row["plan"], row['a"b'], row["it's"], row["a.b"], row["{x}"]) == (
        5,
        "s",
        "q",
        "i",
        "d",
        "x",
    )


# files that cannot be read


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "customers.csv: the file is empty, not even a header"),
        ("\n\n,,\n", "customers.csv: the file is empty, not even a header"),
        (f"{HEAD}1,a\n2,b,c\n3\n", "customers.csv row 3: 3 fields where the header has 2"),
        (f"{HEAD}1,a\n\n3\n", "customers.csv row 4: 1 fields where the header has 2"),
        (f'{HEAD}1,a\n2,"b\n3,c\n', "customers.csv row 3: a quotation mark is not closed"),
        (f'{HEAD}1,"a"b\n', "customers.csv row 2: a quotation mark is not closed, or stands inside a field"),
        (
            f"{HEAD}1,甲\n2,乙\n".encode("cp932"),
            "customers.csv line 2: not utf-8; name the file's encoding in source.yaml",
        ),
        (f"{HEAD}1,a\n\n2,乙\n".encode("cp932"), "customers.csv line 4: not utf-8; name the file's encoding"),
        (f"{HEAD}1,甲\n".encode("utf-16"), "the file is UTF-16; add 'encoding: utf-16'"),
        ("customer_id,name,Name\n1,a,b\n", "customers.csv: the header names the column 'name' more than once"),
        ("customer_id,name,a,a\n1,a,b,c\n", "customers.csv: the header names the column 'a' more than once"),
    ],
)
def test_a_broken_file_is_named_with_its_row(tmp_path: Path, text: str | bytes, message: str) -> None:
    found = _problems(_customers(tmp_path, text))
    assert message in found[0]
    assert not any("Possible" in problem or "duckdb" in problem.lower() for problem in found)


def test_uneven_rows_are_all_named_up_to_three(tmp_path: Path) -> None:
    found = _problems(_customers(tmp_path, HEAD + "1\n2,b\n3,c,d\n4,e,f\n5,g,h\n"))
    assert [problem.partition(":")[0] for problem in found] == [f"customers.csv row {row}" for row in (2, 4, 5)]


def test_another_encoding_than_said_is_named(tmp_path: Path) -> None:
    found = _problem(_customers(tmp_path, f"{HEAD}1,①\n2,髙\n".encode("cp932"), encoding="shift_jis"))
    assert "customers.csv line 2: not shift_jis" in found


@pytest.mark.parametrize(
    ("origin", "message"),
    [
        ("../data/customer.csv", "there is no file 'customer.csv'; did you mean 'customers.csv'?"),
        ("../dta/customers.csv", "there is no such folder"),
        ("../data/*.tsv", "no file matches ../data/*.tsv"),
        ("../data", "data is a folder; name the files in it, such as data/*.csv"),
        ("../data/customers.xlsx", "customers.xlsx: wanted a file that ends in .csv, .tsv, .txt"),
        ("customers", "no table 'customers' (a file ends in .csv"),
        ("../data/broken.parquet", "broken.parquet"),
    ],
)
def test_what_is_no_table_is_said_to_be_none(tmp_path: Path, origin: str, message: str) -> None:
    files = {"customers.xlsx": b"PK", "broken.parquet": b"PAR1 no more"}
    params = export(tmp_path, files, {"customers": {"from": origin}})
    settings = load(params, BY_ID)
    with closing(RawSource(settings)) as source, pytest.raises(SourceError) as raised:
        source.table("customers").count().to_pyarrow()
    assert message in str(raised.value)
    assert "source.yaml:" in str(raised.value)


def test_every_problem_of_every_table_is_told_at_once(tmp_path: Path) -> None:
    files = {"customers.csv": "customer_id,nam\n1,a\n", "contracts.csv": "", "surveys.csv": "a,b\n1\n"}
    source = {
        "goals": {"from": "../data/gaols.csv"},
        "touchs": {"from": "x.csv"},
        "users": {"from": "../data/surveys.csv"},
    }
    found = "\n".join(_problems(export(tmp_path, files, source)))
    for message in (
        "no required column 'name'; did you mean 'nam'?",
        "contracts.csv: the file is empty",
        "no required column 'response_id'",
        "no required column 'user_id'",
        "there is no file 'gaols.csv'",
        "no canonical table 'touchs'; did you mean 'touches'?",
    ):
        assert message in found


def test_the_customers_are_needed(tmp_path: Path) -> None:
    assert "the required table 'customers' is missing" in _problem(export(tmp_path, {"customers.csv": None}))


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
    assert _problems(params) == [
        "source.yaml:6: customers.columns.nme: no canonical column 'nme'; did you mean 'name'?",
        "source.yaml:7: customers.columns.csm: no source column 'plann'; did you mean 'plan'?",
        "source.yaml:8: customers.columns.industry: divide_by is for numbers; industry is a text",
        "source.yaml:9: customers.columns.employees: format is for dates; employees is a integer",
        "source.yaml:10: customers.where: no column 'employes'; did you mean 'employees'?",
    ]


def test_a_missing_required_column_is_named_with_the_nearest(tmp_path: Path) -> None:
    found = _problem(_customers(tmp_path, "customer_id,nam\n1,a\n"))
    assert "customers: no required column 'name'; did you mean 'nam'? Say under 'columns' which one holds it" in found


def test_an_absent_optional_column_is_null_or_its_default(tmp_path: Path) -> None:
    params = export(tmp_path)
    assert _column(params, "industry") == [None] * 12
    assert _column(params, "trial", "contracts") == [False] * 12


def test_a_default_is_for_what_is_not_written(tmp_path: Path) -> None:
    text = "customer_id,used_on,feature,events\n1,2026-05-01,a,\n1,2026-05-01,a,3\n1,2026-05-01,a,many\n"
    params = export(tmp_path, {"usage.csv": text})
    assert _column(params, "events", "usage") == [1, 3, None]
    assert _column(params, UNREAD + "events", "usage") == [False, False, True]


def test_further_columns_are_kept(tmp_path: Path) -> None:
    params = _customers(tmp_path, "customer_id,name,支社,row\n1,a,東京,x\n")
    assert _column(params, "支社") == ["東京"]
    assert _column(params, "row") == ["x"]


def test_capitals_make_no_difference(tmp_path: Path) -> None:
    text = "Customer_ID,NAME,Industry,Plan\n1,a,製造,pro\n"
    (row,) = _mapped(_customers(tmp_path, text, columns={"region": "Plan"}))
    assert (row["customer_id"], row["name"], row["industry"], row["region"], row["plan"]) == (
        "1",
        "a",
        "製造",
        "pro",
        "pro",
    )
    (row,) = _mapped(_customers(tmp_path, text, columns={"industry": "Plan"}))
    assert row["industry"] == "pro"
    assert "Industry" not in row


def test_one_column_may_stand_for_two_and_a_constant_for_all(tmp_path: Path) -> None:
    columns = {
        "name": "customer_id",
        "csm": {"value": "佐藤"},
        "employees": {"value": 5},
        "acquisition_cost": {"value": 1.5},
    }
    (row,) = _mapped(_customers(tmp_path, "customer_id\n00017\n", columns=columns))
    assert (row["customer_id"], row["name"], row["csm"], row["employees"]) == ("00017", "00017", "佐藤", 5)
    assert row["acquisition_cost"] == Decimal("1.5")


def test_a_constant_that_is_none_of_its_kind_is_told_from_what_is_missing(tmp_path: Path) -> None:
    params = _customers(
        tmp_path, f"{HEAD}1,a\n", columns={"employees": {"value": "many"}, "touch_model": {"value": False}}
    )
    (row,) = _mapped(params)
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
    params = _customers(tmp_path, text, columns={"plan": {"column": "p", **spec}})
    assert _column(params, "plan") == wanted
    assert _column(params, RAW + "plan") == [text or None for text in texts]


def test_yearly_amounts_are_divided(tmp_path: Path) -> None:
    columns = {"mrr": {"column": "yearly", "divide_by": 12}, "seats": {"column": "s", "divide_by": 2, "null": [0]}}
    text = "contract_id,customer_id,product,starts_on,yearly,s\nK,1,a,2026-01-01,1000,8\nL,1,a,2026-01-01,x,0\n"
    first, second = _mapped(
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
    rows = _mapped(export(folder, {"x.csv": text}, source, policies=policies or {}), table)
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
        "２０２６-10-31", "2026年10月31日", "令和8年10月1日", "46326", "0000-00-00", "0001-01-01", "0026-10-31",
        "2026-10-31x", "x2026-10-31", "2026-10-31 25:00", "2026-10-31 10", "2026-10-31 1:00 PM", "2026-10/31", "now", "-",
        "2026-10-31Z", "12026-10-31", "infinity", "epoch",
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
            ["1,200", "¥1200", "￥1200", "1200円", "$5", "１２００", "1 200", "1_200", "(100)", "1.200,50"],
            [None] * 10,
        ),
        ("mrr", ["NaN", "inf", "--", "0x10", "12a", "1e99", "1000000000000"], [None] * 7),
        (
            "seats",
            ["12", "12.0", "007", "-1", "12.5", "３０", "30名", "1,000", "abc"],
            ["12", "12", "7", "-1", *[None] * 5],
        ),
    ],
)
def test_amounts_and_whole_numbers(tmp_path: Path, column: str, texts: list[str], wanted: list[str | None]) -> None:
    assert _read(tmp_path, column, texts) == [text if text is None else Decimal(text) for text in wanted]


def test_numbers_are_as_large_and_as_fine_as_they_come(tmp_path: Path) -> None:
    texts = ["7.5", "5000000000000", "1e-9", "８", "7点", "8,5", "1e999"]
    assert _read(tmp_path, "target", texts, "goals") == [7.5, 5e12, 1e-9, None, None, None, None]


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
    assert _column(_customers(tmp_path, HEAD + "".join(f" {name} ,a\n" for name in ids)), "customer_id") == ids


# typed columns


def _typed(folder: Path, column: str, sql: str, table: str = "contracts", **spec: Any) -> list[Any]:
    """Return how the values of a typed column are read."""
    origins = {name: {"value": 1} for name in BY_NAME[table].required}
    source = {table: {"from": {"sql": sql}, "columns": {**origins, column: {"column": "x", **spec}}}}
    return [row[column] for row in _mapped(export(folder, source=source), table)]


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


def test_typed_values_are_mapped_like_text(tmp_path: Path) -> None:
    assert _typed(tmp_path, "starts_on", "select 20261031 as x", format="%Y%m%d") == [date(2026, 10, 31)]
    assert _typed(tmp_path, "starts_on", "select date '2026-10-31' as x", format="%d/%m/%Y") == [date(2026, 10, 31)]
    assert _typed(tmp_path, "seats", "select unnest([0, 99, 5]) as x", null=[0, 99]) == [None, None, 5]
    assert _typed(tmp_path, "product", "select true as x", map={True: "core"}) == ["core"]
    assert _typed(tmp_path, "month", "select date '2026-10-15' as x", "costs") == [date(2026, 10, 1)]


# tables and queries


@pytest.fixture
def crm(tmp_path: Path) -> Path:
    """Return a DuckDB file with a table in its main schema, a view, and a table in another."""
    file = tmp_path / "crm.duckdb"
    with duckdb.connect(str(file)) as database:
        database.execute(
            "create table accounts as select 17 as id, '髙橋' as name, 'pro' as plan, date '2026-01-05' as since"
        )
        database.execute("insert into accounts values (18, '佐藤', 'free', '2026-02-05')")
        database.execute("create view paying as from accounts where plan = 'pro'")
        database.execute('create schema sales; create table sales."my accounts" as from accounts')
    return file


@pytest.mark.parametrize(
    ("origin", "ids", "file"),
    [
        ("accounts", ["17", "18"], "accounts"),
        ("paying", ["17"], "paying"),
        ("sales.my accounts", ["17", "18"], "sales.my accounts"),
        ({"sql": "select * from accounts where since < date '2026-02-01'"}, ["17"], "customers (sql)"),
        ({"sql": 'from sales."my accounts"; -- all'}, ["17", "18"], "customers (sql)"),
    ],
)
def test_tables_and_queries_of_a_duckdb_file(tmp_path: Path, crm: Path, origin: Any, ids: list[str], file: str) -> None:
    params = _of(tmp_path, crm, origin)
    assert _column(params, "customer_id") == ids
    assert _column(params, FILE) == [file] * len(ids)
    assert _column(params, ROW) == [*range(1, len(ids) + 1)]


def _of(folder: Path, crm: Path, origin: Any) -> Path:
    params = export(folder, source={"customers": {"from": origin, "columns": {"customer_id": "id"}}})
    text = (params / "source.yaml").read_text("utf-8")
    write(params / "source.yaml", f"url: duckdb://../{crm.name}\n{text}")
    return params


@pytest.mark.parametrize(
    ("origin", "message"),
    [
        ("acounts", "no table 'acounts'; did you mean 'accounts'?"),
        ("sales.accounts", "no table 'sales.accounts'; did you mean 'sales.my accounts'?"),
        ({"sql": "selec * frm accounts"}, "syntax error"),
        ({"sql": "select * from acounts"}, 'Did you mean "accounts"?'),
        ({"sql": "select id, name, name as NAME from accounts"}, "the query names the column 'name' more than once"),
        ({"sql": "select 1; select 2"}, "wanted one select"),
        ({"sql": ""}, "wanted one select"),
        ({"sql": "drop table accounts"}, "wanted one select, and nothing else"),
    ],
)
def test_a_table_or_query_that_is_none(tmp_path: Path, crm: Path, origin: Any, message: str) -> None:
    before = crm.read_bytes()
    found = _problem(_of(tmp_path, crm, origin))
    assert message in found
    assert found.startswith("source.yaml:")
    assert "LINE 1" not in found
    assert crm.read_bytes() == before


def test_a_database_that_is_none(tmp_path: Path) -> None:
    for name, message in (
        ("nowhere.duckdb", "there is no file 'nowhere.duckdb'"),
        ("crm.duckdb", "cannot be opened as a DuckDB"),
    ):
        params = _of(tmp_path, write(tmp_path / "crm.duckdb", "id,name\n"), "accounts")
        text = (params / "source.yaml").read_text("utf-8")
        write(params / "source.yaml", text.replace("crm.duckdb", name))
        assert message in _problem(params)


def test_a_query_fails_while_it_is_read(tmp_path: Path, crm: Path) -> None:
    found = _problem(_of(tmp_path, crm, {"sql": "select id, name, cast(name as integer) as employees from accounts"}))
    assert found.startswith("source.yaml:")
    assert "Could not convert string '髙橋'" in found


def test_a_query_over_the_files_of_other_tables(tmp_path: Path) -> None:
    files = {
        "contracts.csv": None,
        "k1.csv": "id,of,day\nK1,00001,2026-01-01\n",
        "k2.csv": "id,of,day\nK2,00002,2026-01-01\n",
    }
    sql = "select id as contract_id, of as customer_id, plan as product, day as starts_on, employees as mrr from contracts"
    source = {
        "contracts": {"from": "../data/k*.csv", "columns": {}},
        "surveys": {"from": {"sql": f"select customer_id || 'R' as response_id, * from ({sql} join customers on of = customer_id)"},
                    "columns": {"kind": {"value": "nps"}}},
    }  # fmt: skip
    assert _column(export(tmp_path, files, source), "customer_id", "surveys") == ["00001", "00002"]


def test_a_query_names_files_from_the_params_folder_on(tmp_path: Path) -> None:
    sql = "select *, 'x' as region from read_csv('../data/customers.csv', all_varchar = true)"
    assert _column(export(tmp_path, source={"customers": {"from": {"sql": sql}}}), "customer_id") == [*IDS]


@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")
def test_another_database_through_ibis(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "crm.sqlite")) as database, database:
        database.execute("create table accounts (id text, name text)")
        database.execute("insert into accounts values ('00017', '髙橋')")
    for origin, ids in (("accounts", ["00017"]), ({"sql": "select id || '!' as id, name from accounts"}, ["00017!"])):
        params = export(tmp_path, source={"customers": {"from": origin, "columns": {"customer_id": "id"}}})
        _point(params, f"sqlite://{tmp_path}/crm.sqlite")
        assert _column(params, "customer_id") == ids
    params = export(
        tmp_path, source={"customers": {"from": {"sql": "select * from acounts"}, "columns": {"customer_id": "id"}}}
    )
    _point(params, f"sqlite://{tmp_path}/crm.sqlite")
    assert "acounts" in _problem(params)


def _point(params: Path, url: str) -> None:
    text = (params / "source.yaml").read_text("utf-8")
    write(params / "source.yaml", f"url: {url}\n{text}")


# where


WHERE = """\
customer_id,name,status,trial,size,since
1,a,active,False,5,2026-01-01
2,b,ended ,TRUE,50,2026-04-01
3,c,,no,300.0,2026/05/01
4,d,left,,many,soon
"""


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        ({}, "1234"),
        ({"status": "active"}, "1"),
        ({"status": ["active", "ended"]}, "12"),
        ({"status": {"not": "left"}}, "123"),
        ({"status": {"not": ["left", "active"]}}, "23"),
        ({"status": {"missing": True}}, "3"),
        ({"status": {"missing": False}}, "124"),
        ({"trial": False}, "13"),
        ({"trial": True}, "2"),
        ({"size": {"at_least": 50}}, "23"),
        ({"size": {"at_least": 5, "below": 300}}, "12"),
        ({"size": 50}, "2"),
        ({"since": {"at_least": date(2026, 4, 1)}}, "23"),
        ({"since": {"below": date(2026, 5, 1)}}, "12"),
        ({"status": ["active", "left"], "size": {"below": 10}}, "1"),
        ({"customer_id": [1, "2"]}, "12"),
    ],
)
def test_where_on_the_source_s_own_columns(tmp_path: Path, where: dict[str, Any], ids: str) -> None:
    params = _customers(tmp_path, WHERE, where=where)
    assert "".join(_column(params, "customer_id")) == ids
    assert _places(params) == [("customers.csv", int(name) + 1) for name in ids]


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        ({"n": 50}, "2"), ({"n": [5, 300.0]}, "13"), ({"amount": 50}, "2"), ({"n": {"below": 50.5}}, "12"),
        ({"day": date(2026, 4, 1)}, "2"), ({"moment": date(2026, 4, 1)}, "2"), ({"flag": True}, "2"), ({"flag": {"not": True}}, "13"),
        ({"day": {"at_least": date(2026, 4, 1)}}, "23"), ({"moment": {"below": date(2026, 4, 1)}}, "1"),
    ],
)  # fmt: skip
def test_where_on_typed_columns(tmp_path: Path, where: dict[str, Any], ids: str) -> None:
    sql = """
        select * from (values
            (1, 'a', 5, 5::decimal(9, 2), date '2026-01-01', timestamp '2026-01-01 10:00', false),
            (2, 'b', 50, 50, '2026-04-01', '2026-04-01 10:00', true),
            (3, 'c', 300, 300, '2026-05-01', '2026-05-01 10:00', null)
        ) as t(customer_id, name, n, amount, day, moment, flag)
    """
    params = export(tmp_path, source={"customers": {"from": {"sql": sql}, "where": where}})
    assert "".join(_column(params, "customer_id")) == ids


def test_a_bound_that_its_column_cannot_be_held_against(tmp_path: Path) -> None:
    for where, message in (
        ({"day": {"at_least": 5}}, "cannot be compared with 5"),
        ({"n": {"below": date(2026, 1, 1)}}, "2026-01-01"),
    ):
        sql = "select 1 as customer_id, 'a' as name, date '2026-01-01' as day, 5 as n"
        params = export(tmp_path, source={"customers": {"from": {"sql": sql}, "where": where}})
        assert message in _problem(params)


def test_nobody_is_left_by_a_where(tmp_path: Path) -> None:
    params = export(tmp_path, source={"contracts": {"from": "../data/contracts.csv", "where": {"product": "none"}}})
    with pytest.raises(CslibError, match=r"contracts: no rows in contracts\.csv that keep its 'where'"):
        Book.open(params, READ_ON, into=tmp_path / "snapshot")


# segments see all of it


@pytest.fixture
def segmented(tmp_path: Path) -> Callable[[dict[str, Any]], str]:
    """Return what tells the customers of a segment with this `where`, of customers with further columns."""
    text = (
        "customer_id,name,Plan,支社,size,since\n1,a,pro,東京,5,2026-01-01\n2,b,free,大阪,50,2026-04-01\n3,c,pro,,x,\n"
    )

    def customers(where: dict[str, Any]) -> str:
        segments = {"one": {"id": "one", "name": "one", "where": where}}
        files = {"customers.csv": text, "contracts.csv": None, "surveys.csv": None,
                 "users.csv": "user_id,customer_id,issued_on\nu,1,2026-01-01\n"}  # fmt: skip
        book = Book.open(export(tmp_path, files, segments=segments), READ_ON, into=tmp_path / "snapshot")
        rows = book.tables()["customers"].semi_join(book.members(["one"]), "customer_id")
        return "".join(sorted(rows.to_pyarrow()["customer_id"].to_pylist()))

    return customers


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        ({"plan": "pro"}, "13"),
        ({"支社": "東京"}, "1"),
        ({"支社": {"missing": True}}, "3"),
        ({"size": {"below": 50}}, "1"),
        ({"since": {"at_least": date(2026, 2, 1)}}, "2"),
        ({"plan": {"not": "pro"}, "支社": ["東京", "大阪"]}, "2"),
    ],
)
def test_segments_are_told_by_any_column(segmented: Any, where: dict[str, Any], ids: str) -> None:
    assert segmented(where) == ids


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ({"plam": "pro"}, r"one\.yaml:3: no column 'plam'; did you mean 'plan'\?"),
        ({"plan": "gold"}, r"one\.yaml:3: segment 'one' matches none of the 3 customers"),
        (
            {"employees": {"at_least": date(2026, 1, 1)}},
            r"employees: the column holds a int64, which cannot be compared",
        ),
    ],
)
def test_segments_that_nobody_is_in(segmented: Any, where: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        segmented(where)
