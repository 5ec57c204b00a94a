"""Monday's list as a table: whom to see to, what to do, why, and by when; and how it falls to each CSM."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cslib.analysis.actions import DOINGS
from cslib.i18n.messages import TEXTS
from cslib.kpis.kpi import Unit
from cslib.tables.lists import customer_list
from cslib.tables.output import Table, csv_text

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping
    from typing import Any

    from cslib.i18n import Wording
    from cslib.tables.output import Output

_SHOWN = 100
_SIGNALS = 2  # named in a cell; the CSV has all


def action_table(frame: pd.DataFrame, customers: pd.DataFrame, wording: Wording) -> Output:
    """Return the customers to be seen to, what is first first: the rows that `cslib analyse actions` gives; the CSV holds all."""
    title = wording.text("actions_title")
    listed = frame[frame.what != ""]
    if not len(listed):
        return Table("actions", title, wording.text("nothing_because", reason=wording.reason(frame.reason.iloc[0])))
    named = listed.merge(customers[["customer_id", "name"]], on="customer_id", how="left")
    records = named.to_dict("records")
    shown = named.assign(
        what=[wording.text(f"action_{what}") for what in named.what],
        verdict=[wording.text(f"verdict_{verdict}") if verdict else "" for verdict in named.verdict],
        why=pd.Series([_why(row, wording) for row in records], named.index, dtype=object),
    )
    counts = {what: int((named.what == what).sum()) for what in DOINGS}
    text = wording.text("actions_text", customers=len(named), mrr=wording.value(Unit.AMOUNT, named.mrr.sum()), **counts)
    columns: dict[str, str | tuple[str, Unit | str]] = {
        "name": wording.text("customer_name"), "csm": wording.text("customer_csm"), "what": wording.text("action"),
        "why": (wording.text("proposal_why"), "lines"), "verdict": wording.text("proposal_behind"),
        "mrr": (wording.text("customer_mrr"), Unit.AMOUNT), "due_on": (wording.text("proposal_due"), "date"),
        "last_touch": (wording.text("action_last_touch"), "date"),
    }  # fmt: skip
    told = customer_list(shown, wording, title, columns, _SHOWN, name="actions", text=text)
    return Table("actions", title, told.text, html=told.html, csv=csv_text(named))


def actions_by_csm(frame: pd.DataFrame, wording: Wording) -> Output:
    """Return how many customers each CSM is to see to, by what is to be done, and what they pay."""
    title = wording.text("actions_by_csm")
    listed = frame[frame.what != ""]
    if not len(listed):
        return Table("actions-csm", title, wording.text("nothing_because", reason=wording.reason(frame.reason.iloc[0])))
    counted = pd.crosstab(listed.csm.replace("", wording.text("action_no_csm")), listed.what).reindex(
        columns=[*DOINGS], fill_value=0
    )
    mrr = listed.assign(csm=listed.csm.replace("", wording.text("action_no_csm"))).groupby("csm").mrr.sum()
    table = counted.join(mrr).sort_values(["help", "mrr"], ascending=False).rename_axis("csm").reset_index()
    columns: dict[str, str | tuple[str, Unit | str]] = {"csm": wording.text("customer_csm")}
    columns |= {what: (wording.text(f"action_{what}"), Unit.COUNT) for what in DOINGS}
    columns["mrr"] = (wording.text("customer_mrr"), Unit.AMOUNT)
    return customer_list(table, wording, title, columns, len(table), name="actions-csm")


def _why(row: Mapping[Hashable, Any], wording: Wording) -> tuple[str, ...]:
    """Return why a customer is to be seen to, a line each: what holds, where it is stuck, and on the worse side of which signals."""
    said = [wording.text(f"why_{word}", product=row["product"]) for word in row["why"].split()]
    signs = [_sign(name, wording) for name in row["signals"].split()]
    more = [wording.text("why_more", count=len(signs) - _SIGNALS)] if len(signs) > _SIGNALS else []
    signals = wording.text("why_signals", names=wording.join([*signs[:_SIGNALS], *more])) if signs else ""
    return tuple(line for line in (wording.join(said), _stands(row, wording), signals) if line)


def _sign(name: str, wording: Wording) -> str:
    key = f"indicator_{name}"
    return wording.text(key) if key in TEXTS else name.removeprefix("customers.")


def _stands(row: Mapping[Hashable, Any], wording: Wording) -> str:
    if not row["gate"]:
        return ""
    return wording.text("stands_since", gate=wording.stage(row["gate"]), since=wording.month(row["since"]))
