"""The snapshot: every claim is checked on entry, nothing is dropped silently, and a run stops when too much is lost."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING

import duckdb
import pandas as pd
import pytest

from cslib.check import check_params
from cslib.demo import write_demo
from cslib.errors import DataError, SourceError
from cslib.kept_queries import FOLDER as QUERIES
from cslib.model import BY_NAME, TABLES, Kind
from cslib.periods import Month
from cslib.portfolio import Portfolio
from cslib.snapshot import Manifest
from tests.exports import CONTRACTS, CUSTOMERS, IDS, READ_ON, SURVEYS, export, write
from tests.flaws import DUPLICATED, FLAWS, GOOD, KEYS, broken_table

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Portfolio:
    """Return the book of an export in which every row but the first of each table breaks one claim."""
    files = {f"{name}.csv": broken_table(name)[0] for name in GOOD}
    params = export(tmp_path_factory.mktemp("broken"), files, policies={"allowed_quarantine": 1})
    return Portfolio.open(params, READ_ON)


def test_the_flaws_are_all_that_the_model_claims() -> None:
    claimed = {(table.name, claim.label) for table in TABLES for claim in table.claims(READ_ON)}
    claimed |= {(t.name, f"type({c.name})") for t in TABLES for c in t.columns if c.kind is not Kind.TEXT}
    claimed |= {(t.name, "orphan(customer_id)") for t in TABLES if "customer_id" in t.names and t.name != "customers"}
    made = {(name, f"{claim}({column})") for name, claim, column, _ in FLAWS}
    assert made | {(name, f"duplicate_id({KEYS[name]})") for name in DUPLICATED} == claimed


@pytest.mark.parametrize("name", GOOD)
def test_a_row_that_breaks_a_claim_is_set_aside_with_the_reason(broken: Portfolio, name: str) -> None:
    _, flaws = broken_table(name)
    aside = pd.read_parquet(broken.folder / "quarantine" / f"{name}.parquet").set_index("row").fillna("")
    assert list(aside.index) == list(flaws)
    assert set(aside.file) == {f"{name}.csv"}
    for row, (_, claim, column, changed) in flaws.items():
        assert aside.broken[row] == f"{claim}({column})"
        assert aside.loc[row, column] == changed[column]
        untouched = {key: value for key, value in GOOD[name].items() if key not in changed and key != KEYS[name]}
        assert {key: aside.loc[row, key] for key in untouched} == untouched
    state = broken.manifest.tables[name]
    assert (state.rows, state.set_aside) == (len(flaws) + 1, len(flaws))


def test_of_typed_usage_every_bad_row_is_set_aside_as_it_was_found(tmp_path: Path) -> None:
    """Its rows are summed up where they lie, and only those in doubt are read one by one."""
    day = date(2026, 5, 4)
    bad = [
        ("null_id(customer_id)", "  ", day, "x", 1),
        ("orphan(customer_id)", "99999", day, "x", 1),
        ("orphan(customer_id)", "00001.0", day, "x", 1),  # of a few rows only, so the point is no tool's
        ("future(used_on)", "00001", date(2026, 7, 1), "x", 1),
        ("required(used_on)", "00001", None, "x", 1),
        ("required(feature)", "00001", day, "\N{IDEOGRAPHIC SPACE}", 1),
        ("negative(events); orphan(customer_id)", "99999", day, "x", -1),
    ]
    good = [(" 00002 ", day, "x", 1), ("00001", day, "x", 0), *[("00001", day, "x", None)] * 100]
    rows = [*good, *(row for _, *row in bad)]
    names = ["customer_id", "used_on", "feature", "events"]
    params = export(tmp_path, {}, {"usage": {"from": "../data/usage.parquet"}}, policies={"allowed_quarantine": 0.1})
    pd.DataFrame(rows, columns=names).assign(plan="p").astype({"events": "Int64"}).to_parquet(
        tmp_path / "data/usage.parquet", index=False
    )
    book = Portfolio.open(params, READ_ON)
    aside = pd.read_parquet(book.folder / "quarantine/usage.parquet")
    assert list(zip(aside.row, aside.broken, aside.customer_id, strict=True)) == [
        (len(good) + place, broken, customer) for place, (broken, customer, *_) in enumerate(bad, start=1)
    ]
    assert list(aside.feature) == [feature for *_, feature, _ in bad]
    assert set(aside.plan) == {"p"}
    state = book.manifest.tables["usage"]
    assert (state.rows, state.set_aside) == (len(rows), len(bad))
    assert {claim.claim: claim.rows for claim in state.claims} == Counter(
        claim for broken, *_ in bad for claim in broken.split("; ")
    )


@pytest.mark.parametrize("kind", ["bigint", "varchar", "uinteger", "decimal(18, 0)"])
@pytest.mark.parametrize("bad", [0, 1])
def test_ids_of_typed_usage_may_be_numbers(tmp_path: Path, kind: str, bad: int) -> None:
    customers = "customer_id,name\n" + "".join(f"{number},{number}社\n" for number in range(12))
    params = export(
        tmp_path,
        {"customers.csv": customers, "contracts.csv": None, "surveys.csv": None},
        {"usage": {"from": "../data/usage.parquet"}},
    )
    duckdb.sql(
        f"""copy (select (i % 12)::{kind} as customer_id, (i % 36)::{kind} as user_id, date '2026-05-04' as used_on, 'x' as feature,
            if(i < {bad}, -1, 2) as events from range(72) t(i)) to '{tmp_path}/data/usage.parquet'"""
    )
    book = Portfolio.open(params, READ_ON)
    assert book.manifest.tables["usage"].set_aside == bad
    months = pd.read_parquet(book.folder / "tables/usage_months.parquet").sort_values("customer_id")
    assert list(months.customer_id) == sorted(map(str, range(12)))
    assert list(months.users) == [3] * 12
    assert list(months.events) == [12 - 2 * bad] + [12] * 11  # six rows of two events each


def test_the_whole_of_usage_says_what_its_ids_mean_not_the_rows_in_doubt(tmp_path: Path) -> None:
    ids = ["00001"] * 100 + ["00001.0"]
    write(tmp_path / "data/usage.parquet", b"")
    pd.DataFrame({"customer_id": ids}).assign(used_on=date(2026, 5, 4), feature="x").to_parquet(
        tmp_path / "data/usage.parquet", index=False
    )
    book = Portfolio.open(export(tmp_path, {}, {"usage": {"from": "../data/usage.parquet"}}), READ_ON)
    aside = pd.read_parquet(book.folder / "quarantine/usage.parquet")
    assert (
        list(aside.broken)
        == ["orphan(customer_id)"] * book.manifest.tables["usage"].set_aside
        == ["orphan(customer_id)"]
    )


@pytest.mark.parametrize("name", GOOD)
def test_the_reasons_are_counted_and_sampled(broken: Portfolio, name: str) -> None:
    rows: dict[str, list[tuple[int, str | None]]] = defaultdict(list)
    for row, (_, claim, column, changed) in broken_table(name)[1].items():
        rows[f"{claim}({column})"].append((row, changed[column] or None))
    found = {claim.claim: claim for claim in broken.manifest.tables[name].claims}
    assert {label: claim.rows for label, claim in found.items()} == {label: len(each) for label, each in rows.items()}
    for label, told in found.items():
        assert [(sample.row, sample.value) for sample in told.samples] == rows[label][:3]
        assert told.wanted


@pytest.mark.parametrize("name", GOOD)
def test_the_quarantine_is_there_for_people_as_well(broken: Portfolio, name: str) -> None:
    with (broken.folder / "quarantine" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [int(row["row"]) for row in rows] == list(broken_table(name)[1])
    assert list(rows[0])[:3] == ["file", "row", "broken"]
    assert [row["broken"] for row in rows] == [
        f"{claim}({column})" for _, claim, column, _ in broken_table(name)[1].values()
    ]


def test_only_good_rows_go_on(broken: Portfolio) -> None:
    for name, table in broken.tables().items():
        if name in GOOD:
            (row,) = table.to_pyarrow().to_pylist()
            assert row.get(KEYS[name]) == (None if KEYS[name] is None else "C1" if name == "customers" else "0")
            assert set(row) == set(BY_NAME[name].types)  # with the time beside a day


def test_a_row_may_break_several_claims_and_is_one_row(tmp_path: Path) -> None:
    row = "K1,C9,core,2026-02-30,2025-01-01,-5\n"
    book = Portfolio.open(
        export(tmp_path, {"contracts.csv": CONTRACTS + row}, policies={"allowed_quarantine": 0.1}), READ_ON
    )
    (aside,) = pd.read_parquet(book.folder / "quarantine/contracts.parquet").to_dict("records")
    assert aside["broken"] == "negative(mrr); type(starts_on); orphan(customer_id)"
    assert (aside["starts_on"], aside["mrr"], aside["row"]) == ("2026-02-30", "-5", 14)
    assert book.manifest.tables["contracts"].set_aside == 1


def test_both_rows_of_one_id_are_set_aside_and_good_ones_beside_them_stay(tmp_path: Path) -> None:
    again = CONTRACTS + "K00003,00004,core,2026-01-01,,1\nk00003,00004,core,2026-01-01,,1\n"
    book = Portfolio.open(export(tmp_path, {"contracts.csv": again}, policies={"allowed_quarantine": 0.2}), READ_ON)
    (claim,) = book.manifest.tables["contracts"].claims
    assert (claim.claim, claim.rows) == ("duplicate_id(contract_id)", 2)
    assert [(sample.row, sample.value) for sample in claim.samples] == [(4, "K00003"), (14, "K00003")]


def test_rows_without_the_optional_id_all_count(tmp_path: Path) -> None:
    text = "purchase_id,customer_id,amount,purchased_on\n,00001,5,2026-01-05\n,00001,5,2026-01-05\n"
    assert (
        Portfolio.open(export(tmp_path, {"purchases.csv": text}), READ_ON).manifest.tables["purchases"].set_aside == 0
    )
    text = "customer_id,amount,purchased_on\n00001,5,2026-01-05\n00001,5,2026-01-05\n"
    assert (
        Portfolio.open(export(tmp_path, {"purchases.csv": text}), READ_ON).manifest.tables["purchases"].set_aside == 0
    )


def test_who_belongs_to_a_customer_in_quarantine_goes_with_it(tmp_path: Path) -> None:
    customers = CUSTOMERS.replace(",00003\n", ",三\n")
    book = Portfolio.open(export(tmp_path, {"customers.csv": customers}, policies={"allowed_quarantine": 0.1}), READ_ON)
    state = book.manifest.tables
    assert [claim.claim for claim in state["customers"].claims] == ["type(employees)"]
    assert {name: state[name].claims[0].claim for name in ("contracts", "surveys")} == {
        "contracts": "orphan(customer_id)",
        "surveys": "orphan(customer_id)",
    }


def test_what_is_written_is_kept_as_it_was_found(tmp_path: Path) -> None:
    text = "file,row,broken,customer_id,name,tier\nf,9,no,C1,甲, gold \nf,9,no,C2,乙,-\n"
    columns = {"touch_model": {"column": "tier", "map": {"gold": "top"}, "null": ["-"]}}
    params = export(
        tmp_path,
        {"customers.csv": text, "contracts.csv": None, "surveys.csv": None, "users.csv": "user_id,customer_id,issued_on\nU,C2,2026-01-01\n"},
        {"customers": {"from": "../data/customers.csv", "columns": columns}},
        policies={"allowed_quarantine": 0.5},
    )  # fmt: skip
    book = Portfolio.open(params, READ_ON)
    (row,) = pd.read_parquet(book.folder / "quarantine/customers.parquet").to_dict("records")
    assert (row["file"], row["row"], row["broken"]) == ("customers.csv", 2, "enumeration(touch_model)")
    assert (row["touch_model"], row["file_"], row["row_"], row["broken_"]) == (" gold ", "f", "9", "no")


def test_typed_rows_are_judged_as_text_is(tmp_path: Path) -> None:
    sql = """
        select * from (values ('K1', '00001', date '2026-01-01', null, 5), ('K2', '00001', '2026-01-02', '2026-01-01', 5),
            ('K3', '00001', '2026-01-01', null, -5), ('K4', '00001', null, null, 5))
        as t(contract_id, customer_id, starts_on, ends_on, mrr)
    """
    source = {"contracts": {"from": {"sql": sql}, "columns": {"product": {"value": "core"}}}}
    book = Portfolio.open(export(tmp_path, source=source, policies={"allowed_quarantine": 1}), READ_ON)
    aside = pd.read_parquet(book.folder / "quarantine/contracts.parquet")
    assert list(zip(aside.file, aside.row, aside.broken, strict=True)) == [
        ("contracts (sql)", 2, "order(ends_on)"),
        ("contracts (sql)", 3, "negative(mrr)"),
        ("contracts (sql)", 4, "required(starts_on)"),
    ]


def test_due_dates_and_contracts_may_lie_ahead(tmp_path: Path) -> None:
    files = {
        "contracts.csv": f"{CONTRACTS}K1,00001,core,2027-01-01,9999-12-31,5\n",
        "goals.csv": "goal_id,customer_id,level,set_on,due_on\nG,00001,individual,2026-06-30,2030-01-01\n",
        "milestones.csv": "customer_id,milestone,due_on\n00001,go,2030-01-01\n",
    }
    book = Portfolio.open(export(tmp_path, files), READ_ON)
    assert all(state.set_aside == 0 for state in book.manifest.tables.values())
    assert book.manifest.last_month == "2026-06"
    assert book.measure(Month.parse("2026-05"), 1, kpis=["mrr"]).value.tolist() == [12_000]


def test_a_score_beyond_all_measure_is_one_bad_row(tmp_path: Path) -> None:
    surveys = SURVEYS + "R1,00001,nps,1e99,2026-05-01\nR2,00001,ces,,2026-05-01\n"
    book = Portfolio.open(export(tmp_path, {"surveys.csv": surveys}, policies={"allowed_quarantine": 0.1}), READ_ON)
    assert [claim.claim for claim in book.manifest.tables["surveys"].claims] == ["scale(score)"]


def test_a_report_is_handed_no_sample_of_others_rows(broken: Portfolio, tmp_path: Path) -> None:
    folder = broken.export_slice("total", pd.DataFrame({"segment": ["total"]}), tmp_path / "total")
    handed = Manifest.model_validate_json((folder / "everyone" / "manifest.json").read_text("utf-8"))
    claims = [claim for state in handed.tables.values() for claim in state.claims]
    assert claims
    assert not [*chain.from_iterable(claim.samples for claim in claims)]


# how much may be lost


def _mrr(book: Portfolio) -> float:
    return float(book.tables()["contracts"].mrr.sum().to_pyarrow().as_py())


def _with_bad_contracts(folder: Path, good: int, bad: int, allowed: float | None = None) -> Path:
    rows = [f"X{place},00001,core,2026-01-01,,{'5' if place < good else 'five'}" for place in range(good + bad)]
    text = "contract_id,customer_id,product,starts_on,ends_on,mrr\n" + "\n".join(rows)
    return export(folder, {"contracts.csv": text}, policies={} if allowed is None else {"allowed_quarantine": allowed})


@pytest.mark.parametrize(("good", "bad", "allowed"), [(19, 1, None), (97, 3, None), (1, 1, 0.5), (20, 0, 0), (1, 9, 1)])
def test_a_run_goes_on_while_no_more_is_lost_than_allowed(
    tmp_path: Path, good: int, bad: int, allowed: float | None
) -> None:
    book = Portfolio.open(_with_bad_contracts(tmp_path, good, bad, allowed), READ_ON)
    assert book.manifest.tables["contracts"].set_aside == bad
    assert _mrr(book) == 5 * good


@pytest.mark.parametrize(
    ("good", "bad", "allowed", "said"),
    [
        (18, 1, None, "contracts: 1 of 19 rows (5.3%) break a claim, allowed are 5.0% (policy allowed_quarantine)"),
        (99, 1, 0, "contracts: 1 of 100 rows (1.0%) break a claim, allowed are 0.0% (policy allowed_quarantine)"),
        (0, 3, 0.99, "contracts: 3 of 3 rows (100.0%) break a claim, allowed are 99.0% (policy allowed_quarantine)"),
    ],
)
def test_a_run_stops_when_more_is_lost(tmp_path: Path, good: int, bad: int, allowed: float | None, said: str) -> None:
    with pytest.raises(DataError) as raised:
        Portfolio.open(_with_bad_contracts(tmp_path, good, bad, allowed), READ_ON)
    first, second = raised.value.problems
    assert first == said
    assert second.startswith(f"contracts: type(mrr): {bad} row")
    assert f"found 'five' in contracts.csv row {good + 2}" in second


def test_every_loss_of_every_table_is_told_at_once(tmp_path: Path) -> None:
    files = {
        "contracts.csv": CONTRACTS.replace(",1000\n", ",$1000\n", 2),
        "surveys.csv": SURVEYS.replace(",9,", ",11,", 1),
        "goals.csv": "goal_id,customer_id,level,set_on\n",
        "users.csv": "user_id,customer_id\nU,00001\n",
    }
    segments = {"a": "id: a\nname: a\nwhere: {plan: gold}\n", "b": "id: b\nname: b\nwhere: {plam: pro}\n"}
    with pytest.raises(DataError) as raised:
        Portfolio.open(export(tmp_path, files, segments=segments), READ_ON)
    said = "\n".join(raised.value.problems)
    for part in (
        "users: no required column 'issued_on'",
        "goals: no rows in goals.csv; leave the table out of source.yaml if there is nothing to read",
        "contracts: 2 of 12 rows (16.7%) break a claim",
        "found '$1000' in contracts.csv row 2, '$1000' in contracts.csv row 3",
        "surveys: scale(score): 1 row; wanted 0 to 10 for nps, 1 to 5 for csat, 1 to 7 for ces, NPS in whole numbers; found",
        "found '11' in surveys.csv row 2",
        "a.yaml:3: segment 'a' matches none of the 12 customers",
        "b.yaml:3: no column 'plam'; did you mean 'plan'?",
    ):
        assert part in said


def test_customers_who_all_break_a_claim(tmp_path: Path) -> None:
    customers = CUSTOMERS.replace("会社", "")
    params = export(tmp_path, {"customers.csv": "\n".join(line.replace(f",{i},", ",,") for i, line in
                                                         zip(["", *IDS], customers.splitlines(), strict=True))},
                    policies={"allowed_quarantine": 1})  # fmt: skip
    with pytest.raises(DataError, match="customers: every row breaks a claim, so nobody is left to report on"):
        Portfolio.open(params, READ_ON)


def test_a_stopped_run_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    params = export(tmp_path)
    kept = Portfolio.open(params, READ_ON).folder
    write(tmp_path / "data/contracts.csv", "contract_id\n")
    with pytest.raises(SourceError):
        Portfolio.open(params, READ_ON)
    assert {one.name for one in (tmp_path / ".cslib/snapshots").iterdir()} == {kept.name, QUERIES}
    assert (kept / "manifest.json").is_file()


def test_check_tells_the_same_without_leaving_anything(tmp_path: Path) -> None:
    params = _with_bad_contracts(tmp_path, 99, 1)
    found = check_params(params, READ_ON)
    assert found.verdict == "usable with losses"
    assert "contracts: 100 rows, 1 set aside (1.00%)" in found.as_text()
    assert "type(mrr): 1 row (1.00%); wanted an amount in the reporting currency" in found.as_text()
    listed = json.loads(json.dumps(found.as_json()))["tables"]["contracts"]["claims"]
    assert listed[0]["samples"] == [{"file": "contracts.csv", "row": 101, "value": "five"}]
    assert not (tmp_path / ".cslib").exists()


def test_a_folder_may_have_odd_signs_in_its_name(tmp_path: Path) -> None:
    book = Portfolio.open(_with_bad_contracts(tmp_path / "it's [2026] *東京*", 99, 1), READ_ON)
    assert _mrr(book) == 495
    assert len(pd.read_parquet(book.folder / "quarantine/contracts.parquet")) == 1


# dirt changes no figure


@pytest.fixture(scope="module")
def demos(tmp_path_factory: pytest.TempPathFactory) -> tuple[Portfolio, Portfolio]:
    """Return the books of the same demo, clean and dirty."""
    books = []
    for dirty in (False, True):
        folder = tmp_path_factory.mktemp("demo")
        write_demo(folder, customers=100, months=5, dirty=dirty)
        books.append(Portfolio.open(folder / "params", READ_ON))
    return books[0], books[1]


def test_the_dirt_of_the_demo_is_set_aside_to_the_row(demos: tuple[Portfolio, Portfolio]) -> None:
    _, dirty = demos
    listed: dict[str, dict[str, int]] = defaultdict(dict)
    for found in json.loads((dirty.folder.parents[2] / "data/dirt.json").read_text("utf-8")):
        listed[found["table"]][found["claim"]] = found["rows"]
    for name, state in dirty.manifest.tables.items():
        counts: dict[str, int] = defaultdict(int)
        for claim in state.claims:
            counts[claim.claim.partition("(")[0]] += claim.rows
        assert counts == listed.get(name, {}), name
        assert state.set_aside == sum(counts.values())
        if state.set_aside:
            assert len(pd.read_parquet(dirty.folder / "quarantine" / f"{name}.parquet")) == state.set_aside
    assert sum(state.set_aside for state in dirty.manifest.tables.values()) > 50


def test_the_figures_are_those_of_the_clean_demo(demos: tuple[Portfolio, Portfolio]) -> None:
    clean, dirty = demos
    month = clean.month(None)
    assert dirty.month(None) == month
    pd.testing.assert_frame_equal(dirty.measure(month, 1, ["total"]), clean.measure(month, 1, ["total"]))
