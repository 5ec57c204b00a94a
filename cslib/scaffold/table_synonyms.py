"""What others call our tables, which columns tell them, and what says nothing. Data alone: add what your systems say."""

from __future__ import annotations

from types import MappingProxyType

TABLE_SYNONYMS = MappingProxyType(
    {
        "customers": "customer account company client organization organisation business 顧客 顧客マスタ 取引先 会社 お客様 得意先 契約先 加盟店 アカウント",
        "contracts": "contract subscription subs licence license license_key membership 契約 サブスクリプション 契約一覧 ライセンス",
        "milestones": "milestone onboarding onboarding_task step オンボーディング マイルストーン 導入ステップ 導入",
        "users": "user member seats_issued 利用者 ユーザー ユーザ 発行アカウント 会員",
        "usage": "event activity log login logon sign_in signin visit checkin session feature_usage product_usage ログイン 来店 利用 利用ログ 利用状況 操作ログ ログ 利用履歴",
        "surveys": "survey nps csat ces response answer survey_response survey_answer アンケート 調査 満足度調査 回答",
        "voices": "voice reviews mentions referrals レビュー 口コミ 評判 紹介",
        "goals": "goal objectives outcomes okr success_plan 目標 ゴール 成果 成果目標",
        "proposals": "proposal opportunity deal offer pipeline 提案 商談 案件 営業案件",
        "touches": "touch interaction meeting activity customer_activity account_activity 活動 活動履歴 対応履歴 接点 訪問",
        "tickets": "ticket case issue incident conversation support_ticket inquiry 問い合わせ 問合せ サポート チケット",
        "purchases": "purchase order order_line order_item sale transaction 購入 注文 受注 売上 購買",
        "programmes": "programme programs enrolments 施策 プログラム 研修 参加",
        "assignments": "assignment ownership owners owner_history account_owners csm_history 担当 担当履歴 担当者履歴 担当変更 担当割当",
        "reference_requests": "reference_request references reference_asks case_study_requests 事例依頼 事例打診 事例化依頼 リファレンス依頼",
        "costs": "cost expenses spend 費用 コスト 経費",
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
COMMON = frozenset([  # names of columns that every system has, of whatever its rows are
    "id", "date", "time", "timestamp", "type", "name", "kind", "status", "state", "stage", "value", "amount",
    "price", "total", "description", "title", "subject", "category", "owner", "count", "quantity", "source",
    "created", "created at", "created on", "created date", "updated at", "start", "start date", "end", "end date",
    "from", "until", "plan", "user", "product", "result", "period", "record id", "日付", "日時", "種別", "種類", "区分",
    "金額", "名称", "件名", "内容", "状態", "ステータス", "状況", "担当", "担当者", "登録日", "作成日", "開始日", "終了日", "完了日", "数量", "件数",
    "レコード番号", "合計",
])  # fmt: skip
FILLERS = frozenset([  # words of a file's name that say nothing of its rows
    "export", "history", "exports", "exported", "data", "dataset", "list", "table", "all", "raw", "report", "dump",
    "full", "final", "latest", "new", "sample", "csv", "tsv", "master", "v", "一覧", "管理", "管理表", "管理台帳", "マスタ", "マスター", "データ", "リスト",
    "履歴", "台帳", "結果", "results",
])  # fmt: skip
OTHER_THINGS = (  # rows that are none of our tables, whatever columns they have
    "invoice lead product plan price churn refund payment contact association relationship item pipeline_stage coupon "
    "discount 請求 請求書 入金 見込客 リード 商品マスタ 名刺"
)
