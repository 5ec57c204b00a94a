"""What the page says of CSMs and of costs: each state in words, nobody ranked, nothing beyond the rows of the analyses."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from cslib import charts
from cslib.analysis.csms.cases import KINDS
from cslib.i18n import TEXTS, Wording
from cslib.tables.costs import costs_table
from cslib.tables.csms import csm_outcomes, csm_table
from tests import sample

if TYPE_CHECKING:
    from cslib.tables import Output

JA, EN = Wording("ja"), Wording("en")
ROWS = sample.CSMS
HEADS = ROWS[ROWS.csm == ""].reset_index(drop=True)


def text(**changed: Any) -> str:
    """Return what is said below the picture of rows, changed so."""
    return charts.csm_funnel(ROWS.assign(**changed), "", EN).text


def shown(output: Output) -> str:
    """Return all that an output says."""
    return f"{output.title} {output.text} {output.html}"


def test_the_spread_is_told_with_its_interval_the_year_before_and_who_is_marked() -> None:
    said = text()
    assert (
        "between 3 CSMs the spread is ±3.1\N{NO-BREAK SPACE}pp (95 % interval 0.0 to 7.4\N{NO-BREAK SPACE}pp)" in said
    )
    assert "no difference can be told" in said
    assert (
        "±5.8\N{NO-BREAK SPACE}pp (95 % interval 1.9 to 10.9\N{NO-BREAK SPACE}pp) in the twelve months before" in said
    )
    assert "cannot be told yet" in said
    assert "Beyond what chance" in said
    assert "is not taken into account" in said
    assert "CSMs with too few customers to be judged: 1." in said
    assert "No CSM lies beyond" in text(marked=False)
    assert "fewer than one of 20" in text(verdict="differ")
    assert "narrower now" in text(trend="narrower")
    assert "wider now" in text(trend="wider")
    assert "last touched" in text(told_by="touches")
    assert "±3.1ポイント（95%区間 0.0〜7.4ポイント）" in charts.csm_funnel(ROWS, "", JA).text


def test_the_first_outcome_that_is_told_is_shown_and_of_none_why() -> None:
    lacking = ROWS.outcome == "customer_retention"
    half = ROWS[~lacking | (ROWS.csm == "")].assign(
        spread=ROWS.spread.where(~lacking), reason=ROWS.reason.where(~lacking, "few_csms: …")
    )
    assert EN.text("csm_outcome_onboarding_days") in charts.csm_funnel(half, "", EN).title
    assert (
        "±3.1\N{NO-BREAK SPACE}% (95 % interval 0.0 to 7.4\N{NO-BREAK SPACE}%)" in charts.csm_funnel(half, "", EN).text
    )  # of days
    untold = HEADS.assign(spread=None, csms=None, reason="needs assignments")
    told, each = charts.csm_funnel(untold, "", EN), csm_table(untold, "", EN)
    assert "cannot be told" in told.text
    assert not told.html
    assert each.text == EN.text("csm_none_listed")
    assert csm_outcomes(untold, EN).html.count(EN.reason("needs assignments")) == len(untold)


def test_outsiders_read_the_spread_and_no_picture() -> None:
    outside = HEADS.assign(customers=None, unjudged=None, unserved=None, marked=None, p=None)
    told = charts.csm_funnel(outside, "", EN)
    assert told.spec is None
    assert "±3.1" in told.text
    assert "CSMs with too few" not in told.text
    assert EN.text("csm_marked_count") not in csm_outcomes(outside, EN).html


def test_csms_stand_by_name_and_none_is_ranked() -> None:
    table = csm_table(ROWS, "", EN)
    names = [
        row["csm"]
        for row in csv.DictReader(io.StringIO(table.csv))
        if row["outcome"] == "customer_retention" and row["csm"]
    ]
    assert names == [sample.HOSTILE[0], "佐藤"]
    assert table.html.index("&lt;img") < table.html.index("佐藤")
    assert "beyond" in table.html
    assert not re.search(r"status|good|bad", table.html)
    assert EN.text("csm_detractors_heard") not in table.html  # of which nothing is known


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_each_outcome_has_words(kind: Any) -> None:
    assert f"csm_outcome_{kind.id}" in TEXTS


# costs


def cost_text(**changed: Any) -> str:
    """Return what is said of costs, changed so."""
    return charts.costs(sample.COSTS.assign(**changed), EN)[0].text


PROGRAMME = {
    "programme": "t", "name_ja": "研修", "name_en": "Training", "outcome": "mrr_kept", "customers": 31, "worth": 1.2e6, "worth_low": 4e5,
    "worth_high": 2e6, "programme_cost": 9e5, "verdict": "consistent", "reason": "", "touch_model": "",
}  # fmt: skip


def test_costs_are_held_against_what_was_kept_and_never_called_a_return() -> None:
    said = cost_text()
    assert "¥12M" in said.replace(".0", "")
    assert "36.0\N{NO-BREAK SPACE}%" in said
    assert "if GRR (94.0\N{NO-BREAK SPACE}%) would be at least 35.7\N{NO-BREAK SPACE}pp lower" in said
    assert "What part of it is the doing of Customer Success is not known." in said
    assert "price rises" in said
    assert "ROI" not in said
    assert "cannot be held against its cost (nobody" in cost_text(mrr=None, kept=None, reason="empty: …")
    alone = cost_text(cost=None, break_even=None, reason="needs costs")
    assert "was kept" in alone
    assert "needs" in alone.lower()


def test_the_worth_of_a_programme_is_told_with_its_verdict() -> None:
    rows = pd.concat([sample.COSTS, pd.DataFrame([PROGRAMME])], ignore_index=True)
    said = charts.costs(rows, EN)[0].text
    assert "Training" in said
    assert EN.text("effect_verdict_consistent") in said
    assert "hours spent" in said
    assert "of the rest" in said
    assert "hours spent" not in charts.costs(rows.assign(programme_cost=None), EN)[0].text


def test_touch_models_stand_below_the_whole() -> None:
    table = costs_table(sample.COSTS, EN)
    assert [table.html.index(EN.text(f"costs_model_{name}")) for name in ("all", "high", "tech")] == sorted(
        table.html.index(EN.text(f"costs_model_{name}")) for name in ("all", "high", "tech")
    )
    assert "hours that people spent" in table.text
    empty = costs_table(sample.COSTS.head(1).assign(mrr=None, reason="needs contracts"), EN)
    assert not empty.html
    assert EN.reason("needs contracts") in shown(empty)
