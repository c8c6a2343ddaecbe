"""Who is who, and why: what resolving gives."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from heliu.identity.records import Key
from models import EdgeStatus, Strength

DECIDED = "decided different"
SURENESS = {Strength.STRONG: 0, Strength.MEDIUM: 1, Strength.WEAK: 2, Strength.NONE: 3}


class Match(NamedTuple):
    """A piece of evidence on two records, used or refused; rows of `edge`."""

    left_id: int
    right_id: int
    kind: str  # deterministic, probabilistic, human
    type: str
    scope: str
    value: str
    strength: Strength
    status: EdgeStatus
    reason: str
    weight: float | None = None  # log2 of the odds, where it is probabilistic
    detail: str = ""  # JSON: field by field, where it is probabilistic


class Demoted(NamedTuple):
    """A value too many different people carry: reported once, proving nothing."""

    key: Key
    holders: int
    names: int  # 0 where the number of holders alone says so


class Question(NamedTuple):
    """Two records that may be one person, for a human; rows of `review_item`."""

    left_id: int
    right_id: int
    type: str
    scope: str
    value: str
    reason: str
    weight: float | None = None


@dataclass(frozen=True)
class Resolution:
    """Who is who.

    Attributes:
        profile_of: Record id to profile id: the smallest record id in the profile,
            or one handed over to a member.
        edges: Evidence used and refused, sorted.
        demoted: Values that proved nothing, sorted.
        component_of: Record id to the smallest record id of all whose fate hangs
            together with it: whatever one value relates, joined or refused.
    """

    profile_of: dict[int, int]
    edges: list[Match]
    demoted: list[Demoted]
    component_of: dict[int, int] = field(default_factory=dict)

    @property
    def questions(self) -> list[Question]:
        """What a human should look at: refused, and not by a human; one a pair of profiles."""
        best: dict[tuple[int, int], Match] = {}
        for edge in self.edges:
            if edge.status is EdgeStatus.REFUSED and edge.reason != DECIDED:
                left, right = self.profile_of[edge.left_id], self.profile_of[edge.right_id]
                pair = (left, right) if left < right else (right, left)
                if pair not in best or _surer(edge, best[pair]):
                    best[pair] = edge
        return sorted(
            Question(*edge[:2], *edge[3:6], edge.reason, edge.weight) for edge in best.values()
        )

    @property
    def review(self) -> list[tuple[int, int]]:
        """The pairs of records that stand for the questions."""
        return [(one.left_id, one.right_id) for one in self.questions]


def _surer(edge: Match, other: Match) -> bool:
    return (SURENESS[edge.strength], edge[:6]) < (SURENESS[other.strength], other[:6])


def count_edges(edges: Iterable[Match]) -> dict[str, int]:
    """Evidence by status and reason, for the report."""
    return dict(Counter(f"edges {edge.status}: {edge.reason}" for edge in edges))
