"""Every fixed text that a reader sees, in both languages side by side, so that none can be forgotten."""

from __future__ import annotations

from cslib.i18n.messages.actions import ACTIONS
from cslib.i18n.messages.answer import ANSWER
from cslib.i18n.messages.chain import CHAIN
from cslib.i18n.messages.charts import CHARTS
from cslib.i18n.messages.comments import COMMENTS
from cslib.i18n.messages.consistency import CONSISTENCY
from cslib.i18n.messages.costs import COSTS
from cslib.i18n.messages.csms import CSMS
from cslib.i18n.messages.delivery import DELIVERY
from cslib.i18n.messages.effect import EFFECT
from cslib.i18n.messages.growth import GROWTH
from cslib.i18n.messages.health import HEALTH
from cslib.i18n.messages.journey import JOURNEY
from cslib.i18n.messages.lifetimes import LIFETIMES
from cslib.i18n.messages.lists import LISTS
from cslib.i18n.messages.measures import MEASURES
from cslib.i18n.messages.organisation import ORGANISATION
from cslib.i18n.messages.page import PAGE
from cslib.i18n.messages.pdca import PDCA
from cslib.i18n.messages.proposals import PROPOSALS
from cslib.i18n.messages.references import REFERENCES
from cslib.i18n.messages.replay import REPLAY
from cslib.i18n.messages.report import REPORT
from cslib.i18n.messages.signals import SIGNALS
from cslib.i18n.messages.text import Message
from cslib.i18n.messages.touch import TOUCH
from cslib.i18n.messages.words import WORDS

PARTS = (
    PAGE,
    MEASURES,
    CHARTS,
    ACTIONS,
    ANSWER,
    CHAIN,
    COMMENTS,
    CONSISTENCY,
    REPORT,
    COSTS,
    CSMS,
    DELIVERY,
    EFFECT,
    GROWTH,
    JOURNEY,
    LIFETIMES,
    LISTS,
    PDCA,
    ORGANISATION,
    PROPOSALS,
    REFERENCES,
    REPLAY,
    HEALTH,
    SIGNALS,
    TOUCH,
    WORDS,
)
TEXTS: dict[str, Message] = {name: message for part in PARTS for name, message in part.items()}

__all__ = ["PARTS", "TEXTS", "Message"]
