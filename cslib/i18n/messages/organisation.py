"""Words of the organisation models: what speaks against each, and what to do then."""

from __future__ import annotations

from cslib.i18n.messages.text import Message

_MODELS: dict[str, Message] = {
    "org_all_rounder": Message("オールラウンダー型", "all-rounder"),
    "org_specialist": Message("分業型", "specialist"),
    "org_sales_oriented": Message("営業連携型", "sales-oriented"),
    "org_partnership": Message("パートナー型", "partnership"),
}

_FIGURES: dict[str, Message] = {
    "org_load": Message("最も重い担当者の負荷", "Largest load of a CSM"),
    "org_offence_share": Message("成長のための時間の割合", "Share of hours for growth"),
    "org_all_kinds": Message("導入・維持・成長をすべて行う担当者", "CSMs who onboard, keep and grow"),
    "org_handoff_days": Message("引き継ぎの日数（推定の中央値）", "Days of a hand-off (estimated median)"),
    "org_waiting_days": Message("最も長く待つ引き継ぎ", "Longest hand-off still waiting"),
    "org_many_people": Message("90日に3人以上が対応した顧客", "Customers touched by 3 people or more in 90 days"),
    "org_touched_before": Message("提案前30日に対応があった割合", "Proposals with a touch in the 30 days before"),
    "org_customers_per_pair": Message(
        "CSMと営業の組ごとの顧客・製品", "Customers and products of a pair of CSM and sales"
    ),
    "org_proposals_per_100": Message("100社・月あたりの提案（{who}）", "Proposals per 100 customers and month ({who})"),
    "org_win_rate": Message("受注率（{who}）", "Win rate ({who})"),
    "org_days_open": Message("提案から決着までの日数（推定の中央値、{who}）", "Days open (estimated median, {who})"),
    "org_margin_to_cost": Message("粗利 ÷ 対応の費用", "Margin ÷ cost of the hours"),
    "org_customers_per_csm": Message("CSM1人（フルタイム換算）の顧客", "Customers per full-time CSM"),
    "org_large_share": Message("大口顧客の割合", "Share of large customers"),
    "org_by_csm": Message("CSM", "CSM"),
    "org_by_sales": Message("営業", "sales"),
}

_DOINGS: dict[str, Message] = {
    "org_do_load": Message(
        "顧客を移すか、モデルを下げるか、人を足す", "Move customers, lower their touch model, or add people"
    ),
    "org_do_offence_share": Message(
        "成長の目標を外すか、そのための時間を決める", "Drop the targets for growth, or set hours aside for it"
    ),
    "org_do_handoff_days": Message(
        "引き継ぎの期日と担当を、導入の完了前に決める",
        "Name who takes over, and by when, before onboarding is complete",
    ),
    "org_do_waiting_days": Message("待っている{n}社に今週連絡する", "Contact the {n} who wait this week"),
    "org_do_touched_before": Message(
        "提案の前にCSMが声をかける決まりにする", "Agree that a CSM speaks to the customer before a proposal"
    ),
    "org_do_margin_to_cost": Message(
        "時間の少ないモデルに移すか、価格を見直す",
        "Move customers to a model of fewer hours, or look at what they pay",
    ),
    "org_do_customers_per_csm": Message(
        "深く伴走する顧客を絞るか、人を足す", "Choose fewer customers for this model, or add people"
    ),
    "org_do_large_share": Message(
        "大口に絞ったセグメントにするか、別のモデルにする",
        "Narrow the segment to large customers, or choose another model",
    ),
}

_PAGE: dict[str, Message] = {
    "organisation_title": Message("組織モデル：{model}", "Organisation model: {model}"),
    "organisation_untitled": Message("組織モデル", "Organisation model"),
    "organisation_none": Message("データには、このモデルに反するものはありません。", "Nothing speaks against it in the data."),
    "organisation_warns": Message(
        "このモデルに反する数字が{count}つあります：{what}。", "Figures that speak against it ({count}): {what}."
    ),
    "organisation_what": Message("{measure} {value}（目安 {limit}）", "{measure} {value} (limit {limit})"),
    "organisation_blind": Message("分からないもの：{what}。", "Cannot be told: {what}."),
    "organisation_question": Message(
        "3回の締めで、反する数字が続いています。{models}の条件はすべて満たしています。合っているのはどのモデルか、話し合いませんか。",
        "At three closes in a row something has spoken against this model, and nothing against {models}. Which of them fits today?",
    ),
    "organisation_untold": Message("組織モデルについては言えません（{reason}）。", "The organisation model cannot be judged ({reason})."),
    "organisation_measure": Message("見るもの", "Figure"),
    "organisation_limit": Message("目安", "Limit"),
    "organisation_verdict": Message("判断", "Reading"),
    "organisation_doing": Message("すること", "What to do"),
    "organisation_whose": Message("{value}（{whose}）", "{value} ({whose})"),
    "org_verdict_speaks_against": Message("反する", "speaks against it"),
    "org_verdict_nothing_against": Message("反しない", "nothing against it"),
    "org_verdict_cannot_tell": Message("分からない", "cannot tell"),
    "reason_no_model": Message("セグメントに org_model の指定がない", "the segment names no org_model"),
    "reason_no_offence_target": Message("成長の目標はない", "no target for growth is set here"),
    "reason_single_team": Message(
        "2つ以上のチームの対応が要る（team.yaml、または種類 team の割り当て）",
        "touches of two teams are needed, by team.yaml or assignments of the kind team",
    ),
    "reason_roles": Message("提案には役割だけで、個人の名前がない", "a proposal names a role and no person"),
}  # fmt: skip

ORGANISATION: dict[str, Message] = {**_MODELS, **_FIGURES, **_DOINGS, **_PAGE}
