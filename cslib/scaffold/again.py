"""The tables of new files, added to settings that somebody has edited: what is there stays, byte for byte."""

from __future__ import annotations

from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from cslib.errors import CslibError, SettingsError, SourceError
from cslib.kpis.own import read_params
from cslib.model import BY_NAME
from cslib.scaffold.exports import read_exports
from cslib.scaffold.found import find_tables
from cslib.scaffold.mapped import Mapped
from cslib.scaffold.named_files import NOTHING_SAID
from cslib.scaffold.params_folder import proposed_policies, settings_for
from cslib.scaffold.proposed import Proposed
from cslib.scaffold.unlocked import measurable_from, unlisted, with_said, worth_showing
from cslib.scaffold.yaml_insert import with_tables
from cslib.scaffold.yaml_text import further_lines, tables_text
from cslib.scratch import scratch
from cslib.settings import Source
from cslib.snapshot.parts import PartReader
from cslib.source import SourceConnection
from cslib.yaml_files import Lines, read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cslib.scaffold.exports import Export, Tell
    from cslib.settings import Settings

_SAMPLE = 20_000  # customers: enough to recognise their ids by
_CHECK = "# CHECK: "
_SOURCE = "source.yaml"


@dataclass(frozen=True)
class Addition:
    """What new files add to a params folder: `text` is its `source.yaml` with the new tables, all else is told."""

    params: Path
    text: str
    tables: tuple[Proposed, ...]
    present: tuple[Proposed, ...]  # of tables that are there already
    near: tuple[str, ...]
    left: tuple[str, ...]
    unlocked: tuple[str, ...]
    unlisted: str
    doubts: tuple[str, ...]
    made: Mapping[str, str]  # the texts of the settings files that the new tables ask for
    kept: tuple[str, ...]  # the names of those that are there already

    def write(self) -> None:
        """Put the new tables into `source.yaml`, in one step, so that nothing of it can be lost, and make what settings they ask for."""
        if self.tables:
            for name, text in self.made.items():
                (self.params / name).write_text(text, encoding="utf-8")
            file = (self.params / _SOURCE).resolve()
            fresh = file.with_name(f".{_SOURCE}.new")
            fresh.write_bytes(self.text.encode())
            fresh.chmod(file.stat().st_mode)
            fresh.replace(file)

    def as_text(self) -> str:
        """Return what was added, what was not and why, what it unlocks, and what to do next."""
        file, names = self.params / _SOURCE, ", ".join(table.table for table in self.tables)
        lines = [f"added to {file}: {names}" if names else f"nothing added to {file}", ""]
        lines += [f"  {one.table}: {one.export.name}, {len(one.columns)} columns" for one in self.tables]
        lines += [f"  {name}: made, since the new tables ask for it" for name in self.made]
        lines += [f"  {name}: is there already, and stays as it is" for name in self.kept]
        lines += [f"  not yet: {doubt}" for doubt in self.near]
        lines += [f"  left out: {name}" for name in self.left]
        lines += [line for one in self.present for line in self._further(one)]
        lines += [
            "",
            f"{len(self.unlocked)} more KPIs can be measured{': ' if self.unlocked else ''}{', '.join(self.unlocked)}",
        ]
        lines += [self.unlisted] if self.unlisted else []
        lines += ["", f"{len(self.doubts)} things to check:" if self.doubts else "nothing to check"]
        return "\n".join(
            [*lines, *(f"  {doubt}" for doubt in self.doubts), "", f"next: cslib check --params {self.params}"]
        )

    def _further(self, one: Proposed) -> list[str]:
        line = Lines(self.params / _SOURCE).of(("tables", one.table))
        lead = f"{one.export.name}: {_SOURCE}:{line} has {one.table} already, which stays as it is"
        return [
            f"  {lead}; to add the rows of this file, make {one.table} a list: '- ' before what is there, and below it",
            *further_lines(one, self.params),
        ]


def propose_again(
    folder: Path,
    files: Sequence[Path],
    *,
    said: Mapping[Path, str] = NOTHING_SAID,
    system: str | None = None,
    tell: Tell | None = None,
) -> Addition:
    """Return what new files add to the params folder in `folder`, which is there already.

    Customers are recognised by their ids as `source.yaml` reads them now. Raises `CslibError` where there is no such
    folder, where it cannot be read, or where the tables could not be read as they would be written.
    """
    params = folder / "params"
    settings = _opened(params)
    with closing(SourceConnection(settings)) as source:
        new, told = _unread_yet(source, files)
        exports = read_exports(new, tell) if new else []
        found = find_tables(exports, said, system, _known_customers(source, settings) if new else ())
        tables = [one for one in found.tables if one.table not in settings.source.tables]
        before = _held(source, settings)
    text, changed = _with(params, settings, tables)
    with closing(SourceConnection(changed)) as source:
        after = _held(source, changed, [one.table for one in tables])
    able = {kpi.id for kpi in measurable_from(before)}
    asked = {name: text for name, text in settings_for(after).items() if name not in settings_for(before)}
    present = [one for one in found.tables if one.table in settings.source.tables]
    present += _more_of(
        settings, [one for one in exports if all(one is not each.export for each in found.tables)], said
    )
    further = {one.export.name for one in present}
    return Addition(
        params=params,
        text=text,
        tables=tuple(tables),
        present=tuple(present),
        near=tuple(one.doubts[0] for one in found.near if one.export.name not in further),
        left=(*told, *(sentence for sentence in found.left if sentence.partition(": ")[0] not in further)),
        unlocked=tuple(kpi.id for kpi in measurable_from(after) if kpi.id not in able),
        unlisted=unlisted(changed, worth_showing(after)) if tables else "",
        doubts=(*_doubts(params, text), *_policies_asked(params, tables)),
        made={name: text for name, text in asked.items() if not (params / name).exists()},
        kept=tuple(name for name in asked if (params / name).exists()),
    )


