"""The second hour: tables of new files added to settings that somebody has edited, and what they unlock told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml
from typer.testing import CliRunner

from cslib.check import check_params
from cslib.cli import app
from cslib.scaffold import propose
from cslib.scaffold.yaml_insert import with_tables
from tests.exports import CONTRACTS, CUSTOMERS, IDS, READ_ON, SURVEYS, export, write

if TYPE_CHECKING:
    from pathlib import Path

USAGE = "customer_id,user_id,used_on,feature\n" + "".join(f"{i},u{i},2026-05-{int(i):02d},report\n" for i in IDS)
EDITED = """\
# our own words, which nobody may touch
url: duckdb://
read_on: 2026-06-30      # a Tuesday
tables:
  surveys: {from: ../data/surveys.csv}   # before the customers, since we like it so
  customers:
    from: ../data/customers.csv
    where: {plan: [pro,   free]}         # by hand

    # of the same name in the file: customer_id, name
"""


def _edited(folder: Path, source: str = EDITED, report: str = "notebooks: [00_summary]\n") -> Path:
    """Return the params of customers and surveys whose settings were written by hand."""
    params = export(folder, {"contracts.csv": None})
    write(params / "source.yaml", source)
    write(params / "report.yaml", report)
    return params


def _again(folder: Path, **files: str | bytes) -> tuple[int, str]:
    named = [str(write(folder / "data" / f"{name}.csv", text)) for name, text in files.items()]
    result = CliRunner().invoke(app, ["init", str(folder), "--again", "--from", *named])
    return result.exit_code, result.output


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return edited params to which contracts and usage were added, and what was told."""
    folder = tmp_path_factory.mktemp("added")
    params = _edited(folder)
    code, told = _again(folder, contracts=CONTRACTS.replace(",,1000", ",2026-12-31,1000"), usage=USAGE)
    assert code == 0, told
    return params, told


def test_a_new_table_is_added_and_every_edit_stays_byte_for_byte(added: tuple[Path, str]) -> None:
    text = (added[0] / "source.yaml").read_text("utf-8")
    assert text.startswith(EDITED)
    assert list(yaml.safe_load(text)["tables"]) == ["surveys", "customers", "contracts", "usage"]
    found = check_params(added[0], READ_ON)
    assert (found.verdict, found.tables["contracts"].rows, found.tables["usage"].rows) == ("usable", 12, 12)


def test_what_the_new_tables_unlock_is_told(added: tuple[Path, str]) -> None:
    params, told = added
    unlocked = next(line for line in told.splitlines() if "more KPIs can be measured" in line)
    assert "mrr" in unlocked.partition(": ")[2].split(", ")
    assert "nps" not in unlocked.partition(": ")[2].split(", ")  # which the surveys told before
    assert "report.yaml:1: " in told
    assert "05_financial" in told
    assert told.strip().endswith(f"next: cslib check --params {params}")


def test_files_of_tables_that_are_there_are_told_and_left(tmp_path: Path) -> None:
    params = _edited(tmp_path)
    before = (params / "source.yaml").read_bytes()
    more = CUSTOMERS.replace("customer_id,name", "customer_id,customer_name").replace("\n0", "\n9")
    code, told = _again(tmp_path, surveys_2027=SURVEYS.replace("\nR", "\nS"), surveys=SURVEYS, more=more)
    assert (code, (params / "source.yaml").read_bytes()) == (0, before)
    assert "surveys.csv: surveys reads it already" in told
    assert "surveys_2027.csv: source.yaml:5 has surveys already" in told
    assert "    - from: ../data/surveys_2027.csv" in told
    assert "more.csv: source.yaml:6 has customers already" in told


def test_new_files_are_recognised_by_customers_as_the_edited_settings_read_them(tmp_path: Path) -> None:
    """The ids are made by the mapping: no file holds them as they are."""
    source = {"customers": {"from": "../data/customers.csv", "columns": {"customer_id": {"column": "no", "map": {}}}}}
    params = export(tmp_path, {"customers.csv": CUSTOMERS.replace("customer_id", "no"), "contracts.csv": None}, source)
    _, told = _again(tmp_path, subscriptions=CONTRACTS.replace("customer_id", "betriebsnr"))
    assert yaml.safe_load((params / "source.yaml").read_text("utf-8"))["tables"]["contracts"]["columns"] == {
        "customer_id": "betriebsnr"
    }, told


