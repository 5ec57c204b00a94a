"""What goes with a programme: figures by hand on small ledgers, what cannot be told and why, and what outsiders are not told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from cslib.analysis.analyses import analyse
from cslib.analysis.effect import study as effect_study
from cslib.analysis.effect.compared import effect_compared
from cslib.analysis.effect.effect import COLUMNS, effect
from cslib.analysis.effect.ground import Ground
from cslib.analysis.effect.months import KEPT, effect_months
from cslib.analysis.effect.readings import effect_readings
from cslib.analysis.effect.rivals import Rivals
from cslib.analysis.effect.starts import Starts, joined
from cslib.analysis.effect.terms import Terms
from cslib.analysis.effect.told import Counted
from cslib.kpis import reasons
from cslib.periods import Month
from cslib.privacy.suppression import HIDDEN
from cslib.settings import OUTCOMES
from cslib.stats.judging import Effect, Judgement
from tests.ledger import FIRST, Ledger, inquiry_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tests.ledger import Row

START = 6  # the month of the start: the seventh
LAST = FIRST + 12  # six months after it
TRAINING = {"programme": "training"}
FOUR = ("effect", "effect_compared", "effect_months", "effect_readings")


def day(month: int, of: int = 10) -> date:
    """Return a day of a month counted from the first of the ledger."""
    return (FIRST + month).first_day.replace(day=of)


def before_and_after(before: int, after: int, months: int = 13, start: int = START) -> list[int]:
    """Return so many events in each month before the start, in it none at all, and so many in each after it."""
    return [before if month < start else after if month > start else 0 for month in range(months)]


def one(who: str, events: Sequence[int], **contract: object) -> dict[str, list[Row]]:
    """Return the rows of a customer with one seat whose contract is open, and that uses so much a month."""
    term = {
        "contract_id": f"{who} 1",
        "customer_id": who,
        "product": "core",
        "starts_on": day(0, 1),
        "mrr": 100,
        "seats": 1,
        **contract,
    }
    used = [
        {"customer_id": who, "used_on": day(month), "feature": "report", "events": count}
        for month, count in enumerate(events)
        if count
    ]
    return {"customers": [{"customer_id": who, "plan": "large"}], "contracts": [term], "usage": used}


def starts(*rows: tuple[str, int] | tuple[str, int, str]) -> list[Row]:
    """Return starts of programmes: who, in which month, and of which where it is not the training."""
    return [
        {"customer_id": who, "started_on": day(month), "programme": named[0] if named else "training"}
        for who, month, *named in rows
    ]


def book(*customers: Mapping[str, list[Row]], programmes: list[Row], **policies: object) -> Ledger:
    """Return a ledger of customers and starts."""
    tables = {name: [row for one in customers for row in one[name]] for name in customers[0]}
    return Ledger({**tables, "programmes": programmes}).under(**policies)


HAND = [one("p", before_and_after(10, 13)), one("a", before_and_after(10, 11)), one("b", before_and_after(8, 8))]


def told(
    ledger: Ledger, outcome: str, as_of: Month = LAST, programme: str = "training", **settings: object
) -> pd.Series[Any]:
    """Return the row of `effect` of everybody."""
    table = effect(ledger.inquiry(as_of, "total", **settings))
    (row,) = table[(table.programme == programme) & (table.outcome == outcome)].to_dict("records")
    return pd.Series(row)


# by hand


def test_one_trial_by_hand() -> None:
    """10 -> 13 against 10 -> 11 and 8 -> 8: 3 less the mean of 1 and 0. The month of the start belongs to neither side."""
    row = told(book(*HAND, programmes=starts(("p", START))), "use")
    assert (row.participants, row.starts, row.clusters) == (1, 1, 1)
    assert row.value == pytest.approx(2.5)
    assert row.before == pytest.approx(10)
    # one participant between two others cannot be made alike with their past, either
    assert (row.verdict, row.reason) == ("cannot_tell", "few_participants, few_starts, few_compared, unbalanced")


def test_what_is_used_in_the_month_of_the_start_changes_nothing() -> None:
    busy = [50 if month == START else events for month, events in enumerate(before_and_after(10, 13))]
    ledger = book(one("p", busy), *HAND[1:], programmes=starts(("p", START)))
    assert told(ledger, "use").value == pytest.approx(2.5)


def test_a_later_starter_stays_to_compare_with() -> None:
    ledger = book(*HAND, programmes=starts(("p", START), ("a", 9)))
    assert told(ledger, "use").value == pytest.approx(2.5)


def test_who_has_started_before_is_not_compared() -> None:
    """`a` is in since month 2 (too young for a trial): 3 less 0 of `b` alone."""
    ledger = book(*HAND, programmes=starts(("p", START), ("a", 2)))
    assert told(ledger, "use").value == pytest.approx(3)


def test_who_leaves_within_the_month_of_the_start_is_in_no_trial() -> None:
    gone = one("a", before_and_after(10, 0), ends_on=day(START, 20))
    row = told(book(HAND[0], gone, HAND[2], programmes=starts(("p", START))), "lost_6")
    assert row.value == pytest.approx(0)  # neither of p and b is lost


def test_who_is_lost_is_out_of_use_and_lost() -> None:
    """Of two participants one is lost in the third month after: use is that of the other, and half are lost."""
    gone = one("q", before_and_after(10, 30), ends_on=day(9, 20))
    ledger = book(*HAND, gone, programmes=starts(("p", START), ("q", START)))
    inquiry = ledger.inquiry(LAST, "total")
    found = effect(inquiry).set_index("outcome")
    assert (found.participants["use"], found.value["use"]) == (1, pytest.approx(2.5))
    assert (found.participants["lost_6"], found.value["lost_6"]) == (2, pytest.approx(0.5))
    assert found.value["mrr_retained"] == pytest.approx(-0.5)
    readings, held_against = effect_readings(inquiry), effect_compared(inquiry)
    shares = readings[(readings.outcome == "lost_6") & (readings.kind == "share")].set_index("reading").value
    assert dict(shares) == {"participants": 0.5, "comparison": 0.0}
    assert set(held_against.n[held_against.kind == "trait"]) == {1}  # of adoption, for which it was meant, as of use
    ground, (study,) = inquiry.studies.ground, inquiry.studies.of("total")
    whom = {
        outcome: [sorted(ground.ids[who]) for who in sets]
        for outcome, sets in Counted(study, ground.cells).sets.items()
    }
    assert whom["use"] == [["p"], ["a", "b"]]
    assert whom["lost_6"] == [["p", "q"], ["a", "b"], ["q"], ["p"]]  # those who were lost and those who stayed, too


def test_the_months_around_the_start_by_hand() -> None:
    table = effect_months(book(*HAND, programmes=starts(("p", START))).inquiry(LAST, "total"))
    use = table[table.outcome == "use"].set_index("since")
    assert list(use.index) == list(range(-6, 7))
    # in the month of the start nobody uses anything: -10 against -10 and -8
    np.testing.assert_allclose(use.participants, [0] * 6 + [-10] + [3] * 6)
    np.testing.assert_allclose(use.comparison, [0] * 6 + [-9] + [0.5] * 6)
    np.testing.assert_allclose(use.value, use.participants - use.comparison)
    assert (set(use.n), set(use.n_comparison)) == ({1}, {2})
    kept = table[table.outcome == KEPT]
    assert list(kept.since) == list(range(7))  # six months are over
    assert set(kept.participants) == set(kept.comparison) == {1.0}


def test_use_without_seats_is_a_share_of_what_it_was() -> None:
    """13 / 10 less the mean of 11 / 10 and 8 / 8."""
    bare = [{**each, "contracts": [{**term, "seats": None} for term in each["contracts"]]} for each in HAND]
    row = told(book(*bare, programmes=starts(("p", START))), "use")
    assert row.value == pytest.approx(1.3 - 1.05)
    assert row.before == pytest.approx(1)


def test_what_is_paid_is_held_against_the_month_before_the_start() -> None:
    """100 -> 150 in the second month after the start: five of six months at 1.5."""
    grown = {
        **HAND[0],
        "contracts": [
            {**HAND[0]["contracts"][0], "ends_on": day(7, 31)},
            {**HAND[0]["contracts"][0], "contract_id": "p 2", "starts_on": day(8, 1), "mrr": 150},
        ],
    }  # fmt: skip
    ledger = book(grown, *HAND[1:], programmes=starts(("p", START)))
    assert told(ledger, "mrr_kept").value == pytest.approx(0.5 * 5 / 6)
    assert told(ledger, "mrr_retained").value == pytest.approx(0.5)


def test_answers_are_compared_over_a_year_on_either_side() -> None:
    """-1 -> 1 and 0 against 1 -> 1: (0.5 + 1) less 0."""
    answered = [("p", 1, 3), ("p", 14, 9), ("p", 20, 7), ("a", 3, 10), ("a", 16, 9)]
    surveys = [
        {"response_id": str(place), "customer_id": who, "kind": "nps", "score": score, "responded_on": day(month)}
        for place, (who, month, score) in enumerate(answered)
    ]
    ledger = book(*HAND, programmes=starts(("p", 12))).with_rows(surveys=surveys)
    row = told(ledger, "nps", FIRST + 24)
    assert (row.participants, row.value) == (1, pytest.approx(1.5))
    assert "not_yet" in told(ledger, "nps", FIRST + 23).reason


def test_adoption_follows_the_policy() -> None:
    """Four weeks of use in every month after the start, and one before it: 0 -> 1 against 0 -> 0."""
    weekly = [
        {"customer_id": "p", "used_on": day(month, of), "feature": "report", "events": 1}
        for month in range(START + 1, 13)
        for of in (1, 6, 11, 16, 21, 26)
    ]
    ledger = book({**HAND[0], "usage": [*HAND[0]["usage"], *weekly]}, *HAND[1:], programmes=starts(("p", START)))
    row = told(ledger, "adoption")
    assert row.value == pytest.approx(1)
    assert row.before == pytest.approx(0)
    assert told(ledger.under(adoption_weeks={"active": 1, "of": 4}), "adoption").value == pytest.approx(0)


# who is compared with whom


def compared(ledger: Ledger, as_of: Month = LAST, programme: str = "training") -> pd.DataFrame:
    """Return the rows of everybody by item."""
    table = effect_compared(ledger.inquiry(as_of, "total"))
    return table[table.programme == programme].set_index("item")


def test_participants_that_are_left_out_are_counted_by_the_reason() -> None:
    late = one("late", [5] * 13, starts_on=day(3, 1))
    gone = one("gone", [5] * 13, ends_on=day(8, 20))
    ledger = book(
        *HAND, late, gone, one("soon", [5] * 13), one("long", [5] * 13),
        programmes=starts(("p", START), ("late", START), ("gone", 8), ("soon", 10), ("long", 2)),
    )  # fmt: skip
    found = compared(ledger, FIRST + 14)
    left = found[found.kind == "left_out"].n
    assert dict(left) == {"not_yet": 1, "before_data": 1, "too_young": 1, "left_at_once": 1, "nobody_else": 0}


def traits(ledger: Ledger) -> pd.DataFrame:
    """Return the traits of both sides."""
    found = compared(ledger)
    return found[found.kind == "trait"]


def test_a_trait_is_read_before_the_start() -> None:
    """The participant's term falls due in the fourth month after the close before the start, one in the 18th, one is open."""
    end = FIRST + START + 3
    due = one("p", before_and_after(10, 13), ends_on=end.last_day, term_months=10)
    renewed = {**HAND[0]["contracts"][0], "contract_id": "p 2", "starts_on": (end + 1).first_day}
    long = one("a", before_and_after(10, 11), ends_on=day(START + 17, 31), term_months=24)
    ledger = book({**due, "contracts": [*due["contracts"], renewed]}, long, HAND[2], programmes=starts(("p", START)))
    found = traits(ledger)
    assert (found.participants["due"], found.before_weights["due"]) == (1, 0)
    # two terms have a length, that of the third runs until further notice
    assert (found.participants["monthly_or_open"], found.before_weights["monthly_or_open"]) == (0, 0.5)
    assert "log_mrr" not in found.index  # all pay the same


