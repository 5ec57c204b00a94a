"""What CS and support do: touches and tickets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cslib.demo.columns import Rows, days, ids, ordered, pick, where
from cslib.demo.events import occurrences
from cslib.demo.sizes import SIZES, by_size

if TYPE_CHECKING:
    from cslib.demo.calendar import Calendar
    from cslib.demo.columns import Columns, Dates, Flags, Floats, Ints, Texts
    from cslib.demo.customers import Customers
    from cslib.demo.life import History

ONBOARDING_DAYS = 60  # in which the touches fall that speed onboarding
KINDS = {
    "high": {"meeting": 0.4, "call": 0.2, "email": 0.3, "seminar": 0.1},
    "low": {"email": 0.44, "seminar": 0.2, "call": 0.16, "meeting": 0.1, "faq": 0.06, "chatbot": 0.04},
    "tech": {"chatbot": 0.36, "faq": 0.34, "email": 0.24, "seminar": 0.06},
}
MINUTES = {"meeting": 60, "seminar": 90, "email": 10, "call": 20, "chatbot": 1, "faq": 0}
SELF_SERVED = ("chatbot", "faq")
FOLLOW_UP = {"high": 0.88, "low": 0.62, "tech": 0.35}  # share of the detractors that CS turns to
LOW_USE, MORE_TOUCHES = 0.35, 1.4  # CS looks after customers that use little

SEVERITIES = {"low": 0.26, "normal": 0.5, "high": 0.18, "urgent": 0.06}
RESPONSE_HOURS = {"low": 10.0, "normal": 6.0, "high": 2.5, "urgent": 0.8}
RESOLUTION_HOURS = {"low": 60.0, "normal": 40.0, "high": 30.0, "urgent": 12.0}
NEVER_RESOLVED = 0.012
OPENS_AT, OPEN_SECONDS = 8, 11 * 3600


def touches(
    rng: np.random.Generator, customers: Customers, history: History, calendar: Calendar, detractors: Columns
) -> Columns:
    """Return the CS activities: regular ones, those of onboarding, and those after a detractor's answer."""
    rows = Rows()
    _regular(rng, customers, history, calendar, rows)
    who = np.repeat(np.arange(customers.count), np.where(customers.never_buys, 0, customers.onboarding_touches))
    rows.add(customer=who, occurred_on=customers.start[who] + days(rng.random(len(who)) * ONBOARDING_DAYS), use=0.5)
    share = by_size(customers.size, lambda size: FOLLOW_UP[size.touch_model])
    followed = where(detractors, rng.random(len(detractors["customer"])) < share[detractors["customer"]])
    later = days(rng.integers(1, 13, len(followed["customer"])))
    rows.add(customer=followed["customer"], occurred_on=followed["responded_on"] + later, use=0.2)
    table = rows.columns()
    in_log = (table["occurred_on"] >= calendar.begin) & (table["occurred_on"] < calendar.end)
    return _described(rng, customers, ordered(where(table, in_log), "occurred_on", "customer"))


def _regular(rng: np.random.Generator, customers: Customers, history: History, calendar: Calendar, rows: Rows) -> None:
    rate = by_size(customers.size, lambda size: size.touches)
    events = occurrences(rng, calendar, history, rate * np.where(history.use < LOW_USE, MORE_TOUCHES, 1.0))
    events = events.those(events.day >= customers.start[events.who] + np.timedelta64(ONBOARDING_DAYS, "D"))
    rows.add(customer=events.who, occurred_on=events.day, use=events.at(history.use))


def _described(rng: np.random.Generator, customers: Customers, table: Columns) -> Columns:
    who, count = table["customer"], len(table["customer"])
    kind = np.choose(customers.size[who], [pick(rng, KINDS[size.touch_model], count) for size in SIZES])
    usual = _looked_up(MINUTES, kind)
    purpose = np.where(table["use"] < LOW_USE, "defence", pick(rng, {"offence": 0.6, "defence": 0.4}, count))
    return {
        "customer": who,
        "csm": np.where(np.isin(kind, SELF_SERVED), "", customers.csm[who]),
        "kind": kind,
        "occurred_on": table["occurred_on"],
        "minutes": np.rint(usual * rng.uniform(0.5, 1.5, count)).astype(np.int64),
        "initiated_by": np.where(np.isin(kind, SELF_SERVED), "customer", pick(rng, {"us": 0.78, "customer": 0.22}, count)),
        "purpose": np.where(rng.random(count) < 0.1, "", purpose),  # noqa: PLR2004
    }


def _looked_up(figures: dict[str, int] | dict[str, float], keys: Texts) -> Floats:
    return np.select([keys == key for key in figures], [float(figure) for figure in figures.values()])


def tickets(rng: np.random.Generator, customers: Customers, history: History, calendar: Calendar) -> Columns:
    """Return the support cases, with timestamps in local time."""
    rate = by_size(customers.size, lambda size: size.tickets)
    events = occurrences(rng, calendar, history, rate * (0.6 + 0.8 * history.use))
    seconds = (OPENS_AT * 3600 + np.floor(rng.beta(2, 2, len(events)) * OPEN_SECONDS)).astype("timedelta64[s]")
    rows = Rows()
    rows.add(customer=events.who, month=events.month, opened_at=events.day.astype("datetime64[s]") + seconds)
    table = ordered(rows.columns(), "opened_at", "customer")
    count = len(table["customer"])
    severity = pick(rng, SEVERITIES, count)
    answered = table["opened_at"] + _hours(rng, _looked_up(RESPONSE_HOURS, severity))
    resolved = answered + _hours(rng, _looked_up(RESOLUTION_HOURS, severity))
    return {
        **table,
        "ticket_id": ids("T", count, 7),
        "first_response_at": _seen(answered, answered < calendar.end),
        "resolved_at": _seen(resolved, (resolved < calendar.end) & (rng.random(count) >= NEVER_RESOLVED)),
        "severity": np.where(rng.random(count) < 0.03, "", severity),  # noqa: PLR2004
    }


def _hours(rng: np.random.Generator, usual: Floats) -> Ints:
    return np.floor(3600 * usual * rng.lognormal(0, 0.8, len(usual))).astype("timedelta64[s]")


def _seen(moments: Dates, seen: Flags) -> Dates:
    return np.where(seen, moments, np.datetime64("NaT", "s"))


def tickets_by_month(tickets: Columns, customers: Customers, calendar: Calendar) -> Ints:
    """Return how many tickets were opened, by month and size."""
    counts = np.zeros((calendar.months, len(SIZES)), dtype=np.int64)
    np.add.at(counts, (tickets["month"], customers.size[tickets["customer"]]), 1)
    return counts

