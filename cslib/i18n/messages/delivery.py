"""Words of the messages that are sent by mail and chat, and of the workbooks."""

from __future__ import annotations

from cslib.i18n.messages.text import Message

DELIVERY: dict[str, Message] = {
    "delivered_title": Message("{title} {month} {segment}", "{title}, {month}: {segment}"),
    "delivered_versions": Message(
        "最後に作成できた版は、一覧のページから開けます。",
        "The last version that could be made opens from the overview.",
    ),
    "delivered_movement": Message("- {kpi}：{before} → {value}（{change}）", "- {kpi}: {before} → {value} ({change})"),
    "delivered_call": Message("- {name}{csm}：{what}（{why}）", "- {name}{csm}: {what} ({why})"),
    "delivered_csm": Message("〔担当 {csm}〕", " [{csm}]"),
    "delivered_due": Message("契約の期限 {day}", "contract ends {day}"),
    "delivered_mrr": Message("MRR {mrr}", "{mrr} MRR"),
    "delivered_more": Message("- ほか{count}件", "- and {count} more"),
    "delivered_cut": Message("（以下省略。続きはレポートにあります）", "(cut here; the report has the rest)"),
    "delivered_not_published": Message(
        "{title}：新しいレポートは公開されていません", "{title}: no new report was published"
    ),
    "delivered_last_good": Message(
        "最後に公開できたのは{month}分です。今もそのまま読めます。",
        "The last good report, for {month}, is still in place.",
    ),
    "delivered_none_yet": Message("公開済みのレポートはまだありません。", "There is no earlier report."),
    "delivered_why": Message("理由", "Why"),
    "sheet_kpis": Message("KPI", "KPIs"),
    "sheet_trend": Message("推移", "Trend"),
    "sheet_before": Message("前月", "Last month"),
    "sheet_change": Message("前月差", "Change"),
    "sheet_low": Message("95%区間の下限", "95 % interval, low"),
    "sheet_high": Message("95%区間の上限", "95 % interval, high"),
    "sheet_customer_id": Message("顧客ID", "Customer ID"),
    "sheet_asked": Message("最後に聞いたこと", "Last asked"),
    "sheet_answered_on": Message("回答日", "Answered on"),
    "sheet_comment": Message("コメント", "Comment"),
    "sheet_step_due": Message("導入作業の期日", "Milestone due"),
    "sheet_goal_due": Message("目標の期日", "Goal due"),
    "sheet_signals": Message("悪い側の先行指標", "Leading figures on the worse side"),
    "sheet_lists": Message("一覧の数", "Lists it is on"),
    "sheet_kind": Message("状態", "What it is"),
    "sheet_cut": Message(
        "…（全{length}文字。Excelの上限のため省略）", "… (cut: {length} characters, more than a cell holds)"
    ),
    "sheet_more_rows": Message(
        "全{total}行。Excelの行数の上限を超える分はCSVにあります。",
        "{total} rows: those beyond what a sheet holds are in the CSV.",
    ),
}
