"""What a version computes, as data: so that the next one can say what is otherwise, and nobody has to keep a list of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cslib import __version__
from cslib.code_version import code_digest
from cslib.kpis import CATALOGUE
from cslib.settings import Action, Event, Health, Person, Policies, Programme, Report
from cslib.settings.templates import ACTIONS, EVENTS, HEALTH, POLICIES, PROGRAMMES, REPORT, TEAM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import BaseModel

    from cslib.kpis import Kpi

_FIGURES = "cslib.portfolio"  # what it does not import decides no figure
SETTINGS: dict[str, tuple[type[BaseModel], str]] = {
    "policies.yaml": (Policies, POLICIES),
    "report.yaml": (Report, REPORT),
    "health.yaml": (Health, HEALTH),
    "programmes.yaml": (Programme, PROGRAMMES),  # an entry of it
    "team.yaml": (Person, TEAM),  # an entry, too
    "actions.yaml": (Action, ACTIONS),  # likewise
    "events.yaml": (Event, EVENTS),  # likewise
}


def definitions() -> dict[str, Any]:
    """Return what this version computes: each KPI as it is defined, each setting with its default, the code as a hash."""
    return {
        "version": __version__,
        "code": code_digest(_FIGURES),
        "kpis": {kpi.id: _defined(kpi) for kpi in CATALOGUE.kpis},
        "settings": {file: _defaults(model, text) for file, (model, text) in SETTINGS.items()},
    }


def _defined(kpi: Kpi) -> dict[str, str]:
    """Return all that decides a KPI's figure, as text."""
    said = {
        "name": f"{kpi.en} · {kpi.ja}",
        "formula": f"{kpi.en_formula} · {kpi.ja_formula}",
        "counted in": f"{kpi.unit}, over {kpi.window} months, {kpi.better} is better, interval {kpi.interval}",
        "needs": ", ".join(kpi.needs),
        "fact table": kpi.fact,
        **{name: str(figure) for name, figure in kpi.totals.items()},
    }
    if kpi.curve:
        said["curve"] = repr(kpi.curve)
    if kpi.otherwise:
        said |= {f"otherwise, {name}": text for name, text in _defined(kpi.otherwise).items() if name != "name"}
    return said


def _defaults(model: type[BaseModel], text: str) -> dict[str, dict[str, Any]]:
    words = dict(re.findall(r"^(?:# +)?(\w+):[^#\n]*# (.*)$", text, re.MULTILINE))
    bare = model.model_construct()  # not checked, since what is required has no default
    plain = bare.model_dump(mode="json", by_alias=True)
    return {name: {"default": value, "words": words.get(name, "")} for name, value in plain.items()}


def changed_kpis(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line per KPI that is new or gone, and for one that is defined otherwise the text before and the text now."""
    old, new = before["kpis"], now["kpis"]
    yield from (f"new: {name}: {new[name]['name']}: {new[name]['formula']}" for name in new if name not in old)
    yield from (f"gone: {name}: {old[name]['name']}: {old[name]['formula']}" for name in old if name not in new)
    for name in (name for name in new if name in old and new[name] != old[name]):
        yield f"defined otherwise: {name}: {new[name]['name']}"
        for part in dict.fromkeys([*old[name], *new[name]]):
            was, becomes = old[name].get(part, "nothing"), new[name].get(part, "nothing")
            if was != becomes:
                yield f"  {part}, before: {was}"
                yield f"  {part}, now:    {becomes}"


def changed_settings(
    before: Mapping[str, Any], now: Mapping[str, Any], own: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    """Yield a line per setting that is new, gone or has another default; `own` holds what the team's files say."""
    for file, new in now["settings"].items():
        old, said = before["settings"].get(file, {}), own.get(file, {})
        for name in (name for name in new if name not in old):
            yield f"{file}: new: {name}: {new[name]['default']}{_why(new[name]['words'])}"
        for name in (name for name in old if name not in new):
            yield f"{file}: gone: {name}{'; take it out, or the next run refuses it' if name in said else ''}"
        for name in (name for name in new if name in old and new[name]["default"] != old[name]["default"]):
            ends = (
                "yours says what it says"
                if name in said
                else "yours says nothing, so that this changes figures or pages"
            )
            yield f"{file}: another default: {name}: {new[name]['default']}, before {old[name]['default']}; {ends}"


def _why(words: str) -> str:
    return f"  # {words}" if words else ""
