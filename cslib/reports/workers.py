"""The workers that make the reports: processes of this machine, or a Dask cluster; both through the same interface."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cslib.errors import CslibError
from cslib.redaction import keep_address, redacted_words
from cslib.reports.execute import failed, report
from cslib.reports.subprocesses import end_all, kill_all
from cslib.shutdown import undo_at_end

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from concurrent.futures import Executor, Future

    from cslib.reports.execute import ReportResult, ReportTask

_PATIENCE = 10  # seconds until a cluster that does not answer is given up


def execute_all(orders: Sequence[ReportTask], *, jobs: int, dask: str) -> Iterator[tuple[int, ReportResult]]:
    """Yield the place of each order and what became of it, in the order in which they end.

    `jobs` is how many run at once on this machine, 0 for one per core; `dask` the address of a cluster instead.
    """
    with _cluster(dask) if dask else _processes(jobs or os.cpu_count() or 1) as executor:
        waiting = {executor.submit(report, order): place for place, order in enumerate(orders)}
        try:
            for future in as_completed(waiting):
                yield waiting[future], _result(future, orders[waiting[future]])
        finally:
            _stop(waiting, here=not dask)


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
