"""The logistic regression with a ridge: closed forms, and the conditions of its one least value."""

from __future__ import annotations

import numpy as np
import pytest

from cslib.stats import chance, fitted_logits


def test_without_features_the_intercept_is_the_share() -> None:
    events = np.array([True] * 3 + [False] * 7)
    assert fitted_logits(np.empty((10, 0)), events, 0.1) == pytest.approx([np.log(3 / 7)])


def test_with_a_weak_ridge_it_is_the_odds_of_a_table() -> None:
    # 4 of 10 without the feature, 9 of 12 with it
    feature = np.array([0.0] * 10 + [1.0] * 12)
    events = np.array([True] * 4 + [False] * 6 + [True] * 9 + [False] * 3)
    found = fitted_logits(feature[:, None], events, 1e9)
    assert found == pytest.approx([np.log(4 / 6), np.log(9 / 3) - np.log(4 / 6)], rel=1e-6)
    assert chance(found[0] + found[1] * np.array([0.0, 1.0])) == pytest.approx([0.4, 0.75])


def test_the_slope_is_nought_where_it_ends() -> None:
    rng = np.random.default_rng(5)
    features = rng.normal(size=(400, 3))
    events = rng.random(400) < chance(features @ np.array([1.0, -0.5, 0.0]) - 2)
    found = fitted_logits(features, events, 0.1)
    rest = chance(found[0] + features @ found[1:]) - events
    assert rest.sum() == pytest.approx(0, abs=1e-4)  # the intercept bears no penalty
    assert found[1:] + 0.1 * features.T @ rest == pytest.approx(np.zeros(3), abs=1e-4)


def test_a_stronger_ridge_shrinks() -> None:
    feature = np.array([[0.0], [0.0], [1.0], [1.0]])
    events = np.array([False, False, True, True])  # told apart without a doubt: without a ridge there is no end
    strong, weak = (abs(fitted_logits(feature, events, strength)[1]) for strength in (0.1, 10.0))
    assert 0 < strong < weak < 20


def test_chances_of_far_logits_are_no_overflow() -> None:
    assert chance(np.array([-1e6, 0.0, 1e6])) == pytest.approx([0, 0.5, 1], abs=1e-12)
