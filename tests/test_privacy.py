"""What outsiders are given: no name, no id, no free text, and no figure that tells of few."""

from __future__ import annotations

import csv
import html
import json
import re
import shutil
import stat
from collections import Counter
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cslib.check import check_params
from cslib.demo import write_demo
from cslib.errors import SettingsError
from cslib.model import Privacy
from cslib.periods import Month
from cslib.portfolio import Portfolio
from cslib.privacy.anonymise import _hidden_values
from cslib.privacy.pseudonyms import KnownNames, Pseudonyms, find_key
from cslib.privacy.suppression import cells, suppressed, suppressed_segments
from cslib.redaction import KEY
from cslib.reports.run import Request, run
from cslib.scenario import Scenario
from tests.books import NOW, TODAY
from tests.exports import CLEAN, IDS, READ_ON, TOTAL, export
from tests.strategies import examples

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.xdist_group("privacy")  # one worker makes the run that these look at

LEAST = 5
OCTOBER = Month.parse("2026-10")
NAMING = ("name", "csm", "comment", "title")
A_NAME = "秘密の取引先"
GREEDY = """
from cslib.kpis import CATALOGUE
from cslib.kpis.measure import measure
s = Scenario.open(params, segment, as_of, language, snapshot)
for name in s.facts.names:
    print(s.frame(name).to_csv())
for name, table in s.facts.tables.items():
    print(name, table.to_pyarrow().to_pandas().to_csv())
print(s.settings, s.manifest, s.segment)
print(s.by("csm").to_csv(), s.by("plan").to_csv(), s.by("customer_id", "nrr").to_csv(), s.measured.to_csv())
"""


# which groups are hidden


def test_a_small_group_takes_the_smallest_other_with_it() -> None:
    # 30 known in all: with 3 hidden alone, 30 - 20 - 7 would tell of the three
    assert suppressed({"a": 20, "b": 7, "c": 3}, LEAST) == {"b", "c"}


def test_small_groups_that_come_to_the_limit_together_hide_each_other() -> None:
    assert suppressed({"a": 20, "b": 3, "c": 2}, LEAST) == {"b", "c"}


def test_nobody_has_nothing_to_hide() -> None:
    assert suppressed({"a": 20, "b": 7, "c": 0}, LEAST) == set()
    assert suppressed({"a": 5}, LEAST) == set()


def test_those_who_are_in_no_group_are_worked_out_as_well() -> None:
    # the rest is shown nowhere, and 29 - 20 - 7 would tell of its two
    assert suppressed({"a": 20, "b": 7, "rest": 2}, LEAST, {"rest"}) == {"b", "rest"}


def _people(first: int, last: int) -> frozenset[str]:
    return frozenset(map(str, range(first, last)))


def _hidden(members: dict[str, frozenset[str]]) -> set[str]:
    return suppressed_segments(cells(members), LEAST)


def test_customers_are_counted_by_the_segments_in_which_they_lie() -> None:
    members = {"total": _people(0, 9), "one": _people(0, 4), "two": _people(3, 6)}
    assert cells(members) == {
        frozenset({"total", "one"}): 3,
        frozenset({"total", "one", "two"}): 1,
        frozenset({"total", "two"}): 2,
        frozenset({"total"}): 3,
    }


def test_segments_that_lie_in_one_another_do_not_tell_of_what_lies_between() -> None:
    members = {"total": _people(0, 100), "large": _people(0, 13), "largest": _people(0, 10)}
    assert _hidden(members) == {"largest"}  # large less largest: 3
    assert _hidden({**members, "largest": _people(0, 8)}) == set()  # 5


def test_all_but_a_few_tell_of_the_few() -> None:
    assert _hidden({"total": _people(0, 100), "most": _people(0, 97)}) == {"most"}


def test_all_parts_together_tell_of_those_in_none() -> None:
    members = {"total": _people(0, 50), "one": _people(0, 20), "two": _people(20, 48)}
    assert _hidden(members) == {"one"}  # the smallest goes with the two that are in neither


def test_a_segment_across_the_others_does_not_hide_that_they_are_parts() -> None:
    members = {"total": _people(0, 50), "one": _people(0, 20), "two": _people(20, 48), "across": _people(10, 30)}
    assert "one" in _hidden(members)


def test_two_segments_that_overlap_do_not_tell_what_they_share() -> None:
    members = {"total": _people(0, 50), "one": _people(0, 28), "two": _people(25, 50)}
    assert _hidden(members) == {"two"}  # one + two - total: 3
    assert _hidden({**members, "two": _people(22, 50)}) == set()  # 6
    # where some lie in neither, what is left is the difference of two groups, and tells of none
    assert _hidden({**members, "two": _people(25, 45)}) == set()


