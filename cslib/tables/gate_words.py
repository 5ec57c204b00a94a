"""What a gate of the scenario asks, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib.i18n.numbers import decimal
from cslib.kpis.kpi import Better

if TYPE_CHECKING:
    from cslib.analysis.chain.gates import StageGate
    from cslib.analysis.indicators import Indicator
    from cslib.i18n import Wording
    from cslib.settings import Policies

_IN_WORDS = ("onboarding_completion", "adoption", "recent_nps", "complaint_free", "customers_with_outcome")


def condition(gate: StageGate, policies: Policies, wording: Wording) -> str:
    """Return what a gate asks of a customer."""
    asked = _asked(gate.indicator, gate.limit, policies, wording)
    if gate.otherwise is None:
        return asked
    otherwise = _asked(gate.otherwise, gate.otherwise.limit or 0.0, policies, wording)
    return wording.text("gate_otherwise", condition=asked, otherwise=otherwise)


def _asked(indicator: Indicator, limit: float, policies: Policies, wording: Wording) -> str:
    shown = decimal(limit, wording.language, 0 if float(limit).is_integer() else 2)
    if indicator.id in _IN_WORDS:
        return wording.text(f"gate_{indicator.id}", limit=shown, of=policies.adoption_weeks.of)
    side = "gate_at_least" if indicator.better is Better.HIGHER else "gate_at_most"
    name = indicator.column if indicator.own else wording.text(f"indicator_{indicator.id}")
    return wording.text(side, name=name, limit=shown)
