"""The settings as a page of `docs/`, and as text: every key of every file of `params/`, what it may hold, and what holds without it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from cslib.settings import Actions, Events, Health, Policies, Programmes, Report, Segment, Source, Team
from cslib.settings.templates import ACTIONS, EVENTS, HEALTH, POLICIES, PROGRAMMES, REPORT, TEAM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import BaseModel

    Schema = Mapping[str, Any]

_HEAD = """# Every setting

Written from the models that read the files, by `make pages`; do not edit. A key that is not known is refused, with the nearest one that is. `${NAME}` in any
value comes from the environment, and is written out nowhere. Paths count from the folder of the file.

In the tables, *lists* are marked `[]` and *names of your own* `<name>`. Without a default a key has to be there if what holds it is there."""


class _File(NamedTuple):
    name: str
    model: type[BaseModel]
    purpose: str
    template: str = ""


FILES = (
    _File("source.yaml", Source, "Where each canonical table comes from; see [exports](exports.md) and the [data model](data-model.md). In short: a column's name "
          "stands for `{column: name}`, a list under `where` for `{one_of: [...]}`, one source for a list of one, one text for a list of one."),
    _File("policies.yaml", Policies, "What the definitions leave to a company.", POLICIES),
    _File("report.yaml", Report, "What is published, and for whom.", REPORT),
    _File("segments/*.yaml", Segment, "A file per segment: which customers, their goal, their targets and who owns them."),
    _File("health.yaml", Health, "What the [health score](health.md) is made of.", HEALTH),
    _File("programmes.yaml", Programmes, "What each programme was meant for; see [effect](effect.md).", PROGRAMMES),
    _File("team.yaml", Team, "Who works in Customer Success; see [operations](operations.md).", TEAM),
    _File("actions.yaml", Actions, "What was decided, and what came of it; see [operations](operations.md).", ACTIONS),
    _File("events.yaml", Events, "What happened, marked on the trends; see [comments](comments.md).", EVENTS),
)  # fmt: skip


class Key(NamedTuple):
    """A key of a settings file: its path, what it may hold, and what holds without it (None: it has to be there)."""

    path: str
    values: str
    default: str | None


def settings_text() -> str:
    """Return the files, each with its keys below it, a line each."""
    lines = []
    for file in FILES:
        lines += [f"{file.name}: {file.purpose.partition(';')[0].rstrip('.')}"]
        lines += [
            f"  {key.path}  {key.values}{', required' if key.default is None else f', {key.default}' if key.default else ''}"
            for key in keys(file.model)
        ]
    return "\n".join(lines)


def settings_markdown() -> str:
    """Return the files as a document: a section per file, with the text that a new project begins with and a table of its keys."""
    return "\n\n".join([_HEAD, *(_section(file) for file in FILES)])


def _section(file: _File) -> str:
    begins = (
        f"```yaml\n# params/{file.name}\n{file.template}```"
        if file.template.count("\n") and not _is_commented(file)
        else ""
    )
    shown = begins or (f"```text\n{file.template}```" if file.template else "")
    rows = [f"| `{key.path}` | {_cell(key.values)} | {_default(key)} |" for key in keys(file.model)]
    table = "\n".join(["| key | what it may hold | without it |", "|---|---|---|", *rows])
    return "\n\n".join(part for part in (f"## {file.name}", file.purpose, shown, table) if part)


def _is_commented(file: _File) -> bool:
    return all(line.startswith("#") for line in file.template.splitlines())


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _default(key: Key) -> str:
    if key.default is None:
        return "**required**"
    return f"`{_cell(key.default)}`" if key.default else "–"


def keys(model: type[BaseModel]) -> list[Key]:
    """Return every key that a file of this model may hold, those within others by a dotted path."""
    schema = model.model_json_schema()
    return list(dict.fromkeys(_of(schema, schema.get("$defs", {}), "")))


def _of(schema: Schema, known: Schema, path: str, seen: tuple[str, ...] = ()) -> Iterator[Key]:
    """Yield the keys within a part of a file."""
    for kind in _kinds(schema, known):
        if kind.get("title") in seen:  # one that holds its own kind
            continue
        within = (*seen, kind["title"]) if "properties" in kind else seen
        for name, said in kind.get("properties", {}).items():
            place = f"{path}.{name}" if path else name
            yield Key(place, _words(said, known), _without(name, said, kind))
            yield from _of(said, known, place, within)
        if isinstance(kind.get("items"), dict):
            yield from _of(kind["items"], known, f"{path}[]", within)
        if isinstance(kind.get("additionalProperties"), dict):
            yield from _of(kind["additionalProperties"], known, f"{path}.<name>" if path else "<name>", within)


def _kinds(schema: Schema, known: Schema) -> Iterator[Schema]:
    """Yield what a value may be, one kind after the other, references looked up."""
    if "$ref" in schema:
        yield from _kinds(known[schema["$ref"].rpartition("/")[2]], known)
        return
    several = schema.get("anyOf") or schema.get("oneOf")
    if several is None:
        yield schema
        return
    for one in several:
        yield from _kinds(one, known)


def _without(name: str, said: Schema, kind: Schema) -> str | None:
    if name in kind.get("required", ()):
        return None
    default = said.get("default")
    if default in (None, "", [], {}):
        return ""
    plain = default if isinstance(default, str) else json.dumps(_said(default), ensure_ascii=False).replace('"', "")
    return plain if len(plain) <= 80 else "as above"  # noqa: PLR2004 - the width of a cell; longer ones stand in the template


def _said(default: object) -> object:
    """Return a default without what it leaves open."""
    if isinstance(default, dict):
        return {name: _said(value) for name, value in default.items() if value not in (None, "")}
    return default


def _words(said: Schema, known: Schema) -> str:
    """Return in words what a value may be."""
    found = [_kind_words(kind, known) for kind in _kinds(said, known) if kind.get("type") != "null"]
    return " or ".join(dict.fromkeys(found)) or "anything"


def _kind_words(kind: Schema, known: Schema) -> str:
    if "enum" in kind or "const" in kind:
        return " · ".join(f"`{value}`" for value in kind.get("enum", [kind.get("const")]))
    named, listed = kind.get("additionalProperties"), kind.get("items")
    words = {
        "boolean": "`true` · `false`",
        "integer": f"whole number {_bounds(kind)}".strip(),
        "number": f"number {_bounds(kind)}".strip(),
        "string": "day, YYYY-MM-DD" if kind.get("format") == "date" else "text",
        "array": f"list of {_words(listed, known) if listed else 'anything'}",
        "object": f"names, each with {_words(named, known)}" if isinstance(named, dict) else "the keys below",
    }
    return words.get(kind.get("type", ""), "anything")


def _bounds(kind: Schema) -> str:
    """Return between which ends a number lies."""
    lower = (
        [f"≥ {kind['minimum']:,g}"]
        if "minimum" in kind
        else [f"> {kind['exclusiveMinimum']:,g}"]
        if "exclusiveMinimum" in kind
        else []
    )
    upper = (
        [f"≤ {kind['maximum']:,g}"]
        if "maximum" in kind
        else [f"< {kind['exclusiveMaximum']:,g}"]
        if "exclusiveMaximum" in kind
        else []
    )
    return ", ".join([*lower, *upper])
