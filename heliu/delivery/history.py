"""What people got lately: messages, and decisions of tonight that are not messages yet."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from heliu.delivery.audience import AUDIENCE, RECIPIENT
from heliu.delivery.campaigns import CampaignSpec
from models import OPEN, DeliveryStatus, Message

MESSAGE = Message.__table__  # type: ignore[attr-defined]

# The person got it, or may have: what went wrong for good or was kept back doesn't count.
ARRIVED = (DeliveryStatus.ACCEPTED, DeliveryStatus.DELIVERED, DeliveryStatus.UNKNOWN)
# A plan that never became messages (a dry run that was kept, a crash) stops counting.
PLAN_COUNTS_FOR = timedelta(days=1)


def since(horizon: datetime | None) -> sa.ColumnElement[bool]:
    """Messages that wait, or that arrived (or may have) after an instant; None: whenever."""
    arrived: sa.ColumnElement[bool] = MESSAGE.c.status.in_(ARRIVED)
    if horizon is not None:
        arrived = sa.and_(arrived, MESSAGE.c.changed_at > horizon)
    return sa.or_(MESSAGE.c.status.in_(OPEN), arrived)


def again_horizon(spec: CampaignSpec, now: datetime) -> datetime | None:
    """Before this instant a campaign is forgotten; None: never."""
    return None if spec.again_after is None else now - spec.again_after


def told_addresses(spec: CampaignSpec, channel: str, now: datetime) -> sa.Select[Any]:
    """Addresses on a channel that got this campaign within `again_after`, or have it waiting."""
    return sa.select(MESSAGE.c.address).where(
        MESSAGE.c.campaign == spec.name,
        MESSAGE.c.channel == channel,
        since(again_horizon(spec, now)),
    )


def heard(
    connection: sa.Connection,
    spec: CampaignSpec,
    occurrence: str,
    kin: sa.Table,
    *,
    now: datetime,
    horizon: datetime,
) -> sa.Select[Any]:
    """Per person with a past: (profile_id, 1 if this campaign is out, messages that count).

    Args:
        connection: To find the plans that are not messages yet.
        spec: The campaign being planned.
        occurrence: Of it.
        kin: Rows (profile_id, kin_id) for everybody planned.
        now: For `again_after`.
        horizon: Messages of any campaign count from here on.
    """
    same = sa.and_(
        MESSAGE.c.campaign == spec.name,
        sa.or_(MESSAGE.c.occurrence == occurrence, since(again_horizon(spec, now))),
    )
    messages = sa.select(
        kin.c.profile_id,
        sa.case((same, 1), else_=0).label("already"),
        sa.case((since(horizon), 1), else_=0).label("heard"),
    ).select_from(kin.join(MESSAGE, MESSAGE.c.profile_id == kin.c.kin_id))
    plans = [
        sa.select(
            kin.c.profile_id, sa.literal(int(name == spec.name)).label("already"), sa.literal(1)
        )
        .select_from(kin.join(RECIPIENT, RECIPIENT.c.profile_id == kin.c.kin_id))
        .where(
            RECIPIENT.c.campaign == name,
            RECIPIENT.c.occurrence == planned,
            RECIPIENT.c.channel.is_not(None),
            RECIPIENT.c.reason.is_(None),
        )
        for name, planned in _plans_not_queued(connection, spec, occurrence, now)
    ]
    past = sa.union_all(messages, *plans).subquery()
    return sa.select(
        past.c.profile_id, sa.func.max(past.c.already), sa.func.sum(past.c.heard)
    ).group_by(past.c.profile_id)


def _plans_not_queued(
    connection: sa.Connection, spec: CampaignSpec, occurrence: str, now: datetime
) -> list[tuple[str, str]]:
    rows = connection.execute(
        sa.select(AUDIENCE.c.campaign, AUDIENCE.c.occurrence).where(
            AUDIENCE.c.decided_at > now - PLAN_COUNTS_FOR,
            AUDIENCE.c.queued_at.is_(None),
            sa.not_(sa.and_(AUDIENCE.c.campaign == spec.name, AUDIENCE.c.occurrence == occurrence)),
        )
    )
    return [(name, planned) for name, planned in rows]
