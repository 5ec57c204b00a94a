"""What is being done is shown to those who wait for it, and to nobody else."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient

from cslib.phases import Phase, begin, heard_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_client.blocking.client import BlockingKernelClient

SLOW = """
import time
from cslib.phases import Phase, begin
from cslib.waiting import tells_who_waits

@tells_who_waits
def opened(seconds):
    begin(Phase.MEASURING)
    time.sleep(seconds)
    return seconds

assert opened(2.3) == 2.3
"""


@pytest.fixture(scope="module")
def client() -> Iterator[BlockingKernelClient]:
    """Yield a client of a kernel."""
    manager, client = start_new_kernel(kernel_name="python3")
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def shown(client: BlockingKernelClient, code: str, metadata: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the outputs of a cell as a front end receives them: the kind of each, and what it says."""
    asked = client.session.msg(
        "execute_request", {"code": code, "silent": False, "stop_on_error": True}, metadata=metadata
    )
    client.shell_channel.send(asked)
    found: list[tuple[str, str]] = []
    while True:
        told = client.get_iopub_msg(timeout=60)
        if told["parent_header"].get("msg_id") != asked["header"]["msg_id"]:
            continue
        if told["msg_type"] == "status" and told["content"]["execution_state"] == "idle":
            return found
        if told["msg_type"] in {"display_data", "update_display_data", "stream", "error"}:
            found.append((told["msg_type"], str(told["content"].get("data", told["content"]))))


def test_a_front_end_sees_the_phase_in_one_place_and_nothing_in_the_end(client: BlockingKernelClient) -> None:
    found = shown(client, SLOW, {"cellId": "a-cell"})
    assert [kind for kind, _ in found] == ["display_data", *["update_display_data"] * (len(found) - 1)]
    assert "measuring … 1 s" in found[0][1] or "measuring … 2 s" in found[0][1]
    assert found[-1][1] == "{'text/plain': ''}"


def test_what_is_soon_done_is_not_told(client: BlockingKernelClient) -> None:
    assert shown(client, SLOW.replace("2.3", "0.2"), {"cellId": "a-cell"}) == []


def test_a_program_that_executes_the_notebook_gets_no_output_of_it() -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(SLOW)])
    NotebookClient(notebook, kernel_name="python3").execute()
    assert notebook.cells[0].outputs == []


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_terminal_shows_one_line_that_vanishes_and_a_file_none(*, is_terminal: bool) -> None:
    reading, writing = pty.openpty() if is_terminal else os.pipe()
    subprocess.run([sys.executable, "-c", SLOW], stderr=writing, check=True)
    os.write(writing, b".")  # without which there would be nothing to read from a pipe
    said = os.read(reading, 10_000).decode().removesuffix(".")
    os.close(reading)
    os.close(writing)
    assert said.endswith("2 s\r\x1b[K") == is_terminal
    assert ("\r\x1b[Kmeasuring … 2 s" in said) == is_terminal
    assert "\n" not in said


def test_a_phase_is_heard_where_somebody_listens_and_only_then() -> None:
    heard: list[Phase] = []
    begin(Phase.READING)
    with heard_by(heard.append):
        begin(Phase.USAGE)
        begin(Phase.MEASURING)
    begin(Phase.REPORTS)
    assert heard == [Phase.USAGE, Phase.MEASURING]
