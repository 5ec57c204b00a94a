"""By how much CSMs differ in what becomes of their customers, beyond chance and what their customers would have led to expect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cslib.analysis.csms.cases import KINDS, CaseBook
from cslib.analysis.csms.served import Served, served_lacks
from cslib.analysis.csms.work import work
from cslib.analysis.few import few_segments
from cslib.analysis.panel import NEEDS
from cslib.kpis import reasons
from cslib.privacy.suppression import HIDDEN
from cslib.stats.portfolios import compared
from cslib.stats.spread import funnel, shrunken, spread, spread_change

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from cslib.analysis.csms.cases import Cases, Kind
    from cslib.analysis.effect.ground import Ground
    from cslib.analysis.inquiry import Inquiry
    from cslib.stats.portfolios import Compared

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Ints = NDArray[np.int64]

OF_EACH = (
    "customers", "observed", "expected", "adjusted", "limit_low", "limit_high", "outer_low", "outer_high", "marked", "shrunken",
    "low", "high",
)  # fmt: skip
WORK = ("touches", "onboarding_days", "detractors_heard")
COUNTED = ("csms", "unjudged", "unserved")
SPREADS = (
    "spread", "spread_low", "spread_high", "p", "before", "before_low", "before_high", "change", "change_low", "change_high",
)  # fmt: skip
COLUMNS = (
    "segment", "month", "outcome", "csm", *OF_EACH, *WORK, *COUNTED, *SPREADS, "trend", "told_by", "verdict", "reason",
)  # fmt: skip
NARROWER, WIDER, CANNOT_TELL, DIFFER = "narrower", "wider", "cannot_tell", "differ"
LEAST_CUSTOMERS, LEAST_CSMS = 5, 3
FEW, UNIFORM = "few_csms: fewer than 3 CSMs have enough customers", "uniform: the same became of all"
_SURE, _YEAR = 0.05, 12
_INTEGERS = ("customers", *COUNTED)
_TEXTS = ("csm", "trend", "told_by", "verdict", "reason")
_INSIDE = (*OF_EACH, *WORK, "unjudged", "unserved", "p")  # of CSMs and customers, which outsiders are not told


def csms(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per segment and outcome with an empty `csm`, which tells of the spread, and below it one per CSM: `COLUMNS`.

    What became of customers in the twelve months up to the close (adoption: three) is held against the CSM who served them when
    that began, and against what size, product, trade, place, age of the contract and a term due would have led to expect. Days to
    onboard are compared as logarithms, and `spread`, `before` and `change` of them are shares. `spread` is the standard
    deviation between CSMs with its 95 % interval, `p` of as much scatter among CSMs who do not differ; `before` is the spread of the year before,
    `change` the spread less that. Verdict `differ`: p under 0.05; else `cannot_tell`. `trend`: `narrower` or `wider` where the
    interval of `change` says so.

    Of a CSM: `customers` (cases; of renewals a customer and month), `observed` and `expected` of them, `adjusted` (overall plus
    the difference), the limits within which chance takes it (95 %) and chance with the usual spread (99.8 %, `outer`), `marked` where it lies
    beyond these, and `shrunken` with its interval, what is to be expected of it. No CSM is ranked. `touches` a month and customer,
    median `onboarding_days` and the share of detractors touched within 14 days (`detractors_heard`) say what differs in the work. CSMs
    with fewer than 5 customers (or `min_n`), or with less than one case expected on either side, are `unjudged`; of fewer than three
    others nothing is told. `unserved` had no CSM that is told of: by assignments or, without any, by the last touch of six
    months (`told_by`). Outsiders are told the spread, its trend and the number of CSMs alone.
    """
    facts = inquiry.facts
    absent = facts.missing(NEEDS)
    lacks = f"{reasons.NEEDS} {', '.join(absent)}" if absent else served_lacks(facts)
    told = None if lacks else _Told(inquiry)
    rows = [
        {"segment": segment, "outcome": kind.id, **row}
        for segment in sorted(inquiry.segments)
        for kind in KINDS
        for row in (told.rows(segment, kind) if told else [{"verdict": CANNOT_TELL, "reason": lacks}])
    ]
    return _discreet(_table(rows, str(inquiry.as_of)), told, inquiry)


