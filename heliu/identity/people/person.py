"""Everything of one person: which ids, which records, which values; and whose else they are."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from heliu.identity.records import Key, NormalisedRecord
from heliu.identity.values.sound import sounds
from heliu.identity.values.text import Status
from models import Alias, Demotion, Identifier, Membership, Message, PoisonedValue, Profile, Record

ALIAS: sa.Table = Alias.__table__  # type: ignore[attr-defined]
DEMOTION: sa.Table = Demotion.__table__  # type: ignore[attr-defined]
IDENTIFIER: sa.Table = Identifier.__table__  # type: ignore[attr-defined]
MEMBERSHIP: sa.Table = Membership.__table__  # type: ignore[attr-defined]
MESSAGE: sa.Table = Message.__table__  # type: ignore[attr-defined]
POISONED: sa.Table = PoisonedValue.__table__  # type: ignore[attr-defined]
PROFILE: sa.Table = Profile.__table__  # type: ignore[attr-defined]
RECORD: sa.Table = Record.__table__  # type: ignore[attr-defined]

CONTACTS = ("phone", "email")
FULL_NAMES = (Status.OK, Status.LATIN)


class Person(NamedTuple):
    """One person as the tables know them.

    Attributes:
        profile_id: What the person is called now.
        ids: Every id that means them: the profile's, former ones, their records'.
        records: Their records' ids, those gone from their sources included.
        keys: Their records' (source, key).
        values: Every identifier they carry or carried.
        own: Those of them that nobody else's record carries.
        names: What they are called, as it is written.
        contacts: A phone or e-mail that proves something, with the sound of a full name of
            theirs, where nobody else has both.
        addresses: Where messages to them went.
    """

    profile_id: int
    ids: tuple[int, ...]
    records: tuple[int, ...]
    keys: tuple[tuple[str, str], ...]
    values: frozenset[Key]
    own: frozenset[Key]
    names: frozenset[str]
    contacts: frozenset[tuple[Key, str]]
    addresses: frozenset[str]

    @property
    def texts(self) -> frozenset[str]:
        """Their own values as channels and receipts may write them, in small letters."""
        own = {key.value for key in self.own if key.type not in DERIVED}
        own |= {value.removeprefix("+86") for value in own} | self.addresses
        return frozenset(text.lower() for text in own if len(text) > 4)


MOST_SPELLED_OUT = 200  # keys of one statement; SQLite takes 1,000 terms
DERIVED = ("block", "name_birthday")  # identifiers we made of a record, not ones it was told by


def find_person(
    connection: sa.Connection, profile_id: int, versions: Iterable[NormalisedRecord] = ()
) -> Person:
    """Everything that means a profile's person.

    Args:
        connection: Only read.
        profile_id: A profile there is.
        versions: What former versions of the records said, where the caller can tell:
            values no table carries any more are theirs too.
    """
    ids = former_ids(connection, profile_id)
    records = records_of(connection, ids)
    return describe(connection, profile_id, [*ids, *records], records, versions)


def describe(
    connection: sa.Connection,
    profile_id: int,
    ids: Iterable[int],
    records: Sequence[int],
    versions: Iterable[NormalisedRecord] = (),
) -> Person:
    """The person of these records."""
    versions = list(versions)
    others = _live_profiles(connection, ids) - {profile_id}
    told = [identified.key for version in versions for identified in version.identifiers]
    values = frozenset([*_values(connection, records), *told])
    stored = _attributes(connection, records)
    compared = {full_name(parts) for parts in stored} | {version.full_name for version in versions}
    written = [parts.get("values", {}).get("name", "") for parts in stored]
    written += [version.attributes.get("name", "") for version in versions]
    own_ids = tuple(sorted(set(ids) - others))
    return Person(
        profile_id,
        own_ids,
        tuple(sorted(records)),
        _keys(connection, records),
        values,
        values - _carried_by_others(connection, values, records),
        frozenset(map(str, written)) - {""},
        _contacts(connection, values, compared, records),
        _addresses(connection, own_ids, records),
    )


def former_ids(connection: sa.Connection, profile_id: int) -> list[int]:
    """The profile's id and every id whose alias leads to it today."""
    found = [profile_id]
    for id_ in found:  # grows while it is read
        onward = connection.execute(
            sa.select(ALIAS.c.old_id).where(ALIAS.c.profile_id == id_, ALIAS.c.to_run_id.is_(None))
        )
        found += sorted(set(onward.scalars()) - set(found))
    return found


def records_of(connection: sa.Connection, ids: Sequence[int]) -> list[int]:
    """Records that belong to these profile ids, and those that did until their source lost them."""
    open_ = MEMBERSHIP.alias("open")
    still = sa.exists().where(
        open_.c.record_id == MEMBERSHIP.c.record_id, open_.c.to_run_id.is_(None)
    )
    newer = MEMBERSHIP.alias("newer")
    later = sa.exists().where(
        newer.c.record_id == MEMBERSHIP.c.record_id, newer.c.from_run_id > MEMBERSHIP.c.from_run_id
    )
    last = sa.or_(MEMBERSHIP.c.to_run_id.is_(None), sa.and_(~still, ~later))
    rows = connection.execute(
        sa.select(MEMBERSHIP.c.record_id).where(MEMBERSHIP.c.profile_id.in_(ids), last).distinct()
    )
    return sorted(rows.scalars())


