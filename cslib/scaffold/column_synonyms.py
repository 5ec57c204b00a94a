"""What others call our columns, in Japanese and English. Data alone: add what your systems say."""

from __future__ import annotations

import re
from types import MappingProxyType

_CUSTOMER = (
    "customer id, account id, client id, company id, customer no, customer number, customer code, account number, 顧客ID, "
    "顧客番号, 顧客コード, 顧客No, 取引先ID, 取引先コード, 会社ID, 会社コード, 企業ID, お客様番号, お客様ID, 契約者ID, 得意先ID, 契約先ID, 加盟店ID, 法人ID, 企業コード"
)
_MONTHLY = (
    "mrr, mrr amount, monthly amount, monthly fee, monthly recurring revenue, monthly price, monthly charge, monthly charges, "
    "月額, 月額料金, 月額金額, 月次金額, 月額費用, 月額利用料"
)
_CSM = "csm, csm name, account owner, company owner, customer success manager, cs owner, 担当CSM, CSM担当, 担当者, 担当者名, 担当, CS担当者, 担当CS"
_PRODUCT = "product, product name, plan tier, plan name, subscription plan, item, plan, sku, 製品, 商品, 商品名, 製品名, プラン, 契約プラン, サービス"
_USER = "user id, member id, login id, user, user principal name, ユーザーID, ユーザID, 利用者ID, 会員ID, ログインID"

_CURRENCY = "currency, currency code, ccy, iso currency, 通貨, 通貨コード, 通貨単位"

