"""`cslib check`: everything that is wrong with settings and data, and what it means for a run."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cslib.book import Book
from cslib.errors import CslibError, Problems

if TYPE_CHECKING:
    from datetime import date

    from cslib.snapshot import Manifest


@dataclass(frozen=True)
class Checked:
    """What a check found: problems that stop a run, or the state of every table."""

    problems: tuple[str, ...] = ()
    manifest: Manifest | None = None

    @property
    def usable(self) -> bool:
        """Whether a run would go through."""
        return self.manifest is not None

    @property
    def verdict(self) -> str:
        """The verdict in words: usable, usable with losses, not usable."""
        if self.manifest is None:
            return "not usable"
        return "usable with losses" if any(state.set_aside for state in self.manifest.tables.values()) else "usable"

    def as_json(self) -> dict[str, Any]:
        """Return the findings for machines."""
        tables = self.manifest.model_dump(mode="json")["tables"] if self.manifest else {}
        return {"verdict": self.verdict, "problems": list(self.problems), "tables": tables}

    def as_text(self) -> str:
        """Return the findings for people."""
        lines = [f"- {problem}" for problem in self.problems]
        for name, state in (self.manifest.tables if self.manifest else {}).items():
            lines.append(f"{name}: {state.rows} rows, {state.set_aside} set aside ({state.share:.2%})")
            lines += [f"    {claim.sentence}" for claim in state.claims]
        return "\n".join([*lines, f"verdict: {self.verdict}"])


def checked(params: Path, today: date) -> Checked:
    """Return what is wrong with a params folder and its data; never raises for a user's mistake."""
    with tempfile.TemporaryDirectory(prefix="cslib-check-") as folder:
        try:
            book = Book.open(params, today, into=Path(folder) / "snapshot")
            book.month(None)
        except Problems as error:
            return Checked(problems=error.problems)
        except CslibError as error:
            return Checked(problems=(str(error),))
        return Checked(manifest=book.manifest)
