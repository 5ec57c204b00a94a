"""A team's own KPIs as figures that may lead: what they come to of each customer, by hand and as `measure` has it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from ibis import _

from cslib.analysis.indicators import team_indicators
from cslib.analysis.signals import OUTCOMES, signals
from cslib.kpis import CATALOGUE
from cslib.kpis.kpi import Better, Kpi, Posture, Stage, Unit, count, total
from cslib.kpis.measure import measure
from cslib.periods import Month, months_up_to
from tests.test_signals import LAST, book, many

if TYPE_CHECKING:
    from cslib.analysis.inquiry import Inquiry
    from tests.ledger import Ledger, Row

_NPS = _.kind == "nps"
PROMOTERS = Kpi(
    id="promoter_share", ja="推奨者", en="Promoters", stage=Stage.SATISFACTION, unit=Unit.SHARE, better=Better.HIGHER,
    posture=Posture.LEADING, ja_formula="9点以上 ÷ 回答", en_formula="9 or more ÷ answers", fact="answers",
    needs=("surveys.score", "surveys.responded_on"), window=3, part=count(_NPS & (_.score >= 9)), whole=count(_NPS),
    n=count(_NPS), own=True,
)  # fmt: skip
LOW = replace(
    PROMOTERS, id="low_answers", ja="低い回答", en="Low answers", unit=Unit.COUNT, better=Better.LOWER, window=1,
    part=count(_.score <= 6), whole=None, n=count(),
)  # fmt: skip
SPENT = replace(PROMOTERS, id="spent", fact="service_months", needs=("costs",), part=total(_.cs_cost), whole=None)


def answer(who: str, month: str, score: int) -> Row:
    """Return an answer of the middle of a month."""
    return {
        "customer_id": who,
        "kind": "nps",
        "score": score,
        "responded_on": Month.parse(month).first_day.replace(day=15),
    }


def asked(ledger: Ledger, *kpis: Kpi, **settings: object) -> Inquiry:
    """Return the question of everybody, with KPIs of a team in the catalogue."""
    return replace(ledger.inquiry(LAST, "total", **settings), catalogue=CATALOGUE.joined_by(kpis, "own"))


ANSWERS = [answer("a", "2024-03", 10), answer("a", "2024-04", 3), answer("b", "2024-04", 9)]


def figures(inquiry: Inquiry, kpi: str, who: int) -> dict[str, float]:
    """Return the figure of a customer by month where it is known, up to a year before the last."""
    (indicator,) = (one for one in inquiry.indicators if one.id == kpi)
    assert inquiry.panel is not None
    rows = inquiry.panel.rows(indicator, OUTCOMES[1], "total")
    mine = rows.where(rows.customers == who)
    sign = 1 if indicator.better is Better.HIGHER else -1
    return {str(Month(int(month))): sign * float(value) for month, value in zip(mine.months, mine.figures, strict=True)}


def test_a_ratio_is_that_of_the_customers_own_answers() -> None:
    inquiry = asked(book(("a", "", 10.0), ("b", "", 10.0)).with_rows(surveys=ANSWERS), PROMOTERS)
    assert figures(inquiry, "promoter_share", 0) == {"2024-03": 1, "2024-04": 0.5, "2024-05": 0.5, "2024-06": 0}
    assert figures(inquiry, "promoter_share", 1) == {"2024-04": 1, "2024-05": 1, "2024-06": 1}


def test_what_is_counted_is_none_where_there_is_nothing() -> None:
    inquiry = asked(book(("a", "", 10.0), ("b", "", 10.0)).with_rows(surveys=ANSWERS), LOW)
    assert {month for month, value in figures(inquiry, "low_answers", 0).items() if value} == {"2024-04"}
    assert set(figures(inquiry, "low_answers", 1).values()) == {0}


def test_it_is_what_measuring_by_customer_says() -> None:
    names = [f"c{number}" for number in range(6)]
    rng = np.random.default_rng(2)
    given = [
        answer(names[rng.integers(6)], f"2024-{rng.integers(1, 7):02}", int(rng.integers(11))) for _one in range(60)
    ]
    inquiry = asked(book(*((name, "", 10.0) for name in names)).with_rows(surveys=given), PROMOTERS, LOW)
    table = measure(inquiry.facts, [PROMOTERS, LOW], months_up_to(LAST - 12, 6), by=("customer_id",))
    told = table[(table.segment == "total") & table.value.notna() & (table.reason == "")]  # else of too few months
    assert len(told) > 40
    for row in told.itertuples():
        assert figures(inquiry, str(row.kpi), names.index(str(row.customer_id)))[str(row.month)] == pytest.approx(
            row.value
        )


def test_each_customer_is_there_once_whatever_its_segments() -> None:
    plain, own = (asked(many(4, 4).with_rows(surveys=ANSWERS), *kpis) for kpis in ((), (PROMOTERS, LOW)))
    assert plain.panel is not None
    assert own.panel is not None
    assert len(own.panel.months) == len(plain.panel.months)


def test_it_is_tried_beside_the_others_in_its_own_direction() -> None:
    """Twelve are lost in August; each of them had given a low answer in every month before, and no other had."""
    given = [answer(f"c{number:03}", f"2024-{month:02}", 2) for number in range(12) for month in range(1, 8)]
    given += [answer("c031", f"2024-{month:02}", 9) for month in range(1, 13)]
    table = signals(asked(many(12, 20).with_rows(surveys=given), LOW))
    row = table[(table.indicator == "low_answers") & (table.horizon == 6)].iloc[0]
    assert row.auc == 1
    assert set(table.indicator) == {one.id for one in asked(many(12, 20), LOW).indicators}


def test_it_needs_what_it_says_that_it_needs() -> None:
    table = signals(asked(many(12, 20), PROMOTERS))
    mine = table[table.indicator == "promoter_share"]
    assert set(mine.reason) == {"needs surveys"}
    assert len(mine) == len(OUTCOMES)


def test_what_a_single_customer_does_not_have_is_no_indicator() -> None:
    curve = next(kpi for kpi in CATALOGUE if kpi.curve is not None)
    inquiry = asked(many(2, 2), replace(curve, id="own_curve", own=True), SPENT, PROMOTERS)
    assert [one.id for one in inquiry.indicators if one.kpi is not None] == ["promoter_share"]


def test_the_target_of_everybody_is_the_limit_of_a_ratio_alone() -> None:
    targets = {"promoter_share": {"target": 0.5}, "low_answers": {"target": 30}}
    ledger = many(2, 2)
    inquiry = asked(ledger, PROMOTERS, LOW)
    (everybody,) = (one for one in inquiry.settings.segments if not one.where)
    aimed = type(everybody).model_validate({**everybody.model_dump(), "targets": targets})
    settings = inquiry.settings.model_copy(
        update={"segments": tuple(aimed if one.id == everybody.id else one for one in inquiry.settings.segments)}
    )
    limits = {one.id: one.limit for one in team_indicators(inquiry.catalogue, inquiry.facts.manifest, settings)}
    assert limits == {"promoter_share": 0.5, "low_answers": None}


def test_ours_are_not_tried_twice() -> None:
    assert not [one for one in many(2, 2).inquiry(LAST).indicators if one.kpi is not None]
