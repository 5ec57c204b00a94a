"""Bad input to `cslib run`: a clear message, exit code 2, nothing lost, and the latest reports stay what they were."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from typer.testing import CliRunner

from cslib.cli import app
from tests.exports import CONTRACTS, CUSTOMERS, IDS, SURVEYS, export, write

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("bad_input")  # one worker makes the good run that none of these may touch

NASTY = """<script>alert("x")</script> & 'Søn' </td><img src=x onerror="alert(1)">"""
CSM = "</script><script>alert(2)</script>"
CELLS = (
    (
        "from cslib.scenario import Scenario\n"
        "s = Scenario.open(params, segment=segment, as_of=as_of, language=language, snapshot=snapshot)\n"
        's.customers("mrr")'
    ),
    's.breakdown("mrr", by="csm")',
    "s.sources()",
)
SEGMENTS = {
    "total": {"id": "total", "name": "全社"},
    "pro": {"id": "pro", "name": NASTY, "where": {"plan": "pro"}, "targets": {"nrr": 1.1}},
}
HEADS = {"customers": CUSTOMERS, "contracts": CONTRACTS, "surveys": SURVEYS}


def _run(params: Path, out: Path, *options: str) -> tuple[int, str]:
    """Return the exit code of a run, and what it said."""
    command = ["run", "--params", str(params), "--out", str(out), "--jobs", "1", *options]
    done = CliRunner().invoke(app, command)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def _notebook(folder: Path) -> None:
    """Write a small notebook beside the params, in place of those of the scenario."""
    parameters = "\n".join(f'{name} = ""' for name in ("params", "segment", "as_of", "language", "snapshot"))
    cells = [nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]})]
    cells += [nbformat.v4.new_code_cell(source) for source in CELLS]
    folder.mkdir(parents=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "00_summary.ipynb")


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the reports of a good run, on customers with nasty names and answers of which one in 25 is bad."""
    folder = tmp_path_factory.mktemp("good")
    quoted = '"' + NASTY.replace('"', '""') + '"'
    head, first, *others = CUSTOMERS.splitlines()
    nasty = first.replace("会社00001", quoted)
    customers = [f"{head},csm", f'{nasty},"{CSM}"', *(f"{line},佐藤" for line in others)]
    answers = [f"A{place},{IDS[place % 12]},nps,{'9点' if place == 5 else 9},2026-04-10" for place in range(25)]
    files = {
        "customers.csv": "\n".join(customers),
        "surveys.csv": "\n".join([SURVEYS.splitlines()[0], *answers]),
    }
    report = {"notebooks": ["00_summary"], "months": 3, "title": NASTY}
    params = export(folder, files, segments=SEGMENTS, report=report)
    _notebook(folder / "notebooks")
    code, said = _run(params, folder / "reports")
    assert code == 0, said
    return folder / "reports"


def _state(out: Path) -> dict[str, int]:
    """Return every file of a reports folder and when it was changed, and where `latest` leads."""
    files = {
        str(file.relative_to(out)): file.stat().st_mtime_ns for file in sorted(out.rglob("*")) if file.name != ".lock"
    }
    return {**files, str((out / "latest").readlink()): 0}


@dataclass(frozen=True)
class Bad:
    """A clean export with one thing wrong, and what a run must say of it."""

    says: tuple[str, ...]
    files: dict[str, Any] = field(default_factory=dict)
    source: dict[str, Any] = field(default_factory=dict)
    segments: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    options: tuple[str, ...] = ()


def _row(table: str, row: str, says: str, *also: str) -> Bad:
    """Return an export in which this row stands below the good ones of a table, in row 14."""
    return Bad((f"{table}: 1 of 13 rows (7.7%) break a claim", f"{says} in {table}.csv row 14", *also),
               {f"{table}.csv": f"{HEADS[table]}{row}\n"})  # fmt: skip


def _without(table: str, column: str, found: str) -> dict[str, str]:
    return {f"{table}.csv": HEADS[table].replace(column, found)}


