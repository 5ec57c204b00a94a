"""Which answer of a person is the latest: by its time where the source tells one, from any kind of source."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from cslib.check import check_params
from cslib.i18n import Wording
from cslib.periods import Month
from cslib.portfolio import Portfolio
from cslib.tables.scenario_tables import source_table
from tests.exports import READ_ON, export, write
from tests.ledger import Ledger
from tests.second_opinion import assert_agreed
from tests.workbooks import workbook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.ledger import Row

MAY = Month.parse("2026-05")
HEADS = ("response_id", "customer_id", "respondent_id", "kind", "score", "responded_on")
# Each of three people answers twice on May 10; by their ids as text, or as numbers, the other one would be the later.
ANSWERS = [
    ("10", "00001", "p1", 10, "09:30:00"), ("9", "00001", "p1", 0, "08:00:00"),  # 10 at 9:30
    ("3", "00002", "p2", 9, "23:59:00"), ("4", "00002", "p2", 1, "00:01:00"),  # 9, late at night
    ("5", "00003", "p3", 8, "12:00:01"), ("6", "00003", "p3", 2, "12:00:00"),  # 8, a second later
]  # fmt: skip
PROMOTERS, DETRACTORS = 2, 0


def _rows(day: Callable[[str], str]) -> list[tuple[object, ...]]:
    return [(id_, customer, whose, "nps", score, day(time)) for id_, customer, whose, score, time in ANSWERS]


def _csv(day: Callable[[str], str]) -> str:
    return "\n".join([",".join(HEADS), *(",".join(map(str, row)) for row in _rows(day))]) + "\n"


def _iso(time: str) -> str:
    return f"2026-05-10 {time}"


def _nps(params: Path) -> tuple[float, float, int]:
    book = Portfolio.open(params, READ_ON)
    row = book.measure(MAY, 1, ["total"], ["nps"]).iloc[0]
    return row.part, row.whole, book.manifest.ties


@pytest.mark.parametrize(
    ("day", "surveys"),
    [
        (_iso, {}),
        (lambda time: f"2026-05-10T{time}+09:00", {}),
        (lambda time: f"2026年5月10日 {time}", {}),
        (lambda time: f"10/05/2026 {time}", {"format": "%d/%m/%Y %H:%M:%S"}),
    ],
    ids=["iso", "with_offset", "japanese", "by_format"],
)
def test_the_time_decides_in_a_csv(tmp_path: Path, day: Callable[[str], str], surveys: dict[str, Any]) -> None:
    columns = {"responded_on": {"column": "responded_on", **surveys}}
    source = {"surveys": {"from": "../data/surveys.csv", "columns": columns}}
    assert _nps(export(tmp_path, {"surveys.csv": _csv(day)}, source)) == (PROMOTERS - DETRACTORS, 3, 0)


def test_the_time_is_a_moment_of_the_policys_zone(tmp_path: Path) -> None:
    # 16:00 in London on the 31st is past midnight of June 1 in Tokyo
    params = export(tmp_path, {"surveys.csv": _csv(lambda time: f"2026-05-31T16{time[2:]}Z")})
    book = Portfolio.open(params, READ_ON)
    held = book.tables()["surveys"].to_pyarrow().to_pandas()
    assert set(held.responded_on.astype(str)) == {"2026-06-01"}
    assert held.responded_moment.dt.hour.eq(1).all()


def test_the_time_decides_in_parquet(tmp_path: Path) -> None:
    file = tmp_path / "surveys.parquet"
    values = ", ".join(str(row) for row in _rows(_iso))
    duckdb.sql(
        f"COPY (SELECT * REPLACE (responded_on::TIMESTAMP AS responded_on) FROM (VALUES {values}) AS t({', '.join(HEADS)})) TO '{file}'"
    )
    assert _nps(export(tmp_path, {"surveys.csv": None}, {"surveys": {"from": str(file)}})) == (2, 3, 0)


def test_the_time_decides_in_a_workbook(tmp_path: Path) -> None:
    rows = [(*row[:-1], datetime.fromisoformat(str(row[-1]))) for row in _rows(_iso)]
    write(tmp_path / "answers.xlsx", workbook(answers=[HEADS, *rows]))
    source = {"surveys": {"from": str(tmp_path / "answers.xlsx")}}
    assert _nps(export(tmp_path, {"surveys.csv": None}, source)) == (2, 3, 0)


def test_days_alone_are_ties_that_are_told(tmp_path: Path) -> None:
    params = export(tmp_path, {"surveys.csv": _csv(lambda _: "2026-05-10")})
    # the greater number is the later one: 10 of p1, 4 (a 1) of p2, 6 (a 2) of p3
    assert _nps(params) == (1 - 2, 3, 6)
    warned = [
        warning for warning in check_params(params, READ_ON).warnings if warning.startswith("surveys: 6 NPS answers")
    ]
    assert len(warned) == 1
    assert "responded_on" in warned[0]
    table = source_table(Portfolio.open(params, READ_ON).manifest, Wording("en"))
    assert "6 NPS answers" in table.html


def test_the_same_score_and_other_people_are_no_tie(tmp_path: Path) -> None:
    rows = ["r1,00001,p1,nps,9,2026-05-10", "r2,00001,p1,nps,9,2026-05-10", "r3,00001,p2,nps,3,2026-05-10",
            "r4,00001,,nps,1,2026-05-10", "r5,00001,p1,csat,1,2026-05-10", "r6,00001,p1,csat,5,2026-05-10"]  # fmt: skip
    params = export(tmp_path, {"surveys.csv": "\n".join([",".join(HEADS), *rows]) + "\n"})
    assert Portfolio.open(params, READ_ON).manifest.ties == 0


def _answered(id_: str, score: int, moment: str | None) -> Row:
    row: Row = {"response_id": id_, "customer_id": "c", "respondent_id": "p", "kind": "nps", "score": score}
    return {**row, "responded_on": date(2024, 3, 5), "responded_moment": moment and datetime.fromisoformat(moment)}


@pytest.mark.parametrize(
    ("answers", "latest"),
    [
        ([_answered("9", 0, None), _answered("10", 10, None)], 10),
        ([_answered("9", 0, "2024-03-05 18:00"), _answered("10", 10, "2024-03-05 09:00")], 0),
        ([_answered("b", 10, None), _answered("a", 0, None)], 10),
        ([_answered("2", 10, "2024-03-05 09:00"), _answered("1", 0, None)], 10),  # a day alone begins with the day
    ],
)
def test_the_twin_takes_the_same_answer(answers: list[Row], latest: int) -> None:
    contract = {"contract_id": "k", "customer_id": "c", "product": "x", "starts_on": date(2024, 1, 1), "mrr": 1}
    goal = {"goal_id": "g", "customer_id": "c", "level": "department", "set_on": date(2024, 1, 2),
            "achieved_on": date(2024, 1, 3)}  # fmt: skip
    book = Ledger(
        {"customers": [{"customer_id": "c", "name": "C"}], "surveys": answers, "contracts": [contract], "goals": [goal]}
    )
    month = Month.parse("2024-03")
    measured = book.measure(month, 1, ["nps", "reference_candidates"])
    total = measured[measured.segment == "total"].set_index("kpi")
    assert total.part["nps"] == (1 if latest >= 9 else -1)
    assert total.part["reference_candidates"] == (1 if latest >= 9 else 0)
    con = book.second_opinion((month,))
    for kpi in ("nps", "reference_candidates"):
        assert_agreed(con, kpi, measured)
