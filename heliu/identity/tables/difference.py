"""Make a table hold exactly what it should by writing only what differs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import sqlalchemy as sa

from models.bulk import bulk_insert, stage
from models.columns import UtcSeconds

Row = tuple[Any, ...]


class Shape(NamedTuple):
    """A table, the columns that name its rows and those that must agree; others are left alone.

    `quiet` columns are kept true as well, but a row that differs only in them has not changed.
    """

    table: sa.Table
    keys: list[str]
    values: list[str]
    quiet: tuple[str, ...] = ()


@dataclass
class Difference:
    """What separates a table from what it should hold; rows are key + values + quiet."""

    inserted: list[Row] = field(default_factory=list)
    updated: list[Row] = field(default_factory=list)
    quietly: list[Row] = field(default_factory=list)  # differ in quiet columns only
    deleted: list[Row] = field(default_factory=list)  # keys
    before: dict[Row, Row] = field(default_factory=dict)  # key to values of what is no more so

    def __len__(self) -> int:
        return len(self.inserted) + len(self.updated) + len(self.quietly) + len(self.deleted)


def raw(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """A column read as its table keeps it: instants as epoch seconds."""
    return sa.type_coerce(column, sa.BigInteger) if isinstance(column.type, UtcSeconds) else column


def find_difference(
    connection: sa.Connection,
    shape: Shape,
    wanted: Mapping[Row, Row],
    *within: sa.ColumnElement[bool],
) -> Difference:
    """Compare a table, or the part of it that is in question, with the rows it should hold.

    Args:
        connection: Only read.
        shape: The table and its columns.
        wanted: Key to values and quiet values, instants as epoch seconds.
        within: What part of the table is compared; all of it if nothing is said.
    """
    width, loud = len(shape.keys), len(shape.values)
    names = (*shape.keys, *shape.values, *shape.quiet)
    columns = [raw(shape.table.c[name]) for name in names]
    found = Difference()
    met: set[Row] = set()
    for row in connection.execute(sa.select(*columns).where(*within)):
        key, value = tuple(row[:width]), tuple(row[width:])
        now = wanted.get(key)
        if now is None:
            found.deleted.append(key)
            found.before[key] = value
            continue
        met.add(key)
        if now == value:
            continue
        if now[:loud] == value[:loud]:
            found.quietly.append((*key, *now))
        else:
            found.updated.append((*key, *now))
            found.before[key] = value
    found.inserted = [(*key, *wanted[key]) for key in sorted(wanted.keys() - met)]
    return found


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
    table, keys, values, quiet = shape
    if difference.deleted:
        gone = _stage(connection, shape, "gone", keys, difference.deleted)
        # IN a list of keys is looked up by key; EXISTS would scan the whole table.
        key = sa.tuple_(*(table.c[name] for name in keys))
        connection.execute(
            sa.delete(table).where(key.in_(sa.select(*(gone.c[name] for name in keys))))
        )
    columns = [*keys, *values, *quiet]
    for rows, stamps in [(difference.updated, changed), (difference.quietly, None)]:
        if rows:
            staged = _stage(connection, shape, "changed", columns, rows)
            connection.execute(
                sa.update(table)
                .where(*(table.c[name] == staged.c[name] for name in keys))
                .values({name: staged.c[name] for name in (*values, *quiet)} | dict(stamps or {}))
            )
    if difference.inserted:
        stamp = dict(new or {})
        told = tuple(stamp.values())
        new_rows = (row + told for row in difference.inserted)
        bulk_insert(connection, table.name, [*columns, *stamp], new_rows)


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
