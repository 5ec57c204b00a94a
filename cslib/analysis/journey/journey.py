"""The journey of customers by phase: who is in it, how long it takes, how content they are, and what reaches them there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pandas as pd
from ibis import _

from cslib.analysis.journey.disclosure import discreet
from cslib.analysis.journey.journeys import (
    ADOPTED,
    AFTER_ADOPTION,
    BEFORE,
    CONSIDERATION,
    LIMITED,
    NEVER,
    ONBOARDED,
    VALUE,
    YEAR,
    day_of,
)
from cslib.analysis.panel import NEEDS, memberships
from cslib.kpis import reasons
from cslib.kpis.measure import figures, version
from cslib.kpis.report_rows import segment_rows
from cslib.periods import Month, month_number
from cslib.stats import km_median, km_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cslib.analysis.inquiry import Inquiry
    from cslib.analysis.journey.journeys import Journeys
    from cslib.facts import Facts

    Flags = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Row = dict[str, Any]

HUMAN, SELF_SERVICE = ("meeting", "call", "seminar", "email"), ("chatbot", "faq")
TOUCHED = (*(f"hours_{kind}" for kind in HUMAN), "self_service")
COUNTS = ("customers", "slipping", "due", "stuck", "renewed_without_outcome", "entered", "passed", "lost", "stays", "out_of_order", "ever_passed", "nps_n", "csat_n", "ticket_months", "touch_months")  # fmt: skip
COLUMNS = (
    "segment", "month", "phase", "customers", "mrr", "slipping", "due", "entered", "passed", "lost", "stays", "median_days",
    "days_low", "days_high", "p75_days", "stuck", "stuck_mrr", "limit_days", "limit_from", "renewed_without_outcome",
    "out_of_order", "ever_passed", "nps", "nps_low", "nps_high", "nps_n", "csat", "csat_low", "csat_high", "csat_n",
    "grave_tickets", "ticket_months", *TOUCHED, "touch_months", "status", "lacks", "reason",
)  # fmt: skip
SMALL = "small"
_TEXTS = ("phase", "limit_from", "status", "lacks", "reason")
_ANSWERS, _TICKETS, _TOUCHES = ("nps", "csat"), ("tickets.severity",), ("touches.minutes",)
_SLOWEST = 0.75
_MINUTES = 60


def journey(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per segment and phase, in the order of the journey: `COLUMNS`; nan where it is not known.

    `customers` are in the phase at the close and pay `mrr`; of them `slipping` were not in use at this close and the last,
    `due` have a term that ends within 90 days, `stuck` (who pay `stuck_mrr`) have been there for more than `limit_days`, which
    `limit_from` has from the policy, the book's own customers or the default, and `renewed_without_outcome` before their first
    goal. `entered`, `passed` and `lost` are of 12 months. Of the `stays` of two years from gate to gate, open and lost ones
    censored, `median_days` with its interval and `p75_days` are estimates by Kaplan and Meier. Of the customers that have
    `ever_passed` the gate of the phase, `out_of_order` passed it before an earlier one. NPS (six months) and CSAT (three) are
    of those in the phase now, with `nps_n` and `csat_n` answers. `grave_tickets` and what reaches them, `hours_<kind>` of
    people and contacts of `self_service`, are per customer and month over the `ticket_months` and `touch_months` of a year,
    each by the phase that the customer was in at its close. `lacks` says what of it the source does not tell.
    """
    journeys = inquiry.journeys
    if journeys is None:
        absent = ", ".join(inquiry.facts.missing(NEEDS))
        return _table(inquiry, [{"segment": one, "reason": f"{reasons.NEEDS} {absent}"} for one in inquiry.segments])
    told = _Told(inquiry, journeys)
    rows = [row for segment in sorted(inquiry.segments) for row in told.of(segment)]
    table = _table(inquiry, rows)
    return discreet(table, journeys, told.groups) if inquiry.facts.discreet else table


