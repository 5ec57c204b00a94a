"""Which indicators are found to lead in demo businesses, whose causes are known; wanted: the causes, and never the dud.

`python -m bench.leads [--seeds 5] [--customers 600 …]`. From raw tables through snapshot and facts to the verdicts of all
customers together. Below each table stands what is asked of it. Beside the dud of the demo and account issuance, which are in
the tables (the latter is one of losses alone), three more are drawn here for each seed: one that drifts (AR 0.9), white noise, and a flag of three in ten customers.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from cslib.analysis.indicators import Indicator
from cslib.analysis.inquiry import Inquiry
from cslib.analysis.panel import NEEDS, Panel
from cslib.analysis.signals import signals
from cslib.demo import write_demo
from cslib.kpis.kpi import Better
from cslib.periods import Month
from cslib.portfolio import Portfolio
from cslib.stats import Verdict

if TYPE_CHECKING:
    from numpy.typing import NDArray

LAST = Month.parse("2026-10")
DRAWN = tuple(Indicator(name, "", Better.HIGHER, NEEDS) for name in ("dud_drifting", "dud_white", "dud_flag"))
DUDS = ("customers.lead_score", "account_issuance", *(one.id for one in DRAWN))  # the first never changes of a customer
DRIFT, FLAGGED = 0.9, 0.3
FIRST_SEED = 1
_OF = 20  # the seeds that the wanted figures are of


class Wanted(NamedTuple):
    """In how many of twenty seeds an indicator is to be given a verdict, at most or at least."""

    customers: int
    indicator: str
    outcome: str
    verdict: Verdict
    least: int = 0
    most: int = _OF


WANTED = (
    Wanted(600, "feature_breadth", "lost 6", Verdict.LEADS, 20),
    Wanted(600, "events_per_seat", "lost 6", Verdict.LEADS, 20),
    Wanted(600, "onboarding_days", "lost 6", Verdict.LEADS, 16),
    Wanted(600, "customers_with_outcome", "expanded 12", Verdict.LEADS, 13),
    *(
        Wanted(600, dud, outcome, Verdict.LEADS, most=1)
        for dud in DUDS
        for outcome in ("lost 6", "lost 12", "expanded 12")
        # who issues accounts for nearly all seats is short of them, and buys more
        if (dud, outcome) != ("account_issuance", "expanded 12")
    ),
    Wanted(600, DUDS[0], "lost 6", Verdict.DOES_NOT_LEAD, 16),
    Wanted(200, DUDS[0], "lost 6", Verdict.CANNOT_TELL, 18),
    Wanted(1500, "feature_breadth", "lost 6", Verdict.LEADS, 20),
    Wanted(1500, "events_per_seat", "lost 6", Verdict.LEADS, 20),
    Wanted(1500, "onboarding_days", "lost 6", Verdict.LEADS, 20),
    Wanted(1500, "customers_with_outcome", "expanded 12", Verdict.LEADS, 20),
    Wanted(1500, DUDS[0], "lost 6", Verdict.DOES_NOT_LEAD, 20),
)


class DudPanel(Panel):
    """A panel with figures on which nothing depends and which depend on nothing."""

    def __init__(self, inquiry: Inquiry, seed: int) -> None:
        super().__init__(inquiry.facts, inquiry.as_of, [one for one in inquiry.known if one not in DRAWN])
        months = self.months - int(self.months.min())
        drawn = drawn_duds(int(self.customers.max()) + 1, int(months.max()) + 1, seed)
        self._figures |= {name: figures[self.customers, months] for name, figures in drawn.items()}


@dataclass(frozen=True)
class DudInquiry(Inquiry):
    """A question in which duds are among the figures that may lead."""

    seed: int = 0

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        """Those of the product, and the duds."""
        return (*super().indicators, *DRAWN)

    @cached_property
    def panel(self) -> Panel:
        """Their panel."""
        return DudPanel(self, self.seed)


def drawn_duds(customers: int, months: int, seed: int) -> dict[str, NDArray[np.float64]]:
    """Return a figure per customer and month of each dud: one that drifts, white noise, a flag that never changes."""
    rng = np.random.default_rng([seed, len(DRAWN)])
    drifting = rng.normal(size=(customers, months))
    for month in range(1, months):
        drifting[:, month] = DRIFT * drifting[:, month - 1] + (1 - DRIFT**2) ** 0.5 * drifting[:, month]
    flag = np.repeat((rng.random(customers) < FLAGGED).astype(float)[:, None], months, axis=1)
    return dict(zip((one.id for one in DRAWN), (drifting, rng.normal(size=(customers, months)), flag), strict=True))


def found(customers: int, seed: int) -> pd.DataFrame:
    """Return the verdicts on all customers of a demo business, and how many seconds they took from the facts on."""
    with tempfile.TemporaryDirectory() as folder:
        write_demo(Path(folder), customers=customers, seed=seed)
        portfolio = Portfolio.open(Path(folder) / "params", (LAST + 1).first_day, into=Path(folder) / "snapshot")
        facts = portfolio.facts(LAST, portfolio.segment_ids())
        facts["customer_states"].count().to_pyarrow()
        began = time.perf_counter()
        total = (portfolio.settings.total.id,)
        table = signals(DudInquiry(facts, LAST, portfolio.settings, portfolio.catalogue, total, seed=seed))
        seconds = time.perf_counter() - began
    return table.assign(seed=seed, seconds=seconds, outcome=table.outcome + " " + table.horizon.astype(str))


def counted(tables: pd.DataFrame) -> pd.DataFrame:
    """Return how often each indicator was given each verdict by outcome, as leads/cannot tell/does not lead/other way."""
    order = (Verdict.LEADS, Verdict.CANNOT_TELL, Verdict.DOES_NOT_LEAD, Verdict.OTHER_WAY)
    told = {
        outcome: {
            indicator: "/".join(str((mine.verdict == one).sum()) for one in order)
            for indicator, mine in of_outcome.groupby("indicator", sort=False)
        }
        for outcome, of_outcome in tables.groupby("outcome", sort=False)
    }
    return pd.DataFrame(told)


def _print_wanted(tables: pd.DataFrame, customers: int, seeds: int) -> None:
    for one in WANTED:
        if one.customers == customers:
            mine = tables[(tables.indicator == one.indicator) & (tables.outcome == one.outcome)]
            got = int((mine.verdict == one.verdict).sum())
            asked = f"at least {one.least}" if one.least else f"at most {one.most}"
            kept = one.least * seeds <= got * _OF and got <= max(one.most * seeds / _OF, float(one.most < _OF))
            print(
                f"{'kept' if kept else 'MISSED'}: {one.indicator}, {one.outcome}, {one.verdict}: {got} of {seeds}; wanted {asked} of {_OF}"
            )


def main() -> None:
    """Print the verdicts at each number of customers, and what is asked of them."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seeds", type=int, default=5)
    options.add_argument("--customers", type=int, nargs="+", default=[600])
    chosen = options.parse_args()
    for customers in chosen.customers:
        tables = pd.concat([found(customers, FIRST_SEED + number) for number in range(chosen.seeds)])
        events = tables.groupby("outcome", sort=False).events.median()
        print(f"\n{customers} customers, {chosen.seeds} seeds: leads/cannot tell/does not lead/other way")
        print("customers with the outcome:", ", ".join(f"{name} {int(count)}" for name, count in events.items()))
        print(f"seconds from the facts on: {tables.seconds.median():.1f}")
        print(counted(tables).to_string(), flush=True)
        _print_wanted(tables, customers, chosen.seeds)


if __name__ == "__main__":
    main()
