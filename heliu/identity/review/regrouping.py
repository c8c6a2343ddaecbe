"""Two partitions of the same records: which profiles would become which, and what moves along."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from heliu.identity.review.proposals import in_parts
from models import Message, Order

MESSAGE: sa.Table = Message.__table__  # type: ignore[attr-defined]
ORDER: sa.Table = Order.__table__  # type: ignore[attr-defined]


class Change(NamedTuple):
    """Profiles that would become others.

    Attributes:
        before: Their ids now.
        after: Their ids then.
        records: How many records they hold.
        moved: How many of those get another profile id.
        orders: Orders of the records that move.
        messages: Messages written to ids that would become an alias.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    records: int
    moved: int
    orders: int
    messages: int

    @property
    def kind(self) -> str:
        """merge, split, or regroup where it is some of both."""
        if len(self.after) == 1:
            return "merge"
        return "split" if len(self.before) == 1 else "regroup"


def compare(before: Mapping[int, int], after: Mapping[int, int]) -> list[tuple[Change, list[int]]]:
    """Groups of profiles that exchange records, and the records whose profile id changes.

    Args:
        before: Record id to profile id.
        after: The same records' profiles then.
    """
    moved = [record for record in sorted(before) if before[record] != after[record]]
    group: dict[tuple[str, int], tuple[str, int]] = {}

    def find(node: tuple[str, int]) -> tuple[str, int]:
        while (above := group.setdefault(node, node)) != node:
            node = above
        return node

    profiles = {("b", before[one]) for one in moved} | {("a", after[one]) for one in moved}
    members: dict[tuple[str, int], list[int]] = {}
    touched = [
        record
        for record in sorted(before)
        if ("b", before[record]) in profiles or ("a", after[record]) in profiles
    ]
    for record in touched:
        group[find(("a", after[record]))] = find(("b", before[record]))
    for record in touched:
        members.setdefault(find(("b", before[record])), []).append(record)
    found = []
    for records in members.values():
        movers = [record for record in records if before[record] != after[record]]
        old = tuple(sorted({before[record] for record in records}))
        new = tuple(sorted({after[record] for record in records}))
        found.append((Change(old, new, len(records), len(movers), 0, 0), movers))
    return sorted(found)


def counted(
    connection: sa.Connection, changes: Sequence[tuple[Change, Sequence[int]]]
) -> list[Change]:
    """The same with the orders and messages that move."""
    movers = sorted(record for _, records in changes for record in records)
    closed = sorted({id_ for one, _ in changes for id_ in {*one.before} - {*one.after}})
    orders = _count(connection, ORDER.c.record_id, movers)
    messages = _count(connection, MESSAGE.c.profile_id, closed)
    return [
        one._replace(
            orders=sum(orders[record] for record in records),
            messages=sum(messages[id_] for id_ in {*one.before} - {*one.after}),
        )
        for one, records in changes
    ]


def _count(connection: sa.Connection, column: sa.Column[int], ids: Sequence[int]) -> Counter[int]:
    """How many rows each id has."""
    found: Counter[int] = Counter()
    for part in in_parts(ids):
        query = sa.select(column, sa.func.count()).where(column.in_(part)).group_by(column)
        found.update({id_: int(rows) for id_, rows in connection.execute(query)})
    return found
