"""What writing many rows costs: python benchmarks/ingest.py [rows]

All ways write the same rows to an empty SQLite table in one run; the ratio to a
bare executemany is what counts, since machines differ.
"""

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import Session

from models import RecordVersion
from models.bulk import bulk_insert, stage
from models.database import migrate, open_database, writing

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
COLUMNS = ("record_id", "version", "content_hash", "payload", "run_id")
PAYLOAD = '{"姓名": "某人", "城市": "成都", "意向课程": "会计初级", "更新时间": "2025-01-01"}'


def rows(number: int) -> list[tuple[object, ...]]:
    return [(n, 1, f"{n:032x}", PAYLOAD, 1) for n in range(1, number + 1)]


def bare(engine: sa.Engine) -> None:
    with writing(engine) as connection:
        cursor = connection.connection.cursor()
        cursor.executemany("INSERT INTO record_version VALUES (?, ?, ?, ?, ?)", rows(ROWS))


def bulk(engine: sa.Engine) -> None:
    with writing(engine) as connection:
        bulk_insert(connection, "record_version", COLUMNS, rows(ROWS))


def staged(engine: sa.Engine) -> None:
    """Into a TEMP table, then merged by one statement: what a re-delivery needs."""
    with writing(engine) as connection:
        table = RecordVersion.__table__
        types = [sa.Column(c, table.c[c].type, primary_key=c == "record_id") for c in COLUMNS]
        temporary = stage(connection, "fresh", types, rows(ROWS))
        connection.execute(sa.insert(table).from_select(list(COLUMNS), sa.select(temporary)))


def core(engine: sa.Engine) -> None:
    with writing(engine) as connection:
        said = [dict(zip(COLUMNS, row, strict=True)) for row in rows(ROWS)]
        connection.execute(sa.insert(RecordVersion), said)


def objects(engine: sa.Engine) -> None:
    """A tenth of the rows, since it is that slow."""
    with Session(engine) as session:
        for row in rows(ROWS // 10):
            session.add(RecordVersion(**dict(zip(COLUMNS, row, strict=True))))
        session.commit()


def _without_foreign_keys(connection: sqlite3.Connection, _: object) -> None:
    connection.execute("PRAGMA foreign_keys=OFF")


def measure(way: Callable[[sa.Engine], None]) -> float:
    """CPU microseconds a row, on a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(f"sqlite:///{Path(folder) / 'bench.db'}")
        migrate(engine)
        sa.event.listen(engine, "connect", _without_foreign_keys)
        engine.dispose()
        started = time.process_time()
        way(engine)
        taken = time.process_time() - started
        engine.dispose()
    return 1e6 * taken / (ROWS // 10 if way is objects else ROWS)


def main() -> None:
    base = measure(bare)
    print(f"{'way':<10} {'µs/row':>8} {'ratio':>6}   ({ROWS:,} rows, CPU time)")
    print(f"{'bare':<10} {base:>8.2f} {1:>6.1f}")
    for way in (bulk, staged, core, objects):
        cost = measure(way)
        print(f"{way.__name__:<10} {cost:>8.2f} {cost / base:>6.1f}")


if __name__ == "__main__":
    main()
