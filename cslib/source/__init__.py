"""The source: files or a database, read as they are and mapped onto the canonical tables."""

from cslib.source.conditions import holds
from cslib.source.files import FILE, STRAY
from cslib.source.mapping import MENDED, RAW, UNREAD, map_table
from cslib.source.raw import RawSource
from cslib.source.rewritten import ROW

__all__ = ["FILE", "MENDED", "RAW", "ROW", "STRAY", "UNREAD", "RawSource", "holds", "map_table"]
