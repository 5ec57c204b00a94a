"""The source: files or a database, read as they are and mapped onto the canonical tables."""

from cslib.source.connection import SourceConnection
from cslib.source.files import FILE, STRAY
from cslib.source.filters import holds
from cslib.source.parquet_copies import ROW
from cslib.source.source_files import SourceFiles
from cslib.source.table_mapping import MENDED, RAW, UNREAD, map_table

__all__ = ["FILE", "MENDED", "RAW", "ROW", "STRAY", "UNREAD", "SourceConnection", "SourceFiles", "holds", "map_table"]
