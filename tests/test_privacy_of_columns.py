"""What outsiders see of a column is said by the column: each is looked at, and so is one that a team adds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from cslib.model import BY_NAME, TABLES, CanonicalColumn, CanonicalTable, Kind, Privacy
from cslib.model.tables import text_column
from cslib.portfolio import Portfolio
from cslib.scenario import Scenario
from tests.exports import IDS, READ_ON, export

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

EVERY = [pytest.param(table, column, id=f"{table.name}.{column.name}") for table in TABLES for column in table.columns]
PLAIN = {  # what is no text, written so that it breaks no claim
    Kind.DATE: "2026-03-01", Kind.TIMESTAMP: "2026-03-01 10:00:00", Kind.MONTH: "2026-03", Kind.INTEGER: "7",
    Kind.NUMBER: "1", Kind.AMOUNT: "1000", Kind.BOOLEAN: "false",
}  # fmt: skip
EXTERNAL = {"audience": "external"}
WORD = "geheim"
OWN_WORDS = {("costs", "segment")}  # the texts that are public: segments bear the team's names, which are published


@pytest.mark.parametrize(("table", "column"), EVERY)
def test_no_text_is_public_unless_the_data_model_lists_its_words(
    table: CanonicalTable, column: CanonicalColumn
) -> None:
    if column.kind is Kind.TEXT and not column.one_of:
        assert (column.privacy is Privacy.PUBLIC) == ((table.name, column.name) in OWN_WORDS)
    else:  # pseudonyms are of texts
        assert column.privacy in {Privacy.PUBLIC, Privacy.GROUP if column.one_of else Privacy.WITHHELD}


@pytest.mark.parametrize("kind", Kind)
def test_a_column_that_does_not_say_it_is_withheld(kind: Kind) -> None:
    assert CanonicalColumn(name="new", meaning="", kind=kind).privacy is Privacy.WITHHELD
    assert text_column("new", "").privacy is Privacy.WITHHELD


def _value(table: CanonicalTable, column: CanonicalColumn, customer: str) -> str:
    if column.name == "customer_id":
        return customer
    if column.name == "currency":
        return "JPY"  # any other is refused
    if column.kind is Kind.TEXT:
        return column.one_of[0] if column.one_of else f"{WORD}-{table.name}-{column.name}-{customer}"
    return PLAIN[column.kind]


def _book_of_words() -> dict[str, str]:
    """Return files with all tables and columns of the model, a row for each customer, with a text that nobody else has."""
    files = {}
    for table in TABLES:
        rows = [[_value(table, column, customer) for column in table.columns] for customer in IDS]
        files[f"{table.name}.csv"] = "\n".join(map(",".join, [[*table.names], *rows])) + "\n"
    return files


def _texts(book: Portfolio) -> set[tuple[str, str, str]]:
    """Return each text that a report can be handed, by table and column: of the whole book, and of a segment's part."""
    found = set()
    for file in book.folder.rglob("*.parquet"):
        for column, values in pq.read_table(file).to_pydict().items():
            found |= {(file.stem, column, value) for value in values if isinstance(value, str)}
    return found


def _opened(folder: Path, files: Mapping[str, str], **policies: object) -> Portfolio:
    return Portfolio.open(
        export(folder, files, report=EXTERNAL, policies={"allowed_quarantine": 0, **policies}), READ_ON
    )


def test_of_a_text_that_is_one_customer_s_own_outsiders_see_nothing(tmp_path: Path) -> None:
    book = _opened(tmp_path, _book_of_words())
    found = _texts(book)
    assert {name for name, _, _ in found} >= set(BY_NAME) - {"usage"}  # which is summed up
    assert {(name, column) for name, column, text in found if WORD in text} == OWN_WORDS
    withheld = {(table.name, name) for table in TABLES for name, one in table.privacy.items() if one == "withheld"}
    assert len(withheld) >= 8
    for name, column in withheld:
        assert book.tables()[name][column].to_pyarrow().null_count == len(IDS), column


@pytest.fixture
def added(request: pytest.FixtureRequest) -> Iterator[CanonicalTable]:
    """Add columns to a table of the model, as somebody does who extends it, and take them away again."""
    name, *columns = request.param
    table, before = BY_NAME[name], BY_NAME[name].columns
    object.__setattr__(table, "columns", (*before, *columns))  # frozen: but for whoever writes into model.py
    yield table
    object.__setattr__(table, "columns", before)


