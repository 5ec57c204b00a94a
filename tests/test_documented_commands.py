"""Every `cslib …` that the documentation shows is typed, in the order of its pages, in a folder such as they speak of; and its Python runs."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cslib.cli import app
from cslib.demo import write_demo
from tests.test_documented_settings import PAGES, ROOT

_SHELL = re.compile(r"^ *```(?:sh|bash)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_CSLIB = re.compile(r"(?:^|do |report )(?:\.venv/bin/)?cslib ([^#;|\n]+)", re.MULTILINE)
# tried by tests of their own: what wants a project of one's own, a cluster, or the loop of a shell
_ELSEWHERE = re.compile(r"^(new|upgrade|notebook|deliver)\b|--dask|\$")
# a command that makes every page is narrowed to one: test_run.py makes all of them
_ONE_PAGE = ("--segment", "total", "--notebook", "01_setup")


def commands(text: str) -> list[str]:
    """Return what is typed after `cslib` in the blocks of a page, without remarks."""
    return [" ".join(found.split()) for block in _SHELL.findall(text) for found in _CSLIB.findall(block)]


SHOWN = {page.relative_to(ROOT).as_posix(): commands(page.read_text("utf-8")) for page in PAGES}
TYPED = [
    line for line in dict.fromkeys(line for lines in SHOWN.values() for line in lines) if not _ELSEWHERE.search(line)
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with `params/`, as in a clone, and with `exports/`: the demo's own tables."""
    folder = tmp_path_factory.mktemp("typed")
    write_demo(folder, customers=60)
    exports = [folder / "data" / f"{name}.csv" for name in ("customers", "contracts", "surveys")]
    (folder / "exports").mkdir()
    for file in exports:
        shutil.copy(file, folder / "exports")
    (folder / "more").mkdir()
    shutil.copy(folder / "data" / "goals.csv", folder / "more")
    return folder


def test_pages_show_commands() -> None:
    assert {"README.md", "README.ja.md", "docs/first-hour.md", "docs/ja/first-hour.md"} <= {
        page for page, lines in SHOWN.items() if lines
    }
    text = "```sh\ncslib run --params a  # all\n.venv/bin/cslib check --params b\n```\nsays cslib kpis\n"
    assert commands(text) == ["run --params a", "check --params b"]


@pytest.mark.parametrize("page", ["README", "docs/first-hour"])
def test_both_languages_show_the_same_commands(page: str) -> None:
    japanese = {"README": "README.ja.md", "docs/first-hour": "docs/ja/first-hour.md"}[page]
    assert SHOWN[f"{page}.md"] == SHOWN[japanese]


@pytest.mark.parametrize("line", TYPED)
def test_a_command_does_what_it_is_shown_for(line: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    typed = [
        name
        for word in shlex.split(line)
        for name in ([*map(str, sorted(Path().glob(word)))] if "*" in word else [word])
    ]
    narrowed = _ONE_PAGE if typed[0] == "run" and "--segment" not in typed else ()
    done = CliRunner().invoke(app, [*typed, *narrowed])
    assert done.exit_code == 0, f"{done.output}\n{done.stderr}\n{done.exception!r}"
    if "--out" in typed:
        assert Path(typed[typed.index("--out") + 1]).exists()
    else:
        assert done.stdout.strip()
