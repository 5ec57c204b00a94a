"""report.yaml: what is published, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, field_validator

from cslib.settings.delivery import Audience, Deliver
from cslib.settings.fields import LocalisedText, Name, Strict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from cslib.yaml_files import Lines

Language = Literal["ja", "en"]
_STAGES = (
    "00_summary",
    "01_setup",
    "02_usage",
    "03_satisfaction",
    "04_outcome",
    "05_financial",
    "06_health",
    "07_growth",
    "08_effect",
    "09_operations",
    "10_actions",
)


class Tab(Strict):
    """A notebook that is run, and what its tab says: without a title, its stage or its own name."""

    name: str
    title: Name | None = None


def _named(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


def _as_written(tab: Tab) -> Any:  # noqa: ANN401 - a name, or a mapping
    return tab.name if tab.title is None else {"name": tab.name, "title": tab.title.model_dump()}


class Report(Strict):
    """What is published, and how."""

    title: Name = LocalisedText(ja="カスタマーサクセス月次レポート", en="Customer success monthly report")
    goal: Name | None = None  # why there is customer success here, and what counts as achieved
    language: Language = "ja"
    languages: list[Language] = Field(default=[])  # several instead, the first of them where a run begins
    audience: Audience = "internal"
    notebooks: list[Annotated[Tab, BeforeValidator(_named), PlainSerializer(_as_written)]] = Field(
        default=[Tab(name=name) for name in _STAGES], min_length=1
    )
    months: int = Field(default=24, ge=1, le=240)
    keep_runs: int = Field(default=12, ge=1, le=100_000)
    cell_seconds: int = Field(default=600, ge=1, le=1_000_000)  # how long a cell may run, and a whole report
    report_seconds: int = Field(default=1800, ge=1, le=1_000_000)
    # in no dump: addresses of people decide no figure, and are told neither in run.json nor to a notebook
    deliver: Deliver = Field(default=Deliver(), exclude=True)

    @field_validator("languages")
    @classmethod
    def _each_once(cls, value: list[Language]) -> list[Language]:
        if len({*value}) < len(value):
            raise ValueError(f"wanted each language once; found {', '.join(value)}")
        return value

    @property
    def spoken(self) -> tuple[Language, ...]:
        """The languages of the pages, that of the front page first."""
        return tuple(self.languages) or (self.language,)


def language_problems(lines: Lines, languages: Sequence[Language], segments: Collection[str]) -> Iterator[str]:
    """Yield, with its line, what is wrong with the languages as a whole."""
    place = lines.of(("languages",))
    if {("language",), ("languages",)} <= lines.lines.keys():
        yield f"{place}: languages: wanted language or languages; found both; leave language out"
    yield from (f"{place}: languages: {taken_folder(name)}" for name in languages[1:] if name in segments)


def taken_folder(language: Language) -> str:
    """Return why pages in a further language have no place beside a segment of the same name."""
    return f"the pages in {language} go into a folder {language}, which is that of the segment {language}; name {language} first, or give the segment another id"
