"""What is said of the customers' journey: its phases and gates, who is stuck, and the path of one customer."""

from __future__ import annotations

from cslib.i18n.messages.text import Message

_WORDS: dict[str, Message] = {
    "phase": Message("段階", "Phase"),
    "phase_consideration": Message("検討", "Consideration"),
    "phase_onboarding": Message("導入", "Onboarding"),
    "phase_adoption": Message("定着", "Adoption"),
    "phase_value": Message("成果", "Value"),
    "phase_renewal": Message("更新", "Renewal"),
    "phase_growth": Message("拡大", "Growth"),
    "phase_after_adoption": Message("定着後", "After adoption"),
    "journey_gate_start": Message("初回契約", "First contract"),
    "journey_gate_onboarded": Message("導入完了", "Onboarded"),
    "journey_gate_adopted": Message("定着", "Adopted"),
    "journey_gate_value": Message("最初の成果", "First outcome"),
    "journey_gate_renewed": Message("成果を得てからの更新", "Renewed with an outcome"),
    "policy_phase_days": Message("停滞とみなす日数", "Days from which on a customer is stuck"),
    "policy_reference_rest_days": Message(
        "事例を依頼した後に空ける日数", "Days of rest after a reference was asked for"
    ),
    "phase_days_own": Message(
        "各段階で自社の4分の3が次へ進む日数（20社に満たなければ導入90日、定着60日、成果180日）",
        "by which three in four of one's own customers go on (fewer than 20: onboarding 90, adoption 60, value 180)",
    ),
}

_MAP: dict[str, Message] = {
    "journey_title": Message("顧客の道のり", "The customers' journey"),
    "journey_untold": Message("顧客の道のりはわかりません（{reason}）。", "The journey cannot be told ({reason})."),
    "journey_slowest": Message(
        "次の関門まで最も長いのは「{phase}」の段階で、推定中央値{median}（95%区間 {interval}、{n}社）です。いま{customers}社（MRR {mrr}）がここにいます。",
        "The way to the next gate is longest in {phase}: an estimated median of {median} (95 % interval {interval}, {n} customers). "
        "{customers} customers (MRR {mrr}) are there now.",
    ),
    "journey_no_days": Message(
        "次の関門まで進んだ顧客が少なく、段階ごとの日数はまだ推定できません。",
        "Too few customers have come to a next gate for the days of a phase to be estimated.",
    ),
    "journey_nps_of": Message("この段階のNPSは{nps}（n={n}）。", "NPS in this phase is {nps} (n={n})."),
    "journey_stuck_sum": Message(
        "停滞は{customers}社（MRR {mrr}）です。", "{customers} customers (MRR {mrr}) are stuck."
    ),
    "journey_none_stuck": Message("停滞している顧客はいません。", "No customer is stuck."),
    "journey_without_outcome": Message(
        "{customers}社は最初の成果がないまま契約を更新しました。",
        "{customers} customers have renewed without a first outcome.",
    ),
    "journey_order": Message("前の関門より先に通った顧客：{listed}。", "Passed before an earlier gate: {listed}."),
    "journey_order_of": Message("「{gate}」は{whole}社のうち{count}社", "{gate} by {count} of {whole}"),
    "journey_hint": Message("{told}、参考値", "{told}, a hint only"),
    "journey_lacks": Message("わからないもの：{what}が必要です。", "Not told: it needs {what}."),
    "journey_not_told": Message("{phase}の段階はわかりません（{reason}）。", "{phase} cannot be told ({reason})."),
    "journey_one_phase": Message(
        "顧客の目標のデータがないため、定着の後は1つの段階として数えます。",
        "Without goals, all that comes after adoption is one phase.",
    ),
    "journey_customers_count": Message("{count}社", "{count} customers"),
    "journey_small": Message("少数", "few"),
    "journey_mrr": Message("MRR {mrr}", "MRR {mrr}"),
    "journey_days": Message("推定中央値{median}", "Estimated median {median}"),
    "journey_no_next": Message("次の関門はありません", "No further gate"),
    "journey_days_open": Message("日数は未到達", "Days not reached"),
    "journey_nps": Message("NPS {nps}（n={n}）", "NPS {nps} (n={n})"),
    "journey_no_nps": Message("NPSの回答なし", "No NPS answers"),
    "journey_stuck": Message("停滞 {count}社", "{count} stuck"),
    "journey_reaching": Message("1社・1か月あたり：{listed}", "Per customer and month: {listed}"),
    "journey_reach_of": Message("{kind} {hours}時間", "{kind} {hours} h"),
    "journey_reach_self": Message("自動応答・FAQ {count}回", "chatbot or FAQ {count} times"),
    "journey_kind_meeting": Message("面談", "meetings"),
    "journey_kind_call": Message("電話", "calls"),
    "journey_kind_seminar": Message("セミナー", "seminars"),
    "journey_kind_email": Message("メール", "e-mail"),
    "journey_key": Message(
        "幅は次の関門までの日数、高さは顧客数、枠の色はNPS（区間が0より上か、下か、どちらとも言えないか）です。",
        "Width is the days to the next gate, height the customers, and the border NPS: above 0, below 0, or not to be told.",
    ),
}

