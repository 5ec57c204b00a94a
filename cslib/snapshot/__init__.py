"""One consistent picture of the source: checked, its bad rows set aside, sliced per segment, as Parquet."""

from cslib.snapshot.found import Note, Sample
from cslib.snapshot.manifest import Cut, LeftOut, Manifest, Mended, Option, Question, SetAside, TableState
from cslib.snapshot.stored import StoredTables, link
from cslib.snapshot.take import Inspection, inspect_source, take_snapshot
from cslib.snapshot.whole import damage, seal

__all__ = [
    "Cut", "Inspection", "LeftOut", "Manifest", "Mended", "Note", "Option", "Question", "Sample", "SetAside", "StoredTables", "TableState",
    "damage", "inspect_source", "link", "seal", "take_snapshot",
]  # fmt: skip
