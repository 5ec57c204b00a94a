"""Every recipe of docs/exports.md is run as it stands there: its files, its lines of source.yaml, the rows that it promises."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

from cslib.model import BY_NAME
from cslib.source.files import NON_DATA
from tests.exports import CLEAN, export, write
from tests.sources import together

PAGE = Path(__file__).parents[1] / "docs" / "exports.md"
_BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```", re.MULTILINE | re.DOTALL)
OTHERS = "customer_id,name\nA,Alpha\nB,Beta\nC,Gamma\n"  # of a recipe that is about another table


class Recipe(NamedTuple):
    """What a recipe is given, what it says, and the rows of a table that come of it."""

    files: dict[str, str]
    source: str  # as it stands there
    table: str
    rows: str


def recipes() -> list[Recipe]:
    """Return the recipes of the page; each ends in the rows that it promises."""
    found, files, source = [], dict[str, str](), ""
    for kind, name, text in _BLOCK.findall(PAGE.read_text("utf-8")):
        if kind == "rows":
            found.append(Recipe(files, source, name, text))
            files, source = {}, ""
        elif kind == "yaml":
            source = text
        else:
            files[name] = text
    return found


RECIPES = recipes()


def _written(value: object) -> str:
    """Return a value as the page writes it."""
    if isinstance(value, Decimal | float):
        return f"{Decimal(str(value)).normalize():f}"
    return "" if value is None else str(value)


def test_the_page_has_a_recipe_for_every_word_of_a_source() -> None:
    said = "".join(recipe.source for recipe in RECIPES)
    wanted = {
        "join",
        "fill_down",
        "split",
        "unpivot",
        "total",
        "latest",
        "terms",
        "where",
        "times",
        "per",
        "plus",
        "concat",
        "prefix",
    }
    assert {word for word in wanted if f"{word}: " not in said} == set()


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: next(iter(recipe.files)))
def test_a_recipe_gives_the_rows_that_it_promises(recipe: Recipe, tmp_path: Path) -> None:
    params = export(tmp_path, dict.fromkeys(CLEAN))
    if "  customers:" not in recipe.source:
        write(tmp_path / "data" / "customers.csv", OTHERS)
    others = "" if "  customers:" in recipe.source else "  customers: {from: ../data/customers.csv}\n"
    write(params / "source.yaml", recipe.source.replace("tables:\n", f"tables:\n{others}"))
    for name, text in recipe.files.items():
        write(tmp_path / "data" / name, text)
    header, *rows = csv.reader(recipe.rows.splitlines())
    # an older state of a thing is told, and counts as no row
    kept = [row for row in together(params, recipe.table) if row[NON_DATA] is None]
    key = BY_NAME[recipe.table].key
    ids = [row[key] for row in kept if key and row.get(key)]
    assert len(ids) == len({*ids}), "rows of one id, which would be set aside"
    found = [[_written(row[name]) for name in header] for row in kept]
    assert sorted(found) == sorted(rows)
