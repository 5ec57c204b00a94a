"""The scorecard and the tiles, cell by cell: each figure in its own column, and each mark with its own meaning."""

from __future__ import annotations

import re
from html import unescape

import pandas as pd
import pytest

from cslib import tables
from cslib.i18n import Wording
from cslib.kpis.kpi import Kpi, Stage, Unit
from cslib.tables import sparkline_svg
from cslib.tables.marks import SHAPES, change_mark, direction, history_mark, value_mark
from tests import sample

EN = Wording("en")
CARD = sample.card().assign(owner=pd.Series(["Sato <CS>", "", None, ""], dtype=object).to_numpy())
FEW = pd.DataFrame({"kpi": ["churn"], "value": [0.05], "n": [3.0], "status": ["small"], "history": [[]]})


def said(html: str) -> str:
    """Return what a reader sees of a piece of HTML: its words, with a bar where an element ends."""
    bare = re.sub(r"<svg.*?</svg>", "", html)
    words = re.sub(r"<[^>]*>", "|", bare).replace("\N{NO-BREAK SPACE}", " ")
    return " ".join(part for part in re.split(r"[|\s]*\|[|\s]*", unescape(words)) if part)


def rows(html: str) -> dict[str, dict[str, tuple[str, str | None]]]:
    """Return the cells of each KPI by their column: what they say, and what they sort by."""
    found = {}
    for row in re.findall(r'<tr><th scope="row">(.*?)</tr>', html):
        name, _, cells = row.partition("</th>")
        each = re.findall(r'<td[^>]*?data-label="([^"]*)"(?: data-sort="([^"]*)")?>(.*?)</td>', cells)
        found[said(name)] = {label: (said(shown), sort) for label, sort, shown in each}
    return found


def column(label: str, at: int = 0) -> dict[str, str | None]:
    """Return what the scorecard shows in a column (at 1: what it sorts by), by KPI."""
    return {name: cells[label][at] for name, cells in rows(tables.scorecard(CARD, sample.KPIS, EN).html).items()}


def of_each(*told: str) -> dict[str, str]:
    """Return the four KPIs of the sample, each with what is told of it."""
    return dict(zip(("nps rate Sato <CS>", "nrr rate", "churn rate", "mrr rate"), told, strict=True))


def test_a_value_has_its_interval_or_its_reason_below() -> None:
    assert column("Value") == of_each(
        "+33.3 +10.0 to +50.0", "80.0 % 75.0 to 84.2 %", "– not measurable: needs contracts", "¥123M"
    )
    assert column("Value", 1) == of_each("0.333333333333", "0.8", "", "123456789")
    html = tables.scorecard(CARD, sample.KPIS, EN).html
    assert '<b class="value">80.0\N{NO-BREAK SPACE}%</b><small>75.0 to 84.2\N{NO-BREAK SPACE}%</small></td>' in html
    assert re.findall(r'<td class="([^"]*)" data-label="Value"', html) == ["num headline"] * 4


def test_an_interval_stands_below_a_value_alone_and_before_its_reason() -> None:
    card = CARD.assign(low=0.1, high=0.2, reason=["", "short: 3 of 12 months", "needs contracts", ""])
    shown = {name: cells["Value"][0] for name, cells in rows(tables.scorecard(card, sample.KPIS, EN).html).items()}
    assert shown["churn rate"] == "– not measurable: needs contracts"
    assert shown["nrr rate"].startswith(f"80.0 % 10.0 to 20.0 % {EN.reason('short: 3 of 12 months')}")
    assert "<br>" in tables.scorecard(card, sample.KPIS, EN).html


def test_target_total_and_n_stand_in_their_own_columns() -> None:
    assert column("Target") == of_each("+30.0", "90.0 %", "1.0 %", "–")
    assert column("Target", 1) == of_each("0.3", "0.9", "0.01", "")
    assert column("Total") == of_each("+20.0", "85.0 %", "2.0 %", "¥1.00B")
    assert column("Total", 1) == of_each("0.2", "0.85", "0.02", "1000000000")
    assert column("n") == of_each("6", "20", "0", "20")
    assert column("n", 1) == of_each("6", "20", "0", "20")


