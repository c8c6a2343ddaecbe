"""Campaigns, whom they were planned for, and what was decided for each person."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from models.columns import enum_field, id_field, maybe_utc_field, text_field, utc_field


class Campaign(SQLModel, table=True):
    """A campaign as its file last said."""

    name: str = Field(primary_key=True)
    title: str
    segment: str
    topic: str
    status: str = "active"  # active, paused, retired
    file_hash: str
    run_id: int = id_field()


class Audience(SQLModel, table=True):
    """A segment frozen for one occurrence of a campaign."""

    campaign: str = Field(foreign_key="campaign.name", primary_key=True)
    occurrence: str = Field(primary_key=True)  # business date, or id of the triggering event
    segment: str
    as_of_at: datetime = utc_field()
    frozen_at: datetime = utc_field()
    size: int
    plan_hash: str = ""  # over the decisions; what an approval is bound to
    decided_at: datetime | None = maybe_utc_field()
    rendered_at: datetime | None = maybe_utc_field()
    queued_at: datetime | None = maybe_utc_field()
    run_id: int = id_field()


class Reason(StrEnum):
    """Why a person of the audience gets nothing: exactly one."""

    ALREADY = "already"  # got this campaign not long ago
    HOLDOUT = "holdout"
    SUPPRESSED = "suppressed"
    NO_ADDRESS = "no_address"
    NO_CONSENT = "no_consent"  # never asked
    OPTED_OUT = "opted_out"  # asked, and withdrawn
    DUPLICATE = "duplicate"  # another profile of the audience has this address
    CAPPED = "capped"
    NOT_RENDERED = "not_rendered"
    CHANNEL_OFF = "channel_off"


class Recipient(SQLModel, table=True):
    """One person of an audience and the one decision about them."""

    __table_args__ = (
        ForeignKeyConstraint(
            ["campaign", "occurrence"], ["audience.campaign", "audience.occurrence"]
        ),
        Index("ix_recipient_profile", "profile_id"),
        {"sqlite_with_rowid": False},
    )

    campaign: str = Field(primary_key=True)
    occurrence: str = Field(primary_key=True)
    profile_id: int = id_field(primary_key=True)
    channel: str | None = None  # decided: send here …
    address: str | None = None
    not_before_at: datetime | None = maybe_utc_field()
    reason: Reason | None = enum_field(default=None, nullable=True)  # … or don't, because
    detail: str | None = None  # e.g. what the template lacked; no personal data
    content_hash: str | None = Field(default=None, foreign_key="content.hash")


class Approval(SQLModel, table=True):
    """A human's word on a held campaign, bound to the plan it was given for."""

    id: int | None = id_field(default=None, primary_key=True)
    campaign: str
    occurrence: str
    plan_hash: str
    approved: bool
    who: str
    why: str = text_field(default="")
    at: datetime = utc_field()
