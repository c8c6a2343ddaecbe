"""What a condition claims, taken apart: claims about numbers, texts and the order of things.

Every leaf becomes claims about *subjects*: how many events of a kind lie in a
slice of the past, a field's value, how long ago it lies, a tag. `When` is about
counts too: the last event lies in a window where some lie in it and none after.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from heliu.rules.conditions import Question
from heliu.rules.sense.sets import Domain, both, passing, within
from heliu.rules.sense.slices import EVER, Slice, part_of, slice_of
from heliu.rules.vocabulary import MESSAGE_EVENTS, FieldType


class Kind(StrEnum):
    """What is claimed of."""

    COUNT = "count"  # of events
    DISTINCT = "distinct"  # values of a property
    MAX = "max"  # of a property, if any event tells it
    SUM = "sum"  # of a property, 0 if none tells it
    VALUE = "value"  # of a field or a consent, if it is known
    DATE = "date"  # of a field: its day as a number
    AGO = "ago"  # of a field: seconds or days from as-of, negative in the past
    BIRTHDAY = "birthday"  # of a field: days until its anniversary
    TRUTH = "truth"  # of a tag, or of a leaf that is looked at no closer


Where = tuple[tuple[str, Domain], ...]


@dataclass(frozen=True)
class Filter:
    """Which events: their types (None: any), what their properties are, when they were."""

    events: frozenset[str] | None
    where: Where = ()
    when: Slice = EVER

    @classmethod
    def of(cls, question: Question) -> "Filter":
        """The events a question is about; the steps before it are left to `Sequence`."""
        where: dict[str, Domain] = {}
        for word, test in question.where:
            wanted = passing(test, word.type is FieldType.NUMBER)
            where[word.name] = both(where.get(word.name, wanted), wanted)
        events = frozenset(question.types) or None
        return cls(events, tuple(sorted(where.items())), slice_of(question.window))

    @cached_property
    def _hash(self) -> int:
        return hash((self.events, self.where, self.when))

    def __hash__(self) -> int:
        return self._hash

    def during(self, when: Slice) -> "Filter":
        """The same events in another slice."""
        return Filter(self.events, self.where, when)

    @property
    def ever(self) -> "Filter":
        """The same events at any time."""
        return self.during(EVER)

    def alike(self, other: "Filter") -> bool:
        """Whether its events, wherever they lie in time, are all among the other's."""
        if not _among(self.events, other.events):
            return False
        own = dict(self.where)
        return all(name in own and within(own[name], wanted) for name, wanted in other.where)

    def part_of(self, other: "Filter") -> bool:
        """Whether each of its events is certainly among the other's."""
        return self.alike(other) and part_of(self.when, other.when)


def _among(types: frozenset[str] | None, others: frozenset[str] | None) -> bool:
    """Whether types are all among others; messages are nothing that anybody did."""
    if others is None:
        return types is None or types.isdisjoint(MESSAGE_EVENTS)
    return types is not None and types <= others


@dataclass(frozen=True)
class Subject:
    """What a claim is about: answers about events, a field by name, a leaf as text."""

    kind: Kind
    name: str = ""
    events: Filter | None = None

    @cached_property
    def _hash(self) -> int:
        return hash((self.kind, self.name, self.events))

    def __hash__(self) -> int:
        return self._hash


@dataclass(frozen=True)
class Moment:
    """The first or last of some events, at any time."""

    events: Filter
    last: bool


@dataclass(frozen=True)
class Claim:
    """A subject's answer lies in a domain."""

    subject: Subject
    domain: Domain


@dataclass(frozen=True)
class Order:
    """One moment came no later than another, or before it; both are known."""

    earlier: Moment
    later: Moment
    strict: bool


@dataclass(frozen=True)
class Both:
    """All of these; of nothing it is true."""

    parts: "tuple[Formula, ...]" = ()


@dataclass(frozen=True)
class Either:
    """One of these; of nothing it is false."""

    parts: "tuple[Formula, ...]" = field(default=())


Formula = Claim | Order | Both | Either
TRUE, FALSE = Both(), Either()
