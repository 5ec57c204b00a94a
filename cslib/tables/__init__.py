"""Tables as HTML and CSV: the scorecard, the tiles, the customers behind a number, definitions and policies."""

from cslib.tables.answer_words import answer_sentences
from cslib.tables.lists import customer_list, definition_table, plain_table, policy_table
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
from cslib.tables.scorecard import answer, goal_tiles, scorecard, tiles
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
    "answer_sentences",
    "csv_text",
    "customer_list",
    "definition_table",
    "goal_tiles",
    "long_csv",
    "note",
    "plain_table",
    "policy_table",
    "scorecard",
    "sparkline_svg",
    "tiles",
]
