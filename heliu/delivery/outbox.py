"""The outbox: filled by one statement, emptied through claims that expire."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from heliu.delivery.audience import AUDIENCE, CAMPAIGN, RECIPIENT, upsert
from heliu.delivery.history import MESSAGE
from heliu.delivery.kinship import ALIAS, kin_of
from models import DeliveryStatus
from models.database import writing

Clock = Callable[[], datetime]
TOKEN_MARK = "#"  # between a worker's name and the claim's own  # noqa: S105

LEAST_PER_BATCH = 500
MOST_BATCHES = 200


def utc_clock() -> datetime:
    """The real time: what leases are measured by, whatever `now` a run was given."""
    return datetime.now(UTC)


def is_status(*statuses: DeliveryStatus) -> sa.ColumnElement[bool]:
    """A test written out in the statement, as the partial indexes have it."""
    words: list[sa.ColumnElement[Any]] = [sa.literal_column(f"'{word}'") for word in statuses]
    test: sa.ColumnElement[bool] = (
        MESSAGE.c.status.in_(words) if len(words) > 1 else MESSAGE.c.status == words[0]
    )
    return test


# The condition of ix_message_open word for word: SQLite uses a partial index only then.
UNSETTLED = is_status(DeliveryStatus.QUEUED, DeliveryStatus.SENDING, DeliveryStatus.UNKNOWN)


def fill_outbox(
    connection: sa.Connection, campaign: str, occurrence: str, now: datetime, run_id: int
) -> int:
    """Make messages of an occurrence's rendered recipients, by one statement; once, ever.

    Who already has a message of this occurrence, under any id that means the same person,
    gets none; of two recipients that have become one person since, the first does.

    Returns:
        How many messages are new.
    """
    columns = RECIPIENT.c
    ready = [
        columns.campaign == campaign,
        columns.occurrence == occurrence,
        columns.content_hash.is_not(None),
        columns.reason.is_(None),
        columns.channel.is_not(None),
    ]
    source = {
        "campaign": columns.campaign,
        "occurrence": columns.occurrence,
        "profile_id": columns.profile_id,
        "channel": columns.channel,
        "address": columns.address,
        "topic": CAMPAIGN.c.topic,
        "content_hash": columns.content_hash,
        "not_before_at": columns.not_before_at,
        "status": sa.literal(DeliveryStatus.QUEUED.value, literal_execute=True),
        "attempts": sa.literal(0, literal_execute=True),
        "created_at": sa.literal(now, MESSAGE.c.created_at.type),
        "changed_at": sa.literal(now, MESSAGE.c.changed_at.type),
        "run_id": sa.literal(run_id),
    }
    rows = (
        sa.select(*source.values())
        .join(CAMPAIGN, CAMPAIGN.c.name == columns.campaign)
        .where(*ready, columns.profile_id.not_in(_twins(campaign, occurrence, ready)))
        .order_by(columns.profile_id)
    )
    before = _count(connection, campaign, occurrence)
    connection.execute(
        upsert(connection, MESSAGE).from_select(list(source), rows).on_conflict_do_nothing()
    )
    this = sa.and_(AUDIENCE.c.campaign == campaign, AUDIENCE.c.occurrence == occurrence)
    first = sa.and_(this, AUDIENCE.c.queued_at.is_(None))
    connection.execute(sa.update(AUDIENCE).where(first).values(queued_at=now))
    return _count(connection, campaign, occurrence) - before


def _count(connection: sa.Connection, campaign: str, occurrence: str) -> int:
    """Counted, because sqlite3 knows no row count of an INSERT that begins with WITH."""
    of_this = (MESSAGE.c.campaign == campaign, MESSAGE.c.occurrence == occurrence)
    count = sa.select(sa.func.count()).select_from(MESSAGE).where(*of_this)
    return int(connection.execute(count).scalar_one())


def _twins(campaign: str, occurrence: str, ready: list[sa.ColumnElement[bool]]) -> sa.Select[Any]:
    """Recipients whose person is written to under another id."""
    aliased = sa.union(
        *(
            sa.select(RECIPIENT.c.profile_id)
            .join(ALIAS, sa.and_(end == RECIPIENT.c.profile_id, ALIAS.c.to_run_id.is_(None)))
            .where(*ready)
            for end in (ALIAS.c.old_id, ALIAS.c.profile_id)
        )
    ).subquery()
    kin = kin_of(sa.select(aliased.c.profile_id))
    other = kin.c.kin_id != kin.c.profile_id
    sent = sa.select(kin.c.profile_id).join(
        MESSAGE,
        sa.and_(
            MESSAGE.c.campaign == campaign,
            MESSAGE.c.occurrence == occurrence,
            MESSAGE.c.profile_id == kin.c.kin_id,
            other,
        ),
    )
    # The first of several is today's id, or else the smallest.
    first = sa.select(
        kin.c.profile_id,
        sa.func.row_number()
        .over(
            partition_by=kin.c.current_id,
            order_by=[
                sa.case((kin.c.profile_id == kin.c.current_id, 0), else_=1),
                kin.c.profile_id,
            ],
        )
        .label("rank"),
    ).where(~other)
    ranked = first.subquery()
    later = sa.select(ranked.c.profile_id).where(ranked.c.rank > 1)
    union = sa.union(sent, later).subquery()
    return sa.select(union.c.profile_id)


def batches_due(
    connection: sa.Connection, channel: str, now: datetime, size: int = LEAST_PER_BATCH
) -> list[int]:
    """How many messages each task run may claim, for mapping: at most 200 of them.

    Args:
        connection: Any.
        channel: Its name.
        now: Messages due by then.
        size: The least a full batch has; more where 200 batches would not do.

    Returns:
        Limits for `claim_due`; together they cover all that is due.
    """
    count = sa.select(sa.func.count()).where(_due(channel, now))
    waiting = int(connection.execute(count).scalar_one())
    size = max(size, LEAST_PER_BATCH, -(-waiting // MOST_BATCHES))
    return [min(size, waiting - start) for start in range(0, waiting, size)]


def _due(channel: str, now: datetime) -> sa.ColumnElement[bool]:
    held = sa.select(CAMPAIGN.c.name).where(CAMPAIGN.c.status != "active")
    return sa.and_(
        is_status(DeliveryStatus.QUEUED),
        MESSAGE.c.channel == channel,
        MESSAGE.c.not_before_at <= now,
        MESSAGE.c.campaign.not_in(held),
    )


@dataclass(frozen=True)
class Claim:
    """Messages one worker alone may send, for a while."""

    token: str
    ids: tuple[int, ...]
    lease_seconds: int

    @property
    def worker(self) -> str:
        """Whose it is."""
        return self.token.partition(TOKEN_MARK)[0]


def claim_due(
    engine: sa.Engine,
    channel: str,
    now: datetime,
    limit: int,
    *,
    worker: str,
    lease_seconds: int = 300,
    clock: Clock = utc_clock,
) -> Claim:
    """Take due messages nobody else holds, oldest first.

    Args:
        engine: One transaction of its own: SQLite lets one writer in at a time, PostgreSQL
            skips what another holds.
        channel: Its name.
        now: Messages due by then.
        limit: The most to take.
        worker: `worker_name()`.
        lease_seconds: After which another may take what is still unsent.
        clock: Leases run by real time, even where `now` is made up.

    Returns:
        A claim; without ids where nothing is due.
    """
    token = f"{worker}{TOKEN_MARK}{uuid.uuid4().hex}"
    with writing(engine) as connection:
        moment = clock()
        free = sa.or_(MESSAGE.c.claim.is_(None), MESSAGE.c.claimed_until_at <= moment)
        taken = (
            sa.select(MESSAGE.c.id)
            .where(_due(channel, now), free)
            .order_by(MESSAGE.c.not_before_at, MESSAGE.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)  # SQLite has no such words and needs none
            .cte("taken")
        )
        until = moment + timedelta(seconds=lease_seconds)
        ids = connection.execute(
            sa.update(MESSAGE)
            .where(MESSAGE.c.id.in_(sa.select(taken.c.id)))
            .values(claim=token, claimed_until_at=until)
            .returning(MESSAGE.c.id)
        )
        return Claim(token, tuple(sorted(ids.scalars())), lease_seconds)


def renew(connection: sa.Connection, claim: Claim, clock: Clock) -> None:
    """Keep what is left of a claim for another lease."""
    until = clock() + timedelta(seconds=claim.lease_seconds)
    connection.execute(
        sa.update(MESSAGE).where(MESSAGE.c.claim == claim.token).values(claimed_until_at=until)
    )


def release(connection: sa.Connection, claim: Claim) -> int:
    """Give back what a claim still holds unsent; how many."""
    held = sa.and_(MESSAGE.c.claim == claim.token, MESSAGE.c.status == DeliveryStatus.QUEUED)
    answer = connection.execute(
        sa.update(MESSAGE).where(held).values(claim=None, claimed_until_at=None)
    )
    return int(answer.rowcount)
