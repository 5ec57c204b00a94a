"""Whether the rules of proposals have proved themselves, and which products are held together, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cslib.analysis.growth.pairs import CANNOT_TELL, SUPPORTED
from cslib.analysis.growth.replay import SPEAKS_AGAINST, verdict_by_rule
from cslib.i18n import numbers
from cslib.kpis.kpi import Unit
from cslib.tables.lists import customer_list, plain_table
from cslib.tables.output import Table, csv_text

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from cslib.i18n import Wording
    from cslib.tables.lists import Shown
    from cslib.tables.output import Output

_SHOWN = 15  # pairs


def replay_table(frame: pd.DataFrame, wording: Wording) -> Output:
    """Return a row per rule and reading, as `cslib analyse replay` gives them, below the rules that stand and those that do not."""
    title = wording.text("replay_title")
    rows = [
        {
            "rule": wording.text(f"replay_{row['rule']}"),
            "reading": wording.text(f"replay_{row['reading']}"),
            "held": _share(row, "held", "held_rate", wording),
            "others": _share(row, "others", "other_rate", wording),
            "ratio": _ratio(row, "risk_ratio", Unit.TIMES, wording),
            "verdict": wording.text(f"verdict_{row['verdict']}"),
            "missing": _missing(row, wording),
        }
        for row in frame.to_dict("records")
    ]
    columns: dict[str, Shown] = {
        "rule": wording.text("replay_rule"), "reading": wording.text("replay_reading"), "verdict": wording.text("verdict"),
        "held": (wording.text("replay_held"), "figure"), "others": (wording.text("replay_others"), "figure"),
        "ratio": (wording.text("replay_ratio"), "figure"), "missing": wording.text("what_is_missing"),
    }  # fmt: skip
    shown = plain_table(pd.DataFrame(rows), wording, title, columns, name="replay")
    return Table("replay", title, _said(frame, wording), html=shown.html, csv=csv_text(frame))


def _said(frame: pd.DataFrame, wording: Wording) -> str:
    behind = verdict_by_rule(frame)
    supported, against = (
        [wording.text(f"replay_{rule}") for rule, verdict in behind.items() if verdict == asked]
        for asked in (SUPPORTED, SPEAKS_AGAINST)
    )
    untold = sum(verdict == CANNOT_TELL for verdict in behind.values())
    rest = len(behind) - len(supported) - untold
    counts = {"tried": len(behind), "supported": len(supported), "rest": rest, "open": untold}
    return wording.sentences(
        wording.text("replay_text", **counts),
        wording.text("replay_supported", names=wording.join(supported)) if supported else "",
        wording.text("replay_against", names=wording.join(against)) if against else "",
        wording.text("replay_basis"),
    )


def _share(row: Mapping[Hashable, Any], count: str, rate: str, wording: Wording) -> str:
    if pd.isna(row[count]):
        return numbers.MISSING
    counted = {"share": wording.value(Unit.SHARE, row[rate]), "count": wording.value(Unit.COUNT, row[count])}
    return wording.text(f"replay_of_{row['reading']}", **counted)


def _ratio(row: Mapping[Hashable, Any], name: str, unit: Unit, wording: Wording) -> str:
    shown, interval = wording.value(unit, row[name]), wording.interval(unit, row["low"], row["high"])
    return shown if numbers.MISSING in {shown, interval} else f"{shown} ({interval})"


def _missing(row: Mapping[Hashable, Any], wording: Wording) -> str:
    needed = numbers.number(row["needed"])
    more = wording.text("events_needed", count=int(needed)) if needed else ""
    return wording.text("list_comma").join(part for part in (wording.reason(row["reason"]), more) if part)


def pair_table(frame: pd.DataFrame, wording: Wording) -> Output:
    """Return the pairs of products that could be judged, as `cslib analyse pairs` gives them, or that none was found."""
    title = wording.text("pairs_title")
    tried = frame[frame["product"] != ""]
    if not len(tried):
        reason = wording.reason(frame.reason.iloc[0])
        return Table("pairs", title, wording.text("nothing_because", reason=reason), csv=csv_text(frame))
    judged = tried[tried.p_holm.notna()]
    named = [f"{row['product']} + {row['other']}" for row in judged[judged.verdict == SUPPORTED].to_dict("records")]
    found = wording.text("pairs_found", names=wording.join(named)) if named else wording.text("pairs_none")
    text = wording.sentences(wording.text("pairs_text", tried=len(tried), judged=len(judged)), found)
    rows = pd.DataFrame([_pair(row, wording) for row in judged.to_dict("records")])
    if not len(rows):
        return Table("pairs", title, text, csv=csv_text(frame))
    columns: dict[str, Shown] = {
        "pair": wording.text("pairs_pair"), "verdict": wording.text("verdict"),
        "both": (wording.text("pairs_both"), Unit.COUNT), "holders": (wording.text("pairs_holders"), "figure"),
        "ratio": (wording.text("pairs_ratio"), "figure"),
    }  # fmt: skip
    shown = customer_list(rows, wording, title, columns, _SHOWN, name="pairs", text=text)
    return Table("pairs", title, shown.text, html=shown.html, csv=csv_text(frame))


def _pair(row: Mapping[Hashable, Any], wording: Wording) -> dict[str, object]:
    holders = [wording.value(Unit.COUNT, row[name]) for name in ("product_holders", "other_holders")]
    return {
        "pair": f"{row['product']} + {row['other']}", "verdict": wording.text(f"verdict_{row['verdict']}"),
        "both": row["both"], "holders": " / ".join(holders), "ratio": _ratio(row, "odds_ratio", Unit.TIMES, wording),
    }  # fmt: skip
