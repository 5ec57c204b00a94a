"""Whether rules of proposals have proved themselves: each reading by hand, and where nothing can be told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from cslib.analysis.growth.pairs import pairs
from cslib.analysis.growth.proposals import HELP, proposals
from cslib.analysis.growth.replay import COLUMNS, SIDED, UNMADE, replay, verdict_by_rule, verdict_of
from cslib.analysis.growth.rules import OUTCOME_REACHED, RULES, PastRules, product_to_offer
from cslib.analysis.held_against import NOBODY, YOUNG
from cslib.analysis.terms_at_close import terms_in_force, terms_so_far
from cslib.i18n import Wording
from cslib.inquiries import inquire
from cslib.periods import Month
from cslib.privacy.suppression import HIDDEN
from cslib.stats import Evidence, RiskRatio, Separation
from cslib.tables.replay import pair_table, replay_table
from tests.ledger import Ledger, inquiry_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cslib.portfolio import Portfolio
    from tests.ledger import Row, Rows

START, LAST = Month.parse("2024-01"), Month.parse("2025-06")
BY_ID = {rule.id: rule for rule in RULES}
EN = Wording("en")


def term(customer: str, starts: date = START.first_day, ends: date | None = None, **more: object) -> Row:
    """Return a term of the core product, for 100 a month."""
    return {"customer_id": customer, "contract_id": f"{customer}-{starts}", "product": "core", "mrr": Decimal(100),
            "starts_on": starts, "ends_on": ends, "seats": 10, **more}  # fmt: skip


def offer(customer: str, opened: date, won: bool, kind: str = "upsell", **more: object) -> Row:  # noqa: FBT001
    """Return a proposal that was closed in the month after it was opened."""
    return {"proposal_id": f"{customer}-{opened}-{kind}-{more}", "customer_id": customer, "kind": kind, "product": "core",
            "opened_on": opened, "closed_on": (Month.of(opened) + 1).first_day, "status": "won" if won else "lost", **more}  # fmt: skip


def goal(customer: str, achieved: date | None = date(2024, 1, 10)) -> Row:
    """Return a goal, achieved in the first month unless it is said otherwise."""
    return {"goal_id": f"g-{customer}", "customer_id": customer, "set_on": START.first_day, "achieved_on": achieved}


def book(*terms: Row, plans: dict[str, str] | None = None, **rows: list[Row]) -> Ledger:
    """Return a book of these terms; all customers are large unless their plan is said."""
    names = sorted({row["customer_id"] for row in terms})
    customers = [{"customer_id": name, "plan": (plans or {}).get(name, "large")} for name in names]
    filled: Rows = {"customers": customers, "contracts": list(terms), **rows}
    return Ledger(filled)


def row_of(ledger: Ledger, rule: str = OUTCOME_REACHED, reading: str = "won", segment: str = "total") -> pd.Series[Any]:
    """Return the row of a rule and a reading."""
    table = replay(ledger.inquiry(LAST))
    assert tuple(table.columns) == COLUMNS
    mine = table[(table.rule == rule) & (table.reading == reading) & (table.segment == segment)]
    ((_, row),) = mine.iterrows()
    return row


def asked(won: int, lost: int, others_won: int, others_lost: int) -> Ledger:
    """Return a book in which so many customers with a goal achieved, and then others, won or lost a proposal in early 2024."""
    ends = [*[True] * won, *[False] * lost, *[True] * others_won, *[False] * others_lost]
    names = [f"c{at:03}" for at in range(len(ends))]
    opened = [(START + (1 + at % 4)).first_day for at in range(len(ends))]
    offers = [offer(name, day, one) for name, day, one in zip(names, opened, ends, strict=True)]
    reached = [goal(name) for name in names[: won + lost]] + [goal(names[-1], None)]
    return book(*map(term, names), proposals=offers, goals=reached)


# what was won


def test_the_share_won_is_held_against_that_of_the_other_proposals() -> None:
    """24 of 32 against 8 of 32, all of one half-year and kind: three times as many."""
    row = row_of(asked(24, 8, 8, 24))
    assert row[["customers", "events", "held", "others"]].to_list() == [64, 32, 32, 32]
    assert (row.held_rate, row.other_rate, row.risk_ratio) == pytest.approx((0.75, 0.25, 3.0))
    assert 1 < row.low < 3 < row.high
    assert (row.verdict, row.reason) == ("supported", "")


def test_a_rule_with_which_fewer_are_won_is_spoken_against() -> None:
    row = row_of(asked(8, 24, 24, 8))
    assert row.risk_ratio == pytest.approx(1 / 3)
    assert row.verdict == "speaks_against"


def test_as_many_won_with_the_rule_as_without_is_no_support() -> None:
    """Of 200 each the ratio's interval is about exp(-1.96 x sqrt(2 x 1/2 / 100)) = 0.82 to 1.22."""
    row = row_of(asked(100, 100, 100, 100))
    assert (row.risk_ratio, row.low, row.high) == pytest.approx((1.0, 0.82, 1.22), abs=0.04)
    assert row.verdict == "not_supported"


