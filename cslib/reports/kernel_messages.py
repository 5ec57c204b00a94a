"""The messages of a notebook's shell, as nbclient receives them from a kernel: valid for a notebook, whoever has displayed it."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import comm
from comm.base_comm import BaseComm
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.session import Session
from papermill.clientwrap import PapermillNotebookClient
from traitlets.config import Config

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbformat import NotebookNode

    from cslib.reports.capture import Capture

_JSON = re.compile(r"application/(.*\+)?json")  # the types of which a notebook may hold more than text
PARENT = {"msg_id": "cslib"}  # what every message of a notebook in this process answers to


class ValidOutputs(PapermillNotebookClient):
    """papermill's client, which stores what is not valid in a notebook as the nearest that is, instead of failing."""

    def process_message(self, msg: dict[str, Any], *args: Any, **kwargs: Any) -> NotebookNode | None:  # noqa: ANN401
        """Take a message into the notebook."""
        data = msg["content"].get("data")
        if msg["msg_type"] in {"display_data", "execute_result", "update_display_data"} and isinstance(data, dict):
            msg["content"]["data"] = dict(_valid(mime, held) for mime, held in data.items())
        return super().process_message(msg, *args, **kwargs)


def _valid(mime: str, held: object) -> tuple[str, object]:
    """Return a form of an output as a notebook may hold it: Altair's own types end in `.json`, which makes no JSON."""
    if (
        _JSON.fullmatch(mime)
        or isinstance(held, str)
        or (isinstance(held, list) and all(isinstance(line, str) for line in held))
    ):
        return mime, held
    renamed = re.sub(r"\.json$", "+json", mime)
    return (renamed, held) if _JSON.fullmatch(renamed) else (mime, json.dumps(held, ensure_ascii=False))


class ShellChannel(AsyncZMQSocketChannel):
    """Where a kernel is asked: it sends by the very socket that it listens with.

    jupyter_client sends by the one underneath, and a reply that comes in at that moment wakes nobody: the cell has ended, and is
    waited for until its time is over. Each text that an output widget takes up in a cell is sent so while its reply is awaited.
    """

    def send(self, msg: dict[str, Any]) -> None:
        """Send a message."""
        self.socket.send_multipart([*self.session.serialize(msg), *(msg.get("buffers") or ())])


class KernelClient(AsyncKernelClient):
    """jupyter_client's own, with this channel."""

    shell_channel_class = ShellChannel


def kernel_config(sockets: str) -> Config:
    """Return how a kernel is started and spoken to: by sockets in a folder of its own, since kernels that start side by side take each other's ports."""
    client = f"{KernelClient.__module__}.{KernelClient.__qualname__}"
    return Config({"KernelManager": {"transport": "ipc", "ip": f"{sockets}/kernel", "client_class": client}})


class Messages(Session):
    """What the shell believes to be its connection: each message goes straight to the notebook."""

    def __init__(self, capture: Capture, hear: Callable[[dict[str, Any]], None]) -> None:
        super().__init__()
        self._capture, self._hear = capture, hear

    def send(  # type: ignore[override]  # no sockets, so nothing else of the original is needed
        self,
        stream: object,  # noqa: ARG002
        msg_or_type: dict[str, Any] | str,
        content: dict[str, Any] | None = None,
        parent: dict[str, Any] | None = None,
        **more: Any,  # noqa: ANN401
    ) -> dict[str, Any]:
        """Hand a message on, after all that was written before it."""
        message = self.msg(msg_or_type, content, parent) if isinstance(msg_or_type, str) else msg_or_type
        self._capture.hand_on()
        heard = {
            **message,
            "content": self.unpack(self.pack(message["content"])),
            "parent_header": PARENT,
        }  # as through a socket
        self._hear({**heard, "buffers": more.get("buffers") or []})
        return message


def front_end() -> SimpleNamespace:
    """Return the client that nbclient sends to: the state of a widget, which it would send to a kernel, is dropped."""
    session = SimpleNamespace(msg=lambda *_, **__: {})
    return SimpleNamespace(session=session, shell_channel=SimpleNamespace(send=lambda _: None))


def connect_widgets(messages: Messages) -> None:
    """Let the widgets of this process send their states to the notebook, as they send them to a front end."""

    class Told(BaseComm):
        def publish_msg(
            self,
            msg_type: str,
            data: dict[str, Any] | None = None,
            metadata: dict[str, Any] | None = None,  # noqa: ARG002 - nothing in a notebook holds it
            buffers: list[Any] | None = None,
            **keys: Any,  # noqa: ANN401
        ) -> None:
            """Tell the notebook."""
            content = {"data": data or {}, "comm_id": self.comm_id, **keys}
            messages.send(None, msg_type, content, buffers=buffers)

    comm.create_comm = Told
