"""A firm's state for one measurement: collect and unify as the stages do, without Prefect's server.

HELIU_FIRM and HELIU_HOME must be set before anything of `tasks` is loaded; `apart` does it.
"""

import time
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from prefect.logging import disable_run_logger

from benchmarks.apart import usage
from heliu.identity.matching.features import DEFAULT
from heliu.identity.matching.frozen import units_of, write_model
from heliu.identity.matching.train import train as learn
from heliu.identity.resolve import resolve
from heliu.identity.tables.store import load_normalised
from models.database import reading
from tasks import identity, sources
from tasks.database import database
from tasks.firm import load_firm
from tasks.runs import RunRef
from tasks.settings import settings

NOW = datetime(2025, 10, 1, 2, tzinfo=UTC)


class Spent(NamedTuple):
    """What one run took."""

    wall_s: float
    cpu_s: float
    normalise_s: float  # of the wall
    counts: dict[str, int]


class Quality(NamedTuple):
    """Pairwise over all records with a known truth."""

    precision: float
    recall: float
    f1: float
    largest: int
    records: int


def a_run(id_: int) -> RunRef:
    """A run by its number, on a clock that stands still."""
    return RunRef(id_, NOW, NOW, False)


def collect(run: int = 1) -> None:
    """Read every source of the firm."""
    with disable_run_logger():
        for seen in sources.survey_sources.fn(True):
            sources.collect.fn(seen, a_run(run))


def unify(run: int) -> Spent:
    """Normalise what is new, resolve, publish: as the stage, timed in this process."""
    with disable_run_logger():
        cpu, wall = usage()[0], time.perf_counter()
        normalised = identity.normalise_records.fn(a_run(run))
        between = time.perf_counter()
        resolved = identity.resolve_profiles.fn(a_run(run), True)
        done = time.perf_counter()
    counts = {**normalised, **resolved}
    counts = {name: number for name, number in counts.items() if isinstance(number, int)}
    return Spent(done - wall, usage()[0] - cpu, between - wall, counts)


def train() -> None:
    """Learn how to match from all records, and freeze it in the firm's folder: as the flow does."""
    firm = load_firm()
    with disable_run_logger():
        identity.normalise_records.fn(a_run(9))
    with reading(database()) as connection:
        records = load_normalised(connection)
    units = units_of(records, resolve(records, firm.policy).profile_of)
    write_model(settings().firm, learn(units, firm.matching or DEFAULT).model)


def profiles() -> dict[tuple[str, str], int]:
    """(source, key) → profile, as published."""
    query = sa.text(
        "SELECT r.source, r.source_pk, m.profile_id FROM membership m "
        "JOIN record r ON r.id = m.record_id WHERE m.to_run_id IS NULL"
    )
    with reading(database()) as connection:
        return {(source, key): profile for source, key, profile in connection.execute(query)}


def count(query: str) -> int:
    """One number the database tells."""
    with reading(database()) as connection:
        return int(connection.execute(sa.text(query)).scalar() or 0)


def pairs(groups: Iterable[Hashable]) -> int:
    """How many pairs stand in the same group."""
    return sum(size * (size - 1) // 2 for size in Counter(groups).values())


def quality(person_of: Mapping[Any, Hashable], profile_of: Mapping[Any, Hashable]) -> Quality:
    """Of the pairs put together, how many belong together; of those, how many were found."""
    both = pairs((person_of[key], profile_of[key]) for key in person_of)
    told, true = pairs(profile_of[key] for key in person_of), pairs(person_of.values())
    precision, recall = both / told if told else 1.0, both / true if true else 1.0
    f1 = 2 * precision * recall / (precision + recall) if both else 0.0
    largest = max(Counter(profile_of[key] for key in person_of).values())
    return Quality(precision, recall, f1, largest, len(person_of))
