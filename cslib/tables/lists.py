"""Tables of rows: the customers behind a number, definitions, policies, and any other frame."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from pandas.api.types import is_bool_dtype, is_datetime64_any_dtype, is_integer_dtype, is_numeric_dtype

from cslib.i18n.direction import isolate_direction
from cslib.i18n.messages import TEXTS
from cslib.i18n.numbers import MISSING, number
from cslib.kpis.kpi import Unit
from cslib.tables.marks import band_mark, status_mark
from cslib.tables.markup import HtmlCell, HtmlColumn, data_text, html_table
from cslib.tables.output import Table, csv_text
from cslib.tables.sparkline import sparkline_svg

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from cslib.i18n import Wording
    from cslib.kpis.kpi import Kpi

# A column is described by its label, or by its label and how it is shown: a Unit, or one of these words.
Shown = str | tuple[str, "Unit | str"]
_SHORT, _CLAMPED = 16, 60
_BROAD = 8  # columns; a list of more is set in smaller type
_CLAMPED_LINE = 200  # of several lines, which say why: to cut one would hide what is to be done
_CHOICES = {"csm"}  # columns by whose values a reader chooses among the rows
_NUMERIC = {*Unit, "change"}
_ALIGNED = {
    *_NUMERIC,
    "figure",
    "figures",
    "mark",
}  # figures that are words already, since their units differ from row to row


def customer_list(  # noqa: PLR0913 - each says a different thing about the one table
    frame: pd.DataFrame,
    wording: Wording,
    title: str,
    columns: Mapping[str, Shown],
    limit: int = 50,
    *,
    name: str = "customers",
    text: str = "",
) -> Table:
    """Return a sortable table of the first `limit` rows of `frame`, with a notice where there are more.

    `columns` maps a column to its label, or to (label, how): a Unit, "change" (a signed share), "date",
    "month", "status", "band", "mark" (markup of ours), "history" (a list of values), "figure" (one in words already),
    "figures" (one with its interval under it), "lines" (several texts, each on a line) or "text". The first column heads the rows.
    """
    described = {key: (shown, "text") if isinstance(shown, str) else shown for key, shown in columns.items()}
    heads = [
        HtmlColumn(label, numeric=how in _ALIGNED, choice=key in _CHOICES) for key, (label, how) in described.items()
    ]
    shown = frame.head(limit)
    cells = [_cells(shown[key].tolist(), how, wording) for key, (_, how) in described.items()]
    shown_rows = [list(row) for row in zip(*cells, strict=True)]
    html = html_table(
        heads, shown_rows, title, css="sortable listing broad" if len(heads) > _BROAD else "sortable listing"
    )
    notice = wording.text("rows_shown", shown=limit, total=len(frame)) if len(frame) > limit else ""
    said = " ".join(part for part in (text, notice) if part) if len(frame) else wording.text("no_rows")
    return Table(
        name=name, title=title, text=said, html=html if len(frame) else "", csv=csv_text(frame) if len(frame) else ""
    )


def plain_table(
    frame: pd.DataFrame, wording: Wording, title: str, columns: Mapping[str, Shown], name: str = "table"
) -> Table:
    """Return every row of a short frame as a table."""
    return customer_list(frame, wording, title, columns, limit=max(1, len(frame)), name=name)


def usual_unit(column: pd.Series) -> Unit | str:
    """Return how a column is shown of which nothing is said: whole numbers as counts, others with a decimal, days as dates."""
    if is_bool_dtype(column) or not (is_numeric_dtype(column) or is_datetime64_any_dtype(column)):
        return "text"
    if is_datetime64_any_dtype(column):
        return "date"
    return Unit.COUNT if is_integer_dtype(column) else Unit.SCORE


def definition_table(kpis: Iterable[Kpi], wording: Wording, name: str = "definitions") -> Table:
    """Return what each KPI is: its formula, unit, better direction and the data it needs."""
    title = wording.text("definitions")
    heads = [HtmlColumn(wording.text(key)) for key in ("kpi", "formula", "unit", "good_direction", "needs")]
    rows = [_definition(kpi, wording) for kpi in kpis]
    return Table(name=name, title=title, text="", html=html_table(heads, rows, title, css="prose-table"))


def policy_table(mapping: Mapping[str, object], wording: Wording, name: str = "policies") -> Table:
    """Return the policies in force, each with its setting in words."""
    title = wording.text("policies")
    heads = [HtmlColumn(wording.text("policy")), HtmlColumn(wording.text("policy_value"))]
    rows = [
        [
            HtmlCell(wording.text(f"policy_{key}") if f"policy_{key}" in TEXTS else key),
            HtmlCell(_setting(key, value, wording)),
        ]
        for key, value in mapping.items()
    ]
    return Table(name=name, title=title, text="", html=html_table(heads, rows, title, css="prose-table"))


def _cells(column: list[object], how: Unit | str, wording: Wording) -> list[HtmlCell]:
    if how == "change":
        texts = [wording.change(Unit.SHARE, value) for value in column]
    elif how in _NUMERIC:
        texts = wording.values(how, column)
    else:
        return [_cell(value, how, wording) for value in column]
    sorts = ["" if plain is None else plain for plain in map(number, column)]
    return [HtmlCell(text, sort) for text, sort in zip(texts, sorts, strict=True)]


def _cell(value: object, how: Unit | str, wording: Wording) -> HtmlCell:
    special = {
        "figures": _figures,
        "history": _history,
        "mark": _mark,
        "status": _status,
        "band": _band,
        "lines": _lines,
        "date": _day,
        "month": _month,
    }
    return special.get(how, _shown_text)(value, wording) if _is_there(value) else HtmlCell(MISSING, "")


def _is_there(value: object) -> bool:
    lost = isinstance(value, float) and not math.isfinite(value)
    return value is not None and not lost and str(value) not in ("NaT", "<NA>", "", "()")


def _history(value: object, _: Wording) -> HtmlCell:
    return HtmlCell(sparkline_svg(value if isinstance(value, list | tuple) else []))


def _mark(value: object, _: Wording) -> HtmlCell:
    return HtmlCell(value if isinstance(value, Markup) else str(value))


def _status(value: object, wording: Wording) -> HtmlCell:
    return HtmlCell(status_mark(value, wording), wording.status(value))


_BREAK = Markup("<br>")


def _band(value: object, wording: Wording) -> HtmlCell:
    return HtmlCell(band_mark(value, wording), wording.text(f"band_{value}"))


def _figures(value: object, _: Wording) -> HtmlCell:
    texts = value if isinstance(value, tuple) else (value,)
    return HtmlCell(Markup("<br>").join(data_text(text) for text in texts))


def _lines(value: object, _: Wording) -> HtmlCell:
    texts = [str(text) for text in (value if isinstance(value, tuple) else (value,))]
    # what is cut is a block, which needs no break behind it
    before = [_clamped(text, _CLAMPED_LINE) + ("" if len(text) > _CLAMPED_LINE else _BREAK) for text in texts[:-1]]
    return HtmlCell(Markup("").join([*before, *(_clamped(text, _CLAMPED_LINE) for text in texts[-1:])]), css="lines")


def _day(value: object, wording: Wording) -> HtmlCell:
    return HtmlCell(_beside_its_year(wording.date(value)), str(value)[:10], css="day")


def _month(value: object, wording: Wording) -> HtmlCell:
    return HtmlCell(_beside_its_year(wording.month(value)), str(value), css="day")


def _beside_its_year(date: str) -> Markup:
    """Return a day or a month that breaks beside its year where its column is narrow, and nowhere else."""
    year, kanji, rest = date.partition("年")
    if kanji:
        return Markup("{}<wbr>{}").format(year + kanji, rest)
    day, _, year = date.rpartition(" ")
    return Markup("{} {}").format(day.replace(" ", "\N{NO-BREAK SPACE}"), year) if day else Markup("{}").format(date)


def _shown_text(value: object, _: Wording) -> HtmlCell:
    """Return text of any length: a short one on one line, a long one cut by style and whole on hover and in the CSV."""
    text = str(value)
    return HtmlCell(_clamped(text), css="short" if len(text) <= _SHORT else "")


def _clamped(text: str, most: int = _CLAMPED) -> Markup:
    if len(text) <= most:
        return data_text(text)
    return Markup('<span class="clamp" title="{}">{}</span>').format(isolate_direction(text), data_text(text))


def _definition(kpi: Kpi, wording: Wording) -> list[HtmlCell]:
    codes = Markup(" ").join(Markup("<code>{}</code>").format(need) for need in kpi.needs)
    return [
        HtmlCell(wording.text("own_kpi", kpi=kpi.name(wording.language)) if kpi.own else kpi.name(wording.language)),
        HtmlCell(kpi.formula(wording.language)),
        HtmlCell(wording.text(f"unit_{kpi.unit}"), css="short"),
        HtmlCell(wording.text(f"direction_{kpi.better}"), css="short"),
        HtmlCell(codes),
    ]


def _setting(key: str, value: object, wording: Wording) -> str:
    if isinstance(value, bool):
        return wording.text("yes" if value else "no")
    if isinstance(value, dict):
        return _settings(key, value, wording)
    if isinstance(value, list | tuple):
        return wording.join([str(part) for part in value]) or wording.text("choice_all")
    if key == "hourly_cost":
        return wording.amount_full(value)
    if isinstance(value, float) and 0 <= value <= 1:
        return wording.value(Unit.SHARE, value)
    found = next((name for name in (f"choice_{key}_{value}", f"choice_{value}") if name in TEXTS), None)
    return wording.text(found) if found else str(value)


def _settings(key: str, several: Mapping[str, Any], wording: Wording) -> str:
    if key == "rates":
        return wording.join([f"{code} = {rate:g}" for code, rate in several.items()]) or wording.text("no_rates")
    if key == "indicators":
        named = [f"{name}: {wording.text(f'direction_{better}')}" for name, better in several.items()]
        return wording.join(named) or wording.text("no_indicators")
    if {"active", "of"} == set(several):
        return wording.text("weeks_of", **several)
    if f"{key}_rule" in TEXTS:
        return wording.text(f"{key}_rule", **{name: _part(name, value, wording) for name, value in several.items()})
    named = [
        f"{wording.text(f'phase_{name}') if key == 'phase_days' else name} {_setting('', value, wording)}"
        for name, value in several.items()
        if value is not None
    ]
    return wording.join(named) or wording.text("phase_days_own")


_SIZES = {"mrr_share": Unit.SHARE, "at_least": Unit.AMOUNT, "below": Unit.AMOUNT}


def _part(name: str, value: Any, wording: Wording) -> object:  # noqa: ANN401 - a number, or how a size is told
    """Return a part of a setting that is several, as it stands in a sentence."""
    if isinstance(value, dict):
        ((key, limit),) = ((key, limit) for key, limit in value.items() if limit is not None)
        return wording.text(f"touch_{name}_{key}", limit=wording.value(_SIZES[key], limit))
    if name.endswith(("share", "touched_before")):
        return wording.value(Unit.SHARE, value)
    return value if isinstance(value, int) else f"{value:g}"
