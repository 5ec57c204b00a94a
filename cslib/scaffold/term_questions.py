"""Questions about the terms of contracts: when they start and end, which count, and for whom."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from cslib.scaffold.column_synonyms import PERHAPS
from cslib.scaffold.column_words import by_words, is_early_end
from cslib.scaffold.mapped import Mapped
from cslib.scaffold.question_words import END_LIKE, ENDED_WORDS, MOVED, STATUS, TRIAL_WORDS, UNPAID_WORDS
from cslib.scaffold.similarity import SURE, nearest, plain

if TYPE_CHECKING:
    from cslib.scaffold.exports import Look
    from cslib.scaffold.proposed import Proposed

_HALF, _MOST = 0.5, 0.9
_SEVERAL = 3
FIRST_DAY = re.compile(r"(\d{4}[-/.年]\d{1,2}[-/.月]0?1|\d{6}01)(?!\d)")


def with_term_questions(one: Proposed) -> Proposed:
    """Return contracts with the questions about their terms, and with what answers them where the words in it are known."""
    if is_monthly(one):
        return _months(one)
    return _ends(_starts(_paid(_statuses(one))))


def asked_which(names: list[str]) -> str:
    """Return the question whether it is one of these; nothing where there is none."""
    return f"; is it {' or '.join(names[:_SEVERAL])}?" if names else ""


def _rows(one: Proposed) -> int:
    """Return how many rows of the sample have a customer."""
    look = one.look("customer_id")
    return len(look.values) if look else max((len(other.values) for other in one.export.looks.values()), default=0)


def _reads_alike(own: Mapped, look: Look) -> bool:
    """Return whether the days of a column are written as those of one that is mapped."""
    return look.formats.get(own.formats[0], 0) >= _MOST if own.formats else look.dates >= _MOST


def _paid(one: Proposed) -> Proposed:
    """Leave out rows that no customer stands in, such as what is vacant."""
    look = one.look("customer_id")
    rows = max(len(other.values) for other in one.export.looks.values())
    if look is None or one.joined or look.by_file[1:] or len(look.values) == rows:
        return one
    return one.where(look.name, {"missing": False}).but(f"rows without {look.name} are left out")


def _starts(one: Proposed) -> Proposed:
    """Take another start where the surest one is blank, as for what was never activated."""
    own, look = one.columns["starts_on"], one.look("starts_on")
    if look is None or own.formats[1:] or len(look.values) == _rows(one):
        return one
    others = (one.export.looks[name] for name in one.unmapped if by_words("contracts", "starts_on", name))
    spare = next((other for other in others if len(other.values) > len(look.values) and _reads_alike(own, other)), None)
    if spare is None:
        return one
    told = replace(own, how={**own.how, "column": [look.name, spare.name]})
    return one.with_column(told.but(f"{spare.name} where {look.name} is blank"))


def is_monthly(one: Proposed) -> bool:
    """Return whether rows are what customers pay month by month, and no terms: several months of a customer, and no end."""
    months, customers = one.look("starts_on"), one.look("customer_id")
    if (
        months is None
        or customers is None
        or customers.unique
        or "ends_on" in one.columns
        or "contract_id" in one.columns
    ):
        return False
    are_months = months.dates < _HALF <= months.months or all(map(FIRST_DAY.match, months.distinct))
    return are_months and len(months.distinct) >= _SEVERAL and "product" in one.columns


def _months(one: Proposed) -> Proposed:
    """Make terms of rows that say what a customer pays in a month, or by how much that changes."""
    mrr, look = one.columns["mrr"], one.look("mrr")
    has_moved = nearest(mrr.source or "", MOVED) >= SURE or (
        look is not None and any(text.startswith("-") for text in look.values)
    )
    what = "by how much it changes in a month" if has_moved else "what a customer pays in a month"
    shape = {**one.shape, "terms": "movements" if has_moved else "snapshots"}
    return replace(one, shape=shape).but(f"is each row {what}? then terms are made of them; else leave out terms")


def _ends(one: Proposed) -> Proposed:
    """Ask for the end of contracts, with the columns that may be it."""
    others = [name for name in one.unmapped if _is_like_an_end(name) and _holds_days(one.export.looks[name])]
    if "ends_on" not in one.columns:
        return one.but(
            f"no column is known to say when a contract ends, so lost ones cannot be told{asked_which(others)}"
        )
    own = _through_the_month(one)
    early = _early_end(one, own)
    if early:
        told = replace(own, how={**own.how, "column": [early, own.source]})
        return one.with_column(
            told.but(f"{early} where it is filled, else {own.source}: is that the last day that is paid for?")
        )
    if not others:
        return one.with_column(own)
    return one.with_column(own.but(f"there are {', '.join(others)} as well: which is the last day that is paid for?"))


def terms_meet(one: Proposed) -> bool:
    """Return whether customers' next terms begin on the day on which those before them end, which is no day of service then."""
    starts, ends = one.columns.get("starts_on"), one.columns.get("ends_on")
    looks = [one.look(name) for name in ("customer_id", "starts_on", "ends_on")]
    values = [look.values for look in looks if look]
    if (
        starts is None
        or ends is None
        or starts.formats != ends.formats
        or len(values) < len(looks)
        or len({*map(len, values)}) > 1
    ):
        return False
    begun = {*zip(values[0], values[1], strict=True)}
    meeting = sum(pair in begun for pair in zip(values[0], values[2], strict=True))
    return bool(meeting) and meeting >= _HALF * (len(values[0]) - len({*values[0]}))


