"""The demo's exports as other systems would have written them: other names, words, formats, encodings and files."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


def _parted(form: str) -> Callable[[str], str]:
    """Return a writer of ISO days in another format; a time that follows is kept."""

    def write(day: str) -> str:
        year, month, rest = day.split("-")
        return form.format(year=year, month=month, day=rest[:2]) + rest[2:]

    return write


KANJI = _parted("{year}年{month}月{day}日")
SLASHES = _parted("{month}/{day}/{year}")
DOTS = _parted("{day}.{month}.{year}")
TRUTHS = {"true": "はい", "false": "いいえ"}


@dataclass(frozen=True)
class Dialect:
    """How one system writes a table: its file, and of each column that it writes another way its name and values."""

    file: str
    names: Mapping[str, str]
    encoding: str = "utf-8"
    delimiter: str = ","
    days: Callable[[str], str] = str
    words: Mapping[str, str] = field(default_factory=dict)
    yearly: str = ""  # the column that is written as an amount per year

    def value(self, column: str, text: str) -> str:
        """Return a value as the system writes it."""
        if not text:
            return text
        if column == self.yearly:
            return f"{float(text) * 12:.2f}"
        if column.endswith(("_on", "_at")):
            return self.days(text)
        return self.words.get(text, text)


JAPANESE = {
    "customers": Dialect(
        "顧客マスタ.csv",
        {
            "customer_id": "顧客ID", "name": "顧客名", "industry": "業種", "region": "エリア", "plan": "契約プラン",
            "employees": "従業員数", "touch_model": "タッチモデル", "csm": "担当CSM", "lifecycle": "ライフサイクル",
            "acquisition_cost": "獲得費用", "reference_permission": "事例可否",
        },
        encoding="cp932",
        words={"high": "ハイタッチ", "low": "ロータッチ", "tech": "テックタッチ", "named": "実名可", "anonymous": "匿名可",
               "refused": "不可", "not_asked": "未確認"},
    ),
    "contracts": Dialect(
        "契約一覧.csv",
        {
            "contract_id": "契約番号", "customer_id": "顧客ID", "product": "製品名", "starts_on": "契約開始日",
            "ends_on": "契約終了日", "mrr": "年額料金", "seats": "ライセンス数", "term_months": "契約期間(月)", "trial": "トライアル",
        },
        encoding="cp932", days=KANJI, words=TRUTHS, yearly="mrr",
    ),
    "milestones": Dialect(
        "オンボーディング.csv",
        {"customer_id": "顧客ID", "milestone": "ステップ", "due_on": "期限", "completed_on": "完了日", "required": "必須"},
        words=TRUTHS,
    ),
    "users": Dialect("利用者.csv", {"user_id": "ユーザーID", "customer_id": "顧客ID", "issued_on": "発行日", "closed_on": "停止日"}),
    "usage": Dialect("利用ログ.parquet", {"customer_id": "顧客ID", "user_id": "ユーザーID", "used_on": "利用日", "feature": "機能名", "events": "利用回数"}),
    "surveys": Dialect(
        "アンケート回答.csv",
        {"response_id": "回答ID", "customer_id": "顧客ID", "respondent_id": "回答者ID", "kind": "種別", "score": "点数",
         "sent_on": "送信日", "responded_on": "回答日", "comment": "コメント"},
        encoding="utf-8-sig", words={"nps": "NPS", "csat": "満足度", "ces": "CES"},
    ),
    "voices": Dialect("口コミ.csv", {"customer_id": "顧客ID", "channel": "媒体", "rating": "評価", "posted_on": "投稿日"}, words={"review": "レビュー", "referral": "紹介", "case_study": "導入事例", "sns": "SNS"}),
    "goals": Dialect(
        "目標.csv",
        {"goal_id": "目標ID", "customer_id": "顧客ID", "level": "目標区分", "title": "目標名", "set_on": "設定日", "due_on": "期限",
         "baseline": "基準値", "target": "目標値", "actual": "実績値", "achieved_on": "達成日", "confirmed_by_customer": "顧客確認済"},
        words={**TRUTHS, "department": "部門", "individual": "個人"},
    ),
    "proposals": Dialect(
        "商談.csv",
        {"proposal_id": "商談ID", "customer_id": "顧客ID", "kind": "提案種別", "product": "製品", "amount": "金額", "opened_on": "提案日",
         "closed_on": "決着日", "status": "ステータス", "owner": "担当部門"},
        words={"upsell": "アップセル", "cross_sell": "クロスセル", "renewal": "更新", "longer_term": "長期契約", "open": "商談中", "won": "受注", "lost": "失注", "csm": "CSM", "sales": "営業"},
    ),
    "touches": Dialect(
        "活動履歴.csv",
        {"customer_id": "顧客ID", "csm": "担当者", "kind": "活動種別", "occurred_on": "実施日", "minutes": "所要時間(分)", "initiated_by": "起点", "purpose": "目的"},
        words={"meeting": "打合せ", "seminar": "セミナー", "email": "メール", "call": "電話", "chatbot": "チャットボット", "faq": "FAQ", "us": "当社", "customer": "顧客", "defence": "守り", "offence": "攻め"},
    ),
    "tickets": Dialect(
        "問い合わせ.csv",
        {"ticket_id": "問い合わせID", "customer_id": "顧客ID", "opened_at": "受付日時", "first_response_at": "初回回答日時", "resolved_at": "解決日時", "severity": "優先度", "comment": "問い合わせ内容"},
        words={"low": "低", "normal": "中", "high": "高", "urgent": "緊急"},
    ),
    "purchases": Dialect("注文.csv", {"purchase_id": "注文番号", "customer_id": "顧客ID", "product": "商品名", "amount": "注文金額", "purchased_on": "注文日"}),
    "programmes": Dialect("施策参加.csv", {"customer_id": "顧客ID", "programme": "施策名", "started_on": "開始日", "ended_on": "終了日"}),
    "assignments": Dialect(
        "担当履歴.csv", {"customer_id": "顧客ID", "kind": "担当種別", "value": "担当", "started_on": "担当開始日", "ended_on": "担当終了日"},
        words={"csm": "担当CSM", "touch_model": "タッチモデル", "team": "チーム", "high": "ハイタッチ", "low": "ロータッチ", "tech": "テックタッチ"},
    ),
    "reference_requests": Dialect(
        "事例依頼.csv", {"customer_id": "顧客ID", "asked_on": "依頼日", "kind": "依頼種別", "answer": "回答"},
        words={"case_study": "導入事例", "review": "口コミ", "referral": "紹介", "call": "電話", "event": "登壇", "agreed": "承諾", "refused": "辞退", "later": "保留"},
    ),
    "costs": Dialect("費用.csv", {"month": "年月", "kind": "費目", "amount": "金額"}, words={"acquisition": "新規獲得", "cs": "カスタマーサクセス", "support": "サポート"}),
}  # fmt: skip

ENGLISH = {
    "customers": Dialect(
        "Accounts.csv",
        {"customer_id": "Account ID", "name": "Account Name", "employees": "Employee Count", "csm": "Account Owner", "plan": "Plan Tier"},
    ),
    "contracts": Dialect(
        "subscriptions_export_2026.tsv",
        {"contract_id": "SubscriptionId", "customer_id": "AccountId", "product": "ProductName", "starts_on": "StartDate", "ends_on": "EndDate", "mrr": "MonthlyFee", "seats": "Licenses", "trial": "IsTrial"},
        encoding="utf-16", delimiter="\t", days=SLASHES, words={"true": "Yes", "false": "No"},
    ),
    "usage": Dialect("event_log.parquet", {"customer_id": "account_id", "user_id": "member_id", "used_on": "event_date", "feature": "event_name", "events": "event_count"}),
    "milestones": Dialect("onboarding_tasks.csv", {"customer_id": "Customer No.", "milestone": "Task", "due_on": "Due Date", "completed_on": "Completed At"}, days=DOTS),
    "tickets": Dialect(
        "support_tickets.csv",
        {"ticket_id": "Case ID", "customer_id": "Account ID", "opened_at": "Created At", "first_response_at": "First Reply At", "resolved_at": "Closed At", "severity": "Priority", "comment": "Description"},
        words={"urgent": "Critical", "normal": "Medium", "high": "High", "low": "Low"},
    ),
}  # fmt: skip


def rename(data: Path, dialects: Mapping[str, Dialect], into: Path) -> list[Path]:
    """Write the exports of a demo's `data` in these dialects and return the files."""
    into.mkdir(parents=True)
    for table, dialect in dialects.items():
        if dialect.file.endswith(".parquet"):
            rows = pq.read_table(data / f"{table}.parquet")
            names = [dialect.names.get(name, name) for name in rows.column_names]
            pq.write_table(rows.rename_columns(names), into / dialect.file)
        else:
            _rename_csv(data / f"{table}.csv", dialect, into / dialect.file)
    return sorted(into.iterdir())


def _rename_csv(source: Path, dialect: Dialect, target: Path) -> None:
    with (
        source.open(encoding="utf-8", newline="") as old,
        target.open("w", encoding=dialect.encoding, newline="") as new,
    ):
        reader, writer = csv.DictReader(old), csv.writer(new, delimiter=dialect.delimiter)
        columns = list(reader.fieldnames or [])
        writer.writerow([dialect.names.get(name, name) for name in columns])
        writer.writerows([[dialect.value(name, row[name]) for name in columns] for row in reader])
