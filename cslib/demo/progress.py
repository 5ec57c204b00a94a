"""How far customers have come: onboarding milestones, goals, programmes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cslib.demo.behaviour import GOAL_TERM_DAYS, LEVELS
from cslib.demo.columns import NEVER, Rows, days, ids, known_by, ordered, pick
from cslib.demo.sizes import SIZES

if TYPE_CHECKING:
    from cslib.demo.columns import Columns, Dates, Flags, Texts
    from cslib.demo.state import World

TECH = next(place for place, size in enumerate(SIZES) if size.touch_model == "tech")
LAST_STEPS = 0.75  # those who never finish stop here
OPTIONAL_DONE, UNMARKED = 0.45, 0.04
MEASURED = 0.4  # of the goals that are not achieved
CONFIRMED = {"true": 0.72, "false": 0.16, "": 0.12}


@dataclass(frozen=True)
class Step:
    """An onboarding step: the share of the whole time at which it is done, and when it is due."""

    name: str
    at: float
    due: int
    self_served: bool = True
    required: bool = True


STEPS = (
    Step("キックオフ", 0.08, 14, self_served=False),
    Step("初期設定", 0.3, 30),
    Step("データ移行", 0.55, 45, self_served=False),
    Step("管理者研修", 0.8, 60),
    Step("本番利用開始", 1.0, 90),
    Step("活用ワークショップ", 1.4, 120, required=False),
)
TITLES = {
    "department": ("問い合わせ対応時間の短縮", "月次報告の作成時間の削減", "受注率の向上", "在庫差異の削減"),
    "individual": ("報告書作成の自動化", "週次の残業時間の削減", "案件登録の徹底", "ダッシュボードの毎日確認"),
}


def milestones(world: World) -> Columns:
    """Return the onboarding steps of every customer that bought and whose onboarding was recorded."""
    left, recorded = world.first_left(), ~world.customers.never_buys & ~world.customers.unrecorded
    rows = Rows()
    for order, step in enumerate(STEPS):
        who = np.nonzero(recorded & (step.self_served | (world.customers.size != TECH)))[0]
        done = _done(world, step)[who]
        rows.add(
            customer=who, order=order, milestone=step.name,
            due_on=world.customers.start[who] + np.timedelta64(step.due, "D"),
            completed_on=known_by(np.where(done < left[who], done, NEVER), world.calendar.end),
            required=_required(world.rng, step, len(who)),
        )  # fmt: skip
    return ordered(rows.columns(), "customer", "order")


def _done(world: World, step: Step) -> Dates:
    luck = world.rng.uniform(0.8, 1.0, world.customers.count) if step.at < 1 else 1.0
    done = world.customers.start + days(np.ceil(world.customers.onboarding_days * step.at * luck))
    skipped = world.customers.never_onboarded & (step.at > LAST_STEPS)
    if not step.required:
        skipped = skipped | (world.rng.random(world.customers.count) > OPTIONAL_DONE)
    return np.where(skipped, NEVER, done)


def _required(rng: np.random.Generator, step: Step, count: int) -> Texts:
    """Return `true` or `false`; some required steps are not marked, which means the same."""
    marked = rng.random(count) >= UNMARKED
    return np.where(marked, "true", "") if step.required else np.full(count, "false")


def goals(world: World) -> Columns:
    """Return the goals in the order in which they were set."""
    table = ordered(world.history.goals, "set_on", "customer", "level")
    level, achieved = table["level"], ~np.isnat(table["achieved_on"])
    count, uniform = len(level), world.rng.uniform
    baseline = np.round(uniform(20, 120, count), 0)
    target = np.round(baseline * uniform(0.5, 0.85, count), 1)
    reached = np.where(achieved, target * uniform(0.85, 1.0, count), baseline * uniform(0.8, 1.05, count))
    measured = achieved | (world.rng.random(count) < MEASURED)
    return {
        "goal_id": ids("G", count, 6),
        "customer": table["customer"],
        "level": np.array(LEVELS)[level],
        "title": _titles(world.rng, level == 1),
        "set_on": table["set_on"],
        "due_on": table["set_on"] + days(np.array(GOAL_TERM_DAYS)[level]),
        "baseline": baseline,
        "target": target,
        "actual": np.where(measured, np.round(reached, 1), np.nan),
        "achieved_on": table["achieved_on"],
        "confirmed_by_customer": np.where(achieved, pick(world.rng, CONFIRMED, count), ""),
    }


def _titles(rng: np.random.Generator, individual: Flags) -> Texts:
    drawn = [np.array(TITLES[level])[rng.integers(0, len(TITLES[level]), len(individual))] for level in LEVELS]
    return np.where(individual, drawn[1], drawn[0])


def programmes(world: World) -> Columns:
    """Return who took part in which programme, and until when where that is over."""
    table = ordered(world.history.programmes, "started_on", "customer")
    return {**table, "ended_on": known_by(table["ended_on"], world.calendar.end)}
