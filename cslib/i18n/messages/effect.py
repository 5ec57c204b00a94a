"""What is said of programmes: the verdict on each, what it rests on, and who was compared with whom."""

from __future__ import annotations

from cslib.i18n.messages.text import Message

_VERDICTS: dict[str, Message] = {
    "effect_title": Message("施策ごとの判定", "The verdict on each programme"),
    "effect_answer": Message("この施策に何が言えるか", "What can be said of the programmes"),
    "effect_none": Message(
        "施策について言えることはありません（{reason}）。", "Nothing can be said of programmes ({reason})."
    ),
    "effect_any": Message("いずれかの施策", "Any programme"),
    "effect_programme": Message("施策", "Programme"),
    "effect_outcome": Message("見た数字", "Figure"),
    "effect_estimate": Message("比べた相手との差", "Difference from those compared"),
    "effect_participants": Message("参加", "Participants"),
    "effect_needed": Message("確かめるのに要る参加", "Participants needed to tell"),
    "effect_said": Message("{verdict}：{programmes}。", "{verdict}: {programmes}."),
    "effect_said_of": Message("{programme}（{outcome}）", "{programme} ({outcome})"),
    "effect_measured": Message(
        "参加した{n}社と似た顧客との差は{value}（95%区間 {interval}）。",
        "The {n} participants differ from similar customers by {value} (95 % interval {interval}).",
    ),
    "effect_relative": Message(
        "参加前の平均{before}の{share}です。", "That is {share} of their mean of {before} before."
    ),
    "effect_sway": Message("参加前の6か月の揺れは最大{sway}。", "In the six months before it sways by up to {sway}."),
    "effect_seen_from": Message(
        "この人数で見えるのは{change}以上の差です。", "With so few, a difference shows from {change} on."
    ),
    "effect_trend": Message(
        "参加前の傾きの検定だけに頼れば、{change}の偏りまで見逃します。",
        "A test of the trend before, alone, would miss a bias of up to {change}.",
    ),
    "effect_judged": Message(
        "{count}組を判定し、組の数だけ厳しく見ています。裏付けあり{supported}、矛盾しない{consistent}、見込みに反する{against}、"
        "判断できない{open}。",
        "{count} pairs were judged, more strictly for their number: {supported} supported, {consistent} consistent, {against} spoken "
        "against, {open} that cannot be told.",
    ),
    "effect_verdict_supported": Message("裏付けあり", "Supported"),
    "effect_verdict_consistent": Message("矛盾しないが裏付けは足りない", "Consistent, but not supported"),
    "effect_verdict_speaks_against": Message("データは見込みに反する", "The data speak against it"),
    "effect_verdict_cannot_tell": Message("判断できない", "Cannot tell"),
    "effect_outcome_use": Message("1席あたりの利用", "Use per seat"),
    "effect_outcome_adoption": Message("定着", "Adoption"),
    "effect_outcome_mrr_kept": Message("残った顧客のMRR（参加前比）", "MRR of those who stayed, to before"),
    "effect_outcome_nps": Message("NPS", "NPS"),
    "effect_outcome_lost_6": Message("6か月以内の解約", "Lost within 6 months"),
    "effect_outcome_lost_12": Message("12か月以内の解約", "Lost within 12 months"),
    "effect_outcome_mrr_retained": Message("6か月後に残るMRR（参加前比）", "MRR retained after 6 months, to before"),
    "effect_outcome_kept": Message("契約中の割合", "Share still under contract"),
}

