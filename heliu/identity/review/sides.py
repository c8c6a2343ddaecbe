"""Both sides of a question, for a human to look at: everything held of the two profiles."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa

from heliu.identity.review.proposals import NOT_TOLD, in_parts
from heliu.identity.review.questions import MEMBERSHIP, Item
from heliu.identity.tables.store import IDENTIFIER, RECORD
from models import Edge, GoldenValue, Order, ProfileTag, Tag

EDGE: sa.Table = Edge.__table__  # type: ignore[attr-defined]
GOLDEN: sa.Table = GoldenValue.__table__  # type: ignore[attr-defined]
ORDER: sa.Table = Order.__table__  # type: ignore[attr-defined]
PROFILE_TAG: sa.Table = ProfileTag.__table__  # type: ignore[attr-defined]
TAG: sa.Table = Tag.__table__  # type: ignore[attr-defined]

INSTANTS = frozenset({"created_at", "updated_at"})  # golden values in epoch seconds
FIRST = ("name", "phone", "email", "birthday", "gender", "city", "province", "company")
# Differ between any two records, so say nothing of whether they are one person's.
TELLS_NOTHING = INSTANTS | {"source_channel"}


class RecordRef(NamedTuple):
    """A record by its source's key."""

    record_id: int
    source: str
    source_key: str


class Carried(NamedTuple):
    """An identifier some record of the profile carries, and whether the other side has it too."""

    type: str
    scope: str
    value: str
    status: str
    shared: bool = False


class Step(NamedTuple):
    """One field's share in a probable pair's weight, in bits."""

    field: str
    level: str
    weight: float


class Reason(NamedTuple):
    """A piece of evidence between the two profiles, used or refused."""

    kind: str  # deterministic, probabilistic, human
    type: str
    scope: str
    value: str
    reason: str
    weight: float | None
    steps: tuple[Step, ...]


class Compared(NamedTuple):
    """One field of both; how is same, differs or alone (only one side tells)."""

    field: str
    left: str
    right: str
    how: str


@dataclass(frozen=True)
class Side:
    """One profile as a human sees it."""

    profile_id: int
    record_id: int  # the one the question names
    values: Mapping[str, str]  # golden, by attribute
    records: Sequence[RecordRef]
    identifiers: Sequence[Carried]
    tags: Sequence[str]  # titles
    orders: int
    paid_fen: int


@dataclass(frozen=True)
class Question:
    """An item of the queue with all a human needs to answer it."""

    item: Item
    left: Side
    right: Side
    reasons: Sequence[Reason]

    @property
    def fields(self) -> list[Compared]:
        """Golden values side by side; what differs first, what tells most before the rest."""
        how_first = {"differs": 0, "same": 1, "alone": 2}
        rank = {field: place for place, field in enumerate(FIRST)}
        found = []
        for field in self.left.values.keys() | self.right.values.keys():
            left, right = self.left.values.get(field, ""), self.right.values.get(field, "")
            how = "same" if left == right else "differs" if left and right else "alone"
            order = (field in TELLS_NOTHING, how_first[how], rank.get(field, len(rank)), field)
            found.append((order, Compared(field, left, right, how)))
        return [compared for _, compared in sorted(found)]


def load_questions(connection: sa.Connection, items: Sequence[Item]) -> list[Question]:
    """Items with both sides and the evidence between them, in the order given."""
    profiles = sorted({id_ for item in items for id_ in item.profiles})
    book = _Book(connection, profiles)
    return [
        Question(
            item,
            book.side(item.left_profile, item.left_id, item.right_profile),
            book.side(item.right_profile, item.right_id, item.left_profile),
            book.reasons(item),
        )
        for item in items
    ]


