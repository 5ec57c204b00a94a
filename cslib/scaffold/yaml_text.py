"""The settings of a proposal as commented YAML, with CHECK where it is not sure."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from glob import escape, glob
from itertools import chain
from typing import TYPE_CHECKING

import yaml

from cslib.scaffold.exports import Export
from cslib.settings.templates import POLICIES, REPORT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from cslib.scaffold.mapped import Mapped
    from cslib.scaffold.proposed import Proposed

_WIDE = 10_000
_HEAD = """\
# Where the data come from, as 'cslib init' read it from your files. Where it was not sure stands CHECK.
url: duckdb://                # files, read inside the process
# read_on: 2026-11-01         # the day the exports were taken; today where it is not said
tables:
"""


def inline_yaml(value: object) -> str:
    """Return a value as YAML on one line."""
    dumped: str = yaml.safe_dump(value, allow_unicode=True, default_flow_style=True, width=_WIDE, sort_keys=False)
    return dumped.removesuffix("\n").removesuffix("\n...")


def _one_line(name: str) -> str:
    """Return a name as a comment can hold it."""
    return name if name.isprintable() else repr(name)


def check_comment(*doubts: str) -> str:
    """Return a comment that tells the reader to check, empty without doubts."""
    return f"  # CHECK: {_one_line('; '.join(doubts))}" if doubts else ""


def source_text(found: Sequence[Proposed], params: Path, near: Sequence[Proposed] = ()) -> str:
    """Return `source.yaml`; what is `near` a table stands in it as a comment, to be completed."""
    asked = (f"{line}\n" for one in near for line in _commented(one, params))
    return "".join((_HEAD, tables_text(found, params), *asked))


def tables_text(found: Sequence[Proposed], params: Path) -> str:
    """Return the tables as `source.yaml` has them below `tables:`, two blanks in."""
    by_table: dict[str, list[Proposed]] = {}
    for one in found:
        by_table.setdefault(one.table, []).append(one)
    return "".join(f"{line}\n" for parts in by_table.values() for line in _table(parts, params))


def _commented(near: Proposed, params: Path) -> Iterable[str]:
    """Return the lines of a table of which something is missing, as a comment with one question: what is it?"""
    columns = {name: replace(one, doubts=()) for name, one in near.columns.items()}
    first, *rest = _table([replace(near, columns=columns)], params)
    yield f"  # {first.strip()}"
    asked = [f"      {name}: ???" for name in near.missing]
    if asked and "    columns:" not in rest:
        asked = ["    columns:", *asked]
    place = rest.index("    columns:") + 1 if "    columns:" in rest else 1
    yield from (f"  # {line[2:]}" for line in [*rest[:place], *asked, *rest[place:]])


def _table(parts: Sequence[Proposed], params: Path) -> Iterable[str]:
    """Return the lines of a table: one source, or a list of several whose rows are put together."""
    yield f"  {parts[0].table}:{check_comment(*chain.from_iterable(part.doubts for part in parts))}"
    if not parts[1:]:
        yield from _part(parts[0], params)
        return
    for part in parts:
        yield from further_lines(part, params)


def further_lines(part: Proposed, params: Path) -> Iterable[str]:
    """Return the lines of one source among several of a table."""
    first, *rest = _part(part, params)
    yield f"    - {first.strip()}"
    yield from (f"  {line}" for line in rest)


def _part(table: Proposed, params: Path) -> Iterable[str]:
    yield from _origin(table, params)
    if (code := _encoding(table)) != "utf-8":
        yield f"    encoding: {inline_yaml(code)}"
    if table.export.sheet:
        yield f"    sheet: {inline_yaml(table.export.sheet)}"
    yield from (f"    {key}: {inline_yaml(_placed(value, params))}" for key, value in table.shape.items())
    mapped = [one for one in table.columns.values() if not _is_plain(one)]
    if mapped:
        yield "    columns:"
    for one in mapped:
        yield from _column(one)
    plain = [one.name for one in table.columns.values() if _is_plain(one)]
    if plain:
        yield f"    # of the same name in the file: {', '.join(plain)}"
    if table.unmapped and not table.sql:
        yield f"    # not mapped, but kept for filters and groups: {', '.join(map(_one_line, table.unmapped))}"


def _placed(value: object, params: Path) -> object:
    """Return a value with the exports in it as their places, as seen from the params folder."""
    if isinstance(value, Export):
        return _place(value.files, params)[0]
    if isinstance(value, dict):
        return {key: _placed(one, params) for key, one in value.items()}
    return [_placed(one, params) for one in value] if isinstance(value, list) else value


def _is_plain(mapped: Mapped) -> bool:
    changed = mapped.formats or mapped.map or mapped.null or mapped.how or mapped.doubts
    return mapped.source == mapped.name and not changed


def _column(mapped: Mapped) -> Iterable[str]:
    if mapped.formats[1:]:
        yield f"      {mapped.name}:{check_comment(*mapped.doubts)}"
        yield f"        column: {inline_yaml(mapped.source)}"
        yield from (f"        # format: {inline_yaml(form)}" for form in mapped.formats)
        return
    said = {
        "column": mapped.source,
        "value": mapped.value,
        "format": next(iter(mapped.formats), None),
        "divide_by": mapped.divide_by,
        "map": dict(mapped.map),
        "null": list(mapped.null),
        **mapped.how,
    }
    held = {key: value for key, value in said.items() if value}
    shown = inline_yaml(held["column"]) if list(held) == ["column"] else inline_yaml(held)
    yield f"      {mapped.name}: {shown}{check_comment(*mapped.doubts)}"


def _origin(table: Proposed, params: Path) -> Iterable[str]:
    place, doubt = _place(table.export.files, params)
    if not table.sql:
        yield f"    from: {inline_yaml(place)}{check_comment(*doubt, *table.export.doubts)}"
        return
    yield "    from:"
    yield "      sql: >-"
    yield from (f"        {line}" for line in table.sql.splitlines())


def _encoding(table: Proposed) -> str | dict[str, str]:
    """Return the encoding of a table's files, by their names where they differ, or those of the files that are joined to it."""
    exports = [table.export, *(one for value in table.shape.values() for one in _exports_in(value))]
    codes = {code for one in exports for code in (*one.encodings.values(), one.encoding)}
    if len(codes) == 1:
        return codes.pop()
    by_name = {escape(file.name): one.encoding for one in exports if one.encoding != "utf-8" for file in one.files}
    return {**by_name, **{name: code for one in exports for name, code in one.encodings.items()}}


