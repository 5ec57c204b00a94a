"""Who and what served whom at each close: by hand, in figures by CSM, in what is told of the rows, and for outsiders."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from typer.testing import CliRunner

from cslib.analysis.figures.drilldown import customers_at
from cslib.analysis.lifetimes.survival import survival
from cslib.check import check_params
from cslib.cli import app
from cslib.i18n import Wording
from cslib.kpis import CATALOGUE
from cslib.periods import Month
from cslib.portfolio import Portfolio
from cslib.scenario import Scenario
from cslib.tables.scenario_tables import source_table
from tests.exports import CLEAN, READ_ON, export
from tests.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.ledger import Row

JANUARY, MARCH, LAST = Month.parse("2024-01"), Month.parse("2024-03"), Month.parse("2024-06")


def served(kind: str, value: str, start: date, end: date | None = None, who: str = "c") -> Row:
    """Return an assignment."""
    return {"customer_id": who, "kind": kind, "value": value, "started_on": start, "ended_on": end}


def paid(who: str, end: date | None = None, mrr: int = 100, start: date = date(2024, 1, 1)) -> Row:
    """Return a contract."""
    return {"contract_id": f"{who}{start}", "customer_id": who, "product": "core", "starts_on": start, "ends_on": end, "mrr": Decimal(mrr)}  # fmt: skip


def book(*assignments: Row, contracts: tuple[Row, ...] = (paid("c"),), **customer: str) -> Ledger:
    """Return the customers of these contracts, what served them, and what their own columns say of each."""
    customers: list[Row] = [
        {"customer_id": name, **customer} for name in sorted({one["customer_id"] for one in contracts})
    ]
    rows = {"customers": customers, "contracts": list(contracts)}
    return Ledger({**rows, "assignments": list(assignments)} if assignments else rows)


def told(ledger: Ledger, last: Month = LAST, column: str = "csm", who: str = "c") -> dict[str, str]:
    """Return what served a customer, by month."""
    table = ledger.facts(last)["assigned"].to_pyarrow().to_pandas()
    mine = table[(table.customer_id == who) & table[column].notna()].sort_values("month_no")
    return {str(Month(number)): value for number, value in zip(mine.month_no, mine[column], strict=True)}


# the fact


def test_what_counts_is_who_served_on_the_last_day_of_the_month() -> None:
    """Ana until 29 February, that month's last day; Ben from 31 March until 30 May, the day before the last."""
    ledger = book(
        served("csm", "Ana", date(2024, 1, 15), date(2024, 2, 29)), served("csm", "Ben", date(2024, 3, 31), date(2024, 5, 30))
    )  # fmt: skip
    assert told(ledger) == {"2024-01": "Ana", "2024-02": "Ana", "2024-03": "Ben", "2024-04": "Ben"}


def test_of_several_the_last_one_counts_and_the_earlier_again_after_it() -> None:
    ledger = book(served("csm", "Ana", date(2024, 1, 1)), served("csm", "Zoe", date(2024, 2, 10), date(2024, 4, 10)))
    assert list(told(ledger).values()) == ["Ana", "Zoe", "Zoe", "Ana", "Ana", "Ana"]
    same_day = book(served("csm", "Zoe", date(2024, 1, 1)), served("csm", "Ana", date(2024, 1, 1)))
    assert set(told(same_day).values()) == {"Ana"}


def test_each_kind_goes_by_itself() -> None:
    ledger = book(
        served("csm", "Ana", date(2024, 1, 1)), served("team", "north", date(2024, 5, 1)),
        served("touch_model", "high", date(2024, 1, 1), date(2024, 2, 15)), served("touch_model", "low", date(2024, 2, 16)),
    )  # fmt: skip
    assert told(ledger, column="assigned_team") == {"2024-05": "north", "2024-06": "north"}
    assert list(told(ledger, column="touch_model").values()) == ["high", *["low"] * 5]


