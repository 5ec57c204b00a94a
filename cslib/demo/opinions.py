"""What customers say: surveys and public voices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cslib.demo.columns import NEVER, NO_NUMBER, Rows, days, ids, known_by, ordered, where
from cslib.demo.events import Events, occurrences
from cslib.demo.sizes import by_size

if TYPE_CHECKING:
    from cslib.demo.calendar import Calendar
    from cslib.demo.columns import Columns, Dates, Flags, Floats, Ints, Texts
    from cslib.demo.customers import Customers
    from cslib.demo.life import History

NPS_EVERY, NPS_MEAN, NPS_PER_USE, NPS_PER_OUTCOME, NPS_SPREAD = 6, 7.6, 3.2, 0.45, 1.75
ANSWERED = {"nps": 0.46, "csat": 0.42, "ces": 0.4}
ASKED_AGAIN, ANSWERED_AGAIN = 0.26, 0.75  # of those who answered, within the same half-year
ANONYMOUS = 0.06
CSAT_ASKED, CSAT_MEAN, CSAT_PER_USE, CSAT_SPREAD = 0.5, 3.95, 1.3, 0.9
CES_RATE, CES_MEAN, CES_PER_USE, CES_SPREAD = 0.06, 5.0, 1.6, 1.2
SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}
COMMENTED = 0.3
COMMENTS = (
    ("設定が難しく、なかなか社内に定着しません。", "問い合わせの回答に時間がかかりました。", "価格に見合う効果がまだ見えません。",
     "動作が重く, 月末の締めに間に合わないことがあります。", "担当者が変わってから連絡が減りました。"),
    ("機能は十分ですが、使い方の資料がもう少し欲しいです。", "概ね満足しています。", "モバイル版の改善を期待しています。",
     "レポートの項目を自由に選べるとよいです。"),
    ("月次報告の時間が半分になりました。", "導入支援が丁寧で助かりました。", "他部署にも勧めています。",
     "「使いやすい」と現場でも好評です。", "担当の方の \"提案力\" に感謝しています。"),
)  # fmt: skip
DETRACTOR, LOW_SHARE, HIGH_SHARE = 6, 0.6, 0.85  # up to which part of a scale a comment sounds low; from which high

VOICES = {"review": 0.011, "sns": 0.005, "referral": 0.004, "case_study": 0.0015}  # a month at typical use
VOICE_PER_USE, RATING_MEAN, RATING_PER_USE, RATING_SPREAD = 1.5, 3.7, 2.4, 0.9


def surveys(
    rng: np.random.Generator, customers: Customers, history: History, calendar: Calendar, tickets: Columns
) -> Columns:
    """Return the questions, in the order of sending; those without an answer have neither score nor day."""
    rows = Rows()
    _nps(rng, customers, history, calendar, rows)
    _csat(rng, history, calendar, tickets, rows)
    events = occurrences(rng, calendar, history, np.full(customers.count, CES_RATE))
    mood = CES_MEAN + CES_PER_USE * (events.at(history.use) - 0.5)
    rows.add(**_question(rng, calendar, "ces", events.who, events.day, mood + rng.normal(0, CES_SPREAD, len(events))))
    table = rows.columns()
    table = where(table, table["sent_on"] < calendar.end)
    table = ordered(table, "sent_on", "customer", "kind", "respondent")
    return {**table, "response_id": ids("R", len(table["customer"]), 6), "respondent_id": _people(rng, table["respondent"])}


def _nps(rng: np.random.Generator, customers: Customers, history: History, calendar: Calendar, rows: Rows) -> None:
    """Ask every customer each half-year; some of those who answered are asked again within it."""
    month = np.arange(calendar.months)[:, np.newaxis]
    turn = (month + np.arange(customers.count)) % NPS_EVERY == 0
    asked = turn & history.active & np.roll(history.active, 1, axis=0) & (month >= calendar.logged)
    month, who = np.nonzero(asked)
    people = by_size(customers.size, lambda size: size.respondents)[who].astype(np.int64)
    month, who = np.repeat(month, people), np.repeat(who, people)
    sent = calendar.first[month] + days(rng.integers(0, 20, len(who)))
    first = _nps_question(rng, history, calendar, Events(month, who, sent))
    first["respondent"] = np.arange(1, len(who) + 1)
    rows.add(**first)
    again = ~np.isnat(first["responded_on"]) & (rng.random(len(who)) < ASKED_AGAIN)
    sent = first["responded_on"][again] + days(rng.integers(25, 115, int(again.sum())))
    month = np.minimum((sent.astype("datetime64[M]") - calendar.first[0].astype("datetime64[M]")).astype(np.int64), calendar.months - 1)
    served = history.active[month, who[again]]
    second = _nps_question(rng, history, calendar, Events(month, who[again], sent), ANSWERED_AGAIN)
    rows.add(**where({**second, "respondent": first["respondent"][again]}, served))


def _nps_question(
    rng: np.random.Generator, history: History, calendar: Calendar, events: Events, chance: float = ANSWERED["nps"]
) -> Columns:
    mood = NPS_MEAN + NPS_PER_USE * (events.at(history.use) - 0.5) + NPS_PER_OUTCOME * events.at(history.has_outcome)
    score = mood + rng.normal(0, NPS_SPREAD, len(events))
    return _question(rng, calendar, "nps", events.who, events.day, score, chance)


def _csat(rng: np.random.Generator, history: History, calendar: Calendar, tickets: Columns, rows: Rows) -> None:
    """Ask about every second ticket when it is resolved."""
    asked = where(tickets, ~np.isnat(tickets["resolved_at"]) & (rng.random(len(tickets["customer"])) < CSAT_ASKED))
    who, sent = asked["customer"], asked["resolved_at"].astype("datetime64[D]")
    mood = CSAT_MEAN + CSAT_PER_USE * (history.use[asked["month"], who] - 0.5)
    rows.add(**_question(rng, calendar, "csat", who, sent, mood + rng.normal(0, CSAT_SPREAD, len(who))))


def _question(
    rng: np.random.Generator, calendar: Calendar, kind: str, who: Ints, sent: Dates, score: Floats, chance: float | None = None
) -> Columns:
    """Return questions with the answers that came in time; a person unknown is 0."""
    low, high = SCALES[kind]
    answers = rng.random(len(who)) < (ANSWERED[kind] if chance is None else chance)
    responded = known_by(np.where(answers, sent + days(rng.exponential(3, len(who))), NEVER), calendar.end)
    answered = ~np.isnat(responded)
    score = np.clip(np.rint(score), low, high).astype(np.int64)
    return {
        "customer": who,
        "respondent": np.zeros(len(who), dtype=np.int64),
        "kind": np.full(len(who), kind),
        "score": np.where(answered, score, NO_NUMBER),
        "sent_on": sent,
        "responded_on": responded,
        "comment": _comments(rng, (score - low) / (high - low), answered),
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


def voices(rng: np.random.Generator, customers: Customers, history: History, calendar: Calendar) -> Columns:
    """Return reviews, mentions, referrals and case studies; the last only where there is an outcome."""
    rows = Rows()
    for channel, typical in VOICES.items():
        rate = typical * np.exp(VOICE_PER_USE * (history.use - 0.5))
        if channel == "case_study":
            rate = rate * history.has_outcome * (customers.permission != "refused") * 3
        events = occurrences(rng, calendar, history, rate, logged=False)
        mood = RATING_MEAN + RATING_PER_USE * (events.at(history.use) - 0.5) + rng.normal(0, RATING_SPREAD, len(events))
        rating = np.clip(np.rint(mood), 1, 5).astype(np.int64)
        rating = rating if channel == "review" else np.full(len(events), NO_NUMBER)
        rows.add(customer=events.who, channel=np.full(len(events), channel), rating=rating, posted_on=events.day)
    return ordered(rows.columns(), "posted_on", "customer", "channel")
