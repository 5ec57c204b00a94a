"""The team's actions as cards, a line each for plan, do, check and act, beside the course of the figure that is to change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from cslib.analysis.targets.pdca import IDLE, INTERNAL, NO_TARGET, OWNER_LEFT, State, state
from cslib.i18n.direction import isolate_direction
from cslib.i18n.numbers import MISSING, number
from cslib.periods import Month
from cslib.tables import effect_words
from cslib.tables.course import Course, course_svg
from cslib.tables.marks import SHAPES
from cslib.tables.markup import data_text
from cslib.tables.output import Table, csv_text, note, records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from cslib.i18n import Wording
    from cslib.kpis import Catalogue
    from cslib.kpis.kpi import Kpi
    from cslib.settings import Action, LocalisedText, Segment
    from cslib.tables.output import Output

_SHOWN = 30  # cards; the CSV has all
_SHAPE = {"overdue": SHAPES["off_target"], "running": SHAPES["within_interval"], "planned": SHAPES["no_target"], "decided": SHAPES["on_target"]}  # fmt: skip
_OTHERS = ("outside", "difference")


@dataclass(frozen=True)
class Told:
    """What is known of actions besides the rows of the analysis: their entries, their KPIs, and the figures of the segment."""

    actions: Sequence[Action]
    catalogue: Catalogue
    figures: pd.DataFrame  # the long table of the segment
    as_of: Month

    def entry(self, name: str) -> Action:
        """Return the entry of an action."""
        return next(one for one in self.actions if one.id == name)

    def kpi(self, row: Mapping[str, Any]) -> Kpi:
        """Return what is to change."""
        return self.catalogue.by_id[row["kpi"]]


def pdca_cards(rows: pd.DataFrame, told: Told, segments: Sequence[Segment], wording: Wording) -> Output:
    """Return a card per action of the segment, what is overdue first, and how many stand on the pages of other segments."""
    title, mine = wording.text("pdca_title"), rows[rows.action != ""]
    if not told.actions and rows.reason.iloc[0] == IDLE:
        return note(wording.text("pdca_begin"), title)
    others = _elsewhere(told, str(rows.segment.iloc[0]), segments, wording)
    if mine.empty:
        return note(wording.sentences(_nothing(rows, wording), others), title)
    counts = {str(one): int((mine.state == one).sum()) for one in State}
    text = wording.text("pdca_text", count=len(mine), **counts)
    more = wording.text("pdca_shown", shown=_SHOWN, total=len(mine)) if len(mine) > _SHOWN else ""
    cards = Markup().join(_card(row, told, wording) for row in records(mine.head(_SHOWN)))
    html = Markup('<ul class="cards">{}</ul>').format(cards)
    return Table("pdca", title, wording.sentences(text, others, more), html=html, csv=csv_text(mine))


def _nothing(rows: pd.DataFrame, wording: Wording) -> str:
    return wording.text("nothing_because", reason=wording.reason(rows.reason.iloc[0]))


def _elsewhere(told: Told, segment: str, segments: Sequence[Segment], wording: Wording) -> str:
    listed = []
    for one in segments:
        stages = [state(each, told.as_of) for each in told.actions if each.segment == one.id and one.id != segment]
        overdue = stages.count(State.OVERDUE)
        key = "pdca_elsewhere_overdue" if overdue else "pdca_elsewhere_of"
        said = {"segment": getattr(one.name, wording.language), "count": len(stages), "overdue": overdue}
        listed += [wording.text(key, **said)] if stages else []
    return wording.text("pdca_elsewhere", listed=wording.join(listed)) if listed else ""


def _card(row: Mapping[str, Any], told: Told, wording: Wording) -> Markup:
    entry, kpi = told.entry(row["action"]), told.kpi(row)
    lines = {"plan": _plan(entry, kpi, told, wording), "do": _steps(entry, told, wording), "check": _check(row, kpi, told, wording), "act": _act(row, entry, told, wording)}  # fmt: skip
    listed = Markup().join(
        Markup("<dt>{}</dt><dd>{}</dd>").format(wording.text(f"pdca_{key}"), Markup("<br>").join(said) or MISSING)
        for key, said in lines.items()
    )
    return Markup(
        '<li class="card {state}"><p class="facts"><span class="status"><i aria-hidden="true">{shape}</i> {word}</span> '
        '<span>{kpi}</span> <span>{owner}</span></p><p class="name">{name}</p>{picture}<dl>{lines}</dl></li>'
    ).format(
        state=row["state"], shape=_SHAPE[row["state"]], word=wording.text(f"pdca_state_{row['state']}"),
        kpi=kpi.name(wording.language), owner=data_text(row["owner"]), name=data_text(row[f"name_{wording.language}"]),
        picture=_picture(row, entry, kpi, told, wording), lines=listed,
    )  # fmt: skip


def _picture(row: Mapping[str, Any], entry: Action, kpi: Kpi, told: Told, wording: Wording) -> Markup:
    mine = told.figures[told.figures.kpi == row["kpi"]].sort_values("month")
    values = [number(value) for value in mine.value]
    known = [value for value in values if value is not None]
    if len(known) <= 1:
        return Markup()
    now = mine.iloc[-1]
    first = Month.parse(str(mine.month.iloc[0]))
    drawn = Course(
        values, Month.of(entry.started_on).number - first.number, number(row["baseline"]), number(row["expected"]),
        (number(now.low), number(now.high)),
    )  # fmt: skip
    ends = {"first": wording.value(kpi.unit, known[0]), "last": wording.value(kpi.unit, known[-1])}
    return course_svg(drawn, wording.text("pdca_picture", **ends))


def _plan(entry: Action, kpi: Kpi, told: Told, wording: Wording) -> list[Markup]:
    wanted, by = entry.expected, wording.month(entry.expected.by)
    if wanted.value is None:
        said = wording.text("pdca_expects", by=by, change=wording.change(kpi.unit, wanted.change))
    else:
        said = wording.text("pdca_expects_value", by=by, value=wording.value(kpi.unit, wanted.value))
    key = "pdca_starts" if entry.started_on > told.as_of.last_day else "pdca_started"
    dated = Markup("{}").format(wording.sentences(wording.text(key, day=wording.date(entry.started_on)), said))
    return [*([_data(entry.plan, wording)] if entry.plan else []), dated]


def _steps(entry: Action, told: Told, wording: Wording) -> list[Markup]:
    """Return the steps that had been taken by the close."""
    return [
        Markup("{}").format(wording.text("pdca_step", day=wording.date(one.on), note=_plain(one.note, wording)))
        for one in entry.done
        if one.on <= told.as_of.last_day
    ]


def _check(row: Mapping[str, Any], kpi: Kpi, told: Told, wording: Wording) -> list[Markup]:
    verdict = wording.text(f"pdca_verdict_{row['verdict']}")
    reason = wording.reason(row["reason"])
    if row["verdict"] == "too_early":
        month = Month.of(told.entry(row["action"]).started_on) + kpi.window + 1
        said = [wording.text("pdca_from", month=wording.month(month)), _now(row, kpi, wording)]
        return [_strong(wording.text("pdca_verdict", verdict=verdict)), _line(wording.sentences(*said))]
    if reason:
        return [
            _strong(wording.text("pdca_verdict_why", verdict=verdict, reason=reason)),
            _line(_now(row, kpi, wording)),
        ]
    measured = {
        "months": told.entry(row["action"]).baseline.months, "baseline": wording.value(kpi.unit, row["baseline"]),
        "value": wording.value(kpi.unit, row["value"]), "change": wording.change(kpi.unit, row["change"]),
        "interval": _between(kpi, row["low"], row["high"], wording), "expected": wording.change(kpi.unit, row["expected"]),
    }  # fmt: skip
    lines = [wording.text("pdca_measured", **measured), _beside(row, kpi, wording), *_caution(row, wording)]
    return [_strong(wording.text("pdca_verdict", verdict=verdict)), *(_line(one) for one in lines if one)]


def _now(row: Mapping[str, Any], kpi: Kpi, wording: Wording) -> str:
    value = wording.value(kpi.unit, row["value"])
    return "" if value == MISSING else wording.text("pdca_now", value=value)


def _between(kpi: Kpi, low: object, high: object, wording: Wording) -> str:
    if number(low) is None or number(high) is None:
        return wording.text("interval_from", low=wording.change(kpi.unit, low)) if number(low) is not None else MISSING
    return effect_words.differences(kpi.unit, low, high, wording)


def _beside(row: Mapping[str, Any], kpi: Kpi, wording: Wording) -> str:
    """Return the same change of everyone else."""
    outside, difference = (wording.change(kpi.unit, row[name]) for name in _OTHERS)
    between = _between(kpi, row["difference_low"], row["difference_high"], wording)
    if MISSING in {outside, difference, between}:
        return wording.text("pdca_others_nobody") if row["segment"] == "total" else ""
    return wording.text("pdca_others", outside=outside, difference=difference, interval=between)


def _caution(row: Mapping[str, Any], wording: Wording) -> list[str]:
    """Return what keeps a change from being called the action's, or what the analysis of programmes has to say of it."""
    stretch = [wording.text("pdca_bad_stretch")] if row["bad_stretch"] is True else []
    if row["programme_verdict"] in {"supported", "consistent"}:
        return [
            *stretch,
            wording.text("pdca_effect", verdict=wording.text(f"effect_verdict_{row['programme_verdict']}")),
        ]
    return [wording.sentences(*stretch, wording.text("pdca_no_proof"))]


