"""Settings as people mistype them: every mistake is named with its file, its line and the nearest known name, all at once."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from cslib.cli import app
from cslib.errors import SettingsError, SourceError
from cslib.kpis import BY_ID
from cslib.settings import Policies, Query, Report, Words, load
from cslib.source import RawSource
from tests.exports import TOTAL, export, write

if TYPE_CHECKING:
    from pathlib import Path

    from cslib.settings import Settings

SOURCE = """\
tables:
  customers: {from: ../data/customers.csv}
"""
PRO = """\
id: pro
name: {ja: 上位, en: Pro}
where: {plan: pro}
"""


def _problems(folder: Path, files: dict[str, str | bytes]) -> list[str]:
    """Return the problems of a clean params folder with these files instead, each from the file's name on."""
    params = export(folder)
    for name, text in files.items():
        write(params / name, text)
    with pytest.raises(SettingsError) as raised:
        load(params, BY_ID)
    return [problem.removeprefix(f"{params}/") for problem in raised.value.problems]


def _settings(folder: Path, files: dict[str, str]) -> Settings:
    params = export(folder)
    for name, text in files.items():
        write(params / name, text)
    return load(params, BY_ID)


MISTAKES = [
    # an unknown key, at every depth
    ("source.yaml", f"{SOURCE}urll: duckdb://\n", "source.yaml:3: no key 'urll'; did you mean 'url'?"),
    ("source.yaml", f"{SOURCE}    from: x\n", "source.yaml:3: not readable as YAML"),
    (
        "source.yaml",
        "tables:\n  customers:\n    from: a.csv\n    encodng: cp932\n",
        "source.yaml:4: no key 'encodng'; did you mean 'encoding'?",
    ),
    ("source.yaml", "tables:\n  customers:\n    form: a.csv\n", "source.yaml:3: no key 'form'; did you mean 'from'?"),
    (
        "source.yaml",
        "tables:\n  customers:\n    from: a.csv\n    columns:\n      name: {column: n, fromat: x}\n",
        "source.yaml:5: no key 'fromat'; did you mean 'format'?",
    ),
    (
        "source.yaml",
        "tables:\n  customers:\n    from: a.csv\n    where:\n      Status: {at_lest: 3}\n",
        "source.yaml:5: no key 'at_lest'; did you mean 'at_least'?",
    ),
    (
        "source.yaml",
        "tables:\n  customers:\n    from: {sqll: select 1}\n",
        "source.yaml:3: no key 'sqll'; did you mean 'sql'?",
    ),
    ("policies.yaml", "min_n: 3\ngrace_day: 3\n", "policies.yaml:2: no key 'grace_day'; did you mean 'grace_days'?"),
    ("policies.yaml", "adoption_weeks: {activ: 3}\n", "policies.yaml:1: no key 'activ'; did you mean 'active'?"),
    ("report.yaml", "titel: x\n", "report.yaml:1: no key 'titel'; did you mean 'title'?"),
    ("report.yaml", "title: {ja: 月報, en: x, fr: y}\n", "report.yaml:1: no key 'fr'; known: en, ja"),
    ("segments/pro.yaml", f"{PRO}tragets: {{nrr: 1}}\n", "pro.yaml:4: no key 'tragets'; did you mean 'targets'?"),
    (
        "segments/pro.yaml",
        f"{PRO}targets:\n  nrr: {{targt: 1}}\n",
        "pro.yaml:5: no key 'targt'; did you mean 'target'?",
    ),
    # a key that is missing
    ("source.yaml", "", "source.yaml:1: the key 'tables' is missing"),
    ("source.yaml", "tables:\n", "source.yaml:1: the key 'tables' is missing"),
    ("source.yaml", "tables:\n  customers: {columns: {}}\n", "source.yaml:2: the key 'from' is missing"),
    ("segments/pro.yaml", "name: x\n", "pro.yaml:1: the key 'id' is missing"),
    ("report.yaml", "title: {ja: 月報}\n", "report.yaml:1: the key 'en' is missing"),
    # a value of another kind
    ("source.yaml", "tables: [customers]\n", "source.yaml:1: tables: wanted keys with values; found ['customers']"),
    (
        "source.yaml",
        "tables:\n  customers: ../data/customers.csv\n",
        "source.yaml:2: tables.customers: wanted keys with values; found '../data/customers.csv'",
    ),
    (
        "source.yaml",
        "tables:\n  customers: {from: [a.csv, b.csv]}\n",
        "source.yaml:2: tables.customers.from: wanted a text; found ['a.csv', 'b.csv']",
    ),
    ("source.yaml", f"{SOURCE}read_on: soon\n", "source.yaml:3: read_on: wanted a date like 2026-10-31; found 'soon'"),
    (
        "source.yaml",
        f"{SOURCE}read_on: 2026-02-30\n",
        "source.yaml:3: not readable as YAML in UTF-8: '2026-02-30' is no date",
    ),
    ("source.yaml", f"{SOURCE}url: crm.duckdb\n", "source.yaml:3: url: wanted an address like duckdb://"),
    ("policies.yaml", "grace_days: '3'\n", "policies.yaml:1: grace_days: wanted a whole number; found '3'"),
    ("policies.yaml", "grace_days: -1\n", "policies.yaml:1: grace_days: wanted greater than or equal to 0; found -1"),
    ("policies.yaml", "gross_margin: 70\n", "policies.yaml:1: gross_margin: wanted less than or equal to 1; found 70"),
    ("policies.yaml", "allowed_quarantine: 5%\n", "allowed_quarantine: wanted a number; found '5%'"),
    ("policies.yaml", "hourly_cost: .nan\n", "policies.yaml:1: hourly_cost: wanted"),
    (
        "policies.yaml",
        "contract_end: lastday\n",
        "policies.yaml:1: contract_end: wanted 'last_day' or 'first_day_without'; found 'lastday'",
    ),
    ("policies.yaml", "timezone: Asia/Tokio\n", "timezone: no time zone 'Asia/Tokio'; did you mean 'Asia/Tokyo'?"),
    (
        "policies.yaml",
        "currency: yen\n",
        "policies.yaml:1: currency: wanted three capital letters like JPY; found 'yen'",
    ),
    ("policies.yaml", "core_features: [a, 1]\n", "policies.yaml:1: core_features: wanted a text; found 1"),
    ("policies.yaml", "adoption_weeks: {active: 5, of: 4}\n", "adoption_weeks: active (5) cannot exceed of (4)"),
    (
        "policies.yaml",
        "adoption_weeks: {off: 4}\n",
        "policies.yaml:1: adoption_weeks: wanted a text as key (YAML reads on, off",
    ),
    ("report.yaml", "language: jp\n", "report.yaml:1: language: wanted 'ja' or 'en'; found 'jp'"),
    ("report.yaml", "notebooks: 00_summary\n", "report.yaml:1: notebooks: wanted a list; found '00_summary'"),
    ("report.yaml", "notebooks: []\n", "report.yaml:1: notebooks: wanted at least one; found []"),
    ("report.yaml", "months: 0\n", "report.yaml:1: months: wanted greater than or equal to 1; found 0"),
    ("segments/pro.yaml", f"{PRO}targets: {{nrr: 110%}}\n", "pro.yaml:4: targets.nrr: wanted a number; found '110%'"),
    ("segments/pro.yaml", f"{PRO}targets: {{nrr: .inf}}\n", "pro.yaml:4: targets.nrr: wanted a number; found inf"),
    ("segments/pro.yaml", f"{PRO}targets: {{nrr: }}\n", "pro.yaml:4: the key 'target' is missing"),
    (
        "segments/pro.yaml",
        f"{PRO}touch_model: mid\n",
        "pro.yaml:4: touch_model: wanted 'high', 'low' or 'tech'; found 'mid'",
    ),
    # a mapping that cannot be
    (
        "source.yaml",
        "tables:\n  customers:\n    from: a.csv\n    columns:\n      csm: {column: a, value: b}\n",
        "source.yaml:5: tables.customers.columns.csm: name either a source `column` or a constant `value`",
    ),
    (
        "source.yaml",
        "tables:\n  customers:\n    from: a.csv\n    columns: {employees: {column: e, divide_by: 0}}\n",
        "source.yaml:4: tables.customers.columns.employees.divide_by: divide_by must not be 0",
    ),
    (
        "source.yaml",
        "tables:\n  contracts:\n    from: a.csv\n    columns: {starts_on: {column: e, format: '%d/%m/%Q'}}\n",
        "starts_on.format: wanted a date format like %Y-%m-%d or %d/%m/%Y, or excel; found '%d/%m/%Q'",
    ),
    (
        "source.yaml",
        "tables:\n  contracts:\n    from: a.csv\n    columns: {starts_on: {column: e, format: DD/MM/YYYY}}\n",
        "starts_on.format: wanted a date format like %Y-%m-%d or %d/%m/%Y, or excel; found 'DD/MM/YYYY'",
    ),
    (
        "source.yaml",
        "tables:\n  customers:\n    from: a.csv\n    encoding: cp93x\n",
        "source.yaml:4: tables.customers.encoding: no encoding 'cp93x'; did you mean 'cp932'?",
    ),
    # a condition that says nothing, or too much
    (
        "segments/pro.yaml",
        "id: pro\nname: x\nwhere:\n  plan:\n",
        "pro.yaml:4: where.plan: wanted a value, a list of values",
    ),
    (
        "segments/pro.yaml",
        "id: pro\nname: x\nwhere: {plan: []}\n",
        "pro.yaml:3: where.plan: wanted a value or a list of values; found []",
    ),
    ("segments/pro.yaml", "id: pro\nname: x\nwhere: {plan: [a, null]}\n", "an empty one is {missing: true}"),
    (
        "segments/pro.yaml",
        "id: pro\nname: x\nwhere: {employees: {at_least: many}}\n",
        "pro.yaml:3: where.employees.at_least: wanted a number or a date; found 'many'",
    ),
    ("segments/pro.yaml", "id: pro\nname: x\nwhere: pro\n", "pro.yaml:3: where: wanted keys with values; found 'pro'"),
    # an id that is no place
    *(
        ("segments/pro.yaml", f"id: {name}\nname: x\n", "an id becomes a folder and an address")
        for name in (
            "../etc",
            "a/b",
            "A",
            "日本",
            "'a b'",
            ".",
            "..",
            "-a",
            "assets",
            "index",
            "''",
            "'a\n\n'",
            '"a\\n"',
            "a" * 65,
        )
    ),
    ("segments/pro.yaml", "id: 5\nname: x\n", "pro.yaml:1: id: wanted a text; found 5"),
    ("segments/again.yaml", "id: total\nname: x\n", "segment id 'total' is taken by again.yaml"),
    (
        "segments/total.yaml",
        "id: total\nname: x\nwhere: {plan: pro}\n",
        "total.yaml:3: the id 'total' is kept for everyone",
    ),
    # a KPI that is none
    ("segments/pro.yaml", f"{PRO}targets:\n  nps: 0.3\n  nnr: 1\n", "pro.yaml:6: no KPI 'nnr'; did you mean 'nrr'?"),
    ("segments/pro.yaml", f"{PRO}kgi:\n  kpi: grrr\n  target: 1\n", "pro.yaml:5: no KPI 'grrr'; did you mean 'grr'?"),
    # what is not YAML, or not of this world
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
    # a file that nothing reads
    ("policy.yaml", "min_n: 5\n", "policy.yaml: no settings file 'policy.yaml'; did you mean 'policies.yaml'?"),
    ("policies.yml", "min_n: 5\n", "policies.yml: no settings file 'policies.yml'; did you mean 'policies.yaml'?"),
    ("segments/pro.yml", PRO, "segments/pro.yml: wanted a name that ends in .yaml"),
]


