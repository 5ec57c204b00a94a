"""Defence or offence: the identity by which neither can win, the wall on small ledgers by hand, and where nothing can be told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, binomtest

from cslib.analysis.analyses import analyse
from cslib.analysis.growth.wall import COLUMNS, HORIZONS, WIDE, Side, wall
from cslib.inquiries import inquire
from cslib.periods import Month
from cslib.privacy.suppression import HIDDEN
from cslib.stats import headroom
from cslib.stats.headroom import Course
from tests.ledger import Ledger, inquiry_of
from tests.test_as_of import _demo_facts

if TYPE_CHECKING:
    from cslib.portfolio import Portfolio
    from tests.ledger import Row, Rows

END = Month.parse("2026-10")
LAST = Month.parse("2025-06")
FIGURES = list(COLUMNS[3:-2])


# what a book is worth


def test_a_book_that_does_not_move_is_worth_its_margin_each_month() -> None:
    still = Course(np.float64(0.02), np.float64(0.01), np.float64(0.03))
    assert headroom.value(100.0, 0.7, still, 12) == pytest.approx(0.7 * 100 * 12)


def test_less_churn_and_more_expansion_are_worth_the_same() -> None:
    """The identity: a tenth of a point of one is a tenth of a point of the other, for any book and horizon."""
    rng = np.random.default_rng(1)
    churn, contraction, expansion = rng.uniform(0.002, 0.05, (3, 200))
    for horizon in HORIZONS:
        less = headroom.value(1.0, 0.7, Course(churn - 0.001, contraction, expansion), horizon)
        more = headroom.value(1.0, 0.7, Course(churn, contraction, expansion + 0.001), horizon)
        np.testing.assert_allclose(less, more, rtol=0, atol=1e-9)
        assert (less > headroom.value(1.0, 0.7, Course(churn, contraction, expansion), horizon)).all()


def test_the_rooms_are_what_the_book_would_gain() -> None:
    """Growth of 1 + 0.03 - 0.02 - 0.01 = 1; with churn at 0.01 and no contraction 1.02; with expansion 0.04, 1.01."""
    course = Course(np.float64(0.02), np.float64(0.01), np.float64(0.03))
    gained = headroom.defence(100.0, 0.5, course, np.float64(0.01), 2)
    assert gained == pytest.approx(50 * (1.02 + 1.02**2) - 100)
    assert headroom.offence(100.0, 0.5, course, np.float64(0.01), 2) == pytest.approx(50 * (1.01 + 1.01**2) - 100)


# churn and the wall


@pytest.mark.parametrize(("part", "n"), [(0, 30), (3, 360), (30, 1200), (7, 7)])
def test_the_interval_is_the_exact_one(part: int, n: int) -> None:
    wanted = binomtest(part, n).proportion_ci(0.95, "exact")
    np.testing.assert_allclose(headroom.clopper_pearson(part, n), (wanted.low, wanted.high), atol=1e-12)


def test_nothing_is_known_of_nobody() -> None:
    assert np.isnan(headroom.clopper_pearson(0, 0)).all()


@pytest.mark.parametrize("n", [240, 360, 600, 1200, 2400, 3600, 6000, 12000])
def test_a_book_at_the_very_wall_is_seldom_called_below_or_above(n: int) -> None:
    """In at most 5 of 100, by the law of the counts themselves. Wilson's interval comes to 5.9 at 600, 5.7 at 1,200."""
    counts = np.arange(n + 1)
    low, high = headroom.clopper_pearson(counts, n)
    assert binom.pmf(counts[(high < 0.01) | (low > 0.01)], n, 0.01).sum() <= 0.05


@pytest.mark.parametrize("rate", [0.002, 0.005, 0.02, 0.03])
def test_so_many_months_tell_churn_from_the_wall(rate: float) -> None:
    n = headroom.needed(rate, 0.01)
    low, high = headroom.clopper_pearson(rate * n, n)
    assert (high if rate < 0.01 else low) == pytest.approx(0.01)
    less = headroom.clopper_pearson(rate * n * 0.9, n * 0.9)
    assert less[0] < 0.01 < less[1]


