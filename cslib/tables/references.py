"""References as a page shows them: whom to ask, who permits it, where there is none, and who renewed without an outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cslib.analysis.journey.reference_customers import ANONYMOUS, ASK, CONFIRMED, NAMED, REST
from cslib.analysis.journey.references import PERMITTED, POOL, SIZES, UNASKED
from cslib.analysis.journey.renewed_without_outcome import HELP, PRODUCT
from cslib.i18n.numbers import number
from cslib.kpis.kpi import Unit
from cslib.tables.lists import customer_list, plain_table
from cslib.tables.output import Table, csv_text, note, records

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cslib.i18n import Wording
    from cslib.tables.lists import Shown
    from cslib.tables.output import Output

    Row = Mapping[str, Any]

_SHOWN = 30


def candidate_table(rows: pd.DataFrame, customers: pd.DataFrame, wording: Wording, *, stands_in: bool) -> Output:
    """Return whom to ask in order, from the rows of `reference_customers`; the CSV holds those that rest, too."""
    title = wording.text("reference_title")
    if not (rows.what != "").any():
        return note(wording.text("reference_untold", reason=wording.reason(rows.reason.iloc[0])), title)
    asked = rows[rows.what == ASK].merge(customers[["customer_id", "name"]], on="customer_id", how="left")
    text = wording.sentences(*_whom(rows, asked, wording), wording.text("reference_stands_in") if stands_in else "")
    if asked.empty:
        return Table("references", title, text, csv=csv_text(rows))
    shown = asked.assign(
        permission=[_permission(one, wording) for one in asked.permission],
        outcome=pd.Series([_outcome(row, wording) for row in records(asked)], asked.index, dtype=object),
    )
    columns: dict[str, Shown] = {
        "name": wording.text("customer_name"), "permission": wording.text("reference_permission"),
        "outcome": (wording.text("reference_outcome"), "lines"), "nps": (wording.text("reference_score"), Unit.COUNT),
        "last_asked": (wording.text("reference_last"), "date"), "csm": wording.text("customer_csm"),
        "mrr": (wording.text("customer_mrr"), Unit.AMOUNT),
    }  # fmt: skip
    listed = customer_list(shown, wording, title, columns, _SHOWN, name="references", text=text)
    return Table(listed.name, title, listed.text, html=listed.html, csv=csv_text(rows))


def _whom(rows: pd.DataFrame, asked: pd.DataFrame, wording: Wording) -> list[str]:
    named, anonymous = (int((asked.permission == one).sum()) for one in (NAMED, ANONYMOUS))
    resting = int((rows.what == REST).sum())
    first = wording.text(
        "reference_text", count=len(asked), named=named, anonymous=anonymous, open=len(asked) - named - anonymous
    )
    return [
        first if len(asked) else wording.text("reference_nobody"),
        wording.text("reference_resting", count=resting) if resting else "",
        wording.text("reference_undated") if (rows.permission == "").all() else "",
    ]


def _permission(said: str, wording: Wording) -> str:
    return wording.text(f"reference_{said or 'not_asked'}")


def _outcome(row: Row, wording: Wording) -> tuple[str, str]:
    sure = CONFIRMED in row["why"].split()
    return wording.date(row["outcome_on"]), wording.text("reference_confirmed" if sure else "reference_unconfirmed")


def permission_table(rows: pd.DataFrame, wording: Wording) -> Output:
    """Return the share that permits to be a reference, of all, by touch model and by outcome, from the rows of `references`."""
    title, told = wording.text("permission_title"), rows[(rows.part == PERMITTED) & rows.value.notna()]
    if told.empty:
        said = rows[(rows.part == PERMITTED) | (rows.part == "")]
        return note(wording.text("permission_untold", reason=wording.reason(said.reason.iloc[0])), title)
    lines = pd.DataFrame([
        {"group": _group(row, wording), "said": row["n"], "rate": _rate(row, wording), "customers": row["customers"]}
        for row in records(told)
    ])  # fmt: skip
    columns: dict[str, Shown] = {
        "group": wording.text("permission_group"), "rate": (wording.text("permission_rate"), "figure"),
        "said": (wording.text("permission_said"), Unit.COUNT),
    }  # fmt: skip
    shown = plain_table(lines, wording, title, columns, name="reference-permission")
    return Table(
        shown.name, title, wording.sentences(*_permitted(rows, told, wording)), html=shown.html, csv=csv_text(rows)
    )


def _permitted(rows: pd.DataFrame, told: pd.DataFrame, wording: Wording) -> list[str]:
    every = records(told[told.by == "all"])
    unasked = records(rows[(rows.part == UNASKED) & rows.value.notna()])
    reached = {row["group"]: wording.value(Unit.SHARE, row["value"]) for row in records(told[told.by == "outcome"])}
    said = [
        wording.text(
            "permission_text", n=int(row["n"]), count=int(row["count"]), share=wording.value(Unit.SHARE, row["value"]),
            interval=wording.interval(Unit.SHARE, row["low"], row["high"]),
        )
        for row in every
    ]  # fmt: skip
    said += [wording.text("permission_unasked", share=wording.value(Unit.SHARE, row["value"])) for row in unasked]
    if {"reached", "not_reached"} == set(reached):
        said.append(wording.text("permission_outcome", reached=reached["reached"], other=reached["not_reached"]))
    return said


def _group(row: Row, wording: Wording) -> str:
    if row["by"] == "all":
        return wording.text("permission_all")
    return wording.text(f"permission_{'model' if row['by'] == 'touch_model' else 'outcome'}_{row['group']}")


def _rate(row: Row, wording: Wording) -> str:
    shown = f"{wording.value(Unit.SHARE, row['value'])} [{wording.interval(Unit.SHARE, row['low'], row['high'])}]"
    return wording.text("permission_few", rate=shown) if row["status"] else shown


def pool_table(rows: pd.DataFrame, wording: Wording) -> Output:
    """Return by industry and size how many can be asked, those without anybody said so."""
    title, told = wording.text("pool_title"), rows[(rows.part == POOL) & rows["count"].notna()]
    if told.empty:
        said = rows[(rows.part == POOL) | (rows.part == "")]
        return note(wording.text("pool_untold", reason=wording.reason(said.reason.iloc[0])), title)
    cells = {(row["group"], row["size"]): _cell(row, wording) for row in records(told)}
    lines = pd.DataFrame([
        {"industry": industry, **{size: cells.get((industry, size), "") for size in SIZES}} for industry in told.group.unique()
    ])  # fmt: skip
    columns: dict[str, Shown] = {"industry": wording.text("pool_industry")}
    columns |= {size: (wording.text(f"pool_{size}"), "figure") for size in SIZES}
    shown = plain_table(lines, wording, title, columns, name="reference-pool")
    text = wording.text("pool_text", cells=len(told), empty=int((told["count"] == 0).sum()))
    return Table(shown.name, title, text, html=shown.html, csv=csv_text(rows))


def _cell(row: Row, wording: Wording) -> str:
    key = "pool_cell" if row["count"] else "pool_empty"
    counts = {"count": int(row["count"])} if row["count"] else {}
    return wording.text(key, customers=int(row["customers"]), **counts)


def renewed_table(rows: pd.DataFrame, customers: pd.DataFrame, wording: Wording) -> Output:
    """Return who renewed before a first outcome and has none yet, from the rows of `renewed_without_outcome`; the CSV holds all."""
    title = wording.text("renewed_title")
    listed = rows[rows.customer_id != ""]
    if listed.empty:
        return note(wording.text("renewed_untold", reason=wording.reason(rows.reason.iloc[0])), title)
    still = listed[listed.outcome_on == ""].merge(customers[["customer_id", "name"]], on="customer_id", how="left")
    text = wording.text(
        "renewed_text", count=len(listed), mrr=wording.value(Unit.AMOUNT, listed.mrr.sum()), open=len(still),
        help=int((still.adopted == "no").sum()),
    )  # fmt: skip
    if still.empty:
        return Table("renewed", title, text, csv=csv_text(rows))
    told = records(still)
    shown = still.assign(
        goal=[_goal(row, wording) for row in told],
        what=pd.Series([(_what(row, wording),) for row in told], still.index, dtype=object),
    )
    columns: dict[str, Shown] = {
        "name": wording.text("customer_name"), "renewed_on": (wording.text("renewed_on"), "date"),
        "goal": wording.text("renewed_goal"), "what": (wording.text("renewed_helps"), "lines"),
        "csm": wording.text("customer_csm"), "due_on": (wording.text("renewed_next"), "date"),
        "mrr": (wording.text("customer_mrr"), Unit.AMOUNT),
    }  # fmt: skip
    table = customer_list(shown, wording, title, columns, _SHOWN, name="renewed", text=text)
    return Table(table.name, title, table.text, html=table.html, csv=csv_text(rows))


def _goal(row: Row, wording: Wording) -> str:
    if not row["goal"]:
        return wording.text("renewed_no_goal")
    return (
        wording.text("renewed_goal_due", goal=row["goal"], due=wording.date(row["goal_due_on"]))
        if row["goal_due_on"]
        else row["goal"]
    )


def _what(row: Row, wording: Wording) -> str:
    if row["what"] == PRODUCT and number(row["lift"]) is not None:
        return wording.text(
            "renewed_product", product=row["product"], lift=wording.value(Unit.TIMES, row["lift"]), n=int(row["n"]),
            interval=wording.interval(Unit.TIMES, row["low"], row["high"]),
        )  # fmt: skip
    return wording.text("renewed_help" if row["what"] == HELP else "renewed_nothing")
