"""The settings that go with the demo data: a `params/` folder with its source, policies, report and segments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib.demo.actions_file import actions_text
from cslib.demo.said_files import COMMENT, events_text
from cslib.errors import CslibError
from cslib.model import TABLES
from cslib.settings.templates import HEALTH, POLICIES, REPORT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from cslib.periods import Month

# On purpose they hold one finding of almost each kind that `cslib analyse consistency` makes (tests/test_consistency.py lists them).
SEGMENTS = {
    "total": """\
id: total
name: {ja: 全社, en: All customers}
goal: {ja: 成果の出た顧客が増え、解約の前に手を打てている, en: "More customers with outcomes, and action before they leave"}
# no `where`: everyone
touch_model: low              # high | low | tech
org_model: specialist         # all_rounder | specialist | sales_oriented | partnership
kgi: {kpi: nrr, target: 1.00, owner: CSM}
targets:
""",
    "enterprise": """\
id: enterprise
name: {ja: 大企業, en: Enterprise}
goal: {ja: 部門をまたいで使われ、毎年広がっている, en: "Used across departments, and growing every year"}
where: {employees: {at_least: 300}}
touch_model: high             # high | low | tech
org_model: partnership
kgi: {kpi: nrr, target: 1.10}
targets:
""",
    "midmarket": """\
id: midmarket
name: {ja: 中堅企業, en: Mid-market}
where: {employees: {at_least: 50, below: 300}}
touch_model: low
org_model: specialist
kgi: {kpi: grr, target: 0.85, owner: CSM}
targets:
""",
    "smb": """\
id: smb
name: {ja: 小規模企業, en: Small business}
goal: {ja: 人手をかけずに使い始め、使い続けている, en: "They begin without our help, and go on"}
where: {employees: {below: 50}}
touch_model: tech
org_model: all_rounder
kgi: {kpi: customer_retention, target: 0.85, owner: CSオペレーション}
targets:
""",
}
_PROGRAMMES_HEAD = """\
# CS programmes: what each was meant to do, and how its customers were chosen. `cslib analyse effect` says what can be told.
"""
PROGRAMMES = {
    "ハンズオン研修": """\
- programme: ハンズオン研修
  name: {ja: ハンズオン研修, en: Hands-on training}
  outcome: adoption             # meant for: use, adoption, mrr_kept, nps, lost_6, lost_12 or mrr_retained
  expected: 0.05                # the change for the better that was hoped for, in the unit of the outcome
  assignment: chosen_by_customer   # or drawn, wave, chosen_by_us, by_csm, unknown
  hours_per_customer: 6         # of CS, for one customer
""",
    "活用レビュー会": """\
- programme: 活用レビュー会
  name: {ja: 活用レビュー会, en: Usage review}
  outcome: use
  assignment: chosen_by_customer
  hours_per_customer: 3
""",
    "ユーザーコミュニティ": """\
- programme: ユーザーコミュニティ
  name: {ja: ユーザーコミュニティ, en: User community}
  outcome: use
  assignment: chosen_by_customer
  hours_per_customer: 1
""",
}
_TEAM_HEAD = """\
# Who works in Customer Success and beside it: what each can serve is told against their working time. Whoever has no entry
# counts as one full working time. `cslib analyse touch_load` sets the load of each CSM against it.
people:
  # team: onboarding, csm, sales, support or tech; fte: the share of a full working time; from, until: the first and last month
