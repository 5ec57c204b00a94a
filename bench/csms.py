"""How often differences between CSMs are found that are there, or are not, on simulated books whose truth is known.

`python -m bench.csms [--books 300] [--kinds none hidden one_worse …]`. Below the tables stands what is asked of them.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cslib.stats.logistic import chance
from cslib.stats.portfolios import compared
from cslib.stats.rates import Z
from cslib.stats.spread import funnel, shrunken, spread, spread_change

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cslib.stats.portfolios import Compared

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

SHAPES = {"8 CSMs, 300": (8, 300), "12, 300": (12, 300), "20, 600": (20, 600)}
TEAMS = {8: (2, 3, 3), 12: (3, 4, 5), 20: (5, 7, 8)}  # CSMs by size of customer
SIZES, PLANS = (0.15, 0.35, 0.5), (0.5, 0.3, 0.2)
BY_SIZE, BY_PLAN, BY_TENURE = (2.4, 1.6, 1.0), (0.0, 0.4, -0.4), 0.5  # logits; about four of five stay
PORTFOLIOS = 4  # of the Dirichlet law by which a team's customers fall to its CSMs
HIDDEN, WORSE = 0.35, -1.2  # logits
LEAST, ENOUGH, SURE = 5, 3, 0.05
FIRST_SEED, TRUTHS = 7000, 400


@dataclass(frozen=True)
class Law:
    """By how much CSMs differ, and their portfolios in what no data hold; standard deviations in logits."""

    spread: float = 0.0
    hidden: float = 0.0
    one: float = 0.0  # what one CSM differs by


LAWS = {
    "none": Law(), "hidden": Law(hidden=HIDDEN), "one_worse": Law(one=WORSE), "spread_35": Law(0.35), "spread_70": Law(0.7),
}  # fmt: skip


@dataclass(frozen=True)
class Book:
    """Customers of CSMs, and whether each is under contract a year later."""

    features: Floats
    stayed: Floats
    csm: Ints
    logits: Floats  # without what the CSM does
    done: Floats  # by each CSM, in logits

    def compared(self) -> Compared:
        """Return the CSMs beside what is expected of their customers."""
        found = compared(self.features, self.stayed, self.csm, LEAST, is_share=True)
        assert found is not None  # noqa: S101 - four of five stay
        return found


def book(law: Law, csms: int, customers: int, seed: int, year: int = 0) -> Book:
    """Return a book by a law; CSMs without a customer are left out. In another year they are the same, and their customers others."""
    rng = np.random.default_rng([seed, csms, customers, year])
    done = law.spread * np.random.default_rng([seed, csms]).standard_normal(csms)
    size, plan = rng.choice(3, customers, p=SIZES), rng.choice(3, customers, p=PLANS)
    tenure = rng.exponential(18, customers)
    csm = np.zeros(customers, dtype=np.int64)
    first = 0
    for place, staff in enumerate(TEAMS[csms]):
        mine = size == place
        csm[mine] = first + rng.choice(staff, int(mine.sum()), p=rng.dirichlet([PORTFOLIOS] * staff))
        first += staff
    kept = np.unique(csm)
    unseen = law.hidden * rng.standard_normal(csms)
    done[seed % csms] += law.one
    logits = np.array(BY_SIZE)[size] + np.array(BY_PLAN)[plan] + BY_TENURE * (np.log1p(tenure / 12) - 0.8) + unseen[csm]
    stayed = rng.random(customers) < chance(logits + done[csm])
    features = [*(size == one for one in range(2)), *(plan == one for one in range(2)), np.log1p(tenure / 12)]
    return Book(
        np.column_stack(features).astype(float), stayed.astype(float), np.searchsorted(kept, csm), logits, done[kept]
    )


def true_spread(of: Book, spread_of: float, judged: NDArray[np.bool_]) -> float:
    """Return the standard deviation of what CSMs who differ by so many logits do to the share of their customers."""
    rng = np.random.default_rng(1)
    done = spread_of * rng.standard_normal(TRUTHS)
    means = [chance(of.logits[of.csm == one][:, None] + done).mean(axis=0) for one in np.flatnonzero(judged)]
    return float(np.sqrt(np.mean([one.var() for one in means])))


def found(law: Law, csms: int, customers: int, seed: int, *, years: int = 2) -> dict[str, Any]:
    """Return what is said of a book, and what is true; of two years also whether the spread is said to have changed."""
    of = book(law, csms, customers, seed)
    by = of.compared()
    told = by.told
    row: dict[str, Any] = {"judged": len(told) / csms, "any_judged": len(told) >= ENOUGH}
    raw = np.abs(by.observed - by.overall) > Z * np.sqrt(by.overall * (1 - by.overall) / by.n)
    row |= {"raw": (raw & (by.n >= LEAST)).any()}
    if len(told) < ENOUGH:
        return row
    d, s2 = by.differences[told], by.variances[told]
    one, limits = spread(d, s2), funnel(d, s2, by.skewness[told], by.kurtosis[told])
    worst = int(np.argmax(np.abs(of.done))) if law.one else -1
    row |= {
        "marked": limits.marked.any(),
        "right": bool(limits.marked[told == worst].any()),
        "adjusted": (np.abs(d) > limits.inner).any(),
    }
    row |= {"test": by.p < SURE, "tau": one.value, "low": one.low, "high": one.high}
    truth = true_spread(of, law.spread, by.judged) if law.spread else 0.0
    row |= {"truth": truth, "holds": one.low <= truth <= one.high}
    true_d = np.array([(chance(of.logits + of.done[of.csm]) - chance(of.logits))[of.csm == at].mean() for at in told])
    true_d = true_d - np.average(true_d, weights=by.n[told])
    these = float(np.std(true_d, ddof=1))
    row |= {"holds_these": one.low <= these <= one.high}
    drawn = shrunken(d, s2, one.value)
    row |= {
        "error": float(np.sqrt(np.mean((d - true_d) ** 2))),
        "shrunken": float(np.sqrt(np.mean((drawn.value - true_d) ** 2))),
    }
    row |= {"covers": float(np.mean((drawn.low <= true_d) & (true_d <= drawn.high)))}
    again = book(law, csms, customers, seed, year=1).compared() if years > 1 else None
    if again and len(again.told) >= ENOUGH:
        change = spread_change(d, s2, again.differences[again.told], again.variances[again.told])
        row |= {"changed": change.low > 0 or change.high < 0}
    return row


def told(books: pd.DataFrame) -> dict[str, float]:
    """Return a kind's row of the table, in per cent, the spread and the errors in points."""
    flags = (
        "judged",
        "any_judged",
        "raw",
        "adjusted",
        "marked",
        "right",
        "test",
        "holds",
        "holds_these",
        "covers",
        "changed",
    )
    shares = {name: 100 * float(books[name].astype(float).mean()) for name in flags}
    return shares | {name: 100 * float(books[name].mean()) for name in ("truth", "tau", "error", "shrunken")}


