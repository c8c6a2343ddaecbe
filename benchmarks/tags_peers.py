"""The others, on the same facts: bare scans, and one statement a tag."""

import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlglot import transpile

from benchmarks.apart import usage
from benchmarks.tags_library import LIBRARIES, ZONE
from benchmarks.tags_members import membership_hash
from benchmarks.tags_ours import as_of, cuts_at
from heliu.rules.conditions import Aggregate, Question, questions
from heliu.rules.library import Library
from heliu.rules.predicates import Scope, predicate
from heliu.rules.sql import EVENT, PROFILE, word_column
from heliu.rules.vocabulary import Word
from heliu.rules.windows import Clock
from heliu.rules.words import Cuts
from models.database import open_database

# The columns our statement reads, grouped as it groups them, and nothing asked of them.
ASKED = 'profile_id, count(*), max("at"), max(type), max(item), sum(amount_fen)'
at = sa.type_coerce(EVENT.c.at, sa.BigInteger)
TagOf = Callable[[tuple[str, ...]], sa.ColumnElement[bool]]


def bare_sqlite(path: str, runs: int) -> dict[str, Any]:
    """SQLite's GROUP BY over the clustered table, one process; medians."""
    connection = sqlite3.connect(path)
    connection.executescript("PRAGMA cache_size=-65536; PRAGMA mmap_size=8000000000")
    grouped = f"SELECT count(*) FROM (SELECT {ASKED} FROM event GROUP BY profile_id) AS one"
    return medians(lambda: connection.execute(grouped).fetchall(), runs)


def bare_duckdb(events: str, runs: int) -> dict[str, Any]:
    """DuckDB's over Parquet, on all cores, into a table; medians."""
    import duckdb

    connection = duckdb.connect()
    grouped = f"CREATE OR REPLACE TABLE one AS SELECT {ASKED} FROM '{events}' GROUP BY profile_id"
    return medians(lambda: connection.execute(grouped), runs)


def one_a_tag(url: str, tags: int) -> dict[str, Any]:
    """A statement for each tag, free to use every index there is; a narrow table comes out."""
    engine, library, clock = open_database(url), LIBRARIES[tags](), Clock(as_of(0), ZONE)
    cuts = cuts_at(url)
    carried = sa.table("carried", sa.column("tag"), sa.column("profile_id"))

    def tag(names: tuple[str, ...]) -> sa.ColumnElement[bool]:
        of = sa.select(carried.c.profile_id).where(carried.c.tag.in_(names))
        return PROFILE.c.id.in_(of)

    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TEMP TABLE carried (tag TEXT, profile_id BIGINT)")
        cpu, wall = usage()[0], time.perf_counter()
        for name, who in statements(library, clock, cuts, tag):
            named = who.add_columns(sa.literal(name).label("tag"))
            connection.execute(carried.insert().from_select(["profile_id", "tag"], named))
        spent = {"wall_s": time.perf_counter() - wall, "cpu_s": usage()[0] - cpu}
        rows = connection.execute(sa.select(carried.c.tag, carried.c.profile_id))
        return {**spent, "hash": membership_hash(rows)}


def statements(
    library: Library, clock: Clock, cuts: Cuts, tag: TagOf
) -> Iterator[tuple[str, sa.Select[Any]]]:
    """Tag and the SELECT of its profile ids; each measure a subquery with its own WHERE."""
    for layer in library.layers:
        for unit in layer:
            for rule in unit:
                yield rule.name, _who(library, rule.name, clock, cuts, tag)


def _who(library: Library, name: str, clock: Clock, cuts: Cuts, tag: TagOf) -> sa.Select[Any]:
    condition = library.effective(name)
    asked = dict.fromkeys(questions(condition))
    measures = {question: _measure(question, clock, n) for n, question in enumerate(asked)}
    joined: sa.FromClause = PROFILE
    for measure in measures.values():
        joined = joined.outerjoin(measure, measure.c.profile_id == PROFILE.c.id)
    scope = Scope(
        clock=clock,
        field=lambda word: word_column(PROFILE, word),
        answer=lambda question: measures[question].c.answer,
        tag=tag,
        cuts=cuts,
    )
    return sa.select(PROFILE.c.id).select_from(joined).where(predicate(condition, scope))


def _measure(question: Question, clock: Clock, number: int) -> sa.Subquery:
    """One question by itself; only what the fifty tags ask."""
    low, high = clock.span(question.window) if question.window else (None, None)
    tests: list[sa.ColumnElement[bool]] = [at <= (clock.at if high is None else high)]
    tests += [] if low is None else [at > low]
    tests += [EVENT.c.type == question.event] if question.event else []
    for word, test in question.where:
        tests.append(word_column(EVENT, word).in_(test.values))  # type: ignore[union-attr]
    answer = _aggregated(question.aggregate, question.word)
    select = sa.select(EVENT.c.profile_id, answer.label("answer")).where(*tests)
    return select.group_by(EVENT.c.profile_id).subquery(f"q{number}")


def _aggregated(aggregate: Aggregate, word: Word | None) -> sa.ColumnElement[Any]:
    column = word_column(EVENT, word) if word else None
    match aggregate:
        case Aggregate.COUNT:
            return sa.func.count()
        case Aggregate.FIRST:
            return sa.func.min(at)
        case Aggregate.LAST:
            return sa.func.max(at)
        case Aggregate.MAX:
            return sa.func.max(column)
    return sa.cast(sa.func.sum(column), sa.BigInteger)


def texts(tags: int, cuts: Cuts, moment: datetime, tag: TagOf) -> dict[str, str]:
    """Tag to its statement as DuckDB reads it."""
    written = {}
    for name, select in statements(LIBRARIES[tags](), Clock(moment, ZONE), cuts, tag):
        compiled = select.compile(
            dialect=postgresql.dialect(paramstyle="named"), compile_kwargs={"literal_binds": True}
        )
        # quoted: `at` is a word of DuckDB's
        (written[name],) = transpile(str(compiled), "postgres", "duckdb", identify=True)
    return written


def medians(work: Callable[[], Any], runs: int) -> dict[str, Any]:
    """Of so many times, after one that isn't counted."""
    work()
    walls, cpus = [], []
    for _ in range(runs):
        cpu, wall = usage()[0], time.perf_counter()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(usage()[0] - cpu)
    return {"wall_s": statistics.median(walls), "cpu_s": statistics.median(cpus)}
