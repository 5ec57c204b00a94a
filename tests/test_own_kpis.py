"""A team's own KPIs: declared beside its settings, checked as ours are, and at work wherever ours are."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pandas as pd
import pytest
from typer.testing import CliRunner

from cslib.check import check_params
from cslib.cli import app
from cslib.errors import SettingsError
from cslib.kpis import CATALOGUE
from cslib.kpis.own import read_params
from cslib.periods import Month
from cslib.portfolio import Portfolio
from cslib.reports.run import Request, run
from cslib.scenario import Scenario
from tests.books import NOW, TODAY
from tests.exports import CLEAN, IDS, READ_ON, export, write
from tests.notebooks import write_notebooks

if TYPE_CHECKING:
    from cslib.charts import Figures

HEAD = """\
from ibis import _

from cslib.kpis.kpi import Better, Interval, Kpi, Listed, Posture, Stage, Unit, count, total

"""
SHARE = """\
    Kpi(
        id="promoter_share", ja="推奨者の割合", en="Share of promoters",
        stage=Stage.SATISFACTION, unit=Unit.SHARE, better=Better.HIGHER, posture=Posture.LEADING,
        ja_formula="9点以上の回答 ÷ 直近3か月の回答", en_formula="Answers of 9 or more ÷ answers of the last 3 months",
        fact="answers", needs=("surveys.score", "surveys.responded_on"), window=3, interval=Interval.WILSON,
        part=count((_.kind == "nps") & (_.score >= 9)), whole=count(_.kind == "nps"), n=count(_.kind == "nps"),
        listed=Listed("9点未満の回答", "Answers below 9"),
    ),
"""
AMOUNT = """\
    Kpi(
        id="arr", ja="年間経常収益", en="Annual recurring revenue",
        stage=Stage.FINANCIAL, unit=Unit.AMOUNT, better=Better.HIGHER, posture=Posture.OFFENCE,
        ja_formula="月末の月次経常収益 × 12", en_formula="Monthly recurring revenue at the close × 12",
        fact="customer_months", needs=("contracts",), part=total(_.closing_mrr * 12), n=count(_.closing_mrr > 0),
    ),
