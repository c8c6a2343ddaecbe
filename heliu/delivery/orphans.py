"""Messages whose worker is gone: asked about where the channel can tell, never resent blindly."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from heliu.channels import Channel, NotAccepted, Result
from heliu.delivery.history import MESSAGE
from heliu.delivery.outbox import TOKEN_MARK, UNSETTLED, Clock, is_status, utc_clock
from heliu.delivery.outcomes import NotTried, Try, read_tries, record
from heliu.delivery.workers import is_dead
from heliu.errors import OutcomeUnknown
from models import DeliveryStatus
from models.database import reading, writing

ASK_AT_ONCE = 500
LOST = OutcomeUnknown("the worker was lost midway")


def settle_orphans(
    engine: sa.Engine, channel: Channel, now: datetime, *, clock: Clock = utc_clock
) -> Counter[DeliveryStatus]:
    """Take back what workers that died, or whose lease ran out, left behind on a channel.

    Unsent messages are free again at once. One found SENDING is asked about: it becomes
    ACCEPTED, QUEUED or, where the channel can't tell, UNKNOWN: to be looked at by a human.

    Returns:
        Messages that were found SENDING or UNKNOWN and are settled now, by their new status.
    """
    lost = _lost_claims(engine, channel.name, clock())
    if lost:
        with writing(engine) as connection:
            free = sa.and_(MESSAGE.c.claim.in_(lost), is_status(DeliveryStatus.QUEUED))
            connection.execute(
                sa.update(MESSAGE).where(free).values(claim=None, claimed_until_at=None)
            )
    counts: Counter[DeliveryStatus] = Counter()
    tries = _in_doubt(engine, channel, lost)
    if not tries:
        return counts
    for start in range(0, len(tries), ASK_AT_ONCE):
        some = tries[start : start + ASK_AT_ONCE]
        results = _ask(channel, some)
        with writing(engine) as connection:
            counts.update(record(connection, zip(some, results, strict=True), channel.name, now))
    return counts


def _lost_claims(engine: sa.Engine, channel: str, moment: datetime) -> list[str]:
    with reading(engine) as connection:
        rows = connection.execute(
            sa.select(MESSAGE.c.claim, sa.func.max(MESSAGE.c.claimed_until_at))
            .where(
                UNSETTLED,
                MESSAGE.c.channel == channel,
                MESSAGE.c.claim.is_not(None),
            )
            .group_by(MESSAGE.c.claim)
        ).all()
    return [
        token for token, until in rows if until <= moment or is_dead(token.partition(TOKEN_MARK)[0])
    ]


def _in_doubt(engine: sa.Engine, channel: Channel, lost: Sequence[str]) -> list[Try]:
    """What the lost workers had in hand, and where the channel can tell also what is UNKNOWN."""
    doubtful = sa.and_(
        is_status(DeliveryStatus.SENDING),
        sa.or_(MESSAGE.c.claim.in_(lost), MESSAGE.c.claim.is_(None)),
    )
    if channel.can_tell:
        doubtful = sa.or_(doubtful, is_status(DeliveryStatus.UNKNOWN))
    with reading(engine) as connection:
        return read_tries(
            connection, sa.and_(UNSETTLED, MESSAGE.c.channel == channel.name, doubtful)
        )


def _ask(channel: Channel, tries: Sequence[Try]) -> list[Result | NotTried]:
    if not channel.can_tell:
        return [LOST] * len(tries)
    with channel:
        return [_answer(channel, each) for each in tries]


def _answer(channel: Channel, each: Try) -> Result | NotTried:
    answer = channel.outcome(each.message)
    if isinstance(answer, NotAccepted):
        return NotTried()
    return answer or LOST