@pytest.mark.parametrize(("file", "text", "message"), MISTAKES)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, file: str, text: str | bytes, message: str) -> None:
    found = _problems(tmp_path, {file: text})
    assert any(message in problem for problem in found), found


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    found = _problems(
        tmp_path,
        {
            "source.yaml": f"{SOURCE}urll: x\n",
            "policies.yaml": "grace_days: many\nmin_n: 0\n",
            "report.yaml": "language: fr\n",
            "segments/a.yaml": "id: A\nname: a\ntargets: {nnr: 1, nps: high}\n",
            "segments/b.yaml": "id: b\nname: b\nwhere: {plan: }\n",
            "segments/c.yaml": "id: b\nname: c\ntouch: high\n",
        },
    )
    assert sorted(problem.partition(": ")[0] for problem in found) == [
        "policies.yaml:1",
        "policies.yaml:2",
        "report.yaml:1",
        "segments/a.yaml:1",
        "segments/a.yaml:3",
        "segments/a.yaml:3",
        "segments/b.yaml:3",
        "segments/c.yaml:1",
        "segments/c.yaml:3",
        "source.yaml:3",
    ]


def test_a_mistake_is_told_once(tmp_path: Path) -> None:
    assert len(_problems(tmp_path, {"source.yaml": "tables:\n  customers: {from: {sql: [1]}}\n"})) == 1


