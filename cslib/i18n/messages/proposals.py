"""Words of whom to help, and of what to propose to whom."""

from __future__ import annotations

from cslib.i18n.messages.text import Message

PROPOSALS: dict[str, Message] = {
    "help_title": Message("売る前に助ける顧客", "Help first, before anything is sold"),
    "help_text": Message(
        "{customers}社。うち{due}社は90日以内に契約の期限が来ます。更新にしがみつくより、先に助けます。",
        "{customers} customers, of whom {due} have a contract that ends within 90 days. One does not cling to a renewal: one helps first.",
    ),
    "proposals_title": Message("提案できる顧客", "To whom something may be proposed"),
    "proposals_text": Message(
        "{customers}社に提案できます。90日以内に契約の期限が来る提案は{due}件。重大な問い合わせが未解決の顧客、批判者、まだ成果のない顧客は除いてあります。",
        "{customers} customers; {due} of the proposals before a contract that ends within 90 days. Left out: who has an open grave "
        "ticket, answered as a detractor, or has reached no goal yet.",
    ),
    "proposal_kind": Message("提案", "Proposal"),
    "proposal_upsell": Message("アップセル", "Upsell"),
    "proposal_cross_sell": Message("クロスセル", "Cross-sell"),
    "proposal_longer_term": Message("長期契約", "Longer term"),
    "proposal_help": Message("支援", "Help"),
    "proposal_why": Message("理由", "Why"),
    "proposal_amount": Message("月額の目安", "About, a month"),
    "proposal_window": Message("時機", "When"),
    "proposal_due": Message("契約の期限", "Contract ends"),
    "proposal_lifecycle": Message("段階", "Phase"),
    "window_renewal": Message("更新の前", "before the renewal"),
    "window_use_rising": Message("利用の増加中", "while use rises"),
    "rule_seats_in_heavy_use": Message("席の8割以上を使用", "uses 80 % or more of its seats"),
    "rule_product_not_held": Message("{product}が未契約", "does not hold {product}"),
    "rule_short_term_ends": Message("1年以内の契約が90日以内に満了", "a term of up to a year ends within 90 days"),
    "veto_open_ticket": Message("重大な問い合わせが未解決", "open grave ticket"),
    "veto_detractor": Message("直近のNPSが6以下", "latest NPS of 6 or less"),
    "veto_no_outcome": Message("成果がまだない", "no goal reached yet"),
}
