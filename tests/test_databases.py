"""Databases: the same figures as from files, usage summed up where it lies, and no secret told to anybody."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack, closing
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import duckdb
import pandas as pd
import psycopg
import pytest
import yaml
from typer.testing import CliRunner

from cslib.cli import app
from cslib.demo import write_demo
from cslib.errors import DataError, SourceError
from cslib.periods import Month
from cslib.portfolio import Portfolio
from cslib.redaction import without_secrets
from tests import mariadb, postgres
from tests.books import TODAY
from tests.databases import assert_same, into_duckdb, into_mariadb, into_postgres, into_sqlite, pointed
from tests.exports import export, write_yaml
from tests.sources import mapped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("postgres")
MONTHS = 2


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    """Return a PostgreSQL server of our own; without its programs, the tests fail under CI and are skipped elsewhere."""
    home = postgres.programs()
    if home is None:
        told = "the database tests want PostgreSQL: sudo apt-get install postgresql"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(told)
    with ExitStack() as stack:
        yield stack.enter_context(postgres.running(home))


@pytest.fixture(scope="module")
def maria() -> Iterator[postgres.Server]:
    """Return a MariaDB server of our own; without its programs, the tests fail under CI and are skipped elsewhere."""
    program = mariadb.program()
    if program is None:
        told = "the tests of MySQL want MariaDB and its driver: make engines, or see there what to install"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(told)
    with ExitStack() as stack:
        yield stack.enter_context(mariadb.running(program))


@pytest.fixture(scope="module")
def business(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a demo in which rows break claims."""
    folder = tmp_path_factory.mktemp("business")
    write_demo(folder, customers=60, months=8, dirty=True)
    return folder


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a demo without flaws, as typed columns can hold it."""
    folder = tmp_path_factory.mktemp("clean")
    write_demo(folder, customers=60, months=8)
    return folder


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_PASSWORD", postgres.PASSWORD)


def _url(server: postgres.Server, database: str, password: str = "${CRM_PASSWORD}") -> str:  # noqa: S107 - a variable
    return f"postgres://cs:{password}@127.0.0.1:{server.port}/{database}"


def _measured(book: Portfolio) -> pd.DataFrame:
    return book.measure(book.month("2026-10"), MONTHS)


@pytest.fixture(scope="module")
def files(clean: Path) -> Portfolio:
    """Return the book of the clean demo's files."""
    return Portfolio.open(clean / "params", TODAY)


@pytest.fixture(scope="module")
def wanted(files: Portfolio) -> pd.DataFrame:
    """Return the figures of the clean demo's files."""
    return _measured(files)


@pytest.fixture
def there(server: postgres.Server, typed: str, clean: Path, tmp_path: Path) -> Path:
    """Return params whose source is the database with the clean demo."""
    return pointed(clean / "params", tmp_path / "params", _url(server, typed))


# the same figures


@pytest.fixture(scope="module")
def typed(server: postgres.Server, clean: Path) -> str:
    """Return the name of a database that holds the clean demo in columns of their types."""
    into_postgres(server, "typed", clean / "data")
    return "typed"


def test_postgresql_gives_the_figures_of_the_files(there: Path, wanted: pd.DataFrame) -> None:
    assert_same(_measured(Portfolio.open(there, TODAY)), wanted)


def test_dirty_text_in_postgresql_is_judged_as_in_files(
    server: postgres.Server, business: Path, tmp_path: Path
) -> None:
    into_postgres(server, "dirty", business / "data", typed=False)
    book = Portfolio.open(pointed(business / "params", tmp_path / "params", _url(server, "dirty")), TODAY)
    files = Portfolio.open(business / "params", TODAY)
    assert_same(_measured(book), _measured(files))
    for name, state in files.manifest.tables.items():
        found = book.manifest.tables[name]
        assert (found.rows, found.set_aside) == (state.rows, state.set_aside), name
        assert {c.claim: c.rows for c in found.claims} == {c.claim: c.rows for c in state.claims}, name
    assert files.manifest.tables["usage"].set_aside > 10


@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")  # Ibis reads SQLite through pandas
def test_files_of_databases_give_the_figures_of_the_files(clean: Path, tmp_path: Path, wanted: pd.DataFrame) -> None:
    into_duckdb(tmp_path / "crm.duckdb", clean / "data")
    into_sqlite(tmp_path / "crm.sqlite", clean / "data")
    for kind in ("duckdb", "sqlite"):
        params = pointed(clean / "params", tmp_path / kind, f"{kind}://../crm.{kind}")
        assert_same(_measured(Portfolio.open(params, TODAY)), wanted)


