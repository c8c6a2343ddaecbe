"""The open questions as unify left them, with the profiles they are about."""

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

import sqlalchemy as sa

from heliu.identity.review.proposals import in_parts
from heliu.identity.review.standing import Pair
from models import Membership, ReviewItem

ITEM: sa.Table = ReviewItem.__table__  # type: ignore[attr-defined]
MEMBERSHIP: sa.Table = Membership.__table__  # type: ignore[attr-defined]


class Item(NamedTuple):
    """Two profiles that may be one person.

    Attributes:
        left_id: The record that stands for the left profile; the smaller.
        type: Of the value they share.
        reason: Why they were not joined.
        weight: log2 of the odds, where it is probabilistic.
        paid_fen: What both profiles have paid.
        tags_differ: Tags one of them carries and the other doesn't.
        records: Records of both.
        urgency: What the queue is sorted by; see heliu/identity/review/queue.py.
    """

    left_id: int
    right_id: int
    type: str
    scope: str
    value: str
    reason: str
    weight: float | None
    left_profile: int
    right_profile: int
    paid_fen: int = 0
    tags_differ: int = 0
    records: int = 2
    urgency: float = 0.0

    @property
    def name(self) -> str:
        """How it is called: both record ids."""
        return f"{self.left_id}-{self.right_id}"

    @property
    def profiles(self) -> Pair:
        """The two profiles, the smaller id first."""
        return in_order(self.left_profile, self.right_profile)

    @property
    def evidence(self) -> str:
        """Names what it rests on; another one, and the question is a new one."""
        weight = "" if self.weight is None else f"{self.weight:.1f}"
        said = "|".join((self.type, self.scope, self.value, self.reason, weight))
        return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()


def in_order(one: int, other: int) -> Pair:
    """The smaller first."""
    return (min(one, other), max(one, other))


def open_items(connection: sa.Connection) -> list[Item]:
    """Every pair of current profiles that unify could not settle."""
    left, right = MEMBERSHIP.alias("left_side"), MEMBERSHIP.alias("right_side")
    columns = [ITEM.c[name] for name in Item._fields[:7]]
    query = (
        sa.select(*columns, left.c.profile_id, right.c.profile_id)
        .join_from(ITEM, left, (left.c.record_id == ITEM.c.left_id) & left.c.to_run_id.is_(None))
        .join(right, (right.c.record_id == ITEM.c.right_id) & right.c.to_run_id.is_(None))
        .where(ITEM.c.closed_run_id.is_(None), left.c.profile_id != right.c.profile_id)
    )
    return [Item(*row) for row in connection.execute(query)]


def profiles_of(connection: sa.Connection, records: Iterable[int]) -> dict[int, int]:
    """Record id to its current profile; those without one left out."""
    found: dict[int, int] = {}
    query = sa.select(MEMBERSHIP.c.record_id, MEMBERSHIP.c.profile_id)
    for part in in_parts(sorted(set(records))):
        mine = query.where(MEMBERSHIP.c.record_id.in_(part), MEMBERSHIP.c.to_run_id.is_(None))
        found |= {int(record): int(profile) for record, profile in connection.execute(mine)}
    return found


def members_of(connection: sa.Connection, profile: int) -> list[int]:
    """Ids of a current profile's records; nothing where there is no such profile."""
    query = sa.select(MEMBERSHIP.c.record_id).where(
        MEMBERSHIP.c.profile_id == profile, MEMBERSHIP.c.to_run_id.is_(None)
    )
    return sorted(connection.scalars(query))