def _table(inquiry: Inquiry, rows: Sequence[Row]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=[*COLUMNS]).assign(month=str(inquiry.as_of))
    table[[*_TEXTS]] = table[[*_TEXTS]].astype(object).where(table[[*_TEXTS]].notna(), "")
    plain = {name: "float64" for name in COLUMNS if name not in {*_TEXTS, *COUNTS, "segment", "month"}}
    return table.astype({**plain, **dict.fromkeys(COUNTS, "Int64")}).reset_index(drop=True)


class _Told:
    """What is told of the customers of each phase, whatever their segment."""

    def __init__(self, inquiry: Inquiry, journeys: Journeys) -> None:
        self._inquiry, self._journeys = inquiry, journeys
        self._least = inquiry.settings.policies.min_n
        self._year = journeys.close if journeys.as_of.number < YEAR else day_of(journeys.as_of - YEAR)
        self._buyers = memberships(inquiry.facts, pd.Index(journeys.considering.customer_id))[0]
        self._lacks: list[str] = []
        self._answers = _answers(inquiry, journeys, self._lacks)
        self._loads = _loads(journeys, self._lacks)

    @property
    def groups(self) -> dict[str, dict[str, pd.Index[Any]]]:
        """The customers behind each count of each phase, by its column, and those that it leaves of the phase."""
        journeys, stays = self._journeys, self._journeys.stays
        ids, found = journeys.panel.ids, {}
        for place, phase in enumerate(journeys.phases):
            mine = journeys.now[journeys.phase_at[journeys.now] == place]
            flags = self._flags(mine, phase)
            who = ids[journeys.panel.customers[mine]]
            theirs = stays[stays.phase == place]
            moved = {name: ids[theirs.customer[chosen]] for name, chosen in self._moves(theirs).items()}
            kept = {f"not {name}": who[~chosen] for name, chosen in flags.items()}
            found[phase] = {
                "customers": who,
                **{name: who[chosen] for name, chosen in flags.items()},
                **kept,
                **moved,
            }
        found[CONSIDERATION] = {"customers": pd.Index(journeys.considering.customer_id)}
        return found

    def of(self, segment: str) -> list[Row]:
        """Return the rows of a segment, the phases that cannot be told among them."""
        journeys, common = self._journeys, {"segment": segment, "lacks": ", ".join(dict.fromkeys(self._lacks))}
        untold = [
            {"phase": BEFORE[gate], "reason": journeys.reasons[gate]}
            for gate in (ONBOARDED, ADOPTED)
            if journeys.reasons[gate]
        ]
        rows = [self._considering(segment), *(self._phase(segment, place) for place in range(len(journeys.phases)))]
        order = [CONSIDERATION, *BEFORE.values(), *journeys.phases[-1:]]
        return [{**row, **common} for row in sorted([*rows, *untold], key=lambda row: order.index(row["phase"]))]

    def _considering(self, segment: str) -> Row:
        reason = self._journeys.reasons[CONSIDERATION]
        if reason:
            return {"phase": CONSIDERATION, "reason": reason}
        count = int(self._buyers[segment].sum())
        return {"phase": CONSIDERATION, "customers": count, "status": self._status(count), "reason": _empty(count)}

    def _phase(self, segment: str, place: int) -> Row:
        journeys, panel = self._journeys, self._journeys.panel
        phase = journeys.phases[place]
        mine = journeys.now[panel.inside(segment)[journeys.now] & (journeys.phase_at[journeys.now] == place)]
        flags = self._flags(mine, phase)
        paid = panel.mrr[mine]
        days, source = journeys.limits[phase] if phase in LIMITED else (np.nan, "")
        goals = journeys.reasons[VALUE] if phase == AFTER_ADOPTION else ""
        return {
            "phase": phase, "customers": len(mine), "mrr": paid.sum(), **{name: int(of.sum()) for name, of in flags.items()},
            "stuck_mrr": paid[flags["stuck"]].sum() if "stuck" in flags else np.nan, "limit_days": days, "limit_from": source,
            **self._course(segment, place), **self._answers.get((segment, phase), {}), **self._load(segment, place),
            "status": self._status(len(mine)), "reason": goals or _empty(len(mine)),
        }  # fmt: skip

    def _flags(self, mine: NDArray[np.int64], phase: str) -> dict[str, Flags]:
        """Return which of some customers of a phase each count is of; a count that does not apply is not there."""
        journeys, who = self._journeys, self._journeys.panel.customers[mine]
        flags = {"due": self._due[who]}
        if not journeys.reasons[ADOPTED]:
            flags["slipping"] = journeys.slipping[mine]
        if phase in LIMITED:
            flags["stuck"] = journeys.stuck[who]
        if phase == VALUE:
            flags["renewed_without_outcome"] = journeys.ever_renewed[who] < NEVER
        return flags

    @property
    def _due(self) -> Flags:
        standing = self._inquiry.standing
        due: Flags = self._journeys.panel.ids.isin(standing.index[standing.due_on.notna()])
        return due

    def _moves(self, stays: pd.DataFrame) -> dict[str, Flags]:
        """Return which stays began, ended with the gate and ended with the loss within the year."""
        ended = (stays.until > self._year).to_numpy()
        return {
            "entered": (stays.begun > self._year).to_numpy(),
            "passed": ended & stays.passed.to_numpy(),
            "lost": ended & stays.lost.to_numpy(),
        }

    def _course(self, segment: str, place: int) -> Row:
        """Return who came and went, how long it takes, and who came through out of order."""
        journeys, inside = self._journeys, self._members(segment)
        every, recent = (
            of[(of.phase == place) & inside[of.customer]] for of in (journeys.stays, journeys.recent_stays)
        )
        found: Row = {name: int(of.sum()) for name, of in self._moves(every).items()}
        if place + 1 == len(journeys.phases):  # nothing comes after it
            return {name: count for name, count in found.items() if name != "passed"}
        days, passed = recent.days.to_numpy(np.float64), recent.passed.to_numpy()
        median, gate = km_median(days, passed), journeys.gates[place + 1]
        ever = (journeys.passed_on[gate] < NEVER) & inside
        early = journeys.out_of_order.get(gate, np.zeros(len(ever), dtype=np.bool_))
        return found | {
            "stays": len(recent), "median_days": median.value, "days_low": median.low, "days_high": median.high,
            "p75_days": km_quantile(days, passed, _SLOWEST), "out_of_order": int((early & ever).sum()), "ever_passed": int(ever.sum()),
        }  # fmt: skip

    def _load(self, segment: str, place: int) -> Row:
        """Return the tickets and the touches per customer and month."""
        journeys = self._journeys
        found: Row = {}
        chosen = journeys.panel.inside(segment) & (journeys.phase_at == place)
        for months, (rows, amounts) in self._loads.items():
            count = int((chosen & rows).sum())
            found[months] = count
            found |= {name: of[chosen & rows].sum() / count if count else np.nan for name, of in amounts.items()}
        return found

    def _members(self, segment: str) -> Flags:
        panel = self._journeys.panel
        inside = np.zeros(len(panel.ids), dtype=np.bool_)
        inside[panel.customers[panel.inside(segment)]] = True
        return inside

    def _status(self, count: int) -> str:
        return SMALL if 0 < count < self._least else ""


