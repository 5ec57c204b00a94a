"""What every report needs, imported and warmed up; multiprocessing's fork server imports this module before it forks.

Importing it does the work. It leaves the process with a single thread: others would not survive a fork.
"""

from __future__ import annotations

import gc

import duckdb

import cslib.reports.execute  # noqa: F401 - all that a report imports

duckdb.execute("SET threads = 1")  # the default connection started one per core when it was imported
gc.collect()
gc.freeze()  # what all children share stays shared: no collection touches it any more
