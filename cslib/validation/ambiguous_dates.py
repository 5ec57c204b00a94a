"""Ambiguous dates, whose order only their author knows: the formats that parse them, as a question and never as a guess."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib.source import NON_DATA, NORMALISED, RAW, UNREAD
from cslib.source.date_formats import rows_read
from cslib.source.parse import DATE_KINDS, parse
from cslib.source.width import stripped, to_halfwidth
from cslib.validation.findings import Option, Question

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ibis.expr.types import Table as IbisTable

    from cslib.model import CanonicalColumn
    from cslib.settings import TableSource
    from cslib.validation.validate import Counts, ValidatedTable


def ambiguous_dates(validated: ValidatedTable, spec: TableSource, counts: Counts, zone: str) -> tuple[Question, ...]:
    """Return a question for each column of dates of which most cannot be parsed, but could be by a format."""
    return tuple(_questions(validated, spec, counts, zone))


def _questions(validated: ValidatedTable, spec: TableSource, counts: Counts, zone: str) -> Iterator[Question]:
    for column in validated.table.columns:
        origin = spec.columns.get(column.name)
        rows = counts.claims.get(f"type({column.name})", 0)
        if NORMALISED + column.name not in validated.rows.columns:
            continue  # days already, not text
        if column.kind not in DATE_KINDS or not rows or (origin and (origin.format or origin.label is None)):
            continue
        unread = validated.rows[UNREAD + column.name] & validated.rows[NON_DATA].isnull()
        options = (
            _options(validated.rows.filter(unread), column, zone)
            if _are_mostly_unread(validated.rows, column, rows)
            else ()
        )
        if options:
            source = origin.label if origin and origin.label else column.name
            yield Question(
                column=column.name,
                source=source,
                rows=rows,
                samples=validated.samples(column.name, unread),
                options=options,
            )


def _are_mostly_unread(rows: IbisTable, column: CanonicalColumn, unread: int) -> bool:
    written = stripped(rows[RAW + column.name].cast("string")).notnull() & rows[NON_DATA].isnull()
    return unread * 2 > int(written.sum().to_pyarrow().as_py() or 0)


def _options(unread: IbisTable, column: CanonicalColumn, zone: str) -> tuple[Option, ...]:
    """Return the formats that parse the most of the texts, if that is more than half of them, each with an example."""
    text = to_halfwidth(unread[RAW + column.name])
    texts = unread.group_by(text=text).aggregate(rows=unread.count()).cache()
    found = rows_read(texts, column.kind)
    most = max(found.values())
    if most * 2 <= int(texts.rows.sum().to_pyarrow().as_py()):
        return ()
    best = {f"f{place}": form for place, form in enumerate(found) if found[form] == most}
    read = texts.mutate(**{name: parse(texts.text, column.kind, form, zone) for name, form in best.items()})
    examples = _distinguishing_texts(read, list(best))
    return tuple(Option(format=form, reads=most, example=_example(examples, name)) for name, form in best.items())


def _distinguishing_texts(read: IbisTable, names: Sequence[str]) -> IbisTable:
    """Return the texts that two formats parse as different days, where there are any: these make the best examples."""
    apart = read.filter(read[names[0]] != read[names[1]]) if names[1:] else read
    return apart if int(apart.count().to_pyarrow().as_py()) else read


def _example(read: IbisTable, name: str) -> str:
    """Return the first text that a format parses, and the day it stands for then."""
    first = read.filter(read[name].notnull()).order_by("text").limit(1)
    found = first.select("text", day=read[name].cast("string")).to_pyarrow().to_pylist()[0]
    return f"{found['text']} is {found['day'].removesuffix(' 00:00:00')}"
