"""Messages and people: what left, whom it reached, what is left open."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from heliu.reports.figures.query import count, fetch, table_of
from models import (
    Alias,
    Audience,
    Campaign,
    DeliveryStatus,
    Message,
    Profile,
    Receipt,
    Recipient,
)

AUDIENCE, CAMPAIGN, RECIPIENT = table_of(Audience), table_of(Campaign), table_of(Recipient)
MESSAGE, RECEIPT = table_of(Message), table_of(Receipt)
ALIAS, PROFILE = table_of(Alias), table_of(Profile)

REACHED = (DeliveryStatus.ACCEPTED, DeliveryStatus.DELIVERED)


@dataclass(frozen=True)
class Reach:
    """People, not messages; merged profiles count once."""

    profiles: int
    planned: int  # in an audience
    reached: int  # a channel took a message for them


@dataclass(frozen=True)
class ChannelState:
    """Messages of a channel by status."""

    channel: str
    status: str
    messages: int


@dataclass(frozen=True)
class MessageReason:
    """Why messages were suppressed, rejected or left unknown."""

    channel: str
    status: str
    reason: str
    messages: int


@dataclass(frozen=True)
class UnknownMessage:
    """A message whose call broke midway: a human looks before anything is sent again."""

    id: int
    campaign: str
    occurrence: str
    channel: str
    reason: str | None
    changed_at: datetime


def reach(connection: sa.Connection) -> Reach:
    """People in audiences and people reached; a merged profile counts as what it is now."""
    return Reach(
        count(connection, sa.select(sa.func.count()).select_from(PROFILE)),
        count(connection, _people(RECIPIENT)),
        count(connection, _people(MESSAGE).where(MESSAGE.c.status.in_(REACHED))),
    )


def reached_by_channel(connection: sa.Connection) -> dict[str, int]:
    """People a channel took a message for: {channel: people}."""
    query = (
        _people(MESSAGE)
        .add_columns(MESSAGE.c.channel)
        .where(MESSAGE.c.status.in_(REACHED))
        .group_by(MESSAGE.c.channel)
    )
    return {channel: int(people) for people, channel in connection.execute(query)}


def _people(table: sa.Table) -> sa.Select[Any]:
    """Different people of a table that has profile ids, old ids resolved."""
    means = (ALIAS.c.old_id == table.c.profile_id) & ALIAS.c.to_run_id.is_(None)
    person = sa.func.coalesce(ALIAS.c.profile_id, table.c.profile_id)
    return sa.select(sa.func.count(sa.distinct(person))).select_from(table.outerjoin(ALIAS, means))


def channel_states(connection: sa.Connection, run_id: int | None = None) -> list[ChannelState]:
    """All messages, or those a run put into the outbox, by channel and status."""
    keys = (MESSAGE.c.channel, MESSAGE.c.status)
    query = sa.select(*keys, sa.func.count()).group_by(*keys).order_by(*keys)
    if run_id is not None:
        query = query.where(MESSAGE.c.run_id == run_id)
    return fetch(connection, query, ChannelState)


def message_reasons(connection: sa.Connection, limit: int = 40) -> list[MessageReason]:
    """Why messages in the outbox did not arrive, most first."""
    keys = (MESSAGE.c.channel, MESSAGE.c.status, MESSAGE.c.reason)
    messages = sa.func.count().label("messages")
    query = (
        sa.select(*keys, messages)
        .where(MESSAGE.c.reason.is_not(None))
        .group_by(*keys)
        .order_by(messages.desc(), *keys)
    )
    return fetch(connection, query.limit(limit), MessageReason)


def receipts(connection: sa.Connection) -> dict[tuple[str, str], int]:
    """Receipts by channel and kind: what providers told us later."""
    keys = (RECEIPT.c.channel, RECEIPT.c.kind)
    query = sa.select(*keys, sa.func.count()).group_by(*keys).order_by(*keys)
    return {(channel, kind): int(times) for channel, kind, times in connection.execute(query)}


def unknown_messages(connection: sa.Connection, limit: int = 50) -> list[UnknownMessage]:
    """Messages that wait for a human, the oldest first; no person named."""
    columns = [MESSAGE.c[name] for name in UnknownMessage.__dataclass_fields__]
    query = sa.select(*columns).where(MESSAGE.c.status == DeliveryStatus.UNKNOWN)
    return fetch(
        connection, query.order_by(MESSAGE.c.changed_at, MESSAGE.c.id).limit(limit), UnknownMessage
    )


def messages_in(connection: sa.Connection, status: DeliveryStatus) -> int:
    """How many messages are in one status."""
    query = sa.select(sa.func.count()).select_from(MESSAGE).where(MESSAGE.c.status == status)
    return count(connection, query)


def overdue_messages(connection: sa.Connection, now: datetime, hours: int = 1) -> int:
    """Messages still open so long after they might have left."""
    late = MESSAGE.c.not_before_at < now - timedelta(hours=hours)
    is_open = MESSAGE.c.status.in_((DeliveryStatus.QUEUED, DeliveryStatus.SENDING))
    return count(connection, sa.select(sa.func.count()).select_from(MESSAGE).where(is_open, late))
