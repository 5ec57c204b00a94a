"""Which table each export is, and what is read out of it besides."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cslib.engines import quoted_name
from cslib.model import BY_NAME, TABLES
from cslib.scaffold.column_synonyms import CSAT_SCORE, ONBOARDED_WORDS
from cslib.scaffold.customers import EACH_USER, derived_customers, find_customers, known_customers
from cslib.scaffold.fit import LEAST, is_evident, tried_as
from cslib.scaffold.further_sources import further_sources
from cslib.scaffold.lookups import looked_up, lookups
from cslib.scaffold.mapped import Customers, Mapped
from cslib.scaffold.match_columns import map_columns
from cslib.scaffold.monthly_rows import monthly_contracts
from cslib.scaffold.named_files import NOTHING_SAID, said_of
from cslib.scaffold.near_misses import near_miss
from cslib.scaffold.proposed import Proposed
from cslib.scaffold.questions import with_questions
from cslib.scaffold.similarity import SURE, nearest
from cslib.scaffold.term_evidence import come_first

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cslib.model import CanonicalTable
    from cslib.scaffold.exports import Export

_NEAR = 0.2  # of a score: two tables that an export fits alike
_CSAT_MOST = 5
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Matched:
    """What exports were found to be: tables, tables of which something is missing, and the exports that are none."""

    tables: list[Proposed]
    near: list[Proposed]
    left: list[Export]


def match_tables(
    exports: Sequence[Export],
    known: Sequence[Proposed] = (),
    spare: Sequence[Proposed] = (),
    said: Mapping[Path, str] = NOTHING_SAID,
) -> Matched:
    """Return what the exports are, the tables in the order of the data model: the customers first, by which others are recognised.

    `known` are the tables of further exports, told by their headers; `spare` are the customers as those tell them, for
    when no export holds them. `said` names the tables of files where the user does.
    """
    told = {id(export): table for export in exports if (table := said_of(export.files, said))}
    own = next((one for one in known if one.table == "customers"), None) or find_customers(exports, told)
    own = own or next((one for one in spare if one.table == "customers"), None)
    others = [export for export in exports if own is None or export is not own.export]
    fixed = [*([own] if own else []), *(one for one in known if one is not own)]
    found, tried = _found(fixed, others, known_customers(own), told)
    if own is None and not any("customer_id" in one.columns for one in found):
        found, tried = _found(fixed, others, EACH_USER, told)
    found += _month_by_month(found, own, exports, told)
    if own is None:
        found = [*derived_customers(found, exports), *found]
    if not found:
        return Matched([], [], list(exports))
    found += [*_answers_in_tickets(found), *_onboarding(found), *_contracts_within(found)]
    order = [table.name for table in TABLES]
    placed = sorted(found, key=lambda proposed: order.index(proposed.table))
    rest = [export for export in others if all(export.place != one.export.place for one in placed)]
    if len(placed) == 1 and placed[0].export in others:
        rest.append(placed[0].export)  # guessed to be the customers', and perhaps nearly another table
    near = [near_miss(export, [one for one in tried if one.export is export], placed, told) for export in rest]
    asked = [one if one in known else with_questions(one) for one in placed]  # what is known has its own questions
    return Matched(asked, [one for one in near if one], rest)


def _month_by_month(
    found: Sequence[Proposed], own: Proposed | None, exports: Sequence[Export], told: Mapping[int, str]
) -> list[Proposed]:
    """Return the contracts that stand in an export month by month, where no other is a list of them."""
    if any(one.table == "contracts" for one in found):
        return []
    used = [one.export for one in found if one is not own]
    free = [
        one for one in exports if told.get(id(one), "contracts") == "contracts" and all(one is not it for it in used)
    ]
    return monthly_contracts(free, known_customers(own))


def _found(
    fixed: Sequence[Proposed], exports: Sequence[Export], customers: Customers, told: Mapping[int, str]
) -> tuple[list[Proposed], list[Proposed]]:
    """Return the tables that exports are, behind those that are told already, and everything that was tried."""
    taken = {"customers", *(one.table for one in fixed)}
    tables = [table for table in TABLES if table.name not in taken]
    tried = [
        tried_as(table, export, customers)
        for export in exports
        for table in tables
        if told.get(id(export), table.name) == table.name
    ]
    found = [*fixed, *_best(tried, told)]
    left = [export for export in exports if all(export is not one.export for one in found)]
    ways = lookups(found, left, customers)
    joined = [
        looked_up(table, export, ways) for export in left for table in tables if _is_free(table, export, found, told)
    ]
    found += _best(joined, told)
    left = [export for export in left if all(export is not one.export for one in found)]
    return [*found, *further_sources(left, tried, found)], tried


def _is_free(table: CanonicalTable, export: Export, found: Sequence[Proposed], told: Mapping[int, str]) -> bool:
    return told.get(id(export), table.name) == table.name and table.name not in {one.table for one in found}


def _best(tried: Sequence[Proposed], told: Mapping[int, str]) -> list[Proposed]:
    """Return the best proposal for each export and each table; what a file is said to be comes first, and may be several files."""
    found: list[Proposed] = []
    for one in sorted(tried, key=lambda able: (id(able.export) not in told, not come_first(able), -able.score)):
        is_said = id(one.export) in told
        is_taken = any(one.export is other.export or (one.table == other.table and not is_said) for other in found)
        if not is_taken and not one.missing and (is_said or one.score >= LEAST):
            found.append(replace(one, doubts=(*one.doubts, *_rivals(one, tried))) if not is_said else one)
    return found


def _rivals(one: Proposed, tried: Sequence[Proposed]) -> tuple[str, ...]:
    """Return the doubt about an export that fits another table nearly as well."""
    others = [other for other in tried if other.export is one.export and other.table != one.table]
    near = [other.table for other in others if not other.missing and other.score >= max(LEAST, one.score - _NEAR)]
    return (f"its columns fit {' and '.join(near)} nearly as well",) if near and not is_evident(one) else ()


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
        **(
            {"response_id": replace(tickets.columns["ticket_id"], name="response_id")}
            if "ticket_id" in tickets.columns
            else {}
        ),
        "customer_id": tickets.columns["customer_id"],
        "kind": Mapped(name="kind", value="csat"),
        "score": Mapped(name="score", source=score.name),
        "sent_on": replace(closed, name="sent_on"),
        "responded_on": replace(closed, name="responded_on"),
    }
    doubt = (
        f"the answers asked with each ticket, taken for CSAT that was sent and answered on the day in {closed.source}"
    )
    return [Proposed("surveys", tickets.export, columns, doubts=(doubt,))]


def _is_csat(values: Sequence[str]) -> bool:
    return bool(values) and all(value.isdecimal() and 1 <= int(value) <= _CSAT_MOST for value in values)


def _onboarding(found: Sequence[Proposed]) -> list[Proposed]:
    """Return onboarding as one milestone, where the customers' own table says when it was completed."""
    customers = found[0]
    if any(one.table == "milestones" for one in found) or customers.sql:
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


