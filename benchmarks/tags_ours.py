"""What Heliu takes: each function in a process of its own (`apart`), the database by its URL.

A full run goes through the same steps as the flow does, without Prefect's server.
"""

import json
import resource
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from typing import Any

import sqlalchemy as sa

from benchmarks.tags_library import LIBRARIES, ZONE
from benchmarks.tags_members import membership_hash
from benchmarks.tags_world import END, SCALES, fill, tidy
from heliu.rules.among import Among
from heliu.rules.windows import Clock
from heliu.rules.words import Cuts
from heliu.tags import ranges
from heliu.tags.apply import finish
from heliu.tags.plan import Mode, begin
from heliu.tags.retag import counts_of
from models.database import open_database, reading

FIRST_RUN = 10


def as_of(days_before_end: float) -> datetime:
    """So many days before the last fact."""
    return datetime.fromtimestamp(END, UTC) - timedelta(days=days_before_end)


def prepare(url: str, scale: str, events_times: int = 1) -> dict[str, int]:
    """Fill an empty database."""
    engine = open_database(url)
    fill(engine, SCALES[scale], events_times)
    with reading(engine) as connection:
        return {
            table: connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
            for table in ("profile", "event")
        }


def first(url: str, tags: int, days: float) -> dict[str, Any]:
    """The first run of all; afterwards the database is tidied."""
    with workers(1) as pool:
        spent = full(url, tags, days, FIRST_RUN, pool)
    tidy(open_database(url))
    return spent


def nights(url: str, tags: int, runs: int, processes: int = 1) -> list[dict[str, Any]]:
    """Full runs, a night after the other; the last sees all facts."""
    with workers(processes) as pool:
        return [
            full(url, tags, runs - 1 - night, FIRST_RUN + 1 + night, pool) for night in range(runs)
        ]


@contextmanager
def workers(processes: int) -> Iterator[Executor | None]:
    """Other processes that are up and have loaded everything; None where this one does it."""
    if processes == 1:
        yield None
        return
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        list(pool.map(time.sleep, [0.5] * processes))
        yield pool


def full(url: str, tags: int, days: float, run: int, pool: Executor | None) -> dict[str, Any]:
    """One full run: what it took, how much of it is finding and writing the difference.

    CPU seconds are those of all processes that took part.
    """
    engine, library, clock = engine_of(url), LIBRARIES[tags](), Clock(as_of(days), ZONE)
    each = pool.map if pool else map
    cpu, wall = time.process_time(), time.perf_counter()
    plan = begin(engine, library, clock, run, Mode.FULL)
    with reading(engine) as connection:
        parts = ranges.split(connection)
    ranked = list(each(partial(rank, url, tags, days), parts))
    found = [answer for answer, _ in ranked]
    ranges.keep_cuts(engine, run, ranges.merged_cuts(library, found))
    judged = list(each(partial(judge, url, tags, days, run), parts))
    people = sum(number for number, _ in judged)
    end = partial(finish, engine, library, clock.as_of, run, plan, people, clock.as_of)
    _, ended = _spending(end)
    wall, own = time.perf_counter() - wall, time.process_time() - cpu
    counts = counts_of(engine, library, plan, run)
    elsewhere = [spent for _, spent in (*ranked, *judged)]
    return {
        "wall_s": wall,
        "cpu_s": own + (sum(spent["cpu_s"] for spent in elsewhere) if pool else 0),
        "delta_s": sum(spent["delta_s"] for spent in elsewhere) + ended["cpu_s"],
        "longest_lock_s": max(spent["lock_s"] for spent in (*elsewhere, ended)),
        "process_mib": max(spent["peak_mib"] for spent in elsewhere),
        "entered": counts.entered,
        "left": counts.left,
        "changed": counts.changed,
        "profiles": counts.profiles,
    }


def rank(url: str, tags: int, days: float, among: Among) -> Any:
    """Histograms of one range, and what they took."""
    clock = Clock(as_of(days), ZONE)
    return _spending(lambda: ranges.histograms(engine_of(url), LIBRARIES[tags](), clock, among))


def judge(url: str, tags: int, days: float, run: int, among: Among) -> Any:
    """Judge one range, and what that took."""
    clock = Clock(as_of(days), ZONE)
    work = lambda: ranges.judge_range(engine_of(url), LIBRARIES[tags](), clock, run, among)  # noqa: E731
    return _spending(work)


ENGINES: dict[str, sa.Engine] = {}
SPENT = {"delta_s": 0.0, "lock_s": 0.0}  # of this process, since last asked


def engine_of(url: str) -> sa.Engine:
    """The one engine of this process, its write lock watched."""
    if url not in ENGINES:
        ENGINES[url] = engine = open_database(url)
        _watch_lock(engine)
        ranges.find_delta = _counted(ranges.find_delta)
        ranges.write_delta = _counted(ranges.write_delta)
    return ENGINES[url]


def _counted(work: Callable[..., Any]) -> Callable[..., Any]:
    """The same, its CPU seconds added up: to find differences, and to write them."""

    def counted(*arguments: Any, **named: Any) -> Any:
        cpu = time.process_time()
        answer = work(*arguments, **named)
        SPENT["delta_s"] += time.process_time() - cpu
        return answer

    return counted


def _watch_lock(engine: sa.Engine) -> None:
    """From SQLite's lock taken (not: asked for) until it is given back."""
    held: dict[int, float] = {}
    commit = engine.dialect.do_commit

    def taken(connection: Any, _: Any, statement: str, *rest: Any) -> None:
        if statement == "BEGIN IMMEDIATE":
            held[id(connection.connection.dbapi_connection)] = time.perf_counter()

    def committed(connection: Any) -> None:
        commit(connection)
        since = held.pop(id(connection.dbapi_connection), None)
        if since is not None:
            SPENT["lock_s"] = max(SPENT["lock_s"], time.perf_counter() - since)

    sa.event.listen(engine, "after_cursor_execute", taken)
    engine.dialect.do_commit = committed  # type: ignore[method-assign,assignment]


def _spending(work: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """What it answers, and what it took of this process."""
    SPENT.update(delta_s=0.0, lock_s=0.0)
    cpu = time.process_time()
    answer = work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return answer, {"cpu_s": time.process_time() - cpu, "peak_mib": peak, **SPENT}


def membership(url: str) -> str:
    """One hash over who carries what."""
    with reading(open_database(url)) as connection:
        return membership_hash(
            connection.exec_driver_sql("SELECT tag, profile_id FROM profile_tag")
        )


def cuts_at(url: str) -> Cuts:
    """The cuts of the newest run."""
    with reading(open_database(url)) as connection:
        newest = "SELECT cuts FROM tag_run ORDER BY run_id DESC LIMIT 1"
        cuts: dict[str, int | None] = json.loads(connection.exec_driver_sql(newest).scalar_one())
        return cuts
