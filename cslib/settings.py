"""The settings of a `params/` folder, read and checked as a whole."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, field_validator, model_validator

from cslib.errors import SettingsError, no_such
from cslib.yaml_files import Lines, read

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

from datetime import date

Language = Literal["ja", "en"]
SEGMENT_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.ASCII)
_TAKEN = ("assets", "index")  # what all segments share: a folder, and the front page
_DIRECTIVE = re.compile(r"%(-?[aAwudbBhmyYHIpMSfgjUWVG]|[nzZcxX%])")
_HAS_YEAR = re.compile(r"%-?[yYGcx]")
FILES = ("source.yaml", "policies.yaml", "report.yaml")
TOTAL = "total"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _blank_is_default(cls, content: object) -> object:
        """A key with nothing behind it says nothing."""
        return {k: v for k, v in content.items() if v is not None} if isinstance(content, dict) else content


class Words(_Strict):
    """A text in both languages."""

    ja: str
    en: str


def _number(value: object) -> object:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


Number = Annotated[float, BeforeValidator(_number), Field(allow_inf_nan=False)]  # 1 and 1.0 alike


def _both(value: object) -> object:
    return {"ja": value, "en": value} if isinstance(value, str) else value


Name = Annotated[Words, BeforeValidator(_both)]


def _bound(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float | date):
        raise ValueError(f"wanted a number or a date; found {value!r}")  # noqa: TRY004 - pydantic takes ValueError
    return value


Bound = Annotated[Any, BeforeValidator(_bound)]


class Condition(_Strict):
    """What a column must hold. Each part that is given must hold."""

    one_of: tuple[Any, ...] | None = None
    at_least: Bound | None = None
    below: Bound | None = None
    none_of: tuple[Any, ...] | None = Field(default=None, alias="not")
    missing: bool | None = None

    @field_validator("one_of", "none_of", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        listed = tuple(value) if isinstance(value, list | tuple) else (value,)
        if not listed or any(isinstance(one, dict | list) or one is None for one in listed):
            raise ValueError(f"wanted a value or a list of values; found {value!r}; an empty one is {{missing: true}}")
        return listed

    @model_validator(mode="after")
    def _says_something(self) -> Condition:
        if not self.model_fields_set:
            raise ValueError("wanted a value, a list of values, or at_least, below, not, missing; found nothing")
        return self


def _condition(value: object) -> object:
    return value if isinstance(value, dict) else {"one_of": value}


Where = dict[str, Annotated[Condition, BeforeValidator(_condition)]]


class ColumnMap(_Strict):
    """Where a canonical column comes from, and how its text is read."""

    column: str | None = None
    value: Any = None
    format: str | None = None
    divide_by: Annotated[float | None, BeforeValidator(_number)] = None
    map: dict[Any, Any] = {}
    null: tuple[Any, ...] = ()

    @field_validator("format")
    @classmethod
    def _strptime(cls, value: str | None) -> str | None:
        if value is None or value == "excel":
            return value
        if not _HAS_YEAR.search(value) or "%" in _DIRECTIVE.sub("", value):
            raise ValueError(f"wanted a date format like %Y-%m-%d or %d/%m/%Y, or excel; found {value!r}")
        return value

    @field_validator("divide_by")
    @classmethod
    def _nonzero(cls, value: float | None) -> float | None:
        if value == 0:
            raise ValueError("divide_by must not be 0")
        return value

    @field_validator("null", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else (value,)

    @model_validator(mode="after")
    def _one_origin(self) -> ColumnMap:
        if (self.column is None) == (self.value is None):
            raise ValueError("name either a source `column` or a constant `value`")
        return self


def _column(value: object) -> object:
    return value if isinstance(value, dict) else {"column": value}


class Query(_Strict):
    """A query in the source's own SQL."""

    sql: str


def _kind_of_origin(value: object) -> str:
    return "query" if isinstance(value, dict | Query) else "place"


Origin = Annotated[
    Annotated[str, Tag("place")] | Annotated[Query, Tag("query")], Discriminator(_kind_of_origin)
]  # told apart before they are read, so that a mistake in one is not told as a mistake in both


class TableSource(_Strict):
    """Where a canonical table comes from."""

    origin: Origin = Field(alias="from")
    columns: dict[str, Annotated[ColumnMap, BeforeValidator(_column)]] = {}
    encoding: str = "utf-8"
    sheet: str | None = None  # of a workbook in which several hold data
    where: Where = {}

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str) -> str:
        try:
            "".encode(value)
        except LookupError as error:
            raise ValueError(no_such("encoding", value, ("utf-8", "cp932", "euc_jp", "utf-16"))) from error
        return value


