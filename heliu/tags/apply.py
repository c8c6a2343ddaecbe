"""Writing the difference: one transaction, only rows that change."""

import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from heliu.rules.library import Library, TagRule
from heliu.tags.evaluation import PROFILE_TAG, TAG, TAG_CHANGE, Evaluation
from models import TagCount, TagRun, Touched

TAG_RUN = TagRun.__table__  # type: ignore[attr-defined]
TAG_COUNT = TagCount.__table__  # type: ignore[attr-defined]
TOUCHED = Touched.__table__  # type: ignore[attr-defined]


def apply_delta(
    connection: sa.Connection,
    library: Library,
    found: Evaluation,
    as_of: datetime,
    run_id: int,
) -> None:
    """Make the tables say what the evaluation found.

    A second try of a run leaves the history one undisturbed try would have
    left: a pair that moved and moved back is no change.

    Args:
        connection: That of the evaluation, in a transaction that may write.
        library: Tags in force.
        found: The evaluation.
        as_of: When the changes are said to be.
        run_id: The run they are written down to.
    """
    _write_tags(connection, library, found, as_of)
    _write_history(connection, found.delta, as_of, run_id)
    _write_carriers(connection, found.delta, as_of, run_id)
    _write_run(connection, library, found, as_of, run_id)
    connection.execute(TOUCHED.delete().where(TOUCHED.c.claimed_by_run_id == run_id))


def _write_tags(
    connection: sa.Connection, library: Library, found: Evaluation, as_of: datetime
) -> None:
    """The library as it is now; what left it is marked, not deleted: its number stays taken."""
    known = {row["name"]: dict(row) for row in connection.execute(sa.select(TAG)).mappings()}
    now = [_tag_row(rule, library, found) for rule in library.tags.values()]
    for row in now:
        if row["name"] not in known:
            connection.execute(TAG.insert().values(row))
        elif row != known[row["name"]]:
            connection.execute(TAG.update().where(TAG.c.name == row["name"]).values(row))
    retired = [n for n, row in known.items() if n not in library.tags and not row["retired_at"]]
    if retired:
        connection.execute(TAG.update().where(TAG.c.name.in_(retired)).values(retired_at=as_of))


def _tag_row(rule: TagRule, library: Library, found: Evaluation) -> dict[str, Any]:
    return {
        "name": rule.name,
        "number": found.numbers[rule.name],
        "title": rule.title,
        "group": rule.group,
        "owner": rule.owner,
        "says": rule.says,
        "rule_hash": library.rule_hashes[rule.name],
        "retired_at": None,
    }


def _write_history(
    connection: sa.Connection, delta: sa.Table, as_of: datetime, run_id: int
) -> None:
    undone = sa.select(delta.c.profile_id, delta.c.tag).where(delta.c.undone == 1)
    pair = sa.tuple_(TAG_CHANGE.c.profile_id, TAG_CHANGE.c.tag)
    connection.execute(TAG_CHANGE.delete().where(TAG_CHANGE.c.run_id == run_id, pair.in_(undone)))
    moves = (
        sa.select(
            sa.literal(run_id, sa.BigInteger),
            delta.c.profile_id,
            delta.c.tag,
            delta.c.entered == 1,
            sa.literal(as_of, TAG_CHANGE.c.at.type),
            delta.c.cause,
        )
        .where(delta.c.undone == 0)
        .order_by(delta.c.profile_id, delta.c.tag)
    )
    names = ["run_id", "profile_id", "tag", "entered", "at", "cause"]
    connection.execute(TAG_CHANGE.insert().from_select(names, moves))


def _write_carriers(
    connection: sa.Connection, delta: sa.Table, as_of: datetime, run_id: int
) -> None:
    left = sa.select(delta.c.profile_id, delta.c.tag).where(delta.c.entered == 0)
    pair = sa.tuple_(PROFILE_TAG.c.profile_id, PROFILE_TAG.c.tag)
    connection.execute(PROFILE_TAG.delete().where(pair.in_(left)))
    entered = (
        sa.select(
            delta.c.profile_id,
            delta.c.tag,
            sa.literal(as_of, PROFILE_TAG.c.since_at.type),
            sa.literal(run_id, sa.BigInteger),
        )
        .where(delta.c.entered == 1)
        .order_by(delta.c.profile_id, delta.c.tag)
    )
    names = ["profile_id", "tag", "since_at", "run_id"]
    connection.execute(PROFILE_TAG.insert().from_select(names, entered))


def _write_run(
    connection: sa.Connection,
    library: Library,
    found: Evaluation,
    as_of: datetime,
    run_id: int,
) -> None:
    """What the run was given and how many it moved, counted from what is written."""
    connection.execute(TAG_COUNT.delete().where(TAG_COUNT.c.run_id == run_id))
    connection.execute(TAG_RUN.delete().where(TAG_RUN.c.run_id == run_id))
    moved = moves_of_run(connection, run_id)
    carriers = sa.select(PROFILE_TAG.c.tag, sa.func.count()).group_by(PROFILE_TAG.c.tag)
    carried: dict[str, int] = dict(connection.execute(carriers).tuples().all())
    counts = [
        {
            "run_id": run_id,
            "tag": tag,
            "profiles": carried.get(tag, 0),
            "entered": moved.get(tag, (0, 0))[0],
            "left": moved.get(tag, (0, 0))[1],
        }
        for tag in sorted({*library.tags, *moved})
    ]
    if counts:
        connection.execute(TAG_COUNT.insert(), counts)
    row = {
        "run_id": run_id,
        "as_of_at": as_of,
        "library_hash": library.hash,
        "cuts": json.dumps(dict(sorted(found.cuts.items())), ensure_ascii=False),
        "full": True,
        "entered": sum(entered for entered, _ in moved.values()),
        "left": sum(left for _, left in moved.values()),
    }
    connection.execute(TAG_RUN.insert().values(row))


def moves_of_run(connection: sa.Connection, run_id: int) -> dict[str, tuple[int, int]]:
    """Tag to how many profiles it entered and left in a run."""
    entered = sa.func.count().filter(TAG_CHANGE.c.entered)
    select = sa.select(TAG_CHANGE.c.tag, entered, sa.func.count()).group_by(TAG_CHANGE.c.tag)
    rows = connection.execute(select.where(TAG_CHANGE.c.run_id == run_id))
    return {tag: (entered, both - entered) for tag, entered, both in rows}
