"""The course of a figure before and after something was begun, as a small picture in the colour of the text around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDTH, _HEIGHT, _EDGE = 280, 72, 6


@dataclass(frozen=True)
class Course:
    """A figure by month, oldest first; the place of the start, which may lie outside; what it began from, what was expected by now.

    `interval` is that of the last value.
    """

    values: Sequence[float | None]
    start: int
    baseline: float | None
    expected: float | None  # the change
    interval: tuple[float | None, float | None]


def course_svg(course: Course, label: str) -> Markup:
    """Return the line through the values, a rule where it started, a wedge up to what was expected, and the last value with its interval."""
    known = [(at, value) for at, value in enumerate(course.values) if value is not None]
    last, (at, value) = len(course.values) - 1, known[-1]
    reached = (
        []
        if course.baseline is None or course.expected is None
        else [course.baseline, course.baseline + course.expected]
    )
    ends = [end for end in course.interval if end is not None]
    seen = [*(value for _, value in known), *reached, *ends]
    low, high = min(seen), max(seen)

    def x(place: float) -> str:
        return f"{_EDGE + place * (_WIDTH - 2 * _EDGE) / max(last, 1):.5g}"

    def y(value: float) -> str:
        return f"{_HEIGHT - _EDGE - (value - low) * (_HEIGHT - 2 * _EDGE) / (high - low or 1):.4g}"

    parts = []
    if reached and 0 <= course.start < last:
        corners = [(course.start, reached[0]), (last, reached[1]), (last, reached[0])]
        parts.append(
            Markup('<polygon class="wedge" points="{}"/>').format(" ".join(f"{x(a)},{y(b)}" for a, b in corners))
        )
    if 0 <= course.start <= last:
        parts.append(Markup('<line class="start" x1="{0}" x2="{0}" y1="0" y2="{1}"/>').format(x(course.start), _HEIGHT))
    parts.append(Markup('<polyline points="{}"/>').format(" ".join(f"{x(a)},{y(b)}" for a, b in known)))
    if len(ends) == 2:  # noqa: PLR2004 - both
        parts.append(
            Markup('<line class="whisker" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>').format(x(at), y(ends[0]), y(ends[1]))
        )
    parts.append(Markup('<circle cx="{}" cy="{}" r="3.5"/>').format(x(at), y(value)))
    return Markup('<svg class="course" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        _WIDTH, _HEIGHT, label, Markup().join(parts)
    )
