"""A table as a command writes it: CSV or JSON on standard output, those or Parquet into a file."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import TYPE_CHECKING

import typer

from cslib.errors import CslibError

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


class TableFormat(StrEnum):
    """How a table is written."""

    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


def refuse_binary(form: TableFormat, out: Path | None) -> None:
    """Raise `typer.BadParameter` where Parquet would go to standard output."""
    if form is TableFormat.PARQUET and out is None:
        raise typer.BadParameter("parquet is not text: name a file with --out", param_hint="--format")


def write_table(table: pd.DataFrame, form: TableFormat, out: Path | None) -> None:
    """Write a table to a file, or to standard output without one; raises `CslibError` where the folder of the file is not there."""
    from cslib.tables import long_csv  # noqa: PLC0415

    if out is not None and not out.parent.is_dir():
        raise CslibError(f"--out: there is no folder {out.parent}; make it first")
    if form is TableFormat.PARQUET:
        table.to_parquet(out, index=False)
        return
    text = long_csv(table) if form is TableFormat.CSV else _as_json(table)
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8", newline="")


def _as_json(table: pd.DataFrame) -> str:
    return (
        json.dumps(table.astype(object).where(table.notna(), None).to_dict("records"), ensure_ascii=False, indent=1)
        + "\n"
    )
