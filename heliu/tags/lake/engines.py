"""Engines that run a statement over Parquet: DuckDB in this process, Spark on its cluster."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa

from heliu.tags.lake.text import translated

Row = tuple[Any, ...]


class Lake(Protocol):
    """Something that answers a statement about exported tables."""

    def rows(self, select: sa.Select[Any]) -> Iterator[Row]:
        """The rows of a statement, a few at a time."""
        ...


class DuckDB:
    """DuckDB, in memory, spilling into the folder where memory doesn't do."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def rows(self, select: sa.Select[Any]) -> Iterator[Row]:
        """As `Lake.rows`."""
        answer = self.connection.execute(translated(select, "duckdb"))
        while some := answer.fetchmany(10_000):
            yield from some


@contextmanager
def duckdb_over(folder: Path) -> Iterator[Lake]:
    """DuckDB, each table of the folder a view."""
    import duckdb

    with duckdb.connect() as connection:
        spill = str(folder / "spill").replace("'", "''")
        connection.execute(f"SET temp_directory = '{spill}'")
        for table, files in _tables(folder).items():
            connection.read_parquet(files).create_view(table)
        yield DuckDB(connection)


class Spark:
    """A Spark session."""

    def __init__(self, session: Any) -> None:
        self.session = session

    def rows(self, select: sa.Select[Any]) -> Iterator[Row]:
        """As `Lake.rows`."""
        for row in self.session.sql(translated(select, "spark")).toLocalIterator():
            yield tuple(row)


@contextmanager
def spark_over(folder: Path) -> Iterator[Lake]:
    """Spark on the cluster its own configuration names, or on this machine's cores."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("heliu retag")
    session = builder.config("spark.ui.enabled", "false").getOrCreate()
    try:
        for table, files in _tables(folder).items():
            session.read.parquet(*files).createOrReplaceTempView(table)
        yield Spark(session)
    finally:
        session.stop()


def _tables(folder: Path) -> dict[str, list[str]]:
    folders = sorted(path for path in folder.iterdir() if any(path.glob("*.parquet")))
    return {path.name: sorted(map(str, path.glob("*.parquet"))) for path in folders}


ENGINES: Mapping[str, Callable[[Path], AbstractContextManager[Lake]]] = {
    "duckdb": duckdb_over,
    "spark": spark_over,
}
