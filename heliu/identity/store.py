"""Normalised records in tables: what waits, what was made of it, and all of it back."""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa

from heliu.identity.records import Identified, Key, NormalisedRecord
from heliu.identity.text import Status
from models import Identifier, IdentifierStatus, Record, RecordVersion, Strength
from models.bulk import bulk_insert, stage

RECORD = Record.__table__  # type: ignore[attr-defined]
VERSION = RecordVersion.__table__  # type: ignore[attr-defined]
IDENTIFIER = Identifier.__table__  # type: ignore[attr-defined]


class PendingRecord(NamedTuple):
    """A record whose current version is yet to be normalised, as its source wrote it."""

    record_id: int
    source: str
    source_key: str
    payload: dict[str, str]


def pending_records(connection: sa.Connection, normaliser_key: str) -> list[PendingRecord]:
    """Live records not yet normalised by this mapping and policy, by id.

    Args:
        connection: Only read.
        normaliser_key: Names everything normalising depends on: mappings, fields, policy.
    """
    rows = connection.execute(
        sa.select(RECORD.c.id, RECORD.c.source, RECORD.c.source_pk, VERSION.c.payload)
        .join(
            VERSION,
            (VERSION.c.record_id == RECORD.c.id) & (VERSION.c.version == RECORD.c.version),
        )
        .where(
            RECORD.c.deleted_at.is_(None),
            RECORD.c.normalised_by.is_distinct_from(normaliser_key),
        )
        .order_by(RECORD.c.id)
    )
    return [PendingRecord(id_, source, key, json.loads(text)) for id_, source, key, text in rows]


def save_normalised(
    connection: sa.Connection, records: Iterable[NormalisedRecord], normaliser_key: str
) -> int:
    """Write what normalising made of these records in place of what it made before.

    Returns:
        How many records were written.
    """
    records = list(records)
    if not records:
        return 0
    staged = stage(
        connection,
        "normalised",
        [
            sa.Column("record_id", sa.BigInteger, primary_key=True, autoincrement=False),
            sa.Column("attributes", sa.Text),
        ],
        ((record.record_id, _written(record)) for record in records),
    )
    connection.execute(
        sa.update(RECORD)
        .where(RECORD.c.id == staged.c.record_id)
        .values(attributes=staged.c.attributes, normalised_by=normaliser_key)
    )
    connection.execute(
        sa.delete(IDENTIFIER).where(IDENTIFIER.c.record_id.in_(sa.select(staged.c.record_id)))
    )
    bulk_insert(
        connection,
        "identifier",
        ["record_id", "type", "scope", "value", "status", "strength"],
        (
            (record.record_id, *key, status.value, strength.value)
            for record in records
            for key, status, strength in record.identifiers
        ),
    )
    return len(records)


def load_normalised(connection: sa.Connection) -> list[NormalisedRecord]:
    """Every live record that has been normalised, by id."""
    identifiers = _identifiers(connection)
    rows = connection.execute(
        sa.select(RECORD.c.id, RECORD.c.source, RECORD.c.source_pk, RECORD.c.attributes)
        .where(RECORD.c.deleted_at.is_(None), RECORD.c.attributes.is_not(None))
        .order_by(RECORD.c.id)
    )
    return [
        _read(id_, source, key, json.loads(text), tuple(sorted(identifiers.get(id_, ()))))
        for id_, source, key, text in rows
    ]


def _identifiers(connection: sa.Connection) -> dict[int, list[Identified]]:
    statuses = {status.value: status for status in IdentifierStatus}
    strengths = {strength.value: strength for strength in Strength}
    columns = IDENTIFIER.c
    rows = connection.execute(
        sa.select(
            columns.record_id,
            columns.type,
            columns.scope,
            columns.value,
            columns.status,
            columns.strength,
        )
    )
    found: dict[int, list[Identified]] = {}
    for record_id, type_, scope, value, status, strength in rows:
        identified = Identified(Key(type_, scope, value), statuses[status], strengths[strength])
        found.setdefault(record_id, []).append(identified)
    return found


def _written(record: NormalisedRecord) -> str:
    """The record as JSON, without its identifiers (rows of their own) and what is empty."""
    parts = {
        "values": record.attributes,
        "name": record.name,
        "name_status": record.name_status.value,
        "trust": record.trust,
        "source_channel": record.source_channel,
        "created_at": record.created_at,
        "updated_at": record.updated_at,
        "rejected": dict(record.rejected),
    }
    kept = {name: part for name, part in parts.items() if part not in ("", None, {})}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def _read(
    record_id: int,
    source: str,
    key: str,
    parts: dict[str, Any],
    identifiers: tuple[Identified, ...],
) -> NormalisedRecord:
    return NormalisedRecord(
        record_id,
        source,
        key,
        parts["trust"],
        parts.get("source_channel", ""),
        parts.get("name", ""),
        Status(parts["name_status"]),
        parts.get("values", {}),
        identifiers,
        parts.get("created_at"),
        parts.get("updated_at"),
        parts.get("rejected", {}),
    )