def test_at_the_very_wall_no_number_of_months_tells() -> None:
    assert np.isnan(headroom.needed(0.01, 0.01))


def test_without_a_loss_half_of_the_draws_are_nothing() -> None:
    drawn = headroom.drawn_rare_rate(0.0, 0.0, 1e-4, 2000)
    assert 0.45 < (drawn == 0).mean() < 0.55
    assert drawn.mean() == pytest.approx(0.005, rel=0.15)  # half of one event of a hundredth


def test_draws_of_a_rare_rate_lie_around_it() -> None:
    """Five of a thousand: both laws have their mean between 5 and 6 thousandths."""
    drawn = headroom.drawn_rare_rate(0.005, 5e-6, 1e-6, 20_000)
    assert 0.005 < drawn.mean() < 0.006
    assert drawn.std() == pytest.approx(np.sqrt(5.5) * 1e-3, rel=0.05)


@pytest.mark.parametrize("customers", [200, 3000])
def test_drawn_ratios_vary_as_those_of_customers_do(customers: int) -> None:
    """Each weighs with a variance of 1, so that a ratio r of sums of a and b varies by sum((a - r b)^2) / sum(b)^2."""
    rng = np.random.default_rng(3)
    wholes = rng.lognormal(0, 0.5, customers)
    parts = wholes * rng.uniform(0, 1, customers)
    both = np.column_stack([parts, wholes])
    sums = headroom.drawn_sums(both, 4000)
    ratios, ratio = sums[:, 0] / sums[:, 1], parts.sum() / wholes.sum()
    assert ratios.mean() == pytest.approx(ratio, rel=0.01)
    assert ratios.std() == pytest.approx(np.sqrt(((parts - ratio * wholes) ** 2).sum()) / wholes.sum(), rel=0.1)
    np.testing.assert_array_equal(headroom.drawn_sums(both[::-1], 50), headroom.drawn_sums(both, 50))


# the table, on ledgers


def book(kept: int, lost: int, won: int = 6, failed: int = 6, full: int = 4, **policies: object) -> Ledger:
    """Return customers at 10 a month, of whom some leave in 2025, `full` of them using nine of their ten seats.

    The first of those kept bought a quarter more in 2025, and holds a second product; the proposals are of the last ones.
    """
    names = [f"c{number:03}" for number in range(kept + lost)]
    customers = [{"customer_id": name, "plan": "large"} for name in names]
    contracts = [
        _term(name, 10, "2024-01", "2025-03" if place >= kept else "") for place, name in enumerate(names)
    ]  # lost in April: the last day is that of March
    contracts[0] = _term(names[0], 10, "2024-01", "2025-02")
    contracts += [_term(names[0], 12.5, "2025-03", ""), {**_term(names[0], 5, "2024-01", ""), "product": "extra"}]
    usage = [
        {"customer_id": name, "user_id": f"{name}-{user}", "used_on": date(2025, 6, 3), "feature": "report"}
        for name in names[1 : full + 1]
        for user in range(9)
    ]
    proposals = [
        {"proposal_id": f"q{place}", "customer_id": names[1 + place % (kept - 1)], "kind": "upsell",
         "opened_on": date(2025, 2, 1), "closed_on": date(2025, 3, 1), "status": "won" if place < won else "lost"}
        for place in range(won + failed)
    ]  # fmt: skip
    rows: Rows = {"customers": customers, "contracts": contracts, "usage": usage, "proposals": proposals}
    return Ledger(rows).under(gross_margin=0.5, **policies)


def _term(customer: str, mrr: float, first: str, last: str) -> Row:
    return {
        "contract_id": f"{customer}-{first}-{mrr}", "customer_id": customer, "product": "core", "mrr": Decimal(str(mrr)),
        "seats": 10, "starts_on": Month.parse(first).first_day, "ends_on": Month.parse(last).last_day if last else None,
    }  # fmt: skip