class Source(_Strict):
    """The whole source: one URL, and a place for each canonical table."""

    url: str = "duckdb://"
    read_on: date | None = None  # the day the export was taken; today where it is not said
    tables: dict[str, TableSource]

    @field_validator("url")
    @classmethod
    def _address(cls, value: str) -> str:
        if "://" not in value and not value.startswith("${"):  # not repeated, since it may hold a password
            raise ValueError("wanted an address like duckdb:// or duckdb://../data/crm.duckdb or postgres://…")
        return value


class AdoptionWeeks(_Strict):
    """A customer has adopted when a core feature was used in `active` of the last `of` whole weeks."""

    active: int = Field(default=3, ge=1)
    of: int = Field(default=4, ge=1)

    @model_validator(mode="after")
    def _possible(self) -> AdoptionWeeks:
        if self.active > self.of:
            raise ValueError(f"active ({self.active}) cannot exceed of ({self.of})")
        return self


class Policies(_Strict):
    """The choices that definitions leave to a company. They are printed beside the figures they decide."""

    contract_end: Literal["last_day", "first_day_without"] = "last_day"
    churn_month: Literal["last_day", "day_after"] = "last_day"
    grace_days: int = Field(default=0, ge=0)
    onboarding_days: int = Field(default=90, ge=1)
    adoption_weeks: AdoptionWeeks = AdoptionWeeks()
    core_features: list[str] = []
    usage_decline: Number = Field(default=0.3, gt=0, le=1)
    gross_margin: Number = Field(default=0.7, gt=0, le=1)
    hourly_cost: Number = Field(default=5000, ge=0)
    nps_repeat: Literal["latest", "all"] = "latest"
    min_n: int = Field(default=5, ge=1)
    allowed_quarantine: Number = Field(default=0.05, ge=0, le=1)
    currency: str = "JPY"
    timezone: str = "Asia/Tokyo"
    fiscal_year_start: int = Field(default=4, ge=1, le=12)

    @field_validator("currency")
    @classmethod
    def _three_letters(cls, value: str) -> str:
        if not re.fullmatch(r"[A-Z]{3}", value):
            raise ValueError(f"wanted three capital letters like JPY; found {value!r}")
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(no_such("time zone", value, available_timezones()))
        return value


class Report(_Strict):
    """What is published, and how."""

    title: Name = Words(ja="カスタマーサクセス月次レポート", en="Customer success monthly report")
    language: Language = "ja"
    audience: Literal["internal", "external"] = "internal"
    notebooks: list[str] = Field(
        default=["00_summary", "01_setup", "02_usage", "03_satisfaction", "04_outcome", "05_financial"], min_length=1
    )
    months: int = Field(default=24, ge=1, le=240)
    keep_runs: int = Field(default=12, ge=1)
    cell_seconds: int = Field(default=600, ge=1)  # how long a cell may run, and a whole report
    report_seconds: int = Field(default=1800, ge=1)


class Target(_Strict):
    """What a KPI should reach in a segment, and who owns it."""

    target: Number
    owner: str = ""


def _target(value: object) -> object:
    return value if isinstance(value, dict) else {"target": value}


class Kgi(_Strict):
    """The key goal indicator of a segment."""

    kpi: str
    target: Number


class Segment(_Strict):
    """A group of customers with goals of its own; without `where` it holds everyone."""

    id: str
    name: Name
    where: Where = {}
    touch_model: Literal["high", "low", "tech"] | None = None
    org_model: Literal["all_rounder", "specialist", "sales_oriented", "partnership"] | None = None
    kgi: Kgi | None = None
    targets: dict[str, Annotated[Target, BeforeValidator(_target)]] = {}

    @field_validator("id")
    @classmethod
    def _safe_folder(cls, value: str) -> str:
        if not SEGMENT_ID.fullmatch(value) or value in _TAKEN:
            raise ValueError(
                "an id becomes a folder and an address: small letters, digits, - and _ only, at most 64 and not 'assets' "
                f"or 'index'; found {value!r}"
            )
        return value

    def goal(self, kpi: str) -> Target | None:
        """Return the target of a KPI here, the KGI's included; None where there is none."""
        if kpi in self.targets:
            return self.targets[kpi]
        return Target(target=self.kgi.target) if self.kgi and self.kgi.kpi == kpi else None