def _opened(params: Path) -> Settings:
    """Return the settings as they are; raises `SettingsError` where `source.yaml` cannot be read as a whole."""
    if not (params / _SOURCE).is_file():
        raise CslibError(f"{params}: wanted a params folder with {_SOURCE}, to which --again adds; leave --again out")
    problems: list[str] = []
    read(params / _SOURCE, Source, problems)
    settings, _, _ = read_params(params)
    if problems or settings is None:
        raise SettingsError(problems)
    return settings


def _unread_yet(source: SourceConnection, files: Sequence[Path]) -> tuple[list[Path], list[str]]:
    """Return the files that no table reads yet, and a sentence for each of the others."""
    taken: dict[Path, str] = {}
    for name in source.tables:
        with suppress(SourceError):  # a table whose files are gone reads none
            taken |= {file.resolve(): name for file in source.files(name)}
    new = [file for file in files if file.resolve() not in taken]
    told = [f"{file.name}: {taken[file.resolve()]} reads it already" for file in files if file.resolve() in taken]
    return new, told


def _more_of(settings: Settings, exports: Sequence[Export], said: Mapping[Path, str]) -> list[Proposed]:
    """Return the exports that hold further rows of tables that are there already."""
    found = (one for export in exports for one in find_tables([export], said, None).tables if _is_sure(one))
    return [one for one in found if one.table in settings.source.tables]


def _is_sure(proposed: Proposed) -> bool:
    """Return whether nothing is asked of a table that was told without the customers who are there, least of all who they are."""
    customer = proposed.columns.get("customer_id")
    return customer is not None and not customer.doubts and not proposed.sql


def _known_customers(source: SourceConnection, settings: Settings) -> list[Proposed]:
    """Return the customers as `source.yaml` reads them, by which new files are recognised; none where it names no customers."""
    if "customers" not in settings.source.tables:
        return []
    rows = PartReader(settings, source).table("customers").rows
    own = [name for name in BY_NAME["customers"].names if name in rows.columns]
    with TemporaryDirectory(prefix="cslib-again-", dir=scratch()) as scrap, source.reading("customers"):
        file = Path(scrap) / "customers.parquet"
        pq.write_table(rows.select(*own).limit(_SAMPLE).to_pyarrow(), file)
        (export,) = read_exports([file])
    return [Proposed("customers", export, {name: Mapped(name=name, source=name) for name in own})]


def _held(source: SourceConnection, settings: Settings, new: Sequence[str] = ()) -> dict[str, set[str]]:
    """Return the columns that each table has; raises `SourceError` where one of the `new` tables cannot be read."""
    held: dict[str, set[str]] = {}
    parts = PartReader(settings, source)
    for name in settings.source.tables:
        try:
            held[name] = {
                *chain.from_iterable(
                    parts.look_up(source.table_in_place(path), path).present for path in source.paths(name)
                )
            }
        except SourceError:
            if name in new:
                raise
            held[name] = {*BY_NAME[name].required}  # which `cslib check` tells
    return with_said(held, settings.policies)


def _with(params: Path, settings: Settings, tables: Sequence[Proposed]) -> tuple[str, Settings]:
    """Return `source.yaml` with the tables and the settings that it makes; raises `CslibError` where these would not be the old ones and the tables."""
    file = params / _SOURCE
    text, lines = file.read_bytes().decode("utf-8"), tables_text(tables, params)
    if not tables:
        return text, settings
    changed = with_tables(text, lines)
    source = _read_back(changed) if changed else None
    names = {one.table for one in tables}
    if source is None or source.model_copy(update={"tables": _without(source, names)}) != settings.source:
        line = Lines(file).of(("tables",))
        raise CslibError(
            f"{file}:{line}: wanted the tables as lines below 'tables:', so that more can be put below them; found them written "
            f"in another way, and nothing was changed. Add by hand:\n{lines}"
        )
    return changed or text, settings.model_copy(update={"source": source})


def _without(source: Source, names: set[str]) -> dict[str, object]:
    return {name: spec for name, spec in source.tables.items() if name not in names}


def _read_back(text: str) -> Source | None:
    problems: list[str] = []
    with TemporaryDirectory(prefix="cslib-again-", dir=scratch()) as scrap:
        file = Path(scrap) / _SOURCE
        file.write_bytes(text.encode())
        found = read(file, Source, problems)
    return None if problems else found


def _doubts(params: Path, text: str) -> list[str]:
    """Return what to check among the lines that are new, each with its place."""
    old, new = (params / _SOURCE).read_bytes().decode("utf-8").splitlines(), text.splitlines()
    first = next((place for place, (was, line) in enumerate(zip(old, new, strict=False)) if was != line), len(old))
    added = enumerate(new[first : first + len(new) - len(old)], first + 1)
    return [
        f"{_SOURCE}:{number}: {line.split(':')[0].strip()}: {line.split(_CHECK)[1]}"
        for number, line in added
        if _CHECK in line
    ]


def _policies_asked(params: Path, tables: Sequence[Proposed]) -> list[str]:
    """Return what the new tables ask of `policies.yaml`, which stays as it is."""
    if not tables:
        return []
    lines = Lines(params / "policies.yaml")
    asked = (line for line in proposed_policies(tables, [one.export for one in tables]).splitlines() if _CHECK in line)
    told = []
    for line in asked:
        said, doubt = line.split(_CHECK, 1)
        key, value = said.split(":")[0].strip(), said.split(":")[1].strip()
        told.append(f"policies.yaml:{lines.of((key,))}: {key}: {doubt} (the new files suggest {value})")
    return told
