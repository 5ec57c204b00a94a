"""Every line that the documentation gives to a shell is read by one, and every `cslib …` in it typed, in a folder such as the pages speak of."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cslib.cli import app
from cslib.demo import write_demo
from tests.documented import BLOCKS, PAGES, ROOT

# a command that makes every page is narrowed to one: test_run.py makes all of them
_ONE_PAGE = ("--segment", "total", "--notebook", "01_setup")
_INLINE = re.compile(r"(?<!`)`(?:\.venv/bin/)?cslib ([a-z][^`]*)`(?!`)")
_OWN = "ours"  # the project of one's own that a page has made before it speaks of it
# What stands in the place of each program, and writes down what it was given.
_STUB = f"""\
#!{sys.executable}
import json, os, sys
with open(os.environ["HEARD"], "a", encoding="utf-8") as heard:
    heard.write(json.dumps([os.path.basename(sys.argv[0]), *sys.argv[1:]]) + "\\n")
"""
PROGRAMS = ("cslib", "uvx", "make", "pip", "git", "papermill", "edit")
SHOWN = {
    page: [
        found
        for block in BLOCKS
        if (block.page, block.language) == (page, "sh")
        for line in block.text.splitlines()
        if (found := re.sub(r"(^|\s+)#\s.*", "", line))
    ]
    for page in dict.fromkeys(block.page for block in BLOCKS)
}
TYPED = dict.fromkeys(line for lines in SHOWN.values() for line in lines)
TYPED_INLINE = dict.fromkeys(
    found for page in PAGES for found in _INLINE.findall(page.read_text("utf-8")) if not re.search(r"NAME|…|DIR", found)
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with `params/`, as in a clone, and with `exports/`: the demo's own tables."""
    folder = tmp_path_factory.mktemp("typed")
    write_demo(folder, customers=60)
    for into, names in (("exports", ("customers", "contracts", "surveys")), ("more", ("goals",))):
        (folder / into).mkdir()
        for name in names:
            shutil.copy(folder / "data" / f"{name}.csv", folder / into)
    for programs in (folder / "bin", folder / ".venv" / "bin"):
        programs.mkdir(parents=True)
        for name in PROGRAMS:
            (programs / name).write_text(_STUB, "utf-8")
            (programs / name).chmod(0o755)
    return folder


def heard(line: str, place: Path) -> list[list[str]]:
    """Return what a shell makes of a line: the words of each program that it starts."""
    said = place / "heard"
    said.write_text("", "utf-8")
    environment = {"PATH": str(place / "bin"), "HEARD": str(said), "EDITOR": "edit"}
    done = subprocess.run(
        [shutil.which("bash") or "bash", "-euc", line],
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(words) for words in said.read_text("utf-8").splitlines()]


def test_pages_show_commands() -> None:
    assert {"README.md", "README.ja.md", "docs/first-hour.md", "docs/ja/first-hour.md"} <= {
        page for page, lines in SHOWN.items() if lines
    }


@pytest.mark.parametrize("page", ["README", "docs/first-hour"])
def test_both_languages_show_the_same_commands(page: str) -> None:
    japanese = {"README": "README.ja.md", "docs/first-hour": "docs/ja/first-hour.md"}[page]
    assert SHOWN[f"{page}.md"] == SHOWN[japanese]


@pytest.mark.parametrize("line", TYPED)
def test_a_line_does_what_it_is_shown_for(line: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = heard(line, place)
    assert said
    for words in said:
        if len(said) > 2:  # a loop over months, each of which would take a run
            _has_words(words[1:])
        else:
            _try(words, place, monkeypatch)


def test_a_shell_reads_a_line_as_a_shell(place: Path) -> None:
    assert heard("cslib check --params params # all", place) == [["cslib", "check", "--params", "params"]]
    assert heard("cslib init my --from more/*.csv", place)[0][-1] == "more/goals.csv"
    with pytest.raises(AssertionError, match="not found"):
        heard("clsib check", place)


def _try(words: list[str], place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program, *said = words
    if program == "uvx":
        assert said[:2] == ["--from", tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["name"]]
        program, *said = said[2:]
    match program:
        case "cslib":
            monkeypatch.chdir(place / _OWN if said[0] == "notebook" else place)
            _type(said)
        case "make":
            rules = [folder / "Makefile" for folder in ([place / said[1]] if said[0] == "-C" else [ROOT, place / _OWN])]
            assert any(re.search(rf"^{said[-1]}:", file.read_text("utf-8"), re.MULTILINE) for file in rules)
        case "pip":
            (extra,) = re.findall(r"^customer-success-report\[(\w+)\]$", said[-1])
            assert (
                extra in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
            )
        case "edit":
            assert (place / said[0]).is_dir()
        case "papermill":  # test_notebooks.py runs this notebook with it
            assert (ROOT / said[0]).is_file()
            assert said[2:] == ["-p", "params", "params", "-p", "segment", "enterprise", "-p", "as_of", "2026-10"]
        case _:
            assert said[0] in {"switch", "diff"}, words


def _type(said: list[str]) -> None:
    narrowed = _ONE_PAGE if said[0] == "run" and "--segment" not in said else ()
    done = CliRunner().invoke(app, [*said, *narrowed])
    assert done.exit_code == 0, f"{done.output}\n{done.stderr}\n{done.exception!r}"
    if "--out" in said:
        assert Path(said[said.index("--out") + 1]).exists()
    else:
        assert done.stdout.strip()


@pytest.mark.parametrize("line", TYPED_INLINE)
def test_a_command_in_the_text_is_one(line: str) -> None:
    """It has the words that it is shown with, so that what is typed after it reaches it."""
    _has_words(shlex.split(line))


def _has_words(words: list[str]) -> None:
    command, line = typer.main.get_command(app), " ".join(words)
    while words and (inner := getattr(command, "commands", {}).get(words[0])) is not None:
        command = inner
        words = words[1:]
    assert not getattr(command, "commands", {}), f"{line}: no such command"
    known = {name for option in command.params for name in option.opts}
    assert {word for word in words if word.startswith("--")} <= known
