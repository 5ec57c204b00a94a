"""A column that is absent is no value: whichever it is, each KPI is what it was, or says that it needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pandas as pd
import pytest

from cslib.check import CheckResult
from cslib.check_hints import column_hints
from cslib.facts import Facts
from cslib.i18n import Language, Wording
from cslib.kpis import CATALOGUE
from cslib.kpis.measure import measure, version
from cslib.model import BY_NAME, TABLES
from cslib.periods import months_up_to
from cslib.snapshot import Manifest, TableState
from cslib.tables.scenario_tables import source_table
from tests.books import TODAY, small_book

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cslib.kpis.kpi import Kpi
    from cslib.portfolio import Portfolio

_MONTHS = 2
STATED = {("contracts", "trial"), ("milestones", "required"), ("usage", "events"), ("surveys", "respondent_id"), ("purchases", "purchase_id"), ("contracts", "contract_id"), ("users", "user_id"), ("surveys", "response_id"), ("goals", "goal_id"), ("proposals", "proposal_id"), ("tickets", "ticket_id")}  # fmt: skip
OPTIONAL = [(table.name, column.name) for table in TABLES for column in table.columns if not column.required]
_FIGURES = ["value", "part", "whole", "n", "low", "high"]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Portfolio:
    return small_book(tmp_path_factory.mktemp("absent"))


@pytest.fixture(scope="module")
def whole(book: Portfolio) -> pd.DataFrame:
    return _measured(book, ())


def test_what_absence_means_is_stated_where_the_data_model_states_it() -> None:
    assert {(table.name, column.name) for table in TABLES for column in table.columns if column.absent} == STATED


def test_what_absence_means_is_told_on_the_page_and_by_the_check() -> None:
    for table, column in sorted(STATED):
        for language in get_args(Language):
            assert column in Wording(language).text(f"absent_{table}_{column}", column=column)
    bare = TableState(rows=1, set_aside=0, claims=(), columns=("customer_id", "used_on", "feature"), files=())
    told = CheckResult(tables={"usage": bare}).as_text()
    assert "no column 'events': every row is one event" in told
    manifest = Manifest(read_on=TODAY, first_month="2026-01", last_month="2026-10", tables={"usage": bare}, segments={})
    assert "1行を1回" in str(source_table(manifest, Wording("ja")).html)


def test_every_kpi_names_columns_that_are_optional_and_tables_else() -> None:
    for kpi in CATALOGUE:
        for need in kpi.needs:
            table, _, column = need.partition(".")
            # days of use may be untold though the column is there: usage rolled up to months
            assert not column or (table, column) in OPTIONAL or need == "usage.used_on"


def _lives_on(kpi: Kpi, column: tuple[str, str], manifest: Manifest) -> bool:
    return ".".join(column) in version(kpi, manifest).needs


def _batches(manifest: Manifest) -> Iterator[tuple[tuple[str, str], ...]]:
    """Return columns to take away together, so that each is once away while every KPI that does not name it has a value."""
    wanted = {
        column: {kpi.id for kpi in CATALOGUE if not _lives_on(kpi, column, manifest)}
        for column in OPTIONAL
        if column not in STATED
    }
    while any(wanted.values()):
        batch: list[tuple[str, str]] = []
        seen = {kpi.id for kpi in CATALOGUE}
        for column in sorted(wanted, key=lambda each: -len(wanted[each])):
            left = seen - {kpi.id for kpi in CATALOGUE if _lives_on(kpi, column, manifest)}
            # a column joins where its own KPIs hide little of what the others are taken away for
            if (
                wanted[column]
                and all(wanted[other] & left or not wanted[other] for other in batch)
                and wanted[column] & left
            ):
                batch.append(column)
                seen = left
        for column in batch:
            wanted[column] -= seen
        yield tuple(batch)


def _measured(book: Portfolio, away: tuple[tuple[str, str], ...]) -> pd.DataFrame:
    """Return the figures of the last months where a source lacks these columns."""
    month = book.month(None)
    facts = book.facts(month)
    names = set(facts.tables)
    tables = {}
    for name in names:
        gone = {column: None for table, column in away if table == name}
        rows = facts.tables[name]
        tables[name] = rows.mutate(**{column: rows[column].nullif(rows[column]) for column in gone}) if gone else rows
    states = {
        name: state.model_copy(update={"columns": tuple(c for c in state.columns if (name, c) not in away)})
        for name, state in book.manifest.tables.items()
    }
    manifest = book.manifest.model_copy(update={"tables": states})
    bare = Facts(tables, manifest, facts.policies, facts.members, month)
    return measure(bare, CATALOGUE.kpis, months_up_to(month, _MONTHS))


def test_a_kpi_without_a_column_is_what_it_was_or_names_it(book: Portfolio, whole: pd.DataFrame) -> None:
    changed: list[tuple[object, ...]] = []
    for batch in _batches(book.manifest):
        now = _measured(book, batch)
        names = {f"{table}.{column}" for table, column in batch}
        for before, after in zip(whole.to_dict("records"), now.to_dict("records"), strict=True):
            named = (
                set(after["reason"].removeprefix("needs ").split(", "))
                if after["reason"].startswith("needs")
                else set()
            )
            same = all(before[f] == after[f] or (pd.isna(before[f]) and pd.isna(after[f])) for f in _FIGURES)
            if not named & names and not same:
                changed.append((after["kpi"], after["segment"], after["month"], sorted(names)))
            if named & names and pd.notna(after["value"]):
                changed.append((after["kpi"], "a value in spite of", sorted(named & names)))
    assert not changed


@pytest.mark.parametrize(
    ("table", "column", "silent_before"),
    [
        ("contracts", "ends_on", "customer_churn"),
        ("surveys", "sent_on", "nps_response"),
        ("customers", "reference_permission", "reference_candidates"),
        ("milestones", "completed_on", "onboarding_completion"),
    ],
)
def test_a_column_renamed_in_the_file_is_needed_and_its_new_name_asked_about(
    table: str, column: str, silent_before: str, book: Portfolio, tmp_path: Path
) -> None:
    data = pd.read_csv(_file(book, table), dtype=str, keep_default_na=False)
    renamed = column[:-1]
    source = tmp_path / "renamed.csv"
    data.rename(columns={column: renamed}).to_csv(source, index=False)
    found = small_book(tmp_path, without=_all_but("customers", "contracts", table), moved={table: source})
    rows = found.measure(found.month(None), 1, ("total",))
    (row,) = rows[rows.kpi == silent_before].to_dict("records")
    assert f"{table}.{column}" in row["reason"]
    assert row["status"] == "not_measurable"
    (asked,) = column_hints(CATALOGUE, found.manifest, found.settings.policies)
    assert f"{column}: {renamed}" in asked


def _all_but(*tables: str) -> list[str]:
    return [table.name for table in TABLES if table.name not in tables]


def _file(book: Portfolio, table: str) -> Path:
    return book.settings.source.tables[table][0].origin  # type: ignore[return-value]


def test_contracts_that_are_all_open_are_asked_about_until_a_policy_says_so(book: Portfolio, tmp_path: Path) -> None:
    data = pd.read_csv(_file(book, "contracts"), dtype=str, keep_default_na=False).drop(columns="ends_on")
    source = tmp_path / "open.csv"
    data.to_csv(source, index=False)
    rest = _all_but("customers", "contracts")
    asked = small_book(tmp_path / "asked", without=rest, moved={"contracts": source})
    assert any(
        "all_contracts_open" in sentence
        for sentence in column_hints(CATALOGUE, asked.manifest, asked.settings.policies)
    )
    meant = small_book(tmp_path / "meant", {"all_contracts_open": True}, rest, {"contracts": source})
    assert column_hints(CATALOGUE, meant.manifest, meant.settings.policies) == ()
    table = meant.measure(meant.month(None), 1, ("total",), ("customer_churn", "mrr"))
    churn, mrr = table.value
    assert churn == 0
    paid = data[(data.trial.str.lower() != "true")]
    assert mrr == pytest.approx(pd.to_numeric(paid.mrr).sum())


def test_a_column_without_a_single_value_is_told(book: Portfolio, tmp_path: Path) -> None:
    data = pd.read_csv(_file(book, "tickets"), dtype=str, keep_default_na=False).assign(resolved_at="")
    source = tmp_path / "tickets.csv"
    data.to_csv(source, index=False)
    found = small_book(tmp_path, without=_all_but("customers", "contracts", "tickets"), moved={"tickets": source})
    (told,) = column_hints(CATALOGUE, found.manifest, found.settings.policies)
    assert "tickets" in told
    assert "resolved_at" in told


def test_the_doubts_know_only_names_of_the_model() -> None:
    assert all(BY_NAME[table][column].name == column for table, column in OPTIONAL)
