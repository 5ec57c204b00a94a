"""What others call our tables, columns and words, in Japanese and English. Data alone: add what your systems say."""

from __future__ import annotations

from types import MappingProxyType

TABLE_SYNONYMS = MappingProxyType(
    {
        "customers": "customer account company client organization organisation business 顧客 顧客マスタ 取引先 会社 お客様 アカウント",
        "contracts": "contract subscription subs licence license 契約 サブスクリプション 契約一覧 ライセンス",
        "milestones": "milestone onboarding onboarding_task step オンボーディング マイルストーン 導入ステップ 導入",
        "users": "user member seats_issued login 利用者 ユーザー ユーザ 発行アカウント 会員",
        "usage": "event activity log session feature_usage product_usage 利用 利用ログ 利用状況 操作ログ ログ 利用履歴",
        "surveys": "survey nps csat ces response answer survey_response survey_answer アンケート 調査 満足度調査 回答",
        "voices": "voice reviews mentions referrals レビュー 口コミ 評判 紹介",
        "goals": "goal objectives outcomes okr 目標 ゴール 成果 成果目標",
        "proposals": "proposal opportunity deal offer pipeline 提案 商談 案件 営業案件",
        "touches": "touch interaction meeting customer_activity account_activity 活動 活動履歴 対応履歴 接点 訪問",
        "tickets": "ticket case support_ticket inquiry 問い合わせ 問合せ サポート チケット",
        "purchases": "purchase order order_line order_item sale transaction 購入 注文 受注 売上 購買",
        "programmes": "programme programs enrolments 施策 プログラム 研修 参加",
        "assignments": "assignment ownership owners owner_history account_owners csm_history 担当 担当履歴 担当者履歴 担当変更 担当割当",
        "reference_requests": "reference_request references reference_asks case_study_requests 事例依頼 事例打診 事例化依頼 リファレンス依頼",
        "costs": "cost expenses spend 費用 コスト 経費",
    }
)

_CUSTOMER = (
    "customer id, account id, client id, company id, customer no, customer number, customer code, account number, 顧客ID, "
    "顧客番号, 顧客コード, 顧客No, 取引先ID, 取引先コード, 会社ID, 会社コード, 企業ID, お客様番号, お客様ID, 契約者ID"
)
_MONTHLY = (
    "mrr, mrr amount, monthly amount, monthly fee, monthly recurring revenue, monthly price, monthly charge, monthly charges, "
    "月額, 月額料金, 月額金額, 月次金額, 月額費用, 月額利用料"
)
_CSM = "csm, csm name, account owner, company owner, customer success manager, cs owner, 担当CSM, CSM担当, 担当者, 担当者名, 担当, CS担当者, 担当CS"
_PRODUCT = "product, product name, plan tier, plan name, subscription plan, item, plan, sku, 製品, 商品, 商品名, 製品名, プラン, 契約プラン, サービス"
_USER = "user id, member id, login id, user, ユーザーID, ユーザID, 利用者ID, 会員ID, ログインID"

_CURRENCY = "currency, currency code, ccy, iso currency, 通貨, 通貨コード, 通貨単位"

