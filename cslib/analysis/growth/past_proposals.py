"""Proposals that were made and closed, each with whether a rule held of its customer before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from ibis import _

from cslib.analysis.growth.rules import LACKS_PRODUCT, OFFERS
from cslib.analysis.panel import Rows
from cslib.periods import month_number
from cslib.stats import ranked

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cslib.analysis.growth.rules import PastRules, Rule
    from cslib.analysis.panel import Panel
    from cslib.facts import Facts
    from cslib.periods import Month

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

NEEDS = ("proposals.closed_on",)
AFTER = 3  # months after a close at which the rule held, in which a proposal is one by the rule
MATURE = 6  # months since it was opened, without which only the quick ones would be closed
_HALF_YEAR = 6


class PastProposals:
    """The proposals that were opened six months before the close or earlier, and closed by it."""

    def __init__(self, facts: Facts, as_of: Month, panel: Panel) -> None:
        closed = facts["proposals_closed"].filter(
            _.kind.isin(OFFERS), _.event_no <= as_of.number, month_number(_.opened_on) + MATURE <= as_of.number
        )
        told = closed.select("customer_id", "kind", "product", opened=month_number(_.opened_on), won=_.status == "won")
        frame = told.order_by("opened", "customer_id", "kind", "product", "won").to_pyarrow().to_pandas()
        who = panel.ids.get_indexer(frame.customer_id)
        self._frame = frame.assign(who=who)[who >= 0]
        self._cells = np.array(["\n".join(sorted(cell)) for cell in panel.cells], dtype=object)

    def rows(self, rule: Rule, rules: PastRules, panel: Panel, segment: str) -> Rows:
        """Return the proposals of the rule's kinds to customers of a segment of whom it is known whether the rule held.

        It held if it did at one of the three closes before the proposal was opened; that a product is lacked holds of the
        proposal of that very product. Strata are of one kind, one half-year and the same segments.
        """
        inside = np.array([segment in cell.split("\n") for cell in self._cells], dtype=np.bool_)
        mine = self._frame[self._frame.kind.isin(rule.kinds) & inside[self._frame.who]]
        held = _held_before(rule, rules, panel, mine, segment)
        told = ~np.isnan(held)
        mine, held = mine[told], held[told]
        of = [self._cells[mine.who], mine.kind.to_numpy(), (mine.opened // _HALF_YEAR).to_numpy()]
        numbered = pd.DataFrame(dict(enumerate(of))).groupby([*range(len(of))]).ngroup()
        strata: Ints = numbered.to_numpy().astype(np.int64)
        return Rows(
            figures=-held, ranks=ranked(-held, strata), exposed=held == 1, events=mine.won.to_numpy(dtype=np.bool_),
            strata=strata, customers=mine.who.to_numpy(dtype=np.int64), months=mine.opened.to_numpy(dtype=np.int64),
        )  # fmt: skip


def _held_before(rule: Rule, rules: PastRules, panel: Panel, mine: pd.DataFrame, segment: str) -> Floats:
    """Return of each proposal 1 where the rule held at a close before it, 0 where it did not, nan where that is not known."""
    who, opened = (mine[name].to_numpy(dtype=np.int64) for name in ("who", "opened"))
    places = np.column_stack([panel.place(who, opened - back) for back in range(1, AFTER + 1)])
    figures = np.where(places >= 0, panel.figure(rule.indicator)[places], np.nan)
    if rule.id == LACKS_PRODUCT:
        product = rules.products.get_indexer(pd.Index(mine["product"]))[:, None]
        figures = np.where(np.isnan(figures) | (product < 0), np.nan, rules.offered(segment)[places] == product)
    return np.where(np.isnan(figures).all(axis=1), np.nan, (figures == 1).any(axis=1))
