"""Churn against the wall, and what defence and offence have to gain, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cslib.analysis.growth.renewals_ahead import ALL
from cslib.analysis.health.scores import BANDS
from cslib.i18n import numbers
from cslib.kpis.kpi import Unit
from cslib.tables.lists import plain_table
from cslib.tables.output import Table, csv_text

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from cslib.i18n import Wording
    from cslib.tables.lists import Shown

_FINE = 2  # decimals of a share a month, which is around one in a hundred
_SIDES = ("defence", "offence")


def wall_table(frame: pd.DataFrame, wording: Wording) -> Table:
    """Return what each side has to gain by horizon, below the verdict on churn and the wall."""
    title, first = wording.text("wall_title"), frame.iloc[0].to_dict()
    if pd.isna(first["churn"]):
        said = wording.text("wall_untold", reason=wording.reason(first["reason"]))
        return Table(name="wall", title=title, text=said, csv=csv_text(frame))
    rows = [
        {
            "horizon": wording.value(Unit.MONTHS, row["horizon"]),
            **{side: wording.value(Unit.AMOUNT, row[f"{side}_room"]) for side in _SIDES},
            **{f"{side}_band": _band(row, side, wording) for side in _SIDES},
        }
        for row in frame.to_dict("records")
    ]
    columns: dict[str, Shown] = {"horizon": wording.text("wall_horizon")}
    for side in _SIDES:
        columns |= {
            side: (wording.text(f"wall_{side}"), "figure"),
            f"{side}_band": (wording.text("wall_band"), "figure"),
        }
    shown = plain_table(pd.DataFrame(rows), wording, title, columns, name="wall")
    return Table(name="wall", title=title, text=_verdict(first, wording), html=shown.html, csv=csv_text(frame))


def wall_basis(frame: pd.DataFrame, wording: Wording) -> Table:
    """Return what the rooms are reckoned from: what moved in a year, who is ready, and how often such proposals were won."""
    title, first = wording.text("wall_basis_title"), frame.iloc[0].to_dict()
    lines = {name: wording.value(Unit.AMOUNT, first[name]) for name in ("mrr", "seat_offers", "product_offers")}
    lines |= {name: _fine(first[name], wording) for name in ("lost_share", "contraction_share", "expansion_share")}
    lines |= {"full_seats": wording.value(Unit.COUNT, first["full_seats"]), "win_rate": _won(first, wording)}
    lines["win_interval"] = wording.interval(Unit.SHARE, first["win_low"], first["win_high"])
    order = (
        "mrr", "lost_share", "contraction_share", "expansion_share", "full_seats", "seat_offers", "product_offers",
        "win_rate", "win_interval",
    )  # fmt: skip
    listed = pd.DataFrame([{"line": wording.text(f"wall_{name}"), "figure": lines[name]} for name in order])
    columns: dict[str, Shown] = {"line": wording.text("wall_line"), "figure": (wording.text("value"), "figure")}
    shown = plain_table(listed, wording, title, columns, name="wall-basis")
    return Table(name="wall-basis", title=title, text=wording.text("wall_basis_text"), html=shown.html, csv=shown.csv)


def renewals_table(frame: pd.DataFrame, wording: Wording) -> Table:
    """Return the amounts that fall due by month, and how they divide over the bands of the health score."""
    title, whole = wording.text("renewals_ahead"), frame[frame.band == ALL]
    if whole.reason.iloc[0] and whole.mrr.isna().all():
        return Table("renewals-ahead", title, wording.reason(whole.reason.iloc[0]), csv=csv_text(frame))
    if not whole.mrr.sum():
        return Table("renewals-ahead", title, wording.text("renewals_none"), csv=csv_text(frame))
    banded = frame[(frame.band != ALL) & frame.mrr.notna()]
    by_band = banded.pivot_table(index="due_month", columns="band", values="mrr", aggfunc="sum")
    shown_bands = [band for band in BANDS if band in by_band]
    columns: dict[str, Shown] = {
        "due_month": (wording.text("month"), "month"),
        "customers": (wording.text("renewals_customers"), Unit.COUNT),
        "mrr": (wording.text("renewals_amount"), Unit.AMOUNT),
        **{band: (wording.text(f"band_{band}"), Unit.AMOUNT) for band in shown_bands},
    }
    largest = whole.iloc[int(whole.mrr.argmax())]
    text = wording.text(
        "renewals_text", amount=wording.value(Unit.AMOUNT, whole.mrr.sum()), month=wording.month(largest.due_month),
        largest=wording.value(Unit.AMOUNT, largest.mrr),
    )  # fmt: skip
    lines = whole.merge(by_band, "left", left_on="due_month", right_index=True)
    shown = plain_table(lines, wording, title, columns, name="renewals-ahead")
    said = wording.sentences(text, *_losses_of_bands(banded, wording))
    return Table(name="renewals-ahead", title=title, text=said, html=shown.html, csv=csv_text(frame))


def _losses_of_bands(banded: pd.DataFrame, wording: Wording) -> list[str]:
    """Return how many of each band were lost in the past, where that can be told."""
    past = banded.drop_duplicates("band").set_index("band")
    told = [
        wording.text(
            "renewals_lost", band=wording.text(f"band_{band}"), share=wording.value(Unit.SHARE, past.loss_share[band]),
            interval=wording.interval(Unit.SHARE, past.low[band], past.high[band]),
        )
        for band in BANDS
        if band in past.index and pd.notna(past.low[band])
    ]  # fmt: skip
    return [wording.text("renewals_bands", bands=wording.join(told))] if told else []


def _verdict(row: Mapping[Hashable, Any], wording: Wording) -> str:
    shares = ("churn", "annual", "wall", "annual_wall")
    counts = {name: int(row[name]) for name in ("months", "losses")}
    churn = wording.text(
        "wall_churn", interval=_fine_interval(row["low"], row["high"], wording), **counts,
        **{name: _fine(row[name], wording) for name in shares},
    )  # fmt: skip
    rooms = {
        side: wording.text(
            "wall_room", amount=wording.value(Unit.AMOUNT, row[f"{side}_room"]), band=_band(row, side, wording)
        )
        for side in _SIDES
        if pd.notna(row[f"{side}_room"])
    }
    reason = wording.reason(row["reason"])
    key = f"wall_{row['verdict']}" if len(rooms) == len(_SIDES) else "wall_untold"
    side = wording.text(key, reason=reason, **rooms)
    needed = wording.text("wall_needed", needed=int(row["needed"])) if pd.notna(row["needed"]) else ""
    return wording.sentences(churn, side, needed)


def _won(row: Mapping[Hashable, Any], wording: Wording) -> str:
    if pd.isna(row["win_rate"]):
        return numbers.MISSING
    counts = {name: int(row[name]) for name in ("won", "closed")}
    return wording.text("wall_of", share=wording.value(Unit.SHARE, row["win_rate"]), **counts)


def _band(row: Mapping[Hashable, Any], side: str, wording: Wording) -> str:
    return wording.interval(Unit.AMOUNT, row[f"{side}_low"], row[f"{side}_high"])


def _fine(share: object, wording: Wording) -> str:
    plain = numbers.number(share)
    return numbers.MISSING if plain is None else numbers.share(plain, wording.language, _FINE)


def _fine_interval(low: float, high: float, wording: Wording) -> str:
    last = _fine(high, wording)
    return wording.text("interval_from_to", low=_fine(low, wording).rstrip("\N{NO-BREAK SPACE}%"), high=last)
