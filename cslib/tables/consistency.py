"""Findings in words, and the tree from a segment's goal to the owners of its targets, with the findings as marks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from cslib.analysis.targets.consistency import AGREES, CONTRADICTION, GAP
from cslib.analysis.targets.pdca import INTERNAL
from cslib.i18n.direction import isolate_direction
from cslib.i18n.messages import TEXTS
from cslib.i18n.numbers import number
from cslib.kpis.kpi import Stage, Unit
from cslib.tables.markup import data_text
from cslib.tables.output import Table, csv_text, note, records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from cslib.i18n import Wording
    from cslib.kpis import Catalogue
    from cslib.kpis.kpi import Kpi
    from cslib.settings import LocalisedText, Segment
    from cslib.tables.output import Output

_SHAPES = {CONTRADICTION: "●", GAP: "○"}
_AS = {"b": "a"}  # said in the same words
_COUNTED = frozenset("lmnpq")
_YEAR = 12

Row = dict[str, Any]


class Findings:
    """The findings of a segment, in words."""

    def __init__(self, rows: pd.DataFrame, segments: Sequence[Segment], catalogue: Catalogue, wording: Wording) -> None:
        ordered = rows.assign(gap=rows.severity == GAP).sort_values(["gap", "rule"], kind="stable")
        self.rows: list[Row] = records(ordered[ordered.rule != ""])
        self._segments = {one.id: one for one in segments}
        self._catalogue, self._wording = catalogue, wording

    def count(self, severity: str) -> int:
        """Return how many findings are of a kind."""
        return sum(row["severity"] == severity for row in self.rows)

    def of_kpi(self, kpi: str) -> list[Row]:
        """Return the findings that speak of a KPI."""
        return [
            row for row in self.rows if kpi in {row["kpi"], *(row["about"].split() if row["rule"] in "abc" else [])}
        ]

    def of(self, *rules: str) -> list[Row]:
        """Return the findings by these rules."""
        return [row for row in self.rows if row["rule"] in rules]

    def what(self, row: Row) -> str:
        """Return in a sentence what was found."""
        rule = _AS.get(row["rule"], row["rule"])
        keys = [f"consistency_{rule}_what_{_variant(row)}", f"consistency_{rule}_what"]
        return self._wording.text(next(key for key in keys if key in TEXTS), **self._figures(row))

    def said(self, row: Row, part: str) -> str:
        """Return why it matters, or what to do."""
        return self._wording.text(f"consistency_{_AS.get(row['rule'], row['rule'])}_{part}", **self._figures(row))

    def _figures(self, row: Row) -> dict[str, str]:
        """Return what the sentences are filled in with: figures in the unit of the KPI, names in words."""
        wording, rule = self._wording, row["rule"]
        unit = Unit.COUNT if rule in _COUNTED else self._catalogue.by_id[row["kpi"]].unit if row["kpi"] else Unit.SHARE
        shown = {name: wording.value(unit, row[name]) for name in ("found", "wanted")}
        if rule == "n":
            shown["wanted"] = wording.value(self._catalogue.by_id[row["kpi"]].unit, row["wanted"])
        return {"kpi": self._name(row["kpi"]), "about": self._about(row), **shown, **self._monthly(row)}

    def _monthly(self, row: Row) -> dict[str, str]:
        """Return of rules a and b the loss a month that is wanted, and the one that would do."""
        if row["rule"] not in {"a", "b"}:
            return {}
        rates = {"loss": 1 - row["found"] ** (1 / _YEAR), "needed": 1 - row["wanted"] ** (1 / _YEAR)}
        return {name: _two_digits(rate, self._wording) for name, rate in rates.items()}

    def _about(self, row: Row) -> str:
        rule, about = row["rule"], row["about"]
        if rule in "abcl":
            return self._wording.join([self._name(kpi) for kpi in about.split()])
        if rule in "dp":
            return self._wording.join([self._segment(name) for name in about.split()])
        if rule == "e":
            return self._wording.needs(about.split())
        if rule == "f":
            return self._wording.text(f"consistency_touch_{about}")
        return self._wording.stage(about) if rule == "j" and about in set(Stage) else isolate_direction(about)

    def _name(self, kpi: str) -> str:
        return self._catalogue.by_id[kpi].name(self._wording.language) if kpi else ""

    def _segment(self, name: str) -> str:
        return (
            isolate_direction(str(getattr(self._segments[name].name, self._wording.language)))
            if name in self._segments
            else name
        )


def _variant(row: Row) -> str:
    """Return which of the sentences of a rule says what was found."""
    rule, about = row["rule"], row["about"]
    if rule == "k" and number(row["found"]) is not None:
        return "wall"
    if rule == "c" and not about:
        return "over"
    return "owner" if rule == "m" and about else about


def _two_digits(rate: float, wording: Wording) -> str:
    """Return a share with two decimals, since a tenth of a point a month is a point a year: 1.35%."""
    return f"{rate * 100:.2f}".rstrip("0").rstrip(".") + ("%" if wording.language == "ja" else "\N{NO-BREAK SPACE}%")


def consistency_findings(
    rows: pd.DataFrame, segments: Sequence[Segment], catalogue: Catalogue, wording: Wording
) -> Output:
    """Return each finding in words: what, why it matters, what to do, where; contradictions first."""
    title, found = wording.text("consistency_title"), Findings(rows, segments, catalogue, wording)
    if not found.rows:
        return note(_none(rows, wording), title)
    text = wording.text("consistency_text", contradictions=found.count(CONTRADICTION), gaps=found.count(GAP))
    listed = Markup().join(_finding(row, found, wording) for row in found.rows)
    html = Markup('<ol class="cards findings">{}</ol>').format(listed)
    return Table("consistency", title, text, html=html, csv=csv_text(rows))


def _none(rows: pd.DataFrame, wording: Wording) -> str:
    reason = str(rows.reason.iloc[0])
    return wording.text("consistency_none" if reason == AGREES else "nothing_because", reason=wording.reason(reason))


def _finding(row: Row, found: Findings, wording: Wording) -> Markup:
    lines = {"why": found.said(row, "why"), "do": found.said(row, "do")}
    listed = Markup().join(
        Markup("<dt>{}</dt><dd>{}</dd>").format(wording.text(f"consistency_{key}"), said) for key, said in lines.items()
    )
    return Markup(
        '<li class="card {severity}"><p class="facts"><span class="status"><i aria-hidden="true">{shape}</i> {word}</span></p>'
        '<p class="name">{what}</p><dl>{lines}<dt>{where}</dt><dd><code>{place}</code></dd></dl></li>'
    ).format(
        severity=row["severity"], shape=_SHAPES[row["severity"]], word=wording.text(f"consistency_{row['severity']}"),
        what=found.what(row), lines=listed, where=wording.text("consistency_where"), place=row["where"],
    )  # fmt: skip


def consistency_tree(  # noqa: PLR0913, PLR0917 - a segment's goals, what was found of them, and in which words they stand
    rows: pd.DataFrame, segment: Segment, goal: LocalisedText | None, values: Mapping[str, float], catalogue: Catalogue, wording: Wording
) -> Output:  # fmt: skip
    """Return the goal, the KGI, the KPIs by stage and their owners, each with the marks of what was found of it.

    `goal` is what the report is for, `values` the figures of the month by KPI.
    """
    title, found = wording.text("consistency_tree"), Findings(rows, (), catalogue, wording)
    if rows.reason.iloc[0] == INTERNAL:
        return note(_none(rows, wording), title)
    tree = _Tree(segment, found, values, catalogue, wording)
    owners = {one.owner for one in segment.targets.values() if one.owner}
    marked = sum(bool(found.of_kpi(kpi)) for kpi in segment.targets)
    text = wording.text("consistency_tree_text", targets=len(segment.targets), owners=len(owners), marked=marked)
    return Table("consistency-tree", title, text, html=tree.html(goal))


class _Tree:
    def __init__(
        self, segment: Segment, found: Findings, values: Mapping[str, float], catalogue: Catalogue, wording: Wording
    ) -> None:
        self._segment, self._found, self._values = segment, found, values
        self._catalogue, self._wording = catalogue, wording

    def html(self, goal: LocalisedText | None) -> Markup:
        nodes = [self._goal(goal, "report")] if goal or self._unsaid("report") else []
        head = Markup().join([*nodes, self._goal(self._segment.goal, "")])
        return Markup('<ul class="tree"><li>{}<ul><li>{}<ul class="stages-of">{}</ul></li></ul></li></ul>').format(
            head, self._kgi(), Markup().join(self._stage(stage) for stage in Stage)
        )

    def _goal(self, goal: LocalisedText | None, of: str) -> Markup:
        said = data_text(getattr(goal, self._wording.language)) if goal else self._wording.text("consistency_unsaid")
        return self._node("consistency_goal", said, self._unsaid(of))

    def _unsaid(self, of: str) -> list[Row]:
        return [row for row in self._found.of("g") if row["about"] == of]

    def _kgi(self) -> Markup:
        kgi = self._segment.kgi
        marks = self._found.of("h")
        if kgi is None:
            return self._node("consistency_kgi", self._wording.text("consistency_unsaid"), marks)
        marks += [row for row in self._found.of_kpi(kgi.kpi) if row["rule"] != "h"]
        return self._node(
            "consistency_kgi", self._target(self._catalogue.by_id[kgi.kpi], kgi.target, kgi.owner, marks), []
        )

    def _stage(self, stage: Stage) -> Markup:
        kpis = [
            self._catalogue.by_id[kpi] for kpi in self._segment.targets if self._catalogue.by_id[kpi].stage is stage
        ]
        lacking = [row for row in self._found.of("j") if row["about"] == stage]
        leaves = Markup().join(Markup("<li>{}</li>").format(self._leaf(kpi)) for kpi in kpis)
        none = Markup('<li class="missing">{}</li>').format(self._wording.text("consistency_no_target"))
        return Markup('<li><p class="stage-of">{}{}</p><ul>{}</ul></li>').format(
            self._wording.stage(stage), self._marks(lacking), leaves or none
        )

    def _leaf(self, kpi: Kpi) -> Markup:
        goal = self._segment.targets[kpi.id]
        return self._target(kpi, goal.target, goal.owner, self._found.of_kpi(kpi.id))

    def _target(self, kpi: Kpi, target: float, owner: str, rows: Sequence[Row]) -> Markup:
        wording = self._wording
        shown = {"target": wording.value(kpi.unit, target), "value": wording.value(kpi.unit, self._values.get(kpi.id))}
        return Markup('<b>{}</b>{} <span class="aim">{}</span> <span class="owner">{}</span>').format(
            kpi.name(wording.language), self._marks(rows), wording.text("consistency_target", **shown),
            data_text(owner) if owner else wording.text("consistency_no_owner"),
        )  # fmt: skip

    def _node(self, key: str, shown: str | Markup, rows: Sequence[Row]) -> Markup:
        return Markup('<p class="node"><span class="key">{}</span> {}{}</p>').format(
            self._wording.text(key), shown, self._marks(rows)
        )

    def _marks(self, rows: Sequence[Row]) -> Markup:
        """Return a mark per finding, which says itself to those who hover or listen."""
        return Markup().join(
            Markup(
                ' <span class="mark {}" title="{}"><i aria-hidden="true">{}</i><span class="hidden"> {}</span></span>'
            ).format(row["severity"], self._found.what(row), _SHAPES[row["severity"]], self._found.what(row))
            for row in rows
        )