def told(ledger: Ledger, horizon: int = 12, as_of: Month = LAST) -> pd.Series[Any]:
    """Return the row of all customers together."""
    table = wall(ledger.inquiry(as_of))
    (row,) = (row for _place, row in table[(table.segment == "total") & (table.horizon == horizon)].iterrows())
    return row


def test_churn_is_customers_lost_per_customer_month() -> None:
    """Forty of whom two leave with March 2025: at the close of March they are lost, after nine openings from July 2024 on."""
    row = told(book(38, 2))
    assert (row.months, row.losses) == (38 * 12 + 2 * 9, 2)
    assert row.churn == pytest.approx(2 / 474)
    assert row.annual == pytest.approx(1 - (1 - 2 / 474) ** 12)
    assert row.annual_wall == pytest.approx(1 - 0.99**12)
    assert (row.verdict, row.reason) == ("cannot_tell", WIDE)
    assert row.needed > row.months


def test_shares_of_revenue_are_those_of_the_openings() -> None:
    """Openings: 38 x 10 x 12 and 2 x 10 x 9, 5 x 12 of a second product, and 2.5 more of the first from April on."""
    row = told(book(38, 2))
    whole = 38 * 10 * 12 + 2 * 10 * 9 + 5 * 12 + 2.5 * 3
    assert row.mrr == pytest.approx(38 * 10 + 5 + 2.5)
    assert row.lost_share == pytest.approx(20 / whole)
    assert row.expansion_share == pytest.approx(2.5 / whole)
    assert row.contraction_share == 0


def test_the_room_of_offence_is_what_those_ready_usually_come_to() -> None:
    """Four with nine of ten seats used, at 10, bought a sixth more as the one did that paid 15; 37 lack the second product."""
    row = told(book(38, 2))
    assert row.full_seats == 4
    assert row.seat_offers == pytest.approx(4 * 10 * 2.5 / 15)
    assert row.product_offers == pytest.approx(37 * 5 / 38)
    assert (row.won, row.closed, row.win_rate) == (6, 12, 0.5)
    assert row.win_low < 0.5 < row.win_high
    more = (row.seat_offers + row.product_offers) * 0.5 / row.mrr / 12
    course = Course(*(np.float64(row[name]) for name in ("lost_share", "contraction_share", "expansion_share")))
    assert row.offence_room == pytest.approx(float(headroom.offence(row.mrr, 0.5, course, np.float64(more), 12)))
    assert row.offence_low < row.offence_room < row.offence_high


def test_where_churn_lies_above_the_wall_lost_revenue_falls_in_proportion() -> None:
    row = told(book(30, 10), 24)
    assert row.churn > 0.01
    course = Course(*(np.float64(row[name]) for name in ("lost_share", "contraction_share", "expansion_share")))
    floor = np.float64(row.lost_share * 0.01 / row.churn)
    assert row.defence_room == pytest.approx(float(headroom.defence(row.mrr, 0.5, course, floor, 24)))
    assert 0 < row.defence_low <= row.defence_room <= row.defence_high
    assert (row.verdict, row.reason) == ("defence_first", "")
    assert row.needed is pd.NA


def test_where_churn_lies_below_the_wall_nothing_is_left_but_contraction() -> None:
    """Forty that all stay: of 480 customer-months none was lost, and less than 1 in 130 can be (1 - 0.025^(1/480))."""
    row = told(book(40, 0))
    assert row.high == pytest.approx(1 - 0.025 ** (1 / 480))
    assert row.verdict == "below_wall"
    assert row.defence_room == 0
    assert row.offence_room > 0


def test_the_wall_is_a_policy() -> None:
    assert told(book(40, 0)).verdict == "below_wall"
    assert told(book(40, 0).under(wall=0.005)).verdict == "cannot_tell"
    assert told(book(30, 10).under(wall=0.1)).verdict == "below_wall"


