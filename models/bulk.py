"""Many rows at once: executemany on SQLite, COPY on PostgreSQL.

Measured in ../benchmarks/ingest.py: one row through the ORM costs as much as
twenty here.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from models.columns import BigId

BATCH = 10_000  # rows asked for at once


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


def insert_new(connection: sa.Connection, table: sa.Table) -> Any:
    """An INSERT that leaves out rows whose key is there already, whoever put it there."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table).on_conflict_do_nothing()


def bulk_select(connection: sa.Connection, query: sa.Select[Any]) -> Iterator[tuple[Any, ...]]:
    """Rows as plain tuples (instants as epoch seconds, enums as text), a few at a time.

    A row object of SQLAlchemy's costs several times as much as the row itself. Nothing
    else may be asked of a PostgreSQL connection's cursor of that name meanwhile.
    """
    text = query.compile(connection, compile_kwargs={"render_postcompile": True})
    parameters = text.construct_params()
    driver: Any = connection.connection
    if connection.dialect.name == "postgresql":
        with driver.cursor("bulk_select") as cursor:
            cursor.itersize = BATCH
            cursor.execute(str(text), parameters)
            yield from cursor
        return
    cursor = driver.cursor()
    cursor.execute(str(text), [parameters[name] for name in text.positiontup or ()])
    yield from cursor
    cursor.close()


def bulk_update(
    connection: sa.Connection,
    table: sa.Table,
    key: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
) -> None:
    """Set columns of many rows, each (key, *values), by the table's key.

    SQLite finds a row by its key faster than it joins; PostgreSQL joins.
    """
    if connection.dialect.name == "postgresql":
        types = {name: table.c[name].type for name in (key, *columns)}
        staged = stage(
            connection,
            f"new_{table.name}",
            [sa.Column(name, type_, primary_key=name == key) for name, type_ in types.items()],
            rows,
        )
        connection.execute(
            sa.update(table)
            .where(table.c[key] == staged.c[key])
            .values({name: staged.c[name] for name in columns})
        )
        return
    told = ", ".join(f'"{name}" = ?' for name in columns)
    cursor: Any = connection.connection.cursor()
    update = f'UPDATE "{table.name}" SET {told} WHERE "{key}" = ?'  # noqa: S608  names are ours
    cursor.executemany(update, ((*row[1:], row[0]) for row in rows))
    cursor.close()


def stage_ids(connection: sa.Connection, name: str, ids: Iterable[int]) -> sa.Table:
    """Ids in a fresh TEMP table of one column `id`; each once."""
    column = sa.Column("id", BigId, primary_key=True, autoincrement=False)
    return stage(connection, name, [column], ((id_,) for id_ in sorted(set(ids))))


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
    # Unless told that few rows are here, both databases rather scan the large tables.
    where = "" if connection.dialect.name == "postgresql" else "temp."
    connection.exec_driver_sql(f'ANALYZE {where}"{name}"')
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
