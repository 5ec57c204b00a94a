"""How customers come along: the day on which each passed each gate, and the stays in the phases that lie between gates."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd
from ibis import _

from cslib.analysis.indicators import Indicator, indicators
from cslib.analysis.lifetimes.spells import spells
from cslib.analysis.panel import Panel
from cslib.facts.month_spine import expand_to_months
from cslib.kpis import reasons
from cslib.kpis.kpi import Better
from cslib.stats import km_quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cslib.facts import Facts
    from cslib.periods import Month

    Flags = NDArray[np.bool_]
    Ints = NDArray[np.int64]

START, ONBOARDED, ADOPTED, VALUE, RENEWED = "start", "onboarded", "adopted", "value", "renewed"
GATES = (START, ONBOARDED, ADOPTED, VALUE, RENEWED)
CONSIDERATION, ONBOARDING, ADOPTION, RENEWAL, GROWTH = "consideration", "onboarding", "adoption", "renewal", "growth"
AFTER_ADOPTION = "after_adoption"  # where no goals are known: value, renewal and growth in one
BEFORE = {ONBOARDED: ONBOARDING, ADOPTED: ADOPTION, VALUE: VALUE, RENEWED: RENEWAL}
"""The phase before each gate; who has passed all is in growth."""
LIMITED = (ONBOARDING, ADOPTION, VALUE)  # phases in which one can be stuck
NEVER = np.iinfo(np.int64).max
YEAR = 12
LONG = 6  # months from which on a term is renewed at its end; a shorter one, or one without an end, is after a year
RECENT_DAYS = 90  # in which a proposal shows that somebody considers to buy
LEAST_STAYS, _SLOWEST = 20, 0.75  # stays that a limit is taken from, and the share of them that have ended by it
_TWO_YEARS = 24
_TENURE = Indicator("months_under_contract", "months_under_contract", Better.HIGHER, ("contracts.ends_on",))
_DONE, _GOALS = "milestones.completed_on", "goals.achieved_on"


class Journeys:
    """Of every customer that was ever under contract, the gates that it had passed by the close of a month.

    `start`: the first contract. `onboarded`: all required milestones done, or `adopted` where that comes first. `adopted`: the
    second close in a row at which the rule of adoption held. `value`: the first goal that was set and achieved. `renewed`, on or
    after `value`: a term of six months or more replaced at its agreed end, or a close a year or more under contract at which
    no such term is in force. A gate that the source does not tell of is none (`reasons` says why), and the others go on.
    """

    def __init__(self, facts: Facts, as_of: Month) -> None:
        self.facts, self.as_of = facts, as_of
        known = {one.id: one for one in indicators(facts.policies)}
        self._adoption, absent = known["adoption"], facts.missing(known["adoption"].needs)
        self.panel = Panel(facts, as_of, [_TENURE, *([] if absent else [self._adoption])])
        self.close = day_of(as_of)
        self.reasons = self._untold()
        self.gates = tuple(gate for gate in GATES if not self.reasons.get(gate))
        self.phases = (*(BEFORE[gate] for gate in self.gates[1:]), GROWTH if VALUE in self.gates else AFTER_ADOPTION)

    def _untold(self) -> dict[str, str]:
        """Return why it is not told who has passed a gate, or considers to buy; an empty text where it is."""
        manifest, needs = self.facts.manifest, self._adoption.needs
        absent = self.facts.missing(needs)
        adopted = _needs(absent) if absent else reasons.uncovered(manifest, needs, self.as_of)
        asked = [*self.facts.missing(("contracts.trial",)), *self.facts.missing(("proposals",))]
        done, goals = self.facts.missing((_DONE,)), self.facts.missing((_GOALS,))
        return {
            CONSIDERATION: _needs(asked) if len(asked) > 1 else "",
            ONBOARDED: _needs([*done, *absent]) if done and adopted else "",
            ADOPTED: adopted,
            VALUE: _needs(goals),
            RENEWED: _needs(goals),
        }

    @cached_property
    def adopted_now(self) -> Flags:
        """The rows of the panel at whose close the rule of adoption held."""
        if self.reasons[ADOPTED]:
            return np.zeros(len(self.panel.months), dtype=np.bool_)
        held: Flags = self.panel.figure(self._adoption) >= (self._adoption.limit or 0.0)
        return held

    @cached_property
    def slipping(self) -> Flags:
        """The rows of customers that have passed `adopted`, and at whose close and the one before the rule did not hold."""
        panel = self.panel
        if self.reasons[ADOPTED]:
            return np.zeros(len(panel.months), dtype=np.bool_)
        not_held = panel.figure(self._adoption) < (self._adoption.limit or 0.0)
        before = panel.place(panel.customers, panel.months - 1)
        passed = self.passed_on[ADOPTED][panel.customers] <= _days(panel.months)
        found: Flags = not_held & (before >= 0) & not_held[before] & passed
        return found

    @cached_property
    def passed_on(self) -> dict[str, Ints]:
        """Of each customer the day of each gate; `NEVER` where it has not passed it by the close."""
        started = self._started()
        adopted = self._adopted()
        days = {
            START: started["first_start"],
            ONBOARDED: np.minimum(started["onboarded_on"], adopted),
            ADOPTED: adopted,
            VALUE: started["first_outcome_on"],
        }
        days = {gate: np.where(day <= self.close, day, NEVER) for gate, day in days.items()}
        who, when = self.renewals
        counts = when >= days[VALUE][who]
        days[RENEWED] = _first(who[counts], when[counts], len(self.panel.ids))
        return days

    @cached_property
    def ever_renewed(self) -> Ints:
        """Of each customer the day of its first renewal, with or without `value`; `NEVER` without one."""
        return _first(*self.renewals, len(self.panel.ids))

    @cached_property
    def entered_on(self) -> Ints:
        """The day on which each customer came into each phase, in the order of `phases`: it has then passed all gates before.

        Of a phase that it skipped, having passed the next gate before, it is the day of the phase after it.
        """
        days = np.column_stack([self.passed_on[gate] for gate in self.gates])
        entered: Ints = np.maximum.accumulate(days, axis=1)
        return entered

    @cached_property
    def phase_at(self) -> Ints:
        """The place of the phase, among `phases`, in which each row of the panel stands at its close."""
        passed = self.entered_on[self.panel.customers, 1:] <= _days(self.panel.months)[:, None]
        found: Ints = passed.sum(axis=1)
        return found

    @cached_property
    def now(self) -> Ints:
        """The rows of the customers under contract at the close of the month."""
        return np.flatnonzero(self.panel.months == self.as_of.number)

    @cached_property
    def considering(self) -> pd.DataFrame:
        """Who was never under contract, but on trial at the close or made a proposal within 90 days: customer_id, since (a day)."""
        close, tables = self.as_of.last_day, self.facts.tables
        ends = _.ends_on if self.facts.policies.contract_end == "last_day" else _.ends_on - ibis.interval(days=1)
        trials = tables["contracts"].filter(_.trial, _.starts_on <= close, (ends >= close) | _.ends_on.isnull())
        opened = _.opened_on.between(close - timedelta(days=RECENT_DAYS - 1), close)
        offers = tables["proposals"].filter(opened)
        either = ibis.union(
            trials.select("customer_id", since="starts_on"), offers.select("customer_id", since="opened_on")
        )
        bought = self.facts["starts"].filter(_.first_start <= close)
        first = either.anti_join(bought, "customer_id").group_by("customer_id").aggregate(since=_.since.min())
        found = first.order_by("customer_id").to_pyarrow().to_pandas()
        return found.assign(since=_plain(found.since))

    @cached_property
    def out_of_order(self) -> dict[str, Flags]:
        """By gate the customers that passed it before a gate that comes before it."""
        found, latest = {}, self.passed_on[self.gates[min(1, len(self.gates) - 1)]]
        for gate in self.gates[2:]:
            found[gate] = (self.passed_on[gate] < latest) & (self.passed_on[gate] < NEVER)
            latest = np.maximum(latest, self.passed_on[gate])
        return found

    @cached_property
    def stays(self) -> pd.DataFrame:
        """A row per customer, phase and time under contract in it: customer, phase (places), begun, until, days, passed, lost, returned.

        Begins with the last gate before it, or with the return of a customer that had left (`returned`); ends with the gate (`passed`), with
        the end of the month of the loss (`lost`), or is open at the close. Who had passed the gate before stays for 0 days.
        """
        of = spells(self.facts, self.as_of)
        who = self.panel.ids.get_indexer(of.customer_id)
        begun, ended = _plain(of.begun_on), np.where(of.lost, _days(of.end.to_numpy()), NEVER)
        found = []
        after = np.column_stack([self.entered_on[:, 1:], np.full(len(self.panel.ids), NEVER)])
        for place in range(len(self.phases)):
            since, until = np.maximum(self.entered_on[who, place], begun), np.minimum(after[who, place], ended)
            there = (since <= until) & (since <= self.close)
            stay = pd.DataFrame({"customer": who, "phase": place, "begun": since, "until": until})
            stay["returned"] = begun > self.entered_on[who, place]
            stay["passed"] = (after[who, place] <= ended) & (until <= self.close)
            found.append(stay[there])
        stays = pd.concat(found, ignore_index=True)
        stays["lost"] = ~stays.passed & (stays.until <= self.close)
        stays["until"] = np.minimum(stays.until, self.close)
        return stays.assign(days=stays.until - stays.begun)

    @cached_property
    def recent_stays(self) -> pd.DataFrame:
        """The stays of two years from gate to gate: what the days that a phase takes are told by."""
        return self.stays[~self.stays.returned & (self.stays.begun > day_of(self.as_of - _TWO_YEARS))]

    @cached_property
    def limits(self) -> dict[str, tuple[float, str]]:
        """The days after which a customer is stuck in a phase, each with what says so: `policy`, `own` stays or `default`.

        Without a policy the day by which three in four have passed of all customers that came in within two years, by
        Kaplan-Meier; the default where they are fewer than 20, or three in four never pass.
        """
        asked = self.facts.policies.phase_days
        found = {}
        for phase in LIMITED:
            said, own = getattr(asked, phase), self._slow(phase)
            if said is not None:
                found[phase] = (float(said), "policy")
            else:
                found[phase] = (asked.default(phase), "default") if np.isnan(own) else (own, "own")
        return found

    @cached_property
    def days_in_phase(self) -> Ints:
        """Of each customer the days since it came into the phase that it is in, or returned to it; -1 of who left."""
        found = np.full(len(self.panel.ids), -1, dtype=np.int64)
        open_ones = self.stays[~self.stays.passed & ~self.stays.lost]
        found[open_ones.customer] = open_ones.days
        return found

    @cached_property
    def stuck(self) -> Flags:
        """The customers that have been in their phase for longer than its limit."""
        limits = np.array([self.limits[phase][0] if phase in LIMITED else np.inf for phase in self.phases])
        found = np.zeros(len(self.panel.ids), dtype=np.bool_)
        who = self.panel.customers[self.now]
        found[who] = self.days_in_phase[who] > limits[self.phase_at[self.now]]
        return found

    def _slow(self, phase: str) -> float:
        if phase not in self.phases:
            return np.nan
        recent = self.recent_stays[self.recent_stays.phase == self.phases.index(phase)]
        few = len(recent) < LEAST_STAYS
        return np.nan if few else km_quantile(recent.days.to_numpy(float), recent.passed.to_numpy(), _SLOWEST)

    def _started(self) -> dict[str, Ints]:
        names = ("first_start", "onboarded_on", "first_outcome_on")
        frame = self.facts["starts"].select("customer_id", *names).to_pyarrow().to_pandas().set_index("customer_id")
        mine = frame.reindex(self.panel.ids)
        return {name: _plain(mine[name]) for name in names}

    def _adopted(self) -> Ints:
        panel, held = self.panel, self.adopted_now
        before = panel.place(panel.customers, panel.months - 1)
        second = held & (before >= 0) & held[before]
        return _first(panel.customers[second], _days(panel.months[second]), len(panel.ids))

    @cached_property
    def renewals(self) -> tuple[Ints, Ints]:
        """Who renewed on which day: terms that were replaced at an agreed end, and closes a year into shorter or open terms."""
        panel, last = self.panel, self.as_of.number
        agreed = self.facts["renewals"].filter(_.replaced, _.term_months >= LONG, _.event_no <= last)
        rows = agreed.select("customer_id", "decided_on").to_pyarrow().to_pandas()
        terms = self.facts.terms.filter(_.term_months >= LONG, _.since <= last).select("customer_id", "since", "until")
        closes = (
            expand_to_months(terms, self.facts.months, "since", "until").select("customer_id", "month_no").distinct()
        )
        held = closes.filter(_.month_no <= last).to_pyarrow().to_pandas()
        bound = np.zeros(len(panel.months), dtype=np.bool_)
        bound[panel.place(panel.ids.get_indexer(held.customer_id), held.month_no.to_numpy())] = True
        yearly = np.flatnonzero(~bound & (panel.figures(_TENURE) >= YEAR))
        who = np.concatenate([panel.ids.get_indexer(rows.customer_id), panel.customers[yearly]]).astype(np.int64)
        when = np.concatenate([_plain(rows.decided_on), _days(panel.months[yearly])])
        known = who >= 0  # of a customer without any close nothing is told
        return who[known], when[known]


def day_of(month: Month) -> int:
    """Return the last day of a month, in days since 1970."""
    return int(np.datetime64(month.last_day, "D").astype(np.int64))


def day_texts(days: Ints) -> NDArray[np.object_]:
    """Return days as YYYY-MM-DD; an empty text for `NEVER`."""
    known = days != NEVER
    texts = np.datetime_as_string(np.where(known, days, 0).astype("datetime64[D]")).astype(object)
    return np.where(known, texts, "")


def _days(months: Ints) -> Ints:
    """Return the last day of each month, in days since 1970."""
    following = (months - 1970 * YEAR + 1).astype("datetime64[M]").astype("datetime64[D]")
    found: Ints = following.astype(np.int64) - 1
    return found


def _plain(days: pd.Series) -> Ints:
    """Return dates as days since 1970; `NEVER` where there is none."""
    plain = pd.to_datetime(days).to_numpy().astype("datetime64[D]")
    return np.where(np.isnat(plain), NEVER, plain.astype(np.int64))


def _first(who: Ints, when: Ints, count: int) -> Ints:
    """Return the first day of each of so many customers; `NEVER` of one without any."""
    found = np.full(count, NEVER, dtype=np.int64)
    np.minimum.at(found, who, when)
    return found


def _needs(absent: list[str]) -> str:
    return f"{reasons.NEEDS} {', '.join(absent)}" if absent else ""
