"""All settings together, and what may be shown of them."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from cslib.settings.actions import Action  # noqa: TC001 - pydantic reads the annotations at run time
from cslib.settings.comments import Comment, comments_on
from cslib.settings.events import Event  # noqa: TC001
from cslib.settings.fields import Condition, LocalisedText, Strict
from cslib.settings.health import Health
from cslib.settings.policies import READING, Policies
from cslib.settings.programmes import Programme  # noqa: TC001
from cslib.settings.report import Report
from cslib.settings.segments import Segment
from cslib.settings.source import Source, TableSource
from cslib.settings.team import Team

if TYPE_CHECKING:
    from cslib.periods import Month

_UNNAMED = LocalisedText(ja="", en="")


class Settings(Strict):
    """All settings of a `params/` folder."""

    folder: str
    # the file and line that say what the data, or other settings, may contradict: which customers a segment holds, `place_of` an entry,
    # and `place_of_person`
    places: dict[str, str]
    source: Source
    policies: Policies
    report: Report
    health: Health = Health()
    programmes: tuple[Programme, ...] = ()
    actions: tuple[Action, ...] = ()
    team: Team = Team()
    events: tuple[Event, ...] = ()
    comments: tuple[Comment, ...] = ()
    segments: tuple[Segment, ...]

    @property
    def total(self) -> Segment:
        """The segment that holds everyone."""
        return next(segment for segment in self.segments if not segment.where)

    def events_by(self, month: Month, segment: str) -> tuple[Event, ...]:
        """Return what had happened to a segment by the end of a month, in the order of the days."""
        happened = [one for one in self.events if one.month <= month and one.concerns(segment)]
        return tuple(sorted(happened, key=lambda one: one.on))

    def comments_on(self, month: Month, segment: str) -> list[Comment]:
        """Return what the team says of a month on a segment's pages."""
        return comments_on(self.comments, month, segment)

    def read_on(self, now: date) -> date:
        """Return the day on which the source is read: the one that it names, else today.

        `now` is a day, or a moment: then today is its day in the policies' time zone, wherever the machine is.
        """
        if self.source.read_on is not None:
            return self.source.read_on
        return now.astimezone(ZoneInfo(self.policies.timezone)).date() if isinstance(now, datetime) else now

    def published(self) -> Settings:
        """Return what may be shown of the settings to whoever reads the reports.

        For an external audience neither the source, nor which customers a segment chooses, nor who owns a target, nor what
        the team is there for and does, nor who works in it, nor what is said of programmes and events, whose names may be those
        of few; and of the team's comments those alone that are meant for it.
        """
        if self.report.audience == "internal":
            return self
        tables = {name: (TableSource(origin=""),) for name in self.source.tables}
        kind = self.source.url.partition("://")[0]
        source = self.source.model_copy(update={"url": f"{kind}://", "tables": tables})
        segments = tuple(_without_people(segment) for segment in self.segments)
        report = self.report.model_copy(update={"goal": None})
        unsaid: dict[str, Any] = {
            "report": report,
            "programmes": (),
            "actions": (),
            "team": Team(),
            "events": (),
            "places": {},
        }  # places name people
        unsaid["comments"] = tuple(one for one in self.comments if one.external)
        return self.model_copy(update={"source": source, "segments": segments, **unsaid})

    def for_reading(self) -> Settings:
        """Return what the reading of the source looks at, and nothing else: whatever else changes, the source is not read anew.

        Programmes, actions that name one, and the team are looked at, since the data have to know them.
        """
        said = self.policies.model_fields_set
        kept: dict[str, Any] = {
            "policies": Policies(**{name: getattr(self.policies, name) for name in READING if name in said}),
            "report": Report(audience=self.report.audience),
            "health": Health(),
            "actions": tuple(one for one in self.actions if one.programme),
            "events": (),
            "comments": (),
            "segments": tuple(_chosen(one) for one in self.segments),
        }
        return self.model_copy(update=kept)

    def fingerprint(self) -> str:
        """Return a hash of all settings that decide figures."""
        text = self.model_dump_json(exclude={"folder", "places", "report", "events", "comments"})
        # whether a policy is said at all counts too: it answers a question
        said = sorted(self.policies.model_fields_set)
        return hashlib.sha256(f"{text} {said}".encode()).hexdigest()[:16]


def place_of(name: str, *path: str, of: str = "programmes.yaml") -> str:
    """Return the key of `Settings.places` under which a key of an entry stands: of a programme, an action, or a segment; no segment has such an id."""
    return " ".join((of, name, *path))


def place_of_person(name: str) -> str:
    """Return the key of `Settings.places` under which stands where team.yaml names somebody; no segment has such an id."""
    return f"team.yaml {name}"


def _chosen(segment: Segment) -> Segment:
    return Segment(id=segment.id, name=_UNNAMED).model_copy(update={"where": segment.where})


def _without_people(segment: Segment) -> Segment:
    chosen = {"chosen": Condition(missing=False)} if segment.where else {}
    targets = {kpi: goal.model_copy(update={"owner": ""}) for kpi, goal in segment.targets.items()}
    kgi = segment.kgi and segment.kgi.model_copy(update={"owner": ""})
    return segment.model_copy(update={"where": chosen, "targets": targets, "kgi": kgi, "goal": None})
