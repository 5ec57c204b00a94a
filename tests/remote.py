"""Places of the tests' own from which files are fetched: a bucket, a web server and a share, all on loopback."""

from __future__ import annotations

import base64
import logging
import os
import socket
import threading
import zlib
from contextlib import contextmanager, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import boto3
import paramiko
from moto.server import ThreadedMotoServer

from tests.postgres import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ACCESS, SECRET = "XQZXKEYOFTHEBUCKET01", "xqzx/SecretOfTheBucket+01"  # what must appear nowhere
USER = "cs"


@contextmanager
def bucket_server(bucket: str, files: Mapping[str, str] | None = None) -> Iterator[str]:
    """Yield the address of a server that speaks S3, with these files, by their keys, in a bucket."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        url = f"http://{host}:{port}"
        urlopen(Request(f"{url}/moto-api/reset", method="POST")).close()  # noqa: S310 - what an earlier one of this process held
        client = bucket_client(url)
        client.create_bucket(Bucket=bucket)
        for name, text in (files or {}).items():
            client.put_object(Bucket=bucket, Key=name, Body=text.encode())
        yield url
    finally:
        server.stop()


def bucket_client(url: str) -> Any:
    """Return a client of such a server."""
    return boto3.client(
        "s3", endpoint_url=url, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key=SECRET
    )


class _Web(SimpleHTTPRequestHandler):
    """Files, with an ETag below `tagged/`, behind a password below `locked/`, refused below `refused/`."""

    asked: list[str]

    def __init__(self, *args: object, asked: list[str], **kwargs: object) -> None:
        self.asked = asked
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # as its own server calls it

    def send_head(self):  # type: ignore[no-untyped-def]  # noqa: ANN202 - as the base class has it
        self.asked.append(f"{self.command} {self.path}")
        wanted = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if "/refused/" in self.path or self.path.startswith("/bucket"):
            return self.send_error(403)
        if "/locked/" in self.path and self.headers.get("Authorization") != wanted:
            return self.send_error(401)
        return super().send_head()

    def end_headers(self) -> None:
        file = Path(self.translate_path(self.path))
        if "/tagged/" in self.path and file.is_file():
            self.send_header("ETag", f'"{zlib.crc32(file.read_bytes())}"')
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def web_server(folder: Path, asked: list[str]) -> Iterator[str]:
    """Yield the address of a web server of a folder, which adds what it is asked to `asked`."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Web, directory=str(folder), asked=asked)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def silent_server() -> Iterator[int]:
    """Yield the port of a server that takes every call and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


class _Guard(paramiko.ServerInterface):
    def check_auth_password(self, username: str, password: str) -> int:
        right = (username, password) == (USER, PASSWORD)
        return paramiko.AUTH_SUCCESSFUL if right else paramiko.AUTH_FAILED

    def get_allowed_auths(self, _: str) -> str:
        return "password"

    def check_channel_request(self, kind: str, _: int) -> int:
        return paramiko.OPEN_SUCCEEDED if kind == "session" else paramiko.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED


class _Share(paramiko.SFTPServerInterface):
    def __init__(self, *args: object, folder: Path) -> None:
        super().__init__(*args)
        self.folder = folder

    def _at(self, path: str) -> Path:
        return self.folder / path.lstrip("/")

    def list_folder(self, path: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - as the base class has it
        if not self._at(path).is_dir():
            return paramiko.SFTP_NO_SUCH_FILE
        return [paramiko.SFTPAttributes.from_stat(each.stat(), each.name) for each in self._at(path).iterdir()]

    def stat(self, path: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - as above
        file = self._at(path)
        return paramiko.SFTPAttributes.from_stat(file.stat()) if file.exists() else paramiko.SFTP_NO_SUCH_FILE

    lstat = stat

    def open(self, path: str, flags: int, _: object):  # type: ignore[no-untyped-def]  # noqa: ANN202 - as above
        handle = paramiko.SFTPHandle(flags)
        with suppress(OSError):
            file = self._at(path).open("wb" if flags & os.O_WRONLY else "rb")
            setattr(handle, "writefile" if flags & os.O_WRONLY else "readfile", file)
            return handle
        return paramiko.SFTP_NO_SUCH_FILE

    def mkdir(self, path: str, _: object) -> int:
        self._at(path).mkdir()
        return paramiko.SFTP_OK

    def posix_rename(self, oldpath: str, newpath: str) -> int:
        self._at(oldpath).replace(self._at(newpath))
        return paramiko.SFTP_OK

    def remove(self, path: str) -> int:
        self._at(path).unlink()
        return paramiko.SFTP_OK


@contextmanager
def share_server(folder: Path, home: Path) -> Iterator[int]:
    """Yield the port of a share behind SSH, whose key is known in `home`."""
    key = paramiko.ECDSAKey.generate()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        known = home / ".ssh" / "known_hosts"
        known.parent.mkdir(parents=True, exist_ok=True)
        known.write_text(f"[127.0.0.1]:{port} {key.get_name()} {key.get_base64()}\n", "utf-8")
        threading.Thread(target=_serve, args=(listening, key, folder), daemon=True).start()
        yield port


def _serve(listening: socket.socket, key: paramiko.PKey, folder: Path) -> None:
    with suppress(OSError):  # no longer listening
        while True:
            transport = paramiko.Transport(listening.accept()[0])
            transport.daemon = True
            transport.add_server_key(key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Share, folder=folder)
            with suppress(paramiko.SSHException, EOFError):
                transport.start_server(server=_Guard())


def threads() -> int:
    """Return how many threads the process has, beyond which nothing may be left behind."""
    return len(os.listdir("/proc/self/task"))  # noqa: PTH208 - as the runner counts them
