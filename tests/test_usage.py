"""Usage summed up: both ways of summing agree with plain SQL, and every engine that is named can be asked."""

from __future__ import annotations

import math
from dataclasses import fields
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cslib.check import check_params
from cslib.engines import connect
from cslib.i18n import Wording
from cslib.kpis import CATALOGUE, reasons
from cslib.model import BY_NAME
from cslib.periods import Month
from cslib.portfolio import Portfolio
from cslib.scenario import Scenario
from cslib.settings import TableSource
from cslib.source import FILE, ROW
from cslib.source.column_mapping import ColumnMapping
from cslib.source.table_mapping import is_portable, map_table, map_unparsed, read_texts
from cslib.usage.aggregate import UsageSums
from cslib.usage.bitmask_duckdb import TypedUsage, sums_by_masks
from cslib.validation.validate import ORPHAN, ValidatedTable
from tests.exports import CONTRACTS, export

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb
    from ibis.expr.types import Table

READ_ON = date(2026, 6, 30)
USED = {"customer_id": "string", "user_id": "string", "used_on": "date", "feature": "string", "events": "int64"}
_DAYS = st.integers(-40, 40).map(lambda days: date(2026, 6, 1) + timedelta(days=days))  # some after the day of reading
_NO_DAYS = st.sampled_from([date.min, date(999, 12, 31)])  # where exports put what has no date
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["a", "a ", "b", " ", None]), st.sampled_from(["u", "\u3000u", "v", "", None]), st.none() | _NO_DAYS | _DAYS,
        st.sampled_from(["x", "y", "z", None]), st.sampled_from([None, -1, 0, 1, 7]),
    ),
    max_size=40,
)  # fmt: skip


def _columns(raw: Table) -> ColumnMapping:
    return ColumnMapping.of(raw, BY_NAME["usage"], TableSource.model_validate({"from": "usage"}))


def _judged(raw: Table) -> ValidatedTable:
    placed = raw.mutate(**{FILE: ibis.literal("usage"), ROW: ibis.null("int64")})
    mapped = map_table(placed, _columns(placed), "Asia/Tokyo")
    return ValidatedTable(mapped, BY_NAME["usage"], READ_ON)


def _found(raw: Table, customers: Table | None = None) -> TypedUsage:
    spec = TableSource.model_validate({"from": "usage"})
    judged = ValidatedTable(map_unparsed(raw, _columns(raw), "Asia/Tokyo"), BY_NAME["usage"], READ_ON)
    return TypedUsage(judged, partial(read_texts, table=BY_NAME["usage"], spec=spec), customers)


def _rows(table: Table) -> list[tuple[Any, ...]]:
    names = sorted(table.columns)
    return sorted((tuple(row[name] for name in names) for row in table.to_pyarrow().to_pylist()), key=str)


_WANTED = {
    "usage_months": """
        select count(distinct feature) filter (core and events > 0) as core_features, customer_id, sum(events)::bigint as events,
            month(used_on) + 2026 * 12 - 1 as month_no, count(distinct (user_id, used_on)) filter (user_id is not null and events > 0) as user_days,
            count(distinct user_id) filter (events > 0) as users
        from good group by customer_id, month_no having max(events) > 0""",
    "usage_weeks": "select distinct customer_id, date_trunc('week', used_on)::date as week from good where core and events > 0",
    "usage_starts": "select customer_id, min(used_on) as d from good where core and events > 0 group by customer_id",
    "features": "select feature, min(used_on) as d from good where core and events > 0 group by feature",
}


@settings(deadline=None, max_examples=30)
@given(core_features=st.sampled_from([[], ["x", "y"]]), rows=ROWS)
def test_all_ways_of_summing_agree_with_plain_sql(core_features: list[str], rows: list[tuple[Any, ...]]) -> None:
    raw = ibis.memtable([dict(zip(USED, row, strict=True)) for row in rows], schema=ibis.schema(USED))
    engine = connect()
    table = engine.create_table("usage", raw)
    judged, found = _judged(table), _found(table)
    con: duckdb.DuckDBPyConnection = engine.con
    con.execute("create macro text(t) as nullif(trim(t, ' \u3000'), '')")
    con.execute(
        """create view good as select text(customer_id) as customer_id, text(user_id) as user_id, used_on, feature,
        coalesce(events, 1) as events, len($core) = 0 or list_contains($core, feature) as core from usage
        where text(customer_id) is not null and used_on between date '1000-01-01' and date '2026-06-30' and feature is not null and coalesce(events, 1) >= 0
    """.replace("$core", f"{core_features}::varchar[]")
    )
    (good,) = con.execute("select count(*) from good").fetchall()[0]
    ways = {"any": UsageSums.of(judged, core_features), "masks": sums_by_masks(judged, core_features),
            "found": found.sums(core_features)}  # fmt: skip
    for way, sums in ways.items():
        assert sums is not None, way
        for name, table in sums.tables().items():
            assert _rows(table) == sorted(con.execute(_WANTED[name]).fetchall(), key=str), (way, name)
        counts = sums.counts(None, judged.labels)
        assert (counts.rows, counts.aside, counts.strays) == (len(rows), len(rows) - good, {})
        assert ORPHAN not in counts.claims


