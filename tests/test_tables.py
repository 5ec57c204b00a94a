"""Tables: what they show, by what they sort, and that nothing in the data becomes markup or a formula."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser

import nbformat
import pandas as pd
import pytest

from cslib import tables
from cslib.errors import UnknownName
from cslib.i18n import Wording
from cslib.kpis.kpi import Unit
from cslib.tables import OUTPUT_MIME, csv_text, long_csv, sparkline_svg
from cslib.tables.marks import SHAPES, change_mark, status_mark
from tests import sample

JA, EN = Wording("ja"), Wording("en")


@pytest.mark.parametrize(
    ("amounts", "ja", "en"),
    [
        ([1_320_000, 968_000, 93_000, 0, None], ["132.0万円", "96.8万円", "9.3万円", "0.0万円", "–"], ["¥1,320K", "¥968K", "¥93K", "¥0K", "–"]),
        ([1_320_000, 99_400, 7_300], ["132.00万円", "9.94万円", "0.73万円"], ["¥1,320.0K", "¥99.4K", "¥7.3K"]),
        ([123_456_789, 5_000_000, -2_000_000], ["12,346万円", "500万円", "−200万円"], ["¥123.46M", "¥5.00M", "−¥2.00M"]),
        ([800, 12], ["800円", "12円"], ["¥800", "¥12"]),
        ([0, None], ["0円", "–"], ["¥0", "–"]),
    ],
)  # fmt: skip
def test_money_of_a_column_is_counted_in_one_unit(amounts: list[float | None], ja: list[str], en: list[str]) -> None:
    frame = pd.DataFrame({"who": range(len(amounts)), "mrr": amounts})
    for wording, wanted in ((JA, ja), (EN, en)):
        html = tables.plain_table(frame, wording, "t", {"who": "who", "mrr": ("MRR", "amount")}).html
        assert re.findall(r'<td class="num"[^>]*>([^<]*)</td>', html) == wanted


def test_columns_of_which_nothing_is_said_are_shown_by_what_they_hold() -> None:
    frame = pd.DataFrame(
        {"who": ["a"], "n": [3], "mean": [0.25], "on": pd.to_datetime(["2026-10-31"]), "is_new": [True]}
    )
    shown = [tables.usual_unit(frame[column]) for column in frame]
    assert shown == ["text", Unit.COUNT, Unit.SCORE, "date", "text"]


class Elements(HTMLParser):
    """Every element of a piece of HTML, with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the element."""
        self.found.append((tag, dict(attrs)))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of each element of a name."""
        return [attributes for name, attributes in self.found if name == tag]


@pytest.mark.parametrize("wording", [JA, EN])
def test_nothing_in_the_data_becomes_markup(wording: Wording) -> None:
    for table in (
        sample.customers(20, wording),
        tables.scorecard(sample.card(), sample.KPIS, wording),
        tables.tiles(sample.card(), sample.KPIS, wording),
        tables.plain_table(
            pd.DataFrame({"a": list(sample.HOSTILE)}), wording, sample.HOSTILE[0], {"a": sample.HOSTILE[1]}
        ),
        tables.policy_table({sample.HOSTILE[0]: sample.HOSTILE[1]}, wording),
    ):
        elements = Elements(table.html)
        assert {tag for tag, _ in elements.found} <= {
            "table",
            "caption",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "bdi",
            "wbr",
            "span",
            "b",
            "i",
            "small",
            "code",
            "svg",
            "path",
            "circle",
            "ul",
            "li",
            "p",
            "div",
        }
        assert not [name for _, attributes in elements.found for name in attributes if name.startswith("on")]
        assert "<!--" not in table.html


def test_a_table_is_captioned_and_scoped_and_sorts_by_its_plain_values() -> None:
    elements = Elements(sample.customers(10, JA).html)
    assert len(elements.named("caption")) == 1
    assert [heading["scope"] for heading in elements.named("th")] == ["col"] * 5 + ["row"] * 10
    shares = [cell["data-sort"] for cell in elements.named("td") if cell.get("data-label") == "継続率"]
    assert shares[:3] == ["", "0", "0.125"]
    assert elements.named("td")[0]["class"] == "num"


def test_a_long_table_is_cut_with_a_notice_and_whole_in_its_csv() -> None:
    table = sample.customers(400, EN)
    assert len(Elements(table.html).named("tr")) == 1 + 50
    assert table.text == "50 of 400 rows shown; all are in the CSV."
    assert len(list(csv.reader(io.StringIO(table.csv)))) == 1 + 400
    assert sample.customers(50, EN).text == ""


def test_a_table_without_rows_says_so() -> None:
    table = tables.plain_table(pd.DataFrame({"a": []}), JA, "t", {"a": "a"})
    assert (table.text, table.html) == ("該当はありません。", "")


