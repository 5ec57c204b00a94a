"""What is shipped with the package besides its code: the notebooks, wherever it is installed."""

from __future__ import annotations

from pathlib import Path

_HOME = Path(__file__).resolve().parent


def notebooks_folder(home: Path = _HOME) -> Path:
    """Return the folder of the shipped notebooks: in a wheel it is in the package, in a checkout next to it.

    What is next to an installed package is never read, since any other distribution may own it.
    """
    beside = home.parent / "notebooks"
    return beside if (home.parent / "pyproject.toml").is_file() and beside.is_dir() else home / "notebooks"


def known_systems(home: Path = _HOME) -> list[str]:
    """Return the names of the systems whose exports are recognised by their headers: those of the files that declare them."""
    return sorted(file.stem for file in (home / "scaffold" / "systems").glob("*.yaml"))
