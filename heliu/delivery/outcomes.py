"""What became of a try: written to the message and to its attempt.

A try is known by its number. Whoever comes late with the result of an earlier
try (its lease ran out, somebody else took over) changes nothing.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from heliu.channels import Accepted, Outgoing, Result
from heliu.delivery.history import MESSAGE
from heliu.delivery.outbox import is_status
from heliu.delivery.permission import SUPPRESSION
from heliu.delivery.recheck import later
from heliu.errors import HeliuError, OutcomeUnknown, RateLimited, RecipientRejected, TransientError
from heliu.rules.facts import ALIAS, TAKEN, home, means_today
from models import Attempt, Content, DeliveryStatus, Touched

ATTEMPT = Attempt.__table__  # type: ignore[attr-defined]
CONTENT = Content.__table__  # type: ignore[attr-defined]
TOUCHED = Touched.__table__  # type: ignore[attr-defined]

MOST_ATTEMPTS = 6
GAVE_UP = "gave up"
BOUNCE = "bounce"
# A mailbox that was refused is left alone this long, then tried again.
BOUNCE_COUNTS_FOR = timedelta(days=90)
ERROR_LENGTH = 200


@dataclass(frozen=True)
class Try:
    """One message on its way, and the number of this try."""

    id: int
    number: int
    message: Outgoing


class NotTried:
    """The channel refused us before it looked at the message: as if nothing had been tried."""


@dataclass(frozen=True)
class Outcome:
    """A result in the words of the tables."""

    status: DeliveryStatus
    reason: str | None = None
    provider_id: str | None = None
    not_before: datetime | None = None


def outcome_of(result: Result | NotTried, number: int, moment: datetime) -> Outcome:
    """Translate the result of a message's n-th try."""
    if isinstance(result, Accepted):
        return Outcome(DeliveryStatus.ACCEPTED, provider_id=result.provider_id)
    if isinstance(result, NotTried):
        return Outcome(DeliveryStatus.QUEUED)
    if isinstance(result, OutcomeUnknown):
        return Outcome(DeliveryStatus.UNKNOWN, describe(result))
    if not isinstance(result, TransientError):
        return Outcome(DeliveryStatus.REJECTED, describe(result))
    if number >= MOST_ATTEMPTS:
        return Outcome(DeliveryStatus.REJECTED, GAVE_UP)
    wait = result.wait_seconds if isinstance(result, RateLimited) else None
    return Outcome(DeliveryStatus.QUEUED, not_before=later(moment, number, wait))


def describe(error: BaseException) -> str:
    """Class and our own words; the words of anybody else's error may hold an address."""
    name = type(error).__name__
    return f"{name}: {error}"[:ERROR_LENGTH] if isinstance(error, HeliuError) else name


def begin(connection: sa.Connection, token: str, ids: Sequence[int], moment: datetime) -> list[Try]:
    """Mark messages of a claim SENDING and note the try; those lost meanwhile are left out."""
    going = connection.execute(
        sa.update(MESSAGE)
        .where(
            MESSAGE.c.id.in_(ids),
            MESSAGE.c.claim == token,
            MESSAGE.c.status == DeliveryStatus.QUEUED,
        )
        .values(
            status=DeliveryStatus.SENDING.value,
            attempts=MESSAGE.c.attempts + 1,
            changed_at=moment,
        )
        .returning(MESSAGE.c.id)
    )
    tries = read_tries(connection, MESSAGE.c.id.in_(list(going.scalars())))
    if tries:
        connection.execute(
            sa.insert(ATTEMPT).from_select(
                ["message_id", "number", "channel", "started_at", "outcome"],
                sa.select(
                    MESSAGE.c.id,
                    MESSAGE.c.attempts,
                    MESSAGE.c.channel,
                    sa.literal(moment, ATTEMPT.c.started_at.type),
                    sa.literal(DeliveryStatus.SENDING.value),
                ).where(MESSAGE.c.id.in_([each.id for each in tries])),
            )
        )
    return tries


def read_tries(connection: sa.Connection, which: sa.ColumnElement[bool]) -> list[Try]:
    """Messages with their content, in order of id."""
    columns = MESSAGE.c
    rows = connection.execute(
        sa.select(
            columns.id,
            columns.attempts,
            columns.campaign,
            columns.occurrence,
            columns.profile_id,
            columns.address,
            CONTENT.c.subject,
            CONTENT.c.body,
            CONTENT.c.plain,
        )
        .join(CONTENT, CONTENT.c.hash == columns.content_hash)
        .where(which)
        .order_by(columns.id)
    )
    return [Try(id_, number, Outgoing(*rest)) for id_, number, *rest in rows]


