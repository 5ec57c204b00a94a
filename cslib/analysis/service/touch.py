"""Touch models: what each takes and has, and how far customers have another one than the rule says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from ibis import _

from cslib.analysis.few import few_segments
from cslib.analysis.panel import NEEDS, memberships
from cslib.analysis.service.loads import csm_shares, hours_of, loads
from cslib.analysis.service.service import (
    CSM,
    GOALS,
    HOURS_MONTHS,
    MODEL,
    STEPS,
    USE,
    touched_lately,
    untold_column,
    untold_hours,
)
from cslib.analysis.service.touch_rule import HIGH, LOW, OVER, TECH, UNDER, is_single, judged, members_of
from cslib.kpis import reasons
from cslib.kpis.measure import measure
from cslib.periods import month_number
from cslib.privacy.suppression import HIDDEN
from cslib.stats import t_interval, wilson

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cslib.analysis.inquiry import Inquiry

COLUMNS = ("segment", "month", "touch_model", "measure", "value", "low", "high", "n", "reason")
SHOWN = (HIGH, LOW, TECH)
ALL, NONE = "all", "unassigned"
OF_A_MODEL = (
    "customers", "mrr", "mrr_share", "hours", "hours_share", "hours_per_customer", "untouched", "cost", "cost_to_mrr",
    "customers_per_csm",
)  # fmt: skip
KPIS = ("adoption", "nps", "customer_retention", "ltv")
MATCHES = (
    "wrong_now", "wrong", UNDER, OVER, "rule_changed", "under_served_mrr", "over_served_hours", "freed_hours",
)  # fmt: skip
GROUNDS = {  # what a rule goes by besides what is paid
    "grounds_usage": USE, "grounds_goals": GOALS, "grounds_milestones": STEPS, "grounds_surveys": ("surveys.score", "surveys.responded_on"),
}  # fmt: skip
ONE_MODEL = "one_model: the rule puts everyone into one touch model"
ONE_CLOSE = "one_close: the touch model is known for the latest close alone"
UNASSIGNED = "unassigned: no customer has a touch model"


class Figure(NamedTuple):
    """A figure with its interval and how many customers it is of; nan where there is none, and why."""

    value: float = np.nan
    low: float = np.nan
    high: float = np.nan
    n: float = np.nan
    reason: str = ""


def touch(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per segment, touch model and measure: `COLUMNS`, the models from the most touch to the least, and `all`.

    Of customers under contract at the close, each with the model that it has then. `hours` a month are the mean of three, of
    touches by people; `untouched` is the share without any in 90 days; `cost` a month what the table of costs tells of the
    segment's Customer Success, shared out by hours, else hours at the hourly cost; `customers_per_csm` per full working time.
    Adoption, NPS, retention over twelve months and lifetime value are the KPIs of these customers, with their intervals.

    Of `all`: the shares of customers with another model than the rule's now (`wrong_now`) and for as many closes as the rule
    asks for (`wrong`: `under_served` and `over_served`), what the under-served pay, the hours a month that go to the over-served
    and how many of them the rule's model would not take (`freed_hours`), and the share of whom the rule says another than at the
    close before. The `grounds` are 1 for what is known of all that a rule goes by, else 0. These customers were chosen for their model: nothing here says what the model does.
    """
    facts = inquiry.facts
    absent = facts.missing(NEEDS)
    if absent:
        return _table(inquiry, [_line(one, ALL, "customers", _untold(absent)) for one in sorted(inquiry.segments)])
    members, lately = members_of(inquiry), touched_lately(facts, inquiry.as_of)
    each = {name: judged(inquiry, name).join(lately) for name in members}
    held = {name: rows[rows.index.isin(members[name])] for name, rows in each.items()}
    hidden = _few(inquiry, held)
    asked, known = _Costs(inquiry), _kpis(inquiry)
    lines = [line for name in members for line in _segment(inquiry, name, each[name], held[name], asked)]
    table = _table(inquiry, [*lines, *(line for name in members for line in _kpi_lines(name, held[name], known))])
    table.loc[table.segment.isin(hidden), ["value", "low", "high", "n"]] = np.nan
    table.loc[table.segment.isin(hidden), "reason"] = HIDDEN
    return table


def _untold(absent: list[str]) -> Figure:
    return Figure(reason=f"{reasons.NEEDS} {', '.join(absent)}")


def _line(segment: str, model: str, measured: str, figure: Figure) -> dict[str, Any]:
    return {"segment": segment, "touch_model": model, "measure": measured, **figure._asdict()}


def _table(inquiry: Inquiry, lines: list[dict[str, Any]]) -> pd.DataFrame:
    table = pd.DataFrame(lines).assign(month=str(inquiry.as_of)).reindex(columns=list(COLUMNS))
    places = {name: at for at, name in enumerate((*SHOWN, NONE, ALL, *OF_A_MODEL, *KPIS, *MATCHES, *GROUNDS))}
    order = table.assign(at=table.touch_model.map(places), then=table.measure.map(places))
    ordered = order.sort_values(["segment", "at", "then"], kind="stable", ignore_index=True)[list(COLUMNS)]
    return ordered.astype(dict.fromkeys(("value", "low", "high", "n"), "float64"))