@settings(deadline=None, max_examples=30)
@given(rows=ROWS)
def test_rows_that_break_a_claim_are_all_in_doubt(rows: list[tuple[Any, ...]]) -> None:
    engine = connect()
    known = engine.create_table("customers", schema=ibis.schema({"customer_id": "string"}))
    engine.raw_sql("insert into customers values ('a')")
    placed = _table(rows, engine).mutate(**{ROW: ibis.row_number()}).cache()
    spec = TableSource.model_validate({"from": "usage"})
    mapped = map_table(placed.mutate(**{FILE: ibis.literal("usage")}), _columns(placed), "Asia/Tokyo")
    judged = ValidatedTable(mapped, BY_NAME["usage"], READ_ON).with_foreign_key_check(known)
    found = map_unparsed(placed.mutate(place=placed[ROW]), _columns(placed), "Asia/Tokyo", ["place"])
    read = partial(read_texts, table=BY_NAME["usage"], spec=spec)
    doubtful = TypedUsage(ValidatedTable(found, BY_NAME["usage"], READ_ON), read, known).doubtful()
    in_doubt = set(doubtful.place.to_pyarrow().to_pylist())
    bad = set(judged.rows.filter(~judged.is_valid())[ROW].to_pyarrow().to_pylist())
    assert bad == in_doubt  # none is missing, and none is read in vain


def _table(rows: list[tuple[Any, ...]], engine: ibis.BaseBackend) -> Table:
    return engine.create_table(
        "usage", ibis.memtable([dict(zip(USED, row, strict=True)) for row in rows], schema=ibis.schema(USED))
    )


@pytest.mark.parametrize(
    "kinds",
    [
        {"customer_id": "int64"},
        {"customer_id": "decimal(9, 0)", "user_id": "int32", "feature": "int16"},
        {"user_id": "uint64", "used_on": "timestamp(6)"},
        {"used_on": "timestamp(0)", "events": "float64"},
        {"used_on": "timestamp('UTC')", "events": "decimal(10, 2)"},
    ],
)
@pytest.mark.parametrize("bad", [False, True])
def test_the_kinds_of_columns_make_no_difference(kinds: dict[str, str], *, bad: bool) -> None:
    rows = [
        (str(i % 5), str(i % 7), date(2026, 5, 1) + timedelta(days=3 * i % 50), str(i % 3), i % 4 + (-1 if bad else 1))
        for i in range(60)
    ]
    engine = connect()
    engine.raw_sql("SET TimeZone = 'Asia/Tokyo'")
    text = _table(rows, engine)
    typed = engine.create_table("typed", text.mutate(**{name: text[name].cast(kind) for name, kind in kinds.items()}))
    plain, other = _found(text), _found(typed)
    wanted, found = plain.sums([]), other.sums([])
    assert wanted is not None
    assert found is not None
    assert found.counts(None, other.judged.labels) == wanted.counts(None, plain.judged.labels)
    for name, table in wanted.tables().items():
        assert _rows(found.tables()[name]) == _rows(table), name
        assert found.tables()[name].schema() == table.schema(), name