COLUMN_SYNONYMS = MappingProxyType(
    {
        "customers": {
            "customer_id": f"id, {_CUSTOMER}",
            "name": "customer name, account name, company name, company, client name, organisation, organization, organization name, 名前, 顧客名, 会社名, 企業名, 取引先名, 社名, 名称, お客様名",
            "industry": "industry, sector, vertical, 業種, 業界, 産業",
            "region": "region, area, country, prefecture, state, 地域, エリア, 都道府県, 地区",
            "plan": "plan, plan tier, tier, plan name, プラン, 契約プラン, 料金プラン",
            "employees": "employees, employee count, number of employees, headcount, company size, 従業員数, 社員数, 従業員",
            "touch_model": "touch model, touch, タッチモデル, タッチ, 対応モデル",
            "csm": _CSM,
            "lifecycle": "lifecycle, lifecycle stage, customer stage, phase, ライフサイクル, 顧客ステージ, フェーズ, 段階",
            "acquisition_cost": "acquisition cost, cac, 獲得費用, 獲得コスト, 顧客獲得コスト",
            "currency": _CURRENCY,
            "reference_permission": "reference permission, reference, 事例許諾, 事例可否, 事例掲載可否, 紹介可否",
        },
        "contracts": {
            "contract_id": "contract id, subscription id, id, contract no, contract number, 契約ID, 契約番号, 契約No, サブスクリプションID",
            "customer_id": _CUSTOMER,
            "product": _PRODUCT,
            "starts_on": "start date, start, starts on, contract start, valid from, begin date, effective date, effective start date, contract start date, subscription start date, 開始日, 契約開始日, 利用開始日, 契約日, 適用開始日",
            "ends_on": "end date, end, ends on, contract end, expiry date, valid to, effective end date, contract end date, subscription end date, ended at, ended on, expires at, expires on, expired at, expiration date, term end, term end date, valid until, 終了日, 契約終了日, 契約満了日, 終了予定日, 満了日, 利用終了日, 解約日, 適用終了日",
            "mrr": _MONTHLY,
            "currency": _CURRENCY,
            "seats": "seats, licences, licenses, quantity, number of seats, 席数, ライセンス数, 契約ID数, 契約アカウント数, アカウント数, 数量",
            "term_months": "term months, term, contract term, duration months, 契約期間, 契約月数, 期間月数, 契約期間月",
            "trial": "trial, is trial, trial flag, free trial, トライアル, 試用, 無料トライアル, お試し",
        },
        "milestones": {
            "customer_id": _CUSTOMER,
            "milestone": "milestone, step, task, task name, stage, マイルストーン, ステップ, 工程, 項目, タスク",
            "due_on": "due date, due on, due, deadline, planned on, 期限, 期日, 予定日, 完了予定日",
            "completed_on": "completed on, completed at, completion date, done on, finished on, 完了日, 達成日, 実施日",
            "required": "required, mandatory, is required, 必須, 必須フラグ",
        },
        "users": {
            "user_id": f"id, {_USER}",
            "customer_id": _CUSTOMER,
            "issued_on": "issued on, created at, created on, signup date, signed up at, registered on, start date, 発行日, 登録日, 作成日, 利用開始日",
            "closed_on": "closed on, deleted at, deactivated on, end date, 停止日, 削除日, 廃止日, 利用停止日",
        },
        "usage": {
            "customer_id": _CUSTOMER,
            "user_id": _USER,
            "used_on": "used on, usage date, event date, event time, timestamp, date, used at, occurred at, 利用日, 利用日時, 操作日, 操作日時, 日付, 日時",
            "feature": "feature, feature name, event, event name, action, function, screen, 機能, 機能名, 操作, 画面, イベント",
            "events": "events, count, usage count, event count, times, hits, 回数, 件数, 利用回数, 操作回数",
        },
        "surveys": {
            "response_id": "response id, survey id, answer id, id, 回答ID, 回答番号, アンケートID",
            "customer_id": _CUSTOMER,
            "respondent_id": f"respondent id, respondent, contact id, 回答者ID, 回答者, {_USER}",
            "kind": "kind, survey type, type, survey, 種別, 種類, 調査種別, アンケート種別",
            "score": "score, rating, answer, nps score, csat score, satisfaction score, 点数, スコア, 評点, 評価, 回答点数",
            "sent_on": "sent on, sent at, sent date, asked on, 送信日, 配信日, 依頼日",
            "responded_on": "responded on, responded at, answered on, response date, submitted on, 回答日, 回答日時",
            "comment": "comment, feedback, verbatim, free text, コメント, 自由記述, ご意見, 自由回答",
        },
        "voices": {
            "customer_id": _CUSTOMER,
            "channel": "channel, source, media, チャネル, 媒体, 掲載先, 経路",
            "rating": "rating, stars, score, 評価, 星, 評点",
            "posted_on": "posted on, posted at, date, published on, 投稿日, 掲載日, 公開日",
        },
        "goals": {
            "goal_id": "goal id, objective id, id, 目標ID, 目標番号, ゴールID",
            "customer_id": _CUSTOMER,
            "level": "level, scope, goal level, レベル, 区分, 目標区分, 対象",
            "title": "title, goal, goal name, description, objective, 目標, 目標名, 目標内容, 内容, 件名",
            "set_on": "set on, set at, created on, start date, agreed on, 設定日, 合意日, 登録日",
            "due_on": "due on, due date, deadline, target date, 期限, 期日, 目標日, 達成期限",
            "baseline": "baseline, start value, before, 基準値, 開始値, 現状値",
            "target": "target, target value, goal value, 目標値",
            "actual": "actual, actual value, result, current value, 実績値, 実績, 結果",
            "achieved_on": "achieved on, achieved at, reached on, completed on, 達成日, 完了日",
            "confirmed_by_customer": "confirmed by customer, customer confirmed, confirmed, 顧客確認, 顧客確認済, 顧客承認",
        },
        "proposals": {
            "proposal_id": "proposal id, opportunity id, deal id, id, 提案ID, 商談ID, 案件ID, 提案番号",
            "customer_id": _CUSTOMER,
            "kind": "kind, type, opportunity type, deal type, 種別, 提案種別, 商談種別, 区分, 種類",
            "product": _PRODUCT,
            "amount": "amount, monthly amount, value, price, 金額, 月額, 提案金額, 見込金額",
            "currency": _CURRENCY,
            "opened_on": "opened on, created on, created date, open date, start date, 提案日, 開始日, 作成日, 起票日",
            "closed_on": "closed on, close date, closed at, decision date, 決着日, 完了日, 受注日, クローズ日, 終了日",
            "status": "status, result, outcome, stage, state, 状態, ステータス, 結果, 状況",
            "owner": "owner, owned by, role, 担当部門, 担当, 担当区分, 主担当",
        },
        "touches": {
            "customer_id": _CUSTOMER,
            "csm": _CSM,
            "kind": "kind, type, activity type, channel, 種別, 活動種別, 対応種別, 方法, 手段",
            "occurred_on": "occurred on, date, activity date, meeting date, touched on, 実施日, 活動日, 対応日, 日付",
            "minutes": "minutes, duration, duration minutes, time spent, 分, 所要時間, 時間分, 対応時間, 所要分",
            "initiated_by": "initiated by, initiator, direction, 発信元, 起点, 発信者, きっかけ",
            "purpose": "purpose, aim, intent, 目的, 狙い",
        },
        "tickets": {
            "ticket_id": "ticket id, case id, issue id, id, チケットID, 問い合わせID, 問合せ番号, ケース番号, チケット番号",
            "customer_id": _CUSTOMER,
            "opened_at": "opened at, created at, submitted at, opened on, reported at, 受付日時, 起票日時, 問い合わせ日時, 発生日時, 受付日",
            "first_response_at": "first response at, first reply at, first answered at, 初回応答日時, 初回返信日時, 一次回答日時, 初回回答日時",
            "resolved_at": "resolved at, closed at, solved at, resolved on, closed on, 解決日時, 完了日時, クローズ日時, 解決日",
            "severity": "severity, priority, urgency, 重要度, 優先度, 緊急度, 深刻度",
            "comment": "comment, description, body, message, content, subject, 内容, 問い合わせ内容, 問合せ内容, 本文, 件名, 詳細",
        },
        "purchases": {
            "purchase_id": "purchase id, order id, transaction id, invoice, invoice no, id, 注文ID, 注文番号, 購入ID, 受注番号",
            "customer_id": _CUSTOMER,
            "product": _PRODUCT,
            "amount": "amount, total, price, revenue, order amount, 金額, 購入金額, 注文金額, 受注金額, 購買金額, 売上金額, 合計",
            "currency": _CURRENCY,
            "purchased_on": "purchased on, order date, purchase date, ordered at, invoice date, date, 購入日, 注文日, 受注日, 売上日",
        },
        "programmes": {
            "customer_id": _CUSTOMER,
            "programme": "programme, program, programme name, campaign, 施策, 施策名, プログラム, プログラム名",
            "started_on": "started on, start date, joined on, enrolled on, 開始日, 参加日, 参加開始日",
            "ended_on": "ended on, end date, left on, 終了日, 参加終了日",
        },
        "assignments": {
            "customer_id": _CUSTOMER,
            "kind": "kind, type, assignment type, role, 種別, 担当種別, 区分, 種類",
            "value": f"value, assigned to, assigned, owner, {_CSM}, 担当内容, 割当, 割当先",
            "started_on": "started on, start date, from, assigned on, valid from, 開始日, 担当開始日, 割当日, 適用開始日",
            "ended_on": "ended on, end date, until, unassigned on, valid to, 終了日, 担当終了日, 適用終了日",
        },
        "reference_requests": {
            "customer_id": _CUSTOMER,
            "asked_on": "asked on, requested on, request date, date, 依頼日, 打診日",
            "kind": "kind, type, request type, 種別, 依頼種別, 事例種別, 種類",
            "answer": "answer, response, result, reply, 回答, 返答, 結果, 可否",
        },
        "costs": {
            "month": "month, period, year month, 月, 年月, 対象月, 計上月",
            "kind": "kind, type, category, cost type, 種別, 費目, 区分, 費用種別",
            "amount": "amount, cost, spend, value, 金額, 費用, 支出",
            "currency": _CURRENCY,
            "segment": "segment, segment id, セグメント, セグメントID",
        },
    }
)

