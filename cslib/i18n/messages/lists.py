"""Words of the lists of customers: whom each of them names, and what is known of a customer."""

from __future__ import annotations

from cslib.i18n.messages.text import Message

LISTS: dict[str, Message] = {
    "list_onboarding_coverage": Message(
        "オンボーディングを始めていない顧客", "Customers without a completed milestone"
    ),
    "list_onboarding_completion": Message("オンボーディング未完了の顧客", "Customers not onboarded"),
    "list_onboarding_cohort_completion": Message(
        "期限内に完了しなかった新規顧客", "New customers not onboarded within the limit"
    ),
    "list_onboarding_on_time": Message("期日を守れなかった顧客", "Customers with milestones not on time"),
    "list_onboarding_days": Message("オンボーディング中の新規顧客", "New customers still onboarding"),
    "list_onboarding_overdue": Message("期日を過ぎたマイルストーンのある顧客", "Customers with overdue milestones"),
    "list_milestone_reach": Message("未到達のマイルストーンがある顧客", "Customers with milestones not reached"),
    "list_active_customers": Message("今月利用のなかった顧客", "Customers without use this month"),
    "list_adoption": Message("定着していない顧客", "Customers who have not adopted"),
    "list_account_issuance": Message(
        "席数とアカウント数が合わない顧客", "Customers whose accounts are not as many as their seats"
    ),
    "list_seat_utilisation": Message("使われていない席がある顧客", "Customers with seats not in use"),
    "list_stickiness": Message("毎日は利用しない利用者がいる顧客", "Customers with users away on an average day"),
    "list_feature_breadth": Message("使っていないコア機能がある顧客", "Customers with core features not used"),
    "list_usage_decline": Message("利用が減った顧客", "Customers whose use fell"),
    "list_time_to_first_value": Message(
        "コア機能をまだ使っていない新規顧客", "New customers who have not used a core feature yet"
    ),
    "list_nps": Message("批判者のいる顧客", "Customers with detractors"),
    "list_nps_response": Message("NPSに未回答の顧客", "Customers with unanswered NPS questions"),
    "list_csat": Message("不満の回答があった顧客", "Customers with dissatisfied answers"),
    "list_ces": Message("手間がかかると答えた顧客", "Customers who found it less than easy"),
    "list_good_reviews": Message("4点未満の評価をした顧客", "Customers who rated below 4"),
    "list_advocates": Message("推奨してくれた顧客", "Customers who speak for us"),
    "list_complaint_free": Message("不満のある顧客", "Customers with a complaint"),
    "list_detractor_follow_up": Message(
        "対応が済んでいない批判者のいる顧客", "Customers whose detractors were not followed up"
    ),
    "list_goal_coverage": Message("目標を設定していない顧客", "Customers without a goal"),
    "list_goal_attainment": Message("期日までに目標に届かなかった顧客", "Customers with goals not achieved in time"),
    "list_department_attainment": Message(
        "期日までに部門目標に届かなかった顧客", "Customers with department goals not achieved in time"
    ),
    "list_individual_attainment": Message(
        "期日までに個人目標に届かなかった顧客", "Customers with individual goals not achieved in time"
    ),
    "list_customers_with_outcome": Message("成果がまだない顧客", "Customers without an outcome"),
    "list_confirmed_outcomes": Message("成果を確認していない顧客", "Customers who have not confirmed their outcomes"),
    "list_time_to_first_outcome": Message("初回成果を待つ新規顧客", "New customers without an outcome yet"),
    "list_reference_candidates": Message("事例化候補の顧客", "Customers who may be references"),
    "list_customer_churn": Message("解約した顧客", "Customers lost"),
    "list_revenue_churn": Message("解約または減額した顧客", "Customers who left or pay less"),
    "list_customer_retention": Message("この1年で失った顧客", "Customers lost within the year"),
    "list_grr": Message("1年前よりMRRが減った顧客", "Customers who pay less than a year ago"),
    "list_nrr": Message("1年前とMRRが変わった顧客", "Customers who do not pay what they did a year ago"),
    "list_renewal_rate": Message("更新しなかった顧客", "Customers who did not renew"),
    "list_renewed_without_outcome": Message("成果がないまま更新した顧客", "Customers who renewed without an outcome"),
    "list_expansion_rate": Message("MRRが増えた顧客", "Customers who pay more"),
    "list_upsell_rate": Message("アップセルした顧客", "Customers upsold"),
    "list_cross_sell_rate": Message("クロスセルした顧客", "Customers cross-sold"),
    "list_proposal_win_rate": Message("提案が失注した顧客", "Customers with lost proposals"),
    "list_long_term_share": Message("12か月未満の契約がある顧客", "Customers on terms of under 12 months"),
    "list_repeat_purchase": Message("購入が1回だけの顧客", "Customers who bought once"),
    "list_mrr": Message("契約中の顧客", "Customers under contract"),
    "list_quick_ratio": Message("直近3か月にMRRが減った顧客", "Customers who came to pay less in 3 months"),
    "list_cac_payback": Message("直近12か月に獲得した顧客", "Customers won in 12 months"),
    "list_cost_to_serve": Message("対応に費用がかかった顧客", "Customers served at a cost"),
    # of a team's own KPIs
    "list_of_missing": Message("「{kpi}」に当てはまらない顧客", "Customers to whom “{kpi}” does not apply"),
    "list_of_part": Message("「{kpi}」に当てはまる顧客", "Customers to whom “{kpi}” applies"),
    "list_of_whole": Message("「{kpi}」の対象となる顧客", "Customers whom “{kpi}” looks at"),
    "list_of_waiting": Message("「{kpi}」にまだ達していない顧客", "Customers still on the way to “{kpi}”"),
    "list_of_none": Message("{kpi}の顧客一覧", "List of customers: {kpi}"),
    "stake_customer_churn": Message("失ったMRR", "MRR lost"),
    "stake_customer_retention": Message("1年前のMRR", "MRR a year ago"),
    "stake_upsell_rate": Message("増えたMRR", "MRR gained"),
    "stake_cross_sell_rate": Message("増えたMRR", "MRR gained"),
    "contact_due_on": Message("期日", "Due"),
    "contact_days_late": Message("遅れ", "Late by"),
    "contact_ends_on": Message("契約終了", "Contract ends"),
    "contact_last_use": Message("最後の利用", "Last use"),
    "contact_last_touch": Message("最後の対応", "Last touch"),
    "contact_answer": Message("最後の回答", "Last answer"),
    "contact_answered": Message("{asked} {score}（{date}）", "{asked} {score} ({date})"),
    "asked_nps": Message("NPS", "NPS"),
    "asked_csat": Message("CSAT", "CSAT"),
    "asked_ces": Message("CES", "CES"),
    "joined_title": Message("一覧に載った顧客", "Customers on any list"),
    "joined_none": Message(
        "どの一覧にも、載っている顧客はいません。", "No customer stands on any list of these pages."
    ),
    "joined_unpaid": Message(
        "顧客{count}件。どの顧客も一度だけ載せ、載っている一覧が多い順に並べています。",
        "{count} customers. Each stands once, those on most lists first.",
    ),
    "joined_text": Message(
        "顧客{count}件、MRR {mrr}。どの顧客も一度だけ載せ、載っている一覧が多い順に並べています。",
        "{count} customers, {mrr} MRR. Each stands once, those on most lists first.",
    ),
    "joined_lists": Message("載っている一覧", "Lists"),
    "moved_title": Message("MRRが動いた顧客", "Customers whose MRR moved"),
    "moved_text": Message("顧客{count}件、合計{amount}。", "{count} customers, {amount} in all."),
    "moved_amount": Message("増減額", "Amount"),
    "moved_after": Message("月末のMRR", "Closing MRR"),
    "search_rows": Message("行を探す", "Search rows"),
    "search_all": Message("すべて", "All"),
    "search_more": Message("残りの{count}行を表示", "Show {count} more rows"),
    "search_found": Message("表示中の{total}行のうち{shown}行", "{shown} of the {total} rows shown here"),
}