def test_changes_stand_in_their_own_columns() -> None:
    assert column("vs last month") == of_each("+5.0 (within chance)", "↓ −1.2 pp worse", "–", "→ ±¥0")
    assert column("vs last month", 1) == of_each("0.05", "-0.012", "", "0")
    unjudged = "(chance or not cannot be judged)"
    assert column("vs last year") == of_each("–", f"+2.0 pp {unjudged}", "–", f"−¥1.00M {unjudged}")


def test_statuses_sort_from_reached_to_what_cannot_be_measured() -> None:
    assert column("Status") == of_each("● On target", "◆ Off target", "× Not measurable", "○ No target")
    order = ["on_target", "within_interval", "off_target", "no_target", "small", "not_measurable", "unheard of"]
    card = pd.concat([CARD.head(1)] * 7).assign(status=order)
    cells = re.findall(r'data-label="Status" data-sort="(\d)"', tables.scorecard(card, sample.KPIS, EN).html)
    assert cells == ["0", "1", "2", "3", "4", "5", "6"]


def test_a_column_of_numbers_stands_to_the_right() -> None:
    html = tables.scorecard(CARD, sample.KPIS, EN).html
    heads = re.findall(r'<th scope="col"( class="num")?>([^<]*)</th>', html)
    assert {name for right, name in heads if right} == {
        "Value", "Target", "vs last month", "vs last year", "Total", "n",
    }  # fmt: skip
    assert [name for right, name in heads if not right] == ["KPI", "Status", "History"]


def test_an_owner_stands_below_the_name_of_its_kpi() -> None:
    html = tables.scorecard(CARD, sample.KPIS, EN).html
    assert '<span class="kpi">nps rate</span><small><bdi>Sato &lt;CS&gt;</bdi></small>' in html
    assert re.findall(r'<span class="kpi">([^<]*)</span></th>', html) == ["nrr rate", "churn rate", "mrr rate"]


@pytest.mark.parametrize(
    ("kpis", "title", "stages"),
    [
        (("nrr", "mrr"), EN.text("kpis_of", stage=EN.stage(Stage.FINANCIAL)), 0),
        (("nps", "nrr", "mrr"), EN.text("kpis_all"), 2),
    ],
)
def test_a_card_of_one_stage_is_named_after_it_and_has_no_heads(kpis: tuple[str, ...], title: str, stages: int) -> None:
    table = tables.scorecard(CARD[CARD.kpi.isin(kpis)], sample.KPIS, EN)
    assert (table.title, table.name) == (title, "scorecard")
    assert table.html.count("colgroup") == stages
    assert tables.scorecard(CARD, sample.KPIS, EN, title="mine", name="own").title == "mine"


def test_what_is_said_without_rows_and_of_the_tiles() -> None:
    assert tables.answer(CARD.head(0), sample.KPIS, EN) == EN.text("no_values")
    assert tables.tiles(CARD, sample.KPIS, EN).text == tables.answer(CARD, sample.KPIS, EN)
    assert tables.tiles(CARD, sample.KPIS, EN, text="the whole stage").text == "the whole stage"


def tiles() -> list[str]:
    """Return the tiles of the sample as HTML."""
    return re.findall(r'<li class="tile .*?</li>', tables.tiles(CARD, sample.KPIS, EN).html)


def test_a_tile_says_value_status_target_and_change() -> None:
    assert [said(tile) for tile in tiles()] == [
        "nps rate +33.3 +10.0 to +50.0 ● On target Target +30.0 vs last month +5.0 (within chance)",
        "nrr rate 80.0 % 75.0 to 84.2 % ◆ Off target Target 90.0 % vs last month ↓ −1.2 pp worse",
        "churn rate – not measurable: needs contracts × Not measurable Target 1.0 % vs last month –",
        "mrr rate ¥123M ○ No target vs last month → ±¥0",
    ]
    assert [re.findall(r'class="tile (\w+)"', tile)[0] for tile in tiles()] == list(CARD.status)
    assert tables.tiles(CARD, sample.KPIS, EN).html.startswith('<ul class="tiles"><li')


