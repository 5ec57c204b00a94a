"""The figures of a month next to those of earlier months and of everyone, and which of the changes are more than chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from cslib.analysis.figures.significance import clarity, comparable, stand_out
from cslib.kpis.reasons import is_comparable
from cslib.periods import Month

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from cslib.kpis import Catalogue

MONTH, YEAR = 1, 12
SPANS = (MONTH, 3, 6, YEAR)  # months back to which each figure is compared
_KEYS = ["segment", "kpi"]


def compared(  # noqa: PLR0913, PLR0917 - the figures, what they are, and which of them are wanted
    measured: pd.DataFrame, catalogue: Catalogue, as_of: Month, segment: str, total: str,
    owners: Mapping[str, str] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return a row per KPI of a segment: its figures in `as_of`, and what to compare them with.

    Columns: kpi, stage, value, part, whole, n, low, high, target, status, reason, change_month, change_year (plain
    differences, nan where either side is absent), clarity_month, clarity_year (the change by its own uncertainty; over 1 only
    where the change stands out among all changes of the segment that are looked at, nan where it cannot be judged), total
    (the value of everyone, nan for the total itself), owner, history (the values of all months, oldest first, nan where there
    is none). A value of fewer months of data than it stands on, or one that grows with the data, is compared with none.
    """
    mine = measured[measured.segment == segment]
    now, moved = _at(mine, as_of), changes(mine, catalogue, as_of)
    over = moved.assign(clarity=moved.clarity.where(moved.stands_out, moved.clarity.clip(upper=1))).droplevel("segment")
    month, year = (over.xs(span, level="span").reindex(now.index) for span in (MONTH, YEAR))
    found = now.assign(
        change_month=month.change,
        change_year=year.change,
        clarity_month=month.clarity,
        clarity_year=year.clarity,
        total=np.nan if segment == total else _at(measured[measured.segment == total], as_of).value.reindex(now.index),
        owner=[(owners or {}).get(kpi, "") for kpi in now.index],
        history=_alike(mine).sort_values("month").groupby("kpi").value.agg(list).reindex(now.index),
    )
    return found.drop(columns=["segment", "month"]).reset_index()


def _alike(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows, without the values that cannot be compared with those of other months."""
    alike = [is_comparable(reason) for reason in rows.get("reason", [""] * len(rows))]
    return rows.assign(value=rows.value.where(np.array(alike, dtype=bool)))


def _at(rows: pd.DataFrame, month: Month) -> pd.DataFrame:
    return rows[rows.month == str(month)].set_index("kpi")


class Movements(NamedTuple):
    """The clearest changes up to a month, how many KPIs moved clearly, and how many changes were looked at to find them."""

    looked_at: int
    found: int
    rows: pd.DataFrame


def changes(measured: pd.DataFrame, catalogue: Catalogue, as_of: Month) -> pd.DataFrame:
    """Return every change up to `as_of`, by segment, kpi and span (`SPANS`, months): value, before, change, clarity, stands_out.

    A month is compared with one that shares no month of data with it, and that is as long where that matters; of the others
    `clarity` is nan. `stands_out` are those that are more than chance makes among all of these (`significance.stand_out`).
    """
    alike = _alike(measured)
    found = pd.concat([_over(alike, catalogue, as_of, span) for span in SPANS])
    return found.assign(stands_out=stand_out(found.clarity.reset_index(drop=True)).to_numpy())


def _over(alike: pd.DataFrame, catalogue: Catalogue, as_of: Month, span: int) -> pd.DataFrame:
    now = alike[alike.month == str(as_of)].set_index(_KEYS)
    before = alike[alike.month == str(as_of - span)].set_index(_KEYS).reindex(now.index)
    judged = [comparable(catalogue.by_id[kpi], as_of, as_of - span) for kpi in now.index.get_level_values("kpi")]
    found = pd.DataFrame({"value": now.value, "before": before.value, "change": now.value - before.value})
    found["clarity"] = clarity(now, before).where(np.array(judged, dtype=bool))
    return found.assign(span=span).set_index("span", append=True)


def notable(measured: pd.DataFrame, catalogue: Catalogue, as_of: Month, most: int = 3) -> Movements:
    """Return the `most` clearest changes up to `as_of`: segment, kpi, span, value, before, change, clarity, compared_with, since.

    All changes of `measured` are looked at together, be they of one segment or of several and over which months they may. Each
    KPI is told once, in the segment and over the months in which it moved most clearly. `compared_with` is that month, and
    `since` the first of the months without a break in which the value has differed from it in this way, each beyond its own
    uncertainty. Figures without an interval, of few cases, and of months that cannot be compared are left out.
    """
    every = changes(measured, catalogue, as_of)
    clear = every[every.stands_out].sort_values("clarity", ascending=False, kind="stable").reset_index()
    found = clear.drop(columns="stands_out").drop_duplicates("kpi", ignore_index=True)
    rows, alike = found.head(most), _alike(measured)
    dated = rows.assign(
        compared_with=[str(as_of - span) for span in rows.span],
        since=[str(_since(alike, catalogue, as_of, row)) for row in rows.to_dict("records")],
    )
    return Movements(int(every.clarity.notna().sum()), len(found), dated)


def _since(alike: pd.DataFrame, catalogue: Catalogue, as_of: Month, row: Mapping[Hashable, object]) -> Month:
    """Return the first month without a break in which a value differs clearly, and in this direction, from that before.

    Months that cannot be judged neither tell nor break.
    """
    kpi, before = catalogue.by_id[str(row["kpi"])], as_of - int(str(row["span"]))
    mine = alike[(alike.segment == row["segment"]) & (alike.kpi == kpi.id)].set_index("month")
    told = mine[(mine.index > str(before)) & (mine.index <= str(as_of))].sort_index(ascending=False)
    held = mine.loc[[str(before)] * len(told)].set_axis(told.index)
    clear = clarity(told, held).where([comparable(kpi, Month.parse(month), before) for month in told.index]).dropna()
    same_way = np.sign(told.value - held.value)[clear.index] == np.sign(row["change"])  # type: ignore[call-overload]
    differs = ((clear > 1) & same_way).cummin()
    return Month.parse(differs[differs].index[-1])
