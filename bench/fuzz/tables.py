"""Damage to what a table's file says: cells, rows, headers, quoting, types."""

from __future__ import annotations

import gzip
import io
import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from bench.fuzz.seeds import as_csv

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from bench.fuzz.seeds import Rows

NASTY = (
    "", " ", "\u3000", "a,b", 'a"b', '"', '""', ' "x"', '"x" ', "a\nb", "a\rb", "a\r\nb", "\r", "\n", "a\\", "\\", "\\,", "a\tb", "a;b", "\0", "x\0y",
    "\ufeff", "#N/A", "#REF!", "#VALUE!", "NaN", "inf", "-inf", "1e308", "1e999", "9" * 40, "9" * 5000, "-0", "2026-02-30", "0000-00-00", "9999-12-31",
    "0001-01-01", "10000-01-01", "-4713-01-01", "infinity", "46113", "2026-01-01T25:00:00", "2026-01-01 00:00:00+99:99", "1,200", "¥1,200", "true", "null", "NULL",
    "=cmd|' /C calc'!A0", "<script>", "'; drop table x; --", "{x}", "%s", "%", "合計", "\u202eabc", "\U0001f600", "\ud7ff", "x" * 70000, "00017", "17850.0", "令和8年4月1日",
)  # fmt: skip
NAMES = (
    "month_no", "known_no", "event_no", "segment", "MONTH_NO", "_file", "_row", "_stray", "_raw_name", "file", "row", "rows", "why", "claim", "probe0",
    "customer_id_right", "name_right", "customer_id", "Customer_ID", "", " ", "a.b", 'a"b', "it's", "a\nb", "a\rb", "{x}", "select", "count", "n", "value", "part", "whole",
    "rowid", "index", "order", "first", "x" * 3000, "\0", "\ufeffname", "名前", "everyone", "since", "until", "done", "touched", "before", "again", "files",
    "first_day", "last_day", "asked_on", "product", "mrr", "start", "end", "id", "status", "column1", "%s", "_", "_x", "_unread_mrr", "_broken_0", "field()",
)  # fmt: skip


def nasty_rows(rows: Rows, rng: Random) -> Rows:
    """Return the rows of a table with some of its cells, names or rows other than they should be."""
    rows = [[*row] for row in rows]
    for _ in range(rng.choice((1, 1, 2, 3))):
        rng.choice(_CHANGES)(rows, rng)
    return rows or [[]]


def _nasty_cell(rows: Rows, rng: Random) -> None:
    row = rng.choice(rows)
    if row:
        row[rng.randrange(len(row))] = rng.choice(NASTY)


def _nasty_column(rows: Rows, rng: Random) -> None:
    place, word = rng.randrange(max(1, len(rows[0]))), rng.choice(NASTY)
    for row in rows[1:]:
        if place < len(row):
            row[place] = word


def _nasty_name(rows: Rows, rng: Random) -> None:
    if rows[0]:
        rows[0][rng.randrange(len(rows[0]))] = rng.choice(NAMES)


def _further_column(rows: Rows, rng: Random) -> None:
    word, name = rng.choice(NASTY), rng.choice(NAMES)
    for place, row in enumerate(rows):
        row.append(word if place else name)


def _uneven(rows: Rows, rng: Random) -> None:
    row = rng.choice(rows)
    if rng.random() < 0.5 and row:  # noqa: PLR2004
        row.pop()
    else:
        row.extend(rng.choice((["x"], [""], ["", ""], ["x"] * 50)))


def _lost_or_twice(rows: Rows, rng: Random) -> None:
    place = rng.randrange(len(rows))
    if rng.random() < 0.5 and len(rows) > 1:  # noqa: PLR2004
        rows.pop(place)
    else:
        rows.insert(place, [*rows[place]])


def _blank_row(rows: Rows, rng: Random) -> None:
    rows.insert(rng.randrange(len(rows) + 1), rng.choice(([], [""], [" "] * len(rows[0]), ["合計"])))


def _wide(rows: Rows, rng: Random) -> None:
    width = rng.choice((300, 3000, 20_000))
    for row in rows:
        row.extend([""] * width)
    rows[0][-1] = "far"


_CHANGES: tuple[Callable[[Rows, Random], None], ...] = (
    _nasty_cell, _nasty_cell, _nasty_cell, _nasty_column, _nasty_name, _further_column, _uneven, _lost_or_twice, _blank_row,
)  # fmt: skip


