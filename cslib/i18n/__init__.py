"""How numbers, months and sentences read in Japanese and in English."""

from cslib.i18n.locale import Language, Wording
from cslib.i18n.messages import TEXTS, Message

__all__ = ["TEXTS", "Language", "Message", "Wording"]
