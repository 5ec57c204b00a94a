"""The settings of a `params/` folder, read and checked as a whole."""

from cslib.settings.actions import EXTENDED, Action, Actions
from cslib.settings.comments import Comment
from cslib.settings.events import Event, Events
from cslib.settings.fields import Condition, LocalisedText, Where
from cslib.settings.folder import FILES, load, load_rest
from cslib.settings.gates import Gate, Gates
from cslib.settings.health import COMPONENTS, OWN, Bands, Component, Health, Known
from cslib.settings.owners import known_owners, owns
from cslib.settings.policies import AdoptionWeeks, Effect, Policies
from cslib.settings.programmes import CSM, CUSTOMER, OUTCOMES, Programme, Programmes
from cslib.settings.report import Language, Report
from cslib.settings.segments import SEGMENT_ID, TOTAL, Segment
from cslib.settings.settings import Settings, place_of, place_of_person
from cslib.settings.shapes import Join, Per, Plus, Split, Total, Unpivot
from cslib.settings.source import ColumnMap, Query, Source, TableSource
from cslib.settings.team import CSM_TEAM, TEAMS, Person, Team
from cslib.settings.touch import OrganisationLimits, TouchHours, TouchRule

__all__ = [
    "COMPONENTS",
    "CSM",
    "CSM_TEAM",
    "CUSTOMER",
    "EXTENDED",
    "FILES",
    "OUTCOMES",
    "OWN",
    "SEGMENT_ID",
    "TEAMS",
    "TOTAL",
    "Action",
    "Actions",
    "AdoptionWeeks",
    "Bands",
    "ColumnMap",
    "Comment",
    "Component",
    "Condition",
    "Effect",
    "Event",
    "Events",
    "Gate",
    "Gates",
    "Health",
    "Join",
    "Known",
    "Language",
    "LocalisedText",
    "OrganisationLimits",
    "Per",
    "Person",
    "Plus",
    "Policies",
    "Programme",
    "Programmes",
    "Query",
    "Report",
    "Segment",
    "Settings",
    "Source",
    "Split",
    "TableSource",
    "Team",
    "Total",
    "TouchHours",
    "TouchRule",
    "Unpivot",
    "Where",
    "known_owners",
    "load",
    "load_rest",
    "owns",
    "place_of",
    "place_of_person",
]  # fmt: skip
