"""A small project as people have it, each of its tables in a file of the kind that is to be damaged."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import nbformat
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

MONTH = "2026-05"
READ_ON = date(2026, 6, 30)
_IDS = tuple(f"{number:05d}" for number in range(1, 13))
Rows = list[list[str]]

TABLES: dict[str, Rows] = {
    "customers": [["customer_id", "name", "plan", "employees"],
                  *([i, f"会社{i}", "pro" if i < "00009" else "free", str(int(i))] for i in _IDS)],
    "contracts": [["contract_id", "customer_id", "product", "starts_on", "ends_on", "mrr"],
                  *([f"K{i}", i, "core, basic", "2026-01-01", "2026-12-31", "1000"] for i in _IDS)],
    "surveys": [["response_id", "customer_id", "kind", "score", "responded_on", "comment"],
                *([f"R{i}", i, "nps", "9", "2026-05-10", f'"良い" と\n{i}'] for i in _IDS)],
    "usage": [["customer_id", "user_id", "used_on", "feature"],
              *([i, f"U{i}", f"2026-05-{day:02d}", "report"] for i in _IDS for day in (4, 11, 18))],
    "programmes": [["customer_id", "programme", "started_on"], *([i, "training", "2026-03-01"] for i in _IDS[:6])],
}  # fmt: skip


def as_csv(rows: Sequence[Sequence[str]], **dialect: Any) -> str:  # noqa: ANN401 - of several kinds
    """Return rows as CSV."""
    text = io.StringIO()
    csv.writer(text, **{"lineterminator": "\n", **dialect}).writerows(rows)
    return text.getvalue()


def as_workbook(rows: Rows) -> bytes:
    """Return rows as the sheet of a workbook, days as days and numbers as numbers."""
    book, target = openpyxl.Workbook(), io.BytesIO()
    sheet = book.worksheets[0]
    for place, row in enumerate(rows):
        sheet.append([_cell(head, text) if place else text for head, text in zip(rows[0], row, strict=True)])
    book.save(target)
    return target.getvalue()


def _cell(head: str, text: str) -> object:
    if head.endswith("_on"):
        return date.fromisoformat(text)
    return int(text) if head in {"mrr", "score", "employees"} else text


def as_parquet(rows: Rows) -> bytes:
    """Return rows as a Parquet file, numbers as numbers."""
    head, *body = rows
    columns = {name: [_cell(name, row[place]) for row in body] for place, name in enumerate(head)}
    target = io.BytesIO()
    pq.write_table(pa.table(columns), target)
    return target.getvalue()


def as_json_lines(rows: Rows) -> bytes:
    """Return rows as JSON lines."""
    head, *body = rows
    return "".join(json.dumps(dict(zip(head, row, strict=True)), ensure_ascii=False) + "\n" for row in body).encode()


def as_json(rows: Rows) -> bytes:
    """Return rows as one object that holds them as a list."""
    head, *body = rows
    return json.dumps(
        {"data": [dict(zip(head, row, strict=True)) for row in body]}, ensure_ascii=False, indent=1
    ).encode()


def as_open_document(rows: Rows) -> bytes:
    """Return rows as the sheet of an OpenDocument spreadsheet, days as days and numbers as numbers."""
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    body = "".join(
        f"<table:table-row>{''.join(_open_cell(_cell(head, text) if place else text) for head, text in zip(rows[0], row, strict=True))}</table:table-row>"
        for place, row in enumerate(rows)
    )
    sheet = f'<table:table table:name="Sheet1">{body}</table:table>'
    content = f"<office:document-content{names}><office:body><office:spreadsheet>{sheet}</office:spreadsheet></office:body></office:document-content>"
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content)):
            archive.writestr(zipfile.ZipInfo(name), text)
    return target.getvalue()


def _open_cell(value: object) -> str:
    if isinstance(value, date):
        return f'<table:table-cell office:value-type="date" office:date-value="{value}"/>'
    if isinstance(value, int):
        return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'


def as_old_workbook(rows: Rows) -> bytes:
    """Return rows as the sheet of a workbook of Excel 97, days as days and numbers as numbers."""
    import xlwt  # noqa: PLC0415 - of the development group

    book, target = xlwt.Workbook(encoding="utf-8"), io.BytesIO()
    sheet, day = book.add_sheet("Sheet1"), xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for place, row in enumerate(rows):
        for at, text in enumerate(row):
            value = _cell(rows[0][at], text) if place else text
            sheet.write(place, at, value, *([day] if isinstance(value, date) else []))
    book.save(target)
    return target.getvalue()


WRITERS: dict[str, tuple[str, Callable[[Rows], bytes], dict[str, Any]]] = {
    "csv": (".csv", lambda rows: as_csv(rows).encode(), {}),
    "csv-cp932": (".csv", lambda rows: as_csv(rows).encode("cp932"), {"encoding": "cp932"}),
    "csv-utf16": (".csv", lambda rows: as_csv(rows).encode("utf-16"), {"encoding": "utf-16"}),
    "tsv": (".tsv", lambda rows: as_csv(rows, delimiter="\t").encode(), {}),
    "csv-gz": (".csv.gz", lambda rows: gzip.compress(as_csv(rows).encode(), mtime=0), {}),
    "xlsx": (".xlsx", as_workbook, {}),
    "parquet": (".parquet", as_parquet, {}),
    "jsonl": (".jsonl", as_json_lines, {}),
    "json": (".json", as_json, {}),
    "ods": (".ods", as_open_document, {}),
    "xls": (".xls", as_old_workbook, {}),
}
SETTINGS: dict[str, Any] = {
    "policies.yaml": {
        "contract_end": "last_day", "grace_days": 0, "onboarding_days": 90, "adoption_weeks": {"active": 3, "of": 4},
        "core_features": ["report"], "usage_decline": 0.3, "gross_margin": 0.7, "hourly_cost": 5000, "min_n": 5,
        "lead_margin": 0.6, "indicators": {"employees": "higher"}, "wall": 0.01,
        "gates": {"usage": "adoption", "outcome": {"indicator": "customers.employees", "limit": 5, "otherwise": "goal_coverage"}},
        "effect": {"months": 6, "least": 20, "clusters": 8},
        "touch_rule": {"large": {"mrr_share": 0.5}, "small": {"below": 900}, "new_months": 6, "settled_months": 12, "steady_closes": 3},
        "touch_hours": {"high": 4, "low": 1, "tech": 0.1, "onboarding": 3, "renewal_within_90_days": 1},
        "capacity": {"hours": 160, "share": 0.6}, "organisation": {"load": 1, "offence_share": 0.05, "handoff_days": 14},
        "phase_days": {"onboarding": 90, "adoption": 60, "value": 180}, "reference_rest_days": 180,
        "allowed_quarantine": 0.05, "currency": "JPY", "rates": {"USD": 150}, "timezone": "Asia/Tokyo", "fiscal_year_start": 4,
    },
    "report.yaml": {"title": {"ja": "月次", "en": "Monthly"}, "languages": ["en"], "audience": "internal",
                    "notebooks": ["00_summary"], "months": 2, "keep_runs": 3,
                    "deliver": {"link": "https://reports.example.com/cs",
                                "publish": [{"to": "../handed", "besides": ["excel"]}, {"to": "s3://bucket/cs", "audience": "internal"}],
                                "notify": [{"to": "mailtos://reports:${SMTP_PASSWORD}@smtp.example.com?from=reports@example.com&to=a@example.com,b@example.com",
                                            "attach": ["page", "excel"], "when": "on_change"},
                                           {"to": "json://127.0.0.1:9/hook", "segments": ["pro"], "owner": "CS"},
                                           {"to": "${OPS_WEBHOOK}", "when": "on_failure", "audience": "internal"}]}},
    "health.yaml": {"components": {"nps": {"bad": 4, "good": 9, "weight": 15}, "customers.employees": {"bad": 1, "good": 50, "weight": 5}},
                    "bands": {"yellow": 50, "green": 70}, "least_known": {"score": 0.5, "green": 0.7}},
    "programmes.yaml": [{"programme": "training", "name": {"ja": "研修", "en": "Training"}, "outcome": "adoption", "expected": 0.05,
                         "assignment": "by_csm", "cluster": "plan", "hours_per_customer": 6}],
    "actions.yaml": [{"id": "first", "name": {"ja": "施策", "en": "First"}, "kpi": "adoption", "segment": "pro", "owner": "Support desk",
                      "started_on": date(2026, 3, 1), "expected": {"change": 0.05, "by": "2026-08"}, "baseline": {"months": 2},
                      "review_on": date(2026, 5, 20), "programme": "training", "plan": "x", "done": [{"on": date(2026, 4, 1), "note": "y"}],
                      "decision": {"on": date(2026, 5, 21), "what": "extend", "why": "z", "next": "first"}}],
    "events.yaml": [{"on": date(2026, 6, 1), "kind": "price", "name": {"ja": "価格改定", "en": "New prices"}, "segments": ["pro"]}],
    "team.yaml": {"people": {"佐藤 花": {"team": "onboarding", "fte": 0.5, "from": "2026-01", "until": "2026-12"}, "Support desk": {"team": "support", "fte": 3}}},
    "segments/total.yaml": {"id": "total", "name": {"ja": "全体", "en": "Everyone"}},
    "segments/pro.yaml": {"id": "pro", "name": "Pro", "where": {"plan": ["pro"], "employees": {"at_least": 2, "below": 100}},
                          "touch_model": "high", "org_model": "partnership", "touch_rule": {"large": {"at_least": 500}}, "targets": {"nrr": {"target": 1.1, "owner": "CS"}}, "kgi": {"kpi": "grr", "target": 0.9}},
}  # fmt: skip
_CELLS = (
    (
        "from cslib.scenario import Scenario\n"
        "s = Scenario.open(params, segment=segment, as_of=as_of, language=language, snapshot=snapshot)\n"
        's.kpis("nrr")'
    ),
    "print(1 + 1)",
)


@dataclass(frozen=True)
class Project:
    """A project in a folder."""

    folder: Path
    files: tuple[Path, ...]  # of its data

    @property
    def params(self) -> Path:
        """Its settings."""
        return self.folder / "params"

    @property
    def notebook(self) -> Path:
        """Its only notebook."""
        return self.folder / "notebooks" / "00_summary.ipynb"


def project(folder: Path, kind: str = "csv") -> Project:
    """Write a project whose tables are files of a kind, and return it."""
    ending, write, spec = WRITERS[kind]
    files = []
    for name, rows in TABLES.items():
        files.append(_written(folder / "data" / f"{name}{ending}", write(rows)))
    tables = {name: {"from": f"../data/{name}{ending}", **spec} for name in TABLES}
    write_yaml(folder / "params" / "source.yaml", {"read_on": READ_ON, "tables": tables})
    for name, content in SETTINGS.items():
        write_yaml(folder / "params" / name, content)
    _written(folder / "notebooks" / "00_summary.ipynb", notebook())
    return Project(folder, tuple(files))


SHAPED: dict[str, Rows] = {
    "monthly": [["customer", "month", "fee"], *([i, f"2026-{month:02d}", "1000"] for i in _IDS[:4] for month in (3, 4, 5))],
    "deals": [["id", "customer", "plan", "started", "months", "price", "seats", "interval", "count", "updated"],
              *([f"D{i}", i, "pro", "2026-01-01", "12", "1200", "2", every, "1", "2026-05-01"]
                for i, every in zip(_IDS[4:], ("year", "month", "half", "week") * 2, strict=True))],
    "people": [["user", "customer"], *([f"U{i}", i] for i in _IDS)],
    "logins": [["user", "at"], *([f"U{i}", str(1778000000 + 100 * int(i))] for i in _IDS)],
    "wide": [["customer", "day", "login", "export"], *([i, "2026-05-20", "3", "" if i > "00006" else "1"] for i in _IDS)],
    "lines": [["order", "customer", "ordered", "paid"], *([n, i, "2026-05-02", "100"] for i in _IDS[:4] for n in (f"O{i}", ""))],
    "cases": [["case", "customers", "opened"], ["T1", "00001;00002", "2026-05-03"], ["T2", "00003", "2026-05-04"]],
}  # fmt: skip
SHAPES: dict[str, Any] = {
    "customers": {"from": "../data/customers.csv", "columns": {"name": {"concat": ["name", "plan"]}}},
    "contracts": [
        {"from": "../data/monthly.csv", "terms": "snapshots",
         "columns": {"customer_id": "customer", "product": {"value": "core"}, "starts_on": "month", "mrr": "fee"}},
        {"from": "../data/deals.csv", "latest": "updated", "where": {"price": {"at_least": 1}, "plan": {"not": ["test"]}},
         "columns": {"contract_id": {"column": "id", "prefix": "d-"}, "customer_id": "customer", "product": ["plan", "id"], "starts_on": "started",
                     "ends_on": {"column": "started", "plus": {"months": "months", "days": -1}},
                     "mrr": {"column": "price", "times": "seats", "per": {"column": "interval", "times": "count", "map": {"half": 6}}}}},
    ],
    "usage": [
        {"from": "../data/logins.csv", "encoding": {"log*": "utf-8"}, "join": [{"from": "../data/people.csv", "on": {"user": "user"}, "take": {"who": "customer"}}],
         "columns": {"customer_id": "who", "user_id": "user", "used_on": {"column": "at", "format": "unix"}, "feature": {"value": "login"}}},
        {"from": "../data/wide.csv", "unpivot": {"columns": ["login", "exp*"], "name": "what", "value": "times"},
         "columns": {"customer_id": "customer", "used_on": "day", "feature": "what", "events": "times"}},
    ],
    "surveys": {"from": "../data/surveys.csv", "columns": {"response_id": {"column": "response_id", "prefix": "nps-"}}},
    "purchases": {"from": "../data/lines.csv", "fill_down": ["order", "customer"], "total": {"by": "order", "of": ["paid"]},
                  "columns": {"purchase_id": "order", "customer_id": "customer", "amount": "paid", "purchased_on": "ordered"}},
    "tickets": {"from": "../data/cases.csv", "split": {"column": "customers", "by": ";"},
                "columns": {"ticket_id": {"concat": ["case", "customers"]}, "customer_id": "customers",
                            "opened_at": {"column": "opened", "not_after": "opened"}}},
    "programmes": {"from": "../data/programmes.csv"},
}  # fmt: skip


def with_shapes(made: Project) -> Project:
    """Give a project a source whose rows and columns come in every shape that `source.yaml` can say, and return it."""
    for name, rows in SHAPED.items():
        _written(made.folder / "data" / f"{name}.csv", as_csv(rows).encode())
    write_yaml(made.params / "source.yaml", {"read_on": READ_ON, "tables": SHAPES})
    return made


def with_published(made: Project) -> Path:
    """Give a project a run that was published, as small as one can be, and return the reports folder."""
    out = made.folder / "reports"
    run = out / "runs" / f"{MONTH}_20260601T000000Z"
    figure = {"segment": "pro", "month": MONTH, "kpi": "nrr", "stage": "financial", "value": 1.0, "part": 1.0, "whole": 1.0, "n": 1,
              "low": 0.9, "high": 1.1, "target": 1.1, "status": "off_target", "reason": ""}  # fmt: skip
    report = {
        "segment": "pro",
        "notebook": "00_summary",
        "status": "failed",
        "page": "index.html",
        "error": "why",
        "cell": "",
    }
    log = {"number": 1, "as_of": MONTH, "language": "en", "published": True, "seconds": 1.0, "reports": [report],
           "data": {"audience": "internal"}, "fingerprints": {}}  # fmt: skip
    for name, content in (("index.html", b"front"), ("pro/index.html", b"pro"), ("run.json", json.dumps(log).encode())):
        _written(run / name, content)
    pq.write_table(pa.Table.from_pylist([figure]), run / "kpis.parquet")
    (out / "latest").symlink_to(run.relative_to(out), target_is_directory=True)
    return out


def notebook() -> bytes:
    """Return a small notebook."""
    names = ("params", "segment", "as_of", "language", "snapshot")
    parameters = "\n".join(f'{name} = ""' for name in names)
    cells = [nbformat.v4.new_markdown_cell("# How are we?"),
             nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}),
             *map(nbformat.v4.new_code_cell, _CELLS)]  # fmt: skip
    for place, cell in enumerate(cells):
        cell["id"] = f"cell{place}"  # a random one would make each run another
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells)).encode()


def write_yaml(file: Path, content: object) -> Path:
    """Write a settings file."""
    return _written(file, yaml.safe_dump(content, allow_unicode=True, sort_keys=False).encode())


def _written(file: Path, content: bytes) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file
