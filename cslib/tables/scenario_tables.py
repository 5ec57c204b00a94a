"""Findings of a scenario as tables and notes: frames in, displayable outputs out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from cslib import tables
from cslib.analysis.figures.restatements import by_kpi
from cslib.i18n.direction import isolate_direction
from cslib.kpis.kpi import Unit
from cslib.kpis.reasons import SHORT, is_comparable
from cslib.model import BY_NAME
from cslib.privacy.suppression import HIDDEN
from cslib.tables.marks import change_mark

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from cslib.analysis.figures.compare import Movements
    from cslib.analysis.figures.reconcile import TwoReadings
    from cslib.i18n import Wording
    from cslib.kpis import Catalogue
    from cslib.kpis.kpi import Kpi
    from cslib.snapshot import Manifest
    from cslib.tables import Output, Table

    Shown = TypeVar("Shown", bound=Output)
    from cslib.validation.findings import Remark


def as_read(shown: Shown, by: str, manifest: Manifest, wording: Wording) -> Shown:
    """Return what is shown with the sentence that a column of the customers has no dates, and is that of the day of reading."""
    said = wording.text("as_read", by=wording.column(by), day=wording.date(manifest.read_on))
    return replace(shown, text=wording.sentences(shown.text, said))


def no_data_note(title: str, absent: Sequence[str], wording: Wording) -> Output:
    """Return a sentence in place of what cannot be shown, that names the tables and columns which the data lack."""
    return tables.note(wording.text("untold", title=title, what=wording.needs(absent)))


def too_short_note(title: str, held: int, of: int, wording: Wording) -> Output:
    """Return a sentence in place of what takes more months than the data cover."""
    reason = wording.reason(f"{SHORT}: {held} of {of} months")
    return tables.note(wording.text("untold_since", title=title, reason=reason))


def few_note(title: str, wording: Wording) -> Output:
    """Return a sentence in place of what outsiders are not shown, since it would disclose few customers."""
    return tables.note(wording.text("of_few", title=title, reason=wording.reason(HIDDEN)))


def with_the_rest(card: Table, count: int, absent: Sequence[str], wording: Wording) -> Table:
    """Return a scorecard whose sentence says how many KPIs cannot be measured, and what they would need."""
    if not count:
        return card
    return replace(
        card, text=wording.sentences(card.text, wording.text("not_measured", count=count, what=wording.needs(absent)))
    )


def moved_text(moved: Movements, wording: Wording) -> str:
    """Return in words how many changes were looked at, by which rule, and whether any stands out."""
    if not moved.looked_at:
        return wording.text("changes_incomparable")
    if not moved.found:
        return wording.text("moved_none", count=moved.looked_at)
    shown = len(moved.rows)
    more = wording.text("moved_more", found=moved.found, shown=shown) if moved.found > shown else ""
    return wording.sentences(wording.text("moved", count=moved.looked_at), more)


def change_table(moved: Movements, catalogue: Catalogue, wording: Wording) -> Table:
    """Return clear changes as a table: the KPI, before and now, the difference and since when, in words since the units differ."""
    title, text = wording.text("changes"), moved_text(moved, wording)
    if not moved.found:
        return tables.Table(name="changes", title=title, text=text)
    told = [_moved(row, catalogue.by_id[row["kpi"]], wording) for row in moved.rows.to_dict("records")]
    columns: dict[str, str | tuple[str, Unit | str]] = {"kpi": wording.text("kpi")}
    columns |= {name: (wording.text(name), "figure") for name in ("before", "value")}
    columns |= {"change": (wording.text("change"), "mark"), "since": (wording.text("change_since"), "month")}
    shown = tables.customer_list(pd.DataFrame(told), wording, title, columns, len(told), name="changes", text=text)
    return replace(shown, csv=tables.csv_text(moved.rows))


def _moved(row: Mapping[Hashable, Any], kpi: Kpi, wording: Wording) -> dict[str, object]:
    before = {"value": wording.value(kpi.unit, row["before"]), "month": wording.month(row["compared_with"])}
    return {
        "kpi": kpi.name(wording.language),
        "before": wording.text("figure_in_month", **before),
        "value": wording.value(kpi.unit, row["value"]),
        "change": change_mark(kpi, row["change"], row["clarity"], wording),
        "since": row["since"],
    }


def restatement_table(changes: pd.DataFrame | None, catalogue: Catalogue, wording: Wording) -> Table:
    """Return a line per KPI that was restated: which months, the largest change, and in what the two runs differ.

    Without changes it says so in a sentence; None is a notebook that no run has opened.
    """
    title = wording.text("restated")
    if changes is None or changes.empty:
        said = "restated_unknown" if changes is None else "restated_none"
        return tables.Table(name="restatements", title=title, text=wording.text(said))
    lines = [_restated(row, catalogue, wording) for row in by_kpi(changes).to_dict("records")]
    columns: dict[str, str | tuple[str, Unit | str]] = {
        name: wording.text(f"restated_{name}") for name in ("kpi", "months", "month")
    }
    columns |= {name: (wording.text(f"restated_{name}"), "figure") for name in ("before", "after")}
    shown = tables.plain_table(pd.DataFrame(lines), wording, title, columns, name="restatements")
    text = wording.text("restated_why", causes=wording.join(_causes(changes.iloc[0], wording)))
    return tables.Table(name=shown.name, title=title, text=text, html=shown.html, csv=tables.csv_text(changes))


def _restated(row: Mapping[Hashable, Any], catalogue: Catalogue, wording: Wording) -> dict[str, str]:
    kpi, (first, last) = catalogue.by_id[row["kpi"]], (wording.month(row["first"]), wording.month(row["last"]))
    return {
        "kpi": kpi.name(wording.language),
        "months": first
        if first == last
        else wording.text("restated_span", first=first, last=last, count=row["months"]),
        "month": wording.month(row["month"]),
        "before": wording.value(kpi.unit, row["before"]),
        "after": wording.value(kpi.unit, row["after"]),
    }


def _causes(change: pd.Series, wording: Wording) -> list[str]:
    """Return in what the two runs differ; where it is more than one, each may be the cause."""
    found = [
        wording.text(f"restated_by_{cause}", detail=change[cause])
        for cause in ("definitions", "policies", "conditions", "data")
        if change[cause]
    ]
    return found or [wording.text("restated_by_nothing")]


def source_table(manifest: Manifest, wording: Wording) -> Table:
    """Return each table that was read: its rows, those set aside or left out and why, and which month looks cut."""
    notes = _source_notes(manifest, wording)
    rows = [
        {
            "table": name,
            "rows": state.rows,
            "aside": state.set_aside,
            "share": state.share,
            "claims": ", ".join(f"{claim.claim} {wording.value(Unit.COUNT, claim.rows)}" for claim in state.claims)
            or "–",
            "left_out": ", ".join(wording.text(f"source_{each.why}", count=each.rows) for each in state.left_out)
            or "–",
            "note": notes.get(name, "–"),
        }
        for name, state in manifest.tables.items()
    ]
    columns: dict[str, str | tuple[str, Unit | str]] = {
        "table": wording.text("source_table"),
        "rows": (wording.text("source_rows"), Unit.COUNT),
        "aside": (wording.text("source_aside"), Unit.COUNT),
        "share": (wording.text("source_share"), Unit.SHARE),
        "claims": wording.text("source_claims"),
    }
    # columns that most sources would leave empty
    if any(state.left_out for state in manifest.tables.values()):
        columns["left_out"] = wording.text("source_left_out")
    if notes:
        columns["note"] = wording.text("source_note")
    return tables.plain_table(pd.DataFrame(rows), wording, wording.text("sources"), columns, name="sources")


def _source_notes(manifest: Manifest, wording: Wording) -> dict[str, str]:
    """Return the notes on each table besides its counts: a cut month, and what the lack of a column was taken for."""
    said: dict[str, list[str]] = {name: [] for name in manifest.tables}
    for cut in manifest.cuts:
        said[cut.table].append(
            wording.text("source_cut", month=wording.month(cut.month), day=wording.date(cut.last_day))
        )
    if manifest.ties:
        said["surveys"].append(wording.text("source_tied", count=manifest.ties))
    for name, state in manifest.tables.items():
        said[name] += [_note(note, wording) for note in state.notes]
        absent = [column.name for column in BY_NAME[name].columns if column.absent and column.name not in state.columns]
        said[name] += [wording.text(f"absent_{name}_{column}", column=column) for column in absent]
        said[name] += [wording.text("source_by_month")] if state.by_month else []
    return {name: wording.sentences(*told) for name, told in said.items() if told}


def _note(note: Remark, wording: Wording) -> str:
    amount = wording.amount_full(float(note.said["amount"])) if "amount" in note.said else ""
    return wording.text(f"source_{note.kind}", count=note.rows, amount=amount)


def lifetime_value_note(compared: pd.DataFrame, names: Mapping[str, str], wording: Wording) -> Output:
    """Return which LTV to use, over how many months each is reckoned, and whether it can be compared with earlier months.

    `compared` has a row for `ltv` and for `ltv_survival`, `names` how readers know them.
    """
    rows = compared.set_index("kpi")
    observed, survival = (wording.value(Unit.AMOUNT, rows.value[name]) for name in ("ltv", "ltv_survival"))
    text = wording.text(
        "lifetime_value_text", by_survival=names["ltv_survival"], survival_value=survival,
        observed=names["ltv"], observed_value=observed,
    )  # fmt: skip
    growing = [
        wording.text("kpi_because", kpi=names[kpi], reason=wording.reason(reason))
        for kpi, reason in zip(compared.kpi, compared.reason, strict=True)
        if not is_comparable(reason)
    ]
    grows = wording.text("lifetime_value_grows", reasons=wording.join(growing)) if growing else ""
    return tables.note(wording.sentences(text, grows), wording.text("lifetime_value_title"))


def comment_note(text: str, segment: str, wording: Wording) -> Output:
    """Return what the team says of a month, of a segment or of the whole report."""
    title = (
        wording.text("comment_title_of", segment=isolate_direction(segment))
        if segment
        else wording.text("comment_title")
    )
    return tables.Markdown(name="", title=title, text=text)


def law_alarm(laws: pd.DataFrame, wording: Wording) -> Output | None:
    """Return a warning that names the laws which the data break; None where they keep all of them."""
    broken = _broken(laws, wording)
    if not broken:
        return None
    return tables.alarm(wording.text("laws_broken", laws=wording.join(broken)), wording.text("laws_alarm"))


def law_table(laws: pd.DataFrame, wording: Wording) -> Table:
    """Return each law, how often it was tried and how often it was broken, below whether all are kept."""
    told = laws.assign(law=[wording.text(f"law_{law}") for law in laws.law])
    columns: dict[str, str | tuple[str, Unit | str]] = {
        "law": wording.text("law"),
        "tried": (wording.text("law_tried"), Unit.COUNT),
        "broken": (wording.text("law_broken"), Unit.COUNT),
    }
    kept = "" if _broken(laws, wording) else wording.text("laws_kept", count=int(laws.tried.sum()))
    return replace(tables.plain_table(told, wording, wording.text("laws"), columns, name="laws"), text=kept)


def _broken(laws: pd.DataFrame, wording: Wording) -> list[str]:
    return [wording.text(f"law_{law}") for law in laws.law[laws.broken > 0]]


def nrr_table(readings: TwoReadings, wording: Wording) -> Table:
    """Return NRR from customers and from the bridge, line by line, and why the two differ."""
    cohort, bridge = (wording.value(Unit.SHARE, value) for value in (readings.cohort, readings.bridge))
    lines = [
        ("nrr_then", wording.amount_full(readings.then)),
        ("nrr_now", wording.amount_full(readings.now)),
        ("nrr_cohort", cohort),
        ("nrr_later", wording.amount_full(readings.later)),
        ("nrr_bridge", bridge),
    ]
    frame = pd.DataFrame([{"line": wording.text(key), "figure": figure} for key, figure in lines])
    columns: dict[str, str | tuple[str, Unit | str]] = {
        "line": wording.text("reading"),
        "figure": wording.text("value"),
    }
    title = wording.text("nrr_readings")
    shown = tables.plain_table(frame, wording, title, columns, name="nrr-readings")
    return tables.Table(name=shown.name, title=title, text=wording.text("nrr_why"), html=shown.html, csv=shown.csv)


def between_table(frame: pd.DataFrame, wording: Wording) -> Table:
    """Return the contracts that lived wholly between two closes, the latest first."""
    columns: dict[str, str | tuple[str, Unit | str]] = {
        "contract_id": wording.text("contract"),
        "customer_id": wording.text("customer_name"),
        "product": wording.text("product"),
        "mrr": (wording.text("customer_mrr"), Unit.AMOUNT),
        "starts_on": (wording.text("starts_on"), "date"),
    }
    text = wording.text(
        "between_text", count=wording.value("count", len(frame)), amount=wording.amount_full(frame.mrr.sum())
    )
    return tables.customer_list(frame, wording, wording.text("between"), columns, 10, name="between-closes", text=text)
