"""Sources as people have them: files in any dress, tables and queries of a database, and what is wrong with them."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from cslib.errors import SourceError
from cslib.kpis import CATALOGUE
from cslib.settings import load
from cslib.source import FILE, ROW, SourceConnection
from tests.exports import CUSTOMERS, IDS, export, write
from tests.sources import HEAD, column, customers, mapped, places, problem, problems

if TYPE_CHECKING:
    from pathlib import Path


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
        (" customer_id , name \n 00017 , 髙橋①\n".encode(), {}),
        ("customer_id,name,\n00017,髙橋①,\n".encode(), {}),
    ],
)
def test_a_csv_file_is_read_in_any_dress(tmp_path: Path, text: bytes, spec: dict[str, str]) -> None:
    (row,) = mapped(customers(tmp_path, text, **spec))
    assert (row["customer_id"], row["name"], row[FILE], row[ROW]) == ("00017", "髙橋①", "customers.csv", 2)


def test_a_zipped_csv_file_is_read(tmp_path: Path) -> None:
    assert column(customers(tmp_path, gzip.compress(CUSTOMERS.encode()), "customers.csv.gz"), "customer_id") == [*IDS]


def test_quoted_line_ends_commas_and_quotation_marks_are_text(tmp_path: Path) -> None:
    params = customers(tmp_path, f'{HEAD}1,"甲\n乙, ""丙"""\n2,"a\r\nb"\n3,5" screens\n')
    assert column(params, "name") == ['甲\n乙, "丙"', "a\r\nb", '5" screens']
    assert places(params) == [("customers.csv", 2), ("customers.csv", 3), ("customers.csv", 4)]


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
    assert places(customers(tmp_path, text)) == [("customers.csv", row) for row in rows]


def test_rows_of_a_file_of_many_blocks_keep_their_numbers(tmp_path: Path) -> None:
    rows = [f'{number},"{number}\n{"x" * 90}"' for number in range(40_000)]
    params = customers(tmp_path, HEAD + "\n".join(rows))
    assert all(int(row["customer_id"]) + 2 == row[ROW] for row in mapped(params))


def test_nothing_is_guessed_from_the_first_rows(tmp_path: Path) -> None:
    names = [f"{number};{number}" for number in range(3000)]
    params = customers(tmp_path, HEAD + "\n".join(f"{number},{name}" for number, name in enumerate(names)))
    assert column(params, "name") == names
    first, *_, last = column(customers(tmp_path, HEAD + "1,1\n" * 5000 + "#2,NULL\n"), "customer_id")
    assert (first, last) == ("1", "#2")


@pytest.mark.parametrize(
    "content",
    [b"customer_id,name\n", gzip.compress(CUSTOMERS.encode())[:60], gzip.compress(b"x")[:-9] + b"12345678"],
    ids=["not zipped", "cut off", "wrong sum"],
)
def test_a_zipped_file_that_is_broken(tmp_path: Path, content: bytes) -> None:
    assert problem(customers(tmp_path, content, "customers.csv.gz")).startswith("source.yaml:")


def test_a_parquet_file_is_read_and_its_ending_is_taken_in_any_case(tmp_path: Path) -> None:
    params = customers(tmp_path, b"", "customers.PARQUET")
    _parquet(tmp_path / "data/customers.PARQUET", "select 17 as customer_id, '髙橋' as name, 12::bigint as employees")
    (row,) = mapped(params)
    assert (row["customer_id"], row["employees"], row[ROW]) == ("17", 12, 1)


@pytest.mark.parametrize("named", ["employees", "File_Row_Number"])
def test_rows_of_a_parquet_file_are_numbered_whatever_it_calls_its_columns(tmp_path: Path, named: str) -> None:
    params = customers(tmp_path, b"", "customers.parquet")
    _parquet(
        tmp_path / "data/customers.parquet", f"select i as customer_id, 'a' as name, 7 as {named} from range(5) t(i)"
    )
    assert [(row["customer_id"], row[named], row[ROW]) for row in mapped(params)] == [
        (str(place), 7, place + 1) for place in range(5)
    ]


def _parquet(file: Path, sql: str) -> None:
    duckdb.sql(f"copy ({sql}) to '{file}' (format parquet)")


def test_a_glob_takes_every_file_in_order_and_says_which(tmp_path: Path) -> None:
    files = {"2026/02.csv": "name,customer_id\nb,2\n", "2026/01.csv": f"{HEAD}1,a\n", "2025/01.csv": f"{HEAD}0,z\n"}
    params = export(tmp_path, {**files, "customers.csv": None}, {"customers": {"from": "../data/20*/*.csv"}})
    assert [(row[FILE], row["customer_id"], row["name"]) for row in mapped(params)] == [
        ("2025/01.csv", "0", "z"),
        ("2026/01.csv", "1", "a"),
        ("2026/02.csv", "2", "b"),
    ]