def test_a_lost_customer_stays_with_whoever_served_it_at_its_last_close() -> None:
    """It leaves on 10 April; Ana's assignment ends with the contract, and Ben is given the lost ones on the 20th."""
    ledger = book(
        served("csm", "Ana", date(2024, 1, 1), date(2024, 4, 10)), served("csm", "Ben", date(2024, 4, 20)),
        contracts=(paid("c", date(2024, 4, 10)),),
    )  # fmt: skip
    assert set(told(ledger).values()) == {"Ana"}
    assert list(told(ledger)) == [str(JANUARY + one) for one in range(6)]


def test_a_customer_under_contract_whom_nobody_serves_has_nobody() -> None:
    assert list(told(book(served("csm", "Ana", date(2024, 1, 1), date(2024, 2, 29))))) == ["2024-01", "2024-02"]


def test_without_assignments_what_was_read_is_so_in_the_last_month_alone() -> None:
    ledger = book(csm="Ana", touch_model="high")
    assert told(ledger) == {"2024-06": "Ana"}
    assert told(ledger, column="touch_model") == {"2024-06": "high"}
    assert told(ledger, column="assigned_team") == {}


def test_a_kind_without_assignments_is_as_read() -> None:
    ledger = book(served("csm", "Ben", date(2024, 2, 1)), csm="Ana", touch_model="high")
    assert told(ledger)["2024-06"] == "Ben"
    assert "2024-01" not in told(ledger)
    assert told(ledger, column="touch_model") == {"2024-06": "high"}


def test_what_is_planned_changes_nothing_before() -> None:
    now = book(served("csm", "Ana", date(2024, 1, 1)))
    planned = now.with_rows(assignments=[served("csm", "Ana", date(2024, 1, 1), date(2024, 6, 30)), served("csm", "Ben", date(2024, 7, 1))])  # fmt: skip
    assert told(planned) == told(now)


# figures


def test_figures_of_a_past_month_are_of_those_who_served_then() -> None:
    """Customer c (100) goes from Ana to Ben in March; d (50) is Ben's throughout, whatever the customers' own column says."""
    ledger = book(
        served("csm", "Ana", date(2024, 1, 1), date(2024, 2, 29)), served("csm", "Ben", date(2024, 3, 1)),
        served("csm", "Ben", date(2024, 1, 1), who="d"), contracts=(paid("c"), paid("d", mrr=50)), csm="Eve",
    )  # fmt: skip
    found = ledger.measure(MARCH, 2, ["mrr"], ["csm"])
    mrr = {(row.month, row.csm): row.value for row in found[found.segment == "total"].itertuples()}
    assert mrr == {("2024-02", "Ana"): 100, ("2024-02", "Ben"): 50, ("2024-03", "Ana"): 0, ("2024-03", "Ben"): 150}


def test_a_loss_is_counted_with_whoever_served_the_customer() -> None:
    """Of Ana's two customers one is lost in March; her assignment ends on that day."""
    ledger = book(
        served("csm", "Ana", date(2024, 1, 1), date(2024, 3, 10)), served("csm", "Ana", date(2024, 1, 1), who="d"),
        contracts=(paid("c", date(2024, 3, 10)), paid("d")),
    )  # fmt: skip
    found = ledger.measure(MARCH, 1, ["customer_churn"], ["csm"])
    (row,) = found[found.segment == "total"].itertuples()
    assert (row.csm, row.part, row.whole) == ("Ana", 1, 2)


def test_events_go_with_the_close_of_the_report_month() -> None:
    """An answer of January counts in March, when Ben serves the customer."""
    answer = {"response_id": "r", "customer_id": "c", "kind": "nps", "score": 10, "responded_on": date(2024, 1, 20)}
    ledger = book(served("csm", "Ana", date(2024, 1, 1), date(2024, 2, 29)), served("csm", "Ben", date(2024, 3, 1)))
    found = ledger.with_rows(surveys=[answer]).measure(MARCH, 1, ["nps"], ["csm"])
    assert {row.csm: row.n for row in found[found.segment == "total"].itertuples()} == {"Ben": 1}


