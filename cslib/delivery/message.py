"""The message on a run: the answer, what moved, whom to call and where to read on, for somebody who opens nothing else."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from cslib.analysis.figures.answer import month_answer
from cslib.analysis.figures.compare import notable
from cslib.i18n.messages import TEXTS
from cslib.i18n.numbers import number
from cslib.kpis.kpi import Unit
from cslib.tables import answer_sentences

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence
    from pathlib import Path

    from cslib.i18n import Wording
    from cslib.kpis import Catalogue
    from cslib.periods import Month
    from cslib.settings.segments import Segment

_MOST = 5  # rows of a list; a message is read on a phone
_WHYS = 3
_DUE = "renewal"  # which the day says
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_REASON = 600  # characters


@dataclass(frozen=True)
class Reported:
    """A segment as a run reports it. `folder` is the run's; `failed` are the reports that could not be made, and why."""

    folder: Path
    segment: Segment
    as_of: Month
    catalogue: Catalogue
    wording: Wording
    title: str  # of the whole report
    failed: Sequence[tuple[str, str]]

    @property
    def name(self) -> str:
        """The segment's name, for readers."""
        return one_line(getattr(self.segment.name, self.wording.language))


@dataclass(frozen=True)
class Message:
    """A subject, and paragraphs of which the first matters most; each is a head and its lines."""

    title: str
    parts: tuple[tuple[str, tuple[str, ...]], ...]
    link: str = ""

    @property
    def said(self) -> str:
        """What it says, wherever it leads to: two messages that say the same are one."""
        return "\n\n".join(
            [self.title, *("\n".join(part for part in (head, *lines) if part) for head, lines in self.parts)]
        )

    def text(self, limit: int, more: str) -> str:
        """Return it in at most so many characters: lines are left out from the end, where `more` then stands, the link never."""
        rest = f"\n\n{self.link}" if self.link else ""
        body = self.said.partition("\n\n")[2]
        if len(body) + len(rest) <= limit:
            return f"{body}{rest}".strip()
        room = limit - len(rest) - len(more) - 2
        cut = body[: max(0, room)]
        whole = cut.rpartition("\n")[0] or cut
        return f"{whole.rstrip()}\n{more}{rest}"[:limit]


def one_line(text: str) -> str:
    """Return a text without line breaks and signs that steer, which in the head of a mail begin another head."""
    return " ".join(_CONTROL.sub(" ", text).split())


def compose(told: Reported, owner: str, link: str, *, inside: bool) -> Message:
    """Return the message on a segment: the answer, up to three movements, whom to call, the reports that failed, the link.

    With an `owner` only the targets and customers that are theirs. Who is not `inside` hears of no customer, nobody of the team, and
    not why a report failed.
    """
    measured = pd.read_parquet(told.folder / "kpis.parquet")
    mine = measured[measured.segment == told.segment.id]
    if owner:
        mine = mine[mine.kpi.isin(owned(told.segment, owner))]
    parts: list[tuple[str, tuple[str, ...]]] = [
        *([("", _answer(told, mine, inside=inside))] if len(mine) else []),
        *_failures(told, inside=inside),
        *_moved(told, mine),
    ]
    if inside:
        parts += _calls(told, owner)
    whose = f" – {one_line(owner)}" if owner else ""
    title = told.wording.text(
        "delivered_title", title=one_line(told.title), segment=told.name, month=told.wording.month(told.as_of)
    )
    return Message(f"{title}{whose}", tuple(parts), link)


def owned(segment: Segment, owner: str) -> list[str]:
    """Return the KPIs whose target in a segment is somebody's."""
    return [kpi for kpi, name in _goals(segment) if name.casefold() == owner.casefold()]


def owners(told: Reported) -> set[str]:
    """Return everybody to whom something of a segment's message belongs: owners of targets, and CSMs on its list."""
    return {*(name for _, name in _goals(told.segment)), *(row["csm"] for row in _listed(told))} - {""}


def _goals(segment: Segment) -> list[tuple[str, str]]:
    """Return the KPIs that have a target in a segment, each with its owner."""
    kgi = [(segment.kgi.kpi, segment.kgi.owner)] if segment.kgi else []
    return [*kgi, *((kpi, goal.owner) for kpi, goal in segment.targets.items())]


