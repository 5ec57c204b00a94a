"""Which segments an analysis does not tell outsiders of."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from cslib.privacy.suppression import suppressed_segments

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from cslib.facts import Facts
    from cslib.privacy.suppression import Cell


def few_segments(facts: Facts, cells: Sequence[Cell], groups: Iterable[NDArray[np.bool_]]) -> set[str]:
    """Return the segments in which a group of customers is few, or is told by what is shown of other segments.

    `cells` are the segments of each customer, each of `groups` says who of them is in it. Nobody is kept from insiders.
    """
    if not facts.discreet:
        return set()
    hidden = set(facts.manifest.withheld)
    for group in groups:
        sizes = Counter(cells[place] for place in np.flatnonzero(group).tolist())
        hidden |= suppressed_segments(sizes, facts.policies.min_n, hidden) if sizes else set()
    return hidden
