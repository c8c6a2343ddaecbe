"""The same rules in plain Python, for one person: the meaning SQL is held to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from heliu.rules.conditions import (
    AfterLast,
    Aggregate,
    AllOf,
    Always,
    Anniversary,
    AnyOf,
    Compare,
    Condition,
    Did,
    Exists,
    FieldTest,
    HasTag,
    Not,
    OneOf,
    Question,
    Rank,
    ValueTest,
    When,
)
from heliu.rules.conditions import Sequence as SequenceOf
from heliu.rules.library import Library
from heliu.rules.spans import anniversary_days, date_span, time_span
from heliu.rules.vocabulary import FieldType
from heliu.rules.windows import Clock

Scalar = str | int | None  # a text, an ISO date, a number, an instant in epoch seconds
Cuts = Mapping[str, int | None]  # rank, as text, to its cut

COMPARISONS: dict[str, Callable[[int, Compare], bool]] = {
    "=": lambda value, than: value == than.number,
    "!=": lambda value, than: value != than.number,
    "<": lambda value, than: value < than.number,
    "<=": lambda value, than: value <= than.number,
    ">": lambda value, than: value > than.number,
    ">=": lambda value, than: value >= than.number,
    "between": lambda value, than: than.number <= value <= than.upper,
}


@dataclass(frozen=True)
class Happening:
    """One event of a person: its type, when in epoch seconds, its properties by name."""

    type: str
    at: int
    properties: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True)
class Person:
    """What rules may see of one profile."""

    fields: Mapping[str, Scalar] = field(default_factory=dict)
    events: Sequence[Happening] = ()


@dataclass(frozen=True)
class Reference:
    """Judges conditions on one person at one moment.

    Attributes:
        cuts: Rank to cut, as a tag run stored them; a rank without a cut holds for nobody.
        tags: The tags the person carries already.
    """

    person: Person
    clock: Clock
    cuts: Cuts = field(default_factory=dict)
    tags: frozenset[str] = frozenset()

    def holds(self, condition: Condition) -> bool:  # noqa: PLR0911 - one for each kind of node
        """Whether a condition is true of the person."""
        match condition:
            case Always():
                return True
            case AllOf(parts):
                return all(self.holds(part) for part in parts)
            case AnyOf(parts):
                return any(self.holds(part) for part in parts)
            case Not(part):
                return not self.holds(part)
            case HasTag(names):
                return not self.tags.isdisjoint(names)
            case FieldTest():
                return self._field(condition)
            case Rank(question):
                return self._rank(condition, self.answer(question))
            case Did(question, compare):
                return self._did(question, compare)
            case When(question, window):
                low, high = self.clock.span(window)
                return _inside(self.answer(question), low, high)
            case AfterLast(question, other):
                return _later(self.answer(question), self.answer(other))
            case SequenceOf(first, last, then_not):
                start, end = self.answer(first), self.answer(last)
                if start is None or end is None or not start < end:
                    return False
                return then_not is None or not _later(self.answer(then_not), end)

    def answer(self, question: Question) -> int | None:
        """What a question comes to; None where no event has anything to say."""
        found = [event for event in self.person.events if self._matches(event, question)]
        if question.aggregate is Aggregate.COUNT:
            return len(found)
        if question.aggregate in (Aggregate.FIRST, Aggregate.LAST):
            times = [event.at for event in found]
            pick = min if question.aggregate is Aggregate.FIRST else max
            return pick(times) if times else None
        assert question.word is not None  # the parser sees to it
        told = [event.properties.get(question.word.name) for event in found]
        known = [value for value in told if value is not None]
        if question.aggregate is Aggregate.DISTINCT:
            return len(set(known))
        numbers = [int(value) for value in known]
        if not numbers:
            return None
        return sum(numbers) if question.aggregate is Aggregate.SUM else max(numbers)

    def _matches(self, event: Happening, question: Question) -> bool:
        if event.at > self.clock.at or question.event not in (None, event.type):
            return False
        if question.window and not _inside(event.at, *self.clock.span(question.window)):
            return False
        told = event.properties
        return all(_passes(told.get(word.name), test) for word, test in question.where)

    def _did(self, question: Question, compare: Compare) -> bool:
        answer = self.answer(question)
        if answer is None:
            if question.aggregate is not Aggregate.SUM:
                return False
            answer = 0
        return COMPARISONS[compare.op](answer, compare)

    def _rank(self, rank: Rank, answer: int | None) -> bool:
        cut = self.cuts.get(str(rank))
        if answer is None or cut is None or (rank.question.counts and answer == 0):
            return False
        return answer >= cut if rank.top else answer <= cut

    def _field(self, test: FieldTest) -> bool:
        value = self.person.fields.get(test.word.name)
        check = test.check
        if isinstance(check, Exists):
            return (value is not None) == check.known
        if value is None:
            return False
        if isinstance(check, Compare | OneOf):
            return _passes(value, check)
        if isinstance(check, Anniversary):
            return str(value)[5:10] in anniversary_days(check, self.clock)
        if test.word.type is FieldType.DATE:
            first, last = date_span(check, self.clock)
            return (first is None or str(value) > first) and (last is None or str(value) <= last)
        return _inside(int(value), *time_span(check, self.clock))


def _passes(value: Scalar, test: ValueTest) -> bool:
    if value is None:
        return False
    if isinstance(test, OneOf):
        return value in test.values
    return COMPARISONS[test.op](int(value), test)


def _inside(value: int | None, low: int | None, high: int | None) -> bool:
    if value is None:
        return False
    return (low is None or value > low) and (high is None or value <= high)


def _later(one: int | None, other: int | None) -> bool:
    return one is not None and (other is None or one > other)


def tags_of(library: Library, person: Person, clock: Clock, cuts: Cuts) -> frozenset[str]:
    """Every tag of the library that one person carries."""
    carried: frozenset[str] = frozenset()
    for layer in library.layers:
        judge = Reference(person, clock, cuts, carried)
        found = set()
        for unit in layer:
            first = next((rule.name for rule in unit if judge.holds(rule.condition)), None)
            if first is not None:
                found.add(first)
        carried |= found
    return carried
