"""Contracts that come month by month: a column per month, changes of an amount, or the invoices of each month."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import datetime
from typing import TYPE_CHECKING

from cslib.model import BY_NAME
from cslib.scaffold.column_values import as_others_are, read_as
from cslib.scaffold.evidence import says_another_thing
from cslib.scaffold.mapped import Customers, Mapped
from cslib.scaffold.match_columns import map_columns
from cslib.scaffold.proposed import Proposed
from cslib.scaffold.similarity import SURE, nearest, plain
from cslib.source.parse import EXCEL

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cslib.scaffold.exports import Export, Look

_TABLE = BY_NAME["contracts"]
_MOST, _HALF, _SEVERAL = 0.9, 0.5, 3
_NAMES = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_MONTH = re.compile(
    rf"\d{{4}}年\d{{1,2}}月|(?<!\d)\d{{4}}[-/_. ]\d{{1,2}}([-/]\d{{1,2}})?(?!\d)|(?<!\d)20\d{{4}}(?!\d)|\b({_NAMES})[a-z]*[-_ ./]?(\d{{4}}|\d{{2}})\b|(?<!\d)\d{{1,2}}/\d{{4}}",
    re.IGNORECASE,
)
_FORMATS = (
    "%Y年%m月", "%Y-%m", "%Y/%m", "%Y_%m", "%Y.%m", "%Y %m", "%Y-%m-%d", "%Y/%m/%d", "%Y%m", "%m/%Y",
    *(f"{name}{between}{year}" for name in ("%b", "%B") for between in ("-", " ", "_", "/", ".", "") for year in ("%Y", "%y")),
)  # fmt: skip
_PAID = re.compile(
    r"\b(mrr|revenue|billing|billed|invoiced?|fees?|amount|subscriptions?|contracts?|recurring|plan|product)\b|月額|契約|請求|課金|金額|料|プラン"
)
_CHANGED = re.compile(
    r"\b(change|delta|difference|net new)\b.*\b(mrr|amount|revenue)\b|\b(mrr|amount|revenue)\b.*\b(change|delta|difference)\b|増減|変動額"
)
_BILLED_ON = "invoice date, billing date, billed on, invoice month, billing month, issue date, issued on, date, 請求日, 請求月, 請求年月, 発行日, 売上計上日, 対象月, 取引日"
_BILLED = "subtotal, net amount, net, amount excluding tax, amount, total amount, total, invoice amount, 小計, 税抜金額, 税抜, 請求金額, 請求額, 金額, 合計金額, 合計"
_EACH_MONTH = 2  # invoices of a customer in a month, beyond which they are orders


def monthly_contracts(exports: Iterable[Export], customers: Customers) -> list[Proposed]:
    """Return the contracts that the first of these exports holds month by month, alone in a list; an empty one where none does."""
    for export in exports:
        found = _changes(export, customers) or _columns_of_months(export, customers) or _invoices(export, customers)
        if found:
            return [found]
    return []


def _of(export: Export, customers: Customers, held: dict[str, Mapped], terms: str, doubt: str) -> Proposed | None:
    """Return the contracts with these columns, and with whose they are and for what; None where no column names the customers."""
    known = map_columns(_TABLE, export, customers)
    if "customer_id" not in known:
        return None
    taken = {one.source for one in held.values()}
    product = known["product"] if known["product"].source not in taken else Mapped(name="product", value="core")
    spare: dict[str, Mapped] = {name: known[name] for name in ("customer_id", "currency") if name in known}
    columns = {**spare, "product": product, **held}
    ordered = {name: columns[name] for name in _TABLE.names if name in columns}
    return Proposed("contracts", export, ordered, shape={"terms": terms}, doubts=(doubt,))


# a column per month


def _columns_of_months(export: Export, customers: Customers) -> Proposed | None:
    names = _months_of_amounts(export)
    form = _format(names)
    others = [name for name in export.looks if name not in names]
    said = plain(" ".join([export.files[0].name, *names[:1], *others]))
    if form is None or not _PAID.search(said):
        return None
    month, amount = (next(one for one in (name, f"{name} of column") if one not in others) for name in ("month", "mrr"))
    held = {
        "starts_on": Mapped(name="starts_on", source=month, formats=(form,)),
        "mrr": Mapped(name="mrr", source=amount),
    }
    doubt = "does each column of a month hold what a customer pays in it? a blank or 0 is taken for no contract; else leave the table out"
    found = _of(export, customers, held, "snapshots", doubt)
    if found is None:
        return None
    unpivot = {"columns": names, "name": month, "value": amount}
    return Proposed("contracts", export, found.columns, shape={"unpivot": unpivot, **found.shape}, doubts=found.doubts)


def _months_of_amounts(export: Export) -> list[str]:
    """Return the columns of numbers that are called by months, alike but for these; an empty list for fewer than three."""
    alike: dict[tuple[str, str], list[str]] = defaultdict(list)
    for look in export.looks.values():
        found = _MONTH.search(look.name)
        if found and (look.numbers >= _MOST or not look.values):
            alike[look.name[: found.start()], look.name[found.end() :]].append(look.name)
    longest = max(alike.values(), key=len, default=[])
    return longest if len(longest) >= _SEVERAL else []


def _format(names: Sequence[str]) -> str | None:
    """Return the format of dates that all of these names are written in; None where there is none."""
    found = [_MONTH.search(name) for name in names]
    parts = [one for one in found if one]
    if not parts:
        return None
    before, after = names[0][: parts[0].start()], names[0][parts[0].end() :]
    able = (form for form in _FORMATS if all(_is_written(one[0], form) for one in parts))
    form = next(able, None)
    return None if form is None or "%" in before + after else f"{before}{form}{after}"


def _is_written(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)  # noqa: DTZ007 - a month has no zone
    except ValueError:
        return False
    return True


# changes


def _changes(export: Export, customers: Customers) -> Proposed | None:
    looks = [look for look in export.looks.values() if look.values]
    change = next((look for look in looks if _CHANGED.search(plain(look.name)) and _is_signed(look)), None)
    day = next((look for look in looks if _dated(look) >= _MOST), None)
    if change is None or day is None:
        return None
    held = {
        "starts_on": as_others_are(read_as(_TABLE["starts_on"], day, SURE), export),
        "mrr": Mapped(name="mrr", source=change.name),
    }
    doubt = f"is {change.name} by how much what a customer pays per month changes on {day.name}? then terms are made of the changes"
    return _of(export, customers, held, "movements", doubt)


def _is_signed(look: Look) -> bool:
    return look.numbers >= _MOST and any(value.startswith(("-", "−", "△", "▲", "(")) for value in look.values)


def _dated(look: Look) -> float:
    formats = [share for form, share in look.formats.items() if form != EXCEL]  # an amount of five digits is no day
    return max([look.dates, look.months, *formats])


# invoices


def _invoices(export: Export, customers: Customers) -> Proposed | None:
    """Return the invoices of each month as what customers pay in it, where most customers have them in several months."""
    day, amount = _first(export, _BILLED_ON, dated=True), _first(export, _BILLED, dated=False)
    if day is None or amount is None or not _are_invoices(export):
        return None
    held = {
        "starts_on": as_others_are(read_as(_TABLE["starts_on"], day, SURE), export),
        "mrr": Mapped(name="mrr", source=amount.name),
    }
    doubt = (
        "are these invoices of each month? then what a customer is billed in a month is its MRR; invoices for a year and single ones "
        f"count in their month alone, and who has none in the last month is lost; is {amount.name} without tax?"
    )
    found = _of(export, customers, held, "snapshots", doubt)
    return found if found and _are_monthly(found) else None


def _are_invoices(export: Export) -> bool:
    named = says_another_thing(export) or "invoice" in plain(export.files[0].name) or "請求" in export.files[0].name
    return named or any("invoice" in plain(name) or "請求" in name for name in export.looks) or _hold_invoices(export)


def _hold_invoices(export: Export) -> bool:
    return any(
        "invoice" in value.lower() or "請求" in value for look in export.looks.values() for value in look.distinct
    )


def _first(export: Export, known: str, *, dated: bool) -> Look | None:
    """Return the column that is called by the first of these names, of days or of numbers."""
    able = [
        look for look in export.looks.values()
        if look.values and (_dated(look) if dated else look.numbers) >= _MOST and (dated or _dated(look) < _MOST)
    ]  # fmt: skip
    return next((look for one in known.split(", ") for look in able if nearest(look.name, one) >= SURE), None)


def _are_monthly(found: Proposed) -> bool:
    """Return whether most customers have rows in several months, and in a month hardly more than one."""
    who, day = found.look("customer_id"), found.look("starts_on")
    form = next(iter(found.columns["starts_on"].formats), "")
    if who is None or day is None or len(who.values) != len(day.values):
        return False
    rows = Counter((one, _month(text, form)) for one, text in zip(who.values, day.values, strict=True))
    months = Counter(one for one, _text in rows)
    repeating = sum(count > 1 for count in months.values())
    return repeating >= _HALF * len(months) and sum(rows.values()) <= _EACH_MONTH * len(rows)


def _month(text: str, form: str) -> str:
    if form:
        return f"{datetime.strptime(text, form):%Y-%m}" if _is_written(text, form) else text  # noqa: DTZ007
    return text[:7]
