"""The figures of the whole: kept with the published profiles, moved by what a run changes.

Counting a million rows takes longer than a small run may. So a run that resolves
everything measures, and any other adds what came and takes what went.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple

import sqlalchemy as sa

from heliu.identity.resolution import Match
from heliu.identity.tables.audit import Figures
from models import Edge, Profile

EDGE: sa.Table = Edge.__table__  # type: ignore[attr-defined]
PROFILE: sa.Table = Profile.__table__  # type: ignore[attr-defined]
LISTED = 10  # of the largest profiles


class Sized(NamedTuple):
    """A profile as it is counted."""

    id: int
    records: int
    sources: int


class Evidence(NamedTuple):
    """What edges are counted by."""

    kind: str
    type: str
    status: str
    reason: str


@dataclass
class Whole:
    """All profiles and evidence, in numbers.

    Attributes:
        sizes: Records in a profile → profiles of that size; none are 0.
        linked_profiles: Profiles known to two sources or more.
        linked_records: Records in those.
        largest: The ten largest profiles, by records, then id.
        edges: Evidence → edges; none are 0.
        model: The hash of the matching model that took part; "" for none.
    """

    sizes: Counter[int] = field(default_factory=Counter)
    linked_profiles: int = 0
    linked_records: int = 0
    largest: list[Sized] = field(default_factory=list)
    edges: Counter[Evidence] = field(default_factory=Counter)
    model: str = ""

    @property
    def figures(self) -> Figures:
        """What the audit compares."""
        return Figures(
            records=sum(size * number for size, number in self.sizes.items()),
            profiles=self.sizes.total(),
            largest=max(self.sizes, default=0),
        )

    def as_json(self) -> str:
        """One line of JSON, the same for equal wholes."""
        figures = self.figures
        return json.dumps(
            {
                "records": figures.records,
                "profiles": figures.profiles,
                "sizes": {str(size): number for size, number in sorted(self.sizes.items())},
                "linked_profiles": self.linked_profiles,
                "linked_records": self.linked_records,
                "largest": self.largest,
                "model": self.model,
                "edges": [[*key, number] for key, number in sorted(self.edges.items())],
            },
            ensure_ascii=False,
        )


def read_whole(text: str) -> Whole:
    """The whole from its JSON; nothing is nothing."""
    plain = json.loads(text or "{}")
    return Whole(
        Counter({int(size): number for size, number in plain.get("sizes", {}).items()}),
        plain.get("linked_profiles", 0),
        plain.get("linked_records", 0),
        [Sized(*row) for row in plain.get("largest", [])],
        Counter({Evidence(*key): number for *key, number in plain.get("edges", [])}),
        plain.get("model", ""),
    )


def measure(connection: sa.Connection, edges: Iterable[Match] | None = None) -> Whole:
    """Count it all.

    Args:
        connection: Only read.
        edges: All edges there are, where they are at hand: counting them there takes
            a seventh of what the table takes.
    """
    linked = sa.case((PROFILE.c.sources >= 2, 1), else_=0)
    rows = connection.execute(
        sa.select(PROFILE.c.records, linked, sa.func.count()).group_by(PROFILE.c.records, linked)
    )
    whole = Whole()
    for records, is_linked, number in rows:
        whole.sizes[records] += number
        whole.linked_profiles += is_linked * number
        whole.linked_records += is_linked * number * records
    whole.largest = largest_profiles(connection)
    whole.edges = _read_evidence(connection) if edges is None else count_evidence(edges)
    return whole


def count_evidence(edges: Iterable[Match]) -> Counter[Evidence]:
    """Edges by what they are counted by."""
    found = Counter(map(attrgetter(*Evidence._fields), edges))
    return Counter(
        {
            Evidence(kind, type_, str(status), why): n
            for (kind, type_, status, why), n in found.items()
        }
    )


def _read_evidence(connection: sa.Connection) -> Counter[Evidence]:
    keys = [EDGE.c[name] for name in Evidence._fields]
    rows = connection.execute(sa.select(*keys, sa.func.count()).group_by(*keys))
    return Counter({Evidence(*key): number for *key, number in rows})


def largest_profiles(connection: sa.Connection) -> list[Sized]:
    """The ten largest; a scan."""
    columns = (PROFILE.c.id, PROFILE.c.records, PROFILE.c.sources)
    order = (PROFILE.c.records.desc(), PROFILE.c.id)
    return [
        Sized(*row)
        for row in connection.execute(sa.select(*columns).order_by(*order).limit(LISTED))
    ]


def move(
    connection: sa.Connection,
    whole: Whole,
    *,
    gone: Iterable[Sized],
    come: Iterable[Sized],
    edges_gone: Iterable[Evidence] = (),
    edges_come: Iterable[Evidence] = (),
) -> Whole:
    """The whole after a run; equal to `measure` and without its scans, but for a rare one.

    Args:
        connection: After the run's rows are written; asked only where one of the
            ten largest became smaller, as nothing else tells who takes its place.
        whole: Before.
        gone: Profiles that are no more, or were as told before.
        come: Profiles that are new, or are as told now.
        edges_gone: Evidence that is no more, one an edge.
        edges_come: Evidence that is new, one an edge.
    """
    gone, come = list(gone), list(come)
    after = Whole(
        Counter(whole.sizes), whole.linked_profiles, whole.linked_records, [], Counter(whole.edges)
    )
    for sign, profiles in ((-1, gone), (1, come)):
        for _, records, sources in profiles:
            after.sizes[records] += sign
            after.linked_profiles += sign * (sources >= 2)
            after.linked_records += sign * (sources >= 2) * records
    after.edges.subtract(Counter(edges_gone))
    after.edges.update(Counter(edges_come))
    after.sizes, after.edges = +after.sizes, +after.edges
    after.largest = _largest(whole, gone, come) or largest_profiles(connection)
    return after


def _largest(whole: Whole, gone: list[Sized], come: list[Sized]) -> list[Sized]:
    """The ten largest by what was known of them; nothing where that doesn't tell."""
    was = {one.id: one for one in whole.largest}
    now = {one.id: one for one in come}
    for one in gone:
        if one.id in was and (one.id not in now or now[one.id].records < one.records):
            return []
    found = sorted((was | now).values(), key=lambda one: (-one.records, one.id))
    return found[:LISTED]
