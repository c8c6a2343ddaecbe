"""Decide each person of an audience: on which channel, or the one reason why not.

A person is looked at in this order, and the first that holds is the reason:

1. No channel reaches them. Each channel is tried in the campaign's order, and
   blocked by the first of: SUPPRESSED, OPTED_OUT, NO_CONSENT, NO_ADDRESS,
   CHANNEL_OFF. If all are blocked, the reason that comes first in that list,
   over all channels, is theirs.
2. ALREADY: they, or their address, got this campaign within `again_after`, have it
   waiting, or were dealt with in this very occurrence under another id.
3. HOLDOUT: by a hash of campaign and profile, the same every time.
4. DUPLICATE: somebody before them in the audience has this address.
5. CAPPED: their share of messages, of all campaigns, is used up.

Campaigns of one night are decided one after another (`campaigns.in_order`), so
that what an earlier one decided counts against the cap of a later one.
"""

import hashlib
from collections import Counter
from datetime import datetime, tzinfo

import sqlalchemy as sa

from heliu.delivery.audience import AUDIENCE, RECIPIENT
from heliu.delivery.campaigns import CampaignSpec
from heliu.delivery.hours import next_opening
from heliu.delivery.verdicts import Planning, SendPolicy, stage_decisions

SEND = "send"  # counted beside the reasons


def decide_recipients(
    connection: sa.Connection,
    spec: CampaignSpec,
    occurrence: str,
    policy: SendPolicy,
    *,
    now: datetime,
    zone: tzinfo,
) -> Counter[str]:
    """Give everyone of a frozen audience exactly one decision; once, whatever is repeated.

    Args:
        connection: In a transaction that may write.
        spec: The campaign.
        occurrence: One that `freeze_audience` froze.
        policy: Every channel of the campaign must be in it.
        now: Governs consent, suppression, windows and the earliest time to send.
        zone: The firm's, for the campaign's hours.

    Returns:
        How many per reason, and under `send` how many will be written to.

    Raises:
        KeyError: The campaign uses a channel the policy doesn't know.
    """
    this = sa.and_(AUDIENCE.c.campaign == spec.name, AUDIENCE.c.occurrence == occurrence)
    if connection.execute(sa.select(AUDIENCE.c.decided_at).where(this)).scalar_one() is None:
        not_before = next_opening(now, spec.hours, zone)
        _write(Planning(connection, spec, occurrence, policy, now, not_before))
        plan_hash = hash_plan(connection, spec, occurrence)
        connection.execute(
            sa.update(AUDIENCE).where(this).values(plan_hash=plan_hash, decided_at=now)
        )
    return count_decisions(connection, spec.name, occurrence)


def count_decisions(connection: sa.Connection, campaign: str, occurrence: str) -> Counter[str]:
    """How many of an occurrence per reason, and under `send` those without one."""
    reason = sa.func.coalesce(RECIPIENT.c.reason, SEND)
    rows = connection.execute(
        sa.select(reason, sa.func.count())
        .where(RECIPIENT.c.campaign == campaign, RECIPIENT.c.occurrence == occurrence)
        .group_by(reason)
    )
    return Counter({str(name): number for name, number in rows})


def hash_plan(connection: sa.Connection, spec: CampaignSpec, occurrence: str) -> str:
    """One hash over the campaign's file and every decision; the minute of sending left out.

    An approval is bound to it: another file, person, channel, address or reason is another plan.
    """
    digest = hashlib.sha256(f"{spec.name}\n{occurrence}\n{spec.file_hash}\n".encode())
    columns = RECIPIENT.c
    rows = connection.execute(
        sa.select(columns.profile_id, columns.channel, columns.address, columns.reason)
        .where(columns.campaign == spec.name, columns.occurrence == occurrence)
        .order_by(columns.profile_id)
    )
    for row in rows:
        # A reason that rendering gives comes after the plan and isn't part of it.
        digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


def _write(plan: Planning) -> None:
    decision = stage_decisions(plan)
    spec, sent = plan.spec, decision.c.reason.is_(None)
    not_before = sa.literal(plan.not_before, RECIPIENT.c.not_before_at.type)
    channel = sa.case(
        *((decision.c.place == place, name) for place, name in enumerate(spec.channels))
    )
    plan.connection.execute(
        sa.update(RECIPIENT)
        .where(
            RECIPIENT.c.campaign == spec.name,
            RECIPIENT.c.occurrence == plan.occurrence,
            RECIPIENT.c.profile_id == decision.c.profile_id,
        )
        .values(
            channel=sa.case((sent, channel)),
            address=sa.case((sent, decision.c.address)),
            not_before_at=sa.case((sent, not_before)),
            reason=decision.c.reason,
        )
    )
