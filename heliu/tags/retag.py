"""Tagging everybody: claim what changed, compute without a lock, write the difference."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from heliu.rules.library import Library
from heliu.rules.windows import Clock
from heliu.tags.apply import finish
from heliu.tags.delta import TAG_CHANGE
from heliu.tags.plan import TAG_RUN, Mode, Plan, begin
from heliu.tags.ranges import (
    RANGE_SIZE,
    histograms,
    judge_changed,
    judge_range,
    keep_cuts,
    merged_cuts,
    split,
)
from models.database import reading


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
        full: 1 where everybody was judged, 0 where only who may have changed was.
    """

    profiles: int
    tags: int
    changed: int
    entered: int
    left: int
    touched: int
    full: int


def retag(
    engine: sa.Engine,
    library: Library,
    as_of: datetime,
    run_id: int,
    zone: ZoneInfo,
    *,
    mode: Mode = Mode.FULL,
    range_size: int = RANGE_SIZE,
    now: datetime | None = None,
) -> RetagCounts:
    """Judge profiles by every tag and write down what changed, one part after another.

    Safe to repeat, with this run's id or a new one: a death midway leaves tags of
    two moments, which the next run sees and looks at everybody. Two at a time would
    fail on the history's key; hold the stage's lease.

    Args:
        engine: The firm's database.
        library: Tags in force; others leave everybody.
        as_of: The run sees no event after it.
        run_id: The run the changes are written down to.
        zone: Whose days dates and calendar windows are.
        mode: Everybody, or those who may have changed where that is known.
        range_size: Profiles a part.
        now: When it ends, for the record; as-of if not given.
    """
    clock = Clock(as_of, zone)
    plan = begin(engine, library, clock, run_id, mode)
    if plan.full:
        with reading(engine) as connection:
            ranges = split(connection, range_size)
        found = [histograms(engine, library, clock, among) for among in ranges]
        keep_cuts(engine, run_id, merged_cuts(library, found))
        judged = sum(judge_range(engine, library, clock, run_id, among) for among in ranges)
    else:
        assert plan.before is not None  # or it would be full
        judged = judge_changed(engine, library, plan.before, clock, run_id)
    finish(engine, library, as_of, run_id, plan, judged, now or as_of)
    return counts_of(engine, library, plan, run_id)


def counts_of(engine: sa.Engine, library: Library, plan: Plan, run_id: int) -> RetagCounts:
    """What a finished run came to."""
    with reading(engine) as connection:
        run = connection.execute(
            sa.select(TAG_RUN.c.judged, TAG_RUN.c.entered, TAG_RUN.c.left).where(
                TAG_RUN.c.run_id == run_id
            )
        ).one()
        people = sa.func.count(sa.distinct(TAG_CHANGE.c.profile_id))
        changed = connection.execute(sa.select(people).where(TAG_CHANGE.c.run_id == run_id))
        return RetagCounts(
            profiles=run.judged,
            tags=len(library.tags),
            changed=changed.scalar_one(),
            entered=run.entered,
            left=run.left,
            touched=plan.touched,
            full=int(plan.full),
        )
