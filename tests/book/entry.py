"""One number of the book worked by hand, and the three shapes in which such numbers come."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

JUNE = "2026-06"  # the report month of the book


@dataclass(frozen=True, kw_only=True)
class Worked:
    """What a KPI must come to in a segment and month of the book, and the customers that make it so.

    `policies` are those that differ from the book's own; `without` names tables to run without.
    Kaplan-Meier figures and products of KPIs have neither part nor whole, counts and amounts have no whole.
    """

    kpi: str
    month: str
    part: float | None
    whole: float | None
    n: int
    value: float | None
    because: str
    segment: str = "total"
    policies: Mapping[str, object] = field(default_factory=dict)
    without: tuple[str, ...] = ()

    def under(self, **policies: object) -> Worked:
        """Return the same expectation under other policies."""
        return replace(self, policies=policies)

    def of(self, segment: str) -> Worked:
        """Return the same expectation for another segment than the total."""
        return replace(self, segment=segment)

    def lacking(self, *tables: str) -> Worked:
        """Return the same expectation for the book without some of its tables."""
        return replace(self, without=tables)


def ratio(  # noqa: PLR0913, PLR0917 - the columns of a ledger
    kpi: str, month: str, part: float, whole: float, n: int, because: str
) -> Worked:
    """Return the expectation part ÷ whole, with no value where the whole is 0."""
    value = part / whole if whole else None
    return Worked(kpi=kpi, month=month, part=part, whole=whole, n=n, value=value, because=because)


def amount(kpi: str, month: str, part: float, n: int, because: str) -> Worked:
    """Return the expectation of a count or an amount, which is its own part."""
    return Worked(kpi=kpi, month=month, part=part, whole=None, n=n, value=part, because=because)


def figure(kpi: str, month: str, value: float | None, n: int, because: str) -> Worked:
    """Return the expectation of a figure that is no ratio: of a survival curve, or a product of KPIs."""
    return Worked(kpi=kpi, month=month, part=None, whole=None, n=n, value=value, because=because)
