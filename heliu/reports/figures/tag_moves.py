"""How tags moved: in one run by cause, and from day to day."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from heliu.reports.figures.query import fetch, table_of
from heliu.reports.figures.tagging import COUNT, FINISHED, RUN, TAG
from models import TagChange

CHANGE = table_of(TagChange)
DAYS = 30
NEWEST = 3_000  # evaluations looked at for the last days: one every quarter of an hour


@dataclass(frozen=True)
class Move:
    """How many a tag gained, or lost, for one cause in one run."""

    tag: str
    cause: str
    entered: bool
    people: int


@dataclass(frozen=True)
class Looked:
    """One evaluation of the library: what it looked at and what it moved."""

    run_id: int
    as_of_at: datetime
    full: bool
    why: str
    judged: int
    touched: int
    entered: int
    left: int
    checked: int | None
    differing: int | None


@dataclass(frozen=True)
class Day:
    """The last evaluation as of a day, and how many carried each tag after it."""

    day: date
    run_id: int
    people: Mapping[str, int]


def moves(connection: sa.Connection, run_id: int) -> list[Move]:
    """What a run wrote into the history, by tag, cause and direction."""
    named = (CHANGE.c.tag, CHANGE.c.cause, CHANGE.c.entered)
    query = sa.select(*named, sa.func.count()).where(CHANGE.c.run_id == run_id)
    return fetch(connection, query.group_by(*named).order_by(*named), Move)


def looked(connection: sa.Connection, run_id: int) -> Looked | None:
    """One evaluation, or None if the run evaluated nothing."""
    columns = [RUN.c[name] for name in Looked.__dataclass_fields__]
    return next(
        iter(fetch(connection, sa.select(*columns).where(RUN.c.run_id == run_id), Looked)), None
    )


def days(connection: sa.Connection, zone: ZoneInfo, most: int = DAYS) -> list[Day]:
    """The tags' carriers at the end of each of the last days that were evaluated, oldest first.

    A day is one of as-of in the firm's zone; the last run as of it counts, the newer one
    where two had the same as-of. Tags no longer in the library are left out.

    Args:
        connection: The database.
        zone: Whose days.
        most: Days at most.
    """
    query = sa.select(RUN.c.run_id, RUN.c.as_of_at).where(FINISHED)
    newest = connection.execute(
        query.order_by(RUN.c.as_of_at.desc(), RUN.c.run_id.desc()).limit(NEWEST)
    )
    chosen = last_of_days(newest.tuples().all(), zone)[-most:]
    carriers = _carriers(connection, [run_id for _, run_id in chosen])
    return [Day(day, run_id, carriers[run_id]) for day, run_id in chosen]


def last_of_days(runs: Iterable[tuple[int, datetime]], zone: ZoneInfo) -> list[tuple[date, int]]:
    """Each day and the last run as of it, oldest day first."""
    found: dict[date, int] = {}
    for run_id, as_of_at in sorted(runs, key=lambda run: (run[1], run[0])):
        found[as_of_at.astimezone(zone).date()] = run_id
    return sorted(found.items())


def _carriers(connection: sa.Connection, run_ids: Sequence[int]) -> Mapping[int, Mapping[str, int]]:
    query = (
        sa.select(COUNT.c.run_id, COUNT.c.tag, COUNT.c.profiles)
        .join(TAG, (TAG.c.name == COUNT.c.tag) & TAG.c.retired_at.is_(None))
        .where(COUNT.c.run_id.in_(run_ids))
    )
    found: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for run_id, tag, people in connection.execute(query):
        found[run_id][tag] = people
    return found
