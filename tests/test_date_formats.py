"""Formats of dates stand in one place: what `check` can name, `init` proposes, and with it every day is read."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import ibis
import pyarrow as pa
import pytest
import yaml

from cslib.check import check_params
from cslib.model import BY_NAME, TABLES, CanonicalTable, Kind
from cslib.scaffold import propose
from cslib.source.date_formats import known_formats, rows_read
from cslib.source.parse import EXCEL
from tests.exports import IDS, READ_ON, export, write, write_yaml

if TYPE_CHECKING:
    from pathlib import Path

WRITTEN = datetime(2025, 12, 25, 9, 30)  # noqa: DTZ001 - the wall clock's; no month has a 25th day of another order
SERIAL = str((WRITTEN.date() - date(1899, 12, 30)).days)
OF_DAYS = known_formats(Kind.DATE)
OF_MONTHS = tuple(form for form in known_formats(Kind.MONTH) if form not in OF_DAYS)
FEW = ("%d-%b-%Y", *OF_DAYS[::5], *OF_DAYS[-8:])  # of all orders of a day, marks and clocks, and those beyond them
DAYS = [
    (table.name, column.name)
    for table in TABLES
    for column in table.columns
    if column.kind in {Kind.DATE, Kind.TIMESTAMP} and table.name != "usage"  # which is judged where it lies
][: -(-len(FEW) // len(OF_MONTHS))]
ROUNDS = [
    {("costs", "month"): month, **dict(zip(DAYS, FEW[place * len(DAYS) :], strict=False))}
    for place, month in enumerate(OF_MONTHS)
]


def _text(form: str) -> str:
    return SERIAL if form == EXCEL else WRITTEN.strftime(form)


def _file(table: CanonicalTable, forms: dict[tuple[str, str], str]) -> str:
    """Return a file with a row for each customer, dates written in these formats, and else what every row needs."""
    named = {column: _text(form) for (name, column), form in forms.items() if name == table.name}
    wanted = [column for column in table.columns if column.required or column.name in named]
    rows = [[column.name for column in wanted]]
    for one in IDS:
        known = {"customer_id": one, **named}
        rows.append([known.get(c.name) or (f"{c.name} {one}" if c.example == "…" else c.example) for c in wanted])
    return "".join(",".join(f'"{value}"' for value in row) + "\n" for row in rows)


def _files(forms: dict[tuple[str, str], str]) -> dict[str, str]:
    return {f"{name}.csv": _file(BY_NAME[name], forms) for name in {"customers", *(name for name, _ in forms)}}


def _reads(text: str, form: str) -> bool:
    """Return whether a text is written in a format as Python, another hand than the engine, reads and writes it."""
    try:
        return text == SERIAL if form == EXCEL else datetime.strptime(text, form).strftime(form) == text  # noqa: DTZ007 - as above
    except ValueError:
        return False


def test_each_known_format_reads_what_is_written_in_it() -> None:
    texts = sorted({_text(form) for form in known_formats(Kind.MONTH)})
    table = ibis.memtable(pa.table({"text": texts, "rows": [2] * len(texts)}))
    expected = {form: 2 * sum(_reads(text, form) for text in texts) for form in known_formats(Kind.MONTH)}
    assert rows_read(table, Kind.MONTH) == expected
    assert min(expected.values()) > 0
    assert len(expected) > 90


@pytest.mark.parametrize("forms", ROUNDS, ids=OF_MONTHS)
def test_what_check_can_name_init_proposes_and_reads(forms: dict[tuple[str, str], str], tmp_path: Path) -> None:
    files = _files(forms)
    states = check_params(
        export(tmp_path / "plain", {"contracts.csv": None, "surveys.csv": None, **files}), READ_ON
    ).tables
    asked = {
        (name, question.column): {option.format for option in question.options}
        for name, state in states.items()
        for question in state.questions
    }
    proposal = propose(tmp_path / "own", [write(tmp_path / "data" / name, text) for name, text in files.items()])
    proposal.write()
    proposed = {
        (table.table, column.name): set(column.formats)
        for table in proposal.tables
        for column in table.columns.values()
        if column.formats
    }
    assert proposed == asked
    source = yaml.safe_load(proposal.texts["source.yaml"])
    for (name, column), form in forms.items():
        assert form in proposed[name, column]
        if proposed[name, column] == {form}:
            # a contract that ends in a month is under way until the last day of it
            is_end = column == "ends_on" and "%d" not in form
            until = {"plus": {"months": 1, "days": -1}} if is_end else {}
            assert source["tables"][name]["columns"][column] == {"column": column, "format": form, **until}
        else:  # a question: the right line is chosen
            source["tables"][name]["columns"][column] = {"column": column, "format": form}
    write_yaml(proposal.params / "source.yaml", {**source, "read_on": READ_ON})
    read = check_params(proposal.params, READ_ON).tables
    assert not [name for name, state in read.items() if state.questions]
    assert not [claim.claim for state in read.values() for claim in state.claims if claim.claim.startswith("type(")]
