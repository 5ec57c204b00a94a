"""The files of a `params/` folder, read and checked as a whole."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cslib.errors import SettingsError, no_such
from cslib.redaction import learn, redacted
from cslib.settings.actions import Actions, action_problems, named
from cslib.settings.comments import read_comments
from cslib.settings.delivery import delivery_problems
from cslib.settings.events import Events, event_problems
from cslib.settings.fields import LocalisedText
from cslib.settings.gates import gate_problems
from cslib.settings.health import COMPONENTS, OWN, Health
from cslib.settings.policies import Policies
from cslib.settings.programmes import Programmes
from cslib.settings.report import Report, language_problems
from cslib.settings.segments import TOTAL, Segment
from cslib.settings.settings import Settings, place_of, place_of_person
from cslib.settings.source import Source
from cslib.settings.team import Team
from cslib.yaml_files import Lines, read

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

FILES = (
    "source.yaml",
    "policies.yaml",
    "report.yaml",
    "health.yaml",
    "programmes.yaml",
    "team.yaml",
    "actions.yaml",
    "events.yaml",
)
_WANTS = ("goal", "kgi", "targets", "touch_model", "where")
_KPI_HINT = "'cslib kpis' lists them"
_INDICATOR_HINT = f"a column of the customers is named {OWN}<name>, and under indicators in policies.yaml"


def load(folder: Path, kpi_ids: Collection[str]) -> Settings:
    """Return the settings of a folder; raises `SettingsError` with every problem, its file and its line."""
    settings, problems = load_rest(folder, kpi_ids)
    if problems or settings is None:
        raise SettingsError(problems)
    return settings


def load_rest(folder: Path, kpi_ids: Collection[str]) -> tuple[Settings | None, list[str]]:
    """Return the settings of a folder as far as they are right, and every problem; None where no source is named.

    For a check, which goes on to the data: what is wrong is left out, or has its default.
    """
    if not (folder / "source.yaml").is_file():
        return None, [f"{folder}: wanted a params folder with source.yaml; 'cslib demo --out DIR' writes one"]
    learn(folder, os.environ)  # before anything of it can be shown
    problems = list(_strange_files(folder))
    source = read(folder / "source.yaml", Source, problems)
    policies = read(folder / "policies.yaml", Policies, problems)
    file, own = folder / "policies.yaml", (policies or Policies()).indicators
    problems.extend(f"{file}:{problem}" for problem in gate_problems(Lines(file), own))
    report = read(folder / "report.yaml", Report, problems)
    health = read(folder / "health.yaml", Health, problems)
    problems.extend(_strange_components(folder, policies or Policies()))
    programmes = read(folder / "programmes.yaml", Programmes, problems)
    problems.extend(_repeated_programmes(folder))
    actions = read(folder / "actions.yaml", Actions, problems)
    team = read(folder / "team.yaml", Team, problems)
    files = sorted((folder / "segments").glob("*.yaml"))
    segments = [(file, read(file, Segment, problems)) for file in files]
    found = {segment.id: (file, segment) for file, segment in segments if segment is not None}
    problems.extend(_segment_problems(files, kpi_ids))
    file, ids = folder / "actions.yaml", {TOTAL, *(Lines(one).texts.get(("id",), "") for one in files)}
    problems.extend(f"{file}:{problem}" for problem in action_problems(Lines(file), kpi_ids, ids, team or Team()))
    file, told = folder / "report.yaml", report or Report()
    wrong = delivery_problems(Lines(file), told.deliver, told.audience, ids)
    problems.extend(f"{file}:{problem}" for problem in (*language_problems(Lines(file), told.languages, ids), *wrong))
    events = read(folder / "events.yaml", Events, problems)
    file = folder / "events.yaml"
    problems.extend(f"{file}:{problem}" for problem in event_problems(Lines(file), ids))
    comments = read_comments(folder, ids, problems)
    if not files:
        problems.append(f"{folder / 'segments'}: wanted at least one segment, like total.yaml; found none")
    problems = [redacted(problem) for problem in problems]
    if source is None:
        return None, problems
    return Settings(
        folder=str(folder.resolve()),
        places={
            **{name: f"{file}:{Lines(file).of(('where',))}" for name, (file, _) in found.items()},
            **_places_of_programmes(folder),
            **_places_of_actions(folder),
            **_places_of_goals(folder, found),
            **_places_of_people(folder),
        },
        source=source,
        policies=policies or Policies(),
        report=told,
        health=health or Health(),
        programmes=tuple(programmes.root) if programmes else (),
        actions=tuple(actions.root) if actions else (),
        team=team or Team(),
        events=tuple(events.root) if events else (),
        comments=comments,
        segments=_with_total([segment for _, segment in found.values()]),
    ), problems


def _strange_files(folder: Path) -> Iterator[str]:
    """Return a sentence for each YAML file that nothing reads, since its author believes it does something."""
    for file in sorted(folder.glob("*.y*ml")):
        if file.name not in FILES:
            yield f"{file}: {no_such('settings file', file.name, FILES)}"
    for file in sorted((folder / "segments").glob("*.yml")):
        yield f"{file}: wanted a name that ends in .yaml; rename the file"


def _strange_components(folder: Path, policies: Policies) -> Iterator[str]:
    """Return a sentence for each part of the health score that is no figure of a customer."""
    file, known = folder / "health.yaml", (*COMPONENTS, *(f"{OWN}{name}" for name in policies.indicators))
    for path, line in Lines(file).lines.items():  # not the model, so that these are named with what the model refuses
        match path:
            case ("components", name) if name not in known:
                yield f"{file}:{line}: {no_such('indicator', name, known, hint=_INDICATOR_HINT)}"


def _repeated_programmes(folder: Path) -> Iterator[str]:
    """Return a sentence for each programme that two entries speak of, since only one of them can hold."""
    file, seen = folder / "programmes.yaml", set[str]()
    for (entry, key), name in _named_programmes(lines := Lines(file)):
        if name in seen:
            yield f"{file}:{lines.of((entry, key))}: the programme {name!r} has an entry already; make one of the two"
        seen.add(name)


def _named_programmes(lines: Lines) -> list[tuple[tuple[str, str], str]]:
    return [((path[0], path[1]), text) for path, text in lines.texts.items() if path[1:] == ("programme",)]


def _places_of_programmes(folder: Path) -> dict[str, str]:
    """Return by `programmes.yaml`, programme and key where the file says it, of what only the data can contradict."""
    lines = Lines(file := folder / "programmes.yaml")
    return {
        place_of(name, key): f"{file}:{lines.of((entry, key))}"
        for (entry, _key), name in _named_programmes(lines)
        for key in ("programme", "cluster", "assignment")
    }


def _places_of_actions(folder: Path) -> dict[str, str]:
    """Return by `actions.yaml`, id and key where the file says it."""
    lines = Lines(file := folder / "actions.yaml")
    return {
        place_of(name, key, of="actions.yaml"): f"{file}:{lines.of((entry, key))}"
        for entry, name in named(lines, "id").items()
        for key in ("expected", "programme")
    }


def _places_of_goals(folder: Path, found: Mapping[str, tuple[Path, Segment]]) -> dict[str, str]:
    """Return by `segments`, id and keys where a segment's file says it, seen from the folder; the file itself by its id alone."""
    return {
        place_of(name, *path, of="segments"): f"{file.relative_to(folder)}:{line}"
        for name, (file, _) in found.items()
        for path, line in Lines(file).lines.items()
        if not path or (path[0] in _WANTS and len(path) <= 2)  # noqa: PLR2004 - a KPI under `targets`
    }


