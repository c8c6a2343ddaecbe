"""What a rule says, once read: a tree of frozen nodes, equal where they mean the same."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from heliu.rules.asks import (
    Aggregate,
    Ask,
    Compare,
    ConsentWord,
    HandWord,
    OneOf,
    Question,
    Selected,
    ValueTest,
)
from heliu.rules.vocabulary import Word
from heliu.rules.windows import Edge, Window

__all__ = [
    "AfterLast", "Aggregate", "AllOf", "Always", "Anniversary", "AnyOf", "Ask", "Between",
    "Compare", "Condition", "ConsentTest", "Did", "Exists", "FieldCheck", "FieldTest", "HandTest",
    "HasTag", "InSegment", "Leaf", "Near", "Not", "OneOf", "Question", "Rank", "SelectTest",
    "Sequence", "ValueTest", "Verdict", "When", "asks_of", "leaves", "questions", "ranks_in",
    "rewritten", "tags_in",
]  # fmt: skip


@dataclass(frozen=True)
class Exists:
    """Known at all, or not."""

    known: bool


@dataclass(frozen=True)
class Between:
    """A time or date from an edge to another; both days are in, None is open."""

    after: Edge | None = None
    before: Edge | None = None
    inclusive: bool = False  # named days count themselves


@dataclass(frozen=True)
class Near:
    """A time or date at most this long ahead of as-of (or behind it)."""

    seconds: int
    ahead: bool


@dataclass(frozen=True)
class Anniversary:
    """A date whose day of the year is one of the next days, today the first."""

    days: int


FieldCheck = Compare | OneOf | Exists | Between | Near | Anniversary


@dataclass(frozen=True)
class Always:
    """Everybody."""


@dataclass(frozen=True)
class AllOf:
    """Every part holds."""

    parts: "tuple[Condition, ...]"


@dataclass(frozen=True)
class AnyOf:
    """At least one part holds."""

    parts: "tuple[Condition, ...]"


@dataclass(frozen=True)
class Not:
    """The part doesn't hold."""

    part: "Condition"


@dataclass(frozen=True)
class HasTag:
    """At least one of these tags holds."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class FieldTest:
    """A profile field passes a check; an unknown value passes none but `exists: false`."""

    word: Word
    check: FieldCheck


@dataclass(frozen=True)
class Did:
    """The answer to a question compares so; no events count, sum and differ to 0."""

    question: Question
    compare: Compare


@dataclass(frozen=True)
class When:
    """The first or last such event lies in a window."""

    question: Question
    window: Window


@dataclass(frozen=True)
class AfterLast:
    """The event came later than the other's last, or the other never came."""

    question: Question
    other: Question


@dataclass(frozen=True)
class Sequence:
    """Steps one after the other, each later than the one before, and then not another event.

    Attributes:
        first: When all steps but the last were first done: a FIRST, with the earlier steps
            in its `after`.
        last: The newest of the last step: a LAST.
        then_not: The newest of what must not have come after that.
    """

    first: Question
    last: Question
    then_not: Question | None = None

    @property
    def steps(self) -> tuple[Question, ...]:
        """The questions of its steps, in order."""
        return (*self.first.chain, self.last)


@dataclass(frozen=True)
class Rank:
    """Among the highest (or lowest) answers of all who have one.

    At most the share of people is taken: equals stay together, inside or out.
    """

    question: Question
    top: bool
    basis_points: int  # 2000 is 20 %

    def __str__(self) -> str:
        share = f"{self.basis_points / 100:g}%"
        return f"{'top' if self.top else 'bottom'} {share} by {self.question}"


class Verdict(StrEnum):
    """What a person said to being written to."""

    GRANTED = "granted"
    REFUSED = "refused"
    UNKNOWN = "unknown"  # nobody asked


@dataclass(frozen=True)
class ConsentTest:
    """The word on a channel and topic is this one; answers are 1, 0 and none."""

    question: ConsentWord
    verdict: Verdict


@dataclass(frozen=True)
class HandTest:
    """A human says that the tag holds (or doesn't); answers are 1, 0 and none."""

    question: HandWord
    holds: bool


@dataclass(frozen=True)
class SelectTest:
    """A SELECT of the firm's own returns the person; answers are 1 and none."""

    question: Selected


@dataclass(frozen=True)
class InSegment:
    """Another segment's condition holds; loading puts that condition in its place."""

    name: str


Leaf = (
    HasTag | FieldTest | Did | When | AfterLast | Sequence | Rank
    | ConsentTest | HandTest | SelectTest | InSegment
)  # fmt: skip
Condition = Always | AllOf | AnyOf | Not | Leaf


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Every leaf of a condition, in reading order."""
    match condition:
        case Always():
            return
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case _:
            yield condition


def rewritten(condition: Condition, change: Callable[[Leaf], Condition]) -> Condition:
    """The same condition with each leaf changed."""
    match condition:
        case Always():
            return condition
        case AllOf(parts):
            return AllOf(tuple(rewritten(part, change) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(rewritten(part, change) for part in parts))
        case Not(part):
            return Not(rewritten(part, change))
        case _:
            return change(condition)


def asks_of(leaf: Leaf) -> Iterator[Ask]:
    """What one leaf measures, the earlier steps of a sequence each by themselves."""
    match leaf:
        case AfterLast(question, other):
            yield from (question, other)
        case Sequence():
            yield from leaf.steps
            if leaf.then_not:
                yield leaf.then_not
        case HasTag() | FieldTest() | InSegment():
            return
        case _:
            yield leaf.question


def questions(condition: Condition) -> Iterator[Ask]:
    """Every question a condition asks, repeats included."""
    for leaf in leaves(condition):
        yield from asks_of(leaf)


def tags_in(condition: Condition) -> set[str]:
    """The tags a condition reads."""
    return {name for leaf in leaves(condition) if isinstance(leaf, HasTag) for name in leaf.names}


def ranks_in(condition: Condition) -> set[Rank]:
    """The ranks a condition needs cuts for."""
    return {leaf for leaf in leaves(condition) if isinstance(leaf, Rank)}
