"""Which tags go together: how many people carry each pair of tags."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import sqlalchemy as sa

from heliu.reports.figures.query import table_of
from models import ProfileTag

HELD = table_of(ProfileTag)
BITS = 60  # of the 63 a signed 64-bit integer has to give
MOST_TAGS = 120  # compared with each other, the largest; more tags make more patterns
ALIKE = 0.95  # Jaccard above which two tags say nearly the same
FEW = 20  # carriers; of fewer, chance alone puts them all inside another tag

Patterns = Mapping[tuple[int, ...], int]  # words of bits → how many people carry just these tags


@dataclass(frozen=True)
class Pair:
    """Two tags, and the people who carry them; the smaller tag comes first.

    Attributes:
        both: Who carries both.
        small, large: Who carries each.
        people: Everybody.
    """

    smaller: str
    larger: str
    both: int
    small: int
    large: int
    people: int

    @property
    def overlap(self) -> float:
        """The share of the smaller tag that carries the larger too (Szymkiewicz–Simpson), 0–1."""
        return self.both / self.small if self.small else 0.0

    @property
    def jaccard(self) -> float:
        """The share of those with either who have both, 0–1."""
        either = self.small + self.large - self.both
        return self.both / either if either else 0.0

    @property
    def alike(self) -> bool:
        """Whether the two are nearly the same people."""
        return self.jaccard > ALIKE

    @property
    def inside(self) -> bool:
        """Whether everybody with the smaller tag carries the larger one, and others do too."""
        return FEW <= self.both == self.small < self.large

    @property
    def lift(self) -> float:
        """How many times as often together as if one had nothing to do with the other."""
        expected = self.small * self.large
        return self.both * self.people / expected if expected else 0.0


def pairs(connection: sa.Connection, sizes: Mapping[str, int], people: int) -> list[Pair]:
    """Every pair of the largest tags, those nobody carries left out, as names order them.

    Args:
        connection: The database.
        sizes: Tag → how many carry it.
        people: How many profiles there are.
    """
    largest = sorted((tag for tag in sizes if sizes[tag]), key=lambda tag: (-sizes[tag], tag))
    tags = sorted(largest[:MOST_TAGS])
    together = count_pairs(patterns(connection, tags))
    found = []
    for one, other in combinations(range(len(tags)), 2):
        smaller, larger = sorted((tags[one], tags[other]), key=lambda tag: (sizes[tag], tag))
        both = together[(one, other)]
        found.append(Pair(smaller, larger, both, sizes[smaller], sizes[larger], people))
    return found


def patterns(connection: sa.Connection, tags: Sequence[str]) -> Patterns:
    """How many people carry each set of these tags and no other of them.

    One statement in one pass over the tags held, in the order they are stored in. Measured on
    SQLite, a million people with five of 50 tags that have nothing to do with each other (the
    worst case: 380,000 sets): 7 CPU s, and 6 to count the pairs in them. Of the largest 20: 5,
    where joining the table with itself takes 22.

    Args:
        connection: The database.
        tags: Names; bit n of the words, counted on from word to word, is the n-th tag.
    """
    if not tags:
        return {}
    grouped: Counter[tuple[int, ...]] = Counter()
    for *words, people in connection.execute(_patterns_select(tags)):
        grouped[tuple(words)] = people
    return grouped


def _patterns_select(tags: Sequence[str]) -> sa.Select[Any]:
    bits = (
        sa.values(
            sa.column("tag", sa.Text),
            sa.column("word", sa.Integer),
            sa.column("bit", sa.BigInteger),
        )
        .data([(tag, n // BITS, 1 << n % BITS) for n, tag in enumerate(tags)])
        .cte("bits")
    )
    sums = [
        sa.func.coalesce(
            sa.cast(sa.func.sum(bits.c.bit).filter(bits.c.word == word), sa.BigInteger), 0
        ).label(f"w{word}")
        for word in range((len(tags) - 1) // BITS + 1)
    ]
    carried = (
        sa.select(HELD.c.profile_id, *sums)
        .join_from(HELD, bits, bits.c.tag == HELD.c.tag)
        .group_by(HELD.c.profile_id)
        .subquery()
    )
    words = [carried.c[column.name] for column in sums]
    return sa.select(*words, sa.func.count()).group_by(*words)


def count_pairs(found: Patterns) -> Counter[tuple[int, int]]:
    """People with both of two bits, by the bits' numbers, the smaller first.

    >>> count_pairs({(0b111,): 2, (0b101,): 3})[(0, 2)]
    5
    """
    together: Counter[tuple[int, int]] = Counter()
    for words, people in found.items():
        carried = [
            number * BITS + place
            for number, word in enumerate(words)
            for place in range(word.bit_length())
            if word >> place & 1
        ]
        for pair in combinations(carried, 2):
            together[pair] += people
    return together