def _exports_in(value: object) -> Iterator[Export]:
    """Return the exports that a value of `source.yaml` names."""
    if isinstance(value, Export):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _exports_in(one)


def _place(files: Sequence[Path], params: Path) -> tuple[str, tuple[str, ...]]:
    """Return how `source.yaml` names the files, and what is doubtful about it."""
    if not files[1:]:
        return _relative(str(files[0]), params), ()
    names = [str(file) for file in files]
    # letter by letter, since the names of the files differ and not their folders
    start = os.path.commonprefix(names)  # noqa: RUF071
    end = os.path.commonprefix([name[len(start) :][::-1] for name in names])[::-1]  # noqa: RUF071
    pattern = f"{escape(start)}*{escape(end)}"
    more = sorted(set(glob(pattern)) - set(names))  # noqa: PTH207 - a pattern of whole paths
    doubt = (f"the pattern takes in {', '.join(os.path.basename(name) for name in more)} as well",) if more else ()  # noqa: PTH119
    return _relative(pattern, params), doubt


def _relative(place: str, params: Path) -> str:
    """Return a path as seen from the params folder, so that both can be moved; whole where they have no folder in common but the root."""
    home = str(params.resolve())
    return os.path.relpath(place, home) if os.path.commonpath([place, home]) != os.sep else place


def policies_text(said: Mapping[str, str], doubts: Mapping[str, str]) -> str:
    """Return `policies.yaml`: the defaults, but for what the data say."""
    text = POLICIES
    for key, value in said.items():
        text = re.sub(rf"^{key}: \w+", f"{key}: {value}", text, flags=re.MULTILINE)
    for key, doubt in doubts.items():
        text = re.sub(rf"^({key}: \w+)[^\n]*", rf"\1{check_comment(doubt)}", text, flags=re.MULTILINE)
    return text


def report_text(language: str, notebooks: Sequence[str]) -> str:
    """Return `report.yaml`: in the language of the exports, with the notebooks that have something to show."""
    text = re.sub(r"^language: \w+", f"language: {language}", REPORT, flags=re.MULTILINE)
    return re.sub(r"^notebooks: .*", f"notebooks: [{', '.join(notebooks)}]", text, flags=re.MULTILINE)