def _few(inquiry: Inquiry, held: dict[str, pd.DataFrame]) -> set[str]:
    """Return the segments of which outsiders are told nothing, since a model, or who is served wrongly, is of few."""
    ids = pd.Index(sorted({one for rows in held.values() for one in rows.index}))
    cells = [frozenset(cell.split("\n")) for cell in memberships(inquiry.facts, ids)[1]]
    groups = [
        ids.isin(rows.index[chosen])
        for rows in held.values()
        for chosen in (*(rows[MODEL] == model for model in SHOWN), rows[MODEL].isna(), rows.wrong, *(rows.list == one for one in (UNDER, OVER)))
    ]  # fmt: skip
    return few_segments(inquiry.facts, cells, groups)


def _segment(
    inquiry: Inquiry, segment: str, everyone: pd.DataFrame, rows: pd.DataFrame, asked: _Costs
) -> Iterator[dict[str, Any]]:
    if rows.empty:
        yield _line(segment, ALL, "customers", Figure(reason=reasons.EMPTY))
        return
    load = loads(everyone, inquiry.settings, inquiry.as_of)
    sharing = _Sharing(inquiry, rows.assign(fte=csm_shares(rows, load)), asked.of(segment))
    lacks = untold_column(inquiry, MODEL)
    models = [] if lacks else [*SHOWN, *([NONE] if rows[MODEL].isna().any() else [])]
    for model in (*models, ALL):
        mine = rows[MODEL] == model if model in SHOWN else rows[MODEL].isna() if model == NONE else rows.mrr.notna()
        yield from (_line(segment, model, name, figure) for name, figure in sharing.of(mine).items())
    lists = _matches(rows, inquiry, lacks)
    yield from (_line(segment, ALL, name, lists[name]) for name in MATCHES)
    yield from (_line(segment, ALL, name, _known(inquiry, needs)) for name, needs in GROUNDS.items())


def _known(inquiry: Inquiry, needs: tuple[str, ...]) -> Figure:
    """Return 1 where the source tells what a rule goes by, 0 where it does not."""
    absent = inquiry.facts.missing(needs)
    why = (
        f"{reasons.NEEDS} {', '.join(absent)}"
        if absent
        else reasons.uncovered(inquiry.facts.manifest, needs, inquiry.as_of)
    )
    return Figure(0.0 if why else 1.0, reason=why)


class _Sharing:
    """What groups of a segment's customers take and bring."""

    def __init__(self, inquiry: Inquiry, rows: pd.DataFrame, cost: float | None) -> None:
        self._rows, self._cost = rows, cost
        self._hourly = inquiry.settings.policies.hourly_cost
        self._no_hours = untold_hours(inquiry.facts, inquiry.as_of)
        absent = inquiry.facts.missing(["touches"])
        self._no_touch = f"{reasons.NEEDS} {', '.join(absent)}" if absent else reasons.uncovered(inquiry.facts.manifest, ["touches"], inquiry.as_of)  # fmt: skip
        self._no_csm = untold_column(inquiry, CSM)
        self._is_discreet = inquiry.facts.discreet  # the team's working times are not told outside

    def of(self, chosen: pd.Series[bool]) -> dict[str, Figure]:
        """Return the measures `OF_A_MODEL` of some of the customers."""
        mine, n = self._rows[chosen], float(chosen.sum())
        if not n:
            return {"customers": Figure(0.0, n=0.0, reason=reasons.EMPTY)}
        paid, all_paid = mine.mrr.sum(), self._rows.mrr.sum()
        return {
            "customers": Figure(n, n=n),
            "mrr": Figure(paid, n=n),
            "mrr_share": Figure(paid / all_paid, n=n),
            **self._hours(mine, n),
            "untouched": self._untouched(mine, n),
            "customers_per_csm": self._per_csm(mine),
        }

    def _hours(self, mine: pd.DataFrame, n: float) -> dict[str, Figure]:
        names = ("hours", "hours_share", "hours_per_customer", "cost", "cost_to_mrr")
        if self._no_hours:
            return dict.fromkeys(names, Figure(n=n, reason=self._no_hours))
        hours, whole = float(mine.hours.sum()), float(self._rows.hours.sum())
        low, high = t_interval(*(np.array([one]) for one in (hours, (mine.hours**2).sum(), n)))
        share = hours / whole if whole else np.nan
        cost = hours * self._hourly if self._cost is None or not whole else self._cost * share
        return {
            "hours": Figure(hours, n=n),
            "hours_share": Figure(share, n=n, reason="" if whole else reasons.ZERO),
            "hours_per_customer": Figure(hours / n, float(low[0]), float(high[0]), n),
            "cost": Figure(cost, n=n),
            "cost_to_mrr": Figure(cost / mine.mrr.sum(), n=n),
        }

    def _untouched(self, mine: pd.DataFrame, n: float) -> Figure:
        if self._no_touch:
            return Figure(n=n, reason=self._no_touch)
        return share_of(~(mine.touches_90 > 0))

    def _per_csm(self, mine: pd.DataFrame) -> Figure:
        served = mine[mine[CSM].notna()]
        time, n = float(served.fte.sum()), float(len(served))
        why = HIDDEN if self._is_discreet else self._no_csm or (reasons.ZERO if not time else "")
        if why:
            return Figure(n=n, reason=why)
        return Figure(n / time, n=n)


