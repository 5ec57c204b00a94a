"""Charts: what they draw, what they say, and that both engines of Vega-Lite take them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import nbformat
import numpy as np
import pandas as pd
import pytest
import vl_convert

from cslib import charts
from cslib.charts import THEME, VEGA_MIME, Figures
from cslib.charts.scale import scale, spread
from cslib.i18n import Wording
from cslib.kpis.kpi import Unit
from cslib.stats import km_curve
from cslib.tables import OUTPUT_MIME
from tests import sample

if TYPE_CHECKING:
    from cslib.charts import Figure

JA, EN = Wording("ja"), Wording("en")
ALL = [
    pytest.param(one, id=f"{one.name}-{wording.language}") for wording in (JA, EN) for one in sample.figures(wording)
]
EMPTY = [pytest.param(one, id=one.name) for one in sample.empty_figures(JA)]


def layer(figure: Figure, name: str) -> dict[str, Any]:
    """Return a layer of a chart by its name."""
    assert figure.spec
    return next(one for one in figure.spec["layer"] if one.get("name") == name)


def drawn(figure: Figure, name: str) -> list[dict[str, Any]]:
    """Return the rows that a layer draws."""
    assert figure.spec
    data = layer(figure, name).get("data") or figure.spec["data"]
    rows: list[dict[str, Any]] = figure.spec["datasets"][data["name"]]
    return rows


@pytest.mark.parametrize("figure", ALL)
@pytest.mark.parametrize("version", ["5.8", "6.4"])
def test_jupyterlab_and_the_pages_both_take_the_specification(figure: Figure, version: str) -> None:
    spec = figure.bundle()[VEGA_MIME]
    assert "$schema" not in spec
    assert "marks" in vl_convert.vegalite_to_vega(spec, vl_version=version)


@pytest.mark.parametrize("figure", ALL)
def test_every_figure_says_what_it_shows(figure: Figure) -> None:
    assert figure.title
    assert figure.text.endswith(("。", "."))
    assert "<table" in figure.html
    assert figure.csv.count("\n") >= 2
    assert not re.search(r"\b(nan|None|inf)\b", figure.text + figure.html)


@pytest.mark.parametrize("figure", ALL)
def test_a_specification_is_light_and_follows_the_page(figure: Figure) -> None:
    assert figure.spec
    assert figure.spec["width"] == "container"
    assert figure.spec["config"] is THEME
    assert len(json.dumps(figure.spec, ensure_ascii=False).encode()) < 25_000
    assert not any(value != value for value in _numbers(figure.spec))  # noqa: PLR0124 - only nan differs from itself


def _numbers(value: object) -> list[float]:
    if isinstance(value, dict):
        return [number for one in value.values() for number in _numbers(one)]
    if isinstance(value, list):
        return [number for one in value for number in _numbers(one)]
    return [value] if isinstance(value, float) else []


def test_the_font_list_ends_in_a_generic_family() -> None:
    assert THEME["font"].endswith(", sans-serif")


@pytest.mark.parametrize("figure", ALL)
def test_notebooks_can_hold_a_figure(figure: Figure) -> None:
    output = nbformat.v4.new_output("display_data", data=figure._repr_mimebundle_())
    cell = nbformat.v4.new_code_cell(outputs=[output])
    nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))
    assert set(output.data) == {OUTPUT_MIME, VEGA_MIME, "text/plain"}
    assert set(figure._repr_mimebundle_(include={OUTPUT_MIME})) == {OUTPUT_MIME}


@pytest.mark.parametrize("figure", EMPTY)
def test_without_rows_a_figure_says_so_and_draws_nothing(figure: Figure) -> None:
    assert figure.spec is None
    assert figure.text == "この期間の値はありません。"
    assert VEGA_MIME not in figure.bundle()


def test_a_trend_without_values_gives_the_reason() -> None:
    figure = charts.trend(sample.long_table(sample.NRR, [None, None]), sample.NRR, EN)
    assert figure.text == "There are no values for this period (not measurable: needs goals)."


def test_a_trend_in_words() -> None:
    frame = sample.long_table(sample.NRR, [0.9, *[0.95] * 11, 0.98, 1.0], target=0.97)
    total = sample.long_table(sample.NRR, [0.9] * 14)
    said = charts.trend(frame, sample.NRR, JA, total).text
    assert said == (
        "2026年10月は100.0%(95%区間 90.0〜110.0%)、前月比+2.0ポイント(偶然の幅の中)、前年同月比+5.0ポイント(偶然の幅の中)。"
        "目標97.0%を達成。全体は90.0%。"
    )


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("on_target", "目標97.0%を達成"),
        ("off_target", "目標97.0%に未達"),
        ("within_interval", "目標97.0%は95%区間の中にあり、達成とも未達とも言えない"),
        ("small", ""),
    ],
)
def test_a_trend_says_of_its_target_what_the_status_says(status: str, said: str) -> None:
    frame = sample.long_table(sample.NRR, [0.9, 1.0], target=0.97).assign(status=status)
    text = charts.trend(frame, sample.NRR, JA).text
    assert said in text
    assert ("目標" in text) == bool(said)


def test_a_trend_says_which_changes_chance_may_have_made() -> None:
    frame = sample.long_table(
        sample.NRR, [0.5, *[0.8] * 11, 1.0]
    )  # +-10 %: 0.2 stands against 0.128, and 0.5 against 0.112
    frame.loc[11, "high"] = 0.99  # now the halves that face each other are 0.19 and 0.1: 0.215
    said = charts.trend(frame, sample.NRR, EN).text
    assert (
        "+20.0\N{NO-BREAK SPACE}pp on the month before (within chance), +50.0\N{NO-BREAK SPACE}pp on a year before."
        in said
    )
    without = frame.assign(low=None, high=None)
    assert "chance" not in charts.trend(without, sample.NRR, EN).text


def test_a_trend_does_not_judge_what_the_calendar_may_have_made() -> None:
    daily = replace(sample.NRR, by_day=True)
    frame = sample.long_table(daily, [0.9, 0.91])  # September and October 2026: 30 days and 31
    assert "chance" not in charts.trend(frame, daily, EN).text
    assert "chance" in charts.trend(frame, sample.NRR, EN).text


def test_a_month_without_a_value_is_a_gap_and_one_alone_is_a_point() -> None:
    frame = sample.long_table(sample.NRR, [0.9, None, 0.8, None, 0.7, 0.6])
    rows = drawn(charts.trend(frame.drop(index=1), sample.NRR, JA), "series")
    assert [row["month"] for row in rows] == sample.MONTHS[-6:]
    assert ["value" in row for row in rows] == [True, False, True, False, True, True]
    assert [row.get("mark") for row in rows] == ["point", None, "point", None, None, "point"]


def test_a_single_month_is_a_point_with_its_interval() -> None:
    figure = charts.trend(sample.long_table(sample.NRR, [0.9]), sample.NRR, EN)
    assert layer(figure, "whiskers")
    assert figure.text.startswith("90.0\N{NO-BREAK SPACE}% in Oct 2026")


def test_trends_are_shown_one_by_one() -> None:
    shown = charts.trends(sample.trend_of(sample.NRR), [sample.NRR], JA)
    assert isinstance(shown, Figures)
    assert [figure.name for figure in shown] == ["trend-nrr"]


def test_the_bridge_runs_from_opening_to_closing() -> None:
    figure = charts.movement_bridge(sample.BRIDGE, EN)
    rows = drawn(figure, "bars")
    assert [row["end"] for row in rows][-2:] == [1_040_000, 1_040_000]
    assert [row["amount"] for row in rows] == [
        "¥1.00M", "+¥60.0K", "+¥5.00K", "+¥30.0K", "+¥10.0K", "−¥20.0K", "−¥45.0K", "¥1.04M",
    ]  # fmt: skip
    assert figure.text == (
        "MRR went from ¥1.00M to ¥1.04M (+¥40.0K): ¥105K gained, ¥65.0K lost. The largest part: New (+¥60.0K)."
    )


def test_movements_put_losses_below_zero() -> None:
    figure = charts.movements(sample.MOVEMENTS, EN)
    rows = drawn(figure, "bars")
    assert {row["movement"]: row["amount"] for row in rows} == {
        "New": 5e5, "Upsell": 2e5, "Contraction": -1e5, "Churn": -4e5,
    }  # fmt: skip
    assert figure.text == "Net growth in 3 of 3 months; +¥200K net in Oct 2026 (the dots)."


def test_the_distribution_adds_up_to_the_published_nps() -> None:
    figure = charts.distribution(sample.ANSWERS, EN)
    assert figure.text == "Of 6 answers, 3 promoters, 2 passives and 1 detractors: NPS +33.3."


def test_quarterly_cohorts_are_named_as_quarters() -> None:
    frame = pd.DataFrame({"cohort": ["2026-01", "2026-04"], "age": [3, 3], "retention": [1.0, 0.5], "n": [1, 3]})
    figure = charts.cohorts(frame, JA)
    assert "2026年1〜3月" in figure.html
    assert figure.text.startswith("2コホート。その半数以上が迎えた最も長い3か月後で、契約中の割合は平均62.5%。")


def test_a_curve_that_does_not_reach_half_says_so() -> None:
    figure = charts.survival(sample.CURVE.head(2), EN, title="t")
    assert figure.text == (
        "By estimate 80.0\N{NO-BREAK SPACE}% are still open after 30\N{NO-BREAK SPACE}days: half are not yet done."
        " Of 20 cases 17 are still open and count with the days they have waited so far."
    )


def test_a_median_reads_as_an_estimate_and_not_as_a_count() -> None:
    """Of 10 cases 3 have ended, on days 10, 20 and 30; the others were cut on days 5 and 15: half by estimate, not by count.

    At risk 10, 5 after the first cuts, … the curve falls to 4/5, 3/5 and 2/5.
    """
    durations = np.array([5.0] * 5 + [10, 20, 30, 40, 40])
    observed = np.array([False] * 5 + [True] * 3 + [False] * 2)
    figure = charts.survival(km_curve(durations, observed), JA, title="t")
    assert figure.text.startswith("推定では半数が30日までに完了(95%区間 10日以上(上限には未到達))。")
    assert figure.text.endswith("10件のうち7件はまだ完了しておらず、待っている日数までを数えています。")


def test_ink_marks_what_is_lost_or_gained_and_not_that_nothing_has_happened() -> None:
    frame = pd.DataFrame({"cohort": ["2026-01"] * 3, "age": [0, 1, 2], "mrr_retention": [1.0, 0.6, 1.3], "n": [5] * 3})
    figure = charts.cohorts(frame, EN, "mrr_retention")
    assert figure.spec
    lost, gained = layer(figure, "lost"), layer(figure, "gained")
    assert [round(float(row["moved"]), 2) for row in drawn(figure, "lost")] == [0, 0.4, 0.3]
    assert (lost["transform"], gained["transform"]) == (
        [{"filter": "datum.retention <= 1"}], [{"filter": "datum.retention > 1"}],
    )  # fmt: skip
    for cells in (lost, gained):
        faint, full = cells["encoding"]["opacity"]["scale"]["range"]
        assert faint < 0.1 < full == 1  # over white paper and over black
    assert lost["mark"]["color"] != gained["mark"]["color"]
    kept = charts.cohorts(frame.rename(columns={"mrr_retention": "retention"}).head(2), EN)
    assert kept.spec
    assert "gained" not in [one["name"] for one in kept.spec["layer"]]


def test_a_curve_prints_how_many_cases_it_still_rests_on() -> None:
    """Of 20 cases on day 0, 16 are at risk on day 30, 10 on day 60 and 4 on day 90."""
    figure = charts.survival(sample.CURVE, EN, title="t")
    printed = {row["days"]: row["n"] for row in drawn(figure, "label_n")}
    assert printed == {0: "20", 20: "16", 40: "10", 60: "10", 80: "4", 100: "0"}
    assert layer(figure, "series")["encoding"]["y"]["axis"]["title"] == "Still open (estimate)"


@pytest.mark.parametrize("spike", [0.3, 0.9])
def test_a_spike_of_the_interval_does_not_set_the_axis_and_is_told(spike: float) -> None:
    """The values span 0.0 to 0.02: an interval widens the axis by as much, to 0.04, and no further."""
    frame = sample.long_table(sample.NRR, [0.0, 0.01, 0.02] * 4)
    frame["low"], frame["high"] = frame["value"], frame["value"] + 0.005
    plain = charts.trend(frame, sample.NRR, EN)
    frame.loc[5, "high"] = spike
    figure = charts.trend(frame, sample.NRR, EN)
    assert layer(figure, "series")["encoding"]["y"]["scale"]["domain"] == [0, 0.04]
    assert max(float(row["high"]) for row in drawn(figure, "band")) == 0.04
    assert "beyond the picture" in figure.text
    assert "beyond the picture" not in plain.text
    assert f"{spike * 100:.1f}" in figure.html
    assert str(spike) in figure.csv


CAVEAT = "Chance may explain the difference: one test over all of them does not tell them apart (at 5 %)."


def groups(values: list[float], half: float = 0.01) -> pd.DataFrame:
    """Return groups A, B, C … with intervals that reach so far to both sides."""
    names = [chr(ord("A") + at) for at in range(len(values))]
    value = np.array(values)
    return pd.DataFrame(
        {"group": names, "month": "2026-10", "value": value, "low": value - half, "high": value + half, "n": 50}
    )


def said_of(frame: pd.DataFrame) -> list[str]:
    """Return what the charts that name a highest and a lowest say of groups."""
    return [
        charts.breakdown(frame, sample.NRR, EN).text,
        charts.small_multiples(frame, sample.NRR, EN, "CSM").text,
    ]


def test_groups_that_chance_may_have_parted_are_not_told_apart() -> None:
    assert all(CAVEAT in said for said in said_of(groups([0.5, 0.52, 0.48], half=0.1)))
    assert not any(CAVEAT in said for said in said_of(groups([0.5, 0.9, 0.1], half=0.1)))


def test_one_group_has_neither_a_highest_nor_a_lowest() -> None:
    for said in said_of(groups([0.5])):
        assert said.startswith("A: 50.0")
        assert "ighest" not in said


def test_groups_that_all_stand_at_one_value_have_neither() -> None:
    full = groups([1.0, 1.0, 1.0]).assign(high=1.0)
    for said in said_of(full):
        assert said.startswith("All 3 stand at 100.0\N{NO-BREAK SPACE}%.")
        assert not re.search("highest|lowest", said, re.IGNORECASE)


def test_groups_that_share_a_place_are_named_together_or_counted() -> None:
    for said in said_of(groups([1.0, 0.5, 1.0, 0.9])):
        assert "A, C" in said
        assert "Lowest: B" in said
    many = charts.breakdown(groups([1.0, 0.5, 1.0, 1.0, 1.0]), sample.NRR, EN).text
    assert many.startswith("Highest: 4 alike (100.0\N{NO-BREAK SPACE}%). Lowest: B")


@pytest.mark.parametrize(
    ("values", "unit", "low", "high"),
    [
        ([0.86, 0.98], Unit.SHARE, 0.85, 1.0),
        ([0.005, 0.025], Unit.SHARE, 0.0, 0.03),
        ([5.0, 5.0], Unit.SCORE, 4.8, 5.2),
        ([], Unit.COUNT, 0, 4),
        ([-3e12, 2e12], Unit.AMOUNT, -4e12, 2e12),
    ],
)
def test_axes_hold_their_values_at_round_ticks(values: list[float], unit: Unit, low: float, high: float) -> None:
    axis = scale(values, unit)
    assert axis.low <= min([*values, axis.low])
    assert axis.high >= max([*values, axis.high])
    assert (axis.low, axis.high) == pytest.approx((low, high))


def test_labels_are_moved_apart() -> None:
    assert spread([5.0, 5.0, 9.9], 1.0, 0.0, 10.0) == [5.0, 6.0, 9.9]
    assert spread([9.9, 10.0], 1.0, 0.0, 10.0) == [9.0, 10.0]


def test_frames_are_left_as_they_were() -> None:
    before = sample.trend_of(sample.NRR)
    given = before.copy()
    charts.trend(given, sample.NRR, JA)
    pd.testing.assert_frame_equal(before, given)


def test_small_multiples_share_a_scale_and_stand_the_highest_first() -> None:
    figure = charts.small_multiples(sample.courses(3), sample.NRR, EN, "CSM", sample.courses(1))
    names = [row["group"] for row in drawn(figure, "label_row")]
    assert names == [*sample.HOSTILE[:3]][::-1]
    heights = {(row["at"], row["month"]): row.get("height") for row in drawn(figure, "series")}
    assert heights[2, sample.MONTHS[3]] is None  # a gap, not a line across it
    for at in range(3):
        of_panel = [height for (panel, _), height in heights.items() if panel == at and height is not None]
        assert -at - 1 < min(of_panel) < max(of_panel) < -at
    first, second = (heights[at, sample.MONTHS[-1]] for at in (0, 1))
    assert isinstance(first, float)
    assert isinstance(second, float)
    assert first > second + 1  # one panel and one hundredth apart
    assert len(drawn(figure, "total")) == len(sample.MONTHS) - 1


def test_of_many_groups_the_highest_twelve_are_shown_with_a_notice() -> None:
    figure = charts.small_multiples(sample.courses(15), sample.NRR, EN, "CSM")
    assert len(drawn(figure, "label_row")) == 12
    assert figure.text.endswith("The highest 12 of 15 shown; all are in the CSV.")
    assert figure.csv.count("\n") > 15 * 24
    assert figure.html.count("<tr>") == 12 + 1


def test_one_group_with_one_value_is_a_panel_too() -> None:
    alone = sample.courses(1).tail(1)
    figure = charts.small_multiples(alone, sample.NRR, JA, "CSM")
    assert len(drawn(figure, "points")) == 1
    assert figure.text.startswith(sample.HOSTILE[0])


def test_cohorts_of_more_ages_than_a_phone_holds_are_figured_where_there_is_room() -> None:
    ages = [{"cohort": "2026-01", "age": age, "retention": 0.9, "n": 5} for age in range(20)]
    figure = charts.cohorts(pd.DataFrame(ages), JA)
    assert figure.spec
    assert [one["name"] for one in figure.spec["layer"]] == ["lost", "fine_text"]
