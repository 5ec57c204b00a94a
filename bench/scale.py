"""Usage at scale: snapshot and facts against SQL written by hand for the same aggregates, each in a process of its own.

Both read the same files (customers, contracts, usage), write the same tables with a slice for each segment, and end with a row
per customer and month. By hand, rows are judged as the library judges them: text is trimmed, and the rows that break a claim are
counted by claim. `trusting` is the same SQL without that. The bare scan reads every value of usage once. In the end, usage is
read in two other states: with bad rows mixed into it, and in the order of days, where it was in that of months and users.
"""

from __future__ import annotations

import argparse
import gc
import json
import subprocess
import sys
import tempfile
import time
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import ibis.backends.duckdb  # noqa: F401 - which Ibis imports when it first connects; no side's imports are timed
import yaml

from cslib.demo import write_demo
from cslib.kpis import CATALOGUE
from cslib.model import BY_NAME
from cslib.periods import Month
from cslib.portfolio import Portfolio
from cslib.settings import load
from cslib.source import SourceConnection
from cslib.source.column_mapping import ColumnMapping
from cslib.source.table_mapping import map_unparsed, read_texts
from cslib.usage.bitmask_duckdb import TypedUsage
from cslib.validation.validate import ValidatedTable
from tests.books import TODAY

if TYPE_CHECKING:
    from collections.abc import Callable

    from ibis.expr.types import Table

LAST = Month.parse("2026-10")
TABLES = ("customers", "contracts", "usage")
_REASON = """
    case when customer_id is null or feature is null or used_on is null or used_on > date '{read_on}' or events < 0
    then case when customer_id is null then 1 else 0 end + case when feature is null then 2 else 0 end
       + case when used_on is null then 4 else 0 end + case when used_on > date '{read_on}' then 8 else 0 end
       + case when events < 0 then 16 else 0 end
    else 0 end
"""


