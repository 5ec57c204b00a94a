"""The contract terms in force at a close, each with the end that was known of it then, not the one that came."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pandas as pd
from ibis import _

from cslib.facts.month_spine import left_join_columns
from cslib.facts.renewals import is_anniversary, with_heads

if TYPE_CHECKING:
    from ibis.expr.types import Table
    from numpy.typing import NDArray

    from cslib.facts import Facts
    from cslib.periods import Month

    Floats = NDArray[np.float64]

_DAYS = ("starts_on", "service_end", "product_since", "customer_since")
_EPOCH = 1970 * 12  # the number of the month from which numpy counts


def terms_so_far(facts: Facts, as_of: Month) -> pd.DataFrame:
    """Return the terms that had begun by the close, with what `terms_in_force` and `known_ends` go by.

    customer_id, product, mrr, term_months; a term counts at the closes of the months from `since` up to, without, `until`,
    missing while open. `recorded` is the last day on record; `agreed` says that it is a whole number of lengths after a day from
    which ends of the customer are counted, `changed` that another term took over on another day. `head` is the day from which
    its own end is counted: where the terms of its product began anew if it was held already, else where the contract did
    of which it is sold to end with.
    """
    terms = _with_agreed(facts.terms.filter(_.since <= as_of.number))
    told = terms.select(
        "customer_id", "product", "term_months", "starts_on", "service_end", "since", "until", "agreed", "changed",
        "product_since", "customer_since", mrr=_.mrr.cast("float64"),
    )  # fmt: skip
    frame = told.order_by("customer_id", "product", "service_end", "starts_on", "mrr").to_pyarrow().to_pandas()
    dated = frame.assign(**{name: pd.to_datetime(frame[name]) for name in _DAYS})
    head = dated.product_since.where(_is_held_before(dated), dated.customer_since)
    found = dated.assign(recorded=dated.service_end - timedelta(days=1), head=head)
    return found.drop(columns=[*_DAYS])


def _with_agreed(terms: Table) -> Table:
    """Return the terms with where their ends are counted from, and whether the one on record is agreed, or a change in mid-term."""
    heads = with_heads(terms).select("contract_id", "product_since", "customer_since")
    dated = left_join_columns(terms, heads, "contract_id")
    since = {name: ibis.coalesce(dated[name], dated.starts_on) for name in ("product_since", "customer_since")}
    ends = [is_anniversary(dated.service_end, day, dated.term_months) for day in (dated.starts_on, *since.values())]
    agreed = ibis.or_(*(end.fill_null(False) for end in ends))  # noqa: FBT003
    changed = dated.replaced & (dated.term_months > 0).fill_null(False) & ~agreed  # noqa: FBT003
    return dated.mutate(**since, agreed=agreed, changed=changed)


def _is_held_before(terms: pd.DataFrame) -> pd.Series[bool]:
    """Return whether the product of each term was held on the day before its terms began anew."""
    keys = ["customer_id", "product"]
    ends = terms.service_end.fillna(pd.Timestamp.max.normalize())
    until = ends.groupby([*(terms[key] for key in keys), terms.starts_on], dropna=False).max()
    before = until.groupby(level=keys, dropna=False).cummax().groupby(level=keys, dropna=False).shift()
    started = before.rename("before").reset_index().rename(columns={"starts_on": "product_since"})
    held = terms[[*keys, "product_since"]].merge(started, "left", [*keys, "product_since"])
    return (held.before >= held.product_since).set_axis(terms.index)


def terms_in_force(so_far: pd.DataFrame, close: Month, *, as_read: bool = False) -> pd.DataFrame:
    """Return those of the terms that are in force at a close: customer_id, product, mrr, term_months, since, until, ends_on.

    `ends_on` is the last day that was known then (`known_ends`), missing where none was.
    """
    held = so_far[(so_far.since <= close.number) & ~(so_far.until <= close.number)].reset_index(drop=True)
    closes = np.full(len(held), float(close.number))
    found = held.assign(ends_on=known_ends(held, closes, as_read=as_read))
    return found[["customer_id", "product", "mrr", "term_months", "since", "until", "ends_on"]]


def known_ends(terms: pd.DataFrame, closes: Floats, *, as_read: bool = False) -> pd.Series[Any]:
    """Return of each term the last day that was known at its close, the number of a month; missing where none was.

    The table of contracts says of a term that was changed in mid-term, or left, when that came, and nobody knew before: its day
    has no date of its own. What was agreed is a whole number of lengths after the contract began, and a term that runs on
    begins another length. So the end of a term of a known length is the next such day after the close; the one on record is where it
    is such a day of the length that the term is in, or past. Of a term of no known length no end is told ahead. `as_read`: at the
    close of the data's last month the end on record is what was read, be it a notice; the day of a change is not.
    """
    ends = _months_of(terms.recorded) - closes
    told = (ends <= 0) | (terms.agreed & (ends <= terms.term_months.to_numpy(np.float64, na_value=np.nan)))
    if as_read:
        told |= ~terms.changed
    return terms.recorded.where(told, _next_ends(terms, closes))


def _next_ends(terms: pd.DataFrame, closes: Floats) -> pd.Series[Any]:
    """Return the last day of the length in which each term is at its close; missing where its length is not known."""
    head, length = terms["head"], terms.term_months.to_numpy(np.float64, na_value=np.nan)
    length = np.where(length > 0, length, np.nan)
    first = _months_of(
        head - timedelta(days=1)
    )  # of a contract that begins with a month, the months before end with one
    lengths = (closes - first) // length + 1
    return _months_after(head, lengths * length) - timedelta(days=1)


def _months_of(days: pd.Series[Any]) -> Floats:
    """Return the number of the month of each day, as `Month.number` counts; nan where there is none."""
    months = days.to_numpy().astype("datetime64[M]")
    return np.where(np.isnat(months), np.nan, months.astype(np.float64) + _EPOCH)


def _months_after(days: pd.Series[Any], months: Floats) -> pd.Series[Any]:
    """Return the day so many months after each, or the last of that month where it has no such day."""
    later = np.where(np.isnan(months), 0, months).astype(np.int64).astype("timedelta64[M]")
    month = days.to_numpy().astype("datetime64[M]") + later
    day = month.astype("datetime64[D]") + (days.dt.day.to_numpy() - 1).astype("timedelta64[D]")
    last = (month + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    return pd.Series(np.minimum(day, last).astype("datetime64[us]"), days.index).where(~np.isnan(months))
