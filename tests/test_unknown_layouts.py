"""Exports of systems that nobody declared, in layouts of our own invention: which tables are told, and that none is told falsely."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from cslib.periods import Month
from cslib.portfolio import Portfolio
from cslib.scaffold import propose
from cslib.scaffold.column_words import by_words
from cslib.scaffold.found import find_tables
from cslib.scaffold.named_files import NOTHING_SAID
from cslib.scaffold.similarity import LIKELY, SURE, similarity
from tests.seen import export, table

if TYPE_CHECKING:
    from pathlib import Path

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
    "accounting": (
        {
            "RepeatingInvoices.csv": ("RepeatingInvoiceID,ContactID,ContactName,Status,Period,Unit,StartDate,EndDate,SubTotal,TotalTax,CurrencyCode", "r{n},k{n},Firm {n},AUTHORISED,1,MONTHLY,2025-01-03,,100.00,10.00,NZD"),
            "Contacts.csv": ("ContactID,Name,EmailAddress,IsCustomer", "k{n},Firm {n},a{n}@x.example,true"),
        },
        {"RepeatingInvoices.csv": "contracts"},
    ),
    "tenants": (
        {
            "entitlements.csv": ("EntitlementId,TenantId,TenantName,Sku,SeatsPurchased,TermStart,TermEnd,UnitPriceMonthly,Currency", "e{n},t{n},Firm {n},E5,2{n},2025-01-01,2025-12-31,38.00,USD"),
            "signins.csv": ("TenantId,UserPrincipalName,AppDisplayName,CreatedDateTime", "t{n},u{n}@x.example,Mail,2025-05-03T09:00:00Z"),
        },
        {"entitlements.csv": "contracts", "signins.csv": "usage"},
    ),
    "sign-ins without names": (
        {
            "firms.csv": ("company_id,company_name", "t{n},Firm {n}"),
            "seen.csv": ("company_id,client,created_at", "t{n},web,2025-05-03"),
        },
        {"firms.csv": "customers"},
    ),
    "newsletter": (
        {"subscribers.csv": ("email,name,status,subscribed_at,unsubscribed_at,plan,amount,interval,country", "a{n}@x.example,Ann {n},active,2025-01-03,,annual,50,year,UK")},
        {"subscribers.csv": "contracts"},
    ),
    "supply": (
        {"supply_points.csv": ("MPAN,Account Number,Account Holder,Tariff,Supply Start Date,Supply End Date,Standing Charge,Monthly Direct Debit", "10{n},AC{n},Lee {n},Fixed,2024-05-03,,0.45,85.00")},
        {"supply_points.csv": "contracts"},
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
    "gym": (
        {
            "members.csv": ("Member No,First Name,Last Name,Gender,DOB,Membership Type,Join Date,Contract End,Cancellation Date,Cancel Reason,Monthly Fee,Home Club,Status", "{n}01,Ann,Lee{n},F,1990-01-01,Gold,2025-01-05,2026-01-04,,,35.00,York,Active"),
            "checkins.csv": ("Visit ID,Member No,Club,Check In,Check Out", "{n},{n}01,York,2025-09-01 06:58,2025-09-01 08:01"),
        },
        {"members.csv": "contracts", "checkins.csv": "usage"},
    ),
    "insurance": (
        {"policies.csv": ("PolicyNumber,PolicyholderID,PolicyholderName,LineOfBusiness,EffectiveDate,ExpirationDate,CancellationDate,AnnualPremium,PaymentFrequency,PolicyStatus", "PN-{n},H{n},Firm {n},Property,2025-01-01,2025-12-31,,1200,Quarterly,Inforce")},
        {"policies.csv": "contracts"},
    ),
    "rent roll": (
        {"rent_roll.csv": ("Property,Unit,Tenant,Lease ID,Status,Sqft,Market Rent,Rent,Deposit,Lease From,Lease To,Move-in,Move-out", "Elm,{n},Lee {n},L-{n},Current,650,1300,1250,1250,2025-01-01,2025-12-31,2025-01-01,")},
        {"rent_roll.csv": "contracts"},
    ),
    "receipts of an app store": (
        {"transactions.csv": ("app_user_id,country,product_identifier,product_duration,start_time,end_time,is_trial_period,price_in_usd,store_transaction_id", "$u:{n},US,pro_monthly,P1M,2025-07-05 10:00:00,2025-08-05 10:00:00,false,9.99,T{n}")},
        {"transactions.csv": "contracts"},
    ),
    "lines of contracts": (
        {"transactions.csv": ("Transaction ID,Customer Name,Customer Number,Contract Number,Item,Order Date,Start Date,End Date,Quantity,Unit Price,Total Amount,Currency", "{n}1,Firm {n},CU-{n},CON-{n},Platform,2024-12-18,2025-01-01,2025-12-31,1,1200.00,1200.00,USD")},
        {"transactions.csv": "contracts"},
    ),
    "payments under a key of its own": (
        {
            "transactions.csv": ("msno,payment_method_id,payment_plan_days,plan_list_price,actual_amount_paid,transaction_date,membership_expire_date", "k{n}=,41,30,149,149,2025-07-01,2025-07-31\nk{n}=,41,30,149,149,2025-08-01,2025-08-31"),
            "members.csv": ("msno,city,bd,gender,registration_init_time", "k{n}=,1,30,male,2020-01-01"),
        },
        {"transactions.csv": "contracts", "members.csv": "customers"},
    ),
    "accounts with their revenue": (
        {"Company_Export.csv": ("GSID,Name,Industry,Employees,ARR,MRR,Users,Original Contract Date,Renewal Date,Status,Churn Date,Churn Reason,CSM", "1P{n},Firm {n},Media,40,6000,500,12,2025-02-01,2026-02-01,Active,,,Ann Lee")},
        {"Company_Export.csv": "customers contracts"},
    ),
    "定期請求": (
        {"定期請求.csv": ("取引先コード,取引先名,契約名,請求サイクル,単価,数量,消費税,請求開始月,請求終了月,締日", "MF{n},株式会社{n},保守,3ヶ月,15000,1,1500,2025-04,,末日")},
        {"定期請求.csv": "contracts"},
    ),
    "deals with a recurring amount": (
        {
            "deals.csv": ("Deal - ID,Deal - Title,Deal - Value,Deal - Organization ID,Deal - Pipeline,Deal - Status,Deal - Deal created,Deal - Won time,Deal - Expected close date,Deal - MRR", "{n},Growth,1200,o{n},Upsell,Won,2025-05-02,2025-06-01,2025-06-15,100"),
            "organizations.csv": ("Organization - ID,Organization - Name,Organization - Owner,Organization - Industry", "o{n},Firm {n},Ann Lee,Media"),
        },
        {"organizations.csv": "customers", "deals.csv": "proposals"},
    ),
    "offers with a start and a recurring amount": (
        {
            "accounts.csv": ("account_id,account_name,industry", "a{n}x,Firm {n},Media"),
            "deals.csv": ("deal_id,account_id,deal_type,stage,created_on,close_date,start_date,mrr", "d{n},a{n}x,upsell,won,2025-01-05,2025-02-05,2025-03-01,100"),
        },
        {"accounts.csv": "customers", "deals.csv": "proposals"},
    ),
    "issues of a service desk": (
        {"issues.csv": ("Summary,Issue key,Issue id,Issue Type,Status,Priority,Reporter,Created,Resolved,Custom field (Organizations)", "Broken,SD-{n},10{n},Incident,Done,High,ann,2025-08-05 09:12,2025-08-06 13:00,Firm")},
        {"issues.csv": "tickets"},
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


# from June to September: what they pay per month, who leaves, worked by hand
FIGURES: dict[str, tuple[dict[str, str], str, dict[str, Fraction | int]]] = {
    # 22, 264 / 12, 22 until 5 September, 60 / 3; zeros stand for days that are not there
    "a shop's subscriptions": (
        {"subscriptions.csv": (
            "subscription_id,subscription_status,customer_id,date_created,trial_end_date,end_date,billing_period,billing_interval,order_total\n"
            "3101,active,c11,2025-01-10 09:00:00,0,0,month,1,22.00\n3102,active,c12,2025-02-10 09:00:00,0,0,year,1,264.00\n"
            "3103,cancelled,c13,2025-02-20 09:00:00,0,2025-09-05 09:00:00,month,1,22.00\n3104,on-hold,c14,2025-03-01 09:00:00,0,0,month,3,60.00\n"
        )},
        "2025-09", {"mrr": 64, "customer_churn": Fraction(1, 4), "revenue_churn": Fraction(22, 86)},
    ),
    "塾": (
        {"生徒名簿.csv": (
            "生徒番号,氏名,学年,コース,入塾日,退塾日,退塾理由,月謝\nS001,山田太郎,中1,標準,2025/4/1,,,22000\nS002,佐藤花,中2,特進,2025/4/1,2025/9/20,転居,28000\n"
            "S003,伊藤健,小6,標準,2025/5/10,,,22000\nS004,林さくら,中3,特進,2025/7/1,,,28000\n"
        )},
        "2025-09", {"mrr": 72_000, "customer_churn": Fraction(1, 4), "revenue_churn": Fraction(28, 100)},
    ),
    # the second leaves before its year is over
    "agreed and early ends": (
        {"contracts.csv": (
            "Contract No,Client Name,Client No,Service,Contract Start,Contract End,Terminated On,Annual Fee\nA1,Alpha,C1,Care,2025-01-01,2025-12-31,,1200\n"
            "A2,Beta,C2,Care,2025-02-01,2026-01-31,2025-09-15,2400\nA3,Gamma,C3,Care,2025-03-01,2026-02-28,,600\n"
        )},
        "2025-09", {"mrr": 150, "customer_churn": Fraction(1, 3), "revenue_churn": Fraction(200, 350)},
    ),
    "a column per month": (
        {"mrr.csv": "Customer,Plan,Jun-25,Jul-25,Aug-25,Sep-25\nAlpha,pro,100,100,120,120\nBeta,pro,50,50,,\nGamma,basic,,20,20,20\nDelta,pro,400,400,400,350\n"},
        "2025-09", {"mrr": 490, "customer_churn": 0},
    ),
    # 80 + 20 and 50; 50 is lost on 9 September of 200
    "changes": (
        {"mrr_movements.csv": (
            "Date,Customer external ID,Movement type,Change in MRR,New MRR,Plan\n2025-01-05,K-1,new,80,80,pro\n2025-02-01,K-2,new,50,50,pro\n2025-02-10,K-3,new,50,50,pro\n"
            "2025-06-05,K-1,expansion,20,100,pro\n2025-09-09,K-3,churn,-50,0,pro\n"
        )},
        "2025-09", {"mrr": 150, "customer_churn": Fraction(1, 3), "revenue_churn": Fraction(50, 200)},
    ),
    "請求書": (
        {"請求書一覧.csv": (
            "請求書番号,取引先コード,取引先名,請求日,支払期日,小計,消費税,合計金額\nI1,T001,青葉,2025/07/31,2025/08/31,50000,5000,55000\nI2,T002,みなと,2025/07/31,2025/08/31,30000,3000,33000\n"
            "I3,T001,青葉,2025/08/31,2025/09/30,50000,5000,55000\nI4,T002,みなと,2025/08/31,2025/09/30,30000,3000,33000\nI5,T003,つばさ,2025/08/31,2025/09/30,20000,2000,22000\n"
            "I6,T001,青葉,2025/09/30,2025/10/31,60000,6000,66000\nI7,T003,つばさ,2025/09/30,2025/10/31,20000,2000,22000\n"
        )},
        "2025-09", {"mrr": 80_000, "customer_churn": Fraction(1, 3)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FIGURES)
def test_a_layout_that_nobody_declared_gives_its_figures_without_an_edit(name: str, tmp_path: Path) -> None:
    texts, month, figures = FIGURES[name]
    for file, text in texts.items():
        (tmp_path / file).write_text(text, "utf-8")
    proposal = propose(tmp_path, [tmp_path / file for file in texts])
    assert {one.table for one in proposal.tables} == {"customers", "contracts"}
    proposal.write()
    portfolio = Portfolio.open(tmp_path / "params", datetime(2025, 11, 10, tzinfo=UTC))
    measured = portfolio.measure(Month.parse(month), 1, ["total"], [*figures]).set_index("kpi").value
    assert {kpi: measured[kpi] for kpi in figures} == {kpi: pytest.approx(float(one)) for kpi, one in figures.items()}


@pytest.mark.parametrize(
    ("file", "rows", "said"),
    [
        (
            "telco.csv",
            "customerID,tenure,Contract,MonthlyCharges,TotalCharges,Churn\n7590-AA,1,Month-to-month,29.85,29.85,No\n5575-BB,34,One year,56.95,1889.5,No",
            "telco.csv: contracts, but for starts_on: no column left says a day",
        ),
        (
            "subscriptions.csv",
            "id,store_id,customer_id,order_id,product_name,status,cancelled,created_at,ends_at\n301,77,5001,81,Notely,active,0,2025-01-14,\n302,77,5002,82,Notely,expired,1,2025-02-03,2025-08-03",
            "subscriptions.csv: contracts, but for mrr; which column is it?",
        ),
    ],
)
def test_what_contracts_lack_is_told_in_words(file: str, rows: str, said: str) -> None:
    found = find_tables([export(file, table(rows))], NOTHING_SAID, None)
    assert [one.table for one in found.tables] == ["customers"]
    assert said in found.near[0].doubts[0]


def test_a_contact_is_no_contract_and_an_end_that_nobody_has_reached_is_one() -> None:
    """Words that a letter makes another; a column of ends that is blank in every row so far; cents."""
    head = "RepeatingInvoiceID,ContactID,ContactName,StartDate,退会日,MRR in cents"
    rows = "\n".join(f"r{n},k{n},Firm {n},2025-01-03,,{n}000" for n in range(1, 9))
    (found,) = [
        one
        for one in find_tables([export("subscriptions.csv", table(f"{head}\n{rows}"))], NOTHING_SAID, None).tables
        if one.table == "contracts"
    ]
    told = {name: one.source for name, one in found.columns.items()}
    assert told == {
        "contract_id": "RepeatingInvoiceID", "customer_id": "ContactID", "product": None, "starts_on": "StartDate", "ends_on": "退会日",
        "mrr": "MRR in cents",
    }  # fmt: skip
    assert found.columns["mrr"].divide_by == 100
    assert "is 退会日 the ends_on?" in found.columns["ends_on"].doubts


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("contact id", "contract id"),
        ("Account", "amount"),
        ("usage", "stage"),
        ("start rate", "start date"),
        ("state", "Start"),
    ],
)
def test_words_that_a_letter_makes_others_are_not_alike(one: str, other: str) -> None:
    assert similarity(one, other) < LIKELY <= similarity(f"{one}s", one)


def test_conversations_that_name_their_companies_are_no_list_of_companies() -> None:
    rows = "\n".join(f"6{n},c{n % 5},Person,co-{n % 3},Firm {n % 3},done,2025-08-05" for n in range(10, 22))
    head = "Conversation ID,Customer ID,Customer Name,Company ID,Company Name,Status,Created At"
    (customers, *others) = find_tables(
        [export("conversations.csv", table(f"{head}\n{rows}"))], NOTHING_SAID, None
    ).tables
    assert (customers.table, bool(customers.sql), [one.table for one in others]) == ("customers", True, ["tickets"])


@pytest.mark.parametrize(
    ("column", "names"),
    [
        ("starts_on", ["Lease From", "activated_at", "Join Date", "date_created"]),
        ("ends_on", ["Policy Expiration Date", "end_time", "Move-out"]),
        ("mrr", ["Monthly Dues", "Net Price", "Premium", "amount paid"]),
        ("customer_id", ["Client Ref", "Student No", "app_user_id", "Tenant Name"]),
    ],
)
def test_words_tell_a_column_the_surest_first(column: str, names: list[str]) -> None:
    told = [by_words("contracts", column, name) for name in names]
    assert told == sorted(told, reverse=True)
    assert min(told) >= LIKELY
    assert max(told) < SURE


@pytest.mark.parametrize(
    ("column", "name"),
    [
        ("starts_on", "trial_start"), ("starts_on", "Next Billing Date"), ("starts_on", "Last Updated"), ("ends_on", "current_period_end"),
        ("ends_on", "unsubscribe_detected_at"), ("mrr", "Market Rent"), ("mrr", "Sales Tax"), ("mrr", "Payment Method"), ("mrr", "消費税額"), ("customer_id", "Account Owner"),
    ],
)  # fmt: skip
def test_words_that_speak_against_a_column_are_heard(column: str, name: str) -> None:
    assert by_words("contracts", column, name) == 0
