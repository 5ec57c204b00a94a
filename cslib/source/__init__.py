"""The source: files or a database, read as they are and mapped onto the canonical tables."""

from cslib.source.conditions import holds
from cslib.source.mapping import RAW, map_table
from cslib.source.raw import FILE, ROW, RawSource

__all__ = ["FILE", "RAW", "ROW", "RawSource", "holds", "map_table"]
