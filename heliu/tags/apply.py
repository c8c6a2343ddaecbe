"""Writing the difference: short transactions, only rows that change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from heliu.rules.library import Library, TagRule
from heliu.tags.delta import PROFILE_TAG, TAG_CHANGE, TOUCHED
from heliu.tags.plan import TAG, TAG_RUN, Plan
from models import Erasure, TagCount
from models.database import writing

TAG_COUNT = TagCount.__table__  # type: ignore[attr-defined]
ERASURE = Erasure.__table__  # type: ignore[attr-defined]

# Moves written at once: about a tenth of a second of the write lock.
AT_ONCE = 50_000


def write_delta(connection: sa.Connection, delta: sa.Table, as_of: datetime, run_id: int) -> None:
    """Make the tables say what the evaluation found, some profiles a transaction.

    A second try of a run leaves the history one undisturbed try would have
    left: a pair that moved and moved back is no change.

    Args:
        connection: That of the delta; not in a transaction, and it may write.
        delta: As of `heliu.tags.delta.find_delta`.
        as_of: When the changes are said to be.
        run_id: The run they are written down to.
    """
    last = -1
    while True:
        with connection.begin():
            following = sa.select(delta.c.profile_id).where(delta.c.profile_id > last)
            some = following.order_by(delta.c.profile_id).limit(AT_ONCE).subquery()
            end = connection.execute(sa.select(sa.func.max(some.c.profile_id))).scalar()
            if end is None:
                return
            now = sa.and_(delta.c.profile_id > last, delta.c.profile_id <= end)
            _write_history(connection, delta, now, as_of, run_id)
            _write_carriers(connection, delta, now, as_of, run_id)
        last = end


Part = sa.ColumnElement[bool]


def _write_history(
    connection: sa.Connection, delta: sa.Table, part: Part, as_of: datetime, run_id: int
) -> None:
    undone = sa.select(delta.c.profile_id, delta.c.tag).where(delta.c.undone == 1, part)
    pair = sa.tuple_(TAG_CHANGE.c.profile_id, TAG_CHANGE.c.tag)
    connection.execute(TAG_CHANGE.delete().where(TAG_CHANGE.c.run_id == run_id, pair.in_(undone)))
    moves = (
        sa.select(
            sa.literal(run_id, sa.BigInteger),
            delta.c.profile_id,
            delta.c.tag,
            sa.literal(as_of, TAG_CHANGE.c.at.type),
            delta.c.entered == 1,
            delta.c.cause,
        )
        .where(delta.c.undone == 0, part)
        .order_by(delta.c.profile_id, delta.c.tag)
    )
    names = ["run_id", "profile_id", "tag", "at", "entered", "cause"]
    connection.execute(TAG_CHANGE.insert().from_select(names, moves))


def _write_carriers(
    connection: sa.Connection, delta: sa.Table, part: Part, as_of: datetime, run_id: int
) -> None:
    left = sa.select(delta.c.profile_id, delta.c.tag).where(delta.c.entered == 0, part)
    pair = sa.tuple_(PROFILE_TAG.c.profile_id, PROFILE_TAG.c.tag)
    connection.execute(PROFILE_TAG.delete().where(pair.in_(left)))
    entered = (
        sa.select(
            delta.c.profile_id,
            delta.c.tag,
            sa.literal(as_of, PROFILE_TAG.c.since_at.type),
            sa.literal(run_id, sa.BigInteger),
        )
        .where(delta.c.entered == 1, part)
        .order_by(delta.c.profile_id, delta.c.tag)
    )
    names = ["profile_id", "tag", "since_at", "run_id"]
    connection.execute(PROFILE_TAG.insert().from_select(names, entered))


def finish(
    engine: sa.Engine,
    library: Library,
    as_of: datetime,
    run_id: int,
    plan: Plan,
    judged: int,
    now: datetime,
) -> None:
    """Close the run: the library as applied, how many carry what, nothing left to do.

    Args:
        engine: The firm's database.
        library: Tags in force, as applied.
        as_of: The moment tags are true of now.
        run_id: The run, every part of which is written.
        plan: What it set out to do.
        judged: How many profiles it looked at.
        now: When it ends.
    """
    with writing(engine) as connection:
        _write_tags(connection, library, as_of)
        moved = moves_of_run(connection, run_id)
        _write_counts(connection, library, run_id, moved, _carried(connection, plan, moved))
        told = {
            "judged": judged,
            "entered": sum(entered for entered, _ in moved.values()),
            "left": sum(left for _, left in moved.values()),
            "finished_at": now,
        }
        connection.execute(TAG_RUN.update().where(TAG_RUN.c.run_id == run_id).values(told))
        connection.execute(TOUCHED.delete().where(TOUCHED.c.claimed_by_run_id == run_id))


def _write_tags(connection: sa.Connection, library: Library, as_of: datetime) -> None:
    """The library as it is now; what left it is marked, not deleted: its number stays taken."""
    known = {row["name"]: dict(row) for row in connection.execute(sa.select(TAG)).mappings()}
    for rule in library.tags.values():
        row = {**known[rule.name], **_tag_row(rule, library)}
        if row != known[rule.name]:
            connection.execute(TAG.update().where(TAG.c.name == rule.name).values(row))
    retired = [n for n, row in known.items() if n not in library.tags and not row["retired_at"]]
    if retired:
        connection.execute(TAG.update().where(TAG.c.name.in_(retired)).values(retired_at=as_of))


def _tag_row(rule: TagRule, library: Library) -> dict[str, Any]:
    return {
        "title": rule.title,
        "group": rule.group,
        "owner": rule.owner,
        "says": rule.says,
        "rule_hash": library.rule_hashes[rule.name],
        "local": rule.local,
        "manual": rule.manual,
        "retired_at": None,
    }


def _carried(
    connection: sa.Connection, plan: Plan, moved: Mapping[str, tuple[int, int]]
) -> dict[str, int]:
    """How many carry each tag: counted, or where few moved, as many as before and those.

    Counting reads every pair, which costs more than a small run itself.
    """
    if plan.full or plan.before is None or _erased_since(connection, plan.before.run_id):
        carriers = sa.select(PROFILE_TAG.c.tag, sa.func.count()).group_by(PROFILE_TAG.c.tag)
        return dict(connection.execute(carriers).tuples().all())
    earlier = sa.select(TAG_COUNT.c.tag, TAG_COUNT.c.profiles).where(
        TAG_COUNT.c.run_id == plan.before.run_id
    )
    carried: dict[str, int] = dict(connection.execute(earlier).tuples().all())
    for tag, (entered, left) in moved.items():
        carried[tag] = carried.get(tag, 0) + entered - left
    return carried


def _erased_since(connection: sa.Connection, run_id: int) -> bool:
    """Whether somebody's rows were taken out without a word in the history."""
    ended = sa.select(TAG_RUN.c.finished_at).where(TAG_RUN.c.run_id == run_id).scalar_subquery()
    return connection.execute(sa.select(sa.exists().where(ERASURE.c.at >= ended))).scalar_one()


def _write_counts(
    connection: sa.Connection,
    library: Library,
    run_id: int,
    moved: Mapping[str, tuple[int, int]],
    carried: Mapping[str, int],
) -> None:
    connection.execute(TAG_COUNT.delete().where(TAG_COUNT.c.run_id == run_id))
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


def moves_of_run(connection: sa.Connection, run_id: int) -> dict[str, tuple[int, int]]:
    """Tag to how many profiles it entered and left in a run."""
    entered = sa.func.count().filter(TAG_CHANGE.c.entered)
    select = sa.select(TAG_CHANGE.c.tag, entered, sa.func.count()).group_by(TAG_CHANGE.c.tag)
    rows = connection.execute(select.where(TAG_CHANGE.c.run_id == run_id))
    return {tag: (entered, both - entered) for tag, entered, both in rows}
