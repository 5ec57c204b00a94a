"""Attacks on a run for outsiders: is a hidden figure written anywhere, or can it be had by adding and subtracting what is shown?"""

from __future__ import annotations

import html
import json
import re
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import pytest
import yaml

from cslib.analysis.figures.disclosure import INSIDERS
from cslib.demo import write_demo
from cslib.kpis import CATALOGUE
from cslib.periods import Month
from cslib.portfolio import Portfolio
from cslib.privacy.suppression import HIDDEN
from cslib.reports.run import Request, run
from cslib.scenario import Scenario
from tests.books import NOW, TODAY
from tests.exports import READ_ON, export

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("disclosure")  # one worker makes the run that is attacked

LEAST = 5
MONTH = Month.parse("2026-10")
MONTHS = 5
ACROSS = {  # segments that overlap one another and the three of the demo, and leave few between them
    "east": {"where": {"region": ["関東", "東北", "北海道"]}},
    "chosen": {"where": {"customer_id": [f"{number:05d}" for number in range(1, 30)]}},
    "rest": {"where": {"customer_id": [f"{number:05d}" for number in range(27, 46)]}},
}
KEYS = ["segment", "month", "kpi"]


class Attacked(NamedTuple):
    """A run for outsiders, the book that it was made of, and what insiders know of it."""

    folder: Path
    outside: pd.DataFrame
    inside: pd.DataFrame
    each: pd.DataFrame  # the figures of insiders, of each customer alone
    members: dict[str, frozenset[str]]
    told: list[str]  # the segments of which anything is told


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Attacked:
    folder = tmp_path_factory.mktemp("attacked")
    write_demo(folder, customers=45, months=20)
    params = folder / "params"
    (params / "segments" / "midmarket.yaml").unlink()
    (params / "actions.yaml").unlink()  # it names that segment
    for name, said in ACROSS.items():
        text = yaml.safe_dump({"id": name, "name": name.title(), **said}, allow_unicode=True)
        (params / "segments" / f"{name}.yaml").write_text(text, "utf-8")
    _say(params, audience="internal", months=MONTHS)
    inside = Portfolio.open(params, TODAY)
    known = inside.measure(MONTH, MONTHS)
    each = inside.measure(MONTH, MONTHS, ["total"], by=["customer_id"])
    ids = inside.segment_ids()
    members = {name: frozenset(inside.members([name]).customer_id.to_pyarrow().to_pylist()) for name in ids}
    _say(params, audience="external", notebooks=["00_summary", "03_satisfaction", "05_financial"])
    result = run(Request(params, folder / "reports", str(MONTH)), NOW, lambda *_: None)
    assert not result.failed
    told = json.loads((result.folder / "run.json").read_text("utf-8"))["data"]["segments"]
    return Attacked(result.folder, pd.read_parquet(result.folder / "kpis.parquet"), known, each, members, list(told))


def _say(params: Path, **said: object) -> None:
    report = yaml.safe_load((params / "report.yaml").read_text("utf-8"))
    (params / "report.yaml").write_text(yaml.safe_dump({**report, **said}, allow_unicode=True), "utf-8")


def _hidden(told: Attacked) -> pd.DataFrame:
    """Return what insiders know of the figures that are hidden."""
    keys = told.outside.loc[told.outside.reason == HIDDEN, KEYS]
    return keys.merge(told.inside, on=KEYS)


def test_figures_are_hidden_and_others_are_shown(attacked: Attacked) -> None:
    found = attacked.outside.groupby("segment").reason.agg(lambda reasons: (reasons == HIDDEN).mean())
    assert set(found.index) == {"total", "enterprise", "smb", *ACROSS}
    assert found.max() > 0.2
    assert found["total"] < 0.15
    assert found.min() < 0.15


def test_a_hidden_figure_is_hidden_whole(attacked: Attacked) -> None:
    hidden = attacked.outside[attacked.outside.reason == HIDDEN]
    assert hidden[["value", "part", "whole", "n", "low", "high"]].isna().all().all()


# is it written anywhere?


