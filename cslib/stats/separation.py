"""Whether a figure tells those apart whom something happens to: pairs within strata, customers as clusters, many tests at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy

from cslib.stats.draws import REPLICATES, cluster_weights, one_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Ints = NDArray[np.int64]

_HALF = 0.5
_LEVEL = 0.975
_NONE_DRAWN = 1e-9  # relative se: what is left of an exact 0 once fractions were summed


class Separation(NamedTuple):
    """How often, of two of one stratum, the one with the event has the lower value; nan where that is undefined."""

    auc: float
    se: float
    low: float
    high: float
    p: float  # two-sided, of auc = 1/2
    events: int  # distinct customers with the event, in strata that tell anything


_UNTOLD = Separation(np.nan, np.nan, np.nan, np.nan, np.nan, 0)


def stratified_auc(values: Floats, events: Flags, strata: Ints, customers: Ints) -> Separation:
    """Return the area under the ROC curve from pairs within a stratum, a tie for half a pair, and its 95 % interval.

    All arguments have a value per row (a customer in a month); `customers` and `strata` are codes from 0 on. A_s is the mean share of
    pairs in stratum s in which the event goes with the lower value, A = sum(w A_s) / sum(w) with w = m n / (m + n) for m rows
    with the event and n without: a stratum that lacks either gives nothing. The variance takes each row's placement V (its
    share of pairs; DeLong et al. 1988, Biometrics 44:837) as an influence (V - A) w / (sum(w) m), or n in place of m, summed
    over the rows of a customer, since a customer's months are no independent ones (Obuchowski 1997, Biometrics 53:567):
    se² = C / (C - 1) times the sum of squares over C customers. The interval is on the logit, with t of E - 1 degrees of
    freedom for E distinct customers with the event. No interval and no p where nothing varies, where the pairs leave no
    doubt, and for fewer than two such customers.
    """
    return auc_of_ranks(ranked(values, strata), events, strata, customers)


def auc_of_ranks(ranks: Ints, events: Flags, strata: Ints, customers: Ints) -> Separation:
    """Return what `stratified_auc` does, of rows that have been `ranked` already: some of them, or all."""
    told = _with_both(events, strata)
    if not told.any():
        return _UNTOLD
    ranks, events, strata, customers = _coded(ranks[told]), events[told], _coded(strata[told]), _coded(customers[told])
    auc, influence = _influenced(ranks, events, strata)
    se, found = _clustered(influence, customers), int(np.count_nonzero(np.bincount(customers[events])))
    return Separation(auc, se, *_bounds(auc, se, found), found)


class Gain(NamedTuple):
    """By how much one figure tells better than another; nan where that is undefined."""

    difference: float  # of the areas
    se: float
    low: float
    high: float
    z: float
    events: int  # distinct customers with the event, in strata that tell anything


def auc_gain(values: Floats, base: Floats, events: Flags, strata: Ints, customers: Ints) -> Gain:
    """Return the area of `values` less that of `base` over the same rows, and its 95 % interval.

    The areas are those of `stratified_auc`. Each row's influences on both are subtracted before they are summed over a
    customer's rows and squared: figures that err alike differ by little (DeLong et al. 1988, customers as clusters).
    """
    told = _with_both(events, strata)
    if not told.any():
        return Gain(np.nan, np.nan, np.nan, np.nan, np.nan, 0)
    ranks = [_coded(ranked(one, strata)[told]) for one in (values, base)]
    events, strata, customers = events[told], _coded(strata[told]), _coded(customers[told])
    (auc, own), (other, theirs) = (_influenced(one, events, strata) for one in ranks)
    difference, se = auc - other, _clustered(own - theirs, customers)
    found = len(np.unique(customers[events]))
    if found < 2 or se <= _NONE_DRAWN:  # noqa: PLR2004 - as in _bounds
        return Gain(difference, se, np.nan, np.nan, np.nan, found)
    half = float(scipy.stats.t.ppf(_LEVEL, found - 1) * se)
    return Gain(difference, se, difference - half, difference + half, difference / se, found)


def _influenced(ranks: Ints, events: Flags, strata: Ints) -> tuple[float, Floats]:
    """Return the area, and the influence of each row on it; every stratum has both kinds of rows."""
    cases, others = np.bincount(strata[events]), np.bincount(strata[~events])
    weights = cases * others / (cases + others)
    placed = _placements(ranks, events, strata)
    auc = float(np.sum(weights * np.bincount(strata[events], placed[events]) / cases) / np.sum(weights))
    shares = weights / np.sum(weights)
    return auc, (placed - auc) * np.where(events, (shares / cases)[strata], (shares / others)[strata])


def _clustered(influence: Floats, customers: Ints) -> float:
    """Return the standard error of what rows add up to, the rows of a customer taken together."""
    by_customer = np.bincount(customers, influence)
    count = len(by_customer)
    return float(np.sqrt(count / max(count - 1, 1) * np.sum(by_customer**2)))


def _with_both(events: Flags, strata: Ints) -> Flags:
    """Return which rows lie in a stratum that has some with the event and some without."""
    if not len(strata):
        return np.zeros(0, dtype=np.bool_)
    cases, rows = np.bincount(strata, events), np.bincount(strata)
    both: Flags = ((cases > 0) & (cases < rows))[strata]
    return both


def _coded(codes: Ints) -> Ints:
    """Return codes from 0 without gaps, in the same order."""
    seen = np.zeros(int(codes.max()) + 1, dtype=np.int64)
    seen[codes] = 1
    return (np.cumsum(seen) - 1)[codes]


def ranked(values: Floats, strata: Ints) -> Ints:
    """Return a code of each row, from 0 on: it rises with the stratum and then the value, and is one for those that are equal.

    The sorting is what an area costs: rows that are held against several events, or in parts, are ranked once.
    """
    if not len(values):
        return np.zeros(0, dtype=np.int64)
    order = np.lexsort((values, _short(_coded(strata))))
    v, s = values[order], strata[order]
    begins = np.zeros(len(v), dtype=np.int64)
    begins[1:] = (v[1:] != v[:-1]) | (s[1:] != s[:-1])
    codes = np.empty(len(v), dtype=np.int64)
    codes[order] = np.cumsum(begins)
    return codes


def turned(ranks: Ints, strata: Ints) -> Ints:
    """Return the ranks of the same rows with the sign of their values turned."""
    last = np.zeros(int(strata.max(initial=0)) + 1, dtype=np.int64)
    first = np.full(len(last), ranks.max(initial=0), dtype=np.int64)
    np.maximum.at(last, strata, ranks)
    np.minimum.at(first, strata, ranks)
    return (first + last)[strata] - ranks


def _short(codes: Ints) -> NDArray[np.integer]:
    """Return codes as the shortest numbers that hold them: short ones are sorted in one go."""
    return codes.astype(np.min_scalar_type(int(codes.max())))


def _placements(ranks: Ints, events: Flags, strata: Ints) -> Floats:
    """Return of each row the share of the other class of its stratum that lies where it should: above it if it has the event.

    Ranks and strata have no gaps.
    """
    of_rank = np.zeros(int(ranks.max()) + 1, dtype=np.int64)
    of_rank[ranks] = strata
    placed = np.empty(len(ranks))
    for one in (True, False):
        tied = np.bincount(ranks[events != one], minlength=len(of_rank))
        total = np.bincount(strata[events != one])
        before = np.cumsum(tied) - tied - (np.cumsum(total) - total)[of_rank]
        below = (before + tied / 2) / total[of_rank]
        mine = events == one
        placed[mine] = (1 - below if one else below)[ranks[mine]]
    return placed


def _bounds(auc: float, se: float, events: int) -> tuple[float, float, float]:
    """Return the interval, and the p of one half."""
    if events < 2 or not 0 < auc < 1 or se <= _NONE_DRAWN:  # noqa: PLR2004 - one customer has no spread
        return np.nan, np.nan, np.nan
    logit, half = np.log(auc / (1 - auc)), scipy.stats.t.ppf(_LEVEL, events - 1) * se / (auc * (1 - auc))
    low, high = (1 / (1 + np.exp(-(logit + side))) for side in (-half, half))
    return float(low), float(high), float(2 * scipy.stats.t.sf(abs(auc - _HALF) / se, events - 1))


def holm(p: Floats) -> Floats:
    """Return p adjusted for as many tests as there are (Holm 1979, Scand J Stat 6:65); nan was not tested, and stays."""
    adjusted, tested = np.full(len(p), np.nan), np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1)
    return adjusted


class RiskRatio(NamedTuple):
    """How many times as often the event comes among those exposed as among the others; nan where that is undefined."""

    ratio: float
    low: float
    high: float


def risk_ratio(exposed: Flags, events: Flags, strata: Ints, customers: Ints) -> RiskRatio:
    """Return the Mantel-Haenszel risk ratio over strata, and its 95 % interval by drawing customers anew.

    With a of n1 exposed rows and b of n0 others in a stratum of N: sum(a n0 / N) / sum(b n1 / N) (Mantel & Haenszel 1959;
    Rothman, Modern Epidemiology, ch. 15). Customers, each with all its rows, are drawn 1,000 times; over 2,048 of them are
    put into 1,024 groups by chance, and the groups are drawn. Neither order nor names change the result: customers are
    put in order by what they add. nan where nobody is exposed, or all are, or where no other has the event.
    """
    if not len(events):
        return RiskRatio(np.nan, np.nan, np.nan)
    kinds = 2 * (~exposed).astype(np.int64) + (~events).astype(np.int64)  # a, the other exposed, b, the other others
    cells, who = _coded(strata) * 4 + kinds, _coded(customers)
    width = int(cells.max()) // 4 * 4 + 4
    groups, drawn = cluster_weights(_in_order(cells, who))
    sums = np.bincount(groups[who] * width + cells, minlength=(int(groups.max()) + 1) * width)
    by_group = sums.reshape(-1, width).astype(np.float64)
    (ratio,) = _ratios(by_group.sum(axis=0)[None, :])
    if not np.isfinite(ratio) or len(by_group) < 2:  # noqa: PLR2004 - nothing to draw from
        return RiskRatio(float(ratio) if np.isfinite(ratio) else np.nan, np.nan, np.nan)
    # counts are whole numbers, exact in single precision, which takes half of the time
    weights = drawn[:, : len(by_group)].astype(np.float32)
    with one_thread():
        found = np.sort(_ratios((weights @ by_group.astype(np.float32)).astype(np.float64)))
    told = found[~np.isnan(found)]
    if len(told) < REPLICATES / 2:
        return RiskRatio(float(ratio), np.nan, np.nan)
    low, high = np.quantile(told, (1 - _LEVEL, _LEVEL), method="inverted_cdf")  # of an infinite one no mean is taken
    return RiskRatio(float(ratio), float(low), float(high))


def _in_order(cells: Ints, who: Ints) -> Ints:
    """Return the place of each customer among them by what it adds to the cells: a sum that tells different ones apart."""
    marks = np.sqrt(np.arange(2, int(cells.max()) + 3, dtype=np.float64))
    places: Ints = np.argsort(np.argsort(np.bincount(who, marks[cells]), kind="stable"))
    return places


def _ratios(sums: Floats) -> Floats:
    """Return the ratio of each row of sums by stratum and kind; nan where no other has the event and no exposed one either."""
    a, rest, b, others = (sums[:, kind::4] for kind in range(4))
    exposed, unexposed = a + rest, b + others
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(exposed + unexposed > 0, 1 / (exposed + unexposed), 0)
        ratios: Floats = (a * unexposed * share).sum(axis=1) / (b * exposed * share).sum(axis=1)
    return ratios
