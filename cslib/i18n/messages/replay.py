"""Words of the rules of proposals, of whether they have proved themselves, and of products held together."""

from __future__ import annotations

from cslib.i18n.messages.text import Message

_RULES: dict[str, Message] = {
    "replay_seats_in_heavy_use": Message("席の8割以上を使用", "uses 80 % or more of its seats"),
    "replay_product_not_held": Message("多くの顧客が持つ製品が未契約", "lacks the product that most others hold"),
    "replay_short_term_ends": Message("1年以内の契約が90日以内に満了", "a term of up to a year ends within 90 days"),
    "replay_renewal": Message("90日以内に契約の期限", "contract ends within 90 days"),
    "replay_use_rising": Message("利用の増加中", "use is rising"),
    "replay_outcome_reached": Message("顧客の目標を達成したことがある", "has reached a goal"),
}

_REPLAY: dict[str, Message] = {
    "replay_title": Message("提案のルールに裏づけはあるか", "Which rules have proved themselves"),
    "replay_text": Message(
        "{tried}個のルールを過去の月にあてはめました。裏づけがあるのは{supported}個、ないか逆向きなのは{rest}個、まだ言えないのは{open}個。",
        "Of {tried} rules, replayed over past months: {supported} supported, {rest} not or the other way round, {open} that cannot be "
        "told.",
    ),
    "replay_supported": Message("裏づけがあるもの: {names}。", "Supported: {names}."),
    "replay_against": Message("逆向きのもの: {names}。", "The other way round: {names}."),
    "replay_basis": Message(
        "受注は実際に行った提案だけを、拡大は提案の有無によらずすべての顧客を見ています。一緒に起きるというだけで、ルールが売上を生むとは限りません。",
        "Of proposals only those that were made are seen; of expansion all customers, whoever was asked. What goes with a rule need not "
        "come of it.",
    ),
    "replay_rule": Message("ルール", "Rule"),
    "replay_reading": Message("見たもの", "Seen by"),
    "replay_won": Message("提案の受注", "proposals won"),
    "replay_expanded": Message("6か月以内の拡大", "expansion within 6 months"),
    "replay_held": Message("あてはまるとき", "Where it held"),
    "replay_others": Message("そうでないとき", "Elsewhere"),
    "replay_of_won": Message("{share}({count}件)", "{share} of {count} closed"),
    "replay_of_expanded": Message("{share}({count}社月)", "{share} of {count} customer-months"),
    "replay_ratio": Message("何倍か(95%区間)", "Times as often (95 % interval)"),
    "verdict_supported": Message("裏づけあり", "supported"),
    "verdict_not_supported": Message("裏づけなし", "not supported"),
    "verdict_speaks_against": Message("逆向き", "speaks against"),
    "proposal_behind": Message("裏づけ", "What stands behind it"),
    "reason_sided": Message(
        "ルールの内か外が10社、または提案20件に届きません",
        "under ten customers, or twenty proposals, with the rule or without it",
    ),
    "reason_unmade": Message("結果の出た提案がありません", "no such proposal has been closed"),
}

_PAIRS: dict[str, Message] = {
    "pairs_title": Message("一緒に持たれている製品", "Products held together"),
    "pairs_text": Message(
        "{tried}組のうち、10社以上が両方を持ち判定できるのは{judged}組です。",
        "Of {tried} pairs, {judged} are held by ten customers or more and can be judged.",
    ),
    "pairs_none": Message(
        "セグメント・契約年数・ほかの製品の数が同じ顧客どうしで比べると、偶然を超えて一緒に持たれている製品は見つかりませんでした。",
        "Among customers of the same segments, years and number of further products, none were found that are held together more than "
        "chance makes.",
    ),
    "pairs_found": Message(
        "偶然を超えて一緒に持たれているもの: {names}。", "Held together more than chance makes: {names}."
    ),
    "pairs_pair": Message("製品", "Products"),
    "pairs_both": Message("両方を持つ顧客", "Customers with both"),
    "pairs_holders": Message("それぞれを持つ顧客", "Customers with each"),
    "pairs_ratio": Message("オッズ比(95%区間)", "Odds ratio (95 % interval)"),
    "reason_pairs": Message("両方を持つ顧客が10社に届きません", "under ten customers hold both"),
    "reason_universal": Message("一方はすべての顧客が持っています", "everybody holds one of the two"),
    "reason_one": Message("2つの製品を持つ顧客がいません", "nobody holds two products"),
}

REPLAY: dict[str, Message] = {**_RULES, **_REPLAY, **_PAIRS}
