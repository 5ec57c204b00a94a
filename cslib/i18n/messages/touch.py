"""Words of touch models: what each takes and has, who has another than the rule says, and the load of each CSM."""

from __future__ import annotations

from cslib.i18n.messages.text import Message

_MODELS: dict[str, Message] = {
    "model_high": Message("ハイ", "High"),
    "model_low": Message("ロー", "Low"),
    "model_tech": Message("テック", "Tech"),
    "model_unassigned": Message("未割り当て", "Unassigned"),
    "model_all": Message("すべて", "All"),
    "touch_title": Message("タッチモデルごとの配分", "What each touch model takes and has"),
    "touch_measure": Message("見るもの", "Measure"),
    "touch_customers_count": Message("顧客", "Customers"),
    "touch_mrr": Message("MRR", "MRR"),
    "touch_mrr_share": Message("MRRの割合", "Share of MRR"),
    "touch_hours": Message("月の時間", "Hours a month"),
    "touch_hours_share": Message("時間の割合", "Share of hours"),
    "touch_hours_per_customer": Message("1社あたりの月の時間", "Hours a month per customer"),
    "touch_untouched": Message("90日間、人の対応なし", "No touch by a person in 90 days"),
    "touch_cost": Message("月の費用", "Cost a month"),
    "touch_cost_to_mrr": Message("費用 ÷ MRR", "Cost ÷ MRR"),
    "touch_customers_per_csm": Message("CSM1人(フルタイム換算)あたりの顧客", "Customers per full-time CSM"),
    "touch_of_hours": Message("{hours}時間", "{hours} h"),
    "touch_wrong": Message(
        "ルールと違うモデルが{closes}回の締めで続いている顧客は{share}({interval}、{n}社中)。",
        "{share} of {n} customers ({interval}) have had another model than the rule's for {closes} closes.",
    ),
    "touch_wrong_latest": Message(
        "ルールが{closes}回の締めで同じで、いまのモデルが違う顧客は{share}({interval}、{n}社中)。モデルに日付がないため、いつから違うかは分かりません。",
        "Of {share} of {n} customers ({interval}) the rule has said for {closes} closes what today's model is not; since when cannot be "
        "told, as the models have no dates.",
    ),
    "touch_sides": Message(
        "足りない: {under}社({under_share}、MRR {mrr})。余っている: {over}社({over_share})。",
        "Under-served: {under} ({under_share}, {mrr} MRR). Over-served: {over} ({over_share}).",
    ),
    "touch_freed": Message(
        "余っている顧客に使っているのは月{hours}時間。ルールのモデルなら月{freed}時間が空く計算です。",
        "The over-served take {hours} hours a month; at the rule's model {freed} of them would be free.",
    ),
    "touch_now": Message(
        "この締めだけなら違うのは{share}。前の締めからルールの答えが変わった顧客は{changed}。",
        "At this close alone {share} differ; of {changed} the rule says another than at the close before.",
    ),
    "touch_untold": Message("合っているかは言えません({reason})。", "Whether models fit cannot be told ({reason})."),
    "touch_unknown": Message(
        "ルールのうち分からないもの: {what}。", "Of what the rule goes by, this is not known: {what}."
    ),
    "touch_chosen": Message(
        "顧客はモデルに合わせて選ばれています。列を見比べても、モデルの働きは分かりません。",
        "These customers were chosen for their model; the columns do not show what a model does.",
    ),
    "touch_shares_title": Message("時間の割合とMRRの割合", "Share of hours against share of MRR"),
    "touch_shares_text": Message(
        "{model}: MRRの{mrr}に対し、時間の{hours}。", "{model}: {hours} of the hours, {mrr} of MRR."
    ),
    "touch_shares_one": Message(
        "すべての顧客が同じモデル({model})なので、並べる相手がありません。",
        "All customers have the same model ({model}): there is no other to hold it against.",
    ),
    "touch_grounds_usage": Message("利用の記録", "use"),
    "touch_grounds_goals": Message("顧客の目標", "goals"),
    "touch_grounds_milestones": Message("オンボーディングの節目", "milestones of onboarding"),
    "touch_grounds_surveys": Message("NPSの回答", "answers to NPS"),
}

_LISTS: dict[str, Message] = {
    "under_served_title": Message("対応が足りない顧客", "Under-served"),
    "over_served_title": Message("対応が余っている顧客", "Over-served"),
    "unassigned_title": Message("タッチモデルのない顧客", "Without a touch model"),
    "under_served_text": Message(
        "{count}社(MRR {mrr})。MRRの大きい順です。", "{count} customers ({mrr} MRR), those who pay most first."
    ),
    "over_served_text": Message(
        "{count}社に月{hours}時間。時間の多い順に載せています。",
        "{count} customers take {hours} hours a month; those who take most come first.",
    ),
    "over_served_number": Message("{count}社。", "{count} customers."),
    "unassigned_text": Message("{count}社(MRR {mrr})。", "{count} customers ({mrr} MRR)."),
    "list_none": Message("該当なし。", "None."),
    "touch_move": Message("いま → ルール", "Now → rule"),
    "touch_why": Message("理由", "Why"),
    "touch_hours_90": Message("90日の時間", "Hours in 90 days"),
    "rule_large": Message("大口", "large"),
    "rule_middle": Message("中規模", "of middle size"),
    "rule_small": Message("小口", "small"),
    "rule_new": Message("導入中(必須の節目が残る)", "new, with a required milestone open"),
    "rule_not_adopted": Message("未定着", "not adopted"),
    "rule_settled": Message("安定", "settled"),
}

