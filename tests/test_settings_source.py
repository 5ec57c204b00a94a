"""Mistakes in source.yaml: each is named with its line and the nearest known name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.settings import SOURCE, problems, settings_of, told

if TYPE_CHECKING:
    from pathlib import Path

MISTAKES = [
    # an unknown key, at every depth
    (f"{SOURCE}urll: duckdb://\n", "source.yaml:3: no key 'urll'; did you mean 'url'?"),
    (f"{SOURCE}    from: x\n", "source.yaml:3: not readable as YAML"),
    (
        "tables:\n  customers:\n    from: a.csv\n    encodng: cp932\n",
        "source.yaml:4: no key 'encodng'; did you mean 'encoding'?",
    ),
    ("tables:\n  customers:\n    form: a.csv\n", "source.yaml:3: no key 'form'; did you mean 'from'?"),
    (
        "tables:\n  customers:\n    from: a.csv\n    columns:\n      name: {column: n, fromat: x}\n",
        "source.yaml:5: no key 'fromat'; did you mean 'format'?",
    ),
    (
        "tables:\n  customers:\n    from: a.csv\n    where:\n      Status: {at_lest: 3}\n",
        "source.yaml:5: no key 'at_lest'; did you mean 'at_least'?",
    ),
    ("tables:\n  customers:\n    from: {sqll: select 1}\n", "source.yaml:3: no key 'sqll'; did you mean 'sql'?"),
    # a key that is missing
    ("", "source.yaml:1: the key 'tables' is missing"),
    ("tables:\n", "source.yaml:1: the key 'tables' is missing"),
    ("tables:\n  customers: {columns: {}}\n", "source.yaml:2: the key 'from' is missing"),
    # a value of another kind
    ("tables: [customers]\n", "source.yaml:1: tables: wanted keys with values; found ['customers']"),
    (
        "tables:\n  customers: ../data/customers.csv\n",
        "source.yaml:2: tables.customers: wanted keys with values; found '../data/customers.csv'",
    ),
    (
        "tables:\n  customers: {from: [a.csv, b.csv]}\n",
        "source.yaml:2: tables.customers.from: wanted a text; found ['a.csv', 'b.csv']",
    ),
    (f"{SOURCE}read_on: soon\n", "source.yaml:3: read_on: wanted a date like 2026-10-31; found 'soon'"),
    (f"{SOURCE}read_on: 2026-02-30\n", "source.yaml:3: not readable as YAML in UTF-8: '2026-02-30' is no date"),
    (f"{SOURCE}url: crm.duckdb\n", "source.yaml:3: url: wanted an address like duckdb://"),
    # a mapping that cannot be
    (
        "tables:\n  customers:\n    from: a.csv\n    columns:\n      csm: {column: a, value: b}\n",
        "source.yaml:5: tables.customers.columns.csm: name one of a source `column`, columns to `concat`, or a constant `value`",
    ),
    (
        "tables:\n  customers:\n    from: a.csv\n    columns: {employees: {column: e, divide_by: 0}}\n",
        "source.yaml:4: tables.customers.columns.employees.divide_by: divide_by must not be 0",
    ),
    (
        "tables:\n  contracts:\n    from: a.csv\n    columns: {starts_on: {column: e, format: '%d/%m/%Q'}}\n",
        "starts_on.format: wanted a date format like %Y-%m-%d or %d/%m/%Y, or excel, unix or unix_ms; found '%d/%m/%Q'",
    ),
    (
        "tables:\n  contracts:\n    from: a.csv\n    columns: {starts_on: {column: e, format: DD/MM/YYYY}}\n",
        "starts_on.format: wanted a date format like %Y-%m-%d or %d/%m/%Y, or excel, unix or unix_ms; found 'DD/MM/YYYY'",
    ),
    (
        "tables:\n  customers:\n    from: a.csv\n    encoding: cp93x\n",
        "source.yaml:4: tables.customers.encoding: no encoding 'cp93x'; did you mean 'cp932'?",
    ),
    # shapes
    (
        "tables:\n  customers:\n    from: a.csv\n    splt: {column: a, by: ';'}\n",
        "source.yaml:4: no key 'splt'; did you mean 'split'?",
    ),
    (
        "tables:\n  surveys:\n    - {from: a.csv}\n    - {from: b.csv, columns: {kind: {vlue: csat}}}\n",
        "source.yaml:4: no key 'vlue'; did you mean 'value'?",
    ),
    ("tables:\n  surveys:\n    - {from: a.csv}\n    - {form: b.csv}\n", "source.yaml:4: no key 'form'; did you mean"),
    ("tables:\n  surveys:\n    - {from: a.csv}\n    - {}\n", "source.yaml:4: the key 'from' is missing"),
    ("tables:\n  surveys: []\n", "source.yaml:2: tables.surveys: wanted at least one"),
    (
        "tables:\n  users:\n    from: a.csv\n    join:\n      - {from: b.csv, on: {a: b}, take: [c]}\n      - {from: b.csv, on: {a: b}, tke: [c]}\n",
        "source.yaml:6: no key 'tke'; did you mean 'take'?",
    ),
    (
        "tables:\n  users:\n    from: a.csv\n    join: {from: b.csv, on: {a: b}, take: []}\n",
        "source.yaml:4: tables.users.join.take: wanted at least one",
    ),
    (
        "tables:\n  users:\n    from: a.csv\n    unpivot: {columns: 'm*', nam: x, value: y}\n",
        "source.yaml:4: no key 'nam'; did you mean 'name'?",
    ),
    (
        "tables:\n  purchases:\n    from: a.csv\n    total: {of: amount}\n",
        "source.yaml:4: the key 'by' is missing",
    ),
    (
        "tables:\n  contracts:\n    from: a.csv\n    terms: snapshot\n",
        "source.yaml:4: tables.contracts.terms: wanted 'snapshots' or 'movements'; found 'snapshot'",
    ),
    (
        "tables:\n  contracts:\n    from: a.csv\n    columns: {mrr: {column: a, per: {colum: b}}}\n",
        "source.yaml:4: no key 'colum'; did you mean 'column'?",
    ),
    (
        "tables:\n  contracts:\n    from: a.csv\n    columns: {mrr: {column: a, per: {column: b, map: {biannual: 0}}}}\n",
        "source.yaml:4: tables.contracts.columns.mrr.per.map.biannual: wanted greater than 0; found 0",
    ),
    (
        "tables:\n  contracts:\n    from: a.csv\n    columns: {ends_on: {column: a, plus: {month: 1}}}\n",
        "source.yaml:4: no key 'month'; did you mean 'months'?",
    ),
    (
        "tables:\n  contracts:\n    from: a.csv\n    columns: {ends_on: {column: a, plus: {}}}\n",
        "source.yaml:4: tables.contracts.columns.ends_on.plus: wanted years, months, weeks or days; found nothing",
    ),
    (
        "tables:\n  contracts:\n    from: a.csv\n    columns: {ends_on: {column: a, plus: {months: 1.5}}}\n",
        "ends_on.plus.months: wanted a whole number, or the name of a column; found 1.5",
    ),
    (
        "tables:\n  contracts:\n    from: a.csv\n    columns: {ends_on: {column: [a, 3]}}\n",
        "ends_on.column: wanted a text; found 3",
    ),
]


@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    assert message in told(tmp_path, {"source.yaml": text})


def test_what_a_list_of_sources_and_a_list_of_columns_say(tmp_path: Path) -> None:
    text = (
        "tables:\n  customers: {from: ../data/customers.csv}\n  surveys:\n"
        "    - {from: a.csv, columns: {score: {column: [a, b]}, respondent: {concat: [x, y]}}}\n"
        "    - {from: b.csv, join: {from: c.csv, on: {u: id}, take: {org: org_id}}}\n"
    )
    customers, (first, second) = settings_of(tmp_path, {"source.yaml": text}).source.tables.values()
    assert len(customers) == 1
    assert first.columns["score"].parts == ("a", "b")
    assert first.columns["respondent"].parts == ("x", "y")
    assert (second.join[0].on, second.join[0].take) == ({"u": "id"}, {"org": "org_id"})
    assert not first.is_shaped
    assert second.is_shaped


def test_a_mistake_is_told_once(tmp_path: Path) -> None:
    assert len(problems(tmp_path, {"source.yaml": "tables:\n  customers: {from: {sql: [1]}}\n"})) == 1
