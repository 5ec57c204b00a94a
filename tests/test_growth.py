"""What the growth notebook shows: in both languages, of little, and without each table."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import nbformat
import pandas as pd
import pytest

from cslib import charts
from cslib.analysis.growth.forecast import forecast
from cslib.analysis.growth.pairs import pairs
from cslib.analysis.growth.renewals_ahead import renewals_ahead
from cslib.analysis.growth.replay import replay
from cslib.analysis.growth.wall import wall
from cslib.i18n import Wording
from cslib.shipped import notebooks_folder
from cslib.tables import growth
from cslib.tables.replay import pair_table, replay_table
from tests.test_wall import LAST, book

if TYPE_CHECKING:
    from collections.abc import Callable

    from cslib.analysis.inquiry import Inquiry
    from cslib.periods import Month
    from cslib.tables import Output
    from tests.ledger import Ledger

    Shown = Callable[[pd.DataFrame, Wording], Output]

EN = Wording("en")


def total(analysis: Callable[[Inquiry], pd.DataFrame], ledger: Ledger, as_of: Month = LAST) -> pd.DataFrame:
    table = analysis(ledger.inquiry(as_of))
    return table[table.segment == "total"].reset_index(drop=True)


def test_the_verdict_is_said_with_both_rooms_and_their_bands() -> None:
    frame = total(wall, book(30, 10))
    said = growth.wall_table(frame, EN).text
    assert "10 customers were lost in 450 customer-months" in said
    assert "2.22\N{NO-BREAK SPACE}% a month (95 % interval 1.07 to 4.05\N{NO-BREAK SPACE}%)" in said
    assert "defence first" in said
    assert said.count("80 % band") == 2
    assert "守りが先" in growth.wall_table(frame, Wording("ja")).text


def test_what_cannot_be_told_is_said_with_what_it_takes() -> None:
    said = growth.wall_table(total(wall, book(38, 2)), EN).text
    assert "cannot be told (the interval of churn holds the wall)" in said
    assert "customer-months to tell" in said


def test_without_proposals_no_side_is_named() -> None:
    said = growth.wall_table(total(wall, book(30, 10).without("proposals")), EN).text
    assert "cannot be told (not measurable: needs proposals)" in said
    assert "defence first" not in said


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("absent", ["", "contracts", "proposals", "usage"])
@pytest.mark.parametrize("as_of", [LAST, LAST - 17])
def test_each_part_is_shown_whatever_is_absent(language: str, absent: str, as_of: Month) -> None:
    wording, ledger = Wording(language), book(2, 0, full=1).without(absent)  # type: ignore[arg-type]
    parts = [growth.wall_table, growth.wall_basis]
    shown: list[Output] = [part(total(wall, ledger, as_of), wording) for part in parts]
    shown += charts.forecasts(total(forecast, ledger, as_of), wording)
    shown.append(growth.renewals_table(total(renewals_ahead, ledger, as_of), wording))
    shown += [replay_table(total(replay, ledger, as_of), wording), pair_table(total(pairs, ledger, as_of), wording)]
    assert len(shown) == 10
    assert all(one.title and one.text for one in shown)
    assert not any("nan" in one.text or "<NA>" in one.text for one in shown)


def test_the_file_holds_what_the_analysis_says() -> None:
    frame = total(forecast, book(30, 10))
    figures = charts.forecasts(frame, EN)
    assert [one.name for one in figures] == [
        f"forecast-{name}" for name in ("mrr", "mrr-held", "mrr-new", "nrr", "grr")
    ]
    told = pd.read_csv(io.StringIO(figures[4].csv))
    mine = frame[frame.measure == "grr"]
    assert told["median"].tolist() == pytest.approx(mine["median"].tolist())
    assert all(one.spec for one in figures)


def test_the_notebook_names_its_analyses_and_is_in_pairs() -> None:
    held = nbformat.read(notebooks_folder() / "07_growth.ipynb", as_version=4)
    code = " ".join(cell.source for cell in held.cells if cell.cell_type == "code")
    assert all(name in code for name in ("s.wall()", "s.forecast()", "s.renewals_ahead()", "s.replay()", "s.pairs()"))
    prose = [cell.metadata["tags"] for cell in held.cells if cell.cell_type == "markdown"]
    assert [tags[0] for tags in prose] == ["lang-ja", "lang-en"] * (len(prose) // 2)
