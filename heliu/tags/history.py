"""Who carried what at a moment gone by, from the log of changes."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from heliu.tags.delta import TAG_CHANGE


def tags_at(moment: datetime) -> sa.Select[Any]:
    """Who carried which tag at a moment, and since when: profile_id, tag, since_at.

    A run's changes are true of its as-of; a moment between two runs shows what the
    earlier left. Profiles are those of then: one merged since is told under its id of then.

    Args:
        moment: Any instant; before the first run nobody carries anything.
    """
    change = TAG_CHANGE
    each: dict[str, Any] = {
        "partition_by": [change.c.profile_id, change.c.tag],
        "order_by": [change.c.at, change.c.run_id],
    }
    following = sa.func.lead(change.c.at).over(**each)
    # A backfill may say "entered" before the run that said so first.
    began = sa.case(
        (sa.func.coalesce(sa.func.lag(change.c.entered).over(**each), sa.false()), 0), else_=1
    )
    told = (
        sa.select(
            change.c.profile_id,
            change.c.tag,
            change.c.at,
            change.c.entered,
            following.label("following"),
            began.label("began"),
        )
        .where(change.c.at <= moment)
        .subquery("told")
    )
    since = sa.func.max(told.c.at).filter(told.c.entered, told.c.began == 1)
    holds = sa.func.max(sa.case((sa.and_(told.c.following.is_(None), told.c.entered), 1), else_=0))
    return (
        sa.select(told.c.profile_id, told.c.tag, since.label("since_at"))
        .group_by(told.c.profile_id, told.c.tag)
        .having(holds == 1)
    )
