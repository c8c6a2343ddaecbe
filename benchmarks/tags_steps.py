"""Heliu looking only at who may have changed: hours, nights, one person, a preview of rules.

Each function in a process of its own (`apart`), the database by its URL.
"""

import statistics
import time
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from benchmarks import tags_diff
from benchmarks.tags_library import LIBRARIES, VOCABULARY, ZONE
from benchmarks.tags_ours import FIRST_RUN, as_of, cuts_at, engine_of, full
from benchmarks.tags_world import EVENT_COLUMNS
from heliu.rules.among import Among
from heliu.rules.library import Library
from heliu.rules.person import Person
from heliu.rules.reference import tags_of
from heliu.rules.windows import Clock
from heliu.rules.words import Cuts, library_select
from heliu.tags import ranges
from heliu.tags.apply import finish
from heliu.tags.person import load_person
from heliu.tags.plan import Mode, begin
from heliu.tags.retag import counts_of, retag
from models.bulk import bulk_insert
from models.database import reading, writing


def increments(url: str, tags: int, runs: int) -> dict[str, Any]:
    """Hours, nights and notes of one profile in a hundred, each beside what full came to.

    The database is tagged as of so many days before its end as there are runs.
    """
    start, run = float(runs), FIRST_RUN + 1
    fulls = []
    for _ in range(3):
        fulls.append(full(url, tags, start, run, None)["cpu_s"])
        run += 1
    found: dict[str, Any] = {"full": {"cpu_s": statistics.median(fulls)}}
    hours = [start - (step + 1) / 24 for step in range(runs)]
    nightly = [hours[-1] - step for step in range(1, runs)] or [hours[-1] - 0.5]
    for name, moments in (
        ("an hour", hours),
        ("a night", nightly),
        ("uniform 1 %", [nightly[-1]] * runs),
    ):
        steps = []
        for days in moments:
            told = _note_hundredth(url, run) if name[0] == "u" else _note_since(url, start, days)
            steps.append({**_increment(url, tags, days, run), "told": told})
            start, run = days, run + 1
        middle = {key: statistics.median(step[key] for step in steps) for key in steps[0]}
        found[name] = {**middle, "differing": _differing(url, tags, start, run)}
        run += 1
    return found


def _increment(url: str, tags: int, days: float, run: int) -> dict[str, float]:
    """One run of those who may have changed."""
    engine, library = engine_of(url), LIBRARIES[tags]()
    cpu = time.process_time()
    counts = retag(engine, library, as_of(days), run, ZONE, mode=Mode.AUTO)
    if counts.full:
        raise RuntimeError("it looked at everybody")
    spent = time.process_time() - cpu
    return {"cpu_s": spent, "profiles": counts.profiles, "changed": counts.changed}


def _note_since(url: str, before: float, now: float) -> int:
    """Notes of everybody something happened to between two moments, as delivering leaves them."""
    low, high = int(as_of(before).timestamp()), int(as_of(now).timestamp())
    who = f"SELECT DISTINCT profile_id FROM event WHERE at > {low} AND at <= {high}"
    return _note(url, who)


def _note_hundredth(url: str, run: int) -> int:
    return _note(url, f"SELECT id FROM profile WHERE id % 100 = {run % 100}")


def _note(url: str, who: str) -> int:
    with writing(engine_of(url)) as connection:
        noted = f"SELECT profile_id, 'fact', 1 FROM ({who}) AS told (profile_id)"
        if connection.dialect.name == "sqlite":
            noted = f"SELECT *, 'fact', 1 FROM ({who})"
        insert = "INSERT INTO touched (profile_id, reason, run_id) "
        return connection.exec_driver_sql(insert + noted).rowcount


def _differing(url: str, tags: int, days: float, run: int) -> int:
    """How many profiles everybody judged by the same cuts would change."""
    engine, library, clock = engine_of(url), LIBRARIES[tags](), Clock(as_of(days), ZONE)
    cuts = cuts_at(url)
    plan = begin(engine, library, clock, run, Mode.FULL)
    ranges.keep_cuts(engine, run, cuts)
    with reading(engine) as connection:
        parts = ranges.split(connection)
    judged = sum(ranges.judge_range(engine, library, clock, run, part) for part in parts)
    finish(engine, library, clock.as_of, run, plan, judged, clock.as_of)
    return counts_of(engine, library, plan, run).changed


def one_person(url: str, tags: int, times: int) -> dict[str, float]:
    """Something one person does, and what it takes until their tags are true: milliseconds.

    The run they are written to is open already, as a draining run's is.
    """
    engine, library, cuts = engine_of(url), LIBRARIES[tags](), cuts_at(url)
    run, start = FIRST_RUN + 900, as_of(0)
    begin(engine, library, Clock(start, ZONE), run, Mode.FULL)
    ranges.keep_cuts(engine, run, cuts)
    whole, computing, reference = [], [], []
    for number in range(times):
        person = 1 + number * 7919 % 10_000
        clock = Clock(start + timedelta(seconds=number + 1), ZONE)
        _happen(engine, person, number, clock.at)
        among = Among(low=person, high=person)
        started = time.perf_counter()
        ranges.judge_range(engine, library, clock, run, among)
        whole.append(1_000 * (time.perf_counter() - started))
        computing.append(_computing(engine, library, clock, cuts, among))
        reference.append(_by_reference(engine, library, clock, cuts, person))
    whole.sort()
    return {
        "computing_ms": statistics.median(computing),
        "reference_ms": statistics.median(reference),
        "median_ms": statistics.median(whole),
        "p95_ms": whole[int(0.95 * len(whole))],
    }


def _happen(engine: sa.Engine, person: int, number: int, at: int) -> None:
    row = (person, at, number, person, "bench", "order_paid", "books", 120_000)
    with writing(engine) as connection:
        bulk_insert(connection, "event", EVENT_COLUMNS, [row])


def _computing(
    engine: sa.Engine, library: Library, clock: Clock, cuts: Cuts, among: Among
) -> float:
    """The statement alone, for one profile: milliseconds."""
    numbers = {name: number for number, name in enumerate(sorted(library.tags))}
    select = library_select(library, numbers, clock, cuts, among)
    with reading(engine) as connection:
        text = str(select.compile(connection, compile_kwargs={"literal_binds": True}))
        started = time.perf_counter()
        connection.exec_driver_sql(text.replace("%%", "%")).all()
        return 1_000 * (time.perf_counter() - started)


def _by_reference(
    engine: sa.Engine, library: Library, clock: Clock, cuts: Cuts, person: int
) -> float:
    """One profile's facts loaded, its tags reckoned in plain Python: milliseconds."""
    with reading(engine) as connection:
        started = time.perf_counter()
        who = load_person(connection, VOCABULARY, person, clock.as_of, library)
        tags_of(library, who or Person(), clock, cuts)
        return 1_000 * (time.perf_counter() - started)


def previews(url: str) -> dict[str, dict[str, float]]:
    """Changes of the fifty rules, each with what its preview took."""
    return tags_diff.rows(engine_of(url), Clock(as_of(0), ZONE))
