"""Forget a person: every value gone from every table, and known again only by keyed hashes."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from heliu.identity.people.forget import count_rows, forget
from heliu.identity.people.forgotten import Forgotten
from heliu.identity.people.holdings import ERASED, HOLDINGS, Fate
from heliu.identity.people.person import Person, describe
from heliu.identity.people.traces import QUARANTINE, find_bad_rows, message_files, zero_deleted
from heliu.identity.tables.store import load_normalised
from models import Erasure, Membership, Record
from models.bulk import stage_ids

ERASURE: sa.Table = Erasure.__table__  # type: ignore[attr-defined]
MEMBERSHIP: sa.Table = Membership.__table__  # type: ignore[attr-defined]
RECORD: sa.Table = Record.__table__  # type: ignore[attr-defined]
FILES = "message files"  # beside the tables' names in a receipt


class Receipt(NamedTuple):
    """What was erased, when and by whom; nothing that says who it was."""

    id: int
    profile_id: int
    who: str
    why: str
    at: datetime
    counts: dict[str, int]  # table → rows


def plan_erasure(connection: sa.Connection, person: Person, home: Path) -> dict[str, int]:
    """How many rows of each table, and how many files, erasing would take or empty."""
    counts = {
        holding.table.name: count_rows(connection, holding, person)
        for holding in HOLDINGS
        if holding.fate is not Fate.KEPT
    }
    counts[QUARANTINE.name] = len(find_bad_rows(connection, person))
    counts[FILES] = len(message_files(home, person.ids))
    return {name: number for name, number in counts.items() if number}


def erase(
    connection: sa.Connection,
    person: Person,
    secret: bytes,
    *,
    who: str,
    why: str,
    now: datetime,
    files: int = 0,
) -> Receipt:
    """Erase a person, in the caller's transaction, and keep what knows them again.

    Args:
        connection: In a transaction that may write; no stage may run meanwhile.
        person: As `find_person` found them in this transaction.
        secret: The key of the hashes.
        who: Who erases.
        why: What they were asked; no personal data.
        now: When.
        files: How many message files the caller deletes after the transaction.
    """
    zero_deleted(connection)
    values = {"profile_id": person.profile_id, "who": who, "why": why, "at": now}
    erasure = connection.execute(
        sa.insert(ERASURE).values(values).returning(ERASURE.c.id)
    ).scalar_one()
    counts = forget(connection, person, secret, int(erasure), now)
    counts |= {FILES: files} if files else {}
    connection.execute(
        sa.update(ERASURE).where(ERASURE.c.id == erasure).values(counts=json.dumps(counts))
    )
    return Receipt(int(erasure), person.profile_id, who, why, now, counts)


def erase_returned(
    connection: sa.Connection,
    normalised: Iterable[int],
    forgotten: Forgotten | None,
    secret: Callable[[], bytes],
    now: datetime,
) -> set[int]:
    """Erase again what a source told anew of an erased person under another key.

    To be called when records have been normalised and before they are resolved; with
    nobody erased (`forgotten` is None) it does nothing.

    Args:
        connection: In the caller's transaction.
        normalised: Ids of the records just normalised; only those in no profile yet
            are looked at, since erasing never reaches another person by itself.
        forgotten: As `load_forgotten` gives it.
        secret: Gives the key of the hashes.
        now: When.

    Returns:
        Ids of the records that are empty now and belong to nobody.
    """
    if forgotten is None:
        return set()
    records = load_normalised(connection, _in_no_profile(connection, normalised))
    found = [(record, id_) for record in records if (id_ := forgotten.erasure_of(record))]
    if found:
        zero_deleted(connection)
    for record, erasure in found:
        ids = [record.record_id]
        person = describe(connection, record.record_id, ids, ids, [record])
        forget(connection, person, secret(), erasure, now)
    return {record.record_id for record, _ in found}


def _in_no_profile(connection: sa.Connection, records: Iterable[int]) -> list[int]:
    asked = stage_ids(connection, "asked_record", records)
    known = sa.exists().where(MEMBERSHIP.c.record_id == asked.c.id)
    return list(connection.execute(sa.select(asked.c.id).where(~known)).scalars())


def receipt_of(connection: sa.Connection, record_id: int) -> Receipt | None:
    """The erasure that emptied a record; None where there was none."""
    emptied_by = connection.execute(
        sa.select(RECORD.c.normalised_by).where(RECORD.c.id == record_id)
    ).scalar()
    prefix = ERASED.format("")
    if not emptied_by or not emptied_by.startswith(prefix):
        return None
    erasure = int(emptied_by.removeprefix(prefix))
    row = connection.execute(sa.select(ERASURE).where(ERASURE.c.id == erasure)).one()
    return Receipt(row.id, row.profile_id, row.who, row.why, row.at, json.loads(row.counts))


def erased_ids(connection: sa.Connection, erasure_id: int) -> list[int]:
    """Ids of the records an erasure emptied, and so every id its person ever had."""
    rows = connection.execute(
        sa.select(RECORD.c.id)
        .where(RECORD.c.normalised_by == ERASED.format(erasure_id))
        .order_by(RECORD.c.id)
    )
    return list(rows.scalars())
