"""YAML as people write and save it: what is none is told with its line, marks and anchors are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cslib.errors import SettingsError
from cslib.kpis import BY_ID
from cslib.settings import Query, load
from tests.exports import export, write
from tests.settings import PRO, SOURCE, problems, settings_of, told
from tests.sources import column

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


WORDS = """\
tables:
  customers:
    from: a.csv
    columns:
      employees: {column: Staff, null: [0, 99]}
      plan: {column: on, map: {null: none, ~: tilde, 01: one, 1.10: eleven, 2026-10-31: day, yes: paid}}
    where: {on: [1], No: {missing: false}, null: x, 2026-10-31: y, 07: z}
"""


def test_a_key_is_the_text_that_is_written(tmp_path: Path) -> None:
    """YAML reads null as nothing, on and No as truths, 01 as 1; as the name of a column each is itself."""
    customers = settings_of(tmp_path, {"source.yaml": WORDS.replace("column: on", "column: 'on'")}).source.tables[
        "customers"
    ]
    assert customers.columns["employees"].null == (0, 99)
    assert list(customers.where) == ["on", "No", "null", "2026-10-31", "07"]
    # of a map, yes stands for every spelling of a truth
    assert list(customers.columns["plan"].map) == ["null", "~", "01", "1.10", "2026-10-31", True]


def test_a_value_that_yaml_takes_for_a_truth_is_told_with_the_way_out(tmp_path: Path) -> None:
    assert "wanted a text (YAML reads on, off, yes and no as true and false: quote them); found True" in told(
        tmp_path, {"source.yaml": WORDS}
    )


def test_words_of_a_map_are_found_as_they_are_written(tmp_path: Path) -> None:
    text = "customer_id,name,plan\n1,a,null\n2,b,01\n3,c,Yes\n4,d,1\n"
    words = "{column: plan, map: {null: none, 01: one, yes: paid}}"
    params = export(tmp_path, {"customers.csv": text, "contracts.csv": None, "surveys.csv": None})
    write(
        params / "source.yaml", f"tables: {{customers: {{from: ../data/customers.csv, columns: {{plan: {words}}}}}}}\n"
    )
    assert column(params, "plan") == ["none", "one", "paid", "paid"]  # yes says 1 as well, 01 says 01 alone
