"""Rows that break the claims of the data model, one claim each; what the model says of each column is written out by hand."""

from __future__ import annotations

from cslib.model import BY_NAME, TABLES, Kind

Row = dict[str, str]

# one good row of every table, from which broken ones are made
GOOD: dict[str, Row] = {
    "customers": {"customer_id": "C1", "name": "甲", "touch_model": "high", "employees": "30", "acquisition_cost": "9.5",
                  "reference_permission": "named"},
    "contracts": {"contract_id": "K", "customer_id": "C1", "product": "core", "starts_on": "2026-01-01", "ends_on": "2027-01-01",
                  "mrr": "100", "seats": "5", "term_months": "12", "trial": "false"},
    "milestones": {"customer_id": "C1", "milestone": "kickoff", "due_on": "2027-01-01", "completed_on": "2026-02-01",
                   "required": "true"},
    "users": {"user_id": "U", "customer_id": "C1", "issued_on": "2026-02-01", "closed_on": "2026-03-01"},
    "usage": {"customer_id": "C1", "user_id": "U1", "used_on": "2026-02-01", "feature": "search", "events": "2"},
    "surveys": {"response_id": "R", "customer_id": "C1", "kind": "nps", "score": "9", "sent_on": "2026-02-01",
                "responded_on": "2026-02-02"},
    "voices": {"customer_id": "C1", "channel": "review", "rating": "4", "posted_on": "2026-02-01"},
    "goals": {"goal_id": "G", "customer_id": "C1", "level": "department", "set_on": "2026-02-01", "due_on": "2027-01-01",
              "baseline": "1", "target": "2", "actual": "3", "achieved_on": "2026-03-01", "confirmed_by_customer": "true"},
    "proposals": {"proposal_id": "P", "customer_id": "C1", "kind": "upsell", "amount": "10", "opened_on": "2026-02-01",
                  "closed_on": "2026-03-01", "status": "won", "owner": "csm"},
    "touches": {"customer_id": "C1", "kind": "call", "occurred_on": "2026-02-01", "minutes": "30", "initiated_by": "us",
                "purpose": "defence"},
    "tickets": {"ticket_id": "T", "customer_id": "C1", "opened_at": "2026-02-01 10:00", "first_response_at": "2026-02-01 11:00",
                "resolved_at": "2026-02-02 10:00", "severity": "low"},
    "purchases": {"purchase_id": "B", "customer_id": "C1", "amount": "10", "purchased_on": "2026-02-01"},
    "programmes": {"customer_id": "C1", "programme": "academy", "started_on": "2026-02-01", "ended_on": "2027-01-01"},
    "assignments": {"customer_id": "C1", "kind": "touch_model", "value": "high", "started_on": "2026-02-01",
                    "ended_on": "2027-01-01"},
    "reference_requests": {"customer_id": "C1", "asked_on": "2026-02-01", "kind": "review", "answer": "agreed"},
    "costs": {"month": "2026-02", "kind": "cs", "amount": "10"},
}  # fmt: skip
KEYS = {table.name: table.key for table in TABLES}
LATER = {"issued_on": "closed_on", "opened_on": "closed_on", "sent_on": "responded_on", "started_on": "ended_on"}
UNREADABLE = {
    Kind.DATE: "2026-02-30", Kind.TIMESTAMP: "2026-02-01 25:00", Kind.MONTH: "2026-13", Kind.INTEGER: "12名", Kind.NUMBER: "7点",
    Kind.AMOUNT: "1.200,50", Kind.BOOLEAN: "はい",
}  # fmt: skip
# what the data model says of each column, written out by hand
NULL_IDS = {(name, column) for name, row in GOOD.items() for column in row if column in {KEYS[name], "customer_id"}} - {
    ("purchases", "purchase_id")
}
REQUIRED = {
    "customers": ["name"], "contracts": ["product", "starts_on", "mrr"], "milestones": ["milestone"], "users": ["issued_on"],
    "usage": ["used_on", "feature"], "surveys": ["kind"], "voices": ["channel", "posted_on"], "goals": ["level", "set_on"],
    "proposals": ["kind", "opened_on", "status"], "touches": ["kind", "occurred_on"], "tickets": ["opened_at"],
    "purchases": ["amount", "purchased_on"], "programmes": ["programme", "started_on"], "costs": ["month", "kind", "amount"],
    "assignments": ["kind", "value", "started_on"], "reference_requests": ["asked_on", "kind"],
}  # fmt: skip
ENUMERATED = {
    "customers": ["touch_model", "reference_permission"], "surveys": ["kind"], "voices": ["channel"], "goals": ["level"],
    "proposals": ["kind", "status", "owner"], "touches": ["kind", "initiated_by", "purpose"], "tickets": ["severity"],
    "costs": ["kind"], "assignments": ["kind", "value"], "reference_requests": ["kind", "answer"],
}  # fmt: skip
NEGATIVE = {
    "customers": ["employees", "acquisition_cost"], "contracts": ["mrr", "seats", "term_months"], "usage": ["events"],
    "proposals": ["amount"], "touches": ["minutes"], "purchases": ["amount"], "costs": ["amount"],
}  # fmt: skip
HAPPENED = {
    "milestones": ["completed_on"], "users": ["issued_on", "closed_on"], "usage": ["used_on"],
    "surveys": ["sent_on", "responded_on"], "voices": ["posted_on"], "goals": ["set_on", "achieved_on"],
    "proposals": ["opened_on", "closed_on"], "touches": ["occurred_on"],
    "tickets": ["opened_at", "first_response_at", "resolved_at"], "purchases": ["purchased_on"], "programmes": ["started_on"],
    "costs": ["month"], "reference_requests": ["asked_on"],
}  # fmt: skip
TOMORROW = {Kind.MONTH: "2026-07", Kind.DATE: "2026-07-01", Kind.TIMESTAMP: "2026-07-01 00:00"}
ORDERED = {
    "contracts": [("ends_on", "2025-12-31")], "users": [("closed_on", "2026-01-31")], "surveys": [("responded_on", "2026-01-31")],
    "proposals": [("closed_on", "2026-01-31")], "programmes": [("ended_on", "2026-01-31")],
    "assignments": [("ended_on", "2026-01-31")],
    "tickets": [("first_response_at", "2026-02-01 09:59"), ("resolved_at", "2026-02-01 09:59")],
}  # fmt: skip
SCALES = [
    ("surveys", "score", {"kind": kind, "score": score})
    for kind, score in (
        ("nps", "11"),
        ("nps", "-1"),
        ("nps", "7.5"),
        ("csat", "0"),
        ("csat", "6"),
        ("ces", "0.5"),
        ("ces", "8"),
    )
] + [("voices", "rating", {"rating": "0"}), ("voices", "rating", {"rating": "5.5"})]