@pytest.mark.parametrize("threads", [1, 4])
def test_rows_are_grouped_alike_whether_they_seem_to_lie_together(
    threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = ibis.duckdb.connect(threads=threads)
    rows = [(str(i // 20), str(i // 10), date(2026, 5, 1 + i % 30), str(i % 3), 1 + i % 4) for i in range(300)]
    table, found = _table(rows, engine), []
    for together in (1, 1_000_000):
        monkeypatch.setattr("cslib.usage.bitmask_duckdb._TOGETHER", together)
        sums = _found(table).sums([])
        assert sums is not None
        found.append({name: _rows(totals) for name, totals in sums.tables().items()})
    assert found[0] == found[1]
    assert [row[-1] for row in found[0]["usage_months"]] == [2] * 15  # users
    # what the engine was told for the sums' sake holds for them alone
    assert engine.raw_sql("select current_setting('threads')").fetchall() == [(threads,)]


def test_a_feature_begins_with_the_first_customer_who_is_there() -> None:
    engine = connect()
    rows = [
        ("gone", "u", date(2026, 1, 5), "x", 1),
        ("a", "u", date(2026, 2, 9), "x", 1),
        ("b", "v", date(2026, 2, 3), "x", 1),
        ("b", "v", date(2026, 5, 1), "y", 1),
        ("a", "u", date(2026, 5, 4), "y", 1),
    ]
    customers = engine.create_table(
        "customers",
        ibis.memtable([{"customer_id": "a"}, {"customer_id": "b"}], schema=ibis.schema({"customer_id": "string"})),
    )
    sums = _found(_table(rows, engine), customers).sums([])
    assert sums is not None
    assert _rows(sums.of_customers(customers).tables()["features"]) == [
        ("x", date(2026, 2, 3)),
        ("y", date(2026, 5, 1)),
    ]


_FAR = [
    "infinity",
    "-infinity",
    "10000-01-01",
    "0999-12-31",
    "5881580-07-10",
    "5877642-06-25 (BC)",
]  # the last two: the ends of dates


@pytest.mark.parametrize("day", _FAR)
def test_a_day_far_out_of_reach_is_none_and_no_future_one(day: str) -> None:
    engine = connect()
    table = _table([("a", "u", date(2026, 5, 4), "x", 1)], engine)
    engine.raw_sql(f"insert into usage select 'a', 'u', '{day}'::date, 'x', 1")
    found = _found(table)
    sums = found.sums([])
    assert sums is not None
    assert sums.counts(None, found.judged.labels).claims == {"type(used_on)": 1}
    assert sums.tables()["usage_months"].events.to_pyarrow().to_pylist() == [1]


def test_more_features_than_a_number_has_bits_are_left_to_the_other_way() -> None:
    rows = [("a", "u", date(2026, 5, 4), f"feature {place}", 1) for place in range(63)]
    engine = connect()
    assert _found(_table(rows, engine)).sums([]) is None
    few = _found(engine.table("usage").filter(ibis._.feature != "feature 62")).sums([])
    assert few is not None
    assert few.tables()["usage_months"].core_features.to_pyarrow().to_pylist() == [62]


@pytest.mark.parametrize("features", [30, 31, 62])
@pytest.mark.parametrize("core", [[], ["feature 0", "feature 29"], ["feature 30", "never used"]])
def test_days_and_features_stay_apart_whether_one_number_holds_both_or_not(features: int, core: list[str]) -> None:
    used = {f"feature {place}": date(2026, 5, 31) - timedelta(days=place % 31) for place in range(features)}
    engine = connect()
    sums = _found(_table([("a", "u", day, name, 2) for name, day in used.items()], engine)).sums(core)
    assert sums is not None
    core_days = {name: day for name, day in used.items() if not core or name in core}
    tables = sums.tables()
    breadth = len(core_days)
    assert _rows(tables["usage_months"]) == [(breadth, "a", 2 * features, 2026 * 12 + 4, min(features, 31), 1)]
    weeks = {day - timedelta(days=day.weekday()) for day in core_days.values()}
    assert _rows(tables["usage_weeks"]) == sorted((("a", week) for week in weeks), key=str)
    assert _rows(tables["usage_starts"]) == [("a", day) for day in sorted(core_days.values())[:1]]
    assert {row[0]: row[1] for row in _rows(tables["features"])} == core_days


@pytest.mark.parametrize("dialect", ["postgres", "pyspark", "bigquery", "snowflake", "databricks", "trino"])
def test_every_engine_can_be_asked_for_the_sums(dialect: str) -> None:
    judged = _judged(ibis.table(USED, name="usage"))
    sums = UsageSums.of(judged, ["x"])
    for name in (field.name for field in fields(sums)):
        assert "GROUP BY" in (text := str(ibis.to_sql(getattr(sums, name), dialect=dialect))) or "DISTINCT" in text


@pytest.mark.parametrize(
    ("kind", "anywhere"),
    [("string", True), ("int64", True), ("decimal(38, 0)", True), ("decimal(10, 1)", False), ("float64", False)],
)
def test_ids_are_text_in_any_engine_unless_they_have_fractions(kind: str, *, anywhere: bool) -> None:
    engine = connect()
    raw = engine.create_table("usage", schema=ibis.schema({**USED, "customer_id": kind}))
    assert is_portable(raw, _columns(raw)) is anywhere


# usage that was rolled up to months

WEEKLY = ("2026-01-06", "2026-01-14", "2026-02-03", "2026-02-11", "2026-03-04", "2026-03-12")
FIRST_DAYS = ("2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01")
LAST_DAYS = ("2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30")
ON_DAYS = {"adoption", "stickiness", "time_to_first_value"}
ON_MONTHS = {"active_customers", "seat_utilisation", "feature_breadth", "usage_decline"}


def _usage(
    days: Sequence[str],
    users: Sequence[str] = ("u", "v"),
    customers: Sequence[str] = ("00001", "00002"),
    features: Sequence[str] = ("report", "board"),
) -> str:
    rows = [f"{each},{user and each + user},{day},{feature},3"
            for each in customers for user in users for day in days for feature in features]  # fmt: skip
    return "\n".join(["customer_id,user_id,used_on,feature,events", *rows]) + "\n"


def _book(folder: Path, usage: str, **settings: Any) -> Portfolio:
    contracts = CONTRACTS.replace(",mrr", ",mrr,seats").replace(",1000", ",1000,5")
    return Portfolio.open(export(folder, {"usage.csv": usage, "contracts.csv": contracts}, **settings), READ_ON)


@pytest.mark.parametrize("core_features", [[], ["report"]])
@pytest.mark.parametrize("days", [FIRST_DAYS, LAST_DAYS])
def test_usage_of_months_alone_has_no_days(days: tuple[str, ...], core_features: list[str], tmp_path: Path) -> None:
    book = _book(tmp_path, _usage(days), policies={"core_features": core_features})
    assert book.manifest.tables["usage"].by_month
    table = book.measure(Month.parse("2026-04"), 1, kpis=[*ON_DAYS, *ON_MONTHS]).set_index("kpi")
    assert (table.reason[[*ON_DAYS]] == reasons.NO_DAYS).all()
    assert table.value[[*ON_DAYS]].isna().all()
    assert table.value["active_customers"] == 2 / 12
    assert table.value["seat_utilisation"] == (2 + 2) / (12 * 5)
    assert table.value["feature_breadth"] == 2 * (len(core_features) or 2) / (12 * (len(core_features) or 2))
    assert (table.value["usage_decline"], table.n["usage_decline"]) == (0, 2)
    assert not ON_MONTHS & {kpi.id for kpi in CATALOGUE if "usage.used_on" in kpi.needs}


def test_that_days_are_not_known_is_told(tmp_path: Path) -> None:
    params = export(tmp_path, {"usage.csv": _usage(LAST_DAYS)})
    (told,) = [line for line in check_params(params, READ_ON).as_text().splitlines() if "rolled up to months" in line]
    assert all(kpi in told for kpi in ON_DAYS)
    assert "測定不可" in Wording("ja").reason(reasons.NO_DAYS)
    scenario = Scenario.open(params, as_of="2026-03", language="en")
    assert "Rolled up to months" in scenario.sources().html
    assert scenario.curve("time_to_first_value").csv.splitlines()[1:] == []
    card = scenario.scorecard("usage")
    assert "the data lack users, usage by day, contracts (seats)" in card.text


@pytest.mark.parametrize(
    ("why", "usage"),
    [
        ("days within months", _usage(WEEKLY)),
        ("one day within a month", _usage((*LAST_DAYS, "2026-03-15"))),
        ("a day of one customer", _usage(LAST_DAYS) + "00003,x,2026-02-10,report,1\n"),
        ("both edges of a month", _usage((*FIRST_DAYS, *LAST_DAYS))),
        ("one month", _usage(("2026-03-31",), customers=("00001", "00002", "00003", "00004"))),
        ("three cells", _usage(FIRST_DAYS[:3], customers=("00001",))),
        ("heavy use by nobody in particular, to the last day", _usage((*WEEKLY, *LAST_DAYS[:3]), users=("",))),
        ("a core feature within months", _usage(LAST_DAYS, users=("",), features=("board",))
         + "".join(f"{line}\n" for line in _usage(WEEKLY[::2], ("",), features=("report",)).splitlines()[1:])),
    ],
)  # fmt: skip
def test_days_are_known_where_any_lies_within_a_month(why: str, usage: str, tmp_path: Path) -> None:
    book = _book(tmp_path, usage, policies={"core_features": ["report"]})
    assert not book.manifest.tables["usage"].by_month, why
    table = book.measure(Month.parse("2026-03"), 1, kpis=["adoption"])
    assert reasons.NO_DAYS not in set(table.reason)


def test_a_source_that_lacks_more_is_told_what_it_lacks() -> None:
    assert reasons.why(CATALOGUE.by_id["adoption"], ["contracts", "usage.used_on"], math.nan, 0) == "needs contracts"
    assert reasons.why(CATALOGUE.by_id["adoption"], ["usage.used_on"], math.nan, 0) == reasons.NO_DAYS
