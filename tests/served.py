"""A `cslib` that shells find, and that runs in this process, which has imported everything that the command needs."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import chdir
from typing import TYPE_CHECKING, Any

from typer.testing import CliRunner

from cslib.cli import app

if TYPE_CHECKING:
    from pathlib import Path

_CALLS = """#!{python} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as line:
    line.connect({address!r})
    line.sendall(json.dumps([os.getcwd(), sys.argv[1:]]).encode() + b"\\n")
    code, said, told = json.loads(line.makefile().readline())
sys.stdout.write(said)
sys.stderr.write(told)
sys.exit(code)
"""


def typed(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Type a line of bash in a folder where `.venv/bin/cslib` is on the path; each call of it is answered here, one by one."""
    address = "\0" + str(folder)  # in no folder, whose names may be too long for sockets
    program = folder / ".venv" / "bin" / "cslib"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(_CALLS.format(python=sys.executable, address=address), "utf-8")
    program.chmod(0o755)
    environment = os.environ | {"PATH": f"{program.parent}:{os.environ['PATH']}"}
    done: list[subprocess.CompletedProcess[str]] = []
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(address)
        server.listen()

        def types() -> None:
            try:
                done.append(subprocess.run(["bash", "-c", line], cwd=folder, env=environment, capture_output=True, text=True, check=False))  # fmt: skip
            finally:
                with socket.socket(socket.AF_UNIX) as last:
                    last.connect(address)  # and says nothing: the shell has ended

        shell = threading.Thread(target=types)
        shell.start()
        while _answered(server):
            pass
        shell.join()
    return done[0]


def _answered(server: socket.socket) -> bool:
    """Answer a call; returns whether it was one."""
    line, _ = server.accept()
    with line, line.makefile() as calls:
        asked = calls.readline()
        if asked:
            line.sendall(json.dumps(_answer(*json.loads(asked))).encode() + b"\n")
    return bool(asked)


def _answer(folder: str, words: list[str]) -> tuple[Any, ...]:
    with chdir(folder):
        done = CliRunner().invoke(app, words)
    return done.exit_code, done.stdout, done.stderr
