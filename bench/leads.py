"""Which indicators are found to lead in demo businesses, whose causes are known; wanted: the causes, and never the dud.

`python -m bench.leads [--seeds 5] [--customers 600 …]`. From raw tables through snapshot and facts to the verdicts of all
customers together. Below each table stands what is asked of it.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from cslib.analysis.signals import signals
from cslib.demo import write_demo
from cslib.inquiries import inquire
from cslib.periods import Month
from cslib.portfolio import Portfolio
from cslib.stats import Verdict

LAST = Month.parse("2026-10")
DUDS = ("customers.lead_score", "account_issuance")  # the first never changes of a customer
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
    ),
    Wanted(600, DUDS[0], "lost 6", Verdict.DOES_NOT_LEAD, 16),
    Wanted(200, DUDS[0], "lost 6", Verdict.CANNOT_TELL, 18),
    Wanted(1500, "feature_breadth", "lost 6", Verdict.LEADS, 20),
    Wanted(1500, "events_per_seat", "lost 6", Verdict.LEADS, 20),
    Wanted(1500, "onboarding_days", "lost 6", Verdict.LEADS, 20),
    Wanted(1500, "customers_with_outcome", "expanded 12", Verdict.LEADS, 20),
    Wanted(1500, DUDS[0], "lost 6", Verdict.DOES_NOT_LEAD, 20),
)


def found(customers: int, seed: int) -> pd.DataFrame:
    """Return the verdicts on all customers of a demo business, and how many seconds they took from the facts on."""
    with tempfile.TemporaryDirectory() as folder:
        write_demo(Path(folder), customers=customers, seed=seed)
        portfolio = Portfolio.open(Path(folder) / "params", (LAST + 1).first_day, into=Path(folder) / "snapshot")
        facts = portfolio.facts(LAST, portfolio.segment_ids())
        facts["customer_states"].count().to_pyarrow()
        began = time.perf_counter()
        table = signals(inquire(portfolio, LAST, [portfolio.settings.total.id]))
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
