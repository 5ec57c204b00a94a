"""Queries kept as text: another query is never taken for the same, and the same one reads its own tables."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa
import pytest
from ibis import _

from cslib.engines import connect
from cslib.query_texts import KnownTexts, QueryTexts, Untold, form_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ibis.expr.types import Table

HELD: dict[str, list[Any]] = {"who": ["a", "b", "b"], "n": [1, 2, 3], "x": [0.5, 1.5, 2.5]}
ENGINE = ibis.duckdb.connect()


def table(name: str, **columns: str) -> Table:
    """Return a table of a name, with these columns besides who, n and x."""
    schema = {"who": "string", "n": "int64", "x": "float64", **columns}
    return ENGINE.create_table(name, schema=ibis.schema(schema), overwrite=True)


def form(expression: Any) -> bytes:
    """Return what a query is known by."""
    return form_of(expression.op())[0]


ALIKE: dict[str, Callable[[Table], Table]] = {
    "minus one": lambda t: t.mutate(y=_.n + ibis.literal(-1)),
    "minus two": lambda t: t.mutate(y=_.n + ibis.literal(-2)),
    "one": lambda t: t.mutate(y=ibis.literal(1, "int64")),
    "one, small": lambda t: t.mutate(y=ibis.literal(1, "int8")),
    "one, a float": lambda t: t.mutate(y=ibis.literal(1.0)),
    "true": lambda t: t.mutate(y=ibis.literal(True)),  # noqa: FBT003
    "a one of text": lambda t: t.mutate(y=ibis.literal("1")),
    "a decimal": lambda t: t.mutate(y=ibis.literal(Decimal(1), "decimal(9, 0)")),
    "another name": lambda t: t.mutate(z=ibis.literal(1, "int64")),
    "another column": lambda t: t.mutate(y=_.x),
    "the other way round": lambda t: t.mutate(y=_.n - _.x),
    "and back": lambda t: t.mutate(y=_.x - _.n),
    "two names": lambda t: t.filter(_.who.isin(["a", "b"])),
    "one name of both": lambda t: t.filter(_.who.isin(["a, b"])),
    "less": lambda t: t.filter(_.n < 2),
    "at most": lambda t: t.filter(_.n <= 2),
    "the order of columns": lambda t: t.select("n", "who"),
    "another order": lambda t: t.select("who", "n"),
    "sums": lambda t: t.group_by("who").aggregate(y=_.n.sum()),
    "counts": lambda t: t.group_by("who").aggregate(y=_.n.count()),
}


def test_queries_that_differ_in_anything_but_their_tables_have_other_forms() -> None:
    one = table("one")
    forms = {name: form(build(one)) for name, build in ALIKE.items()}
    assert len(set(forms.values())) == len(ALIKE)
    wider = table("wider", more="string")
    assert form(wider.select("n")) != form(one.select("n"))


@pytest.mark.parametrize("name", ALIKE)
def test_tables_of_other_names_make_no_difference(name: str) -> None:
    build = ALIKE[name]
    assert form(build(table("one"))) == form(build(table("other")))


def test_a_table_joined_with_itself_is_not_one_joined_with_another() -> None:
    one, other = table("one"), table("other")
    assert form(one.join(one.view(), "who")) != form(one.join(other, "who"))
    assert form(one.join(other, "who")) == form(other.join(one, "who"))


@pytest.mark.parametrize("name", ["t0", "t12", 'a"b', "a b", "表"])
def test_a_name_that_might_be_taken_for_something_else_is_left_to_ibis(name: str) -> None:
    asked = table(name).select("n").op()
    if name == "表":
        assert form_of(asked)[1].keys() == {name}
        return
    with pytest.raises(Untold):
        form_of(asked)


@pytest.mark.parametrize("name", ALIKE)
def test_an_answer_is_that_of_its_own_table(name: str) -> None:
    build, plain = ALIKE[name], ibis.duckdb.connect()
    for factor in (1, 10):  # the second is answered by the text of the first
        rows = pa.table({**HELD, "n": [factor * n for n in HELD["n"]]})
        found, wanted = (
            build(engine.create_table(f"rows_{factor}", rows)).to_pyarrow() for engine in (connect(), plain)
        )
        assert found.schema == wanted.schema
        assert sorted(map(str, found.to_pylist())) == sorted(map(str, wanted.to_pylist()))


def test_a_query_is_written_once_and_the_oldest_is_forgotten() -> None:
    texts, written = QueryTexts(KnownTexts(most=2)), []

    def ask(name: str, limit: int) -> str:
        asked = table(name).filter(_.n < limit).op()

        def write(op: Any) -> Any:
            written.append(limit)
            return ENGINE.compiler.translate(op, params={})

        return str(texts.query(asked, write, "duckdb").sql("duckdb"))

    first, second = ask("one", 5), ask("other", 5)
    assert second == first.replace('"one"', '"other"')
    assert written == [5]
    ask("one", 6), ask("one", 5), ask("one", 7), ask("one", 5)
    assert written == [5, 6, 7]
    ask("one", 6)
    assert written == [5, 6, 7, 6]
