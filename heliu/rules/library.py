"""The rules of a firm as one whole: tags in layers, hashes, segments."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import CycleError, TopologicalSorter

from heliu.errors import Place
from heliu.rules.conditions import (
    AllOf,
    AnyOf,
    Condition,
    Not,
    Question,
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
        order: Its turn in an exclusive group (the first that holds wins), or None.
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


@dataclass(frozen=True)
class SegmentRule:
    """A named rule that selects profiles."""

    name: str
    title: str
    condition: Condition
    place: Place = field(compare=False)
    says: str | None = None
    owner: str | None = None
    examples: tuple[Example, ...] = field(default=(), compare=False)

    @property
    def rule_hash(self) -> str:
        """Changes when the condition means something else."""
        return _hash(repr(self.condition))


@dataclass(frozen=True)
class Library:
    """All tags that are in force, by name."""

    tags: Mapping[str, TagRule]

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
    def questions(self) -> tuple[Question, ...]:
        """Every distinct question about events, in a stable order."""
        asked = {q for rule in self.tags.values() for q in questions(rule.condition)}
        return tuple(sorted(asked, key=repr))

    @cached_property
    def ranks(self) -> tuple[Rank, ...]:
        """Every distinct rank, in a stable order."""
        found = {rank for rule in self.tags.values() for rank in ranks_in(rule.condition)}
        return tuple(sorted(found, key=str))

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
        """One hash over the names and meanings of all tags."""
        return _hash(*(f"{name} {self.rule_hashes[name]}" for name in sorted(self.tags)))


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
