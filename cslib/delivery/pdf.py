"""A segment's pages as a PDF, printed by a Chromium where the machine has one."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from typing import TYPE_CHECKING

from cslib.delivery.outcome import Undelivered

if TYPE_CHECKING:
    from pathlib import Path

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_SECONDS = 180
_DRAWING = 20_000  # milliseconds of the page's own time, in which its charts are drawn


def print_pdf(page: Path, file: Path) -> None:
    """Print a page that needs no other file; raises `Undelivered` where there is no Chromium, or where it fails."""
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        raise Undelivered(
            f"a PDF is printed by Chromium, of which this machine has none; install it (the program is looked for as {', '.join(_BROWSERS)}), or take pdf out"
        )
    with tempfile.TemporaryDirectory(prefix="cslib-browser-") as profile:
        command = [
            browser, "--headless", "--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else []), f"--user-data-dir={profile}",
            "--no-pdf-header-footer", f"--virtual-time-budget={_DRAWING}", f"--print-to-pdf={file}", page.absolute().as_uri(),
        ]  # fmt: skip
        try:
            done = subprocess.run(  # noqa: S603 - the browser that the machine has
                command, capture_output=True, text=True, errors="replace", timeout=_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise Undelivered(f"Chromium has not printed {page.name} within {_SECONDS} seconds") from None
    if done.returncode or not file.is_file() or not file.stat().st_size:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise Undelivered(f"Chromium has not printed {page.name}: {last}")
