"""What a portfolio says that its owner may not mean: a column near the one that is wanted, one in which nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib.kpis.kpi import Better
from cslib.model import BY_NAME
from cslib.scaffold.column_synonyms import COLUMN_SYNONYMS
from cslib.scaffold.similarity import nearest
from cslib.scaffold.unlocked import unlisted, with_said, worth_showing
from cslib.settings import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cslib.kpis import Catalogue
    from cslib.settings import Policies, Settings
    from cslib.snapshot import Manifest

_AGAINST = "{place}: {action!r} expects {kpi} to {way}, though {better} is better; leave it if that is meant, else turn its sign round"
_ENDS = "contracts.ends_on"
_NEAR = 82.0  # of 100: resolved_on is near to resolved_at, usage_id is not user_id
_ASK = (
    "contracts: no contract has an end, so none could be lost; name the column of ends under 'columns' (ends_on: …), or "
    "say in policies.yaml that all run until further notice: all_contracts_open: true"
)


def column_hints(catalogue: Catalogue, manifest: Manifest, policies: Policies) -> tuple[str, ...]:
    """Return a sentence for each column on which KPIs live and whose absence or emptiness may be a mistake.

    The source may have it under a similar name, or without a single value. Contracts without any end
    raise a question until `all_contracts_open` says that they are meant.
    """
    needs = sorted({need for kpi in catalogue for each in (kpi, kpi.otherwise) if each for need in each.needs})
    return tuple(sentence for need in needs if "." in need for sentence in _doubted(need, manifest, policies))


def action_hints(catalogue: Catalogue, settings: Settings) -> tuple[str, ...]:
    """Return a sentence for each action that expects its KPI to get worse."""
    return tuple(
        _AGAINST.format(
            place=settings.places.get(place_of(one.id, "expected", of="actions.yaml"), "actions.yaml"), action=one.id, kpi=one.kpi,
            way="rise" if one.expected.change > 0 else "fall", better=catalogue.by_id[one.kpi].better,
        )
        for one in settings.actions
        if one.kpi in catalogue.by_id
        and one.expected.change is not None
        and (one.expected.change > 0) == (catalogue.by_id[one.kpi].better is Better.LOWER)
    )  # fmt: skip


def notebook_hints(manifest: Manifest, settings: Settings) -> tuple[str, ...]:
    """Return a sentence where notebooks that have something to show of these tables are not listed in `report.yaml`."""
    held = {name: {*state.columns} - {*state.empty} for name, state in manifest.tables.items() if state.own}
    worth = worth_showing(with_said(held, settings.policies))
    return tuple(filter(None, [unlisted(settings, worth)]))


def _doubted(need: str, manifest: Manifest, policies: Policies) -> Iterator[str]:
    name, _, column = need.partition(".")
    state = manifest.tables.get(name)
    if state is None or column not in BY_NAME[name].names or need in policies.said:
        return
    absent = column not in state.columns
    near = _near(name, column, state.columns) if absent else []
    if near:
        yield (
            f"{name}: no column {column!r}, though there is {near[0]!r}; if that is the one, say so under 'columns' in "
            f"source.yaml: {column}: {near[0]}"
        )
    elif need == _ENDS and (absent or column in state.empty):
        yield _ASK
    elif not absent and column in state.empty:
        yield f"{name}: no row says anything in {column!r}; if that is known, name the column that holds it"


def _near(table: str, column: str, held: tuple[str, ...]) -> list[str]:
    """Return the further columns whose names are near that of a canonical one, the nearest first."""
    known = f"{column},{COLUMN_SYNONYMS[table][column]}"
    likeness = {name: nearest(name, known) for name in held if name not in BY_NAME[table].names}
    return sorted((name for name in likeness if likeness[name] >= _NEAR), key=lambda name: -likeness[name])
