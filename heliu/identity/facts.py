"""Facts follow their record: profile_id is rewritten with membership."""

from typing import NamedTuple

import sqlalchemy as sa

from models import Consent, Event, Membership, Order
from models.bulk import stage

FACTS: tuple[sa.Table, ...] = (
    Event.__table__,  # type: ignore[attr-defined]
    Order.__table__,  # type: ignore[attr-defined]
    Consent.__table__,  # type: ignore[attr-defined]
)
MEMBERSHIP: sa.Table = Membership.__table__  # type: ignore[attr-defined]


class Rekeyed(NamedTuple):
    """How many rows of each table moved, and every profile that lost or gained one."""

    rows: dict[str, int]
    profiles: set[int]


def rekey_facts(connection: sa.Connection) -> Rekeyed:
    """Give every fact the current profile of its record; its record's id where there is none."""
    rows: dict[str, int] = {}
    profiles: set[int] = set()
    for table in FACTS:
        moved = _misplaced(connection, table)
        rows[table.name] = _move(connection, table, moved) if moved else 0
        profiles.update(id_ for _, *ids in moved for id_ in ids)
    return Rekeyed(rows, profiles)


def _misplaced(connection: sa.Connection, table: sa.Table) -> list[tuple[int, int, int]]:
    """(record, profile its facts are with, profile they belong to), each once."""
    # Distinct first: a record has many facts, and its index alone answers.
    told = sa.select(table.c.record_id, table.c.profile_id).distinct().subquery()
    current = sa.and_(MEMBERSHIP.c.record_id == told.c.record_id, MEMBERSHIP.c.to_run_id.is_(None))
    right = sa.func.coalesce(MEMBERSHIP.c.profile_id, told.c.record_id)
    found = connection.execute(
        sa.select(told.c.record_id, told.c.profile_id, right)
        .select_from(told.outerjoin(MEMBERSHIP, current))
        .where(told.c.profile_id != right)
    )
    return [(record, old, new) for record, old, new in found]


def _move(connection: sa.Connection, table: sa.Table, moved: list[tuple[int, int, int]]) -> int:
    homes = stage(
        connection,
        f"homes_{table.name}",
        [
            sa.Column("record_id", sa.BigInteger, primary_key=True, autoincrement=False),
            sa.Column("profile_id", sa.BigInteger),
        ],
        sorted({(record, new) for record, _, new in moved}),
    )
    result = connection.execute(
        sa.update(table)
        .where(table.c.record_id == homes.c.record_id, table.c.profile_id != homes.c.profile_id)
        .values(profile_id=homes.c.profile_id)
    )
    return int(result.rowcount)
