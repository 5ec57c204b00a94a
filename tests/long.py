"""The families of tests that take longest: `make test` runs some cases of each, `make thorough` and CI all of them.

What is left out says the same of further cases; whatever is said at all, `make test` says of one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pytest

KEPT: dict[str, int] = {
    "test_full_disk::test_files_that_cannot_grow_are_told": 3,
    "test_full_disk::test_who_prints_to_a_full_disk_is_told": 2,
    "test_full_disk::test_a_full_disk_is_told": 3,
    "test_full_disk::test_who_stops_listening_hears_no_traceback": 2,
}
"""How many cases of a family `make test` runs, spread over all of them; 0 where a family has one case."""


def family(item: pytest.Item) -> str:
    """Return the name of a test's family: its file and its function."""
    return f"{item.path.stem}::{item.name.partition('[')[0]}"


def left_out(items: Sequence[pytest.Item]) -> Iterator[pytest.Item]:
    """Yield the tests that `make test` does not run."""
    cases: dict[str, list[pytest.Item]] = {}
    for item in items:
        cases.setdefault(family(item), []).append(item)
    for name, kept in KEPT.items():
        of_family = cases.get(name, [])
        step = max(len(of_family) / kept, 1) if kept else 0
        spread = {int(number * step) for number in range(kept)}
        yield from (item for number, item in enumerate(of_family) if number not in spread)