def test_size_tenure_and_other_columns_are_traits() -> None:
    who = ["p", "a", "b", "c", "d", "e"]
    customers = [
        {
            "customer_id": name,
            "plan": "large" if name in "pab" else "small",
            "employees": 10 * (1 + place),
            "industry": kind,
        }
        for place, (name, kind) in enumerate(
            zip(who, ["food", "food", "steel", "steel", "steel", "steel"], strict=True)
        )
    ]
    young = {"starts_on": date(2023, 3, 1)}
    rows = [
        one(name, before_and_after(10, 10), **(young if name in "pa" else {"starts_on": date(2020, 1, 1)}))
        for name in who
    ]
    ledger = book(*rows, programmes=starts(("p", START))).with_rows(customers=customers)
    found = traits(ledger)
    # thirds of 10 … 60: up to 26.7, up to 43.3, above
    wanted = {
        "size_middle": (0, 2 / 5), "size_large": (0, 2 / 5), "industry:food": (1, 1 / 5), "industry:steel": (0, 4 / 5),
        "plan:large": (1, 2 / 5), "plan:small": (0, 3 / 5), "tenure_under_24": (1, 1 / 5), "segment:large": (1, 2 / 5),
        "segment:small": (0, 3 / 5),
    }  # fmt: skip
    for item, (mine, others) in wanted.items():
        assert (found.participants[item], found.before_weights[item]) == (mine, pytest.approx(others)), item
    assert "tenure_under_12" not in found.index  # sixteen months since the start of the youngest
    inside = effect_compared(ledger.inquiry(LAST, "large"))
    assert not inside.item.str.startswith("segment:").any()


