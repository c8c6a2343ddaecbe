"""Every id ever published leads somewhere: to a profile, to its receipt, or to how it ended."""

from typing import NamedTuple

import sqlalchemy as sa

from heliu.errors import PermanentError
from heliu.identity.people.erasure import Receipt, receipt_of
from heliu.identity.people.person import ALIAS, MEMBERSHIP, PROFILE, RECORD


class Found(NamedTuple):
    """What an id or a record's key means today.

    Attributes:
        profile_id: The profile; None where there is none any more.
        gone_id: Then the id the last profile had.
        record_id: The record asked for, or the one of the id's number.
        receipt: Then the erasure that ended it, if one did.
        notes: How it was found, one sentence a step; ids, never values.
    """

    profile_id: int | None
    gone_id: int | None = None
    record_id: int | None = None
    receipt: Receipt | None = None
    notes: tuple[str, ...] = ()


class UnknownId(PermanentError):
    """Nothing was ever called that."""


def find_profile(connection: sa.Connection, text: str) -> Found:
    """What an id, or a record's SOURCE:KEY, means today.

    Args:
        connection: Only read.
        text: The id of a profile, of a record, or an id that once was a profile's;
            or a source's name, a colon and the record's key there.

    Raises:
        UnknownId: There never was such a thing.
    """
    source, colon, key = text.strip().partition(":")
    if colon:
        return _by_key(connection, source, key)
    if not source.isascii() or not source.isdigit() or len(source) > 18:
        raise UnknownId("an id is a whole number; a record's key is written SOURCE:KEY")
    return _follow(connection, int(source), ())._replace(record_id=int(source))


def _by_key(connection: sa.Connection, source: str, key: str) -> Found:
    record = connection.execute(
        sa.select(RECORD.c.id).where(RECORD.c.source == source, RECORD.c.source_pk == key)
    ).scalar()
    if record is None:
        raise UnknownId(f"the source {source!r} has no record of this key, or it was erased")
    notes = (f"{source}'s record of this key is record {record}",)
    return _of_record(connection, record, notes)._replace(record_id=record)


def _follow(connection: sa.Connection, id_: int, notes: tuple[str, ...]) -> Found:
    """Through aliases to the profile; else by the record of that id."""
    seen: set[int] = set()
    here = id_
    while here not in seen:
        seen.add(here)
        if _is_profile(connection, here):
            return Found(here, notes=notes)
        alias = connection.execute(
            sa.select(ALIAS).where(ALIAS.c.old_id == here, ALIAS.c.to_run_id.is_(None))
        ).first()
        if alias is None:
            break
        notes += (f"{here} became part of {alias.profile_id} in run {alias.from_run_id}",)
        here = alias.profile_id
    if here != id_:
        return Found(None, here, notes=notes)
    return _of_record(connection, id_, notes)


def _of_record(connection: sa.Connection, record: int, notes: tuple[str, ...]) -> Found:
    if receipt := receipt_of(connection, record):
        return Found(None, receipt.profile_id, receipt=receipt, notes=notes)
    last = connection.execute(
        sa.select(MEMBERSHIP)
        .where(MEMBERSHIP.c.record_id == record)
        .order_by(MEMBERSHIP.c.from_run_id.desc())
        .limit(1)
    ).first()
    if last is None:
        return _never_in_one(connection, record, notes)
    if last.to_run_id is None:
        notes += (f"record {record} belongs to profile {last.profile_id}",)
        return Found(last.profile_id, notes=notes)
    notes += (f"record {record} left profile {last.profile_id} in run {last.to_run_id}",)
    if last.profile_id == record:
        return Found(None, record, notes=notes)
    return _follow(connection, last.profile_id, notes)


def _never_in_one(connection: sa.Connection, record: int, notes: tuple[str, ...]) -> Found:
    """Not unified yet; or a profile's id handed down by a record long gone."""
    there = connection.execute(sa.select(RECORD.c.deleted_at).where(RECORD.c.id == record)).first()
    if there is None:
        raise UnknownId(f"no profile, record or former id {record}")
    return Found(None, record, notes=(*notes, f"record {record} is in no profile yet"))


def _is_profile(connection: sa.Connection, id_: int) -> bool:
    found = sa.select(PROFILE.c.id).where(PROFILE.c.id == id_)
    return connection.execute(found).first() is not None
