"""Ids that match a customer but for blanks, width or case: rows that name C-001 as c-001 or Ｃ-001 are quarantined and listed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ibis import _

from cslib.source.width import stripped, to_halfwidth
from cslib.validation.validate import ORPHAN

if TYPE_CHECKING:
    from ibis.expr.types import StringValue, Table

_LISTED = 3


@dataclass(frozen=True)
class NearIds:
    """How many rows nearly match a customer, and the first ids as they are written, each with the known id."""

    rows: int = 0
    ids: tuple[tuple[str, str], ...] = ()


def near_ids(quarantined: Table, customers: Table | None) -> NearIds:
    """Return which ids of quarantined rows nearly match a customer, where they match a single one."""
    if customers is None or "customer_id" not in quarantined.columns:
        return NearIds()
    named = quarantined.filter(quarantined.broken.contains(ORPHAN)).select(written=stripped(_.customer_id))
    strange = named.group_by("written").aggregate(rows=_.count()).mutate(bare=_bare(_.written))
    known = customers.group_by(bare=_bare(customers.customer_id)).aggregate(known=_.customer_id.min(), ids=_.count())
    found = strange.join(known.filter(_.ids == 1), "bare").order_by(_.rows.desc(), "written")
    rows = found.select("written", "known", "rows").to_pyarrow().to_pylist()
    return NearIds(sum(row["rows"] for row in rows), tuple((row["written"], row["known"]) for row in rows[:_LISTED]))


def _bare(text: StringValue) -> StringValue:
    return to_halfwidth(text).lower().re_replace(r"\s+", "")