def _contracts_within(found: Sequence[Proposed]) -> list[Proposed]:
    """Return the contract of each customer, or those of several rows of each, where the customers' own file tells its start and amount."""
    customers = found[0]
    if customers.sql or any(one.table == "contracts" for one in found):
        return []
    key = customers.columns["customer_id"]
    columns = map_columns(BY_NAME["contracts"], customers.export, Customers(names=key.source or ""))
    repeats = "total" in customers.shape  # rows of customers, such as months of theirs, and no list of them
    columns |= {"customer_id": key} | ({} if repeats else {"contract_id": replace(key, name="contract_id", doubts=())})
    within = Proposed(
        "contracts", customers.export, {name: columns[name] for name in BY_NAME["contracts"].names if name in columns}
    )
    starts, mrr = within.look("starts_on"), within.look("mrr")
    if starts is None or mrr is None or not (columns["mrr"].likeness >= SURE or "ends_on" in columns):
        return []
    if repeats:
        return [within.but(f"are the rows of {customers.export.name} contracts?")]
    signed = {"where": {starts.name: {"missing": False}}}  # who has no contract yet stands in the list as well
    return [replace(within, shape=signed).but("the contract in the customers' own file, one of each")]


def first_use(found: Sequence[Proposed]) -> list[Proposed]:
    """Return onboarding as the first use of the product, for customers of whom nothing else says when it was completed."""
    usage = next((one for one in found if one.table == "usage" and not one.joined), None)
    if usage is None or any(one.table == "milestones" for one in found) or found[0].sql:
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
