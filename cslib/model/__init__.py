"""The canonical data model: what each table holds, and what every row of it must keep."""

from cslib.model.columns import AMOUNT_TYPE, Claim, Column, Kind, Privacy, Table
from cslib.model.tables import BY_NAME, RESERVED, TABLES, USAGE_SCHEMAS, with_credit_notes

__all__ = [
    "AMOUNT_TYPE", "BY_NAME", "RESERVED", "TABLES", "USAGE_SCHEMAS", "Claim", "Column", "Kind", "Privacy", "Table", "with_credit_notes",
]  # fmt: skip
