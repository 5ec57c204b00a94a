"""How long customers stay: curves by hand, late entry by hand and by drawing, groups that differ, and what is kept from outsiders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cslib.analysis.lifetimes.spells import record_begins, seen_after, spells
from cslib.analysis.lifetimes.survival import ALONE, CHANCE, COLUMNS, FEW, GROUPINGS, YOUNG, survival
from cslib.periods import Month
from cslib.privacy.suppression import HIDDEN
from cslib.stats import Lives, km_quantile, life_curve, log_rank
from tests.ledger import FIRST, Ledger, inquiry_of
from tests.test_as_of import END, _demo_facts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cslib.portfolio import Portfolio
    from tests.ledger import Row

    Ints = NDArray[np.int64]

LAST = Month.parse("2024-12")


def spell(who: str, start: str, end: str = "", **more: Any) -> Row:
    """Return a contract from the first of a month on, up to the first of the month `end`, in which it is lost."""
    ends = Month.parse(end).first_day if end else None
    return {"contract_id": f"{who}{start}{more.get('product')}", "customer_id": who, "product": "core", "mrr": 10,
            "starts_on": Month.parse(start).first_day, "ends_on": ends, **more}  # fmt: skip


def book(*contracts: Row, models: dict[str, str] | None = None, **policies: object) -> Ledger:
    """Return a book of contracts; each customer's plan is its segment, large or small by its first letter."""
    names = sorted({str(one["customer_id"]) for one in contracts})
    customers = [
        {
            "customer_id": one,
            "plan": "small" if one.startswith("s") else "large",
            "touch_model": (models or {}).get(one),
        }
        for one in names
    ]
    return Ledger({"customers": customers, "contracts": list(contracts)}).under(**policies)


def curve(ledger: Ledger, grouping: str = "all", group: str = "", segment: str = "total") -> pd.DataFrame:
    """Return the curve of a group."""
    table = survival(ledger.inquiry(LAST, segment))
    return table[(table.grouping == grouping) & (table.group == group)].set_index("months")


# the curve


def test_the_day_by_which_a_share_has_ended() -> None:
    """Of four that end on days 1 to 4, two fifths have by day 2 and three fifths by day 3; where most never end, nobody knows."""
    days, ended = np.array([1.0, 2, 3, 4]), np.ones(4, np.bool_)
    assert [km_quantile(days, ended, share) for share in (0.25, 0.4, 0.6)] == [1, 2, 3]
    assert np.isnan(km_quantile(days, ended & (days < 2), 0.6))
    assert np.isnan(km_quantile(days, ~ended, 0.1))


def lives(*rows: tuple[int, int, int]) -> Lives:
    """Return spells: entered, left, lost."""
    entered, left, lost = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    return Lives(entered, left, lost.astype(bool))


def test_a_curve_by_hand() -> None:
    """Of four one is lost at 2; of the three then left one is still there at 2, and of the last two one is lost at 4."""
    told = life_curve(lives((0, 2, 1), (0, 2, 0), (0, 4, 1), (0, 5, 0))).set_index("age")
    assert told.at_risk.to_dict() == {0: 4, 1: 4, 2: 4, 3: 2, 4: 2, 5: 1}
    assert told.lost.to_dict() == {0: 0, 1: 0, 2: 1, 3: 0, 4: 1, 5: 0}
    assert told.share.to_dict() == {0: 1, 1: 1, 2: 3 / 4, 3: 3 / 4, 4: 3 / 8, 5: 3 / 8}
    greenwood = 1 / (4 * 3) + 1 / (2 * 1)
    half = stats.norm.ppf(0.975) * greenwood**0.5 / np.log(3 / 8)
    assert told.low[4] == pytest.approx((3 / 8) ** np.exp(-half))
    assert told.high[4] == pytest.approx((3 / 8) ** np.exp(half))
    assert told.low[4] < 3 / 8 < told.high[4]
    assert told.low[:1].isna().all()


def test_a_curve_without_late_entry_is_the_published_one() -> None:
    rng = np.random.default_rng(3)
    left, lost = rng.integers(1, 20, 200), rng.random(200) < 0.6
    told = life_curve(Lives(np.zeros(200, dtype=np.int64), left, lost)).set_index("age")
    theirs = stats.ecdf(stats.CensoredData.right_censored(left.astype(float), ~lost)).sf
    band = theirs.confidence_interval(method="log-log")
    ages = theirs.quantiles.astype(int)
    np.testing.assert_allclose(told.share[ages], theirs.probabilities)
    inside = (theirs.probabilities < 1) & (theirs.probabilities > 0)
    np.testing.assert_allclose(told.low[ages][inside], band.low.probabilities[inside])
    np.testing.assert_allclose(told.high[ages][inside], band.high.probabilities[inside])


