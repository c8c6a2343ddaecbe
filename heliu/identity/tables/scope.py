"""Which records a change concerns: those, and all whose fate hangs together with theirs.

Resolving depends on nothing outside a component, so resolving whole components anew
gives what resolving everything would. See docs/adr/0010-incremental-unification.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import sqlalchemy as sa

from heliu.identity.policy import Policy
from heliu.identity.records import Key
from heliu.identity.rows import BLOCK
from heliu.identity.tables.neighbours import crossing, neighbours
from heliu.identity.tables.store import IDENTIFIER, RECORD, STALE_RECORD, STALE_VALUE, stage_keys
from models import Decision, Demotion, Handover, Membership, Profile, Strength
from models.bulk import stage_ids

DECISION: sa.Table = Decision.__table__  # type: ignore[attr-defined]
DEMOTION: sa.Table = Demotion.__table__  # type: ignore[attr-defined]
HANDOVER: sa.Table = Handover.__table__  # type: ignore[attr-defined]
MEMBERSHIP: sa.Table = Membership.__table__  # type: ignore[attr-defined]
PROFILE: sa.Table = Profile.__table__  # type: ignore[attr-defined]
CURRENT = MEMBERSHIP.c.to_run_id.is_(None)


@dataclass(frozen=True)
class Scope:
    """What is resolved anew.

    Attributes:
        whole: Whether that is everything.
        records: Ids of the records concerned, living or gone, rising.
        stale_records: Those which themselves came, changed, went or were decided on.
        stale_values: Values gained or lost: all holders are among `records`, unless …
        crowded: … too many carry them before and after: to their number now.
        demoted: Values known to prove nothing, and not judged anew.
    """

    whole: bool
    records: list[int]
    stale_records: frozenset[int] = frozenset()
    stale_values: frozenset[Key] = frozenset()
    crowded: dict[Key, int] = field(default_factory=dict)
    demoted: frozenset[Key] = frozenset()


def everything(connection: sa.Connection) -> Scope:
    """All records that live, or are still members of a profile."""
    ids = sa.union(
        sa.select(RECORD.c.id).where(RECORD.c.attributes.is_not(None)),
        sa.select(MEMBERSHIP.c.record_id).where(CURRENT),
    )
    records = sorted(connection.execute(ids).scalars())
    return Scope(True, records, _stale_records(connection), _stale_values(connection))


def changed(connection: sa.Connection, policy: Policy, most_in_block: int = 0) -> Scope:
    """What changed since profiles were last resolved, and what hangs together with it.

    See `concerned` for the arguments.
    """
    records, values = _stale_records(connection), _stale_values(connection)
    if not records and not values:
        return Scope(False, [])
    return concerned(connection, policy, records, values, most_in_block)


def affected(
    connection: sa.Connection,
    policy: Policy,
    records: Iterable[int] = (),
    values: Iterable[Key] = (),
) -> set[int]:
    """Ids of all records whose profile a change of these records or values may change."""
    return set(concerned(connection, policy, frozenset(records), frozenset(values)).records)


def concerned(
    connection: sa.Connection,
    policy: Policy,
    records: frozenset[int],
    values: frozenset[Key],
    most_in_block: int = 0,
) -> Scope:
    """The scope of a change: these records, all holders of these values, and their components.

    Args:
        connection: May fill TEMP tables.
        policy: When too many carry a value.
        records: Those that changed.
        values: Gained or lost; a block key comes once for each record that had or has it.
        most_in_block: Block keys on more records bring nobody together; 0 where nothing
            is matched.
    """
    noted = values
    blocks = [key for key in values if key.type == BLOCK]
    values -= set(blocks)
    demoted = _demoted(connection)
    crowded = _crowded(connection, policy, values, demoted)
    judged = values - crowded.keys()
    seeds = set(records) | _holders(connection, judged)
    seeds |= _heirs(connection, records) | _decided_with(connection, records)
    if most_in_block:
        seeds |= crossing(connection, blocks, most_in_block)
    concerned_records = with_components(connection, seeds)
    if most_in_block:
        near = neighbours(connection, concerned_records, most_in_block)
        concerned_records = with_components(connection, near | set(concerned_records))
    return Scope(
        False,
        concerned_records,
        records,
        noted,
        crowded,
        frozenset(demoted.keys() - judged),
    )


def _stale_records(connection: sa.Connection) -> frozenset[int]:
    return frozenset(connection.execute(sa.select(STALE_RECORD.c.record_id)).scalars())


def _stale_values(connection: sa.Connection) -> frozenset[Key]:
    columns = (STALE_VALUE.c.type, STALE_VALUE.c.scope, STALE_VALUE.c.value)
    return frozenset(Key(*row) for row in connection.execute(sa.select(*columns)))


def _demoted(connection: sa.Connection) -> dict[Key, int]:
    """Values that prove nothing, to the number of their holders."""
    columns = (DEMOTION.c.type, DEMOTION.c.scope, DEMOTION.c.value, DEMOTION.c.holders)
    return {Key(*row[:3]): row[3] for row in connection.execute(sa.select(*columns))}


def _crowded(
    connection: sa.Connection, policy: Policy, values: Iterable[Key], demoted: dict[Key, int]
) -> dict[Key, int]:
    """Of the values, those that too many carried before and carry now: to how many."""
    before = [key for key in values if demoted.get(key, 0) > policy.max_holders]
    if not before:
        return {}
    strong = sa.case((IDENTIFIER.c.strength == Strength.STRONG.value, 1), else_=0)
    staged = stage_keys(connection, "wanted_value", before)
    columns = (staged.c.type, staged.c.scope, staged.c.value)
    rows = connection.execute(
        sa.select(*columns, sa.func.count())
        .join(IDENTIFIER, _same_key(staged))
        .where(IDENTIFIER.c.strength != Strength.NONE.value)
        .group_by(*columns)
        # Holders of a platform id are trusted by any number.
        .having(sa.func.count() > policy.max_holders, sa.func.sum(strong) == 0)
    )
    return {Key(*row[:3]): row[3] for row in rows}


def _holders(connection: sa.Connection, values: Iterable[Key]) -> set[int]:
    staged = stage_keys(connection, "wanted_value", values)
    rows = connection.execute(
        sa.select(IDENTIFIER.c.record_id)
        .join(staged, _same_key(staged))
        .where(IDENTIFIER.c.strength != Strength.NONE.value)
    )
    return set(rows.scalars())


def _heirs(connection: sa.Connection, records: Iterable[int]) -> set[int]:
    """Who inherited the ids of these records: one that comes back takes its own."""
    staged = stage_ids(connection, "seed", records)
    rows = connection.execute(
        sa.select(HANDOVER.c.record_id).join(staged, staged.c.id == HANDOVER.c.profile_id)
    )
    return set(rows.scalars())


def _decided_with(connection: sa.Connection, records: Iterable[int]) -> set[int]:
    """Whom humans named together with these records: one that comes back is decided on."""
    staged = stage_ids(connection, "seed", records)
    left, right = DECISION.c.left_id, DECISION.c.right_id
    rows = connection.execute(
        sa.union(
            sa.select(right).join(staged, staged.c.id == left),
            sa.select(left).join(staged, staged.c.id == right),
        )
    )
    return set(rows.scalars())


def with_components(connection: sa.Connection, seeds: set[int]) -> list[int]:
    """These records and all that hang together with them, rising."""
    staged = stage_ids(connection, "seed", seeds)
    components = (
        sa.select(PROFILE.c.component_id)
        .join(MEMBERSHIP, MEMBERSHIP.c.profile_id == PROFILE.c.id)
        .join(staged, staged.c.id == MEMBERSHIP.c.record_id)
        .where(CURRENT)
        .distinct()
    )
    members = connection.execute(
        sa.select(MEMBERSHIP.c.record_id)
        .join(PROFILE, PROFILE.c.id == MEMBERSHIP.c.profile_id)
        .where(CURRENT, PROFILE.c.component_id.in_(components))
    )
    return sorted(seeds | set(members.scalars()))


def _same_key(staged: sa.Table) -> sa.ColumnElement[bool]:
    return sa.and_(*(IDENTIFIER.c[name] == staged.c[name] for name in Key._fields))
