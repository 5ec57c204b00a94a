"""What `cslib init` makes of whatever files it is given: never a traceback, every fault told, and soon."""

from __future__ import annotations

import json
from random import Random
from time import process_time
from typing import TYPE_CHECKING

import pytest
import yaml
from typer.testing import CliRunner

from bench.fuzz.damage import damaged
from bench.fuzz.seeds import TABLES, WRITERS
from bench.fuzz.trial import Verdict, judged
from cslib.check import check_params
from cslib.cli import app
from cslib.errors import SourceError
from cslib.scaffold import propose
from cslib.scaffold.exports import read_exports
from tests.books import TODAY
from tests.exports import write
from tests.workbooks import workbook

if TYPE_CHECKING:
    from pathlib import Path

    from cslib.scaffold import Proposal

IDS = [f"{number:05d}" for number in range(1, 13)]
CUSTOMERS = "顧客ID,顧客名\n" + "".join(f"{i},会社{i}\n" for i in IDS)
HEAD = "契約番号,顧客ID,製品,開始日,終了日,月額\n"
ROWS = [f"K{i},{i},基本,2021-01-01,,1000\n" for i in IDS]


def _proposed(folder: Path, *files: Path) -> Proposal:
    proposal = propose(folder, files)
    proposal.write()
    return proposal


def _read(proposal: Proposal) -> dict[str, int]:
    """Return the rows of each table that a proposal reads as it stands."""
    found = check_params(proposal.params, TODAY)
    assert not found.problems.get("source"), found.problems
    return {name: state.rows for name, state in found.tables.items()}


# faults


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("K99,00001,基本, 拡張,2021-01-01,,1000\n", "row 3: 7 fields where the header has 6"),
        ('K99,00001,"{"id": 1}",2021-01-01,,1000\n', "row 3: a quotation mark is not closed, or stands inside a field"),
    ],
)
def test_a_row_that_cannot_be_read_is_a_question_of_its_line(tmp_path: Path, row: str, said: str) -> None:
    files = [
        write(tmp_path / "顧客.csv", CUSTOMERS),
        write(tmp_path / "契約.csv", HEAD + ROWS[0] + row + "".join(ROWS[1:])),
    ]
    done = CliRunner().invoke(app, ["init", str(tmp_path / "out"), "--from", *map(str, files)])
    assert done.exit_code == 0, done.output
    text = (tmp_path / "out/params/source.yaml").read_text("utf-8")
    (line,) = (line for line in text.splitlines() if "契約.csv" in line)
    assert line.strip().startswith("from: ../../契約.csv  # CHECK: 契約.csv " + said)
    (problem,) = check_params(tmp_path / "out/params", TODAY).problems["source"]
    assert said in problem


def test_a_report_with_title_and_footer_is_proposed_as_it_is_read(tmp_path: Path) -> None:
    report = f"契約一覧\n\n{HEAD}{''.join(ROWS)}\n機密情報 - 配布禁止\n生成者: 山田\n"
    files = [write(tmp_path / "顧客.csv", CUSTOMERS), write(tmp_path / "契約.csv", report.encode("cp932"))]
    assert _read(_proposed(tmp_path / "out", *files)) == {"customers": 12, "contracts": 12}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "", "a.csv: the file is empty, not even a header"),
        ("a.jsonl", "", "a.jsonl: the file is empty, not even one object"),
        ("a.xlsx", workbook(a=[]), "a.xlsx: no sheet holds anything"),
        ("a.csv", "id,name,ID\n1,a,2\n", "a.csv: the header names the column 'id' more than once; rename all but one"),
        ("a.csv", ",".join(f"c{n}" for n in range(10_000)) + "\n", "a.csv: wanted at most 1,000 columns; found 10,000"),
        ("a.csv", workbook(a=[["id"]]), "a.csv: is not what its name says: it is a workbook"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0" + b"x" * 999, "a.xlsx: is not what its name says: it is an old workbook, or one behind a password"),
        ("a.pdf", b"%PDF", "a.pdf: wanted a file that ends in .csv"),
    ],
    ids=["csv", "jsonl", "xlsx", "twice", "wide", "other", "password", "pdf"],
)  # fmt: skip
def test_what_cannot_be_read_is_a_sentence(tmp_path: Path, name: str, content: str | bytes, said: str) -> None:
    done = CliRunner().invoke(app, ["init", str(tmp_path / "out"), "--from", str(write(tmp_path / name, content))])
    assert done.exit_code == 2
    assert said in " ".join(done.output.split())


