"""Products held together: the common odds ratio by hand, and pairs that only seem to go together."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from math import comb, exp, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from cslib.analysis.growth.pairs import EVERYBODY, FEW, ONE, pairs
from cslib.kpis.reasons import EMPTY
from cslib.periods import Month
from cslib.privacy.suppression import HIDDEN
from cslib.stats.stratified_table import odds_ratio
from tests.ledger import Ledger, inquiry_of

if TYPE_CHECKING:
    import pandas as pd

    from cslib.stats.stratified_table import OddsRatio
    from tests.ledger import Row

LAST = Month.parse("2025-06")
Z = 1.959964


def of(*strata: tuple[int, int, int, int]) -> OddsRatio:
    """Return the odds ratio over strata of (both, first alone, second alone, neither)."""
    return odds_ratio(*np.array(strata, dtype=np.int64).T)


def chances(both: int, first: int, second: int, neither: int) -> list[float]:
    """Return the chance of each number that holds both, from 0 on, given how many hold each."""
    rows, columns, n = both + first, both + second, both + first + second + neither
    return [comb(rows, k) * comb(n - rows, columns - k) / comb(n, columns) for k in range(min(rows, columns) + 1)]


def test_one_stratum_has_the_plain_ratio_and_woolfs_interval() -> None:
    """(10 x 8) / (5 x 4), with the variance 1/10 + 1/5 + 1/4 + 1/8; p doubles the chance of 10 or more."""
    found = of((10, 5, 4, 8))
    assert found.ratio == pytest.approx(4)
    error = sqrt(0.675)
    assert (found.low, found.high) == pytest.approx((4 * exp(-Z * error), 4 * exp(Z * error)))
    assert found.p == pytest.approx(2 * sum(chances(10, 5, 4, 8)[10:]))


def test_strata_are_put_together_by_their_sizes() -> None:
    """(10 x 8 / 27 + 2 x 6 / 12) / (5 x 4 / 27 + 3 x 1 / 12)."""
    found = of((10, 5, 4, 8), (2, 3, 1, 6))
    assert found.ratio == pytest.approx((80 / 27 + 12 / 12) / (20 / 27 + 3 / 12))
    one, two = chances(10, 5, 4, 8), chances(2, 3, 1, 6)
    at_least = sum(x * y for i, x in enumerate(one) for j, y in enumerate(two) if i + j >= 12)
    assert found.p == pytest.approx(2 * at_least)


def test_a_ratio_within_strata_is_not_that_of_all_together() -> None:
    """In each stratum holding one says nothing of the other; together those of the larger hold both, the others neither."""
    strata = ((64, 16, 16, 4), (4, 16, 16, 64))
    assert of(*strata).ratio == pytest.approx(1)
    together = tuple(int(number) for number in np.sum(strata, axis=0))
    assert of((together[0], together[1], together[2], together[3])).ratio == pytest.approx(68**2 / 32**2)


@pytest.mark.parametrize("strata", [((0, 0, 0, 0),), ((5, 3, 0, 0),), ((0, 4, 0, 3),)])
def test_where_there_is_nobody_to_compare_nothing_is_told(strata: tuple[tuple[int, int, int, int], ...]) -> None:
    found = of(*strata)
    assert np.isnan(found).all()


def book(*holders: tuple[int, tuple[str, ...]], start: date = date(2025, 1, 1)) -> Ledger:
    """Return a book of so many customers that hold these products."""
    customers: list[Row] = []
    contracts: list[Row] = []
    for count, products in holders:
        for _ in range(count):
            name = f"c{len(customers):03}"
            customers.append({"customer_id": name, "plan": "large"})
            contracts += [{"customer_id": name, "contract_id": f"{name}-{product}", "product": product, "mrr": Decimal(10), "starts_on": start} for product in products]  # fmt: skip
    return Ledger({"customers": customers, "contracts": contracts})


def told(ledger: Ledger) -> pd.DataFrame:
    """Return the pairs of all customers together."""
    return pairs(ledger.inquiry(LAST, "total"))


def pair(ledger: Ledger, product: str = "a", other: str = "b") -> pd.Series[Any]:
    """Return the row of a pair, of all customers together."""
    table = told(ledger)
    ((_, row),) = table[(table["product"] == product) & (table.other == other)].iterrows()
    return row


def test_a_pair_that_goes_together_is_supported() -> None:
    """All hold x; a comes with b in 30 of 35, and without it in 5 of 35: (30 x 30) / (5 x 5)."""
    ledger = book((30, ("x", "a", "b")), (5, ("x", "a")), (5, ("x", "b")), (30, ("x",)))
    row = pair(ledger)
    assert row[["customers", "product_holders", "other_holders", "both"]].to_list() == [70, 35, 35, 30]
    assert row.odds_ratio == pytest.approx(36)
    assert (row.verdict, row.reason) == ("supported", "")
    assert pair(ledger, "a", "x").reason == EVERYBODY


def test_a_pair_that_surely_does_not_is_not_supported() -> None:
    """Of 300 in each cell the ratio is 1, from exp(-1.96 x sqrt(4 / 300)) = 0.80 to 1.25."""
    row = pair(book((300, ("x", "a", "b")), (300, ("x", "a")), (300, ("x", "b")), (300, ("x",))))
    assert (row.low, row.high) == pytest.approx((0.797, 1.254), abs=1e-3)
    assert (row.verdict, row.reason) == ("not_supported", "")


def test_a_pair_that_is_avoided_is_not_supported_by_its_p() -> None:
    row = pair(book((12, ("x", "a", "b")), (60, ("x", "a")), (60, ("x", "b")), (12, ("x",))))
    assert row.p_holm < 0.001
    assert row.verdict == "cannot_tell"


def test_who_holds_more_holds_more_of_everything_is_no_pair() -> None:
    """Big customers hold a and b at 4/5 each, small ones at 1/5, apart from each other; x or y tells the big ones."""
    big = [(32, ("x", "y", "a", "b")), (8, ("x", "y", "a")), (8, ("x", "y", "b")), (2, ("x", "y"))]
    small = [(2, ("x", "a", "b")), (8, ("x", "a")), (8, ("x", "b")), (32, ("x",))]
    row = pair(book(*big, *small))
    assert row.odds_ratio == pytest.approx((32 * 2 / 50 + 2 * 32 / 50) / (8 * 8 / 50 * 2))
    assert row.verdict == "cannot_tell"  # 64 x 64 of 128: a ratio of 1


def test_few_that_hold_both_are_not_judged() -> None:
    row = pair(book((9, ("x", "a")), (9, ("x",)), (9, ("a",))), "a", "x")
    assert (row.both, row.verdict, row.reason) == (9, "cannot_tell", FEW)
    assert np.isnan(row.p_holm)


def test_a_portfolio_of_single_products_has_no_pair() -> None:
    assert told(book((9, ("x",)), (9, ("a",)))).reason.to_list() == [ONE]
    assert told(book((9, ("x",)), start=date(2025, 7, 1))).reason.to_list() == [EMPTY]


def test_outsiders_are_told_no_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = book((20, ("x", "a")), (20, ("x",))).facts(LAST)
    monkeypatch.setattr(type(facts), "discreet", property(lambda _: True))
    table = pairs(inquiry_of(facts, LAST))
    assert set(table.reason) == {HIDDEN}
    assert table.both.isna().all()


def test_contracts_that_begin_later_are_not_held_yet() -> None:
    ledger = book((20, ("x", "a")), (20, ("x",)))
    later = [{"customer_id": "c030", "contract_id": "later", "product": "b", "mrr": Decimal(5), "starts_on": date(2025, 7, 1)}]  # fmt: skip
    ahead = ledger.with_rows(contracts=[*ledger.rows["contracts"], *later])
    assert told(ahead).equals(told(ledger))
