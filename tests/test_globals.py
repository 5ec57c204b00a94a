"""Whoever imports the library, or asks a scenario, finds all that belongs to the whole process as it was."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import ibis
from ibis import _

from cslib.engines import connect
from tests.exports import export

if TYPE_CHECKING:
    from pathlib import Path

RECORD = """
import csv, decimal, gc, importlib, json, locale, logging, os, pkgutil, random, signal, socket, sys, warnings
import altair, ibis, ibis.backends.duckdb, nbclient, nbconvert, numpy, pandas, papermill
import ipykernel.ipkernel, ipykernel.zmqshell, scipy.sparse, scipy.special, scipy.stats, threadpoolctl  # with changes of their own
from altair.utils import schemapi
from papermill.engines import papermill_engines
from pandas._config import config

def record():
    return {
        "ibis": repr(ibis.options),
        "csv": csv.field_size_limit(),
        "dialects": csv.list_dialects(),
        "papermill": sorted(map(repr, papermill_engines._engines)),
        "warnings": [repr(one) for one in warnings.filters],
        "pandas": repr(config._global_config),
        "altair": [
            one.active for one in (altair.theme._themes, altair.renderers, altair.data_transformers)
        ] + [schemapi.DEBUG_MODE],
        "numpy": [repr(numpy.geterr()), repr(numpy.get_printoptions()), repr(numpy.random.get_state()[1][:9])],
        "random": hash(random.getstate()),
        "environ": dict(os.environ),
        "path": sys.path,
        "cwd": os.getcwd(),
        "hooks": [repr(one) for one in (sys.excepthook, sys.displayhook, input)],
        "signals": [repr(signal.getsignal(one)) for one in sorted(signal.valid_signals())],
        "logging": [logging.root.level, repr(logging.root.handlers), logging.root.manager.disable],
        "gc": [gc.isenabled(), gc.get_threshold(), gc.get_freeze_count()],
        "limits": [sys.getrecursionlimit(), sys.get_int_max_str_digits(), socket.getdefaulttimeout()],
        "numbers": [repr(decimal.getcontext().prec), locale.setlocale(locale.LC_ALL)],
    }

def compare(before, when):
    return {f"{name} after {when}": [before[name], now] for name, now in record().items() if now != before[name]}
"""
IMPORT = """
found, before = {}, record()
import cslib
for module in pkgutil.walk_packages(cslib.__path__, "cslib."):
    if module.name not in {"cslib.__main__", "cslib.reports.preload"}:  # the command, and what its fork server begins with
        importlib.import_module(module.name)
        found = found or compare(before, module.name)
print(json.dumps(found))
"""
ASK = """
before = record()
from cslib.scenario import Scenario
s = Scenario.open(sys.argv[1], "total", "2026-05", "en")
s.scorecard(), s.trends("mrr"), s.customers("nps"), s.frame("customer_months"), s.measured
print(json.dumps(compare(before, "asking a scenario")))
"""


def _changed(code: str, *said: str) -> dict[str, object]:
    done = subprocess.run([sys.executable, "-c", RECORD + code, *said], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    changed: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return changed


def test_importing_any_module_leaves_the_process_as_it_was() -> None:
    assert _changed(IMPORT) == {}


def test_asking_a_scenario_leaves_the_process_as_it_was(tmp_path: Path) -> None:
    assert _changed(ASK, str(export(tmp_path))) == {}


def test_what_is_changed_is_seen() -> None:
    changes = "ibis.options.sql.fuse_selects = False; csv.field_size_limit(9); papermill_engines.register('a', None)"
    found = _changed(f"before = record()\n{changes}\nprint(json.dumps(compare(before, 'changes')))")
    assert {one.partition(" ")[0] for one in found} == {"ibis", "csv", "papermill"}


def test_our_connections_write_each_step_and_others_as_ibis_does() -> None:
    ours, others = connect(), ibis.duckdb.connect()
    table = {name: one.create_table("t", schema={"a": "int64"}) for name, one in {"o": ours, "x": others}.items()}
    steps = {name: one.mutate(b=_.a + 1).filter(_.b > 2).mutate(c=_.b * 2) for name, one in table.items()}
    assert ibis.to_sql(steps["o"]).count("SELECT") == 3
    assert ibis.to_sql(steps["x"]).count("SELECT") == 1
