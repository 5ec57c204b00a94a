"""What validation found in rows: which claims they break, what was left out or normalised, what is ambiguous."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from cslib.redaction import redacted

RedactedText = Annotated[
    str, AfterValidator(redacted)
]  # a source can be made to hold its own password in a name or a value


class Frozen(BaseModel):
    """A value that stays as it is."""

    model_config = ConfigDict(frozen=True)


class Sample(Frozen):
    """One row that breaks a claim: its file and row number, and the value that was found there."""

    file: RedactedText
    row: int
    value: RedactedText | None

    @property
    def sentence(self) -> str:
        """What was found, and where."""
        return f"{'nothing' if self.value is None else repr(self.value)} in {self.file} row {self.row}"


class Finding(Frozen):
    """Rows of one kind, and the first of them."""

    rows: int
    samples: tuple[Sample, ...]

    def listed(self, *found: str) -> str:
        """Return what was found, with … where there is more."""
        return ", ".join([*found, *(["…"] if self.rows > len(self.samples) else [])])


class Remark(Finding):
    """Rows that are taken as they are, though they may not mean what they say. `said` holds further values for the sentence."""

    kind: str
    said: dict[str, RedactedText] = {}

    @property
    def asks(self) -> bool:
        """Whether it is a question to the owner of the source."""
        return self.kind in ("contract_end", "month_ends")

    def without_files(self) -> Remark:
        """Return the note without the names of files."""
        return self.model_copy(update={"said": {key: said for key, said in self.said.items() if key not in _UNSAID}})

    @property
    def sentence(self) -> str:
        """What was found, what it does to figures, and what to do."""
        found = self.listed(*(sample.sentence for sample in self.samples)) if self.samples else ""
        said = {**_UNSAID, **self.said}
        if "amount" in said:
            said["amount"] = f"{Decimal(said['amount']):,f}"
        return _NOTES[self.kind].format(rows=self.rows, **said) + (f"; found {found}" if found else "")


class SetAside(Finding):
    """The rows of a table that break one claim, and what was wanted there instead."""

    claim: str
    wanted: str = ""
    way: RedactedText = ""  # what to do about it

    @property
    def sentence(self) -> str:
        """The claim, how many rows break it, what was wanted, the first values found, each with its place, and the remedy."""
        rows = f"{self.rows:,} row{'s' if self.rows > 1 else ''}"
        found = self.listed(*(sample.sentence for sample in self.samples))
        return f"{self.claim}: {rows}; wanted {self.wanted}; found {found}; {self.way}"


class LeftOut(Finding):
    """Non-data rows: blank ones, totals, exact copies of an earlier row, states that a newer row replaces."""

    why: str

    @property
    def sentence(self) -> str:
        """How many such rows were left out, and the first of them."""
        found = self.listed(*(f"{sample.file} row {sample.row}" for sample in self.samples))
        return f"{self.rows:,} {_LEFT_OUT[self.why][self.rows != 1]} left out: {found}"


_LEFT_OUT = {
    "blank": ("blank row", "blank rows"), "total": ("row of totals", "rows of totals"),
    "copy": ("exact copy of an earlier row", "exact copies of earlier rows"),
    "older": ("older state of what a newer row tells", "older states of what newer rows tell"),
}  # fmt: skip


class Mended(Finding):
    """The normalised values of a column, which were written otherwise than in the tables: ¥1,200, 令和8年4月1日."""

    column: str

    @property
    def sentence(self) -> str:
        """How many values were normalised, and the first of them."""
        values = f"{self.rows:,} value{'s' if self.rows > 1 else ''}"
        found = self.listed(*(sample.sentence for sample in self.samples))
        return f"{self.column}: {values} respelled and read; found {found}"


class Option(Frozen):
    """A format by which a column of dates can be parsed: how many of its values, and as which day the first."""

    format: str
    reads: int
    example: RedactedText


class Question(Frozen):
    """A column of ambiguous dates, with the formats that its author has to choose from."""

    column: str
    source: RedactedText
    rows: int
    samples: tuple[Sample, ...]
    options: tuple[Option, ...]

    def line(self, option: Option) -> str:
        """Return the line of source.yaml that chooses an option."""
        return f'{self.column}: {{column: {json.dumps(self.source, ensure_ascii=False)}, format: "{option.format}"}}'

    @property
    def lead(self) -> str:
        """What was found, and what is asked for."""
        found = ", ".join(sample.sentence for sample in self.samples)
        asked = (
            f"can be read in {len(self.options)} ways: write the right one under 'columns' in source.yaml"
            if self.options[1:]
            else "are not written year first: write their format under 'columns' in source.yaml"
        )
        return f"{self.column}: the dates in {self.source!r} ({found}) {asked}"

    @property
    def sentence(self) -> str:
        """The question on one line, with the day that each format would read the first value as."""
        ways = " or ".join(f"{self.line(option)} ({option.example})" for option in self.options)
        return f"{self.lead}: {ways}"


_UNSAID = {"files": "several files", "looked": ""}  # for readers who are shown no names of files
_NOTES = {
    "shaped": "{rows:,} rows of the source became {made} ({shape})",
    "converted": "the amounts of {rows:,} rows were converted by the rates of policies.yaml: {rates}",
    "contract_end": "{rows:,} terms end on the very day on which the next one of their product starts, {following} on the day before: "
    "ends_on seems to be the first day without service; write 'contract_end: first_day_without' into policies.yaml, or "
    "'contract_end: last_day' if that day is served",
    "month_ends": "{rows:,} terms made of levels end with a month and nothing follows: they are lost at that month's own close, so that "
    "its MRR is less than its levels; write 'churn_month: day_after' into policies.yaml if what was paid in a month is to count at "
    "its close, or 'churn_month: last_day' if it is not",
    "terms_added": "{rows:,} terms overlap a later one of the same customer and product, so that {amount} {currency} a month count "
    "beside it; that is right for two agreements side by side; where a renewal was signed before the end, write "
    "'overlapping_terms: later_replaces' into policies.yaml",
    "terms_replaced": "{rows:,} terms of {amount} {currency} a month end with the start of a later one of the same customer and "
    "product, as the policy overlapping_terms says",
    "assigned_twice": "{rows:,} assignments last beyond the start of a later one of the same customer and kind: from then on the later "
    "one counts, of one day the first by its text, and the earlier one again once that has ended; where it is over, write the day "
    "into ended_on",
    "title": "{rows:,} rows above the header were taken for the title of a report and left out; take them away where they are none",
    "footer": "{rows:,} rows at the end of a file were taken for the footer of a report and left out",
    "overlap": "{rows:,} rows stand in {files} alike{looked}, so that they count twice where the exports overlap: "
    "leave one of the files out, or the rows of the shared days by 'where'",
}
