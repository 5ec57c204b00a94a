"""What outsiders may be shown besides the figures: decided once, over all segments, and handed to each report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibis import _
from pydantic import BaseModel, ConfigDict

from cslib.kpis import CATALOGUE
from cslib.kpis.cells import segment_cells
from cslib.kpis.report_rows import segment_rows
from cslib.privacy.suppression import HIDDEN, suppressed_segments

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from ibis.expr.types import Table

    from cslib.facts import Facts
    from cslib.periods import Month
    from cslib.privacy.suppression import Cell


class Disclosure(BaseModel):
    """What outsiders are not shown of a segment as of a month, besides figures that are hidden; for insiders it is nothing."""

    model_config = ConfigDict(frozen=True)

    undivided: frozenset[tuple[str, str]] = frozenset()  # month and KPI of what is not shown by customer, nor by group
    scores: bool = False  # whether how often each score was given is hidden

    def divides(self, kpi: str, month: Month) -> bool:
        """Return whether a KPI of a month may be shown by customer, or by groups of them."""
        return (str(month), kpi) not in self.undivided


INSIDERS = Disclosure()
"""What is not shown to readers inside the company: nothing."""


def disclosures(facts: Facts, measured: pd.DataFrame, as_of: Month) -> dict[str, Disclosure]:
    """Return what is not shown of each segment of `facts`, which are all; `measured` is the long table of all of them.

    A KPI that is hidden in any segment is shown by customer and by group in none: under their pseudonyms its customers could
    be found again in the lists of others, and a group, such as a CSM's customers, can be the very segment. Of segments
    that are withheld nobody is found again, since their reports name nobody. How often each score was given is hidden where
    it is of few, or where the answers of other segments would disclose few: the total's less a segment's are those of the rest.
    """
    hidden = measured[(measured.reason == HIDDEN) & ~measured.segment.isin(facts.manifest.withheld)]
    undivided = frozenset(hidden[["month", "kpi"]].itertuples(index=False, name=None))
    scores = _scores(facts, as_of) if not facts.missing(CATALOGUE.by_id["nps"].needs) else set()
    return {name: Disclosure(undivided=undivided, scores=name in scores) for name in facts.segments}


def _scores(facts: Facts, as_of: Month) -> set[str]:
    """Return the segments whose answers by score are hidden: all of them where one is of few."""
    nps, hidden, before = CATALOGUE.by_id["nps"], set(facts.manifest.withheld), -1
    assert nps.whole is not None and nps.whole.where is not None  # noqa: S101, PT018 - declared so in the catalogue
    rows = segment_rows(facts, [nps], (as_of,)).filter(_.age < nps.window).filter(nps.whole.where)
    given = list(_counted(rows.join(segment_cells(facts), ["segment", "customer_id"]).select("cell", group=_.score)))
    while before != (before := len(hidden)):
        for _score, sizes in given:
            hidden |= suppressed_segments(sizes, facts.policies.min_n, hidden)
    return hidden


def _counted(rows: Table) -> Iterable[tuple[int, dict[Cell, int]]]:
    """Return how many rows of each `group` the customers in the same segments have."""
    counted = rows.group_by(["group", "cell"]).aggregate(size=_.count()).order_by(["group", "cell"])
    found: dict[int, dict[Cell, int]] = {}
    for row in counted.to_pyarrow().to_pylist():
        found.setdefault(int(row["group"]), {})[frozenset(row["cell"].split("\n"))] = row["size"]
    return found.items()