def record(
    connection: sa.Connection,
    results: Iterable[tuple[Try, Result | NotTried]],
    channel: str,
    moment: datetime,
) -> Counter[DeliveryStatus]:
    """Write what became of tries and count it; the claim on their messages ends."""
    outcomes = [(each, result, outcome_of(result, each.number, moment)) for each, result in results]
    if not outcomes:
        return Counter()
    connection.execute(
        _update_message(moment), [_message_values(each, out) for each, _, out in outcomes]
    )
    connection.execute(
        _update_attempt(moment), [_attempt_values(each, res, out) for each, res, out in outcomes]
    )
    _touch(connection, [each.id for each, _, outcome in outcomes if outcome.status in TAKEN])
    refused = [each.id for each, result, _ in outcomes if isinstance(result, RecipientRejected)]
    if refused:
        _suppress(connection, refused, channel, moment)
    return Counter(outcome.status for _, _, outcome in outcomes)


def _update_message(moment: datetime) -> sa.Update:
    open_ = is_status(DeliveryStatus.SENDING, DeliveryStatus.UNKNOWN)
    not_before = sa.bindparam("b_not_before", type_=MESSAGE.c.not_before_at.type)
    return (
        sa.update(MESSAGE)
        .where(
            MESSAGE.c.id == sa.bindparam("b_id"),
            MESSAGE.c.attempts == sa.bindparam("b_number"),
            open_,
        )
        .values(
            status=sa.bindparam("b_status"),
            reason=sa.bindparam("b_reason"),
            provider_id=sa.bindparam("b_provider_id"),
            not_before_at=sa.func.coalesce(not_before, MESSAGE.c.not_before_at),
            claim=None,
            claimed_until_at=None,
            changed_at=moment,
        )
    )


def _message_values(each: Try, outcome: Outcome) -> dict[str, Any]:
    return {
        "b_id": each.id,
        "b_number": each.number,
        "b_status": outcome.status.value,
        "b_reason": outcome.reason,
        "b_provider_id": outcome.provider_id,
        "b_not_before": outcome.not_before,
    }


def _update_attempt(moment: datetime) -> sa.Update:
    return (
        sa.update(ATTEMPT)
        .where(
            ATTEMPT.c.message_id == sa.bindparam("b_id"),
            ATTEMPT.c.number == sa.bindparam("b_number"),
        )
        .values(
            outcome=sa.bindparam("b_outcome"),
            error=sa.bindparam("b_error"),
            provider_id=sa.bindparam("b_provider_id"),
            finished_at=moment,
        )
    )


def _attempt_values(each: Try, result: Result | NotTried, outcome: Outcome) -> dict[str, Any]:
    return {
        "b_id": each.id,
        "b_number": each.number,
        "b_outcome": outcome.status.value,
        "b_error": describe(result) if isinstance(result, Exception) else None,
        "b_provider_id": outcome.provider_id,
    }


def _touch(connection: sa.Connection, ids: Sequence[int]) -> None:
    """Note whose facts changed: rules may ask what a person was sent."""
    if not ids:
        return
    people = (
        sa.select(home, sa.literal("delivery"), MESSAGE.c.run_id)
        .select_from(MESSAGE.outerjoin(ALIAS, means_today))
        .where(MESSAGE.c.id.in_(ids))
        .distinct()
    )
    connection.execute(sa.insert(TOUCHED).from_select(["profile_id", "reason", "run_id"], people))


def _suppress(connection: sa.Connection, ids: list[int], channel: str, moment: datetime) -> None:
    """Addresses the provider refused are not written to again for a while."""
    until = moment + BOUNCE_COUNTS_FOR
    known = sa.exists().where(
        SUPPRESSION.c.address == MESSAGE.c.address,
        SUPPRESSION.c.channel == channel,
        SUPPRESSION.c.reason == BOUNCE,
        SUPPRESSION.c.until_at > moment,
    )
    values = sa.select(
        MESSAGE.c.address,
        sa.literal(channel),
        sa.literal(BOUNCE),
        sa.literal(moment, SUPPRESSION.c.since_at.type),
        sa.literal(until, SUPPRESSION.c.until_at.type),
    )
    names = ["address", "channel", "reason", "since_at", "until_at"]
    rows = values.where(MESSAGE.c.id.in_(ids), ~known).distinct()
    connection.execute(sa.insert(SUPPRESSION).from_select(names, rows))