_REASONS: dict[str, Message] = {
    "effect_lacks_few_participants": Message("参加が少ない", "too few participants"),
    "effect_lacks_few_starts": Message("始めた月が3つに満たない", "fewer than three start months"),
    "effect_lacks_few_compared": Message("比べられる顧客が少ない", "too few to compare with"),
    "effect_lacks_unbalanced": Message(
        "重みをつけても顧客の性質がそろわない", "the compared differ even when weighted"
    ),
    "effect_lacks_few_clusters": Message(
        "まとまり（担当者など）が8に満たない", "fewer than eight clusters, such as CSMs"
    ),
    "effect_lacks_sway": Message("参加前の揺れが大きい", "sways too much before"),
    "effect_lacks_own_trend": Message("それまでの傾きを除くと残らない", "gone once the earlier trend is taken off"),
    "effect_lacks_within_chance": Message("差は偶然の幅に入る", "the difference may be chance"),
    "effect_lacks_unfavourable": Message("差は望まない向き", "the difference is on the worse side"),
    "effect_lacks_below_expected": Message("見込んだ差には届かない", "the difference falls short of what was expected"),
    "effect_lacks_none": Message("参加した顧客がいない", "nobody joined"),
    "effect_lacks_not_yet": Message("参加から6か月たっていない", "joined less than six months ago"),
    "effect_lacks_before_data": Message("参加前6か月の記録がない", "no record of the six months before joining"),
    "effect_lacks_too_young": Message("契約6か月未満で参加", "joined within six months of the first contract"),
    "effect_lacks_left_at_once": Message("参加した月のうちに離れた", "left within the month of joining"),
    "effect_lacks_lost_since": Message("6か月後には契約がない", "no longer under contract six months later"),
    "effect_lacks_unknown": Message("数字のわからない月がある", "the figure is not known of all months"),
    "effect_lacks_nobody_else": Message("同じ月に比べられる相手がいない", "nobody to compare with in that month"),
    "effect_lacks_apart": Message("参加の前後を外すと区間が0をまたぐ", "may be 0 apart from the start"),
    "effect_lacks_alike": Message("過去が似た顧客と比べると区間が0をまたぐ", "may be 0 beside those alike in the past"),
    "effect_lacks_holm": Message("試した数を考えると偶然の幅に入る", "within chance, given how many were tried"),
    "effect_lacks_capped": Message(
        "前の状態がない数字なので、裏付けまではつけない", "has no state before, so never called supported"
    ),
    "effect_lacks_no_before": Message(
        "初めての契約とともに始まり、参加前がない", "starts with the first contract: there is no before"
    ),
}