def test_who_comes_in_late_is_at_risk_from_then_on() -> None:
    told = life_curve(lives((0, 2, 1), (1, 3, 1), (0, 4, 0))).set_index("age")
    assert told.at_risk.to_dict() == {0: 2, 1: 2, 2: 3, 3: 2, 4: 1}
    assert told.share[3] == pytest.approx(2 / 3 * 1 / 2)


def test_a_curve_of_late_ones_alone_begins_where_they_are_seen() -> None:
    told = life_curve(lives((7, 9, 1), (7, 12, 0)))
    assert (told.age.iloc[0], told.age.iloc[-1]) == (7, 12)
    assert told.share.tolist() == [1, 1, 1 / 2, 1 / 2, 1 / 2, 1 / 2]


def test_a_curve_ends_where_nobody_is_seen_any_more() -> None:
    assert life_curve(lives((0, 2, 0), (5, 9, 1))).age.tolist() == [0, 1, 2]
    assert life_curve(lives((0, 0, 0))).empty
    assert life_curve(Lives(*(np.zeros(0, dtype=kind) for kind in ("int64", "int64", "bool")))).empty


def test_when_all_are_lost_nobody_stays() -> None:
    told = life_curve(lives((0, 1, 1), (0, 2, 1)))
    assert told.share.tolist() == [1, 1 / 2, 0]
    assert np.isnan(told.low.iloc[-1])


def _drawn(rng: np.random.Generator, count: int, hazard: float) -> tuple[Ints, Ints]:
    """Return starts over 60 months and ages at the loss."""
    return rng.integers(0, 60, count), rng.geometric(hazard, count)


def test_late_entry_makes_up_for_those_who_were_lost_before_the_record() -> None:
    """Of 3,000 customers with 3 % lost a month, those lost before the 40th month are not on record: as if none of them were."""
    start, life = _drawn(np.random.default_rng(11), 3000, 0.03)
    end = np.minimum(start + life, 72)
    kept = end > 40
    entered, left, lost = np.maximum(40 - start, 0)[kept], (end - start)[kept], (start + life <= 72)[kept]
    share = life_curve(Lives(entered, left, lost)).set_index("age").share
    for age in (6, 12, 24):
        assert share[age] == pytest.approx(0.97**age, abs=0.03)
    naive = life_curve(Lives(np.zeros_like(entered), left, lost)).set_index("age").share
    assert naive[24] > 0.97**24 + 0.1


# whether groups differ


def test_two_groups_by_hand_and_by_scipy() -> None:
    """Without late entry and with a spell per customer it is at least the published p, and near it."""
    rng = np.random.default_rng(7)
    left, lost = rng.integers(1, 25, 120), rng.random(120) < 0.7
    groups = (np.arange(120) >= 60).astype(np.int64)
    left[groups == 1] += 4
    x, y = (
        stats.CensoredData.right_censored(left[groups == one].astype(float), ~lost[groups == one]) for one in (0, 1)
    )
    published = stats.logrank(x, y).pvalue
    found = log_rank(Lives(np.zeros(120, dtype=np.int64), left, lost), groups, np.arange(120))
    assert published <= found * (1 + 1e-9)
    assert found < published * 3
    assert found < 0.05


@pytest.mark.parametrize("each", [1, 3])
def test_groups_that_are_alike_seldom_differ(each: int) -> None:
    """Of 200 books without any difference at most 8 % are told apart, though each customer has three spells that are alike."""
    rng, found = np.random.default_rng(5), []
    for _book in range(200):
        frailty = np.repeat(rng.gamma(2, 0.5, 60), each)
        left = np.minimum(rng.geometric(np.clip(0.08 * frailty, 1e-3, 1)), 24)
        entered = np.minimum(rng.integers(0, 6, len(left)), left - 1)
        groups = np.repeat(np.arange(60) % 3, each)
        lost = left < 24
        found.append(log_rank(Lives(entered, left, lost), groups, np.repeat(np.arange(60), each)))
    assert np.mean(np.array(found) < 0.05) <= 0.08


def test_of_one_group_and_without_a_loss_there_is_no_test() -> None:
    one = lives((0, 2, 1), (0, 3, 0))
    assert np.isnan(log_rank(one, np.zeros(2, dtype=np.int64), np.arange(2)))
    assert np.isnan(log_rank(lives((0, 2, 0), (0, 3, 0)), np.arange(2), np.arange(2)))


# spells