@pytest.mark.parametrize(
    ("p_holm", "ratio", "verdict"),
    [
        (0.04, RiskRatio(1.2, 1.01, 1.4), "supported"),
        (0.04, RiskRatio(1.2, 0.99, 1.4), "cannot_tell"),  # what is shown would not say so
        (0.2, RiskRatio(1.2, 1.01, 1.4), "cannot_tell"),  # nor that there is nothing in it
        (0.2, RiskRatio(1.2, 0.99, 1.4), "not_supported"),
        (0.2, RiskRatio(1.2, 0.99, 1.6), "cannot_tell"),
    ],
)
def test_the_verdict_is_one_that_the_interval_says_as_well(p_holm: float, ratio: RiskRatio, verdict: str) -> None:
    told = Evidence(Separation(0.55, 0.02, 0.51, 0.59, 0.02, 100), 0.55, ratio, p_holm, True, 0.6, 5)  # noqa: FBT003
    assert verdict_of(told) == verdict


@pytest.mark.parametrize("counts", [(15, 4, 8, 24), (15, 10, 1, 8)])
def test_too_few_on_a_side_are_not_judged(counts: tuple[int, int, int, int]) -> None:
    """Nineteen proposals by the rule, or nine without it."""
    row = row_of(asked(*counts))
    assert (row.verdict, row.reason) == ("cannot_tell", SIDED)
    assert np.isnan(row.risk_ratio)
    assert row.held + row.others == sum(counts)
    assert row.needed > 0


def test_kinds_and_half_years_are_kept_apart() -> None:
    """In each half-year the rule tells nothing: 3/4 are won in the one, 1/4 in the other, in which it seldom holds."""
    names = [f"c{at:03}" for at in range(160)]
    early, later = names[:80], names[80:]
    reached = [goal(name) for name in [*early[:60], *later[:20]]] + [goal(names[-1], None)]
    offers = [offer(name, date(2024, 3, 1), at % 4 != 0) for at, name in enumerate(early)]
    offers += [offer(name, date(2024, 9, 1), at % 4 == 0) for at, name in enumerate(later)]
    row = row_of(book(*map(term, names), proposals=offers, goals=reached))
    assert (row.held_rate, row.other_rate) == pytest.approx((50 / 80, 30 / 80))
    assert row.risk_ratio == pytest.approx(1)


def test_proposals_count_that_were_closed_by_then_and_opened_half_a_year_before() -> None:
    ledger = asked(2, 2, 2, 2)
    more = [
        offer("c000", date(2024, 12, 31), won=True),  # the last month: December and six more
        offer("c001", date(2025, 1, 1), won=True),
        offer("c002", date(2024, 6, 1), won=True, closed_on=date(2025, 7, 1)),
        offer("c003", date(2024, 6, 1), won=False, closed_on=None, status="open"),
        offer("c003", date(2024, 7, 1), won=True, kind="renewal"),
    ]
    assert row_of(ledger).held == 4
    assert row_of(ledger.with_rows(proposals=[*ledger.rows["proposals"], *more])).held == 5