def _empty(count: int) -> str:
    return "" if count else reasons.EMPTY


def _answers(inquiry: Inquiry, journeys: Journeys, lacks: list[str]) -> dict[tuple[str, str], Row]:
    """Return NPS and CSAT by segment and phase, of the customers that are in it now; `lacks` is told what is not there."""
    facts, as_of = inquiry.facts, inquiry.as_of
    kpis = [version(inquiry.catalogue.by_id[name], facts.manifest) for name in _ANSWERS]
    absent = list(dict.fromkeys(need for kpi in kpis for need in facts.missing(kpi.needs)))
    if absent or not len(journeys.now):
        lacks += absent
        return {}
    who, phase = journeys.panel.customers[journeys.now], journeys.phase_at[journeys.now]
    frame = pd.DataFrame(
        {"customer_id": journeys.panel.ids[who], "phase": np.array(journeys.phases, dtype=object)[phase]}
    )
    placed = ibis.memtable(frame, schema={"customer_id": "string", "phase": "string"})
    long = figures(segment_rows(facts, kpis, (as_of,)).join(placed, "customer_id"), kpis, ["segment", "phase"])
    found: dict[tuple[str, str], Row] = {}
    for row in long[long.n > 0].to_dict("records"):
        named = {f"{row['kpi']}_{name}": row[name] for name in ("low", "high")}
        theirs = {row["kpi"]: row["value"], f"{row['kpi']}_n": int(row["n"]), **named}
        found.setdefault((row["segment"], row["phase"]), {}).update(theirs)
    return found


