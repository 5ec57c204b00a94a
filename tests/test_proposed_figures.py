"""From an export as it lies there to its figures: what `cslib init` proposes, unedited, gives the numbers that a hand computes."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from cslib.check import check_params
from cslib.cli import app
from cslib.periods import Month
from cslib.portfolio import Portfolio
from cslib.scaffold import propose
from tests.books import TODAY
from tests.exports import write
from tests.sources import together

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


def _params(folder: Path, **files: str | bytes) -> Path:
    """Return the params that are proposed for files of these names and texts."""
    named = [write(folder / "data" / f"{name}.csv", text) for name, text in files.items()]
    proposal = propose(folder, named)
    proposal.write()
    return proposal.params


def _measured(params: Path, month: str, *kpis: str, by: tuple[str, ...] = ()) -> pd.DataFrame:
    return Portfolio.open(params, TODAY).measure(Month.parse(month), 1, ["total"], kpis, by)


def _share(table: pd.DataFrame, kpi: str) -> tuple[float, float]:
    row = next(row for row in table.to_dict("records") if row["kpi"] == kpi)
    return row["part"], row["whole"]


def test_payments_find_their_customers_through_the_contracts_and_not_by_numbers_that_look_alike(tmp_path: Path) -> None:
    params = _params(
        tmp_path,
        customers="customer_id,name,region\n1,A,JP\n2,B,JP\n3,C,US\n4,D,US\n",
        # contracts 1 and 2 are customer 4's, contract 3 is customer 1's
        subs="sub_id,customer_id,plan,start_date,mrr\n1,4,pro,2025-01-01,10\n2,4,pro,2025-01-01,10\n3,1,pro,2025-01-01,10\n",
        transactions="tx_id,sub_id,amount,order_date\n1,1,10,2025-03-01\n2,2,10,2025-03-02\n3,1,10,2025-04-01\n4,3,10,2025-04-05\n",
    )
    table = _measured(params, "2025-04", "repeat_purchase", by=("region",)).set_index("region")
    # customer 4 has ordered three times, customer 1 once
    assert {region: (table.part[region], table.whole[region]) for region in ("JP", "US")} == {
        "JP": (0, 1),
        "US": (1, 1),
    }


def test_the_contract_in_the_account_list_gives_its_churn(tmp_path: Path) -> None:
    text = (
        "取引先コード,会社名,契約開始日,契約終了日,月額,担当者\n"
        "T001,甲,2025-01-01,,1000,佐藤\nT002,乙,2025-01-01,2025-05-15,2000,佐藤\nT003,丙,2025-02-01,,500,佐藤\nT004,丁,,,,佐藤\n"
    )
    params = _params(tmp_path, 取引先=text.encode("cp932"))
    table = _measured(params, "2025-05", "mrr", "customer_churn", "revenue_churn")
    assert table.set_index("kpi").value["mrr"] == 1000 + 500
    assert _share(table, "customer_churn") == (1, 3)
    assert _share(table, "revenue_churn") == (2000, 1000 + 2000 + 500)


def test_contracts_alone_in_another_encoding_and_without_ids_give_their_churn(tmp_path: Path) -> None:
    text = "顧客番号,プラン,利用開始日,解約日,月額料金\nA01,基本,2025-01-01,,1000\nA02,基本,2025-01-01,2025-05-15,2000\nA01,追加,2025-02-01,,500\n"
    params = _params(tmp_path, 契約=text.encode("euc_jp"))
    table = _measured(params, "2025-05", "mrr", "customer_churn")
    assert table.set_index("kpi").value["mrr"] == 1000 + 500
    assert _share(table, "customer_churn") == (1, 2)


def test_currencies_are_never_added_up(tmp_path: Path) -> None:
    text = "id,customer_id,product,start_date,end_date,mrr,currency\nk1,c1,a,2025-01-01,,100,usd\nk2,c2,a,2025-01-01,,15000,jpy\n"
    params = _params(tmp_path, customers="customer_id,name\nc1,A\nc2,B\n", contracts=text)
    assert "say their rates" in (params / "policies.yaml").read_text("utf-8")
    assert check_params(params, TODAY).verdict == "not usable"


def test_the_command_takes_the_user_at_his_word(tmp_path: Path) -> None:
    files = {
        "people.csv": "no,label\n1,A\n2,B\n",
        "subs.csv": "no,plan,from,until,fee\n1,a,2025-01-01,2025-05-20,10\n2,a,2025-01-01,,20\n",
    }
    for name, text in files.items():
        write(tmp_path / name, text)
    said = [f"customers={tmp_path / 'people.csv'}", f"contracts={tmp_path / 'subs.csv'}"]
    done = CliRunner().invoke(app, ["init", str(tmp_path / "my"), "--from", *said])
    assert done.exit_code == 0, done.output
    assert "customers: people.csv" in done.output
    assert "contracts: subs.csv" in done.output
    odd = CliRunner().invoke(app, ["init", str(tmp_path / "other"), "--from", f"contract={tmp_path / 'subs.csv'}"])
    assert odd.exit_code == 2
    assert "no table 'contract'; did you mean 'contracts'?" in odd.output


def test_a_file_that_is_there_twice_is_read_once(tmp_path: Path) -> None:
    log = "customer_id,user_id,used_on,feature\n" + "".join(
        f"c{n % 3},u{n},2025-01-{n:02d},search\n" for n in range(1, 20)
    )
    files = [write(tmp_path / name, log) for name in ("events.csv", "events (1).csv")]
    proposal = propose(tmp_path / "my", files)
    assert any("byte for byte" in left for left in proposal.left)
    assert "events*" not in proposal.texts["source.yaml"]


def test_what_has_no_header_is_told(tmp_path: Path) -> None:
    files = [
        write(tmp_path / "customers.csv", "customer_id,name\nc1,A\nc2,B\n"),
        write(tmp_path / "list.csv", "17,2025-01-01,100\n18,2025-01-02,200\n"),
    ]
    proposal = propose(tmp_path / "my", files)
    assert "its first row looks like values" in " ".join(proposal.left)
    assert [table.table for table in proposal.tables] == ["customers"]


def test_what_a_customer_pays_month_by_month_becomes_terms(tmp_path: Path) -> None:
    params = _params(
        tmp_path,
        mrr_by_month="customer_id,month,mrr\nA,2026-01,100\nA,2026-02,100\nA,2026-03,150\nB,2026-01,80\nB,2026-02,80\n",
    )
    assert [(row["customer_id"], row["starts_on"], row["ends_on"], row["mrr"]) for row in together(params, "contracts")] == [
        ("A", date(2026, 1, 1), date(2026, 2, 28), 100),
        ("A", date(2026, 3, 1), None, 150),
        ("B", date(2026, 1, 1), date(2026, 2, 28), 80),
    ]  # fmt: skip
    assert [row["customer_id"] for row in together(params, "customers")] == ["A", "B"]


# C pauses in February, D is gone with it, and A is gone with the third month: 200, 170, 80 and 80 are paid, and 120 at last
PAID = {"A": (100, 100, 0, 0, 0), "B": (50, 50, 50, 50, 90), "C": (30, 0, 30, 30, 30), "D": (20, 20, 0, 0, 0)}
MONTHS = ("2026-01", "2026-02", "2026-03", "2026-04", "2026-05")
LAST_DAYS = ("31", "28", "31", "30", "31")


def _wide() -> str:
    lines = (",".join([who, *(str(level or "") for level in levels)]) for who, levels in PAID.items())
    return "\n".join([f"account,{','.join(f'MRR {month}' for month in MONTHS)}", *lines])


def _levels() -> str:
    lines = (
        f"{who},{month},{level}"
        for who, levels in PAID.items()
        for month, level in zip(MONTHS, levels, strict=True)
        if level
    )
    return "\n".join(["customer_id,month,mrr", *lines])


def _changes() -> str:
    lines = (
        f"{who},{month}-01,{level - before}"
        for who, levels in PAID.items()
        for month, before, level in zip(MONTHS, (0, *levels), levels, strict=False)
        if level != before
    )
    return "\n".join(["customer_id,changed_on,mrr_change", *lines])


def _invoices() -> str:
    days = [f"{month}-{day}" for month, day in zip(MONTHS, LAST_DAYS, strict=True)]
    lines = [
        f"{who},{day},{level}" for who, levels in PAID.items() for day, level in zip(days, levels, strict=True) if level
    ]
    return "\n".join(
        ["invoice_no,customer_id,invoice_date,subtotal", *(f"I{n},{line}" for n, line in enumerate(lines))]
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [("mrr", _wide()), ("mrr_by_month", _levels()), ("mrr_changes", _changes()), ("invoices", _invoices())],
)
def test_what_is_paid_in_a_month_is_its_mrr_and_who_pays_no_more_is_lost_in_the_next(
    name: str, text: str, tmp_path: Path
) -> None:
    params = _params(tmp_path, **{name: text})
    assert "churn_month: day_after  # CHECK: " in (params / "policies.yaml").read_text("utf-8")
    table = Portfolio.open(params, TODAY).measure(Month.parse("2026-05"), 5, ["total"], ["mrr", "customer_churn"])
    told = {kpi: dict(zip(rows.month, rows.value, strict=True)) for kpi, rows in table.groupby("kpi")}
    assert list(told["mrr"].values()) == [sum(levels[n] for levels in PAID.values()) for n in range(5)]
    # C of four in February, A and D of three in March
    assert [told["customer_churn"][month] for month in MONTHS[1:4]] == [1 / 4, 2 / 3, 0]


def test_when_the_last_paid_month_is_lost_is_asked_until_it_is_said(tmp_path: Path) -> None:
    params = _params(tmp_path, mrr_by_month=_levels())
    policies = params / "policies.yaml"
    said = policies.read_text("utf-8")

    def asked(line: str) -> list[str]:
        policies.write_text(re.sub(r"^churn_month: .*\n", line, said, flags=re.MULTILINE), "utf-8")
        return [note.sentence for note in check_params(params, TODAY).tables["contracts"].notes if note.asks]

    (question,) = asked("")
    assert "3 terms made of levels end with a month and nothing follows" in question
    assert asked("churn_month: last_day\n") == asked("churn_month: day_after\n") == []


def test_an_amount_that_is_called_one_per_year_is_divided(tmp_path: Path) -> None:
    contracts = "契約番号,取引先コード,商品,契約開始日,満了日,契約金額(年額)\nK1,A,基本,2026-01-01,2026-12-31,1200\nK2,B,基本,2026-02-01,2027-01-31,600\n"
    params = _params(tmp_path, 契約一覧=contracts)
    assert [row["mrr"] for row in together(params, "contracts")] == [100, 50]


def test_what_one_piece_costs_is_multiplied_before_anything_is_summed(tmp_path: Path) -> None:
    lines = "InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID\nI1,x,2,2026-01-05,3.5,C1\nI1,y,1,2026-01-05,10,C1\nI2,x,4,2026-02-05,3.5,C2\n"
    params = _params(tmp_path, online_retail=lines)
    assert [(row["customer_id"], row["amount"]) for row in together(params, "purchases")] == [
        ("C1", 7), ("C1", 10), ("C2", 14),
    ]  # fmt: skip


def test_no_day_and_no_amount_is_taken_for_the_id_of_a_customer(tmp_path: Path) -> None:
    params = _params(
        tmp_path, log="paid,at,code,what\n10.5,2026-01-05,u1,a\n11.5,2026-01-06,u2,a\n12.5,2026-01-07,u3,b\n"
    )
    assert "customer_id: code" in (params / "source.yaml").read_text("utf-8")
