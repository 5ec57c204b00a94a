"""The figures of a segment as a workbook, for the meeting: its KPIs, their course, and every list of its pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from cslib.delivery.outcome import Undelivered
from cslib.i18n.messages import TEXTS
from cslib.i18n.numbers import number
from cslib.kpis.kpi import Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from cslib.delivery.message import Reported
    from cslib.i18n import Wording

_MISSING = "what writes workbooks is not installed; it comes with customer-success-report[delivery]"
_CELL, _ROWS, _NAME = (
    32_767,
    1_048_576,
    31,
)  # what Excel holds: characters of a cell, rows, characters of a sheet's name
_LOOKED_AT = 200  # rows by which a column's width is chosen
_NARROW, _WIDE = 8, 48  # characters
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NO_NAME = re.compile(r"[\[\]:*?/\\']")
_NUMBER = re.compile(
    r"-?(?:0|[1-9]\d{0,14})(?:\.\d+)?(?:e[+-]?\d+)?", re.IGNORECASE
)  # no id like 00479, and no more digits than Excel keeps
_ID = re.compile(r"(?:.*_)?id")
_RESERVED = {"history"}  # a sheet's name that Excel keeps for itself
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_FORMATS = {
    Unit.SHARE: "0.0%", Unit.POINTS: "+0.0;-0.0;0.0", Unit.SCORE: "0.0", Unit.COUNT: "#,##0", Unit.DAYS: "0.0",
    Unit.MONTHS: "0.0", Unit.TIMES: "0.0", Unit.AMOUNT: "#,##0",
}  # fmt: skip
_HUNDREDFOLD = {Unit.POINTS}  # kept as shares of one, and read as points
_HEADS = {
    "name": "customer_name", "why": "proposal_why", "verdict": "proposal_behind", "status": "status", "stage": "stage",
    "value": "value", "target": "target", "owner": "owner", "reason": "reason", "csm": "customer_csm", "plan": "customer_plan", "mrr": "customer_mrr", "what": "action",
    "due_on": "proposal_due", "last_touch": "action_last_touch", "segment": "segment", "month": "month",
    "customer_id": "sheet_customer_id", "ends_on": "contact_ends_on", "last_use": "contact_last_use", "days_late": "contact_days_late",
    "asked": "sheet_asked", "score": "score", "answered_on": "sheet_answered_on", "comment": "sheet_comment",
    "step_due": "sheet_step_due", "goal_due": "sheet_goal_due", "lists": "joined_lists", "signals": "sheet_signals",
    "count": "sheet_lists", "gate": "gate", "since": "stuck_since", "product": "product", "amount": "proposal_amount",
    "kind": "sheet_kind", "movement": "movement", "after": "moved_after", "low": "sheet_low", "high": "sheet_high",
}  # fmt: skip
_WORDS = {  # columns of words that the pages have a text for, and how these begin; other words stay as they are
    "signals": "indicator_", "asked": "asked_", "movement": "movement_",
    "what": "action_", "why": "why_", "gate": "stage_", "stage": "stage_", "verdict": "verdict_", "status": "status_",
}  # fmt: skip
_ALIKE = ("segment", "month")


def write_workbook(told: Reported, owners: Mapping[str, str], file: Path) -> None:
    """Write the workbook of a segment: a sheet of KPIs, one of their course, and one for each list.

    Figures stay figures, at full precision, in the format of their unit; texts are texts, whatever they begin with. `owners` are
    those of targets, by KPI. Raises `Undelivered` where nothing writes workbooks.
    """
    try:
        import xlsxwriter  # noqa: PLC0415 - who delivers nothing need not have it
    except ImportError:
        raise Undelivered(_MISSING) from None
    safe = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "constant_memory": True,
    }
    with xlsxwriter.Workbook(str(file), safe) as book:
        pages = _Pages(book, told.wording)
        measured = pd.read_parquet(told.folder / "kpis.parquet")
        mine = measured[measured.segment == told.segment.id]
        _write_kpis(pages, told, mine, owners)
        _write_course(pages, told, mine)
        files = (told.folder / told.segment.id / "data").glob("*.csv")
        # the first two sheets hold these
        lists = [_List.read(file) for file in files if not re.search(r"-(?:scorecard|trend-\w+)$", file.stem)]
        for listed in sorted(lists, key=lambda one: one.order):
            _write_list(pages, listed)


@dataclass(frozen=True)
class _List:
    """A list of the pages, as texts, under the name of its file: the stage, and whom or what it lists."""

    name: str
    rows: pd.DataFrame

    @classmethod
    def read(cls, file: Path) -> _List:
        return cls(file.stem, pd.read_csv(file, encoding="utf-8-sig", dtype=str, keep_default_na=False))

    @property
    def order(self) -> tuple[bool, bool, str]:
        """Its place: what is to be done, then the other lists of customers, then the tables behind charts."""
        return "customer_id" not in self.rows, not self.name.startswith("actions"), self.name


class _Pages:
    """The sheets of a workbook: a bold head that stays in sight, a filter, and cells in the format of what they hold."""

    def __init__(self, book: Any, wording: Wording) -> None:  # noqa: ANN401 - of a library that may not be there
        self._book, self.wording = book, wording
        self._taken = set(_RESERVED)
        self.head = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#EEF2F6"}
        )
        self.text = book.add_format({"quote_prefix": True, "valign": "top"})  # stays a text when it is edited
        self.day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self.plain = {shown: book.add_format({"num_format": shown}) for shown in ("#,##0", "0.000")}
        self.units = {unit: book.add_format({"num_format": shown}) for unit, shown in _FORMATS.items()}

    def add(self, title: str, heads: Sequence[str], widths: Sequence[int], rows: int, beside: int = 1) -> Any:  # noqa: ANN401
        """Return a sheet with its head; `beside` are the columns that stay in sight when one goes to the right."""
        sheet = self._book.add_worksheet(self._name(title))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(_WIDE, max(_NARROW, width)))
        for column, head in enumerate(heads):
            self.write(sheet, 0, column, head, self.head)
        sheet.freeze_panes(1, beside)
        sheet.autofilter(0, 0, max(1, min(rows, _ROWS - 1)), max(0, len(heads) - 1))
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        return sheet

    def write(self, sheet: Any, row: int, column: int, value: object, form: Any = None) -> None:  # noqa: ANN401
        """Write a figure, a day or a text; nothing where there is none."""
        if value is None or value == "":
            return
        if isinstance(value, date):
            sheet.write_datetime(row, column, value, form or self.day)
        elif isinstance(value, int | float):
            if number(value) is not None:
                sheet.write_number(row, column, value, form or self.plain["#,##0"])
        else:
            sheet.write_string(row, column, self._cell(str(value)), form or self.text)

    def _cell(self, text: str) -> str:
        if len(text.encode("utf-16-le")) // 2 <= _CELL:  # as Excel counts
            return text
        note = self.wording.text("sheet_cut", length=len(text))
        units = text.encode("utf-16-le")[: 2 * (_CELL - len(note))]
        return units.decode("utf-16-le", errors="ignore") + note

    def _name(self, title: str) -> str:
        """Return a name that a sheet may have and none has."""
        plain = _NO_NAME.sub(" ", title).strip() or "–"
        names = (plain[: _NAME - len(end)] + end for end in ("", *(f" {count}" for count in range(2, 1000))))
        name = next(one for one in names if one.casefold() not in self._taken)
        self._taken.add(name.casefold())
        return name


def _write_kpis(pages: _Pages, told: Reported, mine: pd.DataFrame, owners: Mapping[str, str]) -> None:
    say, language = told.wording.text, told.wording.language
    now = _in_order(mine[mine.month == str(told.as_of)].set_index("kpi"), told)
    before = mine[mine.month == str(told.as_of - 1)].set_index("kpi").value.reindex(now.index)
    heads = [
        say("kpi"),
        say("stage"),
        say("value"),
        say("sheet_before"),
        say("sheet_change"),
        say("target"),
        say("status"),
    ]
    heads += [say("sheet_low"), say("sheet_high"), "n", *([say("owner")] if owners else []), say("reason")]
    sheet = pages.add(
        say("sheet_kpis"), heads, [36, 14, 12, 12, 12, 12, 16, 12, 12, 8, *([18] if owners else []), 30], len(now)
    )
    for place, (name, row) in enumerate(now.iterrows(), 1):
        kpi, last = told.catalogue.by_id[str(name)], before[str(name)]
        figures = [row.value, last, row.value - last, row.target, _status(row, told), row.low, row.high]
        cells = [kpi.name(language), told.wording.stage(kpi.stage), *figures, row.n]
        cells += [owners.get(str(name), "")] if owners else []
        for column, cell in enumerate([*cells, told.wording.reason(row.reason) if row.reason else ""]):
            _write_figure(pages, sheet, (place, column), cell, kpi.unit if 2 <= column <= 8 else Unit.COUNT)  # noqa: PLR2004 - from the value to its interval


def _status(row: pd.Series, told: Reported) -> str:
    """Return what is said of a figure; nothing where it has no target, as of most."""
    return "" if row.status == "no_target" else told.wording.status(row.status)


def _in_order(rows: pd.DataFrame, told: Reported) -> pd.DataFrame:
    """Return rows by KPI in the order of the catalogue, which is that of the pages."""
    return rows.reindex([kpi.id for kpi in told.catalogue if kpi.id in rows.index])


def _write_figure(pages: _Pages, sheet: Any, at: tuple[int, int], cell: object, unit: Unit) -> None:  # noqa: ANN401
    plain = None if isinstance(cell, str) else number(cell)
    if isinstance(cell, str):
        pages.write(sheet, *at, cell)
    elif plain is not None:
        pages.write(sheet, *at, plain * 100 if unit in _HUNDREDFOLD else plain, pages.units[unit])


def _write_course(pages: _Pages, told: Reported, mine: pd.DataFrame) -> None:
    from xlsxwriter.utility import xl_range_abs  # noqa: PLC0415 - as above

    months = sorted(mine.month.unique())
    wide = mine.pivot_table(index="kpi", columns="month", values="value", sort=False, dropna=False).reindex(
        columns=months
    )
    title = told.wording.text("sheet_trend")
    sheet = pages.add(title, [told.wording.text("kpi"), title, *months], [36, 22, *[10] * len(months)], len(wide), 2)
    for place, (name, row) in enumerate(wide.iterrows(), 1):
        kpi = told.catalogue.by_id[str(name)]
        pages.write(sheet, place, 0, kpi.name(told.wording.language))
        if months:
            sheet.add_sparkline(
                place, 1, {"range": f"'{sheet.get_name()}'!{xl_range_abs(place, 2, place, len(months) + 1)}"}
            )
        for column, value in enumerate(row, 2):
            _write_figure(pages, sheet, (place, column), value, kpi.unit)


def _write_list(pages: _Pages, listed: _List) -> None:
    """Write a list of the pages as a sheet of its own: in words where the page has words, names first, figures as figures."""
    if not len(listed.rows):
        return
    say, stage = pages.wording.text, f"stage_{listed.name.partition('-')[0]}"
    worded = _in_words(listed.rows, pages.wording)
    kinds = [_kind(str(name), worded[name]) for name in worded]
    heads = [say(_HEADS[name]) if name in _HEADS else name for name in map(str, worded)]
    widths = [
        max(map(_width, [head, *worded[name].head(_LOOKED_AT)])) for head, name in zip(heads, worded, strict=True)
    ]
    title = f"{say(stage)} {listed.name.partition('-')[2]}" if stage in TEXTS else listed.name
    sheet = pages.add(title, heads, widths, len(worded))
    for place, row in enumerate(worded.head(_ROWS - 2).itertuples(index=False, name=None), 1):
        for column, (cell, (value, form)) in enumerate(zip(row, kinds, strict=True)):
            pages.write(sheet, place, column, value(cell), pages.plain.get(form))
    if len(worded) > _ROWS - 2:
        pages.write(sheet, _ROWS - 1, 0, say("sheet_more_rows", total=len(worded)))


def _in_words(table: pd.DataFrame, wording: Wording) -> pd.DataFrame:
    """Return a list as its page shows it: the customer's name first, without what is blank, or the same in every row of a segment."""
    alike = [name for name in _ALIKE if name in table and len(set(table[name])) == 1]
    blank = [name for name in table if not any(table[name])]
    first = [name for name in ("name",) if name in table]
    table = table[[*first, *(name for name in table if name not in {*alike, *blank, *first})]]
    products = table["product"] if "product" in table else [""] * len(table)
    told = {
        name: [_said(cell, key, product, wording) for cell, product in zip(table[name], products, strict=True)]
        for name, key in _WORDS.items()
        if name in table
    }
    return table.assign(**told)


