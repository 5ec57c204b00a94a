"""What customers have to be alike in before they are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cslib.analysis.effect.terms import largest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cslib.analysis.effect.ground import Ground
    from cslib.analysis.effect.terms import Terms
    from cslib.facts import Facts

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Named = Iterator[tuple[str, Floats]]

DUE = "due"  # a term that ends within the months of an outcome
_WINDOW, _YEAR = 6, 12
_THIRDS = (1 / 3, 2 / 3)
_COLUMNS = ("employees", "industry", "plan")  # of the customers, which have no date


class Traits:
    """The traits of the customers of a ground, of which those of a segment are chosen and named.

    Column m of a trait holds what was so at the close of m; one column is what the source says of the customer without a date.
    """

    def __init__(self, facts: Facts, ground: Ground, terms: Terms) -> None:
        self._ground, self._terms = ground, terms
        self._static = _static(facts, ground)

    def of(self, segment: str) -> dict[str, Floats]:
        """Return the traits of a segment's customers by name; those in which all are equal are left out."""
        ground, terms = self._ground, self._terms
        mine = np.flatnonzero(ground.members[segment])
        inside = ground.members[segment][:, None] & ground.under
        told = {
            **dict(self._sizes(inside)), "log_mrr": np.log(ground.mrr), **dict(self._products(inside)),
            **dict(self._common("industry", inside)), **dict(self._tenures()), DUE: terms.due(_WINDOW),
            "monthly_or_open": terms.is_short, **dict(self._segments(segment, inside)),
        }  # fmt: skip
        return {name: values[mine] for name, values in told.items() if varies(values, inside)}

    def _sizes(self, inside: Flags) -> Named:
        """Yield who lies in the middle and in the upper third of size: employees, or what is paid where these are not known."""
        size = self._static["employees"][:, None] if "employees" in self._static else self._ground.mrr
        told = np.broadcast_to(size, inside.shape)[inside]
        told = told[np.isfinite(told)]
        if len(told):
            low, high = np.quantile(told, _THIRDS)
            unknown = np.isnan(size)
            yield "size_middle", np.where(unknown, np.nan, (size > low) & (size <= high))
            yield "size_large", np.where(unknown, np.nan, size > high)

    def _tenures(self) -> Named:
        months = np.arange(self._ground.months) - self._ground.began[:, None]
        for name, limit in (("tenure_under_12", _YEAR), ("tenure_under_24", 2 * _YEAR)):
            yield name, (months < limit).astype(np.float64)

    def _products(self, inside: Flags) -> Named:
        """Yield who holds which product at the close; the plan of the customers, which has no date, only where there is one product."""
        told = [(name, held) for name, held in self._terms.shares(inside) if varies(held, inside)]
        yield from ((f"product:{name}", held) for name, held in told)
        if not told:
            yield from self._common("plan", inside)

    def _common(self, column: str, inside: Flags) -> Named:
        """Yield who has each value of a column of the customers that a tenth of the closes or more has."""
        if column not in self._static:
            return
        values = self._static[column]
        held = pd.Series(np.repeat(values, inside.sum(axis=1)), dtype=object).value_counts()
        for name in largest(held / max(int(inside.sum()), 1)):
            yield f"{column}:{name}", (values == name).astype(np.float64)[:, None]

    def _segments(self, segment: str, inside: Flags) -> Named:
        """Yield who of the segment lies in another one, too."""
        rows = inside.sum(axis=1).astype(np.float64)
        others = {name: held for name, held in self._ground.members.items() if name != segment}
        shares = pd.Series({name: rows @ held for name, held in others.items()}, dtype=np.float64) / max(rows.sum(), 1)
        for name in largest(shares):
            yield f"segment:{name}", others[name].astype(np.float64)[:, None]


def varies(values: Floats, inside: Flags) -> bool:
    """Return whether a figure differs among the closes `inside`."""
    told = np.broadcast_to(values, inside.shape)[inside]
    told = told[np.isfinite(told)]
    return bool(len(told)) and bool(told.min() < told.max())


def _static(facts: Facts, ground: Ground) -> dict[str, NDArray[np.object_] | Floats]:
    """Return what the source tells of each customer without a date, as a column each."""
    wanted = [name for name in _COLUMNS if not facts.missing([f"customers.{name}"])]
    frame = facts.tables["customers"].select("customer_id", *wanted).to_pyarrow().to_pandas().set_index("customer_id")
    found = frame.reindex(ground.ids)
    told = {name: found[name].astype(object).to_numpy() for name in wanted if name != "employees"}
    sizes = {"employees": found.employees.to_numpy(np.float64, na_value=np.nan)} if "employees" in wanted else {}
    return {**told, **{name: values for name, values in sizes.items() if np.isfinite(values).any()}}
