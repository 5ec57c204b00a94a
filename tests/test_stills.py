"""Pictures of Plotly's charts, where what makes them is there."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest

from cslib.reports import static_images
from cslib.reports.static_images import add_stills

BARS = {"data": [{"type": "bar", "x": ["a"], "y": [1]}], "layout": {"title": {"text": "Plans"}}}
MIME = {"application/vnd.plotly.v1+json": {**BARS, "config": {}}}
HTML = {
    "text/html": '<script>Plotly.newPlot("id", [{"type":"bar","x":["a"],"y":[1]}], {"title":{"text":"Plans"}}, {"responsive": true})</script>'
}


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return the charts that were to be drawn, by a kaleido that draws each as the same picture."""
    plotly = pytest.importorskip("plotly.io")
    asked: list[Any] = []
    monkeypatch.setattr(static_images, "find_spec", lambda _: True)

    def draw(chart: Any, **_: object) -> bytes:
        asked.append(chart)
        return b"<svg/>"

    monkeypatch.setattr(plotly, "to_image", draw)
    return asked


def executed(data: dict[str, Any], *tags: str) -> Any:
    output = nbformat.v4.new_output("display_data", data=data)
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=[output], metadata={"tags": [*tags]})])


@pytest.mark.parametrize("data", [MIME, HTML], ids=["mime", "html"])
def test_a_chart_gets_a_picture_described_by_its_title(drawn: list[Any], data: dict[str, Any]) -> None:
    made = executed(data)
    assert add_stills(made)
    output = made.cells[0].outputs[0]
    assert drawn == [BARS]
    assert output.data["image/svg+xml"] == "<svg/>"
    assert output.metadata["image/svg+xml"]["alt"] == "Plans"
    assert output.data.items() > data.items()  # the notebook keeps what moves
    assert not add_stills(made)


def test_nothing_else_and_nothing_hidden_is_drawn(drawn: list[Any]) -> None:
    assert not add_stills(executed({"text/html": "Plotly.newPlot(", "text/plain": "x"}))
    assert not add_stills(executed({**MIME, "image/png": "aGk="}))
    assert not add_stills(executed(MIME, "remove-output"))
    assert drawn == []


def test_where_it_fails_or_is_not_there_the_notebook_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    plotly = pytest.importorskip("plotly.io")
    made = executed(MIME)
    monkeypatch.setattr(static_images, "find_spec", lambda _: None)
    assert not add_stills(made)

    def fail(*_: object, **__: object) -> bytes:
        raise RuntimeError("no Chrome")

    monkeypatch.setattr(static_images, "find_spec", lambda _: True)
    monkeypatch.setattr(plotly, "to_image", fail)
    assert not add_stills(made)
    assert made.cells[0].outputs[0].data == MIME
