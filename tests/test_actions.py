"""Monday's list: what is to be done with whom, on a ledger made by hand and over the demo."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from cslib.analysis.actions import ASK, COLUMNS, DOINGS, PROPOSE, RENEW, actions
from cslib.analysis.chain.customers import STUCK, chain_customers
from cslib.analysis.growth.proposals import HELP, proposals
from cslib.analysis.journey.customers import journey_customers
from cslib.analysis.journey.reference_customers import reference_customers
from cslib.analysis.service.touch_customers import touch_customers
from cslib.analysis.signals import signals
from cslib.errors import UnknownName
from cslib.i18n import Wording
from cslib.inquiries import inquire
from cslib.kpis.reasons import EMPTY
from cslib.periods import Month
from cslib.privacy.suppression import HIDDEN
from cslib.scenario import Scenario
from cslib.tables.actions import action_table, actions_of_each_csm
from tests.ledger import Ledger, inquiry_of
from tests.test_proposals import START, book, term, use

if TYPE_CHECKING:
    from pathlib import Path

    from cslib.analysis.inquiry import Inquiry
    from cslib.portfolio import Portfolio
    from tests.ledger import Row

EN = Wording("en")
LAST = Month.parse("2025-06")
SOON = date(2025, 8, 15)


def of_each(ledger: Ledger) -> pd.DataFrame:
    """Return the list of all customers together, by customer."""
    return actions(ledger.inquiry(LAST, "total")).set_index("customer_id")


def ticket(customer: str) -> Row:
    """Return a grave ticket that nobody has resolved."""
    return {"ticket_id": f"t-{customer}", "customer_id": customer, "opened_at": datetime.fromisoformat("2025-06-01T09:00"), "severity": "urgent"}  # fmt: skip


def answer(customer: str, score: float) -> Row:
    """Return an NPS answer of May 2025."""
    return {"response_id": f"r-{customer}", "customer_id": customer, "kind": "nps", "score": score, "sent_on": START, "responded_on": date(2025, 5, 1)}  # fmt: skip


@pytest.fixture(scope="module")
def listed() -> pd.DataFrame:
    """Return the list of a book in which one of each kind is to be seen to, and one is not.

    a has an open ticket, b answered with 6, c's contract ends without an outcome, d's with one, e uses most of its seats, f is
    content, has an outcome and may be a reference, g is content with nothing else. Only d was touched.
    """
    ends = {"c": SOON, "d": date(2025, 9, 1)}
    ledger = book(
        *(term(name, ends=ends.get(name)) for name in "abcdefg"),
        achieved=("a", "b", "d", "e", "f"),
        usage=[*use("e", 9, (3, 4, 5, 6)), *(row for name in "abcdfg" for row in use(name, 3, (3, 4, 5, 6)))],
        tickets=[ticket("a")],
        surveys=[answer("b", 6.0), answer("f", 9.0)],
        touches=[{"customer_id": "d", "kind": "call", "occurred_on": date(2025, day, 3)} for day in (2, 5, 7)],
    )
    customers = [row | {"csm": "Sato" if row["customer_id"] < "d" else "Ito"} for row in ledger.rows["customers"]]
    permitted = [
        row | {"reference_permission": "named" if row["customer_id"] == "f" else "refused"} for row in customers
    ]
    return of_each(ledger.with_rows(customers=permitted))


def test_each_customer_is_to_be_seen_to_for_the_first_reason_that_holds(listed: pd.DataFrame) -> None:
    assert listed.what.to_dict() == {"c": HELP, "a": HELP, "b": HELP, "d": RENEW, "e": PROPOSE, "f": ASK}


def test_the_reasons_are_told_in_words_of_a_fixed_list(listed: pd.DataFrame) -> None:
    told = {name: set(why.split()) - {"red", "weak"} for name, why in listed.why.items()}
    assert told == {
        "a": {"open_ticket"}, "b": {"detractor"}, "c": {"no_outcome", "renewal"}, "d": {"renewal"},
        "e": {"seats_in_heavy_use"}, "f": {"reference"},
    }  # fmt: skip


def test_dates_and_people_are_those_of_the_customers_own_tables(listed: pd.DataFrame) -> None:
    assert listed.due_on.to_dict() == {"a": "", "b": "", "c": "2025-08-15", "d": "2025-09-01", "e": "", "f": ""}
    assert listed.last_touch.to_dict() == {"a": "", "b": "", "c": "", "d": "2025-05-03", "e": "", "f": ""}
    assert listed.csm.to_dict() == dict(zip("abcdef", ["Sato"] * 3 + ["Ito"] * 3, strict=True))
    assert (listed.mrr == 100).all()


def test_what_is_first_stands_first(listed: pd.DataFrame) -> None:
    assert [*listed.index] == ["c", "a", "b", "d", "e", "f"]


@pytest.mark.parametrize(
    ("requests", "is_asked"),
    [
        ([], True),
        ([(date(2025, 1, 2), "agreed")], False),  # 179 days before the close
        ([(date(2025, 1, 1), "agreed")], True),
        ([(date(2024, 3, 1), "refused")], False),
        ([(date(2024, 3, 1), "refused"), (date(2024, 9, 1), None)], True),
        ([(date(2024, 3, 1), "later"), (date(2024, 9, 1), "refused")], False),
        ([(date(2025, 7, 1), "refused")], True),  # of this the close knows nothing
    ],
)
def test_who_was_asked_lately_or_refused_is_not_asked_to_be_a_reference(
    requests: list[tuple[date, str | None]], *, is_asked: bool
) -> None:
    ledger = book(term("f"), achieved=("f",), usage=use("f", 3, (3, 4, 5, 6)), surveys=[answer("f", 9.0)])
    customers = [row | {"reference_permission": "named"} for row in ledger.rows["customers"]]
    rows = [{"customer_id": "f", "asked_on": day, "kind": "review", "answer": said} for day, said in requests]
    found = of_each(ledger.with_rows(customers=customers, reference_requests=rows))
    assert (found.what == ASK).to_list() == [is_asked]


def test_a_portfolio_in_which_all_is_well_has_nobody_to_call() -> None:
    table = actions(book(term("a"), achieved=("a",), usage=use("a", 3, (3, 4, 5, 6))).inquiry(LAST, "total"))
    assert table.reason.to_list() == [EMPTY]


def test_outsiders_are_told_of_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = book(term("a"), tickets=[ticket("a")]).facts(LAST)
    monkeypatch.setattr(type(facts), "discreet", property(lambda _: True))
    table = actions(inquiry_of(facts, LAST))
    assert set(table.reason) == {HIDDEN}
    assert (table.customer_id == "").all()


@pytest.fixture(scope="module")
def asked(demo_book: Portfolio) -> Inquiry:
    """Return the question of all segments of the demo."""
    return inquire(demo_book, Month.parse("2026-10"))


def test_no_customer_stands_twice_and_none_with_a_veto_is_sold_to(asked: Inquiry) -> None:
    table = asked.once(actions)
    assert not table.duplicated(["segment", "customer_id"]).any()
    vetoed = table.why.str.contains("open_ticket|detractor|no_outcome")
    assert vetoed.any()
    assert not vetoed[table.what.isin([PROPOSE, ASK])].any()
    assert set(table.what) >= {HELP, RENEW, PROPOSE}


def test_what_the_list_says_is_what_the_other_analyses_say(asked: Inquiry) -> None:
    table = asked.once(actions).set_index(["segment", "customer_id"])
    stuck = asked.once(chain_customers)
    stuck = stuck[stuck.kind == STUCK].set_index(["segment", "customer_id"])
    told = table[table.gate != ""]
    for column in ("gate", "since"):
        assert [*told[column]] == [*stuck.loc[[*told.index], column]]
    offers = asked.once(proposals)
    largest = offers[offers.rule != ""].groupby(["segment", "customer_id"]).amount.max()
    proposed = table[table.what == PROPOSE]
    assert [*proposed.amount] == pytest.approx([*largest.loc[[*proposed.index]]], nan_ok=True)
    behind = offers[offers.rule != ""].set_index(["segment", "customer_id", "rule"]).verdict
    records = proposed.reset_index().to_dict("records")
    rules = [(row["segment"], row["customer_id"], row["why"].split()[-1]) for row in records]
    assert [*proposed.verdict] == [*behind.loc[rules]]
    others = table[(table.what != PROPOSE) & (table.what != "")]
    assert ((others.verdict == "leads") == (others.signals != "")).all()
    leads = asked.once(signals)
    leads = leads[(leads.outcome == "lost") & (leads.horizon == 6) & (leads.verdict == "leads")]
    for segment, rows in table.groupby("segment"):
        named = {name for signs in rows.signals for name in signs.split()}
        assert named
        assert named <= set(leads.indicator[leads.segment == segment])


def test_whoever_is_named_elsewhere_for_less_than_is_due_is_to_be_helped(asked: Inquiry) -> None:
    served, journey = asked.once(touch_customers), asked.once(journey_customers)
    named = {
        "under_served": served[served["list"] == "under_served"],
        "stuck": journey[journey.why.str.split().map(lambda words: "stuck" in words)],
        "slipping": journey[journey.why.str.split().map(lambda words: "slipping" in words)],
    }
    table = asked.once(actions).set_index(["segment", "customer_id"])
    under_contract = set(asked.standing.index)
    for word, rows in named.items():
        wanted = {(one, who) for one, who in zip(rows.segment, rows.customer_id, strict=True) if who in under_contract}
        assert wanted
        assert set(table.loc[[*wanted]].what) == {HELP}
        assert {key for key, why in table.why.items() if word in why.split()} == wanted


def test_whoever_may_be_asked_to_be_a_reference_is_told_to_be(asked: Inquiry) -> None:
    willing = asked.once(reference_customers)
    wanted = {(row["segment"], row["customer_id"]) for row in willing[willing.what == ASK].to_dict("records")}
    table = asked.once(actions).set_index(["segment", "customer_id"])
    told = {key for key, why in table.why.items() if "reference" in why.split()}
    assert told
    assert told <= wanted
    vetoes = asked.standing.veto
    assert wanted - told == {key for key in wanted if vetoes[key[1]]}


def test_an_analysis_that_others_stand_on_is_made_once(asked: Inquiry) -> None:
    made: list[Any] = []

    def counted(inquiry: Inquiry) -> pd.DataFrame:
        made.append(inquiry)
        return pd.DataFrame()

    assert asked.once(counted) is asked.once(counted)
    assert len(made) == 1


def test_the_page_shows_the_list_and_how_it_falls_to_each(demo: Path, asked: Inquiry) -> None:
    s = Scenario.open(demo / "params", "smb", "2026-10", "en")
    table = asked.once(actions)
    mine = table[table.segment == "smb"]
    shown, counted = s.actions(), s.actions_by_csm()
    assert shown.csv.count("\n") == len(mine) + 1
    assert shown.html.count("<tr>") == 1 + min(len(mine), 40)
    counts = [int((mine.what == what).sum()) for what in DOINGS]
    assert "help {}, renew {}, propose {}, ask as reference {}.".format(*counts) in shown.text
    assert counted.html.count("<tr>") == 1 + mine.csm.nunique()


# the list of each CSM


def of_csms(*csms: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return Monday's list with a customer of each of these CSMs, whom to help, and the customers."""
    names = [f"c{at}" for at in range(len(csms))]
    told = {
        "segment": "total",
        "month": str(LAST),
        "customer_id": names,
        "csm": csms,
        "what": HELP,
        "why": "red",
        "mrr": 100.0,
    }
    rows = pd.DataFrame({**dict.fromkeys(COLUMNS, ""), "amount": None, **told})
    return rows, pd.DataFrame({"customer_id": names, "name": names, "csm": csms})


