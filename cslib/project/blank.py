"""A blank notebook of a team's own: its parameters, the scenario opened, and one example each of text, table and chart."""

from __future__ import annotations

import json
from typing import Any

_PARAMETERS = """\
# Which report this is. A run fills these in; in JupyterLab change them and run all cells.
params = "../params"  # folder with source.yaml, policies.yaml, report.yaml and segments/
segment = "total"  # id of a file in params/segments/
as_of = ""  # month, YYYY-MM; empty: the last month that the data reach
language = ""  # ja or en; empty: as report.yaml says
snapshot = ""  # a slice that a run has prepared; empty: taken from the source, reused while nothing changes"""
_CELLS: tuple[tuple[str, list[str], str], ...] = (
    ("markdown", ["lang-ja"], "# 何を知りたいか?\n\nこのページで答える問いと、その見方を一文で書きます。"),
    (
        "markdown",
        ["lang-en"],
        "# What do we want to know?\n\nSay in a sentence which question this page answers, and how.",
    ),
    ("code", ["parameters"], _PARAMETERS),
    ("code", [], "import altair as alt\n\nfrom cslib.scenario import Scenario"),
    ("code", [], "s = Scenario.open(params, segment, as_of, language, snapshot)"),
    ("markdown", ["lang-ja"], "## 今月の答え"),
    ("markdown", ["lang-en"], "## The month at a glance"),
    ("code", [], "s.goals()"),
    ("code", [], 'recent = s.kpis("mrr")[["month", "value", "n"]].tail(12)'),
    (
        "code",
        [],
        's.table(recent, "MRR", {"month": ("Month", "month"), "value": ("MRR", "amount"), "n": ("Customers", "count")})',
    ),
    ("code", [], 'alt.Chart(recent, title="MRR").mark_bar().encode(x="month", y="value")'),
    ("markdown", ["lang-ja", "remove-cell"], "## さらに調べる\n\nここから先は公開されるページには載りません。"),
    ("markdown", ["lang-en", "remove-cell"], "## Explore further\n\nWhat follows stays in the notebook."),
    ("code", ["remove-cell"], "s.facts"),
    ("code", ["remove-cell"], 's.frame("customer_months").tail()'),
)


def blank_notebook() -> str:
    """Return the notebook as JupyterLab saves it."""
    cells = [_cell(f"own-{at:02d}", kind, tags, source) for at, (kind, tags, source) in enumerate(_CELLS)]
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
    held = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(held, ensure_ascii=False, indent=1) + "\n"


def _cell(name: str, kind: str, tags: list[str], source: str) -> dict[str, Any]:
    more: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "id": name, "metadata": {"tags": tags} if tags else {}, **more, "source": source}
