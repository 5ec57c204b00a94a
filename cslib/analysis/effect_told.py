"""Which studies of programmes a reader may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cslib.analysis.effect_study import Study
    from cslib.analysis.inquiry import Inquiry


def told(inquiry: Inquiry) -> tuple[Study, ...]:
    """Return the studies of the segments that are asked of, in their order."""
    return tuple(study for name in sorted(inquiry.segments) for study in inquiry.studies.of(name))
