"""A report in small, to be thrown away: what a process does for the first time takes many times as long as the second time.

Ibis, Altair, Babel and pandas look up, import and compile what they are asked for first, and remember it; what the warm process
remembers, so does every report that is forked from it.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis
from nbformat.v4 import new_code_cell, new_notebook, new_output

from cslib import charts, tables
from cslib.analysis.compare import compared
from cslib.facts import Facts
from cslib.kpis import BY_ID, find
from cslib.kpis.measure import measure
from cslib.kpis.targets import judged
from cslib.model import BY_NAME
from cslib.periods import Month, months_up_to
from cslib.reports.page import PageContext, render_notebook
from cslib.settings import Policies
from cslib.snapshot import Manifest, TableState
from cslib.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from ibis import BaseBackend

    from cslib.tables import Output

_MONTHS = months_up_to(Month.parse("2026-01"), 3)
_ASKED = BY_NAME["surveys"]
_KPIS = find(["nps", "csat"])


def rehearse() -> None:
    """Measure, draw and render once in each language; no thread, no connection and no file is left of it."""
    engine = ibis.duckdb.connect(threads=1)  # others would not survive a fork
    measured, by_plan = _measured(_facts(engine))
    engine.disconnect()
    for language in ("ja", "en"):
        shown = [new_output("display_data", data=one.bundle()) for one in _outputs(measured, by_plan, Wording(language))]
        notebook = new_notebook(cells=[new_code_cell(outputs=shown)])
        render_notebook(notebook, PageContext(language=language, title="", month=str(_MONTHS[-1])))


def _facts(engine: BaseBackend) -> Facts:
    """Return the facts of a book of one customer, who has said nothing."""
    customers, surveys = (
        ibis.schema({column.name: column.kind.type for column in table.columns}) for table in (BY_NAME["customers"], _ASKED)
    )
    present = {
        "customers": engine.create_table("customers", ibis.memtable([{"customer_id": "a", "plan": "b"}], schema=customers)),
        "surveys": engine.create_table("surveys", schema=surveys),
    }
    read = TableState(rows=1, set_aside=0, claims=(), columns=tuple(surveys), files=())
    manifest = Manifest(
        read_on=date(2026, 2, 1), first_month=str(_MONTHS[0]), last_month=str(_MONTHS[-1]), tables={"surveys": read},
        segments={"all": 1},
    )  # fmt: skip
    members = present["customers"].select("customer_id", segment=ibis.literal("all"), everyone=ibis.literal(value=True))
    return Facts(present, manifest, Policies(), members, _MONTHS[-1])


def _measured(facts: Facts) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return two long tables, the second by plan, with figures as if many had answered."""
    figures = {"value": 0.5, "part": 10.0, "whole": 20.0, "n": 20, "low": 0.4, "high": 0.6}
    both = (measure(facts, _KPIS, _MONTHS), measure(facts, _KPIS, _MONTHS[-1:], ("plan",)).assign(plan="b"))
    told, by_plan = (judged(one.assign(**figures), {("all", "nps"): 0.4}, BY_ID, 1) for one in both)
    return told, by_plan


def _outputs(measured: pd.DataFrame, by_plan: pd.DataFrame, wording: Wording) -> Iterator[Output]:
    frame = compared(measured, _MONTHS[-1], "all", "all")
    yield tables.scorecard(frame, _KPIS, wording)
    yield tables.tiles(frame, _KPIS, wording)
    yield from charts.trends(measured, _KPIS, wording, measured)
    yield charts.breakdown(by_plan.rename(columns={"plan": "group"}), _KPIS[0], wording)
