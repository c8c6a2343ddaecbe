"""Whose tags can change as time passes from one moment to another, though nothing is told of them.

An answer over a window changes only for who has an event that comes into the window
or drops out of it: an event in the *band* between the window's two positions. The same
holds for dates and instants of a profile. So nobody's next change need be kept; the
bands of a library follow from its windows alone.

Source: incremental view maintenance of sliding windows ("edge bands"); see
docs/adr/0016-incremental-tags.md.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import sqlalchemy as sa

from heliu.rules.among import EVERYBODY, Among
from heliu.rules.asks import ConsentWord, Fact, HandWord
from heliu.rules.columns import EVENT, PROFILE, Column, Predicate, at_of, word_column
from heliu.rules.conditions import (
    Anniversary,
    Between,
    FieldTest,
    Leaf,
    Near,
    Question,
    When,
    leaves,
)
from heliu.rules.facts import CONSENT, HAND_TAG, messages
from heliu.rules.library import Library
from heliu.rules.spans import anniversary_days, date_span, time_span
from heliu.rules.vocabulary import FieldType
from heliu.rules.windows import Clock, Window

Piece = tuple[Any, Any]  # (low, high] of numbers or ISO dates: after low, up to high
Types = frozenset[str] | None  # of events; None: any

NEVER, FOREVER = float("-inf"), float("inf")
FIRST_DAY, LAST_DAY = "", "~"  # before and after every ISO date


class Band(NamedTuple):
    """Events (or messages) of these types with a time in (low, high] enter or leave a window."""

    low: int
    high: int
    types: Types


def changed_pieces(one: Piece, other: Piece) -> list[Piece]:
    """What lies in exactly one of two half-open spans.

    >>> changed_pieces((10, 20), (12, 25))
    [(10, 12), (20, 25)]
    >>> changed_pieces((10, 20), (30, 40))
    [(10, 20), (30, 40)]
    """
    edges = sorted({*one, *other})

    return [
        (low, high)
        for low, high in pairwise(edges)
        if (one[0] <= low and high <= one[1]) != (other[0] <= low and high <= other[1])
    ]


def event_bands(library: Library, before: Clock, now: Clock, fact: Fact) -> list[Band]:
    """Every band of a library's questions about events, or messages; each span of time once."""
    types_of: dict[Piece, Types] = {}
    for question, window in _windows(library):
        if question.fact is fact:
            for piece in changed_pieces(_seen(window, before), _seen(window, now)):
                types_of[piece] = _joined(types_of.get(piece, frozenset()), _types(question))
    return [Band(int(max(low, 0)), int(high), types) for (low, high), types in types_of.items()]


def _windows(library: Library) -> Iterator[tuple[Question, Window | None]]:
    """Each question with each window it is asked or judged by."""
    for ask in library.questions:
        if isinstance(ask, Question):
            yield ask, ask.window
    for leaf in _leaves(library):
        if isinstance(leaf, When):
            yield leaf.question, leaf.window


def _leaves(library: Library) -> Iterator[Leaf]:
    for rule in library.tags.values():
        yield from leaves(rule.condition)


def _seen(window: Window | None, clock: Clock) -> Piece:
    """The times a window lets through at a moment; nothing after as-of is ever seen."""
    low, high = clock.span(window) if window else (None, None)
    return (
        NEVER if low is None else low,
        clock.at if high is None else min(high, clock.at),
    )


def _types(question: Question) -> Types:
    return frozenset(question.types) or None


def _joined(one: Types, other: Types) -> Types:
    return None if one is None or other is None else one | other


def field_bands(library: Library, before: Clock, now: Clock) -> list[Predicate]:
    """Tests that let through who passes some check on a date or time at one moment only."""
    tests = dict.fromkeys(leaf for leaf in _leaves(library) if isinstance(leaf, FieldTest))
    return [band for test in tests for band in _field_bands(test, before, now)]


def _field_bands(test: FieldTest, before: Clock, now: Clock) -> list[Predicate]:
    column, check = word_column(PROFILE, test.word), test.check
    if isinstance(check, Anniversary):
        one, other = (set(anniversary_days(check, clock)) for clock in (before, now))
        days = sorted(one ^ other)
        return [sa.func.substr(column, 6, 5).in_(days)] if days else []
    if not isinstance(check, Between | Near):
        return []
    if test.word.type is FieldType.DATE:
        days_of = [
            (low or FIRST_DAY, high or LAST_DAY)
            for low, high in (date_span(check, clock) for clock in (before, now))
        ]
        return [sa.and_(column > low, column <= high) for low, high in changed_pieces(*days_of)]
    seconds_of = [
        (NEVER if low is None else low, FOREVER if high is None else high)
        for low, high in (time_span(check, clock) for clock in (before, now))
    ]
    return [_inside(column, *piece) for piece in changed_pieces(*seconds_of)]


def _inside(column: sa.ColumnElement[Any], low: float, high: float) -> Predicate:
    tests = [column > int(low)] if low != NEVER else []
    tests += [column <= int(high)] if high != FOREVER else []
    return sa.and_(column.is_not(None), *tests)


def band_selects(
    library: Library, before: Clock, now: Clock, among: Among = EVERYBODY
) -> Sequence[sa.Select[Any]]:
    """SELECTs of profile ids: together everybody whom the passing of time may have changed.

    What the firm's own SELECTs return is not told: their answers may change at any time.

    Args:
        library: Rules in force at both moments.
        before: The moment tags are true of; not after `now`.
        now: The moment they are to be true of.
        among: Whom to look at.
    """
    found = [_told(EVENT, band, among) for band in event_bands(library, before, now, Fact.EVENT)]
    for band in event_bands(library, before, now, Fact.MESSAGE):
        found.append(_told(messages(band.types or (), among), band, EVERYBODY))
    found += _word_selects(library, before, now, among)
    if bands := field_bands(library, before, now):
        found.append(sa.select(PROFILE.c.id).where(*among.of(PROFILE.c.id), sa.or_(*bands)))
    return found


def _told(table: sa.FromClause, band: Band, among: Among) -> sa.Select[Any]:
    at = at_of(table)
    tests = [at > band.low, at <= band.high, *among.of(table.c.profile_id)]
    if band.types is not None:
        tests.append(table.c.type.in_(sorted(band.types)))
    return sa.select(table.c.profile_id).where(*tests)


def _word_selects(
    library: Library, before: Clock, now: Clock, among: Among
) -> Iterator[sa.Select[Any]]:
    """Words of consent and words by hand that begin to count, or cease to."""
    asks = library.questions
    if any(isinstance(ask, ConsentWord) for ask in asks):
        tests = [*among.of(CONSENT.c.profile_id), _between(at_of(CONSENT), before.at, now.at)]
        yield sa.select(CONSENT.c.profile_id).where(*tests)
    said = [ask for ask in asks if isinstance(ask, HandWord)]
    if said:
        until = sa.type_coerce(HAND_TAG.c.until_at, sa.BigInteger)
        turns = [_between(until, before.at, now.at)]
        for window in dict.fromkeys([None, *(ask.window for ask in said)]):
            pieces = changed_pieces(_seen(window, before), _seen(window, now))
            turns += [_inside(at_of(HAND_TAG), *piece) for piece in pieces]
        yield sa.select(HAND_TAG.c.profile_id).where(
            *among.of(HAND_TAG.c.profile_id), sa.or_(*turns)
        )


def _between(at: Column, low: int, high: int) -> Predicate:
    return sa.and_(at > low, at <= high)
