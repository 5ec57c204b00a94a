"""Small marks with meaning: a status in word, shape and colour; a change with its arrow and what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from cslib.i18n.numbers import number
from cslib.kpis.kpi import Better
from cslib.tables.sparkline import sparkline_svg

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cslib.i18n import Wording
    from cslib.kpis.kpi import Kpi

# Triangles are left out on purpose: in Japanese accounts a triangle is a minus sign.
SHAPES = {
    "on_target": "●",
    "within_interval": "◐",
    "off_target": "◆",
    "no_target": "○",
    "small": "□",
    "not_measurable": "×",
}

_OF_BAND = {"red": "◆", "yellow": "◐", "green": "●", "none": "○"}  # as of a target that is missed, unsure, reached


def band_mark(band: object, wording: Wording) -> Markup:
    """Return a band of the health score as a shape and a word, with a class for its colour."""
    known = str(band) if band in _OF_BAND else "none"
    return Markup('<span class="status band {band}"><i aria-hidden="true">{shape}</i> {word}</span>').format(
        band=known, shape=_OF_BAND[known], word=wording.text(f"band_{known}")
    )


def status_mark(status: object, wording: Wording) -> Markup:
    """Return a status as a shape and a word, with a class for its colour."""
    known = status if status in SHAPES else "no_target"
    return Markup('<span class="status {status}"><i aria-hidden="true">{shape}</i> {word}</span>').format(
        status=known, shape=SHAPES[str(known)], word=wording.status(known)
    )


def direction(kpi: Kpi, delta: object) -> str:
    """Return better, worse or unchanged; empty where there is no change to classify."""
    plain = number(delta)
    if plain is None:
        return ""
    if plain == 0:
        return "unchanged"
    return "better" if (plain > 0) == (kpi.better is Better.HIGHER) else "worse"


def change_mark(kpi: Kpi, delta: object, clarity: object, wording: Wording, *, bare: bool = False) -> Markup:
    """Return a change; with arrow, word and colour only where it is beyond chance (its `clarity` is over 1).

    Else it is grey, and says to those who hover or listen that chance may have made it, or that it cannot be compared.
    """
    shown = (wording.change_bare if bare else wording.change)(kpi.unit, delta)
    judged = "unchanged" if shown.startswith("±") else direction(kpi, delta)
    if not judged:
        return Markup('<span class="missing">{}</span>').format(shown)
    if judged == "unchanged":
        return Markup('<span class="change unchanged"><i aria-hidden="true">→</i> {}</span>').format(shown)
    if (number(clarity) or 0) <= 1:
        why = wording.text("change_not_judged" if number(clarity) is None else "change_within_chance")
        return Markup(
            '<span class="change undecided" title="{why}">{shown}<span class="hidden"> ({why})</span></span>'
        ).format(why=why, shown=shown)
    arrow = "↑" if (number(delta) or 0) > 0 else "↓"
    return Markup(
        '<span class="change {judged}"><i aria-hidden="true">{arrow}</i> {shown} <small>{word}</small></span>'
    ).format(judged=judged, arrow=arrow, shown=shown, word=wording.text(judged))


def history_mark(kpi: Kpi, values: object, wording: Wording) -> Markup:
    """Return a sparkline whose label says where it begins and ends."""
    listed: Iterable[object] = [] if isinstance(values, float | str) or values is None else values  # type: ignore[assignment]
    plain = [number(value) for value in listed]
    present = [value for value in plain if value is not None]
    if not present:
        return Markup('<span class="missing">–</span>')
    ends = {"first": wording.value(kpi.unit, present[0]), "last": wording.value(kpi.unit, present[-1])}
    return sparkline_svg(plain, wording.text("sparkline", **ends))


def value_mark(kpi: Kpi, value: object, wording: Wording) -> Markup:
    """Return a value in bold, or a dash where there is none."""
    css = "missing" if number(value) is None else "value"
    return Markup('<b class="{}">{}</b>').format(css, wording.value(kpi.unit, value))
