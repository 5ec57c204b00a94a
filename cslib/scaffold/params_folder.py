"""The proposal as a whole: the files of a `params/` folder, and what to say about them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from cslib.errors import CslibError
from cslib.model import BY_NAME
from cslib.scaffold.exports import read_exports
from cslib.scaffold.found import find_tables
from cslib.scaffold.match_tables import first_use
from cslib.scaffold.named_files import NOTHING_SAID, without_copies
from cslib.scaffold.segments import segment_texts
from cslib.scaffold.term_questions import terms_meet
from cslib.scaffold.unlocked import measurable_from, unlocked_text, worth_showing
from cslib.scaffold.value_words import CURRENCIES
from cslib.scaffold.yaml_text import policies_text, report_text, source_text
from cslib.settings import CSM
from cslib.settings.templates import ACTIONS, EVENTS, HEALTH, PROGRAMMES, TEAM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cslib.scaffold.exports import Export, Tell
    from cslib.scaffold.proposed import Proposed

_STARTER = ("customers", "contracts", "milestones", "usage")  # in the order of the data model
_CHECK = "# CHECK: "
_DAY = re.compile(r"^\d{4}\D?\d{1,2}\D?(\d{1,2})\D?$")
_ISO_DAY = re.compile(r"^(\d{4})[-/](\d{1,2})[-/](\d{1,2})")
_HALF, _LATE = 0.5, 28
_PAID_TO_CLOSE = "what is paid in a month counts at its close, and who pays no more is lost in the next; last_day: at that very close"


@dataclass(frozen=True)
class Proposal:
    """A params folder that was proposed: its texts by their places, the tables behind them, the files left out."""

    params: Path
    texts: dict[str, str]
    tables: tuple[Proposed, ...]
    left: tuple[str, ...]
    near: tuple[Proposed, ...] = ()  # tables of which something is missing

    def write(self) -> None:
        """Write the folder; raises `CslibError` where there is one already."""
        refuse_present(self.params)
        for place, text in self.texts.items():
            file = self.params / place
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")

    @property
    def doubts(self) -> list[str]:
        """What to check, each with its file and line."""
        return [
            f"{place}:{number}: {line.split(_CHECK)[0].split(':')[0].strip(' #-')}: {line.split(_CHECK)[1]}"
            for place, text in self.texts.items()
            for number, line in enumerate(text.splitlines(), 1)
            if _CHECK in line
        ]

    def as_text(self) -> str:
        """Return what was found, what it unlocks, and what to do next."""
        lines = [f"written: {self.params}", ""]
        for table in self.tables:
            mapped, columns = (
                sum(one.value is None for one in table.columns.values()),
                BY_NAME[table.table].columns,
            )
            lines.append(f"  {table.table}: {table.export.name}, {mapped} of {len(columns)} columns")
        lines += [f"  not yet: {one.doubts[0]}" for one in self.near]
        lines += [f"  left out: {name}" for name in self.left]
        lines += ["", *unlocked_text(held_by(self.tables)), ""]
        lines += [f"{len(self.doubts)} things to check:" if self.doubts else "nothing to check"]
        return "\n".join(
            [*lines, *(f"  {doubt}" for doubt in self.doubts), "", f"next: cslib check --params {self.params}"]
        )


def held_by(tables: Sequence[Proposed]) -> dict[str, set[str]]:
    """Return the columns that these tables will have, further ones of the source included."""
    held: dict[str, set[str]] = {}
    for table in tables:
        held.setdefault(table.table, set()).update(table.columns, table.unmapped)
    return held


def settings_for(held: Mapping[str, set[str]]) -> dict[str, str]:
    """Return the settings that only some tables ask for, by the names of their files: programmes, and the people that data name."""
    programmes = {"programmes.yaml": PROGRAMMES} if "programmes" in held else {}
    return programmes | ({"team.yaml": TEAM} if _names_csms(held) else {})


def _names_csms(held: Mapping[str, set[str]]) -> bool:
    return "assignments" in held or any(CSM in held.get(table, ()) for table in ("customers", "touches"))


def refuse_present(params: Path) -> None:
    """Raise `CslibError` where there is a params folder, which somebody may have written by hand."""
    if params.exists():
        raise CslibError(
            f"{params}: there is a params folder already, which 'cslib init' never overwrites; add the tables of new files "
            "to it with --again, or name another DIR"
        )


def propose(  # noqa: PLR0913 - what can be said of files
    folder: Path,
    files: Sequence[Path],
    *,
    said: Mapping[Path, str] = NOTHING_SAID,
    system: str | None = None,
    tell: Tell | None = None,
    starter: bool = False,
) -> Proposal:
    """Return the proposal for a folder: `params/` in it, from these exports.

    `said` names the tables of some of them, `system` the one that they are of, `tell` is told what is being done. Raises
    `SourceError` for files that cannot be read, and `CslibError` where no file has a column with a value per row or is an
    export of that system.
    """
    refuse_present(folder / "params")
    once, copies = without_copies(files)
    exports = read_exports(once, tell)
    found = find_tables(exports, said, system)
    tables = list(found.tables)
    if not tables:
        listed = "\n".join(f"  - {one.name}: {', '.join(one.looks)}" for one in exports)
        raise CslibError(
            f"wanted a file with a row per customer and a column with its id, or rows that name customers; found none among\n{listed}"
        )
    if starter:
        tables = sorted(
            (one for one in [*tables, *first_use(tables)] if one.table in _STARTER),
            key=lambda one: _STARTER.index(one.table),
        )
    near = () if starter else found.near
    texts = _texts(folder / "params", tables, exports, near, starter=starter)
    return Proposal(folder / "params", texts, tuple(tables), (*copies, *found.left), near)


def _texts(
    params: Path, tables: Sequence[Proposed], exports: Sequence[Export], near: Sequence[Proposed], *, starter: bool
) -> dict[str, str]:
    kpis = {kpi.id for kpi in measurable_from(held_by(tables))}
    segments = segment_texts(tables[0], kpis, starter=starter)
    return {
        "source.yaml": source_text(tables, params, near),
        "policies.yaml": proposed_policies(tables, exports),
        "report.yaml": report_text(_language(exports), worth_showing(held_by(tables))),
        "health.yaml": HEALTH,
        **settings_for(held_by(tables)),
        "actions.yaml": ACTIONS,
        "events.yaml": EVENTS,
        **{f"segments/{name}.yaml": text for name, text in segments.items()},
    }


def _language(exports: Sequence[Export]) -> str:
    names = [name for export in exports for name in export.looks]
    foreign = sum(not name.isascii() for name in names)
    values = [value for export in exports for look in export.looks.values() for value in list(look.distinct)[:20]]
    return (
        "ja" if foreign > len(names) * _HALF or sum(not value.isascii() for value in values) > len(values) / 5 else "en"
    )


def proposed_policies(tables: Sequence[Proposed], exports: Sequence[Export]) -> str:
    """Return the policies, with the currency that a header names and the end of contracts that the dates show."""
    words = " ".join(name.lower() for export in exports for name in export.looks)
    named = next(
        (code for word, code in CURRENCIES.items() if re.search(rf"(?:\b|_){re.escape(word)}(?:\b|_)", words)), None
    )
    japanese = _language(exports) == "ja"
    said = "the name of a column says so" if named else "the currency of the amounts"
    doubts = {} if japanese and named in (None, "JPY") else {"currency": said}
    codes = _codes(tables)
    if codes:
        named = codes[0]
        others = f"amounts are in {', '.join(codes[1:])} as well: say their rates, as in 'rates: {{{codes[-1]}: 1.5}}'"
        doubts = {"currency": others} if codes[1:] else {}
    end, doubt = _contract_end(tables)
    values = {"currency": named or "JPY", "contract_end": end}
    if any("terms" in table.shape for table in tables):
        values["churn_month"], doubt["churn_month"] = "day_after", _PAID_TO_CLOSE
    return policies_text(values, {**doubts, **doubt, **_without_ends(tables)})


def _without_ends(tables: Sequence[Proposed]) -> dict[str, str]:
    """Return the question about contracts without a column for their end: nothing could be lost of them."""
    if all(table.table != "contracts" or "ends_on" in table.columns for table in tables):
        return {}
    return {
        "all_contracts_open": "no column tells ends; true: every contract runs until further notice; else name it: ends_on"
    }


def _codes(tables: Sequence[Proposed]) -> list[str]:
    """Return the currencies that a column of a table with amounts says, the one of most rows first."""
    looks = (table.look("currency") for table in tables)
    said = (value.upper() for look in looks if look for value in look.values)
    return [code for code, _ in Counter(code for code in said if re.fullmatch("[A-Z]{3}", code)).most_common()]


def _touching(contracts: Proposed, ends: Sequence[str]) -> bool:
    """Return whether most terms end on a day on which terms start, and fewer on the day before one."""
    look = contracts.look("starts_on")
    starts = set(map(_as_day, look.values if look else ())) - {None}
    days = [day for day in map(_as_day, ends) if day]
    on_the_day = sum(day in starts for day in days)
    before = sum(day + timedelta(days=1) in starts for day in days)
    return on_the_day > max(2 * before, _HALF * len(ends))  # where terms start on any day, they do so on both


def _as_day(text: str) -> date | None:
    found = _ISO_DAY.match(text)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _contract_end(tables: Sequence[Proposed]) -> tuple[str, dict[str, str]]:
    """Return how `ends_on` is to be read: who ends on first days of months, names the first day without service."""
    contracts = next((table for table in tables if table.table == "contracts"), None)
    if contracts and "contract_end" in contracts.policies:
        return contracts.policies["contract_end"], {}
    look = contracts.look("ends_on") if contracts else None
    values = look.values if look else ()
    days = [int(found[1]) for value in values if (found := _DAY.match(value.partition(" ")[0]))]
    question = "is ends_on the last day of service, or the first day without it (first_day_without)?"
    if values and contracts and _touching(contracts, values):
        return "first_day_without", {
            "contract_end": "most terms end on a day on which others start, few on the day before; last_day: it is served"
        }
    if values and contracts and terms_meet(contracts):
        return "first_day_without", {
            "contract_end": "customers' next terms begin on the day on which those before them end; last_day: it is served"
        }
    if not values or sum(day >= _LATE for day in days) > _HALF * len(values):
        return "last_day", {}
    if sum(day == 1 for day in days) > _HALF * len(values):
        return "first_day_without", {
            "contract_end": "most contracts end on the first day of a month; last_day: it is served"
        }
    return "last_day", {"contract_end": question}
