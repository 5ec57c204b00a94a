"""The command line: `cslib demo`, `init`, `check`, `measure`, `analyse`, `run`, `deliver`, `history`, `kpis`, `tables`, and the commands of a project."""

from __future__ import annotations

import gc
import json
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cslib import __version__
from cslib.command_group import Commands
from cslib.errors import CslibError, NotDelivered, RunLocked
from cslib.periods import Month
from cslib.phases import heard_by
from cslib.progress import Paced, Shown
from cslib.project.commands import register
from cslib.shipped import known_systems
from cslib.table_output import TableFormat, refuse_binary, write_table

if TYPE_CHECKING:
    from cslib.reports.run import Result


app = typer.Typer(
    cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
)  # fmt: skip


def _tell_version(asked: bool) -> None:  # noqa: FBT001 - as the option calls it
    if asked:
        typer.echo(f"cslib {__version__}")
        raise typer.Exit


@app.callback()
def everything(
    _version: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """Customer Success KPI reports: one trustworthy HTML report per customer segment."""


Params = Annotated[Path, typer.Option(help="Folder with source.yaml, policies.yaml, report.yaml and segments/.")]
Segments = Annotated[list[str] | None, typer.Option("--segment", help="Only this segment; may be given again.")]


class TextFormat(StrEnum):
    """How a finding is written."""

    TEXT = "text"
    JSON = "json"


class CatalogueFormat(StrEnum):
    """How the catalogue is written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


Tongue = Literal["ja", "en"]


class Spoken(StrEnum):
    """A language that may be given among others, which no `Literal` can."""

    JA = "ja"
    EN = "en"


@app.command()
def demo(  # noqa: PLR0913, PLR0917 - the options of the command
    out: Annotated[Path, typer.Option(help="Folder for data/ and params/.")],
    customers: Annotated[int, typer.Option(min=1, help="How many customers.")] = 600,
    months: Annotated[int, typer.Option(min=1, help="How many months of events.")] = 30,
    until: Annotated[str, typer.Option(help="Last month, YYYY-MM.")] = "2026-10",
    seed: Annotated[int, typer.Option(help="The same seed writes the same bytes.")] = 20261031,
    usage_rows: Annotated[int | None, typer.Option(min=1, help="Write about so many usage events.")] = None,
    dirty: Annotated[bool, typer.Option("--dirty", help="Add rows that break every claim.")] = False,  # noqa: FBT002
) -> None:
    """Write a demo data set with its params."""
    from cslib.demo import write_demo  # noqa: PLC0415 - each command imports what it needs, so that help is quick

    write_demo(
        out, customers=customers, months=months, until=Month.parse(until), seed=seed, usage_rows=usage_rows, dirty=dirty
    )
    typer.echo(f"demo data in {out / 'data'}, their settings in {out / 'params'}")


@app.command()
def init(  # noqa: PLR0913, PLR0917 - the options of the command
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder in which params/ is made.")],
    more: Annotated[list[str] | None, typer.Argument(metavar="[FILES]...", help="Further files of --from.")] = None,
    files: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            help="Your exports: CSV, TSV, JSON, workbooks, Parquet; files, folders or patterns, or TABLE=FILE where you know what it is.",
        ),
    ] = None,
    starter: Annotated[bool, typer.Option("--starter", help="The smallest useful set: three tables.")] = False,  # noqa: FBT002
    again: Annotated[bool, typer.Option("--again", help="Add the tables of new files to the settings in DIR.")] = False,  # noqa: FBT002
    system: Annotated[
        str | None, typer.Option("--as", help=f"The system that they are of: {', '.join(known_systems())}.")
    ] = None,
) -> None:
    """Propose settings for your own exports: `cslib init DIR --from customers=accounts.csv events.csv …`."""
    from cslib.scaffold import named_files, propose, propose_again, refuse_present, write_examples  # noqa: PLC0415

    named, said = named_files([*(files or ()), *(more or ())])
    if folder.is_file():
        raise typer.BadParameter(f"wanted a folder first, then --from and the files; found the file {folder}")
    if not named and not starter:
        raise typer.BadParameter(
            "name your exports, or say --starter to begin with three tables to fill in", param_hint="--from"
        )
    if again and (starter or not named):
        raise typer.BadParameter("name the new files with --from, and leave --starter out", param_hint="--again")
    if not again:
        refuse_present(folder / "params")
    proposal = (
        propose_again(folder, named, said=said, system=system, tell=Paced())
        if again
        else propose(folder, named or write_examples(folder), said=said, system=system, tell=Paced(), starter=starter)
    )
    proposal.write()
    typer.echo(proposal.as_text())


@app.command()
def check(
    params: Params,
    form: Annotated[TextFormat, typer.Option("--format", help="For people or for machines.")] = TextFormat.TEXT,
    quarantine: Annotated[Path | None, typer.Option(help="Folder for the rows set aside, as Parquet and CSV.")] = None,
) -> None:
    """Read settings and data, and list what is wrong with them."""
    from cslib.check import check_params  # noqa: PLC0415

    found = check_params(params, datetime.now(UTC), quarantine)
    typer.echo(
        json.dumps(found.as_json(), ensure_ascii=False, indent=1) if form is TextFormat.JSON else found.as_text()
    )
    raise typer.Exit(0 if found.usable else 2)


@app.command()
def measure(  # noqa: PLR0913, PLR0917 - the options of the command
    params: Params,
    as_of: Annotated[str, typer.Option(help="Month, YYYY-MM.")],
    months: Annotated[int, typer.Option(min=1, help="How many months, up to --as-of.")] = 1,
    segment: Segments = None,
    kpi: Annotated[list[str] | None, typer.Option(help="Only this KPI; may be given again.")] = None,
    by: Annotated[list[str] | None, typer.Option(help="Group by this column too; may be given again.")] = None,
    form: Annotated[TableFormat, typer.Option("--format", help="How the table is written.")] = TableFormat.CSV,
    out: Annotated[Path | None, typer.Option(help="File; standard output without it.")] = None,
) -> None:
    """Print the KPI table, without any notebook."""
    from cslib.portfolio import Portfolio  # noqa: PLC0415

    refuse_binary(form, out)
    portfolio = Portfolio.open(params, datetime.now(UTC))
    table = portfolio.measure(portfolio.month(as_of), months, segment or (), kpi or (), by or ())
    for sentence in (*portfolio.repairs, *portfolio.undated(by or ())):
        typer.echo(sentence, err=True)
    write_table(table, form, out)


@app.command()
def analyse(  # noqa: PLR0913, PLR0917 - the options of the command
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="actions, chain, chain_customers, cohorts, consistency, costs, csms, effect, effect_compared, effect_months, "
            "effect_readings, forecast, health, health_audit, health_misses, journey, journey_customers, organisation, "
            "pairs, pdca, proposals, reference_customers, references, renewals_ahead, renewed_without_outcome, replay, "
            "signals, survival, touch, touch_customers, touch_load, wall or words; what each says: docs/ (effect, growth, "
            "chain, health, operations, signals, survival, words).",
        ),
    ],
    params: Params,
    as_of: Annotated[str | None, typer.Option(help="Month, YYYY-MM; the last that the data reach.")] = None,
    segment: Segments = None,
    form: Annotated[TableFormat, typer.Option("--format", help="How the table is written.")] = TableFormat.CSV,
    out: Annotated[Path | None, typer.Option(help="File; standard output without it.")] = None,
) -> None:
    """Print the table of an analysis, without any notebook."""
    from cslib.inquiries import Analyses  # noqa: PLC0415
    from cslib.portfolio import Portfolio  # noqa: PLC0415

    refuse_binary(form, out)
    portfolio = Portfolio.open(params, datetime.now(UTC))
    table = Analyses(portfolio, portfolio.month(as_of), portfolio.segment_ids(segment or ())).table(name)
    for sentence in portfolio.repairs:
        typer.echo(sentence, err=True)
    write_table(table, form, out)


@app.command()
def run(  # noqa: PLR0913, PLR0917
    params: Params,
    as_of: Annotated[str | None, typer.Option(help="Month, YYYY-MM; the last that the data reach.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for runs/ and latest.")] = Path("reports"),
    segment: Segments = None,
    notebook: Annotated[list[str] | None, typer.Option(help="Only this notebook; may be given again.")] = None,
    language: Annotated[
        list[Spoken] | None, typer.Option(help="ja or en; given again, both; report.yaml decides without it.")
    ] = None,
    jobs: Annotated[int, typer.Option(min=0, help="Processes at once; 0: one per core.")] = 0,
    dask: Annotated[str, typer.Option(help="Address of a Dask scheduler whose workers make the reports.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Execute what has not changed, too.")] = False,  # noqa: FBT002
    kernel: Annotated[bool, typer.Option("--kernel", help="Each notebook in a kernel of its own.")] = False,  # noqa: FBT002
    single_file: Annotated[bool, typer.Option("--single-file", help="One file per segment too.")] = False,  # noqa: FBT002
) -> None:
    """Execute every report and publish them; what has not changed since the last run is taken from there."""
    from cslib.reports.subprocesses import warm_up  # noqa: PLC0415

    if params.is_dir():
        warm_up()  # which imports what we import, on the other core
    from cslib.reports import run as runner  # noqa: PLC0415

    gc.freeze()  # what was imported stays: without it, to look through all of it again and again takes half a second
    request = runner.Request(
        params,
        out,
        as_of,
        tuple(segment or ()),
        tuple(notebook or ()),
        tuple(one.value for one in language or ()),
        jobs,
        single_file,
        dask,
        kernel,
        force,
    )
    try:
        with Shown() as shown, heard_by(shown.begin):
            result = runner.run(request, datetime.now(UTC), shown)
    except CslibError as error:
        if not isinstance(error, RunLocked):  # whose own end is told
            _tell_failure(params, out, error)
        raise
    _say(result, out, kernel=kernel)
    _deliver(out, params, result.folder.name, aside=True)
    if result.failed:
        raise typer.Exit(3)


def _say(result: Result, out: Path, *, kernel: bool) -> None:
    """Print what a run came to: what is amiss on standard error, where its pages are on standard output."""
    for loss in (*([result.late] if result.late else []), *result.losses):
        typer.echo(loss, err=True)
    if result.quarantine:
        typer.echo(f"the rows set aside, each with its reason: {result.quarantine}", err=True)
    for failed in result.failed:
        typer.echo(f"failed: {failed.name}: {failed.error}", err=True)
    missed = sum(len(outcome.missed) for outcome in result.outcomes)
    if missed:
        typer.echo(
            f"{missed} outputs want a look, since a page cannot show them as they are: {out / 'latest' / 'run.log'}",
            err=True,
        )
    if not kernel and any(outcome.kernel for outcome in result.outcomes):
        typer.echo(
            "each notebook ran in a kernel of its own, many times as long: processes cannot be forked here", err=True
        )
    reused = sum(outcome.reused for outcome in result.outcomes)
    if reused:
        typer.echo(f"{reused:,} reports had not changed since they were last made; --force makes them anew", err=True)
    typer.echo(
        f"{len(result.outcomes) - len(result.failed):,} of {len(result.outcomes):,} reports: {out / 'latest' / 'index.html'}"
    )


def _tell_failure(params: Path, out: Path, error: CslibError) -> None:
    """Tell whom the settings name that nothing was published; the exit code stays that of the run."""
    from cslib.delivery import tell_failure  # noqa: PLC0415

    for one in tell_failure(params, out, error):
        typer.echo(f"not delivered: {one}" if one.lost else f"delivered: {one}", err=True)


def _deliver(out: Path, params: Path | None, run_id: str, *, again: bool = False, aside: bool = False) -> int:
    """Send a run, tell what became of each destination (`aside`, where that is not what was asked for), and return how many there were; raises `NotDelivered` where one was lost."""
    from cslib.delivery import deliver as send  # noqa: PLC0415

    done = send(out, run_id, params=params, again=again)
    for one in done:
        if not one.lost:
            typer.echo(f"delivered: {one}", err=aside)
    lost = [str(one) for one in done if one.lost]
    if lost:
        raise NotDelivered([*lost, f"'cslib deliver --out {out}' sends what has not arrived"])
    return len(done)


@app.command()
def deliver(
    out: Annotated[Path, typer.Option(help="Folder with runs/ and latest.")] = Path("reports"),
    run_id: Annotated[
        str, typer.Option("--run", metavar="ID", help="A run that 'cslib history' lists; the latest.")
    ] = "",
    params: Annotated[
        Path | None,
        typer.Option(help="Folder of the settings; that of the last delivery from here, or params beside DIR."),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Tell those too who have been told of this run.")] = False,  # noqa: FBT002
) -> None:
    """Send a published run to whom `deliver:` in report.yaml names: what has not arrived yet."""
    if not _deliver(out, params, run_id, again=again):
        raise CslibError("report.yaml names nobody to deliver to; docs/delivery.md says how")


@app.command()
def history(
    out: Annotated[Path, typer.Option(help="Folder with runs/ and latest.")] = Path("reports"),
    form: Annotated[TextFormat, typer.Option("--format", help="For people or for machines.")] = TextFormat.TEXT,
    params: Annotated[Path | None, typer.Option(help="Also how much is kept beside this folder.")] = None,
) -> None:
    """List the runs that are kept: what each came to, and how many past figures it restated."""
    from cslib.reports.history import past_runs, runs_text  # noqa: PLC0415

    runs = past_runs(out)
    text = json.dumps([run.summary() for run in runs], ensure_ascii=False, indent=1)
    typer.echo(text if form is TextFormat.JSON else runs_text(runs, out))
    if params is not None and form is TextFormat.TEXT:
        from cslib.portfolio import kept_text  # noqa: PLC0415

        typer.echo(kept_text(params))


@app.command()
def kpis(
    stage: Annotated[str | None, typer.Option(help="Only this stage.")] = None,
    language: Annotated[Tongue, typer.Option(help="ja or en.")] = "en",
    form: Annotated[CatalogueFormat, typer.Option("--format", help="How the list is written.")] = CatalogueFormat.TEXT,
    params: Annotated[Path | None, typer.Option(help="Also the KPIs in kpis.py beside this folder.")] = None,
) -> None:
    """Print the KPI catalogue."""
    from cslib.kpis import CATALOGUE  # noqa: PLC0415
    from cslib.kpis.listing import catalogue_json, catalogue_markdown, catalogue_text  # noqa: PLC0415
    from cslib.kpis.own import open_catalogue  # noqa: PLC0415

    catalogue = open_catalogue(params) if params else CATALOGUE
    chosen = catalogue.of_stage(stage) if stage else catalogue.kpis
    write = {"text": catalogue_text, "json": catalogue_json, "markdown": catalogue_markdown}[form.value]
    typer.echo(write(chosen, language))


@app.command()
def tables(
    form: Annotated[Literal["text", "markdown"], typer.Option("--format", help="How the list is written.")] = "text",
) -> None:
    """Print the data model: the tables that a source is mapped onto, and what they unlock."""
    from cslib.kpis import CATALOGUE  # noqa: PLC0415
    from cslib.model_listing import model_markdown, model_text  # noqa: PLC0415

    typer.echo(model_text() if form == "text" else model_markdown(CATALOGUE.kpis))


@app.command()
def settings(
    form: Annotated[Literal["text", "markdown"], typer.Option("--format", help="How the list is written.")] = "text",
) -> None:
    """Print every setting: the files of params/, their keys, what each may hold and what holds without it."""
    from cslib.settings_listing import settings_markdown, settings_text  # noqa: PLC0415

    typer.echo(settings_text() if form == "text" else settings_markdown())


register(app)
