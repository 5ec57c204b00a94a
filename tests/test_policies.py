"""Each policy changes what it is there to change: those that the worked numbers do not show, and that none is forgotten."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cslib.errors import DataError
from cslib.i18n import TEXTS, Wording
from cslib.kpis.kpi import Unit
from cslib.periods import Month
from cslib.portfolio import Portfolio
from cslib.settings import Policies, templates
from cslib.tables import policy_table
from tests.book.worked import WORKED, Worked
from tests.books import TODAY
from tests.exports import READ_ON, export
from tests.strategies import POLICIES

if TYPE_CHECKING:
    from pathlib import Path

JUNE = Month.parse("2026-06")
TOLD_HERE = {"min_n", "allowed_quarantine", "currency", "rates", "timezone", "fiscal_year_start"}
TOLD_ELSEWHERE = {
    "all_contracts_open",  # of a book of its own: test_absent_columns
    "lead_margin", "indicators",  # decide no figure of a KPI: test_signals
    "wall",  # nor does this: test_wall
    "effect",  # nor does this: test_effect
    "touch_rule", "touch_hours", "capacity",  # nor do these: test_touch
    "organisation",  # nor does this: test_organisation
    "phase_days",  # nor does this: test_journey
    "reference_rest_days",  # nor does this: test_references
    "gates",  # decides no figure of a KPI either: test_chain
}  # fmt: skip
WORKED_ELSEWHERE = {*TOLD_ELSEWHERE, "credit_notes"}  # the worked book has none: test_credit_notes


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


@pytest.mark.parametrize("policy", sorted(set(Policies.model_fields) - TOLD_HERE - WORKED_ELSEWHERE))
def test_a_worked_number_is_another_one_under_each_policy(policy: str) -> None:
    assert _changed_by(policy)


def test_laws_are_tried_under_every_policy_that_decides_a_figure() -> None:
    assert set(POLICIES) == set(Policies.model_fields) - TOLD_HERE - TOLD_ELSEWHERE


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_policy_is_printed(language: Any) -> None:
    page = policy_table(Policies(gross_margin=0.123).model_dump(), Wording(language)).html
    assert page.count("<tr") == 1 + len(Policies.model_fields)
    assert "12.3" in page


@pytest.mark.parametrize("policy", Policies.model_fields)
def test_every_policy_is_named_in_words_and_in_new_settings(policy: str) -> None:
    assert f"policy_{policy}" in TEXTS
    assert f"\n{policy}: " in templates.POLICIES


# min_n, allowed_quarantine


@pytest.mark.parametrize(("min_n", "status"), [(12, "no_target"), (13, "small")])
def test_min_n_marks_what_rests_on_few(min_n: int, status: str, tmp_path: Path) -> None:
    found = Portfolio.open(export(tmp_path, policies={"min_n": min_n}), TODAY).measure(JUNE - 1, 1, kpis=["nps"])
    assert (found.n[0], found.status[0]) == (12, status)


@pytest.mark.parametrize("allowed", [0.05, 0.1])
def test_allowed_quarantine_stops_a_run_or_lets_it_go_on(allowed: float, tmp_path: Path) -> None:
    answers = "response_id,customer_id,kind,score\n" + "".join(
        f"R{n},00001,nps,{11 if n == 0 else 9}\n" for n in range(12)
    )
    params = export(tmp_path, {"surveys.csv": answers}, policies={"allowed_quarantine": allowed})
    if allowed < 1 / 12:
        with pytest.raises(DataError, match="1 of 12 rows"):
            Portfolio.open(params, TODAY)
    else:
        assert Portfolio.open(params, TODAY).manifest.tables["surveys"].set_aside == 1


# time zone: half past midnight of July 1 in Tokyo is the afternoon of June 30 in London

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
    ("files", "zone", "day"),
    [
        (_typed(), "Asia/Tokyo", "2026-07-01"),
        (_typed(), "Europe/London", "2026-06-30"),
        (_written("2026-06-30T15:30:00Z"), "Asia/Tokyo", "2026-07-01"),
        (_written("2026-07-01 00:30:00+09:00"), "Asia/Tokyo", "2026-07-01"),
        (_written("2026-07-01 00:30:00+09:00"), "Europe/London", "2026-06-30"),
        (_written("2026-06-30 12:30-03"), "Asia/Tokyo", "2026-07-01"),
        (_written("2026-07-01 00:30:00"), "America/Lima", "2026-07-01"),
    ],
    ids=["typed", "typed elsewhere", "Z", "+09:00", "+09:00 elsewhere", "-03", "without an offset, taken as it is"],
)
def test_a_moment_belongs_to_its_day_in_the_time_zone(
    files: dict[str, str | bytes], zone: str, day: str, tmp_path: Path
) -> None:
    tables = _book(tmp_path, files, zone).tables()
    assert str(tables["tickets"].opened_at.date().to_pyarrow().to_pylist()[0]) == day
    assert tables["usage_months"].month_no.to_pyarrow().to_pylist() == [Month.parse(day[:7]).number]
    assert str(tables["usage_starts"].first_core_use.to_pyarrow().to_pylist()[0]) == day


@pytest.mark.parametrize(
    ("zone", "told"), [("Asia/Tokyo", ["begins usage", ""]), ("Europe/London", ["", "ends usage 2026-06-30"])]
)
def test_the_time_zone_moves_use_from_one_month_to_the_other(zone: str, told: list[str], tmp_path: Path) -> None:
    found = _book(tmp_path, _typed(), zone).measure(JUNE + 1, 2, ["total"], ["active_customers"])
    assert list(found.reason) == told  # of the month without a row nothing is told
    assert list(found.part.dropna()) == [1]


def _book(folder: Path, files: dict[str, str | bytes], zone: str) -> Portfolio:
    params = export(folder, files, policies={"timezone": zone})
    source = params / "source.yaml"
    source.write_text(source.read_text("utf-8").replace(str(READ_ON), str(TODAY)), "utf-8")
    return Portfolio.open(params, TODAY)


# currency, fiscal_year_start


@pytest.mark.parametrize(("currency", "sign"), [("JPY", "¥"), ("USD", "$"), ("EUR", "€")])
def test_currency_is_the_sign_of_amounts(currency: str, sign: str) -> None:
    wording = Wording("en", Policies(currency=currency).currency)
    assert sign in wording.amount_full(1234)
    assert sign in wording.value(Unit.AMOUNT, 1234)


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
