"""The audit of the health score: by hand on a small book, where nothing can be told, and what outsiders see."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from cslib.analysis.health.audit import COLUMNS, health_audit
from cslib.analysis.health.audit_rows import ALIKE, GROUPS, UNAUDITED, UNFITTED, YOUNG, Finding
from cslib.analysis.health.health import UNLISTED
from cslib.analysis.health.misses import NONE_FOUND, health_misses
from cslib.kpis.reasons import EMPTY
from cslib.periods import Month
from cslib.privacy.suppression import HIDDEN
from tests.ledger import Ledger, inquiry_of
from tests.test_as_of import _demo_facts

if TYPE_CHECKING:
    from cslib.portfolio import Portfolio

END = Month.parse("2026-10")
LAST = Month.parse("2025-06")
SAID: dict[str, Any] = {"components": {"programme": {"bad": 0, "good": 1, "weight": 1}}}
# lost in August 2024, lost in March 2025, never lost; first those without the programme, which are red, then those in it, green
EARLY, LATE, KEPT = (8, 4), (9, 3), (5, 15)


def book(early: tuple[int, int] = EARLY, late: tuple[int, int] = LATE, kept: tuple[int, int] = KEPT) -> Ledger:
    """Return customers of January 2024, of each kind so many without the programme and so many in it."""
    kinds = {"e": (early, date(2024, 8, 1)), "l": (late, date(2025, 3, 1)), "k": (kept, None)}
    names = [
        (f"{kind}{joined}{number:02}", until, joined)
        for kind, (counts, until) in kinds.items() for joined in (0, 1) for number in range(counts[joined])
    ]  # fmt: skip
    contracts = [
        {"customer_id": name, "product": "core", "mrr": Decimal(10), "starts_on": date(2024, 1, 1), "ends_on": until}
        for name, until, _ in names
    ]
    joined = [
        {"customer_id": name, "programme": "p", "started_on": date(2024, 1, 1)}
        for name, _, has_joined in names
        if has_joined
    ]
    customers = [{"customer_id": name, "plan": "large"} for name, *_ in names]
    return Ledger({"customers": customers, "contracts": contracts, "programmes": joined})


@pytest.fixture(scope="module")
def audit() -> pd.DataFrame:
    """Return the audit of the book, of all customers together."""
    return health_audit(book().inquiry(LAST, "total", health=SAID)).set_index(["measure", "group"])


# by hand. 18 months have scores, so that the model knows what came until the 11th, November 2024, and is tried on the closes
# after it whose six months are over by June 2025: that of December 2024


def test_the_area_of_the_late_close_by_hand(audit: pd.DataFrame) -> None:
    # of 12 x 20 pairs 9 x 15 are told right, 9 x 5 + 3 x 15 tie
    row: Any = audit.loc["auc_late", ""]
    assert row.value == pytest.approx((9 * 15 + (9 * 5 + 3 * 15) / 2) / (12 * 20))
    assert (row.n, row.events) == (32, 12)
    assert row.low < row.value < row.high
    assert row.verdict == ("separates" if row.low > 0.5 else "cannot_tell")


def test_the_lift_of_the_worst_tenth_by_hand(audit: pd.DataFrame) -> None:
    # the tenth is 3.2 of 32 customers, all of the 14 that tie with a score of 0, of whom 9 were lost: against 12 of 32
    assert audit.value["lift_late", ""] == pytest.approx((9 / 14) / (12 / 32))


def test_losses_by_band_by_hand(audit: pd.DataFrame) -> None:
    assert audit.value["loss_share_late", "red"] == pytest.approx(9 / 14)
    assert audit.value["loss_share_late", "green"] == pytest.approx(3 / 18)
    assert audit.reason["loss_share_late", "yellow"] == EMPTY
    assert audit.verdict["loss_share_late", "red"] == "ordered"
    # of all closes: those lost in August are there at seven, the first of them over six months before;
    # those lost in March at the twelve whose six months are over, the last four of them within six months before
    red, lost = 8 * 7 + 9 * 12 + 5 * 12, 8 * 6 + 9 * 4
    assert audit.value["loss_share", "red"] == pytest.approx(lost / red)
    assert audit.value["red_but_stayed", ""] == pytest.approx(1 - lost / red)
    assert audit.value["green_but_lost", ""] == pytest.approx((4 + 3) / 24)
    assert (audit.n["loss_share", "red"], audit.events["loss_share", "red"]) == (22, 17)


def test_where_the_customers_are_now(audit: pd.DataFrame) -> None:
    now = audit.loc["customers"]
    assert now.value.to_dict() == pytest.approx({"red": 5 / 20, "yellow": 0, "green": 15 / 20, "none": 0})
    assert (now.n == 20).all()
    assert now.events.to_list() == [5, 0, 15, 0]


def test_one_component_cannot_be_weighed_otherwise(audit: pd.DataFrame) -> None:
    assert audit.value["refit_auc_late", ""] == pytest.approx(audit.value["auc_late", ""])
    assert audit.value["refit_gain", ""] == pytest.approx(0, abs=1e-12)
    assert audit.verdict["refit_gain", ""] == "noise"


def test_the_model_learns_from_closes_whose_months_are_over_before_the_late_ones(audit: pd.DataFrame) -> None:
    """Of the closes up to May 2024 lie six months behind T0: five of the 8 + 4 early ones, all of the 44 customers."""
    # from February on the early ones are lost within six months: 4 of 5 closes; with a ridge the model shrinks towards the mean
    seen = {"red": (8 * 4) / (22 * 5), "green": (4 * 4) / (22 * 5)}
    mean = (12 * 4) / (44 * 5)
    worst, best = np.nanmax(audit.value["predicted"]), np.nanmin(audit.value["predicted"])
    assert mean < worst <= seen["red"] + 1e-9
    assert seen["green"] - 1e-9 <= best < mean
    assert set(audit.n["observed"]) == {14, 18, 0}  # two chances make two of the five groups


def test_other_weights_help_where_the_set_ones_are_wrong() -> None:
    """A score in which the programme weighs little, and much a figure that is spread alike over all kinds of customers."""
    ledger = book((20, 2), (20, 2), (6, 44))
    customers = [{**row, "size": str(int(row["customer_id"][2:]) % 10 * 10)} for row in ledger.rows["customers"]]
    said = {"components": {
        "programme": {"bad": 0, "good": 1, "weight": 1}, "customers.size": {"bad": 0, "good": 100, "weight": 20},
    }}  # fmt: skip
    both = ledger.with_rows(customers=customers).under(indicators={"size": "higher"})
    audit = health_audit(both.inquiry(LAST, "total", health=said)).set_index(["measure", "group"])
    assert audit.value["refit_gain", ""] == pytest.approx(
        audit.value["refit_auc_late", ""] - audit.value["auc_late", ""]
    )
    assert audit.verdict["refit_gain", ""] == "helps"
    assert audit.low["refit_gain", ""] > 0


def test_a_score_turned_round_points_the_wrong_way() -> None:
    said = {"components": {"programme": {"bad": 1, "good": 0, "weight": 1}}}
    audit = health_audit(book((20, 2), (20, 2), (6, 44)).inquiry(LAST, "total", health=said)).set_index(
        ["measure", "group"]
    )
    assert audit.verdict["auc", ""] == "other_way"
    assert audit.verdict["loss_share", "red"] == "not_ordered"


# the lists


def test_the_two_lists_by_hand() -> None:
    table = health_misses(book().inquiry(LAST, "total", health=SAID))
    lost, stayed = (table[table.list == name] for name in ("green_but_lost", "red_but_stayed"))
    assert lost.customer_id.to_list() == [
        *(f"l1{number:02}" for number in range(3)),
        *(f"e1{number:02}" for number in range(4)),
    ]
    assert lost.close.to_list() == ["2024-12"] * 3 + ["2024-07"] * 4
    assert lost.came.to_list() == ["2025-03"] * 3 + ["2024-08"] * 4
    assert (lost.score == 100).all()
    assert stayed.groupby("close").size().to_dict() == {"2024-12": 5, "2024-08": 9, "2024-01": 8}
    assert set(stayed[stayed.close == "2024-12"].came) == {"red"}  # six months later
    assert set(stayed[stayed.close == "2024-08"].came) == {"red"}  # in February, the month before the loss


def test_an_empty_list_says_so() -> None:
    table = health_misses(book((8, 0), (12, 0), (0, 20)).inquiry(LAST, "total", health=SAID))
    assert table[table.list == "green_but_lost"].reason.to_list() == [NONE_FOUND]


# what cannot be told


def test_under_ten_losses_it_cannot_be_audited_yet() -> None:
    audit = health_audit(book(late=(6, 3)).inquiry(LAST, "total", health=SAID))
    past = audit[audit.measure != "customers"]
    assert past.value.isna().all()
    assert set(past.reason) == {UNAUDITED}
    assert (past.verdict == "").all()
    assert audit[audit.measure == "customers"].value.notna().all()
    assert audit.set_index(["measure", "group"]).events["auc_late", ""] == 9


@pytest.mark.parametrize(
    ("ledger", "month", "reason"),
    [
        (book().without("programmes"), LAST, "needs programmes"),
        (book().without("programmes", "contracts"), LAST, "needs contracts"),
        (book(), Month.parse("2024-05"), YOUNG),
        (book((0, 0), (0, 0), (1, 0)), LAST, UNAUDITED),
    ],
    ids=["a component", "all", "no history", "one customer"],
)
def test_why_nothing_can_be_told(ledger: Ledger, month: Month, reason: str) -> None:
    inquiry = ledger.inquiry(month, health=SAID)
    audit = health_audit(inquiry)
    assert audit.groupby("segment").size().to_dict() == dict.fromkeys(
        ("large", "total"), sum(map(len, GROUPS.values()))
    )
    assert set(audit[audit.measure != "customers"].reason) == {reason}
    assert health_misses(inquiry).groupby(["segment", "list"]).size().sum() >= 4


def test_a_model_needs_losses_to_learn_from() -> None:
    audit = health_audit(book(early=(0, 0)).inquiry(LAST, "total", health=SAID)).set_index(["measure", "group"])
    assert set(audit.reason[["refit_auc_late", "refit_gain", "predicted", "observed"]]) == {UNFITTED}
    assert audit.verdict["auc_late", ""] in {"separates", "cannot_tell"}


def test_all_scores_alike_tell_nothing() -> None:
    audit = health_audit(book((12, 0), (12, 0), (20, 0)).inquiry(LAST, "total", health=SAID)).set_index(
        ["measure", "group"]
    )
    assert audit.value["auc_late", ""] == 0.5
    assert audit.verdict["auc_late", ""] == "cannot_tell"
    assert audit.value["lift_late", ""] == pytest.approx(1)
    assert audit.verdict["loss_share_late", "red"] == "cannot_tell"
    everybody = health_audit(book((12, 0), (12, 8), (0, 0)).inquiry(LAST, "total", health=SAID)).set_index(
        ["measure", "group"]
    )
    assert everybody.reason["auc_late", ""] == ALIKE


# for whom


def test_outsiders_are_told_of_nobody_and_of_no_few() -> None:
    """Three customers in a segment of their own: neither they, nor the total less the others."""
    ledger = book()
    customers = [
        {**row, "plan": "small" if row["customer_id"] in {"k000", "l000", "e000"} else "large"}
        for row in ledger.rows["customers"]
    ]
    facts = ledger.with_rows(customers=customers).facts(LAST)
    inside = health_audit(inquiry_of(facts, LAST, health=SAID))
    facts.manifest = facts.manifest.model_copy(update={"audience": "external"})
    outside = health_audit(inquiry_of(facts, LAST, health=SAID))
    hidden = outside[outside.reason == HIDDEN]
    assert {"small", "large"} <= set(hidden.segment[hidden.measure == "auc"])
    assert hidden[["value", "low", "high", "n", "events"]].isna().all().all()
    assert (inside.reason != HIDDEN).all()
    told = outside[(outside.reason != HIDDEN) & outside.n.notna()]
    assert not told.n.between(1, 4).any()
    assert not told.events.between(1, 4).any()
    assert set(health_misses(inquiry_of(facts, LAST, health=SAID)).reason) == {UNLISTED}


def test_outsiders_are_told_where_none_are_few() -> None:
    facts = book((8, 8), (9, 9), (10, 30)).facts(LAST)
    facts.manifest = facts.manifest.model_copy(update={"audience": "external"})
    outside = health_audit(inquiry_of(facts, LAST, "total", health=SAID)).set_index(["measure", "group"])
    assert outside.reason["auc", ""] == ""
    assert outside.value["customers", "red"] == pytest.approx(10 / 40)


def test_the_table_of_the_demo(demo_book: Portfolio) -> None:
    """Rows dated later change nothing, and a segment asked alone is told what it is told among all."""
    month = END - 5
    tables = [health_audit(inquiry_of(_demo_facts(demo_book, month, known), month)) for known in (None, month)]
    pd.testing.assert_frame_equal(tables[0], tables[1])
    assert tuple(tables[0].columns) == COLUMNS
    alone = health_audit(inquiry_of(_demo_facts(demo_book, month), month, "smb"))
    pd.testing.assert_frame_equal(alone, tables[0][tables[0].segment == "smb"].reset_index(drop=True))
    assert set(tables[0].verdict) <= {"", *map(str, Finding)}
    assert ((tables[0].value.isna()) == (tables[0].reason != "")).all()
