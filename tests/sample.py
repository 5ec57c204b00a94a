"""Invented frames for the looks: every chart and table, in every state that a page must bear."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cslib import charts, tables
from cslib.kpis.kpi import Better, Interval, Kpi, Posture, Stage, Unit, count
from cslib.periods import Month, months_up_to

if TYPE_CHECKING:
    from cslib.charts import Figure
    from cslib.i18n import Wording
    from cslib.tables import Table

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "<!-- comment",
    "株式会社" + "長い名前" * 74,
    "🚀 ロケット商事",
    "شركة النور للتجارة",
    '=HYPERLINK("http://x")',
    "\"quoted\" & 'single'",
)
MONTHS = [str(month) for month in months_up_to(Month.parse("2026-10"), 24)]


def kpi(name: str, unit: Unit, stage: Stage = Stage.FINANCIAL, better: Better = Better.HIGHER) -> Kpi:
    """Return a KPI that is named after its id in both languages."""
    return Kpi(
        id=name,
        ja=f"{name}の率",
        en=f"{name} rate",
        stage=stage,
        unit=unit,
        better=better,
        posture=Posture.LEADING,
        ja_formula="分子 ÷ 分母",
        en_formula="part ÷ whole",
        fact="customer_months",
        needs=("contracts", "contracts.seats"),
        interval=Interval.BOOTSTRAP,
        n=count(),
    )


NRR = kpi("nrr", Unit.SHARE)
CHURN = kpi("churn", Unit.SHARE, better=Better.LOWER)
NPS = kpi("nps", Unit.POINTS, Stage.SATISFACTION)
MRR = kpi("mrr", Unit.AMOUNT)
KPIS = (NRR, CHURN, NPS, MRR)


def long_table(one: Kpi, values: list[float | None], target: float | None = None) -> pd.DataFrame:
    """Return a KPI's rows of the long table, the last value in the last month."""
    months = MONTHS[-len(values) :]
    status = [
        "not_measurable" if value is None else "on_target" if target is not None else "no_target" for value in values
    ]
    return pd.DataFrame(
        {
            "segment": "all",
            "month": months,
            "kpi": one.id,
            "value": np.array(values, dtype=float),
            "n": 12,
            "low": [None if value is None else value * 0.9 for value in values],
            "high": [None if value is None else value * 1.1 for value in values],
            "target": target,
            "status": status,
            "reason": ["needs goals" if value is None else "" for value in values],
        }
    )


def trend_of(one: Kpi) -> pd.DataFrame:
    """Return two years of a KPI with a gap and a month of few cases."""
    base = {Unit.AMOUNT: 128_400_000.0, Unit.POINTS: 0.2}.get(one.unit, 0.9)
    values: list[float | None] = [base * (1 + 0.01 * at) for at in range(24)]
    values[4] = None
    frame = long_table(one, values, base)
    frame.loc[8, "status"] = "small"
    frame.loc[8, "n"] = 3
    return frame


