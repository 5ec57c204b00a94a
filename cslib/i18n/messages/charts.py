"""What charts are titled and labelled with, and the sentences that say what they show."""

from __future__ import annotations

from cslib.i18n.messages.text import Words

CHARTS: dict[str, Words] = {
    "trend_title": Words("{kpi}の推移", "{kpi} by month"),
    "trends": Words("推移", "Course by month"),
    "trend_value": Words("{month}は{value}", "{value} in {month}"),
    "trend_interval": Words("(95%区間 {interval})", " (95 % interval {interval})"),
    "trend_month": Words("、前月比{change}", ", {change} on the month before"),
    "trend_year": Words("、前年同月比{change}", ", {change} on a year before"),
    "trend_chance": Words("(偶然の幅の中)", " (within chance)"),
    "trend_reached": Words("。目標{target}を達成", ". It meets the target of {target}"),
    "trend_missed": Words("。目標{target}に未達", ". It misses the target of {target}"),
    "trend_undecided": Words(
        "。目標{target}は95%区間の中にあり、達成とも未達とも言えない",
        ". The target of {target} lies inside the interval: reached or missed cannot be told",
    ),
    "trend_total": Words("。全体は{total}", ". The total stands at {total}"),
    "trend_no_last": Words("{month}の値はなく、直近は", "No value in {month}; the latest: "),
    "trend_small": Words("。白抜きの点は対象が少数の参考値", ". Hollow points rest on few cases"),
    "trend_why": Words("({reason})", " ({reason})"),
    "trend_short": Words(
        "。白抜きの点はデータの期間が足りない値で、ほかの月と比べられません",
        ". Hollow points rest on too few months of data to be compared",
    ),
    "between_sentences": Words("", " "),
    "no_values_because": Words(
        "この期間の値はありません({reason})。", "There are no values for this period ({reason})."
    ),
    "stop": Words("。", "."),
    "movement": Words("増減", "Movement"),
    "movement_opening": Words("月初", "Opening"),
    "movement_closing": Words("月末", "Closing"),
    "movement_new": Words("新規", "New"),
    "movement_reactivation": Words("復活", "Reactivation"),
    "movement_expansion": Words("拡大", "Expansion"),
    "movement_upsell": Words("アップセル", "Upsell"),
    "movement_cross_sell": Words("クロスセル", "Cross-sell"),
    "movement_contraction": Words("減額", "Contraction"),
    "movement_churn": Words("解約", "Churn"),
    "movement_net": Words("純増減", "Net"),
    "amount": Words("金額", "Amount"),
    "bridge_title": Words("MRRの月初から月末まで", "MRR from opening to closing"),
    "bridge_text": Words(
        "MRRは{opening}から{closing}へ({change})。増加は{gains}、減少は{losses}。",
        "MRR went from {opening} to {closing} ({change}): {gains} gained, {losses} lost.",
    ),
    "bridge_largest": Words("最大の要因は{movement}({amount})。", "The largest part: {movement} ({amount})."),
    "movements_title": Words("MRRの増減の内訳", "MRR movements by month"),
    "movements_text": Words(
        "{months}か月のうち{up}か月で純増。{month}の純増減(点)は{net}。",
        "Net growth in {up} of {months} months; {net} net in {month} (the dots).",
    ),
    "funnel_title": Words("設定から財務までの到達度", "How far customers come, setup to financial"),
    "funnel_text": Words(
        "最も低いのは{bottom}の{bottom_value}、最も高いのは{top}の{top_value}。",
        "Lowest: {bottom} at {bottom_value}. Highest: {top} at {top_value}.",
    ),
    "stage": Words("ステージ", "Stage"),
    "distribution_title": Words("NPS回答の分布", "NPS answers by score"),
    "distribution_text": Words(
        "{n}件の回答のうち、推奨者{promoters}、中立者{passives}、批判者{detractors}。NPSは{nps}。",
        "Of {n} answers, {promoters} promoters, {passives} passives and {detractors} detractors: NPS {nps}.",
    ),
    "score": Words("点数", "Score"),
    "answers": Words("回答数", "Answers"),
    "group_detractor": Words("批判者", "Detractors"),
    "group_passive": Words("中立者", "Passives"),
    "group_promoter": Words("推奨者", "Promoters"),
    "cohorts_title": Words("契約開始時期別の継続率", "Retention by start of contract"),
    "cohorts_text": Words(
        "{cohorts}コホート。{age}か月後も契約中の割合は平均{value}。",
        "{cohorts} cohorts; on average {value} are still under contract after {age} months.",
    ),
    "cohort": Words("契約開始", "Started"),
    "age": Words("経過月数", "Months since"),
    "retention": Words("継続率", "Retention"),
    "survival_text": Words(
        "推定では半数が{median}までに完了(95%区間 {interval})。",
        "By estimate half are done within {median} (95 % interval {interval}).",
    ),
    "survival_open": Words(
        "推定では{days}の時点で{share}が未完了で、半数の完了には届いていません。",
        "By estimate {share} are still open after {days}: half are not yet done.",
    ),
    "survival_cases": Words(
        "{n}件のうち{open}件はまだ完了しておらず、待っている日数までを数えています。",
        "Of {n} cases {open} are still open and count with the days they have waited so far.",
    ),
    "survival_axis": Words("開始からの日数", "Days since the start"),
    "days": Words("日数", "Days"),
    "open_share": Words("未完了の割合(推定)", "Still open (estimate)"),
    "at_risk": Words("観測中の件数", "Cases observed"),
    "median": Words("推定中央値 {value}", "Estimated median {value}"),
    "breakdown_title": Words("{kpi}の内訳", "{kpi} by group"),
    "breakdown_text": Words(
        "最高は{top}({top_value})、最低は{bottom}({bottom_value})。",
        "Highest: {top} ({top_value}). Lowest: {bottom} ({bottom_value}).",
    ),
    "breakdown_one": Words("{top}は{top_value}。", "{top}: {top_value}."),
    "breakdown_same": Words("{count}つとも{top_value}。", "All {count} stand at {top_value}."),
    "several": Words("{count}つが同じ値", "{count} alike"),
    "breakdown_alike": Words(
        "差は偶然でも起こりうる大きさです(全体をまとめた5%水準の検定では、違いがあるとは言えません)。",
        "Chance may explain the difference: one test over all of them does not tell them apart (at 5 %).",
    ),
    "as_read": Words(
        "{by}は{day}に読み取ったもので、過去の月も同じもので分けています(当時のものはわかりません)。",
        "The {by} of each customer is as read on {day}, in past months too: what it was then is not known.",
    ),
    "group": Words("区分", "Group"),
    "multiples_title": Words("{by}ごとの{kpi}の推移", "{kpi} by month, per {by}"),
    "multiples_scale": Words(
        "目盛りは共通、灰色の線は全員。", "One scale for all; the grey line is everyone together."
    ),
    "multiples_more": Words(
        "{total}のうち上位{shown}を表示。すべてはCSVにあります。",
        "The highest {shown} of {total} shown; all are in the CSV.",
    ),
    "per_csm": Words("担当者", "Customer Success manager"),
    "per_touch_model": Words("タッチモデル", "touch model"),
    "per_plan": Words("プラン", "plan"),
    "per_reference_permission": Words("事例化の可否", "permission to be a reference"),
    "per_industry": Words("業種", "industry"),
    "per_product": Words("製品", "product"),
}
