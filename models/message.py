"""The outbox, and everything that became of a message."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.columns import enum_field, id_field, maybe_utc_field, text_field, utc_field


class DeliveryStatus(StrEnum):
    """What we know of a message, whatever its channel calls it."""

    QUEUED = "queued"  # in the outbox
    SENDING = "sending"  # handed over, no answer yet
    ACCEPTED = "accepted"  # the provider took it
    DELIVERED = "delivered"  # a receipt says it arrived
    SUPPRESSED = "suppressed"  # we chose not to send
    REJECTED = "rejected"  # refused for good
    UNKNOWN = "unknown"  # the call broke midway


OPEN = (DeliveryStatus.QUEUED, DeliveryStatus.SENDING)


class Message(SQLModel, table=True):
    """The outbox: what one campaign says to one profile, once per occurrence."""

    __table_args__ = (
        UniqueConstraint("campaign", "occurrence", "profile_id"),
        Index("ix_message_profile", "profile_id", "created_at"),
        Index(
            "ix_message_due",
            "channel",
            "not_before_at",
            sqlite_where=text("status = 'queued'"),
            postgresql_where=text("status = 'queued'"),
        ),
        Index(
            "ix_message_open",
            "status",
            sqlite_where=text("status IN ('queued', 'sending', 'unknown')"),
            postgresql_where=text("status IN ('queued', 'sending', 'unknown')"),
        ),
        Index(
            "ix_message_claim",
            "claim",
            sqlite_where=text("claim IS NOT NULL"),
            postgresql_where=text("claim IS NOT NULL"),
        ),
    )

    id: int | None = id_field(default=None, primary_key=True)
    campaign: str
    occurrence: str  # business date, or the event that triggered it
    profile_id: int = id_field()
    channel: str
    address: str  # as it was when decided
    topic: str
    content_hash: str = Field(foreign_key="content.hash")
    not_before_at: datetime = utc_field()
    status: DeliveryStatus = enum_field(default=DeliveryStatus.QUEUED)
    reason: str | None = None  # why suppressed, rejected or unknown
    attempts: int = 0
    provider_id: str | None = None
    claim: str | None = None  # token of the worker that holds it …
    claimed_until_at: datetime | None = maybe_utc_field()  # … and how long
    created_at: datetime = utc_field()
    changed_at: datetime = utc_field()
    run_id: int = id_field()


class Attempt(SQLModel, table=True):
    """One try at handing a message to a channel."""

    __table_args__ = (
        UniqueConstraint("message_id", "number"),
        Index("ix_attempt_finished", "finished_at"),
    )

    id: int | None = id_field(default=None, primary_key=True)
    message_id: int = id_field(foreign_key="message.id")
    number: int
    channel: str
    started_at: datetime = utc_field()
    finished_at: datetime | None = maybe_utc_field()
    outcome: DeliveryStatus = enum_field(default=DeliveryStatus.SENDING)
    error: str | None = None  # class and code, never an address or a body
    provider_id: str | None = None


class Receipt(SQLModel, table=True):
    """The provider's later word on a message."""

    __table_args__ = (
        UniqueConstraint("channel", "provider_id", "kind", "at"),
        Index("ix_receipt_at", "at"),
    )

    id: int | None = id_field(default=None, primary_key=True)
    message_id: int | None = id_field(default=None, nullable=True, foreign_key="message.id")
    channel: str
    provider_id: str
    kind: str  # delivered, bounced, opened, clicked, replied, opted out
    at: datetime = utc_field()
    payload: str = text_field(default="")
