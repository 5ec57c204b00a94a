"""The workers that make the reports: processes of this machine, or a Dask cluster; both through the same interface."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from cslib.errors import CslibError
from cslib.redaction import keep_address, redacted_words
from cslib.reports.execute import failed, report
from cslib.reports.subprocesses import end_all, kill_all
from cslib.shutdown import undo_at_end

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from concurrent.futures import Executor, Future

    from cslib.reports.execute import ReportResult, ReportTask

_PATIENCE = 10  # seconds until a cluster that does not answer is given up


def execute_all(
    orders: Sequence[ReportTask], awaited: Mapping[str, Future[None]], *, jobs: int, dask: str
) -> Iterator[tuple[int, ReportResult]]:
    """Yield the place of each order and what became of it, in the order in which they end.

    Each is begun when all of `awaited` that it names is there. `jobs` is how many run at once on this machine, 0 for one per
    core; `dask` the address of a cluster instead.
    """
    with _cluster(dask) if dask else _processes(jobs or os.cpu_count() or 1) as executor:
        ended: SimpleQueue[Future[Any]] = SimpleQueue()
        held = dict(enumerate(orders))
        running: dict[Future[Any], int] = {}
        try:
            yield from _begin(held, running, awaited, executor, ended)
            for one in awaited.values():
                one.add_done_callback(ended.put)
            while held or running:
                future: Future[Any] = ended.get()
                if future in running:
                    place = running.pop(future)
                    yield place, _result(future, orders[place])
                else:
                    yield from _begin(held, running, awaited, executor, ended)
        finally:
            _stop(running, here=not dask)


def _begin(
    held: dict[int, ReportTask],
    running: dict[Future[Any], int],
    awaited: Mapping[str, Future[None]],
    executor: Executor,
    ended: SimpleQueue[Future[Any]],
) -> Iterator[tuple[int, ReportResult]]:
    """Begin what need not wait any more; yields what cannot be made, since what it waited for was not."""
    for place, order in [*held.items()]:
        if all(awaited[name].done() for name in order.awaits):
            del held[place]
            why = [f"the analysis {name}: {error}" for name in order.awaits if (error := awaited[name].exception())]
            if why:
                yield place, failed(order, "", "; ".join(why))
            else:
                future = executor.submit(report, order)
                running[future] = place
                future.add_done_callback(ended.put)


def _result(future: Future[ReportResult], order: ReportTask) -> ReportResult:
    try:
        return future.result()
    except Exception as failure:  # noqa: BLE001 - a cluster has many ways to lose a job, with errors of its own
        return failed(order, "", f"{type(failure).__name__}: {failure}")


def _stop(futures: Collection[Future[ReportResult]], *, here: bool) -> None:
    """End what is still at work, when all is done or when somebody has interrupted the run."""
    for future in futures:
        future.cancel()
    while here and not all(future.done() for future in futures):
        kill_all()
        time.sleep(0.05)


@contextmanager
def _processes(jobs: int) -> Iterator[Executor]:
    # threads that each wait for one process at a time: its end, its time limit, its sudden death
    with ThreadPoolExecutor(jobs) as pool, undo_at_end(end_all):
        yield pool


@contextmanager
def _cluster(address: str) -> Iterator[Executor]:
    try:
        from distributed import Client  # noqa: PLC0415 - an extra that few need
    except ImportError as error:
        raise CslibError("--dask wants the extra: pip install 'customer-success-report[dask]'") from error
    keep_address(address)
    try:
        client = Client(address, timeout=_PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise CslibError(f"--dask: no scheduler answers at {address}: {redacted_words(str(error))}") from error
    with client:
        yield client.get_executor(pure=False)  # type: ignore[no-untyped-call]
