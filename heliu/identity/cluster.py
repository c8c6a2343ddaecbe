"""Set union: clusters that never hold what must stay apart, and plain components."""

from collections.abc import Iterable, Sequence

APART = "decided"  # a human told them apart

# What a cluster holds of which a person has one: ((type, scope), value) of each.
Held = tuple[tuple[tuple[str, str], str], ...]


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
        self.grown: set[int] = set()  # holds every root of more than one member
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
        if self._apart and self._told_apart(left, right):
            return APART
        return conflict(self._held[left], self._held[right])

    def join(self, left: int, right: int, force: bool = False) -> str | None:
        """Make two clusters one, or say why not; `force` overrides what is held twice."""
        left, right = self.find(left), self.find(right)
        if left == right:
            return None
        if self._apart and self._told_apart(left, right):
            return APART
        mine, theirs = self._held[left], self._held[right]
        if mine and theirs and (why := conflict(mine, theirs)) and not force:
            return why
        low, high = (left, right) if left < right else (right, left)
        self._parent[high] = low
        self.grown.add(low)
        if mine and theirs:
            self._held[low] = merged(mine, theirs)
        else:
            self._held[low] = mine or theirs
        if high in self._apart:
            self._apart.setdefault(low, set()).update(self._apart.pop(high))
        return None

    def held(self, member: int) -> Held:
        """What the cluster of a member holds."""
        return self._held[self.find(member)]

    def _told_apart(self, left: int, right: int) -> bool:
        return any(self.find(other) == right for other in self._apart.get(left, ()))


class Components:
    """A union-find over 0 … n−1 that refuses nothing: whatever one value relates is tied."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def find(self, member: int) -> int:
        """The smallest member of the component this one is in."""
        parent = self._parent
        while parent[member] != member:
            parent[member] = member = parent[parent[member]]
        return member

    def tie(self, members: Sequence[int]) -> None:
        """Make one component of all of them."""
        parent, find = self._parent, self.find
        low = find(members[0])
        for member in members[1:]:
            other = find(member)
            if other < low:
                low, other = other, low
            parent[other] = low


def conflict(left: Held, right: Held) -> str | None:
    """The type of which both hold values and none in common; None if there is none."""
    for kind, _ in left:
        theirs = [value for other, value in right if other == kind]
        if theirs and not any(other == kind and value in theirs for other, value in left):
            return kind[0]
    return None


def merged(left: Held, right: Held) -> Held:
    """What a cluster of both holds."""
    return (*left, *(one for one in right if one not in left))
