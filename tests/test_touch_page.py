"""What the page says of touch models, loads and organisation models: the rows of the analyses, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from cslib import charts
from cslib.analysis.service.hand_offs import SINGLE_TEAM
from cslib.analysis.service.organisation import MATURITY, NO_MODEL, QUESTION, ROLES
from cslib.analysis.service.organisation_evidence import NO_TARGET
from cslib.analysis.service.touch import ONE_CLOSE, ONE_MODEL, UNASSIGNED, touch
from cslib.analysis.service.touch_customers import AGREED, touch_customers
from cslib.analysis.service.touch_load import NAMELESS, touch_load
from cslib.i18n import Wording
from cslib.kpis import CATALOGUE
from cslib.settings import Policies
from cslib.tables import policy_table
from cslib.tables.organisation import organisation_table
from cslib.tables.touch import hours_shown, load_table, touch_finding, touch_list, touch_table
from tests import test_organisation
from tests.sample import HOSTILE, TOUCH
from tests.test_touch import LAST, MRR, RULE, book

if TYPE_CHECKING:
    from cslib.analysis.inquiry import Inquiry

JA, EN = Wording("ja"), Wording("en")
NAMES = pd.DataFrame({"customer_id": [*MRR], "name": [f"{HOSTILE[0]} {one}" for one in MRR]})


@pytest.fixture(scope="module")
def asked() -> Inquiry:
    """Return the question of all customers of the book."""
    return book().inquiry(LAST, "total", team={"people": {"Sato": {"team": "csm", "fte": 0.05}}})


@pytest.mark.parametrize("wording", [JA, EN], ids=["ja", "en"])
def test_the_finding_comes_first_and_is_that_of_the_rows(asked: Inquiry, wording: Wording) -> None:
    table = touch_table(asked.once(touch), CATALOGUE.by_id, RULE, wording)
    assert table.text.startswith(touch_finding(asked.once(touch), RULE, wording))
    assert wording.value("share", 2 / 5) in table.text
    assert wording.text("touch_chosen") in table.text
    assert wording.text("touch_grounds_goals") in table.text  # what the rule goes by and nobody told
    assert table.html.count("<tr>") == 1 + 14
    assert wording.text("model_unassigned") in table.html
    assert table.csv.count("\n") == len(asked.once(touch)) + 1


def test_the_three_sentences_of_a_mismatch(asked: Inquiry) -> None:
    said = touch_finding(asked.once(touch), RULE, EN)
    assert "40.0\N{NO-BREAK SPACE}% of 5 customers" in said
    assert "for 3 closes. Under-served: 1 (20.0" in said
    assert "Over-served: 1 (20.0" in said
    assert "take 1.3 hours a month; at the rule's model 0.33 of them" in said
    latest = asked.once(touch).assign(reason=lambda rows: rows.reason.where(rows.measure != "wrong", ONE_CLOSE))
    assert EN.text("touch_wrong_latest", share="", n=5, interval="", closes=3).split(";")[1][:20] in touch_finding(
        latest, RULE, EN
    )


@pytest.mark.parametrize("which", ["under_served", "over_served", "unassigned"])
def test_a_list_names_its_customers_alone(asked: Inquiry, which: str) -> None:
    rows = asked.once(touch_customers)
    table = touch_list(rows, NAMES, which, EN)
    (one,) = rows[rows["list"] == which].customer_id
    assert table.html.count("<tr>") == 2
    assert table.csv.count("\n") == 2
    assert one in table.csv
    assert {"under_served": "Tech → High", "over_served": "High → Low", "unassigned": ">Low<"}[which] in table.html
    assert "<script" not in table.html
    none = touch_list(rows[rows["list"] != which], NAMES, which, EN)
    assert (none.html, none.text) == ("", EN.text("list_none"))


def test_the_load_is_told_with_what_it_rests_on(asked: Inquiry) -> None:
    table = load_table(asked.once(touch_load), asked.settings.policies, EN)
    assert "CSMs: 2; with a load over 1: 1; with less than half of the hours needed on record: 2." in table.text
    assert "Customers without a CSM: 1" in table.text
    assert "1 without an entry in params/team.yaml" in table.text
    assert "high 4, low 1, tech 0.1" in table.text
    assert "1.69" in table.html  # 8.1 / 4.8


def test_shares_of_hours_are_drawn_beside_those_of_revenue() -> None:
    drawn = charts.touch_shares(TOUCH, EN)
    assert drawn.spec is not None
    assert [row["row"] for row in next(iter(drawn.spec["datasets"].values()))] == ["High", "Low", "Tech"]
    assert "High: 60.0\N{NO-BREAK SPACE}% of the hours, 70.0\N{NO-BREAK SPACE}% of MRR." in drawn.text
    alone = charts.touch_shares(TOUCH[TOUCH.touch_model.isin(["high", "all"])], EN)
    assert alone.spec is None
    assert "High" in alone.text


def test_where_hours_are_not_told_there_is_a_sentence_and_no_axis() -> None:
    untold = TOUCH.assign(value=np.nan, reason="needs touches.minutes")
    drawn = charts.touch_shares(untold, EN)
    assert drawn.spec is None
    assert EN.reason("needs touches.minutes") in drawn.text


@pytest.mark.parametrize("code", [ONE_MODEL, ONE_CLOSE, UNASSIGNED, AGREED, NAMELESS, "undated customers.csm", NO_MODEL, ROLES, NO_TARGET, SINGLE_TEAM])  # fmt: skip
def test_every_reason_has_words_of_its_own(code: str) -> None:
    assert JA.reason(code) != EN.reason(code) != code


def test_hours_have_as_many_digits_as_tell_something() -> None:
    assert [hours_shown(hours, EN) for hours in (152.4, 9.96, 1.5, 0.06, 0.0, None)] == [
        "152",
        "10.0",
        "1.5",
        "0.06",
        "0.0",
        "–",
    ]


def test_the_policies_are_printed_in_words() -> None:
    policies = Policies.model_validate({"touch_rule": {"large": {"at_least": 600_000}, "small": {"below": 70_000}}})
    for one, parts in ((Policies(), ("50.0", "10.0")), (policies, ("600", "70"))):
        page = policy_table(
            {"touch_rule": one.model_dump()["touch_rule"], "touch_hours": one.touch_hours.model_dump()}, EN
        ).html
        assert "None" not in page
        assert all(part in page for part in parts)
        assert "tech 0.1" in page


# organisation


def row(measure: str, **said: Any) -> dict[str, Any]:
    """Return a row of the analysis `organisation`."""
    nothing = dict.fromkeys(("value", "low", "high", "threshold", "n"), np.nan)
    return {
        "org_model": "specialist",
        "measure": measure,
        "subject": "",
        "verdict": "",
        "reason": "",
        **nothing,
        **said,
    }


def test_what_speaks_against_the_model_comes_with_what_to_do() -> None:
    frame = pd.DataFrame([
        row("handoff_days", value=16.0, low=7.0, high=24.0, threshold=14.0, n=53, verdict="speaks_against"),
        row("waiting_days", value=3.0, threshold=30.0, n=0, verdict="nothing_against"),
        row("many_people", reason="needs touches.csm"),
        row(MATURITY, subject="all_rounder", verdict=QUESTION),
    ])  # fmt: skip
    table = organisation_table(frame, EN)
    assert "Figures that speak against it (1)" in table.text
    assert "16\N{NO-BREAK SPACE}days" in table.text
    assert EN.text("org_do_handoff_days") in table.html
    assert EN.text("org_do_waiting_days", n=0) not in table.html
    assert "nothing against all-rounder. Which of them fits today?" in table.text
    calm = organisation_table(frame[frame.measure == "waiting_days"], EN)
    assert calm.text == EN.text("organisation_none")


def test_what_cannot_be_told_is_named_and_a_missing_model_is_said() -> None:
    blind = organisation_table(pd.DataFrame([row("handoff_days", verdict="cannot_tell", reason=SINGLE_TEAM)]), EN)
    assert "Cannot be told: Days of a hand-off" in blind.text
    assert "nothing speaks" not in blind.text.lower()
    missing = organisation_table(pd.DataFrame([row("", org_model="", verdict="cannot_tell", reason=NO_MODEL)]), EN)
    assert missing.html == ""
    assert EN.reason(NO_MODEL) in missing.text


@pytest.mark.parametrize("model", ["all_rounder", "specialist", "sales_oriented", "partnership"])
@pytest.mark.parametrize("wording", [JA, EN], ids=["ja", "en"])
def test_every_figure_of_every_model_has_words(model: str, wording: Wording) -> None:
    frame = _told(model)
    table = organisation_table(frame, wording)
    assert table.html.count("<tr>") == 1 + len(frame[frame.measure != MATURITY])


def _told(model: str) -> pd.DataFrame:
    if model not in _MADE:
        _MADE[model] = test_organisation.told(test_organisation.book(), model).reset_index()
    return _MADE[model]


_MADE: dict[str, pd.DataFrame] = {}
