"""Words of Monday's list."""

from __future__ import annotations

from cslib.i18n.messages.text import Message

ACTIONS: dict[str, Message] = {
    "stage_actions": Message("行動", "Actions"),
    "actions_title": Message("今週、誰に何をするか", "Whom to see to, and what to do"),
    "actions_text": Message(
        "{customers}社（MRR {mrr}）：助ける{help}社、更新{renew}社、提案{propose}社、事例のお願い{ask}社。どの顧客も一度だけ載せています。",
        "{customers} customers ({mrr} MRR): help {help}, renew {renew}, propose {propose}, ask as reference {ask}. None stands twice.",
    ),
    "actions_by_csm": Message("担当者ごとの件数", "By Customer Success manager"),
    "actions_of": Message("{csm}の一覧", "Assigned to {csm}"),
    "actions_of_one": Message(
        "全件が同じ担当（{csm}）なので、上の一覧がそのまま担当者の一覧です。",
        "All fall to one ({csm}): the list above is theirs.",
    ),
    "action": Message("すること", "What to do"),
    "action_help": Message("助ける", "Help"),
    "action_renew": Message("更新", "Renew"),
    "action_propose": Message("提案", "Propose"),
    "action_ask": Message("事例のお願い", "Ask as reference"),
    "action_last_touch": Message("最後の対応", "Last touch"),
    "action_no_csm": Message("担当なし", "nobody"),
    "stands_since": Message("「{gate}」で止まったまま（{since}から）", "stuck at {gate} since {since}"),
    "why_open_ticket": Message("重大な問い合わせが未解決", "open grave ticket"),
    "why_detractor": Message("直近のNPSが6以下", "latest NPS of 6 or less"),
    "why_no_outcome": Message("成果がまだない", "no goal reached yet"),
    "why_red": Message("ヘルススコアが赤", "health score is red"),
    "why_weak": Message("ヘルススコアが緑に届かない", "health score is below green"),
    "why_under_served": Message("ルールより手が足りない", "less touch than the rule says"),
    "why_stuck": Message("今の段階が期限を超えた", "beyond the limit of its phase"),
    "why_slipping": Message("定着した後に利用が落ちた", "no longer in use, though adopted"),
    "why_renewal": Message("90日以内に契約の期限", "contract ends within 90 days"),
    "why_reference": Message("事例化候補", "may be a reference"),
    "why_seats_in_heavy_use": Message("席の8割以上を使用", "uses 80 % or more of its seats"),
    "why_product_not_held": Message("{product}が未契約", "does not hold {product}"),
    "why_short_term_ends": Message("1年以内の契約が満了", "a term of up to a year ends"),
    "why_signals": Message("悪い側にある先行指標：{names}", "on the worse side of {names}"),
    "why_more": Message("ほか{count}件", "{count} more"),
}
