"""One consistent picture of the source: checked, its bad rows set aside, sliced per segment, as Parquet."""

from cslib.snapshot.disguise import disguise
from cslib.snapshot.manifest import Manifest, Sample, SetAside, TableState
from cslib.snapshot.pseudonyms import find_key
from cslib.snapshot.take import take_snapshot

__all__ = ["Manifest", "Sample", "SetAside", "TableState", "disguise", "find_key", "take_snapshot"]
