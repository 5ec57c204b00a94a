"""What the page says of programmes: each state in words, nothing beyond the rows of the analyses."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import TYPE_CHECKING, Any

import nbformat
import pandas as pd
import pytest

from cslib import charts
from cslib.i18n import TEXTS, Wording
from cslib.i18n.messages import PARTS
from cslib.shipped import notebooks_folder
from cslib.stats.judging import Effect
from cslib.stats.trials import LeftOut
from cslib.tables import effect, effect_words
from tests import sample

if TYPE_CHECKING:
    from cslib.tables import Output

JA, EN = Wording("ja"), Wording("en")
COMPARED = pd.DataFrame([
    {"programme": "*", "kind": kind, "item": item, "participants": 1.5, "before_weights": 0.5, "comparison": 1.4, "difference": far, "n": n, "reason": ""}
    for kind, item, far, n in (
        ("trait", "log_mrr", -0.07, 38), ("trait", "plan:basic", 0.02, 38), ("left_out", "too_young", None, 7), ("left_out", "not_yet", None, 0),
    )
])  # fmt: skip


def rows(**changed: Any) -> pd.DataFrame:
    """Return the verdict on one programme, changed so."""
    return sample.EFFECT.head(1).assign(**changed)


def shown(output: Output) -> str:
    """Return all that an output says."""
    return f"{output.title} {output.text} {output.html}"


@pytest.mark.parametrize("wording", [JA, EN], ids=["ja", "en"])
@pytest.mark.parametrize("verdict", Effect)
def test_each_verdict_is_said_in_words(verdict: str, wording: Wording) -> None:
    said = wording.text(f"effect_verdict_{verdict}")
    for output in (
        effect.effect_answer(rows(verdict=verdict), wording),
        effect.effect_table(rows(verdict=verdict), wording),
    ):
        assert said in output.html
    assert effect.effect_answer(rows(verdict=verdict), wording).text.startswith(said)


@pytest.mark.parametrize("code", [*LeftOut, "few_participants", "few_starts", "few_compared", "unbalanced", "few_clusters", "within_chance", "apart", "alike", "sway", "own_trend", "capped", "holm", "unfavourable", "below_expected", "none", "no_before"])  # fmt: skip
def test_each_reason_has_words(code: str) -> None:
    for wording in (JA, EN):
        told = " ".join(effect_words.reasons({"reason": f"{code}, rival_seats"}, wording))
        assert TEXTS[f"effect_lacks_{code}"][0 if wording is JA else 1] in told
        assert wording.text("effect_rival_seats") in told


def test_what_is_needed_is_one_reason() -> None:
    assert len(effect_words.reasons({"reason": "needs contracts, programmes"}, EN)) == 1


def test_no_text_is_written_twice() -> None:
    keys = Counter(key for part in PARTS for key in part)
    assert [key for key, count in keys.items() if count > 1] == []


def test_one_programme_needs_no_line_for_any() -> None:
    two = pd.concat([rows(), rows(programme="*")])
    assert list(effect_words.meant(two).programme) == [sample.HOSTILE[0]]
    # of three, the largest comes first
    assert list(effect_words.meant(sample.EFFECT).participants) == [60, 38, 22]


def test_a_figure_that_was_not_meant_is_in_the_table_alone() -> None:
    both = pd.concat([rows(), rows(outcome="nps", meant=False, verdict="cannot_tell", reason="few_participants")])
    assert EN.text("effect_outcome_nps") not in shown(effect.effect_answer(both, EN))
    assert EN.text("effect_outcome_nps") in shown(effect.effect_table(both, EN))


def test_without_a_programme_a_sentence_says_why() -> None:
    none = rows(programme="", verdict="", reason="needs programmes", meant=False)
    for output in (
        effect.effect_answer(none, EN), effect.effect_table(none, EN), effect.rivals_table(sample.EFFECT_READINGS, none, EN),
        effect.compared_table(COMPARED, none, EN), *charts.event_studies(sample.EFFECT_MONTHS, none, EN),
    ):  # fmt: skip
        assert "programmes" in output.text
        assert not output.html


def test_what_was_found_is_told_with_what_could_have_been_seen() -> None:
    text = charts.event_studies(sample.EFFECT_MONTHS, rows(trend_unseen=2.5), EN)[0].text
    # 1.8 of 9.4 is 19.1 %
    for said in (
        "38 participants",
        "+1.8 (95 % interval +1.0 to +2.6)",
        "19.1",
        "up to 0.5",
        "from 1.1 on",
        "up to 2.5",
    ):
        assert said in text


def test_a_plain_before_and_after_is_named_and_given_no_weight() -> None:
    text = charts.readings(sample.EFFECT_READINGS, rows(), EN)[0].text
    assert "+1.2 to +1.9" in text  # of the four comparisons, the plain one of 3.0 not among them
    assert "would read +3.0" in text


def test_what_else_changed_is_listed_only_where_it_differs() -> None:
    # the sample's only rival, tickets, lies between -0.4 and 1.2
    assert not effect.rivals_table(sample.EFFECT_READINGS, rows(), EN).html
    moved = sample.EFFECT_READINGS.assign(low=0.1)
    assert EN.text("effect_rival_tickets") in effect.rivals_table(moved, rows(), EN).html
    assert EN.text("effect_rival_one_of_many") in effect.rivals_table(moved, rows(), EN).html
    assert EN.text("effect_rival_yes") in effect.rivals_table(moved.assign(in_the_way=True), rows(), EN).html
    assert EN.text("effect_rival_moves") in effect.rivals_table(moved.assign(moves=True), rows(), EN).html


def test_who_is_compared_and_who_is_left_out_is_told() -> None:
    three = pd.concat([rows(programme="*"), rows(programme="a"), rows(programme="b")])
    output = effect.compared_table(COMPARED, three, EN)
    assert "0.07" in output.text  # the least alike of the traits
    assert f"7 {EN.text('effect_lacks_too_young')}" in output.text
    assert EN.text("effect_lacks_not_yet") not in output.text
    assert "Plan: " in output.html


def test_the_csv_holds_all_rows_of_the_analysis() -> None:
    for output, frame in (
        (effect.effect_answer(sample.EFFECT, JA), sample.EFFECT), (effect.effect_table(sample.EFFECT, JA), sample.EFFECT),
        (effect.rivals_table(sample.EFFECT_READINGS, rows(), JA), sample.EFFECT_READINGS),
    ):  # fmt: skip
        assert len(list(csv.DictReader(io.StringIO(output.csv)))) == len(frame)


def test_the_summary_tells_the_verdict_of_what_each_programme_was_meant_for() -> None:
    for name in ("00_summary", "08_effect"):
        code = [
            cell.source
            for cell in nbformat.read(notebooks_folder() / f"{name}.ipynb", 4).cells
            if cell.cell_type == "code"
        ]
        assert 's.effect("answer")' in code


def test_the_verdict_is_the_first_thing_that_its_page_says_and_not_the_summary() -> None:
    firsts = {}
    for name in ("00_summary", "08_effect"):
        cells = nbformat.read(notebooks_folder() / f"{name}.ipynb", 4).cells
        firsts[name] = next(one.source for one in cells if one.cell_type == "code" and one.source.startswith("s."))
    assert firsts == {"00_summary": "s.goals()", "08_effect": 's.effect("answer")'}


def test_a_sentence_names_the_verdict_the_programme_and_its_own_figure() -> None:
    said = effect.effect_answer(rows(programme="a", name_en="Training", verdict="cannot_tell"), EN).text
    assert said == "Cannot tell: Training (Use per seat)."


def layers(figure: charts.Figure) -> dict[str, dict[str, Any]]:
    """Return the layers of a picture by name, each with its rows."""
    assert figure.spec is not None
    sets = figure.spec["datasets"]
    return {one["name"]: {**one, "rows": sets[one["data"]["name"]]} for one in figure.spec["layer"]}


@pytest.mark.parametrize(("draw", "edges"), [(charts.event_studies, (-0.5, 0.5)), (charts.kept, (0, 0.5))])
def test_the_month_of_joining_is_a_band_with_its_name(draw: Any, edges: tuple[float, float]) -> None:
    (figure,) = draw(sample.EFFECT_MONTHS, rows(), EN)
    found = layers(figure)
    (band,), (said,) = found["start"]["rows"], found["label_start"]["rows"]
    assert (band["since"], band["until"]) == edges
    assert said["text"] == "Month of joining"


def test_under_the_curves_of_the_kept_stands_how_many_are_observed() -> None:
    (figure,) = charts.kept(sample.EFFECT_MONTHS, rows(), EN)
    found = layers(figure)
    printed = found["numbers"]["rows"]
    assert [row["since"] for row in printed] == [0, 3, 6, 9, 12] * 2
    assert [row["n"] for row in printed] == ["38"] * 5 + ["132"] * 5
    assert found["curves"]["encoding"]["y"]["scale"]["domain"][0] < min(row["at"] for row in printed)
    assert "numbers" not in layers(charts.event_studies(sample.EFFECT_MONTHS, rows(), EN)[0])


def test_outsiders_are_printed_no_counts() -> None:
    (figure,) = charts.kept(sample.EFFECT_MONTHS.assign(n=None, n_comparison=None), rows(), EN)
    assert "numbers" not in layers(figure)
