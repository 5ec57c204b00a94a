"""What Customer Success costs beside what was kept and added, as a table and in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cslib.i18n.direction import isolate_direction
from cslib.i18n.numbers import MISSING
from cslib.kpis.kpi import Unit
from cslib.tables.lists import plain_table
from cslib.tables.output import Table, csv_text, note, records

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cslib.i18n import Wording
    from cslib.tables.lists import Shown
    from cslib.tables.output import Output


def groups(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the row of the segment and those of its touch models."""
    return rows[rows.programme == ""]


def group_name(row: Mapping[str, Any], wording: Wording) -> str:
    """Return of which customers a row is."""
    return wording.text(f"costs_model_{row['touch_model'] or 'all'}")


def points(value: object, wording: Wording) -> str:
    """Return a share as points, without a sign."""
    return wording.change(Unit.SHARE, value).lstrip("+±")


def costs_table(rows: pd.DataFrame, wording: Wording) -> Output:
    """Return a line for all customers and for each touch model: what was paid, spent, kept and added, and the break-even."""
    title, listed = wording.text("costs_table"), groups(rows)
    told = listed[listed["mrr"].notna()]
    if told.empty:
        return note(sentence(rows, wording), title)
    lines = told.assign(
        of=[group_name(row, wording) for row in records(told)],
        break_even=[points(row["break_even"], wording) for row in records(told)],
    )
    columns: dict[str, Shown] = {
        "of": wording.text("costs_of"), "customers": (wording.text("costs_customers"), Unit.COUNT),
        "cost": (wording.text("costs_cost"), Unit.AMOUNT), "kept": (wording.text("costs_kept"), Unit.AMOUNT),
        "added": (wording.text("costs_added"), Unit.AMOUNT), "ratio": (wording.text("costs_ratio"), Unit.SHARE),
        "grr": (wording.text("costs_grr"), Unit.SHARE), "break_even": (wording.text("costs_break_even"), "figure"),
    }  # fmt: skip
    shown = plain_table(lines, wording, title, columns, name="costs")
    return Table("costs", title, _basis(told, wording), html=shown.html, csv=csv_text(rows))


def _basis(told: pd.DataFrame, wording: Wording) -> str:
    """Return from what costs are told, and which touch models are too small."""
    said = [wording.text("costs_text")]
    said += [wording.text(f"costs_by_{basis}") for basis in dict.fromkeys(told.cost_basis) if basis]
    return wording.sentences(*said)


def sentence(rows: pd.DataFrame, wording: Wording) -> str:
    """Return what the segment cost beside what was kept and added, when it pays for itself, and what is known of its effect."""
    row = records(groups(rows).head(1))[0]
    if pd.isna(row["mrr"]):
        return wording.text("costs_untold", reason=wording.reason(row["reason"]))
    money = {name: wording.value(Unit.AMOUNT, row[name]) for name in ("cost", "kept", "added")}
    if pd.isna(row["cost"]):
        return wording.sentences(
            wording.text("costs_kept_alone", **money),
            wording.text("costs_untold", reason=wording.reason(row["reason"])),
        )
    even = wording.text(
        "costs_even", points=points(row["break_even"], wording), grr=wording.value(Unit.SHARE, row["grr"])
    )
    said = wording.text("costs_said", ratio=wording.value(Unit.SHARE, row["ratio"]), **money)
    return wording.sentences(said, even, worth(rows, wording))


def worth(rows: pd.DataFrame, wording: Wording) -> str:
    """Return what the effects of programmes are worth, or that it is not known what part is the doing of Customer Success."""
    told = [_of_programme(row, wording) for row in records(rows[rows.programme != ""])]
    return wording.sentences(*told, wording.text("costs_rest" if told else "costs_unknown"))


def _of_programme(row: Mapping[str, Any], wording: Wording) -> str:
    amounts = {name: wording.value(Unit.AMOUNT, row[name]) for name in ("worth", "programme_cost")}
    said = wording.text(
        "costs_worth", programme=isolate_direction(str(row[f"name_{wording.language}"])), worth=amounts["worth"],
        interval=wording.interval(Unit.AMOUNT, row["worth_low"], row["worth_high"]), customers=int(row["customers"]),
        outcome=wording.text(f"effect_outcome_{row['outcome']}"), verdict=wording.text(f"effect_verdict_{row['verdict']}"),
    )  # fmt: skip
    hours = amounts["programme_cost"]
    return wording.sentences(said, "" if hours == MISSING else wording.text("costs_programme", cost=hours))