def test_each_csm_has_a_list_with_a_file_of_its_own_and_nobody_comes_last() -> None:
    rows, customers = of_csms("Ito", "", "", "", "Sato", "Ito")
    shown = actions_of_each_csm(rows, customers, EN)
    assert [(one.name, one.title) for one in shown] == [
        ("Ito", "Assigned to Ito"), ("Sato", "Assigned to Sato"), ("nobody", "Assigned to nobody"),
    ]  # fmt: skip
    assert [one.csv.count("\r\n") - 1 for one in shown] == [2, 1, 3]
    assert "2 customers" in shown[0].text


@pytest.mark.parametrize(("csms", "each"), [(2, 30), (40, 1), (70, 1)])
def test_all_lists_together_show_sixty_rows_at_most_and_their_files_hold_all(csms: int, each: int) -> None:
    rows, customers = of_csms(*(f"m{at:02}" for at in range(csms) for _ in range(50)))
    shown = actions_of_each_csm(rows, customers, EN)
    listed = [max(0, one.html.count("<tr>") - 1) for one in shown]
    assert len(shown) == csms
    assert set(listed[:60]) == {each}
    assert sum(listed) == min(csms * each, 60)
    assert {one.csv.count("\r\n") for one in shown} == {51}
    assert all(f"{each if at < 60 else 0} of 50" in one.text for at, one in enumerate(shown))


