"""All the numbers of the book worked by hand: every KPI at least once, every movement, every policy that matters."""

from __future__ import annotations

from tests.book.entry import Worked
from tests.book.financial import KEPT, MOVEMENTS, WORTH
from tests.book.leading import OUTCOME, SATISFACTION, SETUP, USAGE

__all__ = ["WORKED", "Worked"]

WORKED: tuple[Worked, ...] = (*SETUP, *USAGE, *SATISFACTION, *OUTCOME, *MOVEMENTS, *KEPT, *WORTH)
