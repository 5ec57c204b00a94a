"""The form in which a KPI is declared: once, as a frozen value, from which everything else is looked up."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import ibis
import ibis.expr.operations as ops

if TYPE_CHECKING:
    from ibis.common.deferred import Deferred


TO_DATE = 0  # the span of a value that is computed from all months since the data begin


class Stage(StrEnum):
    """The stage of the scenario that a KPI belongs to."""

    SETUP = "setup"
    USAGE = "usage"
    SATISFACTION = "satisfaction"
    OUTCOME = "outcome"
    FINANCIAL = "financial"


class Unit(StrEnum):
    """What a value is counted in. Values are stored plain (a share is 0.8) and formatted only when shown."""

    SHARE = "share"  # 0.8, shown 80.0 %
    POINTS = "points"  # 0.3, shown 30.0 on the NPS scale of -100 to 100
    SCORE = "score"  # a mean answer, 5.2
    COUNT = "count"
    AMOUNT = "amount"  # money in the reporting currency
    DAYS = "days"
    MONTHS = "months"
    TIMES = "times"  # a ratio of two amounts, shown 3.5x


class Better(StrEnum):
    """The direction in which a KPI improves."""

    HIGHER = "higher"
    LOWER = "lower"


class Posture(StrEnum):
    """What a KPI is for: a leading sign, keeping revenue, or growing it."""

    LEADING = "leading"
    DEFENCE = "defence"
    OFFENCE = "offence"


class Interval(StrEnum):
    """How the uncertainty of a value is estimated (95 %)."""

    NONE = "none"
    WILSON = "wilson"  # shares of customers or of items
    ADJUSTED_WALD = "adjusted_wald"  # NPS
    T = "t"  # means
    LOG_LOG = "log_log"  # Kaplan-Meier medians
    GAMMA = "gamma"  # rare amounts over amounts: what is lost, or gained, in a month
    EFFECTIVE_N = "effective_n"  # shares of amounts, as of what is kept over a year
    NET = "net"  # what is kept and gained over what there was
    QUOTIENT = "quotient"  # gains over losses
    BOOTSTRAP = "bootstrap"  # other ratios of amounts


class Survival(StrEnum):
    """Which figure of a Kaplan-Meier curve a KPI takes."""

    MEDIAN = "median"
    MEAN = "mean"


@dataclass(frozen=True)
class Total:
    """A sum over the rows of a fact table, as an expression that is printed, composed and bound later."""

    value: Deferred | int = field(compare=False)
    where: Deferred | None = field(default=None, compare=False)

    def __str__(self) -> str:
        condition = f"where={self.where!r}" if self.where is not None else ""
        if isinstance(self.value, int) and self.value == 1:
            return f"count({condition})"
        return f"total({self.value!r}{', ' if condition else ''}{condition})"

    def per_row(self, table: ibis.Table) -> ibis.expr.types.NumericValue:
        """Return what each row of `table` adds to the total: its value, and 0 where the condition fails."""
        value = ibis.literal(self.value) if isinstance(self.value, int) else _filled(self.value.resolve(table))
        return value if self.where is None else ibis.ifelse(self.where.resolve(table), value, 0)

    def over(self, table: ibis.Table) -> ibis.expr.types.NumericScalar:
        """Return the total over all rows of `table`."""
        each = self.per_row(table)
        return each.sum() if isinstance(each, ibis.expr.types.Column) else table.count() * each


def _filled(value: ibis.expr.types.Value) -> ibis.expr.types.NumericValue:
    number = value.cast("int64") if value.type().is_boolean() else value
    return number.fill_null(0)


def total(value: Deferred | int, where: Deferred | None = None) -> Total:
    """Return the sum of `value` (a truth counts 1) over the rows where `where` holds; 0 over no rows."""
    return Total(value, where)


def count(where: Deferred | None = None) -> Total:
    """Return how many rows there are where `where` holds."""
    return Total(1, where)


@dataclass(frozen=True)
class Ratio:
    """One factor of a value that is a product of ratios."""

    part: Total
    whole: Total


@dataclass(frozen=True, kw_only=True)
class Curve:
    """A Kaplan-Meier curve over the rows of a fact table, and the figure that is taken from it.

    `duration` counts days or months; `observed` is true where the end was seen and the row is not censored.
    A mean is restricted to `limit`, or to the longest duration where that is shorter.
    """

    figure: Survival
    duration: Deferred = field(compare=False)
    observed: Deferred = field(compare=False)
    where: Deferred | None = field(default=None, compare=False)
    limit: int | None = None


class Half(StrEnum):
    """Which figure of a KPI the list of the customers behind it adds up to."""

    PART = "part"
    WHOLE = "whole"
    MISSING = "missing"  # whole - part


@dataclass(frozen=True)
class Listed:
    """What the list of the customers behind a KPI counts of each of them, and how it heads that column.

    `of` is a half of the KPI or a total of its own; without it, the part where lower is better or where there is no whole,
    and what is missing otherwise. Without a heading each customer counts once. `stake` is the monthly amount that is shown
    of each, where that is not what it pays at the close.
    """

    ja: str = ""
    en: str = ""
    of: Half | Total | None = None
    unit: Unit = Unit.COUNT
    stake: Total | None = None

    def name(self, language: str) -> str:
        """Return the heading in `ja` or `en`."""
        return self.ja if language == "ja" else self.en


@dataclass(frozen=True)
class Unlisted:
    """Why a KPI has no list of customers behind it, as a sentence."""

    ja: str
    en: str

    def name(self, language: str) -> str:
        """Return the sentence in `ja` or `en`."""
        return self.ja if language == "ja" else self.en


@dataclass(frozen=True, kw_only=True)
class Kpi:
    """One KPI: its names, its formula in words and as expressions, and how it is read.

    value = part / whole, over the rows of `fact` in the last `window` months; without a whole the value is
    the part itself (a count or an amount). A whole of zero gives no value. `n` counts the customers,
    answers or items behind the value. Instead of a part, `curve` takes a figure of a Kaplan-Meier curve, and
    `factors` multiply ratios (and the curve's figure, where there is one). `otherwise` is the same KPI
    computed from other tables, where those it needs are absent. `span` is how many months of data the value covers,
    where its fact table looks further back than the window; `TO_DATE` for one that grows with the data. `by_day` says that
    the value hangs on how many days or working days a month has, so that months with more or fewer of them are not compared
    against each other. `listed` says whom a list behind the KPI names. `own` marks one that a team has declared itself.
    """

    id: str
    ja: str
    en: str
    stage: Stage
    unit: Unit
    better: Better
    posture: Posture
    ja_formula: str
    en_formula: str
    fact: str
    needs: tuple[str, ...]  # canonical tables, or table.column
    n: Total
    part: Total | None = None
    whole: Total | None = None
    curve: Curve | None = None
    factors: tuple[Ratio, ...] = ()
    window: int = 1
    span: int | None = None
    interval: Interval = Interval.NONE
    by_day: bool = False
    listed: Listed | Unlisted = Listed()
    otherwise: Kpi | None = None
    reference: str = ""
    within: str = ""  # the KPI whose cases are its own and those of the others within it
    own: bool = False

    @property
    def months(self) -> int:
        """How many months of data the value is computed from; `TO_DATE` for one that grows with the data, steady as all may be."""
        return self.window if self.span is None else self.span

    def name(self, language: str) -> str:
        """Return the name in `ja` or `en`."""
        return self.ja if language == "ja" else self.en

    def formula(self, language: str) -> str:
        """Return the definition in words, in `ja` or `en`."""
        return self.ja_formula if language == "ja" else self.en_formula

    @property
    def totals(self) -> dict[str, Total]:
        """The sums behind its figures by name: `n`, `part`, `whole`, and `up0`, `down0`, … of the ratios that it multiplies."""
        named = {"n": self.n, "part": self.part, "whole": self.whole}
        named |= {f"up{place}": factor.part for place, factor in enumerate(self.factors)}
        named |= {f"down{place}": factor.whole for place, factor in enumerate(self.factors)}
        return {name: figure for name, figure in named.items() if figure is not None}

    def amounts(self, rows: ibis.Table) -> set[str]:
        """Return the columns of `rows` that its figures add up, those aside that only say which rows count."""
        values = [one.value for one in self.totals.values() if not isinstance(one.value, int)]
        return {field.name for value in values for field in value.resolve(rows).op().find(ops.Field)}

    def columns(self, rows: ibis.Table) -> set[str]:
        """Return the columns of `rows` that its figures look at, and the list of the customers behind it."""
        curve = self.curve and (self.curve.duration, self.curve.observed, self.curve.where)
        listed = () if isinstance(self.listed, Unlisted) else (self.listed.of, self.listed.stake)
        looks = [one.per_row(rows) for one in (*self.totals.values(), *listed) if isinstance(one, Total)]
        looks += [one.resolve(rows) for one in curve or () if one is not None]
        return {field.name for look in looks for field in look.op().find(ops.Field)}