def test_figures_by_team_are_to_be_had_where_teams_are_assigned() -> None:
    found = book(served("team", "north", date(2024, 1, 1))).measure(MARCH, 1, ["mrr"], ["team"])
    assert found[found.segment == "total"].team.to_list() == ["north"]


def test_lists_of_a_past_month_name_who_served_then() -> None:
    ledger = book(served("csm", "Ana", date(2024, 1, 1), date(2024, 2, 29)), served("csm", "Ben", date(2024, 3, 1)))
    assert customers_at(ledger.facts(LAST), JANUARY + 1).csm.to_list() == ["Ana"]
    assert ledger.inquiry(MARCH).standing.csm.to_list() == ["Ben"]


def test_lives_by_touch_model_go_with_the_first_close() -> None:
    ledger = book(
        served("touch_model", "high", date(2024, 1, 1), date(2024, 3, 31)), served("touch_model", "tech", date(2024, 4, 1))
    )  # fmt: skip
    table = survival(ledger.inquiry(LAST, "total"))
    assert set(table.group[table.grouping == "touch_model"]) == {"high"}


# what is told of the rows


HEAD = "customer_id,kind,value,started_on,ended_on\n"
CHANGED = HEAD + "00001,csm,Ana,2026-01-01,2026-03-31\n00001,csm,Ben,2026-04-01,\n00002,csm,Ana,2026-01-01,2026-04-01\n00002,csm,Ben,2026-04-01,\n"  # fmt: skip


def noted(folder: Path, rows: str) -> tuple[dict[str, int], str]:
    """Return the remarks on assignments, and what the check says."""
    found = check_params(export(folder, {"assignments.csv": rows}), READ_ON)
    return {note.kind: note.rows for note in found.tables["assignments"].notes}, found.as_text()


def test_an_assignment_that_lasts_beyond_the_next_is_told_with_what_to_do(tmp_path: Path) -> None:
    rows = CHANGED + "00003,csm,Ana,2026-01-01,\n00003,csm,Ben,2026-02-01,2026-05-31\n00003,team,north,2026-01-01,\n"
    notes, text = noted(tmp_path, rows)
    assert notes == {"assigned_twice": 1}
    assert "1 assignments last beyond the start of a later one of the same customer and kind" in text
    assert "write the day into ended_on; found 'Ana' in assignments.csv row 6" in text
    manifest = Portfolio.open(tmp_path / "params", READ_ON).manifest
    for language, said in (("en", "1 assignments last beyond the start"), ("ja", "後の担当と重なる担当が1件")):
        assert said in str(source_table(manifest, Wording(language)).html)  # type: ignore[arg-type]


def test_two_of_one_day_overlap(tmp_path: Path) -> None:
    assert noted(tmp_path, CHANGED + "00003,csm,Zoe,2026-01-01,\n00003,csm,Ana,2026-01-01,2026-05-31\n")[0] == {
        "assigned_twice": 1
    }


def test_handing_over_on_a_day_is_no_overlap_nor_is_a_list_of_changes_alone(tmp_path: Path) -> None:
    assert noted(tmp_path / "a", CHANGED)[0] == {}
    assert noted(tmp_path / "b", HEAD + "00001,csm,Ana,2026-01-01,\n00001,csm,Ben,2026-04-01,\n")[0] == {}


def test_an_assignment_that_ends_before_it_starts_is_set_aside(tmp_path: Path) -> None:
    _, text = noted(tmp_path, CHANGED + "00003,csm,Ana,2026-03-01,2026-02-01\n")
    assert "order(ended_on)" in text
    assert "if started_on and ended_on are the wrong way round, exchange them" in text


def test_a_touch_model_in_other_words_is_set_aside(tmp_path: Path) -> None:
    _, text = noted(tmp_path, CHANGED + "00003,touch_model,ハイ,2026-03-01,\n00004,team,ハイ,2026-03-01,\n")
    assert "enumeration(value)" in text
    assert "one of high, low, tech for touch_model" in text
    assert "'ハイ' in assignments.csv row 6" in text


# what has dates says nothing of lacking them