def _numbers(folder: Path) -> Iterator[tuple[str, set[float]]]:
    """Return every number that a file holds, as it stands there, by the file's name."""
    for file in sorted(file for file in folder.rglob("*") if file.is_file() and "assets" not in file.parts):
        text = pd.read_parquet(file).to_csv() if file.suffix == ".parquet" else file.read_text("utf-8")
        found = re.findall(r"(?<![\w.])\d[\d,]*(?:\.\d+)?", html.unescape(text))
        yield str(file.relative_to(folder)), {float(one.replace(",", "")) for one in found}


def test_no_hidden_amount_stands_in_any_file_of_its_segment(attacked: Attacked) -> None:
    long = _hidden(attacked).melt(KEYS, ["value", "part", "whole"], var_name="half", value_name="told")
    amounts = long[(long.told > 10_000) & (long.told % 1 == 0)]
    shown = {round(one) for one in attacked.outside[["value", "part", "whole"]].to_numpy().ravel() if one == one}  # noqa: PLR0124
    # what one customer pays stands in lists, under its pseudonym, and says nothing of a segment
    of_one = set(attacked.each[["value", "part", "whole"]].to_numpy(dtype=float).ravel())
    telling = {float(one) for one in amounts.told} - {float(one) for one in shown} - of_one
    assert len(telling) > 10
    for name, numbers in _numbers(attacked.folder):
        assert not numbers & telling, name


def test_movements_are_told_of_months_alone_whose_closes_are(attacked: Attacked) -> None:
    hidden = set(_hidden(attacked).query("kpi == 'mrr'")[["segment", "month"]].itertuples(index=False, name=None))
    assert hidden
    told = list(attacked.folder.glob("*/data/financial-movements.csv"))
    assert told
    for file in told:
        months = set(pd.read_csv(file).month.astype(str))
        segment = file.parts[-3]
        assert not {month for month in months if (segment, month) in hidden}, segment
        assert not {month for month in months if (segment, str(Month.parse(month) - 1)) in hidden}, segment


# can it be worked out?


