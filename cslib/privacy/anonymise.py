"""A snapshot made fit for readers outside the company: no name, no id, no free text, no group of few."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cslib.model import BY_NAME, USAGE_SCHEMAS, Privacy
from cslib.privacy.pseudonyms import KnownNames, Pseudonyms
from cslib.privacy.suppression import cells, suppressed, suppressed_segments, until_stable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    Members = Mapping[str, frozenset[str]]  # the customers of each segment
    Counts = Mapping[str | None, int]  # how many customers have each value of a column

_TABLES = Path("tables")  # next to it each segment has a folder of its own


def anonymise(clear: Path, into: Path, segments: Collection[str], total: str, key: bytes, least: int) -> set[str]:  # noqa: PLR0913, PLR0917
    """Write what outsiders may see of the tables and slices of a snapshot, and return the segments that are suppressed.

    Customers, people and records bear pseudonyms; free text and further columns are gone; values that fewer than
    `least` customers share are pooled, and words of events that fewer share, or that hold a name or an id, bear
    pseudonyms; suppressed segments have no rows of customers. Who belongs to which segment is written into `members/`.
    Nothing else is written, so that nothing in the clear is ever stored in `into`.
    """
    names, identifying = Pseudonyms(key), _identifying_words(clear / _TABLES, least)
    places = {Path("segments", name): name for name in segments} | {_TABLES: total}
    customers = {
        place: _anonymised_table(pq.read_table(clear / place / "customers.parquet"), "customers", names, identifying)
        for place in places
    }
    members = {name: frozenset(customers[Path("segments", name)]["customer_id"].to_pylist()) for name in segments}
    hidden = suppressed_segments(cells(members), least)
    few = _pooled_values(customers[_TABLES], members, total, least, hidden)
    for place, segment in places.items():
        (into / place).mkdir(parents=True)
        for file in sorted((clear / place).glob("*.parquet")):
            if file.stem == "customers":
                shown = _pooled(customers[place], few[segment], f"(<{least})")
            else:
                shown = _anonymised_table(pq.read_table(file), file.stem, names, identifying)
            is_gone = segment in hidden and place != _TABLES and "customer_id" in shown.column_names
            _write(shown.slice(0, 0) if is_gone else shown, into / place / file.name)
    _write_members(members, into / "members")
    return hidden


def _write_members(members: Members, folder: Path) -> None:
    folder.mkdir()
    for name, customers in members.items():
        pq.write_table(pa.table({"customer_id": pa.array(sorted(customers), pa.string())}), folder / f"{name}.parquet")


def _write(table: pa.Table, file: Path) -> None:
    # sorted anew, since the order of the rows would disclose the order of the ids
    pq.write_table(table.sort_by([(name, "ascending") for name in table.column_names]), file)


def _privacy(table: str) -> dict[str, Privacy]:
    """Return the privacy of each column of a table; of sums of usage, that of the columns that are summed up."""
    if table in BY_NAME:
        return BY_NAME[table].privacy
    own = {name: BY_NAME["usage"].privacy.get(name) for name in USAGE_SCHEMAS[table]}
    unsaid = {"string": Privacy.WITHHELD}
    return {name: own[name] or unsaid.get(held, Privacy.PUBLIC) for name, held in USAGE_SCHEMAS[table].items()}


def _anonymised_table(table: pa.Table, name: str, names: Pseudonyms, identifying: Mapping[str, set[str]]) -> pa.Table:
    """Return what outsiders are shown of a table's rows, before the values that few customers share are pooled."""
    privacy = _privacy(name)
    kept = table.select([column for column in table.column_names if column in privacy])
    for column in kept.column_names:
        kept = _with(
            kept, column, _anonymised_column(table, column, privacy[column], names, identifying.get(column, set()))
        )
    for column, is_word in _words(table, name):
        kept = _with(kept, column, pc.if_else(is_word, table[column], kept[column]))
    return kept


def _words(table: pa.Table, name: str) -> Iterator[tuple[str, pa.ChunkedArray]]:
    """Yield the columns of which some kinds of rows hold a word of a list, which names nobody, each with which rows these are."""
    for kind, column, words in BY_NAME[name].worded if name in BY_NAME else ():
        yield column, pc.and_(pc.equal(table["kind"], kind), pc.is_in(table[column], pa.array(words)))


def _anonymised_column(
    table: pa.Table, column: str, privacy: Privacy, names: Pseudonyms, identifying: Collection[str]
) -> pa.Array | pa.ChunkedArray:
    values = table[column]
    match privacy:
        case Privacy.PUBLIC:
            return values
        case Privacy.NAME:  # so that a customer bears one pseudonym in every list
            return names.column(Privacy.CUSTOMER, "customer_id", table["customer_id"])
        case Privacy.CUSTOMER | Privacy.PERSON | Privacy.RECORD:
            return names.column(privacy, column, values)
        case Privacy.GROUP:
            new = {word: names.of(privacy, column, word) for word in identifying}
            return pa.array([new.get(word, word) for word in values.to_pylist()], pa.string()) if new else values
        case Privacy.WITHHELD:
            return pa.nulls(len(values), values.type)


