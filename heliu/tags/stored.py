"""What the last tag run stored of one profile, and what moved since."""

import json
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from heliu.rules.reference import Cuts
from models import ProfileTag, TagChange, TagRun, Touched

PROFILE_TAG = ProfileTag.__table__  # type: ignore[attr-defined]
TAG_CHANGE = TagChange.__table__  # type: ignore[attr-defined]
TAG_RUN = TagRun.__table__  # type: ignore[attr-defined]
TOUCHED = Touched.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class LastRun:
    """The newest finished tag run: all that is needed to judge as it did."""

    run_id: int
    as_of: datetime
    meaning: str  # of the library then
    cuts: Cuts
    followed: bool  # by a run that has not finished


@dataclass(frozen=True)
class Move:
    """A tag entered a profile or left it."""

    run_id: int
    at: datetime
    entered: bool
    cause: str


@dataclass(frozen=True)
class StoredTag:
    """What the tables say of a tag on a profile.

    Attributes:
        since: Carried since this moment; None: not carried.
        waiting: Notes of changed facts that no run has worked off yet.
        moves: When it entered and left, oldest first.
    """

    since: datetime | None
    waiting: int
    moves: tuple[Move, ...]


def last_run(connection: sa.Connection) -> LastRun | None:
    """The newest finished tag run, none before the first."""
    newest = sa.select(TAG_RUN).order_by(TAG_RUN.c.run_id.desc()).limit(1)
    finished = connection.execute(newest.where(TAG_RUN.c.finished_at.is_not(None))).first()
    if finished is None:
        return None
    return LastRun(
        finished.run_id,
        finished.as_of_at,
        finished.library_hash,
        json.loads(finished.cuts),
        followed=connection.execute(newest).one().run_id != finished.run_id,
    )


def stored_tag(connection: sa.Connection, profile_id: int, tag: str) -> StoredTag:
    """What the tables say of a tag on a profile."""
    theirs = sa.and_(PROFILE_TAG.c.profile_id == profile_id, PROFILE_TAG.c.tag == tag)
    since = connection.execute(sa.select(PROFILE_TAG.c.since_at).where(theirs)).scalar()
    notes = sa.select(sa.func.count()).where(TOUCHED.c.profile_id == profile_id)
    moves = connection.execute(
        sa.select(TAG_CHANGE.c.run_id, TAG_CHANGE.c.at, TAG_CHANGE.c.entered, TAG_CHANGE.c.cause)
        .where(TAG_CHANGE.c.profile_id == profile_id, TAG_CHANGE.c.tag == tag)
        .order_by(TAG_CHANGE.c.at, TAG_CHANGE.c.run_id)
    )
    return StoredTag(
        since, connection.execute(notes).scalar_one(), tuple(Move(*row) for row in moves)
    )
