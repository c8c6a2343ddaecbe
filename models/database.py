"""Opening the database the way that loses nothing.

SQLite's defaults lose updates silently: two readers that then write overwrite
each other. So every transaction that may write begins with BEGIN IMMEDIATE;
one that only reads says so and takes no lock. See docs/adr/0002-one-database.md.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 60


def open_database(url: str) -> sa.Engine:
    """An engine with the recipe for its dialect; parameters never reach an exception's text.

    Args:
        url: `sqlite:///FILE` or `postgresql://…` (psycopg is understood).

    Raises:
        sqlalchemy.exc.ArgumentError: The text is no database URL.
    """
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return sa.create_engine(
            parsed.set(drivername="postgresql+psycopg"), hide_parameters=True, pool_pre_ping=True
        )
    if parsed.get_backend_name() != "sqlite":
        raise sa.exc.ArgumentError(f"{parsed.drivername} is neither sqlite nor postgresql")
    engine = sa.create_engine(parsed, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # the driver must not begin on its own
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA temp_store=MEMORY")
    connection.execute("PRAGMA cache_size=-65536")  # 64 MiB


def _begin_sqlite(connection: sa.Connection) -> None:
    options = connection.get_execution_options()
    # Said every time, as the connection is used again; within a transaction it has no effect.
    connection.exec_driver_sql(f"PRAGMA foreign_keys={int(not options.get('unchecked', False))}")
    connection.exec_driver_sql("BEGIN" if options.get("read_only", False) else "BEGIN IMMEDIATE")


@contextmanager
def writing(engine: sa.Engine, *, unchecked: bool = False) -> Iterator[sa.Connection]:
    """One transaction that may write: all of it or nothing.

    Args:
        engine: The database.
        unchecked: Have SQLite believe that rows point at rows there are: only for millions
            that were just read from there, where looking each up takes a third of the time.
    """
    with engine.connect().execution_options(unchecked=unchecked) as connection, connection.begin():
        yield connection


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One consistent view that takes no write lock; it may fill TEMP tables."""
    options: dict[str, Any] = {"read_only": True}
    if engine.dialect.name == "postgresql":  # one view from the first statement to the last
        options["isolation_level"] = "REPEATABLE READ"
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


def migrate(engine: sa.Engine) -> None:
    """Bring the schema to the newest version; nothing to do costs one query."""
    script = ScriptDirectory(str(MIGRATIONS))
    with engine.begin() as connection:
        if (
            MigrationContext.configure(connection).get_current_revision()
            == script.get_current_head()
        ):
            return
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
