"""A condition with the place of each of its parts, so that a warning can point at one."""

from collections.abc import Iterator
from dataclasses import dataclass

from heliu.documents import Value
from heliu.errors import Place
from heliu.rules.conditions import AllOf, AnyOf, Condition, Not


@dataclass(frozen=True)
class Node:
    """One condition where it stands in its file.

    Attributes:
        joined: all, any, none or not where it has parts; "" for a leaf.
        value: What the file says there, if it was read from one.
    """

    condition: Condition
    place: Place
    joined: str = ""
    parts: "tuple[Node, ...]" = ()
    value: Value | None = None

    @property
    def leaves(self) -> "Iterator[Node]":
        """Every leaf, in reading order."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves


def nodes_of(condition: Condition, place: Place, value: Value | None = None) -> Node:
    """The parts of a condition as its file divides it; without a file, as it divides itself."""
    here = value.place if value else place
    joined, inner = _divided(condition, value)
    if not inner:
        return Node(condition, here, value=value)
    values: list[Value | None] = [None] * len(inner)
    if value is not None:
        written = value.data[joined]
        values = [written] if joined == "not" else list(written.data)
    parts = (nodes_of(part, here, one) for part, one in zip(inner, values, strict=True))
    return Node(condition, here, joined, tuple(parts), value)


def _divided(condition: Condition, value: Value | None) -> tuple[str, tuple[Condition, ...]]:
    """How a condition's parts are joined, and they; none where the file has one word for it."""
    joined: str = ""
    inner: tuple[Condition, ...] = ()
    match condition:
        case AllOf(parts):
            joined, inner = "all", parts
        case AnyOf(parts):
            joined, inner = "any", parts
        case Not(AnyOf(parts)) if value is None or value.get("none"):
            joined, inner = "none", parts
        case Not(part):
            joined, inner = "not", (part,)
    return (joined, inner) if value is None or value.get(joined) else ("", ())
