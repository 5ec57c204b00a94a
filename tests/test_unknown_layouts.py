"""Exports of systems that nobody declared, in layouts of our own invention: which tables are told, and that none is told falsely."""

from __future__ import annotations

import pytest

from cslib.scaffold.found import find_tables
from cslib.scaffold.named_files import NOTHING_SAID
from tests.seen import export, table

Layout = dict[str, tuple[str, str]]  # of each file the header, and a row of which {n} is the number


LAYOUTS: dict[str, tuple[Layout, dict[str, str]]] = {
    "billing": (
        {
            "subscriptions.csv": (
                "subscription_id,customer_id,product_name,status,currency_code,unit_price,quantity,billing_cycle_interval,started_at,next_billed_at,canceled_at",
                "sub_{n},ctm_{n},Pro,active,USD,100.00,1,month,2025-01-03,2026-01-03,",
            ),
            "customers.csv": ("customer_id,name,email,status,created_at", "ctm_{n},Firm {n},a{n}@x.example,active,2025-01-01"),
        },
        {"subscriptions.csv": "contracts", "customers.csv": "customers"},
    ),
    "revenue analytics": (
        {
            "customers.csv": ("External ID,Name,Company,Country,MRR,ARR,Customer Since", "cus_{n},Firm {n},Firm {n} Ltd,DE,100,1200,2025-01-05"),
            "subscriptions.csv": ("Subscription External ID,Customer External ID,Plan Name,Quantity,Currency,MRR,Start Date,End Date", "s{n},cus_{n},Gold,1,EUR,100,2025-01-05,"),
        },
        {"customers.csv": "customers", "subscriptions.csv": "contracts"},
    ),
    "organisations and members": (
        {
            "organizations.csv": ("org_id,org_name,industry,employee_count", "org_{n},Firm {n},Tech,{n}0"),
            "members.csv": ("user_id,org_id,first_name,last_name,email,signup_date", "u{n},org_{n},Ann,Lee,u{n}@x.example,2024-06-05"),
            "org_subscriptions.csv": ("id,org_id,tier,monthly_price,is_trial,began_on,cancelled_on", "{n},org_{n},pro,{n}00,false,2024-06-05,"),
            "product_events.csv": ("event_id,user_id,event_name,occurred_at", "e{n},u{n},export,2025-01-02 10:00:00"),
            "invoices.csv": ("invoice_id,org_id,issued_date,due_date,amount,paid", "i{n},org_{n},2025-01-01,2025-01-31,100,true"),
        },
        {"organizations.csv": "customers", "members.csv": "users", "org_subscriptions.csv": "contracts", "product_events.csv": "usage"},
    ),
    "memberships": (
        {
            "memberships.csv": ("membership_id,member_id,membership_type,start_date,end_date,fee_per_month,payment_status", "ms{n},mb{n},Gold,2024-04-05,,29.00,paid"),
            "members.csv": ("member_id,first_name,last_name,birth_date,join_date,home_club", "mb{n},Ann,Lee{n},1990-01-01,2024-04-05,Berlin"),
            "checkins.csv": ("checkin_id,member_id,checkin_time,club", "c{n},mb{n},2025-02-02 08:00:00,Berlin"),
        },
        {"memberships.csv": "contracts", "members.csv": "customers", "checkins.csv": "usage"},
    ),
    "licences": (
        {"license_keys.csv": ("license_key,licensee,licensee_id,edition,activation_date,expiration_date,annual_fee,seat_count", "AAA-{n},Firm {n},L{n},Enterprise,2025-01-05,2025-12-31,1200,{n}")},
        {"license_keys.csv": "contracts"},
    ),
    "enterprise resource planning": (
        {"subscription_lines.csv": ("Subscription Line ID,Subscription Number,Customer Internal ID,Customer Name,Item,Line Start Date,Line End Date,Recurring Amount,Frequency,Quantity", "{n}x,SUB{n},CI{n},Firm {n},Platform,2025-01-05,2025-12-31,1200,Annually,1")},
        {"subscription_lines.csv": "contracts"},
    ),
    "customer relations": (
        {
            "organizations.csv": ("ID,Name,Label,Owner,Open deals,Organization created", "10{n},Firm {n},Customer,Ann Lee,1,2024-05-05 10:00:00"),
            "activities.csv": ("ID,Subject,Type,Done,Due date,Duration,Organization ID,Assigned to user", "{n},Call,call,Done,2025-02-05,00:30,10{n},Ann Lee"),
        },
        {"organizations.csv": "customers", "activities.csv": "touches"},
    ),
    "help desk": (
        {
            "accounts.csv": ("accountid,name,numberofemployees,createdon", "a{n}-00,Firm {n},{n}0,2024-05-05"),
            "incidents.csv": ("incidentid,customerid,title,prioritycode,createdon,resolvedon", "c{n},a{n}-00,Broken,High,2025-02-05 10:00,2025-02-06 10:00"),
        },
        {"accounts.csv": "customers", "incidents.csv": "tickets"},
    ),
    "logins": (
        {
            "companies.csv": ("company_code,company_name,csm_name", "CO{n},Firm {n},Ann"),
            "login_history.csv": ("login_id,user_email,company_code,logged_in_at,ip", "l{n},u{n}@x.example,CO{n},2025-02-02 10:00:00,1.1.1.1"),
        },
        {"companies.csv": "customers", "login_history.csv": "usage"},
    ),
    "会員管理": (
        {
            "会員一覧.csv": ("会員番号,姓,名,都道府県,入会日,退会日,会員プラン,月会費", "M{n},山田,太郎{n},東京都,2024-04-05,,スタンダード,980"),
            "来店履歴.csv": ("会員番号,来店日,来店店舗", "M{n},2025-02-02,渋谷"),
        },
        {"会員一覧.csv": "customers contracts", "来店履歴.csv": "usage"},
    ),
    "契約管理と問合せ管理": (
        {
            "契約管理台帳.csv": ("契約No,契約先コード,契約先名,サービス名,利用開始日,契約満了日,月額利用料(税抜),ライセンス数", "K-{n},C{n},株式会社{n},クラウド勤怠,2024-04-05,2025-03-31,1000,{n}"),
            "問合せ管理表.csv": ("受付No,受付日,契約先コード,内容,対応者,完了日", "Q{n},2025-02-05,C{n},わからない,佐藤,2025-02-06"),
        },
        {"契約管理台帳.csv": "contracts", "問合せ管理表.csv": "tickets"},
    ),
    "販売管理": (
        {
            "得意先マスタ.csv": ("得意先コード,得意先名,都道府県,担当者名", "T{n},株式会社{n},東京都,佐藤"),
            "売上明細.csv": ("伝票番号,行番号,売上日,得意先コード,商品名,数量,単価,金額", "D{n},1,2025-03-05,T{n},保守,1,100,100"),
        },
        {"得意先マスタ.csv": "customers", "売上明細.csv": "purchases"},
    ),
    "アンケート": (
        {"満足度アンケート結果.csv": ("回答番号,回答日時,会社コード,会社名,推奨度(0〜10),満足度(5段階),ご意見", "{n},2025-03-05 10:00:00,KC{n},株式会社{n},9,4,よい")},
        {"満足度アンケート結果.csv": "surveys surveys"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_tables_in_a_layout_that_nobody_declared_are_told(name: str) -> None:
    layout, wanted = LAYOUTS[name]
    exports = [
        export(file, table("\n".join([head, *(row.format(n=n) for n in range(101, 113))])))
        for file, (head, row) in layout.items()
    ]
    found = find_tables(exports, NOTHING_SAID, None).tables
    told = {file: [one.table for one in found if one.export.name == file and not one.sql] for file in layout}
    for file, tables in told.items():
        # customers that no file holds are read out of another table's file
        spare = [] if "customers" in wanted.get(file, "customers") else ["customers"]
        assert [one for one in tables if one not in spare] == wanted.get(file, "").split(), told
