"""A word-sized line without axes, as inline SVG: it takes the colour of the text around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from cslib.i18n.numbers import number

if TYPE_CHECKING:
    from collections.abc import Iterable

WIDTH, HEIGHT, EDGE = 96, 24, 3


def sparkline_svg(values: Iterable[object], label: str = "") -> Markup:
    """Return the line through `values`, oldest first, its last point marked; a missing value leaves a gap."""
    plain = [number(value) for value in values]
    points = _points(plain)
    if not points:
        return Markup()
    runs = Markup().join(Markup('<path d="{}"/>').format(run) for run in _runs(points, len(plain)))
    x, y = points[max(points)]
    role = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup(
        '<svg class="spark" width="{w}" height="{h}" viewBox="0 0 {w} {h}" {role} '
        'fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round">{runs}'
        '<circle cx="{x}" cy="{y}" r="2.5" fill="currentColor" stroke="none"/></svg>'
    ).format(w=WIDTH, h=HEIGHT, role=role, runs=runs, x=x, y=y)


def _points(values: list[float | None]) -> dict[int, tuple[str, str]]:
    present = [value for value in values if value is not None]
    if not present:
        return {}
    low, high = min(present), max(present)
    across = (WIDTH - 2 * EDGE) / max(1, len(values) - 1)
    up = (HEIGHT - 2 * EDGE) / (high - low) if high > low else 0
    base = HEIGHT - EDGE if up else HEIGHT / 2
    return {
        at: (f"{EDGE + at * across:.5g}", f"{base - (value - low) * up:.4g}")
        for at, value in enumerate(values)
        if value is not None
    }


def _runs(points: dict[int, tuple[str, str]], count: int) -> list[str]:
    """Return a path for each stretch of values without a gap; a value alone becomes a dot."""
    paths: list[str] = []
    for at in range(count):
        if at not in points:
            continue
        x, y = points[at]
        if at - 1 in points:
            paths[-1] += f"L{x} {y}"
        else:
            paths.append(f"M{x} {y}" + ("" if at + 1 in points else "h.1"))
    return paths