_LOAD: dict[str, Message] = {
    "load_title": Message("担当者の負荷", "Load of each CSM"),
    "load_text": Message(
        "{count}人のうち、負荷が1を超えるのは{over}人。記録された時間が必要な時間の半分に届かないのは{unlogged}人。",
        "CSMs: {count}; with a load over 1: {over}; with less than half of the hours needed on record: {unlogged}.",
    ),
    "load_basis": Message(
        "必要な時間は方針の見積もり(1社・月: ハイ{high}、ロー{low}、テック{tech}、導入中+{onboarding}、更新前+{renewal})、使える時間はフルタイム1人で月{capacity}時間です。",
        "The hours needed are the assumptions of the settings (a customer and month: high {high}, low {low}, tech {tech}, while onboarded "
        "+{onboarding}, before a renewal +{renewal}); a full-time CSM has {capacity} hours a month.",
    ),
    "load_assumed": Message(
        "params/team.yaml にない{count}人はフルタイム1人として数えています。",
        "{count} without an entry in params/team.yaml count as one full working time.",
    ),
    "load_alone": Message("担当のいない顧客: {count}社(MRR {mrr})。", "Customers without a CSM: {count} ({mrr} MRR)."),
    "load_unlogged_untold": Message("記録との比較はできません({reason})。", "The log cannot be compared ({reason})."),
    "load_fte": Message("勤務", "FTE"),
    "load_load": Message("負荷", "Load"),
    "load_hours": Message("必要 / 使える時間", "Hours needed / at hand"),
    "load_logged": Message("記録された時間", "Hours logged"),
    "load_why": Message("気づき", "Finding"),
    "load_over_capacity": Message("容量超過", "over capacity"),
    "load_plan_and_log_disagree": Message(
        "計画と記録が合わない(記録漏れか、対応できていない)",
        "plan and log disagree: hours are not logged, or customers are not served",
    ),
    "load_away": Message(
        "team.yaml ではこの月にいない", "not there in this month by team.yaml, and customers are left"
    ),
    "load_of_hours": Message("{needed} / {capacity}", "{needed} / {capacity}"),
}

_REASONS: dict[str, Message] = {
    "reason_undated": Message("日付がなく、最新の月しか分からない: {what}", "without dates, known for the latest month alone: {what}"),
    "reason_one_model": Message(
        "ルールではすべての顧客が同じモデルになり、見分けられません。policies.yaml の touch_rule を見直してください",
        "the rule puts everyone into one touch model and tells nobody apart; see touch_rule in policies.yaml",
    ),
    "reason_one_close": Message("モデルは最新の締めしか分かりません", "the model is known for the latest close alone"),
    "reason_unassigned": Message("タッチモデルのある顧客がいません", "no customer has a touch model"),
    "reason_agreed": Message("ルールと違うモデルが続いている顧客はいません", "no customer has had another model than the rule's for long enough"),
    "reason_nameless": Message("担当のいる顧客がいません", "no customer has a CSM"),
}  # fmt: skip

_POLICIES: dict[str, Message] = {
    "touch_rule_rule": Message(
        "ハイ: {large}、テック: {small}、ほかはロー。{new_months}か月以内で必須の節目が残るか、定着していなければ1段上、{settled_months}か月以上で安定していればローから1段下。{steady_closes}回の締めで続けば一覧に載せる",
        "High: {large}; tech: {small}; the others low. One step up up to {new_months} months with a required milestone open, or where not "
        "adopted; one down from low where settled for {settled_months} months. Listed after {steady_closes} closes",
    ),
    "touch_large_mrr_share": Message("MRRの上位{limit}を占める顧客", "those who hold the upper {limit} of MRR"),
    "touch_large_at_least": Message("MRR {limit}以上", "{limit} MRR or more"),
    "touch_small_mrr_share": Message("MRRの下位{limit}を占める顧客", "those who hold the lowest {limit} of MRR"),
    "touch_small_below": Message("MRR {limit}未満", "less than {limit} MRR"),
    "touch_hours_rule": Message(
        "ハイ{high}、ロー{low}、テック{tech}。導入中+{onboarding}、更新前90日+{renewal_within_90_days}",
        "high {high}, low {low}, tech {tech}; while onboarded +{onboarding}, 90 days before a renewal +{renewal_within_90_days}",
    ),
    "capacity_rule": Message("{hours}時間 × {share}", "{hours} hours × {share}"),
    "organisation_rule": Message(
        "負荷{load}、成長のための時間{offence_share}、引き継ぎ{handoff_days}日・待ち{waiting_days}日、提案前の対応{touched_before}、粗利÷対応費用{margin_to_cost}、CSM1人{customers_per_csm}社、大口{large_share}",
        "load {load}, hours for growth {offence_share}, hand-off {handoff_days} days and {waiting_days} waiting, touched before a proposal "
        "{touched_before}, margin over cost {margin_to_cost}, {customers_per_csm} customers per CSM, large {large_share}",
    ),
}

TOUCH: dict[str, Message] = {**_MODELS, **_LISTS, **_LOAD, **_REASONS, **_POLICIES}