def _identifying_words(tables: Path, least: int) -> dict[str, set[str]]:
    """Return the identifying words of each column of groups: those that fewer than `least` customers share, or that name one.

    A column such as `product` is one in all tables. Who uses a feature is not known here, so all features are
    identifying. Columns of customers are pooled where few share a value, so of these only words that name somebody count.
    """
    users: dict[str, dict[str, set[str]]] = {}
    held: set[str] = set()
    naming = {name for table in BY_NAME.values() for name, one in table.privacy.items() if one.identifies}
    for file in sorted(tables.glob("*.parquet")):
        table = pq.read_table(file)
        # in further columns of such a name, too, which are dropped: a person's name next to its id
        words = dict(_words(table, file.stem))
        for column in naming.intersection(table.column_names):
            values = table[column].filter(pc.invert(words[column])) if column in words else table[column]
            held |= {value for value in values.unique().to_pylist() if isinstance(value, str)}
        whose = table["customer_id"].to_pylist() if "customer_id" in table.column_names else [""] * len(table)
        for column in _groups(file.stem).intersection(table.column_names):
            words = users.setdefault(column, {})
            for word, customer in {*zip(table[column].to_pylist(), whose, strict=True)}:
                if word:
                    words.setdefault(word, set()).add(customer)
    named = KnownNames(held)
    elsewhere = {column for name in {*BY_NAME, *USAGE_SCHEMAS} - {"customers"} for column in _groups(name)}
    return {
        column: {
            word for word, who in words.items() if (len(who) < least and column in elsewhere) or named.within(word)
        }
        for column, words in users.items()
    }


def _groups(table: str) -> set[str]:
    """Return the columns of a table that hold groups; of those of customers, the ones in words of the team's own."""
    listed = {one.name for one in BY_NAME["customers"].columns if one.one_of and table == "customers"}
    return {name for name, privacy in _privacy(table).items() if privacy is Privacy.GROUP} - listed


def _with(table: pa.Table, column: str, values: pa.Array | pa.ChunkedArray) -> pa.Table:
    return table.set_column(table.column_names.index(column), column, values)


def _pooled(customers: pa.Table, few: Mapping[str, set[str | None]], label: str) -> pa.Table:
    for column, values in few.items():
        shown = [label if value in values else value for value in customers[column].to_pylist()]
        customers = _with(customers, column, pa.array(shown, pa.string()))
    return customers


def _pooled_values(
    customers: pa.Table, members: Members, total: str, least: int, hidden: Collection[str]
) -> dict[str, dict[str, set[str | None]]]:
    """Return for each segment and column the values to pool; `hidden` are the segments that are not shown."""
    found: dict[str, dict[str, set[str | None]]] = {name: {} for name in members}
    privacy = _privacy("customers")
    for column in (name for name, one in privacy.items() if one in {Privacy.GROUP, Privacy.PERSON}):
        held = dict(zip(customers["customer_id"].to_pylist(), customers[column].to_pylist(), strict=True))
        counts = {name: Counter(held[who] for who in ids) for name, ids in members.items()}
        for name, values in _hidden_values(counts, total, least).items():
            found[name][column] = values | _identifying_values(name, held, members, least, hidden, values)
    return found


def _identifying_values(  # noqa: PLR0913, PLR0917 - a segment's values, and what else is shown
    segment: str, held: Mapping[str, str | None], members: Members, least: int, hidden: Collection[str],
    unseen: Collection[str | None],
) -> set[str | None]:  # fmt: skip
    """Return the values of a segment that disclose few in combination with the segments: one may equal the hidden segment."""
    groups: dict[str, set[str]] = {}
    names: dict[str, str | None] = {}
    for customer in members[segment]:
        name = f"value {held[customer]!r}"
        names[name] = held[customer]
        groups.setdefault(name, set()).add(customer)
    gone = {*hidden, *(name for name, value in names.items() if value in unseen)}
    found = suppressed_segments(cells({**members, **groups}), least, gone, seen=members)
    return {value for name, value in names.items() if name in found}


def _hidden_values(cells: Mapping[str, Counts], total: str, least: int) -> dict[str, set[str | None]]:
    """Return the hidden values of each segment: first along the values, then along the segments, until both are safe."""
    everyone = suppressed(cells[total], least)
    hidden = {name: everyone & set(counts) for name, counts in cells.items()}

    def hide() -> int:
        hidden.update({name: suppressed(counts, least, hidden[name]) for name, counts in cells.items()})
        for value in set(cells[total]) - everyone:
            for name in _hidden_across(value, cells, hidden, total, least):
                hidden[name].add(value)
        return sum(map(len, hidden.values()))

    until_stable(hide)
    return hidden


def _hidden_across(
    value: str | None, cells: Mapping[str, Counts], hidden: Mapping[str, set[str | None]], total: str, least: int
) -> set[str]:
    """Return the segments to hide a value in, since the total less those that show it would disclose few."""
    everyone = cells[total][value]
    sizes = {name: counts.get(value, 0) for name, counts in cells.items() if name != total}
    others = max(0, everyone - sum(sizes.values()))  # those in no segment
    unseen = {"", *(name for name in sizes if value in hidden[name])}
    near = {name for name, size in sizes.items() if 0 < everyone - size < least and size}
    return (suppressed({**sizes, "": others}, least, unseen) - {""}) | near
