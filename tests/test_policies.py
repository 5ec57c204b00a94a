"""Each policy changes what it is there to change: those that the worked numbers do not show, and that none is forgotten."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cslib.book import Book
from cslib.errors import DataError
from cslib.kpis.kpi import Unit
from cslib.periods import Month
from cslib.settings import Policies
from cslib.tables import policies as policy_table
from cslib.wording import Wording
from tests.book.worked import WORKED, Worked
from tests.books import TODAY, small_book
from tests.exports import export
from tests.strategies import policies as generated

if TYPE_CHECKING:
    from pathlib import Path

JUNE = Month.parse("2026-06")
TOLD_HERE = {"min_n", "allowed_quarantine", "currency", "timezone", "fiscal_year_start"}


# none is forgotten


def _asked(worked: Worked) -> tuple[object, ...]:
    return worked.kpi, worked.month, worked.segment, worked.without


def _said(worked: Worked) -> tuple[object, ...]:
    return worked.part, worked.whole, worked.n, worked.value


def _changed_by(policy: str) -> list[str]:
    """Return the KPIs that have a worked number which this policy, and no other, makes another one."""
    by_default = {_asked(worked): _said(worked) for worked in WORKED if not worked.policies}
    under = [worked for worked in WORKED if set(worked.policies) == {policy}]
    return [worked.kpi for worked in under if by_default.get(_asked(worked)) not in (None, _said(worked))]


@pytest.mark.parametrize("policy", sorted(set(Policies.model_fields) - TOLD_HERE))
def test_a_worked_number_is_another_one_under_each_policy(policy: str) -> None:
    assert _changed_by(policy)


def test_laws_are_tried_under_every_policy_that_decides_a_figure() -> None:
    tried = set(generated().wrapped_strategy.kwargs)  # type: ignore[attr-defined]
    assert tried == set(Policies.model_fields) - TOLD_HERE - {"hourly_cost"}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_policy_is_printed(language: Any) -> None:
    table = policy_table(Policies(gross_margin=0.123).model_dump(), Wording(language))
    assert table.text.count("<tr") == 1 + len(Policies.model_fields) or table.html.count("<tr") == 1 + len(Policies.model_fields)
    assert not set(Policies.model_fields) & set(table.html.split())


# min_n, allowed_quarantine


@pytest.mark.parametrize(("min_n", "status"), [(9, "no_target"), (10, "small")])
def test_min_n_marks_what_rests_on_few(min_n: int, status: str, tmp_path: Path) -> None:
    found = small_book(tmp_path, {"min_n": min_n}).measure(JUNE, 1, ["total"], ["mrr"])
    assert (found.n[0], found.status[0]) == (9, status)


@pytest.mark.parametrize("allowed", [0.05, 0.1])
def test_allowed_quarantine_stops_a_run_or_lets_it_go_on(allowed: float, tmp_path: Path) -> None:
    answers = "response_id,customer_id,kind,score\n" + "".join(f"R{n},00001,nps,{11 if n == 0 else 9}\n" for n in range(12))
    params = export(tmp_path, {"surveys.csv": answers}, policies={"allowed_quarantine": allowed})
    if allowed < 1 / 12:
        with pytest.raises(DataError, match="1 of 12 rows"):
            Book.open(params, TODAY)
    else:
        assert Book.open(params, TODAY).manifest.tables["surveys"].set_aside == 1


# time zone: half past midnight on July 1 in Tokyo is half past three in the afternoon of June 30 in London's winter time

NIGHT = datetime(2026, 6, 30, 15, 30, tzinfo=UTC)


def _parquet(**columns: Any) -> bytes:
    target = BytesIO()
    pq.write_table(pa.table(columns), target)
    return target.getvalue()


def _typed() -> dict[str, str | bytes]:
    moments = pa.array([NIGHT], pa.timestamp("us", tz="UTC"))
    return {
        "usage.parquet": _parquet(customer_id=["00001"], used_on=moments, feature=["report"]),
        "tickets.parquet": _parquet(ticket_id=["T"], customer_id=["00001"], opened_at=moments, severity=["urgent"]),
    }


def _written(moment: str) -> dict[str, str | bytes]:
    return {
        "usage.csv": f"customer_id,used_on,feature\n00001,{moment},report\n",
        "tickets.csv": f"ticket_id,customer_id,opened_at,severity\nT,00001,{moment},urgent\n",
    }


@pytest.mark.parametrize(
    "files",
    [_typed(), _written("2026-06-30T15:30:00Z"), _written("2026-07-01 00:30:00+09:00"), _written("2026-06-30 12:30-03")],
    ids=["typed", "Z", "+09:00", "-03"],
)
@pytest.mark.parametrize(("zone", "month"), [("Asia/Tokyo", "2026-07"), ("Europe/London", "2026-06")])
def test_a_moment_belongs_to_its_day_in_the_time_zone(
    files: dict[str, str | bytes], zone: str, month: str, tmp_path: Path
) -> None:
    assert _month_of_the_night(tmp_path, files, zone) == month


def test_a_time_without_an_offset_is_taken_as_it_is(tmp_path: Path) -> None:
    assert _month_of_the_night(tmp_path, _written("2026-07-01 00:30:00"), "America/Lima") == "2026-07"


def _month_of_the_night(folder: Path, files: dict[str, str | bytes], zone: str) -> str:
    """Return the one month in which the customer used something; its ticket was opened in that month too."""
    touched = {"touches.csv": "customer_id,kind,occurred_on\n00002,call,2026-01-05\n"}
    params = export(folder, {**files, **touched}, {}, policies={"timezone": zone})
    source = params / "source.yaml"
    source.write_text(source.read_text("utf-8").replace("2026-06-30", "2026-08-31"), "utf-8")  # the day it was read
    table = Book.open(params, TODAY).measure(JUNE + 1, 2, ["total"], ["active_customers", "complaint_free"])
    parts = table.pivot_table(index="month", columns="kpi", values="part")
    used, opened = parts.index[parts.active_customers == 1], parts.index[parts.complaint_free == 11]
    assert len(used) == 1
    assert used[0] == opened[0]
    return str(used[0])


# currency, fiscal_year_start


@pytest.mark.parametrize(("currency", "shown"), [("JPY", "￥1,234"), ("USD", "$1,234")])
def test_currency_is_the_sign_of_amounts(currency: str, shown: str) -> None:
    policies = Policies(currency=currency)
    text = Wording("ja", policies.currency).amount_full(1234)
    assert shown[1:] in text
    assert Wording("en", "JPY").value(Unit.AMOUNT, 1234) != Wording("en", "USD").value(Unit.AMOUNT, 1234)


@pytest.mark.parametrize(
    ("start", "month", "ja", "en"),
    [
        (4, "2026-03", "2025年度第4四半期", "FY2025 Q4"),
        (4, "2026-04", "2026年度第1四半期", "FY2026 Q1"),
        (4, "2026-10", "2026年度第3四半期", "FY2026 Q3"),
        (1, "2026-10", "2026年第4四半期", "2026 Q4"),
        (10, "2026-10", "2026年度第1四半期", "FY2026 Q1"),
        (10, "2026-09", "2025年度第4四半期", "FY2025 Q4"),
    ],
)
def test_fiscal_year_start_names_the_quarters(start: int, month: str, ja: str, en: str) -> None:
    year = Policies(fiscal_year_start=start).fiscal_year_start
    assert Wording("ja", fiscal_year_start=year).fiscal_quarter(month) == ja
    assert Wording("en", fiscal_year_start=year).fiscal_quarter(month) == en


def test_defaults_are_those_of_the_design() -> None:
    assert date(2026, 4, 1).month == Policies().fiscal_year_start
