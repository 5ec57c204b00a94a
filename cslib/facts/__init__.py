"""The facts: one table per grain, canonical tables in, Ibis expressions out."""

from __future__ import annotations

from collections import ChainMap
from functools import cached_property, partial
from typing import TYPE_CHECKING

import ibis
from ibis import _

from cslib import engine_paths
from cslib.code_version import loaded_code
from cslib.engines import make_known
from cslib.errors import UnknownName, no_such
from cslib.facts import events, monthly, states
from cslib.facts.assigned import KINDS, STATIC, assigned
from cslib.facts.contract_terms import contract_spells, terms
from cslib.facts.customer_months import movements_spine
from cslib.facts.customer_states import customer_states, further_states, required_milestones
from cslib.facts.month_spine import left_join_columns, month_spine
from cslib.facts.renewals import renewals
from cslib.model import TABLES, USAGE_SCHEMAS
from cslib.prepared import PreparedQueries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa
    from ibis.expr.types import Table

    from cslib.facts.stored import KnownFacts
    from cslib.periods import Month
    from cslib.settings import Policies
    from cslib.snapshot import Manifest

_TERMS = "terms"
_COUNTS = (
    "events", "users", "user_days", "core_features", "events_3m_before", "core_weeks", "accounts",
    "overdue_milestones", "grave_tickets", "unheard_detractors", "advocacy",
)  # fmt: skip