# MySQL, which compares texts in its own way and therefore only hands over its rows


@pytest.fixture(scope="module")
def held(maria: postgres.Server, clean: Path) -> str:
    """Return the address of a database of MariaDB that holds the clean demo in columns of their types."""
    into_mariadb(maria, "typed", clean / "data")
    return f"mysql://cs:${{CRM_PASSWORD}}@127.0.0.1:{maria.port}/typed"


def test_mysql_gives_the_figures_of_the_files(held: str, clean: Path, tmp_path: Path, wanted: pd.DataFrame) -> None:
    book = Portfolio.open(pointed(clean / "params", tmp_path / "params", held), TODAY)
    assert_same(_measured(book), wanted)
    usage = book.manifest.tables["usage"]
    assert usage.brought == usage.rows > 10_000


_ODD = """
create database odd character set utf8mb4 collate utf8mb4_unicode_ci;
use odd;
create table customers (customer_id varchar(20), name text);
insert into customers values ('a', 'one'), ('A', 'two'), ('は', 'three'), ('ば', 'four');
create table contracts (contract_id bigint, customer_id text, product text, starts_on date, ends_on date, mrr decimal(20, 2), seats int);
insert into contracts values (9007199254740993, 'A', 'x', '2026-01-01', '2500-12-31', 1234567.89, null), (2, 'は', 'x', '2026-01-01', null, 5, 7);
create table tickets (ticket_id int unsigned, customer_id text, opened_at timestamp, resolved_at datetime);
insert into tickets values (1, 'a', '2026-05-01 15:30:00', '2026-05-02 00:30:00');
create table `usage` (customer_id text, user_id text, used_on date, feature text);
insert into `usage` values ('a', 'u', '2026-05-01', 'f'), ('A', 'u', '2026-05-01', 'f'), ('A', 'v', '2026-05-01', 'f'), ('ば', 'u', '2026-05-01', 'f');
"""


def test_mysql_takes_no_two_ids_for_one_and_rounds_no_number(maria: postgres.Server, tmp_path: Path) -> None:
    with closing(mariadb.connected(maria)) as connection, connection.cursor() as cursor:
        for statement in filter(str.strip, _ODD.split(";")):
            cursor.execute(statement)
    names = ("customers", "contracts", "tickets", "usage")
    url = f"mysql://cs:${{CRM_PASSWORD}}@127.0.0.1:{maria.port}/odd"
    write_yaml(tmp_path / "source.yaml", {"url": url, "tables": {name: {"from": name} for name in names}})
    write_yaml(tmp_path / "segments/total.yaml", {"id": "total", "name": "total"})
    held = {name: mapped(tmp_path, name) for name in names}
    assert {row["customer_id"] for row in held["customers"]} == {"a", "A", "は", "ば"}
    assert sorted(row["customer_id"] for row in held["usage"]) == ["A", "A", "a", "ば"]
    first, second = held["contracts"]
    assert (first["contract_id"], first["customer_id"], first["seats"]) == ("9007199254740993", "A", None)
    assert (float(first["mrr"]), first["ends_on"]) == (1_234_567.89, date(2500, 12, 31))
    assert (second["seats"], second["ends_on"]) == (7, None)
    # what says its zone is told in ours, and what does not is taken as it stands: the same half hour of Tokyo
    (ticket,) = held["tickets"]
    assert ticket["opened_at"] == ticket["resolved_at"] == datetime(2026, 5, 2, 0, 30)  # noqa: DTZ001 - of the zone


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"url": "mysql://cs:wrong-${CRM_PASSWORD}@127.0.0.1:{port}/typed"}, "Access denied for user 'cs'"),
        ({"url": "mysql://cs:${CRM_PASSWORD}@127.0.0.1:1/typed"}, "Can't connect to server on '127.0.0.1'"),
        ({"url": "mysql://cs:${CRM_PASSWORD}@127.0.0.1:{port}/nowhere"}, "Unknown database 'nowhere'"),
        ({"from": "usge"}, "usage.from: no table 'usge'; did you mean 'usage'?"),
        ({"from": {"sql": "select ${CRM_PASSWORD} from `usage`"}}, "usage.from: "),
    ],
)
@pytest.mark.usefixtures("held")
def test_what_mysql_refuses_is_told_without_the_password(
    maria: postgres.Server, tmp_path: Path, said: dict[str, Any], told: str
) -> None:
    url = said.get("url", "mysql://cs:${CRM_PASSWORD}@127.0.0.1:{port}/typed").replace("{port}", str(maria.port))
    tables = {"customers": {"from": "customers"}, "usage": {"from": said.get("from", "usage")}}
    params = export(tmp_path)
    write_yaml(params / "source.yaml", {"url": url, "tables": tables})
    done = CliRunner().invoke(app, ["check", "--params", str(params)])
    assert done.exit_code == 2
    assert told in done.output
    assert "Traceback" not in done.output
    assert not [secret for secret in _tellings() if secret in done.output.encode()]


