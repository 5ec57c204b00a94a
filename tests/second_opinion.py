"""The database in which the SQL twins are asked: a book's checked tables, and what the twins are promised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib.model import TABLES
from tests import twins

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb

    from cslib.book import Book
    from cslib.periods import Month


def prepared(con: duckdb.DuckDBPyConnection, book: Book, usage: Path, months: Sequence[Month]) -> None:
    """Leave the book's tables, its raw usage, the months, the segments and the policies in `con`."""
    con.execute(f"CREATE VIEW usage AS SELECT * FROM read_parquet('{usage}')")
    for table in TABLES:
        if table.name != "usage":
            con.execute(f"CREATE VIEW {table.name} AS SELECT * FROM '{book.folder}/tables/{table.name}.parquet'")
    con.execute("CREATE TABLE report_months(month_no BIGINT, month VARCHAR, first_day DATE, last_day DATE)")
    con.executemany(
        "INSERT INTO report_months VALUES (?, ?, ?, ?)",
        [(month.number, str(month), month.first_day, month.last_day) for month in months],
    )
    con.execute("CREATE TABLE members(segment VARCHAR, customer_id VARCHAR)")
    for segment in book.settings.segments:
        con.execute(
            f"INSERT INTO members SELECT '{segment.id}', customer_id FROM '{book.slice(segment.id)}/customers.parquet'"
        )
    _write_policies(con, book)
    twins.prepare(con)


def _write_policies(con: duckdb.DuckDBPyConnection, book: Book) -> None:
    policies = book.settings.policies
    con.execute(
        "CREATE TABLE policy AS SELECT ? AS contract_end, ? AS churn_month, ? AS grace_days, ? AS onboarding_days,"
        " ? AS adoption_active, ? AS adoption_of, ?::VARCHAR[] AS core_features, ? AS usage_decline, ? AS gross_margin,"
        " ? AS hourly_cost, ? AS nps_repeat",
        [
            policies.contract_end,
            policies.churn_month,
            policies.grace_days,
            policies.onboarding_days,
            policies.adoption_weeks.active,
            policies.adoption_weeks.of,
            policies.core_features,
            policies.usage_decline,
            policies.gross_margin,
            policies.hourly_cost,
            policies.nps_repeat,
        ],
    )
