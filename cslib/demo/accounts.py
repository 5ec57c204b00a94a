"""The accounts issued to people at the customers, and how much each is used in each month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cslib.demo.causes import EAGERNESS, EVENTS
from cslib.demo.columns import Columns, Dates, Floats, Ints, Rows, days, known_by, ordered

if TYPE_CHECKING:
    from cslib.demo.state import World

ISSUED_SHARE, ISSUED_SPREAD = 0.84, 0.13
FIRST_WAVE, WAVE = 0.5, 0.25  # accounts are issued half at first, then a quarter a month
TURNOVER = 0.014  # accounts closed in a month
BREADTH, BREADTH_PER_USE, BREADTH_SPREAD = 1.5, 7.0, 0.8  # features within reach
TRIAL_ACCOUNTS, TRIAL_USE = 2, 0.35


def accounts(world: World) -> tuple[Columns, Floats]:
    """Return the accounts in the order of issue, and for which share of its seats each customer issues them.

    Columns: `customer`, `issued_on`, `closed_on` and how eager its person is.
    """
    rows = Rows()
    _trial_accounts(world, rows)
    share = np.clip(world.rng.normal(ISSUED_SHARE, ISSUED_SPREAD, world.customers.count), 0.3, 1.1)
    wanted = [_wanted(world, month, share) for month in range(world.calendar.months)]
    return _issued(world, wanted, rows), share


def further_accounts(world: World, share: Floats) -> Columns:
    """Return the accounts for the seats that were bought since they were short, as `accounts` does."""
    return _issued(world, [np.rint(added * share).astype(np.int64) for added in world.history.added], Rows())


def _issued(world: World, wanted: list[Ints], rows: Rows) -> Columns:
    """Return the `rows` and the accounts by which each customer has as many as are `wanted` in each month."""
    count, months = world.customers.count, world.calendar.months
    issued = np.zeros(count, dtype=np.int64)
    closing = np.zeros((months, count), dtype=np.int64)
    for month in range(months):
        active = world.history.active[month]
        closing[month:, ~active] = 0
        issued = np.where(active, issued - closing[month], 0)
        who = np.repeat(np.arange(count), np.where(active, np.maximum(0, wanted[month] - issued), 0))
        closed = _issue(world, who, month, rows)
        np.add.at(closing, (closed[closed < months], who[closed < months]), 1)
        issued = issued + np.bincount(who, minlength=count)
    table = ordered(rows.columns(), "issued_on", "customer")
    eagerness = world.rng.gamma(EAGERNESS, 1 / EAGERNESS, len(table["customer"]))
    return {**table, "eagerness": np.minimum(5, eagerness)}


def _wanted(world: World, month: int, share: Floats) -> Ints:
    """Return how many accounts each customer is to have in the month."""
    age = (world.calendar.first[month + 1] - world.history.stint_start[month]) / np.timedelta64(30, "D")
    wave = np.clip(FIRST_WAVE + WAVE * np.floor(np.nan_to_num(age)), 0, 1)
    return np.maximum(1, np.rint(world.history.seats[month] * share * wave)).astype(np.int64)


def _issue(world: World, who: Ints, month: int, rows: Rows) -> Ints:
    """Add accounts issued in the month, and return the month in which each is closed again."""
    calendar, start = world.calendar, world.history.stint_start[month, who]
    begin = np.maximum(calendar.first[month], start)
    issued = begin + days(world.rng.random(len(who)) * (calendar.first[month + 1] - begin).astype(np.int64))
    closed = month + world.rng.geometric(TURNOVER, len(who))
    day = calendar.first[np.minimum(closed, calendar.months)] + days(world.rng.integers(0, 28, len(who)))
    after = world.history.stint_after(who, start)
    rows.add(customer=who, issued_on=issued, closed_on=known_by(np.fmin(day, after), calendar.end))
    return closed


def _trial_accounts(world: World, rows: Rows) -> None:
    """Add the first accounts of those that tried before they bought; a trial that led to nothing closes its own."""
    customers = world.customers
    who = np.repeat(np.nonzero((customers.trial_days > 0) & ~customers.never_buys)[0], TRIAL_ACCOUNTS)
    issued = customers.start[who] - days(customers.trial_days[who] - world.rng.integers(0, 7, len(who)))
    after = world.history.stint_after(who, customers.start[who])
    rows.add(customer=who, issued_on=issued, closed_on=known_by(after, world.calendar.end))
    who = np.repeat(np.nonzero(customers.never_buys)[0], TRIAL_ACCOUNTS)
    issued = customers.start[who] - days(world.rng.integers(5, 14, len(who)))
    rows.add(customer=who, issued_on=issued, closed_on=customers.start[who])


def usage_cells(world: World, accounts: Columns) -> Columns:
    """Return for each account and month how many events are to be expected.

    Columns: `customer`, `user` (its place among the accounts), `begin` (first day open), `days` (open in the
    month), `expected` (events) and `breadth` (features within reach).
    """
    rows = Rows()
    for month in world.calendar.logged_months():
        rows.add(**_cells(world, month, accounts))
    return rows.columns()


def _cells(world: World, month: int, accounts: Columns) -> Columns:
    first, after = world.calendar.first[month : month + 2]
    begin, end = np.maximum(accounts["issued_on"], first), _until(accounts["closed_on"], after)
    user = np.nonzero(begin < end)[0]
    who, length = accounts["customer"][user], (end[user] - begin[user]).astype(np.int64)
    use = np.where(world.history.stint_start[month, who] < after, world.history.use[month, who], TRIAL_USE)
    noise = world.rng.normal(0, BREADTH_SPREAD, world.customers.count)
    breadth = np.clip(np.rint(BREADTH + BREADTH_PER_USE * use + noise[who]), 1, None)
    return {
        "customer": who.astype(np.int32),
        "user": user.astype(np.int32),
        "begin": begin[user],
        "days": length.astype(np.int8),
        "expected": EVENTS * use * accounts["eagerness"][user] * length / world.calendar.length(month),
        "breadth": breadth.astype(np.int8),
    }


def _until(closed: Dates, after: np.datetime64) -> Dates:
    return np.where(np.isnat(closed), after, np.minimum(closed, after))
