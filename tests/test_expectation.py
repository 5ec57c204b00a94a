"""A change held against the one that was expected: its interval, and the word for it."""

from __future__ import annotations

import math

import pytest

from cslib.stats.expectation import Came, Span, came, mean_of

HIGHER, LOWER = 1, -1


def test_a_difference_adds_the_halves_that_face_it() -> None:
    now, before = Span(0.8, 0.5, 0.92), Span(0.5, 0.46, 0.9)
    found = now.less(before)
    assert found.value == pytest.approx(0.3)
    assert found.low == pytest.approx(0.3 - 0.5)  # √(0.3² + 0.4²)
    assert found.high == pytest.approx(0.3 + math.sqrt(0.12**2 + 0.04**2))


def test_the_mean_of_figures_is_surer_by_the_root_of_how_many_are_independent() -> None:
    closes = [Span(0.4, 0.3, 0.6), Span(0.5, 0.4, 0.7), Span(0.6, 0.5, 0.8)]
    found = mean_of(closes, 3)
    assert (found.value, found.low, found.high) == pytest.approx(
        (0.5, 0.5 - 0.1 / math.sqrt(3), 0.5 + 0.2 / math.sqrt(3))
    )
    assert mean_of(closes, 1).low == pytest.approx(0.4)


def test_an_end_that_was_not_reached_bounds_nothing() -> None:
    found = Span(70, 40, math.inf).less(Span(60, 50, 75))
    assert found.high == math.inf
    assert found.low == pytest.approx(10 - math.sqrt(30**2 + 15**2))


@pytest.mark.parametrize(
    ("low", "high", "expected", "word"),
    [
        (0.02, 0.10, 0.05, Came.AS_EXPECTED),
        (-0.02, 0.10, 0.05, Came.NO_CHANGE),
        (-0.02, 0.03, 0.05, Came.NOTHING_OF_THE_KIND),
        (0.06, 0.10, 0.05, Came.BETTER),
        (0.01, 0.04, 0.05, Came.SHORT),
        (-0.10, -0.01, 0.05, Came.WORSE),
        # a loss that is accepted: less of it is better, more is worse
        (-0.10, -0.01, -0.05, Came.AS_EXPECTED),
        (-0.04, -0.01, -0.05, Came.BETTER),
        (-0.10, -0.06, -0.05, Came.WORSE),
        (0.01, 0.02, -0.05, Came.BETTER),
    ],
)
def test_each_word_by_where_the_interval_lies(low: float, high: float, expected: float, word: Came) -> None:
    assert came(Span((low + high) / 2, low, high), expected, HIGHER) is word
    assert came(Span(-(low + high) / 2, -high, -low), -expected, LOWER) is word  # turned round, where less is better


def test_ends_of_an_interval_belong_to_it() -> None:
    assert came(Span(0.05, 0.0, 0.1), 0.1, HIGHER) is Came.NO_CHANGE
