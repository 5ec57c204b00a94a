"""How well the health score tells the lost from the others in demo businesses, and what other weights would gain.

`python -m bench.health [--seeds 5] [--customers 600]`. From raw tables through snapshot and facts to the audit of all customers
together: over all past closes, and over the late ones, which the fitted model has not seen. Below stands what is asked of it.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cslib.analysis.health.audit import health_audit
from cslib.demo import write_demo
from cslib.inquiries import inquire
from cslib.periods import Month
from cslib.portfolio import Portfolio
from cslib.stats import stratified_auc

if TYPE_CHECKING:
    from cslib.analysis.inquiry import Inquiry

LAST = Month.parse("2026-10")
FIRST_SEED = 1
_OF = 20  # the seeds that the wanted figures are of
_HALF, _LIFT, _WORSE = 0.5, 1.5, 0.03


def found(customers: int, seed: int) -> dict[str, float]:
    """Return the figures of the audit of a demo business, and how many seconds they took from the panel on."""
    with tempfile.TemporaryDirectory() as folder:
        write_demo(Path(folder), customers=customers, seed=seed)
        portfolio = Portfolio.open(Path(folder) / "params", (LAST + 1).first_day, into=Path(folder) / "snapshot")
        inquiry = inquire(portfolio, LAST, [portfolio.settings.total.id])
        assert inquiry.panel is not None  # noqa: S101 - the demo has contracts that end
        began = time.perf_counter()
        audit = health_audit(inquiry).set_index(["measure", "group"])
        seconds = time.perf_counter() - began
        alone = _events_alone(inquiry)
    value, low, count, verdict = (audit[name] for name in ("value", "low", "events", "verdict"))
    return {
        "seed": seed, "lost": count["auc", ""], "set": value["auc", ""], "low": low["auc", ""], "lift": value["lift", ""],
        **{band: value["loss_share", band] for band in ("red", "yellow", "green")},
        "ordered": verdict["loss_share", "red"] == "ordered", "green but lost": count["green_but_lost", ""],
        "red but stayed": value["red_but_stayed", ""],
        "lost late": count["auc_late", ""], "set late": value["auc_late", ""], "low late": low["auc_late", ""],
        "lift late": value["lift_late", ""], "ordered late": verdict["loss_share_late", "red"] == "ordered",
        "fitted late": value["refit_auc_late", ""], "alone late": alone, "gain": value["refit_gain", ""],
        "helps": verdict["refit_gain", ""] == "helps", "hurts": verdict["refit_gain", ""] == "hurts",
        "as predicted": int((verdict["observed"] == "as_predicted").sum()), "seconds": seconds,
    }  # fmt: skip


def _events_alone(inquiry: Inquiry) -> float:
    """Return the area of events per seat over the late closes."""
    panel, past = inquiry.panel, inquiry.backtest
    assert panel is not None and past is not None  # noqa: PT018, S101 - as above
    figure = panel.figure(next(one for one in inquiry.known if one.id == "events_per_seat"))[past.rows]
    chosen = past.late & ~np.isnan(figure)
    rows = past.rows[chosen]
    return stratified_auc(figure[chosen], past.lost[chosen], panel.strata[rows], panel.customers[rows]).auc


def _print_wanted(table: pd.DataFrame) -> None:
    """Print what is wanted of the backtest over all past closes; the same of the late ones, which are few, stands beside it."""
    seeds = len(table)
    counts = {
        "lower bound of the area over 1/2": (table.low > _HALF, table["low late"] > _HALF, 20, _OF),
        "lift over 1.5": (table.lift > _LIFT, table["lift late"] > _LIFT, 17, _OF),
        "bands in order": (table.ordered, table["ordered late"], 20, _OF),
        "refit helps": (table.helps, table.helps, 0, 8),
    }
    for name, (kept, late, least, most) in counts.items():
        got = int(kept.sum())
        said = "kept" if least * seeds <= got * _OF <= most * seeds else "MISSED"
        print(
            f"{said}: {name}: {got} of {seeds}, {int(late.sum())} in the late months; wanted {least} to {most} of {_OF}"
        )
    for name in ("set late", "fitted late"):
        by = float(table[name].mean() - table["alone late"].mean())
        print(
            f"{'kept' if by >= -_WORSE else 'MISSED'}: {name} less events alone: {by:+.3f}; wanted at least -{_WORSE}"
        )


def main() -> None:
    """Print the audit of each business, its means, and what is asked of them."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seeds", type=int, default=5)
    options.add_argument("--customers", type=int, default=600)
    chosen = options.parse_args()
    rows = []
    for number in range(chosen.seeds):
        rows.append(found(chosen.customers, FIRST_SEED + number))
        print(pd.DataFrame(rows[-1:]).round(3).to_string(index=False, header=not number), flush=True)
    table = pd.DataFrame(rows)
    numbers = table.drop(columns="seed").astype(float)
    print(pd.DataFrame({"mean": numbers.mean(), "sd": numbers.std()}).round(3).to_string())
    _print_wanted(table)


if __name__ == "__main__":
    main()