def test_what_is_taken_for_customers_only_in_doubt_is_not_told_to_be_more_of_them(tmp_path: Path) -> None:
    _edited(tmp_path)
    _, told = _again(tmp_path, deals=CONTRACTS.replace("customer_id", "betriebsnr").replace("\n", "0\n"))
    assert "has customers already" not in told
    assert "deals.csv: " in told


TOUCHES = "customer_id,csm,kind,occurred_on\n" + "".join(f"{i},Sato,call,2026-05-01\n" for i in IDS)
JOINED = "customer_id,programme,started_on\n" + "".join(f"{i},training,2026-03-01\n" for i in IDS)


def test_settings_that_new_tables_ask_for_are_made_as_a_first_init_makes_them(tmp_path: Path) -> None:
    params = _edited(tmp_path)
    code, told = _again(tmp_path, touches=TOUCHES, programmes=JOINED)
    assert code == 0, told
    for name in ("team.yaml", "programmes.yaml"):
        assert f"{name}: made, since the new tables ask for it" in told
    first = propose(tmp_path / "anew", sorted((tmp_path / "data").glob("*.csv"))).texts
    for name in ("team.yaml", "programmes.yaml"):
        assert (params / name).read_text("utf-8") == first[name]
    assert check_params(params, READ_ON).verdict == "usable"


def test_settings_that_are_there_stay(tmp_path: Path) -> None:
    params = _edited(tmp_path)
    write(params / "team.yaml", "people: {Sato: {team: renewals}}\n")
    _, told = _again(tmp_path, touches=TOUCHES)
    assert "team.yaml: is there already, and stays as it is" in told
    assert (params / "team.yaml").read_text("utf-8") == "people: {Sato: {team: renewals}}\n"


def test_settings_that_no_new_table_asks_for_are_not_made(tmp_path: Path) -> None:
    params = _edited(tmp_path)
    _again(tmp_path, usage=USAGE)
    assert not (params / "team.yaml").exists()
    assert not (params / "programmes.yaml").exists()


# where settings cannot be added to


def test_braces_are_left_alone_and_the_lines_told(tmp_path: Path) -> None:
    text = "tables: {customers: {from: ../data/customers.csv}}\n"
    params = _edited(tmp_path, text)
    code, told = _again(tmp_path, contracts=CONTRACTS)
    assert (code, (params / "source.yaml").read_text("utf-8")) == (2, text)
    assert "source.yaml:1: wanted the tables as lines" in told
    assert "  contracts:\n    from: ../data/contracts.csv" in told


def test_settings_that_cannot_be_read_are_told_and_left(tmp_path: Path) -> None:
    text = EDITED.replace("where:", "were:")
    params = _edited(tmp_path, text)
    code, told = _again(tmp_path, contracts=CONTRACTS)
    assert (code, (params / "source.yaml").read_text("utf-8")) == (2, text)
    assert "source.yaml:8: no key 'were'; did you mean 'where'?" in told


def test_a_folder_without_settings_is_told(tmp_path: Path) -> None:
    code, told = _again(tmp_path, contracts=CONTRACTS)
    assert (code, "leave --again out" in told) == (2, True)


def test_without_again_what_is_there_is_refused_and_the_way_named(tmp_path: Path) -> None:
    params = _edited(tmp_path)
    file = write(tmp_path / "data/contracts.csv", CONTRACTS)
    result = CliRunner().invoke(app, ["init", str(tmp_path), "--from", str(file)])
    assert (result.exit_code, "--again" in result.output) == (2, True)
    assert (params / "source.yaml").read_text("utf-8") == EDITED


@pytest.mark.parametrize("more", [["--starter"], []])
def test_again_wants_files(tmp_path: Path, more: list[str]) -> None:
    _edited(tmp_path)
    assert CliRunner().invoke(app, ["init", str(tmp_path), "--again", *more]).exit_code == 2


# the text alone

