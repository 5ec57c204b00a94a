"""The settings of a `params/` folder, read and checked as a whole."""

from cslib.settings.fields import Condition, LocalisedText, Where
from cslib.settings.folder import FILES, load, load_rest
from cslib.settings.gates import Gate, Gates
from cslib.settings.health import COMPONENTS, OWN, Bands, Component, Health, Known
from cslib.settings.policies import AdoptionWeeks, Policies
from cslib.settings.report import Language, Report
from cslib.settings.segments import NOT_USED_YET, SEGMENT_ID, TOTAL, Segment
from cslib.settings.settings import Settings
from cslib.settings.source import ColumnMap, Query, Source, TableSource

__all__ = [
    "COMPONENTS",
    "FILES",
    "NOT_USED_YET",
    "OWN",
    "SEGMENT_ID",
    "TOTAL",
    "AdoptionWeeks",
    "Bands",
    "ColumnMap",
    "Component",
    "Condition",
    "Gate",
    "Gates",
    "Health",
    "Known",
    "Language",
    "LocalisedText",
    "Policies",
    "Query",
    "Report",
    "Segment",
    "Settings",
    "Source",
    "TableSource",
    "Where",
    "load",
    "load_rest",
]  # fmt: skip
