"""What keeps a snapshot from being taken: tables that are empty, that lost too many rows, or whose rows contradict each other."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cslib.settings import Settings
    from cslib.snapshot.manifest import TableState


def rejections(states: Mapping[str, TableState], refusals: Mapping[str, list[str]], settings: Settings) -> list[str]:
    """Return which tables are empty, lost more rows than is allowed, or are refused for contradictions among their rows."""
    allowed = settings.policies.allowed_quarantine
    problems = [f"{name}: no rows in {_origin(name, state, settings)}; leave the table out of source.yaml if there is nothing to read"
                for name, state in states.items() if not state.own]  # fmt: skip
    everyone = states.get("customers")
    if everyone is not None and everyone.own and everyone.set_aside == everyone.own:
        problems.append("customers: every row breaks a claim, so nobody is left to report on")
    lost = {name: state for name, state in states.items() if state.share > allowed and not refusals.get(name)}
    problems += chain.from_iterable(refusals.values())
    for name, state in lost.items():
        found = f"{state.set_aside:,} of {state.own:,} rows ({state.share:.1%}) break a claim"
        problems.append(f"{name}: {found}, allowed are {allowed:.1%} (policy allowed_quarantine)")
    return problems


def explained(problems: Iterable[str], states: Mapping[str, TableState]) -> list[str]:
    """Return the problems, each followed by the claims that its rows break and the open questions."""
    sentences = []
    for problem in problems:
        name = problem.partition(":")[0]
        sentences += [problem, *(_reasons(name, states[name]) if name in states else ())]
    return list(dict.fromkeys(sentences))


def _origin(name: str, state: TableState, settings: Settings) -> str:
    kept = " that keep its 'where'" if any(spec.where for spec in settings.source.tables[name]) else ""
    return f"{', '.join(state.files) or 'the source'}{kept}"


def _reasons(name: str, state: TableState) -> list[str]:
    claims, questions = (claim.sentence for claim in state.claims), (question.sentence for question in state.questions)
    return [f"{name}: {sentence}" for sentence in (*claims, *questions)]
