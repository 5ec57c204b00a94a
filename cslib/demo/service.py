"""What CS and support do: touches and tickets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cslib.demo.assignments import csm_at
from cslib.demo.columns import NEVER, Rows, apart, days, ids, known_by, ordered, pick, weekday, where
from cslib.demo.events import occurrences
from cslib.demo.sizes import SIZES, by_size

if TYPE_CHECKING:
    import numpy.typing as npt

    from cslib.demo.columns import Columns, Flags, Floats, Texts
    from cslib.demo.state import World

ONBOARDING_DAYS = 60  # in which the touches fall that speed onboarding
KINDS = {
    "high": {"meeting": 0.4, "call": 0.2, "email": 0.3, "seminar": 0.1},
    "low": {"email": 0.44, "seminar": 0.2, "call": 0.16, "meeting": 0.1, "faq": 0.06, "chatbot": 0.04},
    "tech": {"chatbot": 0.36, "faq": 0.34, "email": 0.24, "seminar": 0.06},
}
MINUTES = {"meeting": 60.0, "seminar": 90.0, "email": 10.0, "call": 20.0, "chatbot": 1.0, "faq": 0.0}
SELF_SERVED = ("chatbot", "faq")
FOLLOW_UP = {"high": 0.88, "low": 0.62, "tech": 0.35}  # share of the detractors that CS turns to
LOW_USE, MORE_TOUCHES = 0.35, 1.4  # CS looks after customers that use little
BY_US, OFFENCE, NO_PURPOSE = 0.78, 0.6, 0.1

SEVERITIES = {"low": 0.25, "normal": 0.49, "high": 0.17, "urgent": 0.06, "": 0.03}
RESPONSE_HOURS = {"low": 10.0, "normal": 6.0, "high": 2.5, "urgent": 0.8, "": 6.0}
RESOLUTION_HOURS = {"low": 60.0, "normal": 40.0, "high": 30.0, "urgent": 12.0, "": 40.0}
NEVER_RESOLVED = 0.012
WRITTEN = 0.7  # share of the cases whose text was kept
REQUESTS = {
    "low": ("使い方を教えてください。", "請求書の宛名を変更したいです。", "利用者を追加する手順を知りたいです。"),
    "high": ("集計の結果が合いません。", "ログインできない利用者がいます。", "データの取り込みが途中で止まります。"),
}  # of those up to normal, and of the graver ones
STREAM = 106  # of chance, apart from all others
OPENS_AT, OPEN_SECONDS = 8 * 3600, 11 * 3600


def touches(world: World, detractors: Columns, assigned: Columns) -> Columns:
    """Return the CS activities: regular ones, those of onboarding, and those after a detractor's answer.

    Each is of the CSM to whom the customer was `assigned` on that day.
    """
    rows = Rows()
    _regular(world, rows)
    _onboarding(world, rows)
    _follow_up(world, detractors, rows)
    table, calendar = rows.columns(), world.calendar
    in_log = (table["occurred_on"] >= calendar.begin) & (table["occurred_on"] < calendar.end)
    return _described(world, ordered(where(table, in_log), "occurred_on", "customer"), assigned)


def _regular(world: World, rows: Rows) -> None:
    rate = by_size(world.customers.size, lambda size: size.touches)
    events = occurrences(world, rate * np.where(world.history.use < LOW_USE, MORE_TOUCHES, 1.0))
    events = events.those(events.day >= world.customers.start[events.who] + np.timedelta64(ONBOARDING_DAYS, "D"))
    rows.add(customer=events.who, occurred_on=events.day, low=events.at(world.history.use) < LOW_USE)


def _onboarding(world: World, rows: Rows) -> None:
    customers = world.customers
    who = np.repeat(np.arange(customers.count), np.where(customers.never_buys, 0, customers.onboarding_touches))
    start = customers.start[who]
    day = np.maximum(start, weekday(start + days(world.rng.random(len(who)) * ONBOARDING_DAYS)))
    kept = day < world.first_left()[who]
    rows.add(customer=who[kept], occurred_on=day[kept], low=False)


def _follow_up(world: World, detractors: Columns, rows: Rows) -> None:
    who = detractors["customer"]
    share = by_size(world.customers.size, lambda size: FOLLOW_UP[size.touch_model])[who]
    day = detractors["responded_on"] + days(world.rng.integers(1, 13, len(who)))
    kept = world.rng.random(len(who)) < share
    rows.add(customer=who[kept], occurred_on=day[kept], low=True)


def _described(world: World, table: Columns, assigned: Columns) -> Columns:
    who, count, random = table["customer"], len(table["customer"]), world.rng.random
    kind = np.choose(world.customers.size[who], [pick(world.rng, KINDS[size.touch_model], count) for size in SIZES])
    by_itself = np.isin(kind, SELF_SERVED)
    purpose = np.where(~table["low"] & (random(count) < OFFENCE), "offence", "defence")
    return {
        "customer": who,
        "csm": np.where(by_itself, "", csm_at(assigned, who, table["occurred_on"])),
        "kind": kind,
        "occurred_on": table["occurred_on"],
        "minutes": np.rint(_looked_up(MINUTES, kind) * world.rng.uniform(0.5, 1.5, count)).astype(np.int64),
        "initiated_by": np.where(~by_itself & (random(count) < BY_US), "us", "customer"),
        "purpose": np.where(random(count) < NO_PURPOSE, "", purpose),
    }


def _looked_up(figures: dict[str, float], keys: Texts) -> Floats:
    return np.select([keys == key for key in figures], list(figures.values()))


def tickets(world: World) -> Columns:
    """Return the support cases, with timestamps in local time."""
    rate = by_size(world.customers.size, lambda size: size.tickets)
    events = occurrences(world, rate * (0.6 + 0.8 * world.history.use))
    seconds = _seconds(OPENS_AT + world.rng.beta(2, 2, len(events)) * OPEN_SECONDS)
    rows = Rows()
    rows.add(customer=events.who, month=events.month, opened_at=events.day.astype("datetime64[s]") + seconds)
    table = ordered(rows.columns(), "opened_at", "customer")
    severity = pick(world.rng, SEVERITIES, len(events))
    answered = table["opened_at"] + _taken(world.rng, _looked_up(RESPONSE_HOURS, severity))
    resolved = answered + _taken(world.rng, _looked_up(RESOLUTION_HOURS, severity))
    solved = world.rng.random(len(events)) >= NEVER_RESOLVED
    return {
        **table,
        "ticket_id": ids("T", len(events), 7),
        "first_response_at": known_by(answered, world.calendar.end),
        "resolved_at": known_by(np.where(solved, resolved, NEVER), world.calendar.end),
        "severity": severity,
        "comment": _written(apart(world.rng, STREAM), np.isin(severity, ("high", "urgent"))),
    }


def _written(rng: np.random.Generator, grave: Flags) -> Texts:
    """Return what customers wrote, by a draw of its own, so that nothing else of the demo hangs on it."""
    light, heavy = (np.array(texts)[rng.integers(0, len(texts), len(grave))] for texts in REQUESTS.values())
    return np.where(rng.random(len(grave)) < WRITTEN, np.where(grave, heavy, light), "")


def _taken(rng: np.random.Generator, hours: Floats) -> npt.NDArray[np.timedelta64]:
    return _seconds(3600 * hours * rng.lognormal(0, 0.8, len(hours)))


def _seconds(count: Floats) -> npt.NDArray[np.timedelta64]:
    return np.floor(count).astype("timedelta64[s]")