"""
OWN = f"{HEAD}KPIS = (\n{SHARE}{AMOUNT})\n"
# 3 promoters among the 12; customers 1 to 8 are pro, so pro has all three
ANSWERS = "response_id,customer_id,kind,score,responded_on\n" + "".join(
    f"R{i},{i},nps,{10 if i <= '00003' else 5},2026-05-10\n" for i in IDS
)
SEGMENTS = {
    "total": {"id": "total", "name": "Everyone", "targets": {"promoter_share": 0.5}},
    "pro": {"id": "pro", "name": "Pro", "where": {"plan": ["pro"]}, "targets": {"arr": 90000}},
}
JUNE, MAY = Month.parse("2026-06"), Month.parse("2026-05")


def with_own(folder: Path, text: str = OWN, **settings: Any) -> Path:
    """Return the params of an export with a `kpis.py` beside them."""
    params = export(folder, {"surveys.csv": ANSWERS}, segments=SEGMENTS, policies={"min_n": 1}, **settings)
    write(folder / "kpis.py", text)
    return params


def test_they_are_measured_beside_ours(tmp_path: Path) -> None:
    book = Portfolio.open(with_own(tmp_path), TODAY)
    table: Any = book.measure(MAY, 2).set_index(["segment", "month", "kpi"])
    assert set(table.index.get_level_values("kpi")) == {*CATALOGUE.by_id, "promoter_share", "arr"}
    share = table.loc["total", "2026-05", "promoter_share"]
    assert (share.value, share.part, share.whole, share.n, share.stage) == (0.25, 3, 12, 12, "satisfaction")
    assert 0 < share.low < 0.25 < share.high < 0.6
    assert (share.target, share.status) == (0.5, "within_interval")  # Wilson of 3 in 12: 8.9 to 53.2 %
    assert table.loc["pro", "2026-05", "promoter_share"].value == 3 / 8
    assert table.loc["pro", "2026-05", "arr"][["value", "status"]].tolist() == [96000, "on_target"]
    assert math.isnan(table.loc["total", "2026-04", "promoter_share"].value)


def test_the_command_line_knows_them(tmp_path: Path) -> None:
    params, runner = with_own(tmp_path), CliRunner()
    asked = ["measure", "--params", str(params), "--as-of", "2026-05", "--kpi", "arr", "--segment", "total"]
    assert json.loads(runner.invoke(app, [*asked, "--format", "json"]).stdout)[-1]["value"] == 144000
    listed = runner.invoke(app, ["kpis", "--params", str(params), "--stage", "financial"]).stdout
    assert "  arr  Annual recurring revenue  (the team's own)" in listed
    assert "arr" not in runner.invoke(app, ["kpis", "--format", "json"]).stdout.split('"id": ')[1:]
    own = {
        one["id"]
        for one in json.loads(runner.invoke(app, ["kpis", "--params", str(params), "--format", "json"]).stdout)
        if one["own"]
    }
    assert own == {"promoter_share", "arr"}
    assert runner.invoke(app, ["check", "--params", str(params)]).exit_code == 0


def test_a_scenario_shows_them_wherever_it_shows_ours(tmp_path: Path) -> None:
    s = Scenario.open(with_own(tmp_path), "total", "2026-05", "en")
    assert "25.0" in s.headline("promoter_share").html
    assert "Share of promoters" in s.goals().html
    assert "Share of promoters" in s.scorecard("satisfaction").html
    (shown,) = cast("Figures", s.trends("arr"))
    assert "Annual recurring revenue" in shown.title
    assert len(s.behind("promoter_share")) == 9
    assert "Answers below 9" in s.customers("promoter_share").html
    groups = s.by("plan", "promoter_share").set_index("plan").value
    assert groups.to_dict() == {"pro": 3 / 8, "free": 0.0}
    assert "Share of promoters (our own definition)" in s.definitions("satisfaction").html
    assert "Share of promoters(自社定義)" not in s.definitions("satisfaction").html
    assert "Net promoter score (our own definition)" not in s.definitions("satisfaction").html


def test_a_run_publishes_them_and_an_edit_is_made_anew(tmp_path: Path) -> None:
    params = with_own(tmp_path, report={"language": "en", "notebooks": ["01_mine"]})
    opened = "from cslib.scenario import Scenario\ns = Scenario.open(params, segment, as_of, language, snapshot)\ns.scorecard('satisfaction')"
    write_notebooks(tmp_path / "notebooks", **{"01_mine": opened})

    def made() -> tuple[set[bool], pd.DataFrame]:
        done = run(Request(params, tmp_path / "out"), NOW, lambda *_: None)
        assert {one.status for one in done.outcomes} == {"ok"}
        return {one.reused for one in done.outcomes}, pd.read_csv(
            done.folder / "restatements.csv", keep_default_na=False
        )

    assert made()[0] == {False}
    latest = tmp_path / "out" / "latest"
    assert "Share of promoters" in (latest / "index.html").read_text("utf-8")
    assert "25.0" in (latest / "total" / "mine.html").read_text("utf-8")
    assert "promoter_share" in (latest / "kpis.csv").read_text("utf-8")
    assert made()[0] == {True}
    write(tmp_path / "kpis.py", OWN.replace("_.score >= 9", "_.score >= 5"))
    reused, told = made()
    assert reused == {False}
    mine = told[told.kpi == "promoter_share"]
    assert set(mine.definitions) == {"kpis.py"}
    assert mine[mine.segment == "total"][["month", "before", "after"]].to_numpy().tolist() == [["2026-05", 0.25, 1.0]]


def test_they_are_kept_from_outsiders_as_ours_are(tmp_path: Path) -> None:
    params = with_own(tmp_path, report={"audience": "external"})
    write(params / "policies.yaml", "min_n: 9\n")
    table: Any = Portfolio.open(params, TODAY).measure(MAY, 1).set_index(["segment", "kpi"])
    for kpi in ("arr", "promoter_share"):
        assert table.loc["pro", kpi].reason == table.loc["pro", "mrr"].reason != ""
        assert math.isnan(table.loc["pro", kpi].value)


def test_what_the_source_lacks_is_said_of_them_too(tmp_path: Path) -> None:
    params = with_own(tmp_path)
    (tmp_path / "data" / "surveys.csv").unlink()
    source = (params / "source.yaml").read_text("utf-8")
    write(params / "source.yaml", source.replace("  surveys:\n    from: ../data/surveys.csv\n", ""))
    table: Any = Portfolio.open(params, TODAY).measure(MAY, 1).set_index(["segment", "kpi"])
    assert table.loc["total", "promoter_share"][["status", "reason"]].tolist() == ["not_measurable", "needs surveys"]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (('id="arr"', 'id="mrr"'), "mrr: the id is taken by ours"),
        (('id="arr"', 'id="promoter_share"'), "promoter_share: the id is declared more than once"),
        (('id="arr"', 'id="ARR!"'), "ARR!: wanted an id of small letters"),
        (("_.closing_mrr * 12", "_.closing_mmr * 12"), "arr: no column of customer_months 'closing_mmr'; did you mean 'closing_mrr'?"),
        (("_.score >= 9", "_.score >= 'nine'"), "promoter_share: cannot be computed of answers: "),
        (('fact="answers"', 'fact="anwsers"'), "promoter_share: fact: no fact table 'anwsers'; did you mean 'answers'?"),
        (('needs=("contracts",)', 'needs=("contract",)'), "arr: needs: no canonical table 'contract'; did you mean 'contracts'?"),
        (('needs=("contracts",)', "needs=()"), "arr: needs: wanted the canonical tables or columns"),
        (('en="Share of promoters"', 'en=" "'), "promoter_share: en: wanted what readers are told in that language; found nothing"),
        ((' whole=count(_.kind == "nps"),', ""), "promoter_share: whole: wanted what the part is divided by"),
        (("window=3", "window=0"), "promoter_share: window: wanted 1 month or more; found 0"),
        (("part=total(_.closing_mrr * 12), ", ""), "arr: wanted a part, or a curve or factors in its place; found neither"),
    ],
)  # fmt: skip
def test_a_wrong_declaration_is_told(edit: tuple[str, str], said: str, tmp_path: Path) -> None:
    _, catalogue, problems = read_params(with_own(tmp_path, OWN.replace(*edit)))
    assert problems[0].startswith(f"{tmp_path}/kpis.py: {said}")
    if "id=" not in edit[0]:
        assert all("kpis.py" in problem for problem in problems), "a target on it is no mistake besides"
    assert len(catalogue) < len(CATALOGUE) + 2


def test_a_check_tells_it_and_goes_on_to_the_data(tmp_path: Path) -> None:
    params = with_own(tmp_path, OWN.replace("_.closing_mrr * 12", "_.closing_mmr * 12"))
    found = check_params(params, READ_ON)
    (told,) = found.problems["settings"]
    assert "kpis.py: arr: no column of customer_months 'closing_mmr'" in told
    assert found.tables["contracts"].rows == 12


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("KPIS = (\n", ":1: cannot be run: '(' was never closed"),
        (
            "import nothing_of_this_name\nKPIS = ()\n",
            ":1: cannot be run: ModuleNotFoundError: No module named 'nothing_of_this_name'",
        ),
        (f"{HEAD}KPIS = (Kpi(id='x'),)\n", ":5: cannot be run: TypeError: Kpi.__init__() missing"),
        ("x = 1\n", ": wanted KPIS = (Kpi(…), …), a tuple of cslib.Kpi; found no KPIS"),
        ("KPIS = 7\n", ": wanted KPIS = (Kpi(…), …), a tuple of cslib.Kpi; found KPIS = 7"),
        ("import sys\nsys.exit(3)\n", ":2: cannot be run: SystemExit: 3"),
    ],
)
def test_a_file_that_cannot_be_run_is_told_by_its_line(text: str, said: str, tmp_path: Path) -> None:
    params = with_own(tmp_path, text)
    with pytest.raises(SettingsError) as raised:
        Portfolio.open(params, TODAY)
    assert raised.value.problems[0].startswith(f"{tmp_path}/kpis.py{said}")


def test_every_problem_of_settings_and_kpis_is_told_at_once(tmp_path: Path) -> None:
    params = with_own(tmp_path, OWN.replace("_.closing_mrr * 12", "_.closing").replace("window=3", "window=0"))
    write(params / "policies.yaml", "min_m: 4\n")
    with pytest.raises(SettingsError) as raised:
        Portfolio.open(params, TODAY)
    told = raised.value.problems
    assert len([one for one in told if "kpis.py" in one]) == 2
    assert any("min_m" in one for one in told)


def test_no_file_changes_nothing(tmp_path: Path) -> None:
    params = export(tmp_path, CLEAN)
    book = Portfolio.open(params, TODAY)
    assert book.catalogue is CATALOGUE
    write(tmp_path / "kpis.py", "KPIS = ()\n")
    assert Portfolio.open(params, TODAY).catalogue is CATALOGUE


def test_the_page_on_own_kpis_can_be_followed(tmp_path: Path) -> None:
    page = (Path(__file__).parent.parent / "docs" / "own-kpis.md").read_text("utf-8")
    (block,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    table: Any = Portfolio.open(with_own(tmp_path, block), TODAY).measure(MAY, 1).set_index(["segment", "kpi"])
    assert table.loc["total", "arr"].value == 12 * 12 * 1000
    assert table.loc["total", "promoter_share"].value == 3 / 12
