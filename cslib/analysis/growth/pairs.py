"""Products that are held together more than customers alike in all else would hold them."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from ibis import _

from cslib.kpis import reasons
from cslib.kpis.cells import segment_cells
from cslib.privacy.suppression import HIDDEN
from cslib.stats import holm
from cslib.stats.stratified_table import odds_ratio

if TYPE_CHECKING:
    from cslib.analysis.inquiry import Inquiry
    from cslib.facts import Facts
    from cslib.periods import Month

COLUMNS = (
    "segment", "month", "product", "other", "customers", "product_holders", "other_holders", "both", "odds_ratio", "low", "high",
    "p_holm", "verdict", "reason",
)  # fmt: skip
NEEDS = ("contracts.ends_on", "contracts.product")
LEAST_BOTH = 10
SUPPORTED, NOT_SUPPORTED, CANNOT_TELL = "supported", "not_supported", "cannot_tell"
FEW = f"pairs: fewer than {LEAST_BOTH} customers hold both"
EVERYBODY = "universal: everybody holds one of the two"
ONE = "one: nobody holds two products"
_COUNTS = ("customers", "product_holders", "other_holders", "both")
_ALIKE = 1.5  # an odds ratio whose interval lies within this, either way, is none to speak of
_LEVEL = 0.05
_YEAR = 12


def pairs(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per segment and pair of products of which each is held by somebody: `COLUMNS`.

    Customers under contract at the close are held against those of the same segments, the same years under contract and as
    many further products: who stays longer and buys more holds more of everything, so that without it any two products seem
    to go together. `odds_ratio` is how many times the odds of holding one are with the other, with its 95 % interval;
    `p_holm` is adjusted for the pairs of the segment of which at least ten customers hold both. `supported`: p_holm under
    0.05 and a ratio over 1. `not_supported`: the interval lies between 1/1.5 and 1.5. Outsiders are told nothing, since few
    hold a pair.
    """
    facts, found = inquiry.facts, []
    absent = facts.missing(NEEDS)
    untold = HIDDEN if facts.discreet else f"{reasons.NEEDS} {', '.join(absent)}" if absent else ""
    held = pd.DataFrame() if untold else _held(facts, inquiry.as_of)
    members = pd.DataFrame() if untold else facts.members.select("segment", "customer_id").to_pyarrow().to_pandas()
    for segment in sorted(inquiry.segments):
        if untold:
            rows = _nothing(untold)
        else:
            inside = members.customer_id[members.segment == segment]
            rows = _of_segment(held[held.index.get_level_values("customer_id").isin(inside)])
        found.append(rows.assign(segment=segment))
    table = pd.concat(found, ignore_index=True).assign(month=str(inquiry.as_of))
    return table.astype(dict.fromkeys(_COUNTS, "Int64"))[list(COLUMNS)]


def _held(facts: Facts, as_of: Month) -> pd.DataFrame:
    """Return who holds which product at the close: a row per customer, its stratum in the index, a column per product."""
    month = as_of.number
    under = facts["customer_months"].filter(_.month_no == month, _.closing_mrr > 0)
    years = (_.months_under_contract / _YEAR).floor()
    states = under.select("customer_id", years=years).join(
        segment_cells(facts).select("customer_id", "cell"), "customer_id"
    )
    terms = (
        facts.terms.filter(_.since <= month, _.until.isnull() | (_.until > month))
        .select("customer_id", "product")
        .distinct()
    )
    rows = states.join(terms, "customer_id").order_by("customer_id", "product").to_pyarrow().to_pandas()
    rows["stratum"] = rows.cell + " " + rows.years.astype(str)
    return pd.crosstab([rows.customer_id, rows.stratum], rows["product"]) > 0


def _of_segment(held: pd.DataFrame) -> pd.DataFrame:
    held = held.loc[:, held.any()]
    if not len(held):
        return _nothing(reasons.EMPTY)
    if not (held.sum(axis=1) > 1).any():
        return _nothing(ONE)
    table = pd.DataFrame([_pair(held, *names) for names in combinations(sorted(held.columns), 2)])
    table["p_holm"] = holm(table.p.where(table.both >= LEAST_BOTH).to_numpy(dtype=np.float64))
    goes = (table.p_holm < _LEVEL) & (table.odds_ratio > 1)
    alike = table.p_holm.notna() & (table.low > 1 / _ALIKE) & (table.high < _ALIKE)
    table["verdict"] = np.select([goes, alike], [SUPPORTED, NOT_SUPPORTED], CANNOT_TELL)
    everybody = table[["product_holders", "other_holders"]].max(axis=1) == table.customers
    table["reason"] = np.select([everybody, table.both < LEAST_BOTH], [EVERYBODY, FEW], "")
    return table.sort_values(["p_holm", "product", "other"], kind="stable", na_position="last")


def _pair(held: pd.DataFrame, product: str, other: str) -> dict[str, object]:
    one, two = (held[name].to_numpy() for name in (product, other))
    further = held.sum(axis=1).to_numpy() - one - two
    strata = pd.factorize(held.index.get_level_values("stratum") + " " + pd.Series(further).astype(str).to_numpy())[0]
    many = int(strata.max()) + 1
    counted = [
        np.bincount(strata[chosen], minlength=many) for chosen in (one & two, one & ~two, ~one & two, ~one & ~two)
    ]
    found = odds_ratio(*counted)
    return {
        "product": product, "other": other, "customers": len(held), "product_holders": int(one.sum()),
        "other_holders": int(two.sum()), "both": int((one & two).sum()),
        "odds_ratio": found.ratio, "low": found.low, "high": found.high, "p": found.p,
    }  # fmt: skip


def _nothing(reason: str) -> pd.DataFrame:
    figures = dict.fromkeys(("odds_ratio", "low", "high", "p_holm"), np.nan)
    said = {"product": "", "other": "", **dict.fromkeys(_COUNTS, pd.NA), **figures}
    return pd.DataFrame([{**said, "verdict": CANNOT_TELL, "reason": reason}])
