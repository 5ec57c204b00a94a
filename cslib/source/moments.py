"""Moments behind wall-clock times: the earliest and the latest that a time of a zone can mean, also in the hour that the clocks repeat or skip."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.datatypes as dt

from cslib.source.parse import timezone

if TYPE_CHECKING:
    from ibis.expr.types import TimestampValue, Value

EARLIEST, LATEST = (
    "_earliest_",
    "_latest_",
)  # prefixes of the moments, in UTC, that a time can mean, next to its column


@ibis.udf.scalar.builtin(name="timezone", signature=((dt.string, dt.timestamp), dt.Timestamp(timezone="UTC")))
def moment_of(zone, time):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Return the moment at which the clocks of a zone show a time."""


def span(shown: TimestampValue, exact: Value | None, zone: str) -> tuple[Value, Value]:
    """Return the first and the last moment, as times of UTC, that a wall-clock time `shown` in `zone` may stand for.

    `exact` is the moment where the source has it. Else both are the same but for a time that the clocks show twice, and
    for one that they skip, which systems write that do not know of the change. Null on all days but those about a change:
    there, times are in the order of their moments.
    """
    by_day_before, by_day_after = _under(shown, -1, zone), _under(shown, 1, zone)
    first, last = ibis.least(by_day_before, by_day_after), ibis.greatest(by_day_before, by_day_after)
    shows_first, shows_last = _wall_clock(first, zone) == shown, _wall_clock(last, zone) == shown
    earliest = ibis.ifelse(shows_last & ~shows_first, last, first)
    latest = ibis.ifelse(shows_first & ~shows_last, first, last)
    if exact is not None:
        earliest, latest = ibis.coalesce(exact, earliest), ibis.coalesce(exact, latest)
    changing = shown.date().isin(clock_changes(zone))
    return tuple(ibis.ifelse(changing, moment, ibis.null("timestamp")) for moment in (earliest, latest))


@cache
def clock_changes(zone: str) -> tuple[date, ...]:
    """Return the days from 1990 to 2049 on which the clocks of a zone change, and their neighbours."""
    clocks, first = ZoneInfo(zone), date(1990, 1, 1)
    days = [first + timedelta(days=place) for place in range((date(2050, 1, 1) - first).days)]
    ahead = [clocks.utcoffset(datetime.combine(day, time(12))) for day in days]
    changed = [days[place] for place in range(1, len(days)) if ahead[place] != ahead[place - 1]]
    return tuple(sorted({day + timedelta(days=near) for day in changed for near in (-1, 0, 1)}))


def in_utc(moment: Value) -> Value:
    """Return a moment as a time of UTC."""
    return timezone("UTC", moment)


def _under(shown: TimestampValue, days: int, zone: str) -> Value:
    """Return when a time is, if the clocks are set as they are so many days later."""
    then = shown + ibis.interval(days=days)
    return shown - (_wall_clock(then, zone) - then)


def _wall_clock(utc: Value, zone: str) -> Value:
    return timezone(zone, moment_of("UTC", utc))
