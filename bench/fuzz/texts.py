"""Damage to what settings, notebooks and templates say."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

_VALUES: tuple[Any, ...] = (
    None, True, False, "", " ", [], {}, [None], [[]], {"a": 1}, {"": ""}, 0, -1, 1, 10**9, 10**30, 10**400, -(10**30), 0.0, -0.5, 1e308, float("inf"), float("nan"), "x", "nrr",
    "x" * 5000, "../../etc/passwd", "/dev/null", "a/b", "\0", "\u202e", "\U0001f600", "it's", 'a"b', "a\\b", "%s", "${HOME}", "${", "{x}", "[", "**/*.csv", "*", "?", "../data/*.csv",
    "../data", "2026-13-01", "0001-01-01", "9999-12-31", "UTC", "localtime", "Factory", "JPY", "jp", "utf-16", "rot13", "base64", "idna", "hex", "unicode_escape", "excel", "%Y", "%",
    {"sql": "select"}, {"sql": "select 1"}, {"sql": "select * from nowhere"}, {"sql": "select 1/0 as customer_id, 'x' as name"}, {"sql": ""}, {"column": "name", "map": {"a": None}},
    {"column": "name", "null": {}}, {"value": {"a": 1}}, {"value": [1]}, {"column": "mrr", "divide_by": 1e-300}, {"at_least": "x"}, {"not": [True]}, {"missing": "x"}, "sqlite://x",
    "duckdb://nowhere.duckdb", "postgres://u:p@h/d", "x://", "://",
)  # fmt: skip
_TEXTS = (
    ("a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
    "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\nh: [*g,*g,*g,*g,*g,*g,*g,*g,*g]\n"),
    ("a: &a {x: 1}\nb: &b {p: *a, q: *a, r: *a}\nc: &c {p: *b, q: *b, r: *b}\nd: &d {p: *c, q: *c, r: *c}\ne: &e {p: *d, q: *d, r: *d}\nf: &f {p: *e, q: *e, r: *e}\n"
    "g: &g {p: *f, q: *f, r: *f}\nh: &h {p: *g, q: *g, r: *g}\ni: &i {p: *h, q: *h, r: *h}\nj: &j {p: *i, q: *i, r: *i}\nk: &k {p: *j, q: *j, r: *j}\nl: {p: *k, q: *k, r: *k}\n"),
    "x: " + "[" * 5000, "x: " + "[" * 300 + "]" * 300, "x: " + "{a: " * 3000 + "1" + "}" * 3000, "- " * 3000 + "x\n", "".join(f"{' ' * n}a:\n" for n in range(1500)),
    "x: &x [*x]\n", "x: &x {<<: *x}\n", "? [a, b]\n: c\n", "? {a: b}\n: c\n", "x: !!python/object:os.system {}\n", "x: !!binary '****'\n", "x: !!timestamp x\n", "x: !!int x\n", "x: !!float x\n",
    "x: !!set {a, b}\n", "x: !!omap [a: 1]\n", "x: !nope 1\n", "%YAML 9.9\n---\nx: 1\n", "---\n---\n", "x: 0x_\n", "x: 1:99:99\n", "x: 2026-02-30\n", "x: 2026-01-01T99:99:99Z\n", "x: " + "9" * 5000 + "\n",
    "<<: 1\n", "<<: [1]\n", "x: *nowhere\n", "x: 'a\n", "\t\n", "x: 1\nx: 2\n", "null: 1\n", "1: 2\n", "true: 1\n", ": 1\n", "[a]: 1\n", "x: |\n  a\n b\n",
)  # fmt: skip


def nasty_yaml(data: bytes, rng: Random) -> bytes:
    """Return a settings file in which some values, keys or structures are others."""
    if rng.random() < 0.25:  # noqa: PLR2004
        odd = rng.choice(_TEXTS).encode()
        return rng.choice((odd, odd + data, data + odd))
    content = _changed(yaml.safe_load(data), rng)
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False).encode("utf-8", "replace")


_CELLS: tuple[Any, ...] = (
    "raise SystemExit", "exit()", "def", "1/0", "%nope", "%%bash\nexit 1", "!false", "import os; os._exit(3)", "display(1)", "", "\0", "print('x' * 10)", ["a", "b"], None, 7, {"a": 1},
    "params = 1", "import sys; sys.exit('bye')", "raise KeyboardInterrupt", "from cslib.scenario import Scenario\nScenario.open(params, segment='nope')", "x = [\n", "await 1",
)  # fmt: skip


def nasty_notebook(data: bytes, rng: Random) -> bytes:
    """Return a notebook of which some parts are others; as it may be, no notebook any more."""
    if rng.random() < 0.1:  # noqa: PLR2004
        return rng.choice(
            (
                b"[" * 5000,
                b"{}",
                b"[]",
                b"null",
                b"1",
                b'{"cells": []}',
                b'{"nbformat": 4}',
                b"NaN",
                b'{"a":' * 3000,
                b'{"nbformat": 3, "worksheets": []}',
            )
        )
    content = json.loads(data)
    if rng.random() < 0.3:  # noqa: PLR2004
        rng.choice(content["cells"])["source"] = rng.choice(_CELLS)
    else:
        content = _changed(content, rng)
    return json.dumps(content, allow_nan=True).encode("utf-8", "replace")


def _changed(content: Any, rng: Random) -> Any:  # noqa: ANN401 - whatever a file holds
    """Return a tree in which a few of its nodes are changed."""
    content = copy.deepcopy(content)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        places = [*_places(content)]
        if places:
            holder, key = rng.choice(places)
            rng.choice(_CHANGES)(holder, key, rng)
    return content


def _places(content: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401
    for key in range(len(content)) if isinstance(content, list) else [*content] if isinstance(content, dict) else ():
        yield content, key
        yield from _places(content[key])


def _other(holder: Any, key: Any, rng: Random) -> None:  # noqa: ANN401
    holder[key] = copy.deepcopy(rng.choice(_VALUES))


def _gone(holder: Any, key: Any, _rng: Random) -> None:  # noqa: ANN401
    del holder[key]


def _renamed(holder: Any, key: Any, rng: Random) -> None:  # noqa: ANN401
    if isinstance(holder, dict):
        holder[
            rng.choice(("x", "", " ", "null", "a.b", "x" * 300, "from", "id", "where", "sql", "it's", "\U0001f600"))
        ] = holder.pop(key)


def _deeper(holder: Any, key: Any, rng: Random) -> None:  # noqa: ANN401
    for _ in range(rng.choice((1, 2, 30, 90))):
        holder[key] = [holder[key]] if rng.random() < 0.5 else {"a": holder[key]}  # noqa: PLR2004


def _more(holder: Any, key: Any, rng: Random) -> None:  # noqa: ANN401
    if isinstance(holder, list):
        holder.extend(copy.deepcopy([holder[key]]) * rng.choice((1, 3, 200)))


_CHANGES: tuple[Callable[[Any, Any, Any], None], ...] = (
    _other,
    _other,
    _other,
    _other,
    _gone,
    _renamed,
    _deeper,
    _more,
)
_MARKUP = (
    "{{",
    "}}",
    "{% if %}",
    "{% endfor %}",
    "{{ nope.x }}",
    "{{ nope() }}",
    "{{ 1 / 0 }}",
    "{% include 'nope' %}",
    "{% extends 'nope' %}",
    "{{ page | nope }}",
    "{{ page.nope.nope }}",
    "{#",
)


def nasty_template(data: bytes, rng: Random) -> bytes:
    """Return a template with something that its language does not take."""
    text = data.decode()
    place = rng.randrange(len(text))
    return f"{text[:place]}{rng.choice(_MARKUP)}{text[place:]}".encode()
