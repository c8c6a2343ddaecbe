"""Records, their versions and the quarantine → tables, writing only what changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from heliu.sources.reader import BadRow
from heliu.sources.records import SourceRecord
from models import Membership, Quarantine, Record, RecordVersion
from models.bulk import bulk_insert, stage

RECORD = Record.__table__  # type: ignore[attr-defined]
VERSION = RecordVersion.__table__  # type: ignore[attr-defined]
QUARANTINE = Quarantine.__table__  # type: ignore[attr-defined]
MEMBERSHIP = Membership.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class RecordCounts:
    """What became of a delivery's records."""

    new: int = 0
    changed: int = 0
    same: int = 0
    deleted: int = 0


@dataclass(frozen=True)
class Known:
    """A record as the table has it."""

    id: int
    version: int
    content_hash: str
    deleted: bool


def known_records(connection: sa.Connection, source: str) -> dict[str, Known]:
    """The records of a source so far, by key."""
    columns = (
        RECORD.c.source_pk,
        RECORD.c.id,
        RECORD.c.version,
        RECORD.c.content_hash,
        RECORD.c.deleted_at,
    )
    rows = connection.execute(sa.select(*columns).where(RECORD.c.source == source))
    return {pk: Known(id_, version, hash_, bool(gone)) for pk, id_, version, hash_, gone in rows}


def save_records(
    connection: sa.Connection,
    source: str,
    records: Mapping[str, SourceRecord],
    snapshot: bool,
    run_id: int,
    now: datetime,
) -> RecordCounts:
    """Insert what is new, version what changed, mark what a snapshot no longer has.

    New records get their ids in key order, so that the same delivery gives the same ids.
    """
    known = known_records(connection, source)
    new = sorted(key for key in records if key not in known)
    changed = {
        key: (known[key], record)
        for key, record in records.items()
        if key in known and (known[key].content_hash != record.content_hash or known[key].deleted)
    }
    gone = [k.id for key, k in known.items() if snapshot and key not in records and not k.deleted]
    _insert_new(connection, source, {key: records[key] for key in new}, run_id)
    _insert_versions(connection, changed, run_id)
    _mark_deleted(connection, gone, run_id, now)
    same = len(records) - len(new) - len(changed)
    return RecordCounts(len(new), len(changed), same, len(gone))


def _insert_new(
    connection: sa.Connection, source: str, records: Mapping[str, SourceRecord], run_id: int
) -> None:
    if not records:
        return
    first = (
        int(
            connection.execute(
                sa.select(sa.func.coalesce(sa.func.max(RECORD.c.id), 0))
            ).scalar_one()
        )
        + 1
    )
    hashed = [
        (id_, key, record, record.content_hash)
        for id_, (key, record) in enumerate(records.items(), first)
    ]
    bulk_insert(
        connection,
        "record",
        ("id", "source", "source_pk", "version", "content_hash", "first_run_id", "changed_run_id"),
        ((id_, source, key, 1, hash_, run_id, run_id) for id_, key, _, hash_ in hashed),
    )
    bulk_insert(
        connection,
        "record_version",
        ("record_id", "version", "content_hash", "payload", "run_id"),
        ((id_, 1, hash_, record.payload, run_id) for id_, _, record, hash_ in hashed),
    )
    if connection.dialect.name == "postgresql":  # ids were given, so the counter must follow
        connection.exec_driver_sql(
            "SELECT setval(pg_get_serial_sequence('record', 'id'), max(id)) FROM record"
        )


def _insert_versions(
    connection: sa.Connection, changed: Mapping[str, tuple[Known, SourceRecord]], run_id: int
) -> None:
    if not changed:
        return
    rows = [
        (k.id, k.version + 1, record.content_hash, record.payload) for k, record in changed.values()
    ]
    bulk_insert(
        connection,
        "record_version",
        ("record_id", "version", "content_hash", "payload", "run_id"),
        ((*row, run_id) for row in rows),
    )
    staged = stage(
        connection,
        "changed_record",
        [
            sa.Column("id", sa.BigInteger, primary_key=True),
            sa.Column("version", sa.BigInteger),
            sa.Column("content_hash", sa.Text),
        ],
        (row[:3] for row in rows),
    )
    connection.execute(
        sa.update(RECORD)
        .where(RECORD.c.id == staged.c.id)
        .values(
            version=staged.c.version,
            content_hash=staged.c.content_hash,
            changed_run_id=run_id,
            deleted_at=None,
            normalised_by=None,
        )
    )


def _mark_deleted(connection: sa.Connection, ids: list[int], run_id: int, now: datetime) -> None:
    if not ids:
        return
    staged = stage(
        connection,
        "deleted_record",
        [sa.Column("id", sa.BigInteger, primary_key=True)],
        ((i,) for i in ids),
    )
    connection.execute(
        sa.update(RECORD)
        .where(RECORD.c.id.in_(sa.select(staged.c.id)))
        .values(deleted_at=now, changed_run_id=run_id, normalised_by=None)
    )


def save_quarantine(
    connection: sa.Connection, source: str, bad: Mapping[str, BadRow], run_id: int, now: datetime
) -> None:
    """Keep every row that can't be used; one that reads well now is resolved."""
    epoch = int(now.timestamp())
    staged = stage(
        connection,
        "bad_row",
        [
            sa.Column("source", sa.Text),
            sa.Column("file", sa.Text),
            sa.Column("row_number", sa.BigInteger),
            sa.Column("row_hash", sa.Text, primary_key=True),
            sa.Column("reason", sa.Text),
            sa.Column("payload", sa.Text),
        ],
        (
            (source, row.file, row.number, hash_, row.reason, row.payload)
            for hash_, row in bad.items()
        ),
    )
    mine = QUARANTINE.c.source == source
    same = QUARANTINE.c.row_hash == staged.c.row_hash
    connection.execute(
        sa.update(QUARANTINE)
        .where(mine, QUARANTINE.c.resolved_at.is_(None), ~sa.exists().where(same))
        .values(resolved_at=now)
    )
    connection.execute(
        sa.update(QUARANTINE)
        .where(mine, same)
        .values(row_number=staged.c.row_number, reason=staged.c.reason, resolved_at=None)
    )
    columns = ["source", "file", "row_number", "row_hash", "reason", "payload"]
    fresh = sa.select(
        *(staged.c[name] for name in columns), sa.literal(run_id), sa.literal(epoch)
    ).where(~sa.exists().where(mine, same))
    connection.execute(
        sa.insert(QUARANTINE).from_select([*columns, "first_run_id", "seen_at"], fresh)
    )


def hold_membership(connection: sa.Connection) -> None:
    """Let nobody publish who is who until this transaction ends.

    A fact goes to its record's profile; were that to change between looking it up and
    writing it down, the fact would stay behind. SQLite has one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE membership IN SHARE MODE")


def people_of(connection: sa.Connection, source: str) -> dict[str, tuple[int, int]]:
    """(record id, profile id) by key; a record not unified yet stands for its own profile."""
    current = sa.and_(MEMBERSHIP.c.record_id == RECORD.c.id, MEMBERSHIP.c.to_run_id.is_(None))
    rows = connection.execute(
        sa.select(
            RECORD.c.source_pk, RECORD.c.id, sa.func.coalesce(MEMBERSHIP.c.profile_id, RECORD.c.id)
        )
        .select_from(RECORD.outerjoin(MEMBERSHIP, current))
        .where(RECORD.c.source == source)
    )
    return {key: (record_id, profile_id) for key, record_id, profile_id in rows}
