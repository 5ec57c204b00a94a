"""YAML as people write and save it: what is none is told with its line, marks and anchors are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cslib.errors import SettingsError
from cslib.kpis import BY_ID
from cslib.settings import Query, load
from tests.exports import export
from tests.settings import PRO, SOURCE, problems, settings_of, told

if TYPE_CHECKING:
    from pathlib import Path

MISTAKES = [
    ("policies.yaml", "a: [\n", "policies.yaml:2: not readable as YAML in UTF-8"),
    ("policies.yaml", "min_n:\n\t5\n", "policies.yaml:2: not readable as YAML in UTF-8"),
    ("policies.yaml", "- min_n\n", "policies.yaml: wanted keys with values; found ['min_n']"),
    ("policies.yaml", "min_n: 5\n---\nmin_n: 6\n", "policies.yaml:2: not readable as YAML in UTF-8"),
    ("policies.yaml", "min_n: !!python/name:os.system\n", "policies.yaml:1: not readable as YAML in UTF-8"),
    ("policies.yaml", "min_n: 5\nmin_n: 6\n", "policies.yaml:2: key 'min_n' is given twice"),
    ("segments/pro.yaml", f"{PRO}targets: {{nrr: 1, nrr: 2}}\n", "pro.yaml:4: key 'nrr' is given twice"),
    (
        "segments/pro.yaml",
        "id: pro\nname: 日本\n".encode("cp932"),
        "not readable as YAML in UTF-8: byte 14 is no UTF-8",
    ),
    ("source.yaml", "tables: &all\n  customers: *all\n", "source.yaml:2: no key 'customers'; did you mean 'columns'?"),
]


@pytest.mark.parametrize(("file", "text", "message"), MISTAKES)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, file: str, text: str | bytes, message: str) -> None:
    assert message in told(tmp_path, {file: text})


def test_a_long_value_is_not_repeated_whole(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, {"source.yaml": f"{SOURCE}read_on: {'x' * 5000}\n"})
    assert len(found) < 200


def test_a_folder_where_a_file_should_be(tmp_path: Path) -> None:
    params = export(tmp_path)
    (params / "policies.yaml").mkdir()
    with pytest.raises(SettingsError, match=r"policies\.yaml: not readable"):
        load(params, BY_ID)


def test_a_file_with_a_byte_order_mark_or_an_anchor_is_read(tmp_path: Path) -> None:
    anchored = (
        "tables:\n  customers: &it {from: a.csv, encoding: cp932}\n  contracts: {<<: *it, from: {sql: select 1}}\n"
    )
    settings = settings_of(tmp_path, {"segments/pro.yaml": f"\ufeff{PRO}", "source.yaml": anchored})
    assert settings.segments[1].id == "pro"
    assert settings.source.tables["contracts"].encoding == "cp932"
    assert settings.source.tables["contracts"].origin == Query(sql="select 1")