def test_files_of_a_glob_need_the_columns_that_are_read(tmp_path: Path) -> None:
    files = {"c1.csv": f"{HEAD}1,a\n", "c2.csv": "customer_id,nmae\n2,b\n", "customers.csv": None}
    found = problem(export(tmp_path, files, {"customers": {"from": "../data/c?.csv"}}))
    assert "c2.csv: no column 'name'; did you mean 'nmae'?, which the table is read by" in found


@pytest.mark.parametrize(
    ("spec", "absent"),
    [
        ({"columns": {"csm": "担当"}}, "担当"),
        ({"where": {"担当": "佐藤"}}, "担当"),
        ({"latest": "担当"}, "担当"),
        ({}, "plan"),
    ],
)
def test_a_column_that_is_read_is_needed_in_every_file(tmp_path: Path, spec: dict[str, Any], absent: str) -> None:
    files = {"c1.csv": f"customer_id,name,{absent}\n1,a,佐藤\n", "c2.csv": f"{HEAD}2,b\n", "customers.csv": None}
    found = problem(export(tmp_path, files, {"customers": {"from": "../data/c?.csv", **spec}}))
    assert f"c2.csv: no column '{absent}'" in found


def test_a_further_column_of_one_file_is_empty_in_the_others(tmp_path: Path) -> None:
    files = {"c1.csv": f"{HEAD}1,a\n", "c2.csv": "memo,customer_id,name\nnew,2,b\n", "customers.csv": None}
    params = export(tmp_path, files, {"customers": {"from": "../data/c?.csv"}})
    assert [(row["customer_id"], row["memo"]) for row in mapped(params)] == [("1", None), ("2", "new")]


def test_files_of_a_glob_may_have_encodings_of_their_own(tmp_path: Path) -> None:
    files = {
        "c1.csv": f"{HEAD}1,甲\n".encode("cp932"),
        "c2.csv": f"{HEAD}2,乙\n".encode(),
        "c3.csv": f"{HEAD}3,丙\n".encode("utf-16"),
    }
    encoding = {"c1.csv": "cp932", "*3.csv": "utf-16"}
    params = export(
        tmp_path, {**files, "customers.csv": None}, {"customers": {"from": "../data/c?.csv", "encoding": encoding}}
    )
    assert column(params, "name") == ["甲", "乙", "丙"]


def test_parquet_files_of_a_glob_may_differ_in_type(tmp_path: Path) -> None:
    params = export(tmp_path, {"customers.csv": None}, {"customers": {"from": "../data/c*.parquet"}})
    (tmp_path / "data").mkdir(exist_ok=True)
    _parquet(tmp_path / "data/c1.parquet", "select '1' as customer_id, 'a' as name, null as csm, 5 as employees")
    _parquet(tmp_path / "data/c2.parquet", "select 2 as customer_id, 'b' as name, 'x' as csm, 6.0::double as employees")
    assert [(row["customer_id"], row["csm"], row["employees"]) for row in mapped(params)] == [
        ("1", None, 5),
        ("2", "x", 6),
    ]


def test_odd_signs_in_a_path_are_no_pattern(tmp_path: Path) -> None:
    folder = tmp_path / "it's [2026] 東京"
    assert column(customers(folder, CUSTOMERS), "customer_id") == [*IDS]
    params = customers(folder, b"", "customers.parquet")
    _parquet(write(tmp_path / "c.parquet", b""), "select 1 as customer_id, 'a' as name")
    (tmp_path / "c.parquet").replace(folder / "data/customers.parquet")
    assert column(params, "customer_id") == ["1"]


def test_column_names_may_be_anything(tmp_path: Path) -> None:
    text = 'customer_id,name,"社員 数",select,"a""b",it\'s,a.b,{x}\n1,甲,5,s,q,i,d,x\n'
    (row,) = mapped(customers(tmp_path, text, columns={"employees": "社員 数", "plan": "select"}))
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
        # blanks are part of a field (RFC 4180), so the marks behind them would be as well: nobody means that
        (f'{HEAD}1, "a"\n', "customers.csv row 2: blanks stand before the quotation mark of ' \"a\"'"),
        (f"{HEAD}1,a\0b\n", "customers.csv row 2: a field holds NUL, which is no text"),
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
    found = problems(customers(tmp_path, text))
    assert message in found[0]
    assert not any("Possible" in problem or "duckdb" in problem.lower() for problem in found)


def test_uneven_rows_are_all_named_up_to_three(tmp_path: Path) -> None:
    found = problems(customers(tmp_path, HEAD + "1\n2,b\n3,c,d\n4,e,f\n5,g,h\n"))
    assert [problem.partition(":")[0] for problem in found] == [f"customers.csv row {row}" for row in (2, 4, 5)]


def test_another_encoding_than_said_is_named(tmp_path: Path) -> None:
    found = problem(customers(tmp_path, f"{HEAD}1,①\n2,髙\n".encode("cp932"), encoding="shift_jis"))
    assert "customers.csv line 2: not shift_jis" in found