# usage is summed up where it lies

_SUMS = """
with used as (from '{usage}' where events > 0)
select (select count(*) from (select distinct customer_id, date_trunc('month', used_on) from '{usage}'))
     + (select count(*) from (select distinct customer_id, date_trunc('week', used_on) from used))
     + (select count(*) from (select distinct customer_id, feature from used))
"""


def test_of_usage_only_sums_come_over(there: Path, clean: Path) -> None:
    usage = Portfolio.open(there, TODAY).manifest.tables["usage"]
    # months, weeks, features: each counted once per customer
    assert duckdb.sql(_SUMS.format(usage=clean / "data/usage.parquet")).fetchone() == (usage.brought,)
    assert usage.brought is not None
    assert usage.rows > 8 * usage.brought


def test_bad_usage_is_counted_there_and_a_sample_comes_over(
    server: postgres.Server, files: Portfolio, wanted: pd.DataFrame, clean: Path, tmp_path: Path
) -> None:
    into_postgres(server, "flawed", clean / "data")
    with psycopg.connect(**server.dsn("flawed")) as connection:
        connection.execute("insert into usage select 'Z9', 'U1', '2026-05-05', 'x', 1 from generate_series(1, 250)")
        connection.execute("insert into usage select '00001', 'U1', 'infinity', 'x', 1 from generate_series(1, 150)")
        connection.execute("insert into usage select '00001', ' ', '2026-05-05', ' ', -1 from generate_series(1, 2)")
    book = Portfolio.open(pointed(clean / "params", tmp_path / "params", _url(server, "flawed")), TODAY)
    usage = book.manifest.tables["usage"]
    assert {claim.claim: claim.rows for claim in usage.claims} == {
        "orphan(customer_id)": 250,
        "type(used_on)": 150,
        "negative(events)": 2,
        "required(feature)": 2,
    }
    assert (usage.set_aside, usage.rows) == (402, files.manifest.tables["usage"].rows + 402)
    aside = pd.read_parquet(book.folder / "quarantine/usage.parquet")
    assert aside.broken.value_counts().to_dict() == {
        "orphan(customer_id)": 100,
        "type(used_on)": 100,
        "negative(events); required(feature)": 2,
    }
    assert set(aside.used_on) == {"2026-05-05", "infinity"}
    assert_same(_measured(book), wanted)


def test_usage_in_which_ids_have_points_comes_over_whole(there: Path, files: Portfolio, wanted: pd.DataFrame) -> None:
    # whether 17850.0 is 17850 is seen by the whole column
    sql = "select customer_id || '.0' as customer_id, user_id, used_on, feature, events from usage"
    _set(there, {"from": {"sql": sql}})
    book = Portfolio.open(there, TODAY)
    usage = book.manifest.tables["usage"]
    assert usage.brought == usage.rows == files.manifest.tables["usage"].rows
    assert [(each.column, each.rows) for each in usage.mended] == [("customer_id", usage.rows)]
    assert_same(_measured(book), wanted)


def test_usage_in_which_dates_are_text_comes_over_whole(there: Path, files: Portfolio, wanted: pd.DataFrame) -> None:
    sql = "select customer_id, user_id, to_char(used_on, 'DD/MM/YYYY') as used_on, feature, events from usage"
    _set(there, {"from": {"sql": sql}, "columns": {"used_on": {"column": "used_on", "format": "%d/%m/%Y"}}})
    book = Portfolio.open(there, TODAY)
    assert book.manifest.tables["usage"].brought == files.manifest.tables["usage"].rows
    assert_same(_measured(book), wanted)


