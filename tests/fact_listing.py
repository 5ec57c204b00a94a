"""The fact tables with their columns, as docs/facts.md lists them: `python -m tests.fact_listing > docs/facts.md`."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from typing import TYPE_CHECKING

import cslib.facts
from cslib.periods import Month
from tests.ledger import Ledger

if TYPE_CHECKING:
    from cslib.facts import Facts

_HEAD = """\
# The fact tables

What `s.facts` holds of a segment's customers, as of the close of the report's month. In a notebook `s.facts.customer_months` is an Ibis
table (`.schema()` says its columns, and completion by tab knows the names), `s.frame("customer_months")` a pandas frame of it. A month has a number,
`month_no`: year × 12 + month − 1, so that windows are plain subtraction. Written by `make docs`, and held to the code by a test.
"""
_ELSEWHERE = {  # put together of several
    "customer_months": "A row per customer and month from its first contract on: MRR at both closes, the movement between them, and its state at the close.",
    "usage_months": "A row per customer and month of use, from the table of usage.",
}


def facts_of_nobody() -> Facts:
    """Return the facts of a book without customers: every table, and no row."""
    return Ledger({"customers": []}).facts(Month.parse("2024-02"))


def listing(facts: Facts) -> str:
    """Return each table with what it holds, and its columns with their types."""
    told = _docs()
    kinds = {name: dict(facts[name].schema().items()) for name in facts.names}
    everywhere = set.intersection(*(set(columns) for columns in kinds.values())) - {"customer_id"}
    parts = [
        f"{_HEAD}\nEvery table also has the policies in force as columns: {', '.join(f'`{one}`' for one in sorted(everywhere))}.\n"
    ]
    for name, columns in kinds.items():
        rows = "".join(f"| `{column}` | {kind} |\n" for column, kind in columns.items() if column not in everywhere)
        parts.append(f"## {name}\n{told[name]}\n\n| column | type |\n|---|---|\n{rows}")
    return "\n".join(parts)


def _docs() -> dict[str, str]:
    """Return the first paragraph of what the makers of the tables say, by the name of the table."""
    found = dict(_ELSEWHERE)
    for module in pkgutil.iter_modules(cslib.facts.__path__, "cslib.facts."):
        for name, made in inspect.getmembers(importlib.import_module(module.name), inspect.isfunction):
            said = (inspect.getdoc(made) or "").partition("\n\n")[0].replace("\n", " ").removeprefix("Return ")
            found.setdefault(name, said[:1].upper() + said[1:])
    return found


if __name__ == "__main__":
    sys.stdout.write(listing(facts_of_nobody()))