class Facts:
    """The fact tables of a customer portfolio, as of the close of `last`.

    Each is a lazy Ibis table, computed once when first used. `facts["customer_months"]` and
    `facts.customer_months` are the same; `names` lists them all.
    """

    answers: Table
    assigned: Table
    buyer_months: Table
    customer_months: Table
    customer_states: Table
    goals_achieved: Table
    goals_due: Table
    milestone_months: Table
    milestones_due: Table
    movements: Table
    proposals_closed: Table
    questions: Table
    rating_months: Table
    renewals: Table
    service_months: Table
    starts: Table
    usage_months: Table

    def __init__(  # noqa: PLR0913, PLR0917 - a slice, what is said of it, and the month
        self,
        tables: Mapping[str, Table],
        manifest: Manifest,
        policies: Policies,
        members: Table,
        last: Month,
        known: KnownFacts | None = None,
    ) -> None:
        self.policies = policies
        self.manifest = manifest
        self.members = members  # segment, everyone (is it the whole portfolio?), customer_id
        # contracts without their ends give no close: as good as no contracts
        untold = "contracts" if manifest.missing(("contracts.ends_on",)) else None
        tables = {name: tables[name] for name in tables if name != untold} if untold in tables else tables
        self._held = tables
        # each table is opened when it is first used; nothing is ever written into the two
        self.tables: Mapping[str, Table] = ChainMap(tables, _empty_tables(tables))  # type: ignore[arg-type]
        self.last = last
        self.keys: tuple[str, ...] = ("customer_id",)
        self.months = month_spine(manifest.first, last)
        make_known(self.months, self.tables["customers"].get_backend())  # Spark can cache only what is registered
        self._known = known  # of these very customers
        self._kept: dict[str, Table] = {}

    @property
    def _makers(self) -> dict[str, Callable[[], Table]]:
        simple = {
            make.__name__: partial(make, self.tables)
            for make in (
                events.answers,
                events.questions,
                events.milestones_due,
                events.goals_due,
                events.goals_achieved,
                events.proposals_closed,
            )
        }
        return {
            "assigned": self._assigned,
            "customer_months": self._customer_months,
            "customer_states": self._customer_states,
            "usage_months": lambda: self.tables["usage_months"].join(self.months, "month_no"),
            "movements": lambda: events.movements(self["customer_months"]),
            "starts": lambda: events.starts(self.terms, self._once),
            "renewals": lambda: renewals(self.terms, self._once, self.policies),
            "milestone_months": lambda: monthly.milestone_months(self["customer_months"], self.tables["milestones"]),
            "rating_months": lambda: monthly.rating_months(self["customer_months"], self.tables["voices"], self.months),
            "buyer_months": lambda: monthly.buyer_months(self.tables["purchases"], self.months),
            "service_months": self._service_months,
            **simple,
        }

    def __repr__(self) -> str:
        """Return the names of the fact tables, and how one is looked at."""
        return f"fact tables: {', '.join(self.names)}; facts.{self.names[0]}.schema() says what one holds, s.frame({self.names[0]!r}) is its rows"

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the fact tables."""
        return tuple(sorted(self._makers))

    def write_computed(self, into: Path) -> None:
        """Write the tables that are at hand: `<name>/segment=<id>/*.parquet`, one file of the rows of its customers each."""
        # DuckDB closes files beyond so many, and goes on in another when their turn comes again
        files = max(100, len(self.segments))
        self.members.get_backend().raw_sql(f"SET partitioned_write_max_open_files = {files}")
        for name, table in self._at_hand():
            own = "segment" in table.columns
            rows = table if own else table.join(self.members.select("segment", "customer_id"), "customer_id")
            rows.to_parquet(engine_paths.target(into / name), PARTITION_BY="segment", WRITE_PARTITION_COLUMNS=own)

    def _at_hand(self) -> Iterator[tuple[str, Table]]:
        """Yield the tables that have been computed of these facts or others of the same customers, with their names."""
        for name in dict.fromkeys([*self._kept, *self._makers]):
            table = self._kept.get(name)
            if table is None and self._known:
                table = self._known.get(name)
            if table is not None:
                yield name, table

    @cached_property
    def segments(self) -> tuple[str, ...]:
        """The ids of the segments."""
        return tuple(self.members.select("segment").distinct().order_by("segment").to_pyarrow()["segment"].to_pylist())

    @property
    def discreet(self) -> bool:
        """Whether what discloses few customers is suppressed, since outsiders read it."""
        return self.manifest.audience == "external"

    @property
    def dated(self) -> tuple[str, ...]:
        """What figures are grouped by as it was at each close: the kinds of assignments (csm, touch_model, team).

        None for outsiders: to them the customers' columns alone are shown in groups that are large enough.
        """
        return () if self.discreet else self.manifest.dated

    def assigned_at(self, *names: str) -> Table:
        """Return these kinds of assignments at each close: customer_id, month_no, and a column each."""
        table = self["assigned"]
        return table.select("customer_id", "month_no", **{name: table[KINDS[name]] for name in names})

    def customers_at(self, month: Month) -> Table:
        """Return the customers, with who and what served them at the close of a month where assignments tell it."""
        customers, dated = self.tables["customers"], [name for name in STATIC if name in self.dated]
        if not dated:
            return customers
        then = self.assigned_at(*dated).filter(_.month_no == month.number).drop("month_no")
        return left_join_columns(customers.drop(*dated), then, "customer_id")

    def per_product(self) -> Facts:
        """Return the facts with each product as a portfolio of its own: a customer's first contract for it is new there."""
        facts = Facts(self._held, self.manifest, self.policies, self.members, self.last)
        facts.keys = ("customer_id", "product")
        return facts

    def of_others(self, segments: Sequence[str]) -> Facts:
        """Return the facts with everyone outside each of these segments in its place."""
        everyone = self.members.filter(self.members.everyone).select("customer_id").distinct()
        parts = []
        for name in segments:
            own = self.members.filter(self.members.segment == name).select("customer_id")
            others = everyone.anti_join(own, "customer_id")
            parts.append(others.select("customer_id", segment=ibis.literal(name), everyone=ibis.literal(value=False)))
        members = (ibis.union(*parts) if parts[1:] else parts[0]).select("segment", "everyone", "customer_id").cache()
        facts = Facts(self._held, self.manifest, self.policies, members, self.last)
        facts._kept = {name: table for name, table in self._kept.items() if "segment" not in table.columns}
        return facts

    def missing(self, needs: Sequence[str]) -> list[str]:
        """Return those of `needs` (`table` or `table.column`) that the source does not have."""
        return self.manifest.missing(needs)

    def __getitem__(self, name: str) -> Table:
        if name not in self._kept:
            if name not in self._makers:
                raise UnknownName("fact table", name, self._makers)
            known = self._known.get(name) if self._known else None
            self._kept[name] = self._computed_now(name) if known is None else known
        return self._kept[name]

    def answer(self, question: object, build: Callable[[], Table]) -> pa.Table:
        """Return the answer to a question about these facts: the rows of the table that `build` describes.

        It is built once, for all facts of the same definition: it may hang on them and on the `repr` of `question` alone.
        """
        return self._queries.answer(question, build)

    def _computed_now(self, name: str) -> Table:
        # a month is told by one of the queries; to all others it is in the table of months
        told = self._latest if name == "assigned" else None
        made = self._queries.table((name, told), lambda: self._with_policies(self._makers[name]()))
        return self._known.put(name, made) if self._known else made

    @cached_property
    def _queries(self) -> PreparedQueries:
        tables = [*self._held.values(), self.months, self.members]
        return PreparedQueries(self._definition, tables, self._made_table, self._made_tables)

    @property
    def _definition(self) -> object:
        """What the queries of the fact tables hang on, besides the tables that they are made of."""
        return (
            loaded_code("cslib.facts", "cslib.model", "cslib.periods"),
            *(tuple(self._held), self.keys, self.manifest.dated, self.manifest.begins(["usage"])),
            self.policies.model_dump_json(),
        )

    def _made_table(self, name: str) -> Table:
        return self.terms if name == _TERMS else self[name]

    def _made_tables(self) -> Mapping[str, Table]:
        return {**self._kept, _TERMS: self.terms} if _TERMS in vars(self) else self._kept

    if not TYPE_CHECKING:  # a checker goes by what is declared above, and refuses any other name

        def __getattr__(self, name: str) -> Table:
            if name in Facts.__annotations__:
                return self[name]
            if hasattr(type(self), name):  # a property that failed on its way: its own error says why
                return object.__getattribute__(self, name)
            public = [known for known in dir(self) if not known.startswith("_")]
            raise AttributeError(no_such("fact table or attribute", name, public))

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *Facts.__annotations__]

    @cached_property
    def terms(self) -> Table:
        """The paid contract terms, with when each is valid and whether it was replaced."""
        return self._queries.table(_TERMS, lambda: terms(self.tables["contracts"], self.policies))

    @cached_property
    def _once(self) -> list[tuple[str, Table]]:
        return states.one_time_dates(self.tables)

    def _customer_months(self) -> Table:
        spine = movements_spine(self.terms, contract_spells(self.terms), self.months, self.keys)
        joined = spine.join(self._calendar_with_features(), "month_no")
        for origin, table in self._once:
            joined = self._attached(joined, origin, table, "customer_id")
        for origin, table in states.monthly_states(self.tables, self.months, self.policies):
            joined = self._attached(joined, origin, table, "customer_id", "month_no")
        return joined.mutate(**{name: joined[name].fill_null(0) for name in _COUNTS})

    def _assigned(self) -> Table:
        return assigned(self.tables, self["customer_months"], self.months, self.manifest.dated, self._latest)

    @property
    def _latest(self) -> int:
        """The number of the month at whose close it is as it was read: the last, and none where the facts end earlier."""
        return self.last.number if self.last.number >= self.manifest.last_told.number else -1

    def _customer_states(self) -> Table:
        rows = self["customer_months"].filter(_.closing_mrr > 0)
        rows = self._attached(rows, "milestones", required_milestones(self.tables["milestones"]), "customer_id")
        for origin, table in further_states(self.tables, self.months):
            rows = self._attached(rows, origin, table, "customer_id", "month_no")
        return customer_states(rows, self.keys, self.manifest.begins(["usage"]).first_day)

    def _attached(self, rows: Table, origin: str, further: Table, *keys: str) -> Table:
        """Return `rows` with the columns of `further`, joined unless the source lacks the table that it is made of."""
        if origin in self._held:
            return left_join_columns(rows, further, *keys)
        absent = {name: kind for name, kind in further.schema().items() if name not in keys}
        return rows.mutate(**{name: ibis.null(kind) for name, kind in absent.items()})

    def _calendar_with_features(self) -> Table:
        """Return the months, each with the number of core features that existed by its end."""
        if self.policies.core_features:
            return self.months.mutate(core_feature_count=len(self.policies.core_features))
        features = self.tables["features"]
        known = self.months.left_join(features, features.first_used_on <= self.months.last_day)
        counted = known.group_by("month_no").aggregate(core_feature_count=_.feature.count())
        return self.months.join(counted, "month_no")

    def _service_months(self) -> Table:
        spine, touches, costs = self["customer_months"], self.tables["touches"], self.tables["costs"]
        return monthly.service_months(spine, self.members, touches, costs, self.policies.hourly_cost)

    def _with_policies(self, table: Table) -> Table:
        """Return `table` with the policies that KPI expressions name, as columns."""
        policies = self.policies
        return table.mutate(
            onboarding_days=ibis.literal(policies.onboarding_days, "int64"),
            adoption_active=ibis.literal(policies.adoption_weeks.active, "int64"),
            adoption_of=ibis.literal(policies.adoption_weeks.of, "int64"),
            usage_kept=ibis.literal(1 - policies.usage_decline, "float64"),
            # over 18 digits, so that a product with an amount is as wide as it can be and does not overflow
            gross_margin=ibis.literal(policies.gross_margin, "decimal(20, 6)"),
            nps_all=ibis.literal(policies.nps_repeat == "all", "boolean"),
        )


def _empty_tables(present: Mapping[str, Table]) -> dict[str, Table]:
    """Return the tables that a source lacks, without rows, so that their absence needs no branch further on."""
    schemas = {table.name: table.types for table in TABLES if table.name != "usage"}
    absent = {name: schema for name, schema in {**schemas, **USAGE_SCHEMAS}.items() if name not in present}
    nobody = present["customers"].limit(0)
    return {
        name: nobody.select(**{column: ibis.null(kind) for column, kind in schema.items()})
        for name, schema in absent.items()
    }
