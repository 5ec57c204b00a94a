"""Questions where a wrong figure would follow in silence: what a column of an export says besides its name."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from cslib.model import BY_NAME
from cslib.scaffold.column_likeness import says_month, says_year
from cslib.scaffold.column_synonyms import COLUMN_SYNONYMS, PERHAPS
from cslib.scaffold.intervals import days, interval, interval_count, is_span, months_in
from cslib.scaffold.mapped import Mapped
from cslib.scaffold.question_words import (
    DELETED,
    EACH,
    INTERVALS,
    NET,
    ORDER_NUMBERS,
    PER_UNIT,
    QUANTITY,
)
from cslib.scaffold.similarity import SURE, nearest, plain
from cslib.scaffold.term_questions import FIRST_DAY, asked_which, is_monthly, with_term_questions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cslib.scaffold.exports import Look
    from cslib.scaffold.proposed import Proposed

_HALF, _MOST = 0.5, 0.9
_LAST_DAYS = re.compile(r"(\d{4}[-/.年]\d{1,2}[-/.月]|\d{6})(28|29|30|31)(?!\d)")
_PLAIN_INTERVALS = {"day", "week", "month", "quarter", "year"}
_SEVERAL = 3
_HUNDREDTHS = re.compile(r"\b(cents?|pence|minor units?)\b")
_CODED = re.compile(r"(\b(id|code|no|number|key|cd|ref|reference)|番号|コード)$")
_UNKNOWN_SPAN = "no column says for which span it is: if it is per year, add divide_by: 12; if it is for the whole term, docs/exports.md has the query"
_FALSE = {"false", "0", "f", "n", "no", "いいえ", "未", "無", ""}


def with_questions(one: Proposed) -> Proposed:
    """Return a proposed table with its questions, and with what answers them where the words in it are known."""
    if one.sql or "terms" in one.shape:
        return one
    asked = _repeating_key(_without_deleted(_orders(one) if one.table == "purchases" else one))
    if one.table == "contracts":
        asked = with_term_questions(asked if is_monthly(one) else _multiplied(_spread(asked)))
    if one.table == "usage":
        asked = _rolled_up(asked)
    amount = next((name for name in ("mrr", "amount") if name in asked.columns), None)
    return _below_zero(_net(_of_hundredths(asked, amount), amount), amount) if amount else asked


def _any(one: Proposed, known: str) -> Look | None:
    looks = (look for look in one.export.looks.values() if look.values)
    return next((look for look in looks if nearest(look.name, known) >= SURE), None)


def _sample(values: Iterable[str]) -> str:
    return ", ".join(sorted(values)[:_SEVERAL])


# rows


def _repeating_key(one: Proposed) -> Proposed:
    """Ask what rows are of which several share what looks like their id."""
    key = BY_NAME[one.table].key
    if key is None or key in one.columns:
        return one
    known = f"{key},{COLUMN_SYNONYMS[one.table][key]},{PERHAPS.get((one.table, key), key)}"
    look = next((look for look in one.called(known) if not look.unique), None)
    if look is None:
        able = [name for name in one.unmapped if _may_be_ids(one.export.looks[name])]
        return one.but(f"no column is known as {key}, so every row counts on its own{asked_which(able)}")
    return one.but(
        f"{look.name} repeats, so every row counts on its own; if the rows are states of one thing, say {key}: {look.name} "
        "and latest: with the column that dates them"
    )


def _may_be_ids(look: Look) -> bool:
    """Return whether values are different ones, and ids by their name or by what they look like: neither words nor days nor amounts."""
    is_coded = all(any(letter.isdigit() for letter in value) for value in look.distinct) and look.numbers < _HALF
    is_dated = max([look.dates, look.months, *look.formats.values()]) >= _HALF
    return look.unique and (_CODED.search(plain(look.name)) is not None or (is_coded and not is_dated))


def _without_deleted(one: Proposed) -> Proposed:
    """Leave out the rows that the system has deleted and still exports."""
    look = next(one.called(DELETED), None)
    if look is None or {value.lower() for value in look.distinct} <= _FALSE:
        return one
    dated = look.dates >= _HALF
    deleted = sorted(value for value in look.distinct if value.lower() not in _FALSE)
    where = {"missing": True} if dated else {"not": deleted}
    return one.where(look.name, where).but(f"rows that {look.name} says are deleted are left out")


# amounts


def _of_hundredths(one: Proposed, amount: str) -> Proposed:
    """Divide an amount that is called one of cents."""
    own = one.columns[amount]
    if not _HUNDREDTHS.search(plain(own.source or "")):
        return one
    told = replace(own, divide_by=100 * (own.divide_by or 1))
    return one.with_column(
        told.but(f"{own.source} is taken for hundredths of the currency; else leave out the hundred of divide_by")
    )


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
    others = [look.name for look in one.called(NET) if look.numbers >= _HALF]
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
    number = one.look("purchase_id") or next(one.called(ORDER_NUMBERS), None)
    amount = one.columns["amount"].source
    if number is None or number.unique or amount is None:
        return one
    own = one.columns.get("purchase_id", Mapped(name="purchase_id", source=number.name))
    question = f"{number.name} repeats: are its rows lines of one order? they are summed; if each is an order, leave out total and purchase_id"
    told = replace(one, shape={**one.shape, "total": {"by": number.name, "of": [amount]}})
    return told.with_column(own).but(question)


# usage


def _rolled_up(one: Proposed) -> Proposed:
    """Ask whether usage is summed up to months: every day is the first, or every one the last."""
    look = one.look("used_on")
    if look is None or len(look.distinct) < 2:  # noqa: PLR2004 - one day is the first of a month by chance
        return one
    for form, which in ((FIRST_DAY, "first"), (_LAST_DAYS, "last")):
        if all(form.match(value) for value in look.distinct):
            own = one.columns["used_on"]
            return one.with_column(
                own.but(
                    f"every day is the {which} of a month: sums of months? then days and weeks of use are not known"
                )
            )
    return one
