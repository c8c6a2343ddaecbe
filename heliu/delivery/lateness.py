"""When tags were last computed, and what was too old for a run: read and written down."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from heliu.delivery.audience import AUDIENCE
from heliu.delivery.freshness import Late
from models import Lateness, Tag, TagRun

LATENESS = Lateness.__table__  # type: ignore[attr-defined]
TAG = Tag.__table__  # type: ignore[attr-defined]
TAG_RUN = TagRun.__table__  # type: ignore[attr-defined]


def tagged_at(connection: sa.Connection) -> dict[str, datetime]:
    """Each tag in force to the as-of of the last finished tag run, which computed them all.

    The last one counts, not the one with the latest as-of: it left the tags as they are.
    """
    last = (
        sa.select(TAG_RUN.c.as_of_at)
        .where(TAG_RUN.c.finished_at.is_not(None))
        .order_by(TAG_RUN.c.run_id.desc())
        .limit(1)
    )
    as_of = connection.execute(last).scalar()
    names = connection.execute(sa.select(TAG.c.name).where(TAG.c.retired_at.is_(None))).scalars()
    return {} if as_of is None else dict.fromkeys(names, as_of)


def planned(connection: sa.Connection, occurrence: str) -> set[str]:
    """The campaigns whose segment was frozen for an occurrence, while all was fresh."""
    mine = sa.select(AUDIENCE.c.campaign).where(AUDIENCE.c.occurrence == occurrence)
    return set(connection.execute(mine).scalars())


def save_lateness(
    connection: sa.Connection,
    run_id: int,
    lates: Iterable[Late],
    held: Mapping[str, Sequence[Late]],
) -> None:
    """Write down what is late in a run and which campaigns that holds; a repeat replaces it."""
    connection.execute(sa.delete(LATENESS).where(LATENESS.c.run_id == run_id))
    rows = [
        {
            "run_id": run_id,
            "kind": late.kind.value,
            "name": late.name,
            "owner": late.owner,
            "heard_at": late.heard_at,
            "max_age_seconds": late.max_age_seconds,
            "holds": json.dumps(holds_of(late, held)),
        }
        for late in lates
    ]
    if rows:
        connection.execute(sa.insert(LATENESS), rows)


def holds_of(late: Late, held: Mapping[str, Sequence[Late]]) -> list[str]:
    """The campaigns that one late thing holds, in planning order."""
    return [campaign for campaign, causes in held.items() if late in causes]
