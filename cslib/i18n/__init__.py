"""How numbers, months and sentences read in Japanese and in English."""

from cslib.i18n.locale import Wording
from cslib.i18n.messages import TEXTS, Message
from cslib.settings import Language

__all__ = ["TEXTS", "Language", "Message", "Wording"]
