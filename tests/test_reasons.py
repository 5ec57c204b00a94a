"""Why a value is not there."""

from __future__ import annotations

import math

import pytest

from cslib.i18n import Wording
from cslib.kpis import CATALOGUE, reasons
from cslib.privacy.suppression import HIDDEN

RATE, CURVE, PRODUCT = CATALOGUE.by_id["nrr"], CATALOGUE.by_id["time_to_first_value"], CATALOGUE.by_id["ltv_survival"]


@pytest.mark.parametrize(
    ("kpi", "absent", "value", "n", "why"),
    [
        (RATE, [], 0.8, 5, ""),
        (RATE, [], 0.0, 0, ""),
        (RATE, ["contracts"], 0.8, 5, "needs contracts"),
        (RATE, ["contracts", "goals.due_on"], math.nan, 0, "needs contracts, goals.due_on"),
        (RATE, ["usage.used_on"], math.nan, 0, reasons.NO_DAYS),
        (RATE, ["contracts", "usage.used_on"], math.nan, 0, "needs contracts"),
        (RATE, [], math.nan, 0, reasons.EMPTY),
        (RATE, [], math.nan, 1, reasons.ZERO),
        (CURVE, [], math.nan, 0, reasons.EMPTY),
        (CURVE, [], math.nan, 3, reasons.OPEN),
        (PRODUCT, [], math.nan, 3, reasons.ZERO),  # a curve among factors has a mean always; it is the factors that fail
    ],
)  # fmt: skip
def test_why_a_value_is_not_there(kpi: object, absent: list[str], value: float, n: float, why: str) -> None:
    assert reasons.why(kpi, absent, value, n) == why  # type: ignore[arg-type]


def test_groups_that_cannot_be_told_are_named() -> None:
    assert reasons.cannot_be_told_by(["csm", "plan"]) == "apart: it cannot be told by csm, plan"


@pytest.mark.parametrize("code", [reasons.NO_DAYS, reasons.EMPTY, reasons.ZERO, reasons.OPEN, HIDDEN, reasons.APART])
def test_every_reason_has_words_of_its_own(code: str) -> None:
    ja, en = Wording("ja").reason(code), Wording("en").reason(code)
    assert ja not in (code, en)
    assert en
    assert ja == Wording("ja").text(f"reason_{code.partition(':')[0]}")