def test_moments_in_postgresql_are_days_of_the_zone(there: Path, files: Portfolio, wanted: pd.DataFrame) -> None:
    # 00:30 in Tokyo is the day before in UTC
    sql = (
        "select customer_id, user_id, (used_on + time '00:30') at time zone 'Asia/Tokyo' as used_on, feature, events "
        "from usage where events > 0"
    )
    _set(there, {"from": {"sql": sql}, "where": {"events": {"at_least": 1}}})
    book = Portfolio.open(there, TODAY)
    brought = book.manifest.tables["usage"].brought
    assert brought is not None
    assert brought < files.manifest.tables["usage"].rows / 8
    assert_same(_measured(book), wanted)


def test_the_later_answer_of_a_day_goes_by_its_moment_in_postgresql(there: Path) -> None:
    sql = """
        select id as response_id, (select min(customer_id) from customers) as customer_id, 'p' as respondent_id,
               'nps' as kind, score, moment as responded_on
        from (values ('9', 0, timestamptz '2026-10-05 09:00+09'), ('10', 10, timestamptz '2026-10-05 08:00+09'))
             as given(id, score, moment)
    """
    _set(there, {"from": {"sql": sql}}, "surveys")
    book = Portfolio.open(there, TODAY)
    row = book.measure(Month.parse("2026-10"), 1, ["total"], ["nps"]).iloc[0]
    assert (row.part, row.whole) == (-1, 1)  # the 0 at nine; by the ids it would be the 10 at eight
    assert book.manifest.ties == 0


SHAPED = {
    "people": "id,company\nu1,A\nu2,B\nu3,A\n",
    "accounts": "customer_id,name\nA,Alpha\nB,Beta\n",
    "monthly": "account,month,fee\nA,2026-03,100\nA,2026-04,100\nA,2026-05,150\nB,2026-03,80\nB,2026-04,80\n",
    "logins": "person,day\nu1,2026-05-04\nu2,2026-05-11\nu3,2026-05-18\nu9,2026-05-18\n",
    "cases": "case_no,companies,opened,closed\nT1,A;B,2026-05-03,2026-05-04\nT2,A,2026-05-05,\n",
}


def _shaped(params: Path, place: str, url: str = "duckdb://") -> Path:
    """Write settings that read the same five tables, in files or in a database, as the customers, contracts, usage and tickets in them."""
    tables = {
        "customers": {"from": place.format("accounts")},
        "contracts": {"from": place.format("monthly"), "terms": "snapshots",
                      "columns": {"customer_id": "account", "product": {"value": "core"}, "starts_on": "month", "mrr": "fee"}},
        "usage": {"from": place.format("logins"), "join": {"from": place.format("people"), "on": {"person": "id"}, "take": "company"},
                  "where": {"company": {"missing": False}},
                  "columns": {"customer_id": "company", "user_id": "person", "used_on": "day", "feature": {"value": "login"}}},
        "tickets": {"from": place.format("cases"), "split": {"column": "companies", "by": ";"},
                    "columns": {"ticket_id": {"concat": ["case_no", "companies"]}, "customer_id": "companies", "opened_at": "opened", "resolved_at": "closed"}},
    }  # fmt: skip
    write_yaml(params / "source.yaml", {"url": url, "read_on": TODAY, "tables": tables})
    write_yaml(params / "segments" / "total.yaml", {"id": "total", "name": "all"})
    return params


def test_shaped_tables_in_postgresql_give_the_figures_of_files(server: postgres.Server, tmp_path: Path) -> None:
    with psycopg.connect(**server.dsn(), autocommit=True) as connection:
        connection.execute('create database "shaped"')
    with psycopg.connect(**server.dsn("shaped")) as connection, connection.cursor() as cursor:
        for name, text in SHAPED.items():
            (tmp_path / f"{name}.csv").write_text(text, "utf-8")
            header = text.partition("\n")[0].replace(",", " text, ")
            cursor.execute(f"create table {name} ({header} text)".encode())
            with cursor.copy(f"copy {name} from stdin (format csv, header)".encode()) as copy:
                copy.write(text)
    there = _shaped(tmp_path / "there" / "params", "public.{}", _url(server, "shaped"))
    books = [Portfolio.open(params, TODAY) for params in (_shaped(tmp_path / "here" / "params", "../../{}.csv"), there)]
    mine, theirs = (book.measure(Month.parse("2026-05"), 2, ["total"]) for book in books)
    assert_same(theirs, mine)
    april, may = (theirs[theirs.month == month].set_index("kpi") for month in ("2026-04", "2026-05"))
    # B is served until the end of April, and is lost then; A pays 150
    assert (april.part["customer_churn"], april.whole["customer_churn"], may.value["mrr"]) == (1, 2, 150)
    assert [book.manifest.tables["usage"].rows for book in books] == [3, 3]  # of u9 nobody knows the company
    assert [book.manifest.tables["tickets"].rows for book in books] == [3, 3]