def test_three_segments_do_not_tell_what_two_of_them_would_not() -> None:
    members = {
        "total": _people(0, 60),
        "a": _people(0, 23),
        "b": _people(20, 43),
        "c": _people(40, 60) | _people(0, 10),
    }
    # a + b + c - total: the 3 + 3 of two pairs and 10 of the third, not few; none of the pairs alone
    assert _hidden(members) == set()
    members["c"] = _people(40, 60)
    assert _hidden({**members, "b": _people(22, 42)}) == {"b"}  # a + b + c - total: 1 + 2
    assert _hidden(members) == set()  # 3 + 3


def test_an_empty_segment_has_nobody_to_hide() -> None:
    assert suppressed_segments({frozenset({"total"}): 9, frozenset({"total", "empty"}): 0}, LEAST) == set()


def test_a_book_of_few_is_not_told_of_at_all() -> None:
    assert _hidden({"total": _people(0, 4), "half": _people(0, 2)}) == {"total", "half"}


MEMBERS = st.dictionaries(
    st.sampled_from(["a", "b", "c", "d"]), st.frozensets(st.integers(0, 29).map(str)), min_size=1
).map(lambda found: {"total": _people(0, 30), **found})
WEIGHTS = range(-2, 3)  # how often a figure is added, or subtracted


@examples(60)
@given(members=MEMBERS)
def test_no_sum_of_what_is_shown_tells_of_few_however_segments_overlap(members: dict[str, frozenset[str]]) -> None:
    shown = sorted(set(members) - _hidden(members))
    lies_in = np.array([[customer in members[name] for name in shown] for customer in sorted(members["total"])])
    for weights in product(WEIGHTS, repeat=len(shown)):
        left = lies_in @ np.array(weights, dtype=int)
        if set(left) == {0, 1}:
            assert left.sum() >= LEAST, dict(zip(shown, weights, strict=True))


@examples(60)
@given(members=MEMBERS)
def test_a_segment_is_hidden_only_where_few_would_be_told(members: dict[str, frozenset[str]]) -> None:
    hidden = _hidden(members)
    assert hidden == set() or any(0 < size < LEAST for size in cells(members).values())
    assert "total" not in hidden


CELLS = st.dictionaries(
    st.sampled_from(["one", "two", "three"]),
    st.dictionaries(st.sampled_from(["north", "south", "east", "west"]), st.integers(0, 12), min_size=1),
    min_size=1,
)


@given(cells=CELLS)
def test_no_value_of_few_can_be_worked_out_of_a_table_of_segments_and_values(cells: dict[str, dict[str, int]]) -> None:
    values = {value for counts in cells.values() for value in counts}
    total = {value: sum(counts.get(value, 0) for counts in cells.values()) for value in values}
    table: dict[str, Counter[str | None]] = {"total": Counter(total)}
    table |= {name: Counter(counts) for name, counts in cells.items()}
    hidden = _hidden_values(table, "total", LEAST)
    for name, counts in table.items():
        left = sum(size for value, size in counts.items() if value in hidden[name])
        assert left == 0 or left >= LEAST or sum(counts.values()) == left
    for value in values - hidden["total"]:
        left = sum(counts.get(value, 0) for name, counts in cells.items() if value in hidden[name])
        assert left == 0 or left >= LEAST
    assert all(size >= LEAST or value in hidden[name] for name, c in table.items() for value, size in c.items() if size)


# pseudonyms


def test_a_pseudonym_is_the_same_each_time_and_another_under_another_key() -> None:
    one, other = Pseudonyms(b"k" * 32), Pseudonyms(b"l" * 32)
    customer = one.of(Privacy.CUSTOMER, "customer_id", "00017")
    assert customer == one.of(Privacy.CUSTOMER, "a column of theirs", "00017")
    assert re.fullmatch(r"C-[A-Z2-7]{12}", customer)
    others = (other.of(Privacy.CUSTOMER, "customer_id", "00017"), one.of(Privacy.PERSON, "customer_id", "00017"))
    assert len({customer, *others}) == 3
    assert one.of(Privacy.RECORD, "goal_id", "00017") != one.of(Privacy.RECORD, "ticket_id", "00017")


