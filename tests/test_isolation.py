"""Work in a process of its own: what it does to itself stays there, and nothing of it is left."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from cslib.reports.subprocesses import Died, Limits, run_isolated
from tests.processes import ends

if TYPE_CHECKING:
    from collections.abc import Callable

    from cslib.reports.subprocesses import Tell

LIMITS = Limits(whole=60, step=60)
MARK: list[str] = []


def _square(number: int, _tell: Tell) -> int:
    return number * number


def _marks(word: str, _tell: Tell) -> list[str]:
    MARK.append(word)
    return MARK


def _draws(_: None, _tell: Tell) -> tuple[float, float]:
    return random.random(), float(np.random.random())  # noqa: NPY002, S311 - the states that a fork would copy


def _ends_itself(code: int, tell: Tell) -> None:
    tell(3)
    os._exit(code)


def _kills_itself(number: int, _tell: Tell) -> None:
    os.kill(os.getpid(), number)


def _sleeps(step: int, tell: Tell) -> None:
    if step >= 0:
        tell(step)
    time.sleep(60)


def _starts_others(_: None, _tell: Tell) -> tuple[int, int]:
    threading.Thread(target=time.sleep, args=(60,)).start()
    return os.getpid(), subprocess.Popen(["sleep", "60"]).pid


def test_what_is_made_comes_back() -> None:
    assert run_isolated(_square, 7, LIMITS) == 49
    assert run_isolated(_square, 7, LIMITS, fork=False) == 49


def test_no_state_goes_from_one_to_the_next() -> None:
    assert [run_isolated(_marks, word, LIMITS) for word in ("a", "b")] == [["a"], ["b"]]
    assert MARK == []


def test_each_draws_other_numbers() -> None:
    first, second = run_isolated(_draws, None, LIMITS), run_isolated(_draws, None, LIMITS)
    assert first[0] != second[0]
    assert first[1] != second[1]


@pytest.mark.parametrize(
    ("work", "asked", "limits", "reason", "step"),
    [
        (_ends_itself, 3, LIMITS, "ended by itself with exit code 3", 3),
        (_kills_itself, signal.SIGKILL, LIMITS, "signal SIGKILL; often the memory", -1),
        (_kills_itself, signal.SIGSEGV, LIMITS, "signal SIGSEGV", -1),
        (_sleeps, 5, Limits(whole=60, step=0.5), "the cell ran longer than 0.5 seconds", 5),
        (_sleeps, -1, Limits(whole=0.5, step=60), "the report ran longer than 0.5 seconds", -1),
    ],
)
def test_a_death_is_told_with_its_reason(
    work: Callable[[int, Tell], None], asked: int, limits: Limits, reason: str, step: int
) -> None:
    with pytest.raises(Died, match=reason) as death:
        run_isolated(work, asked, limits)
    assert death.value.step == step


def test_what_it_has_started_ends_with_it() -> None:
    for pid in run_isolated(_starts_others, None, LIMITS):
        assert ends(pid), pid


def test_nothing_is_left_when_the_parent_is_killed(tmp_path: Path) -> None:
    said = tmp_path / "pids"
    program = (
        "from tests.test_isolation import LIMITS, _writes_pids\nfrom cslib.reports.subprocesses import run_isolated\n"
        f"run_isolated(_writes_pids, {str(said)!r}, LIMITS)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], cwd=Path(__file__).parents[1])
    until = time.monotonic() + 60
    while not (said.is_file() and said.read_text("utf-8").endswith("\n")) and time.monotonic() < until:
        time.sleep(0.05)
    parent.kill()
    parent.wait()
    pids = [int(word) for word in said.read_text("utf-8").split()]
    assert len(pids) == 2
    for pid in pids:
        assert ends(pid), pid


def _writes_pids(file: str, _tell: Tell) -> None:
    child = subprocess.Popen(["sleep", "60"])
    Path(file).write_text(f"{os.getpid()} {child.pid}\n", "utf-8")
    time.sleep(60)
