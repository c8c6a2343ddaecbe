"""Random rules and people: the reference engine, SQLite, PostgreSQL and DuckDB side by side.

    python -m benchmarks.tags_cases [COUNT]

What the test suite does a few times, so many times (2,000). A case is a library of six to twelve
tags and twenty people whose every fact lies at an edge of some window. Needs the extra
heliu[dev]: the rules are those of tests/heliu/rules/grammar.py.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from benchmarks.tags_worlds import Worlds
from heliu.rules.among import EVERYBODY
from heliu.rules.cuts import rank_cuts
from heliu.rules.library import Library
from heliu.rules.person import Person
from heliu.rules.reference import tags_of
from heliu.rules.sql import measures_select
from heliu.rules.words import Cuts, bit_of, library_select, word_names
from heliu.tags.lake.engines import duckdb_over
from heliu.tags.lake.export import exported
from heliu.tags.lake.judge import read_by
from models.database import migrate, open_database
from tests.heliu.rules.grammar import CLOCK, libraries
from tests.heliu.rules.people import people_of, store, undone

COUNT = 2_000
Words = dict[int, tuple[int, ...]]


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    with tempfile.TemporaryDirectory(prefix="heliu-bench-") as folder:
        found = compare(count, Path(folder))
    for engine in ("SQLite", "PostgreSQL", "DuckDB"):
        print(f"{engine}: {found[engine]} of {found['people']:,} people differ from the reference")
    print(f"{found['cases']:,} cases, {found['tags']:,} tags, {found['carried']:,} carried")
    if any(found[engine] for engine in ("SQLite", "PostgreSQL", "DuckDB")):
        sys.exit("engines differ")


def compare(count: int, folder: Path) -> Counter[str]:
    """How many people an engine gives other tags than the reference engine, over so many cases."""
    found: Counter[str] = Counter()
    sqlite = open_database(f"sqlite:///{folder}/cases.db")
    migrate(sqlite)
    worlds = Worlds(folder, "cases", 1, None)

    @settings(
        max_examples=count,
        phases=[Phase.generate],
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(library=libraries(), seed=st.integers(0, 2**32))
    def one(library: Library, seed: int) -> None:
        found.update(case(library, people_of(seed), sqlite, postgres, folder))

    with worlds:
        postgres = open_database(worlds.empty_postgres())
        migrate(postgres)
        one()
        postgres.dispose()
    return found


def case(
    library: Library, people: list[Person], sqlite: sa.Engine, postgres: sa.Engine, folder: Path
) -> Counter[str]:
    """Differences of one case."""
    numbers = {name: n for n, name in enumerate(library.tags)}
    with undone(sqlite) as connection:
        store(connection, people)
        cuts = rank_cuts(connection, library, measures_select(library.questions, CLOCK).subquery())
        wanted = library_select(library, numbers, CLOCK, cuts)
        words = {"SQLite": _words(connection.execute(wanted))}
        read = read_by(library, numbers, CLOCK)
        with _lake(connection, read, folder) as lake:
            words["DuckDB"] = _words(lake.rows(wanted))
    with undone(postgres) as connection:
        store(connection, people)
        words["PostgreSQL"] = _words(connection.execute(wanted))
    right = _reference(library, people, cuts, numbers)
    found = Counter(cases=1, people=len(people), tags=len(library.tags))
    found["carried"] = sum(word.bit_count() for told in right.values() for word in told)
    for engine, told in words.items():
        found[engine] = sum(told.get(id_) != word for id_, word in right.items())
        found[engine] += len(told.keys() - right.keys())
    return found


@contextmanager
def _lake(connection: sa.Connection, read: Any, folder: Path) -> Iterator[Any]:
    facts = folder / "lake"
    with exported(connection, read, [EVERYBODY], facts), duckdb_over(facts) as lake:
        yield lake


def _words(rows: Any) -> Words:
    return {id_: tuple(words) for id_, *words in rows}


def _reference(
    library: Library, people: list[Person], cuts: Cuts, numbers: dict[str, int]
) -> Words:
    found = {}
    for id_, person in enumerate(people, start=1):
        words = [0] * len(word_names(numbers))
        for tag in tags_of(library, person, CLOCK, cuts):
            place, bit = bit_of(numbers[tag])
            words[place] |= bit
        found[id_] = tuple(words)
    return found


if __name__ == "__main__":
    main()
