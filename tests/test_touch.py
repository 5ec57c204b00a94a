"""Touch models: the rule on rows made by hand, and lists, hours and loads on a book made by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from cslib.analysis.service.loads import GONE, NO_ENTRY, loads
from cslib.analysis.service.service import CSM, service
from cslib.analysis.service.touch import COLUMNS, ONE_CLOSE, ONE_MODEL, touch
from cslib.analysis.service.touch_customers import AGREED, touch_customers
from cslib.analysis.service.touch_load import AWAY, NAMELESS, OVER_CAPACITY, UNLOGGED, touch_load
from cslib.analysis.service.touch_rule import OVER, UNDER, under_rule
from cslib.kpis.reasons import EMPTY
from cslib.periods import Month
from cslib.privacy.suppression import HIDDEN
from cslib.settings import Policies, TouchRule
from tests.ledger import Ledger, inquiry_of

if TYPE_CHECKING:
    from cslib.analysis.inquiry import Inquiry
    from tests.ledger import Row

LAST = Month.parse("2025-06")
START = date(2024, 1, 1)
SIZES: dict[str, object] = {"large": {"at_least": 1000}, "small": {"below": 50}}
RULE = TouchRule.model_validate(SIZES)
CONTENT = {
    "month_no": 1, "mrr": 100.0, "months_under_contract": 24, "core_weeks": 4.0, "latest_nps": 9.0, "events_to_before": 1.0,
    "has_outcome": True, "waits": False,
}  # fmt: skip


def said(rule: TouchRule = RULE, **state: object) -> tuple[str, str]:
    """Return what the rule says of one customer, and why; one that is settled unless its state is another."""
    row = under_rule(pd.DataFrame([{**CONTENT, **state}]), rule, Policies()).iloc[0]
    return row["rule"], row.why


@pytest.mark.parametrize(
    ("state", "rule", "why"),
    [
        ({"has_outcome": False}, "low", "middle"),
        ({}, "tech", "middle settled"),
        # what keeps a customer from being settled, each alone
        ({"latest_nps": 6.0}, "low", "middle"),
        ({"latest_nps": 7.0}, "tech", "middle settled"),
        ({"latest_nps": float("nan")}, "tech", "middle settled"),
        ({"events_to_before": 0.69}, "low", "middle"),
        ({"events_to_before": 0.7}, "tech", "middle settled"),  # a decline is more than 30 %
        ({"months_under_contract": 11}, "low", "middle"),
        ({"months_under_contract": 12}, "tech", "middle settled"),
        ({"waits": True}, "low", "middle"),
        ({"core_weeks": float("nan")}, "low", "middle"),  # unknown: neither need nor settled by it
        # need: one step up
        ({"core_weeks": 2.0}, "high", "middle not_adopted"),
        ({"core_weeks": 2.0, "months_under_contract": 1}, "low", "middle"),
        ({"core_weeks": 2.0, "months_under_contract": 2}, "high", "middle not_adopted"),
        ({"waits": True, "months_under_contract": 6}, "high", "middle new"),
        ({"waits": True, "months_under_contract": 7}, "low", "middle"),
        # by size
        ({"mrr": 1000.0}, "high", "large"),
        ({"mrr": 1000.0, "core_weeks": 0.0}, "high", "large"),
        ({"mrr": 49.0}, "tech", "small"),
        ({"mrr": 49.0, "core_weeks": 0.0}, "low", "small not_adopted"),
        ({"mrr": 50.0, "has_outcome": False}, "low", "middle"),
    ],
)
def test_what_the_rule_says_of_a_customer(state: dict[str, Any], rule: str, why: str) -> None:
    assert said(**state) == (rule, why)


def sizes(*mrr: float, **rule: object) -> list[str]:
    """Return the size of each of these customers."""
    rows = pd.DataFrame([{**CONTENT, "mrr": float(one)} for one in mrr])
    return [*under_rule(rows, TouchRule.model_validate(rule), Policies())["size"]]


def test_the_large_hold_the_upper_half_and_the_small_the_lowest_tenth() -> None:
    assert sizes(50, 30, 10, 5, 3, 2) == ["large", "middle", "middle", "small", "small", "small"]
    assert sizes(49, 31, 10, 5, 3, 2) == ["large", "large", "middle", "small", "small", "small"]
    assert sizes(2, 3, 5, 10, 30, 50) == ["small", "small", "small", "middle", "middle", "large"]


def test_who_pays_alike_is_of_one_size() -> None:
    assert sizes(25, 25, 25, 25) == ["large"] * 4
    assert sizes(80, 5, 5, 5, 5) == ["large", "middle", "middle", "middle", "middle"]  # all four hold 20 %, not 10
    assert sizes(7) == ["large"]


def test_each_close_has_its_own_sizes() -> None:
    rows = pd.DataFrame(
        [{**CONTENT, "mrr": mrr, "month_no": month} for month, mrr in ((1, 9.0), (1, 1.0), (2, 1.0), (2, 9.0))]
    )
    assert [*under_rule(rows, TouchRule(), Policies())["size"]] == ["large", "small", "small", "large"]


def test_a_segment_says_a_part_of_the_rule_otherwise() -> None:
    whole = TouchRule(new_months=3)
    assert whole.with_own(None) is whole
    own = whole.with_own(TouchRule.model_validate({"large": {"at_least": 5}}))
    assert (own.large.at_least, own.small, own.new_months) == (5, whole.small, 3)


MRR = {"a": 2000, "b": 100, "c": 100, "d": 100, "e": 20, "f": 100}
TOUCHES = [
    *({"customer_id": "c", CSM: "Sato", "kind": "meeting", "occurred_on": date(2025, 6, day), "minutes": 90.0} for day in (3, 10)),
    {"customer_id": "c", CSM: "Sato", "kind": "call", "occurred_on": date(2025, 4, 1), "minutes": 60.0},  # 91 days before
    {"customer_id": "c", CSM: "Sato", "kind": "call", "occurred_on": date(2025, 3, 31), "minutes": 600.0},
    {"customer_id": "c", CSM: None, "kind": "chatbot", "occurred_on": date(2025, 6, 9), "minutes": 600.0},
    {"customer_id": "c", CSM: "Sato", "kind": "call", "occurred_on": date(2025, 7, 1), "minutes": 600.0},
    {"customer_id": "a", CSM: "Ito", "kind": "email", "occurred_on": date(2025, 5, 5), "minutes": None},
]  # fmt: skip


def assigned(kind: str, customer: str, value: str, since: date = START, until: date | None = None) -> Row:
    """Return an assignment."""
    return {"customer_id": customer, "kind": kind, "value": value, "started_on": since, "ended_on": until}


MODELS = [
    assigned("touch_model", "a", "tech"),
    assigned("touch_model", "b", "low", until=date(2025, 5, 14)),
    assigned("touch_model", "b", "high", date(2025, 5, 15)),
    assigned("touch_model", "c", "high"),
    assigned("touch_model", "e", "tech"),
    assigned("touch_model", "f", "low"),
]
CSMS = [
    *(assigned(CSM, one, "Sato") for one in "abc"), assigned(CSM, "d", "Ito"), assigned(CSM, "e", "Ito"),
]  # fmt: skip


def book(**rows: Any) -> Ledger:
    """Return the book: a is large, e small and its term ends soon, the others lie between; d has no model and f no CSM."""
    customers = [{"customer_id": one, "plan": "large" if one == "a" else "other"} for one in MRR]
    contracts = [
        {"customer_id": one, "contract_id": one, "product": "core", "mrr": Decimal(mrr), "starts_on": START,
         "ends_on": date(2025, 8, 31) if one == "e" else None, "term_months": 20}
        for one, mrr in MRR.items()
    ]  # fmt: skip
    held = {"customers": customers, "contracts": contracts, "touches": TOUCHES, "assignments": [*MODELS, *CSMS], **rows}
    return Ledger(held).under(touch_rule=SIZES)


def figures(inquiry: Inquiry) -> Any:
    """Return the rows of `touch` by touch model and measure."""
    return touch(inquiry).set_index(["touch_model", "measure"])


def by_csm(inquiry: Inquiry) -> Any:
    """Return the rows of `touch_load` by CSM."""
    return touch_load(inquiry).set_index(CSM)


@pytest.fixture(scope="module")
def asked() -> Any:
    """Return the question of all customers and of the large ones; Sato works a twentieth of the time."""
    return book().inquiry(LAST, team={"people": {"Sato": {"team": "csm", "fte": 0.05}, "New": {"team": "csm"}}})


@pytest.fixture(scope="module")
def measured(asked: Any) -> dict[tuple[str, str], Any]:
    """Return the rows of `touch` of all customers by touch model and measure."""
    table = asked.once(touch)
    assert tuple(table.columns) == COLUMNS
    mine = table[table.segment == "total"]
    return {(row.touch_model, row.measure): row for row in mine.itertuples()}


def test_another_model_counts_once_the_rule_has_said_so_at_three_closes(measured: dict[tuple[str, str], Any]) -> None:
    shares = {name: measured["all", name] for name in ("wrong_now", "wrong", UNDER, OVER)}
    # of the five with a model a, b and c have another; b for two closes alone
    assert {name: row.value for name, row in shares.items()} == pytest.approx(
        {"wrong_now": 3 / 5, "wrong": 2 / 5, UNDER: 1 / 5, OVER: 1 / 5}
    )
    assert {row.n for row in shares.values()} == {5}
    assert shares["wrong"].low < 2 / 5 < shares["wrong"].high
    assert measured["all", "rule_changed"].value == 0


def test_hours_are_of_people_and_the_mean_of_three_months(measured: dict[tuple[str, str], Any]) -> None:
    assert measured["high", "hours"].value == pytest.approx(4 / 3)  # b and c; 90 + 90 + 60 minutes
    each = measured["high", "hours_per_customer"]  # 0 and 4 / 3, an error of 2 / 3: t of one degree is 12.706
    assert (each.value, each.low, each.high) == pytest.approx((2 / 3, 2 / 3 - 8.4708, 2 / 3 + 8.4708), rel=1e-4)
    assert measured["high", "hours_share"].value == 1
    assert measured["high", "cost"].value == pytest.approx(4 / 3 * 5000)
    assert measured["high", "cost_to_mrr"].value == pytest.approx(4 / 3 * 5000 / 200)
    assert measured["high", "untouched"].value == 1 / 2  # b had none in 90 days
    assert measured["all", "untouched"].value == 4 / 6  # an email without minutes is one
    assert measured["all", "over_served_hours"].value == pytest.approx(4 / 3)
    assert measured["all", "freed_hours"].value == pytest.approx(4 / 3 - 1)  # low takes one hour a month
    assert measured["all", "under_served_mrr"].value == 2000


def test_what_customers_of_a_model_pay_and_who_serves_them(measured: dict[tuple[str, str], Any]) -> None:
    counts = {model: row.value for (model, name), row in measured.items() if name == "customers"}
    assert counts == {"high": 2, "low": 1, "tech": 2, "unassigned": 1, "all": 6}
    assert measured["tech", "mrr_share"].value == pytest.approx(2020 / 2420)
    # Sato serves three with 0.05, Ito two with 1: high has two of Sato's, tech one of each
    assert measured["high", "customers_per_csm"].value == pytest.approx(2 / (0.05 * 2 / 3))
    assert measured["tech", "customers_per_csm"].value == pytest.approx(2 / (0.05 / 3 + 1 / 2))
    assert measured["low", "customers_per_csm"].reason.startswith("zero")


def test_what_the_rule_goes_by_and_the_source_does_not_tell_is_named(measured: dict[tuple[str, str], Any]) -> None:
    known = {name: (row.value, row.reason) for (_, name), row in measured.items() if name.startswith("grounds_")}
    assert known["grounds_usage"] == (0, "needs usage")
    assert known["grounds_goals"] == (0, "needs goals")
    told = touch(book(goals=[{"goal_id": "g", "customer_id": "a", "set_on": START}]).inquiry(LAST, "total"))
    assert told[told.measure == "grounds_goals"].value.item() == 1


def test_the_lists_name_each_with_why(asked: Any) -> None:
    table = asked.once(touch_customers)
    mine = table[table.segment == "total"].set_index("customer_id")
    assert mine["list"].to_dict() == {"a": UNDER, "c": OVER, "d": "unassigned"}
    assert mine["rule"].to_dict() == {"a": "high", "c": "low", "d": "low"}
    assert mine.why.to_dict() == {"a": "large", "c": "middle", "d": "middle"}
    assert mine.closes.to_dict() == {"a": 3, "c": 3, "d": 0}
    assert mine.hours_90.to_dict() == {"a": 0, "c": 3, "d": 0}
    assert mine.last_touch.to_dict() == {"a": "2025-05-05", "c": "2025-06-10", "d": ""}
    assert mine.csm.to_dict() == {"a": "Sato", "c": "Sato", "d": "Ito"}
    assert [*table[table.segment == "large"].customer_id] == ["a"]


def test_the_load_is_what_customers_ask_over_what_there_is(asked: Any) -> None:
    table = asked.once(touch_load)
    mine = table[table.segment == "total"].set_index(CSM)
    assert mine.customers.to_dict() == {"Sato": 3, "Ito": 2, "New": 0, "": 1}
    # tech 0.1 and twice high 4; d, without a model, as the rule says: low 1, and tech 0.1 with a renewal within 90 days
    assert mine.need_hours.dropna().to_dict() == pytest.approx({"Sato": 8.1, "Ito": 2.1, "New": 0})
    assert mine.capacity.dropna().to_dict() == pytest.approx({"Sato": 4.8, "Ito": 96, "New": 96})
    assert mine["load"]["Sato"] == pytest.approx(8.1 / 4.8)
    assert mine.logged_hours["Sato"] == pytest.approx(4 / 3)
    assert mine.logged_share["Sato"] == pytest.approx(4 / 3 / 8.1)
    assert mine.why.to_dict() == {"Sato": f"{OVER_CAPACITY} {UNLOGGED}", "Ito": UNLOGGED, "New": "", "": ""}
    assert mine.fte_note.to_dict() == {"Sato": "", "Ito": NO_ENTRY, "New": "", "": ""}
    large = table[table.segment == "large"].set_index(CSM)
    assert large[["here", "customers"]].to_dict("index") == {"Sato": {"here": 1, "customers": 3}}


def test_who_is_away_by_the_team_has_no_hours() -> None:
    asked = book().inquiry(LAST, "total", team={"people": {"Sato": {"team": "csm", "until": Month.parse("2025-05")}}})
    rows = under_rule(asked.once(service), RULE, asked.settings.policies)
    now = rows[rows.month_no == LAST.number]
    assert loads(now, asked.settings, LAST).fte_note.to_dict() == {"Sato": GONE, "Ito": NO_ENTRY}
    assert by_csm(asked).why["Sato"] == f"{UNLOGGED} {AWAY}"
    assert by_csm(asked)["load"].isna()["Sato"]


def test_while_it_is_onboarded_a_customer_takes_more() -> None:
    steps = [{"customer_id": one, "milestone": "kick-off", "required": True, "completed_on": None} for one in "af"]
    new = [
        row | {"starts_on": date(2025, 3, 1)} if row["customer_id"] == "a" else row for row in book().rows["contracts"]
    ]
    rows = service(book(milestones=steps, contracts=new).inquiry(LAST, "total"))
    now = rows[rows.month_no == LAST.number]
    assert set(now.customer_id[now.waits]) == {"a", "f"}
    load = loads(under_rule(now, RULE, Policies()), book().inquiry(LAST).settings, LAST)
    assert load.need_hours["Sato"] == pytest.approx(8.1 + 3)  # f is too old to be new, and has no CSM


# what is not told


@pytest.fixture(scope="module")
def static() -> Ledger:
    """Return the book with the model and the CSM in the customers' columns, which have no dates."""
    models = {"a": "tech", "b": "high", "c": "high", "e": "tech", "f": "low"}
    customers = [row | {"touch_model": models.get(row["customer_id"])} for row in book().rows["customers"]]
    return book(customers=customers).without("assignments")


