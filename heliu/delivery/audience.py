"""Freeze a segment: whom a campaign was planned for, kept as it was."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from heliu.delivery.campaigns import CampaignSpec
from models import Audience, Campaign, Recipient

CAMPAIGN = Campaign.__table__  # type: ignore[attr-defined]
AUDIENCE = Audience.__table__  # type: ignore[attr-defined]
RECIPIENT = Recipient.__table__  # type: ignore[attr-defined]


def upsert(connection: sa.Connection, table: sa.Table) -> Any:
    """The dialect's INSERT, which knows ON CONFLICT."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def freeze_audience(
    connection: sa.Connection,
    spec: CampaignSpec,
    occurrence: str,
    members: sa.Select[Any],
    *,
    as_of: datetime,
    now: datetime,
    run_id: int,
) -> int:
    """Write down who is in a campaign's segment for one occurrence; once, whatever is repeated.

    Args:
        connection: In a transaction that may write.
        spec: The campaign; its row is brought up to date (a paused one stays paused).
        occurrence: Business date, or id of the triggering event.
        members: Selects one column of profile ids.
        as_of: Which facts the segment saw.
        now: Noted as the time of freezing.
        run_id: Of this run.

    Returns:
        How many people the occurrence has, now or from before.
    """
    _note_campaign(connection, spec, run_id)
    added = connection.execute(
        upsert(connection, AUDIENCE)
        .values(
            campaign=spec.name,
            occurrence=occurrence,
            segment=spec.segment,
            as_of_at=as_of,
            frozen_at=now,
            size=0,
            plan_hash="",
            run_id=run_id,
        )
        .on_conflict_do_nothing()
        .returning(AUDIENCE.c.campaign)
    ).first()
    this = _this(spec.name, occurrence)
    if added is not None:
        people = members.subquery()
        connection.execute(
            sa.insert(RECIPIENT).from_select(
                ["campaign", "occurrence", "profile_id"],
                sa.select(
                    sa.literal(spec.name), sa.literal(occurrence), next(iter(people.c))
                ).distinct(),
            )
        )
        size = (
            sa.select(sa.func.count())
            .where(RECIPIENT.c.campaign == spec.name, RECIPIENT.c.occurrence == occurrence)
            .scalar_subquery()
        )
        connection.execute(sa.update(AUDIENCE).where(this).values(size=size))
    return int(connection.execute(sa.select(AUDIENCE.c.size).where(this)).scalar_one())


def _this(campaign: str, occurrence: str) -> sa.ColumnElement[bool]:
    return sa.and_(AUDIENCE.c.campaign == campaign, AUDIENCE.c.occurrence == occurrence)


def _note_campaign(connection: sa.Connection, spec: CampaignSpec, run_id: int) -> None:
    said = {
        "title": spec.title,
        "segment": spec.segment,
        "topic": spec.topic,
        "file_hash": spec.file_hash,
        "run_id": run_id,
    }
    connection.execute(
        upsert(connection, CAMPAIGN)
        .values(name=spec.name, status="active", **said)
        .on_conflict_do_update(index_elements=["name"], set_=said)
    )
