"""No secret is told: whatever it looks like, whichever setting holds it, whoever repeats it, and wherever it would stand."""

from __future__ import annotations

import html
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

import pytest
from typer.testing import CliRunner

from cslib import redaction
from cslib.cli import app
from cslib.errors import CslibError
from cslib.portfolio import Portfolio
from cslib.redaction import keep, redacted, redacted_words
from tests.books import NOW
from tests.exports import export, write, write_yaml
from tests.notebooks import export_with, notebook

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from nbformat import NotebookNode

MARK = "xqzx"  # in each piece of each secret, and nowhere else
SECRETS = {  # of every form that is awkward to look for
    "blanks": "xqzx1  xqzx2   xqzx3",
    "quotes": "xqzx1'xqzx2\"xqzx3`xqzx4",
    "long": "xqzx%41%s" * 45,
    "newline": "xqzx1\nxqzx2 xqzx3",
    "address": "xqzx1@xqzx2:9/xqzx3?xqzx4#xqzx5",
    "japanese": "秘密xqzxの言葉です",
    "pattern": "xqzx1*[xqzx2]<xqzx3>&xqzx4$1\\xqzx5",
    "query": "xqzx1'; drop view xqzx2",
}


@pytest.fixture(params=SECRETS)
def secret(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a secret that the environment holds as GEHEIM."""
    monkeypatch.setenv("GEHEIM", SECRETS[request.param])
    return SECRETS[request.param]


# the settings: each place in which a variable is filled in

ORIGINS: dict[str, dict[str, Any]] = {  # what source.yaml says
    "sqlite": {"url": "sqlite:///../${GEHEIM}.db", "tables": {"customers": {"from": "customers"}}},
    "duckdb": {"url": "duckdb:///../${GEHEIM}.duckdb", "tables": {"customers": {"from": "customers"}}},
    "option": {"url": "duckdb:///nowhere.duckdb?motherduck_token=${GEHEIM}", "tables": {"customers": {"from": "customers"}}},
    "password": {"url": "postgres://me:${GEHEIM}@127.0.0.1:1/db", "tables": {"customers": {"from": "customers"}}},
    "user": {"url": "postgres://${GEHEIM}@127.0.0.1:1/db", "tables": {"customers": {"from": "customers"}}},
    "database": {"url": "postgres://127.0.0.1:1/${GEHEIM}", "tables": {"customers": {"from": "customers"}}},
    "host": {"url": "postgres://${GEHEIM}:1/db", "tables": {"customers": {"from": "customers"}}},
    "driver": {"url": "nosql://me:${GEHEIM}@host/db", "tables": {"customers": {"from": "customers"}}},
    "whole": {"url": "${GEHEIM}", "tables": {"customers": {"from": "customers"}}},
    "list": {"url": ["postgres://me:${GEHEIM}@host/db"], "tables": {"customers": {"from": "customers"}}},
    "file": {"tables": {"customers": {"from": "../data/${GEHEIM}.csv"}}},
    "folder": {"tables": {"customers": {"from": "../${GEHEIM}/customers.csv"}}},
    "glob": {"tables": {"customers": {"from": "../${GEHEIM}/*.csv"}}},
    "no_ending": {"tables": {"customers": {"from": "../${GEHEIM}/customers.doc"}}},
    "table": {"tables": {"customers": {"from": "${GEHEIM}"}}},
    "sql_text": {"tables": {"customers": {"from": {"sql": "select '${GEHEIM}'::date as customer_id"}}}},
    "sql_bare": {"tables": {"customers": {"from": {"sql": "select ${GEHEIM} from nowhere"}}}},
    "sql_values": {"tables": {"customers": {"from": {"sql": "select * from (values ('K1', '${GEHEIM}')) t(customer_id, signed_on)"}}}},
    "sql_path": {"tables": {"customers": {"from": {"sql": "from '${GEHEIM}/customers.csv'"}}}},
}  # fmt: skip


@pytest.mark.usefixtures("secret")
@pytest.mark.parametrize("place", ORIGINS)
def test_a_source_that_cannot_be_read_tells_no_secret(place: str, tmp_path: Path) -> None:
    params = export(tmp_path)
    write_yaml(params / "source.yaml", ORIGINS[place])
    done = CliRunner().invoke(app, ["check", "--params", str(params), "--format", "json"])
    assert (done.exit_code, done.exception.__class__) == (2, SystemExit), done.output
    assert json.loads(done.output)["problems"]
    assert MARK not in done.output


@pytest.mark.usefixtures("secret")
def test_who_opens_a_book_is_told_no_secret_either(tmp_path: Path) -> None:
    params = export(tmp_path)
    write_yaml(params / "source.yaml", ORIGINS["duckdb"])
    with pytest.raises(CslibError, match=r"no file .*\$\{GEHEIM\}") as raised:
        Portfolio.open(params, NOW)
    assert MARK not in str(raised.value)


def test_a_file_whose_name_is_secret_is_read_and_not_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEHEIM", "mandant geheim")
    rows = (
        "customer_id,name,signed_on\n"
        + "".join(f"{i:05d},x,2026-01-01\n" for i in range(1, 13))
        + "00001,anders,2026-01-01\n"
    )
    source = {"customers": {"from": "../data/${GEHEIM}.csv"}}
    params = export_with(tmp_path, {"one": "print('one')"}, months=2)
    export(tmp_path, {"mandant geheim.csv": rows, "customers.csv": None}, source, policies={"allowed_quarantine": 0.5})
    write_yaml(params / "report.yaml", {"notebooks": ["one"], "months": 2})
    done = _cslib(params, "run", "--out", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    told = [done.stdout, done.stderr, *_texts(tmp_path / "out")]
    assert not [text for text in told if "mandant" in text]
    assert any('"file": "${GEHEIM}.csv"' in text for text in told)


# passwords that stand in the settings themselves

LITERAL = {
    "list": "url: [postgres://me:wortlaut@host/db]\ntables: {customers: {from: customers}}\n",
    "mapping": "url: {postgres://me:wortlaut@host/db: x}\ntables: {customers: {from: customers}}\n",
    "no_blank": "url:postgres://me:wortlaut@host/db\n",
    "no_yaml": "url: [postgres://me:wortlaut@host/db\ntables: {\n",
    "key": "postgres://me:wortlaut@host/db: url\ntables: {customers: {from: customers}}\n",
    "elsewhere": "tables: {customers: {from: [postgres://me:wortlaut@host/db]}}\n",
    "encoding": "tables: {customers: {from: ../data/customers.csv, encoding: 'postgres://me:wortlaut@host/db'}}\n",
    "option": "url: [md:crm?motherduck_token=wortlaut]\ntables: {customers: {from: customers}}\n",
    "wrong_file": "tables: {customers: {from: ../data/customers.csv}}\nuri: postgres://me:wortlaut@host/db\n",
}


@pytest.mark.parametrize("place", LITERAL)
def test_a_password_in_settings_that_are_wrong_is_not_repeated(place: str, tmp_path: Path) -> None:
    params = export(tmp_path)
    write(params / "source.yaml", LITERAL[place])
    done = CliRunner().invoke(app, ["check", "--params", str(params)])
    assert done.exit_code == 2
    assert "source.yaml" in done.output
    assert "wortlaut" not in done.output


# what a notebook says

SAYS = {
    "prints": "print(word)",
    "prints_in_pieces": "import sys\nfor sign in word:\n    print(sign, end='', flush=True)",
    "warns": "import warnings\nwarnings.warn(word)",
    "shows": "word",
    "shows_a_frame": "import pandas as pd\npd.set_option('display.max_colwidth', None)\npd.DataFrame({'a': [word]})",
    "shows_a_page": "from IPython.display import HTML\nimport html\nHTML('<p>' + html.escape(word) + '</p>')",
    "asks_a_child": "import subprocess\nsubprocess.run(['echo', word])",
    "raises": "raise ValueError('no: ' + word)",
    "raises_from": "try:\n    {}[word]\nexcept KeyError as error:\n    raise OSError(2, 'no such', word) from error",
    "dies": "print(word, flush=True)\nimport os\nos._exit(3)",
}
FAILING = ("raises", "raises_from", "dies")


def _saying(how: str, names: Iterable[str]) -> NotebookNode:
    """Return a notebook in which a cell for each secret says it, and goes on."""
    code = [f"import os\nword = os.environ['GEHEIM_{name.upper()}']\n{SAYS[how]}" for name in names]
    made = notebook(*code)
    for cell in made.cells[1:]:
        cell.metadata["tags"] = ["raises-exception"] if len(code) > 1 else []
    return made


@pytest.mark.parametrize("kernel", [False, True])
def test_no_notebook_tells_a_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, kernel: bool) -> None:
    """All of the awkward secrets at once, each as a variable of its own, which a comment of the settings names."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(f"GEHEIM_{name.upper()}", value)
    once = {"raises": ["quotes"], "dies": ["newline"]} if kernel else {how: SECRETS for how in SAYS if how != "dies"}
    said = {how: _saying(how, names) for how, names in once.items()}
    for how in () if kernel else FAILING:
        said |= {f"{how}_{name}": _saying(how, [name]) for name in ("quotes", "newline", "long")}
    params = export_with(tmp_path, {**said, "good": "1"}, months=2, language="en")
    named = "".join(f"# ${{GEHEIM_{name.upper()}}}\n" for name in SECRETS)
    write(params / "report.yaml", (params / "report.yaml").read_text("utf-8") + named)
    # in a process of its own, since reports have the environment in which its first one began
    done = _cslib(params, "run", "--out", str(tmp_path / "out"), *["--kernel"] * kernel)
    assert done.returncode == 3, done.stderr
    log = json.loads((tmp_path / "out" / "latest" / "run.json").read_text("utf-8"))
    failed = {report["notebook"] for report in log["reports"] if report["status"] == "failed"}
    assert failed == {name for name in said if name.startswith(FAILING)}, done.stderr
    texts = [done.stdout, done.stderr, *_texts(tmp_path / "out")]
    assert sum("${GEHEIM_QUOTES}" in text for text in texts) >= 2
    assert not [text[text.index(MARK) - 80 :][:160] for text in texts if MARK in text]


def _texts(out: Path) -> list[str]:
    """Return what the files say that a run has written; those of ours that are the same for everyone left aside."""
    files = [file for file in out.rglob("*") if file.is_file() and file.parent.name != "assets"]
    return [file.read_bytes().decode("utf-8", "replace") for file in files]


def _cslib(params: Path, command: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cslib", command, "--params", str(params), *options], check=False, capture_output=True, text=True,
    )  # fmt: skip


# the cluster


@pytest.mark.parametrize("address", ["tcp://me:wortlaut@127.0.0.1:9", "no://x:wortlaut@y", "tcp://x?token=wortlaut"])
def test_the_address_of_a_cluster_tells_no_password(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cslib.reports.workers._PATIENCE", 1)
    params = export_with(tmp_path, {"one": "1"})
    done = CliRunner().invoke(app, ["run", "--params", str(params), "--out", str(tmp_path / "out"), "--dask", address])
    assert done.exit_code == 2
    assert "--dask: no scheduler answers at " in done.output
    assert "wortlaut" not in done.output


@pytest.mark.parametrize("secret", ["address", "long", "blanks"], indirect=True)
def test_the_address_of_a_cluster_tells_no_variable(
    secret: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cslib.reports.workers._PATIENCE", 1)
    params = export_with(tmp_path, {"one": "1"}, title="${GEHEIM}")
    done = CliRunner().invoke(
        app, ["run", "--params", str(params), "--out", str(tmp_path / "out"), "--dask", f"tcp://{secret}"]
    )
    assert done.exit_code == 2
    assert "--dask: no scheduler answers at " in done.output
    assert MARK not in done.output


# the words themselves


def test_a_secret_is_known_however_it_is_written(secret: str) -> None:
    keep(secret, "${GEHEIM}")
    for spell in (str, quote, quote_plus, html.escape, repr, json.dumps, lambda text: " ".join(text.split())):
        told = redacted(f"before {spell(secret)} after")
        assert MARK not in told, told
        assert told.startswith("before ")
        assert told.endswith(" after")
        assert "${GEHEIM}" in told


def test_of_two_secrets_the_longer_is_hidden_whole() -> None:
    keep("geheim", "${SHORT}")
    keep("geheimnis", "${LONG}")
    assert redacted("geheimnis, geheim") == "${LONG}, ${SHORT}"


def test_what_is_too_short_for_a_secret_stays() -> None:
    keep("20", "${DAYS}")
    assert redacted("in 2026") == "in 2026"


def test_the_pieces_of_a_query_are_hidden_in_what_an_engine_says_alone() -> None:
    keep("status = 'active'", "${ONLY}")
    assert redacted_words('at or near "active"') == 'at or near "${ONLY}"'
    assert redacted("the status is active") == "the status is active"


def test_everything_is_forgotten_between_tests() -> None:
    assert not redaction._known