def _table(rows: list[dict[str, Any]], month: str) -> pd.DataFrame:
    table = pd.DataFrame(rows).assign(month=month).reindex(columns=[*COLUMNS])
    table[[*_TEXTS]] = table[[*_TEXTS]].astype(object).where(table[[*_TEXTS]].notna(), "")
    figures = [name for name in (*OF_EACH, *WORK, *SPREADS) if name not in {"customers", "marked"}]
    return table.astype({**dict.fromkeys(figures, "float64"), **dict.fromkeys(_INTEGERS, "Int64"), "marked": "boolean"})


def _discreet(table: pd.DataFrame, told: _Told | None, inquiry: Inquiry) -> pd.DataFrame:
    """Return what outsiders may read: the spread and how many CSMs it is of, nothing of a few customers."""
    facts = inquiry.facts
    if not facts.discreet:
        return table
    table = table[table.csm == ""].reset_index(drop=True)
    table[[*_INSIDE]] = pd.NA
    if told is None:
        return table
    for kind in KINDS:
        hidden = few_segments(facts, told.book.ground.cells, [told.counted(kind)])
        few = (table.outcome == kind.id) & table.segment.isin(hidden)
        table.loc[few, [*COUNTED, *SPREADS]] = pd.NA
        table.loc[few, ["trend", "verdict", "reason"]] = ["", CANNOT_TELL, HIDDEN]
    return table


@dataclass(frozen=True, eq=False)
class _Year:
    """The cases of a segment that end at a close, by CSM; `by` is None where `lacks` says why."""

    cases: Cases
    groups: Ints  # of each case the place among `csms`
    csms: Ints  # places among the names
    unserved: int
    by: Compared | None
    lacks: str

    @property
    def figures(self) -> tuple[Floats, Floats]:
        """The differences of those judged, and their variances."""
        assert self.by is not None  # noqa: S101 - asked only where nothing is lacking
        return self.by.differences[self.by.told], self.by.variances[self.by.told]


