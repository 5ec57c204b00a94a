"""What a report is handed out: the very facts that it would compute from its own rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from cslib.facts import Facts
from cslib.periods import Month
from cslib.reports.history import restated_since
from cslib.scenario import Scenario

if TYPE_CHECKING:
    from pathlib import Path

    from cslib.book import Book

pytestmark = pytest.mark.xdist_group("published")
AS_OF = Month.parse("2026-10")


def test_facts_that_are_handed_out_are_those_of_the_slice(demo_book: Book, tmp_path: Path) -> None:
    measured = demo_book.measure(AS_OF, 24)
    written = demo_book.write_facts(AS_OF, demo_book.segment_ids(), tmp_path / "facts")
    for segment in ("enterprise", "smb"):
        folder = demo_book.hand_out(segment, measured, tmp_path / segment, written)
        restated_since([], AS_OF, measured, {})[1].to_parquet(folder / "restated.parquet")
        scenario = Scenario.open(demo_book.settings.folder, segment, str(AS_OF), "ja", str(folder))
        handed = scenario.facts
        own = Facts(handed.tables, handed.manifest, handed.policies, handed.members, AS_OF)
        names = sorted(file.stem for file in (folder / "facts").glob("*.parquet"))
        assert {"customer_months", "answers", "renewals", "service_months", "starts"} <= set(names)
        for name in names:
            columns = own[name].columns
            found, wanted = (
                facts[name].select(columns).order_by(columns).to_pyarrow().to_pandas() for facts in (handed, own)
            )
            pd.testing.assert_frame_equal(found, wanted, obj=f"{segment} {name}")
            assert set(handed[name].schema().items()) == set(own[name].schema().items()), name
