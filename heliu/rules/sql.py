"""Rules as SQL, the same text on every dialect: integers, comparisons, aggregates.

The whole library is one statement in three parts: *measures*, one aggregate a
distinct question in one pass over the events; *layers*, tags that read only
earlier ones; *words*, sixty tags as the bits of one integer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from heliu.rules.conditions import (
    AfterLast,
    Aggregate,
    AllOf,
    Always,
    Anniversary,
    AnyOf,
    Between,
    Compare,
    Condition,
    Did,
    Exists,
    FieldTest,
    HasTag,
    Near,
    Not,
    OneOf,
    Question,
    Rank,
    ValueTest,
    When,
)
from heliu.rules.conditions import Sequence as SequenceOf
from heliu.rules.spans import anniversary_days, date_span, time_span
from heliu.rules.vocabulary import FieldType, Word
from heliu.rules.windows import Clock
from models import Event, Profile

EVENT = Event.__table__  # type: ignore[attr-defined]
PROFILE = Profile.__table__  # type: ignore[attr-defined]
happened_at = sa.type_coerce(EVENT.c.at, sa.BigInteger)

Column = sa.ColumnElement[Any]
Predicate = sa.ColumnElement[bool]

OPERATORS: dict[str, Callable[[Column, int], Predicate]] = {
    "=": lambda column, number: column == number,
    "!=": lambda column, number: column != number,
    "<": lambda column, number: column < number,
    "<=": lambda column, number: column <= number,
    ">": lambda column, number: column > number,
    ">=": lambda column, number: column >= number,
}


def measure_name(number: int) -> str:
    """The column that answers the question of that number."""
    return f"m{number}"


def measures_select(questions: Sequence[Question], clock: Clock) -> sa.Select[Any]:
    """One row a profile with events: its id, then one answer a question.

    One pass in the order events are clustered in, so that nothing is sorted.
    """
    answers = [
        _aggregate(question, clock).label(measure_name(number))
        for number, question in enumerate(questions)
    ]
    return (
        sa.select(EVENT.c.profile_id, *answers)
        # + 0: no index by time may tempt the planner away from the clustered order
        .where(happened_at + 0 <= clock.at, *_worth_reading(questions, clock))
        .group_by(EVENT.c.profile_id)
    )


def _worth_reading(questions: Sequence[Question], clock: Clock) -> list[Predicate]:
    """Only events some question may ask of: most are older than every window on their type."""
    horizons: dict[str | None, int | None] = {}
    for question in questions:
        low, _ = clock.span(question.window) if question.window else (None, None)
        known = horizons.get(question.event, low)
        horizons[question.event] = None if low is None or known is None else min(low, known)
    if not horizons:
        return [constant(False)]
    if horizons.get(None, 0) is None:
        return []
    ever = sorted(event for event, low in horizons.items() if event and low is None)
    tests: list[Predicate] = [EVENT.c.type.in_(ever)] if ever else []
    for event, low in horizons.items():
        if low is not None:
            recent = happened_at + 0 > low
            tests.append(sa.and_(recent, EVENT.c.type == event) if event else recent)
    return [sa.or_(*tests)]


def _aggregate(question: Question, clock: Clock) -> Column:
    tests = _event_tests(question, clock)
    match question.aggregate:
        case Aggregate.COUNT:
            answer: Any = sa.func.count()
        case Aggregate.FIRST:
            answer = sa.func.min(happened_at)
        case Aggregate.LAST:
            answer = sa.func.max(happened_at)
        case Aggregate.SUM:
            answer = sa.func.sum(_property(question))
        case Aggregate.MAX:
            answer = sa.func.max(_property(question))
        case Aggregate.DISTINCT:
            answer = sa.func.count(sa.distinct(_property(question)))
    filtered = answer.filter(*tests) if tests else answer
    return sa.cast(filtered, sa.BigInteger) if question.aggregate is Aggregate.SUM else filtered


def _property(question: Question) -> Column:
    assert question.word is not None  # the parser sees to it
    return word_column(EVENT, question.word)


def word_column(table: sa.FromClause, word: Word) -> Column:
    """The column of a word, instants as the integers they are stored as."""
    column = table.c[word.column]
    return sa.type_coerce(column, sa.BigInteger) if word.type is FieldType.TIME else column


def _event_tests(question: Question, clock: Clock) -> list[Predicate]:
    """The time test first: it is the cheapest and turns most events away."""
    tests: list[Predicate] = []
    if question.window:
        low, high = clock.span(question.window)
        if low is not None:
            tests.append(happened_at > low)
        if high is not None and high < clock.at:
            tests.append(happened_at <= high)
    if question.event:
        tests.append(EVENT.c.type == question.event)
    return tests + [_value_test(word_column(EVENT, word), test) for word, test in question.where]


def _value_test(column: Column, test: ValueTest) -> Predicate:
    if isinstance(test, OneOf):
        return column == test.values[0] if len(test.values) == 1 else column.in_(test.values)
    if test.op == "between":
        return column.between(test.number, test.upper)
    return OPERATORS[test.op](column, test.number)


@dataclass(frozen=True)
class Scope:
    """Where the leaves of a condition find their values in one FROM clause.

    Attributes:
        cuts: Rank, as text, to its cut; a rank without a cut holds for nobody.
    """

    clock: Clock
    field: Callable[[Word], Column]
    answer: Callable[[Question], Column]
    tag: Callable[[tuple[str, ...]], Predicate]
    cuts: Mapping[str, int | None]


def constant(holds: bool) -> Predicate:
    """A predicate that holds for everybody or nobody."""
    return sa.literal_column("1") == sa.literal_column("1" if holds else "0")


def predicate(  # noqa: PLR0911 - one for each kind of node
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
        case SequenceOf(first, last, then_not):
            start, end = scope.answer(first), scope.answer(last)
            ordered = _known(sa.and_(start.is_not(None), end.is_not(None)), start < end)
            if then_not is None:
                return ordered
            after = scope.answer(then_not)
            return sa.and_(ordered, sa.or_(after.is_(None), after <= end))


def _known(known: Predicate, test: Predicate) -> Predicate:
    """A test that is false, not NULL, where something isn't known."""
    return sa.and_(known, test)


def _did(question: Question, compare: Compare, scope: Scope) -> Predicate:
    answer = scope.answer(question)
    if question.counts or question.aggregate is Aggregate.SUM:
        return _value_test(sa.func.coalesce(answer, 0), compare)
    return _known(answer.is_not(None), _value_test(answer, compare))


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
    return _known(column.is_not(None), _value_test(column, check))


def _inside(column: Column, low: int | str | None, high: int | str | None) -> Predicate:
    tests = [column > low] if low is not None else []
    tests += [column <= high] if high is not None else []
    return sa.and_(column.is_not(None), *tests)


def _later(one: Column, other: Column) -> Predicate:
    return sa.and_(one.is_not(None), sa.or_(other.is_(None), one > other))