def _set(params: Path, spec: dict[str, Any], table: str = "usage") -> None:
    said = yaml.safe_load((params / "source.yaml").read_text("utf-8"))
    write_yaml(params / "source.yaml", {**said, "tables": {**said["tables"], table: spec}})


_USED = "select customer_id, user_id, used_on, feature"


@pytest.mark.parametrize(
    ("usage", "said"),
    [
        ({"from": "usge"}, "usage.from: no table 'usge'; did you mean 'usage'?"),
        ({"from": "crm.usage"}, "usage.from: no table 'crm.usage'"),
        ({"from": {"sql": "select * from usge"}}, 'usage.from: UndefinedTable: relation "usge" does not exist'),
        ({"from": "usage", "columns": {"used_on": "day"}}, "no source column 'day'"),
        ({"from": {"sql": "select user_id, used_on, feature from usage"}}, "no required column 'customer_id'"),
        ({"from": {"sql": f"{_USED}, 1 / (events - events) as events from usage"}}, "usage.from: DivisionByZero"),
    ],
)
def test_what_a_database_does_not_hold_is_named(there: Path, usage: dict[str, Any], said: str) -> None:
    _set(there, usage)
    with pytest.raises(SourceError) as raised:
        Portfolio.open(there, TODAY)
    assert said in str(raised.value)
    assert all(problem.startswith("source.yaml:") for problem in raised.value.problems)


def test_a_table_of_another_schema(server: postgres.Server, there: Path, typed: str) -> None:
    with psycopg.connect(**server.dsn(typed)) as connection:
        connection.execute("create schema if not exists logs")
        connection.execute("create or replace view logs.events as select * from usage")
    _set(there, {"from": "logs.events"})
    assert Portfolio.open(there, TODAY).manifest.tables["usage"].brought