BAD: dict[str, Bad] = {
    "a missing file": Bad(("source.yaml:", "surveys.from", "there is no file 'survey.csv'; did you mean 'surveys.csv'?"),
                          source={"surveys": {"from": "../data/survey.csv"}}),
    "a missing required column": Bad(("source.yaml:", "contracts: no required column 'mrr'", "under 'columns'"),
                                     _without("contracts", "mrr", "amount")),
    "a required column mistyped": Bad(("contracts: no required column 'starts_on'; did you mean 'start_on'?",),
                                      _without("contracts", "starts_on", "start_on")),
    "an unknown column in the mapping": Bad(
        ("source.yaml:", "contracts.columns.seats: no source column 'end_on'; did you mean 'ends_on'?"),
        source={"contracts": {"from": "../data/contracts.csv", "columns": {"seats": "end_on"}}}),
    "an unknown canonical column": Bad(
        ("contracts.columns.seat: no canonical column 'seat'; did you mean 'seats'?",),
        source={"contracts": {"from": "../data/contracts.csv", "columns": {"seat": "mrr"}}}),
    "an unknown table": Bad(("no canonical table 'contract'; did you mean 'contracts'?",),
                            source={"contract": {"from": "../data/contracts.csv"}}),
    "an unknown key in source.yaml": Bad(("source.yaml:", "no key 'encodng'; did you mean 'encoding'?"),
                                         source={"surveys": {"from": "../data/surveys.csv", "encodng": "cp932"}}),
    "an unknown key in policies.yaml": Bad(("policies.yaml:2: no key 'grace_day'; did you mean 'grace_days'?",),
                                           settings={"policies": "min_n: 3\ngrace_day: 3\n"}),
    "an unknown key in report.yaml": Bad(("report.yaml:1: no key 'langage'; did you mean 'language'?",),
                                         settings={"report": "langage: en\n"}),
    "an unknown key in a segment": Bad(("a.yaml:3: no key 'were'; did you mean 'where'?",),
                                       segments={"a": "id: a\nname: a\nwere: {plan: pro}\n"}),
    "a date that does not parse": _row("contracts", "K,00001,core,2026-02-30,,5", "found '2026-02-30'",
                                       "type(starts_on)", "wanted a date like 2026-10-31, or say its format in source.yaml"),
    "a date in another order": _row("contracts", "K,00001,core,31/12/2025,,5", "found '31/12/2025'"),
    "a duplicate id": Bad((("duplicate_id(contract_id): 2 rows; wanted each id once; found 'K00002' in contracts.csv row 3, "
                           "'K00002' in contracts.csv row 14"),),
                          {"contracts.csv": f"{CONTRACTS}K00002,00002,core,2026-01-01,,5\n"}),
    "a duplicate customer": Bad(("duplicate_id(customer_id): 2 rows", "found '00002' in customers.csv row 3",
                                 "orphan(customer_id)"), {"customers.csv": f"{CUSTOMERS}00002,会社,pro,2\n"}),
    "an orphan customer": _row("contracts", "K,99999,core,2026-01-01,,5", "found '99999'", "orphan(customer_id)",
                               "wanted the id of a customer that is there"),
    "an id that lost its zeros": _row("contracts", "K,1,core,2026-01-01,,5", "found '1'", "orphan(customer_id)"),
    "an end before its start": _row("contracts", "K,00001,core,2026-03-01,2026-02-28,5", "found '2026-02-28'",
                                    "order(ends_on): 1 row; wanted no day before starts_on"),
    "an NPS of 11": _row("surveys", "R,00001,nps,11,2026-05-01", "found '11'", "scale(score)", "0 to 10 for nps"),
    "an NPS of 7.5": _row("surveys", "R,00001,nps,7.5,2026-05-01", "found '7.5'", "NPS in whole numbers"),
    "an amount that may be two": _row("contracts", 'K,00001,core,2026-01-01,,"1.200,50"', "found '1.200,50'", "type(mrr)",
                                      "wanted an amount in the reporting currency like 1200, 1,200 or 1200.50"),
    "an amount in another currency": _row("contracts", "K,00001,core,2026-01-01,,$1200", "found '$1200'", "type(mrr)"),
    "an amount with commas in odd places": _row("contracts", 'K,00001,core,2026-01-01,,"12,00"', "found '12,00'", "type(mrr)"),
    "an amount below nothing": _row("contracts", "K,00001,core,2026-01-01,,-5", "found '-5'", "wanted 0 or more"),
    "an amount with a word": _row("contracts", "K,00001,core,2026-01-01,,1万円", "found '1万円'", "type(mrr)"),
    "a number with a word": _row("customers", "00013,会社,pro,30名", "found '30名'", "type(employees)"),
    "an answer from the future": _row("surveys", "R,00001,nps,9,2026-07-01", "found '2026-07-01'", "future(responded_on)",
                                      "wanted no day after 2026-06-30, when the source was read"),
    "a word that is none of the list": _row("surveys", "R,00001,NPS,9,2026-05-01", "found 'NPS'", "wanted one of nps, csat, ces"),
    "a row without an id": _row("contracts", ",00001,core,2026-01-01,,5", "found nothing", "null_id(contract_id)"),
    "an empty table": Bad(("contracts: no rows in contracts.csv; leave the table out of source.yaml",),
                          {"contracts.csv": CONTRACTS.splitlines()[0]}),
    "an empty file": Bad(("contracts.csv: the file is empty, not even a header",), {"contracts.csv": ""}),
    "a segment that matches nobody": Bad(("a.yaml:3: segment 'a' matches none of the 12 customers",),
                                         segments={"a": "id: a\nname: a\nwhere: {plan: gold}\n"}),
    "a segment by an unknown column": Bad(("a.yaml:3: no column 'plam'; did you mean 'plan'?",),
                                          segments={"a": "id: a\nname: a\nwhere: {plam: pro}\n"}),
    "two segments with one id": Bad(("b.yaml:1: segment id 'a' is taken by a.yaml",),
                                    segments={"a": "id: a\nname: a\n", "b": "id: a\nname: b\nwhere: {plan: pro}\n"}),
    "an unknown KPI in a target": Bad(("a.yaml:4: no KPI 'nnr'; did you mean 'nrr'? 'cslib kpis' lists them",),
                                      segments={"a": "id: a\nname: a\ntargets:\n  nnr: 1.1\n"}),
    "an unknown KPI as the goal": Bad(("a.yaml:3: no KPI 'churn'; did you mean",),
                                      segments={"a": "id: a\nname: a\nkgi: {kpi: churn, target: 1}\n"}),
    "a folder outside in a segment id": Bad(("a.yaml:1: id: an id becomes a folder and an address", "found '../../etc'"),
                                            segments={"a": "id: ../../etc\nname: a\n"}),
    "a month before the data": Bad(("2025-12 lies before the data, which begin in 2026-01; choose 2026-01 to 2026-05",),
                                   options=("--as-of", "2025-12")),
    "a month in the future": Bad(("2030-01 was not over (data until 2026-05, read on 2026-06-30); choose 2026-01 to 2026-05",),
                                 options=("--as-of", "2030-01")),
    "a month that is none": Bad(("a month is written YYYY-MM, like 2026-10; found '2026-5'",), options=("--as-of", "2026-5")),
    "an unknown segment asked for": Bad(("no segment 'prow'; did you mean 'pro'?",), options=("--segment", "prow")),
    "an unknown notebook asked for": Bad(("no notebook '00_sumary'; did you mean '00_summary'?",),
                                         options=("--notebook", "00_sumary")),
    "a column given twice": Bad(("contracts.csv: the header names the column 'mrr' more than once",),
                                _without("contracts", "product", "mrr")),
    "a row with a field too many": Bad(("contracts.csv row 14: 7 fields where the header has 6", "between quotation marks"),
                                       {"contracts.csv": f"{CONTRACTS}K,00001,core,2026-01-01,,1,200\n"}),
    "a quotation mark that is not closed": Bad(("customers.csv row 14: a quotation mark is not closed",),
                                               {"customers.csv": f'{CUSTOMERS}00013,"会社,pro,3\n'}),
    "a file in another encoding": Bad((("customers.csv line 2: not utf-8; name the file's encoding in source.yaml, "
                                       "such as 'encoding: cp932'"),), {"customers.csv": CUSTOMERS.encode("cp932")}),
    "a folder in place of a file": Bad(("data is a folder; name the files in it, such as data/*.csv",),
                                       source={"contracts": {"from": "../data"}}),
    "a table without a database": Bad(("no table 'crm'", "a table needs a database, which url names"),
                                      source={"contracts": {"from": "crm"}}),
    "a query that is none": Bad(("contracts.from: the query was refused: syntax error",), source={"contracts": {"from": {"sql": "selec 1"}}}),
    "a variable that is not set": Bad(("the environment has no variable NO_SUCH_FOLDER",),
                                      source={"contracts": {"from": "${NO_SUCH_FOLDER}/c.csv"}}),
}  # fmt: skip


