"""References: who permits to be one, who rests, and where sales would look for one and find none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cslib.analysis.few import few_segments
from cslib.analysis.journey.reference_customers import (
    ANONYMOUS,
    ASK,
    LATELY,
    NAMED,
    NEEDS,
    NOT_ASKED,
    OFTEN,
    REFUSED,
    candidates_of,
    is_latest,
    outcome_since,
    permissions,
)
from cslib.analysis.panel import memberships
from cslib.kpis import reasons
from cslib.privacy.suppression import HIDDEN
from cslib.stats import wilson

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from cslib.analysis.inquiry import Inquiry

    Flags = NDArray[np.bool_]
    Row = dict[str, Any]

COLUMNS = (
    "segment",
    "month",
    "part",
    "by",
    "group",
    "size",
    "customers",
    "n",
    "count",
    "value",
    "low",
    "high",
    "status",
    "reason",
)
PERMITTED, UNASKED, RESTING, POOL = "permission", "not_asked", "rest", "pool"
PAST = "past: permission has no date, and is known of the latest month alone"
SIZES = ("small", "middle", "large")
SMALL = "small"
_GAVE, _SAID = (NAMED, ANONYMOUS), (NAMED, ANONYMOUS, REFUSED)
_NEEDS = ("contracts.ends_on", "customers.reference_permission")


def references(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per segment, part and group of customers under contract: `COLUMNS`; nan where `reason` says why.

    `permission`: of the `n` that have said whether they permit, `count` do, named or anonymously, which is `value` [`low`,
    `high`, Wilson], of all, by `touch_model` and by whether an `outcome` was reached. `not_asked`: the share of the customers
    that were not asked. Both are of the latest month alone. `rest`: how many candidates rest, since they were asked lately or often. `pool`: by
    industry and size (thirds of the customers by what they pay) how many `customers` there are, how many of them permit (`n`)
    and how many can be asked now (`count`); 0 is where there is none. To outsiders no pool is told.
    """
    absent = inquiry.facts.missing(_NEEDS)
    if absent or inquiry.journeys is None or not len(inquiry.journeys.now):
        said = f"{reasons.NEEDS} {', '.join(absent)}" if absent else reasons.EMPTY
        return _table(inquiry, [{"segment": one, "reason": said} for one in inquiry.segments])
    known = _known(inquiry)
    members, cells = memberships(inquiry.facts, known.index)
    rows = []
    for segment in sorted(inquiry.segments):
        parts = [row for make in (_permitted, _resting, _pool) for row in make(inquiry, known[members[segment]])]
        rows += [{"segment": segment, **row} for row in parts]
    table = _table(inquiry, rows)
    few = [frozenset(filter(None, cell.split("\n"))) for cell in cells]
    return _discreet(table, known, few, inquiry) if inquiry.facts.discreet else table


def sizes_of(mrr: pd.Series[float]) -> pd.Series[Any]:
    """Return the third of the customers by what they pay that each lies in: small, middle or large."""
    thirds = np.quantile(mrr, [1 / 3, 2 / 3]) if len(mrr) else [0.0, 0.0]
    return pd.Series(np.array(SIZES, dtype=object)[np.searchsorted(thirds, mrr, side="left")], mrr.index)


def alike(inquiry: Inquiry) -> pd.DataFrame:
    """Return the industry, the size, what it pays and whether it had an outcome, of each customer under contract."""
    journeys = inquiry.journeys
    assert journeys is not None  # noqa: S101 - asked only where the source tells who is lost
    at = inquiry.facts.customers_at(inquiry.as_of).select("customer_id", "industry", "touch_model")
    frame = at.to_pyarrow().to_pandas().set_index("customer_id")
    outcome = outcome_since(inquiry)
    paid = pd.Series(journeys.panel.mrr[journeys.now], outcome.index)
    found = frame.reindex(outcome.index).astype(object)
    return found.where(found.notna(), "").assign(mrr=paid, size=sizes_of(paid), outcome=outcome)


def _table(inquiry: Inquiry, rows: Sequence[Row]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=[*COLUMNS]).assign(month=str(inquiry.as_of))
    texts = ["part", "by", "group", "size", "status", "reason"]
    table[texts] = table[texts].astype(object).where(table[texts].notna(), "")
    counts = dict.fromkeys(("customers", "n", "count"), "Int64")
    return table.astype({**counts, **dict.fromkeys(("value", "low", "high"), "float64")})