def nasty_csv(rows: Rows, rng: Random, kind: str) -> bytes:
    """Return a CSV file in an odd dialect, each of whose cells may be odd."""
    rows = nasty_rows(rows, rng)
    if rng.random() < 0.02:  # noqa: PLR2004
        _wide(rows, rng)
    quoting = rng.choice((0, 0, 1, 3))
    ends = "\n" if rng.random() < 0.6 else rng.choice(("\r\n", "\r", "\n\n", "\r\r\n"))  # noqa: PLR2004
    usual = "\t" if kind == "tsv" else ","
    delimiter = usual if rng.random() < 0.8 else rng.choice((",", ";", "\t", "|", ":", "^"))  # noqa: PLR2004
    text = as_csv(
        [row if any(row) else ["0"] for row in rows] if quoting == 3 else rows, delimiter=delimiter, lineterminator=ends, quoting=quoting,  # noqa: PLR2004
        **({"escapechar": "\\"} if quoting == 3 else {}),  # noqa: PLR2004
    )  # fmt: skip
    usually = {"csv-cp932": "cp932", "csv-utf16": "utf-16"}.get(kind, "utf-8")
    encoding = (
        usually
        if rng.random() < 0.8  # noqa: PLR2004
        else rng.choice(("utf-8-sig", "cp932", "euc_jp", "utf-16", "utf-16-le", "utf-32", "utf-7"))
    )
    data = text.encode(encoding, "replace")
    return gzip.compress(data, mtime=0) if kind == "csv-gz" else data


_TYPED: tuple[tuple[pa.DataType, object], ...] = (
    (pa.list_(pa.int64()), [1, 2]), (pa.struct([("a", pa.int64()), ("b", pa.string())]), {"a": 1, "b": "x"}),
    (pa.map_(pa.string(), pa.int64()), [("a", 1)]), (pa.decimal128(38, 10), Decimal("1.5")), (pa.decimal256(60, 2), Decimal("1.5")),
    (pa.time64("us"), time(1, 2)), (pa.duration("s"), timedelta(days=1)), (pa.binary(), b"\xff\0"), (pa.null(), None), (pa.uint64(), 2**64 - 1),
    (pa.timestamp("ns", tz="Asia/Tokyo"), datetime(2026, 5, 1, tzinfo=UTC)), (pa.timestamp("us", tz="+09:00"), datetime(2026, 5, 1, tzinfo=UTC)),
    (pa.timestamp("s"), datetime(9999, 12, 31, tzinfo=UTC)), (pa.date64(), date(2026, 5, 1)), (pa.float32(), float("nan")), (pa.float64(), float("inf")),
    (pa.bool_(), True), (pa.int8(), -1), (pa.dictionary(pa.int8(), pa.string()), "x"), (pa.large_string(), "x"), (pa.binary(4), b"abcd"),
    (pa.float64(), 17850.0), (pa.int64(), -(2**63)), (pa.date32(), date(1, 1, 1)), (pa.string(), "#N/A"), (pa.list_(pa.struct([("a", pa.int64())])), [{"a": 1}]),
)  # fmt: skip


def nasty_parquet(rows: Rows, rng: Random) -> bytes:
    """Return a Parquet file of which a column holds values of an odd type, or has an odd name."""
    head, *body = nasty_rows(rows, rng)
    columns = {name: [row[place] if place < len(row) else None for row in body] for place, name in enumerate(head)}
    table = pa.table({name or "x": pa.array(values, pa.string()) for name, values in columns.items()})
    for _ in range(rng.choice((1, 1, 2))):
        kind, value = rng.choice(_TYPED)
        name = rng.choice([*table.column_names, rng.choice(NAMES)] if table.column_names else ["x"])
        odd = pa.array([value if rng.random() < 0.9 else None for _ in range(table.num_rows)], kind)  # noqa: PLR2004
        place = table.column_names.index(name) if name in table.column_names else table.num_columns
        table = table.set_column(place, name, odd) if place < table.num_columns else table.append_column(name, odd)
    target = io.BytesIO()
    pq.write_table(table, target, compression=rng.choice(("snappy", "gzip", "zstd", "none", "brotli", "lz4")))
    return target.getvalue()


_VALUES: tuple[Any, ...] = (None, [], {}, [1], {"a": {"b": 1}}, True, 1e400, 10**30, "", "x\0y", "2026-02-30", -1)


def nasty_json_lines(rows: Rows, rng: Random) -> bytes:
    """Return JSON lines, some of which hold other things than the others."""
    head, *body = nasty_rows(rows, rng)
    records: list[Any] = [dict(zip(head, row, strict=False)) for row in body]
    for _ in range(rng.choice((1, 2, 5))):
        if records and isinstance(one := rng.choice(records), dict) and one:
            one[rng.choice([*one])] = rng.choice(_VALUES)
    if rng.random() < 0.2 and records:  # noqa: PLR2004
        records[rng.randrange(len(records))] = rng.choice(_VALUES)
    escaped = rng.choice((True, False))
    return "\n".join(json.dumps(record, ensure_ascii=escaped) for record in records).encode("utf-8", "replace")
