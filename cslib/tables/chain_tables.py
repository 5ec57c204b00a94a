"""The tables of the chain: back from the goal, who is stuck, who came out of order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from cslib.analysis.chain.customers import STUCK
from cslib.i18n.numbers import number
from cslib.kpis.kpi import Unit
from cslib.stats import Reach
from cslib.tables.lists import customer_list, plain_table
from cslib.tables.output import Table, csv_text, records

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cslib.i18n import Wording
    from cslib.kpis import Catalogue
    from cslib.settings import Segment
    from cslib.tables.lists import Shown

_LISTED = 12


def needed_table(frame: pd.DataFrame, segment: Segment, catalogue: Catalogue, wording: Wording) -> Table:
    """Return per gate of a segment's rows of `chain` the share today, the share that goes with the goal, and what was kept."""
    title = wording.text("needed_title")
    if segment.kgi is None:
        return Table(name="needed-shares", title=title, text=wording.text("needed_no_goal"), csv=csv_text(frame))
    lines = pd.DataFrame([_line(row, catalogue, wording) for row in records(frame)])
    columns: dict[str, Shown] = {"gate": wording.text("gate")}
    columns |= {name: wording.text(f"needed_{name}") for name in ("share", "today", "own", "kept")}
    shown = plain_table(lines, wording, title, columns, name="needed-shares")
    return replace(shown, text=_goal(frame, segment, catalogue, wording), csv=csv_text(frame))


def _goal(frame: pd.DataFrame, segment: Segment, catalogue: Catalogue, wording: Wording) -> str:
    """Return what the goal is, and how the shares are reckoned back from it; nothing more where it is not of that kind."""
    assert segment.kgi is not None  # noqa: S101 - asked before
    kpi, goal = catalogue.by_id[segment.kgi.kpi], wording.value(Unit.SHARE, frame.goal.iloc[0])
    if number(frame.goal.iloc[0]) is None:
        return wording.reason("kgi")
    if kpi.id == "customer_churn":
        goal = wording.text("needed_churn", goal=goal, monthly=wording.value(Unit.SHARE, segment.kgi.target))
    return wording.text("needed_text", kpi=kpi.name(wording.language), goal=goal)


def _line(row: Mapping[str, Any], catalogue: Catalogue, wording: Wording) -> dict[str, str]:
    target, value = catalogue.by_id.get(row["target_kpi"]), wording.value
    own = (
        wording.text("needed_target", kpi=target.name(wording.language), target=value(target.unit, row["target"]))
        if target
        else value(Unit.SHARE, None)
    )
    said = {
        "with_it": value(Unit.SHARE, row["kept_with"]), "without_it": value(Unit.SHARE, row["kept_without"]),
        "customers": _whole(row["customers"]), "lost": _whole(row["lost"]),
    }  # fmt: skip
    kept = wording.text("needed_pair", **said) if number(row["kept_with"]) is not None else value(Unit.SHARE, None)
    return {
        "gate": wording.stage(row["gate"]), "share": _reached(row, wording), "own": own, "kept": kept,
        "today": _between(row, ("value", "low", "high"), wording),
    }  # fmt: skip


def _whole(count: object) -> int:
    return int(number(count) or 0)


def _between(row: Mapping[str, Any], names: tuple[str, str, str], wording: Wording) -> str:
    """Return a share with its interval."""
    share, low, high = (row[name] for name in names)
    if number(share) is None:
        return wording.value(Unit.SHARE, share)
    between = wording.interval(Unit.SHARE, low, high)
    return wording.text("needed_range", share=wording.value(Unit.SHARE, share), interval=between)


def _reached(row: Mapping[str, Any], wording: Wording) -> str:
    """Return the share that goes with the goal, or the verdict in its place."""
    if row["verdict"] == Reach.NEEDED:
        return _between(row, ("needed", "needed_low", "needed_high"), wording)
    return wording.text(f"reach_{row['verdict']}", reason=wording.reason(row["reason"]))


def stuck_table(frame: pd.DataFrame, known: pd.DataFrame, wording: Wording) -> Table:
    """Return who is stuck at which gate, those at the first gates first; `known` has the name and the CSM of customers."""
    title, mine = wording.text("stuck_title"), frame[frame.kind == STUCK]
    there = mine[mine.reason == ""]
    if there.empty:
        text = wording.reason(mine.reason.iloc[0])
        return Table(name="stuck", title=title, text=text)
    counted = there.groupby("gate", sort=False).size()
    gates = [wording.text("stuck_at", stage=wording.stage(gate), count=int(n)) for gate, n in counted.items()]
    text = wording.text("stuck_text", count=len(there), gates=wording.join(gates))
    listed = _named(there, known).assign(gate=[wording.stage(gate) for gate in there.gate])
    listed = listed.sort_values("mrr", ascending=False, kind="stable")  # what is at stake, at whatever gate
    columns: dict[str, Shown] = {
        "name": wording.text("customer_name"), "gate": wording.text("gate"),
        "since": (wording.text("stuck_since"), "month"),
    }  # fmt: skip
    shown = customer_list(listed, wording, title, columns | _further(listed, wording), _LISTED, name="stuck", text=text)
    return replace(shown, csv=csv_text(_named(there, known)))


def disorder_table(frame: pd.DataFrame, counts: pd.DataFrame, known: pd.DataFrame, wording: Wording) -> Table:
    """Return who renewed without use, and who had an outcome before it; `counts` are the segment's rows of `chain`."""
    title, mine = wording.text("disorder_title"), frame[frame.kind != STUCK]
    there = mine[mine.reason == ""]
    text = wording.sentences(*_counts(counts.set_index("gate"), wording))
    if not text:
        reasons = dict.fromkeys(wording.reason(reason) for reason in mine.reason)
        text = wording.join([*reasons])
    if there.empty:
        return Table(name="out-of-order", title=title, text=text)
    listed = _named(there, known).assign(kind=[wording.text(f"disorder_{kind}") for kind in there.kind])
    columns: dict[str, Shown] = {
        "name": wording.text("customer_name"), "kind": wording.text("disorder_kind"),
        "since": (wording.text("disorder_since"), "month"),
    }  # fmt: skip
    further = _further(listed, wording)
    shown = customer_list(listed, wording, title, columns | further, _LISTED, name="out-of-order", text=text)
    return replace(shown, csv=csv_text(_named(there, known)))


def _counts(gates: pd.DataFrame, wording: Wording) -> list[str]:
    """Return how many renewed without use and had an outcome before it, where that is told."""
    use, outcome, said = gates.loc["usage"], gates.loc["outcome"], []
    if number(use.renewed):
        renewed, count = _whole(use.renewed), _whole(use.renewed_without)
        said.append(wording.text("disorder_renewed", renewed=renewed, count=count))
    if number(outcome.early) is not None:
        said.append(wording.text("disorder_early", count=_whole(outcome.early)))
    return said


def _named(rows: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Return rows with the name and the CSM of each customer, in their order."""
    return rows.drop(columns="reason").merge(known[["customer_id", "name", "csm"]], on="customer_id", how="left")


def _further(listed: pd.DataFrame, wording: Wording) -> dict[str, Shown]:
    """Return the columns that not every book, or not every reader, has."""
    found: dict[str, Shown] = {}
    if listed.mrr.notna().any():
        found["mrr"] = (wording.text("customer_mrr"), Unit.AMOUNT)
    if listed.csm.notna().any():
        found["csm"] = wording.text("customer_csm")
    return found
