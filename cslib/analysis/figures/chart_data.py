"""What charts draw of the facts: how long until something happens, what moved, which scores were given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import pandas as pd
from ibis import _

from cslib.kpis.report_rows import segment_rows
from cslib.periods import Month
from cslib.stats import km_curve

if TYPE_CHECKING:
    from cslib.facts import Facts
    from cslib.kpis.kpi import Kpi


def open_curve(facts: Facts, kpi: Kpi, as_of: Month) -> pd.DataFrame:
    """Return the Kaplan-Meier curve of a KPI: days, open_share, low, high, at_risk, ended; empty for a KPI without one or without its data."""
    if kpi.curve is None or facts.missing(kpi.needs):
        return pd.DataFrame(columns=["days", "open_share", "low", "high", "at_risk", "ended"])
    rows = segment_rows(facts, [kpi], (as_of,)).filter(_.age < kpi.window)
    cases = rows.select(duration=kpi.curve.duration, observed=kpi.curve.observed).to_pyarrow().to_pandas()
    return km_curve(cases.duration.to_numpy(dtype=float), cases.observed.to_numpy(dtype=bool))


def movement_amounts(facts: Facts, months: tuple[Month, ...]) -> pd.DataFrame:
    """Return what moved: month, movement (opening, new, reactivation, upsell, cross_sell, contraction, churn, closing), amount."""
    within = facts["customer_months"].filter(_.month_no.between(months[0].number, months[-1].number))
    columns = {
        "opening": "opening_mrr",
        "new": "new_mrr",
        "reactivation": "reactivation_mrr",
        "upsell": "upsell_mrr",
        "cross_sell": "cross_sell_mrr",
        "contraction": "contraction_mrr",
        "churn": "churned_mrr",
        "closing": "closing_mrr",
    }
    sums = {name: within[column].sum().cast("float64") for name, column in columns.items()}
    wide = within.group_by("month_no").aggregate(**sums).order_by("month_no").to_pyarrow().to_pandas()
    long = wide.melt(id_vars="month_no", var_name="movement", value_name="amount")
    return long.assign(month=[str(Month(int(number))) for number in long.month_no])[["month", "movement", "amount"]]


def nps_answers(facts: Facts, kpi: Kpi, as_of: Month) -> pd.DataFrame:
    """Return how often each score was given in the window of the NPS: score, answers."""
    rows = segment_rows(facts, [kpi], (as_of,)).filter(_.age < kpi.window)
    assert kpi.whole is not None and kpi.whole.where is not None  # noqa: S101, PT018 - declared so in the catalogue
    return (
        rows.filter(kpi.whole.where)
        .group_by("score")
        .aggregate(answers=_.count())
        .order_by("score")
        .to_pyarrow()
        .to_pandas()
    )


def between_closes(facts: Facts, as_of: Month) -> pd.DataFrame:
    """Return the terms that began and ended between two closes up to `as_of`, so that no movement includes them."""
    held = facts.terms.filter(_.until <= _.since, _.since <= as_of.number)
    return (
        held.select(
            "customer_id",
            "contract_id",
            "product",
            mrr=_.mrr.cast("float64"),
            starts_on=_.starts_on,
            ends=_.service_end,
        )
        .order_by(ibis.desc("starts_on"), "contract_id")
        .to_pyarrow()
        .to_pandas()
    )
