"""Firefox, driven over WebDriver BiDi, which it speaks by itself: no driver beside it is wanted."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import websocket

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FIREFOX = next((found for name in ("firefox-esr", "firefox") if (found := shutil.which(name))), None)
_LISTENS = re.compile(r"listening on (ws://\S+)")
_SECONDS = 60


@dataclass
class Firefox:
    """A window of Firefox; `errors` are what its console has told since it was opened."""

    socket: websocket.WebSocket
    window: str = ""
    errors: list[str] = field(default_factory=list)
    _sent: int = 0

    def ask(self, method: str, **said: Any) -> dict[str, Any]:
        """Send a command and return its result; what the browser tells meanwhile is kept."""
        self._sent += 1
        self.socket.send(json.dumps({"id": self._sent, "method": method, "params": said}))
        while True:
            told = json.loads(self.socket.recv())
            if told.get("method") == "log.entryAdded" and told["params"]["level"] == "error":
                self.errors.append(told["params"]["text"])
            if told.get("id") == self._sent:
                assert told["type"] == "success", told
                result: dict[str, Any] = told["result"]
                return result

    def open(self, file: Path) -> None:
        """Open a file, and wait until all of it is there."""
        self.ask("browsingContext.navigate", context=self.window, url=file.as_uri(), wait="complete")

    def evaluate(self, expression: str) -> Any:
        """Return what an expression comes to, awaited where it is a promise."""
        target = {"context": self.window}
        told = self.ask(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({expression})))()",
            target=target,
            awaitPromise=True,
        )
        assert told["type"] == "success", told
        return json.loads(told["result"]["value"])

    def resize(self, width: int, height: int) -> None:
        """Give the page so much room."""
        self.ask("browsingContext.setViewport", context=self.window, viewport={"width": width, "height": height})


@contextmanager
def firefox() -> Iterator[Firefox]:
    """Give a window of a Firefox with a profile of its own, ended afterwards."""
    assert FIREFOX is not None
    with tempfile.TemporaryDirectory(prefix="firefox-") as profile:
        words = [
            FIREFOX,
            "--headless",
            "--no-remote",
            "--profile",
            profile,
            "--remote-debugging-port",
            "0",
            "about:blank",
        ]
        with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
            try:
                assert process.stderr is not None
                address = next(found[1] for line in process.stderr if (found := _LISTENS.search(line)))
                told = websocket.create_connection(f"{address}/session", timeout=_SECONDS, suppress_origin=True)
                with closing(told) as socket:
                    shown = Firefox(socket)
                    shown.ask("session.new", capabilities={})
                    shown.ask("session.subscribe", events=["log.entryAdded"])
                    shown.window = shown.ask("browsingContext.getTree")["contexts"][0]["context"]
                    yield shown
            finally:
                process.terminate()
