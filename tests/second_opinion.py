"""The database in which the SQL twins are asked: a book's checked tables, and what the twins are promised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cslib.model import TABLES
from cslib.periods import Month
from tests import twins

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import duckdb
    import pandas as pd

    from cslib.portfolio import Portfolio
    from cslib.settings import Policies


FIGURES = ["part", "whole", "n", "value"]


def assert_agreed(con: duckdb.DuckDBPyConnection, kpi: str, measured: pd.DataFrame) -> None:
    """Assert that a KPI's rows of the long table are what its twin says, for every segment and month."""
    first = measured[measured.kpi == kpi].set_index(["segment", "month"])[FIGURES].astype(float)
    second = twins.opinion(con, kpi)
    second["month"] = second.month_no.map(lambda number: str(Month(int(number))))
    second = second.set_index(["segment", "month"])[FIGURES].astype(float).reindex(first.index)
    second["n"] = second["n"].fillna(0)
    for name in ("part", "whole"):  # a group of which the twin says nothing has nothing in it
        if first[name].notna().any():
            second[name] = second[name].fillna(0)
    for name in FIGURES:
        np.testing.assert_allclose(first[name], second[name], rtol=1e-9, atol=1e-9, err_msg=f"{name} of {kpi}")


def prepared(con: duckdb.DuckDBPyConnection, book: Portfolio, usage: Path, months: Sequence[Month]) -> None:
    """Leave the book's tables, its raw usage, the months, the segments and the policies in `con`."""
    con.execute(f"CREATE VIEW usage AS SELECT * FROM read_parquet('{usage}')")
    for table in TABLES:
        if table.name != "usage":
            con.execute(f"CREATE VIEW {table.name} AS SELECT * FROM '{book.folder}/tables/{table.name}.parquet'")
    con.execute("CREATE TABLE members(segment VARCHAR, customer_id VARCHAR)")
    for segment in book.settings.segments:
        con.execute(
            f"INSERT INTO members SELECT '{segment.id}', customer_id FROM '{book.slice(segment.id)}/customers.parquet'"
        )
    promise(con, months, book.settings.policies, book.manifest.tables)


def promise(con: duckdb.DuckDBPyConnection, months: Sequence[Month], policies: Policies, held: Iterable[str]) -> None:
    """Leave what the twins are promised beside the tables and the members: the months, the policies, shared relations.

    Every table can be asked, one that the source does not hold without a row; `held` names those that it holds.
    """
    con.execute("CREATE TABLE held AS SELECT unnest(?::VARCHAR[]) AS name", [list(held)])
    con.execute("CREATE TABLE report_months(month_no BIGINT, month VARCHAR, first_day DATE, last_day DATE)")
    con.executemany(
        "INSERT INTO report_months VALUES (?, ?, ?, ?)",
        [(month.number, str(month), month.first_day, month.last_day) for month in months],
    )
    _write_policies(con, policies)
    twins.prepare(con)


def _write_policies(con: duckdb.DuckDBPyConnection, policies: Policies) -> None:
    con.execute(
        "CREATE TABLE policy AS SELECT ? AS contract_end, ? AS churn_month, ? AS grace_days, ? AS onboarding_days,"
        " ? AS adoption_active, ? AS adoption_of, ?::VARCHAR[] AS core_features, ? AS usage_decline, ? AS gross_margin,"
        " ? AS hourly_cost, ? AS nps_repeat, ? AS overlapping_terms, ? AS credit_notes",
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
            policies.overlapping_terms,
            policies.credit_notes,
        ],
    )
