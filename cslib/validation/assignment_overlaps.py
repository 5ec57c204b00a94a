"""Assignments compared with the later ones of their customer and kind: which of them overlap."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ibis import _

from cslib.source import FILE, ROW
from cslib.source.asked import asked_of
from cslib.validation.findings import Remark, Sample

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from cslib.validation.validate import ValidatedTable

_SAMPLES = 3


def assignment_remarks(validated: ValidatedTable) -> tuple[Remark, ...]:
    """Return the remark on assignments that last beyond the start of a later one of the same customer and kind.

    A day that both name is one of handing over. Where no assignment has an end, each lasts until the next one: such a list
    tells changes, and none of them overlaps.
    """
    held = asked_of(validated.rows).table("assigned", partial(_held, validated))
    (told,) = asked_of(held).answer("ends", lambda: held.aggregate(ends=_.ended_on.notnull().any())).to_pylist()
    if not told["ends"]:
        return ()
    found = asked_of(held).table("overlapping", partial(_overlapping, held))
    (counts,) = asked_of(found).answer("rows", lambda: found.aggregate(rows=_.count())).to_pylist()
    if not counts["rows"]:
        return ()
    first = found.order_by("file", "row").limit(_SAMPLES).to_pyarrow().to_pylist()
    return (Remark(kind="assigned_twice", rows=counts["rows"], samples=tuple(map(Sample.model_validate, first))),)


def _held(validated: ValidatedTable) -> Table:
    rows = validated.rows.filter(validated.is_valid())
    return rows.select("customer_id", "kind", "value", "started_on", "ended_on", file=rows[FILE], row=rows[ROW])


def _overlapping(held: Table) -> Table:
    """Return the earlier rows of overlapping pairs, each once: file, row, value."""
    other = held.select(
        next_customer="customer_id", next_kind="kind", next_value="value", next_start="started_on", next_end="ended_on"
    )
    # of one day, the first by its text counts
    later = (held.started_on < other.next_start) | (
        (held.started_on == other.next_start) & (held.value > other.next_value)
    )
    lasting = held.ended_on.isnull() | (other.next_start < held.ended_on)
    pairs = held.join(other, [held.customer_id == other.next_customer, held.kind == other.next_kind, later & lasting])
    return pairs.select("file", "row", "value").distinct()
