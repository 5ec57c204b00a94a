"""The forecast of a book: on books by hand, on steady ones whose law is known, and where nothing can be told."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from bench.growth import held, steady_book
from cslib.analysis.growth.forecast import COLUMNS, FIGURES, MEASURES, forecast, origins
from cslib.analysis.growth.renewals_ahead import ALL, renewals_ahead
from cslib.periods import Month
from cslib.privacy.suppression import HIDDEN
from cslib.stats import walk, widening
from cslib.stats.widening import Bands
from tests.ledger import Ledger, inquiry_of

if TYPE_CHECKING:
    from tests.ledger import Row

LAST = Month.parse("2025-06")  # the eighteenth month of a ledger


def term(customer: str, mrr: float, first: str, last: str = "", months: int | None = None) -> Row:
    return {
        "contract_id": f"{customer}-{first}", "customer_id": customer, "product": "core", "mrr": Decimal(str(mrr)),
        "starts_on": Month.parse(first).first_day, "ends_on": Month.parse(last).last_day if last else None, "term_months": months,
    }  # fmt: skip


def book(*terms: Row) -> Ledger:
    names = dict.fromkeys(row["customer_id"] for row in terms)
    customers = [{"customer_id": name, "plan": "large" if name < "c010" else "small"} for name in names]
    return Ledger({"customers": customers, "contracts": list(terms)})


STEADY = book(*(term(f"c{number:03}", 10, "2024-01") for number in range(20)))


def told(ledger: Ledger, measure: str, ahead: int = 12, as_of: Month = LAST) -> pd.Series[Any]:
    table = forecast(ledger.inquiry(as_of))
    mine = (table.segment == "total") & (table.measure == measure) & (table.ahead == ahead)
    (row,) = (row for _place, row in table[mine].iterrows())
    return row


# what a book did


def test_what_customers_did_is_counted_between_their_closes() -> None:
    amounts = np.array([[10, 10, 12, 12], [10, 0, 0, 8], [10, 5, 5, 5], [0, 0, 7, 7], [0, 0, 0, 0]], dtype=float)
    found = walk.habits(amounts)
    assert found.openings.sum() == 3 + 1 + 3 + 1
    assert (found.churns.sum(), found.returns, found.gone, found.months) == (1, 1, 2, 3)
    assert np.concatenate(found.higher).tolist() == [1.2]
    assert np.concatenate(found.lower).tolist() == [0.5]
    assert found.arrivals.tolist() == [7, 8]


def test_the_small_and_the_large_are_counted_apart() -> None:
    """Fifty small ones of whom ten are lost, and fifty large ones of whom none is."""
    amounts = np.array([[1.0, 0 if one < 10 else 1] for one in range(50)] + [[100.0, 100]] * 50)
    found = walk.habits(amounts)
    assert found.churns.sum() == found.churns[: len(found.churns) // 2].sum() == 10
    course = walk.carried_on(amounts[:, 1], found, found, 400)
    assert np.median(course.kept[:, 0]) > 4900  # a tenth of what all pay would be lost by the mean of the customers


def test_chances_are_those_of_the_past() -> None:
    """One in fifty is lost a month: of a thousand customers 0.98^12 are left after a year, on the mean."""
    before = np.ones((1000, 13))
    lost = np.random.default_rng(5).random((1000, 12)) < 0.02
    before[:, 1:] = ~np.logical_or.accumulate(lost, axis=1)
    seen = walk.habits(before)
    course = walk.carried_on(np.full(1000, 1.0), seen, seen, 500)
    rate = seen.churns.sum() / seen.openings.sum()
    assert course.held[:, 11].mean() == pytest.approx(1000 * (1 - rate) ** 12, rel=0.02)
    np.testing.assert_allclose(course.held, course.kept)
    # the draw of the chance, 1 in 15 of 220, and that of the losses
    sd = 1000 * (1 - rate) ** 12 * np.sqrt((12 / np.sqrt(seen.churns.sum()) * rate) ** 2 + (1 - (1 - rate) ** 12) / 785)
    assert course.held[:, 11].std() == pytest.approx(sd, rel=0.2)
    assert not course.new.any()


def test_whoever_moves_does_so_by_the_chance_of_its_kind() -> None:
    """Of 10,000 in a month 1 in 20 is lost, 1 in 10 halved, 1 in 8 grown by a fifth: so it goes on, month by month."""
    after = np.array([0.0] * 500 + [5.0] * 1000 + [12.0] * 1250 + [10.0] * 7250)
    seen = walk.habits(np.column_stack([np.full(10_000, 10.0), after]))
    course = walk.carried_on(np.full(2000, 10.0), seen, seen, 1000)
    lost, halved, grown = 0.05, 0.1, 0.125
    change = 1 - lost - halved / 2 + grown / 5
    assert course.held.mean(axis=0) == pytest.approx(20_000 * change ** np.arange(1, 13), rel=3e-3)
    assert course.kept[:, 0].mean() == pytest.approx(20_000 * (1 - lost - halved / 2), rel=2e-3)
    sd = 10 * np.sqrt(2000 * (lost + halved / 4 + grown / 25 - (1 - change) ** 2))
    assert course.held[:, 0].std() == pytest.approx(sd, rel=0.15)  # the chances themselves are known well


def test_who_was_lost_comes_back_with_what_it_paid() -> None:
    """All are lost in a month, and all come back in the next."""
    amounts = np.tile([10.0, 0, 10], (500, 1))
    seen = walk.habits(amounts)
    course = walk.carried_on(np.full(1000, 10.0), seen, seen, 200)
    assert np.median(course.held[:, 0]) < 1000
    assert np.median(course.held[:, 1]) > 9000


def test_new_customers_come_as_they_came() -> None:
    """Two a month at 10: after twelve months 24 of them, but for the few that are lost."""
    amounts = np.zeros((40, 13))
    amounts[:16] = 10
    for month in range(12):
        amounts[16 + 2 * month : 18 + 2 * month, month + 1 :] = 10
    seen = walk.habits(amounts)
    course = walk.carried_on(amounts[:, -1], seen, seen, 1000)
    assert course.new[:, 11].mean() == pytest.approx(240, rel=0.08)
    assert course.new[:, 0].mean() == pytest.approx(20, rel=0.15)


# bands


@pytest.mark.parametrize(("actual", "distance"), [(100, 0), (110, 0.5), (120, 1), (85, 1.5)])
def test_how_far_a_value_strayed_is_told_in_half_widths_of_its_side(actual: float, distance: float) -> None:
    assert widening.strayed(actual, Bands(*map(np.float64, (80, 90, 100, 120, 130)))) == pytest.approx(distance)


def test_bands_are_widened_by_what_the_past_says() -> None:
    assert widening.factor(np.array([3.0] * 5), 1.3) == 1.3
    assert widening.factor(np.array([0.2] * 6), 1.3) == 1
    assert widening.factor(np.array([9.0] * 6), 1.3) == 2.5
    assert widening.factor(np.array([0.0, 0.5, 1.0, 1.5, 2.0, 9.0]), 1.3) == pytest.approx(2.0)
    wide = widening.widened(Bands(*map(np.float64, (0.6, 0.8, 0.9, 0.95, 0.99))), 2.0, 1.0)
    assert tuple(map(float, wide)) == pytest.approx((0.3, 0.7, 0.9, 1.0, 1.0))


@pytest.mark.parametrize(
    ("last", "first", "count"), [(23, None, 0), (24, 12, 1), (35, 23, 12), (36, 24, 5), (42, 30, 7)]
)
def test_a_past_close_wants_a_year_before_and_a_year_after_it(last: int, first: int | None, count: int) -> None:
    found = origins(last)
    assert (found[0] if found else None, len(found)) == (first, count)
    assert all(12 <= one <= last - 12 for one in found)


# the table


def test_the_table_holds_every_segment_measure_and_month() -> None:
    table = forecast(STEADY.inquiry(LAST))
    assert tuple(table.columns) == COLUMNS
    assert len(table) == 3 * len(MEASURES) * 12
    assert table.target_month[:12].tolist() == [str(LAST + ahead) for ahead in range(1, 13)]
    assert (table.reason == "").all()
    edges = table[["low95", "low80", "median", "high80", "high95"]].to_numpy(dtype=float)
    assert (np.diff(edges, axis=1) >= 0).all()


def test_a_book_in_which_nothing_moved_may_still_lose() -> None:
    """Half a customer of 240 months: a year ahead most paths keep all, and none has gained but by chance."""
    row = told(STEADY, "grr")
    assert row["median"] > 0.95
    assert row.low95 < row.low80 <= row["median"] <= row.high95 <= 1
    assert (row.factor, row.tried) == (1.0, 0)
    assert told(STEADY, "nrr").factor == 1.5
    assert told(STEADY, "mrr_held")["median"] == pytest.approx(200, rel=0.05)
    assert told(STEADY, "mrr_new").high95 == 0


def test_the_past_is_held_against_what_came() -> None:
    """Twenty-seven months in which nothing moved: each forecast held, and so did saying that nothing changes."""
    row = told(STEADY, "mrr_held", as_of=Month.parse("2026-03"))
    assert (row.inside, row.tried) == (3, 3)
    assert row.independent == pytest.approx(3 / 12)
    assert row.error < 0.05
    assert row.same_error == 0


@pytest.mark.parametrize(
    ("ledger", "as_of", "reason"),
    [
        (STEADY.without("contracts"), LAST, "needs contracts"),
        (STEADY, Month.parse("2024-07"), "short: 6 of 12 months"),
        (STEADY, Month.parse("2024-01"), "short: 0 of 12 months"),
        (STEADY.with_rows(contracts=[]), LAST, "empty: nobody and nothing to measure"),
    ],
)
def test_what_cannot_be_told_says_why(ledger: Ledger, as_of: Month, reason: str) -> None:
    row = told(ledger, "mrr", as_of=as_of)
    assert row.reason == reason
    assert row[list(FIGURES)].isna().all()


def test_one_customer_is_told_of() -> None:
    row = told(book(term("c001", 10, "2024-01")), "grr")
    assert 0 <= row.low95 < row.high95 <= 1


def test_order_of_rows_and_names_change_nothing() -> None:
    ledger = book(
        *(term(f"c{number:03}", 10 + number, "2024-01", "2025-02" if number % 7 == 0 else "") for number in range(30))
    )
    names = {f"c{number:03}": f"c{29 - number:03}" for number in range(30)}
    customers = [{**row, "customer_id": names[row["customer_id"]]} for row in reversed(ledger.rows["customers"])]
    contracts = [{**row, "customer_id": names[row["customer_id"]]} for row in reversed(ledger.rows["contracts"])]
    renamed = ledger.with_rows(customers=customers, contracts=contracts)
    pd.testing.assert_frame_equal(forecast(ledger.inquiry(LAST)), forecast(renamed.inquiry(LAST)))


def test_steady_books_stay_inside_the_bands_as_often_as_they_say() -> None:
    """Sixty books of a hundred customers: 0.8 of them, give or take twice the sd of 0.05."""
    rng = np.random.default_rng(8)
    tables = [held(steady_book(rng, 100, 0.02, 37), 24) for _ in range(60)]
    mean = pd.concat(tables).groupby(level=0).mean()
    assert mean.inside80[["grr", "nrr"]].between(0.68, 0.92).all()
    assert (mean.inside95[["grr", "nrr"]] >= 0.87).all()
    assert (mean.error < 0.5 * mean.same)["grr"]  # what is said beats that nothing changes


def test_outsiders_are_not_told_of_few() -> None:
    # two are lost in the first of the twelve months of which the chances are taken
    terms = [term(f"c{number:03}", 10, "2024-01", "2024-07" if number in {1, 2} else "") for number in range(20)]
    facts = book(*terms).facts(LAST)
    assert forecast(inquiry_of(facts, LAST))["median"].notna().all()
    facts.manifest = facts.manifest.model_copy(update={"audience": "external"})
    outside = forecast(inquiry_of(facts, LAST))
    assert set(outside.reason[outside.segment == "large"]) == {HIDDEN}
    assert outside[outside.reason == HIDDEN][list(FIGURES)].isna().all().all()


# renewals


def test_terms_fall_due_in_the_month_of_their_last_day() -> None:
    ledger = book(
        term("c001", 10, "2024-01", "2025-08", 20), term("c002", 5, "2025-01", "2025-08"), term("c003", 7, "2024-07", "2026-06"),
        term("c004", 3, "2024-07", "2026-07"), term("c005", 2, "2024-01"), term("c006", 1, "2024-01", "2025-06"),
        {**term("c001", 99, "2025-09"), "contract_id": "signed early"},
    )  # fmt: skip
    found = renewals_ahead(ledger.inquiry(LAST, "total"))
    table = found[found.band == ALL].set_index("due_month")
    counted = {month: tuple(row) for month, row in table[["customers", "terms", "mrr"]].iterrows() if row.terms}
    assert counted == {"2025-08": (2, 2, 15), "2026-06": (1, 1, 7)}
    assert table.mrr.sum() == 22
    assert (table.index[0], len(table)) == ("2025-07", 12)


def test_what_falls_due_divides_over_the_bands_of_the_score() -> None:
    answers = [
        {"customer_id": who, "kind": "nps", "score": score, "respondent_id": who, "sent_on": LAST.first_day, "responded_on": LAST.first_day}
        for who, score in (("c001", 0), ("c002", 10))
    ]  # fmt: skip
    ledger = book(*(term(f"c00{at}", mrr, "2024-01", "2025-08") for at, mrr in ((1, 10), (2, 5), (3, 7))))
    parts = {"components": {"nps": {"bad": 0, "good": 10, "weight": 1}}, "bands": {"yellow": 40, "green": 70}}
    table = renewals_ahead(ledger.with_rows(surveys=answers).inquiry(LAST, "total", health=parts))
    august = table[table.due_month == "2025-08"].set_index("band").mrr
    # who answered 0 is red, who answered 10 green, who answered nothing has no score
    assert august.to_dict() == {ALL: 22, "red": 10, "yellow": 0, "green": 5, "none": 7}
    assert table[table.band != ALL].mrr.sum() == 22


def test_renewals_want_the_ends_of_contracts() -> None:
    table = renewals_ahead(STEADY.without("contracts").inquiry(LAST))
    assert set(table.reason) == {"needs contracts"}
    assert table.mrr.isna().all()


def test_outsiders_are_not_told_of_few_renewals() -> None:
    facts = book(
        *(term(f"c{number:03}", 10, "2024-01", "2025-09" if number < 3 else "") for number in range(20))
    ).facts(LAST)
    facts.manifest = facts.manifest.model_copy(update={"audience": "external"})
    outside = renewals_ahead(inquiry_of(facts, LAST))
    assert set(outside.reason[outside.segment == "large"]) == {HIDDEN}
    assert outside.mrr[outside.segment == "large"].isna().all()
