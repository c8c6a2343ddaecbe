"""Everything held of one person as one readable file: the right of access and of portability."""

import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from heliu.identity.people.holdings import CONTENT, HOLDINGS, MESSAGE, RECORD, table_of
from heliu.identity.people.person import Person
from heliu.identity.people.traces import QUARANTINE, find_bad_rows
from models import Identifier, RecordVersion, Slot

SLOT = table_of(Slot)
NESTED = {
    # Rows that read better inside of another's: table → (parent, its column, ours).
    table_of(RecordVersion).name: (RECORD.name, "id", "record_id"),
    table_of(Identifier).name: (RECORD.name, "id", "record_id"),
    CONTENT.name: (MESSAGE.name, "content_hash", "hash"),
}
JSON_COLUMNS = frozenset({"payload", "attributes", "detail"})
Row = dict[str, Any]


def gather(connection: sa.Connection, person: Person, now: datetime) -> dict[str, Any]:
    """Every row of every table that tells of a person, as JSON holds it.

    Times are ISO 8601 in UTC, ids are text, money is whole fen. Declared fields are
    named as the firm names them, not by their slot.

    Returns:
        "profile_id", "exported_at", and each table's rows by the table's name.
    """
    slots = _slot_names(connection)
    tables = {
        holding.table.name: _rows(connection, holding.table, holding.theirs(person), slots)
        for holding in HOLDINGS
    }
    bad = [row.id for row in find_bad_rows(connection, person)]
    tables[QUARANTINE.name] = _rows(connection, QUARANTINE, QUARANTINE.c.id.in_(bad), slots)
    for name, (parent, theirs, ours) in NESTED.items():
        _nest(tables, name, parent, theirs, ours)
    return {
        "profile_id": str(person.profile_id),
        "exported_at": now.isoformat(),
        **{name: rows for name, rows in sorted(tables.items()) if name not in NESTED},
    }


def write_export(connection: sa.Connection, person: Person, to: Path, now: datetime) -> int:
    """Write everything held of a person, for its owner's eyes only (mode 0600); rows written.

    Raises:
        OSError: The file can't be written; nothing of it is left.
    """
    told = gather(connection, person, now)
    partial = to.with_name(f".{to.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(told, file, ensure_ascii=False, indent=2)
            file.write("\n")
        partial.replace(to)
    finally:
        partial.unlink(missing_ok=True)
    return sum(count_rows(rows) for rows in told.values() if isinstance(rows, list))


def count_rows(rows: list[Row]) -> int:
    """How many rows, those inside of others too."""
    return len(rows) + sum(
        count_rows(row[name]) for row in rows for name in NESTED if isinstance(row.get(name), list)
    )


def _rows(
    connection: sa.Connection,
    table: sa.Table,
    where: sa.ColumnElement[bool],
    slots: Mapping[tuple[str, str], str],
) -> list[Row]:
    found = connection.execute(
        sa.select(table).where(where).order_by(*table.primary_key.columns)
    ).mappings()
    return [
        {
            slots.get((table.name, column.name), column.name): _plain(column, row[column])
            for column in table.c
            if row[column] is not None
        }
        for row in found
    ]


def _plain(column: sa.Column[Any], value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if column.name in JSON_COLUMNS and isinstance(value, str) and value[:1] in ("{", "["):
        return json.loads(value)
    is_id = column.name == "id" or column.name.endswith("_id")
    return str(value) if is_id else value


def _slot_names(connection: sa.Connection) -> dict[tuple[str, str], str]:
    """(table, slot column) to what the firm calls it."""
    rows = connection.execute(sa.select(SLOT.c.owner, SLOT.c.slot, SLOT.c.name))
    return {(row.owner, row.slot): row.name for row in rows}


def _nest(tables: dict[str, list[Row]], name: str, parent: str, theirs: str, ours: str) -> None:
    """Put rows into the rows they belong to."""
    of: dict[str, list[Row]] = {}
    for row in tables[name]:
        of.setdefault(row[ours], []).append(row)
    for row in tables[parent]:
        row[name] = of.get(row[theirs], [])
