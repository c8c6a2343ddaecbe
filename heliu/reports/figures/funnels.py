"""Each occurrence of a campaign, from its frozen audience to what became of it."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from heliu.reports.figures.query import table_of
from heliu.reports.figures.reach import REACHED
from models import Audience, Campaign, Message, Reason, Recipient

AUDIENCE, CAMPAIGN, RECIPIENT = table_of(Audience), table_of(Campaign), table_of(Recipient)
MESSAGE = table_of(Message)


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
    funnels = []
    for row in connection.execute(newest_first):
        allowed, rendered, reasons = decided.get((row.campaign, row.occurrence), (0, 0, {}))
        funnels.append(
            Funnel(
                **row._mapping,
                allowed=allowed,
                rendered=rendered,
                reasons=reasons,
                statuses=sent[row.campaign, row.occurrence],
            )
        )
    return funnels


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
        # Who was to be sent to before the text could not be made had been allowed.
        also = people if reason == Reason.NOT_RENDERED else 0
        reasons = before[2] | ({reason: people} if reason else {})
        found[campaign, occurrence] = (before[0] + allowed + also, before[1] + rendered, reasons)
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


def unrendered(
    connection: sa.Connection, now: datetime, hours: int = 24, limit: int = 20
) -> list[tuple[str, str, str, int]]:
    """What templates lacked lately: (campaign, occurrence, detail, people), most people first."""
    keys = (RECIPIENT.c.campaign, RECIPIENT.c.occurrence, RECIPIENT.c.detail)
    lately = (
        sa.select(AUDIENCE)
        .where(AUDIENCE.c.frozen_at >= now - timedelta(hours=hours))
        .cte("lately")
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
