"""The accounts issued to people at the customers, and how much each is used in each month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cslib.demo.columns import Columns, Dates, Floats, Ints, Rows, days, known_by, ordered

if TYPE_CHECKING:
    from cslib.demo.state import World

ISSUED_SHARE, ISSUED_SPREAD = 0.84, 0.13
FIRST_WAVE, WAVE = 0.5, 0.25  # accounts are issued half at first, then a quarter a month
TURNOVER = 0.014  # accounts closed in a month
EVENTS = 9.0  # rows a month for an account at use 1
EAGERNESS = 0.9  # shape: some people use the product all the time, many hardly
BREADTH, BREADTH_PER_USE, BREADTH_SPREAD = 1.5, 7.0, 0.8  # features within reach
TRIAL_ACCOUNTS, TRIAL_USE = 2, 0.35


def accounts(world: World) -> Columns:
    """Return the accounts in the order of issue: `customer`, `issued_on`, `closed_on` and how eager its person is."""
    rows = Rows()
    _trial_accounts(world, rows)
    count, months = world.customers.count, world.calendar.months
    share = np.clip(world.rng.normal(ISSUED_SHARE, ISSUED_SPREAD, count), 0.3, 1.1)
    issued = np.zeros(count, dtype=np.int64)
    closing = np.zeros((months, count), dtype=np.int64)
    for month in range(months):
        active = world.history.active[month]
        closing[month:, ~active] = 0
        issued = np.where(active, issued - closing[month], 0)
        who = np.repeat(np.arange(count), _wanted(world, month, share, issued))
        closed = _issue(world, who, month, rows)
        np.add.at(closing, (closed[closed < months], who[closed < months]), 1)
        issued = issued + np.bincount(who, minlength=count)
    table = ordered(rows.columns(), "issued_on", "customer")
    eagerness = world.rng.gamma(EAGERNESS, 1 / EAGERNESS, len(table["customer"]))
    return {**table, "eagerness": np.minimum(5, eagerness)}


def _wanted(world: World, month: int, share: Floats, issued: Ints) -> Ints:
    """Return how many accounts each customer issues in the month."""
    age = (world.calendar.first[month + 1] - world.history.stint_start[month]) / np.timedelta64(30, "D")
    wave = np.clip(FIRST_WAVE + WAVE * np.floor(np.nan_to_num(age)), 0, 1)
    wanted = np.maximum(1, np.rint(world.history.seats[month] * share * wave)).astype(np.int64)
    return np.where(world.history.active[month], np.maximum(0, wanted - issued), 0)


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