def test_a_tile_without_a_history_draws_no_line_and_no_dash() -> None:
    assert [tile.count("<svg") for tile in tiles()] == [1, 1, 0, 1]
    assert "–" not in said(tables.tiles(FEW, sample.KPIS, EN).html).partition("vs last month")[0]


# marks


@pytest.mark.parametrize(("delta", "arrow"), [(0.02, "↑"), (-0.02, "↓")])
@pytest.mark.parametrize("kpi", [sample.NRR, sample.CHURN])
def test_the_arrow_of_a_clear_change_points_to_where_the_value_went(kpi: Kpi, delta: float, arrow: str) -> None:
    mark = change_mark(kpi, delta, 1.5, EN)
    assert f'<i aria-hidden="true">{arrow}</i>' in mark
    assert len(re.findall("[↑↓→]", mark)) == 1


def test_a_change_of_a_share_names_its_unit_but_where_there_is_no_room() -> None:
    assert "+2.0\N{NO-BREAK SPACE}pp" in change_mark(sample.NRR, 0.02, 1.5, EN)
    assert "pp" not in change_mark(sample.NRR, 0.02, 1.5, EN, bare=True)


@pytest.mark.parametrize(
    ("kpi", "delta", "word"),
    [
        (sample.NRR, 0.5, "better"),
        (sample.NRR, -0.5, "worse"),
        (sample.CHURN, 0.5, "worse"),
        (sample.CHURN, -0.5, "better"),
        (sample.MRR, 1, "better"),
        (sample.NRR, 0, "unchanged"),
        (sample.CHURN, 0.0, "unchanged"),
        (sample.NRR, None, ""),
        (sample.NRR, float("nan"), ""),
    ],
)
def test_what_a_change_means(kpi: Kpi, delta: object, word: str) -> None:
    assert direction(kpi, delta) == word


def test_each_shape_is_one_character_and_none_a_triangle() -> None:
    """In Japanese accounts a triangle is a minus sign."""
    assert all(len(shape) == 1 and shape not in "▲△▼▽" for shape in SHAPES.values())
    assert set(SHAPES) == {"on_target", "within_interval", "off_target", "no_target", "small", "not_measurable"}


def test_a_history_says_where_it_begins_and_ends_and_a_missing_one_is_a_dash() -> None:
    label = EN.text("sparkline", first="70.0\N{NO-BREAK SPACE}%", last="90.0\N{NO-BREAK SPACE}%")
    assert f'aria-label="{label}"' in history_mark(sample.NRR, [None, 0.7, 0.8, 0.9, None], EN)
    for nothing in (None, float("nan"), "", [], [None, None]):
        assert history_mark(sample.NRR, nothing, EN) == '<span class="missing">–</span>'


def test_a_value_is_bold_and_a_missing_one_a_dash_of_its_own() -> None:
    assert value_mark(sample.NRR, 0.5, EN) == '<b class="value">50.0\N{NO-BREAK SPACE}%</b>'
    assert value_mark(sample.NRR, None, EN) == '<b class="missing">–</b>'


def test_a_line_rises_with_its_values_from_edge_to_edge() -> None:
    """96 by 24 with an edge of 3: 0 lies at (3, 21), 2 at (93, 3), half way up and across at (48, 12)."""
    svg = sparkline_svg([0, 1, 2])
    assert re.findall(r'd="([^"]*)"', svg) == ["M3 21L48 12L93 3"]
    assert 'cx="93" cy="3"' in svg
    assert re.findall(r'd="([^"]*)"', sparkline_svg([5, 5, None, 5])) == ["M3 12L33 12", "M93 12h.1"]
    assert 'cx="48" cy="3"' in sparkline_svg([0, 4, None])  # the last that is there
    assert re.findall(r'd="([^"]*)"', sparkline_svg([7])) == ["M3 12h.1"]


def test_values_of_a_unit_of_its_own_are_told_in_it() -> None:
    days = sample.kpi("wait", Unit.DAYS)
    assert said(change_mark(days, -2.0, 1.5, EN)) == "↓ −2 days worse"
    assert said(value_mark(days, 1.0, EN)) == "1 day"
