"""What rivals cost and catch: how often one of six that mean nothing stands in the way, and how often a true one is seen.

`python -m bench.effect_rivals [--books 100]`. A rival counts where its own 95 % interval leaves 0 out, which is the rule; beside it
what would be said if all rivals of an estimate were one family (Holm).
"""

from __future__ import annotations

import argparse
from dataclasses import replace

import numpy as np
import pandas as pd

from bench.effect import FIRST_SEED, RULES
from bench.programme_books import Lived, lived
from cslib.stats.judging import LEVEL, Effect, judge
from cslib.stats.readings import Readings, readings
from cslib.stats.rivals import Reads, Rival
from cslib.stats.separation import holm
from cslib.stats.trials import NEVER, Outcome

# of a true rival: participants pay a tenth less from the start, where prices move by chance
_DISCOUNT, _PRICE_SD = 0.1, 0.15
_MONTHS = 30


def rivals(book: Lived, seed: int, *, true: bool) -> list[Rival]:
    """Return six rivals, of which the price is the true one or means nothing either."""
    rng, n = np.random.default_rng([seed, 6]), book.chance.count
    seats = book.chance.seats[:, None]
    moved = np.exp(np.cumsum(rng.normal(0, 0.1, (n, _MONTHS)) * (rng.random((n, _MONTHS)) < 0.06), axis=1))  # noqa: PLR2004 - a month
    renewed = np.cumsum(rng.normal(0, _PRICE_SD, (n, _MONTHS)) * (rng.random((n, _MONTHS)) < 1 / 12), axis=1)
    given = (np.arange(_MONTHS) > book.first[:, None]) & (book.first[:, None] < NEVER) & true
    changed = rng.random((n, _MONTHS)) < 0.02  # noqa: PLR2004 - a month
    near = np.column_stack([changed[:, max(m - 3, 0) : m + 4].any(axis=1) for m in range(_MONTHS)])
    return [
        Rival("tickets", rng.poisson(0.4, (n, _MONTHS)) / seats),
        Rival("grave_tickets", rng.poisson(0.05, (n, _MONTHS)) / seats),
        Rival("seats", (seats * moved).astype(np.float64)),
        Rival("price", (5000 * np.exp(renewed) * np.where(given, 1 - _DISCOUNT, 1.0)).astype(np.float64)),
        Rival("products", np.cumsum(rng.random((n, _MONTHS)) < 0.01, axis=1).astype(np.float64)),  # noqa: PLR2004 - a month
        Rival("csm", near.astype(np.float64), Reads.AT_START),
    ]


def as_family(found: Readings) -> Readings:
    """Return the readings with those rivals alone that stand out among all."""
    adjusted = holm(np.array([one.contrast.p for one in found.rivals]))
    kept = [one for one, p in zip(found.rivals, adjusted, strict=True) if one.differs and p < LEVEL]
    return replace(found, rivals=tuple(kept))


def told(kind: str, books: int, *, true: bool) -> dict[str, float]:
    """Return in how many of the books, in %, a rival was seen and the verdict was supported, either way of counting."""
    rows = []
    for seed in range(FIRST_SEED, FIRST_SEED + books):
        book, _ = lived(kind, seed)
        use = Outcome("use", book.figure(book.use))
        found = readings(book.book(), use, RULES, rivals(book, seed, true=true))
        family = as_family(found)
        rows.append({
            "any of six": any(one.differs for one in found.rivals), "family": bool(family.rivals),
            "price": next(one.differs for one in found.rivals if one.id == "price"),
            "supported without": judge(replace(found, rivals=()), RULES).verdict is Effect.SUPPORTED,
            "supported": judge(found, RULES).verdict is Effect.SUPPORTED,
            "supported, family": judge(family, RULES).verdict is Effect.SUPPORTED,
        })  # fmt: skip
    return dict(100 * pd.DataFrame(rows).mean())


def main() -> None:
    """Print both."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--books", type=int, default=100)
    books = options.parse_args().books
    rows = {
        "none, six that mean nothing": told("none", books, true=False),
        "effect, six that mean nothing": told("effect", books, true=False),
        "effect, all of it the price's": told("effect", books, true=True),
    }
    print(pd.DataFrame(rows).T.round(1).to_string())


if __name__ == "__main__":
    main()
