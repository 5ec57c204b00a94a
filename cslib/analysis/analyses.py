"""The analyses by name: each a long table of groups of customers, the same for a page, a file or the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib.analysis.signals import signals
from cslib.errors import UnknownName

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from cslib.facts import Facts
    from cslib.periods import Month

    Analysis = Callable[[Facts, Month, Sequence[str]], pd.DataFrame]

ANALYSES: Mapping[str, Analysis] = {"signals": signals}
"""What `cslib analyse` knows: facts of all segments, a month, and the segments to tell of, in; a table out."""


def analyse(name: str, facts: Facts, as_of: Month, segments: Sequence[str]) -> pd.DataFrame:
    """Return the table of an analysis as of a month, of these segments; `facts` are those of all.

    Raises `UnknownName` for no analysis.
    """
    if name not in ANALYSES:
        raise UnknownName("analysis", name, ANALYSES)
    return ANALYSES[name](facts, as_of, segments)