def test_a_proposal_is_by_the_rule_in_the_three_months_after_it_held() -> None:
    """Nine of ten seats are used in March 2024 alone, and one from then on."""
    used = [
        {"customer_id": "a", "user_id": f"u{at}", "feature": "core", "used_on": date(2024, month, 5), "events": 1}
        for month in range(3, 13)
        for at in range(9 if month == 3 else 1)
    ]
    opened = {3: 0, 4: 1, 5: 1, 6: 1, 7: 0}  # that of March itself is before its close; none is known of February
    for month, held in opened.items():
        ledger = book(term("a"), usage=used, proposals=[offer("a", date(2024, month, 20), won=True)])
        row = row_of(ledger, "seats_in_heavy_use")
        assert row.held == held, month


def test_a_product_is_lacked_by_the_very_proposal() -> None:
    """Five hold x and six y: to who holds neither y is the one that would be proposed, and x the other."""
    names = [f"c{at:03}" for at in range(20)]
    terms = [term(name) for name in names]
    terms += [term(name, contract_id=f"{name}-x", product="x") for name in names[:5]]
    terms += [term(name, contract_id=f"{name}-y", product="y") for name in names[:6]]
    kinds = {"kind": "cross_sell", "opened": date(2024, 6, 1), "won": True}
    offers = [offer(name, product=product, **kinds) for name in names[10:] for product in ("x", "y")]  # type: ignore[arg-type]
    row = row_of(book(*terms, proposals=offers), "product_not_held")
    assert (row.held, row.others) == (10, 10)


# what was bought


def grown(with_goal: int, without: int, of: int = 40) -> Ledger:
    """Return a book in which so many of each forty, with a goal achieved and without one, buy a product a month apart from May 2024."""
    names = [f"c{at:03}" for at in range(2 * of)]
    buyers = [*names[:with_goal], *names[of : of + without]]
    bought = [
        term(name, (START + (4 + at % 8)).first_day, contract_id=f"{name}-x", product="x")
        for at, name in enumerate(buyers)
    ]
    return book(*map(term, names), *bought, goals=[*map(goal, names[:of]), goal(names[-1], None)])


def test_expansion_is_held_against_that_of_the_others_of_the_month() -> None:
    """Twelve closes have their six months over. Each buyer of month m counts in the closes m - 6 to m - 1 that there are."""
    row = row_of(grown(24, 8), reading="expanded")
    assert row[["customers", "events", "held", "others"]].to_list() == [80, 32, 480, 480]
    before = [min(4 + at % 8, 6) for at in range(32)]
    assert row.held_rate == pytest.approx(sum(before[:24]) / 480)
    assert row.risk_ratio == pytest.approx(sum(before[:24]) / sum(before[24:]))
    assert row.verdict == "supported"
    assert row_of(grown(8, 24), reading="expanded").verdict == "speaks_against"


def test_months_that_are_not_over_and_rules_that_do_not_sell_have_no_expansion() -> None:
    table = replay(grown(24, 8).inquiry(START + 5, "total"))
    assert set(table[(table.reading == "expanded") & (table.rule == OUTCOME_REACHED)].reason) == {YOUNG}
    assert "short_term_ends" not in set(table[table.reading == "expanded"].rule)


def test_what_stands_behind_a_rule_is_the_reading_in_which_nobody_chose() -> None:
    said = [
        ("a", "won", "supported"), ("a", "expanded", "not_supported"), ("b", "won", "speaks_against"),
        ("b", "expanded", "cannot_tell"), ("c", "won", "cannot_tell"), ("d", "won", "supported"),
    ]  # fmt: skip
    table = pd.DataFrame(said, columns=["rule", "reading", "verdict"])
    assert verdict_by_rule(table) == {"a": "not_supported", "b": "speaks_against", "c": "cannot_tell", "d": "supported"}


# the rules at past closes