_PARTS: dict[str, Message] = {
    "effect_months_title": Message("{programme}：参加の前後（{outcome}）", "{programme}: before and after joining ({outcome})"),
    "effect_start_month": Message("参加の月", "Month of joining"),
    "effect_axis": Message("参加した月からの月数", "Months since joining"),
    "effect_those_joined": Message("参加した顧客", "Participants"),
    "effect_those_compared": Message("比べた顧客（重みつき）", "Comparison (weighted)"),
    "effect_difference": Message("差", "Difference"),
    "effect_month": Message("月", "Month"),
    "effect_n": Message("参加の社数", "Participants"),
    "effect_kept_title": Message("{programme}：契約中の割合", "{programme}: share still under contract"),
    "effect_kept_text": Message(
        "{months}か月後に契約中：参加した顧客 {joined}、比べた顧客 {compared}。", "Under contract after {months} months: participants {joined}, those compared {compared}."
    ),
    "effect_readings_title": Message("{programme}：比べ方を変えると（{outcome}）", "{programme}: other ways to compare ({outcome})"),
    "effect_readings_text": Message(
        "判定に使う比べ方では{low}〜{high}。", "By the comparisons that the verdict rests on: {low} to {high}."
    ),
    "effect_raw_text": Message(
        "参加した顧客の前後だけを見れば{value}と読めますが、そこからは何も言えません。",
        "The plain before and after of participants would read {value}, from which nothing can be said.",
    ),
    "effect_points": Message("{outcome}、ポイント", "{outcome}, points"),
    "effect_reading": Message("比べ方", "Comparison"),
    "effect_reading_symmetric": Message("前6か月と後6か月", "Six months before and after"),
    "effect_reading_apart": Message("参加の前後2か月を外す", "Apart from the months around the start"),
    "effect_reading_alike": Message("過去の利用も似た相手と", "Beside those alike in the past"),
    "effect_reading_own_trend": Message("それまでの傾きを除く", "Earlier trend taken off"),
    "effect_reading_start_3_earlier": Message("3か月早く始めたとみなす（選ばれ方を見る）", "As if begun 3 months earlier (shows selection)"),
    "effect_reading_before_after": Message("参加した顧客の単純な前後", "Plain before and after"),
    "effect_rivals": Message("同じ時期に変わった別のこと", "What else changed at the time"),
    "effect_rivals_text": Message(
        "参加した顧客が比べた顧客と違う動きをしたか、別の数字を{count}とおり見て、違ったのは{apart}です。偶然を超えるもの、揃えると差が大きく動くものは"
        "別の説明になりうるので、判定は「矛盾しない」までです。",
        "In {count} other figures it was looked whether participants moved apart from those compared: {apart} did. What does so beyond "
        "chance, or moves the difference when made alike, may be another explanation: the verdict goes no further than consistent.",
    ),
    "effect_rival": Message("別の動き", "Other figure"),
    "effect_rival_found": Message("読み方", "Reading"),
    "effect_rival_one_of_many": Message("これだけ見れば偶然でもこのくらいは出る", "as far as one of so many is by chance"),
    "effect_rival_yes": Message("別の説明になりうる", "another explanation"),
    "effect_rival_moves": Message("別の説明（これを揃えると差が3分の1以上動く）", "another explanation (moves the difference by over a third)"),
    "effect_rival_tickets": Message("問い合わせ（1席あたり）", "Tickets per seat"),
    "effect_rival_grave_tickets": Message("重大な問い合わせ（1席あたり）", "Grave tickets per seat"),
    "effect_rival_price": Message("1席あたりの金額", "Price per seat"),
    "effect_rival_seats": Message("席数", "Seats"),
    "effect_rival_products": Message("製品の数", "Products held"),
    "effect_rival_csm": Message("担当者の交代", "CSM changed"),
    "effect_rival_other_programme": Message("別の施策の開始", "Another programme begun"),
    "effect_compared": Message("誰と誰を比べたか", "Who was compared with whom"),
    "effect_compared_text": Message(
        "{programme}の参加顧客と、重みをつけて性質をそろえた比較相手です。すべての施策はCSVにあります。",
        "Participants of {programme}, and those they are compared with, weighted until their traits are alike. The CSV holds all programmes.",
    ),
    "effect_balance": Message(
        "重みをつけた後に最も違う性質の差（標準偏差）：{listed}。0.1までをそろったと見ます。",
        "The trait that differs most when weighted, in standard deviations: {listed}. Up to 0.1 counts as alike.",
    ),
    "effect_worst": Message("{programme} {difference}", "{programme} {difference}"),
    "effect_trait": Message("参加前の性質", "Trait before joining"),
    "effect_item": Message("{kind}：{value}", "{kind}: {value}"),
    "effect_trait_size_middle": Message("規模：中", "Size: middle third"),
    "effect_trait_size_large": Message("規模：大", "Size: largest third"),
    "effect_trait_log_mrr": Message("MRR（対数）", "MRR (logarithm)"),
    "effect_trait_product": Message("製品", "Product"),
    "effect_trait_plan": Message("プラン", "Plan"),
    "effect_trait_industry": Message("業種", "Industry"),
    "effect_trait_segment": Message("セグメント", "Segment"),
    "effect_trait_tenure_under_12": Message("契約12か月未満", "Under contract for less than 12 months"),
    "effect_trait_tenure_under_24": Message("契約24か月未満", "Under contract for less than 24 months"),
    "effect_trait_due": Message("6か月以内に満期", "Term due within six months"),
    "effect_trait_monthly_or_open": Message("月ごと・期限なしの契約", "Monthly or open-ended term"),
    "effect_trait_other_programme": Message("別の施策に参加中", "In another programme"),
    "effect_trait_use_earlier": Message("利用：4〜6か月前", "Use, four to six months before"),
    "effect_trait_use_just_before": Message("利用：1〜3か月前", "Use, one to three months before"),
    "effect_trait_use_at_start": Message("利用：参加の月", "Use in the month of joining"),
    "effect_trait_adoption_earlier": Message("定着：4〜6か月前", "Adoption, four to six months before"),
    "effect_trait_adoption_just_before": Message("定着：1〜3か月前", "Adoption, one to three months before"),
    "effect_rival_plan": Message("プラン・製品の割合", "Share of a plan or product"),
    "effect_before_weights": Message("比べた顧客（重みなし）", "Comparison, unweighted"),
    "effect_left_out": Message("判定に入っていない参加：{listed}。", "Participants that are left out: {listed}."),
    "effect_left": Message("{why} {count}社", "{count} {why}"),
    "effect_left_of": Message("{programme}（{listed}）", "{programme} ({listed})"),
    "effect_left_between": Message("、", "; "),
}  # fmt: skip

EFFECT: dict[str, Message] = {**_VERDICTS, **_REASONS, **_PARTS}
