"""The laws that hold for every report, tried on generated books."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from hypothesis import assume, given
from hypothesis import strategies as st

from cslib.facts.contract_terms import contract_spells
from cslib.facts.customer_months import PAID, movements_spine
from cslib.kpis import CATALOGUE
from cslib.periods import Month, months_up_to
from tests.ledger import Ledger, assert_plain
from tests.second_opinion import assert_agreed
from tests.strategies import LAST, MONTHS, books, contract_books, examples

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

    from cslib.settings import Policies
    from tests.ledger import Row

SUMS = ["part", "whole", "n"]
WITH_PART = [kpi.id for kpi in CATALOGUE if kpi.part is not None]
MONTH_BY_MONTH = months_up_to(LAST, MONTHS)
NEVER = date(9000, 1, 1)
NOTHING = Decimal(0)
MOVED = {"new": "new_mrr", "reactivation": "reactivation_mrr", "expansion": "expansion_mrr",
         "contraction": "contraction_mrr", "churn": "churned_mrr"}  # fmt: skip


def spine(ledger: Ledger) -> pd.DataFrame:
    """Return the money side of the customer-months: a row per customer and month, amounts exact."""
    facts = ledger.facts(LAST)
    table = movements_spine(facts.terms, contract_spells(facts.terms), facts.months)
    return table.order_by(["customer_id", "month_no"]).to_pyarrow().to_pandas()


def test_every_amount_of_the_spine_is_what_is_paid_or_a_part_of_it() -> None:
    facts = Ledger({"customers": []}).facts(LAST)
    table = movements_spine(facts.terms, contract_spells(facts.terms), facts.months)
    amounts = {name for name, kind in table.schema().items() if kind.is_decimal()}
    assert amounts == PAID | {"first_mrr"}  # which is of a month of its own for each customer


# the naive reading of the data model: day by day, customer by customer


class Term(NamedTuple):
    """A paid contract: its days of service, and the day its replacement starts."""

    first: date
    last: date
    replaced_on: date | None
    product: str
    amount: Decimal


def paid_terms(contracts: list[Row], policies: Policies) -> list[Term]:
    """Return the contracts of a customer that are contracts, with what replaces them."""
    spans = [
        (row, row["starts_on"], _last_day(row, policies)) for row in contracts if not row.get("trial") and row["mrr"]
    ]
    real = [(row, first, last) for row, first, last in spans if first <= last]
    if policies.overlapping_terms == "later_replaces":
        real = [(row, first, min(last, _last_alone(row, first, real))) for row, first, last in real]
    starts = [first for _, first, _ in real]
    return [
        Term(
            first, last, _replacement(last, starts, policies.grace_days), str(row["product"]), Decimal(str(row["mrr"]))
        )
        for row, first, last in real
    ]


def _last_alone(row: Row, first: date, real: list[tuple[Row, date, date]]) -> date:
    """Return the last day before a later contract of the same product starts."""
    later = [start for other, start, _ in real if other["product"] == row["product"] and start > first]
    return min(later) - timedelta(days=1) if later else NEVER


def _last_day(row: Row, policies: Policies) -> date:
    end: date = row.get("ends_on") or NEVER
    return end if end == NEVER or policies.contract_end == "last_day" else end - timedelta(days=1)


def _replacement(last: date, starts: list[date], grace_days: int) -> date | None:
    within = [start for start in starts if timedelta(days=1) <= start - last <= timedelta(days=1 + grace_days)]
    return min(within, default=None)


def in_force(term: Term, day: date, policies: Policies) -> bool:
    """Return whether a contract is in force at the close of a month that ends with `day`."""
    if not _covers(term, day, policies):
        return False
    if _covers(term, day + timedelta(days=1), policies) or policies.churn_month == "day_after":
        return True
    return term.replaced_on == day + timedelta(days=1)


def _covers(term: Term, day: date, policies: Policies) -> bool:
    if day < term.first:
        return False
    if term.replaced_on is not None:
        return day < term.replaced_on
    return term.last == NEVER or day <= term.last + timedelta(days=policies.grace_days)


_SIDES = ("opening_mrr", "closing_mrr", "movement", "cross_sell_mrr")


@dataclass(frozen=True)
class Naive:
    """One customer's month, as the data model says."""

    opening: Decimal
    closing: Decimal
    movement: str
    cross_sell: Decimal


