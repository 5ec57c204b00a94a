"""How the cells of any spreadsheet are written as text."""

from __future__ import annotations

from datetime import datetime, time

LAST_ROW, LAST_COLUMN = 1 << 20, 1 << 14  # of the largest sheet that a spreadsheet opens
_MIDNIGHT = time()


def number_text(value: float, form: str = "") -> str:
    """Return a number in plain digits; one that is shown with leading zeros, like 00017, keeps them."""
    whole = str(int(value)) if value % 1 == 0 else repr(value)
    return whole.zfill(len(form)) if form and set(form) == {"0"} else whole


def moment_text(value: datetime) -> str:
    """Return a date or a time in ISO; workbooks keep a day alone as its midnight."""
    return value.date().isoformat() if value.time() == _MIDNIGHT else value.isoformat(" ")
