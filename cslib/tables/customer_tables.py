"""Lists of customers as tables: those behind a KPI, those on any list, and those whose MRR moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cslib.analysis.figures.drilldown import half_listed
from cslib.i18n.messages import TEXTS
from cslib.kpis.kpi import Half, Unit, Unlisted
from cslib.tables.actions import signals_line
from cslib.tables.lists import customer_list
from cslib.tables.output import Table, csv_text

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence
    from typing import Any

    from cslib.i18n import Wording
    from cslib.kpis import Catalogue
    from cslib.kpis.kpi import Kpi, Listed

    Columns = dict[str, str | tuple[str, Unit | str]]

_JOINED_SHOWN = 100  # the CSV has all
_CONTACTS: Mapping[str, Unit | str] = {
    "due_on": "date", "days_late": Unit.DAYS, "ends_on": "date", "last_use": "month", "last_touch": "date", "answer": "lines",
}  # fmt: skip


def list_title(kpi: Kpi) -> str:
    """Return the key of the title of the list behind a KPI: whom it holds; for a team's own KPI by what the list counts."""
    own = f"list_{kpi.id}"
    if own in TEXTS:
        return own
    if isinstance(kpi.listed, Unlisted):
        return "list_of_none"
    if kpi.curve is not None:
        return "list_of_waiting"
    of = half_listed(kpi, kpi.listed)
    return f"list_of_{of}" if isinstance(of, Half) else "list_of_part"


def customer_table(frame: pd.DataFrame, kpi: Kpi, wording: Wording, limit: int) -> Table:
    """Return the customers behind a KPI: who they are, what they pay or what moved, what is counted of each, and its contacts.

    Of the contacts (`contacts.COLUMNS`, and when what is open was due) those are shown that are known of any; the CSV has all.
    """
    title = wording.text(list_title(kpi), kpi=kpi.name(wording.language))
    name = f"customers-{kpi.id}"
    if isinstance(kpi.listed, Unlisted):
        return Table(name=name, title=title, text=kpi.listed.name(wording.language))
    columns = _who(frame, wording)
    if "stake" in frame:
        columns["stake"] = (_stake(kpi, wording), Unit.AMOUNT)
    elif frame.mrr.notna().any():
        columns["mrr"] = (wording.text("customer_mrr"), Unit.AMOUNT)
    heading, unit = kpi.listed.name(wording.language), kpi.listed.unit
    if kpi.curve is not None:
        heading, unit = wording.text("customer_waited"), kpi.unit
    if heading and not frame.counted.equals(frame.mrr):
        columns["counted"] = (heading, unit)
    return _listed(frame, name, title, _summed(frame, kpi, kpi.listed, wording), columns, wording, limit)


def joined_table(frame: pd.DataFrame, catalogue: Catalogue, wording: Wording) -> Table:
    """Return the customers on any list, each once (`joined_lists`): the lists, what to do, the signals on whose worse side it is, what it pays, its contacts.

    Without any, it says so.
    """
    title = wording.text("joined_title")
    if frame.empty:
        return Table("customers", title, wording.text("joined_none"))
    told = frame.assign(
        lists=_cells(
            [tuple(wording.text(list_title(catalogue.by_id[kpi])) for kpi in kpis) for kpis in frame.lists], frame
        ),
        what=_cells([_what(row, wording) for row in frame.to_dict("records")], frame),
    )
    columns, text = _who(frame, wording), wording.text("joined_unpaid", count=len(frame))
    if frame.mrr.notna().any():  # else what they pay is not known
        columns["mrr"] = (wording.text("customer_mrr"), Unit.AMOUNT)
        paid = wording.value(Unit.AMOUNT, frame.mrr.sum())
        text = wording.text("joined_text", count=len(frame), mrr=paid)
    columns |= {"lists": (wording.text("joined_lists"), "lines"), "what": (wording.text("action"), "lines")}
    return _listed(told, "customers", title, text, columns, wording, _JOINED_SHOWN)


