"""Answers that nothing but their ids can put in order, though the later one alone counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
from ibis import _

if TYPE_CHECKING:
    from ibis.expr.types import Table


def tied_answers(surveys: Table) -> int:
    """Return how many NPS answers share respondent and time with another one of a different score.

    Of other kinds every answer counts, and an answer of nobody in particular stands alone.
    """
    answers = surveys.filter(_.kind == "nps", _.score.notnull(), _.responded_on.notnull(), _.respondent_id.notnull())
    moment = ibis.coalesce(answers.responded_moment, answers.responded_on.cast("timestamp"))
    same = answers.mutate(moment=moment).group_by(["customer_id", "respondent_id", "moment"])
    tied = same.aggregate(answers=_.count(), scores=_.score.nunique()).filter(_.scores > 1)
    return int(tied.answers.sum().to_pyarrow().as_py() or 0)
