"""The demo data: their shapes, that they can be made again, and that the known causes show in them."""

from __future__ import annotations

import filecmp
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd
import pytest

from cslib.demo import causes, write_demo
from cslib.demo.dirt import MOST
from cslib.demo.settings_files import DESKS, PROGRAMMES
from cslib.errors import CslibError
from cslib.kpis import CATALOGUE
from cslib.model import BY_NAME, TABLES, CanonicalTable, Kind
from cslib.periods import Month
from cslib.settings import Policies, Settings, load
from cslib.snapshot import take_snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from cslib.portfolio import Portfolio

CLAIMS = {
    "type", "null_id", "duplicate_id", "orphan", "enumeration", "order", "scale", "negative", "future", "required",
}  # fmt: skip
KNOWN_BY_DESIGN = {("contracts", "starts_on"), ("contracts", "ends_on"), ("milestones", "due_on"), ("goals", "due_on")}
READ_ON = date(2026, 11, 1)
DATED = (Kind.DATE, Kind.TIMESTAMP)
SMALL: dict[str, Any] = {"customers": 60, "months": 6}

_VIEWS = """
create view paid as
    select *, coalesce(ends_on + 1, date '9999-12-31') as after from contracts where not trial and mrr > 0;
create view closes as select last_day(day)::date as close
    from generate_series(date '2024-05-01', date '2026-10-01', interval 1 month) months(day);
create table closing as
    select close, customer_id, sum(mrr) as mrr, sum(seats) as seats from closes join paid on starts_on <= close
    and (after > close + 1 or after = close + 1 and customer_id in (
        select next.customer_id from paid as next where next.starts_on = close + 1))
    group by all;
create table monthly as
    select now.*, coalesce(events, 0) / now.seats as use, later.mrr as next_mrr
    from closing as now
    left join (select last_day(used_on) as close, customer_id, count(*) as events from usage group by all)
        using (close, customer_id)
    left join closing as later on later.customer_id = now.customer_id and later.close = last_day(now.close + 1)
    where now.close < date '2026-10-31' and now.seats > 0;
create view first as select customer_id, min(starts_on) as started from paid group by all;
create view onboarded as
    select customer_id, any_value(started) as started, max(completed_on) - any_value(started) as days
    from milestones join first using (customer_id) where required is distinct from false
    group by all having count(*) = count(completed_on);
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a small demo."""
    out = tmp_path_factory.mktemp("small")
    write_demo(out, **SMALL)
    return out