@pytest.mark.parametrize(
    ("ledger", "reason"),
    [
        (book(30, 10).without("proposals"), "needs proposals"),
        (book(30, 10).without("usage"), "needs usage"),
        (book(30, 10, won=0, failed=0), "unasked: no proposal of more seats or of a product was closed in 12 months"),
    ],
)
def test_no_side_is_named_without_both_rooms(ledger: Ledger, reason: str) -> None:
    row = told(ledger)
    assert (row.verdict, row.reason) == ("cannot_tell", reason)
    assert row.low > 0.01  # churn is told nevertheless, and the room of defence
    assert row.defence_room > 0
    assert np.isnan(row.offence_room)
    assert row.needed is pd.NA


@pytest.mark.parametrize(
    ("ledger", "as_of", "reason"),
    [
        (book(30, 10).without("contracts"), LAST, "needs contracts"),
        (book(30, 10), Month.parse("2024-01"), "short: 1 of 2 months"),
        (book(30, 10).with_rows(contracts=[]), LAST, "empty: nobody and nothing to measure"),
    ],
)
def test_without_contracts_or_months_nothing_is_told(ledger: Ledger, as_of: Month, reason: str) -> None:
    row = told(ledger, as_of=as_of)
    assert (row.verdict, row.reason) == ("cannot_tell", reason)
    assert row[FIGURES].isna().all()


def test_one_customer_is_told_of() -> None:
    row = told(book(2, 0, full=1).with_rows(contracts=[_term("c001", 10, "2024-01", "")]))
    assert (row.months, row.losses, row.verdict) == (12, 0, "cannot_tell")
    assert row.defence_room == 0
    assert row.needed > 300  # as many as without a loss tell it from the wall


def test_every_segment_has_a_row_for_each_horizon() -> None:
    table = wall(book(38, 2).inquiry(LAST))
    assert table[["segment", "horizon"]].to_numpy().tolist() == [
        [name, months] for name in ("large", "total") for months in HORIZONS
    ]
    assert set(table.verdict) <= {str(one) for one in Side}
    assert ((table.verdict == "cannot_tell") == (table.reason != "")).all()


def test_order_of_rows_and_names_change_nothing() -> None:
    ledger = book(38, 2)
    names = {row["customer_id"]: f"x{97 * place % 40:02}" for place, row in enumerate(ledger.rows["customers"])}
    renamed = Ledger(
        {
            table: [{**row, "customer_id": names[row["customer_id"]]} for row in reversed(rows)]
            for table, rows in ledger.rows.items()
        },
        ledger.policies,
    )
    pd.testing.assert_frame_equal(wall(ledger.inquiry(LAST)), wall(renamed.inquiry(LAST)))


# the demo


def test_rows_dated_later_change_nothing(demo_book: Portfolio) -> None:
    month = END - 7
    then = wall(inquiry_of(_demo_facts(demo_book, month, month), month))
    assert then.offence_room.notna().any()
    pd.testing.assert_frame_equal(then, wall(inquiry_of(_demo_facts(demo_book, END), month)))


def test_segments_are_told_alike_alone_and_together(demo_book: Portfolio) -> None:
    together = analyse("wall", inquire(demo_book, END))
    alone = analyse("wall", inquire(demo_book, END, ["smb"]))
    pd.testing.assert_frame_equal(alone, together[together.segment == "smb"].reset_index(drop=True))


# outsiders


def test_outsiders_are_not_told_of_few() -> None:
    """Of forty all but twelve are of one plan; of those twelve two are lost, who are too few."""
    ledger = book(30, 10)
    customers = [
        {**row, "plan": "small" if 20 <= place < 32 else "large"} for place, row in enumerate(ledger.rows["customers"])
    ]
    facts = ledger.with_rows(customers=customers).facts(LAST)
    inside = wall(inquiry_of(facts, LAST))
    assert inside.churn.notna().all()
    facts.manifest = facts.manifest.model_copy(update={"audience": "external"})
    outside = wall(inquiry_of(facts, LAST))
    assert set(outside.reason[outside.segment == "small"]) == {HIDDEN}
    hidden = outside[outside.reason == HIDDEN]
    assert hidden[FIGURES].isna().all().all()
    assert set(hidden.verdict) == {"cannot_tell"}
    assert {"small", "large"} <= set(hidden.segment)  # the total less one of them would be the other
