"""The verdict on simulated books whose truth is known: a few of what `python -m bench.effect` tries."""

from __future__ import annotations

import numpy as np
import pytest

from bench.demo_books import demo_book
from bench.effect import RULES, true_change
from bench.programme_books import lived
from cslib.stats.judging import Effect, Judgement, judge
from cslib.stats.readings import Readings, readings
from cslib.stats.trials import NEVER, Outcome, trials

BOOKS = 40


def judged_books(kind: str) -> list[tuple[Readings, Judgement, float]]:
    """Return what is read of use in each book of a kind, what is said of it, and the true change."""
    found = []
    for seed in range(BOOKS):
        with_it, without = lived(kind, seed)
        book = with_it.book()
        use = readings(book, Outcome("use", with_it.figure(with_it.use)), RULES)
        found.append((use, judge(use, RULES), true_change(book, with_it, without)[0]))
    return found


@pytest.mark.parametrize(
    ("kind", "least", "most"), [("none", 0, 3), ("effect", 28, BOOKS), ("now", 0, 3), ("dip", 0, 3)]
)
def test_the_interval_holds_the_truth_and_the_verdict_is_seldom_false(kind: str, least: int, most: int) -> None:
    found = judged_books(kind)
    holds = sum(use.estimate.low <= truth <= use.estimate.high for use, _, truth in found)
    assert holds >= (35 if kind != "dip" else 0)  # whose interval cannot: the rule protects, not the interval
    supported = sum(judged.verdict is Effect.SUPPORTED for _, judged, _ in found)
    assert least <= supported <= most
    assert 25 <= np.median([use.participants for use, _, _ in found]) <= 50


def test_a_book_lives_again_without_the_programme_and_nothing_else() -> None:
    with_it, without = lived("effect", 1)
    assert (with_it.first == without.first).all()
    month = np.arange(30)[:, None]
    untouched = month <= with_it.first
    assert (with_it.use[untouched] == without.use[untouched]).all()
    assert (with_it.use[~untouched] > without.use[~untouched]).all()


def test_what_shows_before_the_start_of_some_kinds() -> None:
    dip, _ = lived("dip", 1)
    rows = trials(dip.book(), RULES)
    use = rows.over(dip.figure(dip.use), -6, 6)[rows.treated]
    assert use[:, 4:7].mean() < use[:, :4].mean() - 1
    csm, _ = lived("csm", 1)
    for start in np.unique(csm.first[csm.first < NEVER]):
        assert len(np.unique(csm.chance.csm[csm.first == start])) <= 3  # whole portfolios at once


@pytest.mark.parametrize(("lift", "supported"), [(1.25, True), (1.0, False)])
def test_a_demo_business(lift: float, supported: bool) -> None:  # noqa: FBT001 - what is asked
    book, use = demo_book(1, 600, lift)
    found = readings(book, Outcome("use", use), RULES)
    assert (judge(found, RULES).verdict is Effect.SUPPORTED) == supported
    assert abs(1 + found.estimate.value / found.before - lift) < 0.1
