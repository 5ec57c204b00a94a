"""The public surface: what it offers is documented, typed and light, and it is all that is promised."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys

import pytest

import cslib
from tests.bare_venv import ROOT

API = (ROOT / "docs" / "api.md").read_text("utf-8")
PUBLIC: list[str] = vars(cslib)["__all__"]  # which the stub, as typed, need not repeat
NAMES = [name for name in PUBLIC if name != "__version__"]


@pytest.mark.parametrize("name", PUBLIC)
def test_each_public_name_is_documented(name: str) -> None:
    heads = "\n".join(line.split(" | ")[0] for line in API.splitlines() if line.startswith("| `"))
    assert f"`{name}`" in heads


@pytest.mark.parametrize("name", NAMES)
def test_each_public_class_and_function_says_what_it_is(name: str) -> None:
    found = getattr(cslib, name)
    described = found if inspect.isclass(found) or inspect.isfunction(found) else type(found)
    assert (described.__doc__ or "").strip()


def test_no_other_name_is_documented_as_public() -> None:
    heads = [line.split(" | ")[0] for line in API.splitlines() if line.startswith("| `")]
    assert {name for head in heads for name in re.findall(r"`(\w+)`", head)} == set(PUBLIC)


def test_types_are_those_of_the_same_names() -> None:
    stub = (ROOT / "cslib" / "__init__.pyi").read_text("utf-8")
    homes = {
        name: home
        for home, name, again in re.findall(r"^from (\S+) import (\w+) as (\w+)$", stub, re.MULTILINE)
        if name == again
    }
    assert homes == vars(cslib)["_HOMES"]


def test_to_import_the_package_imports_nothing_else() -> None:
    code = "import sys, cslib; print(*sorted(name for name in sys.modules if name.split('.')[0] in {'ibis', 'pandas', 'numpy', 'cslib'}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["cslib"]


def test_a_name_that_is_not_public_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'cslib' has no attribute 'Portfolios'"):
        getattr(cslib, "Portfolios")  # noqa: B009 - mypy knows that it is not there
    assert set(PUBLIC) <= {*dir(cslib)}
