"""What the customers of each CSM ask of its working time at a close."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cslib.analysis.service.service import CSM, MODEL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cslib.periods import Month
    from cslib.settings import Policies, Settings, TouchHours

NO_ENTRY, GONE = "no_entry", "gone"  # of a CSM in team.yaml: counted as one full working time; not there in that month


def needed_hours(rows: pd.DataFrame, policies: Policies) -> pd.Series[float]:
    """Return the hours a month that each customer takes: of its model, or of the rule's where it has none, and what comes on top."""
    hours = policies.touch_hours
    model = rows[MODEL].where(rows[MODEL].notna(), rows["rule"])
    return (
        hours_of(model, hours) + rows.is_new.astype(float) * hours.onboarding + rows.due * hours.renewal_within_90_days
    )


def hours_of(models: pd.Series[str], hours: TouchHours) -> pd.Series[float]:
    """Return the hours a month that each of some touch models takes."""
    by_model: Mapping[str, float] = {"high": hours.high, "low": hours.low, "tech": hours.tech}
    return models.map(by_model).astype(float)


def loads(rows: pd.DataFrame, settings: Settings, month: Month) -> pd.DataFrame:
    """Return by CSM what its customers among `rows` (ruled, of one close) come to.

    customers, mrr, need_hours; fte and what is said of it (`no_entry`: none in team.yaml, taken for 1; `gone`: not there in that
    month, 0; else empty); capacity, the hours that are left for customers; load, need over capacity, nan without any.
    """
    each = rows.assign(need_hours=needed_hours(rows, settings.policies)).groupby(CSM)
    found = each.agg(customers=("mrr", "size"), mrr=("mrr", "sum"), need_hours=("need_hours", "sum"))
    working = {name: settings.team.fte(name, month) for name in found.index}
    said = [GONE if name in settings.team.people else NO_ENTRY for name in found.index]
    fte = pd.Series(working, found.index, dtype="float64")
    found["fte_note"] = np.where(fte.notna(), "", np.array(said, dtype=object))
    found["fte"] = fte.where(fte.notna(), np.where(found.fte_note == GONE, 0.0, 1.0))
    found["capacity"] = found.fte * settings.policies.capacity.per_fte
    found["load"] = found.need_hours / found.capacity.where(found.capacity > 0)
    return found.sort_index()


def csm_shares(rows: pd.DataFrame, load: pd.DataFrame) -> pd.Series[float]:
    """Return of each row what it takes of its CSM's working time, so that those of all its customers come to its fte."""
    each = (load.fte / load.customers).to_dict()
    return rows[CSM].map(each).astype(float)
