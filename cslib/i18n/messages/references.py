"""What is said of references: whom to ask, who permits it, where there is none, and who renewed without an outcome."""

from __future__ import annotations

from cslib.i18n.messages.text import Message

_CANDIDATES: dict[str, Message] = {
    "reference_title": Message("事例をお願いできる顧客", "Customers to ask to be a reference"),
    "reference_untold": Message("事例の候補はわかりません({reason})。", "No candidates can be told ({reason})."),
    "reference_text": Message(
        "いまお願いできるのは{count}社です。許諾は実名{named}社、匿名{anonymous}社、未確認{open}社。お願いする順に並べています。",
        "{count} customers can be asked now: {named} permit to be named, {anonymous} anonymously, {open} were not asked yet. They stand "
        "in the order in which to ask.",
    ),
    "reference_nobody": Message("いまお願いできる顧客はいません。", "There is nobody to ask now."),
    "reference_resting": Message(
        "ほかに{count}社は最近お願いしたため、しばらく間を空けます(CSVの rest_until)。",
        "Another {count} were asked lately, and rest for a while (rest_until in the CSV).",
    ),
    "reference_stands_in": Message(
        "依頼の記録(reference_requests)がないため、最後の事例・紹介の日で代えています。",
        "Requests are not on record (reference_requests): the last case study or referral stands in.",
    ),
    "reference_undated": Message(
        "許諾には日付がないため、過去の月では全社を未確認として扱っています。",
        "Permission has no date: of a past month everybody counts as not asked.",
    ),
    "reference_permission": Message("許諾", "Permission"),
    "reference_named": Message("実名", "named"),
    "reference_anonymous": Message("匿名", "anonymous"),
    "reference_not_asked": Message("未確認", "not asked"),
    "reference_outcome": Message("最初の成果", "First outcome"),
    "reference_confirmed": Message("顧客が確認", "confirmed by the customer"),
    "reference_unconfirmed": Message("未確認", "not confirmed"),
    "reference_score": Message("最新のNPS", "Latest NPS"),
    "reference_last": Message("前回の依頼", "Last asked"),
}

_GROUPS: dict[str, Message] = {
    "permission_title": Message("事例を許諾する割合", "Share that permit to be a reference"),
    "permission_untold": Message("許諾の割合はわかりません({reason})。", "No rate can be told ({reason})."),
    "permission_text": Message(
        "意思を示した{n}社のうち{count}社({share}、95%区間 {interval})が実名または匿名で許諾しています。",
        "Of the {n} that have said so, {count} permit it, named or anonymously ({share}, 95 % interval {interval}).",
    ),
    "permission_unasked": Message("契約中の{share}にはまだ確認していません。", "{share} of those under contract were not asked yet."),
    "permission_outcome": Message(
        "成果を得た顧客は{reached}、まだの顧客は{other}です。並べて見た割合で、成果との関わりを示すものではありません。",
        "It is {reached} of those with an outcome and {other} of those without: shares side by side, which show no more than that.",
    ),
    "permission_group": Message("顧客", "Customers"),
    "permission_all": Message("すべて", "All"),
    "permission_outcome_reached": Message("成果あり", "With an outcome"),
    "permission_outcome_not_reached": Message("成果なし", "Without an outcome"),
    "permission_model_high": Message("ハイタッチ", "High touch"),
    "permission_model_low": Message("ロータッチ", "Low touch"),
    "permission_model_tech": Message("テックタッチ", "Tech touch"),
    "permission_said": Message("意思を示した", "Have said so"),
    "permission_rate": Message("許諾の割合", "Share that permit"),
    "permission_few": Message("{rate}(参考値)", "{rate} (a hint only)"),
    "reason_past": Message("許諾には日付がなく、最新の月だけわかります", "permission has no date: told of the latest month alone"),
    "pool_title": Message("業種と規模ごとの候補", "Candidates by industry and size"),
    "pool_untold": Message("業種ごとの候補はわかりません({reason})。", "No pool can be told ({reason})."),
    "pool_text": Message(
        "業種と規模(MRRの3分の1ずつ)の{cells}通りのうち、いまお願いできる顧客がいないのは{empty}通りです。数字は候補と契約中の顧客の数です。",
        "Of {cells} pairs of industry and size (thirds by MRR), {empty} have nobody to ask now. Figures are candidates and customers under contract.",
    ),
    "pool_industry": Message("業種", "Industry"),
    "pool_small": Message("小", "Small"),
    "pool_middle": Message("中", "Middle"),
    "pool_large": Message("大", "Large"),
    "pool_cell": Message("{count} / {customers}社", "{count} of {customers}"),
    "pool_empty": Message("なし / {customers}社", "none of {customers}"),
}  # fmt: skip

_RENEWED: dict[str, Message] = {
    "renewed_title": Message("成果のないまま更新した顧客", "Renewed without an outcome"),
    "renewed_untold": Message("成果のない更新はわかりません({reason})。", "Renewals without an outcome cannot be told ({reason})."),
    "renewed_text": Message(
        "直近12か月に、最初の成果の前に更新した契約中の顧客は{count}社(MRR {mrr})です。うち{open}社にはまだ成果がなく、{help}社は利用の基準に届いていません。提案の前に、まず支援します。",
        "{count} customers under contract (MRR {mrr}) renewed within 12 months before a first outcome. {open} have none yet, and {help} fall short of "
        "the rule of use: help comes first, before any proposal.",
    ),
    "renewed_on": Message("更新日", "Renewed on"),
    "renewed_goal": Message("達成していない顧客の目標", "Open goal"),
    "renewed_no_goal": Message("顧客の目標なし", "no goal set"),
    "renewed_goal_due": Message("{goal}(期日 {due})", "{goal} (due {due})"),
    "renewed_next": Message("次の満了日", "Next end of term"),
    "renewed_helps": Message("ほかにできること", "What else could help"),
    "renewed_help": Message("製品ではなく支援", "help, not a product"),
    "renewed_product": Message(
        "{product}: 業種と規模が同じ顧客で、成果のある{n}社は、ない顧客の{lift}(95%区間 {interval})の割合で持つ",
        "{product}: among those of the same industry and size, held {lift} (95 % interval {interval}) as often by the {n} with an outcome",
    ),
    "renewed_nothing": Message("同じ業種と規模で差のある製品はない", "no product stands out among its like"),
}  # fmt: skip

REFERENCES: dict[str, Message] = {**_CANDIDATES, **_GROUPS, **_RENEWED}
