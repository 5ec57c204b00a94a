"""The health score as tables: of each customer, of each band, its audit, and the customers of whom it was wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cslib.analysis.health.health import KNOWN_WEIGHT
from cslib.analysis.health.misses import GREEN_BUT_LOST
from cslib.analysis.health.scores import BANDS
from cslib.i18n.messages import TEXTS
from cslib.i18n.numbers import MISSING
from cslib.kpis import reasons
from cslib.kpis.kpi import Unit
from cslib.tables.lists import customer_list, plain_table
from cslib.tables.output import Table, csv_text, long_csv, note

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cslib.i18n import Wording
    from cslib.settings import Health
    from cslib.tables.lists import Shown
    from cslib.tables.output import Output

_HUNDREDTH = 0.01
_NAMED = 2  # components in a cell
_LEAST = 0.5  # points that are worth a word
_AUDITED = (
    "auc", "auc_late", "lift", "lift_late", "green_but_lost", "red_but_stayed", "refit_auc_late", "refit_gain",
)  # fmt: skip


def health_table(rows: pd.DataFrame, customers: pd.DataFrame, health: Health, wording: Wording, limit: int) -> Output:
    """Return each customer's score, band and what it is made of, from the rows of `health`; the worst first.

    `customers` are those of the month with name, csm and mrr. The CSV holds all rows of the analysis.
    """
    title = wording.text("health_title")
    if not rows.customer_id.astype(bool).any():
        return _untold(title, rows, wording)
    columns: dict[str, Shown] = {
        "name": wording.text("customer_name"),
        "score": (wording.text("health_score"), Unit.COUNT),
        "band": (wording.text("health_band"), "band"),
        "change": (wording.text("health_change"), "figure"),
        "why": (wording.text("health_why"), "lines"),
        "down": (wording.text("health_down"), "lines"),
        "known": (wording.text("health_share_known"), Unit.SHARE),
    }
    listed = _listed(rows, wording).merge(customers, on="customer_id", how="left")
    columns |= {"csm": wording.text("customer_csm")} if listed.csm.notna().any() else {}
    columns |= {"mrr": (wording.text("customer_mrr"), Unit.AMOUNT)} if listed.mrr.notna().any() else {}
    text = _summary(rows, listed, health, wording)
    shown = customer_list(listed, wording, title, columns, limit, name="scores", text=text)
    return Table(name=shown.name, title=title, text=shown.text, html=shown.html, csv=long_csv(rows))


def _listed(rows: pd.DataFrame, wording: Wording) -> pd.DataFrame:
    """Return a row per customer with the components that weigh most in words."""
    weighing = rows[rows.contribution.abs() >= _LEAST].sort_values("contribution", kind="stable")
    moving = rows[rows.change.abs() >= _LEAST].sort_values("change", key=lambda one: -one.abs(), kind="stable")
    each = rows.groupby("customer_id", sort=False)
    listed = each[["score", "band", "known"]].first()
    moved = each.change.sum(min_count=1)
    told = [_in_words(frame, of, wording) for frame, of in ((weighing, "contribution"), (moving, "change"))]
    listed = listed.assign(
        down=told[0].reindex(listed.index),
        change=[wording.change(Unit.COUNT, round(one)) if one == one else MISSING for one in moved],  # noqa: PLR0124 - nan
        why=told[1].reindex(listed.index),
    )
    new = listed.score.notna() & moved.isna()
    return listed.assign(why=listed.why.mask(new, wording.text("health_new"))).reset_index()


def _in_words(frame: pd.DataFrame, of: str, wording: Wording) -> pd.Series[Any]:
    first = frame.groupby("customer_id").head(_NAMED)
    words = [
        wording.text(
            "health_part", name=component_name(name, wording), points=wording.change(Unit.COUNT, round(points))
        )
        for name, points in zip(first.component, first[of], strict=True)
    ]
    return first.assign(words=words).groupby("customer_id").words.agg(tuple)


def component_name(name: str, wording: Wording) -> str:
    """Return a component in words; a column of the customers by the name that it has."""
    if name == KNOWN_WEIGHT:
        return wording.text("health_known_weight")
    return wording.text(f"indicator_{name}") if f"indicator_{name}" in TEXTS else name.partition(".")[2] or name


def _summary(rows: pd.DataFrame, listed: pd.DataFrame, health: Health, wording: Wording) -> str:
    counts = {band: int((listed.band == band).sum()) for band in BANDS}
    bounds = {
        name: f"{value:g}" for name, value in (("yellow_from", health.bands.yellow), ("green_from", health.bands.green))
    }
    shares = {
        name: wording.tick(Unit.SHARE, value, _HUNDREDTH) for name, value in health.least_known.model_dump().items()
    }
    lacking = rows[rows.reason.str.startswith(reasons.NEEDS)].drop_duplicates("component")
    what = list(
        dict.fromkeys(need for one in lacking.reason for need in one.removeprefix(reasons.NEEDS).strip().split(", "))
    )
    names = wording.join([component_name(name, wording) for name in lacking.component])
    return wording.sentences(
        wording.text("health_text", count=len(listed), **counts, **bounds),
        wording.text("health_known", **shares),
        wording.text("health_absent", names=names, what=wording.needs(what)) if len(lacking) else "",
    )


def bands_table(audit: pd.DataFrame, wording: Wording) -> Output:
    """Return a line per band: who is in it now, and how many of those who were in it were lost, from the rows of `health_audit`."""
    title, rows = wording.text("bands_title"), audit[audit.measure.isin(["customers", "loss_share"])]
    now, lost = (rows[rows.measure == name].set_index("group") for name in ("customers", "loss_share"))
    if now.value.isna().all() and lost.value.isna().all():
        return _untold(title, rows, wording)
    lines = pd.DataFrame([
        {
            "band": band, "now": now.events.get(band), "share": now.value.get(band), **_lost(lost, band, wording),
        }
        for band in BANDS if band in lost.index or now.value.get(band)
    ])  # fmt: skip
    columns: dict[str, Shown] = {
        "band": (wording.text("health_band"), "band"), "now": (wording.text("bands_now"), Unit.COUNT),
        "share": (wording.text("bands_share"), Unit.SHARE), "lost": (wording.text("bands_lost"), "figure"),
        "basis": (wording.text("bands_basis"), "figure"),
    }  # fmt: skip
    shown = plain_table(lines, wording, title, columns, name="bands")
    verdicts = [one for one in lost.verdict if one]
    told = wording.text(f"bands_{verdicts[0]}") if verdicts else _unaudited(lost, wording)
    return Table(name=shown.name, title=title, text=told, html=shown.html, csv=csv_text(rows))


def _lost(lost: pd.DataFrame, band: str, wording: Wording) -> dict[str, str]:
    if band not in lost.index:
        return {"lost": MISSING, "basis": MISSING}
    row = lost.loc[band]
    return {"lost": _with_interval(Unit.SHARE, row, wording), "basis": _basis(row, wording)}


def audit_table(audit: pd.DataFrame, wording: Wording) -> Output:
    """Return the measures of how well the score has told the lost from the others, with the verdict on each."""
    title, rows = wording.text("audit_title"), audit[audit.measure.isin(_AUDITED)]
    if rows.value.isna().all():
        return _untold(title, rows, wording, "audit_none")
    lines = pd.DataFrame([_measured(row, wording) for row in rows.to_dict("records")])
    columns: dict[str, Shown] = {
        "measure": wording.text("audit_measure"), "value": (wording.text("value"), "figure"),
        "finding": wording.text("audit_finding"), "basis": (wording.text("audit_basis"), "figure"),
    }  # fmt: skip
    shown = plain_table(lines, wording, title, columns, name="audit")
    by = rows.set_index("measure")
    said = [_said(by.loc[name], wording) for name in ("auc", "refit_gain")]
    return Table(name=shown.name, title=title, text=wording.sentences(*said), html=shown.html, csv=csv_text(audit))


def _measured(row: Mapping[Any, Any], wording: Wording) -> dict[str, str]:
    unit = Unit.TIMES if str(row["measure"]).startswith("lift") else Unit.SHARE
    finding = wording.text(f"finding_{row['verdict']}") if row["verdict"] else wording.reason(row["reason"]) or MISSING
    value = _gain(row, wording) if row["measure"] == "refit_gain" else _with_interval(unit, row, wording)
    name = wording.text(f"measure_{row['measure']}")
    return {"measure": name, "value": value, "finding": finding, "basis": _basis(row, wording)}


def _said(row: Any, wording: Wording) -> str:  # noqa: ANN401 - a row
    if not row.verdict:
        return ""
    if row.name == "auc":
        interval = wording.interval(Unit.SHARE, row.low, row.high)
        return wording.text(f"audit_text_{row.verdict}", value=wording.value(Unit.SHARE, row.value), interval=interval)
    interval = _span(row, wording)
    return wording.text(f"audit_text_{row.verdict}", gain=wording.change(Unit.SHARE, row.value), interval=interval)


def _gain(row: Mapping[Any, Any], wording: Wording) -> str:
    return MISSING if pd.isna(row["value"]) else f"{wording.change(Unit.SHARE, row['value'])} ({_span(row, wording)})"


def _span(row: Any, wording: Wording) -> str:  # noqa: ANN401 - a row, or a mapping
    ends = {name: wording.change_bare(Unit.SHARE, row[name]) for name in ("low", "high")}
    return MISSING if pd.isna(row["low"]) else wording.text("interval_from_to", **ends)


def fifths_table(audit: pd.DataFrame, wording: Wording) -> Output:
    """Return what fitted weights predict of five groups, and what came, from the rows of `health_audit`."""
    title, rows = wording.text("fifths_title"), audit[audit.measure.isin(["predicted", "observed"])]
    if rows.value.isna().all():
        return _untold(title, rows, wording, "audit_none")
    predicted, observed = (rows[rows.measure == name].set_index("group") for name in ("predicted", "observed"))
    lines = pd.DataFrame([
        {
            "group": group, "predicted": foretold, "observed": _with_interval(Unit.SHARE, row, wording),
            "finding": wording.text(f"finding_{row.verdict}") if row.verdict else wording.reason(row.reason),
            "basis": _basis(row, wording),
        }
        for (group, row), foretold in zip(observed.iterrows(), predicted.value, strict=True)
    ])  # fmt: skip
    columns: dict[str, Shown] = {
        "group": wording.text("fifths_group"), "predicted": (wording.text("fifths_predicted"), Unit.SHARE),
        "observed": (wording.text("fifths_observed"), "figure"), "finding": wording.text("audit_finding"),
        "basis": (wording.text("bands_basis"), "figure"),
    }  # fmt: skip
    shown = plain_table(lines, wording, title, columns, name="fifths")
    fits, count = int((observed.verdict == "as_predicted").sum()), int((observed.verdict != "").sum())
    text = wording.text("fifths_text", fits=fits, count=count)
    return Table(name=shown.name, title=title, text=text, html=shown.html, csv=csv_text(rows))


def misses_table(rows: pd.DataFrame, customers: pd.DataFrame, which: str, wording: Wording, limit: int) -> Output:
    """Return the customers of one list of `health_misses`, the last first."""
    title = wording.text(f"misses_{which}")
    if not rows.customer_id.astype(bool).any():
        return _untold(title, rows, wording)
    is_lost = which == GREEN_BUT_LOST
    columns: dict[str, Shown] = {
        "name": wording.text("customer_name"), "close": (wording.text(f"misses_close_{which}"), "month"),
        "score": (wording.text("health_score"), Unit.COUNT),
        "came": (wording.text("misses_lost" if is_lost else "misses_later"), "month" if is_lost else "band"),
    }  # fmt: skip
    listed = rows.merge(customers[["customer_id", "name", "csm"]], on="customer_id", how="left")
    columns |= {"csm": wording.text("customer_csm")} if listed.csm.notna().any() else {}
    text = wording.text(f"misses_text_{which}", count=len(listed))
    shown = customer_list(listed, wording, title, columns, limit, name=which.replace("_", "-"), text=text)
    return Table(name=shown.name, title=title, text=shown.text, html=shown.html, csv=csv_text(rows))


def _untold(title: str, rows: pd.DataFrame, wording: Wording, key: str = "") -> Output:
    """Return a sentence in place of a table of which nothing can be told, with the reasons."""
    reason = wording.join(list(dict.fromkeys(wording.reason(one) for one in rows.reason if one)))
    return note(wording.text(key or "of_few", reason=reason, title=title), title if key else "")


def _unaudited(lost: pd.DataFrame, wording: Wording) -> str:
    return wording.text("audit_none", reason=wording.join(list(dict.fromkeys(map(wording.reason, lost.reason)))))


def _with_interval(unit: Unit, row: Any, wording: Wording) -> str:  # noqa: ANN401 - a row, or a mapping
    shown, interval = wording.value(unit, row["value"]), wording.interval(unit, row["low"], row["high"])
    return shown if MISSING in {shown, interval} else f"{shown} ({interval})"


def _basis(row: Any, wording: Wording) -> str:  # noqa: ANN401 - a row, or a mapping
    counts = [wording.value(Unit.COUNT, row[name]) for name in ("n", "events")]
    return MISSING if MISSING in counts else f"{counts[0]} ({counts[1]})"
