"""`cslib check`: settings and data in one round, grouped by table and claim, for people and for machines, with a verdict."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from cslib.check import CheckResult, check_params, write_quarantine
from cslib.cli import app
from cslib.portfolio import Portfolio
from tests.exports import CONTRACTS, CUSTOMERS, IDS, READ_ON, SURVEYS, export, write

if TYPE_CHECKING:
    from pathlib import Path

MANY = "contract_id,customer_id,product,starts_on,mrr\n" + "".join(f"K{n},00001,core,2026-01-01,5\n" for n in range(96))
BAD = "".join(f"X{n},00001,core,2026-01-01,{mrr}\n" for n, mrr in enumerate(["-1", "five", "=1+1", "six"]))


def _lossy(folder: Path) -> Path:
    """Return an export of 100 contracts of which four cannot be used."""
    return export(folder, {"contracts.csv": MANY + BAD})


@pytest.fixture
def wrong(tmp_path: Path) -> CheckResult:
    """Return what is found in an export in which nearly everything is wrong."""
    files = {
        "contracts.csv": CONTRACTS.replace(",1000\n", ",five\n", 4),
        "surveys.csv": SURVEYS.replace("2026-05-10", "01-05-2026"),
        "goals.csv": "",
        "users.csv": "user_id,customer_id\nU,00001\n",
    }
    source = {"tickets": {"from": "../data/tickets.csv", "colums": {}}, "voices": {"from": "../data/v.csv"}}
    segments = {"a": "id: a\nname: a\nwhere: {plan: gold}\n", "b": "id: b\nname: b\nwere: {plan: pro}\n"}
    return check_params(export(tmp_path, files, source, segments, policies="grace_day: 3\n"), READ_ON)


@pytest.mark.parametrize(
    "part",
    [
        "source.yaml:", "no key 'colums'; did you mean 'columns'?", "policies.yaml:1: no key 'grace_day'", "b.yaml:3: no key 'were'",
        "goals.csv: the file is empty", "users: no required column 'issued_on'", "there is no file 'v.csv'",
        "contracts: 4 of 12 rows (33.3%) break a claim", "surveys: 12 of 12 rows (100.0%) break a claim",
        "a.yaml:3: segment 'a' matches none of the 12 customers", "verdict: not usable",
    ],
)  # fmt: skip
def test_settings_and_data_are_told_in_one_round(wrong: CheckResult, part: str) -> None:
    assert part in wrong.as_text()


def test_a_mistake_is_told_once(wrong: CheckResult) -> None:
    assert wrong.as_text().count("type(mrr)") == 1
    assert "required table 'customers'" not in wrong.as_text()
    assert len(wrong.as_json()["problems"]) == len(set(wrong.as_json()["problems"])) == 9


def test_a_claim_has_its_count_its_share_and_three_samples(wrong: CheckResult) -> None:
    lines = wrong.as_text().splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("contracts: 12 rows"))
    assert lines[place : place + 5] == [
        "contracts: 12 rows, 4 set aside (33.33%)",
        "    type(mrr): 4 rows (33.33%); wanted an amount in the reporting currency like 1200, 1,200 or 1200.50",
        *(f"        'five' in contracts.csv row {row}" for row in (2, 3, 4)),
    ]


def test_a_question_shows_both_lines_to_choose_from(wrong: CheckResult) -> None:
    text = wrong.as_text()
    assert "question: responded_on: the dates in 'responded_on' ('01-05-2026' in surveys.csv row 2" in text
    for form, day in (("%d-%m-%Y", "2026-05-01"), ("%m-%d-%Y", "2026-01-05")):
        line = f'responded_on: {{column: "responded_on", format: "{form}"}}'
        assert f"{line}   # 01-05-2026 is {day}; reads 12 of them" in text


def test_the_line_of_an_answer_answers_the_question(tmp_path: Path) -> None:
    surveys = SURVEYS.replace("2026-05-10", "01-05-2026")
    asked = check_params(export(tmp_path, {"surveys.csv": surveys}), READ_ON).tables["surveys"].questions[0]
    lines = f"read_on: 2026-06-30\ntables:\n  customers: {{from: ../data/customers.csv}}\n  surveys:\n    from: ../data/surveys.csv\n    columns:\n      {asked.line(asked.options[0])}\n"
    write(tmp_path / "params/source.yaml", lines)
    assert check_params(tmp_path / "params", READ_ON).verdict == "usable"


def test_machines_are_told_the_same(wrong: CheckResult) -> None:
    told = json.loads(json.dumps(wrong.as_json()))
    (claim,) = told["tables"]["contracts"]["claims"]
    assert (claim["claim"], claim["rows"], claim["share"]) == ("type(mrr)", 4, 4 / 12)
    assert claim["samples"] == [{"file": "contracts.csv", "row": row, "value": "five"} for row in (2, 3, 4)]
    (asked,) = told["tables"]["surveys"]["questions"]
    assert (asked["column"], asked["source"], asked["rows"]) == ("responded_on", "responded_on", 12)
    assert [option["line"] for option in asked["options"]] == [
        'responded_on: {column: "responded_on", format: "%d-%m-%Y"}',
        'responded_on: {column: "responded_on", format: "%m-%d-%Y"}',
    ]
    assert (told["verdict"], told["tables"]["contracts"]["share"]) == ("not usable", 4 / 12)


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        ({}, "usable"),
        (
            {"customers.csv": CUSTOMERS + CUSTOMERS.splitlines()[1] + "\n合計,12,,\n"},
            "usable",
        ),
        ({"contracts.csv": MANY + BAD}, "usable with losses"),
        ({"contracts.csv": MANY + BAD + BAD.replace("X", "Y")}, "not usable"),
        ({"contracts.csv": ""}, "not usable"),
    ],
)
def test_the_verdict(tmp_path: Path, files: dict[str, str], verdict: str) -> None:
    found = check_params(export(tmp_path, files), READ_ON)
    assert found.verdict == verdict
    assert found.usable == (verdict != "not usable")
    assert found.as_text().splitlines()[-1] == f"verdict: {verdict}"


def test_what_was_respelled_left_out_and_cut_is_told(tmp_path: Path) -> None:
    days = [(month, day) for month, last in ((1, 31), (2, 28), (3, 31), (4, 30), (5, 9)) for day in range(1, last + 1)]
    files = {
        "contracts.csv": CONTRACTS.replace(",1000\n", ',"¥1,000"\n', 2) + CONTRACTS.splitlines()[12] + "\n",
        "touches.csv": "customer_id,kind,occurred_on\n" + "".join(f"00001,call,2026-{m:02}-{d:02}\n" for m, d in days),
    }
    text = check_params(export(tmp_path, files), READ_ON).as_text()
    assert "contracts: 13 rows, 0 set aside (0.00%), 1 left out\n    1 exact copy of an earlier row left out" in text
    assert "    mrr: 2 values respelled and read, such as\n        '¥1,000' in contracts.csv row 2" in text
    assert "warnings:\n    touches: 2026-05 looks incomplete: the last row is of 2026-05-09" in text
    assert text.endswith("verdict: usable")


@pytest.mark.parametrize(
    ("source", "part"),
    [
        ("tables: [", "not readable as YAML"),
        ("tables: 3\n", "wanted keys with values"),
        ("url: 5\n", "the key 'tables' is missing"),
    ],
)
def test_a_source_that_names_no_tables_ends_the_round(tmp_path: Path, source: str, part: str) -> None:
    params = export(tmp_path)
    write(params / "source.yaml", source)
    found = check_params(params, READ_ON)
    assert (found.verdict, found.tables) == ("not usable", {})
    assert part in found.as_text()


def test_wrong_settings_of_one_table_leave_the_others_to_be_checked(tmp_path: Path) -> None:
    found = check_params(export(tmp_path, source={"customers": {"from": "../data/customers.csv", "wher": {}}}), READ_ON)
    assert sorted(found.tables) == ["contracts", "surveys"]
    assert len(found.as_json()["problems"]) == 1


def test_the_command_prints_both_forms_and_writes_the_quarantine(tmp_path: Path) -> None:
    command = ["check", "--params", str(_lossy(tmp_path)), "--quarantine", str(tmp_path / "aside")]
    done = CliRunner().invoke(app, command)
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "verdict: usable with losses")
    assert sorted(file.name for file in (tmp_path / "aside").iterdir()) == ["contracts.csv", "contracts.parquet"]
    told = json.loads(CliRunner().invoke(app, [*command, "--format", "json"]).output)
    assert (told["verdict"], told["problems"], told["tables"]["contracts"]["set_aside"]) == (
        "usable with losses",
        [],
        4,
    )


def _csv(file: Path) -> list[dict[str, Any]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_quarantine_is_written_for_spreadsheets_and_for_tools(tmp_path: Path) -> None:
    files = write_quarantine(Portfolio.open(_lossy(tmp_path), READ_ON), tmp_path / "run/quarantine")
    assert files == (tmp_path / "run/quarantine/contracts.csv", tmp_path / "run/quarantine/contracts.parquet")
    assert files[0].read_bytes().startswith(b"\xef\xbb\xbf")
    assert [(row["row"], row["broken"], row["mrr"]) for row in _csv(files[0])] == [
        ("98", "negative(mrr)", "-1"), ("99", "type(mrr)", "five"), ("100", "type(mrr)", "'=1+1"), ("101", "type(mrr)", "six"),
    ]  # fmt: skip
    assert pd.read_parquet(files[1]).mrr.tolist() == ["-1", "five", "=1+1", "six"]


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@sum(a)", "\tx"])
def test_no_text_of_the_quarantine_runs_as_a_formula(tmp_path: Path, text: str) -> None:
    rows = f'contract_id,customer_id,product,starts_on,mrr,"=note"\nX,00001,"{text}",x,5,"{text}"\n'
    book = Portfolio.open(export(tmp_path, {"contracts.csv": rows}, policies={"allowed_quarantine": 1}), READ_ON)
    (row,) = _csv(write_quarantine(book, tmp_path / "q")[0])
    assert (row["product"], row["'=note"]) == (f"'{text}", f"'{text}")


def test_nothing_set_aside_is_nothing_written(tmp_path: Path) -> None:
    assert write_quarantine(Portfolio.open(export(tmp_path), READ_ON), tmp_path / "q") == ()
    assert not (tmp_path / "q").exists()
    assert len(IDS) == 12