def _said(cell: str, key: str, product: str, wording: Wording) -> str:
    words = [wording.text(key + word, product=product) if key + word in TEXTS else word for word in cell.split()]
    return wording.join(words) if all(key + word in TEXTS for word in cell.split()) else cell


def _kind(name: str, column: Iterable[str]) -> tuple[Callable[[str], object], str]:
    """Return how the cells of a column are read, and shown: as numbers, as days, or as the texts that they are, as ids always are."""
    filled = [] if _ID.fullmatch(name) else [cell for cell in column if cell]
    if filled and all(_NUMBER.fullmatch(cell) for cell in filled):
        figures = [float(cell) for cell in filled]
        small = any(figure % 1 for figure in figures) and max(map(abs, figures)) < 10  # noqa: PLR2004 - shares and the like
        return (lambda cell: float(cell) if cell else None), "0.000" if small else "#,##0"
    if filled and all(_is_day(cell) for cell in filled):
        return (lambda cell: date.fromisoformat(cell) if cell else None), ""
    return _text, ""


def _is_day(cell: str) -> bool:
    try:
        return bool(_DAY.fullmatch(cell) and date.fromisoformat(cell).year >= 1900)  # noqa: PLR2004 - the first that Excel knows
    except ValueError:
        return False


def _text(cell: str) -> str:
    """Return a text without the mark that keeps a CSV's reader from running it: here its cell does."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def _width(cell: str) -> int:
    return 3 + sum(1 if letter.isascii() else 2 for letter in cell[:_WIDE])