def test_the_key_is_made_once_for_its_owner_s_eyes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY, raising=False)
    key = find_key(tmp_path / "params")
    file = tmp_path / ".cslib" / "pseudonym.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert key == file.read_bytes() == find_key(tmp_path / "params")
    assert len(key) == 64
    assert [each.name for each in file.parent.iterdir()] == ["pseudonym.key"]


def test_the_environment_can_hold_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, "a secret that is long enough")
    assert find_key(tmp_path / "params") == b"a secret that is long enough"
    assert not (tmp_path / ".cslib").exists()
    monkeypatch.setenv(KEY, "short")
    with pytest.raises(SettingsError, match="wanted at least 16 characters; found 5"):
        find_key(tmp_path / "params")


# words


@pytest.mark.parametrize(
    "text",
    [
        "奏浜デジタル専用",
        "ACME-plan",
        "plan for acme",
        "ＡＣＭＥ向け",
        "特注 c-001",
        "for 17 alone",
        "株式会社奏浜デジタル 様",
    ],
)
def test_a_name_or_an_id_is_found_in_any_spelling(text: str) -> None:
    assert KnownNames(["株式会社奏浜デジタル", "Acme Inc.", "C-001", "17"]).within(text)


@pytest.mark.parametrize("text", ["core", "plan 2017", "171", "株式会社向け", "", "Incoming"])
def test_what_names_nobody_is_no_name(text: str) -> None:
    assert not KnownNames(["株式会社奏浜デジタル", "Acme Inc.", "C-001", "17"]).within(text)


def test_words_that_few_share_or_that_name_somebody_bear_pseudonyms(tmp_path: Path) -> None:
    contracts = CLEAN["contracts.csv"].replace(",core,", ",for-one,", 1)
    contracts += "".join(f"L{i},{i},会社00003向け,2026-01-01,,10\n" for i in IDS)  # all have it, and it names one
    steps = "customer_id,milestone,completed_on\n" + "".join(f"{i},login,2026-02-01\n" for i in IDS) + "00001,own,\n"
    usage = "customer_id,user_id,used_on,feature\n" + "".join(f"{i},U{i},2026-02-01,{i}の画面\n" for i in IDS)
    files = {"contracts.csv": contracts, "milestones.csv": steps, "usage.csv": usage}
    params = export(tmp_path, files, report={"audience": "external"})
    tables = Portfolio.open(params, READ_ON).tables()
    products = tables["contracts"].product.to_pyarrow().to_pylist()
    assert Counter(product if product == "core" else "pseudonym" for product in products) == {
        "core": 11,
        "pseudonym": 13,
    }
    others = {product for product in products if product != "core"}
    assert len(others) == 2  # the same word bears the same pseudonym
    assert all(re.fullmatch(r"W-[A-Z2-7]{12}", other) for other in others)
    assert {*tables["milestones"].milestone.to_pyarrow().to_pylist()} - {"login"} != {"own"}
    assert "login" in tables["milestones"].milestone.to_pyarrow().to_pylist()
    assert not [one for one in tables["features"].feature.to_pyarrow().to_pylist() if "画面" in one]


def test_a_group_that_is_the_very_segment_that_is_withheld_is_told_as_one(tmp_path: Path) -> None:
    # 12 customers: the segment of 4 is few; beside the total, the plan of the other 8 would tell of them
    plans = {"few": {"id": "few", "name": "Few", "where": {"plan": "free"}}, **TOTAL}
    params = export(tmp_path, segments=plans, report={"audience": "external"})
    book = Portfolio.open(params, READ_ON)
    assert book.manifest.withheld == ("few",)
    told = Counter(book.tables()["customers"].plan.to_pyarrow().to_pylist())
    assert set(told) == {"(<5)"}


# a whole run


