"""What travels with the package beside its code: the notebooks, wherever it is installed."""

from __future__ import annotations

from pathlib import Path

_HOME = Path(__file__).resolve().parent


def notebooks_folder(home: Path = _HOME) -> Path:
    """Return the folder of the shipped notebooks: in a wheel it lies in the package, in a checkout beside it.

    What lies beside an installed package is never looked at, since any other distribution may own it.
    """
    beside = home.parent / "notebooks"
    return beside if (home.parent / "pyproject.toml").is_file() and beside.is_dir() else home / "notebooks"