def same_key(table: sa.FromClause, keys: Iterable[Key]) -> sa.ColumnElement[bool]:
    """Rows whose (type, scope, value) is one of these."""
    wanted = sorted(keys)
    if len(wanted) > MOST_SPELLED_OUT:
        columns = sa.tuple_(table.c.type, table.c.scope, table.c.value)
        return columns.in_([tuple(key) for key in wanted])
    # Spelled out, since SQLite finds rows of this by an index, and of tuples by a scan.
    each = (
        sa.and_(table.c.type == type_, table.c.scope == scope, table.c.value == value)
        for type_, scope, value in wanted
    )
    return sa.or_(sa.false(), *each)


def _live_profiles(connection: sa.Connection, ids: Iterable[int]) -> set[int]:
    rows = connection.execute(sa.select(PROFILE.c.id).where(PROFILE.c.id.in_(sorted(set(ids)))))
    return set(rows.scalars())


def _keys(connection: sa.Connection, records: Sequence[int]) -> tuple[tuple[str, str], ...]:
    rows = connection.execute(
        sa.select(RECORD.c.source, RECORD.c.source_pk)
        .where(RECORD.c.id.in_(records))
        .order_by(RECORD.c.id)
    )
    return tuple((source, key) for source, key in rows)


def _values(connection: sa.Connection, records: Sequence[int]) -> list[Key]:
    """What they carry, and what was not believed of them."""
    tables = [
        sa.select(table.c.type, table.c.scope, table.c.value).where(table.c.record_id.in_(records))
        for table in (IDENTIFIER, POISONED)
    ]
    return [Key(*row) for row in connection.execute(sa.union(*tables))]


def _carried_by_others(
    connection: sa.Connection, values: frozenset[Key], records: Sequence[int]
) -> set[Key]:
    columns = IDENTIFIER.c
    rows = connection.execute(
        sa.select(columns.type, columns.scope, columns.value)
        .where(same_key(IDENTIFIER, values), columns.record_id.not_in(records))
        .distinct()
    )
    return {Key(*row) for row in rows}


def _attributes(connection: sa.Connection, records: Sequence[int]) -> list[dict[str, Any]]:
    rows = connection.execute(
        sa.select(RECORD.c.attributes).where(
            RECORD.c.id.in_(records), RECORD.c.attributes.is_not(None)
        )
    )
    return [json.loads(text) for text in rows.scalars()]


def _contacts(
    connection: sa.Connection, values: frozenset[Key], names: set[str], records: Sequence[int]
) -> frozenset[tuple[Key, str]]:
    contacts = {key for key in values if key.type in CONTACTS}
    many = connection.execute(
        sa.select(DEMOTION.c.type, DEMOTION.c.scope, DEMOTION.c.value).where(
            same_key(DEMOTION, contacts)
        )
    )
    contacts -= {Key(*row) for row in many}
    columns = IDENTIFIER.c
    rows = connection.execute(
        sa.select(columns.type, columns.scope, columns.value, RECORD.c.attributes)
        .join(RECORD, RECORD.c.id == columns.record_id)
        .where(
            same_key(IDENTIFIER, contacts),
            columns.record_id.not_in(records),
            RECORD.c.attributes.is_not(None),
        )
    )
    others = {
        (Key(type_, scope, value), sound)
        for type_, scope, value, text in rows
        for sound in spoken([full_name(json.loads(text))])
    }
    return frozenset((key, sound) for key in contacts for sound in spoken(names)) - others


def spoken(names: Iterable[str]) -> list[str]:
    """How full names sound, as text."""
    return sorted({" ".join(sound) for name in names if name for sound in sounds(name)})


def full_name(parts: dict[str, Any]) -> str:
    """The name of a record's stored attributes if it tells people apart, else ""."""
    return str(parts.get("name", "")) if parts.get("name_status") in FULL_NAMES else ""


def _addresses(
    connection: sa.Connection, ids: Sequence[int], records: Sequence[int]
) -> frozenset[str]:
    """Where their messages went; none that somebody else carries, and no profile's id."""
    rows = connection.execute(
        sa.select(MESSAGE.c.address).where(MESSAGE.c.profile_id.in_(ids)).distinct()
    )
    sent = set(rows.scalars()) - set(map(str, ids))
    elsewhere = connection.execute(
        sa.select(IDENTIFIER.c.value).where(
            IDENTIFIER.c.type.in_(CONTACTS),
            IDENTIFIER.c.value.in_(sorted({*sent, *(f"+86{one}" for one in sent)})),
            IDENTIFIER.c.record_id.not_in(records),
        )
    )
    others = set(elsewhere.scalars())
    return frozenset(sent - others - {one.removeprefix("+86") for one in others})
