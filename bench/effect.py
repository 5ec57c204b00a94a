"""How often the verdict on a programme is right, on simulated books whose truth is known and on demo businesses.

`python -m bench.effect [--books 300] [--kinds none effect …] [--customers 300] [--seeds 20]`. Kinds are those of `programme_books` and
`demo`, `demo_null`: demo businesses with their lift, and with none. Below the tables stands what is asked of them.
"""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bench.demo_books import DEMOS, demo_book
from bench.programme_books import Lived, lived
from cslib.stats.judging import Effect, Judgement, judge, judge_loss
from cslib.stats.losses import lost
from cslib.stats.readings import Readings, readings
from cslib.stats.trials import Book, Outcome, Relative, Rules, trials

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

KINDS = ("none", "effect", "level", "trend", "now", "bad", "dip", "season", "young", "csm", "csm_by_customer")
COVERED = ("none", "effect", "level", "now", "season")
RULES = Rules()
FIRST_SEED, DEMO_CUSTOMERS = 5000, 600
_JUDGED = (Effect.SUPPORTED, Effect.CONSISTENT, Effect.SPEAKS_AGAINST)


def found(kind: str, seed: int, customers: int) -> dict[str, Any]:
    """Return what is said of one book of a kind, and what is true."""
    law = kind.removesuffix("_by_customer")
    with_it, without = lived(law, seed, customers)
    by_csm = kind == "csm"
    book = with_it.book(by_csm=by_csm)
    use, adoption = (_read(book, with_it, name) for name in ("use", "adoption"))
    truths = true_change(book, with_it, without)
    kept = _read(book, with_it, "mrr_kept")
    row = {"kind": kind, "participants": use.participants, "true_use": truths[0], "true_adoption": truths[1]}
    row |= _said("use", use, judge(use, RULES, clustered=by_csm))
    row |= _said("adoption", adoption, judge(adoption, RULES, use=use, clustered=by_csm))
    row |= _said("mrr", kept, judge(kept, RULES, clustered=by_csm)) | {"bias": use.estimate.value - truths[0]}
    row |= {"unseen": use.trend_unseen, "placebo": use.placebo.p < 0.05, "compared": use.comparison}  # noqa: PLR2004 - 5 %
    for months in (6, 12):
        loss = lost(book, RULES, months)
        judged = judge_loss(loss, RULES, clustered=by_csm)
        row |= {f"lost_{months}": judged.verdict, f"lost_{months}_favourable": loss.contrast.high < 0}
        row |= {f"lost_{months}_low": loss.contrast.low, f"lost_{months}_high": loss.contrast.high}
        row |= {f"true_lost_{months}": true_loss(book, with_it, without, months)}
    return row


def _read(book: Book, with_it: Lived, name: str) -> Readings:
    values, relative = {
        "use": (with_it.use, Relative.ITSELF),
        "adoption": (with_it.adopted, Relative.ITSELF),
        "mrr_kept": (with_it.mrr, Relative.LAST_BEFORE),
    }[name]
    return readings(book, Outcome(name, with_it.figure(values), relative), RULES)


def _said(name: str, read: Readings, judged: Judgement) -> dict[str, Any]:
    contrast = read.estimate
    return {
        name: judged.verdict, f"{name}_why": " ".join(judged.reasons), f"{name}_value": contrast.value, f"{name}_low": contrast.low,
        f"{name}_high": contrast.high,
    }  # fmt: skip


def _participants(book: Book, months: int, *, still: bool) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    rows = trials(book, RULES, ripe=months)
    rows = rows.still_under() if still else rows
    return rows.customer[rows.treated], rows.start[rows.treated]


def true_change(book: Book, with_it: Lived, without: Lived) -> tuple[float, float]:
    """Return by how much more participants used and had adopted in the months after than they would have without the programme."""
    who, start = _participants(book, RULES.months, still=True)
    months = start[:, None] + np.arange(1, RULES.months + 1)
    if not len(who):
        return np.nan, np.nan
    use, adopted = with_it.use - without.use, with_it.adopted - without.adopted
    return float(use[months, who[:, None]].mean()), float(adopted[months, who[:, None]].mean())


def true_loss(book: Book, with_it: Lived, without: Lived, months: int) -> float:
    """Return by how much more of the participants were lost than would have been."""
    who, start = _participants(book, months, still=False)
    if not len(who):
        return np.nan
    return float((~with_it.under)[start + months, who].mean() - (~without.under)[start + months, who].mean())


