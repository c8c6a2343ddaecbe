"""Constrained union: clusters that never hold what must stay apart."""

from collections.abc import Iterable, Mapping, Sequence

APART = "decided"  # a human told them apart

Held = Mapping[tuple[str, str], frozenset[str]]  # (type, scope) → values


class Clusters:
    """A union-find over 0 … n−1 which refuses some unions.

    A union is refused where it would give a cluster two values of what a person
    has one of, or join two members a human told apart. The first unions win, so
    the caller gives them in a fixed order.

    Source: Tarjan (1975), set union with path compression; Kruskal's order.
    """

    def __init__(self, held: Sequence[Held], apart: Iterable[tuple[int, int]] = ()) -> None:
        self._parent = list(range(len(held)))
        self._held: list[Held] = list(held)
        self._apart: dict[int, set[int]] = {}
        for left, right in apart:
            self._apart.setdefault(left, set()).add(right)
            self._apart.setdefault(right, set()).add(left)

    def find(self, member: int) -> int:
        """The smallest member of the cluster this one is in."""
        parent = self._parent
        while parent[member] != member:
            parent[member] = member = parent[parent[member]]
        return member

    def refusal(self, left: int, right: int) -> str | None:
        """Why these two can't be one: the type held twice, APART, or None."""
        left, right = self.find(left), self.find(right)
        if left == right:
            return None
        if any(self.find(other) == right for other in self._apart.get(left, ())):
            return APART
        return conflict(self._held[left], self._held[right])

    def join(self, left: int, right: int, force: bool = False) -> str | None:
        """Make two clusters one, or say why not; `force` overrides what is held twice."""
        left, right = self.find(left), self.find(right)
        if left == right:
            return None
        why = self.refusal(left, right)
        if why and not (force and why != APART):
            return why
        low, high = min(left, right), max(left, right)
        self._parent[high] = low
        if self._held[high]:
            self._held[low] = merged(self._held[low], self._held[high])
        if high in self._apart:
            self._apart.setdefault(low, set()).update(self._apart.pop(high))
        return None

    def held(self, member: int) -> Held:
        """What the cluster of a member holds."""
        return self._held[self.find(member)]


def conflict(left: Held, right: Held) -> str | None:
    """The type of which both hold values and none in common; None if there is none."""
    for key, values in left.items():
        others = right.get(key)
        if others is not None and values.isdisjoint(others):
            return key[0]
    return None


def merged(left: Held, right: Held) -> Held:
    """What a cluster of both holds."""
    if not left:
        return right
    both = dict(left)
    for key, values in right.items():
        both[key] = both[key] | values if key in both else values
    return both
