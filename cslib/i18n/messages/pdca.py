"""What the team decided to do, and what became of what it expected: plan, do, check, act."""

from __future__ import annotations

from cslib.i18n.messages.text import Message

PDCA: dict[str, Message] = {
    "pdca_title": Message("決めたことと、その後", "What was decided, and what came of it"),
    "pdca_text": Message(
        "施策{count}件：判断の期限を過ぎたもの{overdue}、実施中{running}、予定{planned}、判断済み{decided}。",
        "Actions: {count}, of which {overdue} past the day of their decision, {running} running, {planned} planned, {decided} decided.",
    ),
    "pdca_begin": Message(
        "施策がまだ書かれていません。params/actions.yaml に、動かしたい数字、見込み、判断する日を1件書くところから始めます。",
        "No action is written down yet. Begin with one in params/actions.yaml: which figure is to change, what is expected, and when it is decided.",
    ),
    "pdca_elsewhere": Message("ほかのページにある施策：{listed}。", "Actions on other pages: {listed}."),
    "pdca_elsewhere_of": Message("{segment} {count}件", "{segment} {count}"),
    "pdca_elsewhere_overdue": Message("{segment} {count}件（うち期限超過{overdue}件）", "{segment} {count} ({overdue} overdue)"),
    "pdca_shown": Message("{total}件のうち{shown}件を示しています。すべてはCSVにあります。", "{shown} of {total} are shown; the CSV holds all."),
    "pdca_state_overdue": Message("判断の期限超過", "overdue"),
    "pdca_state_running": Message("実施中", "running"),
    "pdca_state_planned": Message("予定", "planned"),
    "pdca_state_decided": Message("判断済み", "decided"),
    "pdca_plan": Message("計画", "Plan"),
    "pdca_do": Message("実行", "Do"),
    "pdca_check": Message("確認", "Check"),
    "pdca_act": Message("判断", "Act"),
    "pdca_expects": Message("{by}までに{change}の見込み。", "{change} expected by {by}."),
    "pdca_expects_value": Message("{by}までに{value}にする見込み。", "{value} expected by {by}."),
    "pdca_started": Message("{day}に開始。", "Started on {day}."),
    "pdca_starts": Message("{day}に開始予定。", "Starts on {day}."),
    "pdca_step": Message("{day}：{note}", "{day}: {note}"),
    "pdca_measured": Message(
        "開始前{months}か月の平均{baseline}から現在{value}：{change}（{interval}）。今ごろの見込みは{expected}。",
        "From {baseline}, the mean of {months} months before, to {value} now: {change} ({interval}). By now {expected} was expected.",
    ),
    "pdca_now": Message("現在{value}。", "{value} now."),
    "pdca_others": Message(
        "同じ期間、ほかの顧客では{outside}。その差は{difference}（{interval}）。",
        "Over the same time {outside} at all other customers: {difference} apart ({interval}).",
    ),
    "pdca_others_nobody": Message("全顧客の施策なので、並べて見る相手はいません。", "It is for all customers, so that there are no others to hold it against."),
    "pdca_from": Message("見られるのは{month}の締めから。", "It can be looked at from the close of {month} on."),
    "pdca_bad_stretch": Message(
        "始めたのは悪い時期でした。一部はひとりでに戻った分かもしれません。",
        "It began in a bad stretch; part of this would have come by itself.",
    ),
    "pdca_no_proof": Message("この施策で動いたと証明するものではありません。", "Not a proof of effect."),
    "pdca_effect": Message("施策の分析での判定：{verdict}。", "The analysis of programmes says: {verdict}."),
    "pdca_verdict": Message("{verdict}。", "{verdict}."),
    "pdca_verdict_why": Message("{verdict}：{reason}。", "{verdict}: {reason}."),
    "pdca_verdict_too_early": Message("まだ早い", "Too early"),
    "pdca_verdict_as_expected": Message("見込みどおり", "As expected"),
    "pdca_verdict_better": Message("見込み以上", "Better than expected"),
    "pdca_verdict_short": Message("見込みに届かない", "Short of it"),
    "pdca_verdict_no_change": Message("変化は見えない（どちらとも言えない）", "No change to be seen (cannot tell)"),
    "pdca_verdict_nothing_of_the_kind": Message("見込みのような変化はない", "Nothing of the kind"),
    "pdca_verdict_worse": Message("悪くなった", "Worse"),
    "pdca_verdict_cannot_tell": Message("言えることがない", "Cannot tell"),
    "pdca_review": Message("{day}に判断する。", "The decision is planned for {day}."),
    "pdca_review_missed": Message(
        "{day}に判断するはずでした。続ける・変える・やめる・延ばすのどれかを書きます。",
        "The decision was planned for {day}: keep, change, stop or extend?",
    ),
    "pdca_decided": Message("{day}：{what}。{why}", "{day}: {what}. {why}"),
    "pdca_follows": Message("次の施策：{name}。", "Then: {name}."),
    "pdca_what_keep": Message("定着させる", "keep it"),
    "pdca_what_change": Message("やり方を変える", "change it"),
    "pdca_what_stop": Message("やめる", "stop it"),
    "pdca_what_extend": Message("延ばす", "extend it"),
    "pdca_picture": Message(
        "{first}から{last}へ。縦線は開始、帯は見込み、点は現在と95%区間。",
        "From {first} to {last}. The line marks the start, the band what is expected, the dot the value now with its 95 % interval.",
    ),
    "pdca_recent": Message("前回の報告から決めたこと", "Decided since the last report"),
    "pdca_recent_none": Message("{month}のうちに決めたことはありません。", "Nothing was decided in {month}."),
    "pdca_recent_one": Message("{name}：{what}（{day}）。{why}", "{name}: {what} ({day}). {why}"),
    "pdca_findings": Message("気をつけること", "What to see to"),
    "pdca_findings_none": Message(
        "KPI目標を3か月続けて外しているのに施策のない数字はありません。", "No figure misses its target for three closes without an action."
    ),
    "pdca_untended": Message(
        "KPI目標を3か月続けて外し、施策が動いていない数字：{kpis}。", "Off target for three closes without an action under way: {kpis}."
    ),
    "pdca_no_target": Message("動かす数字にKPI目標がない施策：{names}。", "Actions whose figure has no target: {names}."),
    "pdca_owner_left": Message("担当が今のチームにいない施策：{names}。", "Actions whose owner is not in the team now: {names}."),
    "reason_internal": Message("社内だけに示します", "for the team alone"),
    "reason_idle": Message("施策がまだ書かれていません", "no action is written down"),
    "reason_calendar": Message(
        "日数と営業日数が同じ月が、開始前の一年にありません",
        "no month of the year before the start has as many days and working days",
    ),
    "reason_bare": Message("区間のない数字です", "a figure without an interval"),
}  # fmt: skip
