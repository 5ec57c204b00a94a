"""Lists of customers by segment: their frame, and what is said in place of one that cannot be made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cslib.analysis.panel import NEEDS
from cslib.kpis import reasons
from cslib.privacy.suppression import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cslib.analysis.inquiry import Inquiry

    Lister = Callable[[str, pd.Series[str]], pd.DataFrame]  # a segment and its customers' ids in; their rows out


def list_by_segment(
    inquiry: Inquiry, columns: Sequence[str], texts: Sequence[str], prepare: Callable[[Inquiry], Lister]
) -> pd.DataFrame:
    """Return the rows of each segment under these columns, `texts` without gaps; a segment without any has one with the reason.

    `prepare` is asked once, and only where there is something to tell: the source knows the ends of contracts, and nobody
    outside reads it, to whom no customer is listed.
    """
    facts = inquiry.facts
    absent = facts.missing(NEEDS)
    untold = HIDDEN if facts.discreet else f"{reasons.NEEDS} {', '.join(absent)}" if absent else ""
    lister = None if untold else prepare(inquiry)
    members = facts.members.select("segment", "customer_id").to_pyarrow().to_pandas()
    found = []
    for segment in sorted(inquiry.segments):
        rows = lister(segment, members.customer_id[members.segment == segment]) if lister else pd.DataFrame()
        said = rows if len(rows) else pd.DataFrame({"reason": [untold or reasons.EMPTY]})
        found.append(said.reindex(columns=list(columns)).assign(segment=segment))
    table = pd.concat(found, ignore_index=True).assign(month=str(inquiry.as_of))
    table[[*texts]] = table[[*texts]].astype(object).where(table[[*texts]].notna(), "")
    return table
