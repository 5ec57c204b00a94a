"""KPIs at a glance: the scorecard, a line per KPI, and the tiles, a big number each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from cslib.errors import UnknownName
from cslib.i18n.numbers import number
from cslib.tables.marks import SHAPES, change_mark, history_mark, status_mark, value_mark
from cslib.tables.markup import HtmlCell, HtmlColumn, data_text, html_table
from cslib.tables.output import Table, csv_text, records
from cslib.tables.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd

    from cslib.i18n import Wording
    from cslib.kpis.kpi import Kpi

Row = dict[str, Any]

_IN_SIGHT = 5  # tiles of a summary that are not folded


def scorecard(
    frame: pd.DataFrame, kpis: Iterable[Kpi], wording: Wording, title: str = "", name: str = "scorecard"
) -> Table:
    """Return a line per KPI of `frame`: value and interval, target, status, history, changes, total and n.

    Columns: kpi, value, low, high, target, status, change_month, clarity_month, change_year, clarity_year, total, n, owner,
    reason, history (a list of values, oldest first); all but kpi, value and status may be absent.
    """
    rows = _rows(frame, kpis)
    if not title:
        stages = {kpi.stage for kpi, _ in rows}
        one = len(stages) == 1
        title = wording.text("kpis_of", stage=wording.stage(stages.pop())) if one else wording.text("kpis_all")
    columns = _columns(wording, rows)
    html = html_table(columns, _lines(rows, wording), title, css="scorecard")
    return Table(name=name, title=title, text=_answer(rows, wording), html=html, csv=csv_text(frame))


def tiles(frame: pd.DataFrame, kpis: Iterable[Kpi], wording: Wording, text: str = "", name: str = "headline") -> Table:
    """Return a tile per KPI of `frame` (the scorecard's columns), the figures to read first, below `text` or their answer."""
    rows = _rows(frame, kpis)
    return Table(name=name, title="", text=text or _answer(rows, wording), html=_tiles(rows, wording))


def goal_tiles(frame: pd.DataFrame, kpis: Iterable[Kpi], wording: Wording, said: Sequence[str]) -> Table:
    """Return a tile per KPI of `frame` in its order, five in sight and the rest folded, below the paragraphs `said`."""
    rows = _rows(frame, kpis)
    text, *further = said
    points = Markup().join(Markup("<li>{}</li>").format(one) for one in further)
    rest = rows[_IN_SIGHT:]
    folded = Markup('<details class="rest"><summary>{}</summary>{}</details>').format(
        wording.text("tiles_folded", count=len(rest)), _tiles(rest, wording)
    )
    html = (
        (Markup('<ul class="answer">{}</ul>').format(points) if further else Markup())
        + _tiles(rows[:_IN_SIGHT], wording)
        + (folded if rest else Markup())
    )
    return Table(name="goals", title="", text=text, html=html)


def _tiles(rows: Sequence[tuple[Kpi, Row]], wording: Wording) -> Markup:
    return Markup('<ul class="tiles">{}</ul>').format(Markup().join(_tile(kpi, row, wording) for kpi, row in rows))


def answer(frame: pd.DataFrame, kpis: Iterable[Kpi], wording: Wording) -> str:
    """Return in words how many targets in `frame` (the scorecard's columns) are reached, and which are missed."""
    return _answer(_rows(frame, kpis), wording)


def _rows(frame: pd.DataFrame, kpis: Iterable[Kpi]) -> list[tuple[Kpi, Row]]:
    known = {kpi.id: kpi for kpi in kpis}
    missing = [kpi for kpi in frame["kpi"] if kpi not in known]
    if missing:
        raise UnknownName("KPI", missing[0], known)
    rows = records(frame)
    if all(number(row.get("total")) is None for row in rows):  # the total's own card has nothing to be held against
        rows = [{key: value for key, value in row.items() if key != "total"} for row in rows]
    return [(known[row["kpi"]], row) for row in rows]


def _answer(rows: Sequence[tuple[Kpi, Row]], wording: Wording) -> str:
    answer = Tally.of(row["status"] for _, row in rows).answer(wording)
    if not answer:
        return wording.text("answer_no_target" if rows else "no_values")
    missed = [kpi.name(wording.language) for kpi, row in rows if row["status"] == "off_target"]
    return wording.sentences(answer, wording.text("answer_missed", kpis=wording.join(missed)) if missed else "")


def _columns(wording: Wording, rows: Sequence[tuple[Kpi, Row]]) -> list[HtmlColumn]:
    """Return the columns that any row fills, so that a report without targets has no empty column for them."""
    numeric = ("value", "target", "change_month", "change_year", "total", "n")
    present = {key for _, row in rows for key in row}
    order = ("value", "target", "status", "history", "change_month", "change_year", "total", "n")
    shown = [key for key in order if key in present]
    return [
        HtmlColumn(wording.text("kpi")),
        *(HtmlColumn(wording.text(key), numeric=key in numeric) for key in shown),
    ]


def _lines(rows: Sequence[tuple[Kpi, Row]], wording: Wording) -> Iterator[list[HtmlCell] | str]:
    """Return the rows, headed by their stage wherever more than one stage is on the card."""
    grouped = len({kpi.stage for kpi, _ in rows}) > 1
    stage = ""
    for kpi, row in rows:
        if grouped and kpi.stage != stage:
            stage = kpi.stage
            yield _stage([one for other, one in rows if other.stage == stage], stage, wording)
        cells = _cells(kpi, row, wording)
        yield [cells["kpi"], *(cell for key, cell in cells.items() if key in row and key != "kpi")]


def _stage(rows: Sequence[Row], stage: str, wording: Wording) -> Markup:
    """Return what heads a stage: its name, how many KPIs it has and the tally of its targets."""
    tally = Tally.of(row.get("status") for row in rows).short(len(rows), wording)
    return Markup('<span>{}</span> <span class="tally">{}</span>').format(wording.stage(stage), tally)


def _cells(kpi: Kpi, row: Row, wording: Wording) -> dict[str, HtmlCell]:
    def plain(key: str) -> HtmlCell:
        return HtmlCell(wording.value(kpi.unit, row.get(key)), row.get(key))

    def change(span: str) -> HtmlCell:
        delta = row.get(f"change_{span}")
        return HtmlCell(change_mark(kpi, delta, row.get(f"clarity_{span}"), wording), delta)

    status = row.get("status")
    rank = list(SHAPES).index(str(status)) if status in SHAPES else len(SHAPES)
    return {
        "kpi": HtmlCell(_name(kpi, row, wording)),
        "value": HtmlCell(_value(kpi, row, wording), row.get("value"), css="headline"),
        "target": plain("target"),
        "status": HtmlCell(status_mark(status, wording), rank),
        "history": HtmlCell(history_mark(kpi, row.get("history"), wording)),
        "change_month": change("month"),
        "change_year": change("year"),
        "total": plain("total"),
        "n": HtmlCell(wording.value("count", row.get("n")), row.get("n")),
    }


def _name(kpi: Kpi, row: Row, wording: Wording) -> Markup:
    owner = row.get("owner")
    named = Markup("<small>{}</small>").format(data_text(owner)) if isinstance(owner, str) and owner else Markup()
    return Markup('<span class="kpi">{}</span>{}').format(kpi.name(wording.language), named)


def _value(kpi: Kpi, row: Row, wording: Wording) -> Markup:
    value = value_mark(kpi, row.get("value"), wording)
    interval = wording.interval(kpi.unit, row.get("low"), row.get("high"))
    reason = wording.reason(row.get("reason"))
    shown = [interval] if interval != "–" and number(row.get("value")) is not None else []
    below = Markup("<br>").join([*shown, *([reason] if reason else [])])
    return value + Markup("<small>{}</small>").format(below) if below else value


def _drawn(kpi: Kpi, row: Row, wording: Wording) -> Markup:
    """Return the line of a KPI's history; a tile has no room for a dash that says there is none."""
    mark = history_mark(kpi, row.get("history"), wording)
    return mark if "<svg" in mark else Markup()


def _tile(kpi: Kpi, row: Row, wording: Wording) -> Markup:
    changed = change_mark(kpi, row.get("change_month"), row.get("clarity_month"), wording)
    target = wording.value(kpi.unit, row.get("target"))
    return Markup(
        '<li class="tile {status}"><p class="name">{name}</p><div class="big"><p>{value}</p>{history}</div>'
        '<p class="facts">{mark}{target}</p><p class="trend">{label} {changed}</p></li>'
    ).format(
        status=row.get("status"),
        name=kpi.name(wording.language),
        value=_value(kpi, row, wording),
        mark=status_mark(row.get("status"), wording),
        target=Markup(" <span>{} {}</span>").format(wording.text("target"), target) if target != "–" else "",
        history=_drawn(kpi, row, wording),
        label=wording.text("change_month"),
        changed=changed,
    )