_PHASES = re.compile(r"\A(\d+\.\ds \w+\n)*")  # what was done until then


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused(name: str, good: Path, tmp_path: Path) -> None:
    bad = BAD[name]
    params = export(tmp_path, bad.files, bad.source, {**SEGMENTS, **bad.segments}, **bad.settings)
    _notebook(tmp_path / "notebooks")
    before = _state(good)
    code, said = _run(params, good, *bad.options)
    assert code == 2, said
    for part in bad.says:
        assert part in said
    assert _PHASES.sub("", said).startswith("cslib: ")
    for leak in ("Traceback", "duckdb", "Ibis", "pydantic", "LINE 1", "Possible fixes"):
        assert leak not in said
    assert _state(good) == before


def test_everything_that_is_wrong_is_told_at_once(good: Path, tmp_path: Path) -> None:
    told = [bad for bad in BAD.values() if bad.files and not bad.source]
    files = {"customers.csv": BAD["a number with a word"].files["customers.csv"],
             "contracts.csv": CONTRACTS + "".join(line for bad in told for line in _added(bad)),
             "surveys.csv": BAD["an NPS of 11"].files["surveys.csv"], "goals.csv": "", "users.csv": "user_id,customer\n"}  # fmt: skip
    before = _state(good)
    code, said = _run(export(tmp_path, files, segments={"a": "id: a\nname: a\nwhere: {plan: gold}\n"}), good)
    assert code == 2
    for part in ("type(employees)", "type(starts_on)", "type(mrr)", "order(ends_on)", "negative(mrr)", "scale(score)", "orphan",
                 "duplicate_id(contract_id)", "goals.csv: the file is empty", "users: no required column 'customer_id'; did you",
                 "segment 'a' matches none"):  # fmt: skip
        assert part in said
    assert _state(good) == before


