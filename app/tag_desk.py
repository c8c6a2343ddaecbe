"""The work behind `heliu tags`: read, compute, print or store."""

import json
import sys
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import typer

from app.cli import moment
from app.tag_tables import show_diff, show_hands, show_tags
from heliu.documents import Problems
from heliu.errors import ConfigError, HeliuError, Place, Problem, did_you_mean
from heliu.reports.exports import write_csv
from heliu.reports.tag_diff import diff_data, diff_markdown
from heliu.reports.words import Words
from heliu.rules.cuts import stored_cuts
from heliu.rules.schema import schema_text
from heliu.rules.windows import Clock
from heliu.tags.hand_file import read_hand_file
from heliu.tags.hands import HandCounts, HandWord, set_by_hand, words_on
from heliu.tags.history import tags_at
from heliu.tags.listing import list_tags as find_tags
from heliu.tags.printing import to_sql
from heliu.tags.whom import people_named
from models.database import reading, writing
from tasks.database import database
from tasks.firm import load_firm
from tasks.settings import settings


def list_tags(as_json: bool) -> None:
    """Every tag of the library."""
    now, say = settings().clock(None, None)[1], _english()
    with reading(database()) as connection:
        found = find_tags(connection, load_firm().tags)
    if as_json:
        told = [asdict(one) | {"age_seconds": one.age_seconds(now)} for one in found]
        typer.echo(_json(told))
        return
    show_tags(found, now, say)
    typer.echo(f"{len(found):,} tags")


def print_sql(dialect: str, as_of: str | None, pretty: bool) -> None:
    """The one statement, with the cuts of the last full run."""
    here = settings()
    clock = Clock(here.clock(moment(as_of, "--as-of"), None)[0], here.zone)
    library = load_firm().tags
    with reading(database()) as connection:
        cuts = stored_cuts(connection)
    typer.echo(to_sql(library, dialect, clock, cuts, pretty=pretty))


def diff(
    before: str,
    after: str | None,
    as_of: str | None,
    tags: Sequence[str],
    markdown: Path | None,
    as_json: bool,
    samples: int,
) -> bool:
    """Show a preview, in one form or more; whether anybody moves."""
    from tasks.tag_diff import preview  # late, as below: Prefect takes a second

    found = preview(before, after, moment(as_of, "--as-of"), tags, samples)
    say = _english()
    moment_text = say.time(found.as_of)
    if markdown:
        reader = Words(settings().file.language, settings().zone)
        _write_text(markdown, diff_markdown(found.diff, moment_text, found.notes, reader))
    if as_json:
        told = diff_data(found.diff, say) | {"as_of": found.as_of, "notes": list(found.notes)}
        typer.echo(_json(told))
    elif markdown != Path("-"):
        show_diff(found.diff, moment_text, found.notes, say)
    return found.diff.anybody


def print_schema(kind: str, to: Path | None) -> None:
    """The JSON Schema of a kind of rule file."""
    _write_text(to or Path("-"), schema_text(kind))


def set_tag(
    person: str | None,
    tag: str | None,
    holds: bool | None,
    who: str,
    why: str,
    until: str | None,
) -> None:
    """Store one word.

    Raises:
        ConfigError: What is wrong with it.
    """
    if not person or not tag:
        remedy = "heliu tags set 17 vip.board --who mei, or --file words.csv."
        raise ConfigError([Problem(Place("set"), "needs a profile and a tag", remedy)])
    ends = _instant(until, "--until")
    _store([HandWord(person, tag, holds, who, why, ends, Place(f"{person} {tag}"))])


def set_from_file(file: Path, who: str, person: str | None) -> None:
    """Store the words of a CSV file, all or none.

    Raises:
        ConfigError: Everything wrong with them, by row.
    """
    if person:
        raise ConfigError([Problem(Place("--file"), "goes with no profile or tag beside it")])
    problems = Problems()
    _store(read_hand_file(file, settings().zone, problems, who), problems)


