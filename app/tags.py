"""`heliu tags`: work on the tag library: look, try, print, set by hand, look back."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from app.errors import one_clear_error

tags = typer.Typer(
    help="The tag library: what is in it, what a change would do, tags set by hand, history.",
    no_args_is_help=True,
)


class Dialect(StrEnum):
    """What the one statement can be printed for."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"
    DUCKDB = "duckdb"
    SPARK = "spark"


class Schema(StrEnum):
    """Rule files an editor can check while they are written."""

    TAG = "tag"
    SEGMENT = "segment"


AsOf = Annotated[
    str | None, typer.Option(help="See facts up to this date (its first moment) or time.")
]
Json = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]
Who = Annotated[str, typer.Option(help="Who says it: a name or an account.")]
Why = Annotated[str, typer.Option(help="Why; kept with the word. No personal data.")]
Person = Annotated[
    str,
    typer.Argument(help="A profile's id, a former one, a record's, or SOURCE:KEY of a record."),
]
Tag = Annotated[str, typer.Argument(metavar="TAG", help="A tag's name.")]
Tags = Annotated[list[str] | None, typer.Option("--tag", help="Only this tag; may be repeated.")]


@contextmanager
def desk() -> Iterator[ModuleType]:
    """The work itself, with one clear error; late, since reading the domain takes a second."""
    with one_clear_error():
        from app import tag_desk

        yield tag_desk


@tags.command("list")
def list_tags(as_json: Json = False) -> None:
    """Every tag: how many carry it, how it moved in the last run, how old that is, whose it is.

    heliu tags list
    heliu tags list --json
    """
    with desk() as at:
        at.list_tags(as_json)


@tags.command("sql")
def print_sql(
    dialect: Annotated[Dialect, typer.Option(help="Whose SQL.")] = Dialect.SQLITE,
    as_of: AsOf = None,
    pretty: Annotated[bool, typer.Option("--pretty", help="Indented, to be read.")] = False,
) -> None:
    """Print the whole library as the one statement a run would execute, every value written in.

    heliu tags sql --pretty
    heliu tags sql --dialect duckdb --as-of 2025-10-01 > tags.sql
    """
    with desk() as at:
        at.print_sql(dialect.value, as_of, pretty)


@tags.command("diff")
def diff(
    before: Annotated[
        str, typer.Argument(metavar="FROM", help="A git revision, such as HEAD~1 or main.")
    ] = "HEAD",
    after: Annotated[
        str | None,
        typer.Argument(metavar="TO", help="Another; without it, the files as they are now."),
    ] = None,
    as_of: AsOf = None,
    tag: Tags = None,
    markdown: Annotated[
        Path | None, typer.Option(help="Write Markdown to this file, or - to print it.")
    ] = None,
    as_json: Json = False,
    samples: Annotated[int, typer.Option(min=0, max=100, help="Profiles to show of each.")] = 10,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 1 if anybody moves, 2 on an error.")
    ] = False,
) -> None:
    """Tell who would enter and leave each tag, segment and campaign if the rules changed.

    Both sides are judged on the facts as they are; nothing is written.

    heliu tags diff
    heliu tags diff main --tag value.high
    heliu tags diff v1.2 v1.3 --markdown preview.md
    """
    moved = False
    try:
        with desk() as at:
            moved = at.diff(before, after, as_of, tag or [], markdown, as_json, samples)
    except typer.Exit as stop:
        raise typer.Exit(2 if exit_code else stop.exit_code) from None
    if exit_code and moved:
        raise typer.Exit(1)


@tags.command("schema")
def print_schema(
    kind: Annotated[Schema, typer.Argument(metavar="tag|segment", help="Which files.")],
    to: Annotated[Path | None, typer.Option(help="Write it to this file.")] = None,
) -> None:
    """Print the JSON Schema of rule files: editors check and complete with it.

    heliu tags schema tag --to tag.schema.json
    """
    with desk() as at:
        at.print_schema(kind.value, to)


@tags.command("set")
def set_tag(
    person: Annotated[
        str | None,
        typer.Argument(help="A profile's id, a former one, a record's, or SOURCE:KEY of a record."),
    ] = None,
    tag: Annotated[str | None, typer.Argument(metavar="TAG", help="A tag's name.")] = None,
    who: Annotated[str, typer.Option(help="Who says it: a name or an account.")] = "",
    why: Why = "",
    until: Annotated[
        str | None, typer.Option(help="Over at this date (its first moment) or time.")
    ] = None,
    off: Annotated[bool, typer.Option("--off", help="Say that the tag does not hold.")] = False,
    file: Annotated[
        Path | None, typer.Option(help="Many words from a CSV file; all of them or none.")
    ] = None,
) -> None:
    """Say by hand that a tag holds; only tags with `manual: true` can be set.

    heliu tags set 17 vip.board --who mei --why "met at the fair"
    heliu tags set crm:C-00017 vip.board --off --until 2026-01-01 --who mei
    heliu tags set --file words.csv --who mei
    """
    with desk() as at:
        if file:
            at.set_from_file(file, who, person)
        else:
            at.set_tag(person, tag, not off, who, why, until)


@tags.command("unset")
def unset_tag(person: Person, tag: Tag, who: Who, why: Why = "") -> None:
    """Take back what was said by hand of a tag: the rule alone decides again.

    heliu tags unset 17 vip.board --who mei
    """
    with desk() as at:
        at.set_tag(person, tag, None, who, why, None)


@tags.command("hands")
def list_hands(
    person: Person,
    tag: Annotated[str | None, typer.Argument(metavar="TAG", help="Only this tag.")] = None,
) -> None:
    """What was said by hand of a profile's tags, the newest first: by whom, why, until when.

    heliu tags hands 17
    """
    with desk() as at:
        at.list_hands(person, tag)


@tags.command("as-of")
def tags_as_of(
    date: Annotated[str, typer.Argument(metavar="DATE", help="A date (its first moment) or time.")],
    to: Annotated[Path, typer.Option(help="The CSV file to write.")],
    tag: Tags = None,
) -> None:
    """Write who carried which tag at a past moment, as CSV: profile_id, tag, since.

    heliu tags as-of 2025-09-01 --to tags.csv
    heliu tags as-of 2025-09-01 --tag value.high --to high.csv
    """
    with desk() as at:
        at.write_as_of(date, tag or [], to)


@tags.command("backfill")
def backfill(
    names: Annotated[list[str], typer.Argument(metavar="TAG...", help="Tags, usually new ones.")],
    days: Annotated[int, typer.Option(min=1, max=3_650, help="How many days to reckon.")],
) -> None:
    """Reckon the history of tags over past days, by the facts known by each day's end.

    heliu tags backfill value.lapsing --days 90
    """
    with desk() as at:
        at.run_backfill(names, days)