def _known(inquiry: Inquiry) -> pd.DataFrame:
    """Return the customers under contract with what they permit, and whether they can be asked or rest."""
    known = alike(inquiry)
    found = candidates_of(inquiry)
    listed = pd.DataFrame(columns=["what", "why"]) if found.reason else found.rows.set_index("customer_id")
    told = listed[["what", "why"]].reindex(known.index).fillna("")
    permitted = permissions(inquiry).reindex(known.index).fillna("")
    return known.assign(permission=permitted, what=told.what, why=told.why)


def _permitted(inquiry: Inquiry, known: pd.DataFrame) -> Iterator[Row]:
    if not is_latest(inquiry):
        yield {"part": PERMITTED, "by": "all", "reason": PAST}
        return
    least, has_goals = inquiry.settings.policies.min_n, not inquiry.facts.missing(("goals.achieved_on",))
    yield _rate(known, "all", "", least)
    for model in sorted(set(known["touch_model"]) - {""}):
        yield _rate(known[known["touch_model"] == model], "touch_model", model, least)
    for reached in (True, False) if has_goals else ():
        yield _rate(known[known.outcome == reached], "outcome", "reached" if reached else "not_reached", least)
    told, unasked = int((known.permission != "").sum()), int((known.permission == NOT_ASKED).sum())
    share = unasked / told if told else np.nan
    yield {"part": UNASKED, "by": "all", "customers": len(known), "n": told, "count": unasked, "value": share}


def _rate(known: pd.DataFrame, by: str, group: str, least: int) -> Row:
    said, gave = (int(known.permission.isin(words).sum()) for words in (_SAID, _GAVE))
    low, high = wilson(np.array([float(gave)]), np.array([float(said)]))
    return {
        "part": PERMITTED, "by": by, "group": group, "customers": len(known), "n": said, "count": gave,
        "value": gave / said if said else np.nan, "low": low[0], "high": high[0],
        "status": SMALL if 0 < said < least else "", "reason": "" if said else reasons.EMPTY,
    }  # fmt: skip


def _resting(inquiry: Inquiry, known: pd.DataFrame) -> Iterator[Row]:
    absent = inquiry.facts.missing(("reference_requests",))
    reason = f"{reasons.NEEDS} {', '.join(absent)}" if absent else ""
    for why in (LATELY, OFTEN):
        count = int(known.why.str.split().map(lambda words, why=why: why in words).sum())
        yield {"part": RESTING, "by": why, "customers": len(known), "count": count, "reason": reason}


def _pool(inquiry: Inquiry, known: pd.DataFrame) -> Iterator[Row]:
    absent = inquiry.facts.missing(("customers.industry", *NEEDS))
    if absent or known.empty:
        yield {
            "part": POOL,
            "by": "industry",
            "reason": f"{reasons.NEEDS} {', '.join(absent)}" if absent else reasons.EMPTY,
        }
        return
    placed = known[known.industry != ""]
    for (industry, size), theirs in placed.groupby(["industry", "size"]):
        yield {
            "part": POOL, "by": "industry", "group": industry, "size": size, "customers": len(theirs),
            "n": int(theirs.permission.isin(_GAVE).sum()), "count": int((theirs.what == ASK).sum()),
        }  # fmt: skip


def _discreet(table: pd.DataFrame, known: pd.DataFrame, cells: list[frozenset[str]], inquiry: Inquiry) -> pd.DataFrame:
    """Return what outsiders may be told: no pool, and a rate only where neither who permits nor who does not is few anywhere."""
    told, figures = table.copy(), ["customers", "n", "count", "value", "low", "high"]
    hidden = few_segments(inquiry.facts, cells, _parts(known)) | set(inquiry.facts.manifest.withheld)
    away = told.segment.isin(hidden) | told.part.isin([POOL, RESTING])
    told.loc[away, figures] = np.nan
    told.loc[away, ["group", "size", "status"]] = ""
    told.loc[away, "reason"] = HIDDEN
    return told.drop_duplicates(["segment", "part", "by", "group", "size"], ignore_index=True)


def _parts(known: pd.DataFrame) -> Iterator[Flags]:
    """Yield the groups of customers that a rate tells of: of each group those that permit, that refuse and that were not asked."""
    groups = [known["touch_model"] == model for model in set(known["touch_model"])]
    for group in (pd.Series(data=True, index=known.index), *groups, known.outcome, ~known.outcome):
        for words in (_GAVE, (REFUSED,), (NOT_ASKED, "")):
            yield (group & known.permission.isin(words)).to_numpy(dtype=np.bool_)
