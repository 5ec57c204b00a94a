"""Which KPIs a table or a column unlocks, which some tables do, and which further ones would unlock the rest."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from cslib.analysis.indicators import indicators
from cslib.analysis.panel import NEEDS
from cslib.kpis import CATALOGUE
from cslib.kpis.kpi import Stage
from cslib.model import BY_NAME, TABLES
from cslib.settings import Health, Policies
from cslib.yaml_files import Lines

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from cslib.kpis.kpi import Kpi
    from cslib.settings import Settings

    Held = Mapping[str, Collection[str]]  # the columns of each table


def missing(kpi: Kpi, held: Held) -> tuple[str, ...]:
    """Return what keeps a KPI from being measured: tables, or columns of tables that are there."""
    own = _absent(kpi.needs, held)
    if kpi.otherwise is None or all("." in need for need in own):
        return own  # other tables replace whole tables only
    return min(own, _absent(kpi.otherwise.needs, held), key=len)


def _absent(needs: Sequence[str], held: Held) -> tuple[str, ...]:
    """Return those of `needs` that are not held; of a table that is absent, its columns need no mention."""
    found = []
    for need in needs:
        table, _, column = need.partition(".")
        if table not in held:
            found.append(table)
        elif column and column not in held[table]:
            found.append(need)
    return tuple(dict.fromkeys(found))


def measurable_from(held: Held) -> list[Kpi]:
    """Return the KPIs that these tables unlock."""
    return [kpi for kpi in CATALOGUE if not missing(kpi, held)]


def unlocks_health(held: Held) -> bool:
    """Return whether these tables unlock any component of the health score."""
    chosen = Health().components
    return any(one.id in chosen and not _absent(one.needs, held) for one in indicators(Policies()))


def unlocks_growth(held: Held) -> bool:
    """Return whether these tables tell which contracts are lost, and which fall due."""
    return not _absent(NEEDS, held)


def unlocks_effect(held: Held) -> bool:
    """Return whether these tables tell who joined a programme, and which contracts are lost."""
    return not _absent((*NEEDS, "programmes"), held)


_FURTHER = {
    "06_health": unlocks_health,
    "07_growth": unlocks_growth,
    "08_effect": unlocks_effect,
    "09_operations": unlocks_growth,
    "10_actions": unlocks_growth,
}  # notebooks beside those of the stages


def worth_showing(held: Held) -> list[str]:
    """Return the shipped notebooks that have something to show of these tables, in their order."""
    stages = {kpi.stage for kpi in measurable_from(held)}
    of_stages = [f"{place:02d}_{stage}" for place, stage in enumerate(Stage, 1) if stage in stages]
    return ["00_summary", *of_stages, *(name for name, unlocks in _FURTHER.items() if unlocks(held))]


def with_said(held: Held, policies: Policies) -> dict[str, set[str]]:
    """Return the columns of each table with those that a policy says instead of the source, as `all_contracts_open` does."""
    said = {table: {need.partition(".")[2] for need in policies.said if need.startswith(f"{table}.")} for table in held}
    return {table: {*columns, *said[table]} for table, columns in held.items()}


def unlisted(settings: Settings, worth: Sequence[str]) -> str:
    """Return that notebooks which are worth showing stand not in `report.yaml`, empty where all do."""
    listed = {tab.name for tab in settings.report.notebooks}
    missing_ones = [name for name in worth if name not in listed]
    if not missing_ones:
        return ""
    line = Lines(Path(settings.folder) / "report.yaml").of(("notebooks",))
    has, them = ("has", "it") if len(missing_ones) == 1 else ("have", "them")
    return (
        f"report.yaml:{line}: {', '.join(missing_ones)} {has} something to show: add {them} to notebooks, or leave {them} out "
        "if that is meant"
    )


def needed_by(need: str, kpis: Sequence[Kpi]) -> tuple[list[Kpi], list[Kpi]]:
    """Return the KPIs that want a table, or a `table.column`, and those for which it is the replacement where other tables are absent."""
    rest = _all_but(need)
    wanting = [kpi for kpi in kpis if _absent(kpi.needs, rest)]
    instead = [kpi for kpi in kpis if kpi.otherwise and _absent(kpi.otherwise.needs, rest) and kpi not in wanting]
    return wanting, instead


def _all_but(need: str) -> Held:
    lacking, _, column = need.partition(".")
    tables = [table for table in TABLES if column or table.name != lacking]
    return {table.name: [name for name in table.names if f"{table.name}.{name}" != need] for table in tables}


def unlocked_text(held: Held) -> list[str]:
    """Return the lines that say what can be measured, and what would unlock the rest, the most first."""
    able = measurable_from(held)
    stages = [(stage, [kpi for kpi in CATALOGUE if kpi.stage is stage]) for stage in Stage]
    lines = [f"{len(able)} of {len(CATALOGUE)} KPIs can be measured:"]
    lines += [f"  {stage}: {', '.join(kpi.id for kpi in kpis if kpi in able) or 'none'}" for stage, kpis in stages]
    rest: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for kpi in CATALOGUE:
        if missing(kpi, held):
            rest[missing(kpi, held)].append(kpi.id)
    for needs, kpis in sorted(rest.items(), key=lambda item: (len(item[0]), -len(item[1]))):
        lines.append(f"  + {' and '.join(map(_wanted, needs))} would unlock {len(kpis)} more: {', '.join(kpis)}")
    return lines


def _wanted(need: str) -> str:
    return need if "." in need else f"{need} ({', '.join(BY_NAME[need].required)})"
