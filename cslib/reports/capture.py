"""What a notebook and the processes it starts write, heard in order while it runs in this very process."""

from __future__ import annotations

import codecs
import io
import os
import sys
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Hear = Callable[[str, str], None]  # the stream's name, and what was written

MOST_WRITTEN = 10_000_000  # characters of a report; more is a mistake that no reader of the notebook could open


class TooMuchOutput(RuntimeError):  # noqa: N818 - reads as what it says where it is raised
    """A notebook printed more than anybody could open."""

    def __init__(self) -> None:
        super().__init__(
            f"the notebook printed more than {MOST_WRITTEN // 1_000_000} million characters; "
            "print less, or write it into a file"
        )


class Written:
    """What was written to both streams since the last time it was handed on; pieces are joined once, at the end."""

    def __init__(self, hear: Hear) -> None:
        self._hear = hear
        self._pieces: list[str] = []
        self._name = ""
        self._count = 0

    def add(self, name: str, text: str) -> None:
        """Take what was written to a stream; raises `TooMuchOutput` when the report's limit is passed."""
        if name != self._name:
            self.hand_on()
            self._name = name
        if self._count <= MOST_WRITTEN:
            self._pieces.append(text)
        self._count += len(text)
        if self._count > MOST_WRITTEN:
            raise TooMuchOutput

    def hand_on(self) -> None:
        """Let the listener hear what has come together."""
        pieces, self._pieces = self._pieces, []
        if pieces:
            self._hear(self._name, "".join(pieces))


class _Descriptor:
    """A file descriptor of this process, written into a file by it and by the processes it starts."""

    def __init__(self, name: str, number: int) -> None:
        self.name, self._number = name, number
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - lives as long as the notebook runs
        self._offset = 0
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._before = os.dup(number)
        os.set_inheritable(self._before, False)  # noqa: FBT003 - as the standard library has it
        os.dup2(self._file.fileno(), number)

    def heard(self) -> str:
        """Return what was written since the last time; at most as much as a report may write, and a little."""
        new = os.pread(self._file.fileno(), MOST_WRITTEN + 1, self._offset)
        self._offset += len(new)
        return self._decode(new)

    def restore(self) -> None:
        """Let the descriptor lead where it led before."""
        os.dup2(self._before, self._number)
        os.close(self._before)
        self._file.close()


class _Stream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` of a notebook."""

    encoding = "UTF-8"  # as a kernel's stream says it
    errors = "replace"

    def __init__(self, capture: Capture, name: str, number: int) -> None:
        self._capture, self.name, self._number = capture, name, number

    def writable(self) -> bool:
        """Return that it can be written to."""
        return True

    def write(self, text: str) -> int:
        """Take text, after all that child processes wrote before it."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._capture.drain()
        self._capture.written.add(self.name, text)
        return len(text)

    def flush(self) -> None:
        """Hand on what has come together."""
        self._capture.drain()

    def fileno(self) -> int:
        """Return the descriptor that child processes write to."""
        return self._number

    @property
    def buffer(self) -> NoReturn:
        """Refuse: like a kernel's stream it takes text, not bytes."""
        raise AttributeError("a notebook's stream has no buffer: write text")


class Capture:
    """Both streams of this process, and their descriptors, heard while a notebook runs."""

    def __init__(self, hear: Hear) -> None:
        self.written = Written(hear)
        self._descriptors = [_Descriptor("stdout", 1), _Descriptor("stderr", 2)]

    def drain(self) -> None:
        """Take what child processes have written by now."""
        for descriptor in self._descriptors:
            text = descriptor.heard()
            if text:
                self.written.add(descriptor.name, text)

    def hand_on(self) -> None:
        """Let the listener hear all that was written by now."""
        try:
            self.drain()
        finally:
            self.written.hand_on()

    def restore(self) -> None:
        """Let the descriptors lead where they led before."""
        for descriptor in self._descriptors:
            descriptor.restore()


@contextmanager
def captured(hear: Hear) -> Iterator[Capture]:
    """Capture what this process and its children write to both streams, until the block ends."""
    capture = Capture(hear)
    streams = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _Stream(capture, "stdout", 1), _Stream(capture, "stderr", 2)
    try:
        yield capture
    finally:
        sys.stdout, sys.stderr = streams
        capture.restore()
