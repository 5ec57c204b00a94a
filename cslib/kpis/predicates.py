"""The conditions that several KPIs share, as deferred expressions on the rows of a fact table."""

from __future__ import annotations

import ibis
from ibis import _

from cslib.facts.states import DETRACTOR
from cslib.kpis.kpi import Curve, Ratio, Survival, Unlisted, count, total

# customer_months
UNDER_CONTRACT = _.closing_mrr > 0
WAS_CUSTOMER = _.opening_mrr > 0
WAS_CUSTOMER_A_YEAR_AGO = _.mrr_12m_ago > 0
EVER_CUSTOMER = _.months_under_contract > 0
ONBOARDED = _.onboarded_on <= _.last_day
LIMIT_PASSED = _.last_day.delta(_.first_start, unit="day") >= _.onboarding_days
SEATS_KNOWN = UNDER_CONTRACT & (_.seats > 0)
HAS_OUTCOME = UNDER_CONTRACT & (_.first_outcome_on <= _.last_day)

# events
IN_TIME_FOR_REPORT = _.answered_no <= _.month_no
IS_NPS = _.kind == "nps"
NPS_COUNTED = IS_NPS & (_.nps_all | (_.superseded_no > _.month_no))
IS_DETRACTOR = IS_NPS & (_.score <= DETRACTOR)
WAITED = IS_DETRACTOR & (_.last_day.delta(_.responded_on, unit="day") >= 14)  # noqa: PLR2004 - days, as defined


def median_days_until(day: ibis.Deferred) -> Curve:
    """Return the Kaplan-Meier median of the days from first contract start to `day`, open cases censored at the close."""
    seen = (day <= _.last_day).fill_null(False)  # noqa: FBT003
    end = ibis.least(ibis.coalesce(day, _.last_day), _.last_day)
    return Curve(figure=Survival.MEDIAN, duration=ibis.greatest(end.delta(_.first_start, unit="day"), 0), observed=seen)


MARGIN_PER_MONTH = Ratio(total(_.closing_mrr * _.gross_margin), count(UNDER_CONTRACT))
MONTHS_OF_RELATIONSHIP = Ratio(total(_.months_under_contract), count(EVER_CUSTOMER))

# KPIs without customers behind them
AVERAGED = Unlisted(
    "全顧客の平均から求める値のため、背後の顧客の一覧はありません。",
    "It is made of averages over all customers, so no list of customers stands behind it.",
)
NOT_BY_CUSTOMER = Unlisted(
    "費用は顧客ごとには記録されていないため、背後の顧客の一覧はありません。",
    "The costs are not told by customer, so no list of customers stands behind it.",
)