def test_a_model_without_dates_is_known_for_the_latest_close_alone(static: Ledger) -> None:
    table = figures(static.inquiry(LAST, "total"))
    assert table.loc[("all", "wrong")].reason == ONE_CLOSE
    # b is another now, and the rule has said low at three closes
    assert table.loc[("all", "wrong")].value == pytest.approx(3 / 5)
    listed = touch_customers(static.inquiry(LAST, "total"))
    assert listed[listed["list"] != "unassigned"].closes.to_list() == [1, 1, 1]


def test_at_a_past_month_it_is_not_known(static: Ledger) -> None:
    before = inquiry_of(static.facts(LAST), LAST - 1, "total")
    table = touch(before)
    assert set(table.touch_model) == {"all"}
    assert set(table[table.measure.isin(["wrong", "wrong_now"])].reason) == {"undated customers.touch_model"}
    assert [*touch_customers(before).reason] == ["undated customers.touch_model"]
    assert [*touch_load(before).reason] == ["undated customers.csm"]


def test_a_rule_that_puts_everyone_into_one_model_says_so() -> None:
    asked = book().under(touch_rule={"large": {"at_least": 1}}).inquiry(LAST, "total")
    table = figures(asked)
    assert table.loc[("all", "wrong")].reason == ONE_MODEL
    listed = touch_customers(asked)
    assert [*listed["list"]] == ["unassigned"]  # whoever has no model is still told
    assert touch_customers(book(assignments=[*MODELS, assigned("touch_model", "d", "low")]).under(touch_rule={"large": {"at_least": 1}}).inquiry(LAST, "total")).reason.to_list() == [ONE_MODEL]  # fmt: skip


