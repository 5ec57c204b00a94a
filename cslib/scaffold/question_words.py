"""What columns beside ours are called that decide how a row or an amount is read. Data alone: add what your systems say."""

from __future__ import annotations

from types import MappingProxyType

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
ENDED_WORDS = frozenset([
    "canceled", "cancelled", "churned", "expired", "ended", "terminated", "inactive", "解約", "解約済", "終了", "退会",
    "停止", "deleted", "closed", "past", "lapsed", "former", "non_renewing", "解約済み", "退会済", "退会済み", "終了済", "失効", "退塾", "退去", "churn",
])  # fmt: skip
UNPAID_WORDS = frozenset([
    "incomplete", "incomplete_expired", "draft", "void", "pending", "future", "unpaid", "paused", "下書き", "申込中",
    "無効",
])  # fmt: skip
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
        **dict.fromkeys(
            [
                "month",
                "monthly",
                "months",
                "mo",
                "m",
                "か月",
                "ヶ月",
                "カ月",
                "ヵ月",
                "月",
                "月額",
                "月払",
                "月払い",
                "毎月",
                "月次",
            ],
            1,
        ),
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
# columns that say how many of those spans, where another says which
COUNTS = f"{INTERVAL_COUNT}, {INTERVAL}, period, every"
SPANS = frozenset(
    ["week", "weekly", "weeks", "wk", "w", "day", "daily", "days", "d", "週", "毎週", "日", "毎日"]
)  # spans that are no whole months
