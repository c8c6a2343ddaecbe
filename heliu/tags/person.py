"""One person, or some, as the reference engine wants them: what rules may see at a moment."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from heliu.rules.among import Among
from heliu.rules.asks import Fact, Selected
from heliu.rules.columns import EVENT, PROFILE, at_of, happened_at, word_column
from heliu.rules.comparing import Scalar
from heliu.rules.conditions import Question
from heliu.rules.facts import CONSENT, HAND_TAG, messages, selected
from heliu.rules.library import Library
from heliu.rules.person import ConsentSaid, HandSaid, Happening, Person
from heliu.rules.vocabulary import MESSAGE_EVENTS, MESSAGE_PROPERTIES, Vocabulary
from heliu.rules.windows import Clock
from models.bulk import bulk_select, stage_ids

Row = TypeVar("Row")
Rows = Iterator[tuple[int, Row]]  # whose, what


@dataclass(frozen=True)
class Stored(Happening):
    """An event with its id in the table it is from; a message's happenings have none."""

    id: int | None = None


def load_person(
    connection: sa.Connection,
    words: Vocabulary,
    profile_id: int,
    as_of: datetime,
    library: Library | None = None,
) -> Person | None:
    """What rules may see of one profile; None where there is none of that id.

    Fields are as they are now; facts are those up to as-of.

    Args:
        connection: Only read.
        words: The firm's.
        profile_id: A profile's id of today; see heliu.identity.people.lookup for others.
        as_of: No later fact is loaded.
        library: Who is going to judge: what it doesn't ask of stays unread. Without it all
            is read but the SELECTs of rules, which only a library names.
    """
    among = Among(low=profile_id, high=profile_id)
    return _load(connection, words, among, as_of, library).get(profile_id)


def load_people(
    connection: sa.Connection,
    words: Vocabulary,
    ids: Iterable[int],
    as_of: datetime,
    library: Library | None = None,
) -> dict[int, Person]:
    """The same for some profiles, in a few statements; those that are no more are left out.

    Args:
        connection: May fill a TEMP table; the facts of all of them come into memory.
        words: The firm's.
        ids: Profiles' ids of today.
        as_of: No later fact is loaded.
        library: As of `load_person`.
    """
    among = Among(listed=stage_ids(connection, "person_wanted", ids))
    return _load(connection, words, among, as_of, library)


def _load(
    connection: sa.Connection,
    words: Vocabulary,
    among: Among,
    as_of: datetime,
    library: Library | None,
) -> dict[int, Person]:
    now = int(as_of.timestamp())
    asked = set(Fact) if library is None else {ask.fact for ask in library.questions}
    done: dict[int, list[Happening]] = {}
    if Fact.EVENT in asked:
        _gather(done, _events(connection, words, among, now, _types(library)))
    if Fact.MESSAGE in asked:
        _gather(done, _messages(connection, among, now))
    said: dict[int, list[ConsentSaid]] = {}
    if Fact.CONSENT in asked:
        _gather(said, _consents(connection, among, now))
    hands: dict[int, list[HandSaid]] = {}
    if Fact.HAND in asked:
        _gather(hands, _hands(connection, among, now))
    returned: dict[int, list[Selected]] = {}
    if library and Fact.SELECT in asked:
        _gather(returned, _selected(connection, library, among, as_of))
    return {
        id_: Person(
            fields,
            done.get(id_, ()),
            said.get(id_, ()),
            hands.get(id_, ()),
            frozenset(returned.get(id_, ())),
        )
        for id_, fields in _fields(connection, words, among)
    }


def _gather(found: dict[int, list[Row]], rows: Iterable[tuple[int, Row]]) -> None:
    for profile_id, row in rows:
        found.setdefault(profile_id, []).append(row)


def _types(library: Library | None) -> list[str] | None:
    """The types of events a library asks of, None where it may be any."""
    asked = [q for q in library.questions if isinstance(q, Question)] if library else []
    if not asked or any(not question.types for question in asked):
        return None
    return sorted({type_ for question in asked for type_ in question.types})


def _fields(connection: sa.Connection, words: Vocabulary, among: Among) -> Rows[dict[str, Scalar]]:
    columns = [word_column(PROFILE, word) for word in words.fields.values()]
    query = sa.select(PROFILE.c.id, *columns).where(*among.of(PROFILE.c.id))
    for id_, *values in bulk_select(connection, query):
        yield id_, _known(words.fields, values)


def _events(
    connection: sa.Connection,
    words: Vocabulary,
    among: Among,
    now: int,
    types: Sequence[str] | None,
) -> Rows[Happening]:
    properties = words.properties
    columns = [word_column(EVENT, word) for word in properties.values()]
    query = (
        sa.select(EVENT.c.profile_id, EVENT.c.id, EVENT.c.type, happened_at, *columns)
        .where(*among.of(EVENT.c.profile_id), happened_at <= now)
        .order_by(EVENT.c.profile_id, EVENT.c.at, EVENT.c.id)
    )
    if types is not None:
        query = query.where(EVENT.c.type.in_(types))
    for profile_id, id_, type_, at, *values in bulk_select(connection, query):
        yield profile_id, Stored(type_, at, _known(properties, values), id_)


def _messages(connection: sa.Connection, among: Among, now: int) -> Rows[Happening]:
    told = messages(MESSAGE_EVENTS, among)
    columns = [told.c[name] for name in MESSAGE_PROPERTIES]
    query = sa.select(told.c.profile_id, told.c.type, told.c.at, *columns)
    in_order = query.where(told.c.at <= now).order_by(told.c.profile_id, told.c.at, told.c.type)
    for profile_id, type_, at, *values in bulk_select(connection, in_order):
        yield profile_id, Happening(type_, at, _known(MESSAGE_PROPERTIES, values))


def _consents(connection: sa.Connection, among: Among, now: int) -> Rows[ConsentSaid]:
    row, at = CONSENT.c, at_of(CONSENT)
    query = (
        sa.select(row.profile_id, row.channel, row.topic, row.granted, at, row.record_id)
        .where(*among.of(row.profile_id), at <= now)
        .order_by(row.profile_id, row.at, row.id)
    )
    for profile_id, channel, topic, granted, said_at, record in bulk_select(connection, query):
        yield profile_id, ConsentSaid(channel, topic, bool(granted), said_at, record)


def _hands(connection: sa.Connection, among: Among, now: int) -> Rows[HandSaid]:
    row, at = HAND_TAG.c, at_of(HAND_TAG)
    until = sa.type_coerce(row.until_at, sa.BigInteger)
    query = (
        sa.select(row.profile_id, row.tag, row.holds, at, until, row.id)
        .where(*among.of(row.profile_id), at <= now)
        .order_by(row.profile_id, row.at, row.id)
    )
    for profile_id, tag, holds, said_at, ends, id_ in bulk_select(connection, query):
        yield profile_id, HandSaid(tag, bool(holds), said_at, ends, id_)


def _selected(
    connection: sa.Connection, library: Library, among: Among, as_of: datetime
) -> Rows[Selected]:
    clock = Clock(as_of, ZoneInfo("UTC"))  # a SELECT is given the instant alone
    for ask in library.questions:
        if isinstance(ask, Selected):
            for profile_id, _ in bulk_select(connection, selected(ask, clock, among)):
                yield profile_id, ask


def _known(names: Iterable[str], values: Sequence[Any]) -> dict[str, Scalar]:
    pairs = zip(names, values, strict=True)
    return {name: value for name, value in pairs if value is not None}
