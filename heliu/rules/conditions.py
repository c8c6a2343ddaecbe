"""What a rule says, once read: a tree of frozen nodes, equal where they mean the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from heliu.rules.vocabulary import Word
from heliu.rules.windows import Edge, Window


class Aggregate(StrEnum):
    """What is asked of the events that match."""

    COUNT = "count"
    SUM = "sum"
    MAX = "max"
    DISTINCT = "distinct"
    FIRST = "first"  # the time of the earliest
    LAST = "last"  # the time of the latest


@dataclass(frozen=True)
class Compare:
    """A number against a number; `between` includes both ends."""

    op: str  # = != < <= > >= between
    number: int
    upper: int = 0

    def __str__(self) -> str:
        return f"{self.op} {self.number}" + (f" and {self.upper}" if self.op == "between" else "")


@dataclass(frozen=True)
class OneOf:
    """Exactly one of these values."""

    values: tuple[str, ...] | tuple[int, ...]

    def __str__(self) -> str:
        return f"in {list(self.values)}"


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


ValueTest = Compare | OneOf
FieldCheck = Compare | OneOf | Exists | Between | Near | Anniversary


@dataclass(frozen=True)
class Question:
    """One thing asked of a person's events; a whole library asks each one once."""

    aggregate: Aggregate
    event: str | None  # None: any
    word: Word | None = None  # the property summed, …
    where: tuple[tuple[Word, ValueTest], ...] = ()
    window: Window | None = None

    @property
    def counts(self) -> bool:
        """Whether the answer of somebody without such events is 0, not unknown."""
        return self.aggregate in (Aggregate.COUNT, Aggregate.DISTINCT)

    def __str__(self) -> str:
        parts = [self.aggregate.value, *([self.word.name, "of"] if self.word else [])]
        parts += [self.event or "any"]
        parts += [f"where {word.name} {test}" for word, test in self.where]
        return " ".join([*parts, *([str(self.window)] if self.window else [])])


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
    """One event before another, and nothing of a third after both."""

    first: Question
    last: Question
    then_not: Question | None = None


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


Leaf = HasTag | FieldTest | Did | When | AfterLast | Sequence | Rank
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


def questions(condition: Condition) -> Iterator[Question]:
    """Every question a condition asks of events, repeats included."""
    for leaf in leaves(condition):
        match leaf:
            case Did(question) | When(question) | Rank(question):
                yield question
            case AfterLast(question, other):
                yield from (question, other)
            case Sequence(first, last, then_not):
                yield from (first, last)
                if then_not:
                    yield then_not


def tags_in(condition: Condition) -> set[str]:
    """The tags a condition reads."""
    return {name for leaf in leaves(condition) if isinstance(leaf, HasTag) for name in leaf.names}


def ranks_in(condition: Condition) -> set[Rank]:
    """The ranks a condition needs cuts for."""
    return {leaf for leaf in leaves(condition) if isinstance(leaf, Rank)}
