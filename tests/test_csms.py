"""Differences between CSMs by hand on small ledgers: who is charged with what, what is not told and why, what outsiders read."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from cslib.analysis.csms.cases import KINDS, CaseBook
from cslib.analysis.csms.csms import COLUMNS, csms
from cslib.analysis.csms.served import TOUCHES
from cslib.analysis.effect.ground import Ground
from cslib.stats.rates import Z
from tests.ledger import FIRST, Ledger, inquiry_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cslib.periods import Month
    from tests.ledger import Row

LAST = FIRST + 17  # 2025-06, a year after
THEN = FIRST + 5
LOST = {"Ana": 1, "Ben": 2, "Eve": 9}  # of twelve customers each
BY_KIND = {kind.id: kind for kind in KINDS}


def day(month: int, of: int = 10) -> date:
    """Return a day of a month counted from the first of the ledger."""
    return (FIRST + month).first_day.replace(day=of)


def term(who: str, end: date | None = None, **said: object) -> Row:
    """Return a contract that begins on the ledger's first day."""
    return {"contract_id": f"{who} {len(said)} {end}", "customer_id": who, "product": "core", "starts_on": day(0, 1), "ends_on": end, "mrr": 100, **said}  # fmt: skip


def served(who: str, csm: str, start: date | None = None, end: date | None = None) -> Row:
    """Return who was assigned to a customer."""
    return {"customer_id": who, "kind": "csm", "value": csm, "started_on": start or day(0, 1), "ended_on": end}


def ledger(lost: Mapping[str, int] = LOST, each: int = 12) -> Ledger:
    """Return customers of CSMs, of whom some are lost in the third month of the window."""
    ids = {csm: [f"{csm} {at}" for at in range(each)] for csm in lost}
    gone = {who for csm, count in lost.items() for who in ids[csm][:count]}
    everyone = [who for mine in ids.values() for who in mine]
    return Ledger({
        "customers": [{"customer_id": who, "plan": "large"} for who in everyone],
        "contracts": [term(who, day(8) if who in gone else None) for who in everyone],
        "assignments": [served(who, csm) for csm, mine in ids.items() for who in mine],
    })  # fmt: skip


def told(book: Ledger, outcome: str = "customer_retention", as_of: Month = LAST) -> pd.DataFrame:
    """Return the rows of an outcome in the total, by CSM."""
    table = csms(book.inquiry(as_of, "total"))
    return table[table.outcome == outcome].set_index("csm")


@cache
def plain() -> pd.DataFrame:
    """Return what is told of the book in which Eve loses most; nobody changes it."""
    return told(ledger())


def test_each_csm_is_held_against_the_share_of_all_where_their_customers_are_alike() -> None:
    rows = plain()
    stayed = {csm: (12 - lost) / 12 for csm, lost in LOST.items()}
    assert rows.loc["", "observed"] == pytest.approx(24 / 36)
    assert [*rows.index] == ["", "Ana", "Ben", "Eve"]  # by name
    for csm, share in stayed.items():
        assert rows.loc[csm, "customers"] == 12
        assert rows.loc[csm, "observed"] == pytest.approx(share)
        assert rows.loc[csm, "expected"] == pytest.approx(24 / 36, abs=1e-6)
        assert rows.loc[csm, "adjusted"] == pytest.approx(share, abs=1e-6)
    s2 = (2 / 9) * (1 - 1 / 3) / 12
    assert rows.limit_high["Ana"] - 24 / 36 == pytest.approx(Z * np.sqrt(s2), rel=1e-5)
    # equal errors: tau² is what they leave of the variance of the differences
    tau2 = np.var([*stayed.values()], ddof=1) - s2
    assert rows.loc["", "spread"] == pytest.approx(np.sqrt(tau2), rel=1e-5)
    kept = tau2 / (tau2 + s2)
    assert rows.loc["Eve", "shrunken"] == pytest.approx(24 / 36 + kept * (3 / 12 - 24 / 36), rel=1e-5)
    assert rows.loc["", "verdict"] == "differ"
    assert rows.p[""] < 0.01
    assert rows.loc["", "csms"] == 3
    assert rows.loc["", "told_by"] == "assignments"


