"""The source: files or a database, read as they are and mapped onto the canonical tables."""

from cslib.source.compiling import step_by_step
from cslib.source.conditions import holds
from cslib.source.csv_files import ROW
from cslib.source.files import FILE
from cslib.source.mapping import MENDED, RAW, UNREAD, map_table
from cslib.source.raw import RawSource
from cslib.source.strays import STRAY

__all__ = ["FILE", "MENDED", "RAW", "ROW", "STRAY", "UNREAD", "RawSource", "holds", "map_table", "step_by_step"]