def naive_months(contracts: list[Row], policies: Policies) -> Iterator[tuple[int, Naive]]:
    """Return each month of a customer up to the last, by its number."""
    terms = paid_terms(contracts, policies)
    opening: dict[str, Decimal] = {}
    ever = False
    for month in MONTH_BY_MONTH:
        closing: dict[str, Decimal] = defaultdict(Decimal)
        for term in terms:
            if in_force(term, month.last_day, policies):
                closing[term.product] += term.amount
        before, now = sum(opening.values(), NOTHING), sum(closing.values(), NOTHING)
        movement = _named(before, now, ever=ever)
        added = sum((amount for product, amount in closing.items() if product not in opening), NOTHING)
        yield (
            month.number,
            Naive(before, now, movement, min(now - before, added) if movement == "expansion" else NOTHING),
        )
        opening, ever = closing, ever or now > 0


def _named(before: Decimal, now: Decimal, *, ever: bool) -> str:
    if before == now:
        return "none"
    if before == 0:
        return "reactivation" if ever else "new"
    return "churn" if now == 0 else "expansion" if now > before else "contraction"


@examples(30)
@given(contract_books(10))
def test_spine_is_what_the_data_model_says_day_by_day(ledger: Ledger) -> None:
    found = {(row["customer_id"], row["month_no"]): row for row in spine(ledger).to_dict("records")}
    for customer in {str(row["customer_id"]) for row in ledger.rows["customers"]}:
        theirs = [row for row in ledger.rows["contracts"] if row["customer_id"] == customer]
        for month_no, wanted in naive_months(theirs, ledger.policies):
            row = found.pop((customer, month_no), None)
            if row is None:  # before its first contract a customer has no row
                assert wanted == Naive(NOTHING, NOTHING, "none", NOTHING)
            else:
                assert Naive(*(row[name] for name in _SIDES)) == wanted, (customer, month_no)
    assert not found


@examples(20)
@given(contract_books(10))
def test_movements_bridge_each_opening_and_closing(ledger: Ledger) -> None:
    rows = spine(ledger)
    gains = rows.new_mrr + rows.reactivation_mrr + rows.expansion_mrr
    assert (rows.opening_mrr + gains - rows.contraction_mrr - rows.churned_mrr == rows.closing_mrr).all()
    assert (rows.upsell_mrr + rows.cross_sell_mrr == rows.expansion_mrr).all()
    assert (rows[["upsell_mrr", "cross_sell_mrr", *MOVED.values()]] >= 0).all(axis=None)
    before = rows.groupby("customer_id").closing_mrr.shift(1).fillna(0)
    assert (rows.opening_mrr == before).all()
    amounts = rows[list(MOVED.values())]
    named = pd.DataFrame({column: rows.movement == movement for movement, column in MOVED.items()})
    assert ((amounts > 0) == named).all(axis=None)
    assert rows.movement.isin(["none", *MOVED]).all()
    assert not rows.duplicated(["customer_id", "month_no"]).any()


@examples(20)
@given(contract_books(6), st.data())
def test_late_renewal_within_the_grace_changes_no_earlier_figure(ledger: Ledger, data: st.DataObject) -> None:
    ledger = ledger.under(grace_days=data.draw(st.integers(1, 20)))
    ended = [row for row in ledger.rows["contracts"] if row.get("ends_on") and row["ends_on"] >= row["starts_on"]]
    assume(ended)
    late, renewals = data.draw(st.sampled_from(ended)), ledger.rows["contracts"].copy()
    starts_on = late["ends_on"] + timedelta(days=1 + data.draw(st.integers(0, ledger.policies.grace_days)))
    renewals.append({**late, "contract_id": "late", "starts_on": starts_on, "ends_on": None})
    before, after = spine(ledger), spine(ledger.with_rows(contracts=renewals))
    # the type of a column hangs on whether anything in it is null
    pd.testing.assert_frame_equal(
        _closed_before(before, starts_on), _closed_before(after, starts_on), check_dtype=False
    )


def _closed_before(rows: pd.DataFrame, day: date) -> pd.DataFrame:
    """Return the months at whose close a contract that starts on `day` is not known yet."""
    known = [month.number for month in MONTH_BY_MONTH if month.last_day + timedelta(days=1) < day]
    return rows[rows.month_no.isin(known)].reset_index(drop=True)


