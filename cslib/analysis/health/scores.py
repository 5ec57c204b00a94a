"""The health score of each customer at each close: what it is made of, and how much of it is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cslib.analysis.indicators import Indicator
    from cslib.analysis.panel import Panel
    from cslib.settings import Component, Health

    Floats = NDArray[np.float64]
    Texts = NDArray[np.str_]

RED, YELLOW, GREEN, NO_BAND = "red", "yellow", "green", "none"
BANDS = (RED, YELLOW, GREEN, NO_BAND)
_FULL = 100.0
_SLIP = 1e-9  # what is left of an exact share once weights were summed


@dataclass(frozen=True)
class Scores:
    """The score of each row of a panel, from the components that the source tells of: `parts` has a column for each of them.

    A part is 100 · clip((figure - bad) / (good - bad), 0, 1), nan where the figure is not known. The score is the mean of the
    parts that are known by their weights, nan where less of the weight is known than a score asks for. `known` is the share
    that is known of the weight of all components, those included that the source does not tell of.
    """

    components: tuple[Indicator, ...]
    weights: Floats
    figures: Floats
    parts: Floats
    known: Floats
    score: Floats
    band: Texts

    @property
    def weight_known(self) -> Floats:
        """The weight that is known in each row."""
        return ~np.isnan(self.parts) @ self.weights


def scores(panel: Panel, indicators: Sequence[Indicator], health: Health) -> Scores:
    """Return the scores of a panel's rows; `indicators` are those that the source tells of."""
    chosen = tuple(one for one in indicators if one.id in health.components)
    said = [health.components[one.id] for one in chosen]
    figures = np.column_stack([np.empty((len(panel.months), 0)), *(panel.figure(one) for one in chosen)])
    parts = np.column_stack([np.empty((*figures.shape[:1], 0)), *map(_part, figures.T, said)])
    weights = np.array([one.weight for one in said], dtype=np.float64)
    told = ~np.isnan(parts)
    weight_known = told @ weights
    known = weight_known / sum(one.weight for one in health.components.values())
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(told, parts, 0) @ weights / weight_known
    enough = (known >= health.least_known.score - _SLIP) & (weight_known > 0)
    score = np.where(enough, mean, np.nan)
    return Scores(chosen, weights, figures, parts, known, score, _bands(score, known, health))


def _part(figures: Floats, said: Component) -> Floats:
    part: Floats = _FULL * np.clip((figures - said.bad) / (said.good - said.bad), 0, 1)
    return part


def _bands(score: Floats, known: Floats, health: Health) -> Texts:
    """Return the band of each score; not green where less is known than green asks for, however good the rest is."""
    sure = known >= health.least_known.green - _SLIP
    over = score + _SLIP
    return np.select(
        [np.isnan(score), over < health.bands.yellow, (over < health.bands.green) | ~sure],
        [NO_BAND, RED, YELLOW],
        default=GREEN,
    )
