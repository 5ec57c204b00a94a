"""Tables as HTML and CSV: the scorecard, the tiles, the customers behind a number, definitions and policies."""

from cslib.tables.lists import customers, definitions, plain, policies
from cslib.tables.output import OUTPUT_MIME, Alarm, Note, Output, Table, alarm, csv_text, long_csv, note
from cslib.tables.scorecard import answer, scorecard, tiles
from cslib.tables.sparkline import sparkline_svg

__all__ = [
    "OUTPUT_MIME",
    "Alarm",
    "Note",
    "Output",
    "Table",
    "alarm",
    "answer",
    "csv_text",
    "customers",
    "definitions",
    "long_csv",
    "note",
    "plain",
    "policies",
    "scorecard",
    "sparkline_svg",
    "tiles",
]