"""
ONBOARDING, CSM, SUPPORT, SALES, MANAGEMENT = "オンボーディング", "CSM", "サポート", "営業", "経営企画"
TECH = "CSオペレーション"
DESKS = {
    ONBOARDING: "{team: onboarding, fte: 2}",
    SUPPORT: "{team: support, fte: 3}",
    SALES: "{team: sales, fte: 4}",
    TECH: "{team: tech, fte: 1}",
}
OWNERS = {
    "onboarding_completion": ONBOARDING, "onboarding_on_time": ONBOARDING, "onboarding_days": ONBOARDING,
    "adoption": CSM, "account_issuance": CSM, "seat_utilisation": CSM,
    "nps": CSM, "csat": SUPPORT, "complaint_free": SUPPORT, "detractor_follow_up": CSM,
    "goal_coverage": CSM, "goal_attainment": CSM, "customers_with_outcome": CSM,
    "customer_churn": CSM, "revenue_churn": CSM, "grr": CSM, "nrr": CSM, "renewal_rate": SALES,
    "proposal_win_rate": SALES, "cost_to_serve": TECH, "cac_payback": SALES,
}  # fmt: skip
OTHER_OWNERS = {("total", "cost_to_serve"): MANAGEMENT, ("total", "cac_payback"): ""}
TARGETS: dict[str, dict[str, float]] = {  # some are reached in 2026-10, some are not
    "total": {
        "onboarding_completion": 0.87, "adoption": 0.85, "nps": 0.3, "csat": 0.75, "goal_attainment": 0.48,
        "customers_with_outcome": 0.7, "customer_churn": 0.015, "grr": 0.9, "renewal_rate": 0.9,
        "proposal_win_rate": 0.45, "cost_to_serve": 0.09, "cac_payback": 12,
    },
    "enterprise": {
        "onboarding_completion": 0.9, "onboarding_days": 70, "adoption": 0.9, "seat_utilisation": 0.65, "nps": 0.18,
        "detractor_follow_up": 0.9, "goal_attainment": 0.5, "customers_with_outcome": 0.75, "customer_churn": 0.01,
        "grr": 0.95, "proposal_win_rate": 0.4, "cost_to_serve": 0.056,
    },
    "midmarket": {
        "onboarding_completion": 0.85, "onboarding_days": 60, "adoption": 0.9, "account_issuance": 0.875, "nps": 0.2,
        "customer_churn": 0.012, "nrr": 0.98, "renewal_rate": 0.85, "proposal_win_rate": 0.45, "cost_to_serve": 0.155,
    },
    "smb": {
        "onboarding_completion": 0.85, "onboarding_on_time": 0.85, "adoption": 0.8,
        "csat": 0.75, "complaint_free": 0.95, "goal_coverage": 0.94, "customer_churn": 0.025, "revenue_churn": 0.02,
        "grr": 0.84, "nrr": 0.83, "cost_to_serve": 0.21, "cac_payback": 12,
    },
}  # fmt: skip


def settings_files(until: Month, joined: Collection[str], csms: Iterable[str]) -> dict[str, str]:
    """Return the texts of the settings by their place in the `params/` folder.

    Of programmes, those that anybody has `joined`; of the team, the desks that own targets and these CSMs.
    """
    segments = {f"segments/{name}.yaml": text + _targets(name) for name, text in SEGMENTS.items()}
    plain = {
        "report.yaml": REPORT.replace("# goal: ", "goal: "),
        "health.yaml": HEALTH,
        "programmes.yaml": _programmes(joined),
        "team.yaml": _team(csms),
        "actions.yaml": actions_text(until, joined),
        "events.yaml": events_text(until),
        f"notes/{until}.md": COMMENT,
    }
    return {"source.yaml": _source(until), "policies.yaml": _policies(), **plain, **segments}


def _programmes(joined: Collection[str]) -> str:
    return _PROGRAMMES_HEAD + "".join(text for name, text in PROGRAMMES.items() if name in joined)


def _team(csms: Iterable[str]) -> str:
    entries = {name: f"{{team: csm, fte: {1.0 if place else 0.8}}}" for place, name in enumerate(csms)}
    return _TEAM_HEAD + "".join(f"  {name}: {said}\n" for name, said in (entries | DESKS).items())


def _source(until: Month) -> str:
    places = (f"  {table.name}: {{from: ../data/{table.name}.{_ending(table.name)}}}\n" for table in TABLES)
    return (
        "# Where the data come from. The columns have their canonical names, so nothing is mapped.\n"
        "url: duckdb://                # files, read inside the process\n"
        f"read_on: {(until + 1).first_day.isoformat()}           # the day the export was taken\n"
        "tables:\n" + "".join(places)
    )


def _policies() -> str:
    """Return the defaults, and that the score of sales is to be tried as an indicator."""
    return POLICIES.replace("indicators: {}                ", "indicators: {lead_score: higher}   ")


def _ending(table: str) -> str:
    return "parquet" if table == "usage" else "csv"


def _targets(segment: str) -> str:
    return "".join(f"  {kpi}: {_target(segment, kpi, target)}\n" for kpi, target in TARGETS[segment].items())


def _target(segment: str, kpi: str, target: float) -> str:
    owner = OTHER_OWNERS.get((segment, kpi), OWNERS[kpi])
    return f"{{target: {target}, owner: {owner}}}" if owner else f"{{target: {target}}}"


def refuse_changed(folder: Path, files: dict[str, str]) -> None:
    """Raise `CslibError` where a file in the folder holds something else than would be written."""
    changed = [place for place, text in files.items() if _differs(folder / place, text)]
    if changed:
        raise CslibError(
            f"{folder}: wanted a new folder, or the settings as a demo with these options writes them; "
            f"found others in {', '.join(changed)}. Name another folder with --out, or move these files away first"
        )


def _differs(file: Path, text: str) -> bool:
    return file.exists() and file.read_bytes() != text.encode()


def write_settings(folder: Path, files: dict[str, str]) -> None:
    """Write the settings into the folder."""
    for place, text in files.items():
        file = folder / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