@pytest.mark.parametrize(
    ("origin", "message"),
    [
        ("../data/customer.csv", "there is no file 'customer.csv'; did you mean 'customers.csv'?"),
        ("../dta/customers.csv", "there is no such folder"),
        ("../data/*.tsv", "no file matches ../data/*.tsv"),
        ("../data", "data is a folder; name the files in it, such as data/*.csv"),
        ("../data/customers.pdf", "customers.pdf: wanted a file that ends in .csv, .tsv, .txt"),
        ("customers", "no table 'customers' (a file ends in .csv"),
        ("../data/broken.parquet", "broken.parquet"),
    ],
)
def test_what_is_no_table_is_said_to_be_none(tmp_path: Path, origin: str, message: str) -> None:
    files = {"customers.pdf": b"%PDF", "broken.parquet": b"PAR1 no more"}
    params = export(tmp_path, files, {"customers": {"from": origin}})
    settings = load(params, CATALOGUE.by_id)
    with closing(SourceConnection(settings)) as source, pytest.raises(SourceError) as raised:
        source.table("customers").count().to_pyarrow()
    assert message in str(raised.value)
    assert "source.yaml:" in str(raised.value)


def test_a_folder_that_is_not_there_is_told_once(tmp_path: Path) -> None:
    source = {name: {"from": f"../elsewhere/{name}.csv"} for name in ("customers", "contracts", "surveys")}
    (found,) = problems(export(tmp_path, {}, source))
    assert f".from: no folder {tmp_path / 'elsewhere'}, in which the files of 3 tables are wanted" in found
    assert "demo" not in found


def test_demo_data_that_are_not_written_yet_are_told_with_the_command_that_writes_them(tmp_path: Path) -> None:
    source = {name: {"from": f"../demo/data/{name}.csv"} for name in ("customers", "contracts")}
    (found,) = problems(export(tmp_path, {}, source))
    assert found.endswith(f"not written yet; write them with: cslib demo --out {tmp_path / 'demo'}")


def test_every_problem_of_every_table_is_told_at_once(tmp_path: Path) -> None:
    files = {"customers.csv": "customer_id,nam\n1,a\n", "contracts.csv": "", "surveys.csv": "a,b\n1\n"}
    source = {
        "goals": {"from": "../data/gaols.csv"},
        "touchs": {"from": "x.csv"},
        "users": {"from": "../data/surveys.csv"},
    }
    found = "\n".join(problems(export(tmp_path, files, source)))
    for message in (
        "no required column 'name'; did you mean 'nam'?",
        "contracts.csv: the file is empty",
        "no required column 'kind'",
        "no required column 'issued_on'",
        "there is no file 'gaols.csv'",
        "no canonical table 'touchs'; did you mean 'touches'?",
    ):
        assert message in found


def test_the_customers_are_needed(tmp_path: Path) -> None:
    assert "the required table 'customers' is missing" in problem(export(tmp_path, {"customers.csv": None}))


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
    assert column(params, "customer_id") == ids
    assert column(params, FILE) == [file] * len(ids)
    assert column(params, ROW) == [*range(1, len(ids) + 1)]


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
    found = problem(_of(tmp_path, crm, origin))
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
        assert message in problem(params)


def test_a_query_fails_while_it_is_read(tmp_path: Path, crm: Path) -> None:
    found = problem(_of(tmp_path, crm, {"sql": "select id, name, cast(name as integer) as employees from accounts"}))
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
    assert column(export(tmp_path, files, source), "customer_id", "surveys") == ["00001", "00002"]


def test_a_query_names_files_from_the_params_folder_on(tmp_path: Path) -> None:
    sql = "select *, 'x' as region from read_csv('../data/customers.csv', all_varchar = true)"
    assert column(export(tmp_path, source={"customers": {"from": {"sql": sql}}}), "customer_id") == [*IDS]


@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")
def test_another_database_through_ibis(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "crm.sqlite")) as database, database:
        database.execute("create table accounts (id text, name text)")
        database.execute("insert into accounts values ('00017', '髙橋')")
    for origin, ids in (("accounts", ["00017"]), ({"sql": "select id || '!' as id, name from accounts"}, ["00017!"])):
        params = export(tmp_path, source={"customers": {"from": origin, "columns": {"customer_id": "id"}}})
        point(params, f"sqlite://{tmp_path}/crm.sqlite")
        assert column(params, "customer_id") == ids
    params = export(
        tmp_path, source={"customers": {"from": {"sql": "select * from acounts"}, "columns": {"customer_id": "id"}}}
    )
    point(params, f"sqlite://{tmp_path}/crm.sqlite")
    assert "acounts" in problem(params)


def point(params: Path, url: str) -> None:
    text = (params / "source.yaml").read_text("utf-8")
    write(params / "source.yaml", f"url: {url}\n{text}")
