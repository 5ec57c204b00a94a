"""Every fixed text that a reader sees, in both languages side by side, so that none can be forgotten."""

from __future__ import annotations

from cslib.wording.catalogue.charts import CHARTS
from cslib.wording.catalogue.measures import MEASURES
from cslib.wording.catalogue.page import PAGE
from cslib.wording.catalogue.report import REPORT
from cslib.wording.catalogue.words import Words

TEXTS: dict[str, Words] = {**PAGE, **MEASURES, **CHARTS, **REPORT}

__all__ = ["CHARTS", "MEASURES", "PAGE", "REPORT", "TEXTS", "Words"]