@pytest.fixture(scope="module")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a demo as by default, with dirty rows."""
    out = tmp_path_factory.mktemp("dirty")
    write_demo(out, dirty=True)
    return out


@pytest.fixture(scope="module")
def data(demo: Path) -> duckdb.DuckDBPyConnection:
    """Return a database with the tables of the default demo, and views on its business."""
    connection = duckdb.connect()
    for table in TABLES:
        file = next((demo / "data").glob(f"{table.name}.*"))
        read = f"'{file}'" if file.suffix == ".parquet" else f"read_csv('{file}', types = {{{_types(table.name)}}})"
        connection.execute(f"create table {table.name} as from {read}")
    connection.execute(_VIEWS)
    return connection


def _types(table: str) -> str:
    texts = (
        column.name
        for column in BY_NAME[table].columns
        if column.kind in (Kind.TEXT, Kind.MONTH) and column.name != "currency"
    )
    return ", ".join(f"'{name}': 'varchar'" for name in texts)


def _row(data: duckdb.DuckDBPyConnection, query: str) -> tuple[float, ...]:
    row = data.execute(query).fetchone()
    assert row is not None
    return row


def _number(data: duckdb.DuckDBPyConnection, query: str) -> float:
    return _row(data, query)[0]


def _files(out: Path) -> list[str]:
    return sorted(str(file.relative_to(out)) for file in out.rglob("*") if file.is_file())


def _settings(out: Path) -> Settings:
    return load(out / "params", CATALOGUE.by_id)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_has_the_canonical_columns_and_keeps_its_grain(
    data: duckdb.DuckDBPyConnection, table: CanonicalTable
) -> None:
    columns = [name for name, *_ in data.execute(f"describe {table.name}").fetchall()]
    canonical = [name for name in table.names if name != "currency"]  # all amounts are in one
    assert columns == canonical + (["lead_score"] if table.name == "customers" else [])
    assert _number(data, f"select count(*) from {table.name}") > 0
    if table.key:
        assert _row(data, f"select count(*), count(distinct {table.key}) from {table.name}") == _row(
            data, f"select count({table.key}), count({table.key}) from {table.name}"
        )


def test_grains_without_a_key_hold(data: duckdb.DuckDBPyConnection) -> None:
    for table, grain in (
        ("milestones", "customer_id, milestone"),
        ("programmes", "customer_id, programme"),
        ("costs", "month, kind, segment"),
    ):
        assert _number(data, f"select count(*) from (select 1 from {table} group by {grain} having count(*) > 1)") == 0
    assert _number(data, "select count(*) from costs") == 30 * 3 * 3


def test_the_clean_data_keep_every_claim(demo_book: Portfolio) -> None:
    assert {name: state.set_aside for name, state in demo_book.manifest.tables.items()} == dict.fromkeys(BY_NAME, 0)


@pytest.mark.parametrize(
    ("table", "column"),
    [(table.name, column.name) for table in TABLES for column in table.columns if column.kind in DATED],
)
def test_nothing_has_happened_after_the_last_day(data: duckdb.DuckDBPyConnection, table: str, column: str) -> None:
    latest = f"select max({column})::date from {table}"
    if (table, column) not in KNOWN_BY_DESIGN:
        assert data.execute(latest).fetchall()[0][0] <= date(2026, 10, 31)
    if (table, column) == ("contracts", "starts_on"):
        assert data.execute(latest).fetchall()[0][0] == READ_ON


def test_a_contract_that_starts_after_the_last_day_is_a_renewal(data: duckdb.DuckDBPyConnection) -> None:
    assert _number(data, f"""
        select count(*) from contracts where starts_on = date '{READ_ON}' and customer_id not in (
            select customer_id from contracts where starts_on < date '{READ_ON}')
    """) == 0  # fmt: skip


def test_accounts_are_used_while_they_are_open(data: duckdb.DuckDBPyConnection) -> None:
    assert _number(data, """
        select count(*) from usage left join users using (customer_id, user_id)
        where used_on not between issued_on and coalesce(closed_on - 1, used_on) or issued_on is null
    """) == 0  # fmt: skip


def test_accounts_are_used_under_a_contract_or_while_its_renewal_is_late(data: duckdb.DuckDBPyConnection) -> None:
    outside = """
        select count(*) from (select distinct customer_id, used_on from usage) as days
        where not exists (select 1 from contracts where contracts.customer_id = days.customer_id
            and used_on between starts_on - {gap} and coalesce(ends_on, used_on))
    """
    assert _number(data, outside.format(gap=20)) == 0
    days = _number(data, "select count(distinct (customer_id, used_on)) from usage")
    assert _number(data, outside.format(gap=0)) < 0.01 * days


def test_the_odd_contracts_are_there(data: duckdb.DuckDBPyConnection) -> None:
    for odd in (
        "trial and mrr > 0",
        "not trial and mrr = 0",
        "ends_on is null",
        "not trial and ends_on < last_day(starts_on) and product = 'スポット支援'",
        "mrr <> round(mrr)",
        "starts_on in (select ends_on + 8 from contracts as last where last.customer_id = contracts.customer_id)",
        "starts_on in (select ends_on - 2 from contracts as last where last.customer_id = contracts.customer_id)",
    ):
        assert _number(data, f"select count(*) from contracts where {odd}") > 0, odd
    returned = "select customer_id from paid group by 1 having max(starts_on) > min(starts_on) + 100 and count(*) > 1"
    assert _number(data, f"select count(*) from ({returned})") > 0


def test_company_names_are_japanese_and_different(data: duckdb.DuckDBPyConnection) -> None:
    pattern = "^(株式会社|有限会社|合同会社).+|.+株式会社$"
    japanese = f"count(*) filter (regexp_matches(name, '{pattern}'))"
    assert _row(data, f"select count(distinct name), {japanese} from customers") == (600, 600)


def test_segments_are_disjoint_and_add_up(demo_book: Portfolio, data: duckdb.DuckDBPyConnection) -> None:
    sizes = demo_book.manifest.segments
    assert sizes["total"] == sizes["enterprise"] + sizes["midmarket"] + sizes["smb"] == 600
    assert min(sizes.values()) > 60
    assert {"total", *(name for (name,) in data.execute("select distinct segment from costs").fetchall())} == set(sizes)


def test_the_settings_can_be_used_and_hold_the_defaults(demo: Path) -> None:
    settings = _settings(demo)
    assert settings.policies == Policies(indicators={"lead_score": "higher"})
    assert set(settings.source.tables) == set(BY_NAME)
    assert settings.source.read_on == READ_ON
    assert [one.programme for one in settings.programmes] == [
        "ハンズオン研修",
        "活用レビュー会",
        "ユーザーコミュニティ",
    ]
    served = pd.read_csv(demo / "data" / "customers.csv", usecols=["csm"]).csm
    assert set(settings.team.people) == {*served, *DESKS}
    assert all(segment.kgi and segment.targets for segment in settings.segments)
    unowned = [kpi for segment in settings.segments for kpi, target in segment.targets.items() if not target.owner]
    assert unowned == ["cac_payback"]  # on purpose, so that there is such a finding to show


def test_settings_that_someone_changed_are_not_overwritten(tmp_path: Path) -> None:
    write_demo(tmp_path, **SMALL)
    changed, usage = tmp_path / "params/segments/smb.yaml", tmp_path / "data/usage.parquet"
    changed.write_text(changed.read_text("utf-8") + "# mine\n", "utf-8")
    before = usage.stat().st_mtime_ns
    with pytest.raises(CslibError, match=r"segments/smb\.yaml"):
        write_demo(tmp_path, **SMALL, seed=1)
    assert changed.read_text("utf-8").endswith("# mine\n")
    assert usage.stat().st_mtime_ns == before


def test_the_same_demo_is_written_again_beside_new_settings(tmp_path: Path) -> None:
    write_demo(tmp_path, **SMALL)
    own = tmp_path / "params/segments/kanto.yaml"
    own.write_text("id: kanto\nname: 関東\nwhere: {region: 関東}\n", "utf-8")
    write_demo(tmp_path, **SMALL)
    assert own.is_file()


@pytest.mark.parametrize("wrong", [{"customers": 0}, {"months": 0}, {"usage_rows": -1}, {"seed": -1}])
def test_numbers_that_make_no_demo_are_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(CslibError, match=f"{next(iter(wrong))}: wanted at least"):
        write_demo(tmp_path, **wrong)


def test_a_place_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(CslibError, match="wanted a folder that can be written to"):
        write_demo(tmp_path / "taken")


def _written_elsewhere(out: Path, hash_seed: str, **options: int) -> Path:
    code = f"from pathlib import Path; from cslib.demo import write_demo; write_demo(Path({str(out)!r}), **{options!r})"
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONHASHSEED": hash_seed})
    return out


def test_the_same_arguments_give_the_same_bytes_in_any_process(small: Path, tmp_path: Path) -> None:
    for hash_seed in ("1", "2"):
        other = _written_elsewhere(tmp_path / hash_seed, hash_seed, **SMALL)
        assert _files(other) == _files(small)
        assert filecmp.cmpfiles(small, other, _files(small), shallow=False)[0] == _files(small)


def test_another_seed_gives_other_data(small: Path, tmp_path: Path) -> None:
    write_demo(tmp_path, **SMALL, seed=7)
    same = filecmp.cmpfiles(small, tmp_path, _files(small), shallow=False)[0]
    assert all(file.startswith("params") for file in same)
    assert len(same) == 11


@pytest.mark.parametrize(("customers", "months", "until"), [(1, 1, "2026-10"), (7, 2, "2024-02"), (40, 5, "2019-12")])
def test_any_size_and_month_will_do(tmp_path: Path, customers: int, months: int, until: str) -> None:
    write_demo(tmp_path, customers=customers, months=months, until=Month.parse(until), dirty=True)
    assert (tmp_path / "data/usage.parquet").is_file()
    joined = {row.split(",")[1] for row in (tmp_path / "data/programmes.csv").read_text("utf-8").splitlines()[1:]}
    assert {one.programme for one in _settings(tmp_path).programmes} == joined & set(PROGRAMMES)


def test_as_many_rows_of_usage_as_wanted(small: Path, tmp_path: Path) -> None:
    write_demo(tmp_path, **SMALL, usage_rows=123_456)
    file = tmp_path / "data/usage.parquet"
    known = f"select user_id, customer_id from read_csv('{small}/data/users.csv', all_varchar = true)"
    assert duckdb.sql(f"select count(*) from '{file}'").fetchall() == [(123_456,)]
    assert duckdb.sql(f"select user_id, customer_id from '{file}' except {known}").fetchall() == []
    others = [name for name in _files(small) if not name.endswith("parquet")]
    assert filecmp.cmpfiles(small, tmp_path, others, shallow=False)[0] == others


def test_low_use_raises_churn(data: duckdb.DuckDBPyConnection) -> None:
    low, high = data.execute("""
        select avg((next_mrr is null)::int) from (select *, ntile(3) over (order by use) as third from monthly)
        where third <> 2 group by third order by third
    """).fetchall()  # fmt: skip
    assert low[0] > 1.8 * high[0]


def test_outcomes_raise_expansion(data: duckdb.DuckDBPyConnection) -> None:
    without, having = data.execute("""
        select avg((next_mrr > 1.05 * mrr)::int)
        from monthly
        left join (select customer_id, min(achieved_on) as achieved from goals group by all) using (customer_id)
        where next_mrr is not null
        group by coalesce(achieved <= close, false) order by coalesce(achieved <= close, false)
    """).fetchall()  # fmt: skip
    assert having[0] / without[0] == pytest.approx(causes.OUTCOME_ON_EXPANSION, rel=0.35)


def test_touches_speed_onboarding(data: duckdb.DuckDBPyConnection) -> None:
    slope = _number(data, """
        select regr_slope(ln(days) - mean_days, touched - mean_touched) from (
            select days, touched, avg(ln(days)) over size as mean_days, avg(touched) over size as mean_touched
            from (select onboarded.customer_id, touch_model, days, count(occurred_on) as touched
                from onboarded join customers using (customer_id) left join touches
                on touches.customer_id = onboarded.customer_id and occurred_on between started and started + 59
                where started between '2024-05-01' and '2026-04-30' and days > 0 group by all)
            window size as (partition by touch_model))
    """)  # fmt: skip
    assert slope == pytest.approx(-causes.TOUCH_SPEED, abs=0.05)


def test_slow_onboarding_lowers_use(data: duckdb.DuckDBPyConnection) -> None:
    fast, slow = data.execute("""
        select avg(use) from monthly join (select *, ntile(3) over (order by days) as third from onboarded)
        using (customer_id) where third <> 2 and close > started + 150 group by third order by third
    """).fetchall()  # fmt: skip
    assert fast[0] > 1.25 * slow[0]


def test_members_of_programmes_used_more_before_they_joined(data: duckdb.DuckDBPyConnection) -> None:
    naive, before, after = _row(data, """
        select avg(use) filter (started_on < date_trunc('month', close)) / avg(use) filter (started_on is null),
            avg(use) filter (close between started_on - 180 and started_on) / avg(use) filter (started_on is null),
            avg(use) filter (started_on < date_trunc('month', close) and close < started_on + 180)
            / avg(use) filter (close between started_on - 180 and started_on)
        from monthly left join programmes using (customer_id) join first using (customer_id) where close > started + 90
    """)  # fmt: skip
    assert before > 1.15
    assert after == pytest.approx(causes.PROGRAMME_LIFT, abs=0.15)
    assert naive > causes.PROGRAMME_LIFT + 0.2


def test_figures_are_those_of_such_a_business(data: duckdb.DuckDBPyConnection) -> None:
    churn = dict(data.execute("""
        select touch_model, avg((next_mrr is null)::int) from monthly join customers using (customer_id) group by all
    """).fetchall())  # fmt: skip
    assert 0.001 < churn["high"] < 0.01
    assert 0.006 < churn["low"] < 0.02
    assert 0.015 < churn["tech"] < 0.035
    assert 0.02 < _number(data, "select avg((isodow(used_on) > 5)::int) from usage") < 0.1
    nrr = _number(data, """
        select sum(now.mrr) / sum(base.mrr) from closing as base
        left join closing as now on now.customer_id = base.customer_id and now.close = '2026-10-31'
        where base.close = '2025-10-31'
    """)  # fmt: skip
    assert 0.9 < nrr < 1.15
    nps = _number(data, """
        select (count(*) filter (score > 8) - count(*) filter (score < 7)) / count(*) from surveys
        where kind = 'nps' and responded_on > '2025-10-31'
    """)  # fmt: skip
    assert 0.1 < nps < 0.35


def test_some_people_answer_again(data: duckdb.DuckDBPyConnection) -> None:
    again = _number(data, """
        select avg((earlier > 0)::int) from (
            select count(*) over (partition by respondent_id order by responded_on, response_id) - 1 as earlier
            from surveys where kind = 'nps' and responded_on is not null and respondent_id is not null)
    """)  # fmt: skip
    assert 0.1 < again < 0.2


def _listed(out: Path) -> dict[str, dict[str, int]]:
    listed: dict[str, dict[str, int]] = defaultdict(dict)
    for found in json.loads((out / "data/dirt.json").read_text("utf-8")):
        listed[found["table"]][found["claim"]] = found["rows"]
    return listed


def test_every_claim_is_broken_somewhere_and_little_of_any_table(dirty: Path) -> None:
    listed = _listed(dirty)
    assert set(listed) == set(BY_NAME)
    assert {claim for claims in listed.values() for claim in claims} == CLAIMS
    assert Policies().allowed_quarantine > MOST


def test_dirty_rows_stand_behind_the_good_ones(demo: Path, dirty: Path) -> None:
    listed = _listed(dirty)
    for file in (demo / "data").glob("*.csv"):
        good, both = file.read_bytes(), (dirty / "data" / file.name).read_bytes()
        assert both.startswith(good)
        added = both.count(b"\n") - good.count(b"\n")
        assert added == sum(listed[file.stem].values()) <= MOST * good.count(b"\n")
    clean, soiled = (f"'{out}/data/usage.parquet'" for out in (demo, dirty))
    assert duckdb.sql(f"from {clean} except all from {soiled} limit 1").fetchall() == []


def test_exactly_the_dirty_rows_are_set_aside_for_what_they_break(dirty: Path, tmp_path: Path) -> None:
    manifest = take_snapshot(_settings(dirty), tmp_path, READ_ON)
    for name, listed in _listed(dirty).items():
        found: Counter[str] = Counter()
        for claim in manifest.tables[name].claims:
            found[claim.claim.partition("(")[0]] += claim.rows
        assert manifest.tables[name].set_aside == sum(listed.values())
        # a required column that cannot be read may count as missing, too
        required = listed["required"]
        assert required <= found.pop("required") <= required + listed.get("type", 0)
        assert found == {claim: rows for claim, rows in listed.items() if claim != "required"}
