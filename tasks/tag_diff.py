"""Previews of a change of rules: two revisions of the firm's files judged on one database."""

from collections.abc import Collection
from contextlib import ExitStack
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from prefect import task
from prefect.artifacts import create_markdown_artifact, create_table_artifact

from heliu.errors import ConfigError, Problem
from heliu.identity.people.shown import MASKED
from heliu.reports.tag_diff import diff_markdown, diff_rows, summary_text
from heliu.reports.words import Words
from heliu.rules.vocabulary import Vocabulary
from heliu.rules.windows import Clock
from heliu.sources.slots import read_slots
from heliu.tags.diff import LoadPeople, TagDiff, compare
from heliu.tags.person import load_people
from heliu.tags.plan import meaning
from heliu.tags.stored import last_run
from models.database import reading
from tasks.database import database
from tasks.retries import RETRY_TRANSIENT
from tasks.revisions import checkout
from tasks.rules import Rules, load_rules
from tasks.settings import settings
from tasks.tag_diff_options import PreviewTagsOptions


class Preview(NamedTuple):
    """What a change of rules would do.

    Attributes:
        as_of: Up to when facts were seen.
        notes: What each side was read from, and whether the last tag run applied it.
    """

    diff: TagDiff
    as_of: datetime
    notes: tuple[str, ...]


def preview(
    before: str | None,
    after: str | None,
    as_of: date | datetime | None = None,
    only: Collection[str] = (),
    samples: int = 10,
) -> Preview:
    """Compare the rules of two git revisions on the facts there are; None is the working tree.

    Raises:
        ConfigError: Every problem of either side, its file named with its revision.
        HeliuError: Neither side has a tag that `only` names.
    """
    here = settings()
    clock = Clock(here.clock(as_of, None)[0], here.zone)
    with reading(database()) as connection:
        old, new = _both_sides(connection, before, after)
        people = _loader(old.words, new.words)
        diff = compare(connection, old.said, new.said, clock, people, MASKED, samples, only)
        notes = [*old.notes, *new.notes, *_applied(connection, old, new)]
    return Preview(diff, clock.as_of, tuple(dict.fromkeys(notes)))


def _both_sides(
    connection: sa.Connection, before: str | None, after: str | None
) -> tuple[Rules, Rules]:
    slots = read_slots(connection)
    read: list[Rules] = []
    problems: list[Problem] = []
    with ExitStack() as open_:
        for revision in (before, after):
            try:
                read.append(load_rules(open_.enter_context(checkout(revision)), slots))
            except ConfigError as error:
                problems += error.problems
    if problems:
        raise ConfigError(problems)
    return read[0], read[1]


def _loader(old: Vocabulary, new: Vocabulary) -> LoadPeople:
    """Loads what rules of either side may read."""
    words = Vocabulary(
        fields={**old.fields, **new.fields},
        events=old.events | new.events,
        properties={**old.properties, **new.properties},
    )
    return lambda connection, ids, clock, library: load_people(
        connection, words, ids, clock.as_of, library
    )


def _applied(connection: sa.Connection, *sides: Rules) -> list[str]:
    """Which side says what the last tag run applied; tags move before anybody changes a rule."""
    run = last_run(connection)
    if run is None:
        return ["no tag run yet: what profiles carry now is neither side's"]
    zone = settings().zone
    labels = [side.said.label for side in sides if meaning(side.said.library, zone) == run.meaning]
    told = " and ".join(dict.fromkeys(labels)) or "neither side"
    return [f"run {run.run_id}, the last of tags, applied the tags of {told}"]


@task(task_run_name="preview tags {options.before} → {options.after}", **RETRY_TRANSIENT)
def publish_preview(options: PreviewTagsOptions) -> dict[str, int]:
    """The preview as Markdown and as a table; how many would enter and leave, by kind of rule."""
    found = preview(
        options.before, options.after or None, options.as_of, options.tags, options.samples
    )
    say = Words("zh", settings().zone)
    as_of = say.time(found.as_of)
    create_markdown_artifact(
        diff_markdown(found.diff, as_of, found.notes, say), key="heliu-preview-tags"
    )
    create_table_artifact(
        diff_rows(found.diff, say),
        key="heliu-preview-tags-table",
        description=summary_text(found.diff, as_of, say),
    )
    moved = {f"{move.kind}s": 0 for move in found.diff.moves}
    for move in found.diff.moves:
        moved[f"{move.kind}s"] += move.moves
    entered = sum(move.sizes.entered for move in found.diff.moves)
    return moved | {"entered": entered, "left": sum(m.sizes.left for m in found.diff.moves)}
