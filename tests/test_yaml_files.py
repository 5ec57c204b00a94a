"""YAML as people write and save it: what is none is told with its line, marks and anchors are read."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest

from cslib.errors import SettingsError
from cslib.kpis import CATALOGUE
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
    # what holds itself has no end, whatever it is read as
    (
        "source.yaml",
        "tables: &all\n  customers: *all\n",
        "source.yaml:2: not readable as YAML in UTF-8: the alias 'all'",
    ),
]


@pytest.mark.parametrize(("file", "text", "message"), MISTAKES)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, file: str, text: str | bytes, message: str) -> None:
    assert message in told(tmp_path, {file: text})


def _bomb(item: str, joined: str) -> str:
    """Return a dozen anchors of which each stands nine times for the one before."""
    lines = [f"k0: &k0 {item}"]
    lines += [f"k{n}: &k{n} {joined.format(*[f'*k{n - 1}'] * 9)}" for n in range(1, 12)]
    return "\n".join(lines) + "\n"


ENDLESS = {
    "aliases of lists": _bomb("[x]", "[{}, {}, {}, {}, {}, {}, {}, {}, {}]"),
    "aliases of mappings": _bomb("{a: 1}", "{{a: {}, b: {}, c: {}, d: {}, e: {}, f: {}, g: {}, h: {}, i: {}}}"),
    "aliases merged": _bomb("{a: 1}", "{{<<: [{}, {}, {}, {}, {}, {}, {}, {}, {}]}}"),
    "lists in lists": "x: " + "[" * 20_000,
    "closed lists in lists": "x: " + "[" * 300 + "]" * 300,
    "mappings in mappings": "x: " + "{a: " * 3000,
    "blocks in blocks": "".join(f"{' ' * level}a:\n" for level in range(1500)),
    "dashes": "- " * 3000 + "x\n",
    "itself": "x: &x [*x]\n",
    "too long": "x: " + "y" * (1 << 21),
    "digits": f"min_n: {'9' * 5000}\n",
    "no number": "min_n: !!int x\n",
    "no float": "min_n: !!float x\n",
    "no time": "min_n: !!timestamp x\n",
    "NUL": 'min_n: "\\0"\n',
    "half a sign": 'min_n: "\\uD800"\n',
    "no key": "? [a, b]\n: c\n",
}


@pytest.mark.parametrize("name", ENDLESS)
@pytest.mark.parametrize("file", ["source.yaml", "policies.yaml", "report.yaml", "segments/pro.yaml"])
def test_what_cannot_be_read_to_its_end_is_refused_at_once(tmp_path: Path, file: str, name: str) -> None:
    began = time.monotonic()
    found = told(tmp_path, {file: ENDLESS[name]})
    assert re.search(rf"{re.escape(file)}(:\d+)?: not readable as YAML in UTF-8: ", found)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("policies.yaml", f"hourly_cost: {'9' * 400}\n"),
        ("policies.yaml", "allowed_quarantine: .nan\n"),
        ("policies.yaml", "grace_days: 1000000000000\n"),
        ("policies.yaml", "onboarding_days: 1000000000000\n"),
        ("policies.yaml", "adoption_weeks: {active: 1, of: 1000000000000}\n"),
        ("report.yaml", "months: 1000000000000\n"),
        ("report.yaml", "cell_seconds: 1000000000000\n"),
        ("source.yaml", f"read_on: 0001-01-01\n{SOURCE}"),
        ("segments/pro.yaml", f"id: pro\nname: p\nwhere: {{employees: {{at_least: {'9' * 400}}}}}\n"),
        ("segments/pro.yaml", f"id: pro\nname: p\nwhere: {{employees: [{'9' * 400}]}}\n"),
        ("segments/pro.yaml", "id: pro\nname: p\nwhere: {employees: {not: .inf}}\n"),
    ],
)
def test_a_number_beyond_all_bounds_is_refused(tmp_path: Path, file: str, text: str) -> None:
    assert re.search(rf"{re.escape(file)}:\d: [\w.]+: .*(wanted|less than|greater)", told(tmp_path, {file: text}))


def test_a_long_value_is_not_repeated_whole(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, {"source.yaml": f"{SOURCE}read_on: {'x' * 5000}\n"})
    assert len(found) < 200


def test_a_folder_where_a_file_should_be(tmp_path: Path) -> None:
    params = export(tmp_path)
    (params / "policies.yaml").mkdir()
    with pytest.raises(SettingsError, match=r"policies\.yaml: not readable"):
        load(params, CATALOGUE.by_id)


def test_a_file_with_a_byte_order_mark_or_an_anchor_is_read(tmp_path: Path) -> None:
    anchored = (
        "tables:\n  customers: &it {from: a.csv, encoding: cp932}\n  contracts: {<<: *it, from: {sql: select 1}}\n"
    )
    settings = settings_of(tmp_path, {"segments/pro.yaml": f"\ufeff{PRO}", "source.yaml": anchored})
    assert settings.segments[1].id == "pro"
    assert settings.source.tables["contracts"][0].encoding == "cp932"
    assert settings.source.tables["contracts"][0].origin == Query(sql="select 1")


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
    settings = settings_of(tmp_path, {"source.yaml": WORDS.replace("column: on", "column: 'on'")})
    (customers,) = settings.source.tables["customers"]
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
