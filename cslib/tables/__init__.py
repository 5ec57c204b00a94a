"""Tables as HTML and CSV: the scorecard, the tiles, the customers behind a number, definitions and policies."""

from cslib.tables.lists import customer_list, definition_table, plain_table, policy_table, usual_unit
from cslib.tables.output import (
    OUTPUT_MIME,
    Alarm,
    Markdown,
    Note,
    Output,
    Table,
    Tables,
    alarm,
    csv_text,
    long_csv,
    note,
)
from cslib.tables.scorecard import answer, scorecard, tiles
from cslib.tables.sparkline import sparkline_svg

__all__ = [
    "OUTPUT_MIME",
    "Alarm",
    "Markdown",
    "Note",
    "Output",
    "Table",
    "Tables",
    "alarm",
    "answer",
    "csv_text",
    "customer_list",
    "definition_table",
    "long_csv",
    "note",
    "plain_table",
    "policy_table",
    "scorecard",
    "sparkline_svg",
    "tiles",
    "usual_unit",
]
