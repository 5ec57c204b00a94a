"""Contract terms beside the next ones of their product: what an end means is asked, and what overlaps is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cslib.check import check_params
from cslib.i18n import Wording
from cslib.periods import Month
from cslib.portfolio import Portfolio
from cslib.scaffold import propose
from cslib.tables.scenario_tables import source_table
from tests.exports import READ_ON, export

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "contract_id,customer_id,product,starts_on,ends_on,mrr,trial\n"
# as billing systems export them: each term starts on the day on which the last one ended
BILLED = "".join(
    f"{who}-{year},{who},core,{year}-05-31,{year + 1}-05-31,100,\n"
    for who in ("00001", "00002")
    for year in (2024, 2025, 2026)
)
SERVED = BILLED.replace("-05-31,100", "-05-30,100")
# the second of 00001 is signed two months early; 00003 has another product and a trial beside, 00004 two terms in a row
EARLY = (
    "A,00001,core,2025-04-01,2026-03-31,100,\nB,00001,core,2026-02-01,2027-01-31,120,\n"
    "C,00003,core,2025-04-01,2026-03-31,50,\nD,00003,plus,2026-02-01,2027-01-31,50,\nE,00003,core,2026-02-01,2026-02-28,50,true\n"
    "F,00004,core,2025-04-01,2026-03-31,70,\nG,00004,core,2026-04-01,2027-03-31,70,\n"
)


def _params(folder: Path, rows: str, **policies: Any) -> Path:
    return export(folder, {"contracts.csv": HEAD + rows, "surveys.csv": None}, policies=policies)


def _notes(params: Path) -> dict[str, int]:
    return {note.kind: note.rows for note in check_params(params, READ_ON).tables["contracts"].notes}


def test_what_an_end_means_is_asked_where_terms_touch(tmp_path: Path) -> None:
    """Two customers with three terms each: four ends on which the next one starts."""
    params = _params(tmp_path, BILLED)
    assert _notes(params) == {"contract_end": 4}
    found = check_params(params, READ_ON)
    assert found.usable
    (line,) = [line for line in found.as_text().splitlines() if "question" in line]
    assert line.strip().startswith(
        "question: 4 terms end on the very day on which the next one of their product starts, 0 on the day before"
    )
    assert "write 'contract_end: first_day_without' into policies.yaml" in line
    assert "'2025-05-31' in contracts.csv row 2" in line
    manifest = Portfolio.open(params, READ_ON).manifest
    assert "4 terms end on the day on which the next one starts" in source_table(manifest, Wording("en")).html
    assert "4件の契約は、次の契約が始まる日に終わっています" in source_table(manifest, Wording("ja")).html


def test_nothing_is_asked_of_whoever_has_said_it(tmp_path: Path) -> None:
    assert _notes(_params(tmp_path / "a", BILLED, contract_end="first_day_without")) == {}
    # who says that the day is served has a day on which both terms count
    assert _notes(_params(tmp_path / "b", BILLED, contract_end="last_day")) == {"terms_added": 4}
    assert _notes(_params(tmp_path / "c", SERVED)) == {}


def test_nothing_is_asked_where_as_many_terms_follow_as_touch(tmp_path: Path) -> None:
    touching, following = (rows.splitlines(keepends=True) for rows in (BILLED, SERVED))
    assert _notes(_params(tmp_path, "".join([*touching[:3], *following[3:]]))) == {}
    still_open = "O-1,00003,core,2025-01-01,,10,\nO-2,00003,core,2025-06-01,,10,\n"  # which end on no day at all
    found = _notes(_params(tmp_path / "more", "".join([*touching[:3], *following[3:5], still_open])))
    assert found == {"contract_end": 2, "terms_added": 1}


def test_overlapping_terms_are_told_with_their_amount(tmp_path: Path) -> None:
    params = _params(tmp_path, EARLY)
    assert _notes(params) == {"terms_added": 1}
    text = check_params(params, READ_ON).as_text()
    assert (
        "1 terms overlap a later one of the same customer and product, so that 100 JPY a month count beside it" in text
    )
    assert "write 'overlapping_terms: later_replaces' into policies.yaml; found 'A' in contracts.csv row 2" in text
    page = source_table(Portfolio.open(params, READ_ON).manifest, Wording("en")).html
    assert (
        "1 terms overlap a later one of the same customer and product; monthly amounts of ¥100 count beside it" in page
    )


@pytest.mark.parametrize(
    ("choice", "kind", "february"), [("add", "terms_added", 340), ("later_replaces", "terms_replaced", 240)]
)
def test_the_later_term_replaces_the_earlier_where_a_policy_says_so(
    tmp_path: Path, choice: str, kind: str, february: int
) -> None:
    """00001 pays 100 in January and 120 from February; both count at February's close where terms are added up."""
    params = _params(tmp_path, EARLY.replace("D,00003,plus,2026-02-01,2027-01-31,50,\n", ""), overlapping_terms=choice)
    assert _notes(params) == {kind: 1}
    mrr = Portfolio.open(params, READ_ON).measure(Month.parse("2026-04"), 4, ["total"], ["mrr"]).value.tolist()
    assert mrr == [100 + 50 + 70, february, 120 + 70, 120 + 70]


def test_init_asks_what_an_end_means(tmp_path: Path) -> None:
    params = _params(tmp_path, BILLED)
    files = [params.parent / "data" / f"{name}.csv" for name in ("customers", "contracts")]
    proposal = propose(tmp_path / "my", files)
    assert (
        "contract_end: first_day_without  # CHECK: most terms end on a day on which others start"
        in proposal.texts["policies.yaml"]
    )
    assert any("contract_end: most terms end on a day" in doubt for doubt in proposal.doubts)
