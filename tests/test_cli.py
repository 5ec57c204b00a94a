"""The commands as a scheduler and an analyst call them."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from typer.main import get_command
from typer.testing import CliRunner, Result

from cslib.cli import app
from cslib.kpis import CATALOGUE
from cslib.portfolio import FIGURE_COLUMNS
from tests.books import SMALL
from tests.exports import IDS, export

if TYPE_CHECKING:
    from pathlib import Path


def _call(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def _measure(*arguments: str) -> Result:
    return _call("measure", "--params", str(SMALL), "--as-of", "2026-06", *arguments)


@pytest.mark.parametrize("name", ["demo", "check", "measure", "analyse", "run", "kpis"])
def test_every_command_and_every_option_says_what_it_does(name: str) -> None:
    done = _call(name, "--help")
    assert done.exit_code == 0
    command = get_command(app).commands[name]  # type: ignore[attr-defined]
    assert command.help
    assert [option.name for option in command.params if not option.help] == []


def test_the_table_holds_every_segment_month_and_kpi_sorted() -> None:
    table = pd.read_csv(io.StringIO(_measure("--months", "3").output))
    assert list(table.columns) == ["segment", "month", *FIGURE_COLUMNS]
    assert len(table) == 3 * 3 * len(CATALOGUE.by_id)
    assert set(table.month) == {"2026-04", "2026-05", "2026-06"}
    keys = table[["segment", "month", "kpi"]]
    assert keys.equals(keys.sort_values(["segment", "month", "kpi"], ignore_index=True))
    assert set(table.status) <= {"on_target", "off_target", "within_interval", "no_target", "small", "not_measurable"}
    assert table.reason[table.value.isna()].notna().all()
    words = table.reason[table.value.notna()].dropna().str.split(r"[: ]", regex=True).str[0]
    assert set(words) <= {"short", "grows", "cut"}  # of a value that stands, but is compared with none


def test_the_formats_say_the_same(tmp_path: Path) -> None:
    wanted = ("--kpi", "nrr", "--kpi", "ces", "--segment", "total", "--months", "2")
    text = pd.read_csv(io.StringIO(_measure(*wanted).output))
    listed = json.loads(_measure(*wanted, "--format", "json").output)
    assert _measure(*wanted, "--format", "parquet", "--out", str(tmp_path / "t.parquet")).exit_code == 0
    parquet = pd.read_parquet(tmp_path / "t.parquet")
    assert list(text.columns) == list(parquet.columns) == list(listed[0])
    assert text.value.tolist() == pytest.approx(parquet.value.tolist(), rel=0, abs=0, nan_ok=True)
    assert [row["value"] for row in listed] == [None if pd.isna(value) else value for value in parquet.value]


def test_a_file_gets_what_the_screen_would(tmp_path: Path) -> None:
    shown = _measure("--kpi", "mrr").stdout_bytes
    assert _measure("--kpi", "mrr", "--out", str(tmp_path / "t.csv")).output == ""
    assert (tmp_path / "t.csv").read_bytes() == shown


def test_no_group_of_the_table_runs_as_a_formula(tmp_path: Path) -> None:
    products = ["=1+1", "＝1+1", "-2+3", "-5", "a\rb"]
    rows = "".join(f'K{place},{IDS[place]},"{name}",2026-01-01,,1000\n' for place, name in enumerate(products))
    files = {"contracts.csv": f"contract_id,customer_id,product,starts_on,ends_on,mrr\n{rows}"}
    params = export(tmp_path, files)
    done = _call("measure", "--params", str(params), "--as-of", "2026-05", "--kpi", "mrr", "--by", "product")
    told = {row["product"] for row in csv.DictReader(io.StringIO(done.stdout_bytes.decode(), newline=""))}
    assert told == {"'=1+1", "'＝1+1", "'-2+3", "-5", "a\rb"}


def test_groups_by_product_add_up_to_the_book() -> None:
    wanted = ("--kpi", "mrr", "--segment", "total", "--months", "6")
    whole = pd.read_csv(io.StringIO(_measure(*wanted).output)).set_index("month").part
    by_product = pd.read_csv(io.StringIO(_measure(*wanted, "--by", "product").output))
    assert len(set(by_product["product"])) > 1
    pd.testing.assert_series_equal(by_product.groupby("month").part.sum(), whole, check_names=False)


def test_what_cannot_be_grouped_says_so() -> None:
    table = pd.read_csv(io.StringIO(_measure("--kpi", "nps", "--kpi", "mrr", "--by", "product").output))
    apart = table[table.kpi == "nps"]
    assert apart.value.isna().all()
    assert set(apart.reason) == {"apart: it cannot be told by product"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--kpi", "nnr"), "no KPI 'nnr'; did you mean 'nrr'?"),
        (("--segment", "enterprize"), "no segment 'enterprize'; did you mean 'enterprise'?"),
        (("--by", "cms"), "no column to group by 'cms'; did you mean 'csm'?"),
        (("--format", "parquet"), "name a file with --out"),
        (("--months", "0"), "--months"),
    ],
)
def test_a_wrong_option_is_answered_not_traced(arguments: tuple[str, ...], message: str) -> None:
    done = _measure(*arguments)
    assert done.exit_code == 2
    assert message in done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize("as_of", ["2026-13", "June", "2020-01", "2031-01"])
def test_a_month_that_is_none_or_not_there(as_of: str) -> None:
    done = _call("measure", "--params", str(SMALL), "--as-of", as_of)
    assert done.exit_code == 2
    assert as_of in done.output
    assert "2026" in done.output


# analyse


def _analyse(*arguments: str) -> Result:
    return _call("analyse", *arguments, "--params", str(SMALL), "--as-of", "2026-06")


def test_an_analysis_is_told_alike_in_each_format(tmp_path: Path) -> None:
    text = pd.read_csv(io.StringIO(_analyse("signals", "--segment", "total").output))
    assert list(text.columns[:5]) == ["segment", "month", "indicator", "outcome", "horizon"]
    assert list(text.columns[-2:]) == ["verdict", "reason"]
    assert set(text.segment) == {"total"}
    listed = json.loads(_analyse("signals", "--segment", "total", "--format", "json").output)
    assert [(row["indicator"], row["verdict"]) for row in listed] == [*zip(text.indicator, text.verdict, strict=True)]
    assert _analyse("signals", "--format", "parquet", "--out", str(tmp_path / "t.parquet")).exit_code == 0
    everywhere = pd.read_parquet(tmp_path / "t.parquet")
    assert everywhere[everywhere.segment == "total"].verdict.tolist() == text.verdict.tolist()
    assert everywhere.segment.nunique() == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("signal",), "no analysis 'signal'; did you mean 'signals'?"),
        (("signals", "--segment", "enterprize"), "no segment 'enterprize'; did you mean 'enterprise'?"),
        (("signals", "--format", "parquet"), "name a file with --out"),
        ((), "NAME"),
    ],
)
def test_a_wrong_analysis_is_answered_not_traced(arguments: tuple[str, ...], message: str) -> None:
    done = _analyse(*arguments)
    assert done.exit_code == 2
    assert message in done.output
    assert "Traceback" not in done.output
