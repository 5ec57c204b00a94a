"""Numbers that others have published, worked once more by the product's own code."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from ibis import _

from cslib.kpis import CATALOGUE
from cslib.kpis.kpi import Kpi, Ratio, Unit, count, total
from cslib.kpis.measure import measure
from cslib.kpis.predicates import UNDER_CONTRACT, WAS_CUSTOMER
from cslib.settings import Policies
from tests.ledger import FIRST, Ledger

if TYPE_CHECKING:
    from tests.ledger import Row


def paying(customer: str, *amounts: float | Decimal | None, product: str = "core") -> list[Row]:
    """Return the contracts of a customer that pays these amounts from month to month, None for a month without."""
    return [
        {"contract_id": f"{customer}-{product}-{place}", "customer_id": customer, "product": product, "mrr": amount,
         "starts_on": (FIRST + place).first_day, "ends_on": (FIRST + place).last_day}
        for place, amount in enumerate(amounts) if amount
    ]  # fmt: skip


def book(*contracts: list[Row], **tables: list[Row]) -> Ledger:
    """Return a book of these contracts and of the customers that have them; what ends with a month counts at its close."""
    terms = [term for some in contracts for term in some]
    named = sorted({str(row["customer_id"]) for rows in (terms, *tables.values()) for row in rows})
    known = {str(row["customer_id"]): row for row in tables.get("customers", [])}
    customers = [{"name": name, "plan": "all", **known.get(name, {"customer_id": name})} for name in named]
    rows = {**tables, "customers": customers, **({"contracts": terms} if terms else {})}
    return Ledger(rows, Policies(churn_month="day_after"))


def told(ledger: Ledger, months: int, *kpis: str, figure: str = "value") -> pd.Series:
    """Return a figure of these KPIs of the whole book by KPI and month, for so many months from the first."""
    table = ledger.measure(FIRST + (months - 1), months, kpis=kpis)
    total = table[table.segment == "total"]
    return total.set_index(["kpi", "month"])[figure]


def test_movements_of_an_annual_plan_and_its_additions() -> None:
    annual = Decimal(4 * 500) / 12
    rows = [
        {"contract_id": "annual", "product": "annual", "mrr": round(annual, 6), "starts_on": date(2024, 1, 10),
         "ends_on": date(2025, 1, 9)},
        *({"contract_id": f"monthly{n}", "product": "monthly", "mrr": 30, "starts_on": date(2024, 3, 5),
           "ends_on": date(2024, 6, 4)} for n in (1, 2)),
        *({"contract_id": f"back{n}", "product": "monthly", "mrr": 50, "starts_on": date(2025, 3, 1)} for n in (1, 2, 3)),
    ]  # fmt: skip
    ledger = book([{**row, "customer_id": "c"} for row in rows])
    spine = ledger.facts(FIRST + 15)["customer_months"]
    moved = spine.filter(spine.movement != "none").order_by("month_no").to_pyarrow().to_pandas()
    amounts = moved[["new_mrr", "expansion_mrr", "contraction_mrr", "churned_mrr", "reactivation_mrr"]].sum(axis=1)
    told = [(FIRST + (int(no) - FIRST.number)).first_day.isoformat()[:7] for no in moved.month_no]
    assert list(zip(told, moved.movement, (round(float(amount), 2) for amount in amounts), strict=True)) == [
        ("2024-01", "new", 166.67),
        ("2024-03", "expansion", 60),
        ("2024-06", "contraction", 60),
        ("2025-01", "churn", 166.67),
        ("2025-03", "reactivation", 150),
    ]


def test_revenue_churn_and_net_churn_of_a_month() -> None:
    ledger = book(paying("gone", 10), paying("less", 20, 10), paying("more", 70, 80))
    values = told(ledger, 2, "mrr", "revenue_churn", "expansion_rate")
    assert values["mrr", "2024-01"] == 100
    assert values["revenue_churn", "2024-02"] == 20 / 100
    assert values["revenue_churn", "2024-02"] - values["expansion_rate", "2024-02"] == pytest.approx(10 / 100)


def test_gross_and_net_retention_of_a_year() -> None:
    year = (None,) * 11
    ledger = book(
        paying("gone", 600_000),
        paying("less", 3_900_000, *year, 3_000_000),
        paying("more", 5_500_000, *year, 7_300_000),
    )
    values = told(ledger, 13, "mrr", "grr", "nrr")
    assert values["mrr", "2024-01"] == 10_000_000
    assert values["grr", "2025-01"] == 0.85
    assert values["nrr", "2025-01"] == 1.03


def test_lifetime_value_of_orders() -> None:
    orders: list[Row] = [
        {"purchase_id": str(half), "customer_id": "c", "amount": 500_000, "purchased_on": (FIRST + 6 * half).first_day}
        for half in range(10)
    ]
    ledger = book(purchases=orders).under(gross_margin=0.5)
    assert told(ledger, 60, "ltv")["ltv", "2028-12"] == 500_000 * 0.5 * 2 * 5 == 2_500_000


def test_lifetime_value_of_contracts() -> None:
    ledger = book(paying("c", *[200_000] * 60)).under(gross_margin=0.5)
    values = told(ledger, 60, "ltv", "ltv_survival")
    assert values["ltv", "2028-12"] == pytest.approx(200_000 * 0.5 * 12 * 5)
    assert values["ltv_survival", "2028-12"] == pytest.approx(6_000_000)


def test_lifetime_value_by_churn_has_no_value_without_churn() -> None:
    by_churn = Kpi(
        id="ltv_by_churn", ja="LTV", en="LTV by churn", ja_formula="平均契約単価 ÷ チャーンレート", en_formula="ARPA ÷ churn",
        stage=CATALOGUE.by_id["ltv"].stage, unit=Unit.AMOUNT, better=CATALOGUE.by_id["ltv"].better, posture=CATALOGUE.by_id["ltv"].posture,
        fact="customer_months", needs=("contracts",), n=count(WAS_CUSTOMER),
        factors=(
            Ratio(total(_.closing_mrr), count(UNDER_CONTRACT)),
            Ratio(count(WAS_CUSTOMER), count(_.movement == "churn")),
        ),
    )  # fmt: skip
    stay = [paying(f"c{number}", 100, 100, 100) for number in range(19)]
    facts = book(*stay, paying("gone", 100)).facts(FIRST + 2)
    found = measure(facts, [by_churn], (FIRST + 1, FIRST + 2))
    values = found[found.segment == "total"]
    assert values.value.iloc[0] == pytest.approx(100 / 0.05)
    assert pd.isna(values.value.iloc[1])
    assert values.reason.iloc[1].startswith("zero")


def answers(*scores: int) -> Ledger:
    """Return a book of people that gave these NPS answers."""
    return book(surveys=[
        {"response_id": str(place), "customer_id": f"c{place}", "kind": "nps", "score": score, "responded_on": date(2024, 1, 9)}
        for place, score in enumerate(scores)
    ])  # fmt: skip


def test_net_promoter_score() -> None:
    assert told(answers(0, 7, 7, 9, 9, 9), 1, "nps").iloc[0] == pytest.approx(0.333, abs=5e-4)
    found = answers(*[3] * 20, *[8] * 30, *[9] * 50).measure(FIRST, kpis=["nps"]).iloc[-1]
    assert (found.segment, found.value) == ("total", 0.30)
    assert (found.low, found.high) == pytest.approx((0.1405, 0.4420), abs=5e-5)
    assert told(answers(9, 9, 10, 10, 10), 1, "nps", figure="low").iloc[0] < 1


def test_quick_ratio() -> None:
    ledger = book(
        paying("more", *[30] * 4, 38),
        paying("less", *[30] * 4, 25),
        paying("gone", *[3] * 4),
        paying("new", *[None] * 4, 20),
    )
    values = told(ledger, 5, "quick_ratio")
    assert values["quick_ratio", "2024-05"] == (20 + 8) / (5 + 3) == 3.5
    assert np.isnan(values["quick_ratio", "2024-01"])  # 63 are gained, and nothing is lost


def test_payback_of_acquisition_cost() -> None:
    ledger = book(paying("c", 1_500), customers=[{"customer_id": "c", "acquisition_cost": 12_000}])
    months = told(ledger, 1, "cac_payback").iloc[0]
    assert months == pytest.approx(12_000 / (1_500 * 0.7))
    assert round(months, 1) == 11.4


def test_rates_are_rescaled_by_powers() -> None:
    amounts = [round(1_000_000 * 0.97 ** (month / 3), 6) for month in range(4)]
    table = book(paying("c", *map(Decimal, map(str, amounts)))).measure(FIRST + 3, 3, kpis=["revenue_churn"])
    monthly = table[table.segment == "total"].value
    assert list(monthly) == pytest.approx([0.0101] * 3, abs=5e-5)
    assert 1 - np.prod(1 - monthly) == pytest.approx(0.03)
