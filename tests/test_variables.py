"""The `${VARIABLES}` of a source: asked for all at once, filled in where they are used, never told."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from cslib.errors import SourceError
from cslib.source import SourceConnection
from tests.settings import settings_of

if TYPE_CHECKING:
    from pathlib import Path


def test_variables_of_the_environment_are_all_asked_for_at_once(tmp_path: Path) -> None:
    text = "url: duckdb://${NO_BASE}\ntables:\n  customers: {from: '${NO_FOLDER}/a.csv'}\n  goals: {from: {sql: 'from ${NO_BASE}'}}\n"
    with pytest.raises(SourceError) as raised:
        SourceConnection(settings_of(tmp_path, {"source.yaml": text}))
    assert [problem.rpartition(" ")[2] for problem in raised.value.problems] == ["NO_BASE", "NO_FOLDER"]


def test_variables_are_filled_in_where_they_are_used_and_stay_out_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPORTS", str(tmp_path / "data"))
    settings = settings_of(tmp_path, {"source.yaml": "tables:\n  customers: {from: '${EXPORTS}/customers.csv'}\n"})
    with closing(SourceConnection(settings)) as source:
        assert source.files("customers") == [tmp_path / "data/customers.csv"]
    assert str(tmp_path / "data") not in settings.model_dump_json(exclude={"folder", "places"})


@pytest.mark.parametrize("url", ["postgres://me:secret@localhost:1/db", "nosuch://me:secret@host/db"])
def test_a_password_is_never_repeated(tmp_path: Path, url: str) -> None:
    settings = settings_of(tmp_path, {"source.yaml": f"url: {url}\ntables:\n  customers: {{from: accounts}}\n"})
    said = r"source.yaml:1: url: no connection to \w+: "
    with closing(SourceConnection(settings)) as source, pytest.raises(SourceError, match=said) as raised:
        source.table("customers")
    assert "secret" not in str(raised.value)