@pytest.fixture(scope="module")
def external(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a run for outsiders over a book of few, with notebooks that print all they can reach."""
    folder = tmp_path_factory.mktemp("external")
    write_demo(folder, customers=40, months=14)
    _spoil(folder)
    _greedy_notebooks(folder / "notebooks")
    segments, notebooks = ("total", "few"), tuple(sorted(file.stem for file in (folder / "notebooks").glob("*.ipynb")))
    request = Request(folder / "params", folder / "reports", "2026-10", segments, notebooks, single_file=True)
    result = run(request, NOW, lambda *_: None)
    failed = {(outcome.segment, outcome.notebook) for outcome in result.failed}
    assert failed == {(segment, "07_failing") for segment in segments}
    return folder


def _spoil(folder: Path) -> None:
    """Make the book external, with names where nobody looks for them."""
    params, data = folder / "params", folder / "data"
    report = yaml.safe_load((params / "report.yaml").read_text("utf-8"))
    (params / "report.yaml").write_text(yaml.safe_dump({**report, "audience": "external"}, allow_unicode=True), "utf-8")
    with (data / "customers.csv").open(encoding="utf-8", newline="") as file:
        customers = list(csv.reader(file))
    head, rows = customers[0], customers[1:]
    rows[0][head.index("name")] = A_NAME
    with (data / "customers.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([[*head, "contact"], *([*row, f"contact-of-{row[0]}@example.com"] for row in rows)])
    programmes = (data / "programmes.csv").read_text("utf-8") + f"00001,{A_NAME}専用プログラム,2026-01-10,\n"
    (data / "programmes.csv").write_text(programmes, "utf-8")
    surveys = (data / "surveys.csv").read_text("utf-8") + f"R999999,00009,,nps,11,2026-05-01,2026-05-02,{A_NAME}です\n"
    (data / "surveys.csv").write_text(surveys, "utf-8")  # a score of 11: a row to be quoted in messages
    few = {"id": "few", "name": "Few", "where": {"customer_id": ["00001", "00002"]}}
    few["targets"] = {"nrr": {"target": 1.0, "owner": rows[1][head.index("csm")]}}
    (params / "segments" / "few.yaml").write_text(yaml.safe_dump(few, allow_unicode=True), "utf-8")


def _greedy_notebooks(folder: Path) -> None:
    shutil.copytree(Path(__file__).parents[1] / "notebooks", folder)
    for name, source in {
        "06_greedy": GREEDY,
        "07_failing": f"{GREEDY}\nraise ValueError(s.frame('starts').to_csv())",
    }.items():
        text = "from cslib.scenario import Scenario\n" + "\n".join(
            f'{key} = ""' for key in ("params", "segment", "as_of", "language", "snapshot")
        )
        cells = [nbformat.v4.new_code_cell(text, metadata={"tags": ["parameters"]}), nbformat.v4.new_code_cell(source)]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / f"{name}.ipynb")


def _secrets(data: Path) -> set[str]:
    """Return every name, id and free text of the export."""
    found = {A_NAME}
    for file in data.glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                found |= {
                    value
                    for key, value in row.items()
                    if value
                    and (
                        key.endswith("_id") or key in (*NAMING, "contact") or (key == "value" and row["kind"] == "csm")
                    )
                }
    return found


def _texts(reports: Path) -> Iterator[tuple[str, str]]:
    """Return every published file as its reader sees it: tables read, escapes resolved."""
    for file in sorted(file for file in reports.rglob("*") if file.is_file() and "assets" not in file.parts):
        text = pd.read_parquet(file).to_csv() if file.suffix == ".parquet" else file.read_bytes().decode("utf-8")
        plain = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), html.unescape(text))
        yield str(file.relative_to(reports)), plain


def test_no_name_no_id_and_no_free_text_is_in_any_byte_that_is_published(external: Path) -> None:
    secrets = _secrets(external / "data")
    assert len(secrets) > 1000
    # ids of digits alone are looked for as whole words: 00012 is in many a number
    digits = {secret for secret in secrets if secret.isdecimal()}
    files = list(_texts(external / "reports"))
    assert {name.rpartition(".")[2] for name, _ in files} >= {"html", "ipynb", "csv", "json", "parquet"}
    for name, text in files:
        assert not [secret for secret in secrets - digits if secret in text], name
        assert not digits & set(re.findall(r"(?<![\w.#-])0\d{4}(?![\w.])", text)), name


def test_the_greedy_notebook_did_print(external: Path) -> None:
    printed = (external / "reports/latest/total/notebooks/06_greedy.ipynb").read_text("utf-8")
    assert len(set(re.findall(r"C-[A-Z2-7]{12}", printed))) == 40


def test_a_segment_of_few_is_not_told_of(external: Path) -> None:
    log = json.loads((external / "reports/latest/run.json").read_text("utf-8"))
    assert "few" in log["data"]["withheld"]
    assert "few" not in log["data"]["segments"]
    kpis = pd.read_parquet(external / "reports/latest/kpis.parquet")
    mine = kpis[kpis.segment == "few"]
    assert len(mine) == len(kpis[kpis.segment == "total"])
    assert mine.value.isna().all()
    assert "hidden: too few to be told" in set(mine.reason)
    # of the whole book's features alone a withheld segment hears
    assert not [
        text
        for name, text in _texts(external / "reports")
        if "/few/" in name and re.search(r"\b[CPR]-[A-Z2-7]{12}", text)
    ]


def test_every_page_says_for_whom_it_is(external: Path) -> None:
    pages = [text for name, text in _texts(external / "reports/latest") if name.endswith(".html")]
    assert len(pages) > 10
    assert all(
        "社外向けの版です。顧客と個人は仮名で示し、5未満の顧客または件数に基づく値は表示しません。" in page
        for page in pages
    )


def test_run_json_says_neither_where_the_data_are_nor_whom_a_segment_chooses(external: Path) -> None:
    log = json.loads((external / "reports/latest/run.json").read_text("utf-8"))
    settings, surveys = log["settings"], log["data"]["tables"]["surveys"]
    assert settings["source"]["url"] == "duckdb://"
    assert {spec["from"] for spec in settings["source"]["tables"].values()} == {""}
    assert all("customer_id" not in segment["where"] for segment in settings["segments"])
    assert surveys["set_aside"] == 1
    assert [(claim["claim"], claim["samples"]) for claim in surveys["claims"]] == [("scale(score)", [])]
    assert surveys["files"] == []


def test_check_quotes_what_is_wrong_to_who_must_mend_it(external: Path) -> None:
    found = check_params(external / "params", TODAY).as_json()["tables"]["surveys"]["claims"][0]
    assert [sample["value"] for sample in found["samples"]] == ["11"]


# the figures


@pytest.fixture(scope="module")
def books(external: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Portfolio, Portfolio]:
    """Return the book for outsiders, and the same for insiders."""
    folder = tmp_path_factory.mktemp("insiders")
    (folder / "data").symlink_to(external / "data")
    for file in (external / "params").rglob("*.yaml"):
        target = folder / "params" / file.relative_to(external / "params")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(file.read_text("utf-8").replace("audience: external", "audience: internal"), "utf-8")
    return Portfolio.open(external / "params", TODAY), Portfolio.open(folder / "params", TODAY)


def test_what_is_shown_is_what_insiders_see(books: tuple[Portfolio, Portfolio]) -> None:
    outside, inside = (book.measure(OCTOBER, 6) for book in books)
    shown = outside.value.notna()
    assert 0 < shown.sum() < inside.value.notna().sum()
    pd.testing.assert_series_equal(outside.value[shown], inside.value[shown], rtol=1e-12)
    assert ((outside.n[shown] >= LEAST) | (outside.n[shown] == 0)).all()  # of nobody, there are no cases


def test_segments_do_not_tell_of_one_another_by_subtraction(books: tuple[Portfolio, Portfolio]) -> None:
    outside, inside = (book.measure(OCTOBER, 6).set_index(["month", "kpi", "segment"]) for book in books)
    cells = inside.n.fillna(0).unstack("segment")  # noqa: PD010 - nothing to sum up
    shown = outside.value.notna().unstack("segment")  # noqa: PD010 - nothing to sum up
    apart = ["enterprise", "midmarket", "smb"]
    left = cells.total - cells[apart].where(shown[apart], 0).sum(axis=1)
    told = shown.total & shown[apart].any(axis=1)
    assert told.sum() > 50
    assert ((left == 0) | (left >= LEAST))[told].all()


def test_groups_do_not_tell_of_one_another_by_subtraction(books: tuple[Portfolio, Portfolio]) -> None:
    outside = books[0].measure(OCTOBER, 3, ["total"], ["adoption", "nrr", "csat", "mrr"], ["csm"])
    whole = books[0].measure(OCTOBER, 3, ["total"], ["adoption", "nrr", "csat", "mrr"]).set_index(["month", "kpi"])
    seen = outside[outside.value.notna()].groupby(["month", "kpi"]).n.sum()
    left = (whole.n[seen.index] - seen).astype(int)
    assert len(left) >= 6
    assert ((left == 0) | (left >= LEAST)).all()
    assert (outside.n.dropna()[outside.value.notna()] >= LEAST).all()


def test_plain_papermill_is_handed_the_same(external: Path, books: tuple[Portfolio, Portfolio]) -> None:
    scenario = Scenario.open(external / "params", "enterprise", "2026-10")
    real = {*_secrets(external / "data")}
    customers = scenario.facts.tables["customers"].to_pyarrow().to_pandas()
    assert len(customers) > 0
    assert not real & set(customers.name) | real & set(customers.customer_id) | real & set(customers.csm)
    assert customers.employees.isna().all()
    assert not [segment for segment in scenario.settings.segments for goal in segment.targets.values() if goal.owner]
    assert books[1].settings.published() is books[1].settings
