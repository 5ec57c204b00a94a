"""成果: do they reach their department's and their own goals?"""

from __future__ import annotations

from ibis import _

from cslib.kpis import references
from cslib.kpis.kpi import Better, Interval, Kpi, Listed, Posture, Stage, Unit, count
from cslib.kpis.predicates import HAS_OUTCOME, UNDER_CONTRACT, median_days_until

_IN_TIME = _.achieved_on <= _.due_on
_WILLING = ~(_.reference_permission == "refused").fill_null(False)  # noqa: FBT003

OUTCOME = (
    Kpi(
        id="goal_coverage", ja="顧客の目標設定率", en="Goal coverage",
        stage=Stage.OUTCOME, unit=Unit.SHARE, better=Better.HIGHER, posture=Posture.LEADING,
        ja_formula="自社の目標を定めた契約中の顧客 ÷ 契約中の顧客",
        en_formula="Customers under contract with a recorded goal ÷ customers under contract",
        fact="customer_months", needs=("contracts.ends_on", "goals"), interval=Interval.WILSON,
        part=count(UNDER_CONTRACT & (_.first_goal_on <= _.last_day)),
        whole=count(UNDER_CONTRACT),
        n=count(UNDER_CONTRACT),
        reference=references.CUSTOMER_SUCCESS,
    ),
    Kpi(
        id="goal_attainment", ja="顧客の目標達成率", en="Goal attainment",
        stage=Stage.OUTCOME, unit=Unit.SHARE, better=Better.HIGHER, posture=Posture.LEADING,
        ja_formula="期日までに達成した顧客の目標 ÷ 直近3か月に期日を迎えた顧客の目標",
        en_formula="Goals achieved by their due date ÷ goals due in the last 3 months",
        fact="goals_due", needs=("goals.due_on", "goals.achieved_on"), window=3, interval=Interval.WILSON,
        part=count(_IN_TIME),
        whole=count(),
        n=count(),
        listed=Listed("期日までに達成できなかった顧客の目標", "Goals not achieved in time"),
        reference=references.CUSTOMER_SUCCESS,
    ),
    Kpi(
        id="department_attainment", ja="顧客の部門目標達成率", en="Department goal attainment",
        stage=Stage.OUTCOME, unit=Unit.SHARE, better=Better.HIGHER, posture=Posture.LEADING,
        ja_formula="期日までに達成した部門目標 ÷ 直近3か月に期日を迎えた部門目標",
        en_formula="Department goals achieved by their due date ÷ department goals due in the last 3 months",
        fact="goals_due", needs=("goals.due_on", "goals.achieved_on"), window=3, interval=Interval.WILSON,
        part=count((_.level == "department") & _IN_TIME),
        whole=count(_.level == "department"),
        n=count(_.level == "department"),
        within="goal_attainment",
        listed=Listed("期日までに達成できなかった顧客の目標", "Goals not achieved in time"),
        reference=references.CUSTOMER_SUCCESS,
    ),
    Kpi(
        id="individual_attainment", ja="顧客の個人目標達成率", en="Individual goal attainment",
        stage=Stage.OUTCOME, unit=Unit.SHARE, better=Better.HIGHER, posture=Posture.LEADING,
        ja_formula="期日までに達成した個人目標 ÷ 直近3か月に期日を迎えた個人目標",
        en_formula="Individual goals achieved by their due date ÷ individual goals due in the last 3 months",
        fact="goals_due", needs=("goals.due_on", "goals.achieved_on"), window=3, interval=Interval.WILSON,
        part=count((_.level == "individual") & _IN_TIME),
        whole=count(_.level == "individual"),
        n=count(_.level == "individual"),
        within="goal_attainment",
        listed=Listed("期日までに達成できなかった顧客の目標", "Goals not achieved in time"),
        reference=references.CUSTOMER_SUCCESS,
    ),
    Kpi(
        id="customers_with_outcome", ja="成果実感率", en="Customers with an outcome",
        stage=Stage.OUTCOME, unit=Unit.SHARE, better=Better.HIGHER, posture=Posture.LEADING,
        ja_formula="これまでに自社の目標を1つ以上達成した契約中の顧客 ÷ 契約中の顧客",
        en_formula="Customers under contract with at least one goal achieved to date ÷ customers under contract",
        fact="customer_months", needs=("contracts.ends_on", "goals.achieved_on"), interval=Interval.WILSON,
        part=count(HAS_OUTCOME),
        whole=count(UNDER_CONTRACT),
        n=count(UNDER_CONTRACT),
        reference=references.CUSTOMER_SUCCESS,
    ),
    Kpi(
        id="confirmed_outcomes", ja="顧客確認済み成果率", en="Confirmed outcomes",
        stage=Stage.OUTCOME, unit=Unit.SHARE, better=Better.HIGHER, posture=Posture.LEADING,
        ja_formula="顧客が確認した顧客の目標 ÷ 直近12か月に達成した顧客の目標",
        en_formula="Achieved goals confirmed by the customer ÷ goals achieved in the last 12 months",
        fact="goals_achieved", needs=("goals.achieved_on", "goals.confirmed_by_customer"), window=12,
        interval=Interval.WILSON,
        part=count(_.confirmed_by_customer),
        whole=count(),
        n=count(),
        listed=Listed("顧客が未確認の達成した目標", "Achieved goals not confirmed"),
        reference=references.CUSTOMER_SUCCESS,
    ),
    Kpi(
        id="time_to_first_outcome", ja="初回成果までの日数", en="Time to first outcome",
        stage=Stage.OUTCOME, unit=Unit.DAYS, better=Better.LOWER, posture=Posture.LEADING,
        ja_formula="初回契約開始から初めて顧客の目標を達成するまでの日数の中央値(直近24か月の初回契約顧客、カプラン・マイヤー法)",
        en_formula="Median days from first contract start to first goal achieved over customers first contracted in the last"
        " 24 months; Kaplan-Meier",
        fact="starts", needs=("contracts.ends_on", "goals.achieved_on"), window=24, interval=Interval.LOG_LOG,
        curve=median_days_until(_.first_outcome_on),
        n=count(),
        reference=references.KAPLAN_MEIER,
    ),
    Kpi(
        id="reference_candidates", ja="事例化候補", en="Reference candidates",
        stage=Stage.OUTCOME, unit=Unit.COUNT, better=Better.HIGHER, posture=Posture.OFFENCE,
        ja_formula="目標を達成し、最新のNPS回答が9〜10で、事例化を断っていない契約中の顧客の数。事例化の可否は、過去の月もデータを読み取った日のもの",
        en_formula="Customers under contract with an achieved goal whose latest NPS answer is 9-10 and whose permission is"
        " not refused; the permission is that of the day on which the data were read, in past months too",
        fact="customer_months",
        needs=(
            "contracts.ends_on", "goals.achieved_on", "surveys.score", "surveys.responded_on", "customers.reference_permission",
        ),
        part=count(HAS_OUTCOME & (_.latest_nps >= 9) & _WILLING),  # noqa: PLR2004 - the scale of NPS
        n=count(UNDER_CONTRACT),
        reference=references.CUSTOMER_SUCCESS,
    ),
)  # fmt: skip
