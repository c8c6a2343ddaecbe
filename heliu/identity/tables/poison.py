"""A value that pours in on far too many rows at once: an accident, not a person.

Somebody fills a column with one number, or a form sends its own. Those rows are not
believed in this; whoever had the value before keeps it. Stored, so that a run which
looks at everything knows it too.
"""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from heliu.identity.policy import Policy
from heliu.identity.records import Key
from heliu.identity.tables.store import IDENTIFIER, POISONED, RECORD, STALE_VALUE
from models import IdentifierStatus, Strength
from models.bulk import stage, stage_ids

KEY = ("type", "scope", "value")


class Poisoned(NamedTuple):
    """A value, and on how many records of which source's delivery it is not believed."""

    key: Key
    source: str
    records: int


def distrust_poisoned(
    connection: sa.Connection, policy: Policy, run_id: int, *, everything: bool
) -> list[Poisoned]:
    """Stop believing values which one delivery carries on more rows than the policy allows.

    Args:
        connection: In the caller's transaction, after normalising and before resolving.
        policy: How many are too many.
        run_id: Who noticed.
        everything: Whether to look at all values, or only at those gained since last time.
    """
    found: list[Poisoned] = []
    for key in _crowds(connection, policy.max_delivered, everything):
        found += _distrust(connection, key, policy.max_delivered, run_id)
    return sorted(found)


def _crowds(connection: sa.Connection, limit: int, everything: bool) -> Sequence[Key]:
    """Values with more holders than the limit, from whatever source."""
    columns = [IDENTIFIER.c[name] for name in KEY]
    query = sa.select(*columns).where(IDENTIFIER.c.strength != Strength.NONE.value)
    if not everything:
        rows = connection.execute(sa.select(*(STALE_VALUE.c[name] for name in KEY)))
        types = [sa.Column(name, sa.Text, primary_key=True) for name in KEY]
        gained = stage(connection, "gained", types, [tuple(row) for row in rows])
        query = query.join(gained, sa.and_(*(gained.c[name] == IDENTIFIER.c[name] for name in KEY)))
    crowded = query.group_by(*columns).having(sa.func.count() > limit)
    return sorted(Key(*row) for row in connection.execute(crowded))


def _distrust(connection: sa.Connection, key: Key, limit: int, run_id: int) -> list[Poisoned]:
    carried = sa.and_(
        *(IDENTIFIER.c[name] == part for name, part in zip(KEY, key, strict=True)),
        IDENTIFIER.c.strength != Strength.NONE.value,
    )
    rows = connection.execute(
        sa.select(RECORD.c.source, RECORD.c.changed_run_id, RECORD.c.id)
        .join(IDENTIFIER, IDENTIFIER.c.record_id == RECORD.c.id)
        .where(carried)
    )
    deliveries: dict[tuple[str, int], list[int]] = {}
    for source, delivered, id_ in rows:
        deliveries.setdefault((source, delivered), []).append(id_)
    too_many = {name: ids for name, ids in deliveries.items() if len(ids) > limit}
    if too_many:
        those = stage_ids(
            connection, "poisoned_here", (i for ids in too_many.values() for i in ids)
        )
        here = sa.select(those.c.id)
        connection.execute(
            sa.insert(POISONED).from_select(
                ["record_id", *KEY, "run_id"],
                sa.select(those.c.id, *map(sa.literal, key), sa.literal(run_id)),
            )
        )
        connection.execute(
            sa.update(IDENTIFIER)
            .where(carried, IDENTIFIER.c.record_id.in_(here))
            .values(status=IdentifierStatus.BLOCKED.value, strength=Strength.NONE.value)
        )
    return [Poisoned(key, source, len(ids)) for (source, _), ids in too_many.items()]
