"""Who and what serves each customer: its CSM, its touch model and its team, from when to when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cslib.demo.columns import DAY, NEVER, Rows, apart, days, ordered, where
from cslib.demo.sizes import SIZES

if TYPE_CHECKING:
    from cslib.demo.columns import Columns, Dates, Flags, Ints, Texts
    from cslib.demo.state import World

STREAM = 101
HANDED_OVER, SETTLED_MONTHS = 0.012, 3  # chance a month that another CSM takes over, once a customer is settled
VACANT, VACANT_DAYS = 0.15, 25  # of the handovers, those before which nobody served, and for how long at most
MOVED = 0.006  # chance a month that another touch model is chosen
MODELS = np.array([size.touch_model for size in SIZES])
ONBOARDING_TEAM, LONGEST_ONBOARDING = "オンボーディング", 180.0  # days
TEAMS = np.array(["エンタープライズ", "ミッドマーケット", "スケール"])


def assignments(world: World) -> Columns:
    """Return who and what served each customer: of each kind the last one is what the customers' table says, or the team of its size.

    Of a generator of its own, so that all else is as it would be without it. Whatever lasts is open, but for customers that
    are lost: of these it ends with the contract.
    """
    rng, rows = apart(world.rng, STREAM), Rows()
    _add(rows, world, "csm", rng, _csms(rng, world))
    _add(rows, world, "touch_model", rng, _touch_models(rng, world))
    _teams(world, rows)
    return ordered(rows.columns(), "customer", "kind", "started_on")


def csm_at(assigned: Columns, who: Ints, day: Dates) -> Texts:
    """Return the CSM that had taken over last by each day."""
    served = where(assigned, assigned["kind"] == "csm")
    order = np.argsort(_key(served["customer"], served["started_on"]), kind="stable")
    keys = _key(served["customer"], served["started_on"])[order]
    place = np.searchsorted(keys, _key(who, day), side="right") - 1
    return served["value"][order[place]]


def _key(who: Ints, day: Dates) -> Ints:
    return who.astype(np.int64) * 1_000_000 + day.astype("datetime64[D]").astype(np.int64)


def _csms(rng: np.random.Generator, world: World) -> Columns:
    """Return the handovers: customer, month, and who served until then."""
    who, month = _changes(rng, world, HANDED_OVER)
    size, csm = world.customers.size, world.customers.csm
    before = np.empty(len(who), dtype=csm.dtype)
    for place in range(len(SIZES)):
        staff, mine = np.unique(csm[size == place]), size[who] == place
        if len(staff) > 1:
            before[mine] = _walked_back(rng, staff, csm, who[mine])
    return where({"customer": who, "month": month, "before": before}, before != "")


def _touch_models(rng: np.random.Generator, world: World) -> Columns:
    who, month = _changes(rng, world, MOVED)
    before = _walked_back(rng, MODELS, MODELS[world.customers.size], who)
    return {"customer": who, "month": month, "before": before}


def _walked_back(rng: np.random.Generator, choices: Texts, last: Texts, who: Ints) -> Texts:
    """Return what there was before each change of a customer, whose changes stand one after another: never what came after it."""
    places = {name: place for place, name in enumerate(choices.tolist())}
    steps = rng.integers(1, len(choices), len(who))
    before = np.empty(len(who), dtype=choices.dtype)
    place = np.zeros(len(last), dtype=np.int64)
    place[who] = [places[name] for name in last[who].tolist()]
    for change in range(len(who) - 1, -1, -1):
        place[who[change]] = (place[who[change]] + steps[change]) % len(choices)
        before[change] = choices[place[who[change]]]
    return before


def _changes(rng: np.random.Generator, world: World, chance: float) -> tuple[Ints, Ints]:
    """Return the customers that change at a month's beginning, and the months, in the order of both; under contract around it."""
    active = world.history.active
    settled = np.arange(len(active))[:, np.newaxis] >= world.customers.arrival + SETTLED_MONTHS
    around: Flags = active & np.roll(active, 1, axis=0) & settled
    who, month = np.nonzero((around & (rng.random(active.shape) < chance)).T)
    return who, month


def _add(rows: Rows, world: World, kind: str, rng: np.random.Generator, changes: Columns) -> None:
    """Add the assignments of a kind: those before each change, and the last of each customer."""
    who = changes["customer"]
    day = world.calendar.first[changes["month"]]
    vacant = rng.integers(1, VACANT_DAYS + 1, len(who)) * (rng.random(len(who)) < VACANT) * (kind == "csm")
    count = world.customers.count
    start = _begins(world)
    last = world.customers.csm if kind == "csm" else MODELS[world.customers.size]
    # what a change ends began with the change before it, or at the start
    is_first = np.diff(who, prepend=-1) != 0
    began = np.where(is_first, start[who], np.concatenate([[NEVER], day])[: len(who)])
    left = day - DAY - days(vacant)
    rows.add(customer=who, kind=kind, value=changes["before"], started_on=began, ended_on=left)
    begins = start.copy()
    begins[who] = day  # of several, the last stays
    rows.add(customer=np.arange(count), kind=kind, value=last, started_on=begins, ended_on=_ends(world))


def _teams(world: World, rows: Rows) -> None:
    """Add who onboards the customer, and the team of its size from then on."""
    count, start, ends = world.customers.count, _begins(world), _ends(world)
    onboarded = world.customers.start + days(np.minimum(world.customers.onboarding_days, LONGEST_ONBOARDING))
    over = ~world.customers.never_buys & (onboarded < world.calendar.end)
    over &= np.isnat(ends) | (onboarded <= ends)
    who = np.nonzero(over)[0]
    rows.add(
        customer=who, kind="team", value=TEAMS[world.customers.size[who]], started_on=onboarded[who], ended_on=ends[who]
    )
    first_ends = np.where(over, onboarded - DAY, ends)
    rows.add(customer=np.arange(count), kind="team", value=ONBOARDING_TEAM, started_on=start, ended_on=first_ends)


def _begins(world: World) -> Dates:
    """Return from when on each customer is served: from its trial, or its first contract."""
    return world.customers.start - days(world.customers.trial_days)


def _ends(world: World) -> Dates:
    """Return the last day on which each customer is served; none while it is under contract, or may still buy."""
    stints = world.history.stints
    last = np.full(world.customers.count, NEVER)
    order = np.argsort(stints["start"], kind="stable")
    last[stints["customer"][order]] = stints["after"][order] - DAY
    return last
