"""The quarantine as a CSV that a spreadsheet opens well: marked as UTF-8, and with nothing that it would run."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import ibis

from cslib import engine_paths

if TYPE_CHECKING:
    from pathlib import Path

    from ibis.expr.types import StringValue, Table

_MARK = b"\xef\xbb\xbf"  # without it, Excel reads Japanese as something else
_FORMULA = r"^(\s*[=+\-@＝＋－＠]|[\t\r\n])"
_NUMBER = r"^[+-]?[0-9]+(\.[0-9]+)?$"


def write_csv(rows: Table, target: Path) -> None:
    """Write rows as CSV for a spreadsheet; text that it would take for a formula is quoted by '."""
    texts = {name: _guarded(rows[name]) for name in rows.columns if rows[name].type().is_string()}
    named = {f"'{name}": name for name in rows.columns if name.startswith(("=", "+", "-", "@", "\t", "\r"))}
    plain = target.with_suffix(".part")
    rows.mutate(**texts).rename(named).to_csv(engine_paths.target(plain))
    with plain.open("rb") as written, target.open("wb") as marked:
        marked.write(_MARK)
        shutil.copyfileobj(written, marked)
    plain.unlink()


def _guarded(text: StringValue) -> StringValue:
    dangerous = text.re_search(_FORMULA) & ~text.re_search(_NUMBER)
    return ibis.ifelse(dangerous, ibis.literal("'") + text, text)
