"""One mutant through every command, in a process and a time of its own: read, refused in words, or neither."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import tempfile
import traceback
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import apprise
import nbformat
from typer.testing import CliRunner

from bench.fuzz.books import nasty_open_document, nasty_workbook
from bench.fuzz.damage import damaged
from bench.fuzz.seeds import (
    MONTH,
    SETTINGS,
    TABLES,
    WRITERS,
    Project,
    notebook,
    project,
    with_published,
    with_shapes,
    write_yaml,
)  # fmt: skip
from bench.fuzz.tables import nasty_csv, nasty_json_lines, nasty_parquet
from bench.fuzz.texts import nasty_notebook, nasty_template, nasty_yaml
from cslib.cli import app
from cslib.delivery import outcome
from cslib.delivery.outcome import Undelivered
from cslib.delivery.publish import Place, Sent
from cslib.errors import CslibError
from cslib.kpis import CATALOGUE
from cslib.reports import page
from cslib.reports.subprocesses import Died, Limits, run_isolated
from cslib.settings import load
from cslib.source import FILE, ROW, SourceConnection
from cslib.source.csv_files import CsvFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from typer.testing import Result

    Tell = Callable[[int], None]

LIMIT = 60.0  # seconds that a command may take
_SETTINGS = {
    "source": "source.yaml",
    "shapes": "source.yaml",
    "policies": "policies.yaml",
    "report": "report.yaml",
    "deliver": "report.yaml",
    "health": "health.yaml",
    "programmes": "programmes.yaml",
    "actions": "actions.yaml",
    "team": "team.yaml",
    "segment": "segments/pro.yaml",
}
_FOLDERS = (
    "it's", 'a"b', "a\\b", "a\\", "\\\\x", "a#b", "#", "a?b", "?x=1", "a%b", "%20", "100%", "[a]", "a*b", "{x}", "{0}", "a,b", "a;b", "a b", " a ", "a&b", "a=b",
    "month=2026-01", "~", "$HOME", "${HOME}", "-x", "東京", "ａ", "e\u0301", "a:b", "a|b", "<a>", "!x", "^", "`x`", "(a)", "a\nb", "\U0001f600", "x" * 200, "file:", "s3:",
    "a'b\\c#d?e%f", "'", '"', "\u202e", "%s", "{", "}", "data.csv", ".hidden", "a\tb",
)  # fmt: skip
KINDS = (*WRITERS, *_SETTINGS, "notebook", "template", "folder")
_ENGINE = re.compile(
    r"Traceback|\b(Binder|Parser|Catalog|Conversion|Invalid Input|Invalid|IO|Out of \w+|Internal|Serialization|Not implemented|Constraint|Type|Mismatch Type"
    r"|Cast|Syntax|Permission|Fatal|INTERNAL) (Error|Exception)\b|state machine|\bduckdb\.|\bpyarrow\b|\b(openpyxl|xlrd|expat|zipfile)\b|pydantic|\bibis\b|sqlglot|libyaml|jinja2|nbformat\.|traitlets"
    r"|\b[A-Z]\w*(Error|Exception)\b|\[?Errno|codec can't|NoneType|<class |object (is|has|at) |0x[0-9a-f]{6}|While scanning|in \"<|(?<!\.)\bread_csv\b|all_varchar=|reinterpret"
)


class Verdict(StrEnum):
    """What became of a mutant under a command; all but the first two are faults."""

    FINE = "fine"
    REFUSED = "refused in words"
    TRACEBACK = "traceback"
    ENGINE = "engine's words"
    CELLS = "other cells"
    HANG = "hang"


@dataclass(frozen=True)
class Mutant:
    """Which mutant: it is the same whenever it is made."""

    kind: str
    seed: int
    number: int
    commands: tuple[str, ...] = ()  # those that are tried; empty: every one


@dataclass(frozen=True)
class Found:
    """What a command made of a mutant, and what it said."""

    command: str
    verdict: Verdict
    said: str = ""


def tried(mutant: Mutant, limit: float = LIMIT) -> list[Found]:
    """Return what each command makes of a mutant; the last of them is the one that did not end, where one did not."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        heard = Path(folder) / ".heard"
        try:
            return run_isolated(_try, (mutant, folder), Limits(limit * 8, limit))
        except Died as death:
            began = heard.read_text("utf-8") if heard.is_file() else "?"
            verdict = Verdict.HANG if "longer than" in str(death) else Verdict.TRACEBACK
            return [Found(began, verdict, str(death))]