BRIDGE = pd.DataFrame(
    {
        "movement": ["opening", "new", "reactivation", "upsell", "cross_sell", "contraction", "churn", "closing"],
        "amount": [1_000_000, 60_000, 5_000, 30_000, 10_000, 20_000, 45_000, 1_040_000],
    }
)
MOVEMENTS = pd.DataFrame(
    [
        {"month": month, "movement": movement, "amount": amount}
        for month in MONTHS[-3:]
        for movement, amount in (("opening", 9e6), ("new", 5e5), ("upsell", 2e5), ("contraction", 1e5), ("churn", 4e5))
    ]
)
CHAIN = pd.DataFrame(
    {
        "gate": list(Stage)[:4], "passed": [90, 70, None, 60], "passed_all_before": [90, 65, None, 20], "whole": 100,
        "low": [0.8, 0.6, None, 0.5], "high": [0.95, 0.8, None, 0.7], "all_low": [0.8, 0.55, None, 0.13],
        "all_high": [0.95, 0.75, None, 0.29], "came": [100, 90, None, 65], "breaks": [False, False, None, True],
        "reason": ["", "", "needs surveys", ""],
    }
)  # fmt: skip
CONDITIONS = {str(stage): text for stage, text in zip(Stage, [*HOSTILE[:1], "B", "C", "D", "E"], strict=True)}
ANSWERS = pd.DataFrame({"score": [0, 7, 8, 9, 10], "answers": [1, 1, 1, 2, 1]})
COHORTS = pd.DataFrame(
    [
        {"cohort": month, "age": age, "retention": 1 - age * 0.02, "n": 10}
        for at, month in enumerate(MONTHS[-6:])
        for age in range(6 - at)
    ]
)
CURVE = pd.DataFrame(
    {"days": [0, 30, 60, 90], "open_share": [1.0, 0.8, 0.5, 0.2], "low": [1.0, 0.6, 0.3, 0.1], "high": [1.0, 0.9, 0.7, 0.4], "at_risk": [20, 16, 10, 4], "ended": [0, 3, 4, 2]}
)  # fmt: skip
GROUPS = pd.DataFrame(
    {"group": ["佐藤", HOSTILE[0]], "value": [1.1, 0.9], "low": [1.0, 0.7], "high": [1.2, 1.05], "n": [10, 4]}
)
SIGNALS = pd.DataFrame(
    {"indicator": ["nps", f"customers.{HOSTILE[0]}", "tickets"], "customers": 40, "events": [12, 12, None], "auc": [0.7, 0.45, None], "low": [0.6, 0.3, None], "high": [0.8, 0.6, None], "risk_ratio": [2.5, 0.9, None], "rr_low": [1.5, 0.4, None], "rr_high": [4.1, 2.0, None], "lead_months": [6, None, None], "needed": [None, 120, None], "verdict": ["leads", "cannot_tell", "cannot_tell"], "reason": ["", "wide", "needs tickets"]}
)  # fmt: skip
TOUCH = pd.DataFrame([
    {"touch_model": model, "measure": name, "value": value, "reason": ""}
    for model, mrr, hours in (("high", 0.7, 0.6), ("low", 0.2, 0.37), ("tech", 0.1, 0.03), ("all", 1.0, 1.0))
    for name, value in (("mrr_share", mrr), ("hours_share", hours))
])  # fmt: skip
EFFECT = pd.DataFrame(
    [
        {
            "programme": one,
            "name_ja": one,
            "name_en": one,
            "outcome": "use",
            "meant": True,
            "participants": n,
            "before": 9.4,
            "value": 1.8,
            "low": 1.0,
            "high": 2.6,
            "lowest": 1.6,
            "highest": 1.9,
            "sway": 0.5,
            "trend_unseen": 2.5,
            "expected": None,
            "seen_from": 1.1,
            "needed": None,
            "needed_by": "",
            "verdict": verdict,
            "reason": reason,
        }
        for one, n, verdict, reason in (
            (HOSTILE[0], 38, "supported", ""),
            ("*", 60, "cannot_tell", "sway, rival_csm"),
            ("研修", 22, "consistent", "apart"),
        )
    ]
)
EFFECT_MONTHS = pd.DataFrame(
    [
        {
            "programme": HOSTILE[0],
            "outcome": outcome,
            "since": since,
            "participants": 0.9 if outcome == "kept" else 0.1 + 1.7 * (since > 0),
            "comparison": 0.85 if outcome == "kept" else 0.0,
            "value": 0.05,
            "low": -0.6,
            "high": 0.7,
            "n": 38,
            "n_comparison": 132,
            "reason": "",
        }
        for outcome, span in (("use", range(-6, 7)), ("kept", range(13)))
        for since in span
    ]
)
EFFECT_READINGS = pd.DataFrame(
    [
        {
            "programme": HOSTILE[0],
            "outcome": "use",
            "kind": kind,
            "reading": reading,
            "value": value,
            "low": value - 0.8,
            "high": value + 0.8,
            "n": 38,
            "moves": False,
            "in_the_way": False,
            "reason": "",
        }
        for kind, reading, value in (
            ("estimate", "symmetric", 1.8),
            ("estimate", "apart", 1.6),
            ("estimate", "alike", 1.9),
            ("estimate", "own_trend", 1.2),
            ("placebo", "start_3_earlier", 0.2),
            ("raw", "before_after", 3.0),
            ("rival", "tickets", 0.4),
        )
    ]
)

CSMS = pd.DataFrame([
    {
        "segment": "total", "outcome": outcome, "csm": csm, "customers": 20 * (at + 1), "observed": 0.8, "expected": 0.84, "adjusted": 0.8,
        "limit_low": 0.75, "limit_high": 0.93, "outer_low": 0.81 if at == 1 else 0.6, "outer_high": 1.0, "marked": at == 1,
        "shrunken": 0.82, "low": 0.78, "high": 0.86, "touches": 0.9, "onboarding_days": 41, "detractors_heard": None, "csms": 3,
        "unjudged": 1, "unserved": 2, "spread": 0.031, "spread_low": 0.0, "spread_high": 0.074, "p": 0.2, "before": 0.058,
        "before_low": 0.019, "before_high": 0.109, "trend": "cannot_tell", "told_by": "assignments", "verdict": "cannot_tell",
        "reason": "",
    }
    for outcome in ("customer_retention", "onboarding_days")
    for at, csm in enumerate(("", HOSTILE[0], "佐藤"))
])  # fmt: skip
COSTS = pd.DataFrame([
    {
        "segment": "total", "touch_model": model, "programme": "", "customers": 40, "cost_basis": "costs" if not model else "share_of_hours",
        "mrr": 4e6, "cost": 1.2e7, "hours": 100, "kept": 3.1e7, "added": 2e6, "ratio": 0.36, "grr": 0.94, "break_even": 0.357,
        "verdict": "cannot_tell", "reason": "",
    }
    for model in ("", "high", "tech")
])  # fmt: skip


