"""Every Hypothesis strategy of the tests: small books of customers with all that contracts do, and policies."""

from __future__ import annotations

import os
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from cslib.periods import Month
from cslib.settings import Policies
from tests.ledger import FIRST, Ledger

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import DrawFn, SearchStrategy

    from tests.ledger import Row, Rows

MONTHS = 18
LAST = FIRST + (MONTHS - 1)
PLANS = ("large", "small")  # the segments
PRODUCTS = ("core", "insight", "board")
FEATURES = ("report", "board", "api")
_SPAN = (LAST.last_day - FIRST.first_day).days
_EDGES = tuple(
    day
    for back in range(MONTHS)
    for day in ((FIRST + back).first_day, (FIRST + back).last_day - timedelta(days=back % 2))
)
_OPEN = -1


def examples(count: int) -> settings:
    """Return the settings of a law that is tried on so many books by CI and on half of them elsewhere, the same ones every time."""
    return settings(
        max_examples=count if os.environ.get("CI") else max(2, count // 2),
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    )


def days() -> SearchStrategy[date]:
    """Return days within the book, the first and the last of a month as often as all others."""
    any_day = st.integers(0, _SPAN).map(lambda after: FIRST.first_day + timedelta(days=after))
    return st.sampled_from(_EDGES) | any_day


POLICIES: dict[str, SearchStrategy[object]] = {
    "contract_end": st.sampled_from(["last_day", "first_day_without"]),
    "churn_month": st.sampled_from(["last_day", "day_after"]),
    "grace_days": st.sampled_from([0, 0, 1, 3, 7, 14, 20]),
    "overlapping_terms": st.sampled_from(["add", "later_replaces"]),
    "credit_notes": st.sampled_from(["set_aside", "net"]),
    "onboarding_days": st.sampled_from([30, 90]),
    "adoption_weeks": st.sampled_from([{"active": 1, "of": 2}, {"active": 3, "of": 4}]),
    "core_features": st.sampled_from([[], ["report"], ["report", "api"]]),
    "usage_decline": st.sampled_from([0.1, 0.3]),
    "gross_margin": st.sampled_from([0.7, 1]),
    "hourly_cost": st.sampled_from([60, 5000]),
    "nps_repeat": st.sampled_from(["latest", "all"]),
}


def policies() -> SearchStrategy[Policies]:
    """Return policies, of those that decide figures."""
    return st.fixed_dictionaries(POLICIES).map(Policies.model_validate)


# contracts

_LENGTHS = st.sampled_from([0, 1, 14, 27, 30, 58, 89, 181, 364, _OPEN])
_GAPS = st.sampled_from([0, 0, 0, -1, -12, 1, 2, 5, 13, 21, 40, 100])
_AMOUNTS = st.sampled_from([0, 10, 20, 20, 30, 30, 50, Decimal("166.666667")])


@st.composite
def terms(draw: DrawFn) -> list[Row]:
    """Return the contracts of a customer, one after the other: adjacent, overlapping, late, or long after."""
    starts_on, found = draw(days()), []
    for _ in range(draw(st.integers(0, 4))):
        ends_on = draw(_ends(starts_on))
        found.append({"starts_on": starts_on, "ends_on": ends_on, **draw(_particulars())})
        starts_on = (ends_on or starts_on + timedelta(days=60)) + timedelta(days=1 + draw(_GAPS))
    return found


@st.composite
def returns(draw: DrawFn) -> list[Row]:
    """Return the contracts of a customer that leaves and returns three times."""
    starts_on, found = FIRST.first_day + timedelta(days=draw(st.integers(0, 60))), []
    for _ in range(4):
        ends_on = starts_on + timedelta(days=draw(st.integers(33, 70)))
        found.append(
            {"starts_on": starts_on, "ends_on": ends_on, "product": "core", "mrr": draw(st.sampled_from([20, 30]))}
        )
        starts_on = ends_on + timedelta(days=draw(st.integers(55, 80)))
    return found


@st.composite
def amended(draw: DrawFn) -> list[Row]:
    """Return the terms of a customer that are changed within them, the new row to the old end or for a full term."""
    starts_on, months = draw(days()), draw(st.sampled_from([1, 3, 6, 12]))
    agreed, products, found = _after(starts_on, months), [draw(st.sampled_from(PRODUCTS))], []
    for _ in range(draw(st.integers(2, 6))):
        change = starts_on + timedelta(days=draw(st.sampled_from([14, 31, 59, 90])))
        runs_out = change >= agreed or draw(st.booleans())
        ends = agreed if runs_out else change
        found.append({"starts_on": starts_on, "ends_on": ends - timedelta(days=1), "product": products[-1], "mrr": 20,
                      "term_months": months})  # fmt: skip
        if runs_out or draw(st.booleans()):
            agreed = _after(ends, months)
        products.append(draw(st.sampled_from([products[-1], products[-1], *PRODUCTS])))
        starts_on = ends + timedelta(days=draw(st.sampled_from([0, 0, 0, 3])))
    return found


def _after(day: date, months: int) -> date:
    """Return the day so many months later, in a month without that day its last."""
    month = Month.of(day) + months
    return min(month.first_day + timedelta(days=day.day - 1), month.last_day)


@st.composite
def _ends(draw: DrawFn, starts_on: date) -> date | None:
    length = draw(_LENGTHS)
    if length == _OPEN:
        return None
    end = starts_on + timedelta(days=length)
    if draw(st.booleans()):  # at the end of its month, as most terms do
        end = (end.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return end


def _particulars() -> SearchStrategy[Row]:
    return st.fixed_dictionaries(
        {
            "product": st.sampled_from(PRODUCTS),
            "mrr": _AMOUNTS,
            "seats": st.sampled_from([None, 0, 2, 3]),
            "term_months": st.sampled_from([None, None, 6, 12]),
            "trial": st.sampled_from([False, False, False, True]),
        }
    )


def lives() -> SearchStrategy[list[Row]]:
    """Return the contracts of a customer: one product after the other, two side by side, returns, changes in mid-term."""
    side_by_side = st.tuples(terms(), terms() | amended()).map(lambda two: two[0] + two[1])
    return st.one_of(terms(), side_by_side, side_by_side, returns(), amended())


# what happens beside the contracts


def _maybe(values: SearchStrategy[date]) -> SearchStrategy[date | None]:
    return st.none() | values


@st.composite
def _then(draw: DrawFn, since: str, until: str) -> Row:
    """Return two days in order, the second often blank."""
    first = draw(days())
    later = draw(st.sampled_from([None, 0, 1, 14, 15, 40, 200]))
    return {since: first, until: None if later is None else first + timedelta(days=later)}


def _with(dated: SearchStrategy[Row], **columns: SearchStrategy[object]) -> SearchStrategy[Row]:
    return st.tuples(dated, st.fixed_dictionaries(columns)).map(lambda both: both[0] | both[1])


def _on(column: str) -> SearchStrategy[Row]:
    return st.fixed_dictionaries({column: days()})


@st.composite
def _questions(draw: DrawFn) -> Row:
    kind, highest = draw(st.sampled_from([("nps", 10), ("nps", 10), ("csat", 5), ("ces", 7)]))
    dated = draw(_then("sent_on", "responded_on"))
    if draw(st.booleans()):
        dated["sent_on"] = None
    score = draw(st.integers(0 if kind == "nps" else 1, highest)) if dated["responded_on"] else None
    return {**dated, "kind": kind, "score": score, "respondent_id": draw(st.sampled_from([None, "r1", "r2"]))}


@st.composite
def _proposals(draw: DrawFn) -> Row:
    dated = draw(_then("opened_on", "closed_on"))
    status = draw(st.sampled_from(["won", "lost"])) if dated["closed_on"] else "open"
    return {**dated, "status": status, "kind": draw(st.sampled_from(["upsell", "renewal"]))}


def _orders() -> SearchStrategy[Row]:
    return _with(_on("purchased_on"), amount=st.sampled_from([0, 100, 100]))


def _credit_notes() -> SearchStrategy[Row]:
    """Return amounts below 0, of the customer's first order, its second, or of none."""
    return _with(
        _on("purchased_on"), amount=st.sampled_from([-100, -100, -40]), purchase_id=st.sampled_from([None, 0, 0, 1])
    )


def _order_lines() -> SearchStrategy[Row]:
    """Return amounts of either sign, several of them lines of one order."""
    amounts = st.sampled_from([0, 60, 100, 100, -40, -100])
    return _with(_on("purchased_on"), amount=amounts, purchase_id=st.sampled_from([None, 0, 0, 1]))


def _as_times(row: Row) -> Row:
    return {
        key: datetime.combine(value, time(23, 30)) if isinstance(value, date) else value for key, value in row.items()
    }


_BESIDE: dict[str, tuple[int, Callable[[], SearchStrategy[Row]]]] = {
    "milestones": (3, lambda: st.fixed_dictionaries({
        "milestone": st.sampled_from(["kickoff", "golive"]), "due_on": _maybe(days()), "completed_on": _maybe(days()),
        "required": st.sampled_from([True, True, False]),
    })),
    "users": (3, lambda: _then("issued_on", "closed_on")),
    "usage": (8, lambda: _with(
        _on("used_on"), user_id=st.sampled_from([None, "u1", "u2"]), feature=st.sampled_from(FEATURES),
        events=st.sampled_from([0, 1, 1, 5]),
    )),
    "surveys": (4, _questions),
    "voices": (2, lambda: _with(
        _on("posted_on"), channel=st.sampled_from(["review", "sns"]), rating=st.sampled_from([None, 3, 4]),
    )),
    "goals": (3, lambda: _with(
        _on("set_on"), level=st.sampled_from(["department", "individual"]), due_on=_maybe(days()),
        achieved_on=_maybe(days()), confirmed_by_customer=st.sampled_from([None, True, False]),
    )),
    "proposals": (2, _proposals),
    "touches": (3, lambda: _with(_on("occurred_on"), kind=st.just("call"), minutes=st.sampled_from([None, 0, 30]))),
    "tickets": (2, lambda: _with(
        _then("opened_at", "resolved_at").map(_as_times), severity=st.sampled_from([None, "low", "urgent"]),
    )),
    "purchases": (4, lambda: _orders() | _credit_notes()),
}  # fmt: skip
_IDS = {"contracts": "contract_id", "surveys": "response_id", "goals": "goal_id", "proposals": "proposal_id",
        "tickets": "ticket_id", "users": "user_id", "purchases": "purchase_id"}  # fmt: skip


def _customers() -> SearchStrategy[Row]:
    return st.fixed_dictionaries(
        {
            "plan": st.sampled_from(PLANS),
            "csm": st.sampled_from([None, "sato", "suzuki"]),
            "touch_model": st.sampled_from(["high", "tech"]),
            "industry": st.sampled_from([None, "retail", "food"]),
            "region": st.sampled_from(["kanto", "kansai"]),
            "size": st.sampled_from([None, "big"]),
            "acquisition_cost": st.sampled_from([None, 0, 90]),
            "reference_permission": st.sampled_from([None, "named", "refused"]),
        }
    )


@st.composite
def contract_books(draw: DrawFn, most: int = 8) -> Ledger:
    """Return a book of customers and their contracts alone, under any policies."""
    rows: Rows = {"customers": [], "contracts": []}
    for number in range(draw(st.integers(1, most))):
        _add(rows, f"c{number}", draw(_customers()), {"contracts": draw(lives())})
    return Ledger(rows, draw(policies()))


@st.composite
def order_books(draw: DrawFn, most: int = 6) -> Ledger:
    """Return a book of customers and their orders alone: lines, orders without an id, credit notes before and after them."""
    rows: Rows = {"customers": [], "purchases": []}
    for number in range(draw(st.integers(1, most))):
        _add(rows, f"c{number}", draw(_customers()), {"purchases": draw(st.lists(_order_lines(), max_size=6))})
    return Ledger(rows, draw(policies()))


@st.composite
def books(draw: DrawFn, most: int = 8) -> Ledger:
    """Return a book of customers with every table, costs as often as not, under any policies."""
    rows: Rows = {"customers": [], "contracts": [], **{name: [] for name in _BESIDE}}
    for number in range(draw(st.integers(1, most))):
        beside = {name: draw(st.lists(row(), max_size=most_rows)) for name, (most_rows, row) in _BESIDE.items()}
        _add(rows, f"c{number}", draw(_customers()), {"contracts": draw(lives()), **beside})
    if draw(st.booleans()):
        segments = sorted({str(row["plan"]) for row in rows["customers"]})
        rows["costs"] = draw(st.lists(_costs(segments), min_size=1, max_size=6))
    return Ledger(rows, draw(policies()))


def _costs(segments: list[str]) -> SearchStrategy[Row]:
    months = st.integers(0, MONTHS - 1).map(lambda after: (FIRST + after).first_day)
    return st.fixed_dictionaries(
        {
            "month": months,
            "kind": st.sampled_from(["cs", "support", "acquisition"]),
            "amount": st.sampled_from([7, 70]),
            "segment": st.sampled_from(segments),
        }
    )


def _add(rows: Rows, customer: str, particulars: Row, theirs: Rows) -> None:
    """Add a customer and its rows to a book, each with its ids."""
    rows["customers"].append({"customer_id": customer, "name": customer.upper(), **particulars})
    for name, found in theirs.items():
        key = _IDS.get(name)
        ids = [_id(row, key, customer, place) if key else {} for place, row in enumerate(found)]
        rows[name] += [{"customer_id": customer, **row, **id_} for id_, row in zip(ids, found, strict=True)]


def _id(row: Row, key: str, customer: str, place: int) -> Row:
    """Return the id of a row: that of its own place, or of the place that it names; None stays without."""
    named = row.get(key, place)
    return {key: None if named is None else f"{customer}-{named}"}
