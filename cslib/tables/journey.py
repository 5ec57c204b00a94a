"""The customers' journey as a page shows it: the row of phases, their figures, who is stuck, and the path of one customer."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup

from cslib.analysis.journey.customers import SLIPPING, STUCK
from cslib.analysis.journey.journey import HUMAN
from cslib.analysis.journey.journeys import AFTER_ADOPTION, BEFORE, CONSIDERATION, GATES
from cslib.i18n.numbers import number
from cslib.kpis.kpi import Unit
from cslib.tables.lists import customer_list, plain_table
from cslib.tables.output import Table, csv_text, note, records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cslib.i18n import Wording
    from cslib.tables.lists import Shown
    from cslib.tables.output import Output

    Row = Mapping[str, Any]

_GATES = {phase: gate for gate, phase in BEFORE.items()}
_WIDEST, _TALL, _SHORT = 9, 96, 26  # steps of width, and heights of a chevron
_SHOWN = 50


def journey_map(rows: pd.DataFrame, wording: Wording, least: int) -> Output:
    """Return the phases in a row, from the rows of `journey`: what each takes, who is in it, how content, and what reaches them.

    What rests on fewer than `least` answers is marked.
    """
    title, listed = wording.text("journey_title"), records(rows)
    told = [row for row in listed if _known(row, "customers")]
    if not told:
        return note(wording.text("journey_untold", reason=wording.reason(rows.reason.iloc[0])), title)
    text = wording.sentences(*_findings(listed, told, wording), wording.text("journey_key"))
    return Table("journey", title, text, html=_chevrons(told, wording, least), csv=csv_text(rows))


def _known(row: Row, name: str) -> bool:
    return number(row[name]) is not None


def _count(row: Row, name: str) -> int:
    return int(row[name]) if _known(row, name) else 0


def _phase(row: Row, wording: Wording) -> str:
    return wording.text(f"phase_{row['phase']}")


def _findings(listed: Sequence[Row], told: Sequence[Row], wording: Wording) -> list[str]:
    """Return where the way is longest, who is stuck there and elsewhere, and what went out of order."""
    stuck, paid = (sum(number(row[name]) or 0 for row in told) for name in ("stuck", "stuck_mrr"))
    held = {"customers": int(stuck), "mrr": wording.value(Unit.AMOUNT, paid)}
    without = sum(_count(row, "renewed_without_outcome") for row in told)
    whether = wording.text("journey_stuck_sum", **held) if stuck else wording.text("journey_none_stuck")
    hidden = all(not _known(row, "stuck") for row in told)
    return [
        *_slowest(told, wording),
        "" if hidden else whether,
        wording.text("journey_without_outcome", customers=without) if without else "",
        _disorder(told, wording),
        *_untold(listed, wording),
    ]


def _slowest(told: Sequence[Row], wording: Wording) -> list[str]:
    timed = [row for row in told if _known(row, "median_days")]
    if not timed:
        return [wording.text("journey_no_days")]
    row = max(timed, key=lambda one: one["median_days"])
    said = wording.text(
        "journey_slowest", phase=_phase(row, wording), median=wording.value(Unit.DAYS, row["median_days"]),
        interval=wording.interval(Unit.DAYS, row["days_low"], row["days_high"]), n=_count(row, "stays"),
        customers=_count(row, "customers"), mrr=wording.value(Unit.AMOUNT, row["mrr"]),
    )  # fmt: skip
    if not _known(row, "nps"):
        return [said]
    score = wording.value(Unit.POINTS, row["nps"])
    return [said, wording.text("journey_nps_of", nps=score, n=_count(row, "nps_n"))]


def _disorder(told: Sequence[Row], wording: Wording) -> str:
    """Return how many came through each gate before an earlier one."""
    listed = [
        wording.text(
            "journey_order_of", gate=wording.text(f"journey_gate_{_GATES[row['phase']]}"),
            whole=_count(row, "ever_passed"), count=_count(row, "out_of_order"),
        )
        for row in told
        if _count(row, "out_of_order")
    ]  # fmt: skip
    return wording.text("journey_order", listed=wording.join(listed)) if listed else ""


def _untold(listed: Sequence[Row], wording: Wording) -> list[str]:
    """Return what the source does not tell."""
    lacking = [name for name in str(listed[0]["lacks"]).split(", ") if name]
    missing = [row for row in listed if not _known(row, "customers")]
    return [
        *(wording.text("journey_not_told", phase=_phase(row, wording), reason=wording.reason(row["reason"])) for row in missing),
        wording.text("journey_one_phase") if any(row["phase"] == AFTER_ADOPTION for row in listed) else "",
        wording.text("journey_lacks", what=wording.needs(lacking)) if lacking else "",
    ]  # fmt: skip


# the row of phases


def _chevrons(told: Sequence[Row], wording: Wording, least: int) -> str:
    most = max(_count(row, "customers") for row in told) or 1
    longest = max((number(row["median_days"]) or 0 for row in told), default=0) or 1
    items = Markup().join(_chevron(row, (most, longest), wording, least) for row in told)
    return Markup('<ol class="journey">{}</ol>').format(items)


def _chevron(row: Row, largest: tuple[int, float], wording: Wording, least: int) -> Markup:
    """Return a phase: its width by the days that it takes, its height by the customers in it, its border by NPS."""
    most, longest = largest
    wide = 1 + round((_WIDEST - 1) * (number(row["median_days"]) or 0) / longest)
    high = _SHORT + (_TALL - _SHORT) * _count(row, "customers") / most
    stuck = wording.text("journey_stuck", count=_count(row, "stuck")) if _count(row, "stuck") else ""
    few = Markup(" <small>{}</small>").format(wording.text("journey_small")) if row["status"] else ""
    under = [_time(row, wording), _feels(row, wording, least), _reaches(row, wording)]
    return Markup(
        '<li class="phase wide-{wide}"><p class="name">{name}</p>{shape}<p class="big"><b>{count}</b>{few}</p>'
        "<p>{mrr}</p>{stuck}{under}</li>"
    ).format(
        wide=wide,
        name=_phase(row, wording),
        shape=_shape(high, _mood(row)),
        count=wording.text("journey_customers_count", count=_count(row, "customers")),
        few=few,
        mrr=wording.text("journey_mrr", mrr=wording.value(Unit.AMOUNT, row["mrr"])) if _known(row, "mrr") else "",
        stuck=Markup('<p class="tab">{}</p>').format(stuck) if stuck else "",
        under=Markup().join(Markup("<p><small>{}</small></p>").format(text) for text in under if text),
    )


def _shape(high: float, mood: str) -> Markup:
    top, bottom = (_TALL - high) / 2 + 2, (_TALL + high) / 2 + 2
    points = f"1,{top:.0f} 88,{top:.0f} 99,{_TALL / 2 + 2:.0f} 88,{bottom:.0f} 1,{bottom:.0f} 12,{_TALL / 2 + 2:.0f}"
    return Markup(
        '<svg class="chevron {mood}" viewBox="0 0 100 {high}" width="100%" height="{high}" preserveAspectRatio="none" '
        'aria-hidden="true"><polygon points="{points}" fill="none" stroke="currentColor" stroke-width="3" '
        'vector-effect="non-scaling-stroke"/></svg>'
    ).format(mood=mood, high=_TALL + 4, points=points)


def _mood(row: Row) -> str:
    """Return the class of a border: whether the interval of NPS lies above 0, below it, or on both sides."""
    low, high = number(row["nps_low"]), number(row["nps_high"])
    if low is None or high is None:
        return "untold"
    return "better" if low > 0 else "worse" if high < 0 else "between"


def _time(row: Row, wording: Wording) -> str:
    if row["phase"] not in _GATES:
        return "" if row["phase"] == CONSIDERATION else wording.text("journey_no_next")
    if not _known(row, "median_days"):
        return wording.text("journey_days_open")
    return wording.text("journey_days", median=wording.value(Unit.DAYS, row["median_days"]))


def _feels(row: Row, wording: Wording, least: int) -> str:
    if row["phase"] == CONSIDERATION:
        return ""
    if not _known(row, "nps"):
        return wording.text("journey_no_nps")
    said = wording.text("journey_nps", nps=wording.value(Unit.POINTS, row["nps"]), n=_count(row, "nps_n"))
    return _hinted(said, _count(row, "nps_n"), wording, least)


def _hinted(said: str, n: int, wording: Wording, least: int) -> str:
    return wording.text("journey_hint", told=said) if n < least else said


def _reaches(row: Row, wording: Wording) -> str:
    """Return what reaches a customer of the phase in a month."""
    if not _known(row, "touch_months"):
        return ""
    hours = {kind: number(row[f"hours_{kind}"]) or 0 for kind in HUMAN}
    listed = [
        wording.text("journey_reach_of", kind=wording.text(f"journey_kind_{kind}"), hours=f"{amount:.2f}")
        for kind, amount in hours.items()
        if amount
    ]
    alone = number(row["self_service"]) or 0
    listed += [wording.text("journey_reach_self", count=f"{alone:.2f}")] if alone else []
    return wording.text("journey_reaching", listed=wording.join(listed)) if listed else ""


# the figures


def journey_phases(rows: pd.DataFrame, wording: Wording, least: int) -> Output:
    """Return the figures of each phase, a line each, marked where they rest on fewer than `least`; the CSV holds all of them."""
    title = wording.text("journey_phases")
    told = [row for row in records(rows) if _known(row, "customers")]
    if not told:
        return note(wording.text("journey_untold", reason=wording.reason(rows.reason.iloc[0])), title)
    columns: dict[str, Shown] = {
        "phase": wording.text("phase"), "customers": (wording.text("journey_customers_in"), Unit.COUNT),
        "time": (wording.text("journey_time"), "lines"), "flow": (wording.text("journey_flow"), "figure"),
        "state": (wording.text("journey_state"), "figure"), "stuck": (wording.text("journey_stuck_at"), "figure"),
        "feels": (wording.text("journey_feels"), "lines"), "grave": (wording.text("journey_grave"), "figure"),
    }  # fmt: skip
    lines = pd.DataFrame([_line(row, wording, least) for row in told])
    shown = plain_table(lines, wording, title, columns, name="journey-phases")
    return Table(shown.name, title, wording.text("journey_phases_text"), html=shown.html, csv=csv_text(rows))


def _line(row: Row, wording: Wording, least: int) -> dict[str, Any]:
    def counted(key: str, *names: str) -> str:
        if not any(_known(row, name) for name in names):
            return ""
        return wording.text(key, **{name: wording.value(Unit.COUNT, row[name]) for name in names})

    csat = wording.text("journey_csat_of", csat=wording.value(Unit.SHARE, row["csat"]), n=_count(row, "csat_n"))
    feels = [_feels(row, wording, least)] if _known(row, "nps") else []
    feels += [_hinted(csat, _count(row, "csat_n"), wording, least)] if _known(row, "csat") else []
    return {
        "phase": _phase(row, wording), "customers": row["customers"], "time": _days(row, wording),
        "flow": counted("journey_flow_of", "entered", "passed", "lost"), "state": counted("journey_state_of", "slipping", "due"),
        "stuck": _stuck(row, wording), "feels": tuple(feels) or "", "grave": _grave(row, wording),
    }  # fmt: skip


def _days(row: Row, wording: Wording) -> tuple[str, ...] | str:
    """Return the median of the days to the next gate, its interval, and by when three in four go on."""
    if not _known(row, "median_days"):
        return ""
    slow = (
        wording.text("journey_p75", days=wording.value(Unit.DAYS, row["p75_days"])) if _known(row, "p75_days") else ""
    )
    between = wording.interval(Unit.DAYS, row["days_low"], row["days_high"])
    return tuple(line for line in (wording.value(Unit.DAYS, row["median_days"]), between, slow) if line)


def _stuck(row: Row, wording: Wording) -> str:
    if not _known(row, "stuck"):
        return ""
    return wording.text(
        "journey_stuck_of", count=_count(row, "stuck"), days=wording.value(Unit.DAYS, row["limit_days"])
    )


def _grave(row: Row, wording: Wording) -> str:
    if not _known(row, "grave_tickets"):
        return ""
    return wording.text("journey_grave_of", tickets=f"{row['grave_tickets']:.2f}", n=_count(row, "ticket_months"))


# the customers


def stuck_customers(rows: pd.DataFrame, customers: pd.DataFrame, wording: Wording) -> Output:
    """Return the customers that are stuck, those who pay most first, from the rows of `journey_customers`; the CSV holds all."""
    title = wording.text("journey_stuck_title")
    if not (rows.customer_id != "").any():
        return note(wording.text("journey_untold", reason=wording.reason(rows.reason.iloc[0])), title)
    words = rows.why.str.split()
    stuck = rows[[STUCK in held for held in words]].merge(
        customers[["customer_id", "name"]], on="customer_id", how="left"
    )
    slips = sum(SLIPPING in held for held in words)
    slipping = wording.text("journey_slip_text", count=slips) if slips else ""
    if stuck.empty:
        return Table(
            "journey-stuck", title, wording.sentences(wording.text("journey_none_listed"), slipping), csv=csv_text(rows)
        )
    paid = wording.value(Unit.AMOUNT, stuck.mrr.sum())
    text = wording.sentences(wording.text("journey_stuck_text", count=len(stuck), mrr=paid), slipping)
    shown = stuck.assign(
        phase=[wording.text(f"phase_{phase}") for phase in stuck.phase],
        gate=[wording.text(f"journey_gate_{gate}") for gate in stuck.gate],
    )
    columns: dict[str, Shown] = {
        "name": wording.text("customer_name"), "phase": wording.text("phase"),
        "days": (wording.text("journey_in_phase"), Unit.DAYS), "gate": wording.text("journey_open_gate"),
        "csm": wording.text("customer_csm"), "last_touch": (wording.text("journey_last_touch"), "date"),
        "mrr": (wording.text("customer_mrr"), Unit.AMOUNT),
    }  # fmt: skip
    listed = customer_list(shown, wording, title, columns, _SHOWN, name="journey-stuck", text=text)
    return Table(listed.name, title, listed.text, html=listed.html, csv=csv_text(rows))


def journey_path(rows: pd.DataFrame, customers: pd.DataFrame, wording: Wording, customer: str = "") -> Output:
    """Return the days on which one customer passed each gate; without one named, those of the first that is listed."""
    listed = rows[rows.customer_id == customer] if customer else rows[rows.customer_id != ""]
    if listed.empty:
        return note(wording.text("journey_path_none", reason=wording.reason(rows.reason.iloc[0])))
    row = records(listed)[0]
    names = customers.set_index("customer_id").name
    title = wording.text("journey_path_title", name=names.get(row["customer_id"], row["customer_id"]))
    phase = wording.text(f"phase_{row['phase']}")
    said = wording.text("journey_path_text", phase=phase, days=wording.value(Unit.DAYS, row["days"]))
    early = [wording.text(f"journey_gate_{gate}") for gate in row["out_of_order"].split()]
    order = wording.text("journey_path_early", gates=wording.join(early)) if early else ""
    return Table(
        "journey-path", title, wording.sentences(said, order), html=_path(row, wording), csv=csv_text(listed.head(1))
    )


def _path(row: Row, wording: Wording) -> str:
    """Return the gates in a line, those that were passed by their days, the others after them."""
    passed = sorted((row[gate], place) for place, gate in enumerate(GATES) if row[gate])
    open_ones = [place for place, gate in enumerate(GATES) if not row[gate]]
    days = [date.fromisoformat(day) for day, _ in passed]
    gaps = [0, *((later - earlier).days for earlier, later in pairwise(days))]
    items = [
        _stop(GATES[place], wording.date(day), wording.text("journey_path_after", days=wording.value(Unit.DAYS, gap)) if at else "", wording)
        for at, ((day, place), gap) in enumerate(zip(passed, gaps, strict=True))
    ]  # fmt: skip
    items += [_stop(GATES[place], wording.text("journey_path_open"), "", wording, css="open") for place in open_ones]
    return Markup('<ol class="path">{}</ol>').format(Markup().join(items))


def _stop(gate: str, day: str, after: str, wording: Wording, css: str = "passed") -> Markup:
    return Markup('<li class="{}"><b>{}</b> <span>{}</span> <small>{}</small></li>').format(
        css, wording.text(f"journey_gate_{gate}"), day, after
    )
