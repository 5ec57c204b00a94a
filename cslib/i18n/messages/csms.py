"""What is said of differences between Customer Success managers."""

from __future__ import annotations

from cslib.i18n.messages.text import Message

CSMS: dict[str, Message] = {
    "csm_title": Message("担当者による差：{outcome}", "Differences between CSMs: {outcome}"),
    "csm_said": Message(
        "{outcome}の担当者間のばらつき（担当{csms}名、顧客構成の違いを除く）は{spread}。",
        "{outcome}: between {csms} CSMs the spread is {spread}, differences of their customers taken off.",
    ),
    "csm_spread": Message("±{value}（95%区間 {interval}）", "±{value} (95 % interval {interval})"),
    "csm_spread_short": Message("±{value}（{interval}）", "±{value} ({interval})"),
    "csm_differ": Message(
        "担当者に差がなければ、これほどのばらつきは20回に1回も出ません。",
        "If CSMs did not differ, so much would be seen in fewer than one of 20 cases.",
    ),
    "csm_not_seen": Message(
        "担当者に差がなくてもこのくらいは偶然に出るので、差があるとは言えません。",
        "As much is seen by chance where CSMs do not differ, so that no difference can be told.",
    ),
    "csm_narrower": Message(
        "前の12か月は{before}で、差は縮まっています。", "It was {before} in the twelve months before: narrower now."
    ),
    "csm_wider": Message(
        "前の12か月は{before}で、差は広がっています。", "It was {before} in the twelve months before: wider now."
    ),
    "csm_cannot_tell": Message(
        "前の12か月は{before}。縮まったか広がったかは、まだ言えません。",
        "It was {before} in the twelve months before; whether it is narrower or wider cannot be told yet.",
    ),
    "csm_none_marked": Message(
        "偶然と、いつものばらつきで説明できる範囲を超える担当者はいません。",
        "No CSM lies beyond what chance and the usual spread account for.",
    ),
    "csm_marked": Message(
        "偶然と、いつものばらつきで説明できる範囲を超えるのは{names}です。",
        "Beyond what chance and the usual spread account for: {names}.",
    ),
    "csm_unknown": Message(
        "顧客構成のうちデータにないもの（経緯、期待など）は考えに入っていません。評価ではなく、標準化と教育の手がかりです。",
        "What the data do not hold of customers (their history, what they hope for) is not taken into account. This is no "
        "appraisal; it shows where to look for what to make standard and teach.",
    ),
    "csm_untold": Message(
        "{outcome}：担当者による差は言えません（{reason}）。",
        "{outcome}: differences between CSMs cannot be told ({reason}).",
    ),
    "csm_by_assignments": Message(
        "顧客は、期間の始めに担当していた人のものとして数えます。",
        "Customers count for whoever was assigned to them when the period began.",
    ),
    "csm_by_touches": Message(
        "担当の記録（assignments）がないので、顧客は期間の始めまでの6か月に最後に接した担当者のものとして数えます。",
        "No assignments are told: customers count for the CSM who last touched them in the six months up to the start of the period.",
    ),
    "csm_unjudged": Message(
        "顧客が少なくて判定しない担当者：{count}名。", "CSMs with too few customers to be judged: {count}."
    ),
    "csm_unserved": Message("担当者がわからない顧客：{count}件。", "Customers of whom nobody tells the CSM: {count}."),
    "csm_outcomes": Message("担当者による差：すべての結果", "Differences between CSMs: all outcomes"),
    "csm_outcomes_text": Message(
        "{count}つの結果を見ているので、差がなくても1つくらいは「差がある」と出ることがあります。",
        "Of {count} outcomes one may well be found to differ where none does.",
    ),
    "csm_outcome": Message("結果", "Outcome"),
    "csm_spread_now": Message("ばらつき（95%区間）", "Spread (95 % interval)"),
    "csm_spread_before": Message("前の12か月", "Twelve months before"),
    "csm_csms": Message("担当者", "CSMs"),
    "csm_marked_count": Message("範囲の外", "Beyond"),
    "csm_verdict_differ": Message("差がある", "they differ"),
    "csm_verdict_cannot_tell": Message("差があるとは言えない", "no difference can be told"),
    "csm_trend_narrower": Message("縮まっている", "narrower"),
    "csm_trend_wider": Message("広がっている", "wider"),
    "csm_trend_cannot_tell": Message("増減は言えない", "trend cannot be told"),
    "csm_table": Message("担当者ごと：{outcome}", "By CSM: {outcome}"),
    "csm_table_text": Message(
        "名前の順です。「見込み」は同じ顧客が平均的な担当者のもとでならどうなるか、「ならした値」は件数の少なさを差し引いた値です。",
        "By name. Expected is what the same customers would come to with CSMs on average; evened out is what is left of the "
        "difference when few customers are taken for what they tell.",
    ),
    "csm_none_listed": Message("担当者ごとの値はありません。", "Of single CSMs nothing is told."),
    "csm_customers": Message("顧客（件）", "Customers (cases)"),
    "csm_observed": Message("実際", "Observed"),
    "csm_expected": Message("見込み", "Expected"),
    "csm_adjusted": Message("構成の違いを除いた値", "Adjusted for the customers"),
    "csm_limits": Message("偶然の範囲（95%）", "Limits of chance (95 %)"),
    "csm_outer": Message("外側の範囲（99.8%）", "Outer limits (99.8 %)"),
    "csm_shrunken": Message("ならした値（95%区間）", "Evened out (95 % interval)"),
    "csm_mark": Message("範囲", "Limits"),
    "csm_beyond": Message("外", "beyond"),
    "csm_touches": Message("接触（1社・1か月）", "Touches a customer and month"),
    "csm_onboarding_days": Message("オンボーディング", "Onboarding"),
    "csm_detractors_heard": Message("批判者に14日以内に接触", "Detractors touched within 14 days"),
    "csm_outcome_customer_retention": Message("12か月後も契約中", "Under contract 12 months later"),
    "csm_outcome_renewal_rate": Message("期限での更新", "Renewed when due"),
    "csm_outcome_adoption": Message("定着（直近3か月のうち2か月）", "Adopted at two of the last three closes"),
    "csm_outcome_onboarding_completion": Message("期限内のオンボーディング", "Onboarded within the limit"),
    "csm_outcome_csat": Message("満足（CSAT 4以上）", "Content (CSAT of 4 or 5)"),
    "csm_outcome_onboarding_days": Message("オンボーディングの日数", "Days to onboard"),
    "csm_outcome_nps": Message("NPSの回答", "NPS answers"),
    "reason_few_csms": Message("判定できる担当者が3名に満たない", "fewer than three CSMs have enough customers"),
    "reason_uniform": Message("どの顧客も同じ結果だった", "the same became of all customers"),
}
