"""Who is who, and why: what resolving gives."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from heliu.identity.records import Key, NormalisedRecord
from models import EdgeStatus, Strength

DECIDED = "decided different"


class Match(NamedTuple):
    """A piece of evidence on two records, used or refused; rows of `edge`."""

    left_id: int
    right_id: int
    kind: str  # deterministic, human
    type: str
    scope: str
    value: str
    strength: Strength
    status: EdgeStatus
    reason: str


class Demoted(NamedTuple):
    """A value too many different people carry: reported once, proving nothing."""

    key: Key
    holders: int
    names: int


@dataclass(frozen=True)
class Resolution:
    """Who is who.

    Attributes:
        profile_of: Record id to profile id, the smallest record id in the profile.
        edges: Evidence used and refused, sorted.
        demoted: Values that proved nothing, sorted.
        counts: Figures for the report: records, profiles, edges by kind …
    """

    profile_of: dict[int, int]
    edges: list[Match]
    demoted: list[Demoted]
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def review(self) -> list[tuple[int, int]]:
        """Pairs of records a human should look at: refused, and not by a human."""
        refused = (
            (edge.left_id, edge.right_id)
            for edge in self.edges
            if edge.status is EdgeStatus.REFUSED and edge.reason != DECIDED
        )
        return sorted(set(refused))


def count(records: Sequence[NormalisedRecord], resolution: Resolution) -> dict[str, int]:
    """Figures for the report, by what they count."""
    sizes = Counter(Counter(resolution.profile_of.values()).values())
    sources: dict[int, set[str]] = {}
    for record in records:
        sources.setdefault(resolution.profile_of[record.record_id], set()).add(record.source)
    counts = Counter(
        {
            "records": len(records),
            "profiles": sum(sizes.values()),
            "profiles of several sources": sum(len(s) > 1 for s in sources.values()),
            "largest profile": max(sizes, default=0),
            "demoted values": len(resolution.demoted),
            "pairs to review": len(resolution.review),
        }
    )
    for edge in resolution.edges:
        counts[f"edges {edge.status}: {edge.reason}"] += 1
    for record in records:
        for reason, number in record.rejected.items():
            counts[f"rejected {reason}"] += number
    return dict(counts)
