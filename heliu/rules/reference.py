"""The same rules in plain Python, for one person: the meaning SQL is held to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from heliu.rules.asks import ConsentWord, HandWord, Selected
from heliu.rules.comparing import Scalar, compares, passes
from heliu.rules.conditions import (
    AfterLast,
    Aggregate,
    AllOf,
    Always,
    Anniversary,
    AnyOf,
    Ask,
    Compare,
    Condition,
    ConsentTest,
    Did,
    Exists,
    FieldTest,
    HandTest,
    HasTag,
    InSegment,
    Not,
    OneOf,
    Question,
    Rank,
    SelectTest,
    Verdict,
    When,
)
from heliu.rules.conditions import Sequence as SequenceOf
from heliu.rules.library import Library
from heliu.rules.person import ConsentSaid, HandSaid, Happening, Person, value_of
from heliu.rules.spans import anniversary_days, date_span, time_span
from heliu.rules.vocabulary import MESSAGE_EVENTS, FieldType
from heliu.rules.windows import Clock

Cuts = Mapping[str, int | None]  # rank, as text, to its cut

__all__ = [
    "ConsentSaid", "Cuts", "HandSaid", "Happening", "Person", "Reference", "Scalar",
    "tags_of", "value_of",
]  # fmt: skip


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

    def holds(self, condition: Condition) -> bool:  # noqa: PLR0911, PLR0912 - one for each kind
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
            case ConsentTest(question, verdict):
                return _verdict(self.answer(question)) is verdict
            case HandTest(question, holds):
                return self.answer(question) == int(holds)
            case SelectTest(question):
                return self.answer(question) is not None
            case InSegment(name):
                raise ValueError(f"segment {name!r} was not put in its place")

    def answer(self, ask: Ask) -> int | None:
        """What is asked comes to; None where nothing has anything to say."""
        match ask:
            case Question():
                return self._told(ask)
            case ConsentWord():
                return self._allowed(ask)
            case HandWord():
                return self._by_hand(ask)
            case Selected():
                return 1 if ask in self.person.selected else None

    def matching(self, question: Question) -> list[Happening]:
        """The events that count for a question."""
        start = self.answer(question.after) if question.after else None
        if question.after and start is None:
            return []
        return [
            event
            for event in self.person.events
            if self._matches(event, question) and (start is None or event.at > start)
        ]

    def _told(self, question: Question) -> int | None:
        found = self.matching(question)
        if question.aggregate is Aggregate.COUNT:
            return len(found)
        if question.aggregate in (Aggregate.FIRST, Aggregate.LAST):
            times = [event.at for event in found]
            pick = min if question.aggregate is Aggregate.FIRST else max
            return pick(times) if times else None
        assert question.word is not None  # the parser sees to it
        told = [value_of(event, question.word) for event in found]
        known = [value for value in told if value is not None]
        if question.aggregate is Aggregate.DISTINCT:
            return len(set(known))
        numbers = [int(value) for value in known]
        if not numbers:
            return None
        return sum(numbers) if question.aggregate is Aggregate.SUM else max(numbers)

    def _matches(self, event: Happening, question: Question) -> bool:
        wanted = event.type in question.types if question.types else _done(event)
        if event.at > self.clock.at or not wanted:
            return False
        if question.window and not _inside(event.at, *self.clock.span(question.window)):
            return False
        return all(passes(value_of(event, word), test) for word, test in question.where)

    def _allowed(self, ask: ConsentWord) -> int | None:
        newest: dict[int, tuple[int, bool]] = {}  # of each record; at one instant no beats yes
        for said in self.person.consents:
            if (said.channel, said.topic) == (ask.channel, ask.topic) and said.at <= self.clock.at:
                word = (said.at, not said.granted)
                newest[said.record] = max(word, newest.get(said.record, word))
        return min(int(not refused) for _, refused in newest.values()) if newest else None

    def _by_hand(self, ask: HandWord) -> int | None:
        now = self.clock.at
        in_force = [
            said
            for said in self.person.hands
            if said.tag == ask.tag and said.at <= now and (said.until is None or said.until > now)
        ]
        newest = max(in_force, key=lambda said: (said.at, said.id), default=None)
        if newest is None or (ask.window and not _inside(newest.at, *self.clock.span(ask.window))):
            return None
        return int(newest.holds)

    def _did(self, question: Question, compare: Compare) -> bool:
        answer = self.answer(question)
        if answer is None:
            if question.aggregate is not Aggregate.SUM:
                return False
            answer = 0
        return compares(answer, compare)

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
            return passes(value, check)
        if isinstance(check, Anniversary):
            return str(value)[5:10] in anniversary_days(check, self.clock)
        if test.word.type is FieldType.DATE:
            first, last = date_span(check, self.clock)
            return (first is None or str(value) > first) and (last is None or str(value) <= last)
        return _inside(int(value), *time_span(check, self.clock))


def _done(event: Happening) -> bool:
    """Whether the person did it: messages are done to them."""
    return event.type not in MESSAGE_EVENTS


def _verdict(answer: int | None) -> Verdict:
    if answer is None:
        return Verdict.UNKNOWN
    return Verdict.GRANTED if answer else Verdict.REFUSED


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
