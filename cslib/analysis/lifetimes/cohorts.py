"""How the customers gained in each quarter stayed: the triangle by customers, and by what they pay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from ibis import _

from cslib.analysis.lifetimes.spells import record_begins, spells
from cslib.kpis import reasons
from cslib.kpis.cells import segment_cells
from cslib.periods import Month, month_number
from cslib.privacy.suppression import HIDDEN, suppressed_segments

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from cslib.analysis.inquiry import Inquiry
    from cslib.facts import Facts
    from cslib.privacy.suppression import Cell

COHORT_MONTHS = 3  # customers gained in the same quarter are a cohort
COLUMNS = ("segment", "month", "cohort", "age", "n", "retention", "mrr_retention", "reason")
NEEDS = ("contracts.ends_on",)
YOUNG = "young: no cohort is whole yet"


def cohorts(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per segment, quarter in which customers were gained, and age: `COLUMNS`.

    `cohort` is the quarter's first month, `age` counts months since the customer's own first close, every three; only ages that
    the whole cohort has reached. `n` are its customers, `retention` the share of them that is under contract, `mrr_retention` what
    they pay over what they paid at their first close. Customers that returned count as kept. Left out are quarters that
    began before losses are on record (see `record_begins`): who was lost of them is not known. A segment
    without any cohort has one row that says why; to outsiders cohorts of few are not shown, nor those that disclose few.
    """
    facts, wanted = inquiry.facts, sorted(inquiry.segments)
    absent = facts.missing(NEEDS)
    found = pd.DataFrame(columns=["segment", *COLUMNS[2:7]]) if absent else _triangle(facts, inquiry.as_of)
    hidden = hidden_cohorts(facts, inquiry.as_of) if facts.discreet and not absent else {}
    rows = []
    for segment in wanted:
        mine = found[found.segment == segment]
        shown = mine[~mine.cohort.isin(hidden.get(segment, set()))]
        reason = f"{reasons.NEEDS} {', '.join(absent)}" if absent else _why(facts, segment, mine)
        rows.append(shown.assign(reason="") if len(shown) else pd.DataFrame([{"segment": segment, "reason": reason}]))
    table = pd.concat(rows, ignore_index=True).assign(month=str(inquiry.as_of))
    whole = dict.fromkeys(("age", "n"), "Int64") | dict.fromkeys(("retention", "mrr_retention"), "float64")
    return table.reindex(columns=list(COLUMNS)).astype(whole)


def _why(facts: Facts, segment: str, mine: pd.DataFrame) -> str:
    """Return why a segment shows no cohort."""
    return HIDDEN if len(mine) or segment in facts.manifest.withheld else YOUNG


def _gained(facts: Facts, as_of: Month) -> Table:
    """Return the months of each customer that was gained while losses are on record, with its age and its cohort."""
    first, since = facts.manifest.first.number, record_begins(spells(facts, as_of), facts.manifest.first)
    spine = facts["customer_months"].filter(_.month_no <= as_of.number, _.gained_no.notnull())
    # one that was there before the first month has been gained at a time that is not in the data
    known = spine.filter(month_number(_.first_start) >= first)
    aged = known.mutate(age=_.month_no - _.gained_no, cohort=_.gained_no - _.gained_no % COHORT_MONTHS)
    return aged.filter(_.cohort >= since) if since > first else aged


def _triangle(facts: Facts, as_of: Month) -> pd.DataFrame:
    complete = _gained(facts, as_of).filter(
        (_.age % COHORT_MONTHS) == 0, _.cohort + COHORT_MONTHS - 1 + _.age <= as_of.number
    )
    rows = complete.join(facts.members.select("segment", "customer_id"), "customer_id")
    counted = rows.group_by(["segment", "cohort", "age"]).aggregate(
        kept=(_.closing_mrr > 0).sum(), n=_.count(), paid=_.closing_mrr.sum(), first=_.first_mrr.sum()
    )
    frame = counted.order_by(["segment", "cohort", "age"]).to_pyarrow().to_pandas()
    paid, first = (frame[name].to_numpy(dtype=np.float64) for name in ("paid", "first"))
    return pd.DataFrame({
        "segment": frame.segment, "cohort": [str(Month(int(number))) for number in frame.cohort], "age": frame.age,
        "n": frame.n, "retention": frame.kept / frame.n, "mrr_retention": paid / first,
    })  # fmt: skip


def hidden_cohorts(facts: Facts, as_of: Month) -> dict[str, set[str]]:
    """Return the cohorts of each segment that outsiders are not shown: those of few, and those that disclose few."""
    now = _gained(facts, as_of).filter(_.month_no == as_of.number).select("customer_id", "cohort")
    sized = now.join(segment_cells(facts), "customer_id").group_by(["cohort", "cell"]).aggregate(size=_.count())
    sizes: dict[int, dict[Cell, int]] = {}
    for row in sized.order_by(["cohort", "cell"]).to_pyarrow().to_pylist():
        sizes.setdefault(int(row["cohort"]), {})[frozenset(row["cell"].split("\n"))] = row["size"]
    found: dict[str, set[str]] = {}
    for start, of in sizes.items():
        for name in suppressed_segments(of, facts.policies.min_n, facts.manifest.withheld):
            found.setdefault(name, set()).add(str(Month(start)))
    return found
