"""What charts are titled and labelled with, and the sentences that say what they show."""

from __future__ import annotations

from cslib.i18n.messages.text import Message

CHARTS: dict[str, Message] = {
    "trend_title": Message("{kpi}の推移", "{kpi} by month"),
    "trends": Message("推移", "Trends"),
    "trend_value": Message("{month}は{value}", "{value} in {month}"),
    "trend_interval": Message("（95%区間 {interval}）", " (95 % interval {interval})"),
    "trend_month": Message("、前月差{change}", ", {change} on the month before"),
    "trend_year": Message("、前年同月差{change}", ", {change} on a year before"),
    "trend_chance": Message("（偶然の幅の中）", " (within chance)"),
    "trend_reached": Message("。KPI目標{target}を達成", ". It meets the target of {target}"),
    "trend_missed": Message("。KPI目標{target}は未達", ". It misses the target of {target}"),
    "trend_undecided": Message(
        "。KPI目標{target}は95%区間の中にあり、達成とも未達とも言えない",
        ". The target of {target} lies inside the interval: reached or missed cannot be told",
    ),
    "trend_total": Message("。全社は{total}", ". The total stands at {total}"),
    "trend_no_last": Message("{month}の値はなく、直近は", "No value in {month}; the latest: "),
    "trend_small": Message("。白抜きの点は対象が少数の参考値", ". Hollow points rest on few cases"),
    "trend_clipped": Message(
        "。区間が図の外まで広がる月があります（幅のすべては表とCSV）",
        ". In some months the interval reaches beyond the picture; the table and the CSV hold it whole",
    ),
    "trend_why": Message("（{reason}）", " ({reason})"),
    "trend_short": Message(
        "。白抜きの点はデータの期間が足りない値で、ほかの月と比べられません",
        ". Hollow points rest on too few months of data to be compared",
    ),
    "between_sentences": Message("", " "),
    "no_values_because": Message(
        "この期間の値はありません（{reason}）。", "There are no values for this period ({reason})."
    ),
    "nothing_because": Message("示せるものがありません（{reason}）。", "There is nothing to show ({reason})."),
    "stop": Message("。", "."),
    "movement": Message("増減", "Movement"),
    "movement_opening": Message("月初", "Opening"),
    "movement_closing": Message("月末", "Closing"),
    "movement_new": Message("新規", "New"),
    "movement_reactivation": Message("再契約", "Reactivation"),
    "movement_expansion": Message("拡大", "Expansion"),
    "movement_upsell": Message("アップセル", "Upsell"),
    "movement_cross_sell": Message("クロスセル", "Cross-sell"),
    "movement_contraction": Message("減額", "Contraction"),
    "movement_churn": Message("解約", "Churn"),
    "movement_net": Message("純増減", "Net"),
    "amount": Message("金額", "Amount"),
    "bridge_title": Message("MRRの月初から月末まで", "MRR from opening to closing"),
    "bridge_text": Message(
        "MRRは{opening}から{closing}へ（{change}）。増加は{gains}、減少は{losses}。",
        "MRR went from {opening} to {closing} ({change}): {gains} gained, {losses} lost.",
    ),
    "bridge_largest": Message("最大の要因は{movement}（{amount}）。", "The largest part: {movement} ({amount})."),
    "movements_title": Message("MRRの増減の内訳", "MRR movements by month"),
    "movements_text": Message(
        "{months}か月のうち{up}か月で純増。{month}の純増減（点）は{net}。",
        "Net growth in {up} of {months} months; {net} net in {month} (the dots).",
    ),
    "stage": Message("ステージ", "Stage"),
    "distribution_title": Message("NPS回答の分布", "NPS answers by score"),
    "distribution_text": Message(
        "{n}件の回答のうち、推奨者{promoters}、中立者{passives}、批判者{detractors}。NPSは{nps}。",
        "Of {n} answers, {promoters} promoters, {passives} passives and {detractors} detractors: NPS {nps}.",
    ),
    "score": Message("点数", "Score"),
    "answers": Message("回答数", "Answers"),
    "group_detractor": Message("批判者", "Detractors"),
    "group_passive": Message("中立者", "Passives"),
    "group_promoter": Message("推奨者", "Promoters"),
    "cohorts_title": Message("契約開始時期別の継続率", "Retention by start of contract"),
    "cohorts_text": Message(
        "{cohorts}コホート。その半数以上が迎えた最も長い{age}か月後で、契約中の割合は平均{value}。色が濃いほど失った割合が大きいことを示します。",
        "{cohorts} cohorts; after {age} months, the longest that at least half of them have reached, {value} are still under contract on average. "
        "The darker a cell, the more is lost.",
    ),
    "cohort": Message("契約開始", "Started"),
    "age": Message("経過月数", "Months since"),
    "retention": Message("継続率", "Retention"),
    "survival_text": Message(
        "推定では半数が{median}までに完了（95%区間 {interval}）。",
        "By estimate half are done within {median} (95 % interval {interval}).",
    ),
    "survival_open": Message(
        "推定では{days}の時点で{share}が未完了で、半数の完了には届いていません。",
        "By estimate {share} are still open after {days}: half are not yet done.",
    ),
    "survival_cases": Message(
        "{n}件のうち{open}件はまだ完了しておらず、待っている日数までを数えています。",
        "Of {n} cases {open} are still open and count with the days they have waited so far.",
    ),
    "survival_axis": Message("開始からの日数", "Days since the start"),
    "days": Message("日数", "Days"),
    "open_share": Message("未完了の割合（推定）", "Still open (estimate)"),
    "at_risk": Message("観測中の件数", "Cases observed"),
    "median": Message("推定中央値 {value}", "Estimated median {value}"),
    "breakdown_title": Message("{kpi}の内訳", "{kpi} by group"),
    "breakdown_text": Message(
        "最高は{top}（{top_value}）、最低は{bottom}（{bottom_value}）。",
        "Highest: {top} ({top_value}). Lowest: {bottom} ({bottom_value}).",
    ),
    "breakdown_one": Message("{top}は{top_value}。", "{top}: {top_value}."),
    "breakdown_same": Message("{count}つとも{top_value}。", "All {count} stand at {top_value}."),
    "several": Message("{count}つが同じ値", "{count} alike"),
    "breakdown_alike": Message(
        "差は偶然でも起こる大きさです（すべてのグループをまとめた5%水準の検定では、違いがあるとは言えません）。",
        "Chance may explain the difference: one test over all of them does not tell them apart (at 5 %).",
    ),
    "as_read": Message(
        "{by}は{day}に読み取ったもので、過去の月も同じもので分けています（当時のものはわかりません）。",
        "The {by} of each customer is as read on {day}, in past months too: what it was then is not known.",
    ),
    "group": Message("区分", "Group"),
    "multiples_title": Message("{by}ごとの{kpi}の推移", "{kpi} by month, per {by}"),
    "multiples_scale": Message(
        "目盛りは共通、灰色の線は全社。", "One scale for all; the grey line is everyone together."
    ),
    "multiples_more": Message(
        "{total}のうち上位{shown}を表示。すべてはCSVにあります。",
        "The highest {shown} of {total} shown; all are in the CSV.",
    ),
    "per_csm": Message("担当者", "Customer Success manager"),
    "per_touch_model": Message("タッチモデル", "touch model"),
    "per_plan": Message("プラン", "plan"),
    "per_reference_permission": Message("事例化の可否", "permission to be a reference"),
    "per_industry": Message("業種", "industry"),
    "per_product": Message("製品", "product"),
}
