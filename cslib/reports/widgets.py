"""Widgets of a notebook as a page shows them: their last state, in words and bars, since nobody can turn them there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from cslib.reports.sanitised_html import cleaned

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cslib.reports.attachments import PageFiles

_CHILD = "IPY_MODEL_"
_BOXES = {"BoxModel", "HBoxModel", "VBoxModel", "GridBoxModel", "AccordionModel", "TabModel", "StackModel"}
_HTML = {"HTMLModel", "HTMLMathModel"}
_BARS = {"FloatProgressModel", "IntProgressModel"}
_OUTPUT = "OutputModel"


def last_shown(name: str, beside: PageFiles) -> Iterator[Markup | Mapping[str, Any]]:
    """Yield what a widget showed last: its markup, and the notebook's outputs that it held, in order.

    Raises a `KeyError` for a widget of a kind that only its own script can show.
    """
    model, state = beside.widgets[name]["model_name"], beside.widgets[name]["state"]
    if model in _BOXES:
        for child in state.get("children", ()):
            yield from last_shown(child.removeprefix(_CHILD), beside)
    elif model == _OUTPUT:
        yield from state.get("outputs", ())
    else:
        yield _said(model, state, beside)


def _said(model: str, state: Mapping[str, Any], beside: PageFiles) -> Markup:
    described = cleaned(str(state.get("description", "")), beside, prose=True).html
    if model in _HTML:
        return Markup("<span>{}{}</span>").format(described, cleaned(str(state["value"]), beside, prose=True).html)
    if model in _BARS:
        low = state.get("min", 0)
        done, whole = state["value"] - low, state["max"] - low
        words = described.striptags() or beside.wording.text("progress")
        return Markup('<span>{}</span> <progress value="{}" max="{}" aria-label="{}"></progress>').format(
            described, done, whole, words
        )
    return Markup("<span>{} {}</span>").format(described, escape(_value(state)))


def _value(state: Mapping[str, Any]) -> object:
    """Return what a control is set to; of a choice its label. Raises a `KeyError` where it is no control."""
    labels, index = state.get("_options_labels"), state.get("index")
    if labels is not None:
        chosen = index if isinstance(index, list) else [] if index is None else [index]
        return ", ".join(str(labels[one]) for one in chosen)
    value = state["value"]
    if isinstance(value, bool):
        return "☑" if value else "☐"
    return " – ".join(map(str, value)) if isinstance(value, list) else value
