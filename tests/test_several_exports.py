"""Several exports of one table: the newest state of each thing counts, as `latest` says, and events are not counted twice unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cslib.check import check_params
from cslib.errors import DataError, SourceError
from cslib.i18n import Wording
from cslib.model import TABLES
from cslib.periods import Month
from cslib.portfolio import Portfolio
from cslib.tables.scenario_tables import source_table
from tests.exports import READ_ON, export, write
from tests.flaws import GOOD, KEYS, OTHERWISE

if TYPE_CHECKING:
    from pathlib import Path

PEOPLE = [f"{number:03d}" for number in range(100)]
CUSTOMERS = "customer_id,name\n" + "".join(f"{who},社{who}\n" for who in PEOPLE)
HEAD = "contract_id,customer_id,product,starts_on,ends_on,mrr,updated\n"
LEFT = ("007", "042")  # who had left when the second export was made


def _contracts(updated: str, gone: tuple[str, ...] = ()) -> str:
    rows = (f"K{who},{who},core,2025-01-01,{'2026-05-15' if who in gone else ''},1000,{updated}\n" for who in PEOPLE)
    return HEAD + "".join(rows)


FILES = {
    "customers.csv": CUSTOMERS, "contracts.csv": None, "surveys.csv": None,
    "k_2026-9.csv": _contracts("2026/04/30"), "k_2026-10.csv": _contracts("2026/05/31", LEFT),
}  # fmt: skip


def _params(folder: Path, files: dict[str, str | None] = FILES, **contracts: Any) -> Path:
    return export(folder, files, {"contracts": {"from": "../data/k_*.csv", **contracts}})


def _churn(book: Portfolio) -> tuple[float, float]:
    measured = book.measure(Month.parse("2026-05"), 1, ["total"], ["customer_churn"])
    return float(measured.part.iloc[0]), float(measured.whole.iloc[0])


@pytest.mark.parametrize("latest", ["file", "updated"])
def test_of_two_states_the_newer_one_counts(tmp_path: Path, latest: str) -> None:
    """The tenth export comes after the ninth, though its name stands before it in a dictionary."""
    book = Portfolio.open(_params(tmp_path, latest=latest), READ_ON)
    assert _churn(book) == (2, 100)
    state = book.manifest.tables["contracts"]
    assert (state.rows, state.own, state.set_aside) == (200, 100, 0)
    (older,) = state.left_out
    assert (older.why, older.rows, {sample.file for sample in older.samples}) == ("older", 100, {"k_2026-9.csv"})
    assert older.sentence.startswith("100 older states of what newer rows tell left out: k_2026-9.csv row 2")
    assert not (book.folder / "quarantine/contracts.parquet").exists()  # left out by choice, and nothing to mend


def test_the_choice_is_told_in_check_and_on_the_page(tmp_path: Path) -> None:
    params = _params(tmp_path, latest="file")
    assert "100 older states of what newer rows tell left out" in check_params(params, READ_ON).as_text()
    manifest = Portfolio.open(params, READ_ON).manifest
    assert "older states 100" in str(source_table(manifest, Wording("en")).html)
    assert "新しい状態に置き換えた古い行100" in str(source_table(manifest, Wording("ja")).html)


def test_without_the_choice_they_are_refused_whatever_their_share(tmp_path: Path) -> None:
    """To set both aside would take away exactly the customers that changed: churn 0/98."""
    params = export(tmp_path, FILES, {"contracts": {"from": "../data/k_*.csv"}}, policies={"allowed_quarantine": 1})
    write(tmp_path / "data/k_2026-9.csv", _contracts("2026/05/31"))
    with pytest.raises(DataError) as raised:
        Portfolio.open(params, READ_ON)
    (problem,) = [each for each in raised.value.problems if "several files" in each]
    assert problem.startswith(
        "contracts: 2 ids (contract_id) stand in several files, each time otherwise, such as 'K007' in "
    )
    assert (
        "write 'latest: file' under contracts in source.yaml: the newest by name counts, here k_2026-10.csv" in problem
    )
    found = check_params(params, READ_ON)
    assert not found.usable
    assert problem in found.problems["data"]


# of every table, what the model says tells one thing from another
STATES = {name: [key] for name, key in KEYS.items() if key} | {
    "milestones": ["customer_id", "milestone"], "programmes": ["customer_id", "programme", "started_on"],
    "assignments": ["customer_id", "kind", "value", "started_on"], "reference_requests": ["customer_id", "asked_on", "kind"],
}  # fmt: skip
CHANGED = {
    **OTHERWISE,
    "milestones": {"completed_on": ""},
    "programmes": {"ended_on": ""},
    "assignments": {"ended_on": ""},
    "reference_requests": {"answer": ""},
}


def test_every_table_holds_states_or_events() -> None:
    assert {table.name: list(table.identity) for table in TABLES if table.identity} == STATES
    assert {table.name for table in TABLES if not table.identity} == {"usage", "voices", "touches", "costs"}


def _two(folder: Path, latest: str | None) -> Path:
    """Return params with two exports of every such table, of which the second tells the one thing in it otherwise."""
    files: dict[str, str | None] = {"customers.csv": None, "contracts.csv": None, "surveys.csv": None}
    for name in STATES:
        key = KEYS[name]
        row = {**GOOD[name], key: "C1" if name == "customers" else "0"} if key else GOOD[name]
        files |= {f"{name}_1.csv": _csv(row), f"{name}_2.csv": _csv({**row, **CHANGED[name]})}
    said = {"latest": latest} if latest else {}
    return export(folder, files, {name: {"from": f"../data/{name}_*.csv", **said} for name in STATES})


def _csv(row: dict[str, str]) -> str:
    return f"{','.join(row)}\n{','.join(row.values())}\n"


def test_of_every_table_of_states_the_newest_file_counts(tmp_path: Path) -> None:
    book = Portfolio.open(_two(tmp_path, "file"), READ_ON)
    for name in STATES:
        (row,) = book.tables()[name].to_pyarrow().to_pylist()
        for column, value in CHANGED[name].items():
            assert str(row[column] or "").startswith(value), (name, column)
            assert row[column] is not None or not value
        assert [(each.why, each.rows) for each in book.manifest.tables[name].left_out] == [("older", 1)], name


def test_of_every_table_of_states_two_are_refused_without_a_choice(tmp_path: Path) -> None:
    with pytest.raises(DataError) as raised:
        Portfolio.open(_two(tmp_path, None), READ_ON)
    for name in STATES:
        (told,) = [each for each in raised.value.problems if each.startswith(f"{name}: ") and "several files" in each]
        assert f"write 'latest: file' under {name} in source.yaml" in told


def test_a_thing_that_only_the_older_file_holds_stays(tmp_path: Path) -> None:
    files = {**FILES, "k_2026-10.csv": HEAD + "K007,007,core,2025-01-01,2026-05-15,1000,2026/05/31\n"}
    book = Portfolio.open(_params(tmp_path, files, latest="file"), READ_ON)
    assert _churn(book) == (1, 100)


def test_within_one_file_the_same_id_twice_stays_a_duplicate(tmp_path: Path) -> None:
    twice = "K007,007,core,2025-01-01,,1,2026/05/31\n"
    files = {**FILES, "k_2026-10.csv": _contracts("2026/05/31") + twice}
    book = Portfolio.open(_params(tmp_path, files, latest="file"), READ_ON)
    (claim,) = book.manifest.tables["contracts"].claims
    assert (claim.claim, claim.rows) == ("duplicate_id(contract_id)", 2)


def test_a_column_tells_the_newest_state_within_a_file_too(tmp_path: Path) -> None:
    rows = "K1,001,core,2025-01-01,,1000,9\nK1,001,core,2025-01-01,,2000,10\nK1,001,core,2025-01-01,,3000,\n"
    files = {**FILES, "k_2026-9.csv": HEAD + rows, "k_2026-10.csv": None}
    book = Portfolio.open(_params(tmp_path, files, latest="updated"), READ_ON)
    assert book.tables()["contracts"].mrr.to_pyarrow().to_pylist() == [2000]  # 10 comes after 9


def test_a_query_without_rows_has_no_newest_state(tmp_path: Path) -> None:
    query = {
        "sql": "select 'K1' as contract_id, '001' as customer_id, 'core' as product, '2025-01-01' as starts_on, 1 as mrr, 9 as updated where false"
    }
    params = export(tmp_path, FILES, {"contracts": {"from": query, "latest": "updated"}})
    assert check_params(params, READ_ON).tables["contracts"].rows == 0


WRONG = [
    ("contracts", "updatd", r"contracts\.latest: no column 'updatd'; did you mean 'updated'\?"),
    (
        "contracts",
        "product",
        r"contracts\.latest: wanted a column of days like 2026-10-31 or of numbers; 'product' holds",
    ),
    ("touches", "file", r"touches\.latest: touches holds events, of which none replaces another; leave it out"),
]


@pytest.mark.parametrize(("name", "latest", "message"), WRONG)
def test_a_choice_that_cannot_be_made_is_told(tmp_path: Path, name: str, latest: str, message: str) -> None:
    files = {**FILES, "touches.csv": "customer_id,kind,occurred_on\n001,call,2026-05-01\n"}
    tables: dict[str, Any] = {
        "contracts": {"from": "../data/k_*.csv", "latest": "file"},
        "touches": {"from": "../data/touches.csv"},
    }
    params = export(tmp_path, files, {**tables, name: {**tables[name], "latest": latest}})
    with pytest.raises(SourceError, match=rf"source\.yaml:\d+: {message}"):
        Portfolio.open(params, READ_ON)


# events

EVENTS = {
    "touches": ("customer_id,kind,occurred_on", "{who},call,{day}"),
    "voices": ("customer_id,channel,posted_on", "{who},review,{day}"),
    "usage": ("customer_id,feature,used_on", "{who},search,{day}"),
    "purchases": ("customer_id,amount,purchased_on", "{who},10,{day}"),
    "costs": ("month,kind,amount", "{month},cs,{who}"),
}


def _events(name: str, days: range, people: list[str]) -> str:
    head, row = EVENTS[name]
    told = (
        row.format(who=who, day=f"2026-05-{day:02d}", month=f"2026-{day - 20:02d}") for day in days for who in people
    )
    return "\n".join([head, *told]) + "\n"


@pytest.mark.parametrize("second", [range(24, 26), range(23, 26), range(21, 24)])
def test_events_that_stand_in_two_exports_are_told(tmp_path: Path, second: range) -> None:
    first, people = range(21, 24), PEOPLE[:5]  # days; costs take them for months
    files = {**FILES}
    for name in EVENTS:
        files |= {f"{name}_1.csv": _events(name, first, people), f"{name}_2.csv": _events(name, second, people)}
    tables = {name: {"from": f"../data/{name}_*.csv"} for name in EVENTS}
    params = export(tmp_path, files, {"contracts": {"from": "../data/k_2026-9.csv"}, **tables})
    shared = len(set(first) & set(second)) * len(people)
    manifest, found = Portfolio.open(params, READ_ON).manifest, check_params(params, READ_ON).as_text()
    losses, page = "\n".join(manifest.losses), str(source_table(manifest, Wording("en")).csv)
    for name in EVENTS:
        notes = [(note.kind, note.rows, note.said["files"]) for note in manifest.tables[name].notes]
        assert notes == [("overlap", shared, f"{name}_1.csv, {name}_2.csv")] * bool(shared), name
        told = f"{shared} rows stand in {name}_1.csv, {name}_2.csv alike"
        assert [told in found, f"{name}: {told}" in losses] == [bool(shared)] * 2, name
    assert page.count(f"{shared} rows stand in several files alike") == len(EVENTS) * bool(shared)


def test_two_teams_may_do_the_same_on_a_day(tmp_path: Path) -> None:
    files = {
        **FILES,
        "e1.csv": _events("touches", range(1, 11), PEOPLE[:5]),
        "e2.csv": _events("touches", range(1, 11), PEOPLE[4:9]),
    }
    params = export(
        tmp_path, files, {"contracts": {"from": "../data/k_2026-9.csv"}, "touches": {"from": "../data/e*.csv"}}
    )
    assert Portfolio.open(params, READ_ON).manifest.tables["touches"].notes == ()
