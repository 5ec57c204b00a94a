"""Defence or offence: churn against the wall below which little is left to defend, and what either side has left to gain."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cslib.analysis.few import few_segments
from cslib.analysis.growth.readiness import Readiness
from cslib.analysis.growth.rooms import Rooms, book_of
from cslib.analysis.panel import NEEDS
from cslib.kpis import reasons
from cslib.privacy.suppression import HIDDEN
from cslib.stats import headroom

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cslib.analysis.growth.readiness import Offers
    from cslib.analysis.growth.rooms import Book
    from cslib.analysis.inquiry import Inquiry
    from cslib.analysis.paid import Paid
    from cslib.settings import Policies

    Flags = NDArray[np.bool_]

HORIZONS = (12, 24, 36)  # months over which what could be gained is summed up
RATES = ("churn", "low", "high", "wall", "annual", "annual_low", "annual_high", "annual_wall")
COUNTS = ("months", "losses", "needed", "full_seats", "won", "closed")
MONEY = ("mrr", "lost_share", "contraction_share", "expansion_share")
ROOMS = ("defence_room", "defence_low", "defence_high", "offence_room", "offence_low", "offence_high")
OFFERED = ("win_rate", "win_low", "win_high")
COLUMNS = (
    "segment", "month", "horizon", *RATES, "months", "losses", *MONEY, *ROOMS, "full_seats",
    "seat_offers", "product_offers", "won", "closed", *OFFERED, "needed",
    "verdict", "reason",
)  # fmt: skip
WIDE = "across: the interval of churn holds the wall"
UNASKED = "unasked: no proposal of more seats or of a product was closed in 12 months"


class Side(StrEnum):
    """What can be said of churn and the wall."""

    BELOW_WALL = "below_wall"
    DEFENCE_FIRST = "defence_first"
    CANNOT_TELL = "cannot_tell"


def wall(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per segment and horizon: `COLUMNS`; figures are nan where `reason` says why.

    `churn` is customers lost per customer-month of the last twelve months, with its exact 95 % interval, held against the policy
    `wall`; `annual` is what it comes to in a year, 1 - (1 - churn)^12. `months` counts customer-months, `losses` the
    customers lost. `lost_share`, `contraction_share` and `expansion_share` are shares of recurring revenue a month.
    `defence_room` is the margin that `horizon` months would gain if churn fell to the wall, where it lies above, lost revenue
    with it in the same proportion, and nothing was reduced; `offence_room` if more seats (`seat_offers`) were offered to those who
    use most of theirs (`full_seats`) and products to those who lack them (`product_offers`), all within twelve months,
    and won as usual; each with the 10 to 90 % band of 1,000 draws of customers. `needed` is about how many customer-months it
    takes to tell churn from the wall.

    No side is named unless both rooms are known with their bands.
    """
    facts, paid, segments = inquiry.facts, inquiry.paid, sorted(inquiry.segments)
    if paid is None:
        lacks = f"{reasons.NEEDS} {', '.join(facts.missing(NEEDS))}"
        return _table(inquiry, [row for name in segments for row in _untold(name, lacks)])
    told = Readiness(facts, inquiry.as_of, paid)
    table = _table(inquiry, [row for name in segments for row in _segment(name, paid, told, facts.policies)])
    hidden = table.segment.isin(few_segments(facts, paid.cells, _groups(paid, told)))
    table.loc[hidden, list(COLUMNS[3:-2])] = pd.NA
    table.loc[hidden, ["verdict", "reason"]] = [str(Side.CANNOT_TELL), HIDDEN]
    return table


def _table(inquiry: Inquiry, rows: list[dict[str, Any]]) -> pd.DataFrame:
    table = pd.DataFrame(rows).assign(month=str(inquiry.as_of)).reindex(columns=list(COLUMNS))
    return table.astype(dict.fromkeys(COLUMNS[3:-2], "float64")).astype(dict.fromkeys(COUNTS, "Int64"))


def _untold(segment: str, reason: str) -> list[dict[str, Any]]:
    said = {"segment": segment, "verdict": str(Side.CANNOT_TELL), "reason": reason}
    return [{**said, "horizon": horizon} for horizon in HORIZONS]


def _segment(segment: str, paid: Paid, told: Readiness, policies: Policies) -> list[dict[str, Any]]:
    inside = paid.members[segment]
    book = book_of(paid, inside)
    if not book.opened.sum():
        return _untold(segment, f"{reasons.SHORT}: 1 of 2 months" if book.now.any() else reasons.EMPTY)
    offers = told.offers(inside)
    lacks = told.lacking or ("" if offers.closed else UNASKED)
    common = {"segment": segment, **_rates(book, policies.wall), **_money(book), **_offered(offers, told.lacking)}
    side, reason = _side(common, lacks)
    needed = _needed(book, policies.wall) if reason == WIDE else np.nan
    judged = {**common, "needed": needed, "verdict": str(side), "reason": reason}
    rooms = Rooms(book, offers, policies)
    return [
        {**judged, "horizon": horizon, **rooms.defence(horizon), **({} if lacks else rooms.offence(horizon))}
        for horizon in HORIZONS
    ]


def _needed(book: Book, limit: float) -> float:
    needed = headroom.needed(book.churn, limit)
    return math.ceil(needed) if math.isfinite(needed) else np.nan


def _rates(book: Book, limit: float) -> dict[str, float]:
    months, losses = float(book.opened.sum()), float(book.losses.sum())
    low, high = headroom.clopper_pearson(losses, months)
    monthly = {"": book.churn, "_low": float(low), "_high": float(high), "_wall": limit}
    return {
        "churn": monthly[""], "low": monthly["_low"], "high": monthly["_high"], "wall": limit, "months": months, "losses": losses,
        **{f"annual{name}": 1 - (1 - rate) ** 12 for name, rate in monthly.items()},
    }  # fmt: skip


def _money(book: Book) -> dict[str, float]:
    churn, contraction, expansion = book.course
    return {
        "mrr": float(book.now.sum()), "lost_share": float(churn), "contraction_share": float(contraction),
        "expansion_share": float(expansion),
    }  # fmt: skip


def _offered(offers: Offers, lacking: str) -> dict[str, float]:
    if lacking:
        return {}
    rates = dict(zip(OFFERED, offers.win_rate, strict=True)) if offers.closed else {}
    return {
        "full_seats": offers.full_seats, "seat_offers": float(offers.seats.sum()), "product_offers": float(offers.products.sum()),
        "won": offers.won, "closed": offers.closed, **rates,
    }  # fmt: skip


def _side(rates: dict[str, Any], lacks: str) -> tuple[Side, str]:
    if lacks:
        return Side.CANNOT_TELL, lacks
    if rates["high"] < rates["wall"]:
        return Side.BELOW_WALL, ""
    return (Side.DEFENCE_FIRST, "") if rates["low"] > rates["wall"] else (Side.CANNOT_TELL, WIDE)


def _groups(paid: Paid, told: Readiness) -> list[Flags]:
    """Return the groups of customers whose number, or whose amounts, a row tells."""
    book = book_of(paid, np.ones(len(paid.ids), dtype=np.bool_))
    moved = [book.opened > 0, book.losses > 0, book.reduced > 0, book.added > 0, book.now > 0]
    return [*moved, *told.groups]
