"""Where a chain breaks: the gate at which most of those who came so far stop, if it stands out beyond chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import scipy

if TYPE_CHECKING:
    from collections.abc import Sequence

LEVEL = 0.05


def breaking_place(came: Sequence[int], stopped: Sequence[int]) -> int | None:
    """Return the place of the gate at which the largest share of those who came to it stop; None where chance may have it so.

    `came` are those who passed all gates before, `stopped` those of them who did not pass this one. It stands out where it
    differs from every other gate by Fisher's exact test, two-sided at 5 %: a test of the one that looks worst against the
    others holds its level without any correction (Gutmann & Maymin 1987, Annals of Statistics 15:456), and of those who come
    to a gate the share that stops is independent of the shares at the gates before. A gate to which nobody came is none.
    """
    tried = [place for place, count in enumerate(came) if count]
    if len(tried) < 2:  # noqa: PLR2004 - one alone is not held against anything
        return None
    worst = max(tried, key=lambda place: stopped[place] / came[place])
    others = [place for place in tried if place != worst]
    return worst if all(_differ(came, stopped, worst, other) for other in others) else None


def _differ(came: Sequence[int], stopped: Sequence[int], one: int, other: int) -> bool:
    table = [[stopped[place], came[place] - stopped[place]] for place in (one, other)]
    return bool(scipy.stats.fisher_exact(table).pvalue < LEVEL)
