"""Who is compared with whom, by hand: small books in which every figure can be checked by eye."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pytest

from cslib.stats.balancing import balanced
from cslib.stats.contrast import contrasts
from cslib.stats.losses import lost
from cslib.stats.readings import readings
from cslib.stats.trials import NEVER, Book, LeftOut, Outcome, Relative, Rules, trials

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cslib.stats.readings import Readings
    from cslib.stats.trials import Trials

    Floats = NDArray[np.float64]

RULES = Rules()
G = 7


@dataclass
class Customer:
    """A customer: its figure before and after month 7, the month of its start, and its months under contract."""

    before: float = 0.0
    after: float = 0.0
    start: int = NEVER
    since: int = 0
    until: int = 99
    figures: dict[int, float] = field(default_factory=dict)  # of single months


def book(customers: list[Customer], months: int = 14) -> tuple[Book, Floats]:
    """Return the customers as a book of months 0 to 13, and their figures; month 7 has a figure that no mean survives."""
    month = np.arange(months)
    under = np.array([(month >= one.since) & (month < one.until) for one in customers])
    figure = np.array([np.where(month < G, one.before, one.after) for one in customers], dtype=np.float64)
    figure[:, G] = 1e6
    for row, one in zip(figure, customers, strict=True):
        row[list(one.figures)] = list(one.figures.values())
    first = np.array([one.start for one in customers])
    return Book(first, under), np.where(under, figure, np.nan)


def read(customers: list[Customer], months: int = 14) -> Readings:
    """Return what is read of them."""
    found, figure = book(customers, months)
    return readings(found, Outcome("use", figure), RULES)


def who(found: Trials, start: int = G) -> tuple[list[int], list[int]]:
    """Return the participants and the others of a trial."""
    mine = found.start == start
    return found.customer[mine & found.treated].tolist(), found.customer[mine & ~found.treated].tolist()


PARTICIPANT, GREW, STAYED = Customer(10, 13, start=G), Customer(10, 11), Customer(8, 8)


def test_one_trial() -> None:
    found = read([PARTICIPANT, GREW, STAYED])
    assert found.estimate.value == pytest.approx(3 - (1 + 0) / 2)
    assert found.before == 10
    assert found.raw.value == 3
    assert np.isnan(found.estimate.low)  # one participant has no spread


@pytest.mark.parametrize("month", [0, G])
def test_the_start_month_and_what_lies_before_the_window_change_nothing(month: int) -> None:
    changed = Customer(10, 13, start=G, figures={month: -500.0})
    assert read([changed, GREW, STAYED]).estimate.value == pytest.approx(2.5)


def test_the_windows_are_six_months_on_either_side() -> None:
    before = Customer(0, 0, start=G, figures={1: 6.0})
    assert read([before, Customer(), Customer()]).estimate.value == pytest.approx(-1)
    after = Customer(0, 0, start=G, figures={13: 6.0})
    assert read([after, Customer(), Customer()]).estimate.value == pytest.approx(1)


# the traps


def test_a_comparison_customer_that_starts_later_stays() -> None:
    later = Customer(8, 8, start=9)
    assert who(trials(book([PARTICIPANT, GREW, later])[0], RULES)) == ([0], [1, 2])
    assert read([PARTICIPANT, GREW, later]).estimate.value == pytest.approx(2.5)


def test_a_comparison_customer_that_is_lost_later_stays_where_losses_are_counted() -> None:
    found = lost(book([PARTICIPANT, GREW, Customer(8, 8, until=9)])[0], RULES, 6)
    assert (found.participants_share, found.comparison_share) == (0, 1 / 2)


def test_the_start_month_is_immortal_so_that_who_is_lost_in_it_is_in_no_trial() -> None:
    # eligible by the close of the month before, the lost one would make a loss of one half that no participant could have had
    found, _ = book([PARTICIPANT, GREW, Customer(8, 8, until=G)])
    assert who(trials(found, RULES)) == ([0], [1])
    assert lost(found, RULES, 6).comparison_share == 0


def test_no_zeros_after_a_loss() -> None:
    gone = Customer(10, 13, start=G, until=9)
    found, figure = book([PARTICIPANT, gone, GREW, STAYED])
    use = readings(found, Outcome("use", figure), RULES)
    assert use.estimate.n == 1
    assert use.estimate.value == pytest.approx(2.5)
    assert use.left_out[LeftOut.LOST_SINCE] == 1
    assert lost(found, RULES, 6).participants_share == 1 / 2


def test_a_customer_that_came_back_was_lost() -> None:
    found, _ = book([PARTICIPANT, GREW, STAYED])
    found.under[0, 9] = False
    assert lost(found, RULES, 6).participants_share == 1


def test_customers_count_once_in_every_error() -> None:
    # the same two are compared in months 7 and 8; the second participant is too young for the first trial
    first, second = Customer(0, 3, start=G), Customer(0, 1, start=8, since=2, figures={G: 0.0, 8: 0.0})
    found, figure = book([first, second, Customer(0, 1, figures={G: 0.0}), Customer(figures={G: 0.0})], months=15)
    use = readings(found, Outcome("use", figure), RULES)
    # 3 - 1/2 and 1 - 1/2; what each customer adds: 1/2, -1/2, and twice ∓ 1/2 x 1/2 / 2 of those compared
    assert use.estimate.value == pytest.approx((2.5 + 0.5) / 2)
    assert use.estimate.se == pytest.approx(np.sqrt((1 / 4 + 1 / 4 + 1 / 16 + 1 / 16) * 2 / 1))
    assert use.comparison == pytest.approx(2)  # two customers, four rows


def test_who_was_compared_before_it_started_itself_counts_once_too() -> None:
    still = {G: 0.0, 8: 0.0}
    first, second = Customer(0, 5.5, start=G), Customer(0, 6, start=8, figures=still)
    found, figure = book([first, second, Customer(figures=still)], months=15)
    use = readings(found, Outcome("use", figure), RULES)
    # in month 7: 5.5 less (5 + 0) / 2, and in month 8: 6 less 0; the second adds as participant what it takes as compared
    assert use.estimate.value == pytest.approx((3 + 6) / 2)
    added = np.array([3 - 4.5, (6 - 4.5) - (5 - 2.5) / 2, -(0 - 2.5) / 2]) / 2
    assert use.estimate.se == pytest.approx(np.sqrt((added**2).sum() * 2 / 1))


def test_clusters_are_summed_before_they_are_squared() -> None:
    customers = [Customer(0, up, start=G) for up in (4, 4, 1, 1)] + [Customer(), Customer()]
    found, figure = book(customers)
    use = readings(
        Book(found.first, found.under, clusters=np.array([[1], [1], [2], [2], [3], [4]])), Outcome("use", figure), RULES
    )
    # 2.5 on average; each cluster of two adds ± 2 x 1.5 / 4; two clusters have participants
    assert use.estimate.se == pytest.approx(np.sqrt(2 * (3 / 4) ** 2 * 2 / 1))
    assert (use.clusters, use.estimate.freedom) == (2, 1)


def test_traits_and_clusters_are_read_as_they_were_before_the_start() -> None:
    found, _ = book([PARTICIPANT, GREW, STAYED])
    dated = np.zeros((3, 14))
    dated[:, G - 1] = [1, 2, 3]
    rows = trials(Book(found.first, found.under, {"dated": dated}, clusters=dated.astype(np.int64)), RULES)
    assert rows.traits["dated"].tolist() == [1, 2, 3]
    assert rows.cluster.tolist() == [1, 2, 3]


def test_the_past_is_of_half_the_months_before_each() -> None:
    found, _ = book([PARTICIPANT, GREW])
    month = np.tile(np.arange(14.0), (2, 1))
    rows = trials(Book(found.first, found.under, history={"use": month, "adoption": month}), RULES)
    assert {name: values[0] for name, values in rows.past.items()} == {
        "use_earlier": (1 + 2 + 3) / 3, "use_just_before": (4 + 5 + 6) / 3, "use_at_start": 7,
        "adoption_earlier": 2, "adoption_just_before": 5,
    }  # fmt: skip


# who is left out


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (Customer(start=8), LeftOut.NOT_YET),  # months 9 to 14 are not over at the end of 13
        (Customer(start=5), LeftOut.BEFORE_DATA),
        (Customer(start=-3), LeftOut.BEFORE_DATA),
        (Customer(start=G, since=2), LeftOut.TOO_YOUNG),
        (Customer(start=G, until=G), LeftOut.LEFT_AT_ONCE),
        (Customer(start=6, since=3), LeftOut.TOO_YOUNG),
    ],
)
def test_who_is_left_out_is_counted(one: Customer, why: LeftOut) -> None:
    found = trials(book([PARTICIPANT, GREW, one])[0], RULES)
    assert {reason: count for reason, count in found.left_out.items() if count} == {why: 1}
    assert who(found) == ([0], [1, 2] if why is LeftOut.NOT_YET else [1])
    assert found.participants == 1


def test_seven_closes_are_just_enough() -> None:
    assert who(trials(book([Customer(start=G, since=1), GREW])[0], RULES)) == ([0], [1])


def test_a_month_in_which_all_others_have_joined_falls_out() -> None:
    found = trials(book([PARTICIPANT, Customer(start=G)])[0], RULES)
    assert (found.participants, found.left_out[LeftOut.NOBODY_ELSE]) == (0, 2)


def test_a_figure_that_is_unknown_leaves_its_row_out() -> None:
    unknown = Customer(10, 13, start=G, figures={3: np.nan})
    found = read([PARTICIPANT, unknown, GREW, STAYED, Customer(0, 9, figures={9: np.nan})])
    assert (found.estimate.n, found.left_out[LeftOut.UNKNOWN]) == (1, 1)
    assert found.estimate.value == pytest.approx(2.5)


@pytest.mark.parametrize("months", [3, 13])
def test_a_short_book_tells_nothing(months: int) -> None:
    found = read([Customer(start=2), GREW], months=max(months, G + 1))
    assert (found.participants, found.starts, found.months) == (0, 0, ())
    assert np.isnan(found.estimate.value)
    assert np.isnan(found.sway)


def test_nobody_joined() -> None:
    found = read([GREW, STAYED])
    assert (found.participants, sum(found.left_out.values())) == (0, 0)


# figures that are relative


def test_an_amount_is_relative_to_the_month_before_and_clipped() -> None:
    found, figure = book([Customer(100, 150, start=G), Customer(10, 5), Customer(1, 40)])
    kept = readings(found, Outcome("mrr_kept", figure, Relative.LAST_BEFORE), RULES)
    assert kept.estimate.value == pytest.approx(0.5 - (-0.5 + 2) / 2)


def test_events_are_relative_to_the_mean_before() -> None:
    found, figure = book([Customer(100, 150, start=G, figures={1: 160.0, 2: 40.0}), Customer(10, 10)])
    use = readings(found, Outcome("use", figure, Relative.MEAN_BEFORE), RULES)
    assert use.estimate.value == pytest.approx(0.5)
    assert (use.before, use.raw.value) == pytest.approx((1, 0.5))


# weights


def sized(customers: list[Customer], large: list[int], ridge: float, copies: int = 1) -> tuple[Trials, Floats]:
    """Return the trials of customers, and their weights when size is to agree."""
    found, _ = book(customers * copies)
    rows = trials(found, RULES)
    size = np.tile(np.array(large, dtype=np.float64), copies)
    return rows, balanced(rows, {"large": size[rows.customer]}, ridge).weight


def test_weights_make_the_sizes_agree() -> None:
    one_large_three_small = [PARTICIPANT, *[Customer()] * 4]
    rows, weight = sized(one_large_three_small, [1, 1, 0, 0, 0], ridge=0)
    assert rows.customer.tolist() == [0, 1, 2, 3, 4]
    assert weight == pytest.approx([1, 1, 0, 0, 0], abs=1e-6)
    _, weight = sized(one_large_three_small, [1, 1, 0, 0, 0], ridge=1, copies=200)
    assert weight[:5] == pytest.approx([1, 1, 0, 0, 0], abs=0.02)


def test_a_ridge_keeps_what_separates_finite() -> None:
    # (1 - w) / s = tilt, with w = e / (e + 3), e = exp(tilt / s) and s the deviation of two large among five
    _, weight = sized([PARTICIPANT, *[Customer()] * 4], [1, 1, 0, 0, 0], ridge=1)
    spread = np.sqrt(2 / 5 * 3 / 5)
    tilt = (1 - weight[1]) / spread
    raised = np.exp(tilt / spread)
    assert weight[1] == pytest.approx(raised / (raised + 3), abs=1e-8)
    assert weight[2:] == pytest.approx([(1 - weight[1]) / 3] * 3)


def test_each_trial_has_as_much_weight_as_participants() -> None:
    rng = np.random.default_rng(1)
    n = 80
    first = np.where(rng.random(n) < 0.4, rng.integers(6, 20, n), NEVER)
    found = Book(first, np.ones((n, 26), np.bool_))
    rows = trials(found, RULES)
    traits = {name: rng.normal(size=n)[rows.customer] for name in "ab"}
    weights = balanced(rows, traits)
    others = ~rows.treated
    assert np.bincount(rows.trial, weights.weight * others) == pytest.approx(rows.sizes)
    # what is left of a difference is the ridge's: tilt / n, in standard deviations
    assert [one.difference for one in weights.balance] == pytest.approx(weights.tilt / rows.participants, abs=1e-9)
    for one, values in zip(weights.balance, traits.values(), strict=True):
        assert one.participants == pytest.approx(values[rows.treated].mean())
        means = [values[others & (rows.trial == trial)].mean() for trial in range(rows.started)]
        assert one.before_weights == pytest.approx(np.average(means, weights=rows.sizes))
        assert one.difference == pytest.approx((one.participants - one.comparison) / values.std())


def test_one_large_customer_does_not_throw_the_weights_off() -> None:
    # a whole Newton step overshoots where the tail is so long, and comes to no end
    rng = np.random.default_rng(30)
    first = np.where(rng.random(40) < 0.4, rng.integers(6, 9, 40), NEVER)
    rows = trials(Book(first, np.ones((40, 15), np.bool_)), RULES)
    amount = rng.standard_t(1.2, 40) * np.where(first < NEVER, 6, 1)
    weights = balanced(rows, {"amount": amount[rows.customer]})
    assert weights.balance[0].difference == pytest.approx(weights.tilt[0] / rows.participants, abs=1e-9)


def test_a_trait_that_does_not_vary_and_one_that_is_unknown_weigh_nothing() -> None:
    rows, _ = sized([PARTICIPANT, GREW, STAYED], [0, 0, 0], ridge=1)
    weights = balanced(rows, {"same": np.full(3, 0.1), "unknown": np.full(3, np.nan)})
    assert (weights.items, weights.weight.tolist(), weights.effective) == ((), [1, 0.5, 0.5], 2)


def test_what_traits_tell_of_a_figure_is_no_error() -> None:
    # figures that follow the size alone: the weights are estimated, but nothing is left that could vary
    customers = [*[Customer(start=G)] * 6, *[Customer()] * 20]
    large = [1, 1, 1, 0, 0, 0, *[1] * 5, *[0] * 15]
    found, _ = book(customers)
    rows = trials(found, RULES)
    size = np.array(large, dtype=np.float64)[rows.customer]
    weights = balanced(rows, {"large": size}, ridge=1e-9)
    (contrast,) = contrasts(weights, size[:, None])
    assert contrast.value == pytest.approx(0, abs=1e-6)
    luck = np.random.default_rng(2).normal(size=len(size))
    small, large_too = contrasts(weights, np.column_stack([luck, luck + 100 * size]))
    assert large_too.value == pytest.approx(small.value, abs=1e-4)
    assert large_too.se == pytest.approx(small.se, rel=1e-3)


def test_the_third_reading_is_of_those_alike_before() -> None:
    # of two that did not start, one was like the participant before, and grew as it did
    found, figure = book([*[Customer(10, 12, start=G)] * 30, *[Customer(10, 12)] * 30, *[Customer(2, 2)] * 30])
    use = readings(
        Book(found.first, found.under, history={"use": np.where(figure > 1e5, 10, figure)}),
        Outcome("use", figure),
        RULES,
    )
    assert use.estimate.value == pytest.approx(1)
    assert use.alike.value == pytest.approx(0, abs=0.15)
    assert [one.item for one in use.balance] == ["use_earlier", "use_just_before"]


def test_neither_names_nor_order_matter() -> None:
    rng = np.random.default_rng(3)
    n, months = 120, 26
    first = np.where(rng.random(n) < 0.4, rng.integers(6, 20, n), NEVER)
    use, size = rng.normal(10, 2, (n, months)), (rng.random((n, 1)) < 0.3).astype(np.float64)
    under = rng.integers(12, 60, n)[:, None] > np.arange(months)
    mixed = rng.permutation(n)
    told = [
        readings(
            Book(first[order], under[order], {"large": size[order]}, {"use": use[order]}),
            Outcome("use", use[order]),
            RULES,
        )
        for order in (np.arange(n), mixed)
    ]
    for one, other in zip(told[0].three, told[1].three, strict=True):
        assert one == pytest.approx(other, rel=1e-9)
