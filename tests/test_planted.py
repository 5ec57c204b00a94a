"""What is planted in the demo for the growth analyses to find: counted in its history, and nothing else is moved by it."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import pytest

from cslib.analysis.growth.pairs import pairs
from cslib.demo import causes
from cslib.demo.accounts import accounts
from cslib.demo.calendar import demo_calendar
from cslib.demo.customer_base import PRODUCTS
from cslib.demo.customers import customers
from cslib.demo.simulation import live
from cslib.demo.state import World
from cslib.demo.write import UNTIL
from cslib.inquiries import inquire

if TYPE_CHECKING:
    from cslib.demo.columns import Columns, Flags, Floats
    from cslib.demo.customers import Customers
    from cslib.demo.simulation import History
    from cslib.portfolio import Portfolio

FIRST, SECOND = causes.PAIR
MONTHLY = 1  # a term that ends in every month: such customers change nothing within one


@dataclass(frozen=True)
class Lives:
    """The same customers' lives, without what is planted and with it."""

    who: Customers
    bare: History
    planted: History

    def strata(self) -> np.ndarray:
        """Return the size of each customer, and whether it had an outcome, by month."""
        found: np.ndarray = self.who.size + 3 * self.planted.has_outcome
        return found


def lived(count: int, seed: int) -> Lives:
    """Return the lives of so many customers."""
    rng, calendar = np.random.default_rng(seed), demo_calendar(UNTIL, 30)
    who = customers(rng, count, calendar)
    again = deepcopy(rng)
    bare = live(rng, who, calendar)
    share = accounts(World(rng, who, bare, calendar))[1]
    return Lives(who, bare, live(again, who, calendar, share))


@pytest.fixture(scope="module")
def lives() -> Lives:
    return lived(3_000, 11)


def standardised(happens: Flags, exposed: Flags, at_risk: Flags, strata: np.ndarray) -> float:
    """Return how many times as often something happens to the exposed as to the others of their strata at risk."""
    seen = expected = 0.0
    for stratum in np.unique(strata):
        inside = at_risk & (strata == stratum)
        others = inside & ~exposed
        seen += (happens & inside & exposed).sum()
        expected += (inside & exposed).sum() * (happens & others).sum() / max(1, others.sum())
    return float(seen / expected)


def sold(history: History, *of: Columns) -> Flags:
    """Return in which months which customers bought seats."""
    found = np.zeros(history.active.shape, dtype=np.bool_)
    first = np.datetime64(str(UNTIL), "M") - (len(found) - 1)
    for changes in of:
        more = changes["kind"] == "upsell"
        month = (changes["on"][more].astype("datetime64[M]") - first).astype(np.int64)
        found[month, changes["customer"][more]] = True
    return found


def under_contract(lives: Lives) -> Flags:
    """Return in which months which customers were under contract at both closes; none whose terms end in every month."""
    active = lives.planted.active
    both: Flags = active & np.roll(active, 1, axis=0) & (lives.who.term != MONTHLY)
    both[0] = False
    return both


def test_all_else_is_as_it_would_be_without_it(lives: Lives) -> None:
    bare, planted = lives.bare, lives.planted
    for name in ("use", "active", "has_outcome", "joined", "stint_start"):
        np.testing.assert_array_equal(getattr(bare, name), getattr(planted, name), err_msg=name)
    for name in ("stints", "due", "goals", "programmes"):
        for column, values in getattr(bare, name).items():
            np.testing.assert_array_equal(values, getattr(planted, name)[column], err_msg=column)
    assert np.array_equal(bare.seats, planted.seats - planted.added)
    for column in ("customer", "kind", "product", "on"):
        assert np.array_equal(bare.changes[column], planted.changes[column]), column
    others = np.setdiff1d(np.arange(lives.who.count), planted.further["customer"])
    assert len(others) > 2_000
    assert np.array_equal(bare.mrr[:, others], planted.mrr[:, others])
    assert (planted.held | ~bare.held).all()
    assert not (planted.held & ~bare.held)[:, :, [one for one in range(len(PRODUCTS)) if one != SECOND]].any()


