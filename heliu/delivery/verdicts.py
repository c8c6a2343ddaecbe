"""The verdicts of a plan as SQL: who can be reached, who had enough, who goes first.

Each step fills a TEMP table the next one reads; the caller's transaction sees
the last of them, one row a person. The order of reasons is told in `decide`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from heliu.channels import AddressKind, Traits
from heliu.delivery.audience import RECIPIENT
from heliu.delivery.campaigns import CampaignSpec, Cap
from heliu.delivery.history import heard, told_addresses
from heliu.delivery.kinship import kin_of
from heliu.delivery.permission import MEMBERSHIP, consent_word, is_suppressed
from models import Identifier, Profile, Reason
from models.bulk import stage
from models.columns import BigId

PROFILE = Profile.__table__  # type: ignore[attr-defined]
IDENTIFIER = Identifier.__table__  # type: ignore[attr-defined]

BLOCKS = (
    Reason.SUPPRESSED,
    Reason.OPTED_OUT,
    Reason.NO_CONSENT,
    Reason.NO_ADDRESS,
    Reason.CHANNEL_OFF,
)
SHARES = 10**9  # a hold-out share is cut this finely


@dataclass(frozen=True)
class SendPolicy:
    """What the firm allows every campaign."""

    channels: Mapping[str, Traits]  # by name
    cap: Cap | None = None  # for campaigns that have none of their own


@dataclass(frozen=True)
class Planning:
    """One audience being decided, and everything that bears on it."""

    connection: sa.Connection
    spec: CampaignSpec
    occurrence: str
    policy: SendPolicy
    now: datetime
    not_before: datetime

    @property
    def cap(self) -> Cap | None:
        """The campaign's, or else the firm's."""
        return self.spec.cap or self.policy.cap

    def stage(self, name: str, *columns: sa.Column[Any]) -> sa.Table:
        """An empty TEMP table."""
        return stage(self.connection, f"plan_{name}", columns, ())

    def fill(self, table: sa.Table, rows: Any) -> sa.Table:
        """Fill it by one statement."""
        names = [column.name for column in table.c]
        self.connection.execute(sa.insert(table).from_select(names, rows))
        if self.connection.dialect.name == "postgresql":
            self.connection.exec_driver_sql(f'ANALYZE "{table.name}"')
        return table


def stage_decisions(plan: Planning) -> sa.Table:
    """TEMP table (profile_id, place, address, reason): place is the channel's, from 0."""
    kin = _stage_kin(plan)
    reach = _stage_reach(plan, kin)
    past = _stage_past(plan, kin)
    chosen = _stage_chosen(plan, kin, reach)
    held = stage(
        plan.connection,
        "plan_held",
        [_id("current_id", primary_key=True)],
        ((id_,) for id_ in _held(plan, chosen)),
    )
    return _stage_decision(plan, chosen, past, held)


def _stage_kin(plan: Planning) -> sa.Table:
    ids = sa.select(RECIPIENT.c.profile_id).where(
        RECIPIENT.c.campaign == plan.spec.name,
        RECIPIENT.c.occurrence == plan.occurrence,
    )
    table = plan.stage(
        "kin",
        _id("kin_id", primary_key=True),  # first: the past is looked up by it
        _id("profile_id", primary_key=True),
        _id("current_id"),
    )
    kin = kin_of(ids)
    return plan.fill(table, sa.select(kin.c.kin_id, kin.c.profile_id, kin.c.current_id))


def _stage_reach(plan: Planning, kin: sa.Table) -> sa.Table:
    """One row a person and channel: its address, what blocks it (a place in BLOCKS), told."""
    table = plan.stage(
        "reach",
        _id("profile_id", primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True),
        sa.Column("address", sa.String),
        sa.Column("block", sa.Integer),
        sa.Column("told", sa.Integer),
    )
    spec, now = plan.spec, plan.now
    for place, name in enumerate(spec.channels):
        traits = plan.policy.channels[name]
        person = kin.outerjoin(PROFILE, PROFILE.c.id == kin.c.current_id)
        address = _address(traits.address_of)
        people = (
            sa.select(kin.c.profile_id, kin.c.current_id, address.label("address"))
            .select_from(person)
            .where(kin.c.kin_id == kin.c.profile_id)
            .subquery()
        )
        told = people.c.address.in_(told_addresses(spec, name, now))
        rows = sa.select(
            people.c.profile_id,
            sa.literal(place),
            people.c.address,
            _block(people, name, traits, spec.topic, now),
            sa.case((told, 1), else_=0),
        )
        plan.fill(table, rows)
    return table


def _address(kind: AddressKind) -> sa.ColumnElement[Any]:
    if kind is AddressKind.PROFILE:
        return sa.cast(PROFILE.c.id, sa.String)
    if kind in (AddressKind.EMAIL, AddressKind.PHONE):
        return sa.func.nullif(PROFILE.c[kind.value], "")
    return (
        sa.select(sa.func.min(IDENTIFIER.c.value))
        .join(MEMBERSHIP, MEMBERSHIP.c.record_id == IDENTIFIER.c.record_id)
        .where(
            MEMBERSHIP.c.profile_id == PROFILE.c.id,
            MEMBERSHIP.c.to_run_id.is_(None),
            IDENTIFIER.c.type == kind.value,
            IDENTIFIER.c.status == "ok",
        )
        .scalar_subquery()
    )