ADDED = "  usage:\n    from: u.csv  # CHECK: is it?\n"
SHAPES = {
    "another key below": ("tables:\n  a:\n    from: a.csv\nread_on: 2026-06-30\n", "  a:\n    from: a.csv\n|read_on"),
    "a comment of its own below": ("tables:\n  a: {from: a.csv}\n  # b: later\n# ours\nurl: x\n", "# b: later\n|# ours"),
    "blank lines below": ("tables:\n  a: {from: a.csv}\n\n\nurl: x\n", "a.csv}\n|\n\nurl"),
    "no end of the last line": ("tables:\n  a: {from: a.csv}", "a.csv}\n|"),
    "a block of text": ("tables:\n  a:\n    from:\n      sql: >-\n        select 1\n        from b\n\nurl: x\n", "from b\n|\nurl"),
    "braces over lines": ("tables:\n  a: {from: a.csv,\n    columns: {}}  # ours\nurl: x\n", "# ours\n|url"),
    "an alias at the end": ("tables:\n  b: &b {from: b.csv}\n  a: *b\nurl: x\n", "a: *b\n|url"),
    "a list": ("tables:\n  a:\n  - from: a.csv\n  - from: b.csv\nurl: x\n", "b.csv\n|url"),
    "the word elsewhere": ("url: tables\ntables:\n  tables: {from: a.csv}\nx: {tables: 1}\n", "a.csv}\n|x:"),
    "a mark of its end": ("---\ntables:\n  a: {from: a.csv}\n...\n", "a.csv}\n|..."),
}  # fmt: skip


@pytest.mark.parametrize(("text", "place"), SHAPES.values(), ids=SHAPES)
def test_tables_are_put_below_the_last_one(text: str, place: str) -> None:
    before, after = place.split("|")
    changed = with_tables(text, ADDED) or ""
    assert f"{before}{ADDED}{after}" in changed
    assert changed.replace(ADDED, "", 1).rstrip("\n") == text.rstrip("\n")
    old, new = yaml.safe_load(text), yaml.safe_load(changed)
    assert new["tables"].pop("usage") == {"from": "u.csv"}
    assert new == old


def test_names_begin_where_the_others_do_and_lines_end_as_the_others_do() -> None:
    text = "\ufefftables:\r\n    a:\r\n      from: a.csv\r\n"
    assert with_tables(text, ADDED) == f"{text}    usage:\r\n      from: u.csv  # CHECK: is it?\r\n"


@pytest.mark.parametrize("text", ["tables: {a: {from: a.csv}}\n", "tables: {}\n", "tables:\n", "url: x\n", ""])
def test_what_is_no_block_is_left_alone(text: str) -> None:
    assert with_tables(text, ADDED) is None


# which notebooks have something to show


def test_what_is_proposed_lists_every_notebook_that_has_something_to_show(tmp_path: Path) -> None:
    files = {"customers": CUSTOMERS, "contracts": CONTRACTS.replace(",,1000", ",2026-12-31,1000"), "surveys": SURVEYS}
    proposal = propose(tmp_path, [write(tmp_path / f"data/{name}.csv", text) for name, text in files.items()])
    proposal.write()
    assert not [line for line in check_params(proposal.params, READ_ON).warnings if "something to show" in line]


def test_a_check_tells_that_a_table_which_was_added_unlocks_a_notebook(tmp_path: Path) -> None:
    report = "title: x\nnotebooks: [00_summary, 03_satisfaction]\n"
    params = export(tmp_path, {"contracts.csv": None}, report=report, policies={"all_contracts_open": True})
    assert not [line for line in check_params(params, READ_ON).warnings if "something to show" in line]
    write(tmp_path / "data/contracts.csv", CONTRACTS)
    source = yaml.safe_load((params / "source.yaml").read_text("utf-8"))
    source["tables"]["contracts"] = {"from": "../data/contracts.csv"}
    write(params / "source.yaml", yaml.safe_dump(source))
    told = [line for line in check_params(params, READ_ON).warnings if "something to show" in line]
    assert told
    assert told[0].startswith("report.yaml:2: ")
    assert "05_financial" in told[0]
    assert "03_satisfaction" not in told[0]
