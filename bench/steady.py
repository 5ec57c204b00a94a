"""Books in which nothing changes: each month is drawn from the same laws, so that whatever moves is chance.

Customers leave and come at one rate, so that the book keeps its size; so do changes of price, answers, days of use, steps,
goals, tickets and offers. Each month is drawn afresh: real customers stay more like themselves, and move less.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import yaml

from cslib.periods import Month

if TYPE_CHECKING:
    from pathlib import Path

LAST = Month.parse("2026-10")
MONTHS = 64  # of the book; the windows of the first 16 are not yet full
SEGMENTS = ("a", "b", "c")
_LEAVE, _UP, _DOWN = 0.02, 0.02, 0.01  # a month
_TENURE = 48  # months that a customer of the first day may have been there already
_USERS = 3
_CSAT = (0.03, 0.07, 0.15, 0.4, 0.35)
_NPS = (*(0.02,) * 6, 0.03, 0.15, 0.2, 0.25, 0.25)
_CES = (0.02, 0.03, 0.1, 0.15, 0.25, 0.25, 0.2)


def write_steady(folder: Path, customers: int, seed: int) -> Path:
    """Write a book of so many customers a segment, and return its params; the same for the same seed."""
    rng = np.random.default_rng([seed, customers])
    lives = _lives(rng, customers)
    tables = {
        "customers": lives[["customer_id", "name", "plan"]],
        "contracts": _contracts(rng, lives),
        **_by_month(rng, lives),
        **_once(rng, lives),
    }
    (folder / "data").mkdir(parents=True)
    for name, table in tables.items():
        table.to_parquet(folder / "data" / f"{name}.parquet", index=False)
    return _params(folder, tables)


def _params(folder: Path, tables: dict[str, pd.DataFrame]) -> Path:
    params = folder / "params"
    (params / "segments").mkdir(parents=True)
    source = {
        "read_on": (LAST + 1).first_day,
        "tables": {name: {"from": f"../data/{name}.parquet"} for name in tables},
    }
    (params / "source.yaml").write_text(yaml.safe_dump(source), "utf-8")
    (params / "segments" / "total.yaml").write_text(yaml.safe_dump({"id": "total", "name": "total"}), "utf-8")
    for segment in SEGMENTS:
        said = {"id": segment, "name": segment, "where": {"plan": segment}}
        (params / "segments" / f"{segment}.yaml").write_text(yaml.safe_dump(said), "utf-8")
    return params


def _lives(rng: np.random.Generator, customers: int) -> pd.DataFrame:
    """Return every customer with its first month and the one after its last, by number from the book's first month on."""
    places = np.arange(customers * len(SEGMENTS))
    first, born = -rng.geometric(_LEAVE, len(places)).clip(1, _TENURE), []
    end = rng.geometric(_LEAVE, len(places))
    while len(places):
        born.append(pd.DataFrame({"place": places, "first": first, "end": end}))
        places, first = places[end < MONTHS], end[end < MONTHS]
        end = first + rng.geometric(_LEAVE, len(places))
    lives = pd.concat(born, ignore_index=True)
    ids = [f"{number:06d}" for number in range(len(lives))]
    plan = np.array(SEGMENTS)[lives.place % len(SEGMENTS)]
    return lives.assign(customer_id=ids, name=ids, plan=plan, mrr=rng.lognormal(10, 1.25, len(lives)).round())


def _contracts(rng: np.random.Generator, lives: pd.DataFrame) -> pd.DataFrame:
    """Return the terms: a new one wherever the price changes."""
    rows: list[tuple[str, int, int | None, float]] = []
    known = (lives[name].tolist() for name in ("customer_id", "first", "end", "mrr"))
    for customer, first, end, price in zip(*known, strict=True):
        start, mrr, seen = first, price, max(first, 0)
        draws = rng.random(max(0, min(end, MONTHS) - seen - 1))
        for after in np.flatnonzero(draws < _UP + _DOWN).tolist():
            month = seen + 1 + after
            rows.append((customer, start, month, mrr))
            start, mrr = month, round(mrr * (1.2 if draws[after] < _UP else 0.8))
        rows.append((customer, start, end if end < MONTHS else None, mrr))
    frame = pd.DataFrame(rows, columns=["customer_id", "start", "end", "mrr"])
    days = {
        "starts_on": _first_days(frame.start.to_numpy(dtype=float)),
        "ends_on": _first_days(frame.end.to_numpy(dtype=float)) - np.timedelta64(1, "D"),
    }
    return _dated(frame.drop(columns=["start", "end"]), days, "contract_id").assign(product="core")


def _first_days(months: np.ndarray) -> np.ndarray:
    start = np.datetime64(str(LAST - MONTHS + 1), "M")
    known = np.nan_to_num(months).astype(int)
    days = (start + known * np.timedelta64(1, "M")).astype("datetime64[D]")
    return np.where(np.isnan(months), np.datetime64("NaT", "D"), days)