def held(ledger: Ledger, rule: str, customer: str = "a") -> list[float]:
    """Return the figure of a rule at each close at which a customer is under contract."""
    inquiry = ledger.inquiry(LAST)
    assert inquiry.panel is not None
    panel = PastRules(inquiry, inquiry.panel, RULES).panel_of("total")
    mine: NDArray[np.bool_] = panel.ids[panel.customers] == customer
    return [float(one) for one in panel.figure(BY_ID[rule].indicator)[mine]]


def test_the_end_of_a_term_is_the_one_that_was_known_while_it_ran() -> None:
    """A is changed in June and runs on to December, b leaves in July; c's year ends and is renewed. All are terms of a year."""
    terms = [
        term("a", ends=date(2024, 5, 31), term_months=12),
        term("a", date(2024, 6, 1), date(2024, 12, 31), term_months=12, mrr=Decimal(150)),
        term("b", date(2024, 3, 1), date(2024, 7, 31), term_months=12),
        term("c", ends=date(2024, 12, 31), term_months=12),
        term("c", date(2025, 1, 1), date(2025, 12, 31), term_months=12),
    ]
    so_far = terms_so_far(book(*terms).facts(LAST), LAST)
    april, june, august = (
        {who: str(day.date()) for who, day in zip(held.customer_id, held.ends_on, strict=True)}
        for held in (terms_in_force(so_far, Month.parse(f"2024-{month}")) for month in ("04", "06", "08"))
    )
    assert april == {"a": "2024-12-31", "b": "2025-02-28", "c": "2024-12-31"}
    assert june == april
    assert august == {"a": "2024-12-31", "c": "2024-12-31"}


def test_a_change_of_seats_is_no_renewal_ahead() -> None:
    """The year ends on 31 December: within 90 days of the closes of October and November, not of those before June."""
    changed = [
        term("a", ends=date(2024, 5, 31), term_months=12),
        term("a", date(2024, 6, 1), date(2024, 12, 31), term_months=12, mrr=Decimal(150)),
    ]
    assert held(book(*changed), "renewal") == [0] * 9 + [1, 1]


def test_a_short_term_ends_where_the_product_is_used() -> None:
    """Four weeks of use in November alone; the term of a year ends in December."""
    used = [
        {"customer_id": "a", "user_id": "u", "feature": "core", "used_on": date(2024, 11, day), "events": 1}
        for day in (4, 11, 18, 25)
    ]
    year = term("a", ends=date(2024, 12, 31), term_months=12)
    assert held(book(year, usage=used), "short_term_ends")[-2:] == [0, 1]
    longer = term("a", ends=date(2024, 12, 31), term_months=13)
    assert 1 not in held(book(longer, usage=used), "short_term_ends")


def test_use_rises_by_a_fifth_over_the_three_months_before() -> None:
    used = [
        {"customer_id": "a", "user_id": "u", "feature": "core", "used_on": date(2024, month, 5), "events": events}
        for month, events in ((1, 10), (2, 10), (3, 10), (4, 12), (5, 12))
    ]
    found = held(book(term("a"), usage=used), "use_rising")
    assert np.isnan(found[:3]).all()
    assert found[3:5] == [1, 0]  # 12 of 10; then 12 of 32 / 3


@pytest.mark.parametrize(
    ("holds", "least", "offered"),
    [
        ([[1, 1, 0], [1, 0, 0], [1, 1, 1]], 2, [-1, 1, -1]),  # the third is held by one
        ([[1, 1, 0], [1, 0, 0], [1, 1, 1]], 1, [2, 1, -1]),
        ([[0, 1], [1, 0]], 1, [0, 1]),
        ([[1, 0], [0, 0]], 2, [-1, -1]),
    ],
)
def test_the_product_to_offer_is_the_one_that_most_others_hold(
    holds: list[list[int]], least: int, offered: list[int]
) -> None:
    assert product_to_offer(np.array(holds, dtype=np.bool_), least).tolist() == offered


# where nothing can be told


