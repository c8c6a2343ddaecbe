"""Who is who: records and the profiles they became, and the evidence."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from heliu.reports.figures.query import (
    fetch,
    local_day,
    month_of,
    month_start,
    months_until,
    table_of,
)
from models import Edge, Identifier, Membership, Profile, ProfileEvent, Record

RECORD, PROFILE, MEMBERSHIP = table_of(Record), table_of(Profile), table_of(Membership)
IDENTIFIER, EDGE, HAPPENED = table_of(Identifier), table_of(Edge), table_of(ProfileEvent)


@dataclass(frozen=True)
class IdentityTotals:
    """Records and people, and how far the records were joined."""

    records: int  # not deleted at their source
    profiles: int
    joined: int  # profiles of two records or more
    linked_profiles: int  # profiles known to two sources or more
    linked_records: int  # records in those
    largest: int  # records of the largest profile


@dataclass(frozen=True)
class SourceLink:
    """How a source's records fit together with the others'."""

    source: str
    records: int
    profiles: int
    linked: int  # of these records, in a profile another source knows too


@dataclass(frozen=True)
class IdentifierCount:
    """How often a kind of identifier is carried, and how good it is."""

    type: str
    status: str
    carried: int
    values: int  # different ones


@dataclass(frozen=True)
class EdgeCount:
    """Matches by evidence, and whether they were used."""

    kind: str
    type: str
    status: str
    reason: str
    edges: int


def identity_totals(connection: sa.Connection) -> IdentityTotals:
    """Records, profiles, and the share that was joined."""
    linked = PROFILE.c.sources >= 2
    profiles = connection.execute(
        sa.select(
            sa.func.count(),
            sa.func.count(sa.case((PROFILE.c.records >= 2, 1))),
            sa.func.count(sa.case((linked, 1))),
            sa.func.coalesce(sa.func.sum(sa.case((linked, PROFILE.c.records))), 0),
            sa.func.coalesce(sa.func.max(PROFILE.c.records), 0),
        )
    ).one()
    records = connection.scalar(sa.select(sa.func.count()).where(RECORD.c.deleted_at.is_(None)))
    return IdentityTotals(int(records or 0), *(int(number) for number in profiles))


def profile_sizes(connection: sa.Connection) -> dict[int, int]:
    """How many profiles join how many records: {records: profiles}, ascending."""
    query = sa.select(PROFILE.c.records, sa.func.count()).group_by(PROFILE.c.records)
    return dict(sorted((int(size), int(found)) for size, found in connection.execute(query)))


def largest_profiles(connection: sa.Connection, limit: int = 10) -> list[tuple[int, int, int]]:
    """The profiles that join most records: (id, records, sources)."""
    query = sa.select(PROFILE.c.id, PROFILE.c.records, PROFILE.c.sources).order_by(
        PROFILE.c.records.desc(), PROFILE.c.id
    )
    return [(int(a), int(b), int(c)) for a, b, c in connection.execute(query.limit(limit))]


def source_links(connection: sa.Connection) -> list[SourceLink]:
    """Per source: its records, the people they are, and how many others know too."""
    linked = sa.func.count(sa.case((PROFILE.c.sources >= 2, 1)))
    people = sa.func.count(sa.distinct(PROFILE.c.id))
    query = (
        sa.select(RECORD.c.source, sa.func.count().label("records"), people, linked)
        .select_from(_current())
        .where(RECORD.c.deleted_at.is_(None))
        .group_by(RECORD.c.source)
        .order_by(sa.desc("records"), RECORD.c.source)
    )
    return fetch(connection, query, SourceLink)


def source_overlap(connection: sa.Connection) -> dict[tuple[str, str], int]:
    """People that both of two sources know, every ordered pair; the diagonal counts its own."""
    knows = (
        sa.select(RECORD.c.source, PROFILE.c.id.label("profile_id"))
        .select_from(_current())
        .where(RECORD.c.deleted_at.is_(None))
        .distinct()
        .cte("knows")
    )
    left, right = knows.alias("left_side"), knows.alias("right_side")
    query = (
        sa.select(left.c.source, right.c.source, sa.func.count())
        .join_from(left, right, left.c.profile_id == right.c.profile_id)
        .group_by(left.c.source, right.c.source)
    )
    return {(a, b): int(people) for a, b, people in connection.execute(query)}


def _current() -> sa.FromClause:
    now = MEMBERSHIP.c.to_run_id.is_(None)
    return RECORD.join(MEMBERSHIP, (MEMBERSHIP.c.record_id == RECORD.c.id) & now).join(
        PROFILE, PROFILE.c.id == MEMBERSHIP.c.profile_id
    )


def identifier_counts(connection: sa.Connection) -> list[IdentifierCount]:
    """Identifiers by type and status; never a value."""
    per_value = (
        sa.select(IDENTIFIER.c.type, IDENTIFIER.c.status, sa.func.count().label("carried"))
        .group_by(IDENTIFIER.c.type, IDENTIFIER.c.scope, IDENTIFIER.c.value, IDENTIFIER.c.status)
        .subquery()
    )
    query = (
        sa.select(
            per_value.c.type,
            per_value.c.status,
            sa.cast(sa.func.sum(per_value.c.carried), sa.BigInteger),
            sa.func.count(),
        )
        .group_by(per_value.c.type, per_value.c.status)
        .order_by(per_value.c.type, per_value.c.status)
    )
    return fetch(connection, query, IdentifierCount)


def edge_counts(connection: sa.Connection) -> list[EdgeCount]:
    """Matches by evidence, status and reason, most first; never a value."""
    keys = (EDGE.c.kind, EDGE.c.type, EDGE.c.status, EDGE.c.reason)
    edges = sa.func.count().label("edges")
    query = sa.select(*keys, edges).group_by(*keys).order_by(edges.desc(), *keys)
    return fetch(connection, query, EdgeCount)


def profile_changes(connection: sa.Connection, run_id: int) -> dict[str, int]:
    """What happened to profiles in a run: {created, grew, merged, split …: how often}."""
    query = (
        sa.select(HAPPENED.c.what, sa.func.count())
        .where(HAPPENED.c.run_id == run_id)
        .group_by(HAPPENED.c.what)
        .order_by(sa.func.count().desc(), HAPPENED.c.what)
    )
    return {what: int(times) for what, times in connection.execute(query)}


def last_unify(connection: sa.Connection) -> int | None:
    """The newest run in which something happened to a profile, or None."""
    found: int | None = connection.scalar(sa.select(sa.func.max(HAPPENED.c.run_id)))
    return found


def first_met_by_month(
    connection: sa.Connection, zone: ZoneInfo, now: datetime, months: int = 24
) -> dict[str, int]:
    """People first met in each of the last months: {YYYY-MM: profiles}, oldest first."""
    names = months_until(now, zone, months)
    since = month_start(names[0], zone)
    day = local_day(PROFILE.c.created_at, zone, since, now).label("day")
    query = (
        sa.select(day, sa.func.count())
        .where(PROFILE.c.created_at >= since, PROFILE.c.created_at <= now)
        .group_by(day)
    )
    found: Counter[str] = Counter()
    for number, people in connection.execute(query):
        found[month_of(number)] += people
    return {name: found[name] for name in names}
