"""What a trial imports, so that the process from which trials are forked has it."""

import openpyxl
import pyarrow.parquet

from bench.fuzz import trial
from cslib import proposal
from cslib.reports import run

__all__ = ["checking", "openpyxl", "proposal", "pyarrow", "run", "trial"]
