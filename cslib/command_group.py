"""How commands end: without a traceback for a user's mistake or for a machine that refuses, without a secret, and all that was said written."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from cslib.errors import CslibError
from cslib.redaction import redacting_streams


class Commands(TyperGroup):
    """Commands whose users never see a traceback for a mistake of their own, nor for a machine that refuses, nor a secret."""

    def main(self, *arguments: Any, **said: Any) -> Any:  # noqa: ANN401 - as the base class has it
        """Run a command; its output must have been written before it counts as done."""
        with redacting_streams():
            try:
                return super().main(*arguments, **said)
            except OSError as error:
                _end(error)
            finally:
                _flush()

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401
        """Call a command, and print why it failed."""
        try:
            return super().invoke(ctx)
        except CslibError as error:
            typer.echo(f"cslib: {error}", err=True)
            raise typer.Exit(error.exit_code) from error
        except _refusals() as error:
            _end(error)


def _refusals() -> tuple[type[Exception], ...]:
    """Return the errors of a machine that refuses; an engine, where one was at work, has one of its own for a full disk."""
    engine = sys.modules.get("duckdb")
    return (OSError, engine.Error) if engine else (OSError,)


def _flush() -> None:
    """Flush the output; where that fails, nothing more is tried, as Python would at its own end."""
    try:
        sys.stdout.flush()
    except OSError as error:
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):  # whoever listened has heard enough
            _end(error)


def _end(error: Exception) -> NoReturn:
    """Tell that the machine refuses, and end."""
    if isinstance(error, OSError):
        place = f": {error.filename}" if error.filename else ""
        said = f"{error.strerror or error}{place}"
    else:
        said = " ".join(str(error).split())
    typer.echo(f"cslib: stopped, since the machine refuses to read or write: {said}", err=True)
    raise SystemExit(1) from error
