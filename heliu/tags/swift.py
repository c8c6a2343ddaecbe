"""The reference engine for one person at many moments: what they did is sorted once.

An answer over a window reads one run of the matching events, found by bisection; so a
person of ten thousand events can be judged at each of their moments.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from itertools import accumulate

from heliu.rules.comparing import Scalar
from heliu.rules.conditions import Aggregate, Ask, Question
from heliu.rules.library import Library
from heliu.rules.person import Person, value_of
from heliu.rules.reference import Cuts, Reference
from heliu.rules.windows import Clock

END_OF_TIME = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Told:
    """The events a question could ever ask of, in order.

    Attributes:
        times: When, in epoch seconds.
        values: Of each the property asked, where one is; events that lack it are left out.
    """

    times: Sequence[int]
    values: Sequence[Scalar]

    @cached_property
    def sums(self) -> list[int]:
        """The sum of all values before each."""
        return [0, *accumulate(int(value or 0) for value in self.values)]


class Memory:
    """What one person did, by the questions of a library."""

    def __init__(self, library: Library, person: Person, clock: Clock) -> None:
        """Sort what the library asks of the person; of the clock only the zone counts."""
        self.person = person
        judge = Reference(person, Clock(END_OF_TIME, clock.zone))
        asked = (ask for ask in library.questions if isinstance(ask, Question))
        self._told = {question: _told(question, judge) for question in asked}

    def of(self, question: Question) -> Told:
        """The events a question could ask of."""
        return self._told[question]


def _told(question: Question, judge: Reference) -> Told:
    ever = judge.matching(replace(question, window=None, after=None))
    found = sorted(ever, key=lambda event: event.at)
    if question.word is None:
        return Told([event.at for event in found], ())
    pairs = ((event.at, value_of(event, question.word)) for event in found)
    known = [(at, value) for at, value in pairs if value is not None]
    return Told([at for at, _ in known], [value for _, value in known])


@dataclass(frozen=True)
class Swift(Reference):
    """The reference engine, answering questions about events from a sorted memory."""

    memory: Memory | None = None

    def answer(self, ask: Ask) -> int | None:
        """As the reference engine's."""
        return self._by_bisection(ask) if isinstance(ask, Question) else super().answer(ask)

    def _by_bisection(self, question: Question) -> int | None:
        assert self.memory is not None
        told = self.memory.of(question)
        run = self._run(question, told)
        if question.aggregate is Aggregate.COUNT:
            return len(run)
        if question.aggregate is Aggregate.DISTINCT:
            return len(set(told.values[run.start : run.stop]))
        return _of_some(question.aggregate, told, run) if run else None

    def _run(self, question: Question, told: Told) -> range:
        """The places of the events that count now."""
        low, high = self.clock.span(question.window) if question.window else (None, None)
        end = self.clock.at if high is None else min(high, self.clock.at)
        lows = [low] if low is not None else []
        if question.after:
            start = self.answer(question.after)
            if start is None:
                return range(0)
            lows.append(start)
        first = bisect_right(told.times, max(lows)) if lows else 0
        return range(first, max(bisect_right(told.times, end), first))


def _of_some(aggregate: Aggregate, told: Told, run: range) -> int:
    """What a run of at least one event comes to."""
    match aggregate:
        case Aggregate.FIRST:
            return told.times[run.start]
        case Aggregate.LAST:
            return told.times[run.stop - 1]
        case Aggregate.SUM:
            return told.sums[run.stop] - told.sums[run.start]
    return max(int(value or 0) for value in told.values[run.start : run.stop])


def carried_at(library: Library, memory: Memory, clock: Clock, cuts: Cuts) -> frozenset[str]:
    """Every tag of the library the person carries at one moment."""
    carried: frozenset[str] = frozenset()
    for layer in library.layers:
        judge = Swift(memory.person, clock, cuts, carried, memory)
        firsts = (
            next((rule.name for rule in unit if judge.holds(rule.condition)), None)
            for unit in layer
        )
        carried |= {name for name in firsts if name is not None}
    return carried