class _Book:
    """All that is held of some profiles, a query a table."""

    def __init__(self, connection: sa.Connection, profiles: Sequence[int]) -> None:
        self.values: dict[int, dict[str, str]] = {}
        self.records: dict[int, list[RecordRef]] = {}
        self.carried: dict[int, set[Carried]] = {}
        self.tags: dict[int, list[str]] = {}
        self.orders: dict[int, tuple[int, int]] = {}
        self.edges: dict[frozenset[int], list[Reason]] = {}
        self.profile_of: dict[int, int] = {}
        for part in in_parts(profiles):
            self._read_profiles(connection, part)
        for part in in_parts(sorted(self.profile_of)):
            self._read_records(connection, part)

    def side(self, profile: int, record: int, other: int) -> Side:
        others = self.carried.get(other, set())
        mine = sorted(self.carried.get(profile, ()))
        return Side(
            profile,
            record,
            self.values.get(profile, {}),
            self.records.get(profile, ()),
            sorted((one._replace(shared=one in others) for one in mine), key=_shared_first),
            self.tags.get(profile, ()),
            *self.orders.get(profile, (0, 0)),
        )

    def reasons(self, item: Item) -> list[Reason]:
        """Evidence between two profiles; what the item says, where no edge was kept."""
        told = Reason("", item.type, item.scope, item.value, item.reason, item.weight, ())
        return self.edges.get(frozenset(item.profiles)) or [told]

    def _read_profiles(self, connection: sa.Connection, part: Sequence[int]) -> None:
        golden = sa.select(GOLDEN.c.profile_id, GOLDEN.c.attribute, GOLDEN.c.value)
        for id_, attribute, value in connection.execute(
            golden.where(GOLDEN.c.profile_id.in_(part))
        ):
            self.values.setdefault(id_, {})[attribute] = value
        members = (
            sa.select(MEMBERSHIP.c.profile_id, RECORD.c.id, RECORD.c.source, RECORD.c.source_pk)
            .join(RECORD, RECORD.c.id == MEMBERSHIP.c.record_id)
            .where(MEMBERSHIP.c.profile_id.in_(part), MEMBERSHIP.c.to_run_id.is_(None))
            .order_by(RECORD.c.id)
        )
        for id_, *ref in connection.execute(members):
            self.records.setdefault(id_, []).append(RecordRef(*ref))
            self.profile_of[ref[0]] = id_
        tags = (
            sa.select(PROFILE_TAG.c.profile_id, TAG.c.title)
            .join(TAG, TAG.c.name == PROFILE_TAG.c.tag)
            .where(PROFILE_TAG.c.profile_id.in_(part))
            .order_by(TAG.c.number)
        )
        for id_, title in connection.execute(tags):
            self.tags.setdefault(id_, []).append(title)
        paid = sa.func.sum(sa.case((ORDER.c.paid_at.is_not(None), ORDER.c.amount_fen), else_=0))
        bought = (
            sa.select(ORDER.c.profile_id, sa.func.count(), paid)
            .where(ORDER.c.profile_id.in_(part))
            .group_by(ORDER.c.profile_id)
        )
        for id_, orders, fen in connection.execute(bought):
            self.orders[id_] = (int(orders), int(fen or 0))

    def _read_records(self, connection: sa.Connection, part: Sequence[int]) -> None:
        columns = [IDENTIFIER.c[name] for name in ("type", "scope", "value", "status")]
        carried = sa.select(IDENTIFIER.c.record_id, *columns).where(
            IDENTIFIER.c.type.not_in(NOT_TOLD)
        )
        for record, *row in connection.execute(carried.where(IDENTIFIER.c.record_id.in_(part))):
            self.carried.setdefault(self.profile_of[record], set()).add(Carried(*row))
        columns = [EDGE.c[name] for name in ("left_id", "right_id", *Reason._fields[:6], "detail")]
        edges = sa.select(*columns).where(EDGE.c.left_id.in_(part)).order_by(*columns[:2])
        for left, right, kind, type_, scope, value, why, weight, detail in connection.execute(
            edges
        ):
            pair = frozenset(self.profile_of.get(id_, 0) for id_ in (left, right))
            if len(pair) == 2:
                reason = Reason(kind, type_, scope, value, why, weight, steps_of(detail))
                known = self.edges.setdefault(pair, [])
                if reason not in known:
                    known.append(reason)


def _shared_first(one: Carried) -> tuple[bool, Carried]:
    return (not one.shared, one)


def steps_of(detail: str) -> tuple[Step, ...]:
    """A probable pair's weight field by field, from an edge's JSON; nothing where it tells none."""
    try:
        told = json.loads(detail or "[]")
        return tuple(
            Step(str(one["field"]), str(one["level"]), float(one["weight"])) for one in told
        )
    except (ValueError, TypeError, KeyError):  # a former model wrote it otherwise
        return ()