def _loads(journeys: Journeys, lacks: list[str]) -> dict[str, tuple[Flags, dict[str, Floats]]]:
    """Return, by what their months are called, the rows of the year that the data tell and what falls to each row."""
    facts, found = journeys.facts, {}
    for months, needs, load in (("ticket_months", _TICKETS, _tickets), ("touch_months", _TOUCHES, _touches)):
        absent = facts.missing(needs)
        lacks += absent
        if not absent:
            found[months] = (_covered(journeys, needs), load(facts, journeys))
    return found


def _covered(journeys: Journeys, needs: tuple[str, ...]) -> Flags:
    """Return the rows of the panel of the last year whose months the data tell."""
    panel, last, manifest = journeys.panel, journeys.as_of.number, journeys.facts.manifest
    begins = manifest.begins(needs).number
    told = [one for one in range(max(last - YEAR + 1, begins), last + 1) if not manifest.silent(needs, Month(one))]
    return np.isin(panel.months, told)


def _tickets(facts: Facts, journeys: Journeys) -> dict[str, Floats]:
    grave = facts.tables["tickets"].filter(_.severity.isin(["high", "urgent"]))
    dated = grave.select(
        "customer_id", month_no=month_number(_.opened_at), what=ibis.literal("grave_tickets"), amount=1.0
    )
    return _by_row(dated, journeys, ("grave_tickets",))


def _touches(facts: Facts, journeys: Journeys) -> dict[str, Floats]:
    by_people = _.kind.isin(HUMAN)
    dated = facts.tables["touches"].select(
        "customer_id", month_no=month_number(_.occurred_on), what=ibis.ifelse(by_people, "hours_" + _.kind, "self_service"),
        amount=ibis.ifelse(by_people, _.minutes.cast("float64") / _MINUTES, 1.0).fill_null(0.0),
    )  # fmt: skip
    return _by_row(dated, journeys, TOUCHED)


def _by_row(dated: ibis.expr.types.Table, journeys: Journeys, names: Sequence[str]) -> dict[str, Floats]:
    """Return of each kind of what is dated how much falls to each row of the panel."""
    panel, last = journeys.panel, journeys.as_of.number
    within = dated.filter(_.month_no <= last, _.month_no > last - YEAR)
    summed = within.group_by("customer_id", "month_no", "what").aggregate(amount=_.amount.sum())
    frame = summed.order_by("customer_id", "month_no", "what").to_pyarrow().to_pandas()
    who = panel.ids.get_indexer(frame.customer_id)
    place = np.where(who >= 0, panel.place(who, frame.month_no.to_numpy(dtype=np.int64)), -1)
    found = {name: np.zeros(len(panel.months)) for name in names}
    for name, amounts in found.items():
        mine = (frame.what == name).to_numpy() & (place >= 0)
        amounts[place[mine]] = frame.amount[mine]
    return found