# laws of the whole catalogue


@examples(6)
@given(books())
def test_laws_of_the_figures(ledger: Ledger) -> None:
    table = ledger.measure(LAST, MONTHS)
    _disjoint_segments_add_up(table)
    _every_combination_is_there(table)
    assert_plain(table)
    _retention_is_bounded(table)
    _churn_is_the_rest_of_what_is_kept(table, ledger)
    _twins_agree(table, ledger)


def _disjoint_segments_add_up(table: pd.DataFrame) -> None:
    has_part = table[table.kpi.isin(WITH_PART)]
    total = has_part[has_part.segment == "total"].set_index(["month", "kpi"])[SUMS].fillna(0).sort_index()
    plans = has_part[has_part.segment != "total"].groupby(["month", "kpi"])[SUMS].sum().sort_index()
    pd.testing.assert_frame_equal(total, plans)
    others = table[~table.kpi.isin(WITH_PART)]
    counted = others.assign(total=others.segment == "total").pivot_table(
        index=["month", "kpi"], columns="total", values="n", aggfunc="sum"
    )
    assert (counted[True] == counted[False]).all()


def _every_combination_is_there(table: pd.DataFrame) -> None:
    keys = table[["segment", "month", "kpi"]]
    assert not keys.duplicated().any()
    assert len(keys) == keys.segment.nunique() * MONTHS * len(CATALOGUE)
    assert keys.equals(keys.sort_values(["segment", "month", "kpi"], ignore_index=True))


def _values(table: pd.DataFrame, kpi: str, figure: str = "value") -> pd.Series:
    return table[table.kpi == kpi].set_index(["segment", "month"])[figure]


def _retention_is_bounded(table: pd.DataFrame) -> None:
    grr, nrr = _values(table, "grr"), _values(table, "nrr")
    assert grr.isna().equals(nrr.isna())
    assert (grr.dropna() <= np.minimum(1, nrr.dropna()) + 1e-12).all()


def _churn_is_the_rest_of_what_is_kept(table: pd.DataFrame, ledger: Ledger) -> None:
    rows = spine(ledger)
    rows["kept"] = (rows.opening_mrr > 0) & (rows.closing_mrr > 0)
    rows["retained"] = rows[["opening_mrr", "closing_mrr"]].min(axis=1).astype(float)
    rows["month"] = [str(Month(int(number))) for number in rows.month_no]
    kept = rows.groupby("month")[["kept", "retained"]].sum()
    total = table[table.segment == "total"].set_index("month")
    churn, lost = total[total.kpi == "customer_churn"], total[total.kpi == "revenue_churn"]
    both = pd.DataFrame({"opened": churn.whole, "left": churn.part}).join(kept).fillna(0)
    assert (both.left == both.opened - both.kept).all()
    money = pd.DataFrame({"value": lost.value, "whole": lost.whole}).join(kept).dropna()
    np.testing.assert_allclose(money.value, 1 - money.retained / money.whole, atol=1e-12)


def _twins_agree(table: pd.DataFrame, ledger: Ledger) -> None:
    con = ledger.second_opinion(MONTH_BY_MONTH)
    for kpi in CATALOGUE:
        assert_agreed(con, kpi.id, table)


@examples(3)
@given(books(), st.randoms(use_true_random=False))
def test_renaming_customers_and_shuffling_rows_changes_nothing(ledger: Ledger, chance: random.Random) -> None:
    pd.testing.assert_frame_equal(
        ledger.measure(LAST, MONTHS), _shuffled(_renamed(ledger), chance).measure(LAST, MONTHS), rtol=1e-12
    )


def _renamed(ledger: Ledger) -> Ledger:
    """Return the book with other ids of customers, in another order."""
    names = {str(row["customer_id"]): f"z{-number % 97:02d}" for number, row in enumerate(ledger.rows["customers"])}
    renamed = {
        name: [{**row, "customer_id": names[str(row["customer_id"])]} if "customer_id" in row else row for row in rows]
        for name, rows in ledger.rows.items()
    }
    return ledger.with_rows(**renamed)


def _shuffled(ledger: Ledger, chance: random.Random) -> Ledger:
    return ledger.with_rows(**{name: chance.sample(rows, len(rows)) for name, rows in ledger.rows.items()})
