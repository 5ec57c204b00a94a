"""The analyses by name: each a long table of groups of customers, the same for a page, a file or the command line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cslib.analysis.actions import actions
from cslib.analysis.chain.chain import chain
from cslib.analysis.chain.customers import chain_customers
from cslib.analysis.costs import costs
from cslib.analysis.csms.csms import csms
from cslib.analysis.effect.compared import effect_compared
from cslib.analysis.effect.effect import effect
from cslib.analysis.effect.months import effect_months
from cslib.analysis.effect.readings import effect_readings
from cslib.analysis.growth.forecast import forecast
from cslib.analysis.growth.pairs import pairs
from cslib.analysis.growth.proposals import proposals
from cslib.analysis.growth.renewals_ahead import renewals_ahead
from cslib.analysis.growth.replay import replay
from cslib.analysis.growth.wall import wall
from cslib.analysis.health.audit import health_audit
from cslib.analysis.health.health import health
from cslib.analysis.health.misses import health_misses
from cslib.analysis.journey.customers import journey_customers
from cslib.analysis.journey.journey import journey
from cslib.analysis.journey.reference_customers import reference_customers
from cslib.analysis.journey.references import references
from cslib.analysis.journey.renewed_without_outcome import renewed_without_outcome
from cslib.analysis.lifetimes.cohorts import cohorts
from cslib.analysis.lifetimes.survival import survival
from cslib.analysis.service.organisation import organisation
from cslib.analysis.service.touch import touch
from cslib.analysis.service.touch_customers import touch_customers
from cslib.analysis.service.touch_load import touch_load
from cslib.analysis.signals import signals
from cslib.analysis.targets.consistency import consistency
from cslib.analysis.targets.pdca import pdca
from cslib.analysis.words import words
from cslib.errors import UnknownName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import pandas as pd

    from cslib.analysis.inquiry import Inquiry

    Analysis = Callable[[Inquiry], pd.DataFrame]

ANALYSES: Mapping[str, Analysis] = {
    "actions": actions,
    "chain": chain,
    "chain_customers": chain_customers,
    "cohorts": cohorts,
    "consistency": consistency,
    "costs": costs,
    "csms": csms,
    "effect": effect,
    "effect_compared": effect_compared,
    "effect_months": effect_months,
    "effect_readings": effect_readings,
    "health": health,
    "health_audit": health_audit,
    "health_misses": health_misses,
    "forecast": forecast,
    "organisation": organisation,
    "journey": journey,
    "journey_customers": journey_customers,
    "pairs": pairs,
    "pdca": pdca,
    "proposals": proposals,
    "reference_customers": reference_customers,
    "references": references,
    "renewals_ahead": renewals_ahead,
    "renewed_without_outcome": renewed_without_outcome,
    "replay": replay,
    "signals": signals,
    "survival": survival,
    "touch": touch,
    "touch_customers": touch_customers,
    "touch_load": touch_load,
    "wall": wall,
    "words": words,
}
"""What `cslib analyse` knows, and what a notebook asks for by the same name: a question in, a long table out."""


def analyse(name: str, inquiry: Inquiry) -> pd.DataFrame:
    """Return the table of an analysis; it begins with segment and month. Raises `UnknownName` for no analysis."""
    if name not in ANALYSES:
        raise UnknownName("analysis", name, ANALYSES)
    return inquiry.once(ANALYSES[name])


# What a scenario's method shows beside the analysis of its own name, or in its place.
_SHOWN_BY: Mapping[str, tuple[str, ...]] = {
    "actions_by_csm": ("actions",),
    "actions_of_each_csm": ("actions",),
    "customers()": ("actions",),  # of all lists; of a KPI's it shows none
    "effect_compared": ("effect",),
    "effect_months": ("effect",),
    "effect_readings": ("effect",),
    "journey_path": ("journey_customers",),
    "needed_shares": ("chain",),
    "out_of_order": ("chain", "chain_customers"),
    "pdca": ("consistency",),
    "touch_shares": ("touch",),
    "wall_basis": ("wall",),
}


def named_in(codes: Iterable[str]) -> tuple[str, ...]:
    """Return the analyses whose names occur in texts of code, or that a method called there shows, in the order of `ANALYSES`."""
    told = "\n".join(codes)
    words = {*re.findall(r"\w+", told)}
    for name, bare in re.findall(r"\.(\w+)\((\s*\))?", told):
        words.update(_SHOWN_BY.get(name, ()), _SHOWN_BY.get(f"{name}()", ()) if bare else ())
    return tuple(name for name in ANALYSES if name in words)
