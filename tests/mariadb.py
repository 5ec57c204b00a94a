"""A MariaDB server of the tests' own: on loopback, behind a password, gone when they end."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.postgres import PASSWORD, Server, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

_PLACES = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
_SECONDS = 60


def program() -> str | None:
    """Return MariaDB's server; None where it, or the driver by which it is asked, is not installed."""
    return shutil.which("mariadbd", path=_PLACES) if find_spec("MySQLdb") else None


@contextmanager
def running(server: str) -> Iterator[Server]:
    """Start a server with an empty database, and stop it in the end."""
    folder = Path(tempfile.mkdtemp(prefix="cslib-mariadb-"))
    data, port = folder / "data", free_port()
    data.mkdir()
    who = {"user": "mysql", "group": "mysql"} if os.geteuid() == 0 else {}  # it refuses to run as root
    for place in (folder, data) if who else ():
        shutil.chown(place, **who)
    quick = ["--no-defaults", f"--datadir={data}", "--innodb-flush-log-at-trx-commit=0", "--innodb-log-file-size=8M"]
    made = [
        shutil.which("mariadb-install-db", path=_PLACES),
        *quick,
        "--skip-test-db",
        "--auth-root-authentication-method=normal",
    ]
    address = [f"--port={port}", "--bind-address=127.0.0.1", f"--socket={folder}/s", f"--pid-file={folder}/pid"]
    silent: dict[str, Any] = {"cwd": "/", "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **who}
    try:
        subprocess.run([*map(str, made)], check=True, **silent)
        with subprocess.Popen([server, *quick, *address], **silent) as process:
            try:
                _let_in(folder / "s", process)
                yield Server(port)
            finally:
                process.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _driver() -> Any:
    # not for all who run other tests: it has to be compiled
    return import_module("MySQLdb")


def _let_in(socket: Path, process: subprocess.Popen[bytes]) -> None:
    """Make the user of the tests, as soon as the server answers."""
    driver, end = _driver(), time.monotonic() + _SECONDS
    while True:
        try:
            root = driver.connect(user="root", unix_socket=str(socket), charset="utf8mb4")
            break
        except driver.OperationalError:
            assert process.poll() is None, "the server has ended"
            assert time.monotonic() < end, "the server does not answer"
            time.sleep(0.05)
    with root.cursor() as cursor:
        cursor.execute("create user cs@'127.0.0.1' identified by %s", [PASSWORD])
        cursor.execute("grant all on *.* to cs@'127.0.0.1'")
    root.close()


def connected(server: Server, database: str = "") -> Any:
    """Return a connection that keeps what it does."""
    return _driver().connect(
        host="127.0.0.1", port=server.port, user=server.user, password=PASSWORD, database=database, charset="utf8mb4",
        autocommit=True, local_infile=True,
    )  # fmt: skip
