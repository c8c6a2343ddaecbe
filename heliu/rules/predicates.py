"""Conditions as SQL over measures and fields: true or false, never NULL."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from heliu.rules.columns import Column, Predicate, constant, value_test
from heliu.rules.conditions import (
    AfterLast,
    Aggregate,
    AllOf,
    Always,
    Anniversary,
    AnyOf,
    Ask,
    Between,
    Compare,
    Condition,
    ConsentTest,
    Did,
    Exists,
    FieldTest,
    HandTest,
    HasTag,
    InSegment,
    Near,
    Not,
    Question,
    Rank,
    SelectTest,
    Sequence,
    Verdict,
    When,
)
from heliu.rules.spans import anniversary_days, date_span, time_span
from heliu.rules.vocabulary import FieldType, Word
from heliu.rules.windows import Clock


@dataclass(frozen=True)
class Scope:
    """Where the leaves of a condition find their values in one FROM clause.

    Attributes:
        cuts: Rank, as text, to its cut; a rank without a cut holds for nobody.
    """

    clock: Clock
    field: Callable[[Word], Column]
    answer: Callable[[Ask], Column]
    tag: Callable[[tuple[str, ...]], Predicate]
    cuts: Mapping[str, int | None]


def predicate(  # noqa: PLR0911, PLR0912 - one for each kind of node
    condition: Condition, scope: Scope
) -> Predicate:
    """A condition as SQL that is true or false, never NULL."""
    match condition:
        case Always():
            return constant(True)
        case AllOf(parts):
            return sa.and_(*(predicate(part, scope) for part in parts))
        case AnyOf(parts):
            return sa.or_(*(predicate(part, scope) for part in parts))
        case Not(part):
            return sa.not_(predicate(part, scope))
        case HasTag(names):
            return scope.tag(names)
        case FieldTest(word):
            return _field(condition, scope.field(word), scope.clock)
        case Rank():
            return _rank(condition, scope)
        case Did(question, compare):
            return _did(question, compare, scope)
        case When(question, window):
            return _inside(scope.answer(question), *scope.clock.span(window))
        case AfterLast(question, other):
            return _later(scope.answer(question), scope.answer(other))
        case Sequence():
            return _sequence(condition, scope)
        case ConsentTest(question, verdict):
            return _verdict(scope.answer(question), verdict)
        case HandTest(question, holds):
            return _is(scope.answer(question), int(holds))
        case SelectTest(question):
            return scope.answer(question).is_not(None)
        case InSegment(name):
            raise ValueError(f"segment {name!r} was not put in its place")


def _known(known: Predicate, test: Predicate) -> Predicate:
    """A test that is false, not NULL, where something isn't known."""
    return sa.and_(known, test)


def _is(answer: Column, number: int) -> Predicate:
    return _known(answer.is_not(None), answer == number)


def _verdict(answer: Column, verdict: Verdict) -> Predicate:
    if verdict is Verdict.UNKNOWN:
        return answer.is_(None)
    return _is(answer, int(verdict is Verdict.GRANTED))


def _sequence(sequence: Sequence, scope: Scope) -> Predicate:
    start, end = scope.answer(sequence.first), scope.answer(sequence.last)
    ordered = _known(sa.and_(start.is_not(None), end.is_not(None)), start < end)
    if sequence.then_not is None:
        return ordered
    after = scope.answer(sequence.then_not)
    return sa.and_(ordered, sa.or_(after.is_(None), after <= end))


def _did(question: Question, compare: Compare, scope: Scope) -> Predicate:
    answer = scope.answer(question)
    if question.counts or question.aggregate is Aggregate.SUM:
        return value_test(sa.func.coalesce(answer, 0), compare)
    return _known(answer.is_not(None), value_test(answer, compare))


def _rank(rank: Rank, scope: Scope) -> Predicate:
    cut = scope.cuts.get(str(rank))
    if cut is None:
        return constant(False)
    answer = scope.answer(rank.question)
    has_any = answer > 0 if rank.question.counts else sa.true()
    reached = answer >= cut if rank.top else answer <= cut
    return _known(sa.and_(answer.is_not(None), has_any), reached)


def _field(test: FieldTest, column: Column, clock: Clock) -> Predicate:
    check = test.check
    match check:
        case Exists(known):
            return column.is_not(None) if known else column.is_(None)
        case Anniversary():
            days = anniversary_days(check, clock)
            return _known(column.is_not(None), sa.func.substr(column, 6, 5).in_(days))
        case Between() | Near():
            if test.word.type is FieldType.DATE:
                return _inside(column, *date_span(check, clock))
            return _inside(column, *time_span(check, clock))
    return _known(column.is_not(None), value_test(column, check))


def _inside(column: Column, low: int | str | None, high: int | str | None) -> Predicate:
    tests = [column > low] if low is not None else []
    tests += [column <= high] if high is not None else []
    return sa.and_(column.is_not(None), *tests)


def _later(one: Column, other: Column) -> Predicate:
    return sa.and_(one.is_not(None), sa.or_(other.is_(None), one > other))
