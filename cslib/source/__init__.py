"""The source: files or a database, read as they are and mapped onto the canonical tables."""

import ibis

from cslib.source.conditions import holds
from cslib.source.files import FILE, STRAY
from cslib.source.mapping import MENDED, RAW, UNREAD, map_table
from cslib.source.raw import RawSource
from cslib.source.rewritten import ROW

__all__ = ["FILE", "MENDED", "RAW", "ROW", "STRAY", "UNREAD", "RawSource", "holds", "map_table"]

# Each step of an expression is a select of its own in SQL. To make one of several takes Ibis longer than it takes an engine to
# see through them, and it would write out a value of one step wherever the next ones name it.
ibis.options.sql.fuse_selects = False