# where files lie


def test_a_folder_stands_for_its_files_and_a_pattern_for_those_that_fit(tmp_path: Path) -> None:
    for name in ("顧客.csv", "契約_1.csv", "契約_2.csv", "~$契約.xlsx", ".hidden.csv", "readme.md"):
        write(tmp_path / "data" / name, HEAD + ROWS[0] if "契約" in name else CUSTOMERS)
    assert [export.name for export in read_exports([tmp_path / "data"])] == ["契約_1.csv and 1 more", "顧客.csv"]
    assert [export.name for export in read_exports([tmp_path / "data" / "契約_*.csv"])] == ["契約_1.csv and 1 more"]
    for given, said in (
        (tmp_path / "data" / "*.tsv", "no file matches"),
        (write(tmp_path / "e/x.md", "").parent, "a folder without a file that ends in"),
    ):
        with pytest.raises(SourceError, match=said):
            read_exports([given])


def test_places_are_relative_where_a_folder_holds_both(tmp_path: Path) -> None:
    files = [
        write(tmp_path / "exports/2026/顧客.csv", CUSTOMERS),
        write(tmp_path / "exports/2026/契約.csv", HEAD + ROWS[0]),
    ]
    proposal = _proposed(tmp_path / "reports/ours", *files)
    assert "from: ../../../exports/2026/顧客.csv\n" in proposal.texts["source.yaml"]
    assert _read(proposal) == {"customers": 12, "contracts": 1}


def test_files_of_one_table_may_differ_in_encoding(tmp_path: Path) -> None:
    old, new = (HEAD + "".join(rows) for rows in (ROWS[:6], ROWS[6:]))
    files = [
        write(tmp_path / "顧客.csv", CUSTOMERS),
        write(tmp_path / "契約_2025.csv", old.encode("cp932")),
        write(tmp_path / "契約_2026.csv", new),
    ]
    proposal = _proposed(tmp_path, *files)
    assert yaml.safe_load(proposal.texts["source.yaml"])["tables"]["contracts"]["encoding"] == {
        "契約_2025.csv": "cp932"
    }
    assert _read(proposal) == {"customers": 12, "contracts": 12}


def test_the_encoding_is_told_wherever_the_first_letter_stands(tmp_path: Path) -> None:
    rows = "".join(f"{number:07d},x\n" for number in range(150_000))  # 1.5 MB without any
    file = write(tmp_path / "a.csv", f"customer_id,name\n{rows}9,会社\n".encode("cp932"))
    assert [export.encoding for export in read_exports([file])] == ["cp932"]


def test_each_sheet_of_a_workbook_is_a_file(tmp_path: Path) -> None:
    book = workbook(
        顧客=[["顧客ID", "顧客名"], *([i, f"会社{i}"] for i in IDS)], 空=[],
        契約=[HEAD.strip().split(","), *(row.strip().split(",") for row in ROWS)],
    )  # fmt: skip
    proposal = _proposed(tmp_path, write(tmp_path / "book.xlsx", book))
    assert {one.table: one.export.sheet for one in proposal.tables} == {"customers": "顧客", "contracts": "契約"}
    assert "    sheet: 契約\n" in proposal.texts["source.yaml"]
    assert _read(proposal) == {"customers": 12, "contracts": 12}


def test_lines_of_json_whose_fields_differ_from_day_to_day_are_one_table(tmp_path: Path) -> None:
    customers = write(tmp_path / "customers.csv", "customer_id,name\n" + "".join(f"{i},n{i}\n" for i in IDS))
    days = []
    for day in range(1, 10):
        lines = [
            {"customer_id": i, "user_id": f"U{i}", "used_on": f"2026-05-0{day}", "feature": "f", f"extra{day}": 1}
            for i in IDS
        ]
        days.append(write(tmp_path / f"usage_2026-05-0{day}.jsonl", "".join(map(_line, lines))))
    proposal = _proposed(tmp_path / "out", customers, *days)
    assert "from: ../../usage_2026-05-0*.jsonl" in proposal.texts["source.yaml"]
    assert _read(proposal) == {"customers": 12, "usage": 12 * 9}


