"""An analyst's notebook in JupyterLab reads in one language, though it holds several."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from playwright.sync_api import expect, sync_playwright

from cslib.in_one_language import style_of
from cslib.shipped import notebooks_folder
from tests.books import SMALL, altered
from tests.processes import wait
from tests.test_browser import CHROMIUM, QUIET

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

SHIPPED = sorted(notebooks_folder().glob("*.ipynb"))


def _notebook(*cells: tuple[str, str]) -> dict[str, Any]:
    """Return a notebook of Markdown cells, each a language (or none) and a text."""
    told = [
        {"cell_type": "markdown", "source": text, "metadata": {"tags": [f"lang-{language}"] if language else []}}
        for language, text in cells
    ]
    return {"cells": told}


def _hidden(style: str) -> list[str]:
    return re.findall(r'\[title="(.*?)"\]', style)


def test_headings_of_other_languages_are_hidden_and_those_for_all_are_not() -> None:
    notebook = _notebook(
        ("ja", "# 問い\n\n本文"), ("en", "# A question\n\nText"), ("", "## Both"), ("en", "no heading")
    )
    assert _hidden(style_of(notebook, "ja")) == ["A question"]
    assert _hidden(style_of(notebook, "en")) == ["問い"]
    assert '[data-jupyter-id="A-question"]' in style_of(notebook, "ja")


def test_a_heading_that_two_languages_share_is_seen() -> None:
    assert not style_of(_notebook(("ja", "## NPS"), ("en", "## NPS")), "en")


def test_a_heading_does_not_end_the_style_that_names_it() -> None:
    style = style_of(_notebook(("ja", '# 「"]{} \\ </style><script>alert(1)</script>')), "en")
    assert "<" not in style
    assert style.count('"') == 4  # of two names


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_every_text_of_a_shipped_notebook_has_a_heading_by_which_it_is_told(file: Path) -> None:
    notebook = json.loads(file.read_text("utf-8"))
    for language in ("ja", "en"):
        others = [
            cell for cell in notebook["cells"] if {*cell["metadata"].get("tags", ())} & ({"lang-ja", "lang-en"} - {f"lang-{language}"})
        ]  # fmt: skip
        assert len(_hidden(style_of(notebook, language))) == len(others)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/api", timeout=1):  # noqa: S310 - our own
            return True
    except OSError:
        return False


@contextmanager
def _lab(root: Path) -> Iterator[str]:
    """Yield the address of a JupyterLab that serves a folder."""
    own = {f"JUPYTER_{name}": str(root / ".jupyter") for name in ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")}
    own |= {f"JUPYTERLAB_{name}_DIR": str(root / ".jupyter") for name in ("SETTINGS", "WORKSPACES")}
    port = _free_port()
    asked = [
        "--no-browser",
        "--allow-root",
        "--IdentityProvider.token=",
        f"--port={port}",
        f"--ServerApp.root_dir={root}",
    ]
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *asked, "--ServerApp.port_retries=0"],
        env={**os.environ, **own}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait(lambda: _answers(f"http://127.0.0.1:{port}"))
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)


def _saved(file: Path, cells: Sequence[tuple[str, str]]) -> None:
    """Write a notebook of Markdown cells by their language, and of cells of code, which have none."""
    made = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    for language, text in cells:
        new = nbformat.v4.new_markdown_cell if language else nbformat.v4.new_code_cell
        made.cells.append(new(text, metadata={"tags": [f"lang-{language}"]} if language else {}))
    nbformat.write(made, file)


@pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="wants Chromium: apt-get install chromium")
def test_in_a_real_jupyterlab_the_language_of_the_scenario_is_read(tmp_path: Path) -> None:
    params = altered(SMALL, tmp_path / "params", {})
    opens = f'from cslib import Scenario\ns = Scenario.open({str(params)!r}, language="en")'
    _saved(tmp_path / "own.ipynb", [("ja", "# 何を知りたいか?"), ("en", "# What is the question?"), ("", opens)])
    with _lab(tmp_path) as address, sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET)).new_page()
        page.goto(f"{address}/lab/tree/own.ipynb", timeout=60_000)
        japanese = page.locator(".jp-RenderedMarkdown h1", has_text="何を知りたいか")
        english = page.locator(".jp-RenderedMarkdown h1", has_text="What is the question?")
        expect(japanese).to_be_visible(timeout=60_000)
        page.locator(".lm-MenuBar-item", has_text="Run").click()
        page.locator(".lm-Menu-item", has_text="Run All Cells").first.click()
        expect(japanese).to_be_hidden(timeout=90_000)
        expect(english).to_be_visible()
