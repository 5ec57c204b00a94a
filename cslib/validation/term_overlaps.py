"""Contract terms compared with the next ones: do ends name the first day without service, which overlap, which end with a month?"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import ibis
from ibis import _

from cslib.source import FILE, ROW
from cslib.source.asked import asked_of
from cslib.validation.findings import Remark, Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibis.expr.types import BooleanValue, Table

    from cslib.settings import Policies
    from cslib.validation.validate import ValidatedTable

_SAMPLES = 3


def term_remarks(validated: ValidatedTable, policies: Policies) -> tuple[Remark, ...]:
    """Return the remarks on the paid terms of contracts: which overlap, and the question what an end means.

    That question is raised where more terms start on the day on which the last one ended than on the day after it, and
    the policies do not say which it is.
    """
    terms = asked_of(validated.rows).table("paid terms", partial(_paid_terms, validated))
    pairs = asked_of(terms).table("pairs", partial(_pairs, terms))
    return (*_end_question(pairs, policies), *_overlapping(pairs, policies))


def month_end_question(terms: Table, policies: Policies) -> Iterator[Remark]:
    """Yield the question when the last month of a level is lost, where terms were made of levels and the policies do not say.

    A term of levels ends with the last month that was paid. Under the default it is lost at that month's own close, whose
    MRR is then less than what was paid in it.
    """
    if "churn_month" in policies.model_fields_set:
        return
    after = terms.ends_on + ibis.interval(days=int(policies.contract_end == "last_day"))
    ended = terms.filter(after.day() == 1).mutate(after=after)
    next_ones = terms.select(next_customer="customer_id", next_start="starts_on").distinct()
    gone = ended.anti_join(
        next_ones, [ended.customer_id == next_ones.next_customer, ended.after == next_ones.next_start]
    )
    found = gone.select("ends_on", file=gone[FILE], row=gone[ROW])
    rows = int(found.count().to_pyarrow().as_py())
    if rows:
        yield Remark(kind="month_ends", rows=rows, samples=_samples(found, "ends_on"))


def _paid_terms(validated: ValidatedTable) -> Table:
    rows = validated.rows.filter(validated.is_valid(), ~validated.rows.trial, validated.rows.mrr > 0)
    return rows.select(
        "contract_id", "customer_id", "product", "starts_on", "ends_on", "mrr", file=rows[FILE], row=rows[ROW]
    )


def _pairs(terms: Table) -> Table:
    """Return each term with each later one of the same product and customer: its own columns, next_id and next_start."""
    other = terms.select(
        next_id="contract_id", next_customer="customer_id", next_product="product", next_start="starts_on"
    )
    later = (terms.starts_on < other.next_start) | (
        (terms.starts_on == other.next_start) & (terms.contract_id < other.next_id)
    )
    return terms.join(other, [terms.customer_id == other.next_customer, terms.product == other.next_product, later])


def _end_question(pairs: Table, policies: Policies) -> Iterator[Remark]:
    if "contract_end" in policies.model_fields_set:
        return
    on_the_day, day_after = pairs.next_start == pairs.ends_on, pairs.next_start == pairs.ends_on + ibis.interval(days=1)
    counted = partial(pairs.aggregate, touching=_count(on_the_day), following=_count(day_after))
    (counts,) = asked_of(pairs).answer("neighbours", counted).to_pylist()
    if counts["touching"] > counts["following"]:
        said = {"following": f"{counts['following']:,}"}
        found = pairs.filter(on_the_day)
        yield Remark(kind="contract_end", rows=counts["touching"], samples=_samples(found, "ends_on"), said=said)


def _overlapping(pairs: Table, policies: Policies) -> Iterator[Remark]:
    # a day that both name is no overlap while the meaning of an end is an open question
    served = policies.contract_end == "last_day" and "contract_end" in policies.model_fields_set
    replaces = policies.overlapping_terms == "later_replaces"
    asked = asked_of(pairs, by=(served, replaces))
    earlier = asked.described("overlapping", partial(_earlier, pairs, served=served, replaces=replaces))
    (counts,) = (
        asked_of(earlier).answer("sums", lambda: earlier.aggregate(rows=_.count(), amount=_.mrr.sum())).to_pylist()
    )
    if counts["rows"]:
        kind = "terms_added" if policies.overlapping_terms == "add" else "terms_replaced"
        said = {"amount": f"{counts['amount'].normalize():f}", "currency": policies.currency}
        yield Remark(kind=kind, rows=counts["rows"], samples=_samples(earlier, "contract_id"), said=said)


def _earlier(pairs: Table, *, served: bool, replaces: bool) -> Table:
    """Return the terms that overlap a later one, each once."""
    found = pairs.filter(pairs.ends_on.isnull() | (pairs.next_start < pairs.ends_on + ibis.interval(days=int(served))))
    if replaces:
        found = found.filter(found.starts_on < found.next_start)
    return found.select("contract_id", "mrr", "file", "row").distinct()


def _count(truth: BooleanValue) -> ibis.expr.types.IntegerValue:
    return truth.fill_null(False).cast("int64").sum().fill_null(0)  # noqa: FBT003


def _samples(rows: Table, column: str) -> tuple[Sample, ...]:
    each = rows.select("file", "row", value=rows[column].cast("string")).distinct()
    first = each.order_by("file", "row").limit(_SAMPLES)
    return tuple(Sample.model_validate(row) for row in first.to_pyarrow().to_pylist())
