"""What customers say: words that one side of their comments uses more than the other."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd
from ibis import _

from cslib.analysis.tokens import tokenizer, words_of
from cslib.kpis import reasons
from cslib.periods import month_number
from cslib.privacy.suppression import HIDDEN
from cslib.stats.log_odds import false_discovery, log_odds

if TYPE_CHECKING:
    from cslib.analysis.inquiry import Inquiry
    from cslib.facts import Facts
    from cslib.periods import Month

COLUMNS = (
    "segment", "month", "comparison", "word", "here", "of_here", "there", "of_there", "log_odds", "low", "high", "p_adjusted",
    "comment_1", "comment_2", "verdict", "reason",
)  # fmt: skip
ANSWERS, CASES = ("surveys.comment", "surveys.responded_on"), ("tickets.comment",)
DETRACTORS, RECENT = "detractors", "recent"
NEEDS = {DETRACTORS: ((*ANSWERS, "surveys.score"),), RECENT: (ANSWERS, CASES)}  # of which one is enough
COMPARISONS = (DETRACTORS, RECENT)
MORE_OFTEN, CANNOT_TELL = "more_often", "cannot_tell"
UNTOKENIZED = "tokenizer: the extra 'words' is not installed"
SILENT = "silent: one side holds no comment"
_HALF_YEAR, _YEAR = 6, 12
_LOW, _HIGH = 6, 9  # of an NPS answer: a detractor's highest, a promoter's lowest
_LEVEL = 0.05
_EXAMPLES = 2


@dataclass(frozen=True)
class _Side:
    """The comments of one side: the words of each customer, and the comments that hold them."""

    words: dict[str, set[str]]  # by customer
    comments: dict[str, list[str]]  # by word, each another text of another customer, the latest first

    @classmethod
    def of(cls, comments: pd.DataFrame) -> _Side:
        words: dict[str, set[str]] = {}
        examples: dict[str, list[str]] = {}
        for customer, comment in comments[["customer_id", "comment"]].itertuples(index=False, name=None):
            theirs = words.setdefault(customer, set())
            for word in sorted(words_of(comment) - theirs):
                theirs.add(word)
                if comment not in (known := examples.setdefault(word, [])):
                    known.append(comment)
        return cls(words, examples)

    @property
    def counts(self) -> Counter[str]:
        """By how many customers each word is used."""
        return Counter(word for theirs in self.words.values() for word in theirs)


def words(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per segment, comparison and word that enough customers use: `COLUMNS`, the clearest word first.

    `detractors`: comments to NPS answers up to 6 against those from 9, of twelve months. `recent`: the comments of all
    surveys and tickets of six months against those of the six before. A customer counts once for a word, however often it is said and by
    whoever. `here` of `of_here` customers use it; `log_odds` and its 95 % interval say how much more than `there`;
    `p_adjusted` is controlled for false discoveries over the words of the comparison. Words are tried that `min_n` customers
    use. A comparison in which nothing can be tried is one row with its reason. Outsiders are told nothing: a comment can name
    whom it likes.
    """
    facts, found = inquiry.facts, []
    untold = {comparison: _untold(facts, comparison) for comparison in COMPARISONS}
    comments = pd.DataFrame() if all(untold.values()) else _comments(facts, inquiry.as_of)
    for segment, comparison in product(sorted(inquiry.segments), COMPARISONS):
        if untold[comparison]:
            rows = _nothing(untold[comparison])
        else:
            mine = comments[comments.segment == segment]
            rows = _compared(*_sides(mine, comparison, inquiry.as_of), facts.policies.min_n)
        found.append(rows.assign(segment=segment, comparison=comparison))
    table = pd.concat(found, ignore_index=True).assign(month=str(inquiry.as_of))
    return table.astype(dict.fromkeys(("here", "of_here", "there", "of_there"), "Int64"))[list(COLUMNS)]


def _untold(facts: Facts, comparison: str) -> str:
    """Return why nothing can be told of comments; an empty text where it can."""
    if facts.discreet:
        return HIDDEN
    absent = [facts.missing(needs) for needs in NEEDS[comparison]]
    if all(absent):
        return f"{reasons.NEEDS} {', '.join(absent[0])}"
    return "" if tokenizer() else UNTOKENIZED


def _comments(facts: Facts, as_of: Month) -> pd.DataFrame:
    """Return the comments of twelve months by segment, the latest first: segment, customer_id, kind, score, month_no, comment.

    Those of tickets are of no kind, and have no score.
    """
    answers = facts.tables["surveys"].select(
        "customer_id", "kind", "comment", written_on=_.responded_on, score=_.score.cast("float64")
    )
    cases = facts.tables["tickets"].select(
        "customer_id", "comment", written_on=_.opened_at.date(), kind=ibis.null("string"), score=ibis.null("float64")
    )
    told = [table for table, needs in ((answers, ANSWERS), (cases, CASES)) if not facts.missing(needs)]
    every = ibis.union(*(table.select("customer_id", "kind", "comment", "written_on", "score") for table in told))
    written = every.mutate(month_no=month_number(every.written_on)).filter(
        _.comment.strip() != "", _.month_no <= as_of.number, _.month_no > as_of.number - _YEAR
    )
    joined = written.join(facts.members.select("segment", "customer_id"), "customer_id")
    ordered = joined.order_by(_.written_on.desc(), "customer_id", "comment", "segment")
    return ordered.to_pyarrow().to_pandas()


def _sides(comments: pd.DataFrame, comparison: str, as_of: Month) -> tuple[_Side, _Side]:
    if comparison == RECENT:
        here = comments.month_no > as_of.number - _HALF_YEAR
        return _Side.of(comments[here]), _Side.of(comments[~here])
    nps = comments[comments.kind == "nps"]
    return _Side.of(nps[nps.score <= _LOW]), _Side.of(nps[nps.score >= _HIGH])


def _compared(here: _Side, there: _Side, least: int) -> pd.DataFrame:
    if not here.words or not there.words:
        return _nothing(SILENT)
    both = here.counts + there.counts
    tried = sorted(word for word, count in both.items() if count >= least)
    if not tried:
        return _nothing(reasons.EMPTY)
    used, other = (np.array([side.counts[word] for word in tried], dtype=np.int64) for side in (here, there))
    told = log_odds(used, len(here.words), other, len(there.words))
    adjusted = false_discovery(told.p)
    clear = (adjusted < _LEVEL) & (told.ratio > 0)
    frame = pd.DataFrame(
        {"word": tried, "here": used, "of_here": len(here.words), "there": other, "of_there": len(there.words),
         "log_odds": told.ratio, "low": told.low, "high": told.high, "p_adjusted": adjusted,
         "verdict": np.where(clear, MORE_OFTEN, CANNOT_TELL), "reason": ""}
    )  # fmt: skip
    for at in range(_EXAMPLES):
        frame[f"comment_{at + 1}"] = [(here.comments.get(word, []) + [""] * _EXAMPLES)[at] for word in tried]
    place = frame.log_odds.rank(ascending=False) + ~clear * len(tried)
    return frame.assign(place=place).sort_values(["place", "word"]).drop(columns="place")


def _nothing(reason: str) -> pd.DataFrame:
    counts = dict.fromkeys(("here", "of_here", "there", "of_there"), pd.NA)
    figures = dict.fromkeys(("log_odds", "low", "high", "p_adjusted"), np.nan)
    texts = dict.fromkeys(("word", "comment_1", "comment_2"), "")
    return pd.DataFrame([{**texts, **counts, **figures, "verdict": CANNOT_TELL, "reason": reason}])
