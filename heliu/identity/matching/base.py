"""What matching gives to resolving."""

from typing import NamedTuple


class Scored(NamedTuple):
    """Two units and how likely they are one person."""

    left: int  # places of the units in the list that was matched, smaller first
    right: int
    weight: float  # log2 of the odds
    detail: str  # JSON: [{"field", "level", "weight"}, …]


class Matches(NamedTuple):
    """Pairs of units: to be joined, in this order; to be shown to a human."""

    links: list[Scored]
    doubts: list[Scored]
