"""What customers say: surveys and public voices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cslib.demo.causes import TYPICAL_USE
from cslib.demo.columns import NEVER, NO_NUMBER, Rows, days, ids, known_by, ordered, where
from cslib.demo.events import Events, occurrences
from cslib.demo.sizes import by_size

if TYPE_CHECKING:
    from cslib.demo.columns import Columns, Dates, Flags, Floats, Ints, Texts
    from cslib.demo.state import World

NPS_EVERY, NPS_MEAN, NPS_PER_USE, NPS_PER_OUTCOME, NPS_SPREAD = 6, 7.6, 3.2, 0.45, 1.75
DAYS_TO_ANSWER = 3.0
ANSWERED = {"nps": 0.46, "csat": 0.42, "ces": 0.4}
ASKED_AGAIN, ANSWERED_AGAIN = 0.26, 0.75  # of those who answered, within the same half-year
ANONYMOUS = 0.06
CSAT_ASKED, CSAT_MEAN, CSAT_PER_USE, CSAT_SPREAD = 0.5, 3.95, 1.3, 0.9
CES_RATE, CES_MEAN, CES_PER_USE, CES_SPREAD = 0.06, 5.0, 1.6, 1.2
SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}
COMMENTED = 0.3
COMMENTS = (
    ("設定が難しく、なかなか社内に定着しません。", "価格に見合う効果がまだ見えません。",
     "動作が重く, 月末の締めに間に合わないことがあります。", "担当者が変わってから連絡が減りました。"),
    ("機能は十分ですが、使い方の資料がもう少し欲しいです。", "概ね満足しています。",
     "モバイル版の改善を期待しています。", "レポートの項目を自由に選べるとよいです。"),
    ("月次報告の時間が半分になりました。", "導入支援が丁寧で助かりました。", "他部署にも勧めています。",
     "「使いやすい」と現場でも好評です。", '担当の方の "提案力" に感謝しています。'),
)  # fmt: skip
DETRACTOR, LOW_SHARE, HIGH_SHARE = 6, 0.6, 0.85  # up to which part of a scale a comment sounds low; from which high

VOICES = {"review": 0.011, "sns": 0.005, "referral": 0.004, "case_study": 0.004}  # a month at typical use
VOICE_PER_USE, RATING_MEAN, RATING_PER_USE, RATING_SPREAD = 1.5, 3.7, 2.4, 0.9


@dataclass(frozen=True)
class Questions:
    """Questions of one kind: to whom, when, the score that each would get, and the chance of an answer."""

    kind: str
    who: Ints
    sent: Dates
    score: Floats
    chance: float


def surveys(world: World, tickets: Columns) -> Columns:
    """Return the questions, in the order of sending; those without an answer have neither score nor day."""
    rows = Rows()
    _nps(world, rows)
    rows.add(**_asked(world, _csat(world, tickets)))
    rows.add(**_asked(world, _ces(world)))
    table = rows.columns()
    table = ordered(where(table, table["sent_on"] < world.calendar.end), "sent_on", "customer", "kind", "respondent")
    key = ids("R", len(table["customer"]), 6)
    return {**table, "response_id": key, "respondent_id": _people(world.rng, table["respondent"])}


def _nps(world: World, rows: Rows) -> None:
    """Ask every customer each half-year; some of those who answered are asked again within it."""
    calendar, active = world.calendar, world.history.active
    month = np.arange(calendar.months)[:, np.newaxis]
    turn = ((month + np.arange(world.customers.count)) % NPS_EVERY == 0) & (month >= calendar.logged)
    month, who = np.nonzero(turn & active & np.roll(active, 1, axis=0))
    people = by_size(world.customers.size, lambda size: size.respondents)[who].astype(np.int64)
    month, who = np.repeat(month, people), np.repeat(who, people)
    sent = calendar.first[month] + days(world.rng.integers(0, 20, len(who)))
    first = _asked(world, _nps_questions(world, Events(month, who, sent), ANSWERED["nps"]))
    first["respondent"] = np.arange(1, len(who) + 1)
    rows.add(**first)
    again = where(first, ~np.isnat(first["responded_on"]) & (world.rng.random(len(who)) < ASKED_AGAIN))
    sent = again["responded_on"] + days(world.rng.integers(25, 115, len(again["customer"])))
    events = Events(calendar.month_of(sent), again["customer"], sent)
    second = _asked(world, _nps_questions(world, events, ANSWERED_AGAIN))
    rows.add(**where({**second, "respondent": again["respondent"]}, events.at(active) > 0))


def _nps_questions(world: World, events: Events, chance: float) -> Questions:
    use, outcome = events.at(world.history.use), events.at(world.history.has_outcome)
    mood = NPS_MEAN + NPS_PER_USE * (use - TYPICAL_USE) + NPS_PER_OUTCOME * outcome
    return Questions("nps", events.who, events.day, mood + world.rng.normal(0, NPS_SPREAD, len(events)), chance)


def _csat(world: World, tickets: Columns) -> Questions:
    """Ask about every second ticket when it is resolved."""
    solved = ~np.isnat(tickets["resolved_at"]) & (world.rng.random(len(tickets["customer"])) < CSAT_ASKED)
    asked = where(tickets, solved)
    who = asked["customer"]
    mood = CSAT_MEAN + CSAT_PER_USE * (world.history.use[asked["month"], who] - TYPICAL_USE)
    score = mood + world.rng.normal(0, CSAT_SPREAD, len(who))
    return Questions("csat", who, asked["resolved_at"].astype("datetime64[D]"), score, ANSWERED["csat"])


def _ces(world: World) -> Questions:
    events = occurrences(world, np.full(world.customers.count, CES_RATE))
    mood = CES_MEAN + CES_PER_USE * (events.at(world.history.use) - TYPICAL_USE)
    score = mood + world.rng.normal(0, CES_SPREAD, len(events))
    return Questions("ces", events.who, events.day, score, ANSWERED["ces"])


def _asked(world: World, questions: Questions) -> Columns:
    """Return the questions with the answers that came in time; a person unknown is 0."""
    low, high = SCALES[questions.kind]
    count = len(questions.who)
    later = questions.sent + days(world.rng.exponential(DAYS_TO_ANSWER, count))
    answers = world.rng.random(count) < questions.chance
    responded = known_by(np.where(answers, later, NEVER), world.calendar.end)
    answered = ~np.isnat(responded)
    score = np.clip(np.rint(questions.score), low, high).astype(np.int64)
    return {
        "customer": questions.who,
        "respondent": np.zeros(count, dtype=np.int64),
        "kind": np.full(count, questions.kind),
        "score": np.where(answered, score, NO_NUMBER),
        "sent_on": questions.sent,
        "responded_on": responded,
        "comment": _comments(world.rng, (score - low) / (high - low), answered),
    }


def _comments(rng: np.random.Generator, height: Floats, answered: Flags) -> Texts:
    band = (height > LOW_SHARE).astype(np.int64) + (height > HIGH_SHARE)
    drawn = [np.array(texts)[rng.integers(0, len(texts), len(height))] for texts in COMMENTS]
    return np.where(answered & (rng.random(len(height)) < COMMENTED), np.choose(band, drawn), "")


def _people(rng: np.random.Generator, respondent: Ints) -> Texts:
    """Return a person's id for each question; some NPS answers and all others stay without."""
    known = int(respondent.max(initial=0))
    named = rng.random(known + 1) >= ANONYMOUS
    named[0] = False
    return np.where(named[respondent], np.concatenate([[""], ids("P", known, 6)])[respondent], "")


def detractors(surveys: Columns) -> Columns:
    """Return the NPS answers of 0 to 6."""
    low = (surveys["kind"] == "nps") & (surveys["score"] != NO_NUMBER) & (surveys["score"] <= DETRACTOR)
    return where(surveys, low)


def voices(world: World) -> Columns:
    """Return reviews, mentions, referrals and case studies; the last only where there is an outcome to tell of."""
    rows = Rows()
    tells = world.history.has_outcome * (world.customers.permission != "refused")
    for channel, typical in VOICES.items():
        rate = typical * np.exp(VOICE_PER_USE * (world.history.use - TYPICAL_USE))
        events = occurrences(world, rate * tells if channel == "case_study" else rate, logged=False)
        mood = RATING_MEAN + RATING_PER_USE * (events.at(world.history.use) - TYPICAL_USE)
        rating = np.clip(np.rint(mood + world.rng.normal(0, RATING_SPREAD, len(events))), 1, 5).astype(np.int64)
        rating = rating if channel == "review" else np.full(len(events), NO_NUMBER)
        rows.add(customer=events.who, channel=np.full(len(events), channel), rating=rating, posted_on=events.day)
    return ordered(rows.columns(), "posted_on", "customer", "channel")
