"""What customers say: the words that one side uses more, by hand and on a book whose comments are known."""

from __future__ import annotations

import sys
from datetime import date, datetime, time
from decimal import Decimal
from math import log, sqrt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from cslib.analysis import tokens
from cslib.analysis.tokens import words_of
from cslib.analysis.words import COLUMNS, MORE_OFTEN, SILENT, UNTOKENIZED, words
from cslib.i18n import Wording
from cslib.periods import Month
from cslib.privacy.suppression import HIDDEN
from cslib.stats.log_odds import PRIOR, false_discovery, log_odds
from cslib.tables.words import word_table
from tests.ledger import Ledger, inquiry_of

if TYPE_CHECKING:
    from cslib.stats.log_odds import Counts
    from tests.ledger import Row

LAST = Month.parse("2025-06")
SLOW, KIND = "画面の表示が遅いです。", "対応が親切です。"


def answers(  # noqa: PLR0913 - whose, how high, what, when, and of which kind
    number: int, score: int, comment: str, month: str = "2025-05", *, first: int = 0, kind: str = "nps"
) -> list[Row]:
    """Return an answer each of so many customers, from the `first` on."""
    return [
        {"response_id": f"{kind}-{score}-{month}-{first + at}", "customer_id": f"c{first + at:03}", "kind": kind,
         "score": float(score), "sent_on": Month.parse(month).first_day, "responded_on": Month.parse(month).first_day,
         "comment": comment}
        for at in range(number)
    ]  # fmt: skip


def book(*listed: list[Row]) -> Ledger:
    """Return a book of the customers that gave these answers, all under contract and of one plan."""
    surveys = [row for rows in listed for row in rows]
    names = sorted({row["customer_id"] for row in surveys})
    customers = [{"customer_id": name, "plan": "large"} for name in names]
    start = date(2024, 1, 1)
    contracts = [{"customer_id": name, "product": "core", "mrr": Decimal(10), "starts_on": start} for name in names]
    return Ledger({"customers": customers, "contracts": contracts, "surveys": surveys})


def told(ledger: Ledger, comparison: str = "detractors") -> pd.DataFrame:
    """Return the rows of a comparison, of all customers together, by their words."""
    table = words(ledger.inquiry(LAST, "total"))
    assert tuple(table.columns) == COLUMNS
    return table[table.comparison == comparison].set_index("word")


def counts(*numbers: int) -> Counts:
    """Return numbers as counts."""
    return np.array(numbers, dtype=np.int64)


def test_log_odds_are_those_of_the_formula() -> None:
    """20 of 40 here, 10 of 60 there: the prior adds 10 people, of whom 30 in a hundred use the word."""
    found = log_odds(counts(20), 40, counts(10), 60)
    prior = PRIOR * 30 / 100
    wanted = log(23 / (50 - 23)) - log(13 / (70 - 13))
    error = sqrt(1 / (20 + prior) + 1 / (10 + prior))
    assert found.ratio[0] == pytest.approx(wanted)
    assert (found.low[0], found.high[0]) == pytest.approx((wanted - 1.959964 * error, wanted + 1.959964 * error))
    assert found.p[0] == pytest.approx(1.45e-4, abs=3e-6)  # z = 3.80, from a table of the normal distribution


def test_a_word_as_common_on_both_sides_has_no_ratio() -> None:
    assert log_odds(counts(10), 40, counts(20), 80).ratio[0] == pytest.approx(0)


def test_a_side_without_anybody_tells_nothing() -> None:
    assert np.isnan(log_odds(counts(0), 0, counts(1), 5).p).all()


def test_false_discoveries_are_held_by_the_step_up_rule() -> None:
    """Of four: 0.01 x 4, 0.02 x 4 / 2, 0.04 x 4 / 3 and 0.5, each no larger than those after it; nan is none of them."""
    adjusted = false_discovery(np.array([0.02, np.nan, 0.01, 0.5, 0.04]))
    assert adjusted == pytest.approx([0.04, np.nan, 0.04, 0.5, 0.16 / 3], nan_ok=True)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (SLOW, {"画面", "表示", "遅い"}),
        ("The export is slow, and the EXPORT failed", {"export", "slow", "failed"}),
        ("ＡＰＩ連携が難しかった", {"api", "連携", "難しい"}),
        ("読んで https://example.com/some?a=1 と me@example.com", {"読む"}),
        ("   \u3000\n", set()),
        ("😀😀", set()),
        ("담당자가 친절합니다", set()),
    ],
)
def test_a_text_has_the_words_that_carry_meaning(text: str, found: set[str]) -> None:
    assert words_of(text) == found


def test_a_text_of_any_length_is_read_to_its_end() -> None:
    assert "遅い" in words_of("あ" * 60_000 + SLOW)


def test_words_of_detractors_are_found_with_a_comment_behind_each() -> None:
    found = told(book(answers(12, 3, SLOW), answers(20, 9, KIND, first=12)))
    assert [*found.loc["遅い", ["here", "of_here", "there", "of_there"]]] == [12, 12, 0, 20]
    assert found.loc["遅い", "verdict"] == MORE_OFTEN
    assert [*found.loc["遅い", ["comment_1", "comment_2"]]] == [SLOW, ""]
    assert found.loc["親切", "verdict"] == "cannot_tell"  # said more by the others
    assert list(found[found.verdict == MORE_OFTEN].index) == list(found.index[: (found.verdict == MORE_OFTEN).sum()])


def test_a_customer_counts_once_however_often_it_says_a_word() -> None:
    loud = [row | {"response_id": f"again-{at}"} for at, row in enumerate(answers(1, 2, SLOW) * 30)]
    found = told(book(loud, answers(5, 1, "画面がよく止まる", first=1), answers(20, 10, KIND, first=10)))
    assert "遅い" not in found.index  # of one customer alone, fewer than are tried
    assert [*found.loc["画面", ["here", "of_here"]]] == [6, 6]


