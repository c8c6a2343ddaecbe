"""Hand a claim's messages to their channel, so that a crash can be told from a success.

For each call of the channel: look once more, mark SENDING (committed), hand
over, record. Whatever kills us in between leaves at most one call's messages
SENDING; `orphans` finds them.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from heliu.channels import Channel, Result
from heliu.delivery.history import MESSAGE
from heliu.delivery.outbox import Claim, Clock, release, renew, utc_clock
from heliu.delivery.outcomes import NotTried, Try, begin, record
from heliu.delivery.recheck import PAUSED, DispatchRules, Recheck
from heliu.errors import OutcomeUnknown, PermanentError, RecipientRejected, TransientError
from models import DeliveryStatus
from models.database import writing


def send_claim(
    engine: sa.Engine,
    claim: Claim,
    channel: Channel,
    now: datetime,
    rules: DispatchRules,
    *,
    clock: Clock = utc_clock,
) -> Counter[DeliveryStatus]:
    """Send what a claim holds; count what became of each message.

    Args:
        engine: Two short transactions a call, none while the channel is at work.
        claim: From `claim_due`; given back at the end, whatever happens.
        channel: Opened here, for the whole claim.
        now: The instant the run takes it to be; it goes on at the clock's pace.
        rules: Hours and caps as the campaigns' files say them.
        clock: Real time, for leases.

    Returns:
        Messages by status. QUEUED are those to be tried later.

    Raises:
        TransientError: The channel is out of reach; what was not sent is still queued.
        PermanentError: The channel refuses us; what was not sent is still queued.
    """
    counts: Counter[DeliveryStatus] = Counter()
    if not claim.ids:
        return counts
    desk = _Desk(engine, claim, channel, now, clock, clock(), Recheck(channel, rules))
    try:
        with channel:
            for ids in _calls(claim.ids, channel.batch_size):
                counts.update(desk.call(ids))
    finally:
        with writing(engine) as connection:
            release(connection, claim)
    return counts


def _calls(ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))


@dataclass
class _Desk:
    """Where one claim is worked off."""

    engine: sa.Engine
    claim: Claim
    channel: Channel
    now: datetime
    clock: Clock
    renewed_at: datetime
    recheck: Recheck

    def __post_init__(self) -> None:
        self.started_at = self.renewed_at

    def moment(self) -> datetime:
        """The run's `now`, gone on since."""
        return self.now + (self.clock() - self.started_at)

    def call(self, ids: Sequence[int]) -> Counter[DeliveryStatus]:
        """One call of the channel.

        Raises:
            Exception: What the channel said of itself, after everything is recorded.
        """
        with writing(self.engine) as connection:
            self._renew(connection)
            counts, ready = self._clear(connection, ids)
            tries = begin(connection, self.claim.token, ready, self.moment())
        results, failure = _hand_over(self.channel, tries)
        with writing(self.engine) as connection:
            pairs = zip(tries, results, strict=True)
            counts.update(record(connection, pairs, self.channel.name, self.moment()))
        if failure is not None:
            raise failure
        return counts

    def _renew(self, connection: sa.Connection) -> None:
        if self.clock() - self.renewed_at > timedelta(seconds=self.claim.lease_seconds / 2):
            renew(connection, self.claim, self.clock)
            self.renewed_at = self.clock()

    def _clear(
        self, connection: sa.Connection, ids: Sequence[int]
    ) -> tuple[Counter[DeliveryStatus], list[int]]:
        """Take out what must not leave now; the counts of that, and the rest."""
        moment = self.moment()
        stopped = self.recheck.verdicts(connection, ids, moment)
        suppressed = {id_: why for id_, why in stopped.items() if why != PAUSED}
        waiting = self._outside_hours(connection, set(ids) - set(stopped), moment)
        _suppress(connection, self.claim, suppressed, moment)
        _postpone(connection, self.claim, waiting)
        ready = [id_ for id_ in ids if id_ not in stopped and id_ not in waiting]
        counts = Counter(
            {
                DeliveryStatus.SUPPRESSED: len(suppressed),
                DeliveryStatus.QUEUED: len(waiting) + len(stopped) - len(suppressed),
            }
        )
        return +counts, ready

    def _outside_hours(
        self, connection: sa.Connection, ids: set[int], moment: datetime
    ) -> dict[int, datetime]:
        """Messages whose campaign's hours are closed, and when they open."""
        rows = connection.execute(
            sa.select(MESSAGE.c.id, MESSAGE.c.campaign).where(MESSAGE.c.id.in_(ids))
        ).all()
        opens = {
            name: self.recheck.rules.not_before(name, moment) for name in {row[1] for row in rows}
        }
        return {id_: opens[name] for id_, name in rows if opens[name] > moment}


def _hand_over(
    channel: Channel, tries: Sequence[Try]
) -> tuple[Sequence[Result | NotTried], BaseException | None]:
    """Results, one each, and what must be raised once they are recorded."""
    if not tries:
        return [], None
    try:
        results = channel.send([each.message for each in tries])
    except BaseException as error:
        return _share(error, len(tries))
    if len(results) == len(tries):
        return results, None
    return _share(ValueError("the channel's answers don't match its messages"), len(tries))


def _share(
    error: BaseException, count: int
) -> tuple[Sequence[Result | NotTried], BaseException | None]:
    """What an error of the whole call means for each of its messages."""
    if isinstance(error, OutcomeUnknown) or (isinstance(error, RecipientRejected) and count == 1):
        return [error] * count, None
    if isinstance(error, TransientError):
        return [error] * count, error
    if isinstance(error, PermanentError) and not isinstance(error, RecipientRejected):
        return [NotTried()] * count, error
    # A mistake of ours, or the end of the process: it may have happened.
    return [OutcomeUnknown(type(error).__name__)] * count, error


def _suppress(
    connection: sa.Connection, claim: Claim, reasons: dict[int, str], moment: datetime
) -> None:
    for reason in sorted(set(reasons.values())):
        ids = [id_ for id_, why in reasons.items() if why == reason]
        connection.execute(
            sa.update(MESSAGE)
            .where(MESSAGE.c.id.in_(ids), MESSAGE.c.claim == claim.token)
            .values(
                status=DeliveryStatus.SUPPRESSED.value,
                reason=reason,
                claim=None,
                claimed_until_at=None,
                changed_at=moment,
            )
        )


def _postpone(connection: sa.Connection, claim: Claim, waiting: dict[int, datetime]) -> None:
    for opens in sorted(set(waiting.values())):
        ids = [id_ for id_, at in waiting.items() if at == opens]
        connection.execute(
            sa.update(MESSAGE)
            .where(MESSAGE.c.id.in_(ids), MESSAGE.c.claim == claim.token)
            .values(not_before_at=opens, claim=None, claimed_until_at=None)
        )
