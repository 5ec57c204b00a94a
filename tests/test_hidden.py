"""What a tag hides is published nowhere: not on the page, not in its data, not in the executed notebook beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from cslib.reports.run import Request, run
from cslib.reports.visibility import WIDGET_STATE, WIDGET_VIEW, is_hidden, outputs, withhold
from tests.books import NOW
from tests.notebooks import export_with, notebook

if TYPE_CHECKING:
    from pathlib import Path

CELLS = ["remove-cell", "remove_cell", "removecell", "hide-cell", "hide_cell", "Remove Cell", "REMOVE_CELL"]
OUTPUTS = [
    *CELLS, "remove-output", "remove_output", "removeoutput", "remove_outputs", "remove_all_outputs", "remove-all-output", "hide-output", "hide_output",
    "hideoutput", "hide-outputs",
]  # fmt: skip
SHOWN = ["remove-input", "remove_input", "hide-input", "hide_input", "parameters", "lang-ja", "keep-output", "output"]


def cell(*tags: str, source: str = "", within: tuple[str, ...] = ()) -> Any:
    said = [
        nbformat.v4.new_output("stream", name="stdout", text="out"),
        nbformat.v4.new_output("stream", name="stderr", text="err"),
        nbformat.v4.new_output("display_data", data={"text/plain": "shown"}, metadata={"tags": [*within]}),
    ]
    return nbformat.v4.new_code_cell(source, metadata={"tags": [*tags]}, outputs=said)


@pytest.mark.parametrize("tag", OUTPUTS)
def test_every_spelling_hides_the_outputs(tag: str) -> None:
    assert outputs(cell(tag)) == []
    assert outputs(cell("other", source=f"#| tags: [{tag}]\n1")) == [] or " " in tag
    assert [one.output_type for one in outputs(cell(within=(tag,)))] == ["stream", "stream"]
    assert is_hidden(nbformat.v4.new_markdown_cell("", metadata={"tags": [tag]})) == (tag in CELLS)


@pytest.mark.parametrize("tag", SHOWN)
def test_other_tags_hide_nothing(tag: str) -> None:
    assert len(outputs(cell(tag))) == 3
    assert not is_hidden(cell(tag))


@pytest.mark.parametrize(("tag", "left"), [("remove-stdout", ["stderr"]), ("remove_stderr", ["stdout"])])
def test_one_stream_alone_is_hidden(tag: str, left: list[str]) -> None:
    assert [one.name for one in outputs(cell(tag)) if one.output_type == "stream"] == left


def test_widgets_that_only_hidden_outputs_show_are_taken_out() -> None:
    views = [nbformat.v4.new_output("display_data", data={WIDGET_VIEW: {"model_id": name}}) for name in ("a", "b")]
    states = {"a": {"state": {"children": ["IPY_MODEL_c"]}}, "b": {"state": {}}, "c": {"state": {}}}
    made = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(outputs=views[:1]), nbformat.v4.new_code_cell(outputs=views[1:])],
        metadata={"widgets": {WIDGET_STATE: {"state": states}}},
    )
    assert not withhold(made)
    made.cells[1].metadata["tags"] = ["hide-output"]
    assert withhold(made)
    assert set(made.metadata.widgets[WIDGET_STATE].state) == {"a", "c"}
    assert made.cells[1].outputs == []


@pytest.mark.parametrize("kernel", [False, True], ids=["in process", "kernel"])
def test_nothing_that_a_run_leaves_holds_what_was_hidden(tmp_path: Path, kernel: bool) -> None:  # noqa: FBT001
    printed = "print('hid' + 'den words')"
    own = "from cslib.tables import note\nfrom cslib.tables.output import Table\nTable('held', 't', 'hid' + 'den words', csv='hid' + 'den words')"
    made = notebook(printed, own, printed, "'sho' + 'wn words'", "1 / 0 if last else None")
    made.cells[0].source += "\nlast = False"
    for number, tag in ((1, "remove-output"), (2, "hide_cell"), (3, "remove-stdout")):
        made.cells[number].metadata["tags"] = [tag]
    failing = nbformat.reads(nbformat.writes(made).replace("last = False", "last = True"), as_version=4)
    endless, dying = (notebook(printed, end) for end in ("print('x' * 11_000_000)", "import os\nos._exit(1)"))
    for stopped in (endless, dying):
        stopped.cells[1].metadata["tags"] = ["remove-output"]
    params = export_with(tmp_path, {"made": made, "failing": failing, "endless": endless, "dying": dying}, months=2)
    result = run(Request(params, tmp_path / "out", kernel=kernel, single_file=True), NOW, lambda *_: None)
    assert [one.status for one in result.outcomes] == ["ok", "failed", "failed", "failed"]
    held = {file.name: file.read_bytes() for file in (tmp_path / "out").rglob("*") if file.is_file()}
    assert sorted(name for name, text in held.items() if b"hidden words" in text) == []
    assert b"shown words" in held["made.html"]
    assert "made-held.csv" not in held
