"""利用: do they use it, all who should?"""

from __future__ import annotations

from ibis import _

from cslib.kpis import references
from cslib.kpis.kpi import Better, Interval, Kpi, Listed, Posture, Stage, Unit, count, total
from cslib.kpis.predicates import SEATS_KNOWN, UNDER_CONTRACT, median_days_until

_LONG_ENOUGH = UNDER_CONTRACT & (_.last_day.delta(_.stint_start, unit="day") + 1 >= 7 * _.adoption_of)
_BASELINE = UNDER_CONTRACT & (_.closes_3m_before == 3) & (_.events_3m_before > 0)  # noqa: PLR2004 - all three months

USAGE = (
    Kpi(
        id="active_customers", ja="利用顧客率", en="Active customers",
        stage=Stage.USAGE, unit=Unit.SHARE, better=Better.HIGHER, posture=Posture.LEADING,
        ja_formula="当月に利用があった契約中の顧客 ÷ 契約中の顧客",
        en_formula="Customers under contract with any usage in the month ÷ customers under contract",
        fact="customer_months", needs=("contracts.ends_on", "usage"), interval=Interval.WILSON,
        part=count(UNDER_CONTRACT & (_.events > 0)),
        whole=count(UNDER_CONTRACT),
        n=count(UNDER_CONTRACT),
        reference=references.CUSTOMER_SUCCESS,
    ),
    Kpi(
        id="adoption", ja="アダプション率（定着率）", en="Adoption",
        stage=Stage.USAGE, unit=Unit.SHARE, better=Better.HIGHER, posture=Posture.LEADING,
        ja_formula="直近の週（月曜〜日曜）のうち方針の週数以上でコア機能を使った顧客 ÷ その週数以上契約している顧客",
        en_formula="Customers that used a core feature in at least k of the last n whole weeks (adoption_weeks) ÷ customers"
        " under contract for at least n weeks",
        fact="customer_months", needs=("contracts.ends_on", "usage.used_on"), interval=Interval.WILSON,
        part=count(_LONG_ENOUGH & (_.core_weeks >= _.adoption_active)),
        whole=count(_LONG_ENOUGH),
        n=count(_LONG_ENOUGH),
        reference=references.CUSTOMER_SUCCESS,
    ),
    Kpi(
        id="account_issuance", ja="アカウント発行率", en="Account issuance",
        stage=Stage.USAGE, unit=Unit.SHARE, better=Better.HIGHER, posture=Posture.LEADING,
        ja_formula="発行済みで有効なアカウント ÷ 契約した席。席数がわかる契約中の顧客について。1を超えることがある",
        en_formula="Accounts issued and open ÷ accounts needed (seats), over customers under contract with seats known;"
        " may exceed 1",
        fact="customer_months", needs=("contracts.ends_on", "contracts.seats", "users.closed_on"), interval=Interval.BOOTSTRAP,
        part=total(_.accounts, where=SEATS_KNOWN),
        whole=total(_.seats, where=SEATS_KNOWN),
        n=count(SEATS_KNOWN),
        listed=Listed("不足アカウント（超過は−）", "Accounts missing (− where more than needed)"),
        reference=references.CUSTOMER_SUCCESS,
    ),
    Kpi(
        id="seat_utilisation", ja="ライセンス利用率", en="Seat utilisation",
        stage=Stage.USAGE, unit=Unit.SHARE, better=Better.HIGHER, posture=Posture.LEADING,
        ja_formula="当月の利用者数 ÷ 契約した席。席数がわかる契約中の顧客について",
        en_formula="Users active in the month ÷ seats, over customers under contract with seats known",
        fact="customer_months", needs=("contracts.ends_on", "contracts.seats", "usage.user_id"), interval=Interval.BOOTSTRAP,
        part=total(_.users, where=SEATS_KNOWN),
        whole=total(_.seats, where=SEATS_KNOWN),
        n=count(SEATS_KNOWN),
        listed=Listed("利用されていない席", "Seats not in use"),
        reference=references.CUSTOMER_SUCCESS,
    ),
    Kpi(
        id="stickiness", ja="DAU/MAU", en="Stickiness (DAU/MAU)",
        stage=Stage.USAGE, unit=Unit.SHARE, better=Better.HIGHER, posture=Posture.LEADING,
        ja_formula="日ごとの利用者数の合計 ÷ 月の日数 ÷ 当月の利用者数",
        en_formula="Sum over the month's days of active users ÷ days in the month ÷ users active in the month",
        fact="usage_months", needs=("usage.used_on", "usage.user_id"), interval=Interval.BOOTSTRAP, by_day=True,
        part=total(_.user_days / _.days),
        whole=total(_.users),
        n=count(_.users > 0),
        listed=Listed("平均的な日に利用しない利用者", "Users away on an average day", unit=Unit.SCORE),
        reference=references.CUSTOMER_SUCCESS,
    ),
    Kpi(
        id="feature_breadth", ja="機能活用率", en="Feature breadth",
        stage=Stage.USAGE, unit=Unit.SHARE, better=Better.HIGHER, posture=Posture.LEADING,
        ja_formula="当月に使われたコア機能の数の合計 ÷ （契約中の顧客 × コア機能の数）",
        en_formula="Core features used in the month, summed over customers under contract ÷ (customers under contract ×"
        " number of core features)",
        fact="customer_months", needs=("contracts.ends_on", "usage"), interval=Interval.BOOTSTRAP,
        part=total(_.core_features, where=UNDER_CONTRACT),
        whole=total(_.core_feature_count, where=UNDER_CONTRACT),
        n=count(UNDER_CONTRACT),
        listed=Listed("使われていないコア機能", "Core features not used"),
        reference=references.CUSTOMER_SUCCESS,
    ),
    Kpi(
        id="usage_decline", ja="利用低下率", en="Usage decline",
        stage=Stage.USAGE, unit=Unit.SHARE, better=Better.LOWER, posture=Posture.LEADING,
        ja_formula="利用が自社の過去3か月平均より方針の割合を超えて減った顧客 ÷ その3か月も契約し利用があった顧客",
        en_formula="Customers whose events fell by more than usage_decline against the mean of their own three months before"
        " ÷ customers under contract and with usage in those months",
        fact="customer_months", needs=("contracts.ends_on", "usage"), span=4, interval=Interval.WILSON, by_day=True,
        part=count(_BASELINE & (_.events < _.usage_kept * _.events_3m_before / 3)),
        whole=count(_BASELINE),
        n=count(_BASELINE),
        reference=references.CUSTOMER_SUCCESS,
    ),
    Kpi(
        id="time_to_first_value", ja="初回価値までの日数", en="Time to first value",
        stage=Stage.USAGE, unit=Unit.DAYS, better=Better.LOWER, posture=Posture.LEADING,
        ja_formula="初回契約開始からコア機能の初回利用までの日数の中央値（直近12か月の初回契約顧客、カプラン・マイヤー法）",
        en_formula="Median days from first contract start to first use of a core feature over customers first contracted in"
        " the last 12 months; Kaplan-Meier",
        fact="starts", needs=("contracts.ends_on", "usage.used_on"), window=12, interval=Interval.LOG_LOG,
        curve=median_days_until(_.first_core_use),
        n=count(),
        reference=references.KAPLAN_MEIER,
    ),
)  # fmt: skip
