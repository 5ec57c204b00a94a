"""Who joined which programme in which month, as it was known by the close."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from ibis import _

from cslib.periods import month_number
from cslib.stats.trials import NEVER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cslib.facts import Facts
    from cslib.periods import Month

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

ANY = "*"  # any programme: the first start of whichever
_ALWAYS = np.iinfo(np.int64).max
_AROUND = 3  # months before and after a start in which another one is too near


def joined(facts: Facts, as_of: Month) -> pd.DataFrame:
    """Return a row per start by the close: customer_id, programme, began and ended (month numbers; ended far ahead while in it)."""
    rows = facts.tables["programmes"].filter(_.started_on <= as_of.last_day)
    told = rows.select(
        "customer_id", "programme", began=month_number(rows.started_on), ended=month_number(rows.ended_on)
    )
    frame = told.order_by("programme", "customer_id", "began", "ended").to_pyarrow().to_pandas()
    return frame.assign(ended=frame.ended.fillna(_ALWAYS).astype(np.int64))


@dataclass(frozen=True)
class Starts:
    """The starts of all programmes: customers and months by their places in a ground of `shape`."""

    programme: NDArray[np.object_]
    customer: Ints
    began: Ints
    ended: Ints
    shape: tuple[int, int]

    @classmethod
    def of(cls, frame: pd.DataFrame, ids: pd.Index[str], first: int, months: int) -> Starts:
        """Return the starts of a frame as `joined` tells them."""
        ended = frame.ended.to_numpy()
        return cls(
            frame.programme.to_numpy(object),
            ids.get_indexer(pd.Index(frame.customer_id)).astype(np.int64),
            frame.began.to_numpy(np.int64) - first,
            np.where(ended == _ALWAYS, _ALWAYS, ended - first),
            (len(ids), months),
        )

    @property
    def programmes(self) -> tuple[str, ...]:
        """The programmes by name, and `ANY` last where there are several."""
        names = sorted(set(self.programme))
        return (*names, ANY) if len(names) > 1 else tuple(names)

    def first(self, programme: str) -> Ints:
        """Return the month of each customer's first start; below 0 before the first month, NEVER without one."""
        mine = self._in(programme)
        found = np.full(self.shape[0], NEVER, dtype=np.int64)
        np.minimum.at(found, self.customer[mine], self.began[mine])
        return found

    def in_another(self, programme: str) -> Floats | None:
        """Return whether each customer is in another programme in the month after each; None where there is no other."""
        return self._marked(~self._in(programme), self.began - 1, self.ended)

    def near_another(self, programme: str) -> Floats | None:
        """Return whether each customer joined another programme within three months of each; None where there is no other."""
        return self._marked(~self._in(programme), self.began - _AROUND, self.began + _AROUND + 1)

    def _in(self, programme: str) -> NDArray[np.bool_]:
        every = np.ones(len(self.programme), dtype=np.bool_)
        return every if programme == ANY else self.programme == programme

    def _marked(self, chosen: NDArray[np.bool_], since: Ints, until: Ints) -> Floats | None:
        """Return 1 from `since` up to, without, `until` of each chosen start."""
        if not chosen.any():
            return None
        count = np.zeros((self.shape[0], self.shape[1] + 1))
        for days, step in ((since, 1.0), (until, -1.0)):
            np.add.at(count, (self.customer[chosen], np.clip(days[chosen], 0, self.shape[1])), step)
        return (np.cumsum(count[:, :-1], axis=1) > 0).astype(np.float64)