def test_products_are_read_at_the_close_and_tell_more_than_the_plan() -> None:
    extra = {"contract_id": "p 2", "product": "extra", "mrr": 100, "seats": None, "starts_on": day(2, 1)}
    rows = [{**each, "contracts": [*each["contracts"], {**extra, "customer_id": who}] if who == "p" else each["contracts"]}
            for who, each in zip("pab", HAND, strict=True)]  # fmt: skip
    found = traits(book(*rows, programmes=starts(("p", START))))
    assert (found.participants["product:extra"], found.before_weights["product:extra"]) == (1, 0)
    assert not found.index.str.startswith("plan:").any()


def test_in_another_programme_is_what_is_so_in_the_month_of_the_start() -> None:
    other = [{"customer_id": "p", "programme": "other", "started_on": day(START - 1), "ended_on": day(START + 1)},
             {"customer_id": "a", "programme": "other", "started_on": day(1), "ended_on": day(START - 1)}]  # fmt: skip
    ledger = book(*HAND, programmes=[*starts(("p", START)), *other])
    found = traits(ledger)
    assert (found.participants["other_programme"], found.before_weights["other_programme"]) == (1, 0)
    readings = effect_readings(ledger.inquiry(LAST, "total"))
    near = readings[
        (readings.programme == "training") & (readings.reading == "other_programme") & (readings.outcome == "use")
    ]
    assert list(near.value) == [1.0]  # p joined it a month before, nobody else within three


