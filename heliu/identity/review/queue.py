"""What waits for a human: doubtful pairs and values of too many people, the weightiest first."""

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log2
from typing import NamedTuple

import sqlalchemy as sa

from heliu.identity.review.decisions import read_decisions
from heliu.identity.review.proposals import in_parts
from heliu.identity.review.questions import Item, in_order, open_items, profiles_of
from heliu.identity.review.standing import Pair, Said, Verdict, in_force
from models import Demotion, Order, Profile, ProfileTag

DEMOTION: sa.Table = Demotion.__table__  # type: ignore[attr-defined]
PROFILE: sa.Table = Profile.__table__  # type: ignore[attr-defined]
PROFILE_TAG: sa.Table = ProfileTag.__table__  # type: ignore[attr-defined]
ORDER: sa.Table = Order.__table__  # type: ignore[attr-defined]

LINK_WEIGHT = 0.0  # bits: as likely as not, and so most worth asking
DECIDED = "decided"  # no hash: evidence is 16 hex digits


class GroupItem(NamedTuple):
    """A value that too many people carry: block it, or leave it so?"""

    type: str
    scope: str
    value: str
    holders: int  # records
    names: int  # different people, by their names


@dataclass(frozen=True)
class Queue:
    """What waits, how much of it there is, and how much was decided and waits for unify.

    Attributes:
        items: The weightiest pairs first.
        pairs: How many pairs wait in all.
        groups: The values with most holders first.
        values: How many values wait in all.
    """

    items: list[Item]
    pairs: int
    groups: list[GroupItem]
    values: int


def review_queue(
    connection: sa.Connection, limit: int | None = None, link_weight: float = LINK_WEIGHT
) -> Queue:
    """The open questions that no human has answered.

    Args:
        connection: Only read.
        limit: The most pairs, and the most values, to give; None for all.
        link_weight: Bits from which on pairs are joined without asking.
    """
    holding = in_force(read_decisions(connection))
    answered = _answered(connection, holding)
    pairs = [
        one
        for one in open_items(connection)
        if not {DECIDED, one.evidence} & answered.get(one.profiles, set())
    ]
    groups = open_groups(connection, holding)
    most = len(pairs) if limit is None else limit
    at_stake = _at_stake(connection, pairs)
    ranked = [_ranked(one, at_stake, link_weight) for one in pairs]
    items = heapq.nsmallest(most, ranked, key=lambda one: (-one.urgency, one.left_id, one.right_id))
    shown = groups if limit is None else groups[:limit]
    return Queue(items, len(pairs), shown, len(groups))


def open_groups(connection: sa.Connection, holding: Iterable[Said]) -> list[GroupItem]:
    """Values demoted and neither blocked nor kept by a human, most holders first."""
    decided = {one.named for one in holding if one.verdict in (Verdict.BLOCK, Verdict.KEEP)}
    columns = [DEMOTION.c[name] for name in GroupItem._fields]
    found = [GroupItem(*row) for row in connection.execute(sa.select(*columns))]
    waiting = [one for one in found if (one.type, one.value) not in decided]
    return sorted(waiting, key=lambda one: (-one.holders, -one.names, one[:3]))


def urgency(
    paid_fen: int, tags_differ: int, records: int, weight: float | None, link_weight: float
) -> float:
    """How much a question matters, in bits: what is at stake less how clear it already is.

    Twice the money, or twice the records, is one bit more; so is each tag only one
    side carries. Each bit of evidence away from the threshold is one less; a
    doubt of the rules is as open as a question can be.

    >>> urgency(300, 0, 2, None, 2.0), urgency(300, 1, 2, 0.5, 2.0)
    (3.0, 2.5)
    """
    stake = log2(1 + paid_fen / 100) + tags_differ + log2(records)
    return round(stake - (0.0 if weight is None else abs(weight - link_weight)), 3)


def _answered(connection: sa.Connection, holding: list[Said]) -> dict[Pair, set[str]]:
    """Pairs of profiles humans spoke of: to the evidence they were unsure on, or DECIDED."""
    words = [one for one in holding if one.left_id is not None]
    profile_of = profiles_of(connection, (id_ for one in words for id_ in one.pair))
    answered: dict[Pair, set[str]] = {}
    for one in words:
        left, right = (profile_of.get(id_, id_) for id_ in one.pair)
        said = (one.value or "") if one.verdict == Verdict.UNSURE else DECIDED
        answered.setdefault(in_order(left, right), set()).add(said)
    return answered


class _AtStake(NamedTuple):
    paid_fen: Mapping[int, int]
    records: Mapping[int, int]
    tags: Mapping[int, frozenset[str]]


def _at_stake(connection: sa.Connection, items: Iterable[Item]) -> _AtStake:
    """What profiles have paid, how many records they hold and which tags they carry."""
    ids = sorted({id_ for one in items for id_ in (one.left_profile, one.right_profile)})
    paid: dict[int, int] = {}
    records: dict[int, int] = {}
    tags: dict[int, set[str]] = {}
    for part in in_parts(ids):
        spent = (
            sa.select(ORDER.c.profile_id, sa.func.sum(ORDER.c.amount_fen))
            .where(ORDER.c.profile_id.in_(part), ORDER.c.paid_at.is_not(None))
            .group_by(ORDER.c.profile_id)
        )
        paid |= {id_: int(fen or 0) for id_, fen in connection.execute(spent)}
        sizes = sa.select(PROFILE.c.id, PROFILE.c.records).where(PROFILE.c.id.in_(part))
        records |= {int(id_): int(size) for id_, size in connection.execute(sizes)}
        carried = sa.select(PROFILE_TAG.c.profile_id, PROFILE_TAG.c.tag)
        for id_, tag in connection.execute(carried.where(PROFILE_TAG.c.profile_id.in_(part))):
            tags.setdefault(id_, set()).add(tag)
    return _AtStake(paid, records, {id_: frozenset(some) for id_, some in tags.items()})


def _ranked(one: Item, at_stake: _AtStake, link_weight: float) -> Item:
    ids = (one.left_profile, one.right_profile)
    left_tags, right_tags = (at_stake.tags.get(id_, frozenset()) for id_ in ids)
    paid = sum(at_stake.paid_fen.get(id_, 0) for id_ in ids)
    differ = len(left_tags ^ right_tags)
    records = sum(at_stake.records.get(id_, 1) for id_ in ids)
    bits = urgency(paid, differ, records, one.weight, link_weight)
    return one._replace(paid_fen=paid, tags_differ=differ, records=records, urgency=bits)
