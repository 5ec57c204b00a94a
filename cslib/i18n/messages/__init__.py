"""Every fixed text that a reader sees, in both languages side by side, so that none can be forgotten."""

from __future__ import annotations

from cslib.i18n.messages.charts import CHARTS
from cslib.i18n.messages.lifetimes import LIFETIMES
from cslib.i18n.messages.measures import MEASURES
from cslib.i18n.messages.page import PAGE
from cslib.i18n.messages.report import REPORT
from cslib.i18n.messages.text import Message

TEXTS: dict[str, Message] = {**PAGE, **MEASURES, **CHARTS, **LIFETIMES, **REPORT}

__all__ = ["CHARTS", "LIFETIMES", "MEASURES", "PAGE", "REPORT", "TEXTS", "Message"]
