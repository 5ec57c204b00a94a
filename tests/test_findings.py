"""Findings as they are shown: the warning that the figures contradict each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
import pandas as pd
import pytest

from cslib.findings import law_note, law_table
from cslib.reports.page import PageContext, render_notebook
from cslib.wording import Language, Wording

if TYPE_CHECKING:
    from cslib.tables import Output


def _laws(**broken: int) -> pd.DataFrame:
    names = ("bridge", "continuity", "retention", "churn", "revenue")
    return pd.DataFrame([{"law": name, "tried": 24, "broken": broken.get(name, 0)} for name in names])


def _page(output: Output, language: Language) -> str:
    shown = nbformat.v4.new_output("display_data", data=output._repr_mimebundle_())
    cell = nbformat.v4.new_code_cell("s.alarm()", outputs=[shown])
    return render_notebook(
        nbformat.v4.new_notebook(cells=[cell]), PageContext(language=language, title="t", month="2026-10")
    )


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_broken_law_is_a_warning_in_red_that_names_it(language: Language) -> None:
    wording = Wording(language, "JPY")
    page = _page(law_note(_laws(retention=1, churn=2), wording), language)
    assert '<div class="failed" role="alert">' in page
    assert wording.text("laws_alarm") in page
    assert wording.text("law_retention") in page
    assert wording.text("law_churn") in page
    assert wording.text("law_bridge") not in page


@pytest.mark.parametrize("language", ["ja", "en"])
def test_laws_that_hold_are_a_plain_sentence(language: Language) -> None:
    wording = Wording(language, "JPY")
    page = _page(law_note(_laws(), wording), language)
    assert 'role="alert"' not in page
    assert wording.text("laws_kept", count=5 * 24) in page


def test_the_table_counts_what_was_tried_and_broken() -> None:
    table = law_table(_laws(bridge=3), Wording("en", "JPY"))
    assert "Opening + movements = closing, per customer and month,24,3" in table.csv.replace('"', "").replace(
        ", per", ", per"
    )
