"""The evidence that joins records, as a tree and as a path: pure functions of edges."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

STRONGEST_FIRST = {"strong": 0, "medium": 1, "weak": 2, "none": 3}


class Reason(NamedTuple):
    """One field of a probabilistic match and what it weighs, in log2 of the odds."""

    field: str
    level: str
    weight: float


class Evidence(NamedTuple):
    """An edge between two records."""

    left_id: int
    right_id: int
    kind: str
    type: str
    scope: str
    value: str
    strength: str
    status: str
    reason: str
    weight: float | None
    reasons: tuple[Reason, ...]
    run_id: int

    @property
    def rank(self) -> tuple[bool, int, float, int, int]:
        """The most telling first: a human's word, platform ids, phones, weights."""
        return (
            self.kind != "human",
            STRONGEST_FIRST.get(self.strength, 9),
            -(self.weight or 0.0),
            self.left_id,
            self.right_id,
        )

    def other(self, record_id: int) -> int:
        """The record at the other end."""
        return self.right_id if record_id == self.left_id else self.left_id


class Step(NamedTuple):
    """One record of the tree: how deep it stands, and the evidence that brought it."""

    depth: int
    record_id: int
    via: Evidence | None  # None at a root


def evidence_tree(records: Iterable[int], edges: Iterable[Evidence]) -> list[Step]:
    """Every record once, below the one that brought it; roots are smallest ids.

    Each record is reached by the most telling evidence there is between it and
    what has been reached before (Prim's order), so the tree explains with the
    best it has. Records no edge reaches are roots of their own.

    Returns:
        n steps in the order of reading, in O((n + m) log m).
    """
    wanted = sorted(set(records))
    parents = _parents(wanted, [edge for edge in edges if edge.status == "linked"])
    children: dict[int | None, list[int]] = {}
    for record in wanted:
        via = parents.get(record)
        children.setdefault(via.other(record) if via else None, []).append(record)
    steps: list[Step] = []
    waiting = [(0, record) for record in reversed(children.get(None, []))]
    while waiting:
        depth, record = waiting.pop()
        steps.append(Step(depth, record, parents.get(record)))
        waiting += [(depth + 1, child) for child in reversed(children.get(record, []))]
    return steps


def _parents(wanted: Sequence[int], edges: Sequence[Evidence]) -> Mapping[int, Evidence]:
    from heapq import heappop, heappush

    beside: dict[int, list[Evidence]] = {record: [] for record in wanted}
    for edge in edges:
        if edge.left_id in beside and edge.right_id in beside:
            beside[edge.left_id].append(edge)
            beside[edge.right_id].append(edge)
    parents: dict[int, Evidence] = {}
    reached: set[int] = set()
    for root in wanted:
        heap: list[tuple[tuple[bool, int, float, int, int], str, str, int, int]] = []
        here: int | None = root if root not in reached else None
        while here is not None:
            reached.add(here)
            for number, edge in enumerate(beside[here]):
                heappush(heap, (edge.rank, edge.type, edge.value, here, number))
            here = None
            while heap and here is None:
                *_, start, number = heappop(heap)
                edge = beside[start][number]
                if edge.other(start) not in reached:
                    here = edge.other(start)
                    parents[here] = edge
    return parents


def evidence_path(steps: Sequence[Step], left: int, right: int) -> list[Evidence]:
    """The evidence from one record to another through the tree; [] where there is none."""
    via = {step.record_id: step.via for step in steps}
    up = _to_root(via, left), _to_root(via, right)
    if not up[0] or not up[1] or up[0][-1] != up[1][-1]:
        return []
    shared = set(up[0]) & set(up[1])
    climb = [record for record in up[0] if record not in shared]
    descend = [record for record in up[1] if record not in shared]
    path = [via[record] for record in [*climb, *reversed(descend)]]
    return [edge for edge in path if edge is not None]


def _to_root(via: Mapping[int, Evidence | None], record: int) -> list[int]:
    if record not in via:
        return []
    path = [record]
    while (edge := via[path[-1]]) is not None:
        path.append(edge.other(path[-1]))
    return path