def _dated(frame: pd.DataFrame, days: dict[str, np.ndarray], name: str = "") -> pd.DataFrame:
    told = frame.assign(**{column: values.astype("datetime64[s]") for column, values in days.items()})
    return told.assign(**{name: [str(number) for number in range(len(told))]}) if name else told


def _present(lives: pd.DataFrame) -> pd.DataFrame:
    """Return a row per customer and month under contract: customer_id, month."""
    first, end = lives["first"].clip(lower=0).to_numpy(), lives["end"].clip(upper=MONTHS).to_numpy()
    held = np.maximum(end - first, 0)
    month = np.concatenate([np.arange(*span) for span in zip(first, end, strict=True)])
    return pd.DataFrame({"customer_id": np.repeat(lives.customer_id.to_numpy(), held), "month": month})


def _some(rng: np.random.Generator, rows: pd.DataFrame, share: float) -> tuple[pd.DataFrame, np.ndarray]:
    """Return so many of the rows, and a day among the first 28 of the month of each."""
    chosen = rows[rng.random(len(rows)) < share].reset_index(drop=True)
    days = _first_days(chosen.month.to_numpy(dtype=float)) + rng.integers(0, 28, len(chosen)) * np.timedelta64(1, "D")
    return chosen.drop(columns="month"), days


def _by_month(rng: np.random.Generator, lives: pd.DataFrame) -> dict[str, pd.DataFrame]:
    present, surveys = _present(lives), []
    for kind, scores, share in (("nps", _NPS, 0.25), ("csat", _CSAT, 0.3), ("ces", _CES, 0.2)):
        asked, day = _some(rng, present, share)
        score = rng.choice(len(scores), len(asked), p=np.array(scores) / sum(scores)) + (kind != "nps")
        answered = rng.random(len(asked)) < 0.6  # noqa: PLR2004 - the share that answers
        replied = np.where(answered, day, np.datetime64("NaT", "D"))
        told = asked.assign(kind=kind, score=np.where(answered, score, np.nan))
        surveys.append(_dated(told, {"sent_on": day, "responded_on": replied}))
    asked = pd.concat(surveys, ignore_index=True)
    tickets, opened = _some(rng, present, 0.1)
    offers, offered = _some(rng, present, 0.06)
    won = np.where(rng.random(len(offers)) < 0.4, "won", "lost")  # noqa: PLR2004 - the share that is won
    return {
        "usage": _usage(rng, present),
        "surveys": asked.assign(response_id=[str(number) for number in range(len(asked))]),
        "tickets": _dated(tickets.assign(severity="low"), {"opened_at": opened, "resolved_at": opened}, "ticket_id"),
        "proposals": _dated(
            offers.assign(kind="upsell", status=won), {"opened_on": offered, "closed_on": offered}, "proposal_id"
        ),
    }


def _usage(rng: np.random.Generator, present: pd.DataFrame) -> pd.DataFrame:
    """Return the days on which users worked: in nine of ten months of a customer, each user on a quarter of the working days."""
    used = present[(rng.random(len(present)) < 0.9) & (present.month >= 12)]  # noqa: PLR2004
    users = used.loc[used.index.repeat(_USERS)].reset_index(drop=True)
    user = users.customer_id + "-" + pd.Series(np.arange(len(users)) % _USERS).astype(str)
    found = []
    for month, group in users.assign(user_id=user).groupby("month"):
        first = _first_days(np.array([float(month)]))[0]  # type: ignore[arg-type]
        days = np.arange(first, _first_days(np.array([float(month) + 1]))[0])  # type: ignore[arg-type]
        days = days[np.is_busday(days)]
        row, day = np.nonzero(rng.random((len(group), len(days))) < 0.25)  # noqa: PLR2004
        found.append(_dated(group.iloc[row][["customer_id", "user_id"]], {"used_on": days[day]}))
    return pd.concat(found, ignore_index=True).assign(feature="core", events=1)


def _once(rng: np.random.Generator, lives: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return what each customer does once: its first step, and a goal that it reaches or not."""
    started, close = _first_days(lives["first"].to_numpy(dtype=float)), np.datetime64((LAST + 1).first_day, "D")
    wait = (rng.exponential(40, len(lives)).astype(int) + 1) * np.timedelta64(1, "D")
    done = np.where(started + wait < close, started + wait, np.datetime64("NaT", "D"))
    steps = lives[["customer_id"]].assign(milestone="live")
    goals = lives[["customer_id"]].assign(level="department")
    reached = started + (rng.integers(60, 160, len(lives))) * np.timedelta64(1, "D")
    missed = (rng.random(len(lives)) < 0.4) | (reached >= close)  # noqa: PLR2004 - the share that never gets there
    dates = {
        "set_on": started,
        "due_on": started + np.timedelta64(120, "D"),
        "achieved_on": np.where(missed, np.datetime64("NaT", "D"), reached),
    }
    return {
        "milestones": _dated(steps, {"due_on": started + np.timedelta64(60, "D"), "completed_on": done}),
        "goals": _dated(goals, dates, "goal_id"),
    }
