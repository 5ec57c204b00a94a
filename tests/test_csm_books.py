"""What is said of CSMs on simulated books whose truth is known: a few of what `python -m bench.csms` tries."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from bench.csms import LAWS, SHAPES, book, found
from cslib.stats.logistic import chance

BOOKS = 40


def tried(kind: str, shape: str) -> pd.DataFrame:
    """Return what is said of some books of a kind."""
    return pd.DataFrame([found(LAWS[kind], *SHAPES[shape], seed, years=1) for seed in range(BOOKS)])


def test_where_no_csm_differs_hardly_anyone_is_marked_and_the_spread_is_seldom_found() -> None:
    books = tried("none", "12, 300")
    assert books.marked.sum() <= 2
    assert books.test.sum() <= 5
    assert books.raw.sum() > 15  # what a table of plain rates would accuse of
    assert books.shrunken.mean() < books.error.mean() / 2


def test_a_spread_of_ten_points_is_found_and_held_by_its_interval() -> None:
    books = tried("spread_70", "20, 600")
    assert books.test.sum() >= 28
    assert books.holds_these.sum() >= 35
    assert books.tau.mean() == pytest.approx(books.truth.mean(), abs=0.02)


def test_one_who_is_much_worse_is_marked_at_times_and_hardly_anybody_else() -> None:
    books = tried("one_worse", "20, 600")
    assert books.marked.sum() >= 5
    assert (books.marked & ~books.right).sum() <= 3


def test_the_books_are_what_they_say() -> None:
    of = book(LAWS["one_worse"], 20, 600, 1)
    assert np.sort(of.done)[:2].tolist() == [-1.2, 0]
    assert chance(of.logits).mean() == pytest.approx(0.8, abs=0.05)
    assert len(np.unique(of.csm)) == len(of.done) <= 20
