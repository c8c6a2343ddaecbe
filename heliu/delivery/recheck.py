"""The last look before a message leaves: may it still?

Hours or days may lie between the plan and the sending. Who withdrew since, was
suppressed, merged with somebody written to, or had enough, gets nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import sqlalchemy as sa

from heliu.channels import Channel
from heliu.delivery.audience import CAMPAIGN
from heliu.delivery.campaigns import DEFAULT_HOURS, CampaignSpec, Cap
from heliu.delivery.history import ARRIVED, MESSAGE
from heliu.delivery.hours import Hours, next_opening
from heliu.delivery.kinship import kin_of
from heliu.delivery.permission import consent_word, is_suppressed
from models import DeliveryStatus, Reason
from models.columns import UtcSeconds

PAUSED = "paused"  # no reason for a person: the message waits


@dataclass(frozen=True)
class DispatchRules:
    """What a campaign's file says that still counts when its messages leave."""

    hours: Mapping[str, Hours] = field(default_factory=dict)  # by campaign
    caps: Mapping[str, Cap] = field(default_factory=dict)  # by campaign
    zone: tzinfo = UTC

    @classmethod
    def of(
        cls, specs: Iterable[CampaignSpec], firm_cap: Cap | None, zone: tzinfo
    ) -> "DispatchRules":
        """The rules of all campaigns; the firm's cap for those without one."""
        specs = list(specs)
        caps = {spec.name: spec.cap or firm_cap for spec in specs}
        return cls(
            {spec.name: spec.hours for spec in specs},
            {name: cap for name, cap in caps.items() if cap},
            zone,
        )

    def not_before(self, campaign: str, moment: datetime) -> datetime:
        """`moment`, or when the campaign's hours next open (the usual ones if its file is gone)."""
        return next_opening(moment, self.hours.get(campaign, DEFAULT_HOURS), self.zone)


class Recheck:
    """The look as one statement, built once for a claim and asked once a call."""

    def __init__(self, channel: Channel, rules: DispatchRules) -> None:
        self.rules = rules
        self.statement = _statement(channel, rules.caps)

    def verdicts(
        self, connection: sa.Connection, ids: Sequence[int], moment: datetime
    ) -> dict[int, str]:
        """Of some messages, those that must not leave now: id to a Reason, or `paused`."""
        horizons = {
            f"horizon_{place}": moment - cap.within
            for place, cap in enumerate(self.rules.caps.values())
        }
        rows = connection.execute(self.statement, {"ids": list(ids), "moment": moment, **horizons})
        return {id_: verdict for id_, verdict in rows if verdict is not None}


def _statement(channel: Channel, caps: Mapping[str, Cap]) -> sa.Select[Any]:
    ids: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
    moment = sa.bindparam("moment", type_=UtcSeconds())
    kin = kin_of(sa.select(MESSAGE.c.profile_id).where(MESSAGE.c.id.in_(ids)).distinct())
    person, traits = kin.c.current_id, channel.traits
    consent = consent_word(person, traits.consent_channel, MESSAGE.c.topic, moment)
    suppressed = is_suppressed(person, MESSAGE.c.address, channel.name, traits, moment)
    paused = sa.select(CAMPAIGN.c.name).where(CAMPAIGN.c.status != "active")
    verdict = sa.case(
        (MESSAGE.c.campaign.in_(paused), PAUSED),
        (suppressed, Reason.SUPPRESSED.value),
        (consent == 0, Reason.OPTED_OUT.value),
        (consent.is_(None), Reason.NO_CONSENT.value),
        (_twin(kin), Reason.ALREADY.value),
        *((_over(kin, name, cap, place), Reason.CAPPED.value)
          for place, (name, cap) in enumerate(caps.items())),
    )  # fmt: skip
    self_kin = sa.and_(kin.c.profile_id == MESSAGE.c.profile_id, kin.c.kin_id == kin.c.profile_id)
    return sa.select(MESSAGE.c.id, verdict).join(kin, self_kin).where(MESSAGE.c.id.in_(ids))


def _others(kin: sa.CTE) -> tuple[sa.CTE, sa.Alias, sa.ColumnElement[bool]]:
    """Other messages of the same person that left or may have, or leave before this one."""
    relative, other = kin.alias(), MESSAGE.alias()
    gone = other.c.status.in_([DeliveryStatus.SENDING, *ARRIVED])
    before = sa.and_(other.c.status == DeliveryStatus.QUEUED, other.c.id < MESSAGE.c.id)
    same_person = sa.and_(
        relative.c.profile_id == MESSAGE.c.profile_id,
        other.c.profile_id == relative.c.kin_id,
        other.c.id != MESSAGE.c.id,
        sa.or_(gone, before),
    )
    return relative, other, same_person


def _twin(kin: sa.CTE) -> sa.ColumnElement[bool]:
    relative, other, same_person = _others(kin)
    return (
        sa.exists()
        .select_from(relative, other)
        .where(
            same_person,
            other.c.campaign == MESSAGE.c.campaign,
            other.c.occurrence == MESSAGE.c.occurrence,
        )
    )


def _over(kin: sa.CTE, campaign: str, cap: Cap, place: int) -> sa.ColumnElement[bool]:
    relative, other, same_person = _others(kin)
    horizon = sa.bindparam(f"horizon_{place}", type_=UtcSeconds())
    waiting = other.c.status.in_([DeliveryStatus.QUEUED, DeliveryStatus.SENDING])
    heard = (
        sa.select(sa.func.count())
        .select_from(relative, other)
        .where(same_person, sa.or_(waiting, other.c.changed_at > horizon))
        .scalar_subquery()
    )
    return sa.and_(MESSAGE.c.campaign == campaign, heard >= cap.count)


def later(moment: datetime, attempts: int, wait_seconds: float | None = None) -> datetime:
    """When to try again: 1, 4, 16, 64 … minutes after the n-th try, at most 6 hours.

    >>> at = datetime(2025, 1, 1, tzinfo=UTC)
    >>> [int((later(at, tries) - at).total_seconds() // 60) for tries in (1, 2, 3, 9)]
    [1, 4, 16, 360]
    """
    seconds = min(60 * 4 ** (attempts - 1), 6 * 3600)
    return moment + timedelta(seconds=max(seconds, wait_seconds or 0))
