"""Words of the health score, of what it is made of, and of how well it has told the lost from the others."""

from __future__ import annotations

from cslib.i18n.messages.text import Message

HEALTH: dict[str, Message] = {
    "stage_health": Message("健全性", "Health"),
    "health_title": Message("顧客のヘルススコア(低い順)", "Health score of each customer, the lowest first"),
    "health_text": Message(
        "契約中の{count}社のうち、赤{red}社、黄{yellow}社、緑{green}社、スコアなし{none}社。"
        "スコアは0〜100で、{yellow_from}未満が赤、{green_from}以上が緑です。",
        "Of {count} customers under contract {red} are red, {yellow} yellow, {green} green, and {none} without a score. "
        "A score lies between 0 and 100: red under {yellow_from}, green from {green_from} on.",
    ),
    "health_known": Message(
        "重みの{score}が分からなければスコアは出さず、{green}が分からなければ緑にしません。",
        "There is no score unless {score} of the weight is known, and no green unless {green} is.",
    ),
    "health_absent": Message(
        "データにないため数えていない項目: {names}(必要なデータは{what})。",
        "Not counted, since the data do not tell them: {names} (needs {what}).",
    ),
    "health_score": Message("スコア", "Score"),
    "health_band": Message("区分", "Band"),
    "health_change": Message("前月差", "vs last month"),
    "health_down": Message("下げている項目", "What takes it down"),
    "health_why": Message("変わった理由", "Why it changed"),
    "health_share_known": Message("分かる重み", "Weight known"),
    "health_part": Message("{name} {points}", "{name} {points}"),
    "health_known_weight": Message("分かる項目の増減", "other figures known"),
    "health_new": Message("前月のスコアなし", "no score last month"),
    "band_red": Message("赤", "red"),
    "band_yellow": Message("黄", "yellow"),
    "band_green": Message("緑", "green"),
    "band_none": Message("なし", "none"),
    "bands_title": Message("区分ごとの顧客と、その後の解約", "The bands: who is in them, and who was lost"),
    "bands_now": Message("今の顧客", "Customers now"),
    "bands_share": Message("割合", "Share"),
    "bands_lost": Message("6か月以内の解約", "Lost within 6 months"),
    "bands_basis": Message("過去の対象(うち解約)", "Past customers (lost)"),
    "bands_ordered": Message(
        "過去の締めでは、区分が悪いほどその後6か月の解約が多くなっていました。",
        "At past closes, the worse the band, the more were lost within the six months after.",
    ),
    "bands_not_ordered": Message(
        "過去の締めでは、解約の多さが区分の順になっていません。重みか境目を見直してください。",
        "At past closes the losses do not follow the bands: look at the weights, or at where the bands begin.",
    ),
    "bands_cannot_tell": Message(
        "過去に顧客がいた区分が1つしかなく、比べられません。",
        "Only one band has held customers: there is nothing to compare.",
    ),
    "audit_title": Message("スコアの検証", "The score put to the test"),
    "audit_none": Message("まだ検証できません: {reason}。", "It cannot be audited yet: {reason}."),
    "audit_text_separates": Message(
        "同じ月・同じセグメントの2社を比べると、6か月以内に解約した方のスコアが低かった組は{value}(95%区間 {interval})。50%は偶然と同じです。",
        "Of two customers of one month and segment, the one lost within six months had the lower score in {value} of the pairs "
        "(95 % interval {interval}); 50 % is the toss of a coin.",
    ),
    "audit_text_cannot_tell": Message(
        "スコアが低い方が解約した組は{value}(95%区間 {interval})で、偶然(50%)と区別できません。",
        "The one lost had the lower score in {value} of the pairs (95 % interval {interval}): no more than the toss of a coin, as "
        "far as can be told.",
    ),
    "audit_text_other_way": Message(
        "スコアが低い方が解約した組は{value}(95%区間 {interval})しかなく、スコアは逆を指しています。",
        "The one lost had the lower score in {value} of the pairs only (95 % interval {interval}): the score points the wrong way.",
    ),
    "audit_text_helps": Message(
        "重みを過去のデータに合わせ直すと、見分けた組は{gain}(95%区間 {interval})変わります。合わせ直す意味があります。",
        "Weights fitted to the past would change that by {gain} (95 % interval {interval}): worth doing.",
    ),
    "audit_text_noise": Message(
        "重みを過去のデータに合わせ直した場合の違いは{gain}(95%区間 {interval})で、偶然の範囲です。",
        "Weights fitted to the past would change that by {gain} (95 % interval {interval}): no more than noise.",
    ),
    "audit_text_hurts": Message(
        "重みを過去のデータに合わせ直すと{gain}(95%区間 {interval})と、かえって悪くなります。",
        "Weights fitted to the past would change that by {gain} (95 % interval {interval}): they are worse.",
    ),
    "audit_measure": Message("見たもの", "What was looked at"),
    "audit_finding": Message("判定", "Verdict"),
    "audit_basis": Message("顧客(うち該当)", "Customers (of these)"),
    "measure_auc": Message("見分けた組、すべての月", "Pairs told right, all months"),
    "measure_auc_late": Message("見分けた組、検証用に残した月", "Pairs told right, months held back"),
    "measure_lift": Message("最も低い1割の解約は全顧客の何倍か", "Losses of the worst tenth, times those of all"),
    "measure_lift_late": Message("同、検証用に残した月", "The same, months held back"),
    "measure_green_but_lost": Message(
        "解約した顧客のうち、直前6か月に緑だった", "Of the lost: green within six months before"
    ),
    "measure_red_but_stayed": Message(
        "赤だった締めのうち、6か月後も契約中", "Of the red closes: no loss within six months"
    ),
    "measure_refit_auc_late": Message("過去に合わせた重みで見分けた組", "Pairs told right by fitted weights"),
    "measure_refit_gain": Message("合わせた重みとの差", "Fitted weights less the set ones"),
    "finding_separates": Message("見分けている", "separates"),
    "finding_other_way": Message("逆向き", "points the wrong way"),
    "finding_cannot_tell": Message("まだ言えない", "cannot tell"),
    "finding_helps": Message("合わせ直す価値あり", "fitting helps"),
    "finding_hurts": Message("合わせると悪化", "fitting hurts"),
    "finding_noise": Message("偶然の範囲", "noise"),
    "finding_as_predicted": Message("予測どおり", "as predicted"),
    "finding_not_as_predicted": Message("予測と違う", "not as predicted"),
    "fifths_title": Message("予測した解約と実際の解約", "Losses predicted, and losses that came"),
    "fifths_text": Message(
        "過去に合わせた重みが、まだ見ていない月について予測した6か月以内の解約を、低い方から5つに分けて実際と比べます。"
        "{count}つのうち{fits}つで、予測は実際の95%区間の中にあります。",
        "What weights fitted to the past predict of months that they have not seen, in five groups from the least to the most likely "
        "to be lost within six months. In {fits} of {count} the prediction lies inside the interval of what came.",
    ),
    "fifths_group": Message("予測の低い順", "From the least likely"),
    "fifths_predicted": Message("予測", "Predicted"),
    "fifths_observed": Message("実際", "Came"),
    "misses_green_but_lost": Message("緑だったのに解約した顧客", "Green, but lost"),
    "misses_red_but_stayed": Message("赤だったのに続いている顧客", "Red, but stayed"),
    "misses_text_green_but_lost": Message(
        "{count}社。緑の顧客は多いので、解約の割合が低くても数は多くなります。どんなスコアでもこの一覧は長くなるもので、スコアの誤りを意味しません。",
        "{count} customers. Most customers are green, so that few losses among them are still many: this list is long by nature, "
        "whatever the score.",
    ),
    "misses_text_red_but_stayed": Message(
        "{count}社。赤は解約の予告ではなく、多くは続きます。どんなスコアでもこの一覧は長くなるもので、手当てが効いたのか、もともと続くはずだったのかは分かりません。",
        "{count} customers. Red foretells no loss, and most stay: this list is long by nature, whatever the score. Whether care kept "
        "them, or they would have stayed anyway, it does not tell.",
    ),
    "misses_close_green_but_lost": Message("最後に緑だった月", "Last green in"),
    "misses_close_red_but_stayed": Message("最後に赤だった月", "Last red in"),
    "misses_lost": Message("解約した月", "Lost in"),
    "misses_later": Message("6か月後の区分", "Band six months later"),
    "reason_unknown": Message("この締めでは分かりません", "not known at this close"),
    "reason_thin": Message("分かる重みが足りません", "too little of the weight is known"),
    "reason_unlisted": Message(
        "社外の読者には顧客ごとの内訳を示しません", "single customers are not shown to outsiders"
    ),
    "reason_first": Message("前月のスコアがありません", "no score the month before"),
    "reason_unaudited": Message(
        "検証用に残した月に解約した顧客が10社に届きません",
        "under ten customers were lost in the months held back for the test",
    ),
    "reason_unfitted": Message("学べる解約が前半の月にありません", "the earlier months hold no loss to learn from"),
    "reason_right": Message("該当する顧客はいません", "no such customer"),
}
