"""The data model as it is printed: each table and column of the live model, each live claim, and what it unlocks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from cslib.cli import app
from cslib.kpis import CATALOGUE
from cslib.model import BY_NAME, TABLES
from cslib.model_listing import model_markdown, model_text
from cslib.validation.remedies import _WAYS

if TYPE_CHECKING:
    from cslib.kpis import Kpi
    from cslib.model import CanonicalColumn, CanonicalTable

COLUMNS = [
    pytest.param(table, column, id=f"{table.name}.{column.name}") for table in TABLES for column in table.columns
]


@pytest.fixture(scope="module")
def sections() -> dict[str, str]:
    """Return the text of each table's section, by its heading."""
    parts = re.split(r"^## (.*)\n", model_markdown(CATALOGUE.kpis), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _rows(section: str, grid: int = 0) -> dict[str, list[str]]:
    """Return the cells of each row of a grid of a section, by the first, as they stand there."""
    grids = re.findall(r"^\|.*\n\| ---.*\n((?:\|.*\n?)*)", section, re.MULTILINE)
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in grids[grid].splitlines()]
    return {row[0]: row[1:] for row in rows}


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_a_column_says_what_it_means_in_a_short_phrase(table: CanonicalTable, column: CanonicalColumn) -> None:
    assert re.fullmatch(r"[a-zA-Z][\x20-\x7e]{4,69}", column.meaning), table.name
    assert not re.search(r"[|`]|\.$", column.meaning), "it stands in a grid, and is no sentence"


def test_every_table_and_column_is_told(sections: dict[str, str]) -> None:
    assert [name for name in sections if name in BY_NAME] == list(BY_NAME)
    for table in TABLES:
        assert f"A row is {table.grain}." in sections[table.name]
        names = [f"**`{column.name}`**" if column.required else f"`{column.name}`" for column in table.columns]
        told = _rows(sections[table.name])
        assert list(told) == names
        assert [cells[:2] for cells in told.values()] == [[column.kind, column.meaning] for column in table.columns]


def test_every_claim_by_which_a_row_can_be_set_aside_is_told(sections: dict[str, str]) -> None:
    """Each of them has a way out, so that `_WAYS` names them all."""
    assert {name.strip("`") for name in _rows(sections["Claims"])} == set(_WAYS)
    told = " ".join(cells[3] for name in BY_NAME for cells in _rows(sections[name]).values())
    assert set(re.findall(r"`(\w+)`", told)) == set(_WAYS)


@pytest.mark.parametrize(
    ("table", "column", "allowed", "claims"),
    [
        ("surveys", "score", "0 to 10 for nps, 1 to 5 for csat, 1 to 7 for ces, NPS in whole numbers", "scale type"),
        ("surveys", "responded_on", "no day before sent_on", "future order type"),
        ("contracts", "ends_on", "no day before starts_on", "order type"),  # which may lie ahead
        ("voices", "rating", "1 to 5", "scale type"),
        ("customers", "touch_model", "one of high, low, tech", "enumeration"),
        ("customers", "**customer_id**", "", "duplicate_id null_id"),
        ("users", "**customer_id**", "", "null_id orphan"),
        ("purchases", "**amount**", "0 or more", "negative required type"),
    ],
)
def test_claims_are_those_of_the_data_model(
    sections: dict[str, str], table: str, column: str, allowed: str, claims: str
) -> None:
    name = re.sub(r"(\w+)", r"`\1`", column)
    assert _rows(sections[table])[name][2:4] == [allowed, ", ".join(f"`{one}`" for one in claims.split())]


def test_a_date_in_the_future_is_told_without_any_day(sections: dict[str, str]) -> None:
    assert _rows(sections["Claims"])["`future`"] == ["no day after the day on which the source was read"]
    assert "9999" not in model_markdown(CATALOGUE.kpis)


@pytest.mark.parametrize("kpi", CATALOGUE, ids=lambda kpi: kpi.id)
def test_a_kpi_stands_with_every_table_that_it_needs(sections: dict[str, str], kpi: Kpi) -> None:
    for one in filter(None, (kpi, kpi.otherwise)):
        for name in {need.partition(".")[0] for need in one.needs}:
            assert f"`{kpi.id}`" in sections[name], name


def test_what_a_table_unlocks_is_told_by_what_it_wants_beside_it(sections: dict[str, str]) -> None:
    goals = sections["goals"]
    alone = "`goal_attainment`, `department_attainment`, `individual_attainment`, `confirmed_outcomes`"
    assert f"- alone: {alone}\n" in goals
    assert "- with `contracts`, `surveys`, `customers.reference_permission`: `reference_candidates`\n" in goals
    assert "- in place of `contracts`: `ltv`\n" in sections["purchases"]
    assert "- in place of `costs`: `cost_to_serve`\n" in sections["touches"]
    assert "No KPI wants it." in sections["programmes"]


@pytest.mark.parametrize(
    ("table", "column", "then"),
    [
        ("contracts", "`ends_on`", "not measurable: every KPI above"),
        ("contracts", "`seats`", "not measurable: `account_issuance`, `seat_utilisation`"),
        ("contracts", "`trial`", "no contract is a trial"),
        ("surveys", "`sent_on`", "not measurable: `nps_response`"),
        ("touches", "`minutes`", "not measurable in place of `costs`: `cost_to_serve`"),
        ("touches", "`csm`, `initiated_by`, `purpose`", "no KPI wants it"),
    ],
)
def test_what_the_lack_of_a_column_comes_to_is_told(
    sections: dict[str, str], table: str, column: str, then: str
) -> None:
    assert _rows(sections[table], grid=1)[column] == [then]


def test_what_outsiders_see_is_told_of_each_column(sections: dict[str, str]) -> None:
    told = {name: cells[-1] for name, cells in _rows(sections["customers"]).items()}
    assert told["**`customer_id`**"] == "a pseudonym, C-…"
    assert told["**`name`**"] == "the customer's pseudonym"
    assert told["`employees`"] == "nothing"
    assert told["`acquisition_cost`"] == "as it is"


def test_the_tables_are_printed() -> None:
    printed = CliRunner().invoke(app, ["tables"]).output
    assert printed == model_text() + "\n"
    assert "contracts: one term of one product for a customer" in printed
    assert "\n  mrr  amount, required: the recurring amount per month\n" in printed
