"""Weights with which those who do not start are, in each trial, like those who do (entropy balancing)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cslib.stats.trials import Floats, Trials


class Balance(NamedTuple):
    """How alike both sides are in one trait."""

    item: str
    participants: float  # their mean
    before_weights: float  # the mean of the others in the same trials
    comparison: float  # after weighting
    difference: float  # participants less comparison, in standard deviations


@dataclass(frozen=True, eq=False)
class Weights:
    """The weight of each row: 1 of a participant; those of the others of a trial sum to its participants."""

    trials: Trials
    weight: Floats

    @property
    def effective(self) -> float:
        """How many comparison customers the weights are worth: (sum w)² / sum w², by customer."""
        raise NotImplementedError

    @property
    def balance(self) -> tuple[Balance, ...]:
        """How alike both sides are in each trait."""
        raise NotImplementedError


def balanced(trials: Trials, traits: Mapping[str, Floats], ridge: float = 1.0) -> Weights:
    """Return the weights under which the `traits` of rows, each (rows,), agree."""
    raise NotImplementedError
