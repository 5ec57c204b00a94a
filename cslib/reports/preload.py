"""What every report needs, imported and warmed up; multiprocessing's fork server imports this module before it forks.

Importing it does the work. It leaves the process with a single thread: others would not survive a fork.
"""

from __future__ import annotations

import gc

import duckdb
import ibis.backends.duckdb  # noqa: F401 - which Ibis imports when it first connects
import pyarrow.dataset  # noqa: F401 - which pandas imports when it first reads Parquet
import scipy.stats  # noqa: F401 - which SciPy imports when it is first asked for a quantile
from altair.utils import schemapi

import cslib.reports.execute
import cslib.scenario  # noqa: F401 - all that a report imports
from cslib.reports.warmup import warm_up_reports

duckdb.execute("SET threads = 1")  # the default connection started one per core when it was imported
schemapi.DEBUG_MODE = (
    False  # a chart is checked as a whole when it is shown; each of its parts before, costs as much again
)
warm_up_reports()
gc.collect()
gc.freeze()  # what all children share stays shared: no collection touches it any more
