"""What every figure needs: tables by their models, rows as dataclasses, days of a zone."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import SQLModel

Row = TypeVar("Row")

DAY = 86_400  # seconds
EPOCH = date(1970, 1, 1)


def table_of(model: type[SQLModel]) -> sa.Table:
    """The Core table of a model."""
    return SQLModel.metadata.tables[str(model.__tablename__)]


def fetch(connection: sa.Connection, query: sa.Executable, make: Callable[..., Row]) -> list[Row]:
    """Run a query and make one object of each row's columns, in order."""
    return [make(*row) for row in connection.execute(query)]


def count(connection: sa.Connection, query: sa.Select[Any]) -> int:
    """The one number a query gives; nothing counts as 0."""
    return int(connection.scalar(query) or 0)


def local_day(
    column: sa.ColumnElement[datetime], zone: ZoneInfo, since: datetime, until: datetime
) -> sa.ColumnElement[int]:
    """SQL for the day an instant falls on in a zone, as days since 1970-01-01.

    Databases name zones and cut days differently, or not at all; adding the
    zone's offset to epoch seconds means the same everywhere.

    Args:
        column: Instants between `since` and `until`; others may get a neighbouring day.
        zone: Whose days.
        since: Start of the span, aware.
        until: End of the span, aware.
    """
    seconds: sa.ColumnElement[int] = sa.type_coerce(column, sa.BigInteger)
    first, *later = _offsets(zone, since, until)
    # Literals, not parameters: PostgreSQL takes an expression repeated in GROUP BY
    # for another one if its parameters have other numbers.
    shift: sa.ColumnElement[int] = _literal(first[1])
    for start, offset in later:
        shift = sa.case((seconds >= _literal(start), _literal(offset)), else_=shift)
    return (seconds + shift) // _literal(DAY)


def _literal(number: int) -> sa.ColumnClause[int]:
    return sa.literal_column(str(number), sa.BigInteger())


def _offsets(zone: ZoneInfo, since: datetime, until: datetime) -> list[tuple[int, int]]:
    """From which epoch second the zone is how many seconds ahead of UTC."""
    found = [(int(since.timestamp()), _offset(zone, int(since.timestamp())))]
    for noon in range(int(since.timestamp()) + DAY, int(until.timestamp()) + DAY, DAY):
        if _offset(zone, noon) != found[-1][1]:
            found.append(_transition(zone, noon - DAY, noon))
    return found


def _transition(zone: ZoneInfo, low: int, high: int) -> tuple[int, int]:
    """The first second after `low` that has the offset of `high`, by halving."""
    goal = _offset(zone, high)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _offset(zone, middle) == goal else (middle, high)
    return high, goal


def _offset(zone: ZoneInfo, at: int) -> int:
    offset = datetime.fromtimestamp(at, UTC).astimezone(zone).utcoffset()
    return int((offset or timedelta()).total_seconds())


def months_until(now: datetime, zone: ZoneInfo, months: int) -> list[str]:
    """The last months up to and with the one of `now`, oldest first, as YYYY-MM.

    >>> months_until(datetime(2025, 1, 31, 20, tzinfo=UTC), ZoneInfo("Asia/Shanghai"), 3)
    ['2024-12', '2025-01', '2025-02']
    """
    here = now.astimezone(zone)
    numbers = range(here.year * 12 + here.month - months, here.year * 12 + here.month)
    return [f"{number // 12}-{number % 12 + 1:02}" for number in numbers]


def month_start(month: str, zone: ZoneInfo) -> datetime:
    """The first instant of a month (YYYY-MM) in a zone."""
    return datetime.fromisoformat(f"{month}-01").replace(tzinfo=zone)


def month_of(day: int) -> str:
    """The month (YYYY-MM) of a day counted from 1970-01-01."""
    return (EPOCH + timedelta(days=day)).isoformat()[:7]


def monday_of(day: int) -> str:
    """The Monday (ISO date) of the week of a day counted from 1970-01-01.

    >>> monday_of(20361), monday_of(20362)  # a Tuesday, a Wednesday
    ('2025-09-29', '2025-09-29')
    """
    found = EPOCH + timedelta(days=day)
    return (found - timedelta(days=found.weekday())).isoformat()


def mondays_until(now: datetime, zone: ZoneInfo, weeks: int) -> list[str]:
    """The Mondays of the last weeks up to and with the one of `now`, oldest first."""
    today = now.astimezone(zone).date()
    last = today - timedelta(days=today.weekday())
    return [(last - timedelta(weeks=back)).isoformat() for back in reversed(range(weeks))]


def day_start(day: str, zone: ZoneInfo) -> datetime:
    """The first instant of a day (ISO date) in a zone."""
    return datetime.fromisoformat(day).replace(tzinfo=zone)
