"""What a reader reads: texts, values, months and words of status, in the language of the report."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, get_args

from babel.dates import format_date

from cslib.errors import UnknownName
from cslib.i18n import numbers
from cslib.i18n.messages import TEXTS
from cslib.kpis.kpi import Unit
from cslib.periods import Month
from cslib.settings import Language

if TYPE_CHECKING:
    from collections.abc import Iterable

_MONTH = {"ja": "y年M月", "en": "MMM y"}
_MONTH_ALONE = {"ja": "M月", "en": "MMM"}
_YEAR = {"ja": "y年", "en": "y"}
_DATE = {"ja": "y年M月d日", "en": "d MMM y"}
_SUFFIX = re.compile(r"\D*$")
_REASON = re.compile(r"(\w+)\b")
_NAME = re.compile(r"[\w.]+(?: \d{4}-\d{2}-\d{2})?")  # a table or a column of it, and the day it reaches


@dataclass(frozen=True)
class Wording:
    """The language, the currency and the fiscal year by which everything shown is worded."""

    language: Language
    currency: str = "JPY"
    fiscal_year_start: int = 4

    def __post_init__(self) -> None:
        if self.language not in get_args(Language):
            raise UnknownName("language", self.language, get_args(Language))

    def text(self, key: str, **values: object) -> str:
        """Return the catalogue's text `key`, with `values` filled in; whole numbers by thousands, 30,024."""
        if key not in TEXTS:
            raise UnknownName("text", key, TEXTS)
        shown = {
            name: numbers.decimal(value, self.language, 0) if isinstance(value, int) else value
            for name, value in values.items()
        }
        return str(getattr(TEXTS[key], self.language)).format(**shown)

    def value(self, unit: Unit | str, x: object) -> str:
        """Return a value as its unit is shown: 80.0%, +33.3, 1.23億円, 45日; a missing one as a dash."""
        plain = numbers.number(x)
        if plain is None:
            return numbers.MISSING
        if unit == Unit.AMOUNT:
            return numbers.amount(plain, self.language, self.currency)
        return numbers.SHOWN[Unit(unit)](plain, self.language)

    def values(self, unit: Unit | str, column: Iterable[object]) -> list[str]:
        """Return a column as its unit is shown, amounts all counted in the same: 132.0万円 above 9.9万円."""
        listed = list(column)
        plain = [found for found in map(numbers.number, listed) if found]
        if unit != Unit.AMOUNT or not plain:
            return [self.value(unit, x) for x in listed]
        step, digits = numbers.amount_unit(plain, self.language)
        return [self._counted(x, step, digits) for x in listed]

    def _counted(self, x: object, step: int, digits: int) -> str:
        plain = numbers.number(x)
        return (
            numbers.MISSING if plain is None else numbers.amount_in(plain, step, digits, self.language, self.currency)
        )

    def amount_full(self, x: object) -> str:
        """Return an amount with every digit."""
        plain = numbers.number(x)
        return numbers.MISSING if plain is None else numbers.amount_full(plain, self.language, self.currency)

    def change(self, unit: Unit | str, delta: object) -> str:
        """Return a difference with its sign: +1.2ポイント for shares, ±0 where nothing moved."""
        plain = numbers.number(delta)
        if plain is None:
            return numbers.MISSING
        if unit == Unit.AMOUNT:
            return numbers.plus(numbers.amount(plain, self.language, self.currency), plain)
        return numbers.plus(numbers.CHANGED[Unit(unit)](plain, self.language), plain)

    def change_bare(self, unit: Unit | str, delta: object) -> str:
        """Return a difference as a narrow cell shows it: shares in points, without the word."""
        return self.change(Unit.POINTS if unit == Unit.SHARE else unit, delta)

    def interval(self, unit: Unit | str, low: object, high: object) -> str:
        """Return `75.1〜84.2%` or `75.1 to 84.2 %`, `26日以上` for one without an end, or a dash for none."""
        if numbers.number(low) is None:
            return numbers.MISSING
        if numbers.number(high) is None:
            return self.text("interval_from", low=self.value(unit, low))
        first, last = self.value(unit, low), self.value(unit, high)
        suffix = _SUFFIX.search(last)
        return self.text("interval_from_to", low=first.removesuffix(suffix[0] if suffix else ""), high=last)

    def tick(self, unit: Unit | str, x: float, step: float) -> str:
        """Return a value as an axis labels it: with no more decimals than the step between ticks needs."""
        if unit == Unit.SHARE:
            return numbers.share(x, self.language, numbers.digits_for(step * 100))
        if unit == Unit.POINTS:
            shown = numbers.decimal(x * 100, self.language, numbers.digits_for(step * 100))
            return numbers.plus(shown, x).removeprefix("±")
        if unit in (Unit.SCORE, Unit.COUNT):
            return numbers.decimal(x, self.language, numbers.digits_for(step))
        if unit == Unit.AMOUNT:
            return numbers.amount_tick(x, step, self.language, self.currency)
        return self.value(unit, x)

    def month(self, month: object) -> str:
        """Return `2026-10` as 2026年10月 or Oct 2026."""
        return self._of_month(month, _MONTH)

    def quarter(self, month: object) -> str:
        """Return the three months that begin with `2026-01` as 2026年1〜3月 or Jan to Mar 2026."""
        first = Month.parse(str(month))
        last = first + 2
        if self.language == "ja":
            return f"{self.year(month)}{first.number % 12 + 1}〜{self.month_alone(last)}"
        return f"{self.month_alone(month)}\N{EN DASH}{self.month(last)}"

    def month_alone(self, month: object) -> str:
        """Return `2026-10` as 10月 or Oct, for an axis that names the year beside it."""
        return self._of_month(month, _MONTH_ALONE)

    def year(self, month: object) -> str:
        """Return the calendar year of `2026-10` as 2026年 or 2026."""
        return self._of_month(month, _YEAR)

    def date(self, day: object) -> str:
        """Return a day (a date, or text that begins YYYY-MM-DD) as 2026年10月31日 or 31 Oct 2026."""
        try:
            plain = date.fromisoformat(str(day)[:10])
        except ValueError:
            return numbers.MISSING
        return format_date(plain, _DATE[self.language], locale=self.language)

    def fiscal_quarter(self, month: object) -> str:
        """Return the fiscal quarter that holds a month, the year named after the one in which it began."""
        since_start = Month.parse(str(month)).number - (self.fiscal_year_start - 1)
        year, quarter = since_start // 12, since_start % 12 // 3 + 1
        if self.language == "ja":
            return f"{year}年{'度' if self.fiscal_year_start > 1 else ''}第{quarter}四半期"
        return f"{'FY' if self.fiscal_year_start > 1 else ''}{year} Q{quarter}"

    def status(self, status: object) -> str:
        """Return the words for a status; a missing one reads as no target."""
        key = f"status_{status}"
        return self.text(key if key in TEXTS else "status_no_target")

    def stage(self, stage: object) -> str:
        """Return the name of a stage of the scenario."""
        return self.text(f"stage_{stage}")

    def column(self, column: str) -> str:
        """Return what customers are grouped by, in words; a column that this project does not know reads as it is."""
        key = f"per_{column}"
        return self.text(key) if key in TEXTS else column

    def reason(self, reason: object) -> str:
        """Return why a value is missing or weak, in words; a reason that is not coded reads as it is."""
        plain = reason if isinstance(reason, str) else ""
        found = _REASON.match(plain)
        key = f"reason_{found[1]}" if found else ""
        if not found or key not in TEXTS:
            return plain
        names = _NAME.findall(plain[found.end() :])
        held, of = [*(int(name) for name in names if name.isdigit()), 0, 0][:2]
        return self.text(key, what=self.join([self._table(name) for name in names]), held=held, of=of)

    def needs(self, needs: Iterable[str]) -> str:
        """Return tables and columns as a reader knows them, in a list."""
        return self.join([self._table(name) for name in needs])

    def sentences(self, *said: str) -> str:
        """Return sentences one after the other, with a space between them where the language has one."""
        return self.text("between_sentences").join(part for part in said if part)

    def join(self, words: list[str]) -> str:
        """Return words as a list in a sentence."""
        return self.text("list_comma").join(words)

    def _table(self, name: str) -> str:
        """Return a canonical table, one of its columns, or a table and the day it reaches, as a reader knows them."""
        named, _, day = name.partition(" ")
        table, _, column = named.partition(".")
        if f"table_{table}_{column}" in TEXTS:
            return self.text(f"table_{table}_{column}")
        key = f"table_{table}"
        word = self.text(key) if key in TEXTS else table
        beside = self.date(day) if day else column
        return f"{word} ({beside})" if beside else word

    def _of_month(self, month: object, patterns: dict[str, str]) -> str:
        if not isinstance(month, str | Month):
            return numbers.MISSING
        return format_date(Month.parse(str(month)).first_day, patterns[self.language], locale=self.language)
