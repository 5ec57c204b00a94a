"""How far a forecast's bands are widened, by how far the book's own past has strayed from forecasts made then."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Number = Floats | np.float64 | float

QUANTILES = (0.025, 0.1, 0.5, 0.9, 0.975)
APART = 3  # months between two origins that are both counted
LEAST_ORIGINS = 6
_MOST = 2.5
_COVERED = 0.8


class Bands(NamedTuple):
    """The quantiles of what may come: each a number or an array."""

    low95: Number
    low80: Number
    middle: Number
    high80: Number
    high95: Number


def bands(drawn: Floats) -> Bands:
    """Return the quantiles over paths, the rows, of each column."""
    return Bands(*np.quantile(drawn, QUANTILES, axis=0))


def strayed(actual: float, found: Bands) -> float:
    """Return how many half widths of the 80 % band an actual value lies from the middle, on its own side; nan for a band of none."""
    half = float(found.high80 - found.middle if actual >= found.middle else found.middle - found.low80)
    away = abs(actual - float(found.middle))
    return away / half if half > 0 else (0.0 if away == 0 else np.nan)


def factor(distances: Floats, untried: float) -> float:
    """Return by how much bands are widened: the 80 % quantile of how far past values strayed, from 1 to 2.5.

    Distances are of origins `APART` months apart or more; under six of them nothing is known, and it is `untried`.
    """
    known = distances[~np.isnan(distances)]
    if len(known) < LEAST_ORIGINS:
        return untried
    return float(np.clip(np.quantile(known, _COVERED), 1.0, _MOST))


def widened(found: Bands, by: float, most: float = np.inf) -> Bands:
    """Return the bands with each distance from the middle so many times as wide, none under 0 or over `most`."""
    middle = found.middle
    return Bands(*(np.clip(middle + by * (edge - middle), 0.0, most) for edge in found))
