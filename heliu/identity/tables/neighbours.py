"""Records that share a block key: whom matching compares, found without looking at all.

A key that too many records have brings nobody together. So one more holder may part
others, and one less may bring them together: their number decides, here and in a run
that looks at everything.
"""

from collections import Counter
from collections.abc import Iterable

import sqlalchemy as sa

from heliu.identity.records import Key
from heliu.identity.rows import BLOCK
from heliu.identity.tables.store import IDENTIFIER
from models.bulk import stage, stage_ids

CARRIED = IDENTIFIER.c.type == BLOCK


def neighbours(connection: sa.Connection, records: Iterable[int], most: int) -> set[int]:
    """Ids of all records that share with these a key which at most so many have."""
    staged = stage_ids(connection, "here", records)
    theirs = (
        sa.select(IDENTIFIER.c.value)
        .where(CARRIED, IDENTIFIER.c.record_id.in_(sa.select(staged.c.id)))
        .distinct()
    )
    shared = [
        (value,) for value, number in connection.execute(_counted(theirs)) if 1 < number <= most
    ]
    values = _stage_values(connection, shared)
    same = sa.and_(CARRIED, IDENTIFIER.c.scope == "", IDENTIFIER.c.value == values.c.value)
    return set(connection.execute(sa.select(IDENTIFIER.c.record_id).join(values, same)).scalars())


def block_holders(
    connection: sa.Connection, records: Iterable[int] | None = None
) -> dict[str, int]:
    """How many of all records have each of the keys these have, or each key there is."""
    if records is None:
        every = sa.select(IDENTIFIER.c.value, sa.func.count()).where(CARRIED)
        grouped = every.group_by(IDENTIFIER.c.value)
        return dict(connection.execute(grouped).tuples().all())
    staged = stage_ids(connection, "here", records)
    theirs = (
        sa.select(IDENTIFIER.c.value)
        .where(CARRIED, IDENTIFIER.c.record_id.in_(sa.select(staged.c.id)))
        .distinct()
    )
    return dict(connection.execute(_counted(theirs)).tuples().all())


def crossing(connection: sa.Connection, keys: Iterable[Key], most: int) -> set[int]:
    """Holders of keys that brought nobody together and may now, or the other way round.

    Args:
        connection: May fill TEMP tables.
        keys: Each once for every record that had or has it, in its scope.
        most: Keys on more records bring nobody together.
    """
    stirred = Counter(key.value for key in keys)
    values = _stage_values(connection, [(value,) for value in stirred])
    now = dict(connection.execute(_counted(sa.select(values.c.value))).tuples().all())
    near = [
        (value,)
        for value, number in now.items()
        # At least so many had it before, and at most so many.
        if number - stirred[value] <= most < number or number <= most < number + stirred[value]
    ]
    values = _stage_values(connection, near)
    same = sa.and_(CARRIED, IDENTIFIER.c.scope == "", IDENTIFIER.c.value == values.c.value)
    return set(connection.execute(sa.select(IDENTIFIER.c.record_id).join(values, same)).scalars())


def _counted(values: sa.Select[tuple[str]]) -> sa.Select[tuple[str, int]]:
    return (
        sa.select(IDENTIFIER.c.value, sa.func.count())
        .where(CARRIED, IDENTIFIER.c.scope == "", IDENTIFIER.c.value.in_(values))
        .group_by(IDENTIFIER.c.value)
    )


def _stage_values(connection: sa.Connection, rows: list[tuple[str]]) -> sa.Table:
    column = sa.Column("value", sa.Text, primary_key=True)
    return stage(connection, "block_here", [column], sorted(rows))
