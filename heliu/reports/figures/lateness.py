"""What was too old when a run planned, and which campaigns that held."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from heliu.reports.figures.query import fetch, table_of
from models import Lateness, RunStage

LATENESS, STAGE = table_of(Lateness), table_of(RunStage)


@dataclass(frozen=True)
class LateThing:
    """A source or tag older than it may be.

    Attributes:
        heard_at: What its age counts from; None: never heard of, never computed.
        max_age_seconds: How old it may be; None: a tag without a limit.
        holds: The campaigns it holds, in planning order.
    """

    kind: str
    name: str
    owner: str | None
    heard_at: datetime | None
    max_age_seconds: int | None
    holds: tuple[str, ...]


def last_planned(connection: sa.Connection) -> int | None:
    """The newest run that planned to its end, or None."""
    done = sa.and_(STAGE.c.stage == "render", STAGE.c.finished_at.is_not(None))
    found: int | None = connection.scalar(sa.select(sa.func.max(STAGE.c.run_id)).where(done))
    return found


def late_things(connection: sa.Connection, run_id: int | None) -> list[LateThing]:
    """What was late in a run, those that hold a campaign first, then sources before tags."""
    columns = [LATENESS.c[name] for name in LateThing.__dataclass_fields__]
    query = sa.select(*columns).where(LATENESS.c.run_id == run_id)
    found = fetch(connection, query.order_by(LATENESS.c.kind, LATENESS.c.name), _late_thing)
    return sorted(found, key=lambda late: not late.holds)


def _late_thing(*told: Any) -> LateThing:
    row = LateThing(*told)
    return replace(row, holds=tuple(json.loads(told[-1])))
