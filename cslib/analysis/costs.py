"""What Customer Success and support cost beside what was kept and added: no return, since what would have been without them is not known."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from ibis import _

from cslib.analysis.csms.work import HUMAN
from cslib.analysis.effect.effect import effect
from cslib.analysis.effect.ground import LOSSES, MRR_KEPT, MRR_RETAINED
from cslib.analysis.effect.starts import ANY
from cslib.analysis.few import few_segments
from cslib.analysis.panel import NEEDS
from cslib.kpis import reasons
from cslib.model.tables import TOUCH_MODELS
from cslib.periods import month_number, months_up_to
from cslib.privacy.suppression import HIDDEN
from cslib.stats.judging import Effect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cslib.analysis.inquiry import Inquiry
    from cslib.analysis.paid import Paid

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

MONTHS = 12
FIGURES = ("mrr", "cost", "hours", "kept", "added", "ratio", "grr", "break_even")
WORTH = ("effect", "worth", "worth_low", "worth_high", "programme_cost")
COLUMNS = (
    "segment", "month", "touch_model", "programme", "name_ja", "name_en", "outcome", "customers", "cost_basis", *FIGURES, *WORTH,
    "verdict", "reason",
)  # fmt: skip
BY_COSTS, BY_SHARE, BY_HOURS = "costs", "share_of_hours", "hours"
FEW = "few_customers: fewer customers than are told of"
_TEXTS = ("touch_model", "programme", "name_ja", "name_en", "outcome", "cost_basis", "verdict", "reason")
# what is worth money, and over which part of the outcome's months: a loss, or what is left, is known at their end alone and grows up to it
_WORTH = {MRR_RETAINED: 0.5, MRR_KEPT: 1.0, "lost_12": 0.5, "lost_6": 0.5}
_SAID = (str(Effect.SUPPORTED), str(Effect.CONSISTENT))


def costs(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per segment, one of each touch model in it, and one of each programme whose effect is told in money: `COLUMNS`.

    Over the twelve months up to the close, of the customers under contract at the close before them, who paid `mrr` then: `kept` is
    the margin of what each went on paying up to that, `added` of what it paid beyond, price rises among it; `grr` what was
    left at the end. `cost` is what Customer Success and support cost in these months, `ratio` that over kept and added: no return. It is
    what `costs` name the segment for; without, its share of all by the `hours` of meetings, calls, seminars and e-mails; without
    any costs, hours times `hourly_cost` (`cost_basis`: costs, share_of_hours, hours). A touch model, by assignments at the start, has its share by
    hours. `break_even` = cost / (12 margin mrr): by so much GRR would have to be lower without Customer Success for it to pay for itself.

    `worth` of a programme, with its interval: effect x participants x revenue per account x margin x months, of half of the
    months where the effect is known at their end alone; only where `effect` says supported or consistent of MRR or losses. `verdict`
    is the effect's; of a segment the best of its programmes', or `cannot_tell`: what part is the doing of Customer Success is not known.
    """
    facts, paid, segments = inquiry.facts, inquiry.paid, sorted(inquiry.segments)
    if paid is None:
        lacks = f"{reasons.NEEDS} {', '.join(facts.missing(NEEDS))}"
        return _table([_untold(name, lacks) for name in segments], inquiry)
    spent = _Spent(inquiry, paid)
    hidden = few_segments(facts, paid.cells, spent.groups)
    rows = [row for name in segments for row in ([_untold(name, HIDDEN)] if name in hidden else spent.rows(name))]
    return _table(rows, inquiry)


def _untold(segment: str, reason: str) -> dict[str, Any]:
    return {"segment": segment, "verdict": str(Effect.CANNOT_TELL), "reason": reason}


def _table(rows: list[dict[str, Any]], inquiry: Inquiry) -> pd.DataFrame:
    table = pd.DataFrame(rows).assign(month=str(inquiry.as_of)).reindex(columns=[*COLUMNS])
    table[[*_TEXTS]] = table[[*_TEXTS]].astype(object).where(table[[*_TEXTS]].notna(), "")
    return table.astype({**dict.fromkeys((*FIGURES, *WORTH), "float64"), "customers": "Int64"})


@dataclass(frozen=True)
class _Cost:
    """What a group cost, and from what that is told; nan where `lacks` says why."""

    amount: float = np.nan
    basis: str = ""
    lacks: str = ""


