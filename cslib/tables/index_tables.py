"""The one sheet of the front page: where each segment stands, which targets are missed, what falls due."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from markupsafe import Markup

from cslib.analysis.growth.renewals_ahead import ALL
from cslib.kpis.kpi import Stage, Unit
from cslib.periods import Month
from cslib.tables.lists import plain_table
from cslib.tables.marks import status_mark
from cslib.tables.markup import HtmlCell, HtmlColumn, data_text, html_table
from cslib.tables.output import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cslib.analysis.figures.answer import Goal, Miss, Standing
    from cslib.i18n import Wording
    from cslib.kpis import Catalogue
    from cslib.kpis.kpi import Kpi
    from cslib.tables.lists import Shown

Segments = tuple[tuple[str, str, str], ...]  # id, name, href
_AHEAD = 3  # months: 30, 60 and 90 days, since a report stands at the end of a month
_RED = "red"


def standing_table(
    goals: Mapping[str, Goal],
    stages: Mapping[tuple[str, str], Standing],
    segments: Segments,
    catalogue: Catalogue,
    wording: Wording,
) -> Table:
    """Return a line per segment: its key goal, and of each stage the target that stands worst with its gap."""
    heads = [wording.text("segment"), wording.text("index_goal"), *(wording.stage(stage) for stage in Stage)]
    rows = [
        [
            _linked(name, href),
            _goal_cell(goals.get(id_), catalogue, wording),
            *(_stage_cell(stages.get((id_, stage)), catalogue, wording) for stage in Stage),
        ]
        for id_, name, href in segments
    ]
    title = wording.text("index_standing")
    html = html_table([HtmlColumn(head) for head in heads], rows, title, css="listing sheet")
    return Table("standing", title, wording.text("index_standing_text"), html=html)


def missed_table(missed: Sequence[Miss], segments: Segments, catalogue: Catalogue, wording: Wording) -> Table:
    """Return the missed targets of all segments, the farthest first: value, target, gap, owner, and when it was last reached."""
    links = {id_: _linked(name, href) for id_, name, href in segments}
    title = wording.text("index_missed")
    if not missed:
        return Table("missed", title, wording.text("index_missed_none"))
    heads = [
        ("segment", False),
        ("kpi", False),
        ("value", True),
        ("target", True),
        ("index_gap", True),
        ("owner", False),
        ("index_reached", False),
    ]
    rows = [[links[one.segment], *_miss_cells(one, catalogue, wording)] for one in missed]
    columns = [HtmlColumn(wording.text(key), numeric=numeric) for key, numeric in heads]
    return Table("missed", title, "", html=html_table(columns, rows, title, css="sortable listing"))


def due_table(frame: pd.DataFrame, as_of: Month, wording: Wording) -> Table | None:
    """Return what falls due within 30, 60 and 90 days, of the rows of a segment in `renewals_ahead`; None where it cannot be told."""
    ahead = frame[frame.due_month <= str(as_of + _AHEAD)]
    whole = ahead[ahead.band == ALL].sort_values("due_month")
    if whole.empty or whole.mrr.isna().any():
        return None
    red = ahead[ahead.band == _RED].set_index("due_month").mrr.reindex(whole.due_month)
    lines = pd.DataFrame({
        "until": [
            wording.text("index_within", days=30 * at, day=wording.date(Month.parse(month).last_day))
            for at, month in enumerate(whole.due_month, 1)
        ],
        "terms": whole.terms.cumsum().to_numpy(),
        "mrr": whole.mrr.cumsum().to_numpy(),
        "red": red.cumsum().to_numpy(),
    })  # fmt: skip
    columns: dict[str, Shown] = {
        "until": wording.text("index_until"),
        "terms": (wording.text("index_terms"), Unit.COUNT),
        "mrr": (wording.text("customer_mrr"), Unit.AMOUNT),
    }
    if red.notna().all():
        columns["red"] = (wording.text("index_red"), Unit.AMOUNT)
    return plain_table(lines, wording, wording.text("index_due"), columns, name="due")


def _linked(name: str, href: str) -> HtmlCell:
    return HtmlCell(Markup('<a href="{}"><bdi>{}</bdi></a>').format(href, name), name)


def _goal_cell(goal: Goal | None, catalogue: Catalogue, wording: Wording) -> HtmlCell:
    if goal is None:
        return HtmlCell("–")
    kpi = catalogue.by_id[goal.kpi]
    below = wording.text("index_goal_of", kpi=kpi.name(wording.language), target=wording.value(kpi.unit, goal.target))
    return _cell(wording.value(kpi.unit, goal.value), goal.status, below, wording)


def _stage_cell(one: Standing | None, catalogue: Catalogue, wording: Wording) -> HtmlCell:
    if one is None:
        return HtmlCell("–")
    kpi = catalogue.by_id[one.kpi]
    more = wording.text("index_others", count=one.others) if one.others else ""
    return _cell(wording.change(kpi.unit, one.gap), one.status, kpi.name(wording.language) + more, wording)


def _cell(figure: str, status: str, below: str, wording: Wording) -> HtmlCell:
    return HtmlCell(
        Markup("<b>{}</b> {}<small>{}</small>").format(figure, status_mark(status, wording), below), css=status
    )


def _miss_cells(one: Miss, catalogue: Catalogue, wording: Wording) -> list[HtmlCell]:
    kpi = catalogue.by_id[one.kpi]
    return [
        HtmlCell(kpi.name(wording.language)),
        HtmlCell(wording.value(kpi.unit, one.value), one.value),
        HtmlCell(wording.value(kpi.unit, one.target), one.target),
        HtmlCell(wording.change(kpi.unit, one.gap), -one.distance),
        HtmlCell(data_text(one.owner) if one.owner else "–"),
        HtmlCell(_reached(one, kpi, wording), one.reached),
    ]


def _reached(one: Miss, kpi: Kpi, wording: Wording) -> str:
    if not one.reached:
        return wording.text("index_reached_never", months=one.months) if one.months else "–"
    return wording.text("index_reached_in", month=wording.month(one.reached), value=wording.value(kpi.unit, one.then))
