"""Make a table hold exactly what it should by writing only what differs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import sqlalchemy as sa

from models.bulk import bulk_insert, stage
from models.columns import UtcSeconds

Row = tuple[Any, ...]


class Shape(NamedTuple):
    """A table, the columns that name its rows and those that must agree; others are left alone."""

    table: sa.Table
    keys: list[str]
    values: list[str]


@dataclass
class Difference:
    """What separates a table from what it should hold; rows are key + values."""

    inserted: list[Row] = field(default_factory=list)
    updated: list[Row] = field(default_factory=list)
    deleted: list[Row] = field(default_factory=list)  # keys

    def __len__(self) -> int:
        return len(self.inserted) + len(self.updated) + len(self.deleted)


def raw(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """A column read as its table keeps it: instants as epoch seconds."""
    return sa.type_coerce(column, sa.BigInteger) if isinstance(column.type, UtcSeconds) else column


def find_difference(
    connection: sa.Connection, shape: Shape, wanted: Mapping[Row, Row]
) -> Difference:
    """Compare the whole of a table with the rows it should hold.

    Args:
        connection: Only read.
        shape: The table and its columns.
        wanted: Key to values, instants as epoch seconds.
    """
    width = len(shape.keys)
    columns = [_raw(shape.table.c[name]) for name in (*shape.keys, *shape.values)]
    found = Difference()
    met: set[Row] = set()
    for row in connection.execute(sa.select(*columns)):
        key, value = tuple(row[:width]), tuple(row[width:])
        if key not in wanted:
            found.deleted.append(key)
            continue
        met.add(key)
        if wanted[key] != value:
            found.updated.append((*key, *wanted[key]))
    found.inserted = [(*key, *wanted[key]) for key in sorted(wanted.keys() - met)]
    return found


def _raw(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """A column read as its table keeps it: instants as epoch seconds."""
    return sa.type_coerce(column, sa.BigInteger) if isinstance(column.type, UtcSeconds) else column


def write_difference(
    connection: sa.Connection,
    shape: Shape,
    difference: Difference,
    new: Mapping[str, int] | None = None,
    changed: Mapping[str, int] | None = None,
) -> None:
    """Write a difference: one statement each for what goes, changes and comes.

    Args:
        connection: In the caller's transaction.
        shape: As compared.
        difference: What to write.
        new: Further columns of new rows, e.g. {"created_run_id": 7}.
        changed: Further columns of changed rows.
    """
    table, keys, values = shape
    if difference.deleted:
        gone = _stage(connection, shape, "gone", keys, difference.deleted)
        same = sa.and_(*(table.c[name] == gone.c[name] for name in keys))
        connection.execute(sa.delete(table).where(sa.exists().where(same)))
    if difference.updated:
        staged = _stage(connection, shape, "changed", keys + values, difference.updated)
        connection.execute(
            sa.update(table)
            .where(*(table.c[name] == staged.c[name] for name in keys))
            .values({name: staged.c[name] for name in values} | dict(changed or {}))
        )
    if difference.inserted:
        stamps = dict(new or {})
        rows = ((*row, *stamps.values()) for row in difference.inserted)
        bulk_insert(connection, table.name, [*keys, *values, *stamps], rows)


def _stage(
    connection: sa.Connection, shape: Shape, name: str, columns: list[str], rows: Sequence[Row]
) -> sa.Table:
    """The rows in a TEMP table with the key's index."""
    return stage(
        connection,
        f"{name}_{shape.table.name}",
        [
            sa.Column(
                column,
                shape.table.c[column].type,
                primary_key=column in shape.keys,
                autoincrement=False,
            )
            for column in columns
        ],
        rows,
    )
