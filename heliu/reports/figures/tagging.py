"""Tags: how many carry each, who entered and left, over the runs."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from heliu.reports.figures.query import count, fetch, table_of
from models import ProfileTag, Tag, TagCount, TagRun

TAG, HELD, COUNT, RUN = table_of(Tag), table_of(ProfileTag), table_of(TagCount), table_of(TagRun)

# A run counts at its very end; one without counts is under way, or died.
FINISHED = sa.select(COUNT.c.run_id).where(COUNT.c.run_id == RUN.c.run_id).exists()


@dataclass(frozen=True)
class TagSize:
    """A tag, who carries it now, and how it moved in a run."""

    name: str
    title: str
    group: str | None
    profiles: int
    entered: int
    left: int
    owner: str | None
    local: bool  # never told to a platform
    manual: bool  # a hand may set it


@dataclass(frozen=True)
class TagPoint:
    """How many carried a tag after a run."""

    run_id: int
    as_of_at: datetime
    tag: str
    profiles: int


@dataclass(frozen=True)
class Retagging:
    """One evaluation of the library and what it moved."""

    run_id: int
    as_of_at: datetime
    full: bool
    entered: int
    left: int


def last_retag(connection: sa.Connection) -> int | None:
    """The newest run that evaluated tags to its end, or None."""
    found: int | None = connection.scalar(sa.select(sa.func.max(RUN.c.run_id)).where(FINISHED))
    return found


def tag_sizes(connection: sa.Connection, run_id: int | None) -> list[TagSize]:
    """Every tag of the library with its carriers now and its movement in a run, largest first."""
    held = sa.select(HELD.c.tag, sa.func.count().label("profiles")).group_by(HELD.c.tag).subquery()
    profiles = sa.func.coalesce(held.c.profiles, 0).label("carriers")
    query = (
        sa.select(
            TAG.c.name,
            TAG.c.title,
            TAG.c.group,
            profiles,
            sa.func.coalesce(COUNT.c.entered, 0),
            sa.func.coalesce(COUNT.c.left, 0),
            TAG.c.owner,
            TAG.c.local,
            TAG.c.manual,
        )
        .select_from(
            TAG.outerjoin(held, held.c.tag == TAG.c.name).outerjoin(
                COUNT, (COUNT.c.tag == TAG.c.name) & (COUNT.c.run_id == run_id)
            )
        )
        .where(TAG.c.retired_at.is_(None))
        .order_by(profiles.desc(), TAG.c.name)
    )
    return fetch(connection, query, TagSize)


def tag_history(connection: sa.Connection, runs: int = 30) -> list[TagPoint]:
    """Carriers of every tag after each of the last runs, oldest run first."""
    newest = sa.select(RUN.c.run_id).where(FINISHED).order_by(RUN.c.run_id.desc()).limit(runs)
    query = (
        sa.select(COUNT.c.run_id, RUN.c.as_of_at, COUNT.c.tag, COUNT.c.profiles)
        .join_from(COUNT, RUN, RUN.c.run_id == COUNT.c.run_id)
        .where(COUNT.c.run_id.in_(newest))
        .order_by(COUNT.c.run_id, COUNT.c.tag)
    )
    return fetch(connection, query, TagPoint)


def retaggings(connection: sa.Connection, runs: int = 30) -> list[Retagging]:
    """The last evaluations and what each moved, oldest first."""
    columns = [RUN.c[name] for name in Retagging.__dataclass_fields__]
    query = sa.select(*columns).where(FINISHED).order_by(RUN.c.run_id.desc()).limit(runs)
    return fetch(connection, query, Retagging)[::-1]


def tags_held(connection: sa.Connection) -> int:
    """How many tags all profiles carry together."""
    return count(connection, sa.select(sa.func.count()).select_from(HELD))


def tagged_profiles(connection: sa.Connection) -> int:
    """How many profiles carry a tag at all."""
    return count(connection, sa.select(sa.func.count(sa.distinct(HELD.c.profile_id))))


def moved_in(connection: sa.Connection, run_id: int) -> tuple[int, int]:
    """How many tags entered and left profiles in a run; (0, 0) if it evaluated none."""
    row = connection.execute(
        sa.select(RUN.c.entered, RUN.c.left).where(RUN.c.run_id == run_id)
    ).first()
    return (int(row[0]), int(row[1])) if row else (0, 0)
