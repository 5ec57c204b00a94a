"""Figures of Kaplan-Meier curves: medians with their intervals, means, and the curve itself."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class Estimate(NamedTuple):
    """A figure with its 95 % interval; nan where it is undefined."""

    value: float
    low: float
    high: float


def _curve(durations: Floats, observed: NDArray[np.bool_]) -> stats.ecdf:
    return stats.ecdf(stats.CensoredData.right_censored(durations, ~observed))


def km_median(durations: Floats, observed: NDArray[np.bool_]) -> Estimate:
    """Return the Kaplan-Meier median with its log-log interval (Brookmeyer & Crowley 1982).

    nan where half of the rows never ended: the median, or the bound, was not reached.
    """
    if not observed.any():
        return Estimate(np.nan, np.nan, np.nan)
    curve = _curve(durations, observed)
    band = _band(curve)
    steps = curve.sf.quantiles
    return Estimate(
        _first_below(steps, curve.sf.probabilities),
        _first_below(steps, band.low.probabilities),
        _first_below(steps, band.high.probabilities),
    )


def _band(curve: stats.ecdf) -> stats.ecdf:
    with warnings.catch_warnings():
        # where nobody or everybody has ended the band is undefined, and reads as not reached
        warnings.simplefilter("ignore", RuntimeWarning)
        return curve.sf.confidence_interval(method="log-log")


def km_curve(durations: Floats, observed: NDArray[np.bool_]) -> pd.DataFrame:
    """Return the Kaplan-Meier curve: days, open_share, low, high, at_risk, ended, a row per day on which a row ended or was cut.

    Begins with day 0, when all is open; empty where nothing ended.
    """
    if not observed.any():
        return pd.DataFrame(columns=["days", "open_share", "low", "high", "at_risk", "ended"])
    curve = _curve(durations, observed)
    band, steps = _band(curve), curve.sf.quantiles
    at_risk = [int((durations >= day).sum()) for day in steps]
    found = pd.DataFrame(
        {
            "days": steps,
            "open_share": curve.sf.probabilities,
            "low": band.low.probabilities,
            "high": band.high.probabilities,
            "at_risk": at_risk,
            "ended": [int(((durations == day) & observed).sum()) for day in steps],
        }
    )
    whole = {"days": [0.0], "open_share": [1.0], "low": [1.0], "high": [1.0], "at_risk": [len(durations)], "ended": [0]}
    start = pd.DataFrame(whole)
    return found if steps[0] == 0 else pd.concat([start, found], ignore_index=True)


def _first_below(steps: Floats, survival: Floats) -> float:
    below = np.flatnonzero(survival <= 0.5 + 1e-12)
    return float(steps[below[0]]) if len(below) else np.nan


def km_mean(durations: Floats, observed: NDArray[np.bool_], limit: int) -> float:
    """Return the area under the Kaplan-Meier curve up to `limit`, or to the longest duration where that is shorter.

    nan for no rows.
    """
    if not len(durations):
        return np.nan
    end = min(float(limit), float(durations.max()))
    curve = _curve(durations, observed)
    inside = curve.sf.quantiles < end
    edges = np.concatenate([[0.0], curve.sf.quantiles[inside], [end]])
    heights = np.concatenate([[1.0], curve.sf.probabilities[inside]])
    return float(np.sum(np.diff(edges) * heights))
