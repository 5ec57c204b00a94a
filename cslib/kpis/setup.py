"""導入: is everybody onboarded, and quickly?"""

from __future__ import annotations

from ibis import _

from cslib.kpis import references
from cslib.kpis.kpi import Better, Interval, Kpi, Listed, Posture, Stage, Unit, count
from cslib.kpis.predicates import LIMIT_PASSED, ONBOARDED, UNDER_CONTRACT, median_days_until

_OBSERVED = LIMIT_PASSED | ONBOARDED
_IN_TIME = _.onboarded_on.delta(_.first_start, unit="day") <= _.onboarding_days

SETUP = (
    Kpi(
        id="onboarding_coverage", ja="オンボーディング提供率", en="Onboarding coverage",
        stage=Stage.SETUP, unit=Unit.SHARE, better=Better.HIGHER, posture=Posture.LEADING,
        ja_formula="マイルストーンを1つ以上完了した契約中の顧客 ÷ 契約中の顧客",
        en_formula="Customers under contract with at least one milestone completed ÷ customers under contract",
        fact="customer_months", needs=("contracts.ends_on", "milestones.completed_on"), interval=Interval.WILSON,
        part=count(UNDER_CONTRACT & (_.first_milestone_on <= _.last_day)),
        whole=count(UNDER_CONTRACT),
        n=count(UNDER_CONTRACT),
        reference=references.CUSTOMER_SUCCESS,
    ),
    Kpi(
        id="onboarding_completion", ja="オンボーディング完了率", en="Onboarding completion",
        stage=Stage.SETUP, unit=Unit.SHARE, better=Better.HIGHER, posture=Posture.LEADING,
        ja_formula="必須マイルストーンをすべて完了した契約中の顧客 ÷ 期限(onboarding_days)を過ぎたか、すでに完了した契約中の顧客",
        en_formula="Customers under contract with every required milestone completed ÷ those whose limit"
        " (onboarding_days from first contract start) has passed, or who completed earlier",
        fact="customer_months", needs=("contracts.ends_on", "milestones.completed_on"), interval=Interval.WILSON,
        part=count(UNDER_CONTRACT & ONBOARDED),
        whole=count(UNDER_CONTRACT & _OBSERVED),
        n=count(UNDER_CONTRACT & _OBSERVED),
        reference=references.CUSTOMER_SUCCESS,
    ),
    Kpi(
        id="onboarding_cohort_completion", ja="コホート完了率", en="Cohort completion",
        stage=Stage.SETUP, unit=Unit.SHARE, better=Better.HIGHER, posture=Posture.LEADING,
        ja_formula="直近12か月に初回契約した顧客のうち期限内に完了した顧客 ÷ 期限まで観測できたか完了した顧客(完了前に失った顧客も含む)",
        en_formula="Customers first contracted in the last 12 months who completed within the limit ÷ those observed"
        " for the limit or completed; a customer lost before completing stays in the whole",
        fact="starts", needs=("contracts.ends_on", "milestones.completed_on"), window=12, interval=Interval.WILSON,
        part=count(ONBOARDED & _IN_TIME),
        whole=count(_OBSERVED),
        n=count(_OBSERVED),
        reference=references.CUSTOMER_SUCCESS,
    ),
    Kpi(
        id="onboarding_on_time", ja="期限内完了率", en="Milestones on time",
        stage=Stage.SETUP, unit=Unit.SHARE, better=Better.HIGHER, posture=Posture.LEADING,
        ja_formula="期日までに完了した必須マイルストーン ÷ 直近3か月に期日を迎えた必須マイルストーン",
        en_formula="Required milestones completed by their due date ÷ required milestones due in the last 3 months",
        fact="milestones_due", needs=("milestones.due_on", "milestones.completed_on"), window=3, interval=Interval.WILSON,
        part=count(_.completed_on <= _.due_on),
        whole=count(),
        n=count(),
        listed=Listed("期限を守れなかったマイルストーン", "Milestones not on time"),
        reference=references.CUSTOMER_SUCCESS,
    ),
    Kpi(
        id="onboarding_days", ja="オンボーディング日数", en="Days to onboard",
        stage=Stage.SETUP, unit=Unit.DAYS, better=Better.LOWER, posture=Posture.LEADING,
        ja_formula="初回契約開始から完了までの日数の中央値(直近12か月の初回契約顧客、カプラン・マイヤー法、未完了は打ち切り)",
        en_formula="Median days from first contract start to completion over customers first contracted in the last 12"
        " months; Kaplan-Meier, open cases censored",
        fact="starts", needs=("contracts.ends_on", "milestones.completed_on"), window=12, interval=Interval.LOG_LOG,
        curve=median_days_until(_.onboarded_on),
        n=count(),
        reference=references.KAPLAN_MEIER,
    ),
    Kpi(
        id="onboarding_overdue", ja="期限超過件数", en="Customers overdue in onboarding",
        stage=Stage.SETUP, unit=Unit.COUNT, better=Better.LOWER, posture=Posture.LEADING,
        ja_formula="期日を過ぎて未完了の必須マイルストーンがある契約中の顧客の数",
        en_formula="Customers under contract with a required milestone past due and open",
        fact="customer_months", needs=("contracts.ends_on", "milestones.due_on", "milestones.completed_on"),
        part=count(UNDER_CONTRACT & (_.overdue_milestones > 0)),
        n=count(UNDER_CONTRACT),
        reference=references.CUSTOMER_SUCCESS,
    ),
    Kpi(
        id="milestone_reach", ja="マイルストーン到達率", en="Milestone reach",
        stage=Stage.SETUP, unit=Unit.SHARE, better=Better.HIGHER, posture=Posture.LEADING,
        ja_formula="契約中の顧客が完了したマイルストーン ÷ 契約中の顧客のマイルストーン(マイルストーン別に見ると脱落がわかる)",
        en_formula="Milestones completed by customers under contract ÷ milestones they have; by milestone it shows the drop-off",
        fact="milestone_months", needs=("contracts.ends_on", "milestones.completed_on"), interval=Interval.WILSON,
        part=count(_.completed_on <= _.last_day),
        whole=count(),
        n=count(),
        listed=Listed("未到達のマイルストーン", "Milestones not reached"),
        reference=references.CUSTOMER_SUCCESS,
    ),
)  # fmt: skip
