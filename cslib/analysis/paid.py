"""What each customer paid at each close, as a matrix from which the movements of a book are reckoned at once."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from ibis import _

from cslib.analysis.panel import memberships

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cslib.facts import Facts
    from cslib.periods import Month
    from cslib.privacy.suppression import Cell

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]


class Paid:
    """The recurring amount of each customer, a row, at each close up to `as_of`, a column: 0 where under no contract.

    The first column is the first month that the data cover: what moved within it is not known. `members` says who lies in
    a segment, `cells` in which segments each customer lies.
    """

    def __init__(self, facts: Facts, as_of: Month) -> None:
        first = facts.manifest.first.number
        rows = facts["customer_months"].filter(_.month_no <= as_of.number)
        told = rows.select("customer_id", "month_no", mrr=_.closing_mrr.cast("float64"))
        frame = told.order_by("customer_id", "month_no").to_pyarrow().to_pandas()
        self.ids = pd.Index(frame.customer_id.unique())
        self.amounts: Floats = np.zeros((len(self.ids), as_of.number - first + 1))
        self.amounts[self.ids.get_indexer(frame.customer_id), frame.month_no - first] = frame.mrr
        self.members, cells = memberships(facts, self.ids)
        self.cells: list[Cell] = [frozenset(cell.split()) for cell in cells]

    @cached_property
    def ever(self) -> Flags:
        """Whether each customer was under contract at that close or at an earlier one."""
        return np.logical_or.accumulate(self.amounts > 0, axis=1)

    @property
    def moves(self) -> int:
        """How many months have an opening and a closing, so that what moved in them is known."""
        return max(self.amounts.shape[1] - 1, 0)