def test_rivals_by_hand() -> None:
    """Two tickets a month after the start, one of them grave, seats from 1 to 2: 2 and 1 more a month, half per seat."""
    grown = [
        {**HAND[0]["contracts"][0], "ends_on": day(6, 31)},
        {**HAND[0]["contracts"][0], "contract_id": "p 2", "starts_on": day(7, 1), "seats": 2},
    ]
    tickets = [
        {
            "ticket_id": f"{month} {level}",
            "customer_id": "p",
            "opened_at": datetime.combine(day(month), time(9)),
            "severity": level,
        }
        for month in range(START + 1, 13)
        for level in ("urgent", "low")
    ]
    ledger = book({**HAND[0], "contracts": grown}, *HAND[1:], programmes=starts(("p", START))).with_rows(
        tickets=tickets
    )
    readings = effect_readings(ledger.inquiry(LAST, "total"))
    assert ((readings.reason == "") == readings.value.notna()).all()
    assert not readings[["moves", "in_the_way"]].any(axis=None)  # of one participant nothing is beyond chance
    rivals = readings[(readings.outcome == "use") & (readings.kind == "rival")].set_index("reading").value
    assert dict(rivals) == pytest.approx({"grave_tickets": 0.5, "tickets": 1, "price": -50, "seats": 1})


def test_what_never_differs_among_a_segments_customers_is_no_rival() -> None:
    """The large have one seat each, the small one three."""
    small = {**one("s", before_and_after(10, 10), seats=3), "customers": [{"customer_id": "s", "plan": "small"}]}
    facts = book(*HAND, small, programmes=starts(("p", START))).facts(LAST)
    begun = joined(facts, LAST)
    ground = Ground(facts, LAST, begun.customer_id)
    found = Rivals(facts, ground, Terms(facts, LAST, ground), Starts.of(begun, ground.ids, ground.first, ground.months))
    assert [one.id for one in found.of("total")] == ["price", "seats"]
    assert not found.of("large")


@pytest.mark.parametrize(("since", "adopted"), [(1, 0.0), (2, np.nan)])
def test_adoption_is_known_once_so_many_weeks_under_contract_are_over(since: int, adopted: float) -> None:
    """Of four weeks the last is over on 28 February 2025 where the contract began on the first, and not where on the second."""
    late = one("n", [1] * 14, starts_on=day(13, since))
    facts = book(HAND[0], late, programmes=[]).facts(FIRST + 13)
    ground = Ground(facts, FIRST + 13, pd.Series([], dtype=str))
    np.testing.assert_array_equal(ground.adopted[ground.ids.get_loc("n"), -1], adopted)


