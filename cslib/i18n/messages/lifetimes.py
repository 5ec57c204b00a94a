"""What is said of how long customers stay, and of cohorts by what they pay."""

from __future__ import annotations

from cslib.i18n.messages.text import Message

LIFETIMES: dict[str, Message] = {
    "lifetime_title": Message("契約が続く期間", "How long customers stay under contract"),
    "lifetime_title_by": Message("契約が続く期間（{by}別）", "How long customers stay under contract, by {by}"),
    "lifetime_by_product": Message("プロダクト", "product"),
    "lifetime_by_touch_model": Message("タッチモデル", "touch model"),
    "lifetime_by_cohort": Message("契約開始年", "year of start"),
    "lifetime_axis": Message("契約開始からの月数", "Months since the start of the contract"),
    "lifetime_age": Message("経過月数", "Months since"),
    "lifetime_share": Message("契約中の割合（推定）", "Still under contract (estimate)"),
    "lifetime_at_risk": Message("観測中の顧客数", "Customers observed"),
    "lifetime_small": Message("{group}（少数）", "{group} (few)"),
    "lifetime_text": Message(
        "推定では{months}の時点で{share}が契約中（95%区間 {interval}）。",
        "By estimate {share} are still under contract after {months} (95 % interval {interval}).",
    ),
    "lifetime_text_alone": Message(
        "推定では{months}の時点で{share}が契約中。", "By estimate {share} are still under contract after {months}."
    ),
    "lifetime_half": Message("半数は{months}までに解約しています。", "Half are lost within {months}."),
    "lifetime_from": Message(
        "曲線は{months}から始まり、それまで続いた顧客だけについての割合です。",
        "The curve begins at {months}, and is of those who had lasted so long.",
    ),
    "lifetime_since": Message(
        "{month}より前の解約は記録にないとみられるため、それ以前からの顧客はその時点から数えています。",
        "Losses before {month} do not seem to be on record, so who came earlier counts from then on.",
    ),
    "lifetime_groups": Message("{months}の時点で、{groups}。", "After {months}: {groups}."),
    "lifetime_group": Message("{group}は{share}", "{group} {share}"),
    "lifetime_differ": Message(
        "全期間を通じたログランク検定では、区分の間に偶然を超える差があります（理由までは示しません）。",
        "Over all months a log-rank test tells the groups apart by more than chance; it does not say why.",
    ),
    "lifetime_chance": Message(
        "差は偶然でも起こる大きさです（ログランク検定）。", "Chance may explain the difference (log-rank test)."
    ),
    "lifetime_few": Message(
        "解約した顧客が少なく、差があるかどうかは言えません。",
        "Too few customers were lost to tell whether the groups differ.",
    ),
    "lifetime_alone": Message(
        "比べられる大きさの区分が1つ以下のため、差は検定していません。",
        "Fewer than two groups are large enough to be compared.",
    ),
    "lifetime_young": Message("まだ1か月続けて見た顧客がいません", "nobody has been seen for a month yet"),
    "cohorts_mrr_title": Message("契約開始時期別のMRRの継続", "MRR kept by start of contract"),
    "cohorts_mrr_text": Message(
        "{cohorts}コホート。{age}か月後のMRRは当初の{low}から{high}（拡大と減額を含む）。青は減った分、緑は増えた分で、色が濃いほど大きい。",
        "{cohorts} cohorts; after {age} months they pay from {low} to {high} of what they first paid, growth and cuts included. "
        "Blue is what was lost, green what was gained; the darker, the more.",
    ),
    "mrr_retention": Message("MRRの継続率", "MRR kept"),
}
