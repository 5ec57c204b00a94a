"""What a trial imports, so that the process from which trials are forked has it."""

import openpyxl
import pyarrow.parquet

from bench.fuzz import trial
from cslib import check, scaffold
from cslib.reports import run

__all__ = ["check", "openpyxl", "pyarrow", "run", "scaffold", "trial"]
