"""What a change of rules would do: who enters and leaves each tag, segment and campaign, and why.

Both revisions are judged by the one statement on one connection, on the same facts as of
the same moment, each with cuts of its own ranks; their words are then compared. Only what
can differ is judged: rules with another hash, and what they read. Nothing is written.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from heliu.errors import HeliuError, did_you_mean
from heliu.rules.library import Library
from heliu.rules.reference import Cuts, Person
from heliu.rules.sql import PROFILE
from heliu.rules.windows import Clock
from heliu.tags.moved import Judged, Sizes, drop_judged, judge_twice, samples_of, sizes_of
from heliu.tags.reasons import Bench, Reason, reasons_for
from heliu.tags.revision import (
    Change,
    Kind,
    Revision,
    changes_between,
    kind_of,
    reads_of,
)
from heliu.tags.said import Shown

LoadPeople = Callable[[sa.Connection, Iterable[int], Clock, Library], Mapping[int, Person]]


@dataclass(frozen=True)
class Sample:
    """One profile that moves.

    Attributes:
        entered: Whether it enters or leaves.
        reasons: Which leaves speak for it.
        confirmed: Whether the reference engine says of both revisions what SQL says.
    """

    profile_id: int
    entered: bool
    reasons: tuple[Reason, ...]
    confirmed: bool


@dataclass(frozen=True)
class Move:
    """A tag, segment or campaign whose rule means something else, and what that moves.

    Attributes:
        through: The changed rules it reads, where it is changed by them.
        sizes: Its people before and after, and who is on one side only.
        samples: The first that enter and the first that leave; none of campaigns,
            whose people are their segment's.
    """

    kind: Kind
    name: str
    title: str
    change: Change
    through: tuple[str, ...]
    sizes: Sizes
    samples: tuple[Sample, ...] = ()

    @property
    def moves(self) -> bool:
        """Whether anybody enters or leaves."""
        return bool(self.sizes.entered or self.sizes.left)


@dataclass(frozen=True)
class TagDiff:
    """Everything that a change of rules changes.

    Attributes:
        before: The old revision's label and hash of its library.
        after: The new revision's.
        profiles: How many people there are.
        moves: Rules that mean something else: tags, then segments, then campaigns.
        same: How many rules mean the same, so nobody moves.
    """

    before: tuple[str, str]
    after: tuple[str, str]
    profiles: int
    moves: tuple[Move, ...]
    same: int

    @property
    def anybody(self) -> bool:
        """Whether anybody enters or leaves anything."""
        return any(move.moves for move in self.moves)


def compare(
    connection: sa.Connection,
    before: Revision,
    after: Revision,
    clock: Clock,
    load_people: LoadPeople,
    shown: Shown,
    samples: int = 10,
    only: Collection[str] = (),
) -> TagDiff:
    """Judge everybody by two revisions and tell the difference.

    Args:
        connection: In a transaction that need not write.
        before: The rules as they are.
        after: The rules as they would be.
        clock: As-of and the firm's zone, the same for both.
        load_people: Gives profiles to the reference engine, for the reasons; of the library
            it is handed only what is asked counts.
        shown: How a personal value may be shown that a rule itself names.
        samples: How many profiles to show of each tag and segment, entering and leaving.
        only: Tags to look at; empty for everything.

    Raises:
        HeliuError: Neither revision has a tag that `only` names.
    """
    changes = _asked_for(changes_between(before.whole, after.whole), before, after, only)
    sides = [side.whole.part(changes) for side in (before, after)]
    names = sorted({*sides[0].tags, *sides[1].tags})
    numbers = {name: number for number, name in enumerate(names)}
    profiles = connection.execute(sa.select(sa.func.count()).select_from(PROFILE)).scalar_one()
    moves: tuple[Move, ...] = ()
    if changes:
        old, new = judge_twice(connection, sides[0], sides[1], numbers, clock)
        asked = {name: numbers[name] for name in changes}
        sizes = sizes_of(connection, old, new, asked)
        chosen = samples_of(connection, old, new, asked, _wanted(sizes, samples))
        people = load_people(connection, _ids(chosen), clock, _all_asks(sides))
        told = _told(chosen, people, (old, new), clock, shown)
        moves = _moves(changes, sides, sizes, told)
        drop_judged(connection)
    every = {*before.whole.tags, *after.whole.tags}
    return TagDiff(
        (before.label, before.library.hash),
        (after.label, after.library.hash),
        profiles,
        moves,
        len(every) - len(changes),
    )


def _asked_for(
    changes: dict[str, Change], before: Revision, after: Revision, only: Collection[str]
) -> dict[str, Change]:
    known = {*before.library.tags, *after.library.tags}
    for name in only:
        if name not in known:
            raise HeliuError(f"neither side has a tag {name!r}{did_you_mean(name, sorted(known))}")
    return {name: change for name, change in changes.items() if not only or name in only}


def _wanted(sizes: Mapping[str, Sizes], samples: int) -> dict[tuple[str, bool], int]:
    """How many to show of each side: half and half, the rest of one that has fewer to the other."""
    wanted = {}
    for name, size in sizes.items():
        if kind_of(name)[0] is Kind.CAMPAIGN:
            continue
        leaving = min(size.left, max(samples // 2, samples - size.entered))
        wanted[name, True] = min(size.entered, samples - leaving)
        wanted[name, False] = leaving
    return {pair: number for pair, number in wanted.items() if number}


def _all_asks(sides: Iterable[Library]) -> Library:
    """What either side asks, as one library that is asked of and never judged by."""
    rules = {
        f"{n} {rule.name}": rule for n, side in enumerate(sides) for rule in side.tags.values()
    }
    return Library(rules)


def _ids(chosen: Mapping[tuple[str, bool], list[int]]) -> list[int]:
    return sorted({profile_id for found in chosen.values() for profile_id in found})


def _told(
    chosen: Mapping[tuple[str, bool], list[int]],
    people: Mapping[int, Person],
    sides: tuple[Judged, Judged],
    clock: Clock,
    shown: Shown,
) -> dict[str, list[Sample]]:
    """The samples of each name with their reasons."""
    told: dict[str, list[Sample]] = {}
    for name in sorted({name for name, _ in chosen}):
        parts = [(side.library.part([name]), side.cuts) for side in sides]
        told[name] = [
            _sample(name, profile_id, entered, people[profile_id], parts, clock, shown)
            for entered in (True, False)
            for profile_id in chosen.get((name, entered), ())
        ]
    return told


def _sample(
    name: str,
    profile_id: int,
    entered: bool,
    person: Person,
    parts: Sequence[tuple[Library, Cuts]],
    clock: Clock,
    shown: Shown,
) -> Sample:
    """A profile judged by hand, as it were, by the part of each library that decides the name."""
    before, after = (Bench.of(library, person, clock, cuts) for library, cuts in parts)
    holds = before.verdict(name).holds, after.verdict(name).holds
    reasons = reasons_for(name, before, after, shown)
    return Sample(profile_id, entered, reasons, holds == (not entered, entered))


def _moves(
    changes: Mapping[str, Change],
    sides: list[Library],
    sizes: Mapping[str, Sizes],
    told: Mapping[str, list[Sample]],
) -> tuple[Move, ...]:
    found = []
    for key, change in changes.items():
        kind, name = kind_of(key)
        rule = sides[1].tags.get(key) or sides[0].tags[key]
        read = frozenset[str]().union(*(reads_of(side, key) for side in sides if key in side.tags))
        through = sorted(kind_of(other)[1] for other in read if other in changes)
        samples = tuple(told.get(key, ()))
        found.append(Move(kind, name, rule.title, change, tuple(through), sizes[key], samples))
    order = list(Kind)
    return tuple(sorted(found, key=lambda move: (order.index(move.kind), move.name)))