def _line(record: dict[str, object]) -> str:
    return json.dumps(record) + "\n"


# what values look like


def test_columns_are_told_by_their_values_all_at_once(tmp_path: Path) -> None:
    """Halves, quarters and all of the rows: a share counts rows, not different values, and blanks are none of them."""
    text = (
        "day,month,amount,truth,us,mixed,blank\n2026-04-01,2026-04,1,yes,12/31/2026,1,\n"
        '令和8年4月2日,2026/05,"1,200",no,01/02/2026,1,\n2026-04-03,x,¥5,maybe,01/02/2026,x,\n2026-04-04,x,.5,1,01/02/2026,, \n'
    )  # fmt: skip
    (export,) = read_exports([write(tmp_path / "a.csv", text)])
    looks = export.looks
    assert (looks["day"].dates, looks["month"].months, looks["amount"].numbers, looks["truth"].truths) == (
        1,
        0.5,
        1,
        0.75,
    )
    assert (looks["us"].dates, looks["us"].formats["%m/%d/%Y"], looks["us"].formats["%d/%m/%Y"]) == (0, 1, 0.75)
    assert (looks["mixed"].numbers, looks["mixed"].values) == (2 / 3, ("1", "1", "x"))
    assert (looks["blank"].values, looks["blank"].dates) == ((), 0)


def test_a_key_is_one_in_each_file_though_states_of_it_repeat_from_file_to_file(tmp_path: Path) -> None:
    for month in (1, 2):
        write(tmp_path / f"c{month}.csv", "customer_id,plan\n" + "".join(f"{i},pro\n" for i in IDS))
    (export,) = read_exports([tmp_path])
    assert export.looks["customer_id"].unique
    assert not export.looks["plan"].unique


# soon


def test_many_files_and_wide_ones_take_seconds_of_the_processor(tmp_path: Path) -> None:
    """Before, 305 daily files gave no answer within 336 s, and a survey of 100 columns took 242 s."""
    for day in range(300):
        write(
            tmp_path / f"many/usage_{day:03d}.csv", "customer_id,used_on\n" + "".join(f"{i},2026-05-01\n" for i in IDS)
        )
    head = ",".join(f"q{place}" for place in range(100))
    rows = "".join(",".join(f"{row}.{place}" for place in range(100)) + "\n" for row in range(200))
    wide = write(tmp_path / "wide.csv", f"{head}\n{rows}")
    said: list[str] = []
    began = process_time()
    many, one = read_exports([tmp_path / "many", wide], said.append)
    assert process_time() - began < 20
    assert (len(many.files), len(one.looks)) == (300, 100)
    assert [each for each in said if each.startswith("looking into usage_")] == [
        f"looking into usage_{day:03d}.csv, one of 300 alike" for day in (0, 50, 100, 150, 199, 249, 299)
    ]


# never a traceback


@pytest.mark.parametrize("kind", ["csv", "csv-cp932", "tsv", "xlsx", "json", "jsonl", "ods", "xls"])
def test_no_damage_ends_in_a_traceback(tmp_path: Path, kind: str) -> None:
    """A few of the mutants that `make fuzz` tries, given to `init` alone."""
    ending, written, _spec = WRITERS[kind]
    for number in range(3):
        rng = Random(f"init {kind} {number}")  # noqa: S311 - no secret
        table = rng.choice([*TABLES])
        file = write(tmp_path / f"{table}{number}{ending}", damaged(written(TABLES[table]), rng))
        made = CliRunner().invoke(app, ["init", str(tmp_path / f"out{number}"), "--from", str(file)])
        found = judged("init", made, tmp_path)
        assert found.verdict in {Verdict.FINE, Verdict.REFUSED}, found.said
