"""What those who start differ by from those weighed to be like them, with an error that counts each customer once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cslib.stats.balancing import Weights
    from cslib.stats.trials import Floats


class Contrast(NamedTuple):
    """A difference, participants less comparison, with its 95 % interval by Student's t; nan where it is undefined."""

    value: float
    se: float
    low: float
    high: float
    p: float  # two-sided, of no difference
    n: int  # participants
    freedom: int  # degrees of freedom: participants less one, or clusters with participants less one


def contrasts(weights: Weights, figures: Floats) -> list[Contrast]:
    """Return the contrast of each column of `figures` (rows, m), which has no nan."""
    raise NotImplementedError
