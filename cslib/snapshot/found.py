"""What was found in rows: where, and what it does to figures where they are taken as they stand."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from cslib.redaction import hidden

Told = Annotated[str, AfterValidator(hidden)]  # a source can be made to hold its own password in a name or a value


class Frozen(BaseModel):
    """A value that stays as it is."""

    model_config = ConfigDict(frozen=True)


class Sample(Frozen):
    """One row that breaks a claim: where it stands and what was found there."""

    file: Told
    row: int
    value: Told | None

    @property
    def sentence(self) -> str:
        """What was found, and where."""
        return f"{'nothing' if self.value is None else repr(self.value)} in {self.file} row {self.row}"


class Found(Frozen):
    """Rows of one kind, and the first of them."""

    rows: int
    samples: tuple[Sample, ...]

    def listed(self, *found: str) -> str:
        """Return what was found, and that there is more where not all is told."""
        return ", ".join([*found, *(["…"] if self.rows > len(self.samples) else [])])


class Note(Found):
    """Rows that are taken as they stand, though they may not mean what they say. `said` is what a sentence names besides."""

    kind: str
    said: dict[str, Told] = {}

    @property
    def asks(self) -> bool:
        """Whether it is a question to whoever knows the source."""
        return self.kind == "contract_end"

    def without_files(self) -> Note:
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


_UNSAID = {"files": "several files", "looked": ""}  # to readers who are told no names of files
_NOTES = {
    "converted": "the amounts of {rows:,} rows were converted by the rates of policies.yaml: {rates}",
    "contract_end": "{rows:,} terms end on the very day on which the next one of their product starts, {following} on the day before: "
    "ends_on seems to be the first day without service; write 'contract_end: first_day_without' into policies.yaml, or "
    "'contract_end: last_day' if that day is served",
    "terms_added": "{rows:,} terms overlap a later one of the same customer and product, so that {amount} {currency} a month count "
    "beside it; that is right for two agreements side by side; where a renewal was signed before the end, write "
    "'overlapping_terms: later_replaces' into policies.yaml",
    "terms_replaced": "{rows:,} terms of {amount} {currency} a month end with the start of a later one of the same customer and "
    "product, as the policy overlapping_terms says",
    "overlap": "{rows:,} rows stand in {files} alike{looked}, so that they count twice where the exports overlap: "
    "leave one of the files out, or the rows of the shared days by 'where'",
}
