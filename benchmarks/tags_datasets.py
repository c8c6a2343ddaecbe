"""Tags of two public data sets, against the same reckoned by Polars from the files themselves.

    python -m benchmarks.tags_datasets

OULAD (students of the Open University) and UCI's Online Retail, from the folder that
HELIU_BENCH_DATA names; what isn't there is left out. Ends with an error if anybody differs.
"""

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import sqlalchemy as sa

from benchmarks import tags_oulad, tags_retail
from benchmarks.datasets import FOLDER
from benchmarks.tags_public import DataSet, Members, library_of
from benchmarks.tags_worlds import Worlds
from heliu.tags.retag import retag
from models.bulk import bulk_insert
from models.database import migrate, open_database, reading, writing

DATA_SETS = (tags_oulad.DATA_SET, tags_retail.DATA_SET)


def main() -> None:
    differing = 0
    with tempfile.TemporaryDirectory(prefix="heliu-bench-") as temporary:
        worlds = Worlds(Path(temporary), "public", 1, None)
        with worlds:
            for data_set in DATA_SETS:
                if not (FOLDER / data_set.folder).is_dir():
                    print(f"{data_set.folder}: its files are not in HELIU_BENCH_DATA")
                    continue
                wanted = data_set.wanted(FOLDER / data_set.folder)
                urls = {
                    "SQLite": f"sqlite:///{temporary}/{data_set.folder}.db",
                    "PostgreSQL": worlds.empty_postgres(),
                }
                for name, url in urls.items():
                    differing += compared(f"{data_set.folder}, {name}", data_set, url, wanted)
    if differing:
        sys.exit("tags differ")


def compared(name: str, data_set: DataSet, url: str, wanted: Mapping[str, Members]) -> int:
    """How many profiles differ over all tags; one line of it."""
    engine = open_database(url)
    found = tagged(engine, data_set)
    engine.dispose()
    differing = 0
    for tag, members in wanted.items():
        wrong = len(members ^ found.get(tag, frozenset()))
        differing += wrong
        if wrong:
            print(f"{name}: {tag}: {wrong} of {len(members)} differ")
    carried = sum(map(len, wanted.values()))
    print(f"{name}: {differing} differences over {len(wanted)} tags, {carried:,} carried")
    return differing


def tagged(engine: sa.Engine, data_set: DataSet) -> dict[str, Members]:
    """Who carries which tag after one run."""
    migrate(engine)
    with writing(engine) as connection:
        for table, columns, rows in data_set.rows(FOLDER / data_set.folder):
            bulk_insert(connection, table, columns, rows)
    retag(engine, library_of(data_set), data_set.as_of, 1, data_set.as_of.tzinfo)  # type: ignore[arg-type]
    with reading(engine) as connection:
        rows = connection.exec_driver_sql("SELECT tag, profile_id FROM profile_tag").all()
    found: dict[str, set[int]] = {}
    for tag, profile in rows:
        found.setdefault(tag, set()).add(profile)
    return {tag: frozenset(members) for tag, members in found.items()}


if __name__ == "__main__":
    main()
