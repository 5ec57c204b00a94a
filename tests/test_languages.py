"""One run in several languages: each page beside its counterpart, the first language where a run in that one alone has it."""

from __future__ import annotations

import json
import os
import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from cslib.cli import app
from cslib.errors import CslibError
from cslib.reports.history import forget_old_runs
from cslib.reports.run import Request, run
from tests.books import NOW
from tests.exports import write, write_yaml
from tests.notebooks import export_with, write_notebooks
from tests.settings import told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from cslib.i18n import Language
    from cslib.reports.run import Result

pytestmark = pytest.mark.xdist_group("languages")
_LIST = (
    "from cslib.scenario import Scenario\ns = Scenario.open(params, segment, as_of, language, snapshot)\n"
    "s.customers('nps')"
)
_FAILING = "raise ValueError('now it fails')"
REAL = "会社00001"


def _said(params: Path, **report: object) -> None:
    write_yaml(params / "report.yaml", {"notebooks": ["00_summary", "list"], "months": 3, **report})


def _made(params: Path, languages: tuple[Language, ...] = (), out: str = "out", *, single_file: bool = False) -> Result:
    request = Request(params, params.parent / out, "2026-04", languages=languages, single_file=single_file)
    return run(request, NOW, lambda *_: None)


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a book of two notebooks, and a run in both languages."""
    folder = tmp_path_factory.mktemp("languages")
    params = export_with(folder, {"00_summary": "print('all')", "list": _LIST}, months=3, min_n=5)
    _said(params, languages=["ja", "en"])
    _made(params, single_file=True)
    return folder


@pytest.fixture(scope="module")
def both(once: Path) -> Path:
    """Return that run."""
    return (once / "out" / "latest").resolve()


def _files(folder: Path) -> set[str]:
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}


def _links(page: Path) -> Iterator[Path]:
    for href in re.findall(r'(?:href|src)="([^"#]+)"', page.read_text("utf-8")):
        if not href.startswith("data:"):
            yield page.parent / unescape(href)


def _broken(pages: Iterable[Path]) -> list[str]:
    return [f"{page}: {link}" for page in pages for link in _links(page) if not link.is_file()]


def _counterparts(page: Path) -> list[Path]:
    found = re.findall(r'<a href="([^"]+)" lang="\w\w" hreflang="\w\w">', page.read_text("utf-8"))
    return [(page.parent / href).resolve() for href in found]


def test_every_page_leads_to_the_same_page_in_the_other_language_and_back(both: Path) -> None:
    pages = [
        both / folder / page for folder in ("", "en") for page in ("index.html", "total/index.html", "total/list.html")
    ]
    for page in pages:
        (other,) = _counterparts(page)
        assert _counterparts(other) == [page]
        assert (both / "en" in page.parents) != (both / "en" in other.parents)
        assert other.name == page.name
    assert not _broken(pages)


def test_each_edition_is_in_its_language(both: Path) -> None:
    for folder, language in ((both, "ja"), (both / "en", "en")):
        for page in (folder / "index.html", folder / "total" / "list.html", folder / "total.html"):
            assert f'<html lang="{language}">' in page.read_text("utf-8")
        assert (folder / "total" / "notebooks" / "list.ipynb").is_file()
        executed = json.loads((folder / "total" / "notebooks" / "list.ipynb").read_text("utf-8"))
        assert executed["metadata"]["papermill"]["parameters"]["language"] == language


def test_the_log_names_the_page_of_every_report(both: Path) -> None:
    log = json.loads((both / "run.json").read_text("utf-8"))
    assert (log["language"], log["languages"]) == ("ja", ["ja", "en"])
    pages = [report["page"] for report in log["reports"]]
    assert len({*pages}) == len(pages)
    assert all((both / page).is_file() for page in pages)


def test_a_run_in_one_language_lies_where_it_always_did(params: Path, both: Path) -> None:
    _said(params, language="ja")
    alone = _made(params, single_file=True)
    assert _files(alone.folder) == {file for file in _files(both) if not file.startswith("en/")}
    assert all(one.reused for one in alone.outcomes)
    assert not _counterparts(alone.folder / "total" / "list.html")
    # the further language is no reason to lose what the first has
    _said(params, languages=["ja", "en"])
    write_notebooks(params.parent / "notebooks", list=_FAILING)
    assert {one.last_good for one in _made(params).failed} == {"list.last-good.html"}


def test_the_last_good_page_is_that_of_the_same_language_and_all_its_links_hold(params: Path) -> None:
    write_notebooks(params.parent / "notebooks", list=_FAILING)
    broken = _made(params)
    assert [(one.edition, one.notebook) for one in broken.outcomes if one.reused] == [
        ("", "00_summary"),
        ("en", "00_summary"),
    ]
    assert {(one.edition, one.last_good) for one in broken.failed} == {
        ("", "list.last-good.html"),
        ("en", "list.last-good.html"),
    }
    for folder, language in ((broken.folder, "ja"), (broken.folder / "en", "en")):
        page = folder / "total" / "list.last-good.html"
        assert f'<html lang="{language}">' in page.read_text("utf-8")
        assert not _broken([page, folder / "index.html", folder / "total" / "list.html"])


def test_no_last_good_page_comes_from_a_run_whose_pages_lay_elsewhere(params: Path) -> None:
    write_notebooks(params.parent / "notebooks", list=_FAILING)
    for languages in (("ja",), ("en", "ja")):  # one fewer, and the other first
        assert {one.last_good for one in _made(params, languages).failed} == {""}


def test_runs_are_forgotten_by_each_language(tmp_path: Path) -> None:
    for number, languages in enumerate((["ja", "en"], ["ja"], ["ja"]), 1):
        log = {"number": number, "as_of": "2026-04", "language": languages[0], "languages": languages}
        kept = {"published": True, "seconds": 1, "reports": [], "fingerprints": {}}
        write(tmp_path / "runs" / str(number) / "run.json", json.dumps({**log, **kept}))
    assert [run.number for run in forget_old_runs(tmp_path, 1)] == [1, 3]  # the first for its English pages alone


def test_outsiders_see_no_name_in_either_language(params: Path) -> None:
    _said(params, languages=["ja", "en"], audience="external")
    made = _made(params, out="outside")
    assert (made.folder / "en" / "total" / "list.html").is_file()
    files = [file for file in made.folder.rglob("*") if file.is_file()]
    assert not [file.name for file in files if REAL in file.read_bytes().decode("utf-8", "replace")]


def test_the_option_may_be_given_again(params: Path) -> None:
    _said(params, language="ja")
    asked = ["run", "--params", str(params), "--out", str(params.parent / "out"), "--as-of", "2026-04"]
    told = CliRunner().invoke(app, [*asked, "--segment", "total", "--language", "en", "--language", "ja"])
    assert told.exit_code == 0, told.output
    latest = params.parent / "out" / "latest"
    assert '<html lang="en">' in (latest / "index.html").read_text("utf-8")
    assert '<html lang="ja">' in (latest / "ja" / "total" / "list.html").read_text("utf-8")
    assert "ja/total/list" in told.stderr  # reports of one name are told apart
    assert os.readlink(latest).startswith("runs")  # noqa: PTH115


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"report.yaml": "language: ja\nlanguages: [ja, en]\n"}, "report.yaml:2: languages: wanted language or languages; found both"),
        ({"report.yaml": "languages: [ja, ja]\n"}, "report.yaml:1: languages: wanted each language once; found ja, ja"),
        ({"report.yaml": "languages: [ja, fr]\n"}, "report.yaml:1: languages: wanted 'ja' or 'en'; found 'fr'"),
        (
            {"report.yaml": "languages: [ja, en]\n", "segments/en.yaml": "id: en\nname: 英語圏\nwhere: {plan: [a]}\n"},
            "report.yaml:1: languages: the pages in en go into a folder en, which is that of the segment en",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place(tmp_path: Path, files: dict[str, str], message: str) -> None:
    assert message in told(tmp_path, files)


def test_the_option_is_refused_where_a_segment_has_the_folder(params: Path) -> None:
    (params / "segments" / "en.yaml").write_text("id: en\nname: x\nwhere: {plan: [pro]}\n", "utf-8")
    _said(params, language="ja")
    with pytest.raises(CslibError, match="--language: the pages in en go into a folder en"):
        _made(params, ("ja", "en"))
