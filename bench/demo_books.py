"""Demo businesses as books of customers, without the tables in between."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import patch

import numpy as np

from cslib.demo import causes
from cslib.demo.calendar import demo_calendar
from cslib.demo.customers import customers as draw_customers
from cslib.demo.simulation import live
from cslib.periods import Month
from cslib.stats.trials import NEVER, Book

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cslib.demo.calendar import Calendar
    from cslib.demo.customers import Customers
    from cslib.demo.simulation import History

    Floats = NDArray[np.float64]

DEMOS = {"demo": causes.PROGRAMME_LIFT, "demo_null": 1.0}  # the lift of its programmes
UNTIL, LOGGED = Month.parse("2026-10"), 30
_COMMON, _YEAR, _HALF_YEAR = 0.1, 12, 6


def demo_book(seed: int, count: int, lift: float) -> tuple[Book, Floats]:
    """Return a demo business with the first start of any programme, over the months that are logged, and its use per seat."""
    rng, calendar = np.random.default_rng(seed), demo_calendar(UNTIL, LOGGED)
    who = draw_customers(rng, count, calendar)
    with patch.object(causes, "PROGRAMME_LIFT", lift):
        history = live(rng, who, calendar)
    logged = slice(calendar.logged, None)
    under = history.active[logged].T
    use = np.where(under, history.use[logged].T, np.nan)
    first = np.full(count, NEVER)
    np.minimum.at(
        first, history.programmes["customer"], calendar.month_of(history.programmes["started_on"]) - calendar.logged
    )
    return Book(first, under, _traits(who, history, calendar), {"use": use}), use


def _traits(who: Customers, history: History, calendar: Calendar) -> dict[str, Floats]:
    fixed = {f"size_{place}": who.size == place for place in (0, 2)} | {"open": who.term == 0, "monthly": who.term == 1}
    for name in ("plan", "industry"):
        values = getattr(who, name)
        common = [one for one in np.unique(values) if (values == one).mean() >= _COMMON]
        fixed |= {f"{name}_{one}": values == one for one in common[:5]}
    starts = history.stint_start.astype("datetime64[M]").astype(np.int64)
    closes = calendar.first[:-1].astype("datetime64[M]").astype(np.int64)[:, None]
    age, term = closes - starts, np.maximum(who.term, 1)
    dated = {
        "under_12": age < _YEAR, "under_24": age < 2 * _YEAR, "log_mrr": np.log(np.maximum(history.mrr, 1)),
        "due": (term - age % term <= _HALF_YEAR) & (who.term > _HALF_YEAR),
    }  # fmt: skip
    found = {name: values[:, None].astype(np.float64) for name, values in fixed.items()}
    return found | {name: values[calendar.logged :].T.astype(np.float64) for name, values in dated.items()}
