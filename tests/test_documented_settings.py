"""Every YAML that the documentation shows is read by the reader that reads a user's files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from cslib.model import BY_NAME
from cslib.scaffold.systems.declaration import System
from cslib.settings import (
    Action,
    Actions,
    ColumnMap,
    Events,
    Health,
    Policies,
    Programme,
    Programmes,
    Report,
    Segment,
    Source,
    TableSource,
    Team,
)
from cslib.settings.delivery import Notify, Publish
from cslib.settings.fields import Condition
from cslib.yaml_files import read
from tests.documented import BLOCKS, PAGES, ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import BaseModel

FILES: dict[str, type[BaseModel]] = {
    "source.yaml": Source, "policies.yaml": Policies, "report.yaml": Report, "segments/": Segment, "health.yaml": Health,
    "programmes.yaml": Programmes, "team.yaml": Team, "actions.yaml": Actions, "events.yaml": Events,
    "systems/": System,
}  # fmt: skip
_INLINE = re.compile(r"(?<!`)`([a-z_A-Z]\w*: [^`\n]+)`(?!`)")
_REST: dict[type[BaseModel], dict[str, Any]] = {  # without which a model is not whole
    Publish: {"to": "../x"}, Notify: {"to": "json://x"},
    Programme: {"programme": "x"}, Action: {"id": "x", "name": "x", "kpi": "nps", "owner": "x", "started_on": "2026-01-01", "expected": {"change": 1, "by": "2026-02"}, "review_on": "2026-02-01"}, Source: {"tables": {}}, Segment: {"id": "x", "name": "x"}, TableSource: {"from": "a.csv"}, ColumnMap: {"column": "x"},
}  # fmt: skip

YAML = [pytest.param(block.text, id=str(block)) for block in BLOCKS if block.language == "yaml"]
LINES = [
    pytest.param(line, id=f"{page.relative_to(ROOT)}: {line}")
    for page in PAGES
    for line in dict.fromkeys(_INLINE.findall(page.read_text("utf-8")))
]


def model_of(block: str) -> type[BaseModel]:
    """Return whose block it is: the file that its first line names, else that which has such keys."""
    named = [model for file, model in FILES.items() if re.match(rf"# [\w/]*{re.escape(file)}", block)]
    if named:
        return named[0]
    keys = set(yaml.load(block, Loader=yaml.BaseLoader))  # noqa: S506 - texts alone
    (model,) = [
        model for model in FILES.values() if keys <= {f.alias or name for name, f in model.model_fields.items()}
    ]
    return model


def unread(text: str, model: type[BaseModel], folder: Path) -> list[str]:
    """Return what the reader has to say against a text."""
    file = folder / "settings.yaml"
    file.write_text(text, encoding="utf-8")
    problems: list[str] = []
    read(file, model, problems)
    return problems


def test_there_are_blocks_and_lines_to_read() -> None:
    assert {page.name for page in PAGES} >= {"README.md", "engines.md", "kpis.md"}
    assert len(YAML) >= 2
    assert len(LINES) >= 5


@pytest.mark.parametrize("block", YAML)
def test_a_block_is_read(block: str, tmp_path: Path) -> None:
    model = model_of(block)
    assert unread(block, model, tmp_path) == []
    if model is Source:
        tables = yaml.load(block, Loader=yaml.BaseLoader)["tables"]  # noqa: S506
        assert set(tables) <= set(BY_NAME)
        for name, said in tables.items():
            for spec in said if isinstance(said, list) else [said]:
                assert set(spec.get("columns", {})) <= set(BY_NAME[name].names), name


def test_a_block_with_a_mistake_is_not(tmp_path: Path) -> None:
    assert unread("# params/policies.yaml\ngrace: 3\n", Policies, tmp_path) != []
    with pytest.raises(ValueError, match="unpack"):
        model_of("graces: 3\n")


@pytest.mark.parametrize("line", LINES)
def test_a_line_in_the_text_is_one_of_a_settings_file(line: str, tmp_path: Path) -> None:
    """`key: value` stands in some file, or for a column of some table."""
    key = line.partition(":")[0]
    models: list[type[BaseModel]] = [*FILES.values(), Publish, Notify, Programme, TableSource, ColumnMap, Condition]
    owners = [model for model in models if key in {f.alias or name for name, f in model.model_fields.items()}]
    columns = {name for table in BY_NAME.values() for name in table.names}
    if key in columns and not owners:
        indented = line.replace("\n", "\n  ")
        assert unread(f"from: a.csv\ncolumns:\n  {indented}\n", TableSource, tmp_path) == []
        return
    assert owners, f"no settings file and no table knows {key}"
    said = [_refused(line, model, tmp_path) for model in owners]
    assert None in said, said


def _refused(line: str, model: type[BaseModel], folder: Path) -> str | None:
    rest = {key: value for key, value in _REST.get(model, {}).items() if not line.startswith(f"{key}:")}
    if model is ColumnMap and line.startswith("value:"):
        rest = {}
    told = unread(yaml.safe_dump(rest) * bool(rest) + line + "\n", model, folder)
    return "; ".join(told) or None