# of what nothing can be told


def reason(ledger: Ledger, outcome: str = "use", as_of: Month = LAST, **asked: Any) -> str:
    """Return why."""
    return str(told(ledger, outcome, as_of, **asked).reason)


def test_without_starts_each_segment_has_a_row_with_the_reason() -> None:
    for ledger, why in (
        (book(*HAND, programmes=[]), "none"),
        (book(*HAND, programmes=starts(("p", START))).without("programmes"), "needs programmes"),
        (book(*HAND, programmes=starts(("p", START))).without("contracts"), "needs contracts"),
        (book(*HAND, programmes=starts(("p", 14))), "none"),  # not yet, as of the month
    ):
        for name in FOUR:
            table = analyse(name, ledger.inquiry(LAST))
            assert list(table.segment) == ["large", "total"], name
            assert set(table.reason) == {why}
            assert set(table.programme) == {""}


def test_a_programme_that_everybody_joined_in_one_month_has_nobody_to_compare_with() -> None:
    ledger = book(*HAND, programmes=starts(*product("pab", [START])))
    assert reason(ledger) == "nobody_else"
    assert dict(compared(ledger).n) == {
        "not_yet": 0, "before_data": 0, "too_young": 0, "left_at_once": 0, "nobody_else": 3,
    }  # fmt: skip


def test_a_programme_that_nobody_of_a_segment_joined_says_so() -> None:
    small = {**one("s", [5] * 13), "customers": [{"customer_id": "s", "plan": "small"}]}
    table = effect(book(*HAND, small, programmes=starts(("p", START))).inquiry(LAST, "small"))
    assert list(table.outcome) == list(OUTCOMES)
    assert set(table[~table.reason.str.startswith("needs")].reason) == {"none"}


def test_a_programme_that_begins_with_the_contract_has_no_before() -> None:
    new = [one(who, [5] * 20, starts_on=day(7, 1)) for who in ("x", "y")]
    ledger = book(*HAND, *new, programmes=starts(("x", 7), ("y", 7)))
    assert {reason(ledger, outcome, FIRST + 19) for outcome in ("use", "mrr_kept", "lost_6")} == {"no_before"}


def test_usage_that_begins_after_the_start_is_not_known() -> None:
    late = [{**each, "usage": [row for row in each["usage"] if row["used_on"] >= day(4)]} for each in HAND]
    ledger = book(*late, programmes=starts(("p", START)))
    facts = ledger.facts(LAST)
    facts.manifest = facts.manifest.model_copy(update={"firsts": {"usage": str(FIRST + 4)}})
    table = effect(inquiry_of(facts, LAST, "total")).set_index("outcome")
    assert table.reason["use"] == "unknown"
    assert table.value["mrr_kept"] == pytest.approx(0)  # which needs no usage


@pytest.mark.parametrize(
    ("without", "outcome", "why"),
    [("usage", "use", "needs usage"), ("usage", "adoption", "needs usage"), ("surveys", "nps", "needs surveys")],
)
def test_an_outcome_whose_table_is_absent_says_what_it_needs(without: str, outcome: str, why: str) -> None:
    row = told(book(*HAND, programmes=starts(("p", START))).without(without), outcome)
    assert (row.reason, row.verdict) == (why, "")


def test_a_customer_in_two_programmes_counts_in_each_and_once_in_any() -> None:
    ledger = book(*HAND, programmes=starts(("p", START), ("p", START, "other")))
    found = {name: told(ledger, "use", programme=name).participants for name in ("training", "other", "*")}
    assert found == {"training": 1, "other": 1, "*": 1}
    later = book(*HAND, programmes=starts(("p", START), ("p", START + 1, "other")))
    assert told(later, "use", FIRST + 13, programme="*").value == pytest.approx(2.5)  # the first of both


