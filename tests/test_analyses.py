"""What every analysis keeps, over all that there are: its form, that it knows nothing later, that it says what it lacks."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from cslib.analysis.analyses import ANALYSES, analyse, named_in
from cslib.cli import app
from cslib.periods import Month
from tests.ledger import Ledger, inquiry_of
from tests.test_as_of import _demo_facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cslib.analysis.inquiry import Inquiry
    from cslib.portfolio import Portfolio

END, LATER = Month.parse("2026-03"), Month.parse("2026-10")
JUNE = Month.parse("2025-06")
LIBRARY = Path(__file__).parents[1] / "cslib"
EACH = pytest.mark.parametrize("name", ANALYSES)
ONE = Ledger(
    {
        "customers": [{"customer_id": "a", "plan": "large"}],
        "contracts": [{"customer_id": "a", "product": "core", "starts_on": date(2024, 1, 1), "mrr": 10}],
    }
)
LEFT = ONE.with_rows(
    customers=[{"customer_id": "a", "plan": "large", "touch_model": "high", "csm": "sato"}],
    contracts=[{**ONE.rows["contracts"][0], "ends_on": date(2025, 1, 31)}],
    touches=[{"customer_id": "a", "occurred_on": date(2024, 6, 1), "kind": "call"}],
)
ACTION: dict[str, Any] = {
    "id": "calls", "name": "x", "kpi": "nps", "owner": "CSM", "started_on": date(2025, 6, 2), "expected": {"change": 0.1, "by": "2026-06"},
    "review_on": date(2026, 4, 1),
}  # fmt: skip
ACTIONS = (ACTION, {**ACTION, "id": "training", "kpi": "adoption"})
# what was done and decided since
DECIDED = tuple(
    {**one, "done": [{"on": date(2026, 4, 2), "note": "y"}], "decision": {"on": date(2026, 5, 1), "what": "stop", "why": "z"}}
    for one in ACTIONS
)  # fmt: skip


@pytest.fixture(scope="module")
def then_and_later(demo_book: Portfolio) -> tuple[Inquiry, Inquiry]:
    """Return the question of all customers of the demo as of a month, of what was known by then and of what is told later."""
    known = inquiry_of(_demo_facts(demo_book, END, END), END, "total", actions=ACTIONS)
    return known, inquiry_of(_demo_facts(demo_book, LATER, since=END), END, "total", actions=DECIDED)


@EACH
def test_what_is_told_later_changes_nothing(name: str, then_and_later: tuple[Inquiry, Inquiry]) -> None:
    then, later = (analyse(name, one) for one in then_and_later)
    assert len(then) > 1
    assert then.iloc[:, 3:].notna().any().sum() > 1  # it tells something
    pd.testing.assert_frame_equal(then, later)


@EACH
@pytest.mark.parametrize(
    "book", [ONE, ONE.without("contracts"), LEFT], ids=["one customer", "no contracts", "all have left"]
)
def test_every_segment_has_rows_whatever_the_book_lacks(name: str, book: Ledger) -> None:
    table = analyse(name, book.inquiry(JUNE))
    assert [*table.columns[:2]] == ["segment", "month"]
    assert [*dict.fromkeys(table.segment)] == ["large", "total"]
    assert set(table.month) == {str(JUNE)}
    assert "verdict" not in table or [*table.columns[-2:]] == ["verdict", "reason"]
    assert "reason" not in table or table.reason.notna().all()


@EACH
def test_the_command_names_it(name: str) -> None:
    said = " ".join(CliRunner().invoke(app, ["analyse", "--help"], env={"COLUMNS": "300"}).output.split())
    assert re.search(rf"\b{name}\b", said)


@EACH
def test_it_is_asked_for_by_its_name_alone(name: str) -> None:
    assert name in named_in([f"shown = s.{name}()"])
    assert named_in([f"s.analysis('{name}').head()"]) == (name,)
    assert named_in([f"s.{name}s()"]) == ()


def _shown_by_methods() -> Iterator[tuple[str, set[str]]]:
    """Yield each method of what a notebook opens, with the analyses that its code asks for."""
    for file in [*sorted(LIBRARY.glob("*_view.py")), LIBRARY / "scenario.py"]:
        for method in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(method, ast.FunctionDef):
                calls = re.findall(r"\.analysis\(['\"](\w+)['\"]\)", ast.unparse(method))
                yield method.name, {*calls}


def test_a_notebook_that_calls_a_method_alone_is_prepared_for_what_it_shows() -> None:
    found = dict(_shown_by_methods())
    assert found.pop("_on_any_list") == {*named_in(["s.customers()"])} == {*named_in(["s.customers( )"])}
    assert named_in(['s.customers("nps")']) == ()
    for method, asked in found.items():
        assert asked <= {*named_in([f"s.{method}(1)"])}, method
