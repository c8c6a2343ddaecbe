"""Tagging everybody: claim what changed, compute without a lock, write the difference."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from heliu.rules.library import Library
from heliu.rules.windows import Clock
from heliu.tags.apply import TAG_RUN, TOUCHED, apply_delta
from heliu.tags.evaluation import TAG_CHANGE, Evaluation, drop_kept, evaluate
from models.database import writing


@dataclass(frozen=True)
class RetagCounts:
    """What a run came to.

    Attributes:
        profiles: How many were judged.
        tags: How many tags are in force.
        changed: Profiles of which a tag entered or left.
        entered: Tags that entered a profile.
        left: Tags that left one.
        touched: Notes of changed facts taken off the pile.
    """

    profiles: int
    tags: int
    changed: int
    entered: int
    left: int
    touched: int


def retag(
    engine: sa.Engine, library: Library, as_of: datetime, run_id: int, zone: ZoneInfo
) -> RetagCounts:
    """Judge every profile by every tag and write down what changed.

    Safe to repeat, with this run's id or a new one: nothing is written before
    one last transaction, and that writes the difference to what is there. Two
    at a time would fail on the history's key; hold the stage's lease.

    Args:
        engine: The firm's database.
        library: Tags in force; others leave everybody.
        as_of: The run sees no event after it.
        run_id: The run the changes are written down to.
        zone: Whose days dates and calendar windows are.
    """
    touched = _claim(engine, run_id)
    with engine.connect() as connection:
        with _looking(connection):
            found = evaluate(connection, library, Clock(as_of, zone), run_id)
        with _writing(connection):
            apply_delta(connection, library, found, as_of, run_id)
            counts = _counts(connection, library, found, run_id, touched)
        with connection.begin():
            drop_kept(connection)
    return counts


def _claim(engine: sa.Engine, run_id: int) -> int:
    """Put our name on what changed so far, whoever claimed it and died; later notes stay."""
    others = TOUCHED.c.claimed_by_run_id.is_distinct_from(run_id)
    with writing(engine) as connection:
        connection.execute(TOUCHED.update().where(others).values(claimed_by_run_id=run_id))
        mine = sa.select(sa.func.count()).where(TOUCHED.c.claimed_by_run_id == run_id)
        return connection.execute(mine).scalar_one()


@contextmanager
def _looking(connection: sa.Connection) -> Iterator[None]:
    """One consistent view that takes no write lock, on a connection that writes later."""
    if connection.dialect.name == "postgresql":
        connection.execution_options(isolation_level="REPEATABLE READ")
    connection.execution_options(read_only=True)
    with connection.begin():
        yield


@contextmanager
def _writing(connection: sa.Connection) -> Iterator[None]:
    """A transaction that may write, on the connection that holds the TEMP tables."""
    if connection.dialect.name == "postgresql":
        connection.execution_options(isolation_level="READ COMMITTED")
    connection.execution_options(read_only=False)
    with connection.begin():
        yield


def _counts(
    connection: sa.Connection, library: Library, found: Evaluation, run_id: int, touched: int
) -> RetagCounts:
    run = connection.execute(
        sa.select(TAG_RUN.c.entered, TAG_RUN.c.left).where(TAG_RUN.c.run_id == run_id)
    ).one()
    people = sa.func.count(sa.distinct(TAG_CHANGE.c.profile_id))
    changed = connection.execute(sa.select(people).where(TAG_CHANGE.c.run_id == run_id))
    return RetagCounts(
        profiles=found.profiles,
        tags=len(library.tags),
        changed=changed.scalar_one(),
        entered=run.entered,
        left=run.left,
        touched=touched,
    )