def _act(row: Mapping[str, Any], entry: Action, told: Told, wording: Wording) -> list[Markup]:
    if row["state"] != State.DECIDED or entry.decision is None:
        key = "pdca_review_missed" if row["state"] == State.OVERDUE else "pdca_review"
        return [_line(wording.text(key, day=wording.date(row["review_on"])))]
    what, why = wording.text(f"pdca_what_{entry.decision.what}"), _plain(entry.decision.why, wording)
    said = wording.text("pdca_decided", day=wording.date(row["decided_on"]), what=what, why=why)
    follows = entry.decision.next and _plain(told.entry(entry.decision.next).name, wording)
    return [_line(said), *([_line(wording.text("pdca_follows", name=follows))] if follows else [])]


def pdca_recent(rows: pd.DataFrame, told: Told, wording: Wording) -> Output:
    """Return what was decided in the month of the report, that is since the last close."""
    title = wording.text("pdca_recent")
    mine = [row for row in records(rows) if row["decided_on"][:7] == str(told.as_of)]
    if not mine:
        none = wording.text("pdca_recent_none", month=wording.month(told.as_of))
        return note(_nothing(rows, wording) if rows.reason.iloc[0] == INTERNAL else none, title)
    return note(wording.sentences(*(_recent(row, told.entry(row["action"]), wording) for row in mine)), title)


