"""A clean params folder with some of its files written otherwise: its settings, or what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cslib.errors import SettingsError
from cslib.kpis import CATALOGUE
from cslib.settings import load
from tests.exports import export, write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cslib.settings import Settings

SOURCE = """\
tables:
  customers: {from: ../data/customers.csv}
"""
PRO = """\
id: pro
name: {ja: 上位, en: Pro}
where: {plan: pro}
"""


def problems(folder: Path, files: Mapping[str, str | bytes]) -> list[str]:
    """Return the problems of a clean params folder with these files instead, each from the file's name on."""
    params = _written(folder, files)
    with pytest.raises(SettingsError) as raised:
        load(params, CATALOGUE.by_id)
    return [problem.removeprefix(f"{params}/") for problem in raised.value.problems]


def told(folder: Path, files: Mapping[str, str | bytes]) -> str:
    """Return these problems as they are told, each on a line of its own."""
    return "\n".join(problems(folder, files))


def settings_of(folder: Path, files: Mapping[str, str]) -> Settings:
    """Return the settings of a clean params folder with these files instead."""
    return load(_written(folder, files), CATALOGUE.by_id)


def _written(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    params = export(folder)
    for name, text in files.items():
        write(params / name, text)
    return params
