"""How every command says what went wrong."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from heliu.errors import ConfigError, HeliuError


@contextmanager
def one_clear_error() -> Iterator[None]:
    """Say what went wrong in words, not as a traceback; exit 2 for files, 1 for the rest."""
    try:
        yield
    except ConfigError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    except HeliuError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(1) from None