UNSAID = (text_column("contact_email", ""), CanonicalColumn(name="contact_number", meaning="", kind=Kind.INTEGER))
SAID = tuple(text_column(f"contact_{one}", "", privacy=one) for one in Privacy)


@pytest.mark.parametrize("added", [("customers", *UNSAID, *SAID), ("tickets", *UNSAID, *SAID)], indirect=True)
def test_a_column_added_to_the_model_is_not_published_unless_it_says_so(added: CanonicalTable, tmp_path: Path) -> None:
    book = _opened(tmp_path, _book_of_words())
    clear = {(name, column) for name, column, text in _texts(book) if WORD in text}
    assert clear == {*OWN_WORDS, (added.name, "contact_public")}
    scenario = Scenario.open(tmp_path / "params", "total", "2026-05", "en")
    held = scenario.facts.tables[added.name].to_pyarrow().to_pydict()
    for column in (*(one.name for one in UNSAID), "contact_withheld"):
        assert held[column] == [None] * len(IDS), column
    assert set(held["contact_name"]) == set(held["customer_id"])


@pytest.mark.parametrize("added", [("customers", text_column("tier", "", privacy=Privacy.GROUP))], indirect=True)
def test_a_group_added_to_the_model_is_shown_where_many_share_it(added: CanonicalTable, tmp_path: Path) -> None:
    rows = [f"{one},{one},{'gold' if one <= IDS[5] else 'iron'}" for one in IDS]
    files = {"customers.csv": "\n".join(["customer_id,name,tier", *rows]) + "\n"}
    shown = _opened(tmp_path, files).tables()[added.name].tier.to_pyarrow().to_pylist()
    assert sorted(shown) == ["gold"] * 6 + ["iron"] * 6


@pytest.mark.parametrize("added", [("contracts", text_column("plan", "", privacy=Privacy.GROUP))], indirect=True)
def test_a_group_that_is_called_as_one_of_customers_is_hidden_where_it_stands(
    added: CanonicalTable, tmp_path: Path
) -> None:
    rows = [f"K{one},{one},core,2026-01-01,1000,{WORD}{one}" for one in IDS]
    files = {"contracts.csv": "\n".join(["contract_id,customer_id,product,starts_on,mrr,plan", *rows]) + "\n"}
    shown = _opened(tmp_path, files).tables()[added.name].plan.to_pyarrow().to_pylist()
    assert len(shown) == len(IDS)
    assert all(one.startswith("W-") for one in shown)


# columns beyond the model, which are gone


def test_a_further_column_takes_no_word_from_a_column_of_the_model(tmp_path: Path) -> None:
    # the contract of one customer is of a kind that is a word of the touches, too
    contracts = "contract_id,customer_id,product,starts_on,mrr,kind\n"
    contracts += "".join(f"K{one},{one},core,2026-01-01,1000,{'email' if one == IDS[0] else ''}\n" for one in IDS)
    touches = "customer_id,kind,occurred_on\n" + "".join(f"{one},email,2026-02-01\n" for one in IDS)
    book = _opened(tmp_path, {"contracts.csv": contracts, "touches.csv": touches})
    assert book.tables()["touches"].kind.to_pyarrow().to_pylist() == ["email"] * len(IDS)
    assert "kind" not in book.tables()["contracts"].columns


def test_a_person_s_name_in_a_further_column_stands_in_no_other_text(tmp_path: Path) -> None:
    users = "user_id,customer_id,issued_on,name\n" + "".join(f"U{one},{one},2026-01-01,山田太郎\n" for one in IDS)
    steps = "customer_id,milestone,completed_on\n" + "".join(f"{one},山田太郎さんの講習,2026-02-01\n" for one in IDS)
    book = _opened(tmp_path, {"users.csv": users, "milestones.csv": steps})
    assert "name" not in book.tables()["users"].columns
    (word,) = set(book.tables()["milestones"].milestone.to_pyarrow().to_pylist())
    assert word.startswith("W-")


def test_a_moment_is_shown_as_its_day_is() -> None:
    surveys = BY_NAME["surveys"]
    assert surveys.privacy["responded_moment"] is surveys["responded_on"].privacy is Privacy.PUBLIC
    hidden = replace(surveys, columns=(replace(surveys["responded_on"], privacy=Privacy.WITHHELD),))
    assert hidden.privacy["responded_moment"] is Privacy.WITHHELD
