"""How much a source column is called like one of ours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cslib.scaffold.column_synonyms import (
    COLUMN_SYNONYMS,
    MONEY,
    PER_MONTH,
    PER_YEAR,
    PERHAPS,
    QUALIFIED_CUSTOMER,
    YEARLY,
)
from cslib.scaffold.column_words import by_words, is_start_of_anything, names_a_thing
from cslib.scaffold.question_words import STATUS
from cslib.scaffold.similarity import LIKELY, SAME, SURE, nearest, plain, similarity

if TYPE_CHECKING:
    from cslib.model import CanonicalColumn, CanonicalTable
    from cslib.scaffold.exports import Look
    from cslib.scaffold.mapped import Customers

PERHAPS_ALIKE = 0.85  # of the likeness of a name that may say it
MAY_BE_IDS = {"product", "plan", "csm", "value"}  # columns of texts in which an id is as good as a name
_HALF = 0.5


def likeness_of(table: CanonicalTable, column: CanonicalColumn, look: Look, customers: Customers) -> float:
    """Return how much a source column is called like one of ours, 0 where it cannot be it for another reason."""
    known = f"{column.name},{COLUMN_SYNONYMS[table.name][column.name]}"
    if column.name == "customer_id" != table.key and customers.names:
        known = f"{customers.names},{known}"
    likeness = nearest(look.name, known)
    perhaps = _perhaps_called(table.name, column.name)
    if perhaps and likeness < SURE and nearest(look.name, perhaps) >= SURE:
        likeness = max(likeness, PERHAPS_ALIKE * nearest(look.name, perhaps))
    likeness = _by_words(likeness, table, column, look)
    if column.name == "customer_id" != table.key:
        likeness = _as_customer(likeness, look, customers)
    if column.name == "mrr" and says_month(look.name):
        likeness = max(likeness, SURE)
    is_yearly = column.name == "mrr" and says_year(look.name) > likeness  # an annual fee is near to a monthly fee
    repeats = column.name in (table.row_key, *table.required) and column.name == table.key and not look.unique
    is_foreign_id = likeness < SAME and is_id(look.name) and not column.name.endswith("_id")
    if is_yearly or (repeats and look.values) or (is_foreign_id and column.name not in MAY_BE_IDS):
        return 0.0
    return likeness


def _by_words(likeness: float, table: CanonicalTable, column: CanonicalColumn, look: Look) -> float:
    """Return how surely a column is one of ours, by the words of its name where nothing surer is known."""
    if table.name == "contracts" and likeness < SURE:
        if column.name == "starts_on" and is_start_of_anything(look.name):
            return LIKELY  # the day on which a row was made, where no other is told
        if column.name in {"contract_id", "product"} and (
            names_a_thing(look.name) or nearest(look.name, STATUS) >= SURE
        ):
            return 0.0
    if column.name == "customer_id" and names_a_thing(look.name) and look.numbers >= _HALF:
        return 0.0 if plain(look.name).endswith("s") else likeness  # how many users a customer has
    if likeness >= SURE or (table.key == "customer_id" and names_a_thing(look.name)):
        return likeness
    return max(likeness, by_words(table.name, column.name, look.name))


def _perhaps_called(table: str, column: str) -> str:
    """Return the names, commas between, that may be a column of ours and may as well be another thing; what customers go by is alike everywhere."""
    everywhere = PERHAPS["contracts", column] if column == "customer_id" and table != "customers" else ""
    return PERHAPS.get((table, column), everywhere)


def _as_customer(likeness: float, look: Look, customers: Customers) -> float:
    """Return how surely a column names the customers: as they call it themselves first, as something near it only where it holds ids of theirs."""
    if customers.names and nearest(look.name, customers.names) >= SAME:
        return likeness + 1  # of a name that is a user's or a thing's as well
    if plain(look.name).endswith(("name", "名")) and likeness < SAME:
        likeness = min(likeness, LIKELY)  # a column of ids comes first
    likeness = max(likeness, PERHAPS_ALIKE * SAME if QUALIFIED_CUSTOMER.match(plain(look.name)) else 0.0)
    if likeness >= SURE or not (customers.ids and look.values):
        return likeness
    return likeness if {folded(one) for one in look.distinct} & {folded(one) for one in customers.ids} else 0.0


def says_month(name: str) -> bool:
    """Return whether an amount is called one per month, as in fee per month or 月会費."""
    words = set(plain(name).split())
    spans = "monthly" in words or "per month" in plain(name)
    return (spans and bool(words & MONEY)) or PER_MONTH.match(plain(name)) is not None


def says_year(name: str) -> float:
    """Return how surely an amount is called one per year, 0 to 100: as a whole, or by a word of it as in 契約金額(年額)."""
    if PER_YEAR.search(plain(name)):
        return SAME
    return max(nearest(name, YEARLY), *(100.0 for word in plain(name).split() if word in YEARLY.split(", ")), 0.0)


def is_id(name: str) -> bool:
    """Return whether a column is called an id of something."""
    return plain(name).endswith(("id", "uuid")) and plain(name).split()[-1] in {"id", "uuid"}


def place_among_names(table: CanonicalTable, column: CanonicalColumn, look: Look) -> int:
    """Return the place of a name among those of a column, the commonest first: a status comes before a stage."""
    known = [column.name, *COLUMN_SYNONYMS[table.name][column.name].split(", ")]
    return max(range(len(known)), key=lambda place: similarity(look.name, known[place]))


def folded(written: str) -> str:
    """Return an id without what is often lost or added on its way: capitals, zeros in front, a decimal point, marks."""
    return re.sub(r"(?<!\d)0+(?=\d)|[\W_]", "", plain(written).removesuffix(" 0"))