@pytest.mark.parametrize("name", FOUR)
@pytest.mark.parametrize(
    "programmes",
    [
        starts(("p", START), ("p", START, "other")), starts(*product("pab", [START])), starts(("p", -3)), starts(("x", START)),
        starts(("p", START), ("p", 8), ("p", 8)), [{**starts(("p", START))[0], "ended_on": day(3)}],
    ],
    ids=["two at once", "all at once", "before the data", "without a contract", "again and again", "ends before"],
)  # fmt: skip
def test_odd_starts_are_no_traceback(name: str, programmes: list[Row]) -> None:
    nobody = {"customers": [{"customer_id": "x", "plan": "large"}], "contracts": [], "usage": []}
    table = analyse(name, book(*HAND, nobody, programmes=programmes).inquiry(LAST))
    assert [*dict.fromkeys(table.segment)] == ["large", "total"]
    assert table.reason.notna().all()


# settings


def test_the_settings_name_the_programme_and_what_it_was_meant_for() -> None:
    entry = {
        "programme": "training",
        "name": {"ja": "研修", "en": "Training"},
        "outcome": "use",
        "expected": 2,
        "assignment": "drawn",
    }
    table = effect(book(*HAND, programmes=starts(("p", START))).inquiry(LAST, "total", programmes=(entry,)))
    assert set(zip(table.name_ja, table.name_en, table.assignment, strict=True)) == {("研修", "Training", "drawn")}
    assert list(table.outcome[table.meant]) == ["use"]
    assert dict(table.set_index("outcome").expected.dropna()) == {"use": 2}


def test_without_settings_adoption_was_meant_or_use_where_days_are_not_told() -> None:
    ledger = book(*HAND, programmes=starts(("p", START)))
    assert told(ledger, "adoption").meant
    assert (told(ledger, "adoption").assignment, told(ledger, "adoption").name_en) == ("unknown", "training")
    facts = ledger.facts(LAST)
    by_month = facts.manifest.tables["usage"].model_copy(update={"by_month": True})
    facts.manifest = facts.manifest.model_copy(update={"tables": {**facts.manifest.tables, "usage": by_month}})
    table = effect(inquiry_of(facts, LAST, "total")).set_index("outcome")
    assert (table.reason["adoption"], bool(table.meant["use"])) == (reasons.NO_DAYS, True)


# many customers: a rise that is there, and one that is not


def many(lift: float, customers: int = 150, months: int = 26, seed: int = 5, **policies: object) -> Ledger:
    """Return customers of which a third joins at random, in months 7 to 18, and uses `lift` times as much from the month after."""
    rng = np.random.default_rng(seed)
    rows, programmes = [], []
    for place in range(customers):
        begin = int(rng.integers(7, 19)) if place % 3 == 0 else months
        level = rng.uniform(8, 14)
        events = rng.poisson([level * (lift if month > begin else 1) for month in range(months)])
        row = one(f"c{place:03d}", [int(count) for count in events])
        plan, region = ("large", "small")[place % 2], f"r{place // 3 % 9}"
        rows.append({**row, "customers": [{"customer_id": f"c{place:03d}", "plan": plan, "region": region}]})
        programmes += starts((f"c{place:03d}", begin)) if begin < months else []
    return book(*rows, programmes=programmes, **policies)


MANY = FIRST + 25


def test_a_rise_that_is_there_is_supported_and_one_that_is_not_is_not() -> None:
    there, nothing = (told(many(lift), "use", MANY) for lift in (1.4, 1.0))
    assert (there.verdict, there.reason, there.participants) == ("supported", "", 50)
    assert there.low < 0.4 * 11 < there.high
    assert there.lowest <= there.value <= there.highest
    assert there.breakdown == pytest.approx(there.low / there.sway)
    assert nothing.verdict == "cannot_tell"
    assert nothing.low < 0 < nothing.high


