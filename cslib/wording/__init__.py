"""How numbers, months and sentences read in Japanese and in English."""

from cslib.wording.catalogue import TEXTS, Words
from cslib.wording.wording import Language, Wording

__all__ = ["TEXTS", "Language", "Wording", "Words"]