_TABLE: dict[str, Message] = {
    "journey_phases": Message("段階ごとの数字", "Figures by phase"),
    "journey_phases_text": Message(
        "日数は直近24か月に段階に入った顧客のカプラン・マイヤー推定で、途中の顧客と失った顧客は打ち切りとして数えます。出入りは12か月、重大な問い合わせは1社・1か月あたりです。",
        "Days are Kaplan-Meier estimates over those who came in within 24 months, with open and lost ones censored. Comings and "
        "goings are of 12 months, grave tickets per customer and month.",
    ),
    "journey_customers_in": Message("顧客", "Customers"),
    "journey_time": Message("次の関門まで（推定中央値）", "To the next gate (estimated median)"),
    "journey_p75": Message("4分の3は{days}", "three in four: {days}"),
    "journey_flow": Message("入った / 進んだ / 失った", "Came / went on / lost"),
    "journey_state": Message("利用低下 / 満了間近", "Slipping / due"),
    "journey_state_of": Message("{slipping} / {due}", "{slipping} / {due}"),
    "journey_stuck_at": Message("停滞", "Stuck"),
    "journey_stuck_of": Message("{count}社（{days}超）", "{count} (over {days})"),
    "journey_feels": Message("NPS・CSAT", "NPS, CSAT"),
    "journey_csat_of": Message("CSAT {csat}（n={n}）", "CSAT {csat} (n={n})"),
    "journey_grave": Message("重大な問い合わせ", "Grave tickets"),
    "journey_grave_of": Message("{tickets}件（{n}社・月）", "{tickets} ({n} customer-months)"),
    "journey_flow_of": Message("{entered} / {passed} / {lost}", "{entered} / {passed} / {lost}"),
}

_CUSTOMERS: dict[str, Message] = {
    "journey_stuck_title": Message("停滞している顧客", "Customers that are stuck"),
    "journey_stuck_text": Message(
        "{count}社（MRR {mrr}）が、段階ごとの期限を超えて次の関門を通っていません。MRRの大きい順です。",
        "{count} customers (MRR {mrr}) have not come through the next gate within the days of their phase. Those who pay most come first.",
    ),
    "journey_none_listed": Message("停滞している顧客はいません。", "No customer is stuck."),
    "journey_slip_text": Message(
        "ほかに{count}社が、定着した後に2か月続けて利用の基準を下回っています（CSVの slipping）。",
        "Another {count} have adopted, but fell short of the rule of use at two closes in a row (slipping in the CSV).",
    ),
    "journey_in_phase": Message("日数", "Days"),
    "journey_open_gate": Message("通っていない関門", "Open gate"),
    "journey_last_touch": Message("最後の接触", "Last touch"),
    "journey_path_title": Message("1社の道のり：{name}", "The path of one customer: {name}"),
    "journey_path_text": Message(
        "いまは「{phase}」の段階に{days}います。", "In {phase} for {days} now."
    ),
    "journey_path_early": Message("関門の順序が入れ替わっています：{gates}。", "Out of order: {gates}."),
    "journey_path_open": Message("まだ", "not yet"),
    "journey_path_after": Message("{days}後", "{days} later"),
    "journey_path_none": Message("道のりを示せる顧客がいません（{reason}）。", "There is no customer whose path could be shown ({reason})."),
}  # fmt: skip

JOURNEY: dict[str, Message] = {**_WORDS, **_MAP, **_TABLE, **_CUSTOMERS}
