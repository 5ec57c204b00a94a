"""What a notebook shows of the health score of a segment's customers, and of how well it has done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib.errors import UnknownName
from cslib.segment_view import SegmentView
from cslib.tables import health as shown

if TYPE_CHECKING:
    from cslib.tables import Output

_AUDIT = {"bands": shown.bands_table, "measures": shown.audit_table, "fifths": shown.fifths_table}


class HealthView(SegmentView):
    """A segment as of a month, with the health score of its customers."""

    def health(self, limit: int = 25) -> Output:
        """Return the health score of each customer under contract, the lowest first: its band, what takes it down, why it changed."""
        rows = self.analysis("health")
        return shown.health_table(rows, self._customers, self.settings.health, self.wording, limit)

    def health_audit(self, part: str = "measures") -> Output:
        """Return a part of how the score has done: its `bands`, the `measures` of the audit, or the `fifths` that a model predicts."""
        if part not in _AUDIT:
            raise UnknownName("part of the audit", part, _AUDIT)
        return _AUDIT[part](self.analysis("health_audit"), self.wording)

    def health_misses(self, which: str = "green_but_lost", limit: int = 10) -> Output:
        """Return the customers of whom the score was wrong: `green_but_lost`, or `red_but_stayed`."""
        rows = self.analysis("health_misses")
        if which not in set(rows.list):
            raise UnknownName("list of the audit", which, dict.fromkeys(rows.list))
        return shown.misses_table(rows[rows.list == which], self._customers, which, self.wording, limit)
