"""Many rows at once: executemany on SQLite, COPY on PostgreSQL.

Measured in ../benchmarks/ingest.py: one row through the ORM costs as much as
twenty here.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa


def bulk_insert(
    connection: sa.Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert plain tuples (instants as epoch seconds) into a table, in order.

    `rows` must not ask the same connection for anything: it is busy taking them.

    Raises:
        sqlalchemy.exc.IntegrityError, psycopg.errors.UniqueViolation: A key is there already;
            stage the rows and merge them where that may be.
    """
    names = ", ".join(f'"{name}"' for name in columns)
    if connection.dialect.name == "postgresql":
        copy_in = f'COPY "{table}" ({names}) FROM STDIN'
        with connection.connection.cursor() as cursor, cursor.copy(copy_in) as copy:  # type: ignore[attr-defined]
            for row in rows:
                copy.write_row(row)
        return
    holes = ", ".join("?" * len(columns))
    cursor = connection.connection.cursor()
    insert = f'INSERT INTO "{table}" ({names}) VALUES ({holes})'  # noqa: S608  names are ours
    cursor.executemany(insert, rows)  # type: ignore[arg-type]  # sqlite3 takes any iterable
    cursor.close()


def stage(
    connection: sa.Connection,
    name: str,
    columns: Sequence[sa.Column[Any]],
    rows: Iterable[Sequence[Any]],
) -> sa.Table:
    """Put rows into a fresh TEMP table and return it, to be merged by one statement.

    The table lives until the connection is given back; a former one of that name is dropped.
    """
    table = sa.Table(name, sa.MetaData(), *columns, prefixes=["TEMPORARY"])
    table.drop(connection, checkfirst=False) if _exists(connection, name) else None
    table.create(connection, checkfirst=False)
    bulk_insert(connection, name, [column.name for column in columns], rows)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f'ANALYZE "{name}"')
    return table


def _exists(connection: sa.Connection, name: str) -> bool:
    if connection.dialect.name == "postgresql":
        found = connection.execute(
            sa.text("SELECT to_regclass('pg_temp.' || quote_ident(:name))"), {"name": name}
        )
    else:
        found = connection.execute(
            sa.text("SELECT name FROM sqlite_temp_master WHERE name = :name"), {"name": name}
        )
    return found.scalar() is not None
