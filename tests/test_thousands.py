"""Counts and amounts stand by thousands in every sentence that check, a run and a page say of the data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from cslib.check import check_params
from cslib.i18n import Wording
from cslib.portfolio import Portfolio
from cslib.tables.scenario_tables import source_table
from tests.exports import READ_ON, export, write, write_yaml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MANY = range(1, 1235)  # so many of all that is counted: 1,234
TERMS = "contract_id,customer_id,product,starts_on,ends_on,mrr,currency\n"
ASKED = "response_id,customer_id,respondent_id,kind,score,responded_on\n"
EVENTS = "customer_id,used_on,feature\n" + "".join(f"C{at},2026-05-0{1 + at % 9},report\n" for at in MANY)
# what is no count: markup, what is quoted of the source, places in files, days and months, years in words
BESIDE = re.compile(r"<[^>]*>|'[^']*'|\"[^\"]*\"|row \d+|\d{4}-\d{2}(-\d{2})?|\d{4}年|[A-Z][a-z]{2} \d{4}", re.ASCII)


def _terms() -> str:
    """Return terms that overlap a later one, amounts in another currency, written otherwise or below 0, copies and blanks."""
    rows = [
        f"A{at},C{at},core,2025-01-01,2026-12-31,5000,JPY\nB{at},C{at},core,2026-01-01,2026-12-31,7,USD" for at in MANY
    ]
    rows += [f'D{at},C{at},board,2025-01-01,2026-12-31,"¥5,000",JPY' for at in MANY]
    rows += [f"E{at},C{at},board,2027-01-01,2027-12-31,-500,JPY" for at in MANY]
    return TERMS + "\n".join([*rows, *rows[: MANY.stop - 1], *[",,,,,,"] * (MANY.stop - 1)]) + "\n"


def _answers() -> str:
    """Return two answers of each person at one time, of customers that are there but for their case as well."""
    rows = [f"{who}{at}-{n},{who}{at},me,nps,{n},2026-05-02\n" for at in MANY for n in (0, 9) for who in ("C", "c")]
    return ASKED + "".join(rows)


def _params(folder: Path, policies: dict[str, Any], **segments: Any) -> Path:
    files = {
        "customers.csv": "customer_id,name\n" + "".join(f"C{at},name {at}\n" for at in MANY),
        "contracts.csv": _terms(),
        "surveys.csv": _answers(),
    }
    write(folder / "data" / "usage_1.csv", EVENTS)
    write(folder / "data" / "usage_2.csv", EVENTS)
    params = export(folder, files, {"usage": {"from": "../data/usage_*.csv"}}, policies=policies)
    for name, where in segments.items():
        write_yaml(params / "segments" / f"{name}.yaml", {"id": name, "name": name, "where": where})
    return params


def _checked(params: Path) -> list[str]:
    return check_params(params, READ_ON).as_text().splitlines()


def _ran(params: Path) -> list[str]:
    return list(Portfolio.open(params, READ_ON).manifest.losses)


def _page(language: Any) -> Callable[[Path], list[str]]:
    return lambda params: source_table(Portfolio.open(params, READ_ON).manifest, Wording(language)).html.split("</td>")


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the params of a book in which all that is told is told of many rows."""
    settings = {"allowed_quarantine": 0.9, "rates": {"USD": 150}}
    return _params(tmp_path_factory.mktemp("many"), settings)


def _ungrouped(said: list[str]) -> list[str]:
    return [line for line in said if re.search(r"(?<!\w)\d{4,}", BESIDE.sub(" ", line))]


@pytest.mark.parametrize("told", [_checked, _ran, _page("ja"), _page("en")], ids=["check", "run", "ja", "en"])
def test_what_is_counted_stands_by_thousands(many: Path, told: Callable[[Path], list[str]]) -> None:
    said = told(many)
    assert {"1,234", "2,468"} <= set(re.findall(r"\d,\d{3}", " ".join(said)))  # amounts below 0; copies of both terms
    assert _ungrouped(said) == []


def test_the_amount_of_overlapping_terms_stands_by_thousands(many: Path) -> None:
    """1,234 terms of 5,000 a month: 6,170,000."""
    (line,) = [line for line in _checked(many) if "overlap a later one" in line]
    assert line.strip().startswith("1,234 terms overlap a later one")
    assert "so that 6,170,000 JPY a month count beside it" in line


def test_what_stops_a_run_counts_by_thousands_too(tmp_path: Path) -> None:
    said = _checked(_params(tmp_path, {}, nobody={"name": "nobody"}))
    for wanted in ("USD (2,468 rows)", "2,468 of 4,936 rows", "none of the 1,234 customers"):
        assert any(wanted in line for line in said), wanted
    assert _ungrouped(said) == []


def test_a_question_counts_by_thousands(tmp_path: Path) -> None:
    rows = "".join(f"A{at},C{at},core,2025-01-01,2026-01-01,5,\nB{at},C{at},core,2026-01-01,,5,\n" for at in MANY)
    customers = "customer_id,name\n" + "".join(f"C{at},name {at}\n" for at in MANY)
    params = export(tmp_path, {"customers.csv": customers, "contracts.csv": TERMS + rows, "surveys.csv": None})
    said = _checked(params)
    assert any("question: 1,234 terms end on the very day" in line for line in said)
    assert _ungrouped(said) == []


def test_things_that_stand_otherwise_in_several_files_are_counted_by_thousands(tmp_path: Path) -> None:
    for year in (1, 2):
        rows = "".join(f"C{at},name {at} of {year}\n" for at in MANY)
        write(tmp_path / "data" / f"everyone_{year}.csv", f"customer_id,name\n{rows}")
    params = export(tmp_path, {"contracts.csv": None, "surveys.csv": None, "customers.csv": None},
                    {"customers": {"from": "../data/everyone_*.csv"}})  # fmt: skip
    said = _checked(params)
    assert any("customers: 1,234 ids (customer_id) stand in several files" in line for line in said)
    assert _ungrouped(said) == []
