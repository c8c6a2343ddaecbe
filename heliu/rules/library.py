"""The rules of a firm as one whole: tags in layers, hashes, segments."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from graphlib import CycleError, TopologicalSorter

from heliu.documents import Value
from heliu.errors import Place
from heliu.rules.conditions import (
    AllOf,
    AnyOf,
    Ask,
    Condition,
    Not,
    Rank,
    questions,
    ranks_in,
    tags_in,
)
from heliu.rules.examples import Example

Unit = tuple["TagRule", ...]  # one tag, or an exclusive group in order


@dataclass(frozen=True)
class TagRule:
    """A tag of the library: its words for people, its condition, its examples.

    Attributes:
        condition: All of it, with what `expires`, `manual` and `sql` add to `when`.
        order: Its turn in an exclusive group (the first that holds wins), or None.
        written: `when` as the file says it; None where it has none.
        manual: Hands may set it; with `when` or `sql` they overrule that.
        local: Never told to any platform.
        expires_seconds: How long the newest event that speaks for it counts.
        max_age_seconds: How old it may be when somebody uses it.
        file: What it was read from, with the place of every word.
    """

    name: str
    title: str
    condition: Condition
    place: Place = field(compare=False)
    group: str | None = None
    order: int | None = None
    says: str | None = None
    owner: str | None = None
    examples: tuple[Example, ...] = field(default=(), compare=False)
    written: Condition | None = None
    manual: bool = False
    local: bool = False
    expires_seconds: int | None = None
    max_age_seconds: int | None = None
    file: Value | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class SegmentRule:
    """A named rule that selects profiles.

    Attributes:
        condition: With the conditions of other segments it names in their place.
        reads: The segments it names itself.
        file: What it was read from, with the place of every word.
    """

    name: str
    title: str
    condition: Condition
    place: Place = field(compare=False)
    says: str | None = None
    owner: str | None = None
    examples: tuple[Example, ...] = field(default=(), compare=False)
    reads: frozenset[str] = frozenset()
    file: Value | None = field(default=None, compare=False, repr=False)

    @property
    def rule_hash(self) -> str:
        """Changes when the condition means something else."""
        return _hash(repr(self.condition))


@dataclass(frozen=True)
class Library:
    """All tags that are in force, by name.

    Attributes:
        lent: Ranks that others (segments) read: their cuts come from the tag run as well.
        known: Names of all files, also of those that could not be read: they were told of.
    """

    tags: Mapping[str, TagRule]
    lent: frozenset[Rank] = frozenset()
    known: frozenset[str] = field(default=frozenset(), compare=False)

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """Tags by themselves, and exclusive groups in their order."""
        groups: dict[str, list[TagRule]] = {}
        for rule in sorted(self.tags.values(), key=lambda rule: rule.name):
            exclusive = rule.group if rule.order is not None and rule.group else None
            groups.setdefault(f"group {exclusive}" if exclusive else rule.name, []).append(rule)
        ordered = (sorted(unit, key=lambda rule: rule.order or 0) for unit in groups.values())
        return tuple(tuple(unit) for unit in ordered)

    @cached_property
    def layers(self) -> tuple[tuple[Unit, ...], ...]:
        """Units such that each reads only tags of earlier layers.

        Raises:
            graphlib.CycleError: Tags read each other in a circle; loading refuses such a library.
        """
        sorter = TopologicalSorter(_dependencies(self.units))
        sorter.prepare()
        layers = []
        by_lead = {unit[0].name: unit for unit in self.units}
        while sorter.is_active():
            ready = sorted(sorter.get_ready())
            layers.append(tuple(by_lead[lead] for lead in ready))
            sorter.done(*ready)
        return tuple(layers)

    @cached_property
    def questions(self) -> tuple[Ask, ...]:
        """Everything asked of people's facts, each once, in a stable order."""
        asked = {q for rule in self.tags.values() for q in questions(rule.condition)}
        asked |= {rank.question for rank in self.lent}
        return tuple(sorted(asked, key=repr))

    @cached_property
    def ranks(self) -> tuple[Rank, ...]:
        """Every distinct rank, in a stable order."""
        found = {rank for rule in self.tags.values() for rank in ranks_in(rule.condition)}
        return tuple(sorted(found | self.lent, key=str))

    def lend(self, readers: Iterable[SegmentRule]) -> "Library":
        """The same library with the ranks that these read beside its own."""
        read = (ranks_in(reader.condition) for reader in readers)
        return replace(self, lent=frozenset().union(self.lent, *read))

    def part(self, names: Iterable[str]) -> "Library":
        """The part that decides these tags: they, their exclusive groups, and all these read."""
        unit_of = {rule.name: unit for unit in self.units for rule in unit}
        wanted, waiting = set[str](), [name for name in names if name in self.tags]
        while waiting:
            for rule in unit_of[waiting.pop()]:
                if rule.name not in wanted:
                    wanted.add(rule.name)
                    waiting += tags_in(rule.condition) & unit_of.keys()
        return Library({name: rule for name, rule in self.tags.items() if name in wanted})

    def effective(self, name: str) -> Condition:
        """A tag's condition, and that no earlier one of its group holds."""
        unit = next(unit for unit in self.units if any(rule.name == name for rule in unit))
        names = [rule.name for rule in unit]
        earlier = tuple(rule.condition for rule in unit[: names.index(name)])
        own = self.tags[name].condition
        return AllOf((own, Not(AnyOf(earlier)))) if earlier else own

    @cached_property
    def rule_hashes(self) -> dict[str, str]:
        """Tag to a hash that changes when it, or any tag it reads, means something else."""
        hashes: dict[str, str] = {}
        for layer in self.layers:
            for unit in layer:
                read = sorted(set().union(*(tags_in(rule.condition) for rule in unit)))
                below = [hashes[tag] for tag in read]
                for rule in unit:
                    hashes[rule.name] = _hash(repr(self.effective(rule.name)), *below)
        return hashes

    @cached_property
    def hash(self) -> str:
        """One hash over the names and meanings of all tags, and the ranks lent."""
        tags = (f"{name} {self.rule_hashes[name]}" for name in sorted(self.tags))
        return _hash(*tags, *sorted(repr(rank) for rank in self.lent))


def _dependencies(units: Iterable[Unit]) -> dict[str, set[str]]:
    """The first tag of each unit to the first tags of the units it reads."""
    lead = {rule.name: unit[0].name for unit in units for rule in unit}
    return {
        unit[0].name: {lead[tag] for rule in unit for tag in tags_in(rule.condition) if tag in lead}
        for unit in units
    }


def cycles(units: Iterable[Unit]) -> list[list[str]]:
    """Tags that read each other in a circle, one list for each circle found."""
    graph = _dependencies(units)
    found = []
    while True:
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            circle = sorted(set(error.args[1]))
            found.append(circle)
            graph = {
                name: reads - set(circle) for name, reads in graph.items() if name not in circle
            }
        else:
            return found


def _hash(*parts: str) -> str:
    text = json.dumps(parts, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
