"""Damage files and count what becomes of them: `python -m bench.fuzz 10000 --seed 1`.

A mutant is made again by its kind, seed and number: `python -m bench.fuzz --only xlsx:17 --seed 1` shows what was said.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import forkserver, set_forkserver_preload
from pathlib import Path
from typing import TYPE_CHECKING

from bench.fuzz.trial import KINDS, LIMIT, Mutant, Verdict, tried

if TYPE_CHECKING:
    from collections.abc import Mapping

_EVERY = 100  # mutants after which the counts so far are told
_GOOD = {Verdict.FINE, Verdict.REFUSED}


def main() -> None:
    """Try mutants of every kind, and print a table of what became of them: the worst that a command made of each."""
    asked = _asked()
    # what is imported beforehand must start no thread, or no report could be forked
    os.environ.update(dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"))
    os.environ["JE_ARROW_MALLOC_CONF"] = "background_thread:false"
    set_forkserver_preload(["cslib.reports.preload", "bench.fuzz.warm"])
    forkserver.ensure_running()
    kinds = asked.kinds.split(",") if asked.kinds else KINDS
    commands = tuple(asked.commands.split(",")) if asked.commands else ()
    mutants = [Mutant(kinds[n % len(kinds)], asked.seed, n // len(kinds), commands) for n in range(asked.count)]
    if asked.only:
        kind, _, number = asked.only.partition(":")
        mutants = [Mutant(kind, asked.seed, int(number), commands)]
    counts: dict[str, Counter[Verdict]] = {kind: Counter() for kind in kinds}
    with ThreadPoolExecutor(asked.jobs) as pool, Path(asked.log).open("w", encoding="utf-8") as log:
        results = pool.map(lambda one: tried(one, asked.limit), mutants)
        for done, (mutant, found) in enumerate(zip(mutants, results, strict=True), 1):
            if found:  # else none of the commands that are tried takes such a file
                worst = max(found, key=lambda one: [*Verdict].index(one.verdict))
                counts.setdefault(mutant.kind, Counter())[worst.verdict] += 1
            for one in found:
                if one.verdict not in _GOOD or asked.only:
                    log.write(f"== {mutant.kind}:{mutant.number} {one.command}: {one.verdict}\n{one.said}\n")
                    log.flush()
            if done % _EVERY == 0:
                print(f"{done:,} of {len(mutants):,}: {_in_words(counts)}", file=sys.stderr, flush=True)
    print(as_table(counts))
    print(f"each that failed, with what was said: {asked.log}")
    sys.exit(any(count[verdict] for count in counts.values() for verdict in Verdict if verdict not in _GOOD))


def as_table(counts: dict[str, Counter[Verdict]]) -> str:
    """Return the counts as a table: kinds down, verdicts across."""
    head = f"{'':12}" + "".join(f"{verdict:>18}" for verdict in Verdict)
    lines = [f"{kind:12}" + "".join(f"{count[verdict]:>18}" for verdict in Verdict) for kind, count in counts.items()]
    total = sum(counts.values(), Counter())
    return "\n".join([head, *lines, f"{'all':12}" + "".join(f"{total[verdict]:>18}" for verdict in Verdict)])


def _in_words(counts: Mapping[str, Counter[Verdict]]) -> str:
    total = sum(counts.values(), Counter[Verdict]())
    return ", ".join(f"{total[verdict]:,} {verdict}" for verdict in Verdict if total[verdict])


def _asked() -> argparse.Namespace:
    said = argparse.ArgumentParser(prog="python -m bench.fuzz")
    said.add_argument("count", nargs="?", type=int, default=1000, help="how many mutants")
    said.add_argument("--seed", type=int, default=1)
    said.add_argument("--kinds", default="", help=f"of these alone: {','.join(KINDS)}")
    said.add_argument("--commands", default="", help="try these alone, such as init; every one by default")
    said.add_argument("--only", default="", help="one mutant alone, as KIND:NUMBER")
    said.add_argument("--jobs", type=int, default=1)
    said.add_argument("--limit", type=float, default=LIMIT, help="seconds that a command may take")
    said.add_argument("--log", default="fuzz.log")
    return said.parse_args()


if __name__ == "__main__":
    main()
