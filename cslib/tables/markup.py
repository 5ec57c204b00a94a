"""HTML of a table: captioned, scoped, sortable, and with every cell escaped unless it is markup of ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from cslib.i18n.numbers import number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True)
class HtmlColumn:
    """A column's heading; numbers are aligned right and sort as numbers; a choice is what the page filters rows by."""

    label: str
    numeric: bool = False
    choice: bool = False


@dataclass(frozen=True)
class HtmlCell:
    """What a cell shows, what it sorts by (what it shows, unless said) and its class."""

    shown: str | Markup
    sort: object = None
    css: str = ""


def html_table(
    columns: Sequence[HtmlColumn],
    rows: Iterable[Sequence[HtmlCell] | str],
    caption: str,
    css: str = "",
) -> str:
    """Return a table whose first column heads its rows; a plain text among the rows heads those after it."""
    head = Markup().join(map(_heading, columns))
    body = Markup().join(_row(row, columns) for row in rows)
    return Markup(
        '<table class="{css}"><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    ).format(css=css, caption=caption, head=head, body=body)


def data_text(text: object) -> Markup:
    """Return text that came from data: escaped, and kept from turning the direction of the text next to it."""
    return Markup("<bdi>{}</bdi>").format(str(text))


def _heading(column: HtmlColumn) -> Markup:
    css = Markup(' class="num"') if column.numeric else ""
    choice = Markup(" data-choice") if column.choice else ""
    return Markup('<th scope="col"{}{}>{}</th>').format(css, choice, column.label)


def _row(row: Sequence[HtmlCell] | str, columns: Sequence[HtmlColumn]) -> Markup:
    if isinstance(row, str):
        return Markup('<tr class="group"><th scope="colgroup" colspan="{}">{}</th></tr>').format(len(columns), row)
    first, *others = row
    cells = Markup().join(_cell(cell, column) for cell, column in zip(others, columns[1:], strict=True))
    return Markup('<tr><th scope="row"{}>{}</th>{}</tr>').format(_sort(first), first.shown, cells)


def _cell(cell: HtmlCell, column: HtmlColumn) -> Markup:
    css = " ".join(word for word in ("num" if column.numeric else "", cell.css) if word)
    attributes = Markup(' class="{}"').format(css) if css else Markup()
    label = Markup(' data-label="{}"').format(column.label) if column.label else Markup()
    return Markup("<td{}{}{}>{}</td>").format(attributes, label, _sort(cell), cell.shown)


def _sort(cell: HtmlCell) -> Markup:
    if cell.sort is None:
        return Markup()
    plain = number(cell.sort) if not isinstance(cell.sort, str) else cell.sort
    return Markup(' data-sort="{}"').format(
        "" if plain is None else f"{plain:.12g}" if isinstance(plain, float) else plain
    )
