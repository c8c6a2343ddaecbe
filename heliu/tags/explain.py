"""Why a person carries a tag, or doesn't: its condition as written, each leaf with its measure.

The verdict is the reference engine's, so it is what every other engine stores.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from heliu.rules.conditions import AllOf, Always, AnyOf, Condition, HasTag, Leaf, Not
from heliu.rules.library import Library, TagRule
from heliu.rules.person import Person
from heliu.rules.reference import Cuts, Reference, tags_of
from heliu.rules.windows import Clock
from heliu.tags.foresight import HORIZON_DAYS, NextChange, next_change
from heliu.tags.measured import Evidence, evidence_of, measured
from heliu.tags.said import Said, Shown
from heliu.tags.wording import leaf_said

GROUPS = {
    "all": Said("全部满足", "all of"),
    "any": Said("满足任一", "any of"),
    "none": Said("均不满足", "none of"),
    "not": Said("不满足", "not"),
    "fresh": Said("未过期：近期仍有依据", "not expired: something lately speaks for it, any of"),
}


@dataclass(frozen=True)
class Node:
    """A condition and what came of it.

    Attributes:
        kind: all, any, none, not, always, fresh (what `expires` adds), earlier (of an
            exclusive group), tag, or leaf.
        holds: Whether it is true of the person.
        says: What it asks.
        measured: Of a leaf, what the person has.
        evidence: Of a leaf on events, those behind it.
        parts: What it is made of; of a tag leaf, the tags it names.
        tag: Of a tag, its name.
    """

    kind: str
    holds: bool
    says: Said
    measured: Said | None = None
    evidence: Evidence | None = None
    parts: "tuple[Node, ...]" = ()
    tag: str | None = None


@dataclass(frozen=True)
class TagExplanation:
    """Why a person carries a tag or doesn't, at one moment.

    Attributes:
        tag: Its name.
        title: What people call it.
        says: What its author says of it.
        as_of: The moment.
        holds: Whether the person carries it.
        tree: The condition, and that no earlier member of its group holds.
        next: When that changes if nothing happens; None: not within the horizon.
        ranks: Whether ranks play a part: their cuts were taken to stay as they are.
    """

    tag: str
    title: str
    says: str | None
    as_of: datetime
    holds: bool
    tree: Node
    next: NextChange | None
    ranks: bool = False


def explain_tag(
    library: Library,
    person: Person,
    tag: str,
    clock: Clock,
    cuts: Cuts,
    shown: Shown,
    horizon_days: int = HORIZON_DAYS,
) -> TagExplanation:
    """Tell why a person carries a tag, or why not.

    Args:
        library: Tags in force.
        person: All that is known of one at as-of.
        tag: One of the library's.
        clock: As-of and the firm's zone.
        cuts: Rank to cut, as a tag run stored them.
        shown: How values may be shown; nothing plain leaves this function otherwise.
        horizon_days: How far to look ahead for the next change.

    Raises:
        KeyError: No such tag.
    """
    rule = library.tags[tag]
    part = library.part([tag])
    carried = tags_of(part, person, clock, cuts)
    told = _Teller(part, Reference(person, clock, cuts, carried), shown).tag(tag)
    return TagExplanation(
        tag,
        rule.title,
        rule.says,
        clock.as_of,
        told.holds,
        told,
        next_change(part, person, tag, clock, cuts, horizon_days),
        bool(part.ranks),
    )


@dataclass
class _Teller:
    """Walks the conditions of a library for one person; each tag is told once."""

    library: Library
    judge: Reference
    shown: Shown
    told: set[str] = field(default_factory=set)

    def tag(self, name: str) -> Node:
        """A tag's verdict and, where it is met first, why."""
        bare, rule = self._bare(name), self.library.tags[name]
        if name in self.told:
            return bare
        self.told.add(name)
        return replace(bare, parts=(self.node(rule.condition), *self._earlier(rule)))

    def _bare(self, name: str) -> Node:
        title = self.library.tags[name].title
        says = Said(f"标签 {name} {title}", f"tag {name}")
        return Node("tag", name in self.judge.tags, says, tag=name)

    def _earlier(self, rule: TagRule) -> Iterator[Node]:
        unit = next(unit for unit in self.library.units if rule in unit)
        for other in unit[: unit.index(rule)]:
            node = self.node(other.condition)
            says = Said(f"且不满足同组在前的 {other.name}", f"and not earlier member {other.name}")
            yield Node("earlier", not node.holds, says, parts=(node,), tag=other.name)

    def node(self, condition: Condition) -> Node:
        """A condition with all within it."""
        match condition:
            case Always():
                return Node("always", True, Said("所有人", "everybody"))
            case AllOf(parts):
                return self._group("all", condition, parts)
            case AnyOf(parts):
                kind = "fresh" if condition in self._expiries else "any"
                return self._group(kind, condition, parts)
            case Not(AnyOf(parts)):
                return self._group("none", condition, parts)
            case Not(part):
                return self._group("not", condition, (part,))
        return self._leaf(condition)

    def _leaf(self, leaf: Leaf) -> Node:
        judge, shown = self.judge, self.shown
        says = leaf_said(leaf, shown, judge.clock.zone)
        if isinstance(leaf, HasTag):
            return Node("leaf", judge.holds(leaf), says, parts=tuple(self._named(leaf)))
        told = measured(leaf, judge, shown), evidence_of(leaf, judge, shown)
        return Node("leaf", judge.holds(leaf), says, *told)

    def _group(self, kind: str, condition: Condition, parts: tuple[Condition, ...]) -> Node:
        inner = tuple(self.node(part) for part in parts)
        return Node(kind, self.judge.holds(condition), GROUPS[kind], parts=inner)

    @cached_property
    def _expiries(self) -> set[Condition]:
        """What `expires` adds to rules, as loading writes it: all of that, and any of these."""
        added = (_added(rule) for rule in self.library.tags.values() if rule.expires_seconds)
        return {condition for condition in added if condition is not None}

    def _named(self, leaf: HasTag) -> Iterator[Node]:
        """The tags a leaf names: told in full if there is one, else those that hold first."""
        if len(leaf.names) == 1:
            yield self.tag(leaf.names[0])
            return
        for name in sorted(leaf.names, key=lambda name: name not in self.judge.tags):
            yield self.tag(name) if name in self.judge.tags else self._bare(name)


def _added(rule: TagRule) -> Condition | None:
    """The last part of a rule that is not in what its file says."""
    condition = rule.condition
    added = isinstance(condition, AllOf) and condition != rule.written
    return condition.parts[-1] if isinstance(condition, AllOf) and added else None
