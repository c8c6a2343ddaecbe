"""The work behind `heliu review`: read, show the effect, ask, store."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa
import typer

from app.review_words import (
    tell_decision,
    tell_effect,
    tell_group,
    tell_item,
    tell_question,
    tell_written,
)
from heliu.errors import ConfigError, HeliuError, Place, Problem
from heliu.identity.review.decision_file import carried_value, read_decision_file, record_ids
from heliu.identity.review.decisions import fates_of, read_decisions, retract_batch, store_decisions
from heliu.identity.review.effect import preview_effect
from heliu.identity.review.proposals import Proposal, on_pair, split
from heliu.identity.review.questions import members_of
from heliu.identity.review.queue import review_queue
from heliu.identity.review.queue_file import write_queue
from heliu.identity.review.sides import load_questions
from heliu.identity.review.standing import Verdict
from heliu.reports.review_page import build_review_page
from models.database import reading, writing
from tasks.database import database
from tasks.firm import load_firm
from tasks.settings import settings


def list_items(limit: int, show: bool) -> None:
    """What waits, the weightiest first."""
    with reading(database()) as connection:
        queue = review_queue(connection, limit)
    for item in queue.items:
        typer.echo(tell_item(item, show))
    typer.echo(f"{len(queue.items):,} of {queue.pairs:,} pairs; {queue.values:,} values")


def list_groups(limit: int, show: bool) -> None:
    """Values of too many people, most records first."""
    with reading(database()) as connection:
        queue = review_queue(connection, limit)
    for group in queue.groups:
        typer.echo(tell_group(group, show))
    typer.echo(f"{len(queue.groups):,} of {queue.values:,} values; {queue.pairs:,} pairs")


def show_item(name: str, show: bool) -> None:
    """Both sides of one question.

    Raises:
        ConfigError: Nothing of that name waits.
    """
    with reading(database()) as connection:
        found = [one for one in review_queue(connection).items if one.name == name]
        questions = load_questions(connection, found)
    if not questions:
        says = f"nothing called {name!r} waits"
        raise ConfigError([Problem(Place("item"), says, "See `heliu review list`.")])
    typer.echo(tell_question(questions[0], show))


def say_pair(verdict: str, one: str, other: str, who: str, why: str, yes: bool) -> None:
    """A word on two records, each named by id or SOURCE:KEY."""
    with reading(database()) as connection:
        ids = [_record(connection, text) for text in (one, other)]
    _decide([on_pair(Verdict(verdict), ids[0], ids[1], why)], who, yes)


def say_split(profile: int, part: str, who: str, why: str, yes: bool) -> None:
    """Part some of a profile's records, named by id, from the rest."""
    ids = [_number(text, "--part") for text in part.split(",")]
    with reading(database()) as connection:
        members = members_of(connection, profile)
    if not members:
        raise ConfigError([Problem(Place("profile"), f"there is no profile {profile}")])
    _decide(split(members, ids, why), who, yes, batch="split")


def say_value(verdict: str, type_: str, text: str, who: str, why: str, yes: bool) -> None:
    """A word on a value, normalised or as a source writes it."""
    region = load_firm().policy.region
    with reading(database()) as connection:
        value = carried_value(connection, type_, text, region, Place("value"))
    _decide([Proposal(Verdict(verdict), type=type_, value=value, why=why)], who, yes)


def retract(decision: str, who: str, why: str, yes: bool) -> None:
    """Take back one decision, by id, or a batch, by name.

    Raises:
        ConfigError: There is none of that id or name.
    """
    if decision.isascii() and decision.isdigit():
        _decide([Proposal(Verdict.RETRACT, retracts_id=_number(decision, "id"), why=why)], who, yes)
        return
    with reading(database()) as connection:
        words = retract_batch(connection, decision, why)
    if not words:
        remedy = "`heliu review decisions` lists them."
        raise ConfigError([Problem(Place("batch"), f"there is no batch {decision!r}", remedy)])
    _decide(words, who, yes)


def list_decisions(limit: int, show: bool) -> None:
    """What was decided, the newest first, and whether it holds."""
    with reading(database()) as connection:
        said = read_decisions(connection)
        fates = fates_of(connection, said)
    for one in said[-limit:][::-1]:
        typer.echo(tell_decision(one, fates[one.id], show))
    typer.echo(f"{min(limit, len(said)):,} of {len(said):,} decisions")


def export_queue(to: Path) -> None:
    """Write everything that waits as CSV.

    Raises:
        HeliuError: The file can't be written.
    """
    with reading(database()) as connection:
        queue = review_queue(connection)
        questions = load_questions(connection, queue.items)
        try:
            rows = write_queue(connection, questions, queue.groups, to)
        except OSError as error:
            raise HeliuError(f"{to} can't be written: {error.strerror}") from error
    typer.echo(f"{rows:,} rows in {to}, with personal data; only you may read it")


def import_decisions(file: Path, who: str, yes: bool) -> None:
    """Store all decisions of a CSV file, or none."""
    region = load_firm().policy.region
    with reading(database()) as connection:
        words = read_decision_file(connection, file, region)
    _decide(words, who, yes, batch="import")


def write_page() -> None:
    """Write the page to decide on, and say where."""
    here = settings()
    now, firm = datetime.now(UTC), here.file.firm.name
    path = build_review_page(database(), here.home, firm, here.zone, now, here.file.language)
    typer.echo(f"{path.as_uri()}\nIt holds personal data; only you may read it.")


def _decide(words: Sequence[Proposal], who: str, yes: bool, batch: str = "") -> None:
    """Show the effect, ask, store."""
    firm = load_firm()
    with reading(database()) as connection:
        effect = preview_effect(connection, words, firm.policy, who=who, matcher=firm.matcher)
    typer.echo(tell_effect(effect))
    if not effect.new:
        return
    if not yes:
        typer.confirm("Store it?", abort=True)
    name = f"{batch}-{uuid4().hex[:8]}" if batch else ""
    with writing(database()) as connection:
        written = store_decisions(connection, words, who=who, at=datetime.now(UTC), batch=name)
    retracted = any(one.verdict is Verdict.RETRACT for one in words)
    typer.echo(tell_written(written, name, retracted))


def _record(connection: sa.Connection, text: str) -> int:
    source, colon, key = text.partition(":")
    if not colon:
        return _number(text, "record")
    found = record_ids(connection, [(source, key)]).get((source, key))
    if found is None:
        says = f"source {source!r} has no record of this key"
        raise ConfigError([Problem(Place("record"), says, "See `heliu export memberships`.")])
    return found


def _number(text: str, what: str) -> int:
    digits = text.strip()
    if digits.isascii() and digits.isdigit() and len(digits) < 19:
        return int(digits)
    remedy = "Write an id such as 12; a record may be SOURCE:KEY too."
    raise ConfigError([Problem(Place(what), "is no id", remedy)])