class _Told:
    """All cases, told by segment."""

    def __init__(self, inquiry: Inquiry) -> None:
        self._facts = inquiry.facts
        self._ground: Ground = inquiry.studies.ground
        self.book = CaseBook(inquiry.facts, inquiry.as_of, self._ground)
        self._served = Served(inquiry.facts, inquiry.as_of, self._ground)
        self._least = max(inquiry.facts.policies.min_n, LEAST_CUSTOMERS)
        self._works: dict[str, dict[int, dict[str, float]]] = {}

    @property
    def _end(self) -> int:
        return self._ground.months - 1

    def counted(self, kind: Kind) -> Flags:
        """Return whose cases of a kind are told of."""
        found = np.zeros(len(self._ground.ids), dtype=np.bool_)
        if not self._lacks(kind, self._end):
            cases = self.book.cases(kind, self._end)
            found[cases.customer[self._served.codes[cases.customer, cases.start] >= 0]] = True
        return found

    def rows(self, segment: str, kind: Kind) -> Iterator[dict[str, Any]]:
        """Yield the row of the spread, and one of each CSM that is judged, by name."""
        lacks = self._lacks(kind, self._end)
        year = None if lacks else self._year(segment, kind, self._end)
        if year is None or year.by is None or year.lacks:
            counts = {} if year is None else {"unserved": year.unserved, "told_by": self._served.told_by}
            yield {**counts, "verdict": CANNOT_TELL, "reason": lacks or (year.lacks if year else "")}
            return
        yield self._spread(segment, kind, year, year.by)
        yield from self._each(segment, kind, year, year.by)

    def _lacks(self, kind: Kind, end: int) -> str:
        absent = self._facts.missing(kind.needs)
        if absent:
            only_days = absent == ["usage.used_on"] and not self._facts.missing(["usage"])
            return reasons.NO_DAYS if only_days else f"{reasons.NEEDS} {', '.join(absent)}"
        return f"{reasons.SHORT}: {end} of {kind.months} months" if end < kind.months else ""

    def _year(self, segment: str, kind: Kind, end: int) -> _Year:
        cases = self.book.cases(kind, end)
        cases = cases.where(self._ground.members[segment][cases.customer])
        csm = self._served.codes[cases.customer, cases.start]
        cases, served = cases.where(csm >= 0), csm[csm >= 0]
        unserved = int((csm < 0).sum())
        csms, groups = np.unique(served, return_inverse=True)
        if not len(served):
            return _Year(cases, groups, csms, unserved, None, reasons.EMPTY)
        features = self.book.features(cases, kind.months)
        by = compared(features, cases.outcome, groups.astype(np.int64), self._least, is_share=kind.scale == "share")
        lacks = UNIFORM if by is None else FEW if len(by.told) < LEAST_CSMS else ""
        return _Year(cases, groups, csms, unserved, by, lacks)

    def _spread(self, segment: str, kind: Kind, year: _Year, by: Compared) -> dict[str, Any]:
        found, shown = spread(*year.figures), _as_shown(kind)
        row: dict[str, Any] = {
            "customers": len(year.groups), "observed": _back(kind)(by.overall), "csms": len(by.told),
            "unjudged": len(by.n) - len(by.told), "unserved": year.unserved, "told_by": self._served.told_by,
            "spread": shown(found.value), "spread_low": shown(found.low), "spread_high": shown(found.high), "p": by.p,
            "verdict": DIFFER if by.p < _SURE else CANNOT_TELL, "trend": CANNOT_TELL,
        }  # fmt: skip
        end = self._end - _YEAR
        past = None if self._lacks(kind, end) else self._year(segment, kind, end)
        if past is None or past.lacks:
            return row
        before, change = spread(*past.figures), spread_change(*year.figures, *past.figures)
        trend = NARROWER if change.high < 0 else WIDER if change.low > 0 else CANNOT_TELL
        return row | {
            "before": shown(before.value), "before_low": shown(before.low), "before_high": shown(before.high),
            "change": change.value, "change_low": change.low, "change_high": change.high, "trend": trend,
        }  # fmt: skip

    def _each(self, segment: str, kind: Kind, year: _Year, by: Compared) -> Iterator[dict[str, Any]]:
        d, s2 = year.figures
        limits, drawn, back = (
            funnel(d, s2, by.skewness[by.told], by.kurtosis[by.told]),
            shrunken(d, s2, spread(d, s2).value),
            _back(kind),
        )
        did = self._work(segment)
        figures = {
            "customers": by.n[by.told], "observed": back(by.observed[by.told]), "expected": back(by.expected[by.told]),
            "adjusted": back(by.overall + d), "limit_low": back(by.overall - limits.inner), "limit_high": back(by.overall + limits.inner),
            "outer_low": back(by.overall + limits.outer_low), "outer_high": back(by.overall + limits.outer_high), "marked": limits.marked,
            "shrunken": back(by.overall + drawn.value), "low": back(by.overall + drawn.low), "high": back(by.overall + drawn.high),
        }  # fmt: skip
        listed = pd.DataFrame(figures).assign(place=year.csms[by.told]).sort_values("place", ignore_index=True)
        for row in listed.to_dict("records"):
            place = int(row.pop("place"))
            yield {
                "csm": self._served.names[place],
                **{str(name): value for name, value in row.items()},
                **did.get(place, {}),
            }

    def _work(self, segment: str) -> dict[int, dict[str, float]]:
        """Return what CSMs did in the twelve months up to the close for their customers of the segment, made once for all outcomes."""
        if segment not in self._works:
            self._works[segment] = work(self._facts, self.book, self._served, segment)
        return self._works[segment]


def _back(kind: Kind) -> Callable[[Any], Any]:
    """Return how a figure of the model is shown: shares within 0 and 1, scores within -1 and 1, logarithms of days as days."""
    if kind.scale == "days":
        return np.exp
    least = 0.0 if kind.scale == "share" else -1.0
    return lambda value: np.clip(value, least, 1.0)


def _as_shown(kind: Kind) -> Callable[[float], float]:
    """Return how a spread is shown: one of logarithms as a share."""
    return (lambda value: float(np.expm1(value))) if kind.scale == "days" else float
