"""The addresses of destinations: the one that is called, with its secrets, and the one that is shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from cslib.delivery.outcome import Refused
from cslib.redaction import VARIABLE, keep, keep_address
from cslib.reports.site import without_secrets
from cslib.source.variables import Variables
from cslib.yaml_files import Lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_Destination = TypeVar("_Destination")
_LEAST = 8  # letters of what may be a token in the address of a chat
MAIL = re.compile(r"mailtos?://", re.IGNORECASE)


def called(address: str, environment: Mapping[str, str]) -> str:
    """Return an address with its variables filled in, which from now on no message shows; raises `Refused` where one is not set."""
    names = dict.fromkeys(VARIABLE.findall(address))
    unset = [name for name in names if not environment.get(name)]
    if unset:
        raise Refused(f"the environment has no variable {', '.join(unset)}; set it where 'cslib' is started")
    for name in names:
        keep(environment[name], f"${{{name}}}")
    keep_address(address)
    found = Variables({name: environment[name] for name in names}).address(address)
    if not MAIL.match(found):  # tokens of a chat stand anywhere in its address, and may be written there as they are
        for part in re.split(r"[/?&=@:#]+", VARIABLE.sub("", address))[1:]:
            keep(part if len(part) >= _LEAST and "." not in part else "", "***")  # a host is none
    return found


def shown(address: str) -> str:
    """Return what is shown of the address of a place for files: where it is, without user, password and options."""
    return without_secrets(address)


def service(address: str) -> str:
    """Return what is shown of the address of somebody who is told: of which kind it is, since all else may be secret."""
    return address.partition("://")[0] if "://" in address else VARIABLE.sub(r"${\1}", address)


def places(params: Path, named: Sequence[_Destination], kind: str) -> Iterator[tuple[str, _Destination]]:
    """Yield each destination of a kind with the file and the line that name it."""
    lines = Lines(file := params / "report.yaml")
    for number, one in enumerate(named):
        yield f"{file}:{lines.of(('deliver', kind, number))}", one
