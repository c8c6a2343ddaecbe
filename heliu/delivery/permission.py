"""What a person allows: consent and suppression, as SQL both planning and dispatch ask.

Consent means here what it means in rules (`heliu.rules.facts`): of each record
the newest word counts (of two at one instant the stricter), over a person's
records the strictest. No word means no.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from heliu.channels import Traits
from heliu.rules.facts import CONSENT, in_force, strictest
from models import Membership, Suppression

MEMBERSHIP = Membership.__table__  # type: ignore[attr-defined]
SUPPRESSION = Suppression.__table__  # type: ignore[attr-defined]

Expression = sa.ColumnElement[Any]


def consent_word(
    profile_id: Expression, channel: str, topic: Expression | str, now: datetime | Expression
) -> sa.ScalarSelect[Any]:
    """1 where the person allows it, 0 where they withdrew, NULL where nobody asked."""
    word = CONSENT.alias()
    return (
        sa.select(strictest(word))
        .where(
            word.c.profile_id == profile_id,
            word.c.channel == channel,
            word.c.topic == topic,
            in_force(word, now),
        )
        .scalar_subquery()
    )


def is_suppressed(
    profile_id: Expression,
    address: Expression,
    name: str,
    traits: Traits,
    now: datetime | Expression,
) -> Expression:
    """Whether a person or an address is suppressed on a channel, or on the one it stands for."""
    here = SUPPRESSION.c.channel.in_(["*", name, traits.consent_channel])
    active = sa.and_(
        SUPPRESSION.c.since_at <= now,
        sa.or_(SUPPRESSION.c.until_at.is_(None), SUPPRESSION.c.until_at > now),
    )
    person = (
        sa.exists()
        .select_from(
            MEMBERSHIP.join(SUPPRESSION, SUPPRESSION.c.record_id == MEMBERSHIP.c.record_id)
        )
        .where(
            MEMBERSHIP.c.profile_id == profile_id, MEMBERSHIP.c.to_run_id.is_(None), here, active
        )
    )
    # Not correlated: the database makes this set once, not once a person.
    addresses = sa.select(sa.func.lower(SUPPRESSION.c.address)).where(
        SUPPRESSION.c.address != "", here, active
    )
    listed = sa.func.coalesce(sa.func.lower(address).in_(addresses), sa.false())
    return sa.or_(person, listed)