def _block(
    people: sa.Subquery, name: str, traits: Traits, topic: str, now: datetime
) -> sa.ColumnElement[Any]:
    """The first of BLOCKS that holds, as its place in it; NULL where the way is free."""
    person, address = people.c.current_id, people.c.address
    suppressed = is_suppressed(person, address, name, traits, now)
    word = sa.func.coalesce(consent_word(person, traits.consent_channel, topic, now), -1)
    silent = {0: BLOCKS.index(Reason.OPTED_OUT), -1: BLOCKS.index(Reason.NO_CONSENT)}
    unreachable = sa.case(
        (address.is_(None), BLOCKS.index(Reason.NO_ADDRESS)),
        (sa.literal(traits.off), BLOCKS.index(Reason.CHANNEL_OFF)),
    )
    # `CASE word WHEN …` looks into the ledger once, `CASE WHEN word = …` each time.
    consent = sa.case(silent, value=word, else_=unreachable)
    return sa.case((suppressed, BLOCKS.index(Reason.SUPPRESSED)), else_=consent)


def _stage_past(plan: Planning, kin: sa.Table) -> sa.Table:
    table = plan.stage(
        "past",
        _id("profile_id", primary_key=True),
        sa.Column("already", sa.Integer),
        sa.Column("heard", sa.Integer),
    )
    horizon = plan.not_before - (plan.cap.within if plan.cap else timedelta(0))
    return plan.fill(
        table,
        heard(plan.connection, plan.spec, plan.occurrence, kin, now=plan.now, horizon=horizon),
    )


def _stage_chosen(plan: Planning, kin: sa.Table, reach: sa.Table) -> sa.Table:
    table = plan.stage(
        "chosen",
        _id("profile_id", primary_key=True),
        _id("current_id"),
        sa.Column("place", sa.Integer),
        sa.Column("address", sa.String),
        sa.Column("block", sa.Integer),
        sa.Column("told", sa.Integer),
    )
    best = (
        sa.select(
            reach.c.profile_id,
            sa.func.min(sa.case((reach.c.block.is_(None), reach.c.place))).label("place"),
            sa.func.min(reach.c.block).label("block"),
        )
        .group_by(reach.c.profile_id)
        .subquery()
    )
    self_kin = sa.and_(kin.c.profile_id == best.c.profile_id, kin.c.kin_id == best.c.profile_id)
    taken = sa.and_(reach.c.profile_id == best.c.profile_id, reach.c.place == best.c.place)
    return plan.fill(
        table,
        sa.select(
            best.c.profile_id,
            kin.c.current_id,
            best.c.place,
            reach.c.address,
            best.c.block,
            reach.c.told,
        ).select_from(best.join(kin, self_kin).outerjoin(reach, taken)),
    )


def _held(plan: Planning, chosen: sa.Table) -> list[int]:
    """Hashed here, because no database offers the same hash as the other.

    A list, not a generator: the connection must be free again when rows are written.
    """
    spec = plan.spec
    if not spec.holdout:
        return []
    reached = sa.select(chosen.c.current_id).where(chosen.c.place.is_not(None)).distinct()
    ids = plan.connection.execute(reached).scalars()
    return [id_ for id_ in ids if in_holdout(spec.name, id_, spec.holdout)]


def _stage_decision(plan: Planning, chosen: sa.Table, past: sa.Table, held: sa.Table) -> sa.Table:
    table = plan.stage(
        "decision",
        _id("profile_id", primary_key=True),
        sa.Column("place", sa.Integer),
        sa.Column("address", sa.String),
        sa.Column("reason", sa.String),
    )
    columns = chosen.c
    left_out = sa.case(
        *((columns.block == place, reason.value) for place, reason in enumerate(BLOCKS))
    )
    free = sa.case(
        (columns.place.is_(None), left_out),
        (sa.or_(past.c.already == 1, columns.told == 1), Reason.ALREADY.value),
        (held.c.current_id.is_not(None), Reason.HOLDOUT.value),
    )
    looked_at = (
        sa.select(*columns, free.label("free"), sa.func.coalesce(past.c.heard, 0).label("heard"))
        .select_from(
            chosen.outerjoin(past, past.c.profile_id == columns.profile_id).outerjoin(
                held, held.c.current_id == columns.current_id
            )
        )
        .subquery()
    )
    rank = sa.func.row_number().over(
        partition_by=[looked_at.c.place, looked_at.c.address],
        # The id a person has today goes before one they had.
        order_by=[
            sa.case((looked_at.c.profile_id == looked_at.c.current_id, 0), else_=1),
            looked_at.c.profile_id,
        ],
    )
    ranked = sa.select(*looked_at.c, rank.label("rank")).where(looked_at.c.free.is_(None)).cte()
    over = sa.false() if plan.cap is None else ranked.c.heard >= plan.cap.count
    reason = sa.case((ranked.c.rank > 1, Reason.DUPLICATE.value), (over, Reason.CAPPED.value))
    decided = sa.union_all(
        sa.select(ranked.c.profile_id, ranked.c.place, ranked.c.address, reason),
        sa.select(
            looked_at.c.profile_id, looked_at.c.place, looked_at.c.address, looked_at.c.free
        ).where(looked_at.c.free.is_not(None)),
    )
    return plan.fill(table, decided)


def in_holdout(campaign: str, profile_id: int, share: float) -> bool:
    """Whether a campaign leaves a person unsent to measure against: always the same answer."""
    digest = hashlib.blake2b(f"{campaign}/{profile_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) % SHARES < share * SHARES


def _id(name: str, primary_key: bool = False) -> sa.Column[Any]:
    return sa.Column(name, BigId, primary_key=primary_key, autoincrement=False)
