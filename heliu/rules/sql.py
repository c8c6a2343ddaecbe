"""What a library asks, answered in one SELECT, the same text on every dialect.

The whole library is one statement in three parts: *measures*, one aggregate a
distinct question in one pass over the events; *layers*, tags that read only
earlier ones; *words*, sixty tags as the bits of one integer. This is the first.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from heliu.rules.among import EVERYBODY, Among
from heliu.rules.asks import ConsentWord, Fact, HandWord, Selected
from heliu.rules.columns import (
    EVENT,
    PROFILE,
    Column,
    Predicate,
    at_of,
    constant,
    happened_at,
    value_test,
    word_column,
)
from heliu.rules.conditions import Aggregate, Ask, Question
from heliu.rules.facts import consents, hands, messages, selected
from heliu.rules.windows import Clock

__all__ = [
    "EVENT",
    "PROFILE",
    "Column",
    "Predicate",
    "happened_at",
    "materialized",
    "measure_name",
    "measures_select",
    "word_column",
]


def measure_name(number: int) -> str:
    """The column that answers the question of that number."""
    return f"m{number}"


def materialized(select: sa.Select[Any], name: str) -> sa.CTE:
    """A CTE computed once; left alone, SQLite would copy its text into every use."""
    return select.cte(name).prefix_with("MATERIALIZED")


Names = Mapping[Ask, str]


class _Part(NamedTuple):
    """Answers that one SELECT gives: a row of profile_id and them for whom has any."""

    asks: Sequence[Ask]
    rows: sa.FromClause


def measures_select(asks: Sequence[Ask], clock: Clock, among: Among = EVERYBODY) -> sa.Select[Any]:
    """A profile's id, then one answer a question, in their order.

    Events alone are one pass in the order they are clustered in, so that nothing is sorted,
    and give a row to profiles with events. Where more is asked, each kind of fact is
    another such SELECT, joined to the profiles, and each further step of sequences one
    more pass; then every profile has a row.

    Args:
        asks: With every step of a sequence by itself, as `questions` gives them.
        clock: As-of and the firm's zone.
        among: Whom to ask of.
    """
    names: Names = {ask: measure_name(number) for number, ask in enumerate(asks)}
    first = [ask for ask in asks if _depth(ask) == 0]
    if len(first) == len(asks) and all(ask.fact is Fact.EVENT for ask in asks):
        return _events(_questions(asks), names, EVENT, clock, among)
    select = _joined(_parts(first, names, clock, among), asks, names, among)
    for depth in range(1, max(map(_depth, asks)) + 1):
        below = materialized(select, f"step_{depth}")
        parts = [_Part([ask for ask in asks if _depth(ask) < depth], below)]
        steps = [ask for ask in _questions(asks) if _depth(ask) == depth]
        parts += _step_parts(steps, names, below, clock, among)
        select = _joined(parts, asks, names, among)
    return select


def _depth(ask: Ask) -> int:
    """How many steps of a sequence come before it."""
    return len(ask.chain) - 1 if isinstance(ask, Question) else 0


def _questions(asks: Iterable[Ask]) -> list[Question]:
    return [ask for ask in asks if isinstance(ask, Question)]


def _joined(
    parts: Iterable[_Part], asks: Sequence[Ask], names: Names, among: Among
) -> sa.Select[Any]:
    """Every profile with the answers of all parts, in the order they were asked in."""
    source: sa.FromClause = PROFILE
    found: dict[Ask, Column] = {}
    for part in parts:
        source = source.outerjoin(part.rows, part.rows.c.profile_id == PROFILE.c.id)
        found |= {ask: part.rows.c[names[ask]] for ask in part.asks}
    answers = [found[ask] for ask in asks if ask in found]
    columns: list[Column] = [PROFILE.c.id.label("profile_id"), *answers]
    return sa.select(*columns).select_from(source).where(*among.of(PROFILE.c.id))


def _parts(asks: Sequence[Ask], names: Names, clock: Clock, among: Among) -> Iterable[_Part]:
    """One part for each kind of fact asked of, and for each SELECT of the firm's."""
    events = [ask for ask in _questions(asks) if ask.fact is Fact.EVENT]
    if events:
        yield _Part(events, _events(events, names, EVENT, clock, among).subquery("by_event"))
    about = [ask for ask in _questions(asks) if ask.fact is Fact.MESSAGE]
    if about:
        told = messages(_types(about), among)
        # whom a message is of is settled in there
        yield _Part(about, _events(about, names, told, clock, EVERYBODY).subquery("by_message"))
    allowed = [ask for ask in asks if isinstance(ask, ConsentWord)]
    if allowed:
        yield _named(allowed, names, consents(allowed, clock, among), "by_consent")
    said = [ask for ask in asks if isinstance(ask, HandWord)]
    if said:
        yield _named(said, names, hands(said, clock, among), "by_hand")
    for number, ask in enumerate(ask for ask in asks if isinstance(ask, Selected)):
        yield _named([ask], names, selected(ask, clock, among), f"by_select_{number}")


