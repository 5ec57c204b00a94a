"""A PostgreSQL server of the tests' own: on loopback, behind a password, gone when they end."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSWORD = "p@ss/w:rd#%41 ひみつ"  # noqa: S105 - what must appear nowhere, with every character that an address gives a meaning
_HOMES = "usr/lib/postgresql/*/bin/pg_ctl"  # where Debian puts what is not on the path


@dataclass(frozen=True)
class Server:
    """A running server: its port, and the user who owns everything in it."""

    port: int
    user: str = "cs"

    def dsn(self, database: str = "postgres") -> dict[str, Any]:
        """Return how psycopg reaches it."""
        return {"host": "127.0.0.1", "port": self.port, "user": self.user, "password": PASSWORD, "dbname": database}


def programs() -> Path | None:
    """Return the folder with PostgreSQL's programs; None where it is not installed."""
    found = shutil.which("pg_ctl")
    if found:
        return Path(found).resolve().parent
    return max((path.parent for path in Path("/").glob(_HOMES)), default=None)


@contextmanager
def running(home: Path) -> Iterator[Server]:
    """Start a server with an empty database, and stop it in the end."""
    folder = Path(tempfile.mkdtemp(prefix="cslib-postgres-"))
    data, port = folder / "data", free_port()
    who = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}  # it refuses to run as root
    if who:
        shutil.chown(folder, **who)
    (folder / "password").write_text(PASSWORD, "utf-8")
    settings = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} -c fsync=off"
    try:
        _call(who, home / "initdb", "-D", data, "-U", "cs", "-A", "scram-sha-256", "-E", "UTF8", "--no-locale",
              "--no-sync", f"--pwfile={folder / 'password'}")  # fmt: skip
        (folder / "password").unlink()
        _call(who, home / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", settings, "start")
        yield Server(port)
        _call(who, home / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _call(who: dict[str, str], *command: object) -> None:
    # not captured through a pipe, which the server would inherit and hold open
    subprocess.run([*map(str, command)], check=True, cwd="/", stdout=subprocess.DEVNULL, **who)  # type: ignore[call-overload]


def free_port() -> int:
    """Return a port of loopback at which nobody listens."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