def _answer(told: Reported, mine: pd.DataFrame, *, inside: bool) -> tuple[str, ...]:
    """Return the answer of the month, a line for each of its paragraphs, as the segment's summary gives it; no owner to outsiders."""
    answer = month_answer(mine, told.catalogue, told.as_of, [told.segment])
    if answer.first and not inside:
        answer = replace(answer, first=answer.first._replace(owner=""))
    return tuple(answer_sentences(answer, told.catalogue, told.wording))


def _moved(told: Reported, mine: pd.DataFrame) -> Iterator[tuple[str, tuple[str, ...]]]:
    rows = notable(mine, told.catalogue, told.as_of).rows.to_dict("records")
    if rows:
        yield told.wording.text("movements_notable"), tuple(_movement(row, told) for row in rows)


def _movement(row: Mapping[Hashable, Any], told: Reported) -> str:
    kpi = told.catalogue.by_id[str(row["kpi"])]
    value, before = (told.wording.value(kpi.unit, row[name]) for name in ("value", "before"))
    change = told.wording.change(kpi.unit, row["change"])
    return told.wording.text(
        "delivered_movement", kpi=kpi.name(told.wording.language), value=value, before=before, change=change
    )


def _calls(told: Reported, owner: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    rows = [row for row in _listed(told) if not owner or row["csm"].casefold() == owner.casefold()]
    if rows:
        yield (
            told.wording.text("actions_title"),
            tuple(_first([_call(row, told.wording, named=not owner) for row in rows], told.wording)),
        )


def _listed(told: Reported) -> list[dict[str, str]]:
    """Return Monday's list of a segment, as its page keeps it; nothing where that page was not made."""
    file = told.folder / told.segment.id / "data" / "actions-actions.csv"
    if not file.is_file():
        return []
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return [
            row for row in csv.DictReader(lines) if {"name", "csm", "what", "why", "mrr", "due_on", "product"} <= {*row}
        ]


def _call(row: Mapping[str, str], wording: Wording, *, named: bool) -> str:
    words = [word for word in row["why"].split() if f"why_{word}" in TEXTS and word != _DUE]
    whys = [wording.text(f"why_{word}", product=one_line(row["product"])) for word in words[:_WHYS]]
    due = wording.text("delivered_due", day=wording.date(row["due_on"])) if row["due_on"] else ""
    paid = wording.text("delivered_mrr", mrr=wording.value(Unit.AMOUNT, number(row["mrr"])))
    what = wording.text(f"action_{row['what']}") if f"action_{row['what']}" in TEXTS else row["what"]
    csm = wording.text("delivered_csm", csm=one_line(row["csm"])) if row["csm"] and named else ""
    why = wording.join([part for part in (*whys, due, paid) if part])
    return wording.text("delivered_call", name=one_line(row["name"]), csm=csm, what=what, why=why)


def _failures(told: Reported, *, inside: bool) -> Iterator[tuple[str, tuple[str, ...]]]:
    if told.failed:
        lines = [f"- {one_line(f'{name}: {why}' if inside else name)}"[:_REASON] for name, why in told.failed]
        yield told.wording.text("failures"), (*_first(lines, told.wording), told.wording.text("delivered_versions"))


def _first(lines: list[str], wording: Wording) -> list[str]:
    left = len(lines) - _MOST
    return [*lines[:_MOST], *([wording.text("delivered_more", count=left)] if left > 0 else [])]


def failure_message(wording: Wording, title: str, why: str, last: Month | None, link: str) -> Message:
    """Return the message that nothing was published: why (nothing to outsiders), and which month is still the latest."""
    standing = (
        wording.text("delivered_last_good", month=wording.month(last)) if last else wording.text("delivered_none_yet")
    )
    parts: list[tuple[str, tuple[str, ...]]] = [(standing, ())]
    if why:
        parts.append(
            (wording.text("delivered_why"), tuple(line[:_REASON] for line in why.splitlines() if line.strip()))
        )
    return Message(wording.text("delivered_not_published", title=one_line(title)), tuple(parts), link if last else "")


def in_reach(message: Message, limit: int) -> Message:
    """Return a message whose subject is no longer than a channel's; 0: it has none, so that the subject leads the text."""
    if limit:
        return replace(message, title=message.title[:limit])
    return replace(message, parts=((message.title, ()), *message.parts))