WITH_CSM: Mapping[str, str] = {
    "customers.csv": CLEAN["customers.csv"].replace("employees\n", "employees,csm\n").replace("\n0", ",Eve\n0").replace("employees,csm,Eve", "employees,csm").rstrip("\n") + ",Eve\n",
    "assignments.csv": CHANGED,
}  # fmt: skip


def asked(params: Path, by: str) -> Any:
    """Return what measuring by a column gives."""
    return CliRunner().invoke(
        app, ["measure", "--params", str(params), "--as-of", "2026-02", "--kpi", "mrr", "--by", by]
    )


def test_figures_by_what_has_dates_are_measured_without_a_word(tmp_path: Path) -> None:
    params = export(tmp_path, WITH_CSM)
    assert not asked(params, "csm").stderr
    assert "plan is as read on" in asked(params, "plan").stderr
    s = Scenario.open(params, as_of="2026-02", language="en")
    for figure in (s.breakdown("mrr", by="csm"), s.small_multiples("mrr", by="csm")):
        assert "as read" not in figure.text
    assert "as read" in s.breakdown("mrr", by="plan").text
    # two of the twelve have a CSM in February
    assert s.by("csm", "mrr").set_index("csm").value.to_dict()["Ana"] == 2000


def test_outsiders_are_told_by_the_customers_own_columns(tmp_path: Path) -> None:
    """Ana serves two customers in February, and would be a group of few; Eve, whom the customers name, is of all."""
    params = export(tmp_path, WITH_CSM, report={"audience": "external"})
    book = Portfolio.open(params, READ_ON)
    facts = book.facts(Month.parse("2026-02"), book.segment_ids())
    assert facts.dated == ()
    assert "csm is as read" in asked(params, "csm").stderr
    assert all(one.startswith("P-") for one in facts["assigned"].csm.to_pyarrow().to_pylist())


def test_outsiders_read_no_name_and_the_words_of_touch_models(tmp_path: Path) -> None:
    """A product that is called after a former CSM bears a pseudonym, though no customer names her any more."""
    contracts = CLEAN["contracts.csv"] + "".join(
        f"L{i:05},{i:05},山田花子プラン,2026-01-01,,10\n" for i in range(1, 13)
    )
    contracts += "".join(f"M{i:05},{i:05},high end,2026-01-01,,10\n" for i in range(1, 13))
    rows = (
        HEAD
        + "00001,csm,山田花子,2026-01-01,2026-02-28\n00001,touch_model,high,2026-01-01,\n00001,team,山田班,2026-01-01,\n"
    )
    params = export(tmp_path, {"contracts.csv": contracts, "assignments.csv": rows}, report={"audience": "external"})
    tables = Portfolio.open(params, READ_ON).tables()
    shown = {row["kind"]: row["value"] for row in tables["assignments"].to_pyarrow().to_pylist()}
    assert shown["touch_model"] == "high"
    assert shown["csm"].startswith("P-")
    assert shown["team"].startswith("P-")
    products = {*tables["contracts"].product.to_pyarrow().to_pylist()}
    assert {"core", "high end"} < products
    assert not [one for one in products if "山田" in one]


def test_no_kpi_counts_a_customer_twice_by_csm() -> None:
    """Each of the two serves one of two customers: the cases of both are those of all."""
    ledger = book(
        served("csm", "Ana", date(2024, 1, 1)), served("csm", "Ben", date(2024, 1, 1), who="d"),
        contracts=(paid("c", date(2024, 5, 10)), paid("d", mrr=50)),
    )  # fmt: skip
    facts = ledger.facts(LAST)
    able = [kpi.id for kpi in CATALOGUE if kpi.needs == ("contracts.ends_on",) and not facts.missing(kpi.needs)]
    assert len(able) > 9
    whole, parts = ledger.measure(LAST, 2, able), ledger.measure(LAST, 2, able, ["csm"])
    counts = [one[one.segment == "total"].groupby(["kpi", "month"]).n.sum() for one in (whole, parts)]
    assert counts[0].equals(counts[1])
