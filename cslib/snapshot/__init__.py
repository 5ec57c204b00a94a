"""One consistent picture of the source: validated, its invalid rows quarantined, sliced per segment, as Parquet."""

from cslib.snapshot.build import Inspection, inspect_source, take_snapshot
from cslib.snapshot.integrity import damaged_file, seal
from cslib.snapshot.manifest import Cut, Manifest, TableState
from cslib.snapshot.store import StoredTables, link_or_copy

__all__ = [
    "Cut", "Inspection", "Manifest", "StoredTables", "TableState", "damaged_file", "inspect_source", "link_or_copy", "seal", "take_snapshot",
]  # fmt: skip
