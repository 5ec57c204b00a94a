"""What a gate of the scenario asks, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib.i18n.messages import TEXTS
from cslib.i18n.numbers import decimal
from cslib.kpis.kpi import Better, Unit

if TYPE_CHECKING:
    from cslib.analysis.gates import StageGate
    from cslib.analysis.indicators import Indicator
    from cslib.i18n import Wording
    from cslib.kpis import Catalogue
    from cslib.settings import Policies

_IN_WORDS = ("onboarding_completion", "adoption", "recent_nps", "complaint_free", "customers_with_outcome")


def condition(gate: StageGate, policies: Policies, catalogue: Catalogue, wording: Wording) -> str:
    """Return what a gate asks of a customer."""
    asked = _asked(gate.indicator, gate.limit, policies, catalogue, wording)
    if gate.otherwise is None:
        return asked
    otherwise = _asked(gate.otherwise, gate.otherwise.limit or 0.0, policies, catalogue, wording)
    return wording.text("gate_otherwise", condition=asked, otherwise=otherwise)


def _asked(indicator: Indicator, limit: float, policies: Policies, catalogue: Catalogue, wording: Wording) -> str:
    shown = decimal(limit, wording.language, 0 if limit.is_integer() else 2)
    if indicator.id in _IN_WORDS:
        return wording.text(f"gate_{indicator.id}", limit=shown, of=policies.adoption_weeks.of)
    side = "gate_at_least" if indicator.better is Better.HIGHER else "gate_at_most"
    kpi = catalogue.by_id.get(indicator.id)
    if kpi is None:
        key = f"gate_{indicator.id}"
        return wording.text(side, name=wording.text(key) if key in TEXTS else indicator.column, limit=shown)
    return wording.text(side, name=kpi.name(wording.language), limit=_limit(kpi.unit, limit, shown, wording))


def _limit(unit: Unit, limit: float, shown: str, wording: Wording) -> str:
    """Return a limit in the KPI's unit, where a customer's figure has the same: an answer is no NPS, and a flag no share."""
    return wording.value(unit, limit) if unit is Unit.SHARE and 0 < limit < 1 else shown