def told(books: pd.DataFrame) -> dict[str, Any]:
    """Return a kind's row of the table, in per cent but for the participants and the bias."""
    row: dict[str, Any] = {"books": len(books), "participants": books.participants.median(), "bias": books.bias.mean()}
    few = books.use_why.str.contains("few|none|no_before")
    row["gated"] = 100 * few.mean()
    for name in ("use", "adoption"):
        truth = books.true_use if name == "use" else books.true_adoption.mean()
        row[f"{name}: covers"] = _share(books, name, truth)
        row |= {f"{name}: {said}": 100 * float((books[name] == said).mean()) for said in _JUDGED}
    row["mrr: supported"] = 100 * float((books.mrr == Effect.SUPPORTED).mean())
    for name in ("lost_6", "lost_12"):
        row[f"{name}: covers"] = _share(books, name, books[f"true_{name}"].mean())
        row[f"{name}: favourable"] = 100 * float(books[f"{name}_favourable"].mean())
    return row | {"unseen": books.unseen.median(), "placebo": 100 * float(books.placebo.mean())}


def _share(books: pd.DataFrame, name: str, truth: Any) -> float:  # noqa: ANN401 - one for all books or one for each
    """Return in how many of the books that have an interval it holds the truth."""
    known = books[f"{name}_low"].notna()
    inside = (books[f"{name}_low"] <= truth) & (truth <= books[f"{name}_high"])
    return 100 * float(inside[known].mean())


def wanted(kind: str, row: dict[str, Any]) -> Iterator[tuple[str, float, float, float]]:
    """Return what is asked of a kind: name, found, at least, at most."""
    if kind in COVERED:
        yield "use: covers", row["use: covers"], 92, 98
    if kind == "effect":
        yield "use: supported", row["use: supported"], 75, 100
    elif kind in KINDS:
        yield "use: supported", row["use: supported"], 0, 5
        yield "adoption: supported", row["adoption: supported"], 0, 5


def demo(kind: str, seeds: int) -> None:
    """Print what is said of the programmes of demo businesses together, and how often that is."""
    rows = []
    for seed in range(1, seeds + 1):
        book, use = demo_book(seed, DEMO_CUSTOMERS, DEMOS[kind])
        read = readings(book, Outcome("use", use), RULES)
        judged = judge(read, RULES)
        rows.append(
            (1 + read.estimate.value / read.before, judged.verdict, read.participants, " ".join(judged.reasons))
        )
    table = pd.DataFrame(rows, columns=["estimate", "verdict", "participants", "why"])
    supported, mean = int((table.verdict == Effect.SUPPORTED).sum()), float(table.estimate.mean())
    print(
        f"\n{kind}: {seeds} demo businesses of {DEMO_CUSTOMERS}: estimate {mean:.3f}, participants {table.participants.median():.0f}"
    )
    print(table.groupby(["verdict", "why"]).size().to_string())
    if kind == "demo":
        _say(f"{kind}: supported", supported, 0.8 * seeds, seeds)
        _say(f"{kind}: estimate", mean, 1.15, 1.32)
    else:
        _say(f"{kind}: supported", supported, 0, 0)


def _say(name: str, got: float, low: float, high: float) -> None:
    kept = "kept" if low <= got <= high else "MISSED"
    print(f"{kept}: {name}: {got:.4g}; wanted {low:g} to {high:g}", flush=True)


def main() -> None:
    """Print the table, and what is asked of it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--books", type=int, default=300)
    options.add_argument("--kinds", nargs="+", default=[*KINDS, *DEMOS])
    options.add_argument("--customers", type=int, default=300)
    options.add_argument("--seeds", type=int, default=20, help="of the demo")
    chosen = options.parse_args()
    rows: dict[str, dict[str, Any]] = {}
    for kind in chosen.kinds:
        if kind in DEMOS:
            demo(kind, chosen.seeds)
            continue
        began = time.perf_counter()
        books = pd.DataFrame([found(kind, FIRST_SEED + number, chosen.customers) for number in range(chosen.books)])
        rows[kind] = told(books)
        print(f"\n{kind}: {(time.perf_counter() - began) / chosen.books:.2f} s a book", flush=True)
        print(pd.DataFrame({kind: rows[kind]}).T.round(2).to_string(), flush=True)
        for asked in wanted(kind, rows[kind]):
            _say(f"{kind}: {asked[0]}", *asked[1:])
    if rows:
        print(f"\n{chosen.books} books of {chosen.customers} customers over 30 months, in %; use of 10 on average")
        print(pd.DataFrame(rows).T.round(2).to_string(), flush=True)


if __name__ == "__main__":
    main()
