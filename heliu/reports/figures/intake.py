"""What came in: deliveries, how fresh the sources are, what could not be read."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from heliu.reports.figures.query import count, fetch, table_of
from models import Quarantine, SourceDelivery, SourceState

DELIVERY, STATE = table_of(SourceDelivery), table_of(SourceState)
QUARANTINE = table_of(Quarantine)


@dataclass(frozen=True)
class Delivery:
    """Rows one source delivered in one run, by what became of them."""

    source: str
    rows: int
    new: int
    changed: int
    same: int
    quarantined: int
    deleted: int
    facts: int


@dataclass(frozen=True)
class Freshness:
    """How far into a source we have read."""

    source: str
    rows: int
    watermark_at: datetime | None
    read_at: datetime


@dataclass(frozen=True)
class Unread:
    """Rows of a source in quarantine for one reason."""

    source: str
    reason: str
    rows: int


def last_collect(connection: sa.Connection) -> int | None:
    """The newest run that read sources, or None."""
    found: int | None = connection.scalar(sa.select(sa.func.max(DELIVERY.c.run_id)))
    return found


def deliveries(connection: sa.Connection, run_id: int) -> list[Delivery]:
    """What every source delivered in a run, most rows first."""
    columns = [DELIVERY.c[name] for name in Delivery.__dataclass_fields__]
    query = sa.select(*columns).where(DELIVERY.c.run_id == run_id)
    return fetch(connection, query.order_by(DELIVERY.c.rows.desc(), DELIVERY.c.source), Delivery)


def freshness(connection: sa.Connection) -> list[Freshness]:
    """Every source's watermark, the one that fell behind most first."""
    columns = [STATE.c[name] for name in Freshness.__dataclass_fields__]
    oldest = sa.func.coalesce(sa.type_coerce(STATE.c.watermark_at, sa.BigInteger), 0)
    return fetch(connection, sa.select(*columns).order_by(oldest, STATE.c.source), Freshness)


def unread(connection: sa.Connection, limit: int = 40) -> list[Unread]:
    """Rows still in quarantine by source and reason, most first."""
    rows = sa.func.count().label("rows")
    query = (
        sa.select(QUARANTINE.c.source, QUARANTINE.c.reason, rows)
        .where(QUARANTINE.c.resolved_at.is_(None))
        .group_by(QUARANTINE.c.source, QUARANTINE.c.reason)
        .order_by(rows.desc(), QUARANTINE.c.source, QUARANTINE.c.reason)
    )
    return fetch(connection, query.limit(limit), Unread)


def unread_rows(connection: sa.Connection) -> int:
    """How many rows are still in quarantine."""
    still = QUARANTINE.c.resolved_at.is_(None)
    return count(connection, sa.select(sa.func.count()).select_from(QUARANTINE).where(still))