# names that may say it, but may as well say another thing: what is read by them is asked about
PERHAPS = MappingProxyType(
    {
        (
            "customers",
            "customer_id",
        ): "record id, organization id, organisation id, org id, business id, workspace id, tenant id, team id, レコード番号, レコードID, 法人番号, 組織ID",
        (
            "contracts",
            "customer_id",
        ): "customer, account, company, client, organization id, organisation id, org id, business id, workspace id, tenant id, team id, 顧客, 取引先, 会社, 契約者",
        (
            "contracts",
            "contract_id",
        ): "sub id, licence id, license id, plan subscription id, record id, 申込番号, レコード番号",
        (
            "contracts",
            "starts_on",
        ): "started at, started on, start at, start time, activated at, activated on, signup date, subscribed on, subscription date, created at, created on, created date, created, signed on, month, period, 申込日, 登録日, 作成日, 年月, 対象月",
        (
            "contracts",
            "ends_on",
        ): "canceled at, cancelled at, canceled on, cancelled on, canceled date, cancelled date, cancel date, cancellation date, churn date, churned at, churned on, terminated on, 退会日",
        (
            "contracts",
            "mrr",
        ): "amount, price, fee, unit amount, unit price, plan amount, plan price, recurring amount, subscription cost, subscription amount, subtotal, charge, 金額, 料金, 利用料, 契約金額, 単価",
        ("contracts", "product"): "subscription, tier, plan id, subscription type, コース",
        ("tickets", "ticket_id"): "request id, conversation id, record id, レコード番号",
        ("tickets", "opened_at"): "created, create date, created date, date created, 登録日時, 作成日時",
        ("tickets", "resolved_at"): "close date, closed date, resolution date",
        ("surveys", "response_id"): "submission id, record id, レコード番号",
        (
            "surveys",
            "responded_on",
        ): "date, timestamp, submitted at, submitted, created at, end date, 日付, タイムスタンプ",
        ("proposals", "proposal_id"): "opp id, offer id, record id, レコード番号",
        ("proposals", "opened_on"): "create date, date created",
        ("purchases", "amount"): "sales, sales amount, net sales, unit price, price each, 売上, 売上高, 単価",
        ("purchases", "purchase_id"): "transaction no, order number, invoice number, 伝票番号",
        ("purchases", "purchased_on"): "timestamp, created at, created, sold on, 日付",
        ("goals", "goal_id"): "okr id, record id",
        ("users", "user_id"): "contact id, seat id, account user id, record id",
    }
)
# what tells a table from others that have an id, a customer and a date as well
TOLD_BY = MappingProxyType(
    {
        "customers": "name industry region plan employees touch_model csm lifecycle acquisition_cost reference_permission",
        "contracts": "contract_id mrr ends_on seats term_months trial",
        "milestones": "milestone due_on completed_on required",
        "users": "user_id issued_on closed_on",
        "usage": "used_on feature events user_id",
        "surveys": "response_id respondent_id kind score sent_on responded_on comment",
        "voices": "channel rating posted_on",
        "goals": "goal_id level set_on baseline target actual achieved_on confirmed_by_customer",
        "proposals": "proposal_id kind status amount closed_on owner",
        "touches": "csm kind occurred_on minutes initiated_by purpose",
        "tickets": "ticket_id opened_at first_response_at resolved_at severity",
        "purchases": "purchase_id product amount purchased_on",
        "programmes": "programme started_on ended_on",
        "assignments": "kind value started_on ended_on",
        "reference_requests": "asked_on kind answer",
        "costs": "month kind amount",
    }
)
COMMON = frozenset(  # names of columns that every system has, of whatever its rows are
    [
        "id",
        "date",
        "time",
        "timestamp",
        "type",
        "name",
        "kind",
        "status",
        "state",
        "stage",
        "value",
        "amount",
        "price",
        "total",
        "description",
        "title",
        "subject",
        "category",
        "owner",
        "count",
        "quantity",
        "source",
        "created",
        "created at",
        "created on",
        "created date",
        "updated at",
        "start",
        "start date",
        "end",
        "end date",
        "from",
        "until",
        "plan",
        "user",
        "product",
        "result",
        "period",
        "record id",
        "日付",
        "日時",
        "種別",
        "種類",
        "区分",
        "金額",
        "名称",
        "件名",
        "内容",
        "状態",
        "ステータス",
        "状況",
        "担当",
        "担当者",
        "登録日",
        "作成日",
        "開始日",
        "終了日",
        "完了日",
        "数量",
        "件数",
        "レコード番号",
        "合計",
    ]
)
FILLERS = frozenset(  # words of a file's name that say nothing of its rows
    [
        "export",
        "history",
        "exports",
        "exported",
        "data",
        "dataset",
        "list",
        "table",
        "all",
        "raw",
        "report",
        "dump",
        "full",
        "final",
        "latest",
        "new",
        "sample",
        "csv",
        "tsv",
        "master",
        "v",
        "一覧",
        "マスタ",
        "マスター",
        "データ",
        "リスト",
        "履歴",
        "台帳",
    ]
)
OTHER_THINGS = (  # rows that are none of our tables, whatever columns they have
    "invoice lead product plan price churn refund payment contact association relationship item pipeline_stage coupon "
    "discount 請求 請求書 入金 見込客 リード 商品マスタ 名刺"
)
DELETED = "fivetran deleted, is deleted, deleted, deleted flag, deleted at, is archived, archived, 削除フラグ, 削除, 削除済, 無効フラグ"
INTERVAL = (
    "interval, billing interval, billing cycle, billing period, billing frequency, plan interval, subscription interval, frequency, "
    "recurring interval, payment cycle, 請求周期, 請求サイクル, 支払サイクル, 支払周期, 課金周期, 請求間隔, 支払方法"
)
INTERVAL_COUNT = "interval count, plan interval count, interval length, billing interval count, 間隔数"
EACH = "unit price, price each, price per unit, 単価"  # what one costs, whatever a line is of
MOVED = "mrr change, change, delta, movement, mrr movement, mrr delta, 増減, 増減額, 変動額"
QUANTITY = "quantity, qty, seats, licences, licenses, number of seats, 数量, 席数, ライセンス数"
PER_UNIT = "unit amount, unit price, price per unit, price per seat, plan amount, amount, price, 単価"
STATUS = "status, state, subscription status, contract status, 状態, ステータス, 契約状態, 契約ステータス"
TRIAL_WORDS = frozenset(["trial", "trialing", "trialling", "in_trial", "トライアル", "試用", "試用中", "無料体験"])
ENDED_WORDS = frozenset(
    [
        "canceled",
        "cancelled",
        "churned",
        "expired",
        "ended",
        "terminated",
        "inactive",
        "解約",
        "解約済",
        "終了",
        "退会",
        "停止",
    ]
)
UNPAID_WORDS = frozenset(
    [
        "incomplete",
        "incomplete_expired",
        "draft",
        "void",
        "pending",
        "future",
        "unpaid",
        "paused",
        "下書き",
        "申込中",
        "無効",
    ]
)
END_LIKE = (
    "canceled at, cancelled at, cancel at, cancellation date, canceled date, churn date, churned at, current period end, renewal date, "
    "next renewal date, renews on, current term end, trial end, 解約日, 解約予定日, 退会日, 更新日, 次回更新日, 満了日"
)
NET = (
    "net amount, net price, net, final amount, final price, amount after discount, amount paid, total paid, discount, discount amount, "
    "tax, gross amount, gross, list price, 税抜金額, 税抜, 税込金額, 税込, 値引, 値引額, 割引額, 消費税, 請求額"
)
ORDER_NUMBERS = "order id, order no, order number, invoice, invoice no, invoice number, 受注番号, 注文番号, 注文ID, 伝票番号, 受注ID, 請求番号"
INTERVALS = MappingProxyType(  # words for how long an amount is for, with its months
    {
        **dict.fromkeys(["month", "monthly", "months", "mo", "m", "月", "月額", "月払", "月払い", "毎月", "月次"], 1),
        **dict.fromkeys(["quarter", "quarterly", "quarters", "四半期", "3か月", "3ヶ月"], 3),
        **dict.fromkeys(
            ["biannual", "biannually", "semiannual", "semi_annual", "half_year", "半年", "6か月", "6ヶ月"], 6
        ),
        **dict.fromkeys(
            [
                "year",
                "yearly",
                "years",
                "annual",
                "annually",
                "yr",
                "y",
                "年",
                "年額",
                "年払",
                "年払い",
                "毎年",
                "年次",
            ],
            12,
        ),
    }
)
SPANS = frozenset(
    ["week", "weekly", "weeks", "day", "daily", "days", "週", "毎週", "日", "毎日"]
)  # spans that are no whole months