def wanted(kind: str, row: dict[str, float]) -> Iterator[tuple[str, float, float, float]]:
    """Return what is asked of a kind: name, found, at least, at most."""
    yield "spread said to have changed", row["changed"], 0, 7
    if kind == "none":
        yield "anyone marked", row["marked"], 0, 3
        yield "spread test", row["test"], 3, 7
    if kind.startswith("spread"):
        yield "interval holds the spread of these CSMs", row["holds_these"], 90, 100
    if kind == "one_worse":
        yield "anyone marked", row["marked"], 10, 100


def main() -> None:
    """Print the table, and what is asked of it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--books", type=int, default=300)
    options.add_argument("--kinds", nargs="+", default=[*LAWS], choices=[*LAWS])
    chosen = options.parse_args()
    rows = {}
    for kind in chosen.kinds:
        for name, (csms, customers) in SHAPES.items():
            began = time.perf_counter()
            books = [found(LAWS[kind], csms, customers, FIRST_SEED + number) for number in range(chosen.books)]
            rows[kind, name] = told(pd.DataFrame(books))
            print(f"{kind}, {name}: {(time.perf_counter() - began) / chosen.books:.3f} s a book", flush=True)
            for asked, got, least, most in wanted(kind, rows[kind, name]):
                kept = "kept" if least <= got <= most else "MISSED"
                print(f"{kept}: {kind}, {name}: {asked}: {got:.1f}; wanted {least:g} to {most:g}", flush=True)
    print(f"\n{chosen.books} books of each kind, in % and points")
    print(pd.DataFrame(rows).T.round(1).to_string(), flush=True)


if __name__ == "__main__":
    main()