class _Spent:
    """What was paid and spent in the twelve months up to the close."""

    def __init__(self, inquiry: Inquiry, paid: Paid) -> None:
        self._inquiry, self._facts, self._paid = inquiry, inquiry.facts, paid

    @property
    def _short(self) -> str:
        held = self._paid.moves
        return f"{reasons.SHORT}: {held} of {MONTHS} months" if held < MONTHS else ""

    @property
    def _opened(self) -> Floats:
        """What each customer paid at the close before the twelve months."""
        return self._paid.amounts[:, -MONTHS - 1]

    @property
    def groups(self) -> list[Flags]:
        """The groups of customers whose number, or whose amounts, a row tells."""
        if self._short:
            return [self._paid.amounts[:, -1] > 0]
        before, after = self._opened, self._paid.amounts[:, -MONTHS:]
        cohort = before > 0
        return [cohort, cohort & (after[:, -1] < before), cohort & (after > before[:, None]).any(axis=1)]

    def rows(self, segment: str) -> Iterator[dict[str, Any]]:
        """Yield the row of a segment, of the touch models of its customers and of its programmes."""
        inside = self._paid.members[segment]
        if self._short:
            yield _untold(segment, self._short)
            return
        programmes = [*self._programmes(segment)]
        best = min((str(row["verdict"]) for row in programmes), key=_SAID.index, default=str(Effect.CANNOT_TELL))
        cost = self._cost(segment)
        yield {"segment": segment, "verdict": best, **self._told(inside, cost)}
        for model in TOUCH_MODELS if self._models is not None else ():
            mine: Flags = inside & (self._models == model)
            if (self._opened[mine] > 0).any():
                yield {"segment": segment, "touch_model": model, **self._told(mine, self._share(cost, mine, inside))}
        yield from programmes

    def _told(self, mine: Flags, cost: _Cost) -> dict[str, Any]:
        """Return what was kept and added of some customers beside what they cost."""
        margin, before, after = (
            self._facts.policies.gross_margin,
            self._opened[mine],
            self._paid.amounts[mine][:, -MONTHS:],
        )
        cohort = before > 0
        count, mrr = int(cohort.sum()), float(before.sum())
        if not count:
            return {"customers": 0, "reason": reasons.EMPTY}
        if count < self._facts.policies.min_n:
            return {"customers": count, "reason": FEW}
        then, later = before[cohort][:, None], after[cohort]
        kept, added = np.minimum(then, later), np.maximum(later - then, 0)
        gross = margin * float(kept.sum()), margin * float(added.sum())
        return {
            "customers": count, "mrr": mrr, "kept": gross[0], "added": gross[1], "grr": float(kept[:, -1].sum()) / mrr,
            "hours": np.nan if self._hours is None else float(self._hours[mine].sum()), "cost": cost.amount, "cost_basis": cost.basis,
            "ratio": cost.amount / sum(gross) if sum(gross) else np.nan, "break_even": cost.amount / (MONTHS * margin * mrr),
            "reason": cost.lacks,
        }  # fmt: skip

    def _cost(self, segment: str) -> _Cost:
        if self._costs_lack:
            if self._hours is None:
                return _Cost(lacks=self._costs_lack)
            hours = float(self._hours[self._paid.members[segment]].sum())
            return _Cost(hours * self._facts.policies.hourly_cost, BY_HOURS)
        named = self._named.get(segment)
        if named is not None or self._hours is None:
            return _Cost(lacks=f"{reasons.NEEDS} costs.segment") if named is None else _Cost(named, BY_COSTS)
        everyone = np.ones(len(self._paid.ids), dtype=np.bool_)
        return self._share(_Cost(self._whole, BY_COSTS), self._paid.members[segment], everyone)

    def _share(self, cost: _Cost, mine: Flags, of: Flags) -> _Cost:
        """Return the part of a cost that falls to some customers by the hours spent on them."""
        if cost.lacks:
            return cost
        hours = self._hours
        if hours is None:
            return _Cost(lacks=f"{reasons.NEEDS} touches.minutes")
        whole = float(hours[of].sum())
        part = float(hours[mine].sum()) / whole if whole else np.nan
        basis = BY_HOURS if cost.basis == BY_HOURS else BY_SHARE
        return _Cost(cost.amount * part, basis) if whole else _Cost(lacks=f"{reasons.NEEDS} touches.minutes")

    @property
    def _costs_lack(self) -> str:
        """Why costs do not tell what the twelve months cost; an empty text where they do."""
        facts, as_of = self._facts, self._inquiry.as_of
        if absent := facts.missing(["costs"]):
            return f"{reasons.NEEDS} {', '.join(absent)}"
        silent = (reasons.uncovered(facts.manifest, ["costs"], month) for month in months_up_to(as_of, MONTHS))
        return next(filter(None, silent), "")

    @cached_property
    def _named(self) -> dict[str, float]:
        """What is spent on each segment that costs name, and on all customers."""
        if self._facts.missing(["costs.segment"]):
            return dict.fromkeys(self._everyone, self._whole)
        spent = self._spent.dropna(subset=["segment"]).groupby("segment").amount.sum()
        return {
            **{str(name): float(amount) for name, amount in spent.items()},
            **dict.fromkeys(self._everyone, self._whole),
        }

    @cached_property
    def _everyone(self) -> tuple[str, ...]:
        """The segments of all customers."""
        rows = self._facts.members.filter(_.everyone).select("segment").distinct().order_by("segment")
        return tuple(rows.to_pyarrow()["segment"].to_pylist())

    @property
    def _whole(self) -> float:
        return float(self._spent.amount.sum())

    @cached_property
    def _spent(self) -> pd.DataFrame:
        last = self._inquiry.as_of.number
        rows = self._facts.tables["costs"].filter(_.kind.isin(["cs", "support"]))
        rows = rows.filter(month_number(rows.month).between(last - MONTHS + 1, last))
        told = rows.select("segment", amount=rows.amount.cast("float64")).order_by("segment", "amount")
        return told.to_pyarrow().to_pandas()

    @cached_property
    def _hours(self) -> Floats | None:
        """The hours that people spent on each customer; None where the source does not tell."""
        if self._facts.missing(["touches.minutes"]):
            return None
        last = self._inquiry.as_of
        seen = self._facts.tables["touches"].filter(
            _.kind.isin(HUMAN), _.minutes.notnull(), _.occurred_on <= last.last_day
        )
        seen = seen.filter(seen.occurred_on >= (last - MONTHS + 1).first_day)
        each = seen.group_by("customer_id").aggregate(minutes=_.minutes.sum().cast("float64")).to_pyarrow().to_pandas()
        hours = np.zeros(len(self._paid.ids))
        who = self._paid.ids.get_indexer(each.customer_id)
        hours[who[who >= 0]] = each.minutes.to_numpy(np.float64)[who >= 0] / 60
        return hours

    @cached_property
    def _models(self) -> NDArray[np.object_] | None:
        """The touch model of each customer at its first close from twelve months ago on; None where no assignments tell it, or to outsiders."""
        if "touch_model" not in self._facts.dated:
            return None
        first = self._inquiry.as_of.number - MONTHS
        rows = self._facts.assigned_at("touch_model").filter(_.month_no >= first, _.month_no <= first + MONTHS)
        frame = rows.filter(_["touch_model"].notnull()).order_by("customer_id", "month_no").to_pyarrow().to_pandas()
        under = self._paid.amounts[:, -MONTHS - 1 :] > 0
        opened = pd.DataFrame({"customer_id": self._paid.ids, "month_no": first + under.argmax(axis=1)})
        found = opened.merge(frame, on=["customer_id", "month_no"], how="left")["touch_model"]
        return found.astype(object).fillna("").to_numpy()

    def _programmes(self, segment: str) -> Iterator[dict[str, Any]]:
        """Yield what the effect of each programme is worth, of the first outcome in money of which anything is said."""
        table = self._inquiry.once(effect)
        told = table[(table.segment == segment) & (table.programme != ANY) & table.verdict.isin(_SAID)]
        for programme in dict.fromkeys(told.programme):
            mine = told[told.programme == programme].set_index("outcome")
            outcome = next((name for name in _WORTH if name in mine.index), "")
            if outcome:
                yield {"segment": segment, **self._worth(segment, outcome, mine.loc[outcome].to_dict())}

    def _worth(self, segment: str, outcome: str, row: dict[Any, Any]) -> dict[str, Any]:
        policies, amounts = self._facts.policies, self._paid.amounts[self._paid.members[segment]][:, -1]
        months = LOSSES.get(outcome, policies.effect.months) * _WORTH[outcome]
        each = row["participants"] * float(amounts.sum()) / max((amounts > 0).sum(), 1) * policies.gross_margin * months
        sign = -1 if outcome in LOSSES else 1
        low, high = sorted((sign * row["low"] * each, sign * row["high"] * each))
        entries = {entry.programme: entry.hours_per_customer for entry in self._inquiry.settings.programmes}
        hours = entries.get(row["programme"])
        return {
            **{name: row[name] for name in ("programme", "name_ja", "name_en", "verdict", "reason")}, "outcome": outcome,
            "customers": row["participants"], "effect": row["value"], "worth": sign * row["value"] * each, "worth_low": low,
            "worth_high": high, "programme_cost": np.nan if hours is None else hours * row["participants"] * policies.hourly_cost,
        }  # fmt: skip