def test_leavers_are_charged_to_whoever_served_them_when_the_year_began() -> None:
    """Eve's customers go to Zoe in the month before they leave: still it is Eve who is held against them."""
    book = ledger()
    rows = [{**row, "ended_on": day(6, 30)} if row["value"] == "Eve" else row for row in book.rows["assignments"]] + [
        served(f"Eve {at}", "Zoe", day(7, 1)) for at in range(12)
    ]
    handed = told(book.with_rows(assignments=rows))
    assert [*handed.index] == ["", "Ana", "Ben", "Eve"]
    pd.testing.assert_frame_equal(handed, plain())


def test_names_and_the_order_of_rows_change_nothing() -> None:
    book = ledger()
    renamed = {"Ana": "Zoe", "Ben": "Amy", "Eve": "Ida"}
    shuffled = {
        name: [rows[at] for at in np.random.default_rng(1).permutation(len(rows))] for name, rows in book.rows.items()
    }
    shuffled["assignments"] = [{**row, "value": renamed[row["value"]]} for row in shuffled["assignments"]]
    before, after = plain(), told(Ledger(shuffled))
    assert [*after.index] == ["", "Amy", "Ida", "Zoe"]  # by name
    pd.testing.assert_frame_equal(before, after.loc[["", "Zoe", "Amy", "Ida"]].set_axis(before.index))


def test_fewer_than_three_csms_with_enough_customers_are_not_told_of() -> None:
    rows = told(ledger({"Ana": 1, "Ben": 3}))
    assert [*rows.index] == [""]
    assert rows.reason[""].startswith("few_csms")
    assert np.isnan(rows.spread[""])
    small = ledger({"Ana": 1, "Ben": 3, "Eve": 2})
    kept = [
        row for row in small.rows["assignments"] if row["value"] != "Eve" or row["customer_id"] in {"Eve 0", "Eve 1"}
    ]
    one_small = told(small.with_rows(assignments=kept))
    assert one_small.reason[""].startswith("few_csms")
    assert one_small.unserved[""] == 10


def test_where_all_stay_there_is_nothing_to_compare() -> None:
    assert told(ledger(dict.fromkeys(LOST, 0))).reason[""].startswith("uniform")


def test_a_year_must_be_over() -> None:
    rows = told(ledger(), as_of=FIRST + 9)
    assert rows.reason[""] == "short: 9 of 12 months"


def test_nobody_who_tells_is_said_to_be_lacking() -> None:
    assert set(csms(ledger().without("assignments").inquiry(LAST)).reason) == {"needs assignments"}
    assert set(csms(ledger().without("contracts").inquiry(LAST)).reason) == {"needs contracts"}
    rows = told(ledger(), "csat")
    assert rows.reason[""] == "needs surveys"


def test_without_assignments_the_last_touch_of_six_months_tells() -> None:
    """Eve touched hers in January, the last month that counts in June; nobody touched one of Ana's since December."""
    book = ledger()
    touched = [
        {
            "customer_id": row["customer_id"],
            "csm": row["value"],
            "kind": "call",
            "occurred_on": day(0 if row["value"] == "Eve" else 4),
        }
        for row in book.rows["assignments"]
    ]
    later = [{"customer_id": "Eve 0", "csm": "Zoe", "kind": "call", "occurred_on": day(6)}]  # after the window began
    rows = told(book.without("assignments").with_rows(touches=[*touched, *later]))
    assert rows.told_by[""] == TOUCHES
    assert [*rows.index] == ["", "Ana", "Ben", "Eve"]
    pd.testing.assert_series_equal(rows.observed, plain().observed)
    # a month later the touch of January is too old, and who was lost since is charged to nobody
    late = told(book.without("assignments").with_rows(touches=touched), as_of=LAST + 1)
    assert late.reason[""].startswith("few_csms")
    assert late.unserved[""] == 12


def test_the_year_before_stands_beside_it_with_the_change() -> None:
    """In the first year all lose alike; in the second three of six CSMs lose most of the fourteen that are left to them."""
    names = ("Amy", "Ben", "Dan", "Eve", "Ida", "Zoe")
    book = ledger(dict.fromkeys(names, 2), each=16)
    ends = {f"{csm} {at}": day(22) for place, csm in enumerate(names) for at in range(2, 14 if place % 2 else 3)}
    rows = [{**row, "ends_on": ends.get(row["customer_id"], row["ends_on"])} for row in book.rows["contracts"]]
    head = told(book.with_rows(contracts=rows), as_of=LAST + 12).loc[""]
    assert head.before == 0
    assert head.change == pytest.approx(head.spread)
    assert head.trend == "wider"
    assert head.change_low > 0


