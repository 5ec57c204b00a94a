"""What had happened, marked on a chart by month: a numbered line each, whose names stand in the sentence, the tooltip and the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cslib.charts.encodings import on, rows
from cslib.charts.lazy_altair import alt
from cslib.charts.theme import MUTED
from cslib.i18n.direction import isolate_direction
from cslib.i18n.numbers import MISSING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cslib.i18n import Wording
    from cslib.settings import Event


class EventMark(NamedTuple):
    """An event with its number on the chart, its month, its name, and what is said of it."""

    number: int
    month: str
    name: str
    text: str


def event_marks(events: Iterable[Event], months: Sequence[str], wording: Wording) -> list[EventMark]:
    """Return those events that lie in the months of a chart, numbered in the order in which they come."""
    shown = [event for event in events if str(event.month) in months]
    return [_mark(number, event, wording) for number, event in enumerate(shown, start=1)]


def _mark(number: int, event: Event, wording: Wording) -> EventMark:
    name = isolate_direction(getattr(event.name, wording.language))
    kind, day = wording.text(f"event_{event.kind}"), wording.date(event.on)
    text = wording.text("trend_event", number=number, name=name, kind=kind, day=day)
    return EventMark(number, str(event.month), name, text)


def names_by_month(marks: Sequence[EventMark], months: Sequence[str], wording: Wording) -> list[str]:
    """Return what happened in each month in words, a dash for nothing."""
    return [wording.join([mark.name for mark in marks if mark.month == month]) or MISSING for month in months]


def event_layers(marks: Sequence[EventMark], x: alt.X, wording: Wording) -> dict[str, alt.Chart]:
    """Return the lines and their numbers, those of one month beside each other."""
    if not marks:
        return {}
    months = list(dict.fromkeys(mark.month for mark in marks))
    numbers = [wording.join([str(mark.number) for mark in marks if mark.month == month]) for month in months]
    base = on(rows({"month": months, "numbers": numbers})).encode(x=x)
    named = base.mark_text(align="left", baseline="top", dx=4, color=MUTED)
    return {
        "event": base.mark_rule(color=MUTED, strokeDash=[2, 3]),
        "label_event": named.encode(y=alt.YValue(0), text=alt.Text("numbers:N")),
    }
