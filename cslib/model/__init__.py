"""The canonical data model: what each table holds, and what every row of it must keep."""

from cslib.model.columns import AMOUNT_TYPE, CanonicalColumn, CanonicalTable, Claim, Kind, Privacy
from cslib.model.tables import BY_NAME, RESERVED, TABLES, USAGE_SCHEMAS, with_credit_notes

__all__ = [
    "AMOUNT_TYPE",
    "BY_NAME",
    "RESERVED",
    "TABLES",
    "USAGE_SCHEMAS",
    "CanonicalColumn",
    "CanonicalTable",
    "Claim",
    "Kind",
    "Privacy",
    "with_credit_notes",
]  # fmt: skip
