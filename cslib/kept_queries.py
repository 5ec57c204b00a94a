"""Texts of queries beside the snapshots: what one process has written is asked by the next, of new rows and of another month too.

To build and write the queries of a new snapshot takes several times as long as the engine takes to answer them.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from cslib.code_version import READING, code_digest, is_as_first_seen
from cslib.computed import ComputedParts, libraries
from cslib.engines import TEXTS
from cslib.prepared import WRITTEN

if TYPE_CHECKING:
    from pathlib import Path

    from cslib.query_texts import KnownTexts

FOLDER = ".queries"  # beside the snapshots
_MOST = 4  # files: of the versions of the code that were last used, and of two processes at once
_KINDS: dict[str, KnownTexts] = {"texts": TEXTS, "written": WRITTEN}
_CODE = ("cslib.engines", "cslib.prepared", "cslib.query_texts")  # which write them
_ASKED_BY = ("cslib.facts", "cslib.kpis", *READING)  # of which they say what their files held


class KeptQueries:
    """The texts that are kept in the folder of the snapshots."""

    def __init__(self, snapshots: Path) -> None:
        self._parts = ComputedParts(snapshots / FOLDER, most=_MOST)
        self._known: dict[str, set[bytes]] = {kind: set() for kind in _KINDS}

    def learn(self) -> None:
        """Take over into this process what is kept."""
        for file in self._parts.find(*_hangs_on()):
            self._take_over(file)

    def keep(self) -> None:
        """Keep what this process has come to know besides, all in one file."""
        if not self._news() or not is_as_first_seen(*_CODE, *_ASKED_BY):
            return
        merged = [file for file in self._parts.find(*_hangs_on()) if self._take_over(file)]
        kept = self._parts.put(partial(_write, _all()), *_hangs_on())
        for file in merged if kept else []:
            if file != kept:
                with suppress(OSError):  # another process was quicker
                    file.unlink()

    def _news(self) -> bool:
        return any(one.all().keys() - self._known[kind] for kind, one in _KINDS.items())

    def _take_over(self, file: Path) -> bool:
        try:
            rows = pq.read_table(file, partitioning=None).to_pydict()
        except OSError:  # another process has put its own in the place of it
            return False
        for kind, one in _KINDS.items():
            found = {
                key: text for of, key, text in zip(rows["kind"], rows["key"], rows["text"], strict=True) if of == kind
            }
            one.learn(found)
            self._known[kind] |= found.keys()
        return True


def _hangs_on() -> tuple[str, ...]:
    return "queries", code_digest(*_CODE), libraries()


def _all() -> pa.Table:
    rows = [(kind, key, text) for kind, one in _KINDS.items() for key, text in one.all().items()]
    kinds, keys, texts = zip(*rows, strict=True)
    return pa.table({"kind": kinds, "key": pa.array(keys, pa.binary()), "text": texts})


def _write(rows: pa.Table, file: Path) -> None:
    pq.write_table(rows, file, compression="zstd")