def courses(groups: int) -> pd.DataFrame:
    """Return a KPI by month for groups that stand one above the other, the first with a month without a value."""
    names = [*HOSTILE, *(f"担当{at}" for at in range(groups))][:groups]
    listed = [
        {"group": name, "month": month, "value": 0.5 + at / 100 + step / 1000, "low": 0.4, "high": 0.9, "n": 7}
        for at, name in enumerate(names)
        for step, month in enumerate(MONTHS)
    ]
    frame = pd.DataFrame(listed)
    frame.loc[3, "value"] = None
    return frame


@cache
def figures(wording: Wording) -> list[Figure]:
    """Return one figure of every kind, drawn once: nobody changes them."""
    return [
        *charts.trends(pd.concat(map(trend_of, KPIS)), KPIS, wording, total=pd.concat(map(trend_of, KPIS))),
        charts.movement_bridge(BRIDGE, wording),
        charts.movements(MOVEMENTS, wording),
        charts.chain(CHAIN, CONDITIONS, wording),
        charts.distribution(ANSWERS, wording),
        charts.cohorts(COHORTS, wording),
        charts.survival(CURVE, wording, title="curve"),
        charts.breakdown(GROUPS, NRR, wording),
        charts.small_multiples(courses(3), NRR, wording, "CSM", courses(1)),
        charts.signals(SIGNALS, wording, "lost", 6),
        charts.touch_shares(TOUCH, wording),
        charts.event_studies(EFFECT_MONTHS, EFFECT, wording)[1],
        charts.kept(EFFECT_MONTHS, EFFECT, wording)[1],
        charts.readings(EFFECT_READINGS, EFFECT, wording)[1],
        charts.csm_funnel(CSMS, "", wording),
        *charts.costs(COSTS, wording),
    ]


@cache
def empty_figures(wording: Wording) -> list[Figure]:
    """Return one figure of every kind over frames without rows."""
    return [
        charts.trend(trend_of(NRR).head(0), NRR, wording),
        charts.movement_bridge(BRIDGE.head(0), wording),
        charts.movements(MOVEMENTS.head(0), wording),
        charts.chain(CHAIN.head(0), CONDITIONS, wording),
        charts.distribution(ANSWERS.head(0), wording),
        charts.cohorts(COHORTS.head(0), wording),
        charts.survival(CURVE.head(0), wording, title="curve"),
        charts.breakdown(GROUPS.head(0), NRR, wording),
        charts.small_multiples(courses(1).head(0), NRR, wording, "CSM"),
        charts.signals(SIGNALS.head(0), wording, "lost", 6),
        charts.touch_shares(TOUCH.head(0), wording),
        charts.event_studies(EFFECT_MONTHS.head(0), EFFECT, wording)[1],
        charts.readings(EFFECT_READINGS.head(0), EFFECT, wording)[1],
        charts.costs(COSTS.head(1).assign(kept=None, break_even=None, mrr=None), wording)[1],
    ]


def card() -> pd.DataFrame:
    """Return a scorecard: on target, off target, no value, no target; a change within chance, one beyond it, one not judged."""
    return pd.DataFrame(
        {
            "kpi": ["nps", "nrr", "churn", "mrr"],
            "value": [1 / 3, 0.8, None, 123_456_789.0],
            "low": [0.1, 0.75, None, None],
            "high": [0.5, 0.842, None, None],
            "target": [0.3, 0.9, 0.01, None],
            "status": ["on_target", "off_target", "not_measurable", "no_target"],
            "change_month": [0.05, -0.012, None, 0.0],
            "clarity_month": [0.3, 1.2, None, None],
            "change_year": [None, 0.02, None, -1e6],
            "total": [0.2, 0.85, 0.02, 1e9],
            "n": [6, 20, 0, 20],
            "owner": [HOSTILE[0], "", "", ""],
            "reason": ["", "", "needs contracts", ""],
            "history": [[0.1, None, 0.33], [0.7, 0.8], [], [1e8, 1.2e8]],
        }
    )


def customers(rows: int, wording: Wording, limit: int = 50) -> Table:
    """Return a table of customers, the hostile names first."""
    names = [*HOSTILE, *(f"株式会社{at}" for at in range(rows))][:rows]
    frame = pd.DataFrame(
        {
            "name": names,
            "mrr": np.linspace(-1e6, 9e13, rows),
            "share": [None, *np.linspace(0, 1, rows - 1)],
            "renews_on": pd.date_range("2026-11-01", periods=rows),
            "use": [[1.0, None, 3.0]] * rows,
        }
    )
    columns: dict[str, str | tuple[str, Unit | str]] = {
        "name": wording.text("customer_name"),
        "mrr": ("MRR", Unit.AMOUNT),
        "share": (wording.text("retention"), Unit.SHARE),
        "renews_on": (wording.text("month"), "date"),
        "use": (wording.text("history"), "history"),
    }
    return tables.customer_list(frame, wording, wording.text("list_nrr"), columns, limit)
