"""One word for one thing wherever a reader looks: what the glossary refuses comes back nowhere."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest

from cslib.i18n import TEXTS
from cslib.kpis import CATALOGUE
from tests.notebooks import SHIPPED

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
JAPANESE = re.compile(r"[぀-ヿ一-鿿]")
HALF = re.compile(r"[(?!)]|[぀-ヿ一-鿿」）}]:")
BARE = re.compile(r"`[^`]*`|\$[^$\n]*\$|\]\([^)\n]*\)|https?://\S+")  # code, formulas and addresses keep their own
_SEARCHED = [
    *sorted((ROOT / "params").rglob("*.yaml")),
    *(ROOT / "cslib/settings/templates.py", ROOT / "cslib/scaffold/segments.py", ROOT / "cslib/settings/folder.py"),
    *(ROOT / "cslib/demo").glob("*_file*.py"),
    *(ROOT / "cslib/reports/template").glob("*.*"),
    *(ROOT / "cslib/project/template").rglob("*.*"),
]  # fmt: skip
FILES = [path for path in _SEARCHED if path.is_file()]


@cache
def refused() -> dict[str, str]:
    """Return each refused word with the glossary's word for it."""
    rows = re.findall(
        r"^\| \*\*(.+?)\*\* \|.*\| ([^|]*) \|$", (ROOT / "docs/glossary.md").read_text("utf-8"), re.MULTILINE
    )
    return {word: said for said, words in rows for word in re.findall(r"`([^`]+)`", words) if JAPANESE.search(said)}


def texts() -> Iterator[tuple[str, str]]:
    """Return every text that readers see, with where it stands."""
    for key, message in TEXTS.items():
        yield f"{key} (ja)", message.ja
        yield f"{key} (en)", message.en
    for kpi in CATALOGUE:
        yield f"{kpi.id} (ja)", f"{kpi.ja}\n{kpi.ja_formula}\n{getattr(kpi.listed, 'ja', '')}"
        yield f"{kpi.id} (en)", f"{kpi.en}\n{kpi.en_formula}\n{getattr(kpi.listed, 'en', '')}"
    for path in SHIPPED:
        for cell in nbformat.read(path, 4).cells:
            if cell.cell_type == "markdown":
                language = "ja" if "lang-ja" in cell.metadata.get("tags", []) else "en"
                yield f"{path.name} {cell.id} ({language})", cell.source


def test_the_glossary_refuses_words_in_both_languages() -> None:
    assert refused()["復活"] == "再契約"
    assert refused()["On last month"] == "前月差、前年同月差"
    assert len(refused()) > 20


@pytest.mark.parametrize("word", refused())
def test_no_refused_word_comes_back(word: str) -> None:
    wrong = re.compile(rf"(?<!\w){word}\b" if word.isascii() else word)
    found = [place for place, text in texts() if wrong.search(text)]
    found += [
        str(file.relative_to(ROOT)) for file in FILES if not word.isascii() and wrong.search(file.read_text("utf-8"))
    ]
    assert not found, f"{word} stands in {', '.join(found)}; say {refused()[word]}"


def test_the_goals_of_customers_and_the_targets_of_kpis_have_names_of_their_own() -> None:
    assert [kpi.ja for kpi in CATALOGUE if "目標" in kpi.ja and not kpi.ja.startswith("顧客の")] == []
    assert TEXTS["target"].ja == "KPI目標"
    assert TEXTS["stage_setup"].ja == "導入"


def test_japanese_has_full_width_punctuation() -> None:
    found = {
        place: text
        for place, text in texts()
        if place.endswith("(ja)")
        and (JAPANESE.search(text) or "{" in text)
        and HALF.search(BARE.sub("", re.sub(r"\{\w+\}", "}", text)))
    }
    assert not found
