"""Facts follow their record: profile_id is rewritten with membership."""

from collections.abc import Mapping
from typing import NamedTuple

import sqlalchemy as sa

from models import Consent, Event, HandTag, Membership, Order
from models.bulk import stage

FACTS: tuple[sa.Table, ...] = (
    Event.__table__,  # type: ignore[attr-defined]
    Order.__table__,  # type: ignore[attr-defined]
    Consent.__table__,  # type: ignore[attr-defined]
    HandTag.__table__,  # type: ignore[attr-defined]
)
MEMBERSHIP: sa.Table = Membership.__table__  # type: ignore[attr-defined]


class Rekeyed(NamedTuple):
    """How many rows of each table moved, and every profile that lost or gained one."""

    rows: dict[str, int]
    profiles: set[int]


def rekey_facts(connection: sa.Connection, moved: Mapping[int, int] | None = None) -> Rekeyed:
    """Give every fact the current profile of its record; its record's id where there is none.

    Args:
        connection: In the caller's transaction.
        moved: Record id to profile id, of the records in question; None to look at all facts.
    """
    rows: dict[str, int] = {}
    profiles: set[int] = set()
    for table in FACTS:
        homes = _misplaced(connection, table) if moved is None else moved
        told = _move(connection, table, homes) if homes else []
        rows[table.name] = sum(number for _, _, number in told)
        profiles.update(id_ for *ids, _ in told for id_ in ids)
    return Rekeyed(rows, profiles)


def _misplaced(connection: sa.Connection, table: sa.Table) -> dict[int, int]:
    """Record id to the profile its facts belong to, where they are elsewhere."""
    # Distinct first: a record has many facts, and its index alone answers.
    told = sa.select(table.c.record_id, table.c.profile_id).distinct().subquery()
    current = sa.and_(MEMBERSHIP.c.record_id == told.c.record_id, MEMBERSHIP.c.to_run_id.is_(None))
    right = sa.func.coalesce(MEMBERSHIP.c.profile_id, told.c.record_id)
    found = connection.execute(
        sa.select(told.c.record_id, right)
        .select_from(told.outerjoin(MEMBERSHIP, current))
        .where(told.c.profile_id != right)
        .distinct()
    )
    return dict(found.tuples().all())


def _move(
    connection: sa.Connection, table: sa.Table, homes: Mapping[int, int]
) -> list[tuple[int, int, int]]:
    """Rewrite the facts of these records; (profile before, profile after, rows) of each move."""
    staged = stage(
        connection,
        f"homes_{table.name}",
        [
            sa.Column("record_id", sa.BigInteger, primary_key=True, autoincrement=False),
            sa.Column("profile_id", sa.BigInteger),
        ],
        sorted(homes.items()),
    )
    astray = (
        table.c.record_id == staged.c.record_id,
        table.c.profile_id != staged.c.profile_id,
    )
    found = connection.execute(
        sa.select(table.c.profile_id, staged.c.profile_id, sa.func.count())
        .where(*astray)
        .group_by(table.c.profile_id, staged.c.profile_id)
    )
    moves = [(old, new, number) for old, new, number in found]
    if moves:
        connection.execute(sa.update(table).where(*astray).values(profile_id=staged.c.profile_id))
    return moves
