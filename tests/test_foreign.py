"""HTML and styles of other libraries: their looks are taken over, and nothing that would run, ask or cover the page."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest

from cslib.i18n import Wording
from cslib.reports.attachments import PageFiles
from cslib.reports.output_styles import Styles
from cslib.reports.page import inline_assets, rendered
from cslib.reports.rich_outputs import displayed, stream
from cslib.reports.sanitised_html import cleaned
from cslib.reports.terminal_text import last_state
from tests.test_page import Page, context, notebook


def beside(**given: Any) -> PageFiles:
    return PageFiles(wording=Wording("en"), **given)


def shown(data: dict[str, Any], around: PageFiles | None = None, metadata: Any = None) -> list[dict[str, Any]]:
    output = nbformat.v4.new_output("display_data", data=data, metadata=metadata or {})
    return displayed(output, around or beside(), "", lambda *_: [])


@pytest.mark.parametrize(
    ("style", "kept"),
    [
        ("color: red; background-color: #fff7fb", "color: red !important; background-color: #fff7fb !important"),
        (
            "background: linear-gradient(90deg, #d65f5f 50%, transparent 50%)",
            "background: linear-gradient(90deg, #d65f5f 50%, transparent 50%) !important",
        ),
        ("COLOR: RED", "color: RED !important"),
        ("background: url(https://example.org/x.png)", ""),
        ("background: url('x')", ""),
        ("background: image-set('x' 1x)", ""),
        ("color: var(--ink)", ""),
        ("position: fixed; z-index: 9; inset: 0", ""),
        ("transform: scale(9)", ""),
        ("content: 'x'", ""),
        ("behavior: url(x)", ""),
        ("width: expression(alert(1))", ""),
        ("font-family: '</style><script>'", ""),
        ("color: red} body {display: none", ""),
        ("@import 'x'", ""),
    ],
)
def test_only_looks_are_taken_over(style: str, kept: str) -> None:
    styles = Styles()
    name = styles.class_of(style)
    assert str(styles) == (f".{name} {{ {kept} }}" if kept else "")
    assert bool(name) == bool(kept)


def test_a_sheet_reaches_nothing_but_its_own_output() -> None:
    styles = Styles()
    sheet = "#T_a td, .gt_x > th {color: red} body, .bar {display: none} @import 'x'; @media print {p {color: red}} p {position: fixed}"
    styles.add(sheet, "own-1")
    assert str(styles).splitlines() == [
        ".own-1 #own-1-T_a td, .own-1 .f-gt_x > th { color: red }",
        ".own-1 body, .own-1 .f-bar { display: none }",
    ]


def test_the_same_look_is_one_class() -> None:
    styles = Styles()
    assert styles.class_of("color: red") == styles.class_of("color:red;") != styles.class_of("color: blue")
    assert len(str(styles).splitlines()) == 2


@pytest.mark.parametrize(
    "html",
    [
        "<script>x</script>", "<SCRIPT src=x></SCRIPT>", "<iframe srcdoc='<script>x</script>'></iframe>", "<object data=x></object>", "<embed src=x>",
        "<video src=x></video>", "<audio src=x></audio>", "<canvas></canvas>",
    ],
)  # fmt: skip
def test_what_needs_a_script_is_said(html: str) -> None:
    around = beside()
    assert [block["kind"] for block in shown({"text/html": html}, around)] == ["missed"]
    assert [block["kind"] for block in shown({"text/html": f"<p>words</p>{html}"}, around)] == ["html", "missed"]
    assert len(around.missed) == 1


@pytest.mark.parametrize(
    "html",
    [
        "<p onclick=x()>a</p>", "<p OnClick=x()>a</p>", "<a href=javascript:x()>a</a>", "<a href=' JaVaScRiPt:x()'>a</a>", "<a href='java\nscript:x()'>a</a>",
        "<base href=x><p>a", "<meta http-equiv=refresh content='0;url=x'><p>a", "<link rel=stylesheet href=x><p>a", "<form action=x><p>a</form>",
        "<img src=x onerror=x()>a", "<svg onload=x()>a<use href='https://x/#y'/></svg>", "<math href=javascript:x()>a</math>", "<button formaction=x>a</button>",
        "<p><!-- --><![CDATA[<script>x</script>]]>a", "<img src='https://example.org/x' srcset='https://example.org/y 2x'>a", "<input src=x>a", "<noscript><img src=x></noscript>a",
    ],
)  # fmt: skip
def test_no_attribute_or_element_runs_or_asks(html: str) -> None:
    made = cleaned(html, beside()).html
    assert "a" in made
    for element, attributes in Page(made).elements:
        assert element not in {"base", "meta", "link", "script"}
        assert not [name for name in attributes if name.startswith(("on", "form", "src")) and attributes[name] != ""]
        assert not {"style", "action", "href"} & attributes.keys()


def test_ids_and_classes_of_two_outputs_do_not_meet() -> None:
    around = beside()
    html = '<svg><defs><g id="g"/></defs><use href="#g" fill="url(#g)"/></svg><p class="hidden notice" id="main" aria-labelledby="g x">a</p>'
    first, second = cleaned(html, around).html, cleaned(html, around).html
    assert 'id="own-1-g"' in first
    assert 'href="#own-1-g"' in first
    assert 'fill="url(#own-1-g)"' in first
    assert 'class="f-hidden f-notice"' in first
    assert 'aria-labelledby="own-1-g own-1-x"' in first
    assert second == first.replace("own-1", "own-2")


def test_styles_stand_in_the_page_under_a_hash_of_its_policy() -> None:
    output = nbformat.v4.new_output("display_data", data={"text/html": '<p style="color: red">a</p>'})
    html = rendered(notebook(nbformat.v4.new_code_cell(outputs=[output])), context()).html
    page = Page(html)
    policy = next(meta["content"] or "" for meta in page.each("meta") if "http-equiv" in meta)
    assert policy.count("sha256-") == len(page.each("style")) == 1
    assert "unsafe" not in policy
    assert [attributes for _, attributes in page.elements if "style" in attributes] == []
    with pytest.raises(ValueError, match="cannot be put into a page"):
        inline_assets("a </style> b")


@pytest.mark.parametrize(
    ("written", "last"),
    [
        ("a\rb\n", "b\n"), ("abc\rd\n", "dbc\n"), ("10%\r100%", "100%"), ("a\r\nb", "a\nb"), ("a\r", "a"), ("\x1b[31mabc\rd", "d"),
    ],
)  # fmt: skip
def test_lines_that_are_written_over_show_what_stands_last(written: str, last: str) -> None:
    assert last_state(written) == last


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"), ("\x1b[?25lhid\x1b[2K", "hid"), ("\x1b]0;title\x07a", "a"), ("a\x08b", "b"), ("\x1b[38;2;1;2;3mx", "x"), ("<b>", "&lt;b&gt;"),
        ("a\x00\x07b", "ab"), ("\x1b(Ba", "a"),
    ],
)  # fmt: skip
def test_no_code_of_a_terminal_is_left(written: str, text: str) -> None:
    html = stream(written, beside())[0]["html"]
    assert "\x1b" not in html
    assert html.striptags().replace("<", "&lt;").replace(">", "&gt;") == text


def test_pieces_that_were_printed_one_by_one_are_one_text() -> None:
    said = [("stdout", "1%\r"), ("stderr", "warning"), ("stdout", "100%\n")]
    outputs = [nbformat.v4.new_output("stream", name=name, text=text) for name, text in said]
    html = rendered(notebook(nbformat.v4.new_code_cell(outputs=outputs)), context()).html
    assert html.count("<pre>100%") == html.count("<pre>") == 1


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_sentence_in_place_of_an_output_is_in_the_readers_language(language: Any) -> None:
    data: list[dict[str, Any]] = [{"application/vnd.plotly.v1+json": {}}, {"application/vnd.of.nobody": "x"}]
    cell = nbformat.v4.new_code_cell(outputs=[nbformat.v4.new_output("display_data", data=one) for one in data])
    made = rendered(notebook(cell), context(language))
    sentences = [Wording(language).text(key) for key in ("missed_script", "missed_output")]
    assert [made.html.count(said) for said in sentences] == [1, 1]
    assert len(made.missed) == 2


def test_the_same_sentence_is_said_once_a_cell() -> None:
    data = {"text/html": "<script>x</script>"}
    cell = nbformat.v4.new_code_cell(outputs=[nbformat.v4.new_output("display_data", data=data)] * 3)
    assert rendered(notebook(cell), context("en")).html.count('class="notice missed"') == 1


def test_a_picture_is_as_large_as_it_says() -> None:
    block = shown({"image/png": "aGk="}, metadata={"image/png": {"width": 320, "alt": "two bars"}})[0]
    assert (block["width"], block["alt"], block["source"]) == (320, "two bars", "data:image/png;base64,aGk=")


@pytest.mark.parametrize(
    "bad", [{"application/vnd.vegalite.v6+json": "no JSON"}, {"text/html": "vegaEmbed }) ( {broken"}]
)
def test_a_chart_that_is_none_is_no_reason_to_fail(bad: dict[str, str]) -> None:
    assert [block["kind"] for block in shown(bad)] in (["missed"], ["html"])


def test_an_own_chart_takes_its_title_and_sentence_above_it_and_the_width_of_its_place() -> None:
    spec = {
        "mark": "bar",
        "encoding": {},
        "data": {"values": []},
        "title": {"text": ["MRR", "by plan"], "subtitle": "Two thirds."},
    }
    block = shown({"application/vnd.vegalite.v5+json": spec})[0]
    assert (block["title"], block["text"], block["spec"]["width"]) == ("MRR by plan", "Two thirds.", "container")
    assert "title" not in block["spec"]
    wide = shown({"application/vnd.vegalite.v5+json": {**spec, "width": 100}})[0]
    assert wide["spec"]["width"] == 100


def test_a_chart_that_takes_data_from_elsewhere_is_said() -> None:
    for data in ({"url": "x.csv"}, {"url": "https://example.org/x.json"}):
        spec = {"layer": [{"mark": "bar", "data": data}]}
        assert [one["kind"] for one in shown({"application/vnd.vegalite.v5+json": spec})] == ["missed"]
