"""The smallest useful set: three tables to fill in, by which churn, onboarding, adoption, upsell and cross-sell are measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib.errors import CslibError

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = {
    "customers.csv": """\
customer_id,name,csm,onboarded_on
00001,Example One,Sato,2026-02-10
00002,Example Two,Sato,2026-03-05
00003,Example Three,Suzuki,
""",
    "contracts.csv": """\
contract_id,customer_id,product,starts_on,ends_on,mrr,seats
K001,00001,core,2026-01-01,2026-06-30,50000,10
K002,00001,core,2026-07-01,2027-06-30,60000,12
K003,00002,core,2026-02-01,2027-01-31,30000,5
K004,00002,analytics,2026-06-01,,10000,5
K005,00003,core,2026-04-01,2026-08-31,20000,3
""",
    "usage.csv": """\
customer_id,user_id,used_on,feature
00001,U01,2026-09-07,dashboard
00001,U02,2026-09-15,report
00001,U01,2026-09-21,dashboard
00002,U03,2026-09-08,dashboard
00002,U03,2026-09-24,report
00003,U04,2026-08-03,dashboard
""",
}


def write_examples(folder: Path) -> list[Path]:
    """Write the three tables with rows to be replaced, and return them; raises `CslibError` where one is there."""
    files = {folder / "data" / name: text for name, text in EXAMPLES.items()}
    present = [str(file) for file in files if file.exists()]
    if present:
        raise CslibError(f"{', '.join(present)}: there already, and never overwritten; say --from and name your files")
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return list(files)
