"""Which table each export is, and what is read out of it besides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING

from cslib.engines import quoted_name
from cslib.model import BY_NAME, TABLES
from cslib.scaffold.match_columns import Mapped, map_columns
from cslib.scaffold.similarity import SURE, nearest, plain, similarity
from cslib.scaffold.synonyms import CSAT_SCORE, ONBOARDED_WORDS, TABLE_SYNONYMS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cslib.model import CanonicalTable
    from cslib.scaffold.exports import Export, Look

_LEAST = 0.75
_OVERLAP = 0.9
_CSAT_MOST = 5
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Join:
    """How rows that name no customer find theirs: by a column that another table's key holds."""

    own: str
    table: str
    key: str
    customer: str


@dataclass(frozen=True)
class Proposed:
    """A canonical table: the export it is read from, its columns, and how it comes by its customers."""

    table: str
    export: Export
    columns: Mapping[str, Mapped]
    score: float = 0.0
    join: Join | None = None
    sql: str = ""
    shape: Mapping[str, object] = field(default_factory=dict)  # what else `source.yaml` says of the table's rows
    doubts: tuple[str, ...] = ()
    policies: Mapping[str, str] = field(default_factory=dict)  # those that hold for such data
    joined: Mapping[str, Look] = field(default_factory=dict)  # columns looked up in other exports, beside its own

    @property
    def unmapped(self) -> tuple[str, ...]:
        """The columns of the export that are mapped to none of ours."""
        taken = {mapped.source for mapped in self.columns.values()}
        taken |= {text for mapped in self.columns.values() for text in _texts_in(mapped.how)}
        return tuple(name for name in self.export.looks if name not in taken)

    def values(self, name: str) -> tuple[str, ...]:
        """Return the values of one of our columns, as found; none where it is put together of several."""
        mapped = self.columns.get(name)
        look = {**self.joined, **self.export.looks}.get(mapped.source or "") if mapped else None
        return look.values if look else ()


def _texts_in(value: object) -> Iterator[str]:
    """Return every text in keys of a column, some of which are columns."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from chain.from_iterable(map(_texts_in, value.values()))
    elif isinstance(value, list):
        yield from chain.from_iterable(map(_texts_in, value))


def propose_tables(
    exports: Sequence[Export], known: Sequence[Proposed] = (), spare: Sequence[Proposed] = ()
) -> list[Proposed]:
    """Return which tables the exports hold, in the order of the data model: the customers first, by which others are recognised.

    `known` are the tables of further exports, told by their headers; `spare` are the customers as those tell them, for
    when no export holds them.
    """
    customers = _customers(exports, known, spare)
    if customers is None:
        return []
    own = customers.columns["customer_id"].source
    ids = customers.export.looks[own].distinct if own else frozenset()
    others = [export for export in exports if export is not customers.export]
    told = {"customers", *(one.table for one in known)}
    tables = [table for table in TABLES if table.name not in told]
    tried = [_tried(table, export, ids) for export in others for table in tables]
    found = [customers, *(one for one in known if one is not customers), *_best(tried)]
    left = [export for export in others if all(export is not one.export for one in found)]
    found += _best(
        [
            _joined_table(table, export, found)
            for export in left
            for table in tables
            if table.name not in {f.table for f in found}
        ]
    )
    found += [*_answers_in_tickets(found), *_onboarding(found)]
    order = [table.name for table in TABLES]
    return sorted(found, key=lambda proposed: order.index(proposed.table))


def _customers(exports: Sequence[Export], known: Sequence[Proposed], spare: Sequence[Proposed]) -> Proposed | None:
    """Return the customers: those that are known, else those of the export that is most like them, else the spare ones."""
    tried = (_tried(BY_NAME["customers"], export, frozenset()) for export in exports)
    alike = sorted((one for one in tried if one.score >= _LEAST), key=lambda one: -one.score)
    return next((one for one in [*known, *alike, *spare] if one.table == "customers"), None)


def _best(tried: Sequence[Proposed]) -> list[Proposed]:
    """Return the best proposal for each export and each table."""
    found: list[Proposed] = []
    for one in sorted(tried, key=lambda proposed: -proposed.score):
        if one.score >= _LEAST and all(one.export is not other.export and one.table != other.table for other in found):
            found.append(one)
    return found


def _tried(table: CanonicalTable, export: Export, customers: frozenset[str]) -> Proposed:
    columns = map_columns(table, export, customers)
    if table.name == "customers" and "name" not in columns and "customer_id" in columns:
        named = Mapped(name="name", source=columns["customer_id"].source).but(
            "no column names the customers, so their ids stand for them"
        )
        columns = {**columns, "name": named}
    return Proposed(table.name, export, columns, _score(table, export, columns))


def _score(table: CanonicalTable, export: Export, columns: Mapping[str, Mapped]) -> float:
    """Return how well an export fits a table, 0 where it cannot be it: something required is missing, or a key repeats."""
    key = columns.get(table.key or "")
    repeated = (
        key is not None and not export.looks[key.source or ""].unique and bool(export.looks[key.source or ""].values)
    )
    if repeated or any(name not in columns for name in table.required):
        return 0.0
    mapped = [one for one in columns.values() if one.source is not None]
    likeness = sum(one.likeness for one in mapped) / 100
    constants = len(columns) - len(mapped)
    return (
        likeness / len(table.columns)
        + likeness / len(export.looks)
        + 1.5 * _named(table.name, export)
        - 0.5 * constants
    )


def _named(table: str, export: Export) -> float:
    """Return how much the file's name says that it is this table, 0 to 1."""
    stem = plain(re.sub(r"\d+", " ", export.files[0].name.split(".")[0]))
    known = [table, *TABLE_SYNONYMS[table].split()]
    words = [*stem.split(), stem]
    near = max(similarity(word, name) for word in words for name in known) / 100
    held = any(not name.isascii() and name in stem for name in known)
    return 1.0 if held else near if near >= SURE / 100 else 0.0


