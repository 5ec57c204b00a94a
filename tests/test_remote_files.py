"""Files that lie elsewhere: the same rows as from this machine, fetched once, every refusal a sentence, and no secret told."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from cslib.portfolio import Portfolio, fingerprint
from cslib.reports.run import Request, run
from cslib.settings import load
from tests import remote
from tests.books import NOW
from tests.exports import CONTRACTS, READ_ON, export, write, write_yaml
from tests.notebooks import write_notebooks
from tests.postgres import PASSWORD
from tests.sources import mapped, problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEAD, *ROWS = CONTRACTS.splitlines(keepends=True)
PARTS = {"2026-10/a.csv": HEAD + "".join(ROWS[:5]), "2026-10/b.csv": HEAD + "".join(ROWS[5:])}
CLOSED = "http://127.0.0.1:1"


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """Return the address of a server that speaks S3, with the contracts in two files of a bucket."""
    with remote.bucket_server("exports", PARTS) as url:
        yield url


@pytest.fixture(autouse=True)
def _own(bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {
        "AWS_ENDPOINT_URL": bucket, "AWS_ACCESS_KEY_ID": remote.ACCESS, "AWS_SECRET_ACCESS_KEY": remote.SECRET,
        "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true", "PASSWORD": PASSWORD,
        "HOME": str(tmp_path / "home"),
    }  # fmt: skip
    for name, value in said.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def asked() -> list[str]:
    """Return what the web server is asked."""
    return []


@pytest.fixture
def web(tmp_path: Path, asked: list[str]) -> Iterator[str]:
    """Return the address of a web server that has the contracts in several places."""
    for place in ("plain", "tagged", "locked", "refused"):
        write(tmp_path / "web" / place / "contracts.csv", CONTRACTS)
    with remote.web_server(tmp_path / "web", asked) as url:
        yield url


@pytest.fixture
def share(tmp_path: Path) -> Iterator[str]:
    """Return the address of a share behind SSH with the contracts in two files."""
    for name, text in PARTS.items():
        write(tmp_path / "share" / name, text)
    with remote.share_server(tmp_path / "share", tmp_path / "home") as port:
        yield f"sftp://cs:${{PASSWORD}}@127.0.0.1:{port}"


def _params(folder: Path, place: str) -> Path:
    """Return params whose contracts lie elsewhere."""
    tables = {"customers": {"from": "../data/customers.csv"}, "contracts": {"from": place}}
    params = export(folder, {"surveys.csv": None, "contracts.csv": None})
    write_yaml(params / "source.yaml", {"read_on": READ_ON, "tables": tables})
    return params


def _rows(folder: Path, place: str) -> list[tuple[str, str, int]]:
    rows = mapped(_params(folder, place), "contracts")
    return [(row["contract_id"], row["_file"], row["_row"]) for row in rows]


# the same rows

WANTED = [(f"K{n:05d}", "a.csv" if n <= 5 else "b.csv", n + 1 if n <= 5 else n - 4) for n in range(1, 13)]
ALONE = [(f"K{n:05d}", "contracts.csv", n + 1) for n in range(1, 13)]


def test_files_of_a_bucket_are_read_like_files(tmp_path: Path) -> None:
    before = remote.threads()
    assert _rows(tmp_path, "s3://exports/2026-10/*.csv") == WANTED
    end = time.monotonic() + 10  # until the server has let go of its own
    while remote.threads() > before and time.monotonic() < end:
        time.sleep(0.05)
    assert remote.threads() <= before  # or reports could not be made side by side


def test_files_of_a_share_are_read_like_files(tmp_path: Path, share: str) -> None:
    assert _rows(tmp_path, f"{share}/2026-10/*.csv") == WANTED
    assert _rows(tmp_path, f"{share}/2026-10/b.csv") == WANTED[5:]


def test_a_file_of_a_web_server_is_read_like_a_file(tmp_path: Path, web: str) -> None:
    assert _rows(tmp_path, f"{web}/plain/contracts.csv") == ALONE
    locked = web.replace("://", "://cs:${PASSWORD}@")
    assert _rows(tmp_path, f"{locked}/locked/contracts.csv?for=${{PASSWORD}}") == ALONE


# fetched once


def test_what_has_not_changed_is_not_fetched_again(tmp_path: Path, web: str, asked: list[str]) -> None:
    params = _params(tmp_path, f"{web}/tagged/contracts.csv")
    Portfolio.open(params, READ_ON)
    assert sum(line.startswith("GET") for line in asked) == 1
    Portfolio.open(params, READ_ON)
    assert sum(line.startswith("GET") for line in asked) == 1
    write(tmp_path / "web/tagged/contracts.csv", CONTRACTS.replace(",1000\n", ",2000\n"))
    changed = Portfolio.open(params, READ_ON)
    assert sum(line.startswith("GET") for line in asked) == 2
    may = changed.measure(changed.month("2026-05"), 1, ["total"]).set_index("kpi")
    assert may.part["mrr"] == 12 * 2000


def test_without_any_mark_the_content_tells_a_change(tmp_path: Path, web: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote._Web, "send_header", _without_dates)
    settings = load(_params(tmp_path, f"{web}/plain/contracts.csv"), {})
    first = fingerprint(settings, READ_ON)
    assert fingerprint(settings, READ_ON) == first
    write(tmp_path / "web/plain/contracts.csv", CONTRACTS.replace(",1000\n", ",2000\n"))  # as long as before
    assert fingerprint(settings, READ_ON) != first


def _without_dates(self: remote._Web, name: str, value: str) -> None:
    if name != "Last-Modified":
        super(remote._Web, self).send_header(name, value)


# what cannot be had


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("s3://exports/2026-10/c.csv", "there is no such file, folder or bucket"),
        ("s3://nowhere/c.csv", "there is no such file, folder or bucket"),
        ("s3://exports/2027-*/*.csv", "no file matches s3://exports/2027-*/*.csv"),
        ("s3://exports/2026-10/", "no file matches s3://exports/2026-10/"),
        ("{web}/plain/nothing.csv", "there is no such file, folder or bucket"),
        ("{web}/refused/contracts.csv", "it was refused: 403"),
        ("{web}/locked/contracts.csv", "it was refused: 401"),
        ("{web}/plain/", "wanted a file that ends in .csv"),
        (f"{CLOSED}/contracts.csv", "no connection: "),
        ("https://no.such.host.invalid/a.csv", "no connection: "),
        ("{share}/2026-10/c.csv", "there is no such file, folder or bucket"),
        ("sftp://cs:wrong-${PASSWORD}@{host}/2026-10/a.csv", "it was refused: Authentication failed"),
        ("sftp://cs:${PASSWORD}@127.0.0.1:1/a.csv", "no connection: "),
        ("gopher://cs:${PASSWORD}@host/a.csv", "no way to reach files 'gopher://'"),
    ],
)
def test_what_cannot_be_had_is_told_in_a_sentence(tmp_path: Path, web: str, share: str, place: str, told: str) -> None:
    address = place.replace("{web}", web).replace("{share}", share).replace("{host}", share.partition("@")[2])
    said = problem(_params(tmp_path, address))
    assert said.startswith("source.yaml:4: contracts.from: ")
    assert told in said
    assert len(said.splitlines()) == 1
    assert not _told_secrets(said)


def test_who_has_no_keys_of_a_bucket_is_told_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" in problem(_params(tmp_path, "s3://exports/2026-10/a.csv"))


def test_a_bucket_that_refuses_or_is_not_there_is_told(
    tmp_path: Path, web: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    params = _params(tmp_path, "s3://bucket/2026-10/*.csv")
    for url, told in ((web, "it was refused: Forbidden"), (CLOSED, "no connection: ")):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        said = problem(params)
        assert told in said
        assert not _told_secrets(said)


def test_a_host_that_is_not_known_is_sent_no_password(tmp_path: Path, share: str) -> None:
    write(tmp_path / "home/.ssh/known_hosts", "")
    assert "not found in known_hosts; compare the key" in problem(_params(tmp_path, f"{share}/2026-10/a.csv"))


def test_a_server_that_says_nothing_is_waited_for_so_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cslib.source.remote_files._SECONDS", 0.2)
    with remote.silent_server() as port:
        assert "no answer within" in problem(_params(tmp_path, f"http://127.0.0.1:{port}/a.csv"))


# no secret is told


def _told_secrets(text: str | bytes) -> list[bytes]:
    held = text.encode() if isinstance(text, str) else text
    secrets = (PASSWORD, quote(PASSWORD, safe=""), "p@ss", "ひみつ", remote.ACCESS, remote.SECRET)
    return [secret.encode() for secret in secrets if secret.encode() in held]


def test_a_run_over_files_elsewhere_tells_no_secret(tmp_path: Path, share: str) -> None:
    params = _params(tmp_path, f"{share}/2026-10/*.csv")
    write_notebooks(
        tmp_path / "notebooks", ours="from cslib import Scenario\nScenario.open(params, segment, as_of).sources()"
    )
    result = run(Request(params, tmp_path / "out", "2026-05", ("total",), ("ours",)), NOW, lambda *_: None)
    assert not result.failed
    files = [file for file in (*(tmp_path / "out").rglob("*"), *(tmp_path / ".cslib").rglob("*")) if file.is_file()]
    assert {"run.json", "manifest.json", "ours.html"} <= {file.name for file in files}
    assert not [file for file in files if _told_secrets(file.read_bytes())]