def _places_of_people(folder: Path) -> dict[str, str]:
    """Return by person where team.yaml names them."""
    lines, place = Lines(file := folder / "team.yaml"), len(("people", "name"))
    named = {path[1]: line for path, line in lines.lines.items() if path[0:1] == ("people",) and len(path) == place}
    return {place_of_person(name): f"{file}:{line}" for name, line in named.items()}


def _with_total(segments: list[Segment]) -> tuple[Segment, ...]:
    if all(segment.where for segment in segments):
        everyone = Segment(id=TOTAL, name=LocalisedText(ja="全社", en="All customers"))
        return (everyone, *segments)
    return tuple(sorted(segments, key=lambda segment: bool(segment.where)))


def _segment_problems(files: list[Path], kpi_ids: Collection[str]) -> Iterator[str]:
    seen: dict[str, Path] = {}
    for file in files:
        lines = Lines(file)  # not the model, so that these are named together with what the model refuses
        name = lines.texts.get(("id",), "")
        if name in seen:
            yield f"{file}:{lines.of(('id',))}: segment id {name!r} is taken by {seen[name].name}"
        if name:
            seen.setdefault(name, file)
        if name == TOTAL and lines.lines.get(("where",)):
            yield f"{file}:{lines.of(('where',))}: the id 'total' is kept for everyone; name this segment otherwise"
        yield from (
            f"{file}:{line}: {no_such('KPI', kpi, kpi_ids, hint=_KPI_HINT)}"
            for kpi, line in _named_kpis(lines)
            if kpi not in kpi_ids
        )


def _named_kpis(lines: Lines) -> Iterator[tuple[str, int]]:
    for path, line in lines.lines.items():
        match path:
            case ("targets", kpi):
                yield kpi, line
            case ("kgi", "kpi"):
                yield lines.texts.get(path, ""), line
