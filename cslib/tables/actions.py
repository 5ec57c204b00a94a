"""Monday's list as a table: whom to see to, what to do, why, and by when; and how it falls to each CSM."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from cslib.analysis.actions import DOINGS
from cslib.analysis.growth.proposals import HELP
from cslib.i18n.direction import isolate_direction
from cslib.i18n.messages import TEXTS
from cslib.kpis.kpi import Unit
from cslib.tables.lists import customer_list
from cslib.tables.output import Table, Tables, csv_text, note

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping
    from typing import Any

    from cslib.i18n import Wording
    from cslib.tables.output import Output

_WHOLE = "actions"
_SHOWN = 40  # of the whole list; the CSV has all
_SHOWN_OF_ALL = 60  # of the lists of all CSMs together, so that the page has a hundred rows at most
_SHOWN_OF_ONE = 100  # where a list is asked for by its CSM
_FILE_NAME = 40  # letters of a CSM's name in that of its file
_SIGNALS = 2  # named in a cell; the CSV has all


def action_table(frame: pd.DataFrame, customers: pd.DataFrame, wording: Wording, csm: str | None = None) -> Output:
    """Return the customers to be seen to, what is first first: the rows that `cslib analyse actions` gives; the CSV holds all.

    With `csm` they are those of one; empty, those of nobody.
    """
    if csm is not None:
        return _of_one(frame[(frame.csm == csm) & (frame.what != "")], csm, customers, wording, _SHOWN_OF_ONE)
    listed = frame[frame.what != ""]
    title = wording.text("actions_title")
    if not len(listed):
        return Table(_WHOLE, title, wording.text("nothing_because", reason=wording.reason(frame.reason.iloc[0])))
    return _table(listed, _WHOLE, title, customers, wording, _SHOWN)


def first_actions(frame: pd.DataFrame, names: pd.DataFrame, wording: Wording, most: int) -> Output | None:
    """Return the first rows of Monday's list for an overview, below what all of it holds; None where nobody is to be seen to."""
    listed = frame[frame.what != ""]
    if not len(listed):
        return None
    shown = _table(listed, _WHOLE, wording.text("actions_title"), names, wording, most)
    return replace(shown, text=_counts(listed, wording))