def test_a_long_name_is_whole_for_those_who_hover() -> None:
    spans = Elements(sample.customers(10, JA).html).named("span")
    assert [span["title"] for span in spans if span.get("class") == "clamp"] == [sample.HOSTILE[3]]


FORMULAS = [
    "=1+1", "+a1", "-2+3", "-a1", "@x", "\tx", "\rx", "\n=1", " =1+1", "＝1+1", "＋a1", "－2+3", "＠x", "\u3000＝1+1", "-1e5x", "+１",
]  # fmt: skip
NUMBERS = ["-1", "+1", "-1.5", "-1e5", "+0.25E-3", "12", "１"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_of_a_csv_runs_as_a_formula(text: str) -> None:
    frame = pd.DataFrame({"a": [text], text: [-1.5]})
    cells = [["a", f"'{text}"], [f"'{text}", "-1.5"]]
    assert list(csv.reader(io.StringIO(csv_text(frame), newline=""))) == cells
    assert list(csv.reader(io.StringIO(long_csv(frame), newline=""))) == cells


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_stays_one_though_it_is_a_text(text: str) -> None:
    frame = pd.DataFrame({"a": [text, None], "b": [float(text), None]})
    for written in (csv_text(frame), long_csv(frame)):
        assert list(csv.reader(io.StringIO(written, newline="")))[1:] == [[text, str(float(text))], ["", ""]]


def test_csv_is_at_full_precision_and_leaves_missing_values_empty() -> None:
    frame = pd.DataFrame({"x": [1 / 3, None], "y": [pd.NaT, pd.Timestamp("2026-10-31")], "z": [None, "a,b"]})
    assert csv_text(frame) == 'x,y,z\r\n0.3333333333333333,,\r\n,2026-10-31 00:00:00,"a,b"\r\n'


def test_the_scorecard_shows_status_in_word_shape_and_class() -> None:
    html = tables.scorecard(sample.card(), sample.KPIS, JA).html
    assert '<span class="status on_target"><i aria-hidden="true">●</i> 達成</span>' in html
    assert '<span class="status off_target"><i aria-hidden="true">◆</i> 未達</span>' in html
    assert "測定不可：必要なデータは契約" in html
    assert "75.0〜84.2%" in html
    heads = re.findall(r'scope="colgroup"[^>]*><span>([^<]*)</span> <span class="tally">([^<]*)<', html)
    assert heads == [("満足", "1指標 · KPI目標1件中1件達成"), ("財務", "3指標 · KPI目標1件中0件達成")]


def test_the_scorecard_answers_first() -> None:
    assert tables.scorecard(sample.card(), sample.KPIS, EN).text == "1 of 2 targets are reached. Missed: nrr rate."
    assert tables.scorecard(sample.card().head(1), sample.KPIS, EN).text == "1 of 1 targets are reached."
    without = sample.card().assign(status="no_target")
    assert tables.scorecard(without, sample.KPIS, EN).text == "No targets are set."


def test_targets_inside_the_interval_are_counted_apart() -> None:
    card = sample.card().assign(status=["within_interval", "off_target", "within_interval", "on_target"])
    assert tables.scorecard(card, sample.KPIS, EN).text == (
        "Of 4 targets: 1 reached, 1 missed, 2 that cannot be told (inside the 95 % interval of the value)."
        " Missed: nrr rate."
    )
    html = tables.scorecard(card, sample.KPIS, JA).html
    assert '<span class="status within_interval"><i aria-hidden="true">◐</i> 区間内（判定できず）</span>' in html
    heads = re.findall(r'class="tally">([^<]*)<', html)
    assert heads == [
        "1指標 · KPI目標1件中0件達成、0件未達、1件判定できず",
        "3指標 · KPI目標3件中1件達成、1件未達、1件判定できず",
    ]


def test_every_status_has_a_shape_and_a_word_of_its_own() -> None:
    assert len(set(SHAPES.values())) == len(SHAPES)
    for wording in (JA, EN):
        words = [wording.status(status) for status in SHAPES]
        assert len(set(words)) == len(words)


def test_the_scorecard_leaves_out_columns_that_are_not_there() -> None:
    slim = tables.scorecard(sample.card()[["kpi", "value", "status"]], sample.KPIS, EN).html
    assert re.findall(r'<th scope="col"[^>]*>([^<]*)', slim) == ["KPI", "Value", "Status"]


def test_a_kpi_that_is_not_given_is_refused() -> None:
    with pytest.raises(UnknownName, match="no KPI 'nps'"):
        tables.scorecard(sample.card(), [sample.NRR], JA)


def test_the_colour_of_a_clear_change_follows_what_is_better() -> None:
    assert 'class="change worse"' in change_mark(sample.CHURN, 0.01, 1.1, JA)
    assert 'class="change better"' in change_mark(sample.CHURN, -0.01, 1.1, JA)
    assert 'class="change better"' in change_mark(sample.NRR, 0.01, 1.1, JA)
    assert 'class="change worse"' in change_mark(sample.NRR, -0.01, 1.1, JA)
    assert 'class="change unchanged"' in change_mark(sample.NRR, 0.0001, 1.1, JA)
    assert change_mark(sample.NRR, None, None, JA) == '<span class="missing">–</span>'
    assert "+1.0 <small>改善" in change_mark(sample.NRR, 0.01, 1.1, JA, bare=True)


VERDICT = re.compile("改善|悪化|better|worse|↑|↓")


@pytest.mark.parametrize(
    ("clarity", "why"),
    [
        (1, "偶然の幅の中"),
        (0.2, "偶然の幅の中"),
        (0, "偶然の幅の中"),
        (None, "判定できない"),
        (float("nan"), "判定できない"),
    ],
)
def test_a_change_that_chance_may_have_made_is_grey_and_says_so(clarity: float | None, why: str) -> None:
    for delta, kpi in ((0.05, sample.NRR), (-0.05, sample.NRR), (0.05, sample.CHURN)):
        mark = change_mark(kpi, delta, clarity, JA)
        assert not VERDICT.search(mark)
        assert 'class="change undecided"' in mark
        assert re.search(rf'title="[^"]*{why}', mark)  # for who hovers
        assert re.search(rf'<span class="hidden"> \([^)]*{why}', mark)  # for who listens


def test_each_change_of_the_scorecard_is_judged_by_its_own_clarity() -> None:
    card = sample.card().assign(change_year=0.02, clarity_year=[1.3, 0.9, float("nan"), float("nan")])
    html = tables.scorecard(card, sample.KPIS, EN).html
    cells = {
        name: re.findall(rf'data-label="{label}"[^>]*><span class="(?:change )?(\w+)"', html)
        for name, label in (("month", "vs last month"), ("year", "vs last year"))
    }
    assert cells["month"] == ["undecided", "worse", "missing", "unchanged"]
    assert cells["year"] == ["better", "undecided", "undecided", "unchanged"]  # 0.02 yen is shown as none
    tiles = tables.tiles(card, sample.KPIS, EN).html
    assert re.findall(r'class="change (\w+)"', tiles) == ["undecided", "worse", "unchanged"]


def test_an_unknown_status_reads_as_no_target() -> None:
    assert "No target" in status_mark('"><script>', EN)


def test_sparklines_leave_gaps_and_say_where_they_begin_and_end() -> None:
    assert sparkline_svg([1, None, 2, 3], "from 1 to 3").count("<path") == 2
    assert 'role="img" aria-label="&#34;&gt;"' in sparkline_svg([1], '">')
    assert 'aria-hidden="true"' in sparkline_svg([1])
    assert sparkline_svg([None, float("nan")]) == ""


def test_definitions_and_policies_are_in_words() -> None:
    definitions = tables.definition_table(sample.KPIS, JA).html
    assert "分子 ÷ 分母" in definitions
    assert "低いほど良い" in definitions
    given = {"gross_margin": 0.7, "adoption_weeks": {"active": 3, "of": 4}, "core_features": [], "hourly_cost": 5000}
    policies = tables.policy_table(given, EN).html
    for words in ("70.0\N{NO-BREAK SPACE}%", "3 of the last 4 weeks", "all", "¥5,000", "Gross margin"):
        assert words in policies


def test_columns_are_shown_by_their_kind() -> None:
    frame = pd.DataFrame({"a": ["x"], "m": ["2026-10"], "c": [0.1], "s": ["small"], "d": [pd.NaT], "n": [3.0]})
    columns: dict[str, str | tuple[str, Unit | str]] = {
        "a": "A", "m": ("M", "month"), "c": ("C", "change"), "s": ("S", "status"), "d": ("D", "date"), "n": ("N", Unit.COUNT),
    }  # fmt: skip
    html = tables.plain_table(frame, EN, "t", columns).html
    shown = [re.sub("<.*?>", "", cell) for cell in re.findall("<td.*?</td>", html)]
    assert shown == ["Oct 2026", "+10.0\N{NO-BREAK SPACE}pp", "□ Small sample", "–", "3"]


def test_notebooks_can_hold_a_table_and_a_note() -> None:
    table, said = sample.customers(3, JA)._repr_mimebundle_(), tables.note("<b>", "title")._repr_mimebundle_()
    outputs = [nbformat.v4.new_output("display_data", data=data) for data in (table, said)]
    nbformat.validate(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=outputs)]))
    assert set(table) == {OUTPUT_MIME, "text/html", "text/plain"}
    assert said[OUTPUT_MIME]["kind"] == "note"
