"""When a tag will enter or leave a person if nothing happens, exactly to the second.

Between two moments at which an event comes into or drops out of some window, or a
date or instant passes an edge, nothing can change; so it is enough to judge at those.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from heliu.rules.asks import ConsentWord, HandWord
from heliu.rules.conditions import (
    Anniversary,
    Ask,
    Between,
    FieldTest,
    Leaf,
    Near,
    Question,
    When,
    asks_of,
    leaves,
)
from heliu.rules.library import Library
from heliu.rules.person import Person
from heliu.rules.reference import Cuts
from heliu.rules.vocabulary import FieldType
from heliu.rules.windows import DAY, Ago, Back, Clock, Window
from heliu.tags.swift import Memory, carried_at

HORIZON_DAYS = 400  # a year and every anniversary in it


class NextChange(NamedTuple):
    """The moment a tag's verdict turns, and what it turns to."""

    at: datetime
    becomes: bool


def next_change(
    library: Library,
    person: Person,
    tag: str,
    clock: Clock,
    cuts: Cuts,
    horizon_days: int = HORIZON_DAYS,
) -> NextChange | None:
    """When a tag next enters or leaves a person to whom nothing happens; None: not so soon.

    The cuts of ranks are taken to stay as they are, and so is whom an SQL tag names:
    what others do is not foreseen.

    Args:
        library: Tags in force.
        person: All that is known of one at as-of.
        tag: The tag asked of.
        clock: The moment looked from.
        cuts: Rank to cut.
        horizon_days: How far to look ahead.
    """
    part = library.part([tag])
    memory = Memory(part, person, clock)
    now = tag in carried_at(part, memory, clock, cuts)
    for at in moments(part, memory, clock, horizon_days):
        later = Clock(datetime.fromtimestamp(at, UTC), clock.zone)
        if (tag in carried_at(part, memory, later, cuts)) != now:
            return NextChange(later.as_of, not now)
    return None


def moments(library: Library, memory: Memory, clock: Clock, horizon_days: int) -> list[int]:
    """Every moment after as-of at which some leaf may turn, in order, in epoch seconds."""
    tests = dict.fromkeys(leaf for rule in library.tags.values() for leaf in leaves(rule.condition))
    found = {at for leaf in tests for at in _seconds(leaf, memory)}
    if any(_by_day(leaf) for leaf in tests):
        days = range(1, horizon_days + 1)
        found.update(clock.midnight(clock.today + timedelta(days=day)) for day in days)
    return sorted(at for at in found if clock.at < at <= clock.at + horizon_days * DAY)


def _seconds(leaf: Leaf, memory: Memory) -> Iterator[int]:
    """When a leaf may turn but for midnights."""
    if isinstance(leaf, FieldTest):
        yield from _of_field(leaf, memory.person)
    for ask in asks_of(leaf):
        times = list(_times(ask, memory))
        yield from times
        for window in _windows(leaf, ask):
            if isinstance(window, Back):
                # what was at t lies in (T − far, T − near] from t + near until before t + far
                yield from (at + window.near for at in times)
                yield from (at + window.far for at in times if window.far is not None)


def _times(ask: Ask, memory: Memory) -> Iterable[int]:
    """When the facts were that a question looks at, and when their word ends."""
    match ask:
        case Question():
            return memory.of(ask).times
        case ConsentWord():
            return (said.at for said in memory.person.consents)
        case HandWord():
            said = [word for word in memory.person.hands if word.tag == ask.tag]
            return (at for word in said for at in (word.at, word.until) if at is not None)
    return ()


def _windows(leaf: Leaf, ask: Ask) -> Iterator[Window]:
    if isinstance(leaf, When):
        yield leaf.window
    if isinstance(ask, Question | HandWord) and ask.window:
        yield ask.window


def _of_field(test: FieldTest, person: Person) -> Iterator[int]:
    value, check = person.fields.get(test.word.name), test.check
    if test.word.type is not FieldType.TIME or not isinstance(value, int):
        return
    if isinstance(check, Near):
        yield from (value, value - check.seconds if check.ahead else value + check.seconds)
    if isinstance(check, Between):
        edges = (check.after, check.before)
        yield from (value + edge.seconds for edge in edges if isinstance(edge, Ago))


def _by_day(leaf: Leaf) -> bool:
    """Whether it may turn at midnight in the firm's zone."""
    if isinstance(leaf, FieldTest):
        dated = leaf.word.type is FieldType.DATE and isinstance(leaf.check, Between | Near)
        return dated or isinstance(leaf.check, Anniversary)
    windows = (window for ask in asks_of(leaf) for window in _windows(leaf, ask))
    return any(not isinstance(window, Back) for window in windows)
