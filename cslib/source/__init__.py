"""The source: files or a database, read as they are and mapped onto the canonical tables."""

from cslib.source.connection import SourceConnection
from cslib.source.files import FILE, NON_DATA
from cslib.source.filters import predicate
from cslib.source.parquet_copies import ROW
from cslib.source.source_files import SourceFiles
from cslib.source.table_mapping import NORMALISED, RAW, UNREAD, map_table, whole_ids

__all__ = [
    "FILE",
    "NON_DATA",
    "NORMALISED",
    "RAW",
    "ROW",
    "UNREAD",
    "SourceConnection",
    "SourceFiles",
    "map_table",
    "predicate",
    "whole_ids",
]
