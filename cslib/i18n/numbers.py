"""Plain numbers dressed for a reader, by Babel: a share of 0.8 as 80.0%, 123,456,789 yen as 1.23億円."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from babel.numbers import format_compact_currency, format_compact_decimal, format_currency, format_decimal

from cslib.kpis.kpi import Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MISSING = "–"
_HUGE = 10**15  # beyond this, digits are no longer exact and Babel fails
_LARGEST = 1e300  # beyond this, a percentage would be infinite
MINUS = "\N{MINUS SIGN}"
_STEPS = {"ja": (10**12, 10**8, 10**4, 1), "en": (10**12, 10**9, 10**6, 10**3, 1)}


def number(x: object) -> float | None:
    """Return `x` as a float, or None for a missing, infinite or unreadable one, and for one that is no figure's."""
    try:
        value = float(x)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return value if abs(value) <= _LARGEST else None


def decimal(x: float, language: str, digits: int) -> str:
    """Return `x` with grouping and exactly `digits` decimals; zero carries no sign."""
    if abs(x) >= _HUGE:
        return _signed(f"{x:.2e}".replace("e+", "E"))
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return _signed(format_decimal(round(x, digits) + 0.0, pattern, locale=language))


def share(x: float, language: str, digits: int = 1) -> str:
    """Return 0.8 as 80.0% in Japanese and 80.0 % (no break before the sign) in English."""
    return decimal(x * 100, language, digits) + ("%" if language == "ja" else "\N{NO-BREAK SPACE}%")


def amount(x: float, language: str, currency: str) -> str:
    """Return an amount in 万 and 億, or in K, M and B, with three significant digits or whole units."""
    for step in _STEPS[language]:
        scaled = abs(x) / step
        digits = max(0, 2 - max(0, math.floor(math.log10(max(float(f"{scaled:.3g}"), 1))))) if step > 1 else 0
        if round(scaled, digits) >= 1:  # as it will be shown, so that 99,999,999 becomes 1億
            return amount_in(x, step, digits, language, currency)
    return amount_in(0.0, 1, 0, language, currency)


def amount_unit(amounts: Sequence[float], language: str) -> tuple[int, int]:
    """Return what a column of amounts other than zero is counted in, and with how many decimals, so that digits align.

    Its middle has three digits, and the least still one, as far as two decimals go.
    """
    sizes = sorted(map(abs, amounts))
    middle = sizes[len(sizes) // 2]
    step = next((step for step in _STEPS[language] if middle >= step), 1)
    of_middle, of_least = (math.floor(math.log10(size / step)) for size in (middle, sizes[0]))
    return step, min(2, max(0, 2 - of_middle, -of_least)) if step > 1 else 0


def amount_tick(x: float, step: float, language: str, currency: str) -> str:
    """Return an amount as an axis labels it, with the decimals that tell ticks `step` apart."""
    unit = next((unit for unit in _STEPS[language] if abs(x) >= unit), 1)
    return amount_in(x, unit, digits_for(step / unit) if unit > 1 else 0, language, currency)


def digits_for(step: float) -> int:
    """Return how many decimals tell two ticks apart: 20 needs none, 0.5 one, 0.25 two."""
    return next((digits for digits in range(4) if abs(round(step, digits) - step) < 1e-9), 4)  # noqa: PLR2004


def amount_full(x: float, language: str, currency: str) -> str:
    """Return an amount with every digit, as far as digits are exact."""
    if abs(x) >= _HUGE:
        return amount(x, language, currency)
    if language == "ja" and currency == "JPY":
        return decimal(x, "ja", 0) + "円"
    return _signed(format_currency(x, currency, locale=language))


def amount_in(x: float, unit: int, digits: int, language: str, currency: str) -> str:
    """Return `x` counted in `unit` with so many decimals, in the form that Babel gives to one such unit: 1億, ¥1M."""
    sign = MINUS if x < 0 else ""
    scaled = decimal(abs(x) / unit, language, digits)
    if language == "ja" and currency == "JPY":
        return f"{sign}{scaled}{format_compact_decimal(unit, locale='ja').removeprefix('1')}円"
    return sign + format_compact_currency(unit, currency, locale=language).replace("1", scaled, 1)


def _signed(text: str) -> str:
    """Return a text of Babel's with a true minus."""
    return text.replace("-", MINUS)


def _with_unit(ja: str, one: str, many: str, digits: int) -> Callable[[float, str], str]:
    def show(x: float, language: str) -> str:
        shown = decimal(x, language, digits)
        shown = shown.removesuffix(".0")
        if language == "ja":
            return shown + ja
        return f"{shown}\N{NO-BREAK SPACE}{one if shown == '1' else many}"

    return show


SHOWN: dict[Unit, Callable[[float, str], str]] = {
    Unit.SHARE: share,
    Unit.POINTS: lambda x, language: plus(decimal(x * 100, language, 1), x).removeprefix("±"),
    Unit.SCORE: lambda x, language: decimal(x, language, 1),
    Unit.COUNT: lambda x, language: decimal(x, language, 0),
    Unit.DAYS: _with_unit("日", "day", "days", 1),
    Unit.MONTHS: _with_unit("か月", "month", "months", 1),
    Unit.TIMES: lambda x, language: decimal(x, language, 1) + ("倍" if language == "ja" else "×"),
}
CHANGED: dict[Unit, Callable[[float, str], str]] = {
    **SHOWN,
    Unit.SHARE: lambda x, language: (
        decimal(x * 100, language, 1) + ("ポイント" if language == "ja" else "\N{NO-BREAK SPACE}pp")
    ),
    Unit.POINTS: lambda x, language: decimal(x * 100, language, 1),
}


def plus(shown: str, x: float) -> str:
    """Return a shown number with its sign: + above zero, ± where it is shown as zero."""
    if shown.startswith(MINUS):
        return shown
    zero = not any(digit in shown for digit in "123456789")
    return ("±" if zero else "+" if x > 0 else "") + shown
