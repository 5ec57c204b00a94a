"""The catalogue as text, as JSON and as the page of definitions in `docs/`."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING

from cslib.kpis.audit_sql import Audit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cslib.kpis.kpi import Kpi

_HEAD = """# The KPI catalogue

Written from the catalogue by `make pages`; do not edit. value = part ÷ whole, over the rows of the fact table in the last
`window` months. Shares are kept as 0.8 and shown as 80.0 %. An empty whole gives no value.
What each interval is, and how often it holds the truth: [uncertainty.md](uncertainty.md)."""

_OWN = {"ja": "自社定義", "en": "the team's own"}


def catalogue_text(kpis: Sequence[Kpi], language: str) -> str:
    """Return the KPIs by stage, a line each with the formula below it."""
    lines = []
    for stage, group in groupby(kpis, key=lambda kpi: kpi.stage):
        lines.append(f"{stage}")
        for kpi in group:
            own = f"  ({_OWN[language]})" if kpi.own else ""
            lines += [f"  {kpi.id}  {kpi.name(language)}{own}", f"      {kpi.formula(language)}"]
    return "\n".join(lines)


def catalogue_json(kpis: Sequence[Kpi], language: str) -> str:
    """Return the KPIs as a list of objects with all that is declared of them."""
    return json.dumps([described(kpi, language) for kpi in kpis], ensure_ascii=False, indent=1)


def catalogue_markdown(kpis: Sequence[Kpi], language: str) -> str:
    """Return the KPIs as a document: a section per stage, an entry per KPI with its expressions and its SQL."""
    audit = Audit()
    parts = [_HEAD]
    for stage, group in groupby(kpis, key=lambda kpi: kpi.stage):
        parts.append(f"## {stage}")
        parts += [_entry(kpi, language, audit) for kpi in group]
    return "\n\n".join(parts)


def described(kpi: Kpi, language: str) -> dict[str, object]:
    """Return what is declared of a KPI, its expressions as text."""
    return {
        "id": kpi.id,
        "name": kpi.name(language),
        "stage": str(kpi.stage),
        "formula": kpi.formula(language),
        "unit": str(kpi.unit),
        "better": str(kpi.better),
        "posture": str(kpi.posture),
        "window": kpi.window,
        "months": kpi.months,
        "listed": kpi.listed.name(language),
        "interval": str(kpi.interval),
        "by_day": kpi.by_day,
        "needs": list(kpi.needs),
        "fact": kpi.fact,
        "part": str(kpi.part) if kpi.part else None,
        "whole": str(kpi.whole) if kpi.whole else None,
        "n": str(kpi.n),
        "reference": kpi.reference,
        "own": kpi.own,
    }


def _entry(kpi: Kpi, language: str, audit: Audit) -> str:
    said = described(kpi, language)
    facts = [f"{key}: {said[key]}" for key in ("unit", "better", "posture", "window", "interval")]
    facts += ["changes judged between months of as many days and working days only"] if kpi.by_day else []
    other = "ja" if language == "en" else "en"
    listed = [
        " · ".join(facts),
        f"needs: {', '.join(f'`{need}`' for need in kpi.needs)} · fact table: `{kpi.fact}`",
        *(f"{name}: `{said[name]}`" for name in ("part", "whole", "n") if said[name]),
        *([f"source: {kpi.reference}"] if kpi.reference else []),
    ]
    bullets = "\n".join(f"- {line}" for line in listed)
    sql = f"<details><summary>SQL</summary>\n\n```sql\n{audit.sql(kpi)}\n```\n</details>"
    own = f" ({_OWN[language]})" if kpi.own else ""
    title = f"### {kpi.name(language)} `{kpi.id}`{own}"
    text = "\n\n".join([title, kpi.formula(language), f"{kpi.name(other)}: {kpi.formula(other)}", bullets, sql])
    return (
        text
        if kpi.otherwise is None
        else f"{text}\n\nWhere these tables are absent: {_otherwise(kpi.otherwise, language)}"
    )


def _otherwise(kpi: Kpi, language: str) -> str:
    needs = ", ".join(f"`{need}`" for need in kpi.needs)
    return f"{kpi.formula(language)} (needs {needs}; part: `{kpi.part or kpi.factors[0].part}`)."
