"""Words of the early figures of a customer, and of whether they lead."""

from __future__ import annotations

from cslib.i18n.messages.text import Message

SIGNALS: dict[str, Message] = {
    "indicator_onboarding_days": Message("オンボーディングの日数", "Days to onboard"),
    "indicator_onboarding_on_time": Message("期限どおりのマイルストーン", "Milestones kept on time"),
    "indicator_onboarding_overdue": Message("期限切れのマイルストーン", "Overdue milestones"),
    "indicator_active_customers": Message("その月の利用の有無", "Any use in the month"),
    "indicator_adoption": Message("コア機能を使った週の数", "Weeks of core use"),
    "indicator_account_issuance": Message("席数に対する発行アカウント", "Accounts issued per seat"),
    "indicator_seat_utilisation": Message("席数に対する利用者", "Users per seat"),
    "indicator_events_per_seat": Message("1席あたりの利用回数", "Events per seat"),
    "indicator_stickiness": Message("利用者が毎日使う度合い", "How daily its users come"),
    "indicator_feature_breadth": Message("使っているコア機能の割合", "Share of core features in use"),
    "indicator_usage_decline": Message("直前3か月と比べた利用", "Use against the three months before"),
    "indicator_time_to_first_value": Message("初めて使うまでの日数", "Days to first use"),
    "indicator_nps": Message("最新のNPS回答", "Latest NPS answer"),
    "indicator_csat": Message("最新のCSAT回答", "Latest CSAT answer"),
    "indicator_complaint_free": Message("苦情がない", "Free of complaints"),
    "indicator_severe_tickets": Message("未解決の重大な問い合わせ", "Open grave tickets"),
    "indicator_advocates": Message("推奨の声がある", "Speaks up for us"),
    "indicator_goal_coverage": Message("顧客の目標が定まっている", "Has a goal"),
    "indicator_customers_with_outcome": Message("顧客の目標を達成したことがある", "Has reached a goal"),
    "indicator_touches": Message("3か月の対応回数", "Touches in three months"),
    "indicator_tickets": Message("3か月の問い合わせ件数", "Tickets in three months"),
    "indicator_programme": Message("施策への参加", "Joined a programme"),
    "signals_lost": Message("{horizon}か月以内の解約に先立つ数字", "What goes before a loss within {horizon} months"),
    "signals_expanded": Message(
        "{horizon}か月以内の拡大に先立つ数字", "What goes before an expansion within {horizon} months"
    ),
    "signals_text": Message(
        "{tried}個の数字を試し、先立つと言えるのは{leads}個、言えないのは{open}個、先立たないか逆は{rest}個。",
        "Of {tried} figures, {leads} lead, {open} cannot be told, {rest} do not lead or go the other way.",
    ),
    "signals_first": Message("先立つもの: {names}。", "Leading: {names}."),
    "signals_basis": Message(
        "{customers}社のうち{events}社で起きたことに基づきます。先に立つというだけで、それが引き金とは限りません。",
        "Based on {events} of {customers} customers. What goes before need not be what sets it off.",
    ),
    "indicator": Message("数字", "Figure"),
    "verdict": Message("判定", "Verdict"),
    "pairs_right": Message("見分けられた組の割合", "Pairs told right"),
    "pairs_axis": Message(
        "2社を比べて見分けられた組の割合(50%は偶然と同じ)", "Pairs of customers told right (50 % is the toss of a coin)"
    ),
    "times_as_often": Message("悪い側で起きる倍率", "Times as often"),
    "lead_months": Message("何か月前から", "Months of lead"),
    "with_outcome": Message("起きた顧客", "Customers with it"),
    "what_is_missing": Message("言えない理由", "Why not told"),
    "events_needed": Message("あと約{count}社", "about {count} more"),
    "verdict_leads": Message("先立つ", "leads"),
    "verdict_cannot_tell": Message("まだ言えない", "cannot tell"),
    "verdict_does_not_lead": Message("先立たない", "does not lead"),
    "verdict_other_way": Message("逆向き", "other way"),
    "reason_alike": Message("どの顧客も同じ値です", "all values are equal"),
    "reason_late": Message("最近の3分の1の月では成り立ちません", "does not hold in the last third of the months"),
    "reason_nobody": Message("起きた顧客がいません", "no customer had it"),
    "reason_everybody": Message("すべての顧客で起きました", "every customer had it"),
    "reason_wide": Message("区間が広く、決められません", "the interval is too wide"),
    "reason_young": Message("結果が出るまでの月がまだ経っていません", "its months are not over yet"),
    "reason_few": Message("起きた顧客が10社に届きません", "under ten customers had it"),
}
