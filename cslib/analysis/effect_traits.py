"""What customers have to be alike in before they are compared, and what else may have changed when a programme began."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from ibis import _

from cslib.stats.rivals import Reads, Rival

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cslib.analysis.effect_ground import Ground
    from cslib.analysis.effect_starts import Starts
    from cslib.facts import Facts
    from cslib.periods import Month

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

DUE = "due"  # a term that ends within the months of an outcome
_WINDOW, _YEAR = 6, 12
_COMMON, _MOST = 0.1, 5  # a value is a trait where a tenth of the months has it, and so many of a column at most
_MONTH_DAYS = 31
_THIRDS = (1 / 3, 2 / 3)


class Traits:
    """The traits and rivals of all customers of a ground, of which those of a segment are chosen and named."""

    def __init__(self, facts: Facts, as_of: Month, ground: Ground, starts: Starts) -> None:
        self._facts, self._ground, self._starts = facts, ground, starts
        self._terms = _terms(facts, as_of, ground)
        self._static = _static(facts, ground)

    def due(self, months: int) -> Floats:
        """Return whether a term in force at each close ends within so many months after it."""
        terms = self._terms
        return self._spread(terms[terms.last - terms.month <= months])

    def of(self, segment: str, programme: str) -> dict[str, Floats]:
        """Return the traits by which a segment's customers are made alike, each a row per customer of the ground.

        Column m holds what was so at the close of m; of another programme, what is so in the month after it. Traits in which
        all are equal are left out.
        """
        inside = self._ground.members[segment][:, None] & self._ground.under
        known = {
            **dict(self._sizes(inside)), "log_mrr": np.log(self._ground.mrr), **dict(self._products(inside)),
            **dict(self._common("industry", inside)), **dict(self._tenures()), DUE: self.due(_WINDOW),
            "monthly_or_open": self._spread(self._terms[self._terms.is_short]), **dict(self._segments(segment, inside)),
        }  # fmt: skip
        other = self._starts.in_another(programme)
        known |= {} if other is None else {"other_programme": other}
        return {name: values for name, values in known.items() if _varies(values, inside)}

    def rivals(self, segment: str, programme: str) -> list[tuple[str, Floats, Reads]]:
        """Return what else may have changed around the start, of all customers of the ground."""
        ground, missing = self._ground, self._facts.missing
        inside = ground.members[segment][:, None] & ground.under
        found: list[tuple[str, Floats, Reads]] = []
        if not missing(["tickets.severity"]):
            found.append(("grave_tickets", ground.tickets(grave=True), Reads.CHANGE))
        if not missing(["tickets"]):
            found.append(("tickets", ground.tickets(), Reads.CHANGE))
        if ground.has_seats:
            found += [("price", ground.mrr / ground.seats, Reads.CHANGE), ("seats", ground.seats, Reads.CHANGE)]
        if not missing(["contracts.product"]):
            found.append(("products", self._held, Reads.CHANGE))
            found += [(f"plan:{name}", held, Reads.CHANGE) for name, held in self._shares(inside)]
        near = self._starts.near_another(programme)
        found += [] if near is None else [("other_programme", near, Reads.AT_START)]
        return [one for one in found if _varies(one[1], inside)]

    def _spread(self, terms: pd.DataFrame) -> Floats:
        matrix = np.zeros(self._ground.under.shape)
        matrix[terms.customer, terms.month] = 1.0
        return np.where(self._ground.under, matrix, np.nan)

    def _sizes(self, inside: Flags) -> Iterator[tuple[str, Floats]]:
        """Yield of whom lies in the middle and in the upper third of size: employees, or what is paid where these are not known."""
        size = self._static["employees"][:, None] if "employees" in self._static else self._ground.mrr
        told = np.broadcast_to(size, inside.shape)[inside]
        told = told[np.isfinite(told)]
        if len(told):
            low, high = np.quantile(told, _THIRDS)
            unknown = np.isnan(size)
            yield "size_middle", np.where(unknown, np.nan, (size > low) & (size <= high))
            yield "size_large", np.where(unknown, np.nan, size > high)

    def _tenures(self) -> Iterator[tuple[str, Floats]]:
        months = np.arange(self._ground.months) - self._ground.began[:, None]
        for name, limit in (("tenure_under_12", _YEAR), ("tenure_under_24", 2 * _YEAR)):
            yield name, (months < limit).astype(np.float64)

    def _products(self, inside: Flags) -> Iterator[tuple[str, Floats]]:
        """Yield who holds which product at the close; the plan of the customers, which has no date, only where there is one product."""
        shares = [*self._shares(inside)]
        told = [(name, held) for name, held in shares if _varies(held, inside)]
        yield from ((f"product:{name}", held) for name, held in told)
        if not told:
            yield from self._common("plan", inside)

    def _shares(self, inside: Flags) -> Iterator[tuple[str, Floats]]:
        """Yield who holds each product, those of a tenth of the closes or more, the most common first."""
        terms = self._terms[inside[self._terms.customer, self._terms.month]]
        held = terms.drop_duplicates(["customer", "month", "product"])["product"].value_counts()
        for name in _largest(held / max(int(inside.sum()), 1)):
            yield name, self._spread(self._terms[self._terms["product"] == name])

    @property
    def _held(self) -> Floats:
        """How many products each customer holds at the close."""
        once = self._terms.drop_duplicates(["customer", "month", "product"])
        matrix = np.zeros(self._ground.under.shape)
        np.add.at(matrix, (once.customer.to_numpy(), once.month.to_numpy()), 1.0)
        return np.where(self._ground.under, matrix, np.nan)

    def _common(self, column: str, inside: Flags) -> Iterator[tuple[str, Floats]]:
        """Yield of a column of the customers who has each value that a tenth of the closes or more has."""
        if column not in self._static:
            return
        values = self._static[column]
        held = pd.Series(np.repeat(values, inside.sum(axis=1))).value_counts()
        for name in _largest(held / max(int(inside.sum()), 1)):
            yield f"{column}:{name}", (values == name).astype(np.float64)[:, None]

    def _segments(self, segment: str, inside: Flags) -> Iterator[tuple[str, Floats]]:
        """Yield who of the segment lies in another one, too."""
        rows = inside.sum(axis=1).astype(np.float64)
        others = {name: held for name, held in self._ground.members.items() if name != segment}
        shares = pd.Series({name: rows @ held for name, held in others.items()}, dtype=np.float64) / max(rows.sum(), 1)
        for name in _largest(shares):
            yield f"segment:{name}", others[name].astype(np.float64)[:, None]


def rival_of(told: tuple[str, Floats, Reads], inside: Flags) -> Rival:
    """Return a rival of some customers."""
    name, values, reads = told
    return Rival(name, values[inside], reads)


def _largest(shares: pd.Series[float]) -> list[str]:
    """Return the names of a tenth or more, the largest first; of equal ones by name, so that nothing hangs on the order of rows."""
    told = shares[shares >= _COMMON].sort_index().sort_values(ascending=False, kind="stable")
    return [str(name) for name in told.index[:_MOST]]


def _varies(values: Floats, inside: Flags) -> bool:
    told = np.broadcast_to(values, inside.shape)[inside]
    told = told[np.isfinite(told)]
    return bool(len(told)) and bool(told.min() < told.max())


def _terms(facts: Facts, as_of: Month, ground: Ground) -> pd.DataFrame:
    """Return a row per term and close at which it is in force: customer, month (places), product, last (month of its last day), is_short."""
    rows = facts.terms.filter(_.since <= as_of.number)
    told = rows.select("customer_id", "product", "term_months", "starts_on", "service_end", "since", "until")
    frame = told.order_by("customer_id", "product", "since", "service_end").to_pyarrow().to_pandas()
    since = np.maximum(frame.since.to_numpy(np.int64) - ground.first, 0)
    until = frame.until.fillna(as_of.number + 1).clip(upper=as_of.number + 1).to_numpy(np.int64) - ground.first
    end = pd.to_datetime(frame.service_end)
    length = (end - pd.to_datetime(frame.starts_on)).dt.days
    short = end.isna() | (frame.term_months == 1) | (frame.term_months.isna() & (length <= _MONTH_DAYS))
    last_day = end - pd.Timedelta(days=1)
    held = np.maximum(until - since, 0)
    return pd.DataFrame({
        "customer": np.repeat(ground.ids.get_indexer(frame.customer_id), held),
        "month": _counting_from(since, held),
        "product": np.repeat(frame["product"].astype(str).to_numpy(object), held),
        "last": np.repeat((last_day.dt.year * _YEAR + last_day.dt.month - 1 - ground.first).to_numpy(np.float64), held),
        "is_short": np.repeat(short.to_numpy(np.bool_), held),
    })  # fmt: skip


def _counting_from(since: NDArray[np.int64], held: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return since, since + 1 … of each, so many as it holds, in a row."""
    begins = np.cumsum(held) - held
    return np.arange(held.sum()) - np.repeat(begins - since, held)


def _static(facts: Facts, ground: Ground) -> dict[str, NDArray[np.object_] | Floats]:
    """Return what the source tells of each customer without a date, as a column each."""
    wanted = [name for name in ("employees", "industry", "plan") if not facts.missing([f"customers.{name}"])]
    frame = facts.tables["customers"].select("customer_id", *wanted).to_pyarrow().to_pandas().set_index("customer_id")
    found = frame.reindex(ground.ids)
    told = {name: found[name].astype(object).to_numpy() for name in wanted if name != "employees"}
    sizes = {"employees": found.employees.to_numpy(np.float64)} if "employees" in wanted else {}
    return {**told, **{name: values for name, values in sizes.items() if np.isfinite(values).any()}}
