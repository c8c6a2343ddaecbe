"""Why a rule's verdict on one person is another: the leaves it rests on, before and after."""

from collections.abc import Iterator
from dataclasses import dataclass

from heliu.rules.conditions import AllOf, Always, AnyOf, Condition, FieldTest, Leaf, Not, leaves
from heliu.rules.library import Library
from heliu.rules.reference import Cuts, Person, Reference, tags_of
from heliu.rules.windows import Clock
from heliu.tags.measured import measured
from heliu.tags.said import Said, Shown
from heliu.tags.wording import leaf_said


@dataclass(frozen=True)
class Reason:
    """One leaf that speaks for a verdict on one side only.

    Attributes:
        says: What is asked.
        before: Whether it held; None where the old rules don't ask it.
        after: Whether it holds; None where the new rules don't ask it.
        measured: What the person has of it; None of a tag, and of a field, which is theirs.
    """

    says: Said
    before: bool | None
    after: bool | None
    measured: Said | None


@dataclass(frozen=True)
class Verdict:
    """What the reference engine makes of one rule and one person.

    Attributes:
        holds: Whether the rule holds; one that isn't there holds for nobody.
        asked: Every leaf of the rule and whether it holds.
        decisive: Those the verdict rests on, in reading order.
    """

    holds: bool
    asked: dict[Leaf, bool]
    decisive: tuple[Leaf, ...]


@dataclass(frozen=True)
class Bench:
    """One person before one library.

    Attributes:
        judge: The reference engine, given the tags the library gives the person.
    """

    library: Library
    judge: Reference

    @classmethod
    def of(cls, library: Library, person: Person, clock: Clock, cuts: Cuts) -> "Bench":
        """Judge a person by every rule of a library."""
        carried = tags_of(library, person, clock, cuts)
        return cls(library, Reference(person, clock, cuts, carried))

    def verdict(self, name: str) -> Verdict:
        """Of one rule, its exclusive group included."""
        if name not in self.library.tags:
            return Verdict(False, {}, ())
        condition = self.library.effective(name)
        asked = {leaf: self.judge.holds(leaf) for leaf in leaves(condition)}
        decisive = tuple(dict.fromkeys(decisive_leaves(condition, self.judge)))
        return Verdict(self.judge.holds(condition), asked, decisive)


def decisive_leaves(condition: Condition, judge: Reference) -> Iterator[Leaf]:
    """The leaves that make a condition what it is: each alone for `any`, all of them for `all`."""
    match condition:
        case Always():
            return
        case Not(part):
            yield from decisive_leaves(part, judge)
        case AllOf(parts) | AnyOf(parts):
            holds = judge.holds(condition)
            for part in parts:
                if judge.holds(part) == holds:
                    yield from decisive_leaves(part, judge)
        case _:
            yield condition


def reasons_for(name: str, before: Bench, after: Bench, shown: Shown) -> tuple[Reason, ...]:
    """What speaks for the change of a verdict, leaves of the new rule first.

    Leaves that both rules ask and that hold alike explain nothing and are left out,
    unless there is nothing else: then the same leaves are put together otherwise.

    Args:
        name: Of the rule.
        before: The person before the old rules.
        after: The same person before the new ones.
        shown: How a personal value may be shown that a rule itself names.
    """
    old, new = before.verdict(name), after.verdict(name)
    told = [
        _reason(leaf, old.asked.get(leaf), new.asked.get(leaf), before, after, shown)
        for leaf in dict.fromkeys((*new.decisive, *old.decisive))
    ]
    return tuple(reason for reason in told if reason.before != reason.after) or tuple(told)


def _reason(
    leaf: Leaf, old: bool | None, new: bool | None, before: Bench, after: Bench, shown: Shown
) -> Reason:
    judge = before.judge if new is None else after.judge
    value = None if isinstance(leaf, FieldTest) else measured(leaf, judge, shown)
    return Reason(leaf_said(leaf, shown, judge.clock.zone), old, new, value)