def _try(asked: tuple[Mutant, str], tell: Tell) -> list[Found]:
    mutant, place = asked
    rng = Random(f"{mutant.seed} {mutant.kind} {mutant.number}")  # noqa: S311 - no secret
    if mutant.kind == "template":
        return [_with_template(Path(place), rng)]
    made = made_of(mutant, Path(place), rng)
    _send_nothing()
    found = []
    every = _commands(mutant.kind, made, rng)
    chosen = [one for one in every if not mutant.commands or one[0] in mutant.commands]
    for step, (name, options) in enumerate(chosen):
        (Path(place) / ".heard").write_text(name, "utf-8")
        tell(step)
        found.append(judged(name, CliRunner().invoke(app, [name, *options]), made.folder))
    if mutant.kind.startswith(("csv", "tsv")) and not mutant.commands:
        tell(99)
        found += [Found("cells", Verdict.CELLS, said) for file in made.files if (said := other_cells(made, file))]
    return found


def made_of(mutant: Mutant, place: Path, rng: Random) -> Project:
    """Write the project of a mutant, one of its files damaged, and return it."""
    if mutant.kind == "folder":
        return project(place / rng.choice(_FOLDERS), rng.choice(("csv", "csv-cp932", "xlsx", "parquet", "jsonl")))
    made = project(place, mutant.kind if mutant.kind in WRITERS else "csv")
    if mutant.kind in WRITERS:
        table = rng.choice([*TABLES])
        file = next(one for one in made.files if one.name.startswith(table))
        file.write_bytes(_damaged_table(mutant.kind, file.read_bytes(), table, rng))
        return made
    if mutant.kind == "shapes":
        with_shapes(made)
    file = made.notebook if mutant.kind == "notebook" else made.params / _SETTINGS[mutant.kind]
    if mutant.kind == "deliver":  # whose other settings are left out, so that what is damaged is its own
        write_yaml(file, {"deliver": SETTINGS["report.yaml"]["deliver"]})
    changed = damaged if rng.random() < 0.3 else nasty_notebook if mutant.kind == "notebook" else nasty_yaml  # noqa: PLR2004
    file.write_bytes(changed(file.read_bytes(), rng))
    return made


def _send_nothing() -> None:
    """Keep what is damaged from being sent to wherever it now leads; addresses are read, and refused, as ever."""

    def _refuses(*_: object, **__: object) -> bool:
        return False

    def _is_closed(*_: object) -> Sent:
        raise Undelivered("nothing is sent from here")

    os.environ |= {"SMTP_PASSWORD": "p/s%w@rd", "OPS_WEBHOOK": "json://127.0.0.1:9/hook"}
    outcome.PAUSES = (0.0, 0.0)
    apprise.Apprise.notify = _refuses
    Place.publish = _is_closed  # type: ignore[method-assign, assignment]


def _with_template(place: Path, rng: Random) -> Found:
    """Return what becomes of a page when one of its templates is damaged."""
    shutil.copytree(page.TEMPLATE, place / "template")
    file = rng.choice(sorted((place / "template").glob("*.j2")))
    file.write_bytes((damaged if rng.random() < 0.3 else nasty_template)(file.read_bytes(), rng))  # noqa: PLR2004
    page.TEMPLATE = place / "template"
    page.exporter.cache_clear()
    context = page.PageContext(
        language="en", title="t", month=MONTH, slug="index", stages=(("index", "s", "index.html"),)
    )
    try:
        page.render_notebook(nbformat.reads(notebook().decode(), 4), context)
        page.render_failure(context, "[1]", "why")
    except CslibError as error:
        return Found("page", Verdict.ENGINE if _ENGINE.search(str(error)) else Verdict.REFUSED, str(error))
    except Exception:  # noqa: BLE001 - that is what is looked for
        return Found("page", Verdict.TRACEBACK, traceback.format_exc()[-1500:])
    return Found("page", Verdict.FINE)


def _damaged_table(kind: str, data: bytes, table: str, rng: Random) -> bytes:
    if rng.random() < 0.4:  # noqa: PLR2004
        return damaged(data, rng)
    rows = TABLES[table]
    if kind == "xlsx":
        return nasty_workbook(rows, rng)
    if kind == "parquet":
        return nasty_parquet(rows, rng)
    if kind == "ods":
        return nasty_open_document(rows, rng)
    if kind in {"json", "xls"}:
        return damaged(data, rng)
    return nasty_json_lines(rows, rng) if kind == "jsonl" else nasty_csv(rows, rng, kind)


