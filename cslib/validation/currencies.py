"""Amounts in the one currency of the policies: those in another are converted by given rates or refused, never added up."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

import ibis

from cslib.model import AMOUNT_TYPE, Kind
from cslib.source import NON_DATA
from cslib.source.asked import asked_of
from cslib.source.width import to_halfwidth
from cslib.validation.findings import Remark

if TYPE_CHECKING:
    from ibis.expr.types import StringValue
    from ibis.expr.types import Table as IbisTable

    from cslib.settings import Policies
    from cslib.source.column_mapping import ColumnMapping

_NAMES = {
    "currency", "currency code", "currency iso code", "iso currency", "ccy", "通貨", "通貨コード", "通貨単位", "通貨名", "幣種",
}  # fmt: skip
_WORDS = {
    "JPY": ("円", "日本円", "YEN", "JP¥"), "USD": ("$", "US$", "ドル", "米ドル", "DOLLAR"), "EUR": ("€", "ユーロ", "EURO"),
    "GBP": ("£", "ポンド"), "CNY": ("元", "人民元", "RMB"), "KRW": ("₩", "ウォン"),
}  # fmt: skip
_BY_WORD = {word: code for code, words in _WORDS.items() for word in words}
_LISTED = 5


class ConvertedAmounts:
    """The mapped rows of a table with its amounts in the policies' currency, and remarks on those that were in another one.

    A row without a currency is in the policies' own. `problems` name the currencies that have no rate.
    """

    def __init__(self, columns: ColumnMapping, mapped: IbisTable, policies: Policies) -> None:
        self.table, self.policies = columns.table, policies
        origins = columns.origins
        self.amounts = [c.name for c in self.table.columns if c.kind is Kind.AMOUNT and c.name in origins]
        further = [name for name in columns.further if _plain(name) in _NAMES]
        self.column = "currency" if "currency" in origins else next(iter(further), "")
        self.source = origins["currency"].label or "currency" if "currency" in origins else self.column
        self.rows = mapped
        self.problems: tuple[str, ...] = ()
        self.notes: tuple[Remark, ...] = ()
        if self.column and self.amounts and mapped[self.column].type().is_string():
            self._convert(mapped, _code(mapped[self.column]))

    def _convert(self, mapped: IbisTable, code: StringValue) -> None:
        counted = asked_of(mapped).answer(("rows by", self.column), partial(_rows_by, mapped, self.column))
        foreign = {
            row["code"]: row["rows"] for row in counted.to_pylist() if row["code"] not in (None, self.policies.currency)
        }
        rates = {name: rate for name, rate in self.policies.rates.items() if name in foreign}
        unknown = {name: rows for name, rows in foreign.items() if name not in rates}
        if unknown:
            self.problems = (self._refusal(unknown),)
        elif rates:
            factors = ((code == name, ibis.literal(Decimal(str(rate)), AMOUNT_TYPE)) for name, rate in rates.items())
            factor = ibis.cases(*factors, else_=ibis.literal(Decimal(1), AMOUNT_TYPE))
            self.rows = mapped.mutate(**{name: (mapped[name] * factor).try_cast(AMOUNT_TYPE) for name in self.amounts})
            said = ", ".join(f"{foreign[name]:,} in {name} at {rate:g}" for name, rate in rates.items())
            self.notes = (Remark(kind="converted", rows=sum(foreign.values()), samples=(), said={"rates": said}),)

    def _refusal(self, unknown: dict[str, int]) -> str:
        listed = ", ".join(
            f"{name} ({rows:,} row{'s' if rows > 1 else ''})" for name, rows in [*unknown.items()][:_LISTED]
        )
        more = ", …" if unknown.items() - [*unknown.items()][:_LISTED] else ""
        own = self.policies.currency
        first = next(iter(unknown))
        return (
            f"{self.table.name}: amounts in {own} cannot be added to others: the column {self.source!r} says {listed}{more}; write "
            f"their rates into policies.yaml, as in 'rates: {{{first}: 1.5}}' ({own} for one {first}), or choose rows by "
            f"'where: {{{self.source}: [{own}]}}', or write the 'currency' of all amounts into policies.yaml"
        )


def _rows_by(mapped: IbisTable, column: str) -> IbisTable:
    own = mapped.filter(mapped[NON_DATA].isnull())
    return own.group_by(code=_code(own[column])).aggregate(rows=own.count()).order_by("code")


def _plain(name: str) -> str:
    return " ".join(name.strip().lower().replace("_", " ").replace("-", " ").split())


def _code(text: StringValue) -> StringValue:
    """Return the code of a currency as it is written: jpy, ＪＰＹ and 円 are JPY; null for a blank."""
    bare = to_halfwidth(text).upper().nullif("")
    return ibis.cases(*((bare == word.upper(), code) for word, code in _BY_WORD.items()), else_=bare)