# what another row of the same id says: one that says the same is a copy
OTHERWISE: dict[str, Row] = {
    "customers": {"name": "乙"}, "contracts": {"mrr": "101"}, "users": {"issued_on": "2026-02-02"}, "surveys": {"score": "8"},
    "goals": {"target": "4"}, "proposals": {"amount": "11"}, "tickets": {"severity": "high"}, "purchases": {"amount": "11"},
}  # fmt: skip

Flaw = tuple[str, str, str, Row]  # table, claim, column, what is changed in a good row


def flaws() -> list[Flaw]:
    """Return every way to break a claim, one at a time."""
    found: list[Flaw] = [(name, "null_id", column, {column: ""}) for name, column in sorted(NULL_IDS)]
    found += [(name, "required", column, {column: ""}) for name, columns in REQUIRED.items() for column in columns]
    found += [
        (name, "enumeration", column, {column: "odd"}) for name, columns in ENUMERATED.items() for column in columns
    ]
    found += [(name, "negative", column, {column: "-1"}) for name, columns in NEGATIVE.items() for column in columns]
    found += [(name, "orphan", "customer_id", {"customer_id": "C９"}) for name, row in GOOD.items()
              if "customer_id" in row and name != "customers"]  # fmt: skip
    found += [
        (name, "type", column, {column: UNREADABLE[BY_NAME[name][column].kind]})
        for name, row in GOOD.items()
        for column in row
        if BY_NAME[name][column].kind in UNREADABLE
    ]
    found += [
        (
            name,
            "future",
            column,
            {**dict.fromkeys(_later(column), ""), column: TOMORROW[BY_NAME[name][column].kind]},
        )
        for name, columns in HAPPENED.items()
        for column in columns
    ]
    found += [(name, "order", column, {column: text}) for name, pairs in ORDERED.items() for column, text in pairs]
    return found + [(name, "scale", column, row) for name, column, row in SCALES]


def _later(column: str) -> list[str]:
    return ["first_response_at", "resolved_at"] if column == "opened_at" else [LATER[column]] if column in LATER else []


FLAWS = flaws()
DUPLICATED = [name for name, key in KEYS.items() if key]


def broken_table(name: str) -> tuple[str, dict[int, Flaw]]:
    """Return the CSV of a table, with a good row on top, every flaw of it, then two rows of one id; and the flaw of each row."""
    key, broken = KEYS[name], [flaw for flaw in FLAWS if flaw[0] == name]
    own = {key: "C1" if name == "customers" else "0"} if key else {}
    rows = [{**GOOD[name], **own}]
    for place, flaw in enumerate(broken, 1):
        rows.append({**GOOD[name], **({key: f"X{place}"} if key else {}), **flaw[3]})
    if key:
        both: list[Row] = [{key: "twice"}, {key: "twice", **OTHERWISE[name]}]
        rows += [{**GOOD[name], **changed} for changed in both]
        broken += [(name, "duplicate_id", key, changed) for changed in both]
    lines = [",".join(f'"{value}"' for value in row.values()) for row in rows]
    return "\n".join([",".join(GOOD[name]), *lines]) + "\n", dict(enumerate(broken, 3))