def _store(words: Sequence[HandWord], problems: Problems | None = None) -> None:
    library, at = load_firm().tags, settings().clock(None, None)[0]
    with writing(database()) as connection:
        counts = set_by_hand(connection, words, library, at, problems)
    typer.echo(_stored_text(counts))


def _stored_text(counts: HandCounts) -> str:
    told = [f"{counts.stored:,} stored"] if counts.stored else []
    told += [f"{counts.ended:,} taken back"] if counts.ended else []
    told += [f"{counts.same:,} in force already or nothing to take back"] if counts.same else []
    after = "; the next `heliu run retag` makes it true" if counts.profiles else ""
    return (", ".join(told) or "nothing said") + after


def list_hands(person: str, tag: str | None) -> None:
    """What was said by hand of a profile's tags.

    Raises:
        HeliuError: There is no such profile.
    """
    with reading(database()) as connection:
        found = people_named(connection, [person])
        if person not in found:
            raise HeliuError("there is no such profile, record or former id")
        words = words_on(connection, found[person], tag)
    show_hands(words, _english())
    typer.echo(f"{len(words):,} words on profile {found[person]}")


def write_as_of(date: str, tags: Sequence[str], to: Path) -> None:
    """Who carried what at a past moment, as CSV.

    Raises:
        HeliuError: The file can't be written.
    """
    at = _instant(date, "DATE")
    with reading(database()) as connection:
        _expect(tags, {one.name for one in find_tags(connection, load_firm().tags)})
        carried = tags_at(at).subquery("carried")
        columns = (carried.c.profile_id, carried.c.tag, carried.c.since_at.label("since"))
        select = sa.select(*columns).order_by(carried.c.profile_id, carried.c.tag)
        if tags:
            select = select.where(carried.c.tag.in_(tags))
        try:
            rows = write_csv(connection, select, to)
        except OSError as error:
            raise HeliuError(f"{to} can't be written: {error.strerror}") from error
    typer.echo(f"{rows:,} rows in {to}")


def run_backfill(names: Sequence[str], days: int) -> None:
    """Reckon the history of tags over past days.

    Raises:
        HeliuError: A tag isn't in the library, or the stage runs elsewhere for too long.
    """
    from heliu.tags.backfill import backfill
    from tasks.leases import lease
    from tasks.options import RunOptions
    from tasks.runs import open_run

    library = load_firm().tags
    _expect(names, library.tags)
    with lease(database(), "retag"), open_run("backfill", RunOptions()) as run:
        zone = settings().zone
        counts = backfill(database(), library, names, days, run.id, zone, told=_progress)
    told = ", ".join(f"{number:,} {name}" for name, number in asdict(counts).items())
    typer.echo(f"backfill, run {run.id}: {told}")


def _progress(done: int, of: int) -> None:
    """One line that counts, where somebody looks on."""
    if sys.stderr.isatty():
        typer.echo(f"\r{done:,} of {of:,} days", nl=done == of, err=True)


def _expect(tags: Sequence[str], known: Collection[str]) -> None:
    wrong = [
        Problem(Place("tag"), f"unknown tag {name!r}{did_you_mean(name, known)}")
        for name in tags
        if name not in known
    ]
    if wrong:
        raise ConfigError(wrong)


def _instant(text: str | None, option: str) -> datetime | None:
    """A date (its first moment in the firm's zone) or a time, as an instant."""
    given = moment(text, option)
    return None if given is None else settings().clock(given, None)[0]


def _english() -> Words:
    """Terminals are read by engineers."""
    return Words("en", settings().zone)


def _json(told: Any) -> str:
    return json.dumps(told, ensure_ascii=False, indent=2, default=str)


def _write_text(to: Path, text: str) -> None:
    if to == Path("-"):
        sys.stdout.write(text)
        return
    partial = to.with_name(f".{to.name}.partial")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(to)
    except OSError as error:
        raise HeliuError(f"{to} can't be written: {error.strerror}") from error
    typer.echo(f"{to} is written", err=True)
