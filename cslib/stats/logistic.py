"""Logistic regression with a ridge, by Newton's steps: small enough to need no library, whose import takes longer than the fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

_STEPS, _CLOSE = 50, 1e-9
_CERTAIN = 30.0  # a logit whose chance is 0 or 1 to the last digit


def fitted_logits(features: Floats, events: Flags, strength: float) -> Floats:
    """Return the coefficients, the intercept first: the least of b'b / 2 + strength x the sum of -log likelihoods.

    `features` has a row per observation and a column per feature, on scales that can be compared; `events` has both values.
    The intercept bears no penalty (le Cessie & van Houwelingen 1992, Appl Stat 41:191). The loss is convex, and a step that
    does not lower it is halved, so that it ends at the one least value.
    """
    rows = np.column_stack([np.ones(len(features)), features])
    penalty = np.concatenate([[0.0], np.full(features.shape[1], 1.0)])
    share = events.mean()
    found: Floats = np.zeros(rows.shape[1])
    found[0] = np.log(share / (1 - share))
    loss = _loss(found, rows, events, penalty, strength)
    for _ in range(_STEPS):
        chances = chance(rows @ found)
        slope = penalty * found + strength * (rows.T @ (chances - events))
        curve = np.diag(penalty) + strength * (rows.T * (chances * (1 - chances))) @ rows
        step, before = np.linalg.solve(curve, slope), loss
        while (loss := _loss(found - step, rows, events, penalty, strength)) > before + _CLOSE:
            step /= 2
        found = found - step
        if before - loss <= _CLOSE * max(loss, 1.0):
            break
    return found


def chance(logits: Floats) -> Floats:
    """Return the chances that belong to logits."""
    return 1 / (1 + np.exp(-np.clip(logits, -_CERTAIN, _CERTAIN)))


def _loss(found: Floats, rows: Floats, events: Flags, penalty: Floats, strength: float) -> float:
    logits = rows @ found
    return float(penalty @ found**2 / 2 + strength * np.sum(np.logaddexp(0, logits) - logits * events))
