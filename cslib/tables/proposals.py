"""Whom to help and whom to propose what, as tables: the reason, the amount and when to speak."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib.analysis.growth.proposals import HELP
from cslib.kpis.kpi import Unit
from cslib.tables.lists import customer_list
from cslib.tables.output import Table, csv_text

if TYPE_CHECKING:
    import pandas as pd

    from cslib.i18n import Wording
    from cslib.tables.output import Output

_SHOWN = 30


def proposal_table(frame: pd.DataFrame, customers: pd.DataFrame, wording: Wording, *, to_help: bool) -> Output:
    """Return who is to be helped first, or to whom what may be proposed; `customers` are named with their CSM by id.

    `frame` are the rows that `cslib analyse proposals` gives; the CSV holds all of them that are listed.
    """
    name = "help" if to_help else "proposals"
    title = wording.text(f"{name}_title")
    listed = frame[(frame.kind == HELP) == to_help]
    listed = listed[listed.kind != ""]
    if not len(listed):
        why = frame.reason[frame.reason != ""]
        reason = wording.reason(why.iloc[0]) if len(why) else wording.text("no_rows")
        return Table(name, title, wording.text("nothing_because", reason=reason))
    named = listed.merge(customers[["customer_id", "name", "csm"]], on="customer_id", how="left")
    shown = named.assign(
        reason=[
            _why(rule, product, veto, wording)
            for rule, product, veto in zip(named.rule, named["product"], named.veto, strict=True)
        ],
        kind=[wording.text(f"proposal_{kind}") for kind in named.kind],
        verdict=[wording.text(f"verdict_{verdict}") if verdict else "" for verdict in named.verdict],
        window=[wording.text(f"window_{window}") if window else "" for window in named.window],
    )
    sums = {"customers": named.customer_id.nunique(), "due": int((named.window == "renewal").sum())}
    told = customer_list(shown, wording, title, _columns(wording, to_help=to_help), _SHOWN, name=name, text=wording.text(f"{name}_text", **sums))  # fmt: skip
    return Table(name, title, told.text, html=told.html, csv=csv_text(named))


def _why(rule: str, product: str, veto: str, wording: Wording) -> str:
    if veto:
        return wording.join([wording.text(f"veto_{one}") for one in veto.split()])
    return wording.text(f"rule_{rule}", product=product)


def _columns(wording: Wording, *, to_help: bool) -> dict[str, str | tuple[str, Unit | str]]:
    columns: dict[str, str | tuple[str, Unit | str]] = {
        "name": wording.text("customer_name"),
        "csm": wording.text("customer_csm"),
    }
    if not to_help:
        columns["kind"] = wording.text("proposal_kind")
    columns["reason"] = wording.text("proposal_why")
    if not to_help:
        columns["verdict"] = wording.text("proposal_behind")
        columns["amount"] = (wording.text("proposal_amount"), Unit.AMOUNT)
    columns |= {"window": wording.text("proposal_window"), "due_on": (wording.text("proposal_due"), "date")}
    return columns | {
        "mrr": (wording.text("customer_mrr"), Unit.AMOUNT),
        "lifecycle": wording.text("proposal_lifecycle"),
    }
