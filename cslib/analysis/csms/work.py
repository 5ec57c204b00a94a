"""What CSMs did for their customers in a year: how often they touched them, how fast they onboarded them, whom they answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from ibis import _

from cslib.analysis.csms.cases import KINDS
from cslib.facts.states import DETRACTOR, FOLLOW_UP_DAYS
from cslib.periods import Month, month_number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cslib.analysis.csms.cases import CaseBook
    from cslib.analysis.csms.served import Served
    from cslib.facts import Facts

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_YEAR = 12
HUMAN = ("meeting", "call", "seminar", "email")  # kinds of touches that take a person's time
_ONBOARDING = next(kind for kind in KINDS if kind.id == "onboarding_days")


def work(facts: Facts, book: CaseBook, served: Served, segment: str) -> dict[int, dict[str, float]]:
    """Return of each CSM, by its place among the names: touches a month and customer, median onboarding_days, detractors_heard.

    A customer counts for whoever served it at its first close from twelve months ago on. What fewer than `min_n` customers
    tell is left out, and so is what the source does not tell.
    """
    figures = {
        "touches": _touches(facts, book, served, segment) if not facts.missing(["touches"]) else None,
        "onboarding_days": _days(facts, book, served, segment) if not facts.missing(_ONBOARDING.needs) else None,
        "detractors_heard": _heard(facts, book, served, segment)
        if not facts.missing(["touches", "surveys.score"])
        else None,
    }
    found: dict[int, dict[str, float]] = {}
    for name, column in figures.items():
        for place, value in () if column is None else column.items():
            found.setdefault(int(str(place)), {})[name] = float(value)
    return found


def _by_csm(rows: pd.DataFrame, least: int) -> Any:  # noqa: ANN401 - the groups of pandas
    """Return the rows of CSMs with enough customers, grouped by them."""
    enough = rows.groupby("csm").customer.transform("nunique") >= least
    return rows[(rows.csm >= 0) & enough].groupby("csm")


def _servers(book: CaseBook, served: Served, segment: str) -> Ints:
    """Return who served each customer of the ground at its first close of the window, -1 where nobody, or not of the segment."""
    ground = book.ground
    begins = max(ground.months - 1 - _YEAR, 0)
    under = ground.under[:, begins:]
    csm = served.codes[np.arange(len(under)), begins + under.argmax(axis=1)]
    return np.where(under.any(axis=1) & ground.members[segment], csm, -1)


def _touches(facts: Facts, book: CaseBook, served: Served, segment: str) -> pd.Series[float]:
    ground, last = book.ground, book.ground.first + book.ground.months - 1
    seen = facts.tables["touches"].filter(_.kind.isin(HUMAN), _.occurred_on <= Month(last).last_day)
    told = seen.filter(month_number(seen.occurred_on) > last - _YEAR)
    frame = told.group_by("customer_id").aggregate(count=_.count()).to_pyarrow().to_pandas()
    count = np.zeros(len(ground.ids))
    who = ground.ids.get_indexer(frame.customer_id)
    count[who[who >= 0]] = frame["count"].to_numpy(np.float64)[who >= 0]
    rows = pd.DataFrame({
        "csm": _servers(book, served, segment), "customer": np.arange(len(count)), "count": count,
        "months": ground.under[:, -_YEAR:].sum(axis=1),
    })  # fmt: skip
    sums = _by_csm(rows, facts.policies.min_n)[["count", "months"]].sum()
    return (sums["count"] / sums.months)[sums.months > 0]


def _days(facts: Facts, book: CaseBook, served: Served, segment: str) -> pd.Series[float]:
    """Return the median days to onboard of the cases whose limit passed in the year, those still open at the limit."""
    ground = book.ground
    cases = book.cases(_ONBOARDING, ground.months - 1)
    cases = cases.where(ground.members[segment][cases.customer])
    rows = pd.DataFrame(
        {"csm": served.codes[cases.customer, cases.start], "customer": cases.customer, "days": np.exp(cases.outcome)}
    )
    found: pd.Series[float] = _by_csm(rows, facts.policies.min_n)["days"].median()
    return found


def _heard(facts: Facts, book: CaseBook, served: Served, segment: str) -> pd.Series[float]:
    ground, last = book.ground, Month(book.ground.first + book.ground.months - 1)
    rows = book.answers
    over = pd.to_datetime(rows.responded_on) + pd.Timedelta(days=FOLLOW_UP_DAYS) <= pd.Timestamp(last.last_day)
    chosen = rows[(rows.kind == "nps") & (rows.score <= DETRACTOR) & (rows.month_no > last.number - _YEAR) & over]
    who = ground.ids.get_indexer(chosen.customer_id)
    told = pd.DataFrame({"customer": who, "heard": (chosen.wait <= FOLLOW_UP_DAYS).to_numpy(np.float64)})[who >= 0]
    told = told.assign(csm=_servers(book, served, segment)[told.customer])
    found: pd.Series[float] = _by_csm(told, facts.policies.min_n).heard.mean()
    return found
