"""A snapshot is taken once, and again when anything has changed; nobody reads half of one."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd
import pytest

from cslib import code_version
from cslib.code_version import followed
from cslib.errors import SourceError
from cslib.kpis import CATALOGUE
from cslib.portfolio import Portfolio, _taken, fingerprint
from cslib.settings import Policies, load
from cslib.settings.policies import READING
from cslib.snapshot import Manifest, take_snapshot
from cslib.source import SourceConnection
from tests.exports import CONTRACTS, CUSTOMERS, READ_ON, export, write, write_yaml

if TYPE_CHECKING:
    from cslib.settings import Settings


def _mrr(book: Portfolio) -> float:
    return float(book.tables()["contracts"].mrr.sum().to_pyarrow().as_py())


def test_the_same_snapshot_is_used_again(tmp_path: Path) -> None:
    params = export(tmp_path)
    first = Portfolio.open(params, READ_ON)
    before = (first.folder / "manifest.json").stat().st_mtime_ns
    again = Portfolio.open(params, READ_ON)
    assert again.manifest == first.manifest
    assert again.folder == first.folder
    assert (again.folder / "manifest.json").stat().st_mtime_ns == before
    assert again.manifest.fingerprint == fingerprint(first.settings, READ_ON) == first.folder.name


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("data/contracts.csv", CONTRACTS.replace("1000", "2000")),
        ("params/policies.yaml", {"currency": "USD"}),
        ("params/policies.yaml", {"contract_end": "last_day"}),  # the default, said: a question is answered
        ("params/segments/pro.yaml", "id: pro\nname: Pro\nwhere: {plan: pro}\n"),
        ("params/source.yaml", {"read_on": date(2026, 6, 29), "tables": {name: {"from": f"../data/{name}.csv"}
                                                                          for name in ("customers", "contracts")}}),
    ],
)  # fmt: skip
def test_a_change_of_data_or_settings_is_seen(tmp_path: Path, file: str, content: Any) -> None:
    params = export(tmp_path)
    first = Portfolio.open(params, READ_ON)
    write_yaml(tmp_path / file, content)
    changed = Portfolio.open(params, READ_ON)
    assert changed.folder != first.folder
    assert (first.folder / "manifest.json").is_file()


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("policies.yaml", {"grace_days": 5}),
        ("health.yaml", {"bands": {"yellow": 40}}),
        ("segments/pro.yaml", "id: pro\nname: Others\nwhere: {plan: pro}\ntargets: {nrr: 1.1}\n"),
        ("report.yaml", {"language": "en", "months": 3}),
        ("events.yaml", [{"on": date(2026, 3, 1), "kind": "release", "name": "Release"}]),
    ],
)
def test_what_the_reading_does_not_look_at_has_nothing_read_anew(tmp_path: Path, file: str, content: Any) -> None:
    params = export(tmp_path)
    write_yaml(params / "segments" / "pro.yaml", "id: pro\nname: Pro\nwhere: {plan: pro}\n")
    first = Portfolio.open(params, READ_ON)
    write_yaml(params / file, content)
    changed = Portfolio.open(params, READ_ON)
    assert changed.settings != first.settings
    assert changed.folder == first.folder


@pytest.mark.parametrize("name", Policies.model_fields)
def test_a_snapshot_hangs_on_the_policies_that_its_reading_is_handed(tmp_path: Path, name: str) -> None:
    settings = load(export(tmp_path), [])
    said = settings.model_copy(update={"policies": Policies(**{name: getattr(Policies(), name)})})
    unsaid = settings.model_copy(update={"policies": Policies()})
    is_handed = name in said.for_reading().policies.model_fields_set
    assert (fingerprint(said, READ_ON) != fingerprint(unsaid, READ_ON)) == is_handed
    assert is_handed == (name in READING)


def test_the_reading_looks_at_no_policy_that_it_is_not_handed() -> None:
    home = Path(code_version.__file__).parent
    files = followed(home, "cslib.snapshot", "cslib.privacy.anonymise")
    texts = [file.read_text("utf-8") for name, file in files.items() if not name.startswith("cslib.settings")]
    asked = {name for text in texts for name in re.findall(r"policies\.(\w+)", text)} & {*Policies.model_fields}
    assert asked - {*READING} == set()
    assert len(asked) > 5


def test_a_change_of_wording_is_none(tmp_path: Path) -> None:
    params = export(tmp_path)
    first = Portfolio.open(params, READ_ON).folder
    write(params / "report.yaml", "title: x\nmonths: 2\n")
    assert Portfolio.open(params, READ_ON).folder == first


def test_another_file_of_a_glob_is_seen(tmp_path: Path) -> None:
    files = {"contracts.csv": None, "k1.csv": CONTRACTS}
    params = export(tmp_path, files, {"contracts": {"from": "../data/k*.csv"}})
    assert _mrr(Portfolio.open(params, READ_ON)) == 12_000
    write(
        tmp_path / "data/k2.csv", "mrr,contract_id,customer_id,product,starts_on,ends_on\n5,X,00001,core,2026-01-01,\n"
    )
    assert _mrr(Portfolio.open(params, READ_ON)) == 12_005


def test_a_query_is_asked_every_time_and_nobody_s_snapshot_is_replaced(tmp_path: Path) -> None:
    params = export(
        tmp_path, source={"contracts": {"from": {"sql": "from read_csv('../data/contracts.csv', all_varchar = true)"}}}
    )
    first = Portfolio.open(params, READ_ON)
    again = Portfolio.open(params, READ_ON)
    assert first.folder != again.folder
    assert first.manifest == again.manifest
    assert first.tables()["contracts"].count().to_pyarrow().as_py() == 12


def test_only_the_newest_snapshots_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cslib.portfolio._KEPT", 2)
    params = export(tmp_path)
    folders = []
    for cost in range(4):
        write(params / "policies.yaml", f"hourly_cost: {cost}\n")
        folders.append(Portfolio.open(params, READ_ON).folder)
    assert {*(tmp_path / ".cslib/snapshots").glob("[!.]*")} == {*folders[-2:]}


def test_two_who_take_the_same_snapshot_at_once_end_with_one(tmp_path: Path) -> None:
    first = Portfolio.open(export(tmp_path), READ_ON)
    inode = (first.folder / "manifest.json").stat().st_ino
    # the other looked before the first was there, and is done after it
    again = _taken(first.settings, first.folder, READ_ON, first.folder.name)
    assert again == first.manifest
    assert (first.folder / "manifest.json").stat().st_ino == inode
    assert [*(tmp_path / ".cslib/snapshots").glob("[!.]*")] == [first.folder]


def test_a_file_that_changes_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    params = export(tmp_path)

    def take(settings: Settings, folder: Path, read_on: date) -> Manifest:
        manifest = take_snapshot(settings, folder, read_on)
        write(tmp_path / "data/contracts.csv", f"{CONTRACTS}K1,00001,core,2026-01-01,,5\n")
        return manifest

    monkeypatch.setattr("cslib.portfolio.take_snapshot", take)
    with pytest.raises(SourceError, match="a file of the source changed while it was read; run again"):
        Portfolio.open(params, READ_ON)
    assert [*(tmp_path / ".cslib/snapshots").iterdir()] == []


def test_a_source_that_goes_away_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    params = export(tmp_path, {"usage.csv": "customer_id,used_on,feature\n00001,2026-05-01,search\n"})

    def totals(*_: object) -> dict[str, Any]:
        raise duckdb.IOException("IO Error: no such file\nLINE 1: select")

    monkeypatch.setattr("cslib.usage.aggregate.UsageSums.tables", totals)
    with pytest.raises(SourceError, match=r"the source could not be read to its end: no such file$") as raised:
        Portfolio.open(params, READ_ON)
    assert "LINE" not in str(raised.value)


def test_a_slice_is_copied_where_it_cannot_be_linked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = Portfolio.open(export(tmp_path), READ_ON)

    def link(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr("os.link", link)
    folder = book.export_slice("total", pd.DataFrame({"segment": ["total"]}), tmp_path / "out/total")
    assert len(pd.read_parquet(folder / "customers.parquet")) == 12


def test_snapshots_go_elsewhere_where_nobody_may_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    book = Portfolio.open(export(tmp_path), READ_ON)
    assert book.folder.parents[1] == tmp_path / "tmp"
    assert book.folder.parent.stat().st_mode & 0o077 == 0


def test_nothing_is_left_in_the_scratch_folder(tmp_path: Path) -> None:
    params = export(
        tmp_path,
        {"customers.csv": CUSTOMERS.encode("cp932")},
        {"customers": {"from": "../data/customers.csv", "encoding": "cp932"}},
    )
    with closing(SourceConnection(load(params, CATALOGUE.by_id))) as source:
        source.table("customers")
        scratch = source._reader.scratch.name
    assert not duckdb.sql(f"from glob('{scratch}/**')").fetchall()
    assert Portfolio.open(params, READ_ON).tables()["customers"].count().to_pyarrow().as_py() == 12
