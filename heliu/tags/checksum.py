"""One number over who carries what, the same on every engine; over ranges it adds up."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

# Primes below 2^31, so that no product leaves 63 bits; they divide no power of two.
FACTOR, MODULUS = 2_147_483_587, 2_147_483_629


def checksum_select(words: sa.FromClause, names: Sequence[str]) -> sa.Select[Any]:
    """A statement of one row and column: over all profiles the sum of id times word, cut short.

    A tag too many or too few changes it; two such mistakes cancel once in two thousand
    million times.

    Args:
        words: Rows of profile_id and words.
        names: The words' columns.
    """
    own = words.c.profile_id % FACTOR + 1
    terms = [
        own * ((words.c[name] % FACTOR + place) % MODULUS) % MODULUS
        for place, name in enumerate(names)
    ]
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return sa.select(sa.cast(sa.func.coalesce(sa.func.sum(total), 0), sa.BigInteger))


def checksum_of(rows: Sequence[Sequence[int]]) -> int:
    """The same in Python, over rows of a profile's id and its words.

    >>> checksum_of([(1, 3)]) + checksum_of([(2, 5)]) == checksum_of([(2, 5), (1, 3)])
    True
    """
    return sum(
        (id_ % FACTOR + 1) * ((word % FACTOR + place) % MODULUS) % MODULUS
        for id_, *words in rows
        for place, word in enumerate(words)
    )
