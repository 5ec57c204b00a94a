"""Which indicators lead: on small ledgers by hand, on the demo whose causes are known, and where nothing can be told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from cslib.analysis.analyses import analyse
from cslib.analysis.held_against import FEW
from cslib.analysis.indicators import indicators
from cslib.analysis.panel import Outcome, Panel
from cslib.analysis.signals import AHEAD, COLUMNS, OUTCOMES, signals
from cslib.errors import UnknownName
from cslib.inquiries import inquire
from cslib.periods import Month
from cslib.privacy.suppression import HIDDEN
from cslib.settings import Policies
from cslib.stats import Verdict
from tests.ledger import Ledger, inquiry_of

if TYPE_CHECKING:
    from cslib.facts import Facts
    from cslib.portfolio import Portfolio
    from tests.ledger import Row, Rows

END = Month.parse("2026-10")
JANUARY, LAST = Month.parse("2024-01"), Month.parse("2025-06")
LOST_3 = Outcome("lost", "churn", 3)
BY_ID = {one.id: one for one in indicators(Policies(indicators={"size": "higher"}))}


def book(*terms: tuple[str, str, float], seed: int = 1, joined: tuple[str, ...] = (), **policies: object) -> Ledger:
    """Return a book of terms (customer, last month under contract or empty, amount), all from January 2024 on."""
    names = list(dict.fromkeys(name for name, *_ in terms))
    rng = np.random.default_rng(seed)
    customers = [{"customer_id": one, "plan": "large", "size": str(rng.integers(100))} for one in names]
    contracts = [
        {"customer_id": name, "product": "core", "mrr": Decimal(str(mrr)), "starts_on": date(2024, 1, 1),
         "ends_on": (Month.parse(until).first_day if until else None)}
        for name, until, mrr in terms
    ]  # fmt: skip
    programmes = [{"customer_id": one, "programme": "p", "started_on": date(2024, 1, 1)} for one in joined]
    rows: Rows = {"customers": customers, "contracts": contracts, "programmes": programmes}
    return Ledger(rows).under(**policies)


def many(lost: int, kept: int, until: str = "2024-08", joined: int = 0) -> Ledger:
    """Return customers of whom some are lost, after the month before `until`, and the last of those kept joined a programme."""
    names = [f"c{number:03}" for number in range(lost + kept)]
    terms = [(name, until if place < lost else "", 10.0) for place, name in enumerate(names)]
    return book(*terms, joined=tuple(names[len(names) - joined :]), indicators={"size": "higher"})


def told(ledger: Ledger, indicator: str = "programme", outcome: str = "lost", horizon: int = 6) -> pd.Series[Any]:
    """Return the row of an indicator, of all customers together."""
    table = signals(ledger.inquiry(LAST))
    mine = (table.indicator == indicator) & (table.outcome == outcome) & (table.horizon == horizon)
    (row,) = (row for _place, row in table[mine & (table.segment == "total")].iterrows())
    return row


# what comes after


def panel(ledger: Ledger, *names: str, as_of: Month = LAST) -> Panel:
    """Return the panel of some indicators."""
    return Panel(ledger.facts(as_of), as_of, [BY_ID[name] for name in names])


def test_a_loss_comes_within_the_months_after_a_close_and_not_at_it() -> None:
    # under contract at the closes of January to July; lost in August, within three months of May, June and July
    rows = panel(book(("a", "2024-08", 10.0), ("b", "", 10.0)), "programme").rows(BY_ID["programme"], LOST_3, "total")
    a = rows.where(rows.customers == 0)
    assert [str(Month(int(number))) for number in a.months[a.events]] == ["2024-05", "2024-06", "2024-07"]
    assert len(a.months) == 7
    assert not rows.where(rows.customers == 1).events.any()


def test_months_whose_outcome_is_not_over_are_left_out() -> None:
    rows = panel(book(("a", "", 10.0)), "programme").rows(BY_ID["programme"], LOST_3, "total")
    assert str(Month(int(rows.months.max()))) == "2025-03"
    assert len(rows.months) == 15


def test_a_loss_of_one_that_returns_counts() -> None:
    ledger = book(("a", "2024-05", 10.0))
    back = {"customer_id": "a", "product": "core", "mrr": 10, "starts_on": date(2024, 7, 1)}
    returned = ledger.with_rows(contracts=[*ledger.rows["contracts"], back])
    rows = panel(returned, "programme").rows(BY_ID["programme"], LOST_3, "total")
    lost = [str(Month(int(number))) for number in rows.months[rows.events]]
    assert lost == ["2024-02", "2024-03", "2024-04"]
    assert "2024-07" in [str(Month(int(number))) for number in rows.months]


@pytest.mark.parametrize(("more", "grows"), [(5.0, True), (4.99, False)])
def test_a_small_rise_is_one_of_the_price(more: float, grows: bool) -> None:  # noqa: FBT001
    ledger = book(("a", "", 100.0))
    raised = {"customer_id": "a", "product": "more", "mrr": Decimal(str(more)), "starts_on": date(2024, 6, 1)}
    risen = ledger.with_rows(contracts=[*ledger.rows["contracts"], raised])
    rows = panel(risen, "programme").rows(BY_ID["programme"], OUTCOMES[-1], "total")
    assert rows.events.any() == grows


def test_ahead_it_is_the_very_month_and_those_still_there() -> None:
    ledger = book(("a", "2024-08", 10.0), ("b", "2024-06", 10.0), ("c", "", 10.0))
    rows = panel(ledger, "programme").rows_at(BY_ID["programme"], LOST_3, "total", 3)
    lost = [(int(who), str(Month(int(number)))) for who, number in zip(rows.customers, rows.months, strict=True)]
    assert [one for one, event in zip(lost, rows.events, strict=True) if event] == [(1, "2024-03"), (0, "2024-05")]
    assert (1, "2024-04") not in lost  # gone before the third month began
    assert (2, "2025-03") in lost
    assert (2, "2025-04") not in lost


def test_of_an_expansion_the_better_side_is_exposed_and_signs_turn() -> None:
    ledger = book(("a", "", 10.0), ("b", "", 10.0), joined=("a",))
    held = panel(ledger, "programme", "tickets")
    lost, grown = (held.rows(BY_ID["programme"], one, "total") for one in (OUTCOMES[0], OUTCOMES[-1]))
    assert set(zip(lost.customers, lost.figures, lost.exposed, strict=True)) == {(0, 1, False), (1, 0, True)}
    assert set(zip(grown.customers, grown.figures, grown.exposed, strict=True)) == {(0, -1, True), (1, 0, False)}


def test_the_limit_itself_is_good_in_either_direction() -> None:
    milestones = [
        {"customer_id": one, "milestone": "golive", "completed_on": day}
        for one, day in (("a", date(2024, 3, 31)), ("b", date(2024, 4, 1)))
    ]
    ledger = book(("a", "", 10.0), ("b", "", 10.0)).with_rows(milestones=milestones)
    rows = panel(ledger, "onboarding_days").rows(BY_ID["onboarding_days"], OUTCOMES[0], "total")
    rows = rows.where(rows.months > (JANUARY + 2).number)  # at the close of March the second was still open
    assert set(zip(rows.customers, rows.figures, rows.exposed, strict=True)) == {(0, -90, False), (1, -91, True)}


def test_pairs_are_made_within_month_and_segment() -> None:
    ledger = book(("a", "", 10.0), ("b", "", 10.0), ("c", "", 10.0))
    plans = [
        {**row, "plan": plan} for row, plan in zip(ledger.rows["customers"], ("large", "small", "small"), strict=True)
    ]
    rows = panel(ledger.with_rows(customers=plans), "programme").rows(BY_ID["programme"], LOST_3, "total")
    strata = pd.DataFrame({"who": rows.customers, "month": rows.months, "stratum": rows.strata})
    apart = strata.groupby("stratum").agg(months=("month", "nunique"), who=("who", set))
    assert (apart.months == 1).all()
    assert set(map(frozenset, apart.who)) == {frozenset({0}), frozenset({1, 2})}


# the table


def test_the_table_holds_every_segment_indicator_and_outcome() -> None:
    ledger = many(12, 20)
    table = signals(ledger.inquiry(LAST))
    assert tuple(table.columns) == COLUMNS
    assert len(table) == 2 * len(OUTCOMES) * len(BY_ID)
    assert not table.duplicated(["segment", "indicator", "outcome", "horizon"]).any()
    assert set(table.verdict) <= {str(one) for one in Verdict}
    assert ((table.reason != "") <= (table.verdict == "cannot_tell")).all()
    assert ((table.verdict == "cannot_tell") == (table.reason != "")).all()


def test_what_goes_before_every_loss_leads_by_the_table() -> None:
    """All twelve lost had not joined, nor had two of twenty kept: of 12 x 20 pairs a month 216 are right and 24 tie."""
    row = told(many(12, 20, joined=18))
    assert (row.months, row.customers, row.events) == (12, 32, 12)
    assert row.auc == pytest.approx((216 + 24 / 2) / 240)
    assert row.verdict == "cannot_tell"  # all are lost by July 2024, so that late in time there is nobody to tell apart
    assert row.reason.startswith("late")


def test_the_verdict_is_given_by_the_rule_on_staggered_losses() -> None:
    names = [f"c{number:03}" for number in range(60)]
    ends = [f"{2024 + (4 + place) // 12}-{(4 + place) % 12 + 1:02}" if place < 14 else "" for place in range(60)]
    terms = [(name, until, 10.0) for name, until in zip(names, ends, strict=True)]
    row = told(book(*terms, joined=(names[13], *names[16:])))
    assert row.verdict == "leads"
    assert row.reason == ""
    assert row.auc > 0.9
    assert row.risk_ratio > 10
    assert 0 < row.lead_months <= max(AHEAD)
    turned = told(book(*terms, joined=tuple(names[:14])))
    assert turned.verdict == "other_way"
    assert turned.auc < 0.2


@pytest.mark.parametrize(
    ("ledger", "indicator", "reason"),
    [
        (many(9, 20, joined=15), "programme", FEW),
        (many(0, 20, joined=15), "programme", "nobody: no customer had the event"),
        (many(12, 20), "programme", "alike: all values are equal"),
        (many(12, 20, joined=15), "feature_breadth", "needs usage"),
        (many(12, 20).without("contracts"), "programme", "needs contracts"),
        (many(12, 20).without("programmes"), "programme", "needs programmes"),
        (many(12, 20).under(indicators={"plan": "higher"}), "customers.plan", "empty: nobody and nothing to measure"),
        (many(12, 20).under(indicators={"colour": "higher"}), "customers.colour", "needs customers.colour"),
        (many(1, 0, until="2024-03"), "programme", "everybody: all customers had the event"),
        (book(("a", "", 0.0)), "programme", "empty: nobody and nothing to measure"),
    ],
)
def test_what_cannot_be_told_says_why(ledger: Ledger, indicator: str, reason: str) -> None:
    row = told(ledger, indicator)
    assert (row.verdict, row.reason) == ("cannot_tell", reason)
    assert np.isnan([row.low, row.high, row.p_holm]).all() or reason == FEW


def test_without_months_behind_it_nothing_is_told() -> None:
    as_of = JANUARY + 5
    table = signals(many(12, 20, joined=9).inquiry(as_of))
    mine = table[(table.indicator == "programme") & (table.horizon == 12)]
    assert set(mine.reason) == {"young: no month of the figure has its months of the outcome behind it"}
    assert (mine.customers == 0).all()


def test_what_is_few_says_how_many_more_it_takes() -> None:
    row = told(many(9, 20, joined=15))
    assert row.needed >= 1
    assert row.lead_months is pd.NA


def test_a_month_that_usage_does_not_tell_is_no_month_without_use() -> None:
    ledger = many(3, 5)
    used: list[Row] = [{"customer_id": "c007", "used_on": date(2024, 1, 5), "feature": "report"}]
    facts = ledger.with_rows(usage=used).facts(LAST)
    facts.manifest = facts.manifest.model_copy(update={"firsts": {"usage": "2024-04"}})
    held = Panel(facts, LAST, [BY_ID["active_customers"], BY_ID["usage_decline"]])
    assert str(Month(int(held.rows(BY_ID["active_customers"], LOST_3, "total").months.min()))) == "2024-04"


def test_order_of_rows_and_names_change_nothing() -> None:
    ledger = many(12, 20, joined=15)
    names = {row["customer_id"]: f"x{97 * place % 32:02}" for place, row in enumerate(ledger.rows["customers"])}
    renamed = Ledger(
        {
            table: [{**row, "customer_id": names[row["customer_id"]]} for row in reversed(rows)]
            for table, rows in ledger.rows.items()
        },
        ledger.policies,
    )
    pd.testing.assert_frame_equal(signals(ledger.inquiry(LAST)), signals(renamed.inquiry(LAST)))


@pytest.mark.parametrize("margin", [0.55, 0.95])
def test_the_margin_decides_what_is_weak(margin: float) -> None:
    """The same area with the same interval: within a wide margin it does not lead, within a narrow one it cannot be told."""
    row = told(many(14, 40).under(lead_margin=margin), "customers.size")
    assert 1 - 0.95 < row.low < row.high < 0.95
    assert not 0.45 < row.low < row.high < 0.55
    assert row.verdict == ("does_not_lead" if margin > 0.9 else "cannot_tell")


# the demo


@pytest.fixture(scope="module")
def demo_signals(demo_book: Portfolio) -> pd.DataFrame:
    """Return the verdicts on the demo, of all segments."""
    return analyse("signals", inquire(demo_book, END))


@pytest.mark.parametrize(
    ("indicator", "outcome", "verdict"),
    [
        ("feature_breadth", "lost", "leads"),
        ("events_per_seat", "lost", "leads"),
        ("onboarding_days", "lost", "leads"),
        ("customers.lead_score", "lost", "does_not_lead"),
        ("customers.lead_score", "expanded", "does_not_lead"),
    ],
)
def test_what_causes_the_demo_is_found_and_the_dud_is_named(
    indicator: str, outcome: str, verdict: str, demo_signals: pd.DataFrame
) -> None:
    mine = demo_signals[(demo_signals.indicator == indicator) & (demo_signals.outcome == outcome)]
    assert set(mine.verdict[mine.segment == "total"]) == {verdict}


def test_of_few_losses_no_dud_is_decided(demo_signals: pd.DataFrame) -> None:
    few = demo_signals[(demo_signals.events < 30) & (demo_signals.indicator == "customers.lead_score")]
    assert len(few)
    assert set(few.verdict) == {"cannot_tell"}
    assert (few.needed > 0).all()


def test_segments_are_told_alike_alone_and_together(demo_book: Portfolio, demo_signals: pd.DataFrame) -> None:
    alone = analyse("signals", inquire(demo_book, END, ["smb"]))
    together = demo_signals[demo_signals.segment == "smb"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, together)


def test_an_analysis_that_is_none_names_the_nearest(demo_book: Portfolio) -> None:
    with pytest.raises(UnknownName, match=r"no analysis 'signal'; did you mean 'signals'\?"):
        analyse("signal", inquire(demo_book, END))


# outsiders


def test_outsiders_are_not_told_of_few() -> None:
    """Twenty-four in all, of whom three are small, one of them lost: these, and so many as would tell of them, are hidden."""
    ledger = many(12, 12, joined=5)
    customers = [
        {**row, "plan": "small" if place in {11, 12, 13} else "large"}
        for place, row in enumerate(ledger.rows["customers"])
    ]
    facts = ledger.with_rows(customers=customers).facts(LAST)
    inside = signals(inquiry_of(facts, LAST))
    facts.manifest = facts.manifest.model_copy(update={"audience": "external"})
    outside = signals(inquiry_of(facts, LAST))
    few = (outside.segment == "small") & inside.auc.notna()
    assert few.any()
    assert set(outside.reason[few]) == {HIDDEN}
    hidden = outside[outside.reason == HIDDEN]
    assert hidden.select_dtypes("number").drop(columns="horizon").isna().all().all()
    assert set(hidden.segment) == {"small", "large"}  # the total less one of them would be the other


def test_outsiders_are_not_told_how_few_have_others_beside_them() -> None:
    """Of ten lost six go together when nobody else is left: the four before them alone are held against others."""
    first = [(f"b{number}", "2024-03", 10.0) for number in range(4)]
    together = [(f"c{number}", "2024-12", 10.0) for number in range(6)]
    facts = book(*first, *together, joined=("b0", "c0", "c1", "c2")).facts(LAST)
    inside, outside = signals(inquiry_of(facts, LAST, "total")), _for_outsiders(facts)
    mine = (inside.indicator == "programme") & (inside.outcome == "lost") & (inside.horizon == 6)
    assert inside[mine][["events", "reason"]].to_numpy().tolist() == [[10, FEW]]
    assert outside[mine][["events", "reason"]].to_numpy().tolist() == [[pd.NA, HIDDEN]]


def _for_outsiders(facts: Facts) -> pd.DataFrame:
    facts.manifest = facts.manifest.model_copy(update={"audience": "external"})
    return signals(inquiry_of(facts, LAST, "total"))
