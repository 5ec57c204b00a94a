"""What a segment's book moved in a year, and what there is to gain by losing less or by selling more."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cslib.stats import headroom
from cslib.stats.headroom import Course

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cslib.analysis.growth.readiness import Offers
    from cslib.analysis.paid import Paid
    from cslib.settings import Policies
    from cslib.stats.headroom import Number

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

WINDOW = 12  # months of which churn, contraction and expansion are taken
LEAST_LOSSES = 10  # customers; of fewer, what is drawn of churn is the law of rare events
DRAWS = 1000
_BAND = (0.1, 0.9)


@dataclass(frozen=True)
class Book:
    """The movements of a segment's customers over the window, an entry per customer."""

    opened: Floats  # months under contract at their opening
    losses: Floats  # how often each was lost
    whole: Floats  # the sum of the openings
    lost: Floats
    reduced: Floats
    added: Floats
    now: Floats  # what each pays at the close

    @property
    def churn(self) -> float:
        """Customers lost per customer-month."""
        return float(self.losses.sum() / self.opened.sum())

    @property
    def course(self) -> Course:
        """The shares of recurring revenue that moved in a month."""
        whole = self.whole.sum()
        return Course(self.lost.sum() / whole, self.reduced.sum() / whole, self.added.sum() / whole)


def book_of(paid: Paid, inside: Flags) -> Book:
    """Return what these customers moved in the months of the window that have an opening."""
    amounts = paid.amounts[inside][:, -WINDOW - 1 :]
    before, after = amounts[:, :-1], amounts[:, 1:]
    under, stays = before > 0, (before > 0) & (after > 0)
    return Book(
        opened=under.sum(axis=1).astype(float),
        losses=(under & ~stays).sum(axis=1).astype(float),
        whole=before.sum(axis=1),
        lost=(before * (under & ~stays)).sum(axis=1),
        reduced=(np.maximum(before - after, 0) * stays).sum(axis=1),
        added=(np.maximum(after - before, 0) * stays).sum(axis=1),
        now=amounts[:, -1],
    )


@dataclass(frozen=True)
class _Draws:
    """What a segment's figures might have been with other customers."""

    churn: Floats
    course: Course
    more: Floats  # what expansion would gain a month by what may be offered


@dataclass(frozen=True)
class Rooms:
    """What a segment has left to gain on either side over months to come: the margin, with its 10 to 90 % band."""

    book: Book
    offers: Offers
    policies: Policies

    def defence(self, horizon: int) -> dict[str, float]:
        """Return what is gained if churn falls to the wall, where it lies above, and nothing is reduced."""
        found, drawn = (
            headroom.defence(self._mrr, self.policies.gross_margin, course, self._floor(churn, course), horizon)
            for churn, course in (
                (np.float64(self.book.churn), self.book.course),
                (self._draws.churn, self._draws.course),
            )
        )
        return _band("defence", float(found), drawn)

    def offence(self, horizon: int) -> dict[str, float]:
        """Return what is gained if what may be offered is offered within a year, and won as usual."""
        rate = float(self._offered.sum()) / self._mrr * self.offers.win_rate[0] if self._mrr else 0.0
        found, drawn = (
            headroom.offence(self._mrr, self.policies.gross_margin, course, more, horizon)
            for course, more in (
                (self.book.course, np.float64(rate / WINDOW)),
                (self._draws.course, self._draws.more),
            )
        )
        return _band("offence", float(found), drawn)

    @property
    def _mrr(self) -> float:
        return float(self.book.now.sum())

    @property
    def _offered(self) -> Floats:
        return self.offers.seats + self.offers.products

    def _floor(self, churn: Number, course: Course) -> Number:
        """Return the share of revenue lost where as many customers are lost as the wall says, if more are."""
        with np.errstate(divide="ignore"):
            return course.churn * np.minimum(1.0, self.policies.wall / churn)

    @cached_property
    def _draws(self) -> _Draws:
        of, offers = self.book, self.offers
        columns = (of.opened, of.losses, of.whole, of.lost, of.reduced, of.added, of.now, self._offered)
        sums = headroom.drawn_sums(np.column_stack(columns), DRAWS)
        opened, losses, whole, lost, reduced, added, now, offered = sums.T
        churn, lost_share = losses / opened, lost / whole
        if (of.losses > 0).sum() < LEAST_LOSSES:
            churn = _rare(of.losses, of.opened, np.ones_like(of.opened))
            lost_share = _rare(of.lost, of.whole, of.whole / np.maximum(of.opened, 1))
        wins = headroom.drawn_share(offers.win_rate[0], offers.effective, DRAWS) if offers.closed else np.zeros(DRAWS)
        with np.errstate(divide="ignore", invalid="ignore"):
            more = np.where(now > 0, offered / now, 0) * wins / WINDOW
        return _Draws(churn, Course(lost_share, reduced / whole, added / whole), more)


def _rare(part: Floats, whole: Floats, usual: Floats) -> Floats:
    """Return draws of a share of which few customers have a part; one more would have what is usual for it in a month."""
    total = whole.sum()
    variance, one = (part**2).sum() / total**2, (usual[whole > 0] ** 2).mean() / total**2
    return headroom.drawn_rare_rate(float(part.sum() / total), float(variance), float(one), DRAWS)


def _band(side: str, found: float, drawn: Floats) -> dict[str, float]:
    low, high = np.quantile(drawn, _BAND)
    return {f"{side}_room": found, f"{side}_low": min(float(low), found), f"{side}_high": max(float(high), found)}
