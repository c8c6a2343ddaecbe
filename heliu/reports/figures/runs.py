"""What ran, stage by stage, and how long it took."""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from heliu.reports.figures.query import count, fetch, table_of
from models import Run, RunStage

RUN, STAGE = table_of(Run), table_of(RunStage)

# Runs every ten minutes: its runs would push all others off the list.
FREQUENT = ("dispatch",)


@dataclass(frozen=True)
class RunRow:
    """One run of a flow."""

    id: int
    flow: str
    status: str
    dry_run: bool
    as_of_at: datetime
    now_at: datetime
    started_at: datetime
    finished_at: datetime | None
    error: str | None

    @property
    def milliseconds(self) -> int | None:
        """How long it took; None while it runs."""
        if self.finished_at is None:
            return None
        return int((self.finished_at - self.started_at).total_seconds() * 1000)


@dataclass(frozen=True)
class StageRow:
    """What one stage of a run counted, and how long it took."""

    run_id: int
    stage: str
    finished_at: datetime | None
    milliseconds: int
    counts: dict[str, object]


def latest_run(connection: sa.Connection) -> RunRow | None:
    """The newest run that is not one of the frequent ones."""
    return next(iter(run_history(connection, 1)), None)


def one_run(connection: sa.Connection, run_id: int) -> RunRow | None:
    """One run by its id."""
    return next(iter(fetch(connection, _runs().where(RUN.c.id == run_id), RunRow)), None)


def run_history(connection: sa.Connection, limit: int = 20) -> list[RunRow]:
    """The last runs, newest first, without the frequent ones."""
    query = _runs().where(RUN.c.flow.not_in(FREQUENT)).order_by(RUN.c.id.desc())
    return fetch(connection, query.limit(limit), RunRow)


def _runs() -> sa.Select[tuple[object, ...]]:
    return sa.select(*(RUN.c[name] for name in RunRow.__dataclass_fields__))


def stages(connection: sa.Connection, run_ids: list[int]) -> list[StageRow]:
    """The stages of some runs, in the order they began."""
    columns = [STAGE.c[name] for name in StageRow.__dataclass_fields__]
    query = (
        sa.select(*columns)
        .where(STAGE.c.run_id.in_(run_ids))
        .order_by(STAGE.c.run_id, STAGE.c.started_at, STAGE.c.stage)
    )
    return [
        StageRow(run_id, stage, finished, milliseconds, _counts(counts))
        for run_id, stage, finished, milliseconds, counts in connection.execute(query)
    ]


def _counts(text: str) -> dict[str, object]:
    found = json.loads(text or "{}")
    return found if isinstance(found, dict) else {}


def as_reported(run: RunRow, stages: list[StageRow]) -> RunRow:
    """A run as its own report shows it: once the report is being made, all else is done.

    A page lies there until the next run, so it must not say "running" for a whole day.
    """
    begun = any(stage.run_id == run.id and stage.stage == "report" for stage in stages)
    return replace(run, status="reporting") if run.status == "running" and begun else run


def failed_runs(connection: sa.Connection, now: datetime, days: int = 7) -> list[RunRow]:
    """Flows whose newest finished run failed, lately: that run of each."""
    later = RUN.alias("later")
    outdone = (
        sa.select(later.c.id)
        .where(
            later.c.flow == RUN.c.flow,
            later.c.id > RUN.c.id,
            later.c.status != "running",
        )
        .exists()
    )
    lately = RUN.c.now_at >= now - timedelta(days=days)
    query = _runs().where(RUN.c.status.in_(("failed", "crashed")), lately, ~outdone)
    return fetch(connection, query.order_by(RUN.c.id.desc()), RunRow)


def runs_of(connection: sa.Connection, flows: tuple[str, ...]) -> int:
    """How many runs some flows had."""
    query = sa.select(sa.func.count()).select_from(RUN).where(RUN.c.flow.in_(flows))
    return count(connection, query)
