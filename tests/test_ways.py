"""Every message names the way out: what to write into the settings, or to mend in the source."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import yaml

from cslib.check import check_params
from cslib.model import BY_NAME
from cslib.portfolio import Portfolio
from cslib.settings import TableSource
from cslib.yaml_files import read
from tests.exports import CUSTOMERS, READ_ON, export, write
from tests.flaws import FLAWS, GOOD, broken_table
from tests.sources import problem

if TYPE_CHECKING:
    from pathlib import Path

    from cslib.check import CheckResult
    from cslib.validation.findings import SetAside

LINE = re.compile(r"'(\w+: \{.*?\}+)'")
STEPS = ("'where: ", "under 'columns'", "'latest: ", "in source.yaml", "{value: ")


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> CheckResult:
    """Return the check of an export in which every row but the first of each table breaks one claim."""
    files = {f"{name}.csv": broken_table(name)[0] for name in GOOD}
    return check_params(export(tmp_path_factory.mktemp("broken"), files, policies={"allowed_quarantine": 1}), READ_ON)


def _claims(broken: CheckResult) -> list[tuple[str, SetAside]]:
    return [(name, claim) for name, state in broken.tables.items() for claim in state.claims]


def test_every_claim_names_a_next_step(broken: CheckResult) -> None:
    claims = _claims(broken)
    assert {claim.claim.partition("(")[0] for _, claim in claims} == {claim for _, claim, *_ in FLAWS} | {
        "duplicate_id"
    }
    for name, claim in claims:
        assert any(step in claim.way for step in STEPS), (name, claim.claim, claim.way)
        assert claim.sentence.endswith(claim.way)
        assert f"        way out: {claim.way}" in broken.as_text()


def _written(line: str, folder: Path) -> TableSource:
    """Return what the reader makes of a line, where it belongs in source.yaml."""
    key = line.partition(":")[0]
    rest = "" if key == "from" else "from: a.csv\n"
    text = rest + (line if key in {"from", "where"} else f"columns:\n  {line}") + "\n"
    problems: list[str] = []
    read_as = read(write(folder / "table.yaml", text.replace("<day>", "2026-01-01")), TableSource, problems)
    assert problems == []
    assert read_as is not None
    return read_as


def test_every_line_that_is_shown_can_be_written_as_it_is(broken: CheckResult, tmp_path: Path) -> None:
    shown = [(name, claim, line) for name, claim in _claims(broken) for line in LINE.findall(claim.way)]
    assert {line.partition(":")[0] for *_, line in shown} > {"where", "from", "mrr", "kind", "used_on", "trial"}
    for name, claim, line in shown:
        spec = _written(line, tmp_path)
        column = claim.claim.partition("(")[2].rstrip(")")
        assert {*spec.where, *spec.columns} <= {column}
        assert set(spec.columns) <= set(BY_NAME[name].names)


def test_the_column_is_named_as_the_source_names_it(tmp_path: Path) -> None:
    orders = "Invoice,CustomerID,Total,Day\n1,,10,2026-05-01\n2,00001,10,2026-05-01\n2,00001,5,2026-05-01\n"
    columns = {"purchase_id": "Invoice", "customer_id": "CustomerID", "amount": "Total", "purchased_on": "Day"}
    source = {"purchases": {"from": "../data/orders.csv", "columns": columns}}
    found = check_params(export(tmp_path, {"orders.csv": orders}, source), READ_ON).as_text()
    assert "leave such rows out by 'where: {CustomerID: {missing: false}}'" in found
    assert "'from: {sql: select … sum(…) … group by Invoice}', or leave the id out by a query" in found


def test_the_way_out_of_missing_ids_leads_out(tmp_path: Path) -> None:
    text = CUSTOMERS + ",nobody,pro,1\n"
    params = export(tmp_path, {"customers.csv": text}, policies={"allowed_quarantine": 0.01})
    (claim,) = check_params(params, READ_ON).tables["customers"].claims
    (line,) = LINE.findall(claim.way)
    spec = {"from": "../data/customers.csv", **yaml.safe_load(line)}
    TableSource.model_validate(spec)
    book = Portfolio.open(export(tmp_path, {"customers.csv": text}, {"customers": spec}), READ_ON)
    assert book.manifest.tables["customers"].set_aside == 0


def test_a_table_without_a_day_is_told_what_to_say(tmp_path: Path) -> None:
    voices = "customer_id,channel\n00001,review\n"
    said = problem(export(tmp_path, {"voices.csv": voices}))
    assert "no required column 'posted_on'" in said
    assert "or 'posted_on: {value: 2024-01-15}' where it is so for all rows" in said
    params = export(
        tmp_path,
        {"voices.csv": voices},
        {"voices": {"from": "../data/voices.csv", "columns": {"posted_on": {"value": READ_ON}}}},
    )
    assert Portfolio.open(params, READ_ON).manifest.tables["voices"].set_aside == 0


NEARLY = ["c-001", "Ｃ-００１", "C- 001", "\N{IDEOGRAPHIC SPACE}c-001 "]


def test_a_customer_that_is_nearly_there_is_named(tmp_path: Path) -> None:
    """Blanks around an id are taken off; those within, width and case make another one."""
    answers = "".join(f'R{place},"{who}",nps,9,2026-05-10\n' for place, who in enumerate([*NEARLY, "X-9"]))
    files = {
        "customers.csv": "customer_id,name\nC-001,a\nC-002,b\nd-3,c\nD-3,d\n", "contracts.csv": None,
        "surveys.csv": "response_id,customer_id,kind,score,responded_on\n" + answers + "R9,d-３,nps,9,2026-05-10\n",
    }  # fmt: skip
    (claim,) = (
        check_params(export(tmp_path, files, policies={"allowed_quarantine": 1}), READ_ON).tables["surveys"].claims
    )
    assert (claim.claim, claim.rows) == ("orphan(customer_id)", 6)
    # not the one that may be two customers
    assert claim.way.startswith(
        "4 of them name a customer that is there but for blanks, width or case ('c-001' is nearly 'C-001', "
    )
    (line, _) = LINE.findall(claim.way)
    mapped = yaml.safe_load(line)["customer_id"]["map"]
    assert mapped == {"c-001": "C-001", "C- 001": "C-001", "Ｃ-００１": "C-001"}
    source = {"surveys": {"from": "../data/surveys.csv", "columns": yaml.safe_load(line)}}
    (claim,) = (
        check_params(export(tmp_path, files, source, policies={"allowed_quarantine": 1}), READ_ON)
        .tables["surveys"]
        .claims
    )
    assert claim.rows == 2  # X-9, and d-３
