"""What is said of defence and offence: churn against the wall, the forecast, and renewals to come."""

from __future__ import annotations

from cslib.i18n.messages.text import Message

_WALL: dict[str, Message] = {
    "wall_title": Message("守りか攻めか：解約率と壁", "Defence or offence: churn against the wall"),
    "wall_churn": Message(
        "直近12か月の延べ{months}社月で{losses}社が解約：月{churn}（95%区間 {interval}）、年にすると{annual}。"
        "壁は月{wall}（年{annual_wall}）です。",
        "{losses} customers were lost in {months} customer-months of the last twelve months: {churn} a month (95 % interval "
        "{interval}), which is {annual} a year. The wall is {wall} a month ({annual_wall} a year).",
    ),
    "wall_below_wall": Message(
        "解約率は壁より低いところにあります。守りに残る余地は12か月で{defence}、攻めの余地は{offence}です。",
        "Churn lies below the wall. What defence has left to gain in 12 months is {defence}; what offence has is {offence}.",
    ),
    "wall_defence_first": Message(
        "解約率は壁より高く、守りが先です。守りの余地は12か月で{defence}、攻めの余地は{offence}です。",
        "Churn lies above the wall: defence first. It has {defence} to gain in 12 months; offence has {offence}.",
    ),
    "wall_cannot_tell": Message(
        "どちらが先かは言えません（{reason}）。守りの余地は12か月で{defence}、攻めの余地は{offence}です。",
        "Which comes first cannot be told ({reason}). Defence has {defence} to gain in 12 months; offence has {offence}.",
    ),
    "wall_untold": Message("どちらが先かは言えません（{reason}）。", "Which comes first cannot be told ({reason})."),
    "wall_needed": Message(
        "壁の上か下かがわかるには、この解約率なら延べ{needed}社月ほど必要です。",
        "At this churn it takes about {needed} customer-months to tell.",
    ),
    "wall_room": Message("{amount}（80%の幅 {band}）", "{amount} (80 % band {band})"),
    "wall_horizon": Message("これから", "Over"),
    "wall_defence": Message("守りの余地（粗利）", "Room of defence (margin)"),
    "wall_offence": Message("攻めの余地（粗利）", "Room of offence (margin)"),
    "wall_band": Message("80%の幅", "80 % band"),
    "wall_basis_title": Message("余地の根拠", "What the rooms are reckoned from"),
    "wall_basis_text": Message(
        "守りの余地は、解約率が壁まで下がり（壁より低ければそのまま）、減額がなくなった場合。攻めの余地は、席をほぼ使い切った顧客に席を、"
        "持っていない製品をほかの顧客が持つ割合だけ、1年のうちに提案し、いつもの割合で受注した場合です。",
        "Defence: churn falls to the wall (or stays, where it is lower) and nothing is reduced any more. Offence: within a year, "
        "more seats are offered to those who use nearly all of theirs, and products to those who lack them, as often as others "
        "hold them, and as many proposals are won as usual.",
    ),
    "wall_line": Message("項目", "Item"),
    "wall_mrr": Message("MRR", "MRR"),
    "wall_lost_share": Message("解約で失う割合（金額、月）", "Lost by churn, of revenue a month"),
    "wall_contraction_share": Message("減額の割合（金額、月）", "Reduced, of revenue a month"),
    "wall_expansion_share": Message("拡大の割合（金額、月）", "Expansion, of revenue a month"),
    "wall_full_seats": Message("席の80%以上を使う顧客", "Customers that use 80 % of their seats or more"),
    "wall_seat_offers": Message("席の提案の見込み額（月）", "What more seats usually come to, a month"),
    "wall_product_offers": Message("製品の提案の見込み額（月）", "What further products usually come to, a month"),
    "wall_win_rate": Message("提案の受注率（直近12か月）", "Proposals won (last 12 months)"),
    "wall_win_interval": Message("受注率の95%区間", "Its 95 % interval"),
    "wall_of": Message("{share}（{won}/{closed}件）", "{share} ({won} of {closed})"),
    "reason_across": Message("解約率の区間が壁をまたいでいます", "the interval of churn holds the wall"),
    "reason_unasked": Message(
        "直近12か月に席・製品の提案で決着したものがありません",
        "no proposal of more seats or of a product was closed in 12 months",
    ),
}

_FORECAST: dict[str, Message] = {
    "forecast_mrr": Message("MRRの見通し（今の顧客と新規）", "Forecast of MRR, today's customers and new ones"),
    "forecast_mrr_held": Message("今の顧客のMRRの見通し", "Forecast of today's customers' MRR"),
    "forecast_mrr_new": Message("新規のMRRの見通し", "Forecast of new business, MRR"),
    "forecast_nrr": Message("今の顧客のNRRの見通し", "Forecast of today's customers' NRR"),
    "forecast_grr": Message("今の顧客のGRRの見通し", "Forecast of today's customers' GRR"),
    "forecast_middle": Message("中央", "Middle"),
    "forecast_80": Message("80%の幅", "80 % band"),
    "forecast_95": Message("95%の幅", "95 % band"),
    "forecast_text": Message("{month}は{value}前後、80%の幅は{band}。", "Around {value} in {month}; 80 % band {band}."),
    "forecast_record": Message(
        "過去{tried}回の12か月先の見通しのうち、広げる前の80%の幅に入ったのは{inside}回（重なりを除けば{independent}回分）。"
        "それに合わせて幅を{factor}にしています。",
        "Of {tried} such forecasts in the past, what came 12 months later lay inside the 80 % band in {inside} (they overlap, and "
        "count as {independent}); the bands are widened {factor} for it.",
    ),
    "forecast_untried": Message(
        "過去のデータが足りず、見通しが当たってきたかはまだわかりません。幅は{factor}にしています。",
        "The data are too young to tell how such forecasts have held; the bands are widened {factor}.",
    ),
    "forecast_errors": Message(
        "中央の平均の外れは{error}、何も変わらないと見た場合は{same}です。",
        "The middle was off by {error} on average; saying that nothing changes, by {same}.",
    ),
    "forecast_error": Message("中央の平均の外れは{error}です。", "The middle was off by {error} on average."),
}

_RENEWALS: dict[str, Message] = {
    "renewals_ahead": Message("これから12か月の更新", "Renewals due in the next 12 months"),
    "renewals_text": Message(
        "12か月のうちに{amount}（MRR）の契約が満期を迎えます。最も大きいのは{month}の{largest}です。",
        "Terms of {amount} of MRR fall due within 12 months, most of it in {month}: {largest}.",
    ),
    "renewals_none": Message(
        "これから12か月に満期を迎える契約はありません。", "No term falls due in the next 12 months."
    ),
    "renewals_customers": Message("顧客", "Customers"),
    "renewals_amount": Message("MRR", "MRR"),
    "renewals_bands": Message(
        "過去に同じ区分だった顧客のうち、その後6か月に解約した割合：{bands}。一社ごとの確率ではありません。",
        "Of customers that were in a band in the past, lost within the six months after: {bands}. That is no chance of any one customer.",
    ),
    "renewals_lost": Message("{band} {share}（{interval}）", "{band} {share} ({interval})"),
}

GROWTH: dict[str, Message] = {**_WALL, **_FORECAST, **_RENEWALS}
