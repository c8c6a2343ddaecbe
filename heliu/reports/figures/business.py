"""Service states, orders and activity."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from heliu.reports.figures.query import (
    day_start,
    fetch,
    local_day,
    monday_of,
    mondays_until,
    month_of,
    month_start,
    months_until,
    table_of,
)
from models import Event, Order, Product, Profile, Refund

PROFILE, EVENT = table_of(Profile), table_of(Event)
ORDER, REFUND, PRODUCT = table_of(Order), table_of(Refund), table_of(Product)


@dataclass(frozen=True)
class OrderTotals:
    """All orders so far; money in fen."""

    orders: int
    paid: int
    paid_fen: int
    payers: int
    refunds: int
    refunded_fen: int


@dataclass(frozen=True)
class Month:
    """Money that came and went in a month of the firm's zone."""

    month: str  # YYYY-MM
    orders: int
    paid_fen: int
    refunded_fen: int


@dataclass(frozen=True)
class Course:
    """Paid orders of one item."""

    item: str | None
    title: str | None
    orders: int
    payers: int
    paid_fen: int


def service_states(connection: sa.Connection) -> dict[str | None, int]:
    """Profiles by service state, most first; None where nothing is known."""
    people = sa.func.count()
    query = (
        sa.select(PROFILE.c.service_state, people)
        .group_by(PROFILE.c.service_state)
        .order_by(people.desc(), PROFILE.c.service_state)
    )
    return {state: int(number) for state, number in connection.execute(query)}


def order_totals(connection: sa.Connection, now: datetime) -> OrderTotals:
    """Orders, payments and refunds up to `now`."""
    paid = ORDER.c.paid_at <= now
    orders = connection.execute(
        sa.select(
            sa.func.count(),
            sa.func.count(sa.case((paid, 1))),
            sa.func.coalesce(sa.func.sum(sa.case((paid, ORDER.c.amount_fen))), 0),
            sa.func.count(sa.distinct(sa.case((paid, ORDER.c.profile_id)))),
        )
    ).one()
    refunds = connection.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(REFUND.c.amount_fen), 0)).where(
            REFUND.c.refunded_at <= now
        )
    ).one()
    return OrderTotals(*(int(number) for number in (*orders, *refunds)))


def revenue_by_month(
    connection: sa.Connection, zone: ZoneInfo, now: datetime, months: int = 24
) -> list[Month]:
    """Payments and refunds of the last months, oldest first; empty months are there as 0."""
    names = months_until(now, zone, months)
    since = month_start(names[0], zone)
    orders: Counter[str] = Counter()
    paid: Counter[str] = Counter()
    refunded: Counter[str] = Counter()
    for day, number, fen in connection.execute(_money(ORDER, "paid_at", zone, since, now)):
        orders[month_of(day)] += number
        paid[month_of(day)] += int(fen)
    for day, _, fen in connection.execute(_money(REFUND, "refunded_at", zone, since, now)):
        refunded[month_of(day)] += int(fen)
    return [Month(name, orders[name], paid[name], refunded[name]) for name in names]


def _money(
    table: sa.Table, at: str, zone: ZoneInfo, since: datetime, now: datetime
) -> sa.Select[Any]:
    """Per day of the zone: (day, rows, fen)."""
    day = local_day(table.c[at], zone, since, now).label("day")
    return (
        sa.select(day, sa.func.count(), sa.func.coalesce(sa.func.sum(table.c.amount_fen), 0))
        .where(table.c[at] >= since, table.c[at] <= now)
        .group_by(day)
    )


def revenue_by_course(connection: sa.Connection, now: datetime, limit: int = 20) -> list[Course]:
    """Paid orders by item, most money first."""
    fen = sa.func.coalesce(sa.func.sum(ORDER.c.amount_fen), 0)
    fen_whole = sa.cast(fen, sa.BigInteger).label("paid_fen")
    query = (
        sa.select(
            ORDER.c.item,
            PRODUCT.c.title,
            sa.func.count(),
            sa.func.count(sa.distinct(ORDER.c.profile_id)),
            fen_whole,
        )
        .select_from(ORDER.outerjoin(PRODUCT, PRODUCT.c.key == ORDER.c.item))
        .where(ORDER.c.paid_at <= now)
        .group_by(ORDER.c.item, PRODUCT.c.title)
        .order_by(fen_whole.desc(), ORDER.c.item)
    )
    return fetch(connection, query.limit(limit), Course)


def activity_by_week(
    connection: sa.Connection, zone: ZoneInfo, now: datetime, weeks: int = 52
) -> dict[str, dict[str, int]]:
    """Events of the last weeks: {Monday: {type: events}}, oldest first, empty weeks too.

    One pass over the index on (at, type): O(events of the span).
    """
    mondays = mondays_until(now, zone, weeks)
    since = day_start(mondays[0], zone)
    day = local_day(EVENT.c.at, zone, since, now).label("day")
    query = (
        sa.select(day, EVENT.c.type, sa.func.count())
        .where(EVENT.c.at >= since, EVENT.c.at <= now)
        .group_by(day, EVENT.c.type)
    )
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for number, type_, events in connection.execute(query):
        found[monday_of(number)][type_] += events
    return {monday: dict(found[monday]) for monday in mondays}