def _commands(kind: str, made: Project, rng: Random) -> list[tuple[str, list[str]]]:
    params = ["--params", str(made.params)]
    listed = [("check", params), ("measure", [*params, "--as-of", MONTH, "--kpi", "nrr", "--kpi", "nps"])]
    if kind == "deliver":
        return [listed[0], ("deliver", [*params, "--out", str(with_published(made))])]
    if kind in WRITERS or kind == "folder":
        files = [option for file in made.files for option in ("--from", str(file))]
        listed.insert(0, ("init", [str(made.folder / "proposed"), *files]))
    if kind in {"notebook", "folder"} or rng.random() < 0.1:  # noqa: PLR2004 - the dearest, and it reads as `measure` does
        listed.append(("run", [*params, "--out", str(made.folder / "out"), "--jobs", "1"]))
    return listed


def judged(name: str, result: Result, folder: Path) -> Found:
    """Return what a command made of a project, by its exit code and its words."""
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        where = traceback.format_exception(result.exception)
        return Found(name, Verdict.TRACEBACK, "".join(where)[-1500:])
    said = result.output
    for error in _of_cells(folder):
        said = said.replace(error, "")
    if found := _ENGINE.search(said):
        return Found(name, Verdict.ENGINE, said[max(0, found.start() - 300) : found.end() + 300])
    return Found(name, Verdict.REFUSED if result.exit_code in {1, 2, 3, 5} else Verdict.FINE, said[:400])


def _of_cells(folder: Path) -> list[str]:
    """Return what the code of an analyst's own cells has said, which is for the analyst."""
    logs = [json.loads(file.read_text("utf-8")) for file in folder.glob("out/**/run.json")]
    return [one["error"] for log in logs for one in log["reports"] if one["cell"]]


def other_cells(made: Project, file: Path) -> str:
    """Return where a CSV file is read otherwise than Python's `csv` reads it; nothing where it is not, or is refused."""
    name = file.name.partition(".")[0]
    try:
        settings = load(made.params, CATALOGUE.by_id)
        encoding = settings.source.tables[name][0].encoding_of(file.name)
        with closing(SourceConnection(settings)) as source:
            rows = source.table(name).order_by(ROW).drop(FILE, ROW).to_pyarrow()
            header = CsvFile.of(file, encoding)
    except Exception:  # noqa: BLE001 - that it is refused is judged where the commands are
        return ""
    own = [tuple(rows.column_names), *zip(*(column.to_pylist() for column in rows.columns), strict=True)]
    try:
        plain = as_python_reads(file, encoding, header)
    except (UnicodeError, csv.Error) as error:
        return f"{file.name} is read, which Python does not: {error}"
    return next(
        (f"{file.name}: {one!r} where Python reads {other!r}" for one, other in _pairs(own[1:], plain) if one != other),
        "",
    )


def _pairs(own: list[tuple[str | None, ...]], plain: list[tuple[str | None, ...]]) -> list[tuple[object, object]]:
    longest = max(len(own), len(plain))
    return [(own[n] if n < len(own) else None, plain[n] if n < len(plain) else None) for n in range(longest)]


def as_python_reads(file: Path, encoding: str, header: CsvFile) -> list[tuple[str | None, ...]]:
    """Return the rows below the header as Python's `csv` reads them; an empty field is None, blank rows are none."""
    import gzip  # noqa: PLC0415

    data = gzip.decompress(file.read_bytes()) if file.name.endswith(".gz") else file.read_bytes()
    return python_rows(data.decode("utf-8-sig" if encoding.lower() in {"utf-8", "utf8"} else encoding), header)


def python_rows(text: str, header: CsvFile) -> list[tuple[str | None, ...]]:
    """Return the rows below the header of a text, likewise; which row that is, and what parts its names, the product says."""
    _head, *rows = [*csv.reader(io.StringIO(text, newline=""), delimiter=header.delimiter)][
        max(0, header.header_row - 1) :
    ] or [[]]
    width = len(header.columns)
    return [tuple(cell or None for cell in (row if any(row[width:]) else row[:width])) for row in rows if row]
