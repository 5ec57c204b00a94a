"""Touch models as tables: what each takes and has, who has another than the rule says, and the load of each CSM."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cslib.analysis.service.loads import NO_ENTRY
from cslib.analysis.service.touch import ALL, KPIS, NONE, OF_A_MODEL, ONE_CLOSE, SHOWN
from cslib.analysis.service.touch_customers import AGREED, UNASSIGNED
from cslib.analysis.service.touch_load import OVER_CAPACITY, UNLOGGED
from cslib.analysis.service.touch_rule import OVER, UNDER
from cslib.i18n import numbers
from cslib.kpis.kpi import Unit
from cslib.tables.lists import customer_list, plain_table
from cslib.tables.output import Table, csv_text

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from cslib.i18n import Wording
    from cslib.kpis import Kpi
    from cslib.settings import Policies, TouchRule
    from cslib.tables.lists import Shown

    Row = Mapping[Hashable, Any]

_UNITS = {
    "customers": Unit.COUNT, "mrr": Unit.AMOUNT, "mrr_share": Unit.SHARE, "hours_share": Unit.SHARE, "untouched": Unit.SHARE,
    "cost": Unit.AMOUNT, "cost_to_mrr": Unit.SHARE, "customers_per_csm": Unit.SCORE,
}  # fmt: skip
_HOURS = ("hours", "hours_per_customer")
_MOST = {UNDER: 100, OVER: 10, UNASSIGNED: 100}  # rows of a list on a page; the CSV holds all


def touch_table(frame: pd.DataFrame, kpis: Mapping[str, Kpi], rule: TouchRule, wording: Wording) -> Table:
    """Return a row per measure and a column per touch model, below how far models are the rule's."""
    title, told = wording.text("touch_title"), frame[frame.value.notna()]
    if told.empty:
        said = wording.text("touch_untold", reason=wording.reason(frame.reason.iloc[0]))
        return Table("touch", title, said, csv=csv_text(frame))
    served = set(told.touch_model[(told.measure == "customers") & (told.value > 0)])
    models = [one for one in (*SHOWN, NONE, ALL) if one in served]
    by_place = {(row["touch_model"], row["measure"]): row for row in frame.to_dict("records")}
    rows = [
        {"measure": _label(name, kpis, wording)}
        | {model: _cell(by_place.get((model, name)), kpis, wording) for model in models}
        for name in (*OF_A_MODEL, *KPIS)
    ]
    columns: dict[str, Shown] = {"measure": wording.text("touch_measure")}
    columns |= {model: (wording.text(f"model_{model}"), "figures") for model in models}
    shown = plain_table(pd.DataFrame(rows), wording, title, columns, name="touch")
    text = wording.sentences(touch_finding(frame, rule, wording), wording.text("touch_chosen"))
    return Table("touch", title, text, html=shown.html, csv=csv_text(frame))


def touch_finding(frame: pd.DataFrame, rule: TouchRule, wording: Wording) -> str:
    """Return how far the models that customers have are those of the rule, in sentences."""
    every = {row["measure"]: row for row in frame[frame.touch_model == ALL].to_dict("records")}
    wrong = every.get("wrong")
    missing = [wording.text(f"touch_{row['measure']}") for row in every.values() if str(row["measure"]).startswith("grounds_") and row["value"] == 0]  # fmt: skip
    unknown = wording.text("touch_unknown", what=wording.join(missing)) if missing else ""
    if wrong is None or pd.isna(wrong["value"]):
        reason = wrong["reason"] if wrong else ""
        return wording.sentences(wording.text("touch_untold", reason=wording.reason(reason)), unknown)
    key = "touch_wrong_latest" if wrong["reason"] == ONE_CLOSE else "touch_wrong"
    said = [
        wording.text(key, closes=rule.steady_closes, n=int(wrong["n"]), **_share(wrong, wording)),
        _sides(every, wording),
        _freed(every, wording),
        wording.text(
            "touch_now", share=wording.value(Unit.SHARE, every["wrong_now"]["value"]),
            changed=wording.value(Unit.SHARE, every["rule_changed"]["value"]),
        ),
    ]  # fmt: skip
    return wording.sentences(*said, unknown)