def test_a_variable_may_hold_the_whole_address(
    server: postgres.Server, there: Path, typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = _url(server, typed, quote(postgres.PASSWORD, safe=""))
    said = yaml.safe_load((there / "source.yaml").read_text("utf-8"))
    write_yaml(there / "source.yaml", {**said, "url": "${CRM_URL}"})
    monkeypatch.setenv("CRM_URL", address)
    assert Portfolio.open(there, TODAY).manifest.tables["usage"].brought
    monkeypatch.setenv("CRM_URL", address.replace("/typed", "/nowhere"))
    with pytest.raises(SourceError, match=r'database "\$\{CRM_URL\}" does not exist') as raised:
        Portfolio.open(there, TODAY)
    assert not [secret for secret in _tellings() if secret in str(raised.value).encode()]


def test_a_reader_needs_no_more_than_the_right_to_read(
    server: postgres.Server, clean: Path, tmp_path: Path, typed: str
) -> None:
    with psycopg.connect(**server.dsn(typed)) as connection:
        connection.execute(f"revoke temporary on database {typed} from public".encode())
        connection.execute("create role reader login password 'only-to-read'; grant pg_read_all_data to reader")
        connection.execute("alter role reader set default_transaction_read_only = on")
    url = f"postgres://reader:only-to-read@127.0.0.1:{server.port}/{typed}"
    book = Portfolio.open(pointed(clean / "params", tmp_path / "params", url), TODAY)
    assert book.manifest.tables["usage"].brought


def test_an_empty_usage_table_is_refused(there: Path) -> None:
    _set(there, {"from": {"sql": "select * from usage where false"}})
    with pytest.raises(DataError, match="usage: no rows in the source"):
        Portfolio.open(there, TODAY)


# no secret is told


def _cslib(params: Path, command: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cslib", command, "--params", str(params), *options], check=False, capture_output=True,
        text=True, cwd=params.parent,
    )  # fmt: skip


def _tellings() -> list[bytes]:
    """Return the spellings in which the password would be told."""
    spelled = {postgres.PASSWORD, quote(postgres.PASSWORD), quote(postgres.PASSWORD, safe=""), repr(postgres.PASSWORD)}
    escaped = postgres.PASSWORD.encode("unicode_escape").decode()
    return [text.encode() for text in {*spelled, escaped, "p@ss", "w:rd", "ひみつ", "p%40ss"}]


def test_a_run_tells_no_password(there: Path, tmp_path: Path) -> None:
    done = _cslib(there, "run", "--out", str(tmp_path / "out"), "--segment", "smb", "--notebook", "05_financial")
    assert done.returncode == 0, done.stderr
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert {"run.json", "manifest.json", "financial.html", "05_financial.ipynb"} <= {file.name for file in files}
    told = [done.stdout.encode(), done.stderr.encode(), *(file.read_bytes() for file in files)]
    assert not [secret for secret in _tellings() for text in told if secret in text]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgres://cs:wrong-${CRM_PASSWORD}@127.0.0.1:{port}/typed", 'password authentication failed for user "cs"'),
        ("postgres://cs:${CRM_PASSWORD}@127.0.0.1:1/typed", "port 1 failed: Connection refused"),
        ("postgres://cs:${CRM_PASSWORD}@127.0.0.1:{port}/nowhere", 'database "nowhere" does not exist'),
        ("postgres://cs:${CRM_PASSWORD}@no.such.host.invalid/typed", "no.such.host.invalid"),
        ("postgres://${CRM_PASSWORD}@127.0.0.1:{port}/typed", "no connection to postgres"),
        ("postgres://cs:p@ss/w:rd#%41@127.0.0.1:{port}/typed", "Put the password into a variable"),
        ("postgres://127.0.0.1:{port}/nowhere?user=cs&password=${CRM_PASSWORD}", '"nowhere" does not exist'),
        ("nosql://cs:${CRM_PASSWORD}@127.0.0.1/typed", "no connection to nosql"),
        ("trino://cs:${CRM_PASSWORD}@127.0.0.1/typed", "the driver for trino is not installed"),
        ("postgres://cs:${UNSET_PASSWORD}@127.0.0.1/typed", "the environment has no variable UNSET_PASSWORD"),
    ],
)
def test_a_connection_that_fails_tells_why_and_no_password(
    server: postgres.Server, clean: Path, tmp_path: Path, url: str, said: str
) -> None:
    params = pointed(clean / "params", tmp_path / "params", url.replace("{port}", str(server.port)))
    done = CliRunner().invoke(app, ["run", "--params", str(params), "--out", str(tmp_path / "out")])
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr
    assert "source.yaml" in done.stderr
    assert "Traceback" not in done.stderr
    assert not [secret for secret in _tellings() if secret in done.stderr.encode()]


def test_a_database_that_goes_away_while_it_is_read_is_told_of(there: Path) -> None:
    _set(there, {"from": {"sql": f"{_USED}, pg_terminate_backend(pg_backend_pid())::int as events from usage"}})
    with pytest.raises(SourceError, match=r"usage\.from: AdminShutdown: terminating connection"):
        Portfolio.open(there, TODAY)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("postgres://cs:hush@db.example:5432/crm", "postgres://db.example:5432/crm"),
        ("postgres://cs:h@ush@db.example/crm?sslmode=require", "postgres://db.example/crm"),
        ("postgres://db.example/crm?user=cs&password=hush", "postgres://db.example/crm"),
        ("duckdb:///srv/crm.duckdb", "duckdb:///srv/crm.duckdb"),
        ("../exports?2026@tokyo", "../exports?2026@tokyo"),
    ],
)
def test_an_address_is_told_without_what_may_be_secret(address: str, told: str) -> None:
    assert without_secrets(address) == told


def test_a_secret_in_a_query_is_not_told(tmp_path: Path) -> None:
    params = export(
        tmp_path,
        source={
            "usage": {"from": {"sql": "select '1' as customer_id, 'x' as feature, '${CRM_PASSWORD}'::date as used_on"}}
        },
    )
    done = _cslib(params, "check")
    assert done.returncode == 2
    assert "${CRM_PASSWORD}" in done.stdout
    assert not [secret for secret in _tellings() if secret in (done.stdout + done.stderr).encode()]