def _types(asked: Iterable[Question]) -> set[str]:
    return {type_ for question in asked for type_ in question.types}


def _named(asks: Sequence[Ask], names: Names, select: sa.Select[Any], called: str) -> _Part:
    """A part of a SELECT whose columns after the first are the answers."""
    profile_id, *answers = select.selected_columns
    labels = [column.label(names[ask]) for ask, column in zip(asks, answers, strict=True)]
    return _Part(asks, select.with_only_columns(profile_id, *labels).subquery(called))


def _step_parts(
    steps: Sequence[Question], names: Names, below: sa.CTE, clock: Clock, among: Among
) -> Iterable[_Part]:
    """Further steps: one more pass over each kind of fact, beside the answers so far."""
    for fact in (Fact.EVENT, Fact.MESSAGE):
        asked = [step for step in steps if step.fact is fact]
        if not asked:
            continue
        table = EVENT if fact is Fact.EVENT else messages(_types(asked), among)
        select = _events(asked, names, table, clock, EVERYBODY, below)
        joined = select.join_from(table, below, below.c.profile_id == table.c.profile_id)
        yield _Part(asked, joined.subquery(f"{below.name}_{fact.value}"))


def _events(
    asked: Sequence[Question],
    names: Names,
    table: sa.FromClause,
    clock: Clock,
    among: Among,
    below: sa.CTE | None = None,
) -> sa.Select[Any]:
    """One row a profile with events (or messages): its id, then one answer a question."""
    answers = [_aggregate(ask, names, table, clock, below).label(names[ask]) for ask in asked]
    return (
        sa.select(table.c.profile_id, *answers)
        # + 0: no index by time may tempt the planner away from the clustered order
        .where(
            *among.of(table.c.profile_id),
            at_of(table) + 0 <= clock.at,
            *_worth_reading(asked, table, clock),
        )
        .group_by(table.c.profile_id)
    )


def _worth_reading(
    asked: Sequence[Question], table: sa.FromClause, clock: Clock
) -> list[Predicate]:
    """Only events some question may ask of: most are older than every window on their type."""
    horizons: dict[str | None, int | None] = {}
    for question in asked:
        low, _ = clock.span(question.window) if question.window else (None, None)
        for type_ in question.types or (None,):
            known = horizons.get(type_, low)
            horizons[type_] = None if low is None or known is None else min(low, known)
    if not horizons:
        return [constant(False)]
    if horizons.get(None, 0) is None:
        return []
    ever = sorted(event for event, low in horizons.items() if event and low is None)
    tests: list[Predicate] = [table.c.type.in_(ever)] if ever else []
    for event, low in horizons.items():
        if low is not None:
            recent = at_of(table) + 0 > low
            tests.append(sa.and_(recent, table.c.type == event) if event else recent)
    return [sa.or_(*tests)]


def _aggregate(
    question: Question, names: Names, table: sa.FromClause, clock: Clock, below: sa.CTE | None
) -> Column:
    tests = _event_tests(question, table, clock)
    if question.after and below is not None:
        tests.append(at_of(table) > below.c[names[question.after]])
    match question.aggregate:
        case Aggregate.COUNT:
            answer: Any = sa.func.count()
        case Aggregate.FIRST:
            answer = sa.func.min(at_of(table))
        case Aggregate.LAST:
            answer = sa.func.max(at_of(table))
        case Aggregate.SUM:
            answer = sa.func.sum(_property(question, table))
        case Aggregate.MAX:
            answer = sa.func.max(_property(question, table))
        case Aggregate.DISTINCT:
            answer = sa.func.count(sa.distinct(_property(question, table)))
    filtered = answer.filter(*tests) if tests else answer
    return sa.cast(filtered, sa.BigInteger) if question.aggregate is Aggregate.SUM else filtered


def _property(question: Question, table: sa.FromClause) -> Column:
    assert question.word is not None  # the parser sees to it
    return word_column(table, question.word)


def _event_tests(question: Question, table: sa.FromClause, clock: Clock) -> list[Predicate]:
    """The time test first: it is the cheapest and turns most events away."""
    tests: list[Predicate] = []
    if question.window:
        low, high = clock.span(question.window)
        if low is not None:
            tests.append(at_of(table) > low)
        if high is not None and high < clock.at:
            tests.append(at_of(table) <= high)
    if len(question.types) == 1:
        tests.append(table.c.type == question.types[0])
    elif question.types:
        tests.append(table.c.type.in_(question.types))
    return tests + [value_test(word_column(table, word), test) for word, test in question.where]
