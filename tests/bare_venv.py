"""The wheel as a stranger gets it: built, and installed into a virtual environment that cannot see this checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[1]
_SHARED = [path for path in sys.path if path.endswith("site-packages")]


def build_wheel(into: Path, root: Path = ROOT) -> Path:
    """Return the wheel of a checkout; nothing is asked of the network, since its builder is installed."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(into)],
        cwd=root, check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = into.glob("*.whl")
    return wheel


class Installed:
    """A virtual environment that holds the wheel and, by a path, the packages that it needs; nothing is downloaded."""

    def __init__(self, folder: Path, wheel: Path) -> None:
        self.folder = folder
        venv.create(folder, symlinks=True)
        (site,) = folder.glob("lib/python*/site-packages")
        # the folders themselves: their own *.pth files, by which the tests see this checkout, are not read there
        (site / "dependencies.pth").write_text("".join(f"{path}\n" for path in _SHARED), "utf-8")
        self.site = site
        self.install(wheel)

    def install(self, wheel: Path) -> None:
        """Install a wheel, in place of another version of it."""
        subprocess.run(
            [sys.executable, "-m", "pip", "--python", str(self.python), "install", "--quiet", "--no-index", "--no-deps",
             "--force-reinstall", str(wheel)],
            check=True, env=self.environment,
        )  # fmt: skip

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    @property
    def environment(self) -> Mapping[str, str]:
        """What its programs are told: the templates of nbconvert, which lie beside the shared packages, and no checkout."""
        kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
        places = [f"{Path(path).parents[2]}/share/jupyter" for path in _SHARED]
        return kept | {
            "JUPYTER_PATH": os.pathsep.join(places),
            "PATH": os.pathsep.join([str(self.folder / "bin"), kept["PATH"]]),
        }

    def cslib(self, *words: str, here: Path) -> subprocess.CompletedProcess[str]:
        """Return what the installed program said in a folder."""
        return subprocess.run(
            [str(self.folder / "bin" / "cslib"), *words],
            cwd=here, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