def test_what_a_book_lacks_is_named() -> None:
    ledger = asked(12, 8, 8, 12)
    assert row_of(ledger.without("goals")).reason == "needs goals"
    assert row_of(ledger.without("proposals")).reason == "needs proposals"
    assert row_of(ledger.without("contracts")).reason == "needs contracts"
    assert row_of(ledger, "seats_in_heavy_use").reason == "needs usage"
    assert row_of(ledger.without("proposals"), reading="expanded").reason == NOBODY
    never = ledger.with_rows(proposals=[offer("c000", date(2025, 6, 1), won=True)])
    assert row_of(never).reason == UNMADE


def test_outsiders_are_told_of_no_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four of the large customers are told of by no group of the small ones subtracted from all."""
    names = [f"c{at:03}" for at in range(80)]
    plans = {name: "small" for name in names if name not in {"c000", "c001", "c040", "c041"}}
    ledger = grown(24, 8)
    customers = [{**row, "plan": plans.get(row["customer_id"], "large")} for row in ledger.rows["customers"]]
    facts = ledger.with_rows(customers=customers).facts(LAST)
    inside = replay(inquiry_of(facts, LAST))
    monkeypatch.setattr(type(facts), "discreet", property(lambda _: True))
    table = replay(inquiry_of(facts, LAST))
    mine = table[(table.rule == OUTCOME_REACHED) & (table.reading == "expanded")].set_index("segment")
    assert mine.loc["large"].reason == HIDDEN
    assert mine.loc[["large"], ["customers", "held_rate", "risk_ratio"]].isna().all(axis=None)
    shown = [name for name in ("small", "total") if mine.loc[name].reason != HIDDEN]
    assert len(shown) == 1  # both together tell of the four
    told = inside[(inside.rule == OUTCOME_REACHED) & (inside.reading == "expanded")].set_index("segment")
    assert mine.loc[shown[0]].risk_ratio == told.loc[shown[0]].risk_ratio


# on the page


def test_the_page_says_which_rules_stand_in_both_languages() -> None:
    frame = replay(grown(24, 8).inquiry(LAST, "total"))
    said = replay_table(frame, EN)
    assert "replayed over past months: 1 supported, 0 not or the other way round, 5 that cannot be told." in said.text
    assert "Supported: has reached a goal." in said.text
    assert said.html.count("<tr>") == 1 + 11
    assert "480 customer-months" in said.html
    assert said.csv.count("\n") == 1 + 11
    assert "裏づけがあるもの：顧客の目標を達成したことがある。" in replay_table(frame, Wording("ja")).text
    against = replay_table(replay(grown(8, 24).inquiry(LAST, "total")), EN)
    assert "The other way round: has reached a goal." in against.text


def test_the_page_names_pairs_or_says_that_none_was_found() -> None:
    names = [f"c{at:03}" for at in range(70)]
    have = {"a": names[:35], "b": [*names[:30], *names[35:40]]}  # both are held by 30 of 35
    more = [term(name, contract_id=f"{name}-{one}", product=one) for one, holders in have.items() for name in holders]
    found = pair_table(pairs(book(*map(term, names), *more).inquiry(LAST, "total")), EN)
    assert "Held together more than chance makes: a + b." in found.text
    assert found.html.count("<tr>") > 1
    apart = {"a": names[:40], "b": names[20:60]}  # 20 hold both, 20 either alone, 10 neither
    more = [term(name, contract_id=f"{name}-{one}", product=one) for one, holders in apart.items() for name in holders]
    none = pair_table(pairs(book(*map(term, names), *more).inquiry(LAST, "total")), EN)
    assert "none were found that are held together more than chance makes" in none.text
    assert "nobody holds two products" in pair_table(pairs(book(term("a")).inquiry(LAST, "total")), EN).text


def test_each_proposal_bears_the_verdict_on_its_rule(demo_book: Portfolio) -> None:
    inquiry = inquire(demo_book, Month.parse("2026-10"))
    table, told = inquiry.once(proposals), inquiry.once(replay)
    offers = table[table.rule != ""]
    assert len(offers)
    behind = {segment: verdict_by_rule(mine) for segment, mine in told.groupby("segment")}
    assert [*offers.verdict] == [
        behind[segment][rule] for segment, rule in zip(offers.segment, offers.rule, strict=True)
    ]
    assert (table[table.kind == HELP].verdict == "").all()