def test_a_long_value_is_not_repeated_whole(tmp_path: Path) -> None:
    (found,) = _problems(tmp_path, {"source.yaml": f"{SOURCE}read_on: {'x' * 5000}\n"})
    assert len(found) < 200


def test_what_is_no_params_folder_is_said_to_be_none(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nowhere", write(tmp_path / "source.yaml.txt", "")):
        with pytest.raises(
            SettingsError, match=r"wanted a params folder with source\.yaml; 'cslib demo --out DIR' writes"
        ):
            load(place, BY_ID)


def test_a_folder_where_a_file_should_be(tmp_path: Path) -> None:
    params = export(tmp_path)
    (params / "policies.yaml").mkdir()
    with pytest.raises(SettingsError, match=r"policies\.yaml: not readable"):
        load(params, BY_ID)


def test_a_params_folder_needs_a_segment(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"wanted at least one segment, like total\.yaml; found none"):
        load(export(tmp_path, segments={}), BY_ID)


def test_what_is_not_said_is_the_default(tmp_path: Path) -> None:
    settings = _settings(tmp_path, {})
    assert settings.policies == Policies()
    assert settings.policies.model_dump(mode="json") == {
        "contract_end": "last_day",
        "churn_month": "last_day",
        "grace_days": 0,
        "onboarding_days": 90,
        "adoption_weeks": {"active": 3, "of": 4},
        "core_features": [],
        "usage_decline": 0.3,
        "gross_margin": 0.7,
        "hourly_cost": 5000,
        "nps_repeat": "latest",
        "min_n": 5,
        "allowed_quarantine": 0.05,
        "currency": "JPY",
        "timezone": "Asia/Tokyo",
        "fiscal_year_start": 4,
    }
    assert settings.report == Report()
    assert settings.report.notebooks == [
        "00_summary", "01_setup", "02_usage", "03_satisfaction", "04_outcome", "05_financial",
    ]  # fmt: skip
    assert (settings.report.language, settings.report.audience, settings.report.months) == ("ja", "internal", 24)
    assert settings.source.url == "duckdb://"


def test_a_blank_key_says_nothing(tmp_path: Path) -> None:
    settings = _settings(tmp_path, {"policies.yaml": "grace_days:\nmin_n: 7\n", "report.yaml": "# nothing\n"})
    assert (settings.policies.grace_days, settings.policies.min_n) == (0, 7)
    assert settings.report == Report()


def test_words_come_in_one_language_or_in_both(tmp_path: Path) -> None:
    segments = {"segments/pro.yaml": PRO, "segments/total.yaml": "id: total\nname: 全社\n"}
    settings = _settings(tmp_path, {"report.yaml": "title: 月報\n", **segments})
    assert settings.report.title == Words(ja="月報", en="月報")
    assert [segment.name for segment in settings.segments] == [Words(ja="全社", en="全社"), Words(ja="上位", en="Pro")]


def test_conditions_in_all_their_words(tmp_path: Path) -> None:
    where = """\
where:
  plan: pro
  region: [kanto, kansai]
  employees: {at_least: 50, below: 300}
  lifecycle: {not: churned}
  csm: {missing: false}
  since: {at_least: 2026-04-01}
"""
    found = _settings(tmp_path, {"segments/pro.yaml": f"id: pro\nname: x\n{where}"}).segments[1].where
    assert found["plan"].one_of == ("pro",)
    assert found["region"].one_of == ("kanto", "kansai")
    assert (found["employees"].at_least, found["employees"].below) == (50, 300)
    assert found["lifecycle"].none_of == ("churned",)
    assert found["csm"].missing is False
    assert found["since"].at_least == date(2026, 4, 1)


def test_targets_and_goals(tmp_path: Path) -> None:
    text = f"{PRO}kgi: {{kpi: nrr, target: 1.1}}\ntargets:\n  nps: 0\n  grr: {{target: 0.9, owner: 営業}}\n"
    pro = _settings(tmp_path, {"segments/pro.yaml": text}).segments[1]
    found = {kpi: (goal.target, goal.owner) for kpi in BY_ID if (goal := pro.goal(kpi))}
    assert found == {"nrr": (1.1, ""), "nps": (0, ""), "grr": (0.9, "営業")}


def test_everyone_is_a_segment_whether_said_or_not(tmp_path: Path) -> None:
    settings = load(export(tmp_path, segments={"pro": PRO}), BY_ID)
    assert [segment.id for segment in settings.segments] == ["total", "pro"]
    assert settings.total.name == Words(ja="全体", en="All customers")


def test_everyone_may_go_by_another_name_and_comes_first(tmp_path: Path) -> None:
    settings = load(export(tmp_path, segments={"a": PRO, "b": "id: whole\nname: 全社\n"}), BY_ID)
    assert [segment.id for segment in settings.segments] == ["whole", "pro"]
    assert settings.total.id == "whole"


def test_a_file_with_a_byte_order_mark_or_an_anchor_is_read(tmp_path: Path) -> None:
    anchored = (
        "tables:\n  customers: &it {from: a.csv, encoding: cp932}\n  contracts: {<<: *it, from: {sql: select 1}}\n"
    )
    settings = _settings(tmp_path, {"segments/pro.yaml": f"\ufeff{PRO}", "source.yaml": anchored})
    assert settings.segments[1].id == "pro"
    assert settings.source.tables["contracts"].encoding == "cp932"
    assert settings.source.tables["contracts"].origin == Query(sql="select 1")


def test_variables_of_the_environment_are_all_asked_for_at_once(tmp_path: Path) -> None:
    text = "url: duckdb://${NO_BASE}\ntables:\n  customers: {from: '${NO_FOLDER}/a.csv'}\n  goals: {from: {sql: 'from ${NO_BASE}'}}\n"
    with pytest.raises(SourceError) as raised:
        RawSource(_settings(tmp_path, {"source.yaml": text}))
    assert [problem.rpartition(" ")[2] for problem in raised.value.problems] == ["NO_BASE", "NO_FOLDER"]


def test_variables_are_filled_in_where_they_are_used_and_stay_out_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPORTS", str(tmp_path / "data"))
    settings = _settings(tmp_path, {"source.yaml": "tables:\n  customers: {from: '${EXPORTS}/customers.csv'}\n"})
    with closing(RawSource(settings)) as source:
        assert source.files("customers") == [tmp_path / "data/customers.csv"]
    assert str(tmp_path / "data") not in settings.model_dump_json(exclude={"folder", "places"})


@pytest.mark.parametrize("url", ["postgres://me:secret@localhost:1/db", "nosuch://me:secret@host/db"])
def test_a_password_is_never_repeated(tmp_path: Path, url: str) -> None:
    settings = _settings(tmp_path, {"source.yaml": f"url: {url}\ntables:\n  customers: {{from: accounts}}\n"})
    said = r"source.yaml:1: url: no connection to \w+: "
    with closing(RawSource(settings)) as source, pytest.raises(SourceError, match=said) as raised:
        source.table("customers")
    assert "secret" not in str(raised.value)


def test_the_figures_do_not_hang_on_how_a_report_looks(tmp_path: Path) -> None:
    plain = _settings(tmp_path / "a", {})
    titled = _settings(tmp_path / "b", {"report.yaml": "title: x\nmonths: 3\n"})
    strict = _settings(tmp_path / "c", {"policies.yaml": "grace_days: 3\n"})
    assert plain.fingerprint() == titled.fingerprint() != strict.fingerprint()


@pytest.mark.parametrize("command", [["check"], ["measure", "--as-of", "2026-05"], ["run"]])
def test_every_command_says_so_without_a_traceback(tmp_path: Path, command: list[str]) -> None:
    params = export(tmp_path, segments=TOTAL, policies={"grace_day": 3}, source={"contrcts": {"from": "x.csv"}})
    out = ["--out", str(tmp_path / "reports")] if command == ["run"] else []
    done = CliRunner().invoke(app, [*command, "--params", str(params), *out])
    assert done.exit_code == 2
    assert "policies.yaml:1: no key 'grace_day'; did you mean 'grace_days'?" in done.output
    assert "Traceback" not in done.output
    assert not (tmp_path / "reports" / "latest").exists()