def _share(row: Row, wording: Wording) -> dict[str, str]:
    interval = wording.interval(Unit.SHARE, row["low"], row["high"])
    return {"share": wording.value(Unit.SHARE, row["value"]), "interval": interval}


def _sides(every: Mapping[Any, Row], wording: Wording) -> str:
    counts = {name: round(every[name]["value"] * every[name]["n"]) for name in (UNDER, OVER)}
    return wording.text(
        "touch_sides", under=counts[UNDER], over=counts[OVER], mrr=wording.value(Unit.AMOUNT, every["under_served_mrr"]["value"]),
        under_share=wording.value(Unit.SHARE, every[UNDER]["value"]), over_share=wording.value(Unit.SHARE, every[OVER]["value"]),
    )  # fmt: skip


def _freed(every: Mapping[Any, Row], wording: Wording) -> str:
    hours, freed = every["over_served_hours"], every["freed_hours"]
    if pd.isna(hours["value"]) or not hours["n"]:
        return ""
    return wording.text(
        "touch_freed", hours=hours_shown(hours["value"], wording), freed=hours_shown(freed["value"], wording)
    )


def hours_shown(hours: object, wording: Wording) -> str:
    """Return hours with as many digits as tell something: 152, 0.5, 0.06."""
    plain = numbers.number(hours)
    if plain is None:
        return numbers.MISSING
    digits = 0 if abs(plain) >= 10 else 1 if abs(plain) >= 1 or plain == 0 else 2  # noqa: PLR2004
    return numbers.decimal(plain, wording.language, digits)


def _label(name: str, kpis: Mapping[str, Kpi], wording: Wording) -> str:
    if name in kpis:
        return kpis[name].name(wording.language)
    return wording.text("touch_customers_count" if name == "customers" else f"touch_{name}")


def _cell(row: Row | None, kpis: Mapping[str, Kpi], wording: Wording) -> tuple[str, ...]:
    """Return a figure, and under it its interval where it has one."""
    if row is None or pd.isna(row["value"]):
        return (numbers.MISSING,)
    name = row["measure"]
    if name in _HOURS:
        low, high = (hours_shown(row[key], wording) for key in ("low", "high"))
        shown = wording.text("touch_of_hours", hours=hours_shown(row["value"], wording))
        between = wording.text("interval_from_to", low=low, high=high)
    else:
        unit = kpis[name].unit if name in kpis else _UNITS[name]
        shown, between = wording.value(unit, row["value"]), wording.interval(unit, row["low"], row["high"])
    return (shown, between) if pd.notna(row["low"]) and pd.notna(row["high"]) else (shown,)


def touch_list(frame: pd.DataFrame, customers: pd.DataFrame, which: str, wording: Wording) -> Table:
    """Return a list: the `under_served`, the `over_served` or the `unassigned` customers; its CSV holds all of it."""
    name, title = which.replace("_", "-"), wording.text(f"{which}_title")
    mine = frame[frame.list == which]
    if mine.empty:
        why = next((one for one in frame.reason if one and one != AGREED), "")
        said = wording.text("nothing_because", reason=wording.reason(why)) if why else wording.text("list_none")
        return Table(name, title, said)
    named = mine.merge(customers[["customer_id", "name"]], on="customer_id", how="left")
    shown = named.assign(
        move=[_move(now, rule, wording) for now, rule in zip(named.touch_model, named["rule"], strict=True)],
        why=[wording.join([wording.text(f"rule_{word}") for word in why.split()]) for why in named.why],
        hours_90=[hours_shown(one, wording) for one in named.hours_90],
    )
    columns: dict[str, Shown] = {
        "name": wording.text("customer_name"), "move": wording.text("touch_move"), "why": wording.text("touch_why"),
        "hours_90": (wording.text("touch_hours_90"), "figure"), "mrr": (wording.text("customer_mrr"), Unit.AMOUNT),
        "csm": wording.text("customer_csm"), "last_touch": (wording.text("action_last_touch"), "date"),
    }  # fmt: skip
    told = customer_list(shown, wording, title, columns, _MOST[which], name=name, text=_counted(named, which, wording))
    return Table(name, title, told.text, html=told.html, csv=csv_text(named))


