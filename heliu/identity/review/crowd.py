"""The people behind a value that too many carry: block it, or leave it so?"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from heliu.identity.review.proposals import in_parts
from heliu.identity.review.questions import MEMBERSHIP
from heliu.identity.review.sides import GOLDEN
from heliu.identity.tables.store import IDENTIFIER, RECORD


@dataclass(frozen=True)
class Crowd:
    """Who carries a value that too many carry.

    Attributes:
        people: How many profiles.
        names: Golden names and how many profiles bear each, the most first; "" for none.
        sources: Source and how many records of it carry the value, the most first.
        cities: The same for the profiles' cities.
    """

    people: int
    names: Sequence[tuple[str, int]]
    sources: Sequence[tuple[str, int]]
    cities: Sequence[tuple[str, int]]


def load_crowd(
    connection: sa.Connection, type_: str, scope: str, value: str, most: int = 12
) -> Crowd:
    """The people behind one value, counted; at most so many lines of each kind."""
    holders = (
        sa.select(RECORD.c.id, RECORD.c.source, MEMBERSHIP.c.profile_id)
        .join_from(IDENTIFIER, RECORD, RECORD.c.id == IDENTIFIER.c.record_id)
        .join(
            MEMBERSHIP,
            (MEMBERSHIP.c.record_id == RECORD.c.id) & MEMBERSHIP.c.to_run_id.is_(None),
        )
        .where(IDENTIFIER.c.type == type_, IDENTIFIER.c.scope == scope, IDENTIFIER.c.value == value)
    )
    rows = connection.execute(holders).all()
    profiles = sorted({row.profile_id for row in rows})
    told: dict[str, Counter[str]] = {"name": Counter(), "city": Counter()}
    named = set()
    for part in in_parts(profiles):
        query = sa.select(GOLDEN.c.profile_id, GOLDEN.c.attribute, GOLDEN.c.value).where(
            GOLDEN.c.profile_id.in_(part), GOLDEN.c.attribute.in_(list(told))
        )
        for profile, attribute, text in connection.execute(query):
            told[attribute][text] += 1
            named |= {profile} if attribute == "name" else set()
    if nameless := len(profiles) - len(named):
        told["name"][""] = nameless
    return Crowd(
        len(profiles),
        _most(told["name"].items(), most),
        _most(Counter(row.source for row in rows).items(), most),
        _most(told["city"].items(), most),
    )


def _most(counted: Iterable[tuple[str, int]], most: int) -> list[tuple[str, int]]:
    return sorted(counted, key=lambda one: (-one[1], one[0]))[:most]