class Settings(_Strict):
    """All settings of a `params/` folder."""

    folder: str
    places: dict[str, str]  # the file and line that say which customers a segment holds
    source: Source
    policies: Policies
    report: Report
    segments: tuple[Segment, ...]

    @property
    def total(self) -> Segment:
        """The segment that holds everyone."""
        return next(segment for segment in self.segments if not segment.where)

    def published(self) -> Settings:
        """Return what may be told of the settings to whoever reads the reports.

        For an external audience neither the source, nor which customers a segment chooses, nor who owns a target.
        """
        if self.report.audience == "internal":
            return self
        said_nothing = {"origin": "", "columns": {}, "where": {}}
        tables = {name: spec.model_copy(update=said_nothing) for name, spec in self.source.tables.items()}
        kind = self.source.url.partition("://")[0]
        source = self.source.model_copy(update={"url": f"{kind}://", "tables": tables})
        segments = tuple(_without_people(segment) for segment in self.segments)
        return self.model_copy(update={"source": source, "segments": segments})

    def fingerprint(self) -> str:
        """Return a hash of all settings that decide figures."""
        text = self.model_dump_json(exclude={"folder", "places", "report"})
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def _without_people(segment: Segment) -> Segment:
    chosen = {"chosen": Condition(missing=False)} if segment.where else {}
    targets = {kpi: goal.model_copy(update={"owner": ""}) for kpi, goal in segment.targets.items()}
    return segment.model_copy(update={"where": chosen, "targets": targets})


def load(folder: Path, kpi_ids: Collection[str]) -> Settings:
    """Return the settings of a folder; raises `SettingsError` with every problem, its file and its line."""
    settings, problems = load_rest(folder, kpi_ids)
    if problems or settings is None:
        raise SettingsError(problems)
    return settings


def load_rest(folder: Path, kpi_ids: Collection[str]) -> tuple[Settings | None, list[str]]:
    """Return the settings of a folder as far as they are right, and every problem; None where no source is named.

    For a check, which goes on to the data: what is wrong is left out, or has its default.
    """
    if not (folder / "source.yaml").is_file():
        return None, [f"{folder}: wanted a params folder with source.yaml; 'cslib demo --out DIR' writes one"]
    problems = list(_strange_files(folder))
    source = read(folder / "source.yaml", Source, problems)
    policies = read(folder / "policies.yaml", Policies, problems)
    report = read(folder / "report.yaml", Report, problems)
    files = sorted((folder / "segments").glob("*.yaml"))
    segments = [(file, read(file, Segment, problems)) for file in files]
    found = {segment.id: (file, segment) for file, segment in segments if segment is not None}
    problems.extend(_segment_problems(files, kpi_ids))
    if not files:
        problems.append(f"{folder / 'segments'}: wanted at least one segment, like total.yaml; found none")
    if source is None:
        return None, problems
    return Settings(
        folder=str(folder.resolve()),
        places={name: f"{file}:{Lines(file).of(('where',))}" for name, (file, _) in found.items()},
        source=source,
        policies=policies or Policies(),
        report=report or Report(),
        segments=_with_total([segment for _, segment in found.values()]),
    ), problems


def _strange_files(folder: Path) -> Iterator[str]:
    """Return a sentence for each YAML file that nothing reads, since its author believes it does something."""
    for file in sorted(folder.glob("*.y*ml")):
        if file.name not in FILES:
            yield f"{file}: {no_such('settings file', file.name, FILES)}"
    for file in sorted((folder / "segments").glob("*.yml")):
        yield f"{file}: wanted a name that ends in .yaml; rename the file"


def _with_total(segments: list[Segment]) -> tuple[Segment, ...]:
    if all(segment.where for segment in segments):
        everyone = Segment(id=TOTAL, name=Words(ja="全体", en="All customers"))
        return (everyone, *segments)
    return tuple(sorted(segments, key=lambda segment: bool(segment.where)))


def _segment_problems(files: list[Path], kpi_ids: Collection[str]) -> Iterator[str]:
    seen: dict[str, Path] = {}
    for file in files:
        lines = Lines(file)  # not the model, so that these are named together with what the model refuses
        name = lines.texts.get(("id",), "")
        if name in seen:
            yield f"{file}:{lines.of(('id',))}: segment id {name!r} is taken by {seen[name].name}"
        if name:
            seen.setdefault(name, file)
        if name == TOTAL and lines.lines.get(("where",)):
            yield f"{file}:{lines.of(('where',))}: the id 'total' is kept for everyone; name this segment otherwise"
        yield from (
            f"{file}:{line}: {no_such('KPI', kpi, kpi_ids, hint=_KPI_HINT)}"
            for kpi, line in _named_kpis(lines)
            if kpi not in kpi_ids
        )


def _named_kpis(lines: Lines) -> Iterator[tuple[str, int]]:
    for path, line in lines.lines.items():
        match path:
            case ("targets", kpi):
                yield kpi, line
            case ("kgi", "kpi"):
                yield lines.texts.get(path, ""), line


_KPI_HINT = "'cslib kpis' lists them"
