"""A book of customers whose names and amounts try every page, and what of it a page may show in any language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd
import yaml

from cslib.analysis.tokens import words_of
from cslib.demo import write_demo
from tests.sample import HOSTILE

if TYPE_CHECKING:
    from pathlib import Path

ALONE = "00043"  # a customer with a contract that has no end
HUGE = "60000000.00"


def write_hostile(folder: Path) -> Path:
    """Write the book and return its params: hostile names, one huge amount, a segment with a single customer."""
    write_demo(folder, customers=420, months=14)
    customers = pd.read_csv(folder / "data" / "customers.csv", dtype=str)
    customers["name"] = [HOSTILE[at % len(HOSTILE)] for at in range(len(customers))]
    customers.loc[customers.csm == customers.csm.mode()[0], "csm"] = HOSTILE[0]
    customers.to_csv(folder / "data" / "customers.csv", index=False)
    contracts = pd.read_csv(folder / "data" / "contracts.csv", dtype=str)
    contracts.loc[(contracts.customer_id == ALONE) & contracts.ends_on.isna(), "mrr"] = HUGE
    contracts.to_csv(folder / "data" / "contracts.csv", index=False)
    one = {"id": "one", "name": {"ja": HOSTILE[1], "en": HOSTILE[1]}, "where": {"customer_id": ALONE}}
    (folder / "params" / "segments" / "one.yaml").write_text(yaml.safe_dump(one, allow_unicode=True), "utf-8")
    return folder / "params"


def data_words(book: Path) -> list[str]:
    """Return the texts of a demo's data and settings that pages show as they are, the longest first."""
    customers = pd.read_csv(book / "data" / "customers.csv", dtype=str)
    words = {
        word for name in ("name", "csm", "plan", "industry", "region", "lifecycle") for word in customers[name].dropna()
    }
    words |= {*pd.read_csv(book / "data" / "contracts.csv", dtype=str)["product"].dropna()}
    words |= {*pd.read_csv(book / "data" / "programmes.csv", dtype=str).programme.dropna()}
    words |= {*pd.read_csv(book / "data" / "assignments.csv", dtype=str).value.dropna()}  # those who served before, too
    words |= {
        *yaml.safe_load((book / "params" / "team.yaml").read_text("utf-8"))["people"]
    }  # those who serve nobody, too
    words |= {*pd.read_csv(book / "data" / "goals.csv", dtype=str).title.dropna()}
    said = {
        *(text for name in ("surveys", "tickets") for text in pd.read_csv(book / "data" / f"{name}.csv", dtype=str).comment.dropna())
    }  # fmt: skip
    words |= said.union(*map(words_of, said))
    for file in (book / "params" / "segments").glob("*.yaml"):
        said = yaml.safe_load(file.read_text("utf-8"))
        words |= {goal.get("owner", "") for goal in said.get("targets", {}).values() if isinstance(goal, dict)}
        words |= {said["name"]} if isinstance(said["name"], str) else {*said["name"].values()}
        words |= {*said.get("goal", {}).values(), said.get("kgi", {}).get("owner", "")}
    words |= _said_of_actions(book / "params") | _said_of_months(book / "params")
    return sorted(words - {""}, key=len, reverse=True)


def _said_of_months(params: Path) -> set[str]:
    """Return what a team has written of its months, as the pieces that a page shows of it."""
    texts = [file.read_text("utf-8") for file in (params / "notes").glob("*.md")]
    return {piece.strip("- ") for text in texts for piece in re.split(r"\*\*|\n", text)}


def _said_of_actions(params: Path) -> set[str]:
    """Return what a team has written of its actions, and what its report is for."""
    actions = yaml.safe_load((params / "actions.yaml").read_text("utf-8"))
    texts = [
        text for one in actions for text in (one["name"], one.get("plan", {}), one.get("decision", {}).get("why", {}))
    ]
    texts += [step["note"] for one in actions for step in one.get("done", [])]
    texts += [yaml.safe_load((params / "report.yaml").read_text("utf-8")).get("goal", {})]
    return {word for text in texts for word in text.values()} | {one["owner"] for one in actions}