def _move(now: str, rule: str, wording: Wording) -> str:
    """Return the model that a customer has, and the one that the rule says."""
    named = [wording.text(f"model_{one}") for one in (now, rule) if one]
    return " → ".join(named)


def _counted(named: pd.DataFrame, which: str, wording: Wording) -> str:
    if which == OVER and named.hours.isna().all():
        return wording.text("over_served_number", count=len(named))
    if which == OVER:
        return wording.text("over_served_text", count=len(named), hours=hours_shown(named.hours.sum(), wording))
    return wording.text(f"{which}_text", count=len(named), mrr=wording.value(Unit.AMOUNT, named.mrr.sum()))


def load_table(frame: pd.DataFrame, policies: Policies, wording: Wording) -> Table:
    """Return a row per CSM by name: the hours that its customers ask for, those at hand, and those that are logged."""
    title, named = wording.text("load_title"), frame[frame.csm != ""]
    if named.empty:
        why = wording.reason(frame.reason.iloc[0])
        return Table("touch-load", title, wording.text("nothing_because", reason=why), csv=csv_text(frame))
    shown = named.assign(
        fte=[hours_shown(one, wording) for one in named.fte],
        load=[_load(one, wording) for one in named["load"]],
        hours=[
            wording.text("load_of_hours", needed=hours_shown(need, wording), capacity=hours_shown(hours, wording))
            for need, hours in zip(named.need_hours, named.capacity, strict=True)
        ],
        logged=[hours_shown(one, wording) for one in named.logged_hours],
        why=pd.Series([_findings(why, wording) for why in named.why], named.index, dtype=object),
    )
    columns: dict[str, Shown] = {
        "csm": wording.text("customer_csm"), "customers": (wording.text("touch_customers_count"), Unit.COUNT),
        "fte": (wording.text("load_fte"), "figure"), "load": (wording.text("load_load"), "figure"),
        "hours": (wording.text("load_hours"), "figure"), "logged": (wording.text("load_logged"), "figure"),
        "why": (wording.text("load_why"), "lines"),
    }  # fmt: skip
    told = customer_list(
        shown, wording, title, columns, 100, name="touch-load", text=_load_text(frame, named, policies, wording)
    )
    return Table("touch-load", title, told.text, html=told.html, csv=csv_text(frame))


def _findings(why: str, wording: Wording) -> tuple[str, ...]:
    return tuple(wording.text(f"load_{word}") for word in why.split())


def _load(load: object, wording: Wording) -> str:
    plain = numbers.number(load)
    return numbers.MISSING if plain is None else numbers.decimal(plain, wording.language, 2)


def _load_text(frame: pd.DataFrame, named: pd.DataFrame, policies: Policies, wording: Wording) -> str:
    words = [set(why.split()) for why in named.why]
    counts = {word: sum(word in said for said in words) for word in (OVER_CAPACITY, UNLOGGED)}
    first = wording.text("load_text", count=len(named), over=counts[OVER_CAPACITY], unlogged=counts[UNLOGGED])
    hours = policies.touch_hours
    basis = wording.text(
        "load_basis", high=f"{hours.high:g}", low=f"{hours.low:g}", tech=f"{hours.tech:g}", onboarding=f"{hours.onboarding:g}",
        renewal=f"{hours.renewal_within_90_days:g}", capacity=f"{policies.capacity.per_fte:g}",
    )  # fmt: skip
    assumed = int((named.fte_note == NO_ENTRY).sum())
    alone = frame[(frame.csm == "") & frame.customers.notna()]
    untold = _first(named.reason)
    return wording.sentences(
        first,
        wording.text("load_unlogged_untold", reason=wording.reason(untold)) if untold else "",
        _alone(alone, wording),
        wording.text("load_assumed", count=assumed) if assumed else "",
        basis,
    )


def _first(reasons: Sequence[str] | pd.Series[str]) -> str:
    return next((one for one in reasons if one), "")


def _alone(alone: pd.DataFrame, wording: Wording) -> str:
    if alone.empty:
        return ""
    count, mrr = int(alone.customers.sum()), wording.value(Unit.AMOUNT, alone.mrr.sum())
    return wording.text("load_alone", count=count, mrr=mrr)
