"""How expressions become SQL."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import ibis

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def step_by_step() -> Iterator[None]:
    """Have every step of an expression be a select of its own in SQL, as long as this holds.

    Ibis would look for steps that could be one select, which takes longer than an engine needs to find them itself, and would
    write out a value of one step wherever the next ones name it.
    """
    before = ibis.options.sql.fuse_selects
    ibis.options.sql.fuse_selects = False
    try:
        yield
    finally:
        ibis.options.sql.fuse_selects = before