def share_of(holds: pd.Series[bool]) -> Figure:
    """Return the share of rows of which something holds, with its interval."""
    part, n = float(holds.sum()), float(len(holds))
    low, high = wilson(np.array([part]), np.array([n]))
    return Figure(part / n, float(low[0]), float(high[0]), n) if n else Figure(n=0.0, reason=reasons.EMPTY)


def _matches(rows: pd.DataFrame, inquiry: Inquiry, lacks: str) -> dict[str, Figure]:
    """Return what the rule says of the models that customers have."""
    changed = share_of((rows["rule"] != rows.rule_before)[rows.rule_before.notna()])
    assigned = rows[rows[MODEL].notna()]
    why = lacks or (ONE_MODEL if is_single(rows) else "" if len(assigned) else UNASSIGNED)
    if why:
        return {**dict.fromkeys(MATCHES, Figure(reason=why)), "rule_changed": changed}
    note = "" if MODEL in inquiry.facts.manifest.dated else ONE_CLOSE
    over, under = assigned[assigned.list == OVER], assigned[assigned.list == UNDER]
    no_hours = untold_hours(inquiry.facts, inquiry.as_of)
    needed = hours_of(over["rule"], inquiry.settings.policies.touch_hours)
    freed = np.maximum(over.hours - needed, 0).sum()
    hours = {"over_served_hours": over.hours.sum(), "freed_hours": freed}
    shares = {"wrong": assigned.list != "", UNDER: assigned.list == UNDER, OVER: assigned.list == OVER}
    return {
        "wrong_now": share_of(assigned.wrong),
        **{name: share_of(holds)._replace(reason=note) for name, holds in shares.items()},
        "rule_changed": changed,
        "under_served_mrr": Figure(float(under.mrr.sum()), n=float(len(under))),
        **{
            name: Figure(reason=no_hours) if no_hours else Figure(float(figure), n=float(len(over)))
            for name, figure in hours.items()
        },
    }


class _Costs:
    """What Customer Success costs a month in each segment, by the table of costs."""

    def __init__(self, inquiry: Inquiry) -> None:
        facts, last = inquiry.facts, inquiry.as_of.number
        recent = facts.tables["costs"].filter(_.kind == "cs", month_number(_.month) <= last, month_number(_.month) > last - HOURS_MONTHS)  # fmt: skip
        by = ["segment"] if "segment" in recent.columns else []
        told = recent.group_by(by).aggregate(
            amount=_.amount.sum().cast("float64"), months=month_number(_.month).nunique()
        )
        self._told = told.to_pyarrow().to_pandas()
        self._total = inquiry.settings.total.id

    def of(self, segment: str) -> float | None:
        """Return the mean of the last three months; None where the table names none for the segment."""
        told = self._told
        mine = told if segment == self._total else told[told.segment == segment] if "segment" in told else told[:0]
        months = mine.months.max() if len(mine) else 0
        return float(mine.amount.sum() / months) if months and mine.amount.notna().any() else None


def _kpis(inquiry: Inquiry) -> pd.DataFrame:
    """Return the KPIs of customers by touch model, and of all."""
    facts, chosen = inquiry.facts, [inquiry.catalogue.by_id[name] for name in KPIS]
    whole = measure(facts, chosen, (inquiry.as_of,)).assign(touch_model=ALL)
    if untold_column(inquiry, MODEL):
        return whole
    by_model = measure(facts, chosen, (inquiry.as_of,), [MODEL])
    return pd.concat([by_model[by_model[MODEL].notna()], whole])


def _kpi_lines(segment: str, rows: pd.DataFrame, known: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Return the lines of KPIs of the models that customers of the segment have."""
    held = [*rows[MODEL].dropna().unique(), *([ALL] if len(rows) else [])]
    mine = known[(known.segment == segment) & known.touch_model.isin(held)]
    for row in mine.to_dict("records"):
        figure = Figure(row["value"], row["low"], row["high"], row["n"], row["reason"])
        yield _line(segment, str(row["touch_model"]), str(row["kpi"]), figure)
