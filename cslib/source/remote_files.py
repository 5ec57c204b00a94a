"""Files that lie in a bucket, on a web server or on a share: listed where they lie, and fetched once into the scratch folder."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import shutil
import tempfile
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from glob import has_magic
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote, urlsplit

from cslib.errors import SourceError, UnknownName
from cslib.redaction import keep, keep_address
from cslib.scratch import scratch
from cslib.source.file_errors import plain_message

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

_T = TypeVar("_T")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_SECONDS = 30  # without a sign of the other side
_EXTRAS = {"s3": "s3", "http": "https", "https": "https", "sftp": "sftp"}
_MARKS = (
    "ETag",
    "LastModified",
    "Last-Modified",
    "mtime",
    "etag",
    "updated",
    "last_modified",
)  # as each kind calls them
_CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
_GRANTS = {
    "s3": "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to keys that may list and read it, and write where reports are sent",
    "sftp": "name the user and the variable with the password, as in sftp://user:${PASSWORD}@host/folder, or have a key in ~/.ssh",
}
_GRANT = "name the user and the variable with the password, as in https://user:${PASSWORD}@host/file.csv"
_REFUSED = (401, 403)  # what a web server answers


@dataclass(frozen=True)
class RemoteFile:
    """A file where it lies: its path there, its bytes, and what changes when its content does."""

    path: str
    size: int
    mark: str


def is_address(origin: str) -> bool:
    """Return whether an origin names files that lie elsewhere."""
    return bool(_ADDRESS.match(origin))


class RemoteFiles:
    """The files that an address names, of which the path may be a pattern where folders can be listed.

    Raises `SourceError` with the reason where they cannot be had. What has not changed is not fetched again by this process.
    """

    def __init__(self, address: str) -> None:
        self.scheme, _, self._rest = address.partition("://")
        self.scheme, self.address = self.scheme.lower(), address
        self.is_web = self.scheme in ("http", "https")
        keep_address(address)
        for name in _CREDENTIALS:
            keep(os.environ.get(name, ""), f"${{{name}}}")

    @cached_property
    def listed(self) -> tuple[RemoteFile, ...]:
        """The files, sorted by their paths; none where no file fits the pattern."""
        found = self._asked(self._list)
        if all(file.mark for file in found):
            return found
        # nothing else tells whether it has changed: the content has to
        fresh = self._fetched(found)
        digests = [hashlib.sha256(copy.read_bytes()).hexdigest() for copy in _copies(fresh, found)]
        marked = tuple(replace(file, mark=digest) for file, digest in zip(found, digests, strict=True))
        self._keep(fresh, marked)
        return marked

    @property
    def names(self) -> list[str]:
        """The names of the files, without their folders."""
        return [place.name for place in _places(self.listed)]

    def copies(self) -> list[Path]:
        """Return copies of the files, in the same order."""
        if not self._home(self.listed).is_dir():
            self._keep(self._fetched(self.listed), self.listed)
        return _copies(self._home(self.listed), self.listed)

    def _home(self, files: Sequence[RemoteFile]) -> Path:
        state = repr((self.address, files)).encode()
        return scratch() / "remote" / hashlib.sha256(state).hexdigest()[:16]

    def _fetched(self, files: Sequence[RemoteFile]) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="cslib-fetched-", dir=scratch()))

        async def fetch(system: Any) -> None:  # noqa: ANN401 - of a library that may not be there
            for file, copy in zip(files, _copies(folder, files), strict=True):
                copy.parent.mkdir(parents=True, exist_ok=True)
                await _call(system, "get_file", file.path, str(copy))

        self._asked(fetch)
        return folder

    def _keep(self, fresh: Path, files: Sequence[RemoteFile]) -> None:
        home = self._home(files)
        if home.is_dir():
            shutil.rmtree(fresh)
            return
        home.parent.mkdir(exist_ok=True)
        fresh.rename(home)

    async def _list(self, system: Any) -> tuple[RemoteFile, ...]:  # noqa: ANN401 - as above
        if self.is_web or not has_magic(self.path):
            found = {self.path: await _call(system, "info", self.path)}
        else:
            found = await _call(system, "glob", self.path, detail=True)
        files = {place: said for place, said in found.items() if said.get("type") != "directory"}
        return tuple(
            RemoteFile(place, int(said.get("size") or 0), _mark(said)) for place, said in sorted(files.items())
        )

    def _asked(self, work: Callable[[Any], Awaitable[_T]]) -> _T:
        """Return what the other side answers; in a thread that ends with it, since a process with threads is never forked."""
        try:
            with ThreadPoolExecutor(1) as aside:
                return aside.submit(asyncio.run, self._at_work(work)).result()
        except ImportError:
            extra = _EXTRAS.get(self.scheme)
            driver = (
                f"it comes with customer-success-report[{extra}]" if extra else "see which package fsspec wants for it"
            )
            raise SourceError([f"what reads {self.scheme}:// is not installed; {driver}"]) from None
        except UnknownName as error:
            raise SourceError([str(error)]) from None
        except Exception as error:  # noqa: BLE001 - each library has errors of its own
            raise SourceError([self.why(error)]) from None

    async def _at_work(self, work: Callable[[Any], Awaitable[_T]]) -> _T:
        system = self.system(asynchronous=True)
        session = await system.set_session() if hasattr(system, "set_session") else None
        try:
            return await work(system)
        finally:
            if session is not None:
                await session.close()
            elif hasattr(system, "client"):
                system.client.close()

    def system(self, *, asynchronous: bool = False) -> Any:  # noqa: ANN401 - as above
        """Return the file system behind the address, of fsspec; `asynchronous` where it can be, for whoever waits by himself."""
        import fsspec  # noqa: PLC0415 - who reads files of this machine need not have it

        if self.scheme == "sftp":
            from cslib.source.known_hosts import KnownHosts  # noqa: PLC0415 - as above

            return KnownHosts(**self._login, skip_instance_cache=True)
        if self.scheme not in fsspec.available_protocols():
            raise UnknownName("way to reach files", f"{self.scheme}://", (f"{name}://" for name in _EXTRAS))
        kind = fsspec.get_filesystem_class(self.scheme)
        own = {"asynchronous": asynchronous} if kind.async_impl else {}
        return kind(**own, **self._patience(), use_listings_cache=False, skip_instance_cache=True)

    def _patience(self) -> dict[str, Any]:
        if self.is_web:
            from aiohttp import ClientTimeout  # noqa: PLC0415 - as above

            limit = ClientTimeout(total=None, sock_connect=_SECONDS, sock_read=_SECONDS)
            user, password = self._user
            login = b64encode(f"{user}:{password or ''}".encode()).decode()
            headers = {"Authorization": f"Basic {login}"} if user else {}
            return {"client_kwargs": {"timeout": limit, "trust_env": True, "headers": headers}}
        limits = {"connect_timeout": _SECONDS, "read_timeout": _SECONDS, "retries": {"max_attempts": 2}}
        return {"config_kwargs": limits} if self.scheme == "s3" else {}

    @property
    def _user(self) -> tuple[str, str | None]:
        name, colon, password = self._rest.partition("/")[0].rpartition("@")[0].partition(":")
        return unquote(name), unquote(password) if colon else None

    @property
    def _login(self) -> dict[str, Any]:
        at = urlsplit(f"//{self._host}")
        limits = dict.fromkeys(("timeout", "banner_timeout", "auth_timeout"), _SECONDS)
        user, password = self._user
        return {"host": at.hostname, "port": at.port or 22, "username": user or None, "password": password, **limits}

    @property
    def _host(self) -> str:
        return self._rest.partition("/")[0].rpartition("@")[2]

    @property
    def path(self) -> str:
        """The path as the other side knows it: whole, with the bucket, or from the root of the share."""
        within = self._rest.partition("/")[2]
        if self.is_web:
            return f"{self.scheme}://{self._host}/{within}"
        return f"/{within}" if self.scheme == "sftp" else self._rest

    def why(self, error: Exception) -> str:
        """Return the reason for an error and what to do: of several that led to one another the first that tells one."""
        for each in reversed([*_causes(error)]):
            kind = type(each).__name__
            if isinstance(each, TimeoutError) or "Timeout" in kind:
                return f"no answer within {_SECONDS} seconds; see to the host, the network and whether it is up"
            if isinstance(each, PermissionError) or getattr(each, "status", 0) in _REFUSED or _ACCESS.search(kind):
                return f"it was refused: {plain_message(each) or kind}; {_GRANTS.get(self.scheme, _GRANT)}"
            if isinstance(each, ConnectionError) or _NETWORK.search(kind):
                return f"no connection: {plain_message(each) or kind}; see to the host, the port and the network"
            if "known_hosts" in str(each):
                return f"{plain_message(each)}; compare the key of the host, then put it there: ssh-keyscan HOST >> ~/.ssh/known_hosts"
        if isinstance(error, FileNotFoundError):
            return "there is no such file, folder or bucket; see to its spelling, capitals included"
        return f"{type(error).__name__}: {plain_message(error)}"


_ACCESS = re.compile("Credential|Authentication|PasswordRequired")
_NETWORK = re.compile("Connection|Connector|gaierror|DNS|Disconnected")


def _causes(error: BaseException | None) -> Iterator[Exception]:
    while isinstance(error, Exception):
        yield error
        error = error.__cause__ or error.__context__


async def _call(system: Any, name: str, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as above
    """Return what a file system answers, whether it is one that waits or one that makes wait."""
    if system.async_impl:
        return await getattr(system, f"_{name}")(*args, **kwargs)
    return getattr(system, name)(*args, **kwargs)


def _mark(said: Mapping[str, Any]) -> str:
    return next((str(said[name]) for name in _MARKS if said.get(name)), "")


def _copies(folder: Path, files: Sequence[RemoteFile]) -> list[Path]:
    return [folder / place for place in _places(files)]


def _places(files: Sequence[RemoteFile]) -> list[PurePosixPath]:
    """Return the paths of the files below the folder that is common to them, which lead nowhere else."""
    paths = [unquote(urlsplit(file.path).path) if "://" in file.path else file.path for file in files]
    parts = [[part for part in path.split("/") if part not in ("", ".", "..")] for path in paths]
    shared = os.path.commonprefix([each[:-1] for each in parts]) if parts else []  # noqa: RUF071 - of lists, part by part
    return [PurePosixPath(*each[len(shared) :]) for each in parts]
