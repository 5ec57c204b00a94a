"""What an analysis is asked, and what it is answered from."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from cslib.analysis.chain.walk import Walk
from cslib.analysis.effect.study import Studies
from cslib.analysis.health.backtest import backtest
from cslib.analysis.health.scores import scores
from cslib.analysis.indicators import indicators, team_indicators
from cslib.analysis.journey.journeys import Journeys
from cslib.analysis.paid import Paid
from cslib.analysis.panel import NEEDS, Panel
from cslib.analysis.standing import standing
from cslib.analysis.terms_at_close import terms_in_force, terms_so_far

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from cslib.analysis.health.backtest import Backtest
    from cslib.analysis.health.scores import Scores
    from cslib.analysis.indicators import Indicator
    from cslib.facts import Facts
    from cslib.kpis import Catalogue
    from cslib.periods import Month
    from cslib.settings import Settings


@dataclass(frozen=True)
class Inquiry:
    """A question of some segments as of a month.

    `facts` are those of all segments, whichever are asked of: customers are held against each other, and few are hidden, with
    regard to all of them. `measured` gives the figures that a run has measured anyway. What several analyses stand on is made once for all that are asked of one inquiry.
    """

    facts: Facts
    as_of: Month
    settings: Settings
    catalogue: Catalogue
    segments: tuple[str, ...]
    measured: Callable[[int], pd.DataFrame] | None = None  # the long table of so many months, where it is at hand
    _made: dict[Callable[[Inquiry], pd.DataFrame], pd.DataFrame] = field(
        default_factory=dict, repr=False, compare=False
    )

    def once(self, analysis: Callable[[Inquiry], pd.DataFrame]) -> pd.DataFrame:
        """Return the table of an analysis, made once for all that ask for it, other analyses among them."""
        if analysis not in self._made:
            self._made[analysis] = analysis(self)
        return self._made[analysis]

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        """The figures of a customer that may lead, a team's own KPIs last."""
        own = team_indicators(self.catalogue, self.facts.manifest, self.settings)
        return (*indicators(self.facts.policies), *own)

    @cached_property
    def absent(self) -> dict[str, list[str]]:
        """What the source lacks of what each indicator needs."""
        return {one.id: self.facts.missing(one.needs) for one in self.indicators}

    @cached_property
    def known(self) -> list[Indicator]:
        """The indicators that the source tells of."""
        return [one for one in self.indicators if not self.absent[one.id]]

    @cached_property
    def panel(self) -> Panel | None:
        """Customers under contract by month with these indicators; None where the source does not tell who is lost."""
        return None if self.facts.missing(NEEDS) else Panel(self.facts, self.as_of, self.known)

    @cached_property
    def paid(self) -> Paid | None:
        """What each customer paid month by month; None where the source does not tell who is lost."""
        return None if self.facts.missing(NEEDS) else Paid(self.facts, self.as_of)

    @cached_property
    def terms_so_far(self) -> pd.DataFrame:
        """The contract terms that had begun by the close."""
        return terms_so_far(self.facts, self.as_of)

    @cached_property
    def terms(self) -> pd.DataFrame:
        """The contract terms in force at the close, each with the end that was known of it then."""
        return self.terms_at(self.as_of)

    def terms_at(self, close: Month) -> pd.DataFrame:
        """Return the contract terms in force at this close or one before it, each with the end that was known of it then."""
        return terms_in_force(self.terms_so_far, close, as_read=self.is_latest and close == self.as_of)

    @property
    def is_latest(self) -> bool:
        """Whether the close is the last that the data tell of, for which what has no date of its own was read."""
        return self.as_of.number >= self.facts.manifest.last_told.number

    @cached_property
    def standing(self) -> pd.DataFrame:
        """How each customer under contract stands at the close."""
        return standing(self.facts, self.as_of, self.terms)

    @cached_property
    def walk(self) -> Walk:
        """How far customers have come through the gates of the scenario."""
        return Walk(self.facts, self.as_of)

    @cached_property
    def journeys(self) -> Journeys | None:
        """The days on which customers passed the gates of their journey; None where the source does not tell who is lost."""
        return None if self.facts.missing(NEEDS) else Journeys(self.facts, self.as_of)

    @cached_property
    def scores(self) -> Scores | None:
        """The health score of each row of the panel; None where there is none, or the source tells of no component."""
        health = self.settings.health
        told = any(one.id in health.components for one in self.known)
        return scores(self.panel, self.known, health) if self.panel is not None and told else None

    @cached_property
    def no_scores(self) -> list[str]:
        """What the source would have to hold for any score."""
        needs = [
            need for one in self.indicators if one.id in self.settings.health.components for need in self.absent[one.id]
        ]
        return list(dict.fromkeys(needs)) if self.scores is None else []

    @cached_property
    def studies(self) -> Studies:
        """The programmes, each held against its outcomes in each segment."""
        return Studies(self.facts, self.as_of, self.settings.programmes)

    @cached_property
    def backtest(self) -> Backtest | None:
        """What became of the past scores; None where there are none."""
        return backtest(self.panel, self.scores) if self.panel is not None and self.scores is not None else None
