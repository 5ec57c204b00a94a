"""What a KPI is, as a hash that is the same in each process: its words, and its expressions with all that stands in them."""

from __future__ import annotations

import hashlib
from dataclasses import fields, is_dataclass
from types import BuiltinFunctionType, CodeType, FunctionType
from typing import TYPE_CHECKING

from ibis.common.deferred import Deferred, Resolver
from ibis.expr.types import Expr

from cslib.query_texts import PLAIN, Untold, form_of

if TYPE_CHECKING:
    from cslib.kpis.kpi import Kpi


def definition(kpi: Kpi) -> str:
    """Return the hash of a KPI's definition; raises `Untold` where its expressions hold what cannot be told from anything else."""
    return hashlib.sha256(_told(kpi).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _told(value: object) -> str:
    if isinstance(value, PLAIN):
        return f"{type(value).__qualname__} {value!r}"
    if isinstance(value, tuple | list):
        return f"{type(value).__qualname__}({','.join(map(_told, value))})"
    if isinstance(value, frozenset | set):
        return f"<{','.join(sorted(map(_told, value)))}>"
    if isinstance(value, dict):
        return f"{{{','.join(f'{_told(name)}:{_told(held)}' for name, held in value.items())}}}"
    if isinstance(value, Deferred):
        return _told(value._resolver)  # noqa: SLF001 - Ibis has no other way to what it holds
    return _told_of_parts(value)


def _told_of_parts(value: object) -> str:
    kind = f"{type(value).__module__}.{type(value).__qualname__}"
    if isinstance(value, Resolver):
        return f"{kind}({','.join(_told(getattr(value, name)) for name in type(value).__slots__)})"
    if isinstance(value, Expr):
        return f"{kind} {form_of(value.op())[0].hex()}"
    if isinstance(value, type | BuiltinFunctionType):
        return f"{value.__module__}.{value.__qualname__}"
    if isinstance(value, FunctionType):
        return _told_of_function(value)
    if is_dataclass(value):
        return f"{kind}({','.join(f'{one.name}={_told(getattr(value, one.name))}' for one in fields(value))})"
    raise Untold


def _told_of_function(function: FunctionType) -> str:
    """Return what a function does: its code, and what it holds; of a library's, whose version stands elsewhere, its name."""
    named = f"{function.__module__}.{function.__qualname__}"
    if function.__module__.partition(".")[0] in {"ibis", "cslib"}:
        return named
    held = [cell.cell_contents for cell in function.__closure__ or ()]
    defaults = (function.__defaults__ or (), function.__kwdefaults__ or {})
    return f"{named} {_told_of_code(function.__code__)} {_told(held)} {_told(defaults)}"


def _told_of_code(code: CodeType) -> str:
    constants = [_told_of_code(one) if isinstance(one, CodeType) else _told(one) for one in code.co_consts]
    return f"{code.co_code.hex()} {code.co_names} {constants}"