def _recent(row: Mapping[str, Any], entry: Action, wording: Wording) -> str:
    why = _plain(entry.decision.why, wording) if entry.decision else ""
    return wording.text(
        "pdca_recent_one", name=_plain(entry.name, wording), what=wording.text(f"pdca_what_{row['decision']}"),
        day=wording.date(row["decided_on"]), why=why,
    )  # fmt: skip


def pdca_findings(rows: pd.DataFrame, found: pd.DataFrame, told: Told, wording: Wording) -> Output:
    """Return the figures off their targets that nobody acts on, by the rows of `consistency`, and what is amiss with actions."""
    title = wording.text("pdca_findings")
    if rows.reason.iloc[0] == INTERNAL:
        return note(_nothing(rows, wording), title)
    untended = [told.catalogue.by_id[kpi].name(wording.language) for kpi in found.kpi[found.rule == "o"]]
    said = [
        wording.text("pdca_untended", kpis=wording.join(untended)) if untended else wording.text("pdca_findings_none")
    ]
    for word in (NO_TARGET, OWNER_LEFT):
        names = [
            isolate_direction(str(row[f"name_{wording.language}"]))
            for row in records(rows)
            if word in row["lacks"].split()
        ]
        said += [wording.text(f"pdca_{word}", names=wording.join(names))] if names else []
    return note(wording.sentences(*said), title)


def _plain(text: LocalisedText, wording: Wording) -> str:
    return isolate_direction(str(getattr(text, wording.language)))


def _data(text: LocalisedText, wording: Wording) -> Markup:
    return data_text(getattr(text, wording.language))


def _line(text: str) -> Markup:
    return Markup("{}").format(text)


def _strong(text: str) -> Markup:
    return Markup("<b>{}</b>").format(text)
