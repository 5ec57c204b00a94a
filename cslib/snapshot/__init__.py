"""One consistent picture of the source: checked, its bad rows set aside, sliced per segment, as Parquet."""

from cslib.snapshot.manifest import Manifest, Sample, SetAside, TableState
from cslib.snapshot.take import take_snapshot

__all__ = ["Manifest", "Sample", "SetAside", "TableState", "take_snapshot"]
