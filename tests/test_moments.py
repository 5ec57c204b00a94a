"""Days and moments: today is a day in the policies' time zone, and a time after the clocks went back is no earlier one."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

import duckdb
import pandas as pd
import psycopg
import pytest
from typer.testing import CliRunner

from cslib import cli
from cslib.check import check_params
from cslib.portfolio import Portfolio
from cslib.reports.run import Request, run
from cslib.scenario import Scenario
from cslib.source.moments import clock_changes
from tests import postgres
from tests.exports import READ_ON, export, write, write_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("postgres")
EARLY = datetime(2026, 6, 30, 21, 0, tzinfo=UTC)  # 06:00 of July 1st in Tokyo, 17:00 of June 30th in New York
TICKETS = "ticket_id,customer_id,opened_at,resolved_at\nT,00001,2026-07-01T05:30:00+09:00,\n"


def _undated(folder: Path, zone: str, tickets: str = TICKETS) -> Path:
    """Return params that name no day of reading, so that today counts."""
    params = export(folder, {"tickets.csv": tickets, "surveys.csv": None}, policies={"timezone": zone})
    tables = {name: {"from": f"../data/{name}.csv"} for name in ("customers", "contracts", "tickets")}
    write_yaml(params / "source.yaml", {"tables": tables})
    return params


@pytest.mark.parametrize(("zone", "day"), [("Asia/Tokyo", date(2026, 7, 1)), ("America/New_York", date(2026, 6, 30))])
def test_today_is_the_day_in_the_zone_of_the_policies(tmp_path: Path, zone: str, day: date) -> None:
    params = _undated(tmp_path, zone)
    book = Portfolio.open(params, EARLY)
    assert book.manifest.read_on == day
    assert book.manifest.tables["tickets"].set_aside == 0  # a ticket of this morning, not of the future
    over = {"Asia/Tokyo": "2026-06", "America/New_York": "2026-05"}[zone]
    assert str(book.month(None)) == over
    found = check_params(params, EARLY)
    assert found.usable
    assert not found.tables["tickets"].set_aside
    # the machine may stand anywhere
    assert Portfolio.open(params, EARLY.astimezone(ZoneInfo("Pacific/Kiritimati"))).manifest.read_on == day


def test_a_run_takes_the_day_of_the_policies(tmp_path: Path) -> None:
    request = Request(_undated(tmp_path, "Asia/Tokyo"), tmp_path / "out", notebooks=("01_setup",), segments=("total",))
    run(request, EARLY, lambda *_: None)
    assert (tmp_path / "out/latest").resolve().name.startswith("2026-06_20260630T210000Z")


def test_whoever_starts_something_hands_over_a_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> Self:
            assert tz is UTC
            return cls.fromtimestamp(EARLY.timestamp(), UTC)

    params = _undated(tmp_path, "Asia/Tokyo")
    monkeypatch.setattr(cli, "datetime", Clock)
    monkeypatch.setattr("cslib.segment_view.datetime", Clock)
    measured = CliRunner().invoke(cli.app, ["measure", "--params", str(params), "--as-of", "2026-06", "--kpi", "mrr"])
    assert measured.exit_code == 0, measured.output
    assert CliRunner().invoke(cli.app, ["check", "--params", str(params)]).exit_code == 0
    assert str(Scenario.open(str(params)).as_of) == "2026-06"


# moments across changes of the clocks

BACK = {
    "America/New_York": (datetime.fromisoformat("2025-11-02 01:00"), "-04:00", "-05:00"),
    "Europe/Berlin": (datetime.fromisoformat("2025-10-26 02:00"), "+02:00", "+01:00"),
}
SKIPPED = {"America/New_York": "2026-03-08", "Europe/Berlin": "2026-03-29"}
TYPES = {"zoned": "timestamptz", "naive": "timestamp"}


def _at(zone: str, minutes: int, offset: str = "") -> str:
    """Return a time so many minutes into the hour that is shown twice, with an offset or without."""
    return f"{BACK[zone][0] + timedelta(minutes=minutes):%Y-%m-%d %H:%M:%S}{offset}"


def _cases(zone: str) -> list[tuple[str, str, str, bool]]:
    """Return tickets of zoned times: id, opened, resolved, whether that is out of order."""
    _, before, after = BACK[zone]
    return [
        ("later, though it shows less", _at(zone, 50, before), _at(zone, 10, after), False),
        ("before it was opened", _at(zone, 10, after), _at(zone, 50, before), True),
        ("as it shows", _at(zone, 10, after), _at(zone, 20, after), False),
        ("a minute before", _at(zone, 10, after), _at(zone, 9, after), True),
        ("a day before", _at(zone, 10, after), _at(zone, 10 - 1440, before), True),
        ("a day later", _at(zone, 10, before), _at(zone, 5 + 1440, after), False),
        ("a summer's day, in order", f"2026-05-04 10:00:00{before}", f"2026-05-04 10:01:00{before}", False),
        ("a summer's day, out of order", f"2026-05-04 10:01:00{before}", f"2026-05-04 10:00:00{before}", True),
    ]


def _naive(zone: str) -> list[tuple[str, str, str, bool]]:
    skipped = SKIPPED[zone]
    return [
        ("in the hour that is shown twice", _at(zone, 50), _at(zone, 10), False),
        (
            "resolved in it before it was opened",
            _at(zone, 70),
            _at(zone, 10),
            True,
        ),  # an hour too early even if it is the second 10 past
        ("surely before", _at(zone, 200), _at(zone, 10), True),
        ("before the clocks went back", _at(zone, -10), _at(zone, -20), True),
        ("in the hour that is skipped", f"{skipped} 02:50:00", f"{skipped} 03:10:00", False),
        ("out of it", f"{skipped} 01:50:00", f"{skipped} 02:10:00", False),
        ("surely before the skipped hour", f"{skipped} 05:10:00", f"{skipped} 02:10:00", True),
    ]


def _aside(params: Path) -> set[str]:
    book = Portfolio.open(params, READ_ON)
    file = book.folder / "quarantine/tickets.parquet"
    rows = pd.read_parquet(file) if file.exists() else pd.DataFrame({"ticket_id": [], "broken": []})
    assert set(rows.broken) <= {"order(resolved_at)"}
    return set(rows.ticket_id)


def _broken(cases: list[tuple[str, str, str, bool]]) -> set[str]:
    return {name for name, *_, broken in cases if broken}


def _export(folder: Path, zone: str, url: str = "", **tickets: object) -> Path:
    params = export(folder, {"surveys.csv": None}, policies={"timezone": zone, "allowed_quarantine": 1})
    said = {
        "customers": {"from": "../data/customers.csv"},
        "contracts": {"from": "../data/contracts.csv"},
        "tickets": tickets,
    }
    write_yaml(params / "source.yaml", {"read_on": READ_ON, "tables": said, **({"url": url} if url else {})})
    return params


@pytest.mark.parametrize("zone", BACK)
@pytest.mark.parametrize("kind", ["zoned", "naive"])
def test_times_in_text_are_judged_as_moments(tmp_path: Path, zone: str, kind: str) -> None:
    cases = _cases(zone) if kind == "zoned" else _naive(zone)
    rows = "".join(f"{name.replace(',', '')},00001,{opened},{resolved}\n" for name, opened, resolved, _ in cases)
    params = _export(tmp_path, zone, **{"from": "../data/tickets.csv"})
    write(tmp_path / "data/tickets.csv", "ticket_id,customer_id,opened_at,resolved_at\n" + rows)
    assert _aside(params) == {name.replace(",", "") for name in _broken(cases)}


@pytest.mark.parametrize("zone", BACK)
@pytest.mark.parametrize("kind", TYPES)
def test_times_in_a_duckdb_file_are_judged_as_moments(tmp_path: Path, zone: str, kind: str) -> None:
    cases = _cases(zone) if kind == "zoned" else _naive(zone)
    params = _export(tmp_path, zone, "duckdb://../data/crm.duckdb", **{"from": "tickets"})
    with duckdb.connect(str(tmp_path / "data/crm.duckdb")) as database:
        database.execute(
            f"create table tickets (ticket_id text, customer_id text, opened_at {TYPES[kind]}, resolved_at {TYPES[kind]})"
        )
        database.executemany("insert into tickets values (?, '00001', ?, ?)", [case[:3] for case in cases])
    assert _aside(params) == _broken(cases)


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    """Return a PostgreSQL server of our own; without its programs, its tests are skipped."""
    home = postgres.programs()
    if home is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(
            "the database tests want PostgreSQL: sudo apt-get install postgresql"
        )
    with postgres.running(home) as running:
        yield running


@pytest.mark.parametrize("zone", BACK)
@pytest.mark.parametrize("kind", TYPES)
def test_times_in_postgresql_are_judged_as_moments(
    tmp_path: Path, server: postgres.Server, monkeypatch: pytest.MonkeyPatch, zone: str, kind: str
) -> None:
    cases = _cases(zone) if kind == "zoned" else _naive(zone)
    table = f"tickets_{kind}_{zone.rpartition('/')[2].lower()}"
    with psycopg.connect(**server.dsn()) as connection, connection.cursor() as cursor:
        cursor.execute(
            f"create table {table} (ticket_id text, customer_id text, opened_at {TYPES[kind]}, resolved_at {TYPES[kind]})".encode()
        )
        cursor.executemany(f"insert into {table} values (%s, '00001', %s, %s)".encode(), [case[:3] for case in cases])
    monkeypatch.setenv("CRM_PASSWORD", postgres.PASSWORD)
    url = f"postgres://cs:${{CRM_PASSWORD}}@127.0.0.1:{server.port}/postgres"
    assert _aside(_export(tmp_path, zone, url, **{"from": table})) == _broken(cases)


def test_where_clocks_never_change_nothing_has_to_be_looked_at() -> None:
    assert clock_changes("Asia/Tokyo") == ()
    assert date(2025, 11, 2) in clock_changes("America/New_York")
    assert date(2026, 3, 29) in clock_changes("Europe/Berlin")
    assert len(clock_changes("Europe/Berlin")) == 60 * 2 * 3  # twice a year, each with its neighbours