def test_outsiders_read_the_spread_and_no_csm() -> None:
    facts = ledger().facts(LAST)
    facts.manifest = facts.manifest.model_copy(update={"audience": "external"})
    table = csms(inquiry_of(facts, LAST))
    assert [*table.columns] == [*COLUMNS]
    assert set(table.csm) == {""}
    rows = table[(table.outcome == "customer_retention") & (table.segment == "total")]
    assert rows.csms.tolist() == [3]
    assert rows.spread.iloc[0] > 0
    inside = ["customers", "observed", "unjudged", "unserved", "p", "adjusted", "touches"]
    assert rows[inside].isna().all(axis=None)


def test_outsiders_read_nothing_of_a_segment_of_few_or_of_what_tells_of_it() -> None:
    book = ledger()
    customers = [{**row, "plan": "small" if at < 3 else "large"} for at, row in enumerate(book.rows["customers"])]
    facts = book.with_rows(customers=customers).facts(LAST)
    facts.manifest = facts.manifest.model_copy(update={"audience": "external"})
    table = csms(inquiry_of(facts, LAST)).set_index(["segment", "outcome"])
    shown = table.xs("customer_retention", level=1).spread.notna()
    assert not shown["small"]
    assert not (shown["large"] and shown["total"])


def test_the_columns_are_those_of_every_segment() -> None:
    table = csms(ledger().inquiry(LAST))
    assert [*table.columns] == [*COLUMNS]
    assert table.groupby("segment").outcome.nunique().to_dict() == {"large": len(KINDS), "total": len(KINDS)}


# the cases of each kind, on one book: each kind has customers of its own, by the first letter of their names


def answer(who: str, kind: str, score: float, month: int) -> Row:
    """Return an answer."""
    return {
        "response_id": f"{who} {kind} {month}",
        "customer_id": who,
        "kind": kind,
        "score": score,
        "responded_on": day(month),
    }


END = day(12, 1) - timedelta(days=1)
WEEKS = [day(15, 1) + timedelta(days=7 * week) for week in range(13)]  # April to June, in whole weeks
DONE = {"oa": day(9, 1), "ob": None, "oc": day(2), "od": day(17)}  # of c the limit passed before the year, of d not yet
CONTRACTS = [
    term("ka"), term("kb", day(9)), term("kc", starts_on=day(7)),
    term("ra", END, term_months=12), term("ra", starts_on=day(12, 1), term_months=12), term("rb", END, term_months=12), term("rc"),
    term("rd", END, product="plus", term_months=12), term("rd", END, term_months=12, seats=1), term("rd", starts_on=day(12, 1), term_months=12),
    term("ua"), term("ub"), term("uc", starts_on=day(16, 1)),
    *(term(who, starts_on=day(start, 1)) for who, start in (("oa", 8), ("ob", 8), ("oc", 1), ("od", 16))),
    term("qa"), term("qb"), term("qc", starts_on=day(10)),
    # both are bound for two years; b leaves in the ninth month, which nobody knew; of c the year ends in the twelfth
    term("da", term_months=24), term("db", day(8), term_months=24), term("dc", day(11, 31), term_months=12),
]  # fmt: skip
TRADES = {"da": "food", "db": "food", "dc": "steel"}
USED = [("ua", WEEKS[:9]), ("ub", [day(0), *WEEKS[:4]]), ("uc", [day(17, 5)])]
SURVEYS = [
    answer("qa", "csat", 5, 7), answer("qa", "csat", 2, 8), answer("qb", "csat", 3, 8), answer("qc", "csat", 5, 4),
    answer("da", "csat", 5, 8),  # of the first of all customers
    answer("qa", "nps", 10, 7), answer("qa", "nps", 6, 8), answer("qb", "nps", 8, 8), answer("qc", "nps", 9, 17),
]  # fmt: skip


@cache
def case_book() -> CaseBook:
    """Return the cases of the book."""
    facts = Ledger({
        "customers": [
            {"customer_id": who, "plan": "large", "industry": TRADES.get(who, "trade")}
            for who in dict.fromkeys(row["customer_id"] for row in CONTRACTS)
        ],
        "contracts": CONTRACTS, "surveys": SURVEYS,
        "milestones": [{"customer_id": who, "milestone": "set up", "required": True, "completed_on": on} for who, on in DONE.items()],
        "usage": [{"customer_id": who, "used_on": on, "feature": "report"} for who, used in USED for on in used],
    }).facts(LAST)  # fmt: skip
    return CaseBook(facts, LAST, Ground(facts, LAST, pd.Series([], dtype=str)))