def _joined_table(table: CanonicalTable, export: Export, found: Sequence[Proposed]) -> Proposed:
    """Return the export as a table whose customers are found in another, by an id that is the other's key."""
    nothing = Proposed(table.name, export, {})
    if "customer_id" not in table.names:
        return nothing
    for other in found:
        key, customer = other.columns.get(BY_NAME[other.table].key or ""), other.columns.get("customer_id")
        if not (key and key.source and customer and customer.source) or other.table == "customers" or other.join:
            continue  # none, or put together of several columns
        keys = other.export.looks[key.source].distinct
        own = next(
            (
                look
                for look in export.looks.values()
                if look.distinct and len(look.distinct & keys) >= _OVERLAP * len(look.distinct)
            ),
            None,
        )
        if own is not None:
            columns = {
                **map_columns(table, export, frozenset()),
                "customer_id": Mapped(name="customer_id", source="customer_id"),
            }
            columns = {name: columns[name] for name in table.names if name in columns}
            join = Join(own.name, other.table, key.source, customer.source)
            score = _score(table, export, {**columns, "customer_id": replace(columns["customer_id"], source=own.name)})
            return Proposed(table.name, export, columns, score, join)
    return nothing


def _answers_in_tickets(found: Sequence[Proposed]) -> list[Proposed]:
    """Return the surveys that a helpdesk sends with each ticket, where nothing else is a survey."""
    tickets = next((one for one in found if one.table == "tickets"), None)
    if tickets is None or any(one.table == "surveys" for one in found):
        return []
    looks = (tickets.export.looks[name] for name in tickets.unmapped)
    score = next((look for look in looks if nearest(look.name, CSAT_SCORE) >= SURE and _is_csat(look.values)), None)
    closed = tickets.columns.get("resolved_at", tickets.columns["opened_at"])
    if score is None:
        return []
    columns = {
        "response_id": replace(tickets.columns["ticket_id"], name="response_id"),
        "customer_id": tickets.columns["customer_id"],
        "kind": Mapped(name="kind", value="csat"),
        "score": Mapped(name="score", source=score.name),
        "sent_on": replace(closed, name="sent_on"),
        "responded_on": replace(closed, name="responded_on"),
    }
    doubt = "the answers asked with each ticket, taken for CSAT that was sent and answered when the ticket was closed"
    return [Proposed("surveys", tickets.export, columns, doubts=(doubt,))]


def _is_csat(values: Sequence[str]) -> bool:
    return bool(values) and all(value.isdecimal() and 1 <= int(value) <= _CSAT_MOST for value in values)


def _onboarding(found: Sequence[Proposed]) -> list[Proposed]:
    """Return onboarding as one milestone, where the customers' own table says when it was completed."""
    customers = found[0]
    if any(one.table == "milestones" for one in found):
        return []
    looks = (customers.export.looks[name] for name in customers.unmapped)
    done = next((look for look in looks if nearest(look.name, ONBOARDED_WORDS) >= SURE), None)
    if done is None:
        return []
    columns = {
        "customer_id": customers.columns["customer_id"],
        "milestone": Mapped(name="milestone", value="onboarding"),
        "completed_on": Mapped(name="completed_on", source=done.name),
    }
    return [
        Proposed("milestones", customers.export, columns, doubts=(f"onboarding is one step, completed on {done.name}",))
    ]


def first_use(found: Sequence[Proposed]) -> list[Proposed]:
    """Return onboarding as the first use of the product, for customers of whom nothing else says when it was completed."""
    usage = next((one for one in found if one.table == "usage" and not one.join), None)
    if usage is None or any(one.table == "milestones" for one in found):
        return []
    day, own = usage.columns["used_on"].source or "", usage.columns["customer_id"].source or ""
    if not all(_ISO.match(value) for value in usage.export.looks[day].values):
        return []  # dates as text, of which the least is not the first
    customer = quoted_name(found[0].columns["customer_id"].source or "")
    sql = (
        f"select c.{customer} as customer_id, min(u.{quoted_name(day)}) as completed_on\n"
        f"from customers c left join usage u on c.{customer} = u.{quoted_name(own)} group by c.{customer}"
    )
    columns = {
        "customer_id": Mapped(name="customer_id", source="customer_id"),
        "milestone": Mapped(name="milestone", value="first use"),
        "completed_on": Mapped(name="completed_on", source="completed_on"),
    }
    return [Proposed("milestones", usage.export, columns, sql=sql, doubts=("onboarding ends with the first use",))]
