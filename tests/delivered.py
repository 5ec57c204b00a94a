"""A published run, written by hand so that every figure of its messages can be read off, and ends that receive them."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import contextmanager
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pandas as pd
import yaml
from aiosmtpd.controller import Controller

from tests.exports import export, write

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from email.message import EmailMessage
    from pathlib import Path

SEGMENTS = {
    "total": {"id": "total", "name": "全社"},
    "pro": {
        "id": "pro",
        "name": {"ja": "プロ", "en": "Pro\r\nBcc: everybody@example.com"},
        "where": {"plan": ["pro"]},
        "targets": {"adoption": {"target": 0.9, "owner": "小林 蓮"}, "csat": 0.8},
    },
}
CALLS = """\
name,customer_id,csm,what,why,mrr,due_on,product
霜森運輸,00020,小林 蓮,help,detractor red renewal,1152000.0,2026-06-30,
鈴川不動産,00298,中村 拓也,renew,renewal,802000.0,2026-07-31,
"""
PAGES = {
    "index.html": "front",
    "pro/index.html": "pro",
    "pro/usage.html": "usage",
    "total/index.html": "total",
    "assets/report.css": "css",
}


def params(folder: Path, deliver: Mapping[str, Any], **report: Any) -> Path:
    """Return the params of an export whose report.yaml delivers so."""
    return export(folder, segments=SEGMENTS, report={"language": "en", **report, "deliver": dict(deliver)})


def published(
    folder: Path,
    name: str = "2026-05_20260601T000000Z",
    *,
    audience: str = "internal",
    value: float = 0.5,
    failed: str = "",
) -> Path:
    """Return the reports folder in which a run lies: adoption at `value` of a target of 0.9, CSAT at 0.82 of 0.8."""
    out, run = folder / "reports", folder / "reports" / "runs" / name
    for page, text in PAGES.items():
        write(run / page, text)
    write(run / "pro" / "data" / "actions-actions.csv", CALLS)
    for segment in SEGMENTS:
        write(run / f"{segment}.html", f"<!DOCTYPE html><title>{segment}</title><p>all of {segment}")
    _figures(value).to_parquet(run / "kpis.parquet", index=False)
    reports = [
        {"segment": segment, "notebook": "02_usage", "status": "ok", "page": "usage.html", "error": "", "cell": ""}
        for segment in SEGMENTS
    ]
    if failed:
        reports[1] |= {"status": "failed", "error": failed}
    log = {
        "number": 1,
        "as_of": "2026-05",
        "language": "en",
        "published": True,
        "seconds": 1.0,
        "reports": reports,
        "data": {"audience": audience},
        "fingerprints": {},
    }
    write(run / "run.json", json.dumps(log))
    latest = out / "latest"
    latest.unlink(missing_ok=True)
    latest.symlink_to(run.relative_to(out), target_is_directory=True)
    return out


def _figures(value: float) -> pd.DataFrame:
    rows = [
        {"segment": segment, "month": month, "kpi": kpi, "stage": stage, "value": found, "part": 0.0, "whole": 10.0, "n": 10,
         "low": 0.1, "high": 0.95, "target": target, "status": status, "reason": ""}
        for segment in SEGMENTS
        for month in ("2026-04", "2026-05")
        for kpi, stage, found, target, status in (
            ("adoption", "usage", value, 0.9, "off_target"), ("csat", "satisfaction", 0.82, 0.8, "on_target"),
        )
    ]  # fmt: skip
    return pd.DataFrame(rows)


def delivering(folder: Path, deliver: Mapping[str, Any]) -> None:
    """Change what report.yaml delivers."""
    file = folder / "params" / "report.yaml"
    said = yaml.safe_load(file.read_text("utf-8"))
    file.write_text(yaml.safe_dump({**said, "deliver": dict(deliver)}, allow_unicode=True), "utf-8")


class Inbox:
    """The mails that a server has taken; it refuses the recipients in `refused`."""

    def __init__(self, refused: tuple[str, ...] = ()) -> None:
        self.mails: list[EmailMessage] = []
        self._refused = refused

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        """Take a recipient, or refuse it."""
        if address in self._refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a mail."""
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@contextmanager
def mail_server(inbox: Inbox) -> Iterator[str]:
    """Yield the address of a mail server, without recipients."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port, data_size_limit=None)
    controller.start()
    try:
        yield f"mailto://127.0.0.1:{port}?from=reports@example.com"
    finally:
        controller.stop()


@contextmanager
def hook(taken: list[dict[str, Any]], status: int = 200) -> Iterator[str]:
    """Yield the address of a web hook, which answers with `status` and adds what it is told to `taken`."""

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"json://127.0.0.1:{server.server_port}/hook"
        server.shutdown()
