"""policies.yaml, gates: what a customer has to have reached at each stage of the scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, Field

from cslib.errors import no_such
from cslib.settings.fields import Number, Strict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from cslib.yaml_files import Lines

OWN = "customers."  # before the name of a column of the customers that `indicators` names
FIGURES = (
    "onboarding_completion", "onboarding_days", "onboarding_on_time", "onboarding_overdue", "active_customers", "adoption",
    "account_issuance", "seat_utilisation", "events_per_seat", "stickiness", "feature_breadth", "usage_decline",
    "time_to_first_value", "nps", "recent_nps", "csat", "complaint_free", "severe_tickets", "advocates", "goal_coverage",
    "customers_with_outcome", "touches", "tickets", "programme",
)  # fmt: skip
"""The figures of a customer that a gate may go by: the ids of the indicators and two more, which are declared further up."""
WITHOUT_LIMIT = ("events_per_seat", "stickiness", "time_to_first_value", "touches", "tickets")  # of their own
_HINT = f"'cslib analyse signals' lists them; a column of the customers is named {OWN}<name>, and under indicators"


class Gate(Strict):
    """A figure of a customer, and the limit that is passed at it or on its better side; without one, the figure's own.

    `otherwise` is the figure that decides, at its own limit, of customers of whom the first is not known.
    """

    indicator: str
    limit: Number | None = None
    otherwise: str = ""


def _named(value: object) -> object:
    return {"indicator": value} if isinstance(value, str) else value


OneGate = Annotated[Gate, BeforeValidator(_named)]


class Gates(Strict):
    """A gate per stage, in the order of the scenario."""

    setup: OneGate = Field(default=Gate(indicator="onboarding_completion"))
    usage: OneGate = Field(default=Gate(indicator="adoption"))
    satisfaction: OneGate = Field(default=Gate(indicator="recent_nps", otherwise="complaint_free"))
    outcome: OneGate = Field(default=Gate(indicator="customers_with_outcome"))

    @property
    def by_stage(self) -> dict[str, Gate]:
        """The gates by the ids of their stages."""
        return {stage: getattr(self, stage) for stage in type(self).model_fields}


def gate_problems(lines: Lines, own: Collection[str]) -> Iterator[str]:
    """Return `line: problem` for each gate that goes by no figure of a customer, or by one that has no limit.

    `own` are the columns of the customers that the policies name as indicators.
    """
    known = (*FIGURES, *(f"{OWN}{name}" for name in own))
    for path, line in lines.lines.items():  # not the model, so that these are named with what the model refuses
        match path:
            case ("gates", stage) if path in lines.texts and stage in Gates.model_fields:
                name, may_lack = lines.texts[path], False
            case ("gates", stage, "indicator"):
                name, may_lack = lines.texts.get(path, ""), ("gates", stage, "limit") in lines.lines
            case ("gates", stage, "otherwise"):
                name, may_lack = lines.texts.get(path, ""), False
            case _:
                continue
        if name and name not in known:
            yield f"{line}: gates.{stage}: {no_such('indicator', name, known, hint=_HINT)}"
        elif not may_lack and (name in WITHOUT_LIMIT or name.startswith(OWN)):
            yield f"{line}: gates.{stage}: {_without_limit(name)}"


def _without_limit(name: str) -> str:
    return f"wanted a limit, since {name} has none of its own: {{indicator: {name}, limit: …}}"
