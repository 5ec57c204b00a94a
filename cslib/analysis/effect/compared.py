"""Who is compared with whom: the participants that are left out and why, and how alike both sides are in each trait."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cslib.analysis.effect.told import told
from cslib.privacy.suppression import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cslib.analysis.effect.study import Study
    from cslib.analysis.inquiry import Inquiry

    Row = dict[str, object]

LEFT_OUT, TRAIT = "left_out", "trait"
FIGURES = ("participants", "before_weights", "comparison", "difference", "n")
COLUMNS = ("segment", "month", "programme", "kind", "item", *FIGURES, "reason")
_TEXTS = ["programme", "kind", "item", "reason"]
_LOSSES = "lost_6"  # of all who are compared, whatever becomes of them


def effect_compared(inquiry: Inquiry) -> pd.DataFrame:
    """Return rows per segment and programme: `COLUMNS`; a programme of which there is nothing to tell has one with the reason.

    `left_out`: how many (`n`) who joined are in no trial, by the reason. `trait`: the mean of each trait among `participants`,
    among the others as they are (`before_weights`) and as they are weighed (`comparison`), and what is left of the `difference`,
    in standard deviations; of the outcome that the programme was meant for. Outsiders are told nothing of this: such counts and
    shares tell of few.
    """
    rows = [
        {"segment": study.segment, "programme": study.programme, **row}
        for study in told(inquiry)
        for row in _rows(study)
    ]
    if lacking := inquiry.studies.lacks or (HIDDEN if inquiry.facts.discreet else ""):
        rows = [{"segment": name, "reason": lacking} for name in sorted(inquiry.segments)]
    table = pd.DataFrame(rows).reindex(columns=[*COLUMNS]).assign(month=str(inquiry.as_of))
    table[_TEXTS] = table[_TEXTS].astype(object).where(table[_TEXTS].notna(), "")
    return table.astype({**dict.fromkeys(FIGURES, "float64"), "n": "Int64"})


def _rows(study: Study) -> Iterator[Row]:
    pair = study.pair(study.meant)
    shown = pair if pair.read else study.pair(_LOSSES)
    if shown.read is None:
        yield {"reason": shown.lacks}
        return
    left = study.trials.left_out
    yield from ({"kind": LEFT_OUT, "item": str(why), "n": count} for why, count in left.items())
    yield from (
        {"kind": TRAIT, "item": one.item, "participants": one.participants, "before_weights": one.before_weights,
         "comparison": one.comparison, "difference": one.difference, "n": shown.read.participants}
        for one in shown.read.balance
    )  # fmt: skip
