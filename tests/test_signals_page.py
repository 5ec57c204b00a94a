"""How the page shows which figures lead, and that a run prepares the analyses which its notebooks name, and no others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from cslib import charts
from cslib.analysis.analyses import ANALYSES, named_in
from cslib.analysis.held_against import ALIKE, EVERYBODY, FEW, LATE, NOBODY, WIDE, YOUNG
from cslib.analysis.indicators import indicators
from cslib.errors import CslibError, UnknownName
from cslib.i18n import Wording
from cslib.i18n.messages import TEXTS
from cslib.inquiries import FOLDER, inquire, read_analysis, write_analysis
from cslib.kpis.reasons import EMPTY
from cslib.periods import Month
from cslib.reports.execute import code_cells
from cslib.scenario import Scenario
from cslib.settings import Policies
from cslib.stats import Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from cslib.i18n import Language
    from cslib.portfolio import Portfolio

EN = Wording("en")
NOTHING = dict.fromkeys(("auc", "low", "high", "risk_ratio", "rr_low", "rr_high", "lead_months", "needed"))


def rows(*told: tuple[str, float | None, Verdict, str]) -> pd.DataFrame:
    """Return rows of `signals` of (indicator, area, verdict, reason), the interval a tenth to both sides."""
    listed = [
        {"indicator": name, "customers": 50, "events": 12, **NOTHING, "verdict": str(verdict), "reason": reason}
        | ({} if auc is None else {"auc": auc, "low": auc - 0.1, "high": auc + 0.1})
        for name, auc, verdict, reason in told
    ]
    return pd.DataFrame(listed).astype(dict.fromkeys(NOTHING, "float64"))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_figure_verdict_and_reason_has_words(language: Language) -> None:
    wording, known = Wording(language), indicators(Policies())
    assert not [one.id for one in known if f"indicator_{one.id}" not in TEXTS]
    assert not [one for one in Verdict if f"verdict_{one}" not in TEXTS]
    reasons = (ALIKE, EVERYBODY, FEW, LATE, NOBODY, WIDE, YOUNG, EMPTY)
    assert not [one for one in reasons if wording.reason(one) == one]


def test_what_leads_comes_first_and_the_clearest_before() -> None:
    frame = rows(
        ("tickets", None, Verdict.CANNOT_TELL, "needs tickets"),
        ("touches", 0.3, Verdict.OTHER_WAY, ""),
        ("nps", 0.6, Verdict.LEADS, ""),
        ("csat", 0.52, Verdict.DOES_NOT_LEAD, ""),
        ("adoption", 0.8, Verdict.LEADS, ""),
    )
    shown = charts.signals(frame, EN, "lost", 6)
    assert shown.spec is not None
    dots = next(layer["data"]["name"] for layer in shown.spec["layer"] if layer["name"] == "verdicts")
    drawn = [row["row"] for row in shown.spec["datasets"][dots]]
    assert drawn == ["Weeks of core use", "Latest NPS answer", "Touches in three months", "Latest CSAT answer"]
    assert shown.text == (
        "Of 5 figures, 2 lead, 1 cannot be told, 2 do not lead or go the other way. "
        "Leading: Weeks of core use, Latest NPS answer. Based on 12 of 50 customers. What goes before need not be what sets it off."
    )
    assert "Tickets in three months" in shown.html
    assert "not measurable: needs tickets" in shown.html


def test_where_nothing_can_be_tried_a_sentence_says_why() -> None:
    shown = charts.signals(rows(("nps", None, Verdict.CANNOT_TELL, YOUNG)), EN, "lost", 12)
    assert shown.spec is None
    assert shown.text == "There are no values for this period (its months are not over yet)."


def test_what_is_missing_is_told_with_its_number() -> None:
    frame = rows(("nps", 0.55, Verdict.CANNOT_TELL, WIDE)).assign(needed=1200.0)
    assert "the interval is too wide, about 1,200 more" in charts.signals(frame, EN, "lost", 6).html


def test_a_name_in_code_alone_has_an_analysis_prepared(tmp_path: Path) -> None:
    assert named_in(["s.signals()"]) == ("signals",)
    assert not named_in(["s.signalsmen()", "signal = 1"])
    cells = [
        {"cell_type": "markdown", "id": "a1", "metadata": {}, "source": "signals"},
        {"cell_type": "code", "id": "a2", "metadata": {}, "source": "x = 1", "outputs": [], "execution_count": None},
    ]
    file = tmp_path / "some.ipynb"
    file.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), "utf-8")
    assert code_cells(file) == ["x = 1"]
    file.write_text("{", "utf-8")
    assert code_cells(file) == []


def test_a_segment_is_handed_its_own_rows_and_no_others(tmp_path: Path) -> None:
    table = pd.DataFrame({"segment": ["a", "b", "b"], "month": "2026-10", "value": [1, 2, 3]})
    write_analysis("signals", table, ("b", "c"), tmp_path)
    for segment, values in {"b": [2, 3], "c": []}.items():
        (tmp_path / segment / "slice").mkdir()
        (tmp_path / segment / "slice" / FOLDER).symlink_to(tmp_path / segment)
        assert read_analysis("signals", tmp_path / segment / "slice").value.to_list() == values
    assert not (tmp_path / "a").exists()


def test_what_was_not_prepared_says_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(CslibError, match=r"no code cell names it; write s\.analysis\('signals'\) in one"):
        read_analysis("signals", tmp_path)
    with pytest.raises(UnknownName, match="did you mean 'signals'"):
        read_analysis("signal", tmp_path)


def test_a_notebook_shows_what_the_command_writes(demo: Path, demo_book: Portfolio) -> None:
    s = Scenario.open(demo / "params", "smb", "2026-10", "en")
    told = ANALYSES["signals"](inquire(demo_book, Month.parse("2026-10"), ["smb"]))
    pd.testing.assert_frame_equal(s.analysis("signals"), told)
    lost = told[(told.outcome == "lost") & (told.horizon == 6)]
    shown = s.signals("lost", 6)
    assert shown.csv.count("\n") == len(lost) + 1
    with pytest.raises(UnknownName, match="lost 7"):
        s.signals("lost", 7)
