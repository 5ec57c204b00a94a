"""The commands of a project: `cslib new`, `cslib notebook copy`, `cslib upgrade`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

CONFLICTS = 3  # done, but something is left for a person: as when some reports of a run failed

notebook = typer.Typer(no_args_is_help=True, help="Notebooks of your own, blank or shipped ones that you change.")


def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the project.")],
    more: Annotated[list[str] | None, typer.Argument(metavar="[FILES]...", help="Further files of --from.")] = None,
    files: Annotated[
        list[str] | None, typer.Option("--from", help="Your exports, FILE or TABLE=FILE; without any, the demo.")
    ] = None,
) -> None:
    """Write a project of your own: `cslib new DIR [--from FILES…]`."""
    from cslib.project.new import new_project  # noqa: PLC0415 - each command imports what it needs, so that help is quick

    if folder.is_file():
        raise typer.BadParameter(f"wanted a folder first, then --from and the files; found the file {folder}")
    if more and not files:
        raise typer.BadParameter("say --from before the files", param_hint="--from")
    typer.echo(new_project(folder, [*(files or ()), *(more or ())]))


@notebook.command()
def copy(name: Annotated[str, typer.Argument(metavar="NAME", help="As in report.yaml: 02_usage.")]) -> None:
    """Copy a shipped notebook into this project's notebooks/, to change it there."""
    from cslib.project.base import find_project  # noqa: PLC0415
    from cslib.project.notebooks import copy_notebook  # noqa: PLC0415

    typer.echo(copy_notebook(find_project(Path()), name))


@notebook.command(name="new")
def blank(name: Annotated[str, typer.Argument(metavar="NAME", help="Of the notebook: 20_partners.")]) -> None:
    """Write a blank notebook of your own into this project's notebooks/, ready to be run."""
    from cslib.project.base import find_project  # noqa: PLC0415
    from cslib.project.notebooks import new_notebook  # noqa: PLC0415

    typer.echo(new_notebook(find_project(Path()), name))


def upgrade() -> None:
    """Merge this project with the version that is installed, and say what changes in figures."""
    from cslib.project.base import find_project  # noqa: PLC0415
    from cslib.project.upgrade import upgrade as take  # noqa: PLC0415

    taken = take(find_project(Path()))
    typer.echo("\n".join(taken.lines))
    if taken.conflicts:
        raise typer.Exit(CONFLICTS)


def register(app: typer.Typer) -> None:
    """Add the commands to the program's own."""
    app.command()(new)
    app.add_typer(notebook, name="notebook")
    app.command()(upgrade)