def cases(kind: str, letter: str) -> dict[str, tuple[int, float]]:
    """Return of customers the month in which the window of each begins, counted from the first, and what came of it."""
    made = case_book()
    found = made.cases(BY_KIND[kind], made.ground.months - 1)
    ids = [str(made.ground.ids[who]) for who in found.customer]
    told = zip(ids, found.start.tolist(), found.outcome.tolist(), strict=True)
    return {who.removeprefix(letter): (start, value) for who, start, value in told if who.startswith(letter)}


def test_a_customer_that_came_within_the_year_is_no_case_of_retention() -> None:
    assert cases("customer_retention", "k") == {"a": (5, 1.0), "b": (5, 0.0)}


def test_a_renewal_is_a_case_of_the_customer_and_month() -> None:
    """One was renewed in the thirteenth month, one lost, one is of no known length, of one one of two products was renewed."""
    assert cases("renewal_rate", "r") == {"a": (5, 1.0), "b": (5, 0.0), "d": (5, 1.0)}


def test_adoption_is_two_of_the_last_three_closes() -> None:
    """One used it until May, one in April alone, one came in May."""
    assert cases("adoption", "u") == {"a": (14, 1.0), "b": (14, 0.0)}


def test_onboarding_is_judged_in_the_month_in_which_its_limit_passes() -> None:
    assert cases("onboarding_completion", "o") == {"a": (8, 1.0), "b": (8, 0.0)}
    days = cases("onboarding_days", "o")
    assert {who: round(np.exp(value)) for who, (_, value) in days.items()} == {"a": 30, "b": 90}


def test_answers_of_a_customer_are_one_case() -> None:
    """Of one the answer came before its contract; of those in the year 5 and 2 are half content, 10 and 6 even out."""
    assert cases("csat", "q") == {"a": (5, 1.0), "b": (5, 0.0)}
    assert cases("csat", "d") == {"a": (5, 1.0)}
    assert cases("nps", "q") == {"a": (5, 0.0), "b": (5, 0.0), "c": (10, 1.0)}


def test_what_falls_due_was_known_at_the_start_and_no_early_end_is() -> None:
    made = case_book()
    found = made.cases(BY_KIND["customer_retention"], made.ground.months - 1)
    mine = found.where(np.array([made.ground.ids[who].startswith("d") for who in found.customer]))
    assert made.features(mine, 12)[:, -1].tolist() == [0, 0, 1]
    assert made.features(mine, 3)[:, -1].tolist() == [0, 0, 0]


def test_cases_are_held_against_the_trades_that_a_tenth_of_them_has() -> None:
    """Of the fourteen under contract at the close before the year two are of one trade, and one is of another."""
    made = case_book()
    found = made.cases(BY_KIND["customer_retention"], made.ground.months - 1)
    trades = [TRADES.get(str(made.ground.ids[who])) for who in found.customer]
    known = made.features(found, 12).T.tolist()
    assert (len(trades), trades.count("food"), trades.count("steel")) == (14, 2, 1)
    assert [trade == "food" for trade in trades] in known
    assert [trade == "steel" for trade in trades] not in known


def test_what_csms_do_stands_beside_what_came_of_it() -> None:
    book = ledger()
    touches = [
        {"customer_id": f"Ana {at}", "csm": "Ana", "kind": kind, "occurred_on": day(10), "minutes": 30}
        for at in range(1, 12)
        for kind in ("call", "call", "chatbot")
    ]
    surveys = [answer(f"Ben {at}", "nps", 3, 10) for at in range(2, 8)]
    heard: list[dict[str, Any]] = [
        {"customer_id": f"Ben {at}", "csm": "Ben", "kind": "email", "occurred_on": day(10, 20)} for at in (2, 3, 4)
    ]
    rows = told(book.with_rows(touches=[*touches, *heard], surveys=surveys))
    assert rows.touches["Ana"] == pytest.approx(22 / (11 * 12 + 2))  # the one that was lost paid at two closes
    assert rows.touches["Ben"] == pytest.approx(3 / (10 * 12 + 2 * 2))
    assert rows.detractors_heard["Ben"] == pytest.approx(3 / 6)
    assert np.isnan(rows.detractors_heard["Ana"])
