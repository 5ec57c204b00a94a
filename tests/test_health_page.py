"""How the page shows the health score and its audit: in words of both languages, and in sentences where nothing can be told."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from cslib.analysis.health.audit import health_audit
from cslib.analysis.health.audit_rows import ALIKE, GROUPS, UNAUDITED, UNFITTED, YOUNG, Finding
from cslib.analysis.health.health import FIRST, KNOWN_WEIGHT, THIN, UNKNOWN, UNLISTED, health
from cslib.analysis.health.misses import LISTS, NONE_FOUND, health_misses
from cslib.analysis.health.scores import BANDS
from cslib.errors import UnknownName
from cslib.i18n import Wording
from cslib.i18n.messages import TEXTS
from cslib.periods import Month
from cslib.scenario import Scenario
from cslib.settings import Health
from cslib.tables import health as shown
from tests.test_health import PARTS, answer
from tests.test_health import book as by_hand
from tests.test_health_audit import LAST, SAID, book

if TYPE_CHECKING:
    from pathlib import Path

    from cslib.i18n import Language

EN = Wording("en")
MAY = Month.parse("2024-05")


def named(*ids: str) -> pd.DataFrame:
    """Return customers as the scenario knows them."""
    known = {"name": [f"Firm <{one}>" for one in ids], "csm": None, "mrr": 10.0}
    return pd.DataFrame({"customer_id": list(ids), **known})


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_band_measure_verdict_and_reason_has_words(language: Language) -> None:
    wording = Wording(language)
    keys = [
        *(f"band_{one}" for one in BANDS),
        *(f"finding_{one}" for one in Finding if one not in {"ordered", "not_ordered"}),
    ]
    keys += [f"measure_{one}" for one in GROUPS if f"measure_{one}" in TEXTS or one in shown._AUDITED]
    keys += [f"bands_{one}" for one in ("ordered", "not_ordered", "cannot_tell")] + [f"misses_{one}" for one in LISTS]
    keys += [f"audit_text_{one}" for one in ("separates", "cannot_tell", "other_way", "helps", "hurts", "noise")]
    assert not [key for key in keys if key not in TEXTS]
    reasons = (UNKNOWN, THIN, FIRST, UNLISTED, UNAUDITED, UNFITTED, YOUNG, ALIKE, NONE_FOUND)
    assert not [one for one in reasons if wording.reason(one) == one]
    assert not [one for one in Health().components if shown.component_name(one, wording) == one]


def test_a_customer_is_told_with_what_takes_it_down_and_why_it_changed() -> None:
    answers = [answer("a", pd.Timestamp("2024-03-05").date(), 5), answer("a", pd.Timestamp("2024-05-05").date(), 2)]
    said = Health.model_validate({"components": PARTS})
    rows = health(by_hand(answers, "b").inquiry(MAY, "total", health=said.model_dump()))
    # NPS 2 is worth 20 of weight 3, the programme 0 of weight 4, nothing else is known: 60 / 7; NPS was worth 50 before
    table = shown.health_table(rows, named("a", "b"), said, EN, 10)
    assert "Firm &lt;a&gt;" in table.html
    assert "<bdi>Joined a programme −57</bdi><br><bdi>Latest NPS answer −34</bdi>" in table.html
    assert "<bdi>Latest NPS answer −13</bdi>" in table.html
    assert '<span class="status band red"><i aria-hidden="true">◆</i> red</span>' in table.html
    assert (
        "1 are red, 0 yellow, 0 green, and 1 without a score" in table.text
    )  # of b nothing but the programme is known
    assert "Not counted, since the data do not tell them: Open grave tickets (needs tickets)." in table.text
    back = pd.read_csv(io.StringIO(table.csv), keep_default_na=False)
    assert back.component.to_list() == [*PARTS, KNOWN_WEIGHT] * 2


def test_more_customers_than_are_shown_are_in_the_csv() -> None:
    rows = health(by_hand([], *"abc", who="abc").inquiry(MAY, "total", health=SAID))
    table = shown.health_table(rows, named(*"abc"), Health.model_validate(SAID), EN, 2)
    assert table.html.count("<tr>") == 1 + 2
    assert "2 of 3 rows shown" in table.text
    assert len(table.csv.splitlines()) == 1 + 3 * 2


def test_the_audit_in_words() -> None:
    rows = health_audit(book((20, 2), (20, 2), (6, 44)).inquiry(LAST, "total", health=SAID))
    table = shown.audit_table(rows, EN)
    assert "50 % is the toss of a coin" in table.text
    assert "no more than noise" in table.text
    assert "fitting" not in table.html
    assert len(pd.read_csv(io.StringIO(table.csv))) == len(rows)
    bands = shown.bands_table(rows, EN)
    assert bands.text == "At past closes, the worse the band, the more were lost within the six months after."
    assert bands.html.index("red") < bands.html.index("green")
    fifths = shown.fifths_table(rows, EN)
    assert "of 2 the prediction lies inside" in fifths.text  # two chances make two groups


def test_both_lists_say_that_they_are_long_by_nature() -> None:
    rows = health_misses(book().inquiry(LAST, "total", health=SAID))
    ids = dict.fromkeys(rows.customer_id)
    for name in LISTS:
        table = shown.misses_table(rows[rows.list == name], named(*ids), name, EN, 50)
        assert "long by nature" in table.text
        assert f"{(rows.list == name).sum()} customers." in table.text


@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_cannot_be_told_is_a_sentence(language: Language) -> None:
    wording, inquiry = Wording(language), book(late=(6, 3)).inquiry(LAST, "total", health=SAID)
    why = wording.reason(UNAUDITED)
    rows = health_audit(inquiry)
    assert why in shown.audit_table(rows, wording).text
    assert why in shown.bands_table(rows, wording).text  # beside the customers that are in them now
    assert why in shown.fifths_table(rows, wording).text
    assert shown.bands_table(rows, wording).html
    lacking = book().without("programmes").inquiry(LAST, "total", health=SAID)
    for table in (
        shown.health_table(health(lacking), named(), Health(), wording, 5), shown.audit_table(health_audit(lacking), wording),
        shown.bands_table(health_audit(lacking), wording),
    ):  # fmt: skip
        assert wording.reason("needs programmes") in table.text
        assert not table.html


def test_parts_and_lists_that_there_are_not_are_named(demo: Path) -> None:
    scenario = Scenario.open(demo / "params", "smb", "2026-10", "en")
    with pytest.raises(UnknownName, match="no part of the audit 'band'; did you mean 'bands'"):
        scenario.health_audit("band")
    with pytest.raises(UnknownName, match="no list of the audit 'green'"):
        scenario.health_misses("green")
    assert scenario.health(limit=3).html.count("<tr>") == 1 + 3
