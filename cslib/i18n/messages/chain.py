"""The words of the scenario as a chain: its gates, where it breaks, back from the goal, who is stuck."""

from __future__ import annotations

from cslib.i18n.messages.text import Message

CHAIN: dict[str, Message] = {
    # gates
    "gate": Message("関門", "Gate"),
    "gate_onboarding_completion": Message("必須の導入作業がすべて完了", "every required milestone done"),
    "gate_adoption": Message(
        "直近{of}週のうち{limit}週以上で利用", "core use in {limit} or more of the last {of} weeks"
    ),
    "gate_recent_nps": Message("1年以内のNPSが{limit}以上", "NPS {limit} or more within a year"),
    "gate_complaint_free": Message("不満なし", "no complaint"),
    "gate_customers_with_outcome": Message("達成した顧客の目標がある", "a goal achieved"),
    "gate_otherwise": Message("{condition}、なければ{otherwise}", "{condition}, else {otherwise}"),
    "gate_at_least": Message("{name}が{limit}以上", "{name} {limit} or more"),
    "gate_at_most": Message("{name}が{limit}以下", "{name} {limit} or less"),
    # the chain
    "chain_title": Message("顧客はどの関門まで来ているか", "How far customers come through the gates"),
    "chain_text": Message(
        "契約中の{whole}社のうち、すべての関門を通っているのは{count}社（{share}）。",
        "Of {whole} customers under contract {count} are past every gate ({share}).",
    ),
    "chain_breaks": Message(
        "最も途切れるのは「{stage}」：手前の関門をすべて通った{came}社のうち{stopped}社（{share}）がここで止まっています。",
        "It breaks at {stage}: of the {came} that are past all gates before it, {stopped} ({share}) stop there.",
    ),
    "chain_unbroken": Message(
        "偶然の幅を超えて多くの顧客が止まる関門はありません。",
        "No gate stops more of those who come to it than chance may have it.",
    ),
    "chain_untold": Message(
        "「{gate}」は分かりません（{reason}）。ほかの関門だけで数えています。",
        "{gate}: not told ({reason}). The others are counted without it.",
    ),
    "chain_few": Message("対象が少数のため参考値です。", "Few customers: a hint only."),
    "chain_passed": Message("この関門を通った", "past this gate"),
    "chain_so_far": Message("ここまですべて通った", "past all so far"),
    "chain_stopped": Message("ここで止まった", "stop here"),
    "chain_alone": Message("この関門だけなら{share}", "this gate alone {share}"),
    "chain_count": Message("{share}（{count}社）", "{share} ({count})"),
    "chain_here": Message("ここで途切れる", "breaks here"),
    # back from the goal
    "needed_title": Message("KPI目標から逆算した割合", "Back from the goal: what share would go with it"),
    "needed_text": Message(
        "{kpi}のKPI目標は{goal}。12か月後に残った割合を、関門を通っていた顧客と通っていなかった顧客とで、同じ月・同じセグメントの中で比べ、"
        "KPI目標に見合う割合を逆算しています。ともに起きることを示すだけです。",
        "The goal: {kpi} {goal}. What was kept 12 months later of customers past a gate is held against what was kept of the others, "
        "of the same month and segments, and the share that adds up to the goal is reckoned back. It tells what goes together, and no more.",
    ),
    "needed_no_goal": Message("このセグメントにはKGIがありません。", "The segment has no KGI to reckon back from."),
    "needed_churn": Message("{goal}（月{monthly}の12か月分）", "{goal} kept a year ({monthly} lost a month)"),
    "needed_kept": Message("残った割合（通った / 通らなかった）", "Kept (past it / not)"),
    "needed_pair": Message("{with_it} / {without_it}（{customers}社、うち失った{lost}社）", "{with_it} / {without_it} ({customers} customers, {lost} lost)"),
    "needed_today": Message("現在の割合", "Share today"),
    "needed_share": Message("KPI目標に見合う割合", "Share that goes with the goal"),
    "needed_own": Message("段階のKPI目標", "The stage's own target"),
    "needed_range": Message("{share}（{interval}）", "{share} ({interval})"),
    "needed_target": Message("{kpi} {target}", "{kpi} {target}"),
    "reach_out_of_reach": Message("全社が通っても届かない", "out of reach: not even with all past it"),
    "reach_met": Message("通った顧客がいなくても届く", "met even with nobody past it"),
    "reach_other_way": Message("逆：通った顧客の方が残っていない", "the other way: less was kept of those past it"),
    "reach_cannot_tell": Message("判断できない：{reason}", "cannot be told: {reason}"),
    "reason_goal": Message("KGIがない", "the segment has no KGI"),
    "reason_kgi": Message(
        "逆算できるKGIはNRR・GRR・継続率・チャーンレート", "only NRR, GRR, retention and customer churn are reckoned back"
    ),
    "reason_unripe": Message("12か月後の結果がまだない", "no month has its 12 months behind it"),
    "reason_onesided": Message("通った顧客と通っていない顧客の片方しかいない", "all are past it, or nobody is"),
    "reason_losses": Message("失った顧客が10社未満", "fewer than 10 customers lost"),
    "reason_unparted": Message("差が偶然の幅の中", "the difference may be chance"),
    "reason_none": Message("該当する顧客はいない", "there is no such customer"),
    # who is stuck, and who came out of order
    "stuck_title": Message("どの顧客が、どの関門で、いつから止まっているか", "Who is stuck at which gate, since when"),
    "stuck_text": Message("止まっている{count}社：{gates}。", "{count} are stuck: {gates}."),
    "stuck_at": Message("{stage} {count}社", "{stage} {count}"),
    "stuck_since": Message("いつから", "Since"),
    "disorder_title": Message("順序どおりでない顧客", "Out of order"),
    "disorder_renewed": Message(
        "この12か月に更新した{renewed}社のうち{count}社は、「利用」の関門を通っていない月に更新しています。",
        "Of the {renewed} that renewed in the last 12 months {count} did so without being past the gate of usage.",
    ),
    "disorder_early": Message(
        "{count}社には、一度も「利用」の関門を通らないうちに成果がありました。",
        "{count} had an outcome before they were ever past the gate of usage.",
    ),
    "disorder_kind": Message("何が順序どおりでないか", "What is out of order"),
    "disorder_renewed_without_use": Message("利用なしに更新", "renewed without use"),
    "disorder_outcome_before_use": Message("利用より先に成果", "outcome before use"),
    "disorder_since": Message("月", "Month"),
}  # fmt: skip