def _counted(told: Attacked) -> dict[tuple[str, str], dict[str, int]]:
    """Return how many cases each customer has in a KPI and a month."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for month, kpi, customer, n in (
        told.each[["month", "kpi", "customer_id", "n"]].fillna({"n": 0}).itertuples(index=False, name=None)
    ):
        if n > 0:
            found.setdefault((month, kpi), {})[customer] = int(n)
    return found


def test_no_few_can_be_had_by_adding_and_subtracting_segments(attacked: Attacked) -> None:
    shown = attacked.outside[(attacked.outside.reason != HIDDEN) & (attacked.outside.n.fillna(0) > 0)]
    names = {key: sorted(rows.segment) for key, rows in shown.groupby(["month", "kpi"])}
    tried = 0
    for key, cases in _counted(attacked).items():
        who = sorted(cases)
        lies_in = np.array([[customer in attacked.members[name] for customer in who] for name in names.get(key, [])])
        for few in _groups_of_few(attacked.members, cases):
            wanted = np.array([customer in few for customer in who], dtype=float)
            if len(lies_in):
                weights, *_rest = np.linalg.lstsq(lies_in.T.astype(float), wanted, rcond=None)
                assert np.abs(lies_in.T @ weights - wanted).max() > 1e-6, (key, sorted(few), names[key], weights)
            tried += 1
    assert tried > 500


def _groups_of_few(members: dict[str, frozenset[str]], cases: dict[str, int]) -> set[frozenset[str]]:
    """Return every group of few that lies in some segments and not in others: one, two together, one without another."""
    there = [(name, held & set(cases)) for name, held in members.items()]
    groups = {held for _, held in there}
    groups |= {one & other for (_, one), (_, other) in combinations(there, 2)}
    groups |= {one - other for _, one in there for _, other in there}
    return {g for g in groups if g and min(len(g), sum(cases[customer] for customer in g)) < LEAST}


def test_no_figure_is_told_by_two_others_of_its_segment_and_month(attacked: Attacked) -> None:
    """Whatever of one fact adds up in every segment and for every customer is found, and of it never one alone is hidden."""
    known = _halves(attacked.inside, "segment").dropna(axis=1)
    known = known.loc[:, (known != 0).sum() > 10].T.drop_duplicates().T
    each = _halves(attacked.each, "customer_id").reindex(columns=known.columns).fillna(0).to_numpy().T
    shown = _halves(attacked.outside, "segment").reindex(known.index).reindex(columns=known.columns).notna()
    values, names = known.to_numpy().T, list(known)
    found = []
    facts = [CATALOGUE.by_id[str(name).partition(".")[0]].fact for name in names]
    for first, second in combinations(range(len(names)), 2):
        if facts[first] != facts[second]:
            continue
        for third in np.flatnonzero(np.isclose(values, values[first] + values[second], atol=1e-6).all(axis=1)):
            if np.isclose(each[third], each[first] + each[second], atol=1e-6).all():
                trio = [names[first], names[second], names[third]]
                alone = (~shown[trio]).sum(axis=1) == 1
                assert not alone.any(), (trio, known.index[alone].tolist())
                found.append(names[third])
    assert "goal_attainment.part" in found  # of department and individual goals


def _halves(measured: pd.DataFrame, of: str) -> pd.DataFrame:
    """Return part and whole of every KPI, a column each, by segment or customer, and month."""
    long = measured.melt([of, "month", "kpi"], ["part", "whole"], var_name="half", value_name="told")
    return long.assign(figure=long.kpi + "." + long.half).pivot_table(
        index=[of, "month"], columns="figure", values="told", dropna=False
    )


def test_mrr_is_not_told_by_the_movements_since_the_close_before(attacked: Attacked) -> None:
    outside = attacked.outside.set_index(["segment", "month", "kpi"])
    hidden = _hidden(attacked).query("kpi == 'mrr'")
    assert len(hidden)
    for segment, month in hidden[["segment", "month"]].astype(str).itertuples(index=False, name=None):
        for when in (month, str(Month.parse(month) + 1)):
            if (segment, when, "quick_ratio") in outside.index:
                assert np.isnan(outside.part[segment, when, "quick_ratio"])


def test_cohorts_of_segments_do_not_tell_of_the_cohort_of_the_rest(attacked: Attacked) -> None:
    sizes = {}
    for file in attacked.folder.glob("*/data/financial-cohorts.csv"):
        told = pd.read_csv(file)
        sizes[file.parts[-3]] = dict(zip(told.cohort, told.n, strict=True))
    assert "total" in sizes
    assert all(n >= LEAST for told in sizes.values() for n in told.values())
    for name in set(sizes) - {"total"}:
        for cohort, n in sizes[name].items():
            left = sizes["total"][cohort] - n
            assert left == 0 or left >= LEAST, (name, cohort)


# who is behind it, and what else stands beside it


@pytest.fixture(scope="module")
def scenarios(attacked: Attacked) -> dict[str, Scenario]:
    params = attacked.folder.parents[2] / "params"
    return {name: Scenario.open(params, name, str(MONTH)) for name in ("total", "enterprise")}


def test_what_is_hidden_anywhere_is_listed_nowhere(attacked: Attacked, scenarios: dict[str, Scenario]) -> None:
    now = attacked.outside[attacked.outside.month == str(MONTH)]
    for kpi in ("nps", "customer_churn", "goal_coverage"):
        told = now[(now.kpi == kpi) & now.segment.isin(attacked.told)]
        hidden = bool((told.reason == HIDDEN).any())
        for scenario in scenarios.values():
            listed = "C-" in scenario.customers(kpi).html
            assert not (hidden and listed), kpi


def test_insiders_are_shown_everything(tmp_path: Path) -> None:
    book = Portfolio.open(export(tmp_path), READ_ON)
    assert set(book.disclosures(book.month(None), 3).values()) == {INSIDERS}


def test_nothing_is_handed_out_for_outsiders_without_what_to_keep_back(attacked: Attacked, tmp_path: Path) -> None:
    book = Portfolio.open(attacked.folder.parents[2] / "params", TODAY)
    with pytest.raises(TypeError, match="disclosure"):
        book.export_slice("total", attacked.outside, tmp_path / "total")