def _added(bad: Bad) -> list[str]:
    rows = str(bad.files.get("contracts.csv", "")).splitlines(keepends=True)[13:]
    return [row for row in rows if row.startswith("K") and row.count(",") == 5 + row.count('"') / 2]


def test_a_small_share_of_bad_rows_is_set_aside_and_said(good: Path) -> None:
    log = json.loads((good / "latest/run.json").read_text("utf-8"))
    surveys = log["data"]["tables"]["surveys"]
    assert (surveys["rows"], surveys["set_aside"]) == (25, 1)
    (claim,) = surveys["claims"]
    assert (claim["claim"], claim["rows"]) == ("type(score)", 1)
    assert claim["samples"] == [{"file": "surveys.csv", "row": 7, "value": "9点"}]
    for segment in ("total", "pro"):
        assert "type(score) 1" in _read(good / "latest" / segment / "index.html").text


class _Page(HTMLParser):
    """The text of a page, and what in it a browser would execute."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.scripts: list[str] = []
        self.images: list[str | None] = []
        self.handlers: list[str] = []
        self.inside = ""

    @property
    def text(self) -> str:
        """All text that is shown."""
        return "".join(self.texts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag if tag in {"script", "style"} else ""
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        if tag == "img":
            self.images += [value for name, value in attrs if name == "src"]

    def handle_endtag(self, tag: str) -> None:
        self.inside = "" if tag == self.inside else self.inside

    def handle_data(self, data: str) -> None:
        (self.scripts if self.inside == "script" else self.texts).append(data)


def _read(page: Path) -> _Page:
    found = _Page()
    found.feed(page.read_text("utf-8"))
    return found


@pytest.mark.parametrize("page", ["index.html", "total/index.html", "pro/index.html"])
def test_markup_in_a_name_is_shown_as_text(good: Path, page: str) -> None:
    found = _read(good / "latest" / page)
    assert NASTY in found.text
    assert not [script for script in found.scripts if script.lstrip().startswith("alert")]
    assert "x" not in found.images
    assert found.handlers == []


def test_markup_in_a_chart_s_data_stays_data(good: Path) -> None:
    found = _read(good / "latest/total/index.html")
    assert CSM not in (good / "latest/total/index.html").read_text("utf-8")
    assert any("alert(2)" in script for script in found.scripts), "the chart by csm holds the name, escaped"


def test_a_good_run_after_a_bad_one_is_the_latest(tmp_path: Path, good: Path) -> None:
    kept = _state(good)
    params = export(tmp_path, {"contracts.csv": ""})
    assert _run(params, tmp_path / "reports")[0] == 2
    assert not (tmp_path / "reports/latest").exists()
    write(tmp_path / "data/contracts.csv", CONTRACTS)
    write(params / "report.yaml", "notebooks: [00_summary]\nmonths: 1\n")
    _notebook(tmp_path / "notebooks")
    code, said = _run(params, tmp_path / "reports", "--segment", "total")
    assert code == 0, said
    assert (tmp_path / "reports/latest/total/index.html").is_file()
    assert _state(good) == kept
