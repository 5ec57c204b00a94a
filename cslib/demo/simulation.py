"""The months one after another: who arrives, how each behaves, what is decided about the contracts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cslib.demo import causes
from cslib.demo.behaviour import Goals, Health, Programmes
from cslib.demo.columns import DAY, Columns, Dates, Flags, Floats, Ints, apart, days
from cslib.demo.customer_base import CORE, PRODUCTS, CustomerBase
from cslib.demo.sizes import OPEN_END, by_size

if TYPE_CHECKING:
    from cslib.demo.calendar import Calendar
    from cslib.demo.customers import Customers

RETURN, RETURN_AFTER_DAYS, RETURN_WITHIN_DAYS = 0.022, 45, 400
CHANGE_ON_THE_FIRST = 0.6
UPSELL, CONTRACTION, ADDED_PRODUCT = (0.1, 0.45), (0.1, 0.4), (0.12, 0.4)  # shares of the core amount
PRICE_RISE, PRICE_RISE_CHANCE = 0.03, 0.25  # at a renewal
DROPPED_PRODUCT = 0.06  # chance a renewal, for each product but the core one
LONGER_TERM, LONGER_CHANCE = 12, 0.02  # at a renewal of a shorter term
LATE, LATE_DAYS, EARLY, EARLY_DAYS = 0.03, 20, 0.02, 14
STREAM = 103
SHORT_SEATS = (0.05, 0.15)  # share of the core amount
ABLE_AFTER_DAYS = 20  # a customer sets goals and joins programmes once it has found its feet


@dataclass(frozen=True)
class History:
    """What has happened. The matrices have a row per simulated month and a column per customer.

    `active`: under contract at the month's end. `use` counts only where a customer is served; `in_use` is the share of the
    seats. `added` are those of the `seats` that were bought since they were short. The columns are raw: customers, products
    and levels are numbers. `further` are the changes for the reasons that are planted beside all else.
    """

    use: Floats
    active: Flags
    seats: Ints
    added: Ints
    in_use: Floats
    held: Flags
    mrr: Floats
    has_outcome: Flags
    joined: Flags
    stint_start: Dates
    contracts: Columns
    stints: Columns
    changes: Columns
    further: Columns
    due: Columns
    goals: Columns
    programmes: Columns

    def stint_after(self, who: Ints, start: Dates) -> Dates:
        """Return the day after the last day of the stints that began on `start`; none while they last."""
        keys = _stint_key(self.stints["customer"], self.stints["start"])
        order = np.argsort(keys)
        found = np.searchsorted(keys, _stint_key(who, start), sorter=order)
        return self.stints["after"][order[found]]


def _stint_key(who: Ints, start: Dates) -> Ints:
    return who.astype(np.int64) * 1_000_000 + start.astype("datetime64[D]").astype(np.int64)


class Life:
    """The business, a month at a time."""

    def __init__(
        self, rng: np.random.Generator, customers: Customers, calendar: Calendar, issued: Floats | None
    ) -> None:
        """Begin before the first month."""
        self._rng, self._customers, self._calendar, self._issued = rng, customers, calendar, issued
        # what is planted is drawn apart, so that all else is as it would be without it
        self._apart = apart(rng, STREAM)
        self._second_of_pair: Flags = np.zeros(customers.count, dtype=np.bool_)  # held because of the first
        self.book = CustomerBase(customers)
        self.health = Health(rng, customers)
        self.goals = Goals(customers.count)
        self.programmes = Programmes(customers.count)

    def step(self, month: int) -> Columns:
        """Live one month, and return the month's state of each customer."""
        self._arrive(month)
        self._come_back(month)
        ends = self._calendar.first[month + 1]
        since_start = np.nan_to_num(causes.days_between(self.book.stint_start, ends))
        joined = self.programmes.joined
        use = self.health.step(self._rng, since_start, joined, int(self._calendar.of_year()[month]))
        has_outcome = self.goals.has_outcome
        in_use = causes.seats_in_use(np.zeros(len(use)) if self._issued is None else self._issued, self.health.recent)
        settled = self._change(month)
        if self._issued is not None:
            self._buy_further(month, settled, in_use)
        self._fall_due(month)
        able = self.book.in_force & (since_start > ABLE_AFTER_DAYS)
        self.goals.step(self._rng, month, self._calendar, able, use)
        self.programmes.step(self._rng, month, self._calendar, able, self.health.level)
        return {
            "use": use, "active": self.book.in_force.copy(), "seats": self.book.seats + self.book.added,
            "added": self.book.added.copy(), "in_use": in_use, "held": self.book.held.copy(),
            "mrr": self.book.mrr, "has_outcome": has_outcome, "joined": joined,
            "stint_start": self.book.stint_start.copy(),
        }  # fmt: skip

    def _arrive(self, month: int) -> None:
        this = self._customers
        who = np.nonzero((this.arrival == month) & ~this.never_buys)[0]
        self.book.begin(who, this.start[who], this.seats[who] * this.seat_price[who], this.seats[who], this.term[who])

    def _come_back(self, month: int) -> None:
        away = causes.days_between(self.book.lost_on, self._calendar.first[month])
        back = (away > RETURN_AFTER_DAYS) & (away < RETURN_WITHIN_DAYS) & (self._random() < RETURN)
        who = np.nonzero(back)[0]
        ratio = self._rng.uniform(0.7, 1.1, len(who))
        seats = np.maximum(1, np.rint(self.book.seats[who] * ratio)).astype(np.int64)
        self.book.begin(who, self._within(month, who), self.book.amount[who, CORE] * ratio, seats, self.book.term[who])

    def _change(self, month: int) -> Flags:
        """Let those change their contracts who began before the month and whose term outlasts it, and return who they are."""
        size, recent = self._customers.size, self.health.recent
        runs_on = np.isnat(self.book.ends) | (self.book.ends >= self._calendar.first[month + 1])
        settled = self.book.in_force & runs_on & (self.book.since[:, CORE] < self._calendar.first[month])
        upsell = causes.expansion(by_size(size, lambda each: each.upsell), self.goals.has_outcome)
        shrink = causes.contraction(by_size(size, lambda each: each.contraction), recent)
        dice = self._random()
        for chosen, change, (low, high) in (
            (settled & (dice < upsell), self.book.expand, UPSELL),
            (settled & (dice > 1 - shrink), self.book.shrink, CONTRACTION),
        ):
            who = np.nonzero(chosen)[0]
            change(who, self._within(month, who), self._rng.uniform(low, high, len(who)))
        self._cross_sell(month, settled)
        return settled

    def _cross_sell(self, month: int, settled: Flags) -> None:
        typical = by_size(self._customers.size, lambda each: each.cross_sell)
        buys = settled & (self._random() < causes.expansion(typical, self.goals.has_outcome))
        wanted = self._rng.integers(1, len(PRODUCTS), len(buys))
        # one that is held because of the other of the pair is wanted for itself as well
        second = self._second_of_pair & (wanted == causes.PAIR[1])
        who = np.nonzero(buys & (~self.book.held[np.arange(len(buys)), wanted] | second))[0]
        amount = self.book.amount[who, CORE] * self._rng.uniform(*ADDED_PRODUCT, len(who))
        self.book.add_product(who, wanted[who], self._within(month, who), amount)
        self._second_of_pair[who] &= ~second[who]

    def _buy_further(self, month: int, settled: Flags, in_use: Floats) -> None:
        """Let customers buy what is planted: seats that are short, and the second product of the pair."""
        size, outcome, rng = self._customers.size, self.goals.has_outcome, self._apart
        unchanged = settled & (self.book.since[:, CORE] < self._calendar.first[month])
        seats = causes.further_seats(by_size(size, lambda each: each.upsell), outcome, in_use)
        who = np.nonzero(unchanged & (rng.random(len(seats)) < seats))[0]
        self.book.add_seats(who, self._calendar.within(rng, month, len(who)), rng.uniform(*SHORT_SEATS, len(who)))
        first, second = causes.PAIR
        chance = causes.further_of_pair(by_size(size, lambda each: each.cross_sell), outcome, len(PRODUCTS) - 1)
        held = self.book.held
        able = settled & held[:, first] & (self.book.since[:, first] < self._calendar.first[month]) & ~held[:, second]
        who = np.nonzero(able & (rng.random(len(chance)) < chance))[0]
        amount = self.book.amount[who, CORE] * rng.uniform(*ADDED_PRODUCT, len(who))
        on = self._calendar.within(rng, month, len(who))
        self.book.add_product(who, np.full(len(who), second), on, amount, because_of_another=True)
        self._second_of_pair[who] = True

    def _fall_due(self, month: int) -> None:
        """Decide about the terms that end in the month, and about those that may be cancelled in any."""
        book, (first, after) = self.book, self._calendar.first[month : month + 2]
        hazard = causes.churn(by_size(self._customers.size, lambda each: each.churn), self.health.recent)
        dice = self._random()
        cancels = (book.term == OPEN_END) & (book.stint_start < first) & (dice < hazard)
        who = np.nonzero(book.in_force & cancels)[0]
        book.leave(who, first + days(self._rng.integers(27, self._calendar.length(month), len(who))))
        due = book.in_force & (book.ends >= first) & (book.ends < after)
        stays = dice >= causes.churn_at_term(hazard, book.term)
        self._renew(np.nonzero(due & stays)[0])
        who = np.nonzero(due & ~stays)[0]
        book.leave(who, book.ends[who])

    def _renew(self, who: Ints) -> None:
        rises = self._rng.random(len(who)) < PRICE_RISE_CHANCE
        dropped = self._rng.random((len(who), len(PRODUCTS))) < DROPPED_PRODUCT
        dropped[:, CORE] = False
        self.book.drop_products(who, dropped)
        self._second_of_pair[who] &= ~dropped[:, causes.PAIR[1]]
        longer = self._rng.random(len(who)) < LONGER_CHANCE
        term = np.where(longer, np.maximum(LONGER_TERM, self.book.term[who]), self.book.term[who])
        self.book.renew(who, self._renewal_days(who), np.where(rises, PRICE_RISE, 0.0), term)

    def _renewal_days(self, who: Ints) -> Dates:
        """Return when the next terms start: on the day after, a few late, a few early within the month."""
        ends = self.book.ends[who]
        dice = self._rng.random(len(who))
        late = self._rng.integers(1, LATE_DAYS + 1, len(who))
        day_of_month = ((ends - ends.astype("datetime64[M]").astype("datetime64[D]")) / DAY).astype(np.int64)
        early = np.minimum(self._rng.integers(1, EARLY_DAYS + 1, len(who)), day_of_month)
        shift = np.where(dice < LATE, late, np.where(dice > 1 - EARLY, -early, 0))
        return ends + days(1 + shift)

    def _within(self, month: int, who: Ints) -> Dates:
        """Return a day of the month for each, most often the first."""
        later = self._rng.integers(1, 28, len(who))
        on_the_first = self._rng.random(len(who)) < CHANGE_ON_THE_FIRST
        day: Dates = self._calendar.first[month] + days(np.where(on_the_first, 0, later))
        return day

    def _random(self) -> Floats:
        return self._rng.random(self._customers.count)


def live(rng: np.random.Generator, customers: Customers, calendar: Calendar, issued: Floats | None = None) -> History:
    """Return the history of the customers over all months of the calendar.

    With `issued`, the share of the seats for which each customer issues accounts, the planted reasons to buy work as well;
    of the same `rng` all else is then as it would be without it.
    """
    life = Life(rng, customers, calendar, issued)
    states = [life.step(month) for month in range(calendar.months)]
    life.book.close()
    life.goals.close()
    return History(
        **{name: np.stack([state[name] for state in states]) for name in states[0]},
        contracts=life.book.rows.columns(),
        stints=life.book.stints.columns(),
        changes=life.book.changes.columns(),
        further=life.book.further.columns() if issued is not None else {},
        due=life.book.due.columns(),
        goals=life.goals.rows.columns(),
        programmes=life.programmes.rows.columns(),
    )