def test_the_half_year_is_held_against_the_one_before() -> None:
    """January to June 2025 against July to December 2024; what is older, and what is written later, is of neither."""
    ledger = book(
        answers(9, 4, SLOW, "2025-01", kind="csat"),
        answers(9, 4, KIND, "2024-12", kind="csat"),
        answers(9, 4, "古い話", "2024-06", kind="csat"),
        answers(9, 4, "先の話", "2025-07", kind="csat"),
    )
    found = told(ledger, "recent")
    assert set(found.index) == {"画面", "表示", "遅い", "対応", "親切"}
    assert [*found.loc["遅い", ["here", "there"]]] == [9, 0]
    assert told(ledger).reason.to_list() == [SILENT]  # no NPS answer at all


def test_what_chance_may_have_done_is_not_called_more() -> None:
    found = told(book(answers(6, 3, SLOW), answers(14, 3, KIND, first=6), answers(4, 9, SLOW, first=20), answers(16, 9, KIND, first=24)))  # fmt: skip
    assert [*found.loc["遅い", ["here", "of_here", "there", "of_there"]]] == [6, 20, 4, 20]
    assert set(found.verdict) == {"cannot_tell"}


def test_comments_of_one_segment_are_no_other_segments() -> None:
    ledger = book(answers(12, 3, SLOW), answers(20, 9, KIND, first=12))
    customers = [
        row | {"plan": "large" if row["customer_id"] < "c006" else "small"} for row in ledger.rows["customers"]
    ]
    table = words(ledger.with_rows(customers=customers).inquiry(LAST, "small"))
    assert set(table.segment) == {"small"}
    assert table[table.word == "遅い"].here.to_list() == [6]


@pytest.mark.parametrize("absent", ["comment", "score", "responded_on"])
def test_without_a_column_it_says_what_it_needs(absent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = book(answers(6, 3, SLOW)).facts(LAST)
    lacking = {f"surveys.{absent}", "tickets.comment"}
    monkeypatch.setattr(facts, "missing", lambda needs: [one for one in needs if one in lacking])
    table = words(inquiry_of(facts, LAST, "total"))
    reasons = dict(zip(table.comparison, table.reason, strict=True))
    assert reasons["detractors"] == f"needs surveys.{absent}"
    # what rose is told of answers without a score, too: there are none of the half-year before
    assert reasons["recent"] == (
        "silent: one side holds no comment" if absent == "score" else f"needs surveys.{absent}"
    )


def cases(number: int, comment: str, month: str) -> list[Row]:
    """Return a ticket each of so many customers."""
    opened = datetime.combine(Month.parse(month).first_day, time(9))
    return [
        {"ticket_id": f"{month}-{at}", "customer_id": f"c{at:03}", "opened_at": opened, "comment": comment}
        for at in range(number)
    ]


def test_tickets_say_what_rose_and_nothing_of_detractors() -> None:
    ledger = book(answers(12, 3, SLOW, "2024-12"), answers(12, 9, KIND, "2025-05", first=12))
    without = told(ledger, "recent")
    more = ledger.with_rows(tickets=[*cases(12, SLOW, "2025-06"), *cases(12, KIND, "2025-07")])
    # answers: 12 said slow in the half-year before, none since; with the tickets of June 12 of now 24 do; those of July are not known yet
    assert (without.here["遅い"], without.there["遅い"], without.of_here["遅い"]) == (0, 12, 12)
    found = told(more, "recent")
    assert (found.here["遅い"], found.there["遅い"], found.of_here["遅い"]) == (12, 12, 24)
    pd.testing.assert_frame_equal(told(ledger), told(more))


def test_tickets_alone_are_enough_for_what_rose() -> None:
    ledger = (
        book(answers(12, 3, SLOW))
        .without("surveys")
        .with_rows(tickets=[*cases(12, SLOW, "2025-06"), *cases(12, KIND, "2024-12")])
    )
    assert [*told(ledger, "recent").loc["遅い", ["here", "there", "verdict"]]] == [12, 0, "more_often"]
    assert set(told(ledger).reason) == {"needs surveys"}


def test_outsiders_are_told_no_word(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = book(answers(12, 3, SLOW), answers(20, 9, KIND, first=12)).facts(LAST)
    monkeypatch.setattr(type(facts), "discreet", property(lambda _: True))
    table = words(inquiry_of(facts, LAST))
    assert set(table.reason) == {HIDDEN}
    assert not table[["word", "comment_1", "comment_2"]].any(axis=None)


def test_without_the_tokenizer_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sudachipy", None)
    tokens.tokenizer.cache_clear()
    try:
        table = words(book(answers(6, 3, SLOW)).inquiry(LAST, "total"))
        assert set(table.reason) == {UNTOKENIZED}
        shown = word_table(table[table.comparison == "recent"], Wording("en"), "recent")
        assert shown.text.endswith("(the extra 'words', which splits Japanese into words, is not installed).")
    finally:
        tokens.tokenizer.cache_clear()


def test_words_of_the_same_comments_share_a_row() -> None:
    table = words(book(answers(12, 3, SLOW), answers(20, 9, KIND, first=12)).inquiry(LAST, "total"))
    shown = word_table(table[table.comparison == "detractors"], Wording("en"), "detractors")
    assert shown.text == (
        "Comments of 12 customers are held against those of 20; of 5 words 3 are clearly said more. "
        "A customer counts once for a word, however often it is said."
    )
    assert shown.html.count("<tr>") == 2
    assert "12 of 12 (100.0 %)" in shown.html.replace("\N{NO-BREAK SPACE}", " ")
