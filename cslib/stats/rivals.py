"""What else may stand behind an estimate: figures that changed for participants at the same time."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cslib.stats.balancing import balanced
from cslib.stats.contrast import Contrast, contrasts
from cslib.stats.shares import of_shares
from cslib.stats.trials import LeftOut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cslib.stats.balancing import Weights
    from cslib.stats.trials import Floats, Trials

MOVES = 1 / 3  # of the estimate


class Reads(StrEnum):
    """How a rival is read of a trial."""

    CHANGE = "change"  # mean of the months after less mean of the months before
    AT_START = "at_start"  # the column of the start month: a flag of what happened around it


class Rival(NamedTuple):
    """Another explanation: a figure (n, T) that may have changed at the same time; nan where unknown."""

    id: str
    figure: Floats
    reads: Reads = Reads.CHANGE


class RivalReading(NamedTuple):
    """How a rival differs between participants and comparison, and what becomes of the estimate if it is made alike."""

    id: str
    contrast: Contrast
    moved: float  # the estimate with the rival among the traits; nan where the rival does not differ beyond chance
    moves: bool  # by more than a third

    @property
    def differs(self) -> bool:
        """Whether the 95 % interval of the rival's contrast leaves 0 out."""
        return self.contrast.low > 0 or self.contrast.high < 0


def rival_readings(plain: Weights, change: Floats, rivals: Sequence[Rival]) -> tuple[RivalReading, ...]:
    """Return each rival's contrast under the weights of the estimate, whose figure is `change` (rows,).

    Whether the estimate moves is asked where the rival differs beyond chance alone: there it is the other explanation.
    """
    return tuple(_reading(plain, change, rival) for rival in rivals)


def _reading(plain: Weights, change: Floats, rival: Rival) -> RivalReading:
    figure = _figure(plain.trials, rival)
    kept = plain.trials.with_both_sides(np.isfinite(figure))
    if not kept.all():
        rows = plain.trials.those(kept, LeftOut.UNKNOWN)
        plain, change, figure = balanced(rows, rows.traits, begin=plain), change[kept], figure[kept]
    contrast, estimate = contrasts(plain, np.column_stack([figure, change]))
    if np.isin(figure, (0.0, 1.0)).all():  # seldom so, and then far from normal
        contrast = of_shares(plain, figure)
    found = RivalReading(rival.id, contrast, np.nan, moves=False)
    if not found.differs:
        return found
    alike = balanced(plain.trials, plain.trials.traits | {rival.id: figure}, begin=plain)
    moved = contrasts(alike, change[:, None])[0].value
    return found._replace(moved=moved, moves=abs(moved - estimate.value) > MOVES * abs(estimate.value))


def _figure(rows: Trials, rival: Rival) -> Floats:
    if rival.reads is Reads.AT_START:
        return rows.at(rival.figure, 0)
    months = rows.rules.months
    after, before = rows.over(rival.figure, 1, months), rows.over(rival.figure, -months, -1)
    change: Floats = after.mean(axis=1) - before.mean(axis=1)
    return change
