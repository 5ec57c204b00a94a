"""満足: are they content, and do they say so?"""

from __future__ import annotations

from ibis import _

from cslib.kpis import references
from cslib.kpis.kpi import Better, Half, Interval, Kpi, Listed, Posture, Stage, Unit, count, total
from cslib.kpis.predicates import IN_TIME_FOR_REPORT, IS_DETRACTOR, IS_NPS, NPS_COUNTED, UNDER_CONTRACT, WAITED

_GOOD = 4  # of five stars, and of five points of CSAT
_PROMOTER = _.score >= 9  # noqa: PLR2004 - the scale of NPS

SATISFACTION = (
    Kpi(
        id="nps", ja="NPS", en="Net Promoter Score",
        stage=Stage.SATISFACTION, unit=Unit.POINTS, better=Better.HIGHER, posture=Posture.LEADING,
        ja_formula="（9〜10の回答 − 0〜6の回答） ÷ 回答。直近6か月、回答者ごとに最新の回答（方針で全回答にもできる）",
        en_formula="(answers 9-10 − answers 0-6) ÷ answers, last 6 months; the latest answer of each respondent (nps_repeat)",
        fact="answers", needs=("surveys.score", "surveys.responded_on"), window=6, interval=Interval.ADJUSTED_WALD,
        part=total(_PROMOTER.cast("int64") - IS_DETRACTOR.cast("int64"), where=NPS_COUNTED),
        whole=count(NPS_COUNTED),
        n=count(NPS_COUNTED),
        listed=Listed("批判者の回答（0〜6）", "Detractor answers (0-6)", of=total(IS_DETRACTOR, where=NPS_COUNTED)),
        reference=references.NPS,
    ),
    Kpi(
        id="nps_response", ja="NPS回答率", en="NPS response rate",
        stage=Stage.SATISFACTION, unit=Unit.SHARE, better=Better.HIGHER, posture=Posture.LEADING,
        ja_formula="回答されたNPSの質問 ÷ 直近6か月に送ったNPSの質問",
        en_formula="NPS questions answered ÷ NPS questions sent in the last 6 months",
        fact="questions", needs=("surveys.sent_on", "surveys.score", "surveys.responded_on"), window=6, interval=Interval.WILSON,
        part=count(IS_NPS & IN_TIME_FOR_REPORT),
        whole=count(IS_NPS),
        n=count(IS_NPS),
        listed=Listed("未回答の質問", "Questions without an answer"),
        reference=references.NPS,
    ),
    Kpi(
        id="csat", ja="顧客満足度（CSAT）", en="Customer satisfaction (CSAT)",
        stage=Stage.SATISFACTION, unit=Unit.SHARE, better=Better.HIGHER, posture=Posture.LEADING,
        ja_formula="4〜5の回答 ÷ 回答（直近3か月）",
        en_formula="Answers 4-5 ÷ answers, last 3 months",
        fact="answers", needs=("surveys.score", "surveys.responded_on"), window=3, interval=Interval.WILSON,
        part=count((_.kind == "csat") & (_.score >= _GOOD)),
        whole=count(_.kind == "csat"),
        n=count(_.kind == "csat"),
        listed=Listed("4点未満の回答", "Answers below 4"),
        reference=references.ACSI,
    ),
    Kpi(
        id="ces", ja="顧客努力指標（CES）", en="Customer effort score (CES)",
        stage=Stage.SATISFACTION, unit=Unit.SCORE, better=Better.HIGHER, posture=Posture.LEADING,
        ja_formula="1〜7の回答の平均（7 = 簡単、直近3か月）",
        en_formula="Mean of answers 1-7 (7 = easy), last 3 months",
        fact="answers", needs=("surveys.score", "surveys.responded_on"), window=3, interval=Interval.T,
        part=total(_.score, where=_.kind == "ces"),
        whole=count(_.kind == "ces"),
        n=count(_.kind == "ces"),
        listed=Listed("満点7までの不足点", "Points short of 7", of=total(7 - _.score, where=_.kind == "ces"), unit=Unit.SCORE),
        reference=references.CES,
    ),
    Kpi(
        id="good_reviews", ja="好意的レビュー率", en="Good reviews",
        stage=Stage.SATISFACTION, unit=Unit.SHARE, better=Better.HIGHER, posture=Posture.LEADING,
        ja_formula="評価4〜5 ÷ 契約中の顧客による評価（直近12か月）",
        en_formula="Ratings 4-5 ÷ ratings by customers under contract, last 12 months",
        fact="rating_months", needs=("contracts.ends_on", "voices.rating"), window=12, interval=Interval.WILSON,
        part=count(_.rating >= _GOOD),
        whole=count(),
        n=count(),
        listed=Listed("4点未満の評価", "Ratings below 4"),
        reference=references.CUSTOMER_SUCCESS,
    ),
    Kpi(
        id="advocates", ja="推奨行動率", en="Advocates",
        stage=Stage.SATISFACTION, unit=Unit.SHARE, better=Better.HIGHER, posture=Posture.LEADING,
        ja_formula="直近12か月に好意的レビュー・SNS投稿・紹介・事例のある契約中の顧客 ÷ 契約中の顧客",
        en_formula="Customers under contract with a good review, a mention, a referral or a case study in the last 12 months"
        " ÷ customers under contract",
        fact="customer_months", needs=("contracts.ends_on", "voices.rating"), span=12, interval=Interval.WILSON,
        part=count(UNDER_CONTRACT & (_.advocacy > 0)),
        whole=count(UNDER_CONTRACT),
        n=count(UNDER_CONTRACT),
        listed=Listed(of=Half.PART),
        reference=references.CUSTOMER_SUCCESS,
    ),
    Kpi(
        id="complaint_free", ja="不満なし率", en="Free of complaints",
        stage=Stage.SATISFACTION, unit=Unit.SHARE, better=Better.HIGHER, posture=Posture.LEADING,
        ja_formula="重大な未解決の問い合わせも、14日以上対応のない批判者の回答もない契約中の顧客 ÷ 契約中の顧客",
        en_formula="Customers under contract with no open high or urgent ticket and no detractor answer left without a touch"
        " for 14 days ÷ customers under contract",
        fact="customer_months", interval=Interval.WILSON,
        needs=(
            "contracts.ends_on", "tickets.severity", "tickets.resolved_at", "surveys.score", "surveys.responded_on", "touches",
        ),
        part=count(UNDER_CONTRACT & (_.grave_tickets == 0) & (_.unheard_detractors == 0)),
        whole=count(UNDER_CONTRACT),
        n=count(UNDER_CONTRACT),
        reference=references.CUSTOMER_SUCCESS,
    ),
    Kpi(
        id="detractor_follow_up", ja="批判者フォロー率", en="Detractor follow-up",
        stage=Stage.SATISFACTION, unit=Unit.SHARE, better=Better.HIGHER, posture=Posture.LEADING,
        ja_formula="14日以内に対応した批判者の回答 ÷ 14日以上前の批判者の回答（直近6か月）",
        en_formula="Detractor answers followed by a touch within 14 days ÷ detractor answers at least 14 days old, last 6 months",
        fact="answers", needs=("surveys.score", "surveys.responded_on", "touches"), window=6, interval=Interval.WILSON,
        part=count(WAITED & (_.touched_on.delta(_.responded_on, unit="day") <= 14)),  # noqa: PLR2004
        whole=count(WAITED),
        n=count(WAITED),
        listed=Listed("対応のない批判者の回答", "Detractor answers not followed up"),
        reference=references.NPS,
    ),
)  # fmt: skip