def test_a_spell_goes_from_its_first_close_to_its_loss_and_one_that_returns_begins_anew() -> None:
    ledger = book(spell("a", "2024-02", "2024-05"), spell("a", "2024-09"))
    rows = curve(ledger)
    assert rows.customers.iloc[0] == 1
    assert rows.at_risk.to_dict() == {
        0: 2,
        1: 2,
        2: 2,
        3: 2,
    }  # closes of February to April, and of September to December
    assert rows.lost.to_dict() == {0: 0, 1: 0, 2: 0, 3: 1}
    assert rows.share.to_dict() == {0: 1, 1: 1, 2: 1, 3: 1 / 2}


def test_a_contract_older_than_the_data_comes_in_at_its_age() -> None:
    """From October 2023, and the data begin in January 2024: at the close of it three months old, and lost when nine."""
    ledger = book(spell("a", "2023-10", "2024-07"), spell("b", "2024-01"))
    rows = curve(ledger)
    assert rows.at_risk.to_dict() == {age: 1 + (4 <= age <= 9) for age in range(12)} | {0: 1}
    assert rows.share[9] == 1 / 2
    assert rows.share[8] == 1
    assert set(rows.since) == {""}


def test_by_product_each_is_a_portfolio_of_its_own() -> None:
    ledger = book(spell("a", "2024-01"), spell("a", "2024-03", "2024-06", product="more"))
    assert curve(ledger, "product", "core").lost.sum() == 0
    more = curve(ledger, "product", "more")
    assert more.lost.to_dict() == {0: 0, 1: 0, 2: 0, 3: 1}
    assert curve(ledger).lost.sum() == 0  # the customer has stayed


def test_a_year_of_start_is_a_cohort() -> None:
    rows = survival(book(spell("a", "2024-01"), spell("b", "2023-05"), spell("c", "2024-06")).inquiry(LAST, "total"))
    cohorts = rows[rows.grouping == "cohort"].groupby("group").customers.first()
    assert cohorts.to_dict() == {"2023": 1, "2024": 2}