@pytest.mark.parametrize(
    ("programmes", "verdict"), [(("training",), "supported"), (("training", "other"), "consistent")]
)
def test_all_pairs_of_a_report_are_judged_together(
    programmes: Sequence[str], verdict: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three pairs with p = 0.01 each hold together (0.03), nine, of two programmes and of any, do not (0.09)."""
    monkeypatch.setattr(effect_study, "judge", lambda *_asked, **_said: Judgement(Effect.SUPPORTED, (), 0.01))
    ledger = book(*HAND, programmes=starts(*(("p", START, name) for name in programmes)))
    row = told(ledger, "use")
    assert (row.verdict, row.reason) == (verdict, "" if verdict == "supported" else "holm")


def test_groups_that_joined_as_a_whole_are_counted_as_groups() -> None:
    entry = {"programme": "training", "cluster": "region"}
    row = told(many(1.4), "use", MANY, programmes=(entry,))
    assert (row.clusters, row.verdict) == (9, "supported")
    fewer = told(many(1.4, effect={"clusters": 10}), "use", MANY, programmes=(entry,))
    assert (fewer.verdict, fewer.reason) == ("cannot_tell", "few_clusters")


def test_the_policy_says_how_many_are_enough() -> None:
    few = told(many(1.4, effect={"least": 51}), "use", MANY)
    assert (few.verdict, few.reason) == ("cannot_tell", "few_participants")
    assert few.needed == 51
    assert few.needed_by > str(MANY)


def test_a_column_that_is_not_shown_keeps_the_programme_from_being_told() -> None:
    row = told(many(1.4), "use", MANY, programmes=({"programme": "training", "cluster": "office"},))
    assert (row.reason, row.verdict, row.value) == ("needs customers.office", "", pytest.approx(np.nan, nan_ok=True))


def test_names_and_the_order_of_rows_decide_nothing() -> None:
    plain = many(1.4, customers=60)
    rng = np.random.default_rng(1)
    names = {f"c{place:03d}": f"x{new:03d}" for place, new in enumerate(rng.permutation(60))}
    renamed = replace(plain, rows={
        table: [{**rows[place], "customer_id": names[rows[place]["customer_id"]]} for place in rng.permutation(len(rows))]
        for table, rows in plain.rows.items()
    })  # fmt: skip
    for name in FOUR:
        pd.testing.assert_frame_equal(
            analyse(name, plain.inquiry(MANY)), analyse(name, renamed.inquiry(MANY)), rtol=1e-6, atol=1e-9
        )


def test_a_segment_is_told_of_its_own_customers_alone() -> None:
    ledger = many(1.4, customers=60)
    mine = effect(ledger.inquiry(MANY, "large"))
    theirs = {row["customer_id"] for row in ledger.rows["customers"] if row["plan"] == "large"}
    own = {name: [row for row in rows if row["customer_id"] in theirs] for name, rows in ledger.rows.items()}
    alone = effect(Ledger(own).inquiry(MANY, "total"))
    pd.testing.assert_frame_equal(mine.drop(columns="segment"), alone.drop(columns="segment"), rtol=1e-6, atol=1e-9)


# outsiders


def outside(ledger: Ledger, as_of: Month, *segments: str) -> Callable[[str], pd.DataFrame]:
    """Return what outsiders are told, by the name of the table."""
    facts = ledger.facts(as_of)
    facts.manifest = facts.manifest.model_copy(update={"audience": "external"})
    inquiry = inquiry_of(facts, as_of, *segments)
    return lambda name: analyse(name, inquiry)


def test_outsiders_are_told_nothing_of_few() -> None:
    shown = outside(book(*HAND, programmes=starts(("p", START))), LAST)
    for name in FOUR:
        table = shown(name)
        assert table.select_dtypes(["float64", "Int64"]).isna().all().all(), name
        assert set(table.reason) <= {HIDDEN, "needs surveys"}


def test_outsiders_are_told_of_many() -> None:
    ledger = many(1.4)
    inside, shown = effect(ledger.inquiry(MANY, "total")), outside(ledger, MANY, "total")("effect")
    both = [frame[frame.outcome == "use"].drop(columns="month").reset_index(drop=True) for frame in (inside, shown)]
    pd.testing.assert_frame_equal(both[0], both[1])
    readings, months = (outside(ledger, MANY, "total")(name) for name in ("effect_readings", "effect_months"))
    assert readings.value.notna().any()
    assert readings.n.isna().all()
    assert months.n.isna().all()
    assert months.n_comparison.isna().all()
    assert set(months[months.outcome == KEPT].reason) == {HIDDEN}


@pytest.mark.parametrize("joined", [3, 4])
def test_outsiders_cannot_subtract_a_segment(joined: int) -> None:
    """Of the small ones few join: neither they are told, nor the large ones beside everybody."""
    ledger = many(1.4)
    small = {row["customer_id"] for row in ledger.rows["customers"] if row["plan"] == "small"}
    mine = [row for row in ledger.rows["programmes"] if row["customer_id"] in small][:joined]
    rest = [row for row in ledger.rows["programmes"] if row["customer_id"] not in small]
    table = outside(ledger.with_rows(programmes=[*mine, *rest]), MANY)("effect")
    use = table[table.outcome == "use"].set_index("segment")
    assert use.reason["small"] == HIDDEN
    assert (use.reason == HIDDEN).sum() >= 2
    assert use[use.reason != HIDDEN].participants.notna().all()


def test_outsiders_cannot_subtract_one_programme_from_any() -> None:
    ledger = many(1.4)
    rows = [{**row, "programme": "rare"} if place < 3 else row for place, row in enumerate(ledger.rows["programmes"])]
    table = outside(ledger.with_rows(programmes=rows), MANY, "total")("effect")
    use = table[table.outcome == "use"].set_index("programme")
    assert (use.reason["rare"], use.reason["*"]) == (HIDDEN, HIDDEN)
    assert use.participants["training"] == 47


def test_losses_of_few_are_not_told_outside() -> None:
    """Two of fifty participants are lost: how many is not told, nor by how many use rests on fewer than what is left of MRR."""
    ledger = many(1.4)
    joined = [row["customer_id"] for row in ledger.rows["programmes"]][:2]
    begun = {row["customer_id"]: row["started_on"] for row in ledger.rows["programmes"]}
    contracts = [
        {**row, "ends_on": (Month.of(begun[row["customer_id"]]) + 3).last_day} if row["customer_id"] in joined else row
        for row in ledger.rows["contracts"]
    ]
    table = outside(ledger.with_rows(contracts=contracts), MANY, "total")("effect").set_index("outcome")
    assert table.participants["use"] == 48
    assert set(table.reason[["lost_6", "mrr_retained"]]) == {HIDDEN}


def test_the_table_has_its_columns() -> None:
    table = effect(book(*HAND, programmes=starts(("p", START))).inquiry(LAST))
    assert tuple(table.columns) == COLUMNS
    assert table.meant.dtype == bool


# who served whom


def served(ledger: Ledger, *rows: tuple[str, str, int]) -> Ledger:
    """Return the book with the CSM of each customer from a month on."""
    ends = {(who, begin): min((later - 1 for other, _, later in rows if other == who and later > begin), default=None)
            for who, _, begin in rows}  # fmt: skip
    terms = [
        {"customer_id": who, "kind": "csm", "value": csm, "started_on": day(begin, 1),
         "ended_on": (FIRST + end).last_day if (end := ends[who, begin]) is not None else None}
        for who, csm, begin in rows
    ]  # fmt: skip
    return ledger.with_rows(assignments=terms)


@pytest.mark.parametrize(("month", "near"), [(2, 0), (3, 1), (9, 1), (10, 0)])
def test_another_csm_within_three_months_of_the_start_is_a_rival(month: int, near: int) -> None:
    """Of the start in month 6: one that took over in the months 3 to 9."""
    ledger = served(
        book(*HAND, programmes=starts(("p", START))), ("p", "x", 0), ("p", "y", month), ("a", "x", 0), ("b", "x", 0)
    )
    table = effect_readings(ledger.inquiry(LAST, "total"))
    found = table[(table.outcome == "use") & (table.reading == "csm")].value
    assert list(found) == [near]


def test_the_csm_of_the_close_before_the_start_is_the_group() -> None:
    ledger = many(1.4, customers=60)
    rows = [(f"c{place:03d}", f"s{place % 9}", 0) for place in range(60)] + [
        (f"c{place:03d}", "all", 25) for place in range(60)
    ]
    row = told(served(ledger, *rows), "use", MANY, programmes=({"programme": "training", "assignment": "by_csm"},))
    assert row.clusters == 3  # a third of the customers joined, those of the CSMs 0, 3 and 6
    assert "few_clusters" in row.reason
    nobody = effect(ledger.inquiry(MANY, "total", programmes=({"programme": "training", "assignment": "by_csm"},)))
    assert list(nobody.outcome) == list(OUTCOMES)


def test_a_wave_is_one_group() -> None:
    row = told(many(1.4, customers=60), "use", MANY, programmes=({"programme": "training", "assignment": "wave"},))
    assert row.clusters == row.starts


def test_any_programme_is_held_against_what_most_were_meant_for() -> None:
    ledger = book(*HAND, programmes=starts(("p", START, "a"), ("a", START, "b"), ("b", START, "c")))
    meant = {"a": "use", "b": "nps", "c": "use"}
    entries = [{"programme": name, "outcome": outcome} for name, outcome in meant.items()]

    def of_any(said: Sequence[Row]) -> list[str]:
        table = effect(ledger.inquiry(LAST, "total", programmes=tuple(said)))
        return [*table.outcome[(table.programme == "*") & table.meant]]

    assert of_any(entries) == ["use"]
    assert of_any(entries[:2]) == ["use"]  # even: the first in the order of outcomes
    assert of_any([]) == ["adoption"]