def main() -> None:
    """Print times, peaks and ratios for a tenth of the rows and for all of them."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--usage-rows", type=int, default=50_000_000)
    options.add_argument("--customers", type=int, default=20_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--side", choices=list(SIDES))
    options.add_argument("--folder", type=Path)
    chosen = options.parse_args()
    if chosen.side:
        _report(SIDES[chosen.side], chosen.folder)
        return
    found = [_measured(rows, chosen.customers, chosen.rounds) for rows in (chosen.usage_rows // 10, chosen.usage_rows)]
    small, large = (sides["library"]["seconds"] for sides in found)
    print(f"growth of the library from a tenth of the rows: {large / small:.1f} times the time for 10 times the rows")


def _measured(rows: int, customers: int, rounds: int) -> dict[str, dict[str, float]]:
    with tempfile.TemporaryDirectory(prefix="cslib-bench-") as name:
        folder = Path(name)
        began = time.perf_counter()
        write_demo(folder, customers=customers, months=24, usage_rows=rows)
        print(
            f"{rows:,} usage rows of {customers:,} customers, written in {time.perf_counter() - began:.0f} s",
            flush=True,
        )
        _keep_tables(folder / "params" / "source.yaml")
        _compare(folder)
        # in turn, so that whatever else the machine does slows each side alike; the quickest of each is the least disturbed
        told = [{side: _apart(side, folder) for side in SIDES} for _ in range(rounds)]
        usage = folder / "data" / "usage.parquet"
        kept = usage.replace(usage.with_suffix(".kept"))
        _rewrite(usage, f"from read_parquet('{kept}') order by used_on, hash(user_id, feature)")
        strewn = {side: _apart(side, folder) for side in ("scan", "usage")}
        _rewrite(usage, _soiled(kept))
        dirty = _apart("library", folder)
    sides = {side: min((each[side] for each in told), key=itemgetter("seconds")) for side in SIDES}
    _print(sides, rows)
    print(f"  in the order of days: usage / scan {_ratio(strewn, 'usage', 'scan')}, {_told(strewn['usage'])}")
    print(f"  with bad rows: snapshot and facts {_told(dirty)}", flush=True)
    return sides


def _soiled(usage: Path) -> str:
    """Return usage as exports are: one row in 480 breaks a claim, one in 700 counts nothing, an id in 500 has a blank."""
    return f"""
        select case when row % 5000 = 2 then null when row % 1000 = 1 then customer_id || ' ' else customer_id end as customer_id,
            case when row % 1000 = 3 then ' ' || user_id else user_id end as user_id,
            case when row % 2000 = 5 then date '{TODAY}' + 90 when row % 3000 = 6 then null else used_on end as used_on,
            case when row % 2500 = 7 then null else feature end as feature,
            case when row % 1500 = 8 then -1 when row % 700 = 9 then 0 else events end as events
        from (select *, file_row_number as row from read_parquet('{usage}', file_row_number = true))"""


def _rewrite(usage: Path, rows: str) -> None:
    duckdb.connect().execute(f"copy ({rows}) to '{usage}' (format parquet)")


def _print(sides: dict[str, dict[str, float]], rows: int) -> None:
    for side, best in sides.items():
        speed = rows / best["seconds"] / 1e6
        print(
            f"  {side:8} {best['seconds']:6.2f} s ({best['busy']:.2f} of processors) {speed:6.1f} M rows/s {best['peak']:5.0f} MB"
        )
    print("  ratios in time, and in time of processors, which other work on the machine disturbs less:")
    print(f"  snapshot and facts / by hand {_ratio(sides, 'library', 'by_hand')}")
    print(f"  snapshot and facts / trusting {_ratio(sides, 'library', 'trusting')}")
    print(f"  usage alone / bare scan {_ratio(sides, 'usage', 'scan')}", flush=True)


def _told(side: dict[str, float]) -> str:
    return f"{side['seconds']:.2f} s, {side['peak']:.0f} MB"


def _ratio(sides: dict[str, dict[str, float]], one: str, other: str) -> str:
    return " ".join(f"{sides[one][kind] / sides[other][kind]:.2f}" for kind in ("seconds", "busy"))


def _keep_tables(source: Path) -> None:
    said = yaml.safe_load(source.read_text("utf-8"))
    kept = {name: spec for name, spec in said["tables"].items() if name in TABLES}
    source.write_text(yaml.safe_dump({**said, "tables": kept}), "utf-8")


def _apart(side: str, folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.scale", "--side", side, "--folder", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    told: dict[str, float] = json.loads(done.stdout)
    return told


def _report(side: Callable[[Path, Path], Any], folder: Path) -> None:
    gc.freeze()  # as `cslib run` does
    with tempfile.TemporaryDirectory(prefix="cslib-bench-", dir=folder) as out:
        began, worked = time.perf_counter(), time.process_time()
        side(folder, Path(out))
        seconds, busy = time.perf_counter() - began, time.process_time() - worked
    print(json.dumps({"seconds": seconds, "busy": busy, "peak": _peak()}))


def _peak() -> float:
    """Return the most memory this process ever held, in MB; what getrusage tells begins with that of the parent."""
    told = Path("/proc/self/status").read_text("utf-8").partition("VmHWM:")[2]
    return int(told.split()[0]) / 1024


def _scan(folder: Path, _out: Path) -> None:
    columns = ", ".join(f"max({name})" for name in ("customer_id", "user_id", "used_on", "feature", "events"))
    duckdb.connect().execute(f"select count(*), {columns} from '{folder}/data/usage.parquet'").fetchall()


def _usage(folder: Path, _out: Path) -> None:
    settings = load(folder / "params", CATALOGUE.by_id)
    source, table, spec = SourceConnection(settings), BY_NAME["usage"], settings.source.tables["usage"][0]
    raw = source.table_in_place("usage")
    found = map_unparsed(raw, ColumnMapping.of(raw, table, spec), settings.policies.timezone)
    usage = TypedUsage(ValidatedTable(found, table, TODAY), partial(read_texts, table=table, spec=spec), customers=None)
    sums = usage.sums(settings.policies.core_features)
    for totals in sums.tables().values() if sums else ():
        totals.count().to_pyarrow()
    source.close()


def _library(folder: Path, out: Path) -> Table:
    book = Portfolio.open(folder / "params", TODAY, into=out / "snapshot")
    months = book.facts(LAST).customer_months
    months.count().to_pyarrow()
    return months


def _by_hand(folder: Path, out: Path) -> duckdb.DuckDBPyConnection:
    return _sql(folder, out, text="nullif(trim({0}, ' \t\n\r\v\f'), '')", reason=_REASON)


def _trusting(folder: Path, out: Path) -> None:
    _sql(folder, out, text="{0}", reason="0")


def _sql(folder: Path, out: Path, text: str, reason: str) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    segments = load(folder / "params", CATALOGUE.by_id).segments
    contracts = f"'{folder}/data/contracts.csv'"
    (first,) = con.execute(f"select year(min(starts_on)) * 12 + month(min(starts_on)) - 1 from {contracts}").fetchall()[
        0
    ]
    names = f"select list(distinct {text.format('feature')}) from '{folder}/data/usage.parquet'"
    ((features,),) = con.execute(names).fetchall()
    script = Path(__file__).with_suffix(".sql").read_text("utf-8")
    texts = {f"{name}_text": text.format(name) for name in ("customer_id", "user_id", "feature")}
    given = {**texts, "reason": reason.format(read_on=TODAY), "first": first, "last": LAST.number, "names": features}
    con.execute(script.format(data=folder / "data", **given))
    con.execute("select reason, sum(rows) from cells group by reason").fetchall()
    whole, own = ("features",), ("customers", "contracts", "usage_months", "usage_weeks", "usage_starts")
    for name in (*whole, *own):
        con.execute(f"copy (from {name} order by all) to '{out}/{name}.parquet'")
    for segment in segments:
        members = f"select customer_id from customers where {_condition(segment.id)}"
        for name in own:
            rows = f"select * from {name} where customer_id in ({members}) order by all"
            con.execute(f"copy ({rows}) to '{out}/{segment.id}-{name}.parquet'")
    return con


def _compare(folder: Path) -> None:
    """Print that both sides come to the same rows; exit where they do not, since then their times say nothing."""
    with tempfile.TemporaryDirectory(prefix="cslib-bench-", dir=folder) as name:
        out = Path(name)
        con = _by_hand(folder, out)
        columns = con.table("customer_months").columns
        _library(folder, out).select(*columns).to_parquet(out / "library.parquet")
        ours, theirs = f"(from read_parquet('{out}/library.parquet'))", "(from customer_months)"
        for one, other in ((ours, theirs), (theirs, ours)):
            differing = con.execute(f"select count(*) from ({one} except all {other})").fetchone()
            if differing != (0,):
                sys.exit(f"the library and the SQL by hand do not agree: {differing} rows of customer_months")
        (rows,) = con.execute("select count(*) from customer_months").fetchone() or (0,)
        print(f"  the same by hand as by the library: {len(columns)} columns of {rows:,} customer-months", flush=True)


def _condition(segment: str) -> str:
    bounds = {"enterprise": "employees >= 300", "midmarket": "employees between 50 and 299", "smb": "employees < 50"}
    return bounds.get(segment, "true")


SIDES = {"scan": _scan, "usage": _usage, "trusting": _trusting, "by_hand": _by_hand, "library": _library}

if __name__ == "__main__":
    main()
