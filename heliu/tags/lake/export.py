"""Facts out of the database into Parquet: columns that are read, a file a range of profiles.

The live database is read through our own connection only: a second SQLite library in
the process would break its locks (docs/adr/0002-one-database.md).
"""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from pyarrow import parquet

from heliu.rules.among import EVERYBODY, Among
from heliu.tags.delta import PROFILE_TAG
from heliu.tags.lake.text import TABLES, Needs
from heliu.tags.plan import TAG
from models.bulk import bulk_select

CARRIED = "carried"  # profile_id, number: the tags people carry now
BATCH = 100_000  # rows turned into columns at once


@contextmanager
def exported(
    connection: sa.Connection, needs: Needs, ranges: Sequence[Among], folder: Path
) -> Iterator[Path]:
    """A folder of Parquet, a folder a table; gone at the end, as it holds what people told us.

    Args:
        connection: In a transaction that need not write: one moment of all tables.
        needs: Tables and the columns of them to take along.
        ranges: Of profiles, not overlapping; tables with a profile's id get a file for each.
        folder: Where; whatever an earlier run left there is deleted.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    try:
        for name, columns in needs.items():
            _export_table(connection, TABLES[name], sorted(columns), ranges, folder / name)
        _export_carried(connection, ranges, folder / CARRIED)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _export_table(
    connection: sa.Connection,
    table: sa.Table,
    columns: Sequence[str],
    ranges: Sequence[Among],
    folder: Path,
) -> None:
    owner = table.c.id if table.name == "profile" else table.c.get("profile_id")
    select = sa.select(*(table.c[name] for name in columns))
    for number, among in enumerate([EVERYBODY] if owner is None else ranges):
        tests = [] if owner is None else among.of(owner)
        _write(connection, select.where(*tests), folder / f"{number:05}.parquet")


def _export_carried(connection: sa.Connection, ranges: Sequence[Among], folder: Path) -> None:
    joined = PROFILE_TAG.join(TAG, TAG.c.name == PROFILE_TAG.c.tag)
    select = sa.select(PROFILE_TAG.c.profile_id, TAG.c.number).select_from(joined)
    for number, among in enumerate(ranges):
        tests = among.of(PROFILE_TAG.c.profile_id)
        _write(connection, select.where(*tests), folder / f"{number:05}.parquet")


def _write(connection: sa.Connection, select: sa.Select[Any], path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    columns = list(select.selected_columns)
    schema = pa.schema([(column.name, _arrow(column.type)) for column in columns])
    with parquet.ParquetWriter(path, schema) as writer:
        for rows in _batches(bulk_select(connection, select)):
            values = zip(*rows, strict=True)
            arrays = [
                pa.array(_plain(one, field.type), field.type)
                for one, field in zip(values, schema, strict=True)
            ]
            writer.write_batch(pa.record_batch(arrays, schema=schema))


def _arrow(type_: sa.types.TypeEngine[Any]) -> pa.DataType:
    kind = type_.impl_instance if isinstance(type_, sa.types.TypeDecorator) else type_
    if isinstance(kind, sa.Boolean):
        return pa.bool_()
    return pa.int64() if isinstance(kind, sa.Integer) else pa.string()


def _plain(values: Sequence[Any], type_: pa.DataType) -> Sequence[Any]:
    """SQLite keeps truth as 0 and 1."""
    if type_ == pa.bool_():
        return [None if value is None else bool(value) for value in values]
    return values


def _batches(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    following = iter(rows)
    while batch := list(islice(following, BATCH)):
        yield batch
