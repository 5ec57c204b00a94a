"""Which rows an interval takes for independent: the customers of a group, not the rows that they have."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pyarrow as pa
import pytest
from ibis import _

from cslib.kpis import CATALOGUE
from cslib.kpis.kpi import Interval, total
from cslib.kpis.measure import figures
from cslib.kpis.report_rows import ONCE
from cslib.stats import adjusted_wald, t_interval, wilson
from tests.books import small_book
from tests.ledger import Ledger
from tests.strategies import LAST

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pandas as pd

    from cslib.kpis import Kpi
    from tests.ledger import Row

SEVERAL = [
    kpi
    for kpi in CATALOGUE
    if kpi.interval in (Interval.WILSON, Interval.ADJUSTED_WALD, Interval.T) and kpi.fact not in ONCE
]
# t of 3 degrees of freedom is 3.182446, of 9 it is 2.262157
FEWER = (3.182446 / 2.262157) ** 2


def answered(*customers: tuple[int, int], group: str = "a") -> list[Row]:
    """Return answers of 5 and of 1, as many of 5 as the first and as many in all as the second number of each customer."""
    return [
        {"response_id": f"{group}{place}-{at}", "customer_id": f"{group}{place}", "kind": "csat",
         "score": 5 if at < good else 1, "responded_on": LAST.first_day}
        for place, (good, answers) in enumerate(customers)
        for at in range(answers)
    ]  # fmt: skip


def book(*surveys: Row) -> Ledger:
    """Return a book of the customers that answered; those of a group have its name as their CSM."""
    ids = sorted({str(row["customer_id"]) for row in surveys})
    return Ledger(
        {"customers": [{"customer_id": one, "name": one, "csm": one[0]} for one in ids], "surveys": list(surveys)}
    )


def bounds(rows: pd.DataFrame) -> list[float]:
    """Return the interval of the only row."""
    assert len(rows) == 1
    return [float(rows.iloc[0].low), float(rows.iloc[0].high)]


def shares(part: float, n: float) -> list[float]:
    """Return Wilson's interval."""
    return np.array(wilson(np.array([part]), np.array([n]))).ravel().tolist()


# 6 of 10, of customers 1.2, -1.8, 0.8 and -0.2 away from six tenths of their own
FOUR = ((3, 3), (0, 3), (2, 2), (1, 2))
EFFECT = (4 / 3 * (1.2**2 + 1.8**2 + 0.8**2 + 0.2**2) / 10**2) / (0.6 * 0.4 / 10)


def test_answers_of_four_customers_by_hand() -> None:
    told = book(*answered(*FOUR)).measure(LAST, kpis=["csat"])
    row = told[told.segment == "total"]
    assert list(row[["part", "whole", "n"]].iloc[0]) == [6, 10, 10]  # what is published counts answers
    assert bounds(row) == pytest.approx(shares(6 / EFFECT / FEWER, 10 / EFFECT / FEWER), abs=1e-6)


def test_groups_are_told_by_their_own_customers() -> None:
    surveys = [*answered(*FOUR), *answered((1, 1), (1, 1), (0, 1), group="b"), *answered((4, 4), (2, 2), group="c")]
    told = book(*surveys).measure(LAST, kpis=["csat"], by=["csm"])
    total = told[told.segment == "total"].set_index("csm")
    assert bounds(total.loc[["a"]]) == pytest.approx(shares(6 / EFFECT / FEWER, 10 / EFFECT / FEWER), abs=1e-6)
    assert bounds(total.loc[["b"]]) == shares(2, 3)
    # all of c agree, so that nothing tells how alike answers are: three to a customer; t of 1 and of 5 degrees of freedom
    fewer = 3 * (12.706205 / 2.570582) ** 2
    assert bounds(total.loc[["c"]]) == pytest.approx(shares(6 / fewer, 6 / fewer), abs=1e-6)


def test_answers_of_a_single_customer_tell_as_much_as_one() -> None:
    told = book(*answered((4, 6))).measure(LAST, kpis=["csat"])
    assert bounds(told[told.segment == "total"]) == shares(4 / 6, 1)


def drawn(kpi: Kpi, customers: Iterable[int], *, discreet: bool = False) -> pd.DataFrame:
    """Return the figures of a KPI over twelve rows of these customers."""
    part = [1.0, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1, 0]
    columns = {"book": [1] * 12, "customer_id": list(customers), "part": part, "n": [1] * 12, "age": [0] * 12}
    stand_in = replace(kpi, part=total(_.part), whole=total(_.n), n=total(_.n))
    return figures(ibis.memtable(pa.table(columns)), [stand_in], ["book"], discreet=discreet)


@pytest.mark.parametrize("kpi", SEVERAL, ids=lambda kpi: kpi.id)
def test_with_one_row_a_customer_nothing_changes_and_with_several_it_does(kpi: Kpi) -> None:
    part, squares, n = np.array([8.0]), np.array([8.0]), np.array([12.0])
    plain = {
        Interval.WILSON: lambda: wilson(part, n),
        Interval.ADJUSTED_WALD: lambda: adjusted_wald(part, squares, n),
        Interval.T: lambda: t_interval(part, squares, n),
    }[kpi.interval]()
    low, high = float(plain[0][0]), float(plain[1][0])
    assert bounds(drawn(kpi, range(12))) == [low, high]  # to the bit
    assert bounds(drawn(kpi, [at // 2 for at in range(12)]))[0] < low


@pytest.mark.parametrize("kpi", SEVERAL, ids=lambda kpi: kpi.id)
def test_outsiders_are_told_by_how_many_customers_there_are(kpi: Kpi) -> None:
    told = drawn(kpi, [at // 3 for at in range(12)], discreet=True).iloc[0]
    assert (told.n, told.customers) == (12, 4)


def test_a_customer_stands_once_in_the_tables_that_are_said_to_be_so(tmp_path: Path) -> None:
    facts = small_book(tmp_path, {}, ()).facts(LAST)
    of = {fact: [name for name in ("customer_id", "month_no") if name in facts[fact].columns] for fact in ONCE}
    rows = {fact: facts[fact].select(*keys).to_pyarrow().to_pylist() for fact, keys in of.items()}
    products = facts.per_product()["customer_months"].select("customer_id", "product", "month_no")
    for told in (*rows.values(), products.to_pyarrow().to_pylist()):
        assert len(told) == len({tuple(row.values()) for row in told}) > 0
    assert "month_no" not in of["starts"]  # once in its life


def test_the_kpis_with_several_rows_a_customer_are_those_of_events_and_items() -> None:
    assert {kpi.fact for kpi in SEVERAL} == {
        "answers", "questions", "milestones_due", "milestone_months", "goals_due", "goals_achieved", "renewals",
        "proposals_closed", "rating_months",
    }  # fmt: skip
    assert CATALOGUE.by_id["customer_churn"].fact in ONCE
