"""The analyses by name: each a long table of groups of customers, the same for a page, a file or the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib.analysis.signals import signals

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from cslib.facts import Facts
    from cslib.periods import Month

    Analysis = Callable[[Facts, Month, Sequence[str]], pd.DataFrame]

ANALYSES: Mapping[str, Analysis] = {"signals": signals}
"""What `cslib analyse` knows: facts of all segments, a month, and the segments to tell of, in; a table out."""