@pytest.mark.parametrize("csm", ["Sato", ""])
def test_of_one_csm_the_list_above_is_all_there_is(csm: str) -> None:
    (said,) = actions_of_each_csm(*of_csms(csm, csm), EN)
    assert not said.html
    assert (csm or "nobody") in said.text


def test_where_there_is_no_list_a_sentence_says_why() -> None:
    rows, customers = of_csms("Ito")
    (said,) = actions_of_each_csm(rows.assign(what="", csm="", reason="needs contracts"), customers, EN)
    assert "contract" in said.text.lower()


def test_the_list_is_asked_for_by_its_csm() -> None:
    rows, customers = of_csms("Ito", "Sato", "")
    assert [c for c in ("c0", "c1", "c2") if c in action_table(rows, customers, EN, "Sato").csv] == ["c1"]
    assert [c for c in ("c0", "c1", "c2") if c in action_table(rows, customers, EN, "").csv] == ["c2"]
    assert not action_table(rows, customers, EN, "Kato").csv


def test_a_misspelt_csm_is_told_the_nearest(demo: Path) -> None:
    s = Scenario.open(demo / "params", "smb", "2026-10", "en")
    name = next(csm for csm in s.analysis("actions").csm if csm)
    assert set(pd.read_csv(io.StringIO(s.actions(csm=name).csv)).csm) == {name}
    with pytest.raises(UnknownName, match=f"did you mean '{name}'"):
        s.actions(csm=f"{name}x")