def actions_of_each_csm(frame: pd.DataFrame, customers: pd.DataFrame, wording: Wording) -> Tables:
    """Return a list for each CSM with a CSV of its own, whose customers need most help first, those of nobody last.

    Of each the first rows are shown, of many CSMs fewer; where all are of one CSM, or of nobody, a sentence says so.
    """
    listed = frame[frame.what != ""]
    if not len(listed):
        return Tables([note(wording.text("nothing_because", reason=wording.reason(frame.reason.iloc[0])))])
    csms = _in_order(listed)
    if len(csms) == 1:
        return Tables([note(wording.text("actions_of_one", csm=_called(csms[0], wording)))])
    most = max(1, _SHOWN_OF_ALL // len(csms))
    return Tables(
        _of_one(listed[listed.csm == csm], csm, customers, wording, most if at < _SHOWN_OF_ALL else 0)
        for at, csm in enumerate(csms)
    )


def _in_order(listed: pd.DataFrame) -> list[str]:
    """Return the CSMs of whose customers most are to be helped first, then those who pay most; nobody last."""
    each = listed.assign(help=listed.what == HELP, named=listed.csm != "").groupby("csm")
    summed = each.agg(named=("named", "first"), help=("help", "sum"), mrr=("mrr", "sum"))
    return [*summed.sort_values(["named", "help", "mrr"], ascending=False, kind="stable").index]


def _called(csm: str, wording: Wording) -> str:
    return isolate_direction(csm) if csm else wording.text("action_no_csm")


def _of_one(listed: pd.DataFrame, csm: str, customers: pd.DataFrame, wording: Wording, most: int) -> Output:
    name, title = csm[:_FILE_NAME] or "nobody", wording.text("actions_of", csm=_called(csm, wording))
    if not len(listed):
        return Table(name, title, wording.text("no_rows"))
    return _table(listed, name, title, customers, wording, most)


def _table(  # noqa: PLR0913, PLR0917 - what is listed, how it is called, and how much of it is shown
    listed: pd.DataFrame, name: str, title: str, customers: pd.DataFrame, wording: Wording, most: int
) -> Output:  # fmt: skip
    named = listed.merge(customers[["customer_id", "name"]], on="customer_id", how="left")
    first = named.head(most)
    shown = first.assign(
        what=[wording.text(f"action_{what}") for what in first.what],
        verdict=[wording.text(f"verdict_{verdict}") if verdict else "" for verdict in first.verdict],
        why=pd.Series([_why(row, wording) for row in first.to_dict("records")], first.index, dtype=object),
    )
    said = [_counts(named, wording)]
    if len(named) > most:
        said.append(wording.text("rows_shown", shown=most, total=len(named)))
    columns: dict[str, str | tuple[str, Unit | str]] = {
        "name": wording.text("customer_name"), "csm": wording.text("customer_csm"), "what": wording.text("action"),
        "why": (wording.text("proposal_why"), "lines"), "verdict": wording.text("proposal_behind"),
        "mrr": (wording.text("customer_mrr"), Unit.AMOUNT), "due_on": (wording.text("proposal_due"), "date"),
        "last_touch": (wording.text("action_last_touch"), "date"),
    }  # fmt: skip
    if name != _WHOLE:  # all of one CSM, as the title says
        del columns["csm"]
    told = customer_list(shown, wording, title, columns, most, name=name)
    return Table(name, title, " ".join(said), html=told.html, csv=csv_text(named))


def _counts(listed: pd.DataFrame, wording: Wording) -> str:
    counts = {what: int((listed.what == what).sum()) for what in DOINGS}
    paid = wording.value(Unit.AMOUNT, listed.mrr.sum())
    return wording.text("actions_text", customers=len(listed), mrr=paid, **counts)


def actions_by_csm(frame: pd.DataFrame, wording: Wording) -> Output:
    """Return how many customers each CSM is to see to, by what is to be done, and what they pay."""
    title = wording.text("actions_by_csm")
    listed = frame[frame.what != ""]
    if not len(listed):
        return Table("actions-csm", title, wording.text("nothing_because", reason=wording.reason(frame.reason.iloc[0])))
    counted = pd.crosstab(listed.csm, listed.what).reindex(_in_order(listed)).reindex(columns=[*DOINGS], fill_value=0)
    table = counted.join(listed.groupby("csm").mrr.sum()).rename_axis("csm").reset_index()
    table["csm"] = table.csm.replace("", wording.text("action_no_csm"))
    columns: dict[str, str | tuple[str, Unit | str]] = {"csm": wording.text("customer_csm")}
    columns |= {what: (wording.text(f"action_{what}"), Unit.COUNT) for what in DOINGS}
    columns["mrr"] = (wording.text("customer_mrr"), Unit.AMOUNT)
    return customer_list(table, wording, title, columns, len(table), name="actions-csm")


def _why(row: Mapping[Hashable, Any], wording: Wording) -> tuple[str, ...]:
    """Return why a customer is to be seen to, a line each: what holds, where it is stuck, and on the worse side of which signals."""
    said = [wording.text(f"why_{word}", product=row["product"]) for word in row["why"].split()]
    signals = signals_line(row["signals"], wording)
    return tuple(line for line in (wording.join(said), _stands(row, wording), signals) if line)


def signals_line(signals: str, wording: Wording) -> str:
    """Return on the worse side of which signals a customer is, as Monday's list has them: the first, and how many more; empty where of none."""
    signs = [_sign(name, wording) for name in signals.split()]
    more = [wording.text("why_more", count=len(signs) - _SIGNALS)] if len(signs) > _SIGNALS else []
    return wording.text("why_signals", names=wording.join([*signs[:_SIGNALS], *more])) if signs else ""


def _sign(name: str, wording: Wording) -> str:
    key = f"indicator_{name}"
    return wording.text(key) if key in TEXTS else name.removeprefix("customers.")


def _stands(row: Mapping[Hashable, Any], wording: Wording) -> str:
    if not row["gate"]:
        return ""
    return wording.text("stands_since", gate=wording.stage(row["gate"]), since=wording.month(row["since"]))
