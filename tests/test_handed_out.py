"""What a report is handed out: the very facts that it would compute from its own rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pytest

from cslib.facts import Facts
from cslib.periods import Month
from cslib.portfolio import Portfolio
from cslib.reports.history import restated_since
from cslib.scenario import Scenario
from tests.books import TODAY
from tests.exports import TOTAL, export

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("published")
AS_OF = Month.parse("2026-10")
EMPTY = pd.DataFrame({"segment": pd.Series(dtype=str)})


def test_facts_that_are_handed_out_are_those_of_the_slice(demo_book: Portfolio, tmp_path: Path) -> None:
    measured = demo_book.measure(AS_OF, 24)
    facts = demo_book.facts(AS_OF, demo_book.segment_ids())
    # no KPI looks at the one, and the other hangs on segments and is not stored: figures that were stored leave it out
    assert facts.customer_states.columns
    assert facts.service_months.columns
    written = demo_book.write_facts(AS_OF, demo_book.segment_ids(), tmp_path / "facts")
    for segment in ("enterprise", "smb"):
        folder = demo_book.export_slice(segment, measured, tmp_path / segment, written)
        restated_since([], AS_OF, measured, {})[1].to_parquet(folder / "restated.parquet")
        scenario = Scenario.open(demo_book.settings.folder, segment, str(AS_OF), "ja", str(folder))
        handed = scenario.facts
        own = Facts(handed.tables, handed.manifest, handed.policies, handed.members, AS_OF)
        names = sorted(file.stem for file in (folder / "facts").glob("*.parquet"))
        assert {"customer_months", "customer_states", "answers", "renewals", "service_months", "starts"} <= set(names)
        for name in names:
            columns = own[name].columns
            found, wanted = (
                facts[name].select(columns).order_by(columns).to_pyarrow().to_pandas() for facts in (handed, own)
            )
            pd.testing.assert_frame_equal(found, wanted, obj=f"{segment} {name}")
            assert set(handed[name].schema().items()) == set(own[name].schema().items()), name


def test_tiles_answer_for_all_targets_of_their_stage(demo_book: Portfolio) -> None:
    scenario = Scenario.open(demo_book.settings.folder, "smb", str(AS_OF), "en")
    said = scenario.headline("mrr").text
    assert "Of 7 targets: " in said  # those of retention, churn (2), GRR, NRR, cost to serve and payback
    assert said == scenario.scorecard("financial").text


def test_no_row_is_lost_where_there_are_more_segments_than_open_files(tmp_path: Path) -> None:
    """DuckDB closes files beyond a hundred, and goes on in another when the turn of the same segment comes again."""
    names = [f"s{number:03d}" for number in range(130)]
    bands = {name: {"id": name, "name": name, "where": {"plan": ["pro"]}} for name in names}
    book = Portfolio.open(export(tmp_path, segments={**TOTAL, **bands}), TODAY)
    facts = book.facts(Month.parse("2026-05"))
    book._engine.raw_sql("SET partitioned_write_flush_threshold = 1")  # as a large book does by itself
    turns = pa.table({"segment": names * 100, "row": range(13_000)})
    facts._kept["taking_turns"] = book._engine.create_table("taking_turns", turns)
    (tmp_path / "facts").mkdir()
    facts.write_computed(tmp_path / "facts")
    for name in names:
        folder = book.export_slice(name, EMPTY, tmp_path / "slices" / name, tmp_path / "facts")
        assert len(pd.read_parquet(folder / "facts" / "taking_turns.parquet")) == 100, name
