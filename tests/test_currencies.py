"""One currency: amounts in another one stop the run or are converted by given rates, and are never added up."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from cslib.check import check_params
from cslib.errors import DataError
from cslib.i18n import Wording
from cslib.model import TABLES, Kind
from cslib.periods import Month
from cslib.portfolio import Portfolio
from cslib.scaffold import propose
from cslib.settings import Policies
from cslib.tables import policy_table
from cslib.tables.scenario_tables import source_table
from tests.exports import CONTRACTS, CUSTOMERS, IDS, READ_ON, export
from tests.flaws import GOOD
from tests.settings import told

if TYPE_CHECKING:
    from pathlib import Path

# 10,000 JPY of 00001 and 100 USD of 00002
HEAD = "contract_id,customer_id,product,starts_on,ends_on,mrr"
MIXED = "K1,00001,core,2026-01-01,,10000,{own}\nK2,00002,core,2026-01-01,,100,{other}\n"
WITH_AMOUNTS = {table.name: [c.name for c in table.columns if c.kind is Kind.AMOUNT] for table in TABLES}


def _params(folder: Path, name: str = "currency", own: str = "JPY", other: str = "USD", **policies: Any) -> Path:
    text = f"{HEAD},{name}\n{MIXED.format(own=own, other=other)}"
    return export(folder, {"contracts.csv": text, "surveys.csv": None}, policies=policies)


def _refused(params: Path) -> str:
    with pytest.raises(DataError) as raised:
        Portfolio.open(params, READ_ON)
    (problem,) = raised.value.problems
    assert not check_params(params, READ_ON).usable
    return problem


@pytest.mark.parametrize("name", ["currency", "Currency", "CURRENCY_CODE", "ccy", "通貨", "通貨コード"])
def test_another_currency_stops_the_run(tmp_path: Path, name: str) -> None:
    """10,000 JPY and 100 USD are never 10,100."""
    said = _refused(_params(tmp_path, name))
    assert said.startswith(
        f"contracts: amounts in JPY cannot be added to others: the column '{name}' says USD (1 row); write "
    )
    assert "'rates: {USD: 1.5}' (JPY for one USD)" in said
    assert f"'where: {{{name}: [JPY]}}'" in said


@pytest.mark.parametrize(("own", "other"), [("円", "ドル"), ("jpy", "usd"), ("ＪＰＹ", "$"), ("", "US$")])
def test_currencies_are_known_however_they_are_written(tmp_path: Path, own: str, other: str) -> None:
    assert "says USD (1 row)" in _refused(_params(tmp_path, own=own, other=other))


def test_one_currency_however_written_is_one(tmp_path: Path) -> None:
    book = Portfolio.open(_params(tmp_path, own="円", other="jpy"), READ_ON)
    assert book.measure(Month.parse("2026-05"), 1, ["total"], ["mrr"]).value.tolist() == [10100]
    assert book.manifest.tables["contracts"].notes == ()


def test_rates_convert_and_are_told(tmp_path: Path) -> None:
    params = _params(tmp_path, rates={"USD": 150.5})
    book = Portfolio.open(params, READ_ON)
    amounts = book.tables()["contracts"].order_by("contract_id").mrr.to_pyarrow().to_pylist()
    assert amounts == [Decimal(10000), Decimal(15050)]
    (note,) = book.manifest.tables["contracts"].notes
    assert note.sentence == "the amounts of 1 rows were converted by the rates of policies.yaml: 1 in USD at 150.5"
    assert note.sentence in check_params(params, READ_ON).as_text()
    assert "The amounts of 1 rows in another currency were converted" in source_table(book.manifest, Wording("en")).html
    assert "他の通貨の1行の金額を" in source_table(book.manifest, Wording("ja")).html
    page = policy_table(Policies(rates={"USD": 150.5, "KRW": 0.11}).model_dump(), Wording("en")).html
    assert "USD = 150.5, KRW = 0.11" in page


def test_a_rate_that_is_missing_is_named(tmp_path: Path) -> None:
    text = f"{HEAD},currency\n" + MIXED.format(own="EUR", other="USD")
    params = export(tmp_path, {"contracts.csv": text, "surveys.csv": None}, policies={"rates": {"USD": 150}})
    assert "says EUR (1 row)" in _refused(params)


def test_every_table_with_amounts_is_looked_at(tmp_path: Path) -> None:
    names = [name for name, amounts in WITH_AMOUNTS.items() if amounts]
    assert names == ["customers", "contracts", "proposals", "purchases", "costs"]
    assert all("currency" in table.names for table in TABLES if table.name in names)
    files: dict[str, str | None] = {"surveys.csv": None}
    for name in names:
        row = {**GOOD[name], **({"contract_id": "K"} if name == "contracts" else {}), "currency": "USD"}
        files[f"{name}.csv"] = f"{','.join(row)}\n{','.join(row.values())}\n"
    with pytest.raises(DataError) as raised:
        Portfolio.open(export(tmp_path / "a", files), READ_ON)
    assert [problem.partition(":")[0] for problem in raised.value.problems] == names
    book = Portfolio.open(export(tmp_path / "b", files, policies={"rates": {"USD": 2}}), READ_ON)
    for name in names:
        (row,) = book.tables()[name].to_pyarrow().to_pylist()
        for amount in WITH_AMOUNTS[name]:
            assert row[amount] == 2 * Decimal(GOOD[name][amount])


def test_a_currency_of_customers_without_amounts_says_nothing(tmp_path: Path) -> None:
    text = (
        CUSTOMERS.replace("employees\n", "employees,currency\n")
        .replace("\n0", ",USD\n0")
        .replace("employees,currency,USD", "employees,currency")
    )
    rows = text.splitlines()
    assert rows[1].endswith("USD")
    book = Portfolio.open(
        export(tmp_path, {"customers.csv": "\n".join([*rows[:-1], f"{rows[-1]},USD"]) + "\n"}), READ_ON
    )
    assert book.manifest.tables["customers"].own == len(IDS)


def test_an_amount_with_another_sign_is_not_read(tmp_path: Path) -> None:
    text = CONTRACTS.replace("00003,core,2026-01-01,,1000", "00003,core,2026-01-01,,$100")
    book = Portfolio.open(export(tmp_path, {"contracts.csv": text}, policies={"allowed_quarantine": 0.1}), READ_ON)
    (claim,) = book.manifest.tables["contracts"].claims
    assert (claim.claim, claim.rows, claim.samples[0].value) == ("type(mrr)", 1, "$100")
    assert "amount in the reporting currency" in claim.wanted
    assert book.measure(Month.parse("2026-05"), 1, ["total"], ["mrr"]).value.tolist() == [11 * 1000]


@pytest.mark.parametrize("rates", ["{usd: 150}", "{USD: 0}", "{USD: many}"])
def test_a_rate_that_is_none_is_told_with_its_place(tmp_path: Path, rates: str) -> None:
    assert "policies.yaml:1: rates" in told(tmp_path, {"policies.yaml": f"rates: {rates}\n"})


@pytest.mark.parametrize(
    ("own", "line"),
    [
        ("EUR", "currency: EUR\n"),
        ("JPY", "currency: EUR  # CHECK: amounts are in JPY as well: say their rates, as in 'rates: {JPY: 1.5}'\n"),
    ],
)
def test_init_takes_the_currency_that_most_amounts_are_in(tmp_path: Path, own: str, line: str) -> None:
    text = f"{HEAD},ccy\n" + MIXED.format(own=own, other="EUR") + "K3,00003,core,2026-01-01,,5,EUR\n"
    params = export(tmp_path, {"contracts.csv": text, "surveys.csv": None})
    files = [params.parent / "data" / f"{name}.csv" for name in ("customers", "contracts")]
    assert line in propose(tmp_path / "my", files).texts["policies.yaml"]
