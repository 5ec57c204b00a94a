"""The SQL behind each KPI, for those who audit it: what DuckDB sums up over a fact table."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis

from cslib.engines import unfused
from cslib.facts import Facts
from cslib.model import TABLES
from cslib.periods import Month
from cslib.settings import Policies
from cslib.snapshot import Manifest

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from cslib.kpis.kpi import Kpi


class Audit:
    """Fact tables without rows, on which expressions are put into SQL."""

    def __init__(self) -> None:
        self.engine = unfused(ibis.duckdb.connect())  # whose queries are written to be read
        schemas = {table.name: table.types for table in TABLES if table.name != "usage"}
        tables = {name: self.engine.create_table(name, schema=ibis.schema(schema)) for name, schema in schemas.items()}
        members = self.engine.create_table(
            "members", schema=ibis.schema({"segment": "string", "everyone": "boolean", "customer_id": "string"})
        )
        manifest = Manifest(
            read_on=date(2026, 11, 1), first_month="2026-10", last_month="2026-10", tables={}, segments={}
        )
        self.facts = Facts(tables, manifest, Policies(), members, Month.parse("2026-10"))
        self.named: dict[str, Table] = {}

    def sql(self, kpi: Kpi) -> str:
        """Return the query of a KPI's figures over its fact table, as DuckDB runs it for each segment and month."""
        table = self.table(kpi.fact)
        figures = {"part": kpi.part, "whole": kpi.whole, "n": kpi.n}
        sums = {name: figure.over(table) for name, figure in figures.items() if figure is not None}
        if kpi.curve is not None:
            cases = table if kpi.curve.where is None else table.filter(kpi.curve.where)
            return _plain(cases.select(duration=kpi.curve.duration, observed=kpi.curve.observed))
        for place, factor in enumerate(kpi.factors):
            sums[f"part_{place + 1}"] = factor.part.over(table)
            sums[f"whole_{place + 1}"] = factor.whole.over(table)
        return _plain(table.aggregate(**sums))

    def table(self, fact: str) -> Table:
        """Return a fact table without rows, with what measuring adds to it."""
        if fact not in self.named:
            schema = dict(self.facts[fact].schema())
            # what measuring adds to an event: the report month, and how many months ago it was
            schema |= {"month_no": "int64", "last_day": "date", "age": "int64"}
            self.named[fact] = self.engine.create_table(f"facts_{fact}", schema=ibis.schema(schema))
        return self.named[fact]


def _plain(query: Table) -> str:
    return str(ibis.to_sql(query)).replace('"memory"."main"."facts_', '"')
