"""What a notebook displays, to the letter: every form of it, and the ones that are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from cslib.tables import OUTPUT_MIME, Output, Table, alarm, csv_text, note

if TYPE_CHECKING:
    from collections.abc import Container

TABLE = Table(name="listing", title="Title", text="Said.", html="<table>", csv="a\r\n")


def test_an_output_is_told_in_every_form() -> None:
    told = {"kind": "table", "name": "listing", "title": "Title", "text": "Said.", "html": "<table>", "csv": "a\r\n"}
    bundle = TABLE.bundle()
    html = bundle.pop("text/html")
    assert bundle == {OUTPUT_MIME: told, "text/plain": "Title: Said."}
    assert html.endswith("</style><p><b>Title</b></p><p>Said.</p><table></div>")


def test_in_jupyterlab_a_table_without_rows_is_its_sentence_and_a_caption_is_not_said_twice() -> None:
    assert "<p>Nothing &lt;moved&gt;.</p>" in Table("a", "Title", "Nothing <moved>.").bundle()["text/html"]
    captioned = Table("a", "Title", "Said.", html="<table><caption>Title</caption></table>").bundle()["text/html"]
    assert captioned.count("Title") == 1


@pytest.mark.parametrize(
    ("include", "exclude", "kept"),
    [
        (None, None, {OUTPUT_MIME, "text/plain", "text/html"}),
        (["text/html"], None, {"text/html"}),
        (None, ["text/html"], {OUTPUT_MIME, "text/plain"}),
        (["text/html", "text/plain"], ["text/html"], {"text/plain"}),
    ],
)
def test_the_forms_that_are_asked_for(
    include: Container[str] | None, exclude: Container[str] | None, kept: set[str]
) -> None:
    assert set(TABLE._repr_mimebundle_(include, exclude)) == kept


@pytest.mark.parametrize(("title", "text", "plain"), [("A", "b", "A: b"), ("A", "", "A"), ("", "b", "b"), ("", "", "")])
def test_plain_text_joins_what_there_is(title: str, text: str, plain: str) -> None:
    assert note(text, title).bundle()["text/plain"] == plain


@pytest.mark.parametrize(
    ("output", "kind"),
    [(Output("n", "", ""), "output"), (TABLE, "table"), (note("said"), "note"), (alarm("said", "Mind"), "alarm")],
)
def test_each_kind_says_what_it_is(output: Output, kind: str) -> None:
    assert output.bundle()[OUTPUT_MIME]["kind"] == kind
    assert alarm("said", "Mind").title == "Mind"


def test_a_list_in_a_csv_is_its_parts_and_none_runs_as_a_formula() -> None:
    assert csv_text(pd.DataFrame({"=a": [[1.5, "=x"]], "b": [(2, 3)]})) == "'=a,b\r\n1.5 '=x,2 3\r\n"
