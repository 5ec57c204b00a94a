"""A report in small, to be thrown away: what a process does for the first time takes many times as long as the second time.

Ibis, Altair, Babel and pandas look up, import and compile what they are asked for first, and remember it; what the warm process
remembers, so does every report that is forked from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import pandas as pd
from ibis import _
from nbformat.v4 import new_code_cell, new_notebook, new_output

from cslib import charts, tables
from cslib.analysis.figures.compare import compared
from cslib.engines import connect
from cslib.facts.month_spine import left_join_columns
from cslib.i18n import Wording
from cslib.kpis import CATALOGUE
from cslib.kpis.kpi import count, total
from cslib.model import BY_NAME
from cslib.periods import Month, months_up_to
from cslib.reports.page import PageContext, render_notebook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibis.expr.types import Table

    from cslib.tables import Output

_KPIS = CATALOGUE.find(["nps", "csat"])
_MONTHS = months_up_to(Month.parse("2026-01"), 3)


def warm_up_reports() -> None:
    """Ask, draw and render once; leaves no connection, and no thread, since none would survive a fork."""
    _ask()
    measured = _measured()
    for language in ("ja", "en"):
        shown = [new_output("display_data", data=one.bundle()) for one in _outputs(measured, Wording(language))]
        notebook = new_notebook(cells=[new_code_cell(outputs=shown)])
        render_notebook(notebook, PageContext(language=language, title="", month=str(_MONTHS[-1])))


def _ask() -> None:
    """Run a query as KPIs run theirs; its result stays with Arrow, which starts threads to hand it to pandas."""
    engine = connect(threads=1)
    asked = {
        name: engine.create_table(name, schema=ibis.schema(BY_NAME[name].types)) for name in ("customers", "surveys")
    }
    _summed(
        left_join_columns(asked["surveys"], asked["customers"].select("customer_id", "plan"), "customer_id")
    ).to_pyarrow()
    engine.disconnect()


def _summed(surveys: Table) -> Table:
    rows = surveys.filter(_.score.between(0, 10)).mutate(age=ibis.literal(0))
    sums = {"n": count(_.kind == "nps"), "part": total(_.score, where=_.score > 0)}
    exact = {name: one.per_row(rows).cast("decimal(38, 12)").sum().cast("float64") for name, one in sums.items()}
    return rows.group_by("plan").aggregate(**exact).order_by(ibis.desc("n"), "plan")


def _measured() -> pd.DataFrame:
    """Return a long table."""
    figures = {"value": 0.5, "part": 10.0, "whole": 20.0, "n": 20, "low": 0.4, "high": 0.6, "target": 0.4}
    said = {"segment": "all", "status": "on_target", "reason": ""}
    rows = [{"kpi": kpi.id, "stage": str(kpi.stage), "month": str(month)} for kpi in _KPIS for month in _MONTHS]
    return pd.DataFrame(rows).assign(**said, **figures)


def _outputs(measured: pd.DataFrame, wording: Wording) -> Iterator[Output]:
    frame = compared(measured, CATALOGUE, _MONTHS[-1], "all", "all")
    yield tables.tiles(frame, _KPIS, wording)
    yield tables.scorecard(frame, _KPIS, wording)
    yield from charts.trends(measured, _KPIS, wording, measured)
    yield charts.breakdown(frame.assign(group="all"), _KPIS[0], wording)