COLUMN_SYNONYMS = MappingProxyType(
    {
        "customers": {
            "customer_id": f"id, {_CUSTOMER}",
            "name": "customer name, account name, company name, company, client name, organisation, organization, organization name, full name, 名前, 氏名, 会員名, 顧客名, 会社名, 企業名, 取引先名, 社名, 名称, お客様名",
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
            "ends_on": "end date, end, ends on, contract end, expiry date, valid to, effective end date, contract end date, subscription end date, ended at, ended on, expires at, expires on, expired at, expiration date, term end, term end date, valid until, cancellation effective date, cancellation effective at, effective cancellation date, 終了日, 契約終了日, 契約満了日, 終了予定日, 満了日, 利用終了日, 解約日, 適用終了日",
            "mrr": _MONTHLY,
            "currency": _CURRENCY,
            "seats": "seats, seat count, licence count, license count, licences, licenses, quantity, number of seats, 席数, ライセンス数, 契約ID数, 契約アカウント数, アカウント数, 数量",
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
            "used_on": "used on, usage date, event date, event time, timestamp, date, used at, occurred at, logged in at, login at, login date, login time, visited at, viewed at, visit date, checkin time, check in time, 来店日, ログイン日時, アクセス日時, 利用日, 利用日時, 操作日, 操作日時, 日付, 日時",
            "feature": "feature, feature name, feature key, event, event name, action, function, screen, 機能, 機能名, 操作, 画面, イベント",
            "events": "events, count, usage count, event count, times, hits, 回数, 件数, 利用回数, 操作回数",
        },
        "surveys": {
            "response_id": "response id, survey id, answer id, id, 回答ID, 回答番号, アンケートID",
            "customer_id": _CUSTOMER,
            "respondent_id": f"respondent id, respondent, contact id, 回答者ID, 回答者, {_USER}",
            "kind": "kind, survey type, type, survey, 種別, 種類, 調査種別, アンケート種別",
            "score": "score, rating, answer, nps, csat, nps score, csat score, satisfaction score, 点数, スコア, 評点, 評価, 回答点数",
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
            "achieved_on": "achieved on, achieved at, reached on, completed on, completed at, 達成日, 完了日",
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
            "occurred_on": "occurred on, date, activity date, call date, held on, meeting date, touched on, 実施日, 活動日, 対応日, 日付",
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

# words between a customer and its id that say whose id it is
QUALIFIED_CUSTOMER = re.compile(
    r"(customer|account|client|company|organi[sz]ation)s? "
    r"(external|internal|unique|global|record|master|legacy|public|erp|crm|billing|salesforce|stripe|hubspot) (id|no|number|code|key)$"
)
MONEY = frozenset([
    "fee", "fees", "price", "charge", "charges", "cost", "amount", "revenue", "payment", "rate", "dues", "spend",
    "recurring", "debit", "premium", "rent", "instalment", "installment", "tuition", "retainer", "pledge",
    "contribution", "subscription",
])  # fmt: skip
PER_MONTH = re.compile(r"月(間|次|々)?(利用|契約|会員)?(会費|謝|料|額|金額|費用|売上|請求|支払)")
PER_YEAR = re.compile(
    r"\b(annual|annually|annuali[sz]ed|yearly|per year|per annum)\b.*\b(premium|fees?|price|amount|charges?|revenue|value|cost|dues|rent|rate|total)\b"
    r"|\b(premium|fees?|price|amount|charges?|revenue|value|cost|dues|rent|rate|total)\b.*\b(annual|annually|yearly|per year|per annum)\b"
    r"|^年(間|次)?(利用|契約|会員|保険)?(会費|謝|料|額|金額|費用|保険料|賃料)"
)
# the parts of a name, in the order in which a name is written with them
NAME_PARTS = (
    ("first name, given name, forename, contact first name", "last name, surname, family name, contact last name"),
    ("姓, 氏, 苗字, 名字", "名, 下の名前"),
)

# names that may say it, but may as well say another thing: what is read by them is asked about
PERHAPS = MappingProxyType(
    {
        (
            "customers",
            "customer_id",
        ): "record id, external id, organization id, organisation id, org id, business id, workspace id, tenant id, team id, レコード番号, レコードID, 法人番号, 組織ID",
        (
            "contracts",
            "customer_id",
        ): "customer, account, company, client, organization id, organisation id, org id, business id, workspace id, tenant id, team id, organization, organization ref, licensee id, subscriber id, external customer id, company code, customer company, 顧客, 取引先, 会社, 契約者, 得意先, 契約先",
        (
            "contracts",
            "contract_id",
        ): "sub id, licence id, license id, licence key, license key, membership id, policy number, plan subscription id, record id, 申込番号, レコード番号",
        (
            "contracts",
            "starts_on",
        ): "started at, started on, start at, start time, activated at, activated on, signup date, subscribed on, subscription date, created at, created on, created date, created, signed on, activation date, active on, began on, began at, join date, joined on, membership start, month, period, 申込日, 入会日, 加入日, 登録日, 作成日, 年月, 対象月",
        (
            "contracts",
            "ends_on",
        ): "canceled at, cancelled at, canceled on, cancelled on, canceled date, cancelled date, cancel date, cancellation date, churn date, churned at, churned on, terminated on, expire date, to date, deactivated on, 退会日, 解約受付日",
        (
            "contracts",
            "mrr",
        ): "amount, price, fee, unit amount, unit price, plan amount, plan price, recurring amount, subscription cost, subscription amount, subtotal, charge, total price, contract value, contract amount, 会費, 金額, 料金, 利用料, 契約金額, 単価",
        (
            "contracts",
            "product",
        ): "subscription, tier, plan id, subscription type, membership type, membership, edition, package, コース, 会員プラン, 会員種別, 契約プラン名",
        (
            "tickets",
            "ticket_id",
        ): "request id, conversation id, conversation, issue key, incident id, reference, record id, 受付番号, レコード番号",
        ("tickets", "opened_at"): "created, create date, created date, date created, 登録日時, 作成日時",
        (
            "tickets",
            "resolved_at",
        ): "last done at, done at, done on, close date, closed date, resolution date, resolved, 対応完了日",
        (
            "usage",
            "used_on",
        ): "created at, created on, created date time, created, time, log time, started at, start time, 作成日時, 登録日時",
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
        ("touches", "occurred_on"): "due date, start time, start date, created at, completed at, 登録日時, 日時",
        ("touches", "csm"): "assigned to, assigned to user, assignee, owner, logged by, 対応者",
        ("goals", "goal_id"): "okr id, record id",
        ("users", "user_id"): "contact id, seat id, account user id, record id",
    }
)
# what tells a table from others that have an id, a customer and a date as well

# what is looked for where a table has no column of its own for it
USER_IDS = _USER
YEARLY = "arr, arr amount, annual amount, annual fee, amount per year, yearly amount, acv, annual contract value, 年額, 年額料金, 年間金額, 年間契約金額, 年契約額, 年額費用"
CSAT_SCORE = "satisfaction score, csat, csat score, satisfaction rating, satisfaction, 満足度, 満足度スコア, 顧客満足度"
ONBOARDED_WORDS = "onboarded on, onboarding completed on, onboarding date, go live date, went live on, オンボーディング完了日, 導入完了日, 本稼働日, 稼働開始日"
