"""Questions where a wrong figure would follow in silence: what a column of an export says besides its name."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from cslib.model import BY_NAME
from cslib.scaffold.column_synonyms import COLUMN_SYNONYMS, PERHAPS
from cslib.scaffold.column_words import by_words, is_early_end
from cslib.scaffold.intervals import days, interval, interval_count, is_span, months_in
from cslib.scaffold.match_columns import Mapped, says_month, says_year
from cslib.scaffold.question_words import (
    DELETED,
    EACH,
    END_LIKE,
    ENDED_WORDS,
    INTERVALS,
    MOVED,
    NET,
    ORDER_NUMBERS,
    PER_UNIT,
    QUANTITY,
    STATUS,
    TRIAL_WORDS,
    UNPAID_WORDS,
)
from cslib.scaffold.similarity import SURE, nearest, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cslib.scaffold.exports import Look
    from cslib.scaffold.proposed import Proposed

_HALF, _MOST = 0.5, 0.9
_FIRST_DAY = re.compile(r"(\d{4}[-/.年]\d{1,2}[-/.月]0?1|\d{6}01)(?!\d)")
_LAST_DAYS = re.compile(r"(\d{4}[-/.年]\d{1,2}[-/.月]|\d{6})(28|29|30|31)(?!\d)")
_PLAIN_INTERVALS = {"day", "week", "month", "quarter", "year"}
_SEVERAL = 3
_CODED = re.compile(r"(\b(id|code|no|number|key|cd|ref|reference)|番号|コード)$")
_CODED = re.compile(r"(\b(id|code|no|number|key|cd|ref|reference)|番号|コード)$")
_UNKNOWN_SPAN = "no column says for which span it is: if it is per year, add divide_by: 12; if it is for the whole term, docs/exports.md has the query"
_FALSE = {"false", "0", "f", "n", "no", "いいえ", "未", "無", ""}


def with_questions(one: Proposed) -> Proposed:
    """Return a proposed table with its questions, and with what answers them where the words in it are known."""
    if one.sql or "terms" in one.shape:
        return one
    asked = _repeating_key(_without_deleted(_orders(one) if one.table == "purchases" else one))
    if one.table == "contracts" and _is_monthly(one):
        asked = _months(asked)
    elif one.table == "contracts":
        asked = _meeting(_ends(_starts(_paid(_statuses(_multiplied(_spread(asked)))))))
    if one.table == "usage":
        asked = _rolled_up(asked)
    amount = next((name for name in ("mrr", "amount") if name in asked.columns), None)
    return _below_zero(_net(asked, amount), amount) if amount else asked


def _unmapped(one: Proposed, known: str) -> Iterator[Look]:
    """Return the columns that are mapped to nothing and called like one of these."""
    looks = (one.export.looks[name] for name in one.unmapped)
    return (look for look in looks if look.values and nearest(look.name, known) >= SURE)


def _any(one: Proposed, known: str) -> Look | None:
    looks = (look for look in one.export.looks.values() if look.values)
    return next((look for look in looks if nearest(look.name, known) >= SURE), None)


def _sample(values: Iterable[str]) -> str:
    return ", ".join(sorted(values)[:_SEVERAL])


def _asked(names: list[str]) -> str:
    return f"; is it {' or '.join(names[:_SEVERAL])}?" if names else ""


# rows


def _repeating_key(one: Proposed) -> Proposed:
    """Ask what rows are of which several share what looks like their id."""
    key = BY_NAME[one.table].key
    if key is None or key in one.columns:
        return one
    known = f"{key},{COLUMN_SYNONYMS[one.table][key]},{PERHAPS.get((one.table, key), key)}"
    look = next((look for look in _unmapped(one, known) if not look.unique), None)
    if look is None:
        able = [name for name in one.unmapped if one.export.looks[name].unique and _CODED.search(plain(name))]
        return one.but(f"no column is known as {key}, so every row counts on its own{_asked(able)}")
    return one.but(
        f"{look.name} repeats, so every row counts on its own; if the rows are states of one thing, say {key}: {look.name} "
        "and latest: with the column that dates them"
    )


def _without_deleted(one: Proposed) -> Proposed:
    """Leave out the rows that the system has deleted and still exports."""
    look = next(_unmapped(one, DELETED), None)
    if look is None or {value.lower() for value in look.distinct} <= _FALSE:
        return one
    dated = look.dates >= _HALF
    deleted = sorted(value for value in look.distinct if value.lower() not in _FALSE)
    where = {"missing": True} if dated else {"not": deleted}
    return _where(one, look.name, where).but(f"rows that {look.name} says are deleted are left out")


def _where(one: Proposed, column: str, condition: object) -> Proposed:
    where = one.shape.get("where", {})
    assert isinstance(where, dict)  # noqa: S101 - written here alone
    return replace(one, shape={**one.shape, "where": {**where, column: condition}})


# amounts


def _spread(one: Proposed) -> Proposed:
    """Divide an amount that covers the months of an interval, which a column beside it says."""
    mrr, look = one.columns["mrr"], interval(one.export)
    if _says_its_span(mrr):
        return one
    if look is None:
        return _over_days(one) or one.with_column(mrr.but(_UNKNOWN_SPAN))
    count = interval_count(one.export, look)
    words = {plain(value).replace(" ", "_"): value for value in look.distinct}
    if all(INTERVALS.get(word) == 1 for word in words) and not (count and count.distinct - {"1"}):
        return one
    unknown = [value for value in look.distinct if not (is_span(value) or value.isdecimal())]
    if unknown:
        return one.with_column(mrr.but(f"{look.name} is {_sample(unknown)}: for how many months is {mrr.source}?"))
    how = {**mrr.how, "per": _per(look, words, count.name if count else "")}
    question = f"is {mrr.source} for the span that {look.name} says ({_sample(look.distinct)})? if it is per month, leave out per"
    return one.with_column(replace(mrr, how=how).but(question))


def _over_days(one: Proposed) -> Proposed | None:
    """Divide an amount by the months of as many days as a column says; None where none does."""
    mrr = one.columns["mrr"]
    look = days(one.export)
    if look is None:
        return None
    months = {value: months_in(int(value)) for value in sorted(look.distinct, key=int)}
    question = f"is {mrr.source} for as many days as {look.name} says? 365 are counted as 12 months, 30 as one"
    return one.with_column(replace(mrr, how={**mrr.how, "per": {"column": look.name, "map": months}}).but(question))


def _per(look: Look, words: dict[str, str], times: str) -> object:
    spelled = {value: INTERVALS[word] for word, value in sorted(words.items()) if word in INTERVALS}
    needed = {value: months for value, months in spelled.items() if value not in _PLAIN_INTERVALS}
    told = {"column": look.name, "times": times, "map": needed}
    held = {key: value for key, value in told.items() if value}
    return look.name if list(held) == ["column"] else held


def _says_its_span(mrr: Mapped) -> bool:
    name = mrr.source or "mrr"
    return says_month(name) or max(nearest(name, COLUMN_SYNONYMS["contracts"]["mrr"]), says_year(name)) >= SURE


def _multiplied(one: Proposed) -> Proposed:
    """Multiply the amount of one unit by the quantity beside it."""
    mrr, look = one.columns["mrr"], _any(one, QUANTITY)
    if look is None or mrr.source == look.name or _says_its_span(mrr) or not (look.distinct - {"1", "1.0"}):
        return one
    if nearest(mrr.source or "", PER_UNIT) < SURE:
        return one.with_column(mrr.but(f"is {mrr.source} of one or of all of {look.name}?"))
    question = f"is {mrr.source} the amount of one, {look.name} how many? if it is of all, leave out times"
    return one.with_column(replace(mrr, how={**mrr.how, "times": look.name}).but(question))


def _net(one: Proposed, amount: str) -> Proposed:
    """Ask which amount is meant where there are others: before and after tax or discount."""
    own = one.columns[amount]
    others = [look.name for look in _unmapped(one, NET) if look.numbers >= _HALF]
    if not others or own.source is None:
        return one
    return one.with_column(
        own.but(f"there are {', '.join(others)} as well: is {own.source} what is paid, without tax?")
    )


def _below_zero(one: Proposed, amount: str) -> Proposed:
    look, own = one.look(amount), one.columns[amount]
    below = sum(value.startswith(("-", "−", "△", "▲", "(")) for value in look.values) if look else 0
    if not below:
        return one
    way = (
        "credit_notes: net in policies.yaml takes them off their orders"
        if one.table == "purchases"
        else "they are set aside"
    )
    return one.with_column(own.but(f"{below} amounts are below 0, such as of credit notes or cancellations; {way}"))


def _orders(one: Proposed) -> Proposed:
    """Sum the lines of orders; what one piece costs is multiplied by how many, and each line counts, since a sum would come first."""
    own, look = one.columns["amount"], _any(one, QUANTITY)
    if nearest(own.source or "", EACH) < SURE or look is None:
        return _lines(one)
    question = f"{own.source} is what one costs, {look.name} how many? if it is of all, leave out times"
    priced = one.with_column(replace(own, how={**own.how, "times": look.name}).but(question))
    key = priced.look("purchase_id")
    if key is None or key.unique:
        return priced
    return replace(priced, columns={name: held for name, held in priced.columns.items() if name != "purchase_id"})


def _lines(one: Proposed) -> Proposed:
    """Sum the lines of an order where its number repeats."""
    number = one.look("purchase_id") or next(_unmapped(one, ORDER_NUMBERS), None)
    amount = one.columns["amount"].source
    if number is None or number.unique or amount is None:
        return one
    own = one.columns.get("purchase_id", Mapped(name="purchase_id", source=number.name))
    question = f"{number.name} repeats: are its rows lines of one order? they are summed; if each is an order, leave out total and purchase_id"
    told = replace(one, shape={**one.shape, "total": {"by": number.name, "of": [amount]}})
    return told.with_column(own).but(question)


# terms


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
    return _where(one, look.name, {"missing": False}).but(f"rows without {look.name} are left out")


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


def _is_monthly(one: Proposed) -> bool:
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
    are_months = months.dates < _HALF <= months.months or all(map(_FIRST_DAY.match, months.distinct))
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
        return one.but(f"no column is known to say when a contract ends, so lost ones cannot be told{_asked(others)}")
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


def _meeting(one: Proposed) -> Proposed:
    """Take ends for the first days without, where a customer's next term begins on the day on which the one before it ends."""
    starts, ends = one.columns["starts_on"], one.columns.get("ends_on")
    looks = [one.look(name) for name in ("customer_id", "starts_on", "ends_on")]
    values = [look.values for look in looks if look]
    if ends is None or starts.formats != ends.formats or len(values) < len(looks) or len({*map(len, values)}) > 1:
        return one
    begun = {*zip(values[0], values[1], strict=True)}
    meeting = sum(pair in begun for pair in zip(values[0], values[2], strict=True))
    if not meeting or meeting < _HALF * (len(values[0]) - len({*values[0]})):
        return one
    told = replace(one, policies={**one.policies, "contract_end": "first_day_without"})
    return told.but(
        f"a next term begins on the {ends.source} of the one before, so contract_end in policies.yaml is first_day_without"
    )


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
    look = next(_unmapped(one, STATUS), None)
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
        one = _where(one, look.name, {"not": unpaid}).but(
            f"rows of {look.name} {', '.join(unpaid)} are left out: was it never paid for?"
        )
    if ended:
        return one.but(
            f"{look.name} {', '.join(ended)}: has each such contract an end in its row? one without it counts for ever"
        )
    return one


# usage


def _rolled_up(one: Proposed) -> Proposed:
    """Ask whether usage is summed up to months: every day is the first, or every one the last."""
    look = one.look("used_on")
    if look is None or len(look.distinct) < 2:  # noqa: PLR2004 - one day is the first of a month by chance
        return one
    for form, which in ((_FIRST_DAY, "first"), (_LAST_DAYS, "last")):
        if all(form.match(value) for value in look.distinct):
            own = one.columns["used_on"]
            return one.with_column(
                own.but(
                    f"every day is the {which} of a month: sums of months? then days and weeks of use are not known"
                )
            )
    return one
