"""What has been sent from a reports folder: nobody is told the same twice unless somebody asks for it."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

_FILE = ".delivered.json"


class Ledger:
    """The file beside the runs that says to whom which run was told, and what was said last; a damaged one counts as empty."""

    def __init__(self, out: Path) -> None:
        self._file = out / _FILE
        self._kept = {run.name for run in (out / "runs").glob("*")}
        self._said: dict[str, Any] = {}
        with suppress(OSError, ValueError):
            said = json.loads(self._file.read_text("utf-8"))
            self._said = said if isinstance(said, dict) else {}

    @property
    def params(self) -> Path | None:
        """The settings of the last run that was delivered from here."""
        return Path(self._said["params"]) if isinstance(self._said.get("params"), str) else None

    def remember(self, params: Path) -> None:
        """Keep where the settings are, so that a later delivery finds them."""
        if self._said.get("params") != str(params.resolve()):
            self._write(params=str(params.resolve()))

    def was_told(self, destination: str, run: str) -> bool:
        """Return whether a destination has had the message on a run."""
        return run in self._of(destination).get("runs", [])

    def was_last_told(self, destination: str, text: str) -> bool:
        """Return whether this is what a destination was told last."""
        return bool(self._of(destination).get("text") == _digest(text))

    def note(self, destination: str, run: str, text: str) -> None:
        """Note what a destination has been told, of which run; none where nothing was published."""
        runs = [one for one in self._of(destination).get("runs", []) if one in self._kept]
        told = {"runs": [*dict.fromkeys([*runs, *([run] if run else [])])], "text": _digest(text)}
        self._write(told={**self._said.get("told", {}), _digest(destination): told})

    def _of(self, destination: str) -> dict[str, Any]:
        found = self._said.get("told", {}).get(_digest(destination), {})
        return found if isinstance(found, dict) else {}

    def _write(self, **said: Any) -> None:  # noqa: ANN401 - whatever JSON holds
        self._said |= said
        fresh = self._file.with_suffix(".new")
        fresh.write_text(json.dumps(self._said, ensure_ascii=False, indent=1), "utf-8")
        os.replace(fresh, self._file)  # noqa: PTH105 - in one step


def _digest(text: str) -> str:
    """Return what stands for an address or a message, neither of which is written down."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]
