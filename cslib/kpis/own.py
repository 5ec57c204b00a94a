"""A team's own KPIs: declared in `kpis.py` next to the params folder, checked as ours are, and part of the catalogue from then on."""

from __future__ import annotations

import hashlib
import re
import runpy
import traceback
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from cslib.errors import SettingsError, no_such
from cslib.kpis.audit_sql import Audit
from cslib.kpis.catalogue import CATALOGUE, Catalogue
from cslib.kpis.kpi import Interval, Kpi, Unit
from cslib.model import BY_NAME
from cslib.settings import load_rest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ibis.expr.types import Table

    from cslib.settings import Settings

OWN_FILE = "kpis.py"
_ID = re.compile(r"[a-z][a-z0-9_]*")
_WANTED = "wanted KPIS = (Kpi(…), …), a tuple of cslib.Kpi"
_NO_RATIO = {Interval.NONE, Interval.T, Interval.LOG_LOG}  # intervals that want no whole


def open_params(params: Path) -> tuple[Settings, Catalogue]:
    """Return the settings of a params folder and its catalogue; raises `SettingsError` with every problem of both."""
    settings, catalogue, problems = read_params(params)
    if problems or settings is None:
        raise SettingsError(problems)
    return settings, catalogue


def read_params(params: Path) -> tuple[Settings | None, Catalogue, list[str]]:
    """Return the settings and the catalogue of a params folder as far as they are right, and every problem of both."""
    # of those declared, a wrong one is reported already
    catalogue, wrong, declared = _read_catalogue(params)
    settings, problems = load_rest(params, {*catalogue.by_id, *declared})
    return settings, catalogue, [*wrong, *problems]


def open_catalogue(params: Path) -> Catalogue:
    """Return the catalogue with the KPIs declared next to a params folder; raises `SettingsError` with every problem of them."""
    catalogue, problems, _ = _read_catalogue(params)
    if problems:
        raise SettingsError(problems)
    return catalogue


def trusted_params(params: Path) -> tuple[Settings, Catalogue]:
    """Return what `open_params` does of a folder that it has accepted before: a team's KPIs are not tried on the facts again."""
    own, _, digest = _declared(params)
    catalogue = CATALOGUE.joined_by(own, digest) if own else CATALOGUE
    settings, problems = load_rest(params, catalogue.by_id)
    if problems or settings is None:
        raise SettingsError(problems)
    return settings, catalogue


def _read_catalogue(params: Path) -> tuple[Catalogue, list[str], set[str]]:
    """Return the catalogue as far as a team's KPIs are right, what is wrong with them, and the ids of all that it declares."""
    own, problems, digest = _declared(params)
    if not own:
        return CATALOGUE, problems, set()
    audit, file = Audit(), params.absolute().parent / OWN_FILE
    wrong = {id(kpi): [f"{file}: {kpi.id}: {said}" for said in _problems(kpi, own, audit)] for kpi in own}
    right = [kpi for kpi in own if not wrong[id(kpi)]]
    catalogue = CATALOGUE.joined_by(right, digest) if right else CATALOGUE
    told = [*problems, *(problem for listed in wrong.values() for problem in listed)]
    return catalogue, told, {kpi.id for kpi in own}


def _declared(params: Path) -> tuple[tuple[Kpi, ...], list[str], str]:
    """Return the KPIs of the team's file, what is wrong with the file itself, and a hash of it; none where there is no file."""
    file = params.absolute().parent / OWN_FILE
    if not file.is_file():
        return (), [], ""
    try:
        text = file.read_bytes()
        said = runpy.run_path(str(file), run_name="kpis").get("KPIS")
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a team's own code may fail in any way
        return (), [_failure(file, error)], ""
    if not isinstance(said, tuple | list) or not all(isinstance(one, Kpi) for one in said):
        return (), [f"{file}: {_WANTED}; found {'no KPIS' if said is None else f'KPIS = {said!r:.80}'}"], ""
    return tuple(_marked(kpi) for kpi in said), [], hashlib.sha256(text).hexdigest()[:16]


def _marked(kpi: Kpi) -> Kpi:
    return replace(kpi, own=True, otherwise=kpi.otherwise and replace(kpi.otherwise, own=True))


def _failure(file: Path, error: BaseException) -> str:
    """Return what went wrong while the team's file was run, with the line in it."""
    if isinstance(error, SyntaxError):
        line = error.lineno
    else:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)]
        line = lines[-1] if lines else None
    said = error.msg if isinstance(error, SyntaxError) else f"{type(error).__name__}: {error}"
    return f"{file}{f':{line}' if line else ''}: cannot be run: {said}"


def _problems(kpi: Kpi, own: Sequence[Kpi], audit: Audit) -> Iterator[str]:
    """Yield what keeps a KPI from joining the catalogue: what a test holds of each of ours."""
    if not _ID.fullmatch(kpi.id):
        yield "wanted an id of small letters, digits and _, as ours are"
    if kpi.id in CATALOGUE.by_id:
        yield f"the id is taken by ours, {CATALOGUE.by_id[kpi.id].en!r}; give it another one"
    if Counter(one.id for one in own)[kpi.id] > 1:
        yield "the id is declared more than once"
    if kpi.within and kpi.within not in {*CATALOGUE.by_id, *(one.id for one in own)}:
        yield f"within: {no_such('KPI', kpi.within, CATALOGUE.by_id)}"
    for one in filter(None, (kpi, kpi.otherwise)):
        yield from _form_problems(one)
        yield from _problems_on_facts(one, audit)


def _form_problems(kpi: Kpi) -> Iterator[str]:
    for name in ("ja", "en", "ja_formula", "en_formula"):
        if not getattr(kpi, name).strip():
            yield f"{name}: wanted what readers are told in that language; found nothing"
    computed = [kpi.part is not None, kpi.curve is not None or bool(kpi.factors)]
    if computed.count(True) != 1:
        yield "wanted a part, or a curve or factors in its place; found " + ("both" if all(computed) else "neither")
    elif kpi.whole is None and kpi.part is not None and (kpi.unit is Unit.SHARE or kpi.interval not in _NO_RATIO):
        yield f"whole: wanted what the part is divided by, since it is a {kpi.unit} with interval {kpi.interval}"
    if kpi.window < 1:
        yield f"window: wanted 1 month or more; found {kpi.window}"
    for need in kpi.needs:
        if need.partition(".")[0] not in BY_NAME:
            yield f"needs: {no_such('canonical table', need.partition('.')[0], BY_NAME)}"
    if not kpi.needs:
        yield "needs: wanted the canonical tables or columns that it is made of, as ('surveys.score',)"


def _problems_on_facts(kpi: Kpi, audit: Audit) -> Iterator[str]:
    """Yield what is wrong with the expressions: tried on the fact table, to which further columns that are needed are added."""
    if kpi.fact not in audit.facts.names:
        yield f"fact: {no_such('fact table', kpi.fact, audit.facts.names)}"
        return
    rows = audit.table(kpi.fact)
    try:
        kpi.columns(rows)
    except Exception as error:  # noqa: BLE001 - an expression may be wrong in any way
        yield _said_of(error, kpi, rows)


def _said_of(error: Exception, kpi: Kpi, rows: Table) -> str:
    if isinstance(error, AttributeError) and str(error).startswith("'Table'"):
        return no_such(f"column of {kpi.fact}", error.name, rows.columns)
    return f"cannot be computed of {kpi.fact}: {str(error).splitlines()[0]}"