def test_who_holds_the_first_of_the_pair_buys_the_second_as_often_as_is_said(lives: Lives) -> None:
    for history, times in ((lives.planted, causes.PAIR_ON_CROSS_SELL), (lives.bare, 1.0)):
        held = history.held
        before = np.roll(held, 1, axis=0)
        lacks = under_contract(lives) & ~before[:, :, SECOND]
        ratio = standardised(held[:, :, SECOND], before[:, :, FIRST], lacks, lives.strata())
        assert ratio == pytest.approx(times, rel=0.35 if times > 1 else 0.8)
        # the other way round nothing is planted
        lacks = under_contract(lives) & ~before[:, :, FIRST]
        bought = held[:, :, FIRST] & ~held[:, :, SECOND] | held[:, :, FIRST] & before[:, :, SECOND]
        assert standardised(bought, before[:, :, SECOND], lacks, lives.strata()) < 3


def test_who_is_short_of_seats_buys_more_as_often_as_is_said(lives: Lives) -> None:
    planted, short = lives.planted, lives.planted.in_use >= causes.HEAVY_USE
    settled = under_contract(lives)
    assert 0.05 < short[settled].mean() < 0.3
    every = sold(planted, planted.changes, planted.further)
    assert standardised(every, short, settled, lives.strata()) == pytest.approx(causes.PRESSURE_ON_UPSELL, rel=0.15)
    anyway = sold(planted, planted.changes)
    assert standardised(anyway, short, settled, lives.strata()) == pytest.approx(1, rel=0.15)


def test_seats_in_use_are_those_of_which_an_account_has_an_event() -> None:
    """Half of the seats have accounts; at use 0.5 events are Poisson around 4.5 times a gamma figure of shape 0.9."""
    rng = np.random.default_rng(3)
    eager: Floats = rng.gamma(causes.EAGERNESS, 1 / causes.EAGERNESS, 200_000)
    share = (rng.poisson(causes.EVENTS * 0.5 * eager) > 0).mean() / 2
    assert causes.seats_in_use(np.array([0.5]), np.array([0.5]))[0] == pytest.approx(share, abs=0.003)


def test_without_the_reasons_nothing_is_planted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(causes, "PAIR_ON_CROSS_SELL", 1.0)
    monkeypatch.setattr(causes, "PRESSURE_ON_UPSELL", 1.0)
    found = lived(300, 2)
    assert not len(found.planted.further["customer"])
    for one in fields(found.bare):
        if one.name not in {"in_use", "further"}:
            bare, planted = ({"": value} if isinstance(value, np.ndarray) else value for value in (getattr(found.bare, one.name), getattr(found.planted, one.name)))  # fmt: skip
            for name, values in bare.items():
                np.testing.assert_array_equal(values, planted[name], err_msg=f"{one.name} {name}")


def test_revenue_is_held_within_points_of_what_it_would_be() -> None:
    """Twelve months' NRR of four businesses of 600: the planted reasons add two points at most on average, to no size over three."""
    added = []
    for seed in range(1, 5):
        found = lived(600, seed)
        then = found.bare.active[-13]
        rows = []
        for inside in (then, *(then & (found.who.size == size) for size in range(3))):
            bare, planted = (
                (one.mrr[-1] * one.active[-1])[inside].sum() / one.mrr[-13][inside].sum()
                for one in (found.bare, found.planted)
            )
            rows.append(planted - bare)
        added.append(rows)
    mean = np.mean(added, axis=0)
    assert 0 < mean[0] < 0.02
    assert mean.max() < 0.03


def test_the_pair_is_found_in_the_demo(demo_book: Portfolio) -> None:
    table = pairs(inquire(demo_book, UNTIL, ("total",)))
    found = table[table.verdict == "supported"]
    assert [{one["product"], one.other} for _, one in found.iterrows()] == [{PRODUCTS[FIRST], PRODUCTS[SECOND]}]
