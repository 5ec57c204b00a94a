"""Non-data rows: blank ones, totals below a list, exact copies of another row, and those that a newer one replaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from cslib.source.files import NON_DATA
from cslib.source.parquet_copies import ROW
from cslib.source.width import BLANKS, stripped, to_halfwidth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ibis.expr.types import BooleanValue, StringValue, Table

# why a row is none of the table's
BLANK, TOTAL, COPY, OLDER = STRAYS = ("blank", "total", "copy", "older")
_TOTALS = "^(合計|総計|総合計|小計|累計|計|totals?|grandtotal|subtotal|sum)$"
_FILLING = rf"[\s{BLANKS}:：\[\]【】()（）「」*_-]"


def flag_non_data_rows(raw: Table, identity: str, columns: Sequence[str]) -> Table:
    """Return the rows of a file, with blank ones and totals flagged as non-data rows.

    A total names itself in the columns of the row's identity, or elsewhere when that is blank; so a customer whose name
    is Total, and who has an id, is not one.
    """
    texts = [raw[name] for name in columns if raw[name].type().is_string()]
    said = raw[identity]
    # a cheap test for the many rows with a real identity: the patterns are for the others
    hints = [said.contains(sign) for sign in ("計", *BLANKS)] + [
        said.lower().contains(sign) for sign in ("total", "sum")
    ]
    doubtful = ibis.or_(stripped(said).isnull(), *hints)
    blank, names_itself = ibis.and_(*map(_is_blank, texts)), _is_total(said)
    total = names_itself | (_is_blank(said) & ibis.or_(*map(_is_total, texts)))
    why = ibis.cases((blank, BLANK), (total, TOTAL), else_=ibis.null("string"))
    return raw.mutate(**{NON_DATA: ibis.ifelse(doubtful, why, ibis.null("string"))})


def without_flags(raw: Table) -> Table:
    """Return rows with none flagged: those of a database, or of typed columns, in which there are no totals."""
    return raw.mutate(**{NON_DATA: ibis.null("string")})


def with_copies(rows: Table, key: str | None, written: Sequence[str], file: str) -> Table:
    """Return the rows, with those flagged as copies that repeat an earlier one to the letter; rows without a key are not."""
    place = ibis.row_number().over(group_by=[*written, NON_DATA], order_by=[file, ROW])
    again = rows[NON_DATA].isnull() & (place > 0)
    if key is not None:
        again &= rows[key].notnull()
    return rows.mutate(**{NON_DATA: ibis.ifelse(again, COPY, rows[NON_DATA])})


def _is_blank(text: StringValue) -> BooleanValue:
    return text.isnull() | text.re_search(rf"^[\s{BLANKS}]*$")


def _is_total(text: StringValue) -> BooleanValue:
    bare = to_halfwidth(text).re_replace(_FILLING, "").lower()
    # a pattern, since the engine would join all rows with a list of words
    return bare.re_search(_TOTALS).fill_null(False)  # noqa: FBT003
