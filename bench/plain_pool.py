"""What a careful user writes today: a pool of processes, each with papermill's and nbconvert's API, kernels and all."""

from __future__ import annotations

import json
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path


def make(job: tuple[str, str, dict[str, str]]) -> None:
    """Execute a notebook and export it."""
    import nbconvert  # noqa: PLC0415 - paid once per worker, as in any pool
    import papermill  # noqa: PLC0415
    from traitlets.config import Config  # noqa: PLC0415

    notebook, target, parameters = job
    with tempfile.TemporaryDirectory() as sockets:
        config = Config({"KernelManager": {"transport": "ipc", "ip": f"{sockets}/kernel"}})  # ports would clash
        papermill.execute_notebook(
            notebook, target, parameters=parameters, kernel_name="python3", progress_bar=False, config=config
        )
    html, _ = nbconvert.HTMLExporter().from_filename(target)
    Path(target).with_suffix(".html").write_text(html, encoding="utf-8")


def main() -> None:
    """Make the reports that a file lists."""
    jobs = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    with ProcessPoolExecutor(int(sys.argv[2])) as workers:
        list(workers.map(make, jobs))


if __name__ == "__main__":
    main()
