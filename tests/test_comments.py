"""What the team says beside the figures: comments on a month, events on the trends, who reads them, and mistakes in them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from cslib import charts
from cslib.check import check_params
from cslib.i18n import Wording
from cslib.periods import Month
from cslib.reports.run import Request, run
from cslib.settings import Comment, Event, Events, LocalisedText
from cslib.settings.templates import EVENTS
from cslib.yaml_files import read
from tests import sample
from tests.books import NOW
from tests.exports import READ_ON, export, write
from tests.notebooks import export_with
from tests.settings import problems, settings_of, told
from tests.test_charts import drawn, layer

if TYPE_CHECKING:
    from pathlib import Path

    from cslib.settings import Settings

PRICE = "- {on: 2026-06-15, kind: price, name: New prices}\n"
OCTOBER = Month.parse("2026-10")
MISTAKES = [
    ("events.yaml", "on: 2026-06-01\n", "events.yaml: wanted a list; found"),
    ("events.yaml", PRICE.replace("price,", "prize,"), "events.yaml:1: kind: wanted 'release', 'price', 'campaign' or 'other'; found 'prize'"),
    ("events.yaml", PRICE.replace("kind", "kin"), "events.yaml:1: no key 'kin'; did you mean 'kind'?"),
    ("events.yaml", PRICE.replace("2026-06-15", "2026-06"), "events.yaml:1: on: wanted a date like 2026-10-31"),
    ("events.yaml", f"{PRICE}- on: 2026-06-01\n  kind: other\n  name: x\n  segments:\n    - totl\n", "events.yaml:5: no segment 'totl'; did you mean 'total'?"),
    ("notes/2026-13.md", "x", "notes/2026-13.md: a month is written YYYY-MM, like 2026-10; found '2026-13'"),
    ("notes/2026-10.totl.md", "x", "notes/2026-10.totl.md: no segment 'totl'; did you mean 'total'?"),
    ("notes/2026-10.totl.external.md", "x", "notes/2026-10.totl.external.md: no segment 'totl'; did you mean 'total'?"),
    ("notes/2026-10.txt", "x", "notes/2026-10.txt: wanted YYYY-MM.md or YYYY-MM.SEGMENT.md, before .md also .external; found another file; rename or remove it"),
    ("notes/2026-10/total.md", "x", "notes/2026-10: wanted YYYY-MM.md or YYYY-MM.SEGMENT.md, before .md also .external; found a folder; rename or remove it"),
    ("notes/2026-10.md", "x" * 100_001, "notes/2026-10.md: wanted at most 100,000 characters; found 100,001"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "text", "wanted"), MISTAKES)
def test_a_mistake_is_told_with_its_place(file: str, text: str, wanted: str, tmp_path: Path) -> None:
    assert wanted in told(tmp_path, {file: text})


def test_bytes_that_are_no_text_are_told_and_all_mistakes_at_once(tmp_path: Path) -> None:
    found = problems(
        tmp_path, {"notes/2026-10.md": b"\x93\xfa", "notes/2026-1.md": "x", "events.yaml": "- {kind: a}\n"}
    )
    assert any(one.startswith("notes/2026-10.md: not readable as text in UTF-8") for one in found)
    assert any(one.startswith("notes/2026-1.md: a month is written") for one in found)
    assert any(one.startswith("events.yaml:1: the key 'on' is missing") for one in found)


def test_what_editors_leave_and_what_is_blank_says_nothing(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, {"notes/.DS_Store": "x", "notes/.2026-10.md.swp": "x", "notes/2026-10.md": " \n"})
    assert settings.comments == ()


def test_the_example_of_the_template_is_valid(tmp_path: Path) -> None:
    file = tmp_path / "events.yaml"
    file.write_text("\n".join(line.removeprefix("# ") for line in EVENTS.splitlines()[1:]), encoding="utf-8")
    found: list[str] = []
    events = read(file, Events, found)
    assert (found, [one.kind for one in events.root] if events else None) == ([], ["price"])


def said(settings: Settings, segment: str) -> list[str]:
    return [one.text for one in settings.comments_on(OCTOBER, segment)]


def test_who_reads_which_comment(tmp_path: Path) -> None:
    """Insiders read what is written for them, and where nothing is, what is written for outsiders; these read their own alone."""
    notes = {"2026-10": "whole", "2026-10.total": "of total", "2026-10.total.external": "for all", "2026-09": "before"}
    inside = settings_of(tmp_path / "in", {f"notes/{name}.md": text for name, text in notes.items()})
    assert said(inside, "total") == ["whole", "of total"]
    assert said(inside, "pro") == ["whole"]
    outside = inside.model_copy(
        update={"report": inside.report.model_copy(update={"audience": "external"})}
    ).published()
    assert said(outside, "total") == ["for all"]
    assert said(outside, "pro") == []
    assert said(inside.model_copy(update={"comments": outside.comments}), "total") == ["for all"]


def event(on: str) -> Event:
    """Return an event of a day."""
    return Event(on=date.fromisoformat(on), kind="release", name=LocalisedText(ja="新版", en="New"))


def test_events_of_later_months_of_other_segments_and_for_outsiders_are_not_shown(tmp_path: Path) -> None:
    text = (
        "- {on: 2026-10-31, kind: other, name: last}\n- {on: 2026-11-01, kind: other, name: later}\n"
        "- {on: 2026-01-01, kind: other, name: first, segments: [total]}\n"
    )
    settings = settings_of(tmp_path, {"events.yaml": text})
    assert [one.name.en for one in settings.events_by(OCTOBER, "total")] == ["first", "last"]
    assert [one.name.en for one in settings.events_by(OCTOBER, "pro")] == ["last"]
    outside = settings.model_copy(update={"report": settings.report.model_copy(update={"audience": "external"})})
    assert outside.published().events == ()


def test_neither_decides_a_figure(tmp_path: Path) -> None:
    """So that a comment written after the run takes no new snapshot."""
    plain = settings_of(tmp_path / "a", {})
    assert (
        settings_of(tmp_path / "b", {"events.yaml": PRICE, "notes/2026-10.md": "x"}).fingerprint()
        == plain.fingerprint()
    )


def test_a_trend_marks_what_happened_in_line_sentence_tooltip_and_table() -> None:
    frame = sample.long_table(sample.NRR, [0.9] * 14)
    events = [event(f"{sample.MONTHS[-20]}-01"), event(f"{sample.MONTHS[-3]}-10"), event(f"{sample.MONTHS[-3]}-20")]
    figure = charts.trend(frame, sample.NRR, Wording("en"), events=events)
    assert drawn(figure, "event") == [{"month": sample.MONTHS[-3], "numbers": "1, 2"}]
    assert "Vertical lines mark events: 1 New (release, 10 Aug 2026), 2 New (release, 20 Aug 2026)." in figure.text
    assert figure.html.count("New, New") == 1
    assert "event_label" in [one["field"] for one in layer(figure, "hits")["encoding"]["tooltip"]]
    plain = charts.trend(frame, sample.NRR, Wording("en"))
    assert "event" not in [one["name"] for one in plain.spec["layer"]] if plain.spec else False


def test_check_warns_of_a_comment_on_a_month_that_the_data_do_not_cover(tmp_path: Path) -> None:
    params = export(tmp_path)
    for month in ("2026-05", "2031-01"):
        write(params / "notes" / f"{month}.md", "x")
    warned = [one for one in check_params(params, READ_ON).warnings if "/notes/" in one]
    assert len(warned) == 1
    assert warned[0].startswith(f"{params}/notes/2031-01.md: no report shows it: the data tell 2026-01 to ")


SHOWN = (
    "from cslib.scenario import Scenario\ns = Scenario.open(params, segment, as_of, language, snapshot)\ns.comment()"
)
HOSTILE = "<script>alert(1)</script> <img src=x onerror=alert(1)> [go](javascript:alert(1))\n\n**bold**\n"


def test_a_comment_stands_on_the_page_runs_nothing_and_makes_the_page_anew(tmp_path: Path) -> None:
    params = export_with(tmp_path, {"00_summary": SHOWN}, months=2, language="en")
    request = Request(params, tmp_path / "out", "2026-05")
    run(request, NOW, lambda *_: None)
    page = tmp_path / "out/latest/total/index.html"
    assert "Comment on the month" not in page.read_text("utf-8")
    write(params / "notes" / "2026-05.md", HOSTILE)
    (outcome,) = run(request, NOW, lambda *_: None).outcomes
    assert not outcome.reused
    html = page.read_text("utf-8")
    assert "Comment on the month" in html
    assert '<a href="notebooks/00_summary.ipynb" download>' in html
    assert "<strong>bold</strong>" in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &lt;img src=x" in html
    assert "<script>alert(1)" not in html
    assert 'href="javascript:' not in html
    (outcome,) = run(request, NOW, lambda *_: None).outcomes
    assert outcome.reused


def test_a_comment_says_which_file_it_is() -> None:
    assert Comment(month="2026-10", segment="pro", external=True, text="").file == "notes/2026-10.pro.external.md"
    assert Comment(month="2026-10", text="").file == "notes/2026-10.md"
