"""From audience to delivery: what was decided, what left, whom it reached."""

from collections import defaultdict
from dataclasses import dataclass, field
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
    Reason,
    Receipt,
    Recipient,
)

AUDIENCE, CAMPAIGN, RECIPIENT = table_of(Audience), table_of(Campaign), table_of(Recipient)
MESSAGE, RECEIPT = table_of(Message), table_of(Receipt)
ALIAS, PROFILE = table_of(Alias), table_of(Profile)

REACHED = (DeliveryStatus.ACCEPTED, DeliveryStatus.DELIVERED)


@dataclass(frozen=True)
class Funnel:
    """One occurrence of a campaign, from the frozen audience to what became of it."""

    campaign: str
    title: str
    occurrence: str
    as_of_at: datetime
    run_id: int
    size: int
    allowed: int = 0  # decided: send
    rendered: int = 0
    reasons: dict[str, int] = field(default_factory=dict)  # why not sent
    statuses: dict[str, int] = field(default_factory=dict)  # of its messages

    @property
    def queued(self) -> int:
        """Messages the outbox has of it, whatever became of them."""
        return sum(self.statuses.values())

    @property
    def reached(self) -> int:
        """Messages accepted or delivered."""
        return sum(self.statuses.get(status, 0) for status in REACHED)

    @property
    def undecided(self) -> int:
        """People of the audience nothing was decided for yet."""
        refused = sum(self.reasons.values()) - self.reasons.get(Reason.NOT_RENDERED, 0)
        return self.size - self.allowed - refused


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


def funnels(connection: sa.Connection, occurrences: int = 40) -> list[Funnel]:
    """The last occurrences of all campaigns, newest first."""
    newest = (
        sa.select(AUDIENCE)
        .order_by(AUDIENCE.c.frozen_at.desc(), AUDIENCE.c.occurrence.desc(), AUDIENCE.c.campaign)
        .limit(occurrences)
        .cte("newest")
    )
    titles = newest.join(CAMPAIGN, CAMPAIGN.c.name == newest.c.campaign)
    return _funnels(connection, newest, titles)


def run_funnels(connection: sa.Connection, run_id: int) -> list[Funnel]:
    """The occurrences a run froze, by campaign."""
    own = sa.select(AUDIENCE).where(AUDIENCE.c.run_id == run_id).cte("own")
    return _funnels(connection, own, own.join(CAMPAIGN, CAMPAIGN.c.name == own.c.campaign))


def _funnels(connection: sa.Connection, chosen: sa.CTE, titles: sa.FromClause) -> list[Funnel]:
    audiences = sa.select(
        chosen.c.campaign,
        CAMPAIGN.c.title,
        chosen.c.occurrence,
        chosen.c.as_of_at,
        chosen.c.run_id,
        chosen.c.size,
    ).select_from(titles)
    newest_first = audiences.order_by(
        chosen.c.frozen_at.desc(), chosen.c.occurrence.desc(), chosen.c.campaign
    )
    decided = _decisions(connection, chosen)
    sent = _statuses(connection, chosen)
    return [
        Funnel(*row, *decided.get((row[0], row[2]), (0, 0, {})), sent[row[0], row[2]])
        for row in connection.execute(newest_first)
    ]


def _decisions(
    connection: sa.Connection, chosen: sa.CTE
) -> dict[tuple[str, str], tuple[int, int, dict[str, int]]]:
    """Per occurrence: allowed, rendered, {reason: people}."""
    keys = (RECIPIENT.c.campaign, RECIPIENT.c.occurrence)
    send = sa.and_(RECIPIENT.c.reason.is_(None), RECIPIENT.c.channel.is_not(None))
    query = (
        sa.select(
            *keys,
            RECIPIENT.c.reason,
            sa.func.count(),
            sa.func.count(sa.case((send, 1))),
            sa.func.count(sa.case((send, RECIPIENT.c.content_hash))),
        )
        .select_from(_of(RECIPIENT, chosen))
        .group_by(*keys, RECIPIENT.c.reason)
        .order_by(*keys, RECIPIENT.c.reason)
    )
    found: dict[tuple[str, str], tuple[int, int, dict[str, int]]] = {}
    for campaign, occurrence, reason, people, allowed, rendered in connection.execute(query):
        before = found.get((campaign, occurrence), (0, 0, {}))
        if reason == Reason.NOT_RENDERED:  # it was to be sent, then its text could not be made
            allowed = people
        reasons = before[2] | ({reason: people} if reason else {})
        found[campaign, occurrence] = (before[0] + allowed, before[1] + rendered, reasons)
    return found


def _statuses(
    connection: sa.Connection, chosen: sa.CTE
) -> defaultdict[tuple[str, str], dict[str, int]]:
    keys = (MESSAGE.c.campaign, MESSAGE.c.occurrence, MESSAGE.c.status)
    query = (
        sa.select(*keys, sa.func.count())
        .select_from(_of(MESSAGE, chosen))
        .group_by(*keys)
        .order_by(*keys)
    )
    found: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for campaign, occurrence, status, messages in connection.execute(query):
        found[campaign, occurrence][status] = messages
    return found


def _of(table: sa.Table, chosen: sa.CTE) -> sa.FromClause:
    return table.join(
        chosen,
        (chosen.c.campaign == table.c.campaign) & (chosen.c.occurrence == table.c.occurrence),
    )


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


def unrendered(
    connection: sa.Connection, now: datetime, hours: int = 24, limit: int = 20
) -> list[tuple[str, str, str, int]]:
    """What templates lacked lately: (campaign, occurrence, detail, people), most people first."""
    keys = (RECIPIENT.c.campaign, RECIPIENT.c.occurrence, RECIPIENT.c.detail)
    lately = (
        sa.select(AUDIENCE).where(AUDIENCE.c.frozen_at >= now - timedelta(hours=hours)).cte("lately")
    )
    query = (
        sa.select(*keys, sa.func.count())
        .select_from(_of(RECIPIENT, lately))
        .where(RECIPIENT.c.reason == Reason.NOT_RENDERED)
        .group_by(*keys)
        .order_by(sa.func.count().desc(), *keys)
    )
    return [
        (campaign, occurrence, detail or "", int(people))
        for campaign, occurrence, detail, people in connection.execute(query.limit(limit))
    ]
