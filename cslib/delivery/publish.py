"""The pages of a run, copied to where readers find them: in place, so that a link to a page stays one."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cslib.delivery.outcome import Refused, Undelivered
from cslib.errors import CslibError
from cslib.source.remote_files import RemoteFiles, is_address

if TYPE_CHECKING:
    from collections.abc import Mapping

LATEST = "latest.json"  # which run is there, and what each of its files holds
_WHOLE = (
    "s3",
    "s3a",
    "gs",
    "gcs",
    "az",
    "abfs",
)  # where a file appears when it is complete, and folders need not be made
_FRONT = "index.html"


class Sent(NamedTuple):
    """How many files were sent, how many were there already, and how many of earlier runs were removed."""

    files: int
    unchanged: int
    removed: int


class Place:
    """A folder, in a bucket, on a share or on this machine, to which pages are copied.

    A file counts as unchanged where `latest.json` there says that it holds the same and the folder lists it with its size;
    where that file is lost, everything is sent again.
    """

    def __init__(self, address: str) -> None:
        self._remote = RemoteFiles(address) if is_address(address) else None
        self._address = address
        self._whole = self._remote is not None and self._remote.scheme in _WHOLE
        self._done: set[str] = set()  # in this delivery, be it in several attempts

    def publish(self, files: Mapping[str, Path], run: Mapping[str, str]) -> Sent:
        """Copy files by their names below the place: pages first, the front page and then `latest.json` last.

        `run` says its id and for whom it is. Raises `Undelivered` with the reason; what was there then goes on to be the latest,
        with some pages that are newer.
        """
        try:
            return self._publish(files, run)
        except Undelivered:
            raise
        except CslibError as error:  # nothing here can write to such an address
            raise Refused(" ".join(str(error).split())) from None
        except ImportError as error:
            raise Refused(
                f"what writes there is not installed ({error.name}); see the extras delivery, s3 and sftp"
            ) from None
        except Exception as error:  # noqa: BLE001 - each library has errors of its own
            lasting = isinstance(error, PermissionError | FileNotFoundError)
            raise (Refused if lasting else Undelivered)(self._why(error)) from None

    def _publish(self, files: Mapping[str, Path], run: Mapping[str, str]) -> Sent:
        system, root = self._opened()
        before = self._latest(system, root)
        if before.get("audience", run["audience"]) != run["audience"]:
            raise Refused(f"it holds reports for readers of an {before['audience']} audience; name another folder")
        digests = {name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in files.items()}
        known, sizes = before.get("files", {}), _sizes(system, root)
        same = {
            name
            for name, file in files.items()
            if known.get(name) == digests[name] and sizes.get(name) == file.stat().st_size
        }
        changed = sorted((name for name in files if name not in same and name not in self._done), key=_order)
        gone = sorted(name for name in known if name not in files and ".." not in Path(name).parts)
        if not changed and not gone and before.get("run") == run["run"]:
            return Sent(len(self._done), len(same - self._done), 0)
        # what is about to change is struck out first: an interrupted delivery must not leave it to be taken for what it was
        kept = {name: digest for name, digest in known.items() if name in same or name in gone}
        self._write(system, f"{root}/{LATEST}", {**before, "audience": run["audience"], "files": kept})
        for name in changed:
            self._put(system, files[name], f"{root}/{name}")
            self._done.add(name)
        for name in gone:
            with suppress(FileNotFoundError):
                system.rm_file(f"{root}/{name}")
        self._write(system, f"{root}/{LATEST}", {**run, "files": digests})
        return Sent(len(self._done), len(same - self._done), len(gone))

    def _opened(self) -> tuple[Any, str]:
        if self._remote is not None:
            return self._remote.system(), self._remote.path.rstrip("/")
        from fsspec.implementations.local import LocalFileSystem  # noqa: PLC0415 - who delivers nothing need not have it

        return LocalFileSystem(auto_mkdir=True), self._address.rstrip("/")

    def _latest(self, system: Any, root: str) -> dict[str, Any]:  # noqa: ANN401 - of a library that may not be there
        with suppress(FileNotFoundError, ValueError):
            said = json.loads(system.cat_file(f"{root}/{LATEST}"))
            if isinstance(said, dict) and isinstance(said.get("files"), dict):
                return said
        return {}

    def _put(self, system: Any, file: Path, target: str) -> None:  # noqa: ANN401 - as above
        if self._whole:
            system.put_file(str(file), target)
            return
        # nobody must read half a page: it is written beside, and takes its place in one step
        system.makedirs(target.rpartition("/")[0], exist_ok=True)
        system.put_file(str(file), f"{target}.part")
        system.mv(f"{target}.part", target)

    def _write(self, system: Any, target: str, said: Mapping[str, Any]) -> None:  # noqa: ANN401 - as above
        text = json.dumps(said, ensure_ascii=False, indent=1).encode()
        if self._whole:
            system.pipe_file(target, text)
            return
        system.makedirs(target.rpartition("/")[0], exist_ok=True)
        system.pipe_file(f"{target}.part", text)
        system.mv(f"{target}.part", target)

    def _why(self, error: Exception) -> str:
        if self._remote is not None:
            return self._remote.why(error)
        said = f"{error.strerror}: {error.filename}" if isinstance(error, OSError) and error.strerror else str(error)
        return said or type(error).__name__


def _sizes(system: Any, root: str) -> dict[str, int]:  # noqa: ANN401 - as above
    """Return the bytes of each file that is there, by its name below the place."""
    try:
        found = system.find(root, detail=True, refresh=True)
    except FileNotFoundError:
        return {}
    start = len(system._strip_protocol(root)) + 1  # noqa: SLF001 - fsspec's own way to spell a path
    return {path[start:]: int(said.get("size") or 0) for path, said in found.items()}


def _order(name: str) -> tuple[int, str]:
    """Return where in the order a file is sent: what pages show, the pages, those of segments that lead to them, and the front page."""
    path = Path(name)
    if name == _FRONT:
        return 3, name
    if path.name == _FRONT:
        return 2, name
    return int(path.suffix == ".html"), name
