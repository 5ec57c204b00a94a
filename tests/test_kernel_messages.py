"""What is said between a notebook and its kernel arrives, whatever else is said meanwhile."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import zmq
import zmq.asyncio
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.session import Session

from cslib.reports.kernel_messages import ShellChannel, kernel_config

if TYPE_CHECKING:
    from pathlib import Path


async def _heard_while_speaking(place: Path) -> str:
    """Return what a channel hears that is spoken to at the moment when it speaks itself."""
    address, session = f"ipc://{place}/shell", Session(key=b"")
    with zmq.asyncio.Context() as ours, zmq.Context() as kernels:
        here, there = ours.socket(zmq.DEALER), kernels.socket(zmq.ROUTER)
        try:
            there.bind(address)
            here.connect(address)
            channel = ShellChannel(here, session)
            channel.send(session.msg("execute_request"))
            (asking, *_) = await asyncio.to_thread(there.recv_multipart)
            waiting = asyncio.create_task(channel.get_msg(timeout=600))
            await asyncio.sleep(0.1)  # it listens
            session.send(there, "execute_reply", ident=asking)
            time.sleep(0.1)  # noqa: ASYNC251 - the reply comes in while nobody looks
            channel.send(session.msg("comm_msg"))
            return str((await asyncio.wait_for(waiting, 5))["msg_type"])
        finally:
            here.close(linger=0)
            there.close(linger=0)


def test_a_reply_is_heard_that_comes_in_while_something_is_sent(tmp_path: Path) -> None:
    assert asyncio.run(_heard_while_speaking(tmp_path)) == "execute_reply"


def test_a_kernel_of_a_report_is_asked_that_way(tmp_path: Path) -> None:
    manager = AsyncKernelManager(config=kernel_config(str(tmp_path)))
    assert manager.client().shell_channel_class is ShellChannel
    assert (manager.transport, manager.ip) == ("ipc", f"{tmp_path}/kernel")