USER_IDS = _USER
YEARLY = "arr, arr amount, annual amount, annual fee, amount per year, yearly amount, acv, annual contract value, 年額, 年額料金, 年間金額, 年間契約金額, 年契約額, 年額費用"
CSAT_SCORE = "satisfaction score, csat, csat score, satisfaction rating, satisfaction, 満足度, 満足度スコア, 顧客満足度"
ONBOARDED_WORDS = "onboarded on, onboarding completed on, onboarding date, go live date, went live on, オンボーディング完了日, 導入完了日, 本稼働日, 稼働開始日"

CONSTANTS = MappingProxyType(
    {  # what replaces a required column that an export of such things often does without
        ("contracts", "product"): "core",
        ("usage", "feature"): "product",
        ("milestones", "milestone"): "onboarding",
        ("surveys", "kind"): "nps",
        ("voices", "channel"): "review",
        ("goals", "level"): "department",
        ("costs", "kind"): "cs",
    }
)

WORDS = MappingProxyType(
    {  # canonical word: what else says it
        "high": "high h major 高 高い ハイ ハイタッチ high_touch hightouch p2 重大",
        "normal": "normal medium moderate middle p3 中 普通 通常 標準",
        "low": "low l minor 低 低い ロー ロータッチ low_touch lowtouch p4 軽微",
        "urgent": "urgent critical blocker p1 緊急 最高 至急",
        "tech": "tech テック テックタッチ tech_touch techtouch digital デジタル",
        "nps": "nps ネットプロモータースコア 推奨度",
        "csat": "csat 満足度 顧客満足度",
        "ces": "ces 努力指標 顧客努力指標",
        "named": "named yes ok 可 実名可 社名可",
        "anonymous": "anonymous 匿名 匿名可 匿名のみ",
        "refused": "refused no 不可 拒否 辞退",
        "not_asked": "not_asked unknown 未確認 未打診 未依頼",
        "touch_model": "touch_model touch タッチモデル 対応モデル",
        "team": "team チーム 担当チーム",
        "event": "event speaking 登壇 イベント",
        "agreed": "agreed accepted 承諾 快諾 了承",
        "later": "later not_now 保留 後日 時期尚早",
        "review": "review レビュー 口コミ",
        "sns": "sns social twitter x ソーシャル",
        "referral": "referral 紹介",
        "case_study": "case_study case 事例 導入事例",
        "department": "department team company 部門 部署 組織",
        "individual": "individual person 個人",
        "upsell": "upsell アップセル 増額",
        "cross_sell": "cross_sell crosssell クロスセル 追加",
        "renewal": "renewal renew 更新 契約更新",
        "longer_term": "longer_term multi_year 長期契約 長期化 複数年",
        "open": "open in_progress pending 進行中 提案中 商談中 未決",
        "won": "won closed_won win 受注 成約 成立",
        "lost": "lost closed_lost lose 失注 不成立",
        "csm": "csm cs カスタマーサクセス 担当csm",
        "sales": "sales 営業",
        "meeting": "meeting visit onsite 打合せ 打ち合わせ 会議 訪問 ミーティング 面談",
        "seminar": "seminar webinar セミナー ウェビナー 勉強会",
        "email": "email mail e_mail メール",
        "call": "call phone 電話 架電",
        "chatbot": "chatbot chat bot チャット チャットボット",
        "faq": "faq help ヘルプ よくある質問",
        "us": "us ours outbound 当社 自社",
        "customer": "customer client inbound 顧客 お客様 先方",
        "defence": "defence defense retention 守り 維持",
        "offence": "offence offense growth 攻め 拡大",
        "acquisition": "acquisition marketing 獲得 新規獲得 顧客獲得",
        "cs": "cs customer_success カスタマーサクセス",
        "support": "support サポート",
        "true": "はい 有 あり 有り 済 ○ 〇 ◯ 可 必須 ✓",
        "false": "いいえ 無 なし 無し 未 × ✕ 否 任意",
    }
)

NOTHING = frozenset(
    {"-", "--", "―", "ー", "n/a", "na", "#n/a", "null", "none", "nil", "(blank)", "未設定", "不明", "なし", "該当なし"}
)
CURRENCIES = MappingProxyType({"usd": "USD", "eur": "EUR", "gbp": "GBP", "jpy": "JPY", "yen": "JPY", "円": "JPY"})
