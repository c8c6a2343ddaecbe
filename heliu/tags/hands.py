"""Tags set by hand: words that hold until their time is over or they are taken back.

A word belongs to a record, the profile's anchor, so that it follows the person through
merges and splits. Each word leaves a note in `touched`: the next tag run makes it true.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from heliu.documents import Problems
from heliu.errors import Place, Problem, did_you_mean
from heliu.rules.library import Library
from heliu.tags.whom import people_named
from models import HandTag, Membership, Touched
from models.bulk import stage_ids

HAND = HandTag.__table__  # type: ignore[attr-defined]
MEMBERSHIP = Membership.__table__  # type: ignore[attr-defined]
TOUCHED = Touched.__table__  # type: ignore[attr-defined]

REASON = "hand"  # of a note in `touched`
NO_RUN = 0  # whose note it is: a human's, no run's


@dataclass(frozen=True)
class HandWord:
    """What somebody says of one person and one tag.

    Attributes:
        person: A profile's id, a former one, a record's, or SOURCE:KEY of a record.
        holds: Whether the tag holds; None takes back every word that is in force.
        until: When the word's time is over; None: never.
        place: Where it is said, for errors.
    """

    person: str
    tag: str
    holds: bool | None
    who: str
    why: str = ""
    until: datetime | None = None
    place: Place = field(default=Place("word"), compare=False)


@dataclass(frozen=True)
class HandSaid:
    """A word as it is stored; one whose time was over when it was said took others back."""

    tag: str
    holds: bool
    who: str
    why: str
    at: datetime
    until_at: datetime | None

    @property
    def takes_back(self) -> bool:
        """Whether it only ended others."""
        return self.until_at == self.at


@dataclass(frozen=True)
class HandCounts:
    """What became of words.

    Attributes:
        stored: Words that are in force now.
        ended: Words taken back.
        same: Words that were in force already, and are left as they are.
        profiles: Whom the next tag run judges for it.
    """

    stored: int
    ended: int
    same: int
    profiles: tuple[int, ...]


def set_by_hand(
    connection: sa.Connection,
    words: Sequence[HandWord],
    library: Library,
    at: datetime,
    problems: Problems | None = None,
) -> HandCounts:
    """Store words of humans, all of them or none.

    Safe to repeat: a word that is in force already is not stored again.

    Args:
        connection: In a transaction that may write.
        words: What is said.
        library: Tags in force; only those with `manual: true` can be set.
        at: When it is said, and what "in force" means.
        problems: What was wrong with where the words were read from, told with the rest.

    Raises:
        ConfigError: Everything wrong with any of the words, each at its place.
    """
    problems = problems or Problems()
    people = people_named(connection, {word.person for word in words})
    said: dict[tuple[int, str], HandWord] = {}
    for word in words:
        profile_id = people.get(word.person)
        problems.found += _problems(word, profile_id, library, at)
        first = said.setdefault((profile_id or 0, word.tag), word)
        if profile_id and (first.holds, first.until) != (word.holds, word.until):
            says = f"{first.place} says another thing of the same profile and tag"
            problems.add(word.place, says)
    problems.raise_if_any()
    return _store(connection, said, at)


def _problems(
    word: HandWord, profile_id: int | None, library: Library, at: datetime
) -> Iterable[Problem]:
    if profile_id is None:
        says = "there is no such profile, record or former id"
        yield Problem(word.place, says, "Give a profile's id, or SOURCE:KEY of a record.")
    rule = library.tags.get(word.tag)
    if rule is None:
        says = f"unknown tag {word.tag!r}{did_you_mean(word.tag, library.tags)}"
        yield Problem(word.place, says, "`heliu tags list` lists them.")
    elif not rule.manual:
        says = f"{word.tag!r} is computed, hands can't set it"
        yield Problem(word.place, says, f"Say `manual: true` in {rule.place.path}.")
    if not word.who.strip():
        yield Problem(word.place, "nobody says it", "Give `who`: a name or an account.")
    if word.until and word.until <= at:
        yield Problem(word.place, "its time is over already", "Give a later `until`.")


def _store(
    connection: sa.Connection, words: Mapping[tuple[int, str], HandWord], at: datetime
) -> HandCounts:
    people = stage_ids(connection, "hand_profile", {profile_id for profile_id, _ in words})
    anchors, standing = _anchors(connection, people), _in_force(connection, people, at)
    fresh = {
        (profile_id, tag): word
        for (profile_id, tag), word in words.items()
        if _says_more(word, standing.get((profile_id, tag)))
    }
    ended = [one.id for pair, word in fresh.items() if word.holds is None for one in standing[pair]]
    if ended:
        over = stage_ids(connection, "hand_over", ended)
        theirs = HAND.c.id.in_(sa.select(over.c.id))
        connection.execute(HAND.update().where(theirs).values(until_at=at))
    rows = [_row(id_, anchors[id_], word, at) for (id_, _), word in fresh.items()]
    touched = sorted({profile_id for profile_id, _ in fresh})
    notes = [{"profile_id": id_, "reason": REASON, "run_id": NO_RUN} for id_ in touched]
    if fresh:
        connection.execute(HAND.insert(), rows)
        connection.execute(TOUCHED.insert(), notes)
    stored = sum(word.holds is not None for word in fresh.values())
    return HandCounts(stored, len(ended), len(words) - len(fresh), tuple(touched))


def _anchors(connection: sa.Connection, people: sa.Table) -> dict[int, int]:
    """Profile to the smallest of its records: usually the one it is named after."""
    smallest = sa.func.min(MEMBERSHIP.c.record_id)
    query = (
        sa.select(MEMBERSHIP.c.profile_id, smallest)
        .join(people, people.c.id == MEMBERSHIP.c.profile_id)
        .where(MEMBERSHIP.c.to_run_id.is_(None))
        .group_by(MEMBERSHIP.c.profile_id)
    )
    return dict(connection.execute(query).tuples().all())


def _in_force(
    connection: sa.Connection, people: sa.Table, at: datetime
) -> dict[tuple[int, str], list[Any]]:
    """Profile and tag to the words that hold now, the newest last."""
    query = (
        sa.select(HAND)
        .join(people, people.c.id == HAND.c.profile_id)
        .where(HAND.c.at <= at, sa.or_(HAND.c.until_at.is_(None), HAND.c.until_at > at))
        .order_by(HAND.c.at, HAND.c.id)
    )
    found: dict[tuple[int, str], list[Any]] = {}
    for row in connection.execute(query):
        found.setdefault((row.profile_id, row.tag), []).append(row)
    return found


def _says_more(word: HandWord, standing: Sequence[Any] | None) -> bool:
    """Whether a word changes anything: taking back nothing doesn't, nor saying the same again."""
    if not standing:
        return word.holds is not None
    newest = standing[-1]
    return (word.holds, word.until) != (newest.holds, newest.until_at)


def _row(profile_id: int, record_id: int, word: HandWord, at: datetime) -> dict[str, object]:
    """A word as it is stored; one that takes back has no time of its own: it tells who did."""
    return {
        "record_id": record_id,
        "profile_id": profile_id,
        "tag": word.tag,
        "holds": bool(word.holds),
        "who": word.who.strip(),
        "why": word.why.strip(),
        "at": at,
        "until_at": at if word.holds is None else word.until,
    }


def words_on(connection: sa.Connection, profile_id: int, tag: str | None = None) -> list[HandSaid]:
    """What was ever said by hand of a profile's tags, the newest first."""
    query = sa.select(HAND).where(HAND.c.profile_id == profile_id)
    if tag:
        query = query.where(HAND.c.tag == tag)
    rows = connection.execute(query.order_by(HAND.c.at.desc(), HAND.c.id.desc()))
    return [HandSaid(row.tag, row.holds, row.who, row.why, row.at, row.until_at) for row in rows]
