"""How long customers stay under contract: Kaplan-Meier curves of a segment and of its groups, and whether these differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cslib.analysis.lifetimes.spells import lives, record_begins, seen_after, spells
from cslib.kpis import reasons
from cslib.kpis.cells import segment_cells
from cslib.periods import Month
from cslib.privacy.suppression import HIDDEN, suppressed_segments
from cslib.stats import LEAST_EVENTS, Lives, holm, life_curve, log_rank

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cslib.analysis.inquiry import Inquiry
    from cslib.facts import Facts

GROUPINGS: Mapping[str, tuple[str, ...]] = {
    "all": (), "product": (), "touch_model": ("customers.touch_model",), "cohort": (),
}  # fmt: skip
"""What tells customers apart, and what of the source that takes besides the contracts."""
NEEDS = ("contracts.ends_on",)
FIGURES = ("customers", "months", "at_risk", "lost", "share", "low", "high")
COLUMNS = ("segment", "month", "grouping", "group", *FIGURES, "status", "since", "p_holm", "verdict", "reason")
DIFFER, CANNOT_TELL = "differ", "cannot_tell"
SMALL = "small"
ALONE = "alone: fewer than two groups are large enough to be held against each other"
FEW = f"few: fewer than {LEAST_EVENTS} customers were lost"
CHANCE = "chance: groups that are alike would differ as much"
YOUNG = "young: nobody has been seen for a month"
_LEVEL = 0.05
_STEP = 6  # months from one figure to the next that outsiders are shown


def survival(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per segment, grouping, group and month of age: `COLUMNS`; where there is nothing, one that says why.

    `months` is the age of a spell under contract: since its first close. `at_risk` could be lost at that age, `lost` were (since
    the row before), `share` is how many stay longer by the estimate of Kaplan and Meier, with its 95 % interval. At age 0 stand
    those who begin there. `customers` is how many the group has, and `status` marks one of fewer than `min_n`. Groupings: all;
    each product, as a portfolio of its own; the touch model at the first close of a spell that the data hold, or as it was
    read; the year in which a spell began.

    A customer that returns begins a spell anew. One whose contract began before the data do comes in at the age that it had
    then, since it would not be there had it been lost before; where losses are on record from a later month on alone, that is
    `since` (see `record_begins`), and it comes in at the age that it had in it. `verdict` is of the grouping: *differ* where the log-rank test over groups that are not small has p < 0.05 after Holm over
    the groupings of the segment; else, and always under ten lost customers, *cannot tell*.
    """
    facts = inquiry.facts
    told = _Told(facts, inquiry.as_of)
    rows = [part for segment in sorted(inquiry.segments) for part in _of_segment(told, segment)]
    table = pd.concat(rows, ignore_index=True).assign(month=str(inquiry.as_of))
    whole = dict.fromkeys(("customers", "months", "at_risk", "lost"), "Int64")
    floats = dict.fromkeys(("share", "low", "high", "p_holm"), "float64")
    texts = {
        name: table[name].fillna("") for name in ("group", "status", "since", "verdict", "reason") if name in table
    }
    return table.assign(**texts).reindex(columns=list(COLUMNS)).astype(whole | floats)


@dataclass(frozen=True)
class _Group:
    """The spells of a group, and the codes of their customers."""

    lives: Lives
    customers: np.ndarray

    @property
    def size(self) -> int:
        """How many customers it has."""
        return len(np.unique(self.customers))


