"""Answers that nothing but their ids can put in order, though the later one alone counts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import ibis
from ibis import _

from cslib.source.asked import asked_of

if TYPE_CHECKING:
    from ibis.expr.types import Table


def tied_answers(surveys: Table) -> int:
    """Return how many NPS answers share respondent and time with another one of a different score.

    Of other kinds every answer counts, and an answer of nobody in particular stands alone.
    """
    (found,) = asked_of(surveys).answer("tied", partial(_tied, surveys)).to_pylist()
    return int(found["answers"] or 0)


def _tied(surveys: Table) -> Table:
    answers = surveys.filter(_.kind == "nps", _.score.notnull(), _.responded_on.notnull(), _.respondent_id.notnull())
    moment = ibis.coalesce(answers.responded_moment, answers.responded_on.cast("timestamp"))
    same = answers.mutate(moment=moment).group_by(["customer_id", "respondent_id", "moment"])
    tied = same.aggregate(answers=_.count(), scores=_.score.nunique()).filter(_.scores > 1)
    return tied.aggregate(answers=_.answers.sum())
