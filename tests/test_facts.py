"""The facts as whoever explores them in a notebook finds them: by name, by tab, and by a name that is nearly right."""

from __future__ import annotations

import copy

import pytest
from ibis.expr.types import Table

from cslib.errors import UnknownName
from cslib.facts import Facts
from cslib.periods import Month
from tests.bare_venv import ROOT
from tests.fact_listing import facts_of_nobody, listing
from tests.ledger import Ledger

FEBRUARY = Month.parse("2024-02")


@pytest.fixture(scope="module")
def facts() -> Facts:
    """Return the facts of a book of nobody."""
    return Ledger({"customers": []}).facts(FEBRUARY)


def test_every_table_is_declared_and_completes_by_tab(facts: Facts) -> None:
    assert sorted(Facts.__annotations__) == list(facts.names)
    assert all(name in repr(facts) for name in facts.names)
    assert {*facts.names, "tables", "names", "months", "missing"} <= {*dir(facts)}


def test_the_documentation_lists_every_table_and_column_as_it_is() -> None:
    """`make docs` writes it."""
    assert (ROOT / "docs" / "facts.md").read_text("utf-8") == listing(facts_of_nobody())


def test_a_table_is_an_attribute_and_an_item(facts: Facts) -> None:
    for name in facts.names:
        assert isinstance(getattr(facts, name), Table)
        assert getattr(facts, name) is facts[name]


def test_a_misspelt_attribute_names_the_nearest(facts: Facts) -> None:
    # a type checker refuses it as well, else the word to it would be one too many
    with pytest.raises(
        AttributeError, match=r"^no fact table or attribute 'customer_month'; did you mean 'customer_months'\?$"
    ):
        _ = facts.customer_month  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match=r"^no fact table or attribute 'polcies'; did you mean 'policies'\?$"):
        _ = facts.polcies  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match=r"^no fact table or attribute 'zzz'$"):
        _ = facts.zzz  # type: ignore[attr-defined]
    with pytest.raises(UnknownName, match=r"no fact table 'customer_month'; did you mean 'customer_months'\?"):
        _ = facts["customer_month"]


def test_what_asks_for_an_attribute_that_is_not_there_is_answered(facts: Facts) -> None:
    """Notebooks ask each object how it is shown, and what copies asks half-made ones."""
    assert not hasattr(facts, "_repr_html_")
    assert getattr(facts, "nothing", None) is None
    assert copy.copy(facts).names == facts.names
    assert not hasattr(Facts.__new__(Facts), "tables")


def test_an_error_inside_of_a_property_is_told_as_it_is() -> None:
    facts = Ledger({"customers": []}).facts(FEBRUARY)
    facts.members = object()
    with pytest.raises(AttributeError, match="'object' object has no attribute 'select'"):
        _ = facts.segments