def test_losses_that_nobody_kept_are_no_sign_of_long_lives() -> None:
    """Thirty of those who came since 2020 are there in 2024, and of the others the source knows nothing: then one in ten goes a month."""
    months = [str(FIRST + number) for number in range(30)]
    last = Month.parse("2026-06")
    old = [spell(f"o{number}", "2024-01", months[16 + number // 2] if number < 24 else "") for number in range(30)]
    new = [spell(f"n{number}", months[16 + number % 10], months[18 + number % 10]) for number in range(20)]
    whole = book(*old, *new)
    rows = spells(whole.facts(last), last)
    assert record_begins(rows, FIRST) == Month.parse(months[16]).number
    table = survival(whole.inquiry(last, "total"))
    assert set(table.since) == {months[16]}
    assert (
        len(seen_after(rows, Month.parse(months[16]).number)) == 48
    )  # two were lost in the month that began the record
    assert table[table.grouping == "all"].at_risk.iloc[0] == 20  # who came in that very month is seen from its close on


def test_few_months_without_a_loss_are_nothing_to_wonder_at() -> None:
    ledger = book(*(spell(f"a{number}", "2024-01", "2024-08" if number < 3 else "") for number in range(9)))
    assert record_begins(spells(ledger.facts(LAST), LAST), FIRST) == FIRST.number


# the table


def many(models: tuple[str, str] = ("high", "low"), lost: tuple[int, int] = (10, 2)) -> Ledger:
    """Return twice twenty customers by touch model, so many of each lost, one a month from March on."""
    rows, held = [], {}
    for model, count, letter in zip(models, lost, "ls", strict=True):
        for number in range(20):
            who = f"{letter}{number:02}"
            held[who] = model
            rows.append(spell(who, "2024-01", f"2024-{3 + number % 9:02}" if number < count else ""))
    return book(*rows, models=held)


def test_the_table_holds_every_segment_and_grouping() -> None:
    table = survival(many().inquiry(LAST))
    assert tuple(table.columns) == COLUMNS
    assert not table.duplicated(["segment", "grouping", "group", "months"]).any()
    assert set(zip(table.segment, table.grouping, strict=True)) == {
        (segment, grouping) for segment in ("total", "large", "small") for grouping in GROUPINGS
    }
    assert set(table[table.grouping == "all"].verdict) == {""}
    assert (table.share.dropna().between(0, 1)).all()


def test_groups_that_are_lost_otherwise_differ_and_those_alike_do_not() -> None:
    far, near = (survival(many(lost=lost).inquiry(LAST, "total")) for lost in ((18, 1), (9, 9)))
    verdicts = [table[table.grouping == "touch_model"][["verdict", "reason"]].iloc[0].tolist() for table in (far, near)]
    assert verdicts == [["differ", ""], ["cannot_tell", CHANCE]]
    assert far[far.grouping == "product"].reason.iloc[0] == ALONE


@pytest.mark.parametrize(
    ("ledger", "grouping", "reason"),
    [
        (many().without("contracts"), "all", "needs contracts"),
        (many(lost=(5, 3)), "touch_model", FEW),
        (many(lost=(0, 0)), "touch_model", FEW),
        (many(("high", "high")), "touch_model", ALONE),
        (book(spell("a", "2024-02")), "touch_model", "empty: nobody and nothing to measure"),
        (book(spell("a", "2024-02", product=None)), "product", "empty: nobody and nothing to measure"),
        (book(spell("a", "2024-12")), "all", YOUNG),
        (book(spell("a", "2024-02")), "cohort", ALONE),
        (book(spell("a", "2024-02", mrr=0)), "all", "empty: nobody and nothing to measure"),
    ],
)
def test_what_cannot_be_told_says_why(ledger: Ledger, grouping: str, reason: str) -> None:
    table = survival(ledger.inquiry(LAST, "total"))
    assert set(table[table.grouping == grouping].reason) == {reason}
    assert set(table[(table.grouping == grouping) & (table.grouping != "all")].verdict) <= {"cannot_tell"}


def test_without_a_loss_everybody_stays_and_no_interval_is_made_up() -> None:
    rows = curve(many(lost=(0, 0)))
    assert (rows.share == 1).all()
    assert rows.low.isna().all()


def test_small_groups_are_marked() -> None:
    ledger = many().under(min_n=21)
    assert set(curve(ledger, "touch_model", "high").status) == {"small"}
    assert set(curve(ledger).status) == {""}


def test_a_source_without_touch_models_says_so() -> None:
    ledger = many()
    facts = ledger.facts(LAST)
    states = facts.manifest.tables
    bare = states["customers"].model_copy(update={"columns": ("customer_id", "plan")})
    facts.manifest = facts.manifest.model_copy(update={"tables": {**states, "customers": bare}})
    table = survival(inquiry_of(facts, LAST, "total"))
    assert table[table.grouping == "touch_model"].reason.tolist() == ["needs customers.touch_model"]


def test_order_of_rows_changes_nothing() -> None:
    ledger = many()
    turned = Ledger({name: list(reversed(rows)) for name, rows in ledger.rows.items()}, ledger.policies)
    pd.testing.assert_frame_equal(survival(ledger.inquiry(LAST)), survival(turned.inquiry(LAST)))


@pytest.mark.parametrize("back", [2, 9])
def test_later_rows_of_the_demo_change_nothing(back: int, demo_book: Portfolio) -> None:
    month = END - back
    later, then = (
        survival(inquiry_of(_demo_facts(demo_book, last, known), month))
        for last, known in ((END, None), (month, month))
    )
    assert then.share.notna().sum() > 100
    pd.testing.assert_frame_equal(later, then)


# outsiders


def outside(ledger: Ledger) -> pd.DataFrame:
    """Return the table as outsiders see it."""
    facts = ledger.facts(LAST)
    facts.manifest = facts.manifest.model_copy(update={"audience": "external"})
    return survival(inquiry_of(facts, LAST))


def test_outsiders_are_told_of_few_nowhere_nor_by_subtraction() -> None:
    """Four of the small segment stay beyond July: with the large one the total would tell of them."""
    rows = [spell(f"l{number:02}", "2024-01") for number in range(20)]
    rows += [spell(f"s{number:02}", "2024-01", "2024-08" if number < 16 else "") for number in range(20)]
    table = outside(book(*rows))
    every = table[table.grouping == "all"]
    assert every[every.segment == "small"].months.max() == 8
    assert every[(every.segment == "small") & (every.months == 8)].reason.tolist() == [HIDDEN]
    told = every.dropna(subset=["share"])
    assert set(told.months) <= {0, 6}
    assert (told.at_risk >= 5).all()
    counts = told.pivot_table(index="months", columns="segment", values="at_risk")
    left = counts.total - counts.large
    assert (left.isna() | (left >= 5) | (left == 0)).all()


def test_a_group_of_few_is_hidden_with_another_that_would_tell_of_it() -> None:
    models = {f"l{number:02}": "high" if number < 3 else "low" if number < 12 else "tech" for number in range(30)}
    table = outside(book(*(spell(one, "2024-01") for one in models), models=models))
    mine = table[(table.grouping == "touch_model") & (table.segment == "total")]
    hidden = set(mine[mine.reason == HIDDEN].group)
    assert "high" in hidden
    assert len(hidden) > 1
    assert mine[mine.group.isin(hidden)][["customers", "at_risk", "share"]].isna().all(axis=None)
