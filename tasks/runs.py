"""Runs and stages as rows: what ran, when, on which clock, and what it counted."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import sqlalchemy as sa
from prefect import get_run_logger
from prefect.runtime import flow_run

from heliu.delivery.workers import is_dead
from heliu.errors import HeliuError
from models import Run, RunStage
from models.database import writing
from tasks.database import database
from tasks.leases import LEASE, lease
from tasks.options import RunOptions
from tasks.settings import settings

RUN = Run.__table__  # type: ignore[attr-defined]
STAGE = RunStage.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class RunRef:
    """A run by its id, and the clock it goes by: what tasks are handed."""

    id: int
    as_of: datetime  # which facts it may see
    now: datetime  # what time it sends at
    dry_run: bool

    @property
    def occurrence(self) -> str:
        """The business date: the day of as-of in the firm's zone."""
        return self.as_of.astimezone(settings().zone).date().isoformat()


def run_name() -> str:
    """What a flow run is called in Prefect: the flow, its as-of, and whether it is a rehearsal."""
    options = flow_run.parameters.get("options")
    here = settings()
    as_of = here.clock(getattr(options, "as_of", None), None)[0].astimezone(here.zone)
    rehearsal = " 演练" if getattr(options, "dry_run", False) else ""
    return f"{flow_run.flow_name} {as_of:%Y-%m-%d}{rehearsal}"


@contextmanager
def open_run(flow: str, options: RunOptions) -> Iterator[RunRef]:
    """One row for one run; a retry of the same Prefect run goes on with the same row and clock."""
    as_of, now = settings().clock(options.as_of, options.now)
    run = _start(flow, as_of, now, options.dry_run, str(flow_run.id) if flow_run.id else None)
    try:
        yield run
    except BaseException as error:
        _finish(run.id, "failed", _sentence(error))
        raise
    _finish(run.id, "completed", None)


def _start(
    flow: str, as_of: datetime, now: datetime, dry_run: bool, prefect_id: str | None
) -> RunRef:
    with writing(database()) as connection:
        known = None
        if prefect_id:
            known = connection.execute(
                sa.select(RUN).where(RUN.c.prefect_run_id == prefect_id)
            ).first()
        if known is not None:
            connection.execute(
                sa.update(RUN)
                .where(RUN.c.id == known.id)
                .values(status="running", finished_at=None, error=None)
            )
            return RunRef(known.id, known.as_of_at, known.now_at, known.dry_run)
        _note_the_dead(connection)
        row = {
            "flow": flow,
            "as_of_at": as_of,
            "now_at": now,
            "dry_run": dry_run,
            "status": "running",
            "started_at": datetime.now(UTC),
            "prefect_run_id": prefect_id,
        }
        id_ = connection.execute(sa.insert(RUN).values(row).returning(RUN.c.id)).scalar_one()
    return RunRef(id_, as_of, now, dry_run)


def _note_the_dead(connection: sa.Connection) -> None:
    """Call runs crashed that say they run while no living process holds a stage.

    One that was only between two stages says otherwise when it finishes.
    """
    holders = connection.execute(sa.select(LEASE.c.holder)).scalars()
    if all(is_dead(holder) for holder in holders):
        connection.execute(
            sa.update(RUN)
            .where(RUN.c.status == "running")
            .values(status="crashed", error="The process ended without a word.")
        )


def _finish(run_id: int, status: str, error: str | None) -> None:
    with writing(database()) as connection:
        mine = sa.update(RUN).where(RUN.c.id == run_id)
        connection.execute(mine.values(status=status, finished_at=datetime.now(UTC), error=error))


def _sentence(error: BaseException) -> str:
    """What went wrong, without anything a foreign exception may quote from the data."""
    return str(error) if isinstance(error, HeliuError) else type(error).__name__


@dataclass
class Counts:
    """What a stage counted, by name."""

    of: dict[str, int] = field(default_factory=dict)

    def add(self, counts: Mapping[str, int]) -> None:
        """Add to what was counted before."""
        for name, number in counts.items():
            self.of[name] = self.of.get(name, 0) + int(number)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Count the milliseconds a part of the stage takes."""
        clock = time.monotonic()
        yield
        self.add({f"ms {name}": round((time.monotonic() - clock) * 1000)})


@contextmanager
def stage(name: str, run: RunRef) -> Iterator[Counts]:
    """Run one stage alone: under its lease, with its time and counts written down."""
    with lease(database(), name):
        started, clock = datetime.now(UTC), time.monotonic()
        counts = Counts()
        _save_stage(run.id, name, started, None, 0, counts)
        yield counts
        taken = round((time.monotonic() - clock) * 1000)
        _save_stage(run.id, name, started, datetime.now(UTC), taken, counts)
        said = ", ".join(f"{number:,} {what}" for what, number in counts.of.items() if number)
        get_run_logger().info("%s took %.1f s: %s", name, taken / 1000, said or "nothing to do")


def _save_stage(
    run_id: int, name: str, started: datetime, finished: datetime | None, taken: int, counts: Counts
) -> None:
    with writing(database()) as connection:
        mine = (STAGE.c.run_id == run_id, STAGE.c.stage == name)
        connection.execute(sa.delete(STAGE).where(*mine))
        connection.execute(
            sa.insert(STAGE).values(
                run_id=run_id,
                stage=name,
                started_at=started,
                finished_at=finished,
                milliseconds=taken,
                counts=json.dumps(counts.of),
            )
        )