def _what(row: Mapping[Hashable, Any], wording: Wording) -> tuple[str, ...]:
    """Return what is to be done for a customer, and on the worse side of which signals it is; nothing where nothing is."""
    doing = wording.text(f"action_{row['what']}") if row["what"] else ""
    return tuple(line for line in (doing, signals_line(row["signals"], wording)) if line)


def moved_table(frame: pd.DataFrame, wording: Wording, limit: int) -> Table:
    """Return the customers whose MRR moved in the month (`moved_customers`, named), the largest movement first."""
    told = frame.assign(movement=[wording.text(f"movement_{movement}") for movement in frame.movement])
    columns = _who(frame, wording)
    columns |= {
        "movement": wording.text("movement"),
        "amount": (wording.text("moved_amount"), Unit.AMOUNT),
        "after": (wording.text("moved_after"), Unit.AMOUNT),
    }
    sums = {"count": frame.customer_id.nunique(), "amount": wording.change(Unit.AMOUNT, frame.amount.sum())}
    shown = customer_list(
        told,
        wording,
        wording.text("moved_title"),
        columns,
        limit,
        name="moved",
        text=wording.text("moved_text", **sums),
    )
    return Table(shown.name, shown.title, shown.text, html=shown.html, csv=csv_text(frame) if len(frame) else "")


def _who(frame: pd.DataFrame, wording: Wording) -> Columns:
    named: Columns = {"name": wording.text("customer_name")}
    return named | ({"csm": wording.text("customer_csm")} if frame.csm.notna().any() else {})


def _listed(  # noqa: PLR0913, PLR0917 - what is listed, how it is called, and how much of it is shown
    frame: pd.DataFrame, name: str, title: str, text: str, columns: Columns, wording: Wording, limit: int
) -> Table:  # fmt: skip
    first = frame.head(limit)
    told = first.assign(answer=_cells([_answer(row, wording) for row in first.to_dict("records")], first))
    known = {
        key: how
        for key, how in _CONTACTS.items()
        if key in told and told[key].map(bool).where(told[key].notna(), other=False).any()
    }
    columns = columns | {key: (wording.text(f"contact_{key}"), how) for key, how in known.items()}
    shown = customer_list(told, wording, title, columns, limit, name=name, text=text)
    more = wording.text("rows_shown", shown=limit, total=len(frame)) if len(frame) > limit else ""
    return Table(
        name, title, wording.sentences(shown.text, more), html=shown.html, csv=csv_text(frame) if len(frame) else ""
    )


def _cells(lines: Sequence[tuple[str, ...]], frame: pd.DataFrame) -> pd.Series[Any]:
    return pd.Series(lines, frame.index, dtype=object)


def _answer(row: Mapping[Hashable, Any], wording: Wording) -> tuple[str, ...]:
    """Return the last answer of a customer as lines: what was asked, the score and the day; and the comment."""
    if pd.isna(row.get("score")):
        return ()
    said = {
        "asked": wording.text(f"asked_{row['asked']}"),
        "score": f"{row['score']:g}",
        "date": wording.date(row["answered_on"]),
    }
    comment = row["comment"]
    return (wording.text("contact_answered", **said), *([comment] if isinstance(comment, str) and comment else []))


def _stake(kpi: Kpi, wording: Wording) -> str:
    key = f"stake_{kpi.id}"
    return wording.text(key if key in TEXTS else "customer_stake")


def _summed(frame: pd.DataFrame, kpi: Kpi, listed: Listed, wording: Wording) -> str:
    """Return how many customers are listed, and what is counted of them in all, or else what is at stake."""
    heading, unit, column = listed.name(wording.language), listed.unit, "counted"
    if not heading and "stake" in frame and frame.stake.notna().any():
        heading, unit, column = _stake(kpi, wording), Unit.AMOUNT, "stake"
    if kpi.curve is not None or not heading:
        return wording.text("customers_count", count=len(frame))
    sums = {"counted": heading, "sum": wording.value(unit, frame[column].sum())}
    return wording.text("customers_sum", count=len(frame), **sums)
