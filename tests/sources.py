"""Sources as the tests look at them: the rows of a table as they are mapped, or why they cannot be read."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from cslib.errors import CslibError, SettingsError, SourceError
from cslib.kpis import CATALOGUE
from cslib.model import BY_NAME
from cslib.portfolio import Portfolio
from cslib.settings import load
from cslib.snapshot.parts import PartReader
from cslib.source import FILE, ROW, SourceConnection
from cslib.source.column_mapping import ColumnMapping
from tests.exports import READ_ON, export

if TYPE_CHECKING:
    from pathlib import Path


HEAD = "customer_id,name\n"


def mapped(params: Path, name: str = "customers") -> list[dict[str, Any]]:
    """Return the rows of a canonical table as they are mapped, before any claim is looked at."""
    settings = load(params, CATALOGUE.by_id)
    (spec,) = settings.source.tables[name]
    with closing(SourceConnection(settings)) as source:
        raw = source.table(name)
        rows = PartReader(settings, source).mapped(raw, ColumnMapping.of(raw, BY_NAME[name], spec))
        return rows.order_by(FILE, ROW).to_pyarrow().to_pylist()


def together(params: Path, name: str) -> list[dict[str, Any]]:
    """Return the rows of all sources of a table as they are put together, in the order of their files."""
    settings = load(params, CATALOGUE.by_id)
    with closing(SourceConnection(settings)) as source:
        rows = PartReader(settings, source).table(name).rows
        return rows.order_by(FILE, ROW, *sorted({*rows.columns} - {FILE, ROW})).to_pyarrow().to_pylist()


def column(params: Path, name: str, table: str = "customers") -> list[Any]:
    """Return a column of a table as it is mapped."""
    return [row[name] for row in mapped(params, table)]


def places(params: Path) -> list[tuple[str, int]]:
    """Return the file and the row of every customer."""
    return [(row[FILE], row[ROW]) for row in mapped(params)]


def problems(params: Path) -> list[str]:
    """Return why a source cannot be read."""
    with pytest.raises(CslibError) as raised:
        Portfolio.open(params, READ_ON, into=params.parent / "snapshot")
    assert isinstance(raised.value, SourceError | SettingsError), raised.value
    return list(raised.value.problems)


def problem(params: Path) -> str:
    """Return the one reason why a source cannot be read."""
    (found,) = problems(params)
    return found


def customers(folder: Path, text: str | bytes, file: str = "customers.csv", **spec: Any) -> Path:
    """Return the params of an export whose customers are in a file of this text."""
    source = {"customers": {"from": f"../data/{file}", **spec}}
    return export(folder, {"customers.csv": None, "surveys.csv": None, file: text}, source)