class _Told:
    """What the facts tell of spells, by grouping, and from when on."""

    def __init__(self, facts: Facts, as_of: Month) -> None:
        self.facts, self.absent = facts, facts.missing(NEEDS)
        self.members = facts.members.select("segment", "customer_id").to_pyarrow().to_pandas()
        self.by: dict[str, pd.DataFrame] = {}
        self.is_late = False
        if self.absent:
            return
        every = spells(facts, as_of)
        self.since = record_begins(every, facts.manifest.first)
        self.is_late = self.since > facts.manifest.first.number
        every, products = (seen_after(one, self.since) for one in (every, spells(facts, as_of, by_product=True)))
        self.by = {"all": every.assign(group=""), "product": products.rename(columns={"product": "group"})}
        if not self.lacking("touch_model"):
            self.by["touch_model"] = _by_touch_model(facts, every)
        self.by["cohort"] = every.assign(group=(every.start // 12).astype(int).astype(str))
        self.hidden = _hidden(self) if facts.discreet else {}

    def lacking(self, grouping: str) -> list[str]:
        """Return what the source lacks of what a grouping needs."""
        needs = () if grouping in self.facts.dated else GROUPINGS[grouping]
        return self.absent or self.facts.missing(needs)

    def groups(self, segment: str, grouping: str) -> dict[str, _Group]:
        """Return the groups of a segment, in the order of their names; customers of no group are left out."""
        mine = self.members.customer_id[self.members.segment == segment]
        of = self.by[grouping]
        theirs = of[of.customer_id.isin(mine) & of.group.notna()]
        coded = theirs.assign(code=pd.factorize(theirs.customer_id)[0])
        return {str(name): _Group(lives(rows), rows.code.to_numpy()) for name, rows in coded.groupby("group")}


def _by_touch_model(facts: Facts, every: pd.DataFrame) -> pd.DataFrame:
    """Return the spells with the touch model of their first close that the data hold; as it was read where that has no dates."""
    if "touch_model" not in facts.dated:
        known = facts.tables["customers"].select("customer_id", group="touch_model").to_pyarrow().to_pandas()
        return every.merge(known, on="customer_id")
    then = facts.assigned_at("touch_model").rename(group="touch_model", seen="month_no").to_pyarrow().to_pandas()
    return every.merge(then, on=["customer_id", "seen"])


def _of_segment(told: _Told, segment: str) -> Iterator[pd.DataFrame]:
    """Yield the rows of each grouping of a segment."""
    found = {name: {} if told.lacking(name) else told.groups(segment, name) for name in GROUPINGS}
    tested = {name: _tested(told, groups) for name, groups in found.items() if name != "all"}
    adjusted = holm(np.array([p for p, _reason in tested.values()]))
    judged = {name: (p, reason) for p, (name, (_p, reason)) in zip(adjusted, tested.items(), strict=True)}
    for grouping, groups in found.items():
        p, reason = judged.get(grouping, (np.nan, ""))
        verdict = "" if grouping == "all" else DIFFER if p < _LEVEL else CANNOT_TELL
        reason = reason or (CHANCE if verdict == CANNOT_TELL else "")
        curves = [_curve(told, segment, grouping, name, group) for name, group in groups.items()]
        lacks = told.lacking(grouping)
        if lacks or not any(len(curve) for curve in curves):
            why = f"{reasons.NEEDS} {', '.join(lacks)}" if lacks else YOUNG if groups else reasons.EMPTY
            curves, reason = [pd.DataFrame([{"group": ""}])], why
        rows = pd.concat(curves, ignore_index=True)
        shown = rows.reason if "reason" in rows else pd.Series("", rows.index)
        since = str(Month(told.since)) if told.is_late else ""
        yield rows.assign(
            segment=segment, grouping=grouping, since=since, p_holm=p, verdict=verdict,
            reason=shown.fillna("").where(shown.fillna("") != "", reason),
        )  # fmt: skip


def _tested(told: _Told, groups: Mapping[str, _Group]) -> tuple[float, str]:
    """Return p of the test over the groups that are not small, and why there is none."""
    large = [group for group in groups.values() if group.size >= told.facts.policies.min_n]
    if len(large) < 2:  # noqa: PLR2004 - nothing to compare
        return np.nan, ALONE
    parts = [group.lives for group in large]
    everyone = Lives(*(np.concatenate([getattr(one, name) for one in parts]) for name in ("entered", "left", "lost")))
    customers = np.concatenate([group.customers for group in large])
    if len(np.unique(customers[everyone.lost])) < LEAST_EVENTS:
        return np.nan, FEW
    codes = np.repeat(np.arange(len(parts)), [len(one.left) for one in parts])
    return log_rank(everyone, codes, customers), ""


def _curve(told: _Told, segment: str, grouping: str, name: str, group: _Group) -> pd.DataFrame:
    curve = life_curve(group.lives).rename(columns={"age": "months"})
    size = group.size
    curve = curve.assign(
        group=name, customers=size, status=SMALL if size < told.facts.policies.min_n else "", reason=""
    )
    return curve if not told.facts.discreet or curve.empty else _discreet(curve, told.hidden[grouping, segment, name])


# outsiders


def _discreet(curve: pd.DataFrame, hidden_from: int) -> pd.DataFrame:
    """Return a curve by half-years up to where few are left to be lost; there one row says that the rest is hidden."""
    first, last = int(curve.months.iloc[0]), int(curve.months.iloc[-1])
    kept = curve[(curve.months % _STEP == 0) & (curve.months < hidden_from)]
    before = np.concatenate([[0], np.cumsum(curve.lost)[kept.index]])
    kept = kept.assign(lost=np.diff(before))
    if hidden_from > last:
        return kept
    rest = pd.DataFrame([{"group": curve.group.iloc[0], "months": hidden_from, "status": "", "reason": HIDDEN}])
    rest = rest if hidden_from > first else rest.assign(months=np.nan)
    return pd.concat([kept, rest], ignore_index=True) if len(kept) else rest


def _hidden(told: _Told) -> dict[tuple[str, str, str], int]:
    """Return the age from which each group of each segment is hidden, by grouping, segment and group.

    Those at risk at an age add up over groups and segments: a group is hidden from the first age on at which few of it are,
    or at which few would be left of others without it. One whose customers are few is hidden from the beginning.
    """
    cells = segment_cells(told.facts).select("customer_id", "cell").to_pyarrow().to_pandas()
    found: dict[tuple[str, str, str], int] = {}
    for grouping, of in told.by.items():
        theirs = of[of.group.notna()].merge(cells, on="customer_id")
        theirs = theirs.drop_duplicates(["customer_id", "group"])
        counts = {
            _names(str(cell), str(group)): np.append(rows.customer_id.nunique(), lives(rows).at_risk)
            for (cell, group), rows in theirs.groupby(["cell", "group"])
        }
        found |= {(grouping, *key.split("\n")): age for key, age in _first_hidden(counts, told.facts).items()}  # type: ignore[misc]
    return found


def _names(cell: str, group: str) -> frozenset[str]:
    """Return the figures that count a customer of these segments: of each segment the group, and all groups together."""
    return frozenset(f"{segment}\n{name}" for segment in cell.split("\n") for name in {"", group})


def _first_hidden(counts: Mapping[frozenset[str], np.ndarray], facts: Facts) -> dict[str, int]:
    """Return the age from which each figure is hidden; the first of the counts is of all customers, whatever their age."""
    length = max(map(len, counts.values()), default=0)
    names = {name for cell in counts for name in cell}
    found = dict.fromkeys(names, length)
    hidden = {name for name in names if name.split("\n")[0] in facts.manifest.withheld}
    for place in range(length):
        sizes = {cell: int(at[place]) for cell, at in counts.items() if place < len(at)}
        hidden |= suppressed_segments(sizes, facts.policies.min_n, hidden)
        found |= {name: min(found[name], max(place - 1, 0)) for name in hidden}
    return found
