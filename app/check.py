"""`heliu check`: every mistake of the firm's files, or what is sound but can hardly be meant."""

from typing import Annotated

import typer

from app.errors import one_clear_error
from heliu.errors import ConfigError, Problem

Strict = Annotated[bool, typer.Option("--strict", help="Fail on warnings, too.")]


def check(strict: Strict = False) -> None:
    """Read all of the firm's files and tell every mistake at once, as file:line:column."""
    with one_clear_error():
        from heliu.rules.proof import run_examples, run_segment_examples
        from tasks.firm import check_firm, warnings_of
        from tasks.settings import settings

        firm = check_firm()
        zone = settings().zone
        problems = run_examples(firm.tags, zone) + run_segment_examples(firm.segments, zone)
        if problems:
            raise ConfigError(problems)
        warnings = warnings_of(firm)
        for warning in warnings:
            typer.echo(_line(warning), err=strict)
        typer.echo(
            f"{'No mistakes' if warnings else 'All well'}: {len(firm.sources)} sources, "
            f"{len(firm.tags.tags)} tags, {len(firm.segments)} segments, "
            f"{len(firm.campaigns)} campaigns; {_counted(len(warnings))}."
        )
        if warnings and strict:
            raise typer.Exit(2)


def _line(warning: Problem) -> str:
    return str(Problem(warning.place, f"warning: {warning.says}", warning.remedy))


def _counted(warnings: int) -> str:
    return f"{warnings or 'no'} warning{'' if warnings == 1 else 's'}"
