"""The recipe that loses no update, and migrations that make the tables the models say."""

import multiprocessing

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

import models  # noqa: F401  fills SQLModel.metadata
from models.bulk import bulk_insert, stage
from models.columns import UtcSeconds
from models.database import migrate, open_database, reading, writing

PROCESSES, STEPS = 4, 50


def count_up(url: str, start) -> None:
    engine = open_database(url)
    start.wait()
    for _ in range(STEPS):
        with writing(engine) as connection:
            found = connection.execute(
                sa.text(
                    "SELECT rows FROM source_state WHERE source = 'n' FOR UPDATE"
                    if engine.dialect.name == "postgresql"
                    else "SELECT rows FROM source_state WHERE source = 'n'"
                )
            )
            n = found.scalar_one() + 1
            connection.execute(
                sa.text("UPDATE source_state SET rows = :n WHERE source = 'n'"), {"n": n}
            )
    engine.dispose()


def test_four_processes_that_read_then_write_lose_no_update(database_url):
    engine = open_database(database_url)
    with writing(engine) as connection:
        connection.execute(
            sa.text("INSERT INTO source_state VALUES ('n', 'x', 0, NULL, 1, 0, NULL)")
        )
    context = multiprocessing.get_context("spawn")
    start = context.Event()
    workers = [
        context.Process(target=count_up, args=(database_url, start)) for _ in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    start.set()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    with reading(engine) as connection:
        assert (
            connection.execute(sa.text("SELECT rows FROM source_state")).scalar_one()
            == PROCESSES * STEPS
        )
    engine.dispose()


def test_the_migrations_make_what_the_models_say(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, SQLModel.metadata)
    # SQLite says INTEGER for our 64-bit ids, and rightly so.
    assert [d for d in differences if not (isinstance(d, list) and d[0][0] == "modify_type")] == []


def test_migrating_twice_changes_nothing(engine):
    migrate(engine)
    migrate(engine)


def test_reading_takes_no_write_lock(sqlite_url):
    engine = open_database(sqlite_url)
    with reading(engine) as one, writing(engine) as other:
        one.execute(sa.text("SELECT count(*) FROM run"))
        other.execute(sa.text("INSERT INTO source_state VALUES ('n', 'x', 0, NULL, 1, 0, NULL)"))
    engine.dispose()


def fail_after_writing(engine: sa.Engine) -> None:
    with writing(engine) as connection:
        columns = ("source", "fingerprint", "rows", "run_id", "read_at")
        bulk_insert(connection, "source_state", columns, [("n", "x", 0, 1, 0)])
        raise ZeroDivisionError


def test_a_transaction_that_fails_leaves_nothing(engine):
    with pytest.raises(ZeroDivisionError):
        fail_after_writing(engine)
    with reading(engine) as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM source_state")).scalar_one() == 0


def test_an_error_never_repeats_the_row(sqlite_engine):
    insert = sa.text("INSERT INTO source_state VALUES (:s, 'x', 0, NULL, 1, 0, NULL)")
    with writing(sqlite_engine) as connection:
        connection.execute(insert, {"s": "13912345678"})
        with pytest.raises(sa.exc.IntegrityError) as error:
            connection.execute(insert, {"s": "13912345678"})
    assert "13912345678" not in str(error.value)


def test_a_stage_of_the_same_name_starts_empty(engine):
    columns = [sa.Column("id", sa.BigInteger, primary_key=True)]
    with writing(engine) as connection:
        stage(connection, "numbers", columns, [(1,), (2,)])
        again = stage(
            connection, "numbers", [sa.Column("id", sa.BigInteger, primary_key=True)], [(3,)]
        )
        assert connection.execute(sa.select(again)).scalars().all() == [3]


def test_a_naive_time_is_refused():
    from datetime import datetime

    with pytest.raises(ValueError, match="naive"):
        UtcSeconds().process_bind_param(datetime(2025, 1, 1), None)


def test_only_databases_we_understand_are_opened():
    with pytest.raises(sa.exc.ArgumentError, match="neither sqlite nor postgresql"):
        open_database("oracle://x/y")