def test_without_minutes_touches_tell_who_was_not_touched() -> None:
    asked = book().without("touches").inquiry(LAST, "total")
    table = figures(asked)
    for name in ("hours", "cost", "hours_share", "untouched"):
        assert table.loc[("high", name)].reason == "needs touches"
    assert table.loc[("all", "over_served_hours")].reason == "needs touches"
    load = by_csm(asked)
    assert load.logged_hours.isna().all()
    assert (load["load"].dropna() > 0).all()


def test_nobody_with_a_csm_and_nothing_to_list_are_said() -> None:
    agreed = [assigned("touch_model", one, {"a": "high", "e": "tech"}.get(one, "low")) for one in MRR]
    asked = book(assignments=[*agreed, assigned(CSM, "z", "Nobody")]).inquiry(LAST, "total")
    assert [*touch_load(asked).reason] == [NAMELESS]
    assert [*touch_customers(asked).reason] == [AGREED]


def test_a_segment_without_anybody_is_said() -> None:
    contracts = [row for row in book().rows["contracts"] if row["customer_id"] != "a"]
    asked = book(contracts=contracts).inquiry(LAST, "large")
    assert [[*one(asked).reason] for one in (touch, touch_customers, touch_load)] == [[EMPTY]] * 3


def test_outsiders_are_told_no_customer_no_csm_and_nothing_of_few() -> None:
    facts = book().facts(LAST)
    facts.manifest = facts.manifest.model_copy(update={"audience": "external"})
    asked = inquiry_of(facts, LAST, "total")
    assert touch(asked).value.isna().all()
    assert set(touch(asked).reason) == {HIDDEN}
    assert [*touch_customers(asked).reason] == [HIDDEN]
    assert [*touch_load(asked).reason] == [HIDDEN]


def test_costs_of_a_segment_are_shared_out_by_hours() -> None:
    costs = [
        {"month": date(2025, month, 1), "kind": kind, "amount": Decimal(amount), "segment": "other"}
        for month in (4, 5, 6) for kind, amount in (("cs", 900), ("support", 50_000))
    ]  # fmt: skip
    table = figures(book(costs=costs).inquiry(LAST, "other"))
    assert table.loc[("high", "cost")].value == pytest.approx(900)
    assert table.loc[("low", "cost")].value == 0