def _early_end(one: Proposed, own: Mapped) -> str | None:
    """Return the column of the days on which some left, beside an end that was agreed with all of them."""
    agreed = one.look("ends_on")
    if agreed is None or len(own.formats) > 1 or len(agreed.values) < _MOST * _rows(one) or is_early_end(agreed.name):
        return None
    looks = (one.export.looks[name] for name in one.unmapped if is_early_end(name))
    return next((look.name for look in looks if look.values and _reads_alike(own, look)), None)


def _through_the_month(one: Proposed) -> Mapped:
    """Return the end of contracts; of a month that is the last one, its last day."""
    own, look = one.columns["ends_on"], one.look("ends_on")
    has_days = look is not None and (look.dates >= _HALF or any("%d" in form or "%j" in form for form in own.formats))
    if look is None or not look.values or has_days or (look.months < _HALF and not own.formats):
        return own
    told = replace(own, how={**own.how, "plus": {"months": 1, "days": -1}})
    return told.but(f"{look.name} is taken for the last month, to its last day")


def _holds_days(look: Look) -> bool:
    return max([look.dates, look.months, *look.formats.values()]) >= _HALF


def _is_like_an_end(name: str) -> bool:
    return max(nearest(name, END_LIKE), nearest(name, PERHAPS["contracts", "ends_on"])) >= SURE or is_early_end(name)


def _statuses(one: Proposed) -> Proposed:
    """Read trials out of a status, leave out what was never paid for, and ask about contracts that are said to be over."""
    look = next(one.called(STATUS), None)
    words = {plain(value).replace(" ", "_"): value for value in look.distinct} if look else {}
    trials, ended, unpaid = (
        sorted(value for word, value in words.items() if word in known)
        for known in (TRIAL_WORDS, ENDED_WORDS, UNPAID_WORDS)
    )
    if look is None or not (trials or ended or unpaid):
        return one
    if trials and "trial" not in one.columns:
        said = {value: value in trials for value in sorted(look.distinct)}
        one = one.with_column(
            Mapped(name="trial", source=look.name, map=said).but(
                f"{', '.join(trials)} is taken for a trial, no contract yet"
            )
        )
    if unpaid:
        one = one.where(look.name, {"not": unpaid}).but(
            f"rows of {look.name} {', '.join(unpaid)} are left out: was it never paid for?"
        )
    if ended:
        return one.but(
            f"{look.name} {', '.join(ended)}: has each such contract an end in its row? one without it counts for ever"
        )
    return one
