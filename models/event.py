"""Facts: what people did, bought and allowed.

Each belongs to a record, for ever; `profile_id` is derived and rewritten with
membership, so that a split gives facts back exactly. Until a record has been
unified its own id stands in as the profile's.
"""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import fen_field, id_field, maybe_utc_field, text_field, utc_field


class Event(SQLModel, table=True):
    """Something a person did, clustered by profile so that one scan tags everybody.

    `id` is 63 bits of a hash over (source, source key): delivering an event
    again finds it. Rules read the typed columns and the declared slots only.
    """

    __table_args__ = (
        UniqueConstraint("id"),
        Index("ix_event_at", "at", "type"),
        Index("ix_event_record", "record_id"),
        {"sqlite_with_rowid": False},
    )

    profile_id: int = id_field(primary_key=True)
    at: datetime = utc_field(primary_key=True)
    id: int = id_field(primary_key=True)
    record_id: int = id_field()
    source: str
    type: str
    item: str | None = None
    amount_fen: int | None = fen_field()
    quantity: int | None = id_field(default=None, nullable=True)
    channel: str | None = None
    campaign: str | None = None
    text_1: str | None = None
    text_2: str | None = None
    text_3: str | None = None
    text_4: str | None = None
    number_1: int | None = id_field(default=None, nullable=True)
    number_2: int | None = id_field(default=None, nullable=True)
    number_3: int | None = id_field(default=None, nullable=True)
    number_4: int | None = id_field(default=None, nullable=True)


class EventPayload(SQLModel, table=True):
    """What an event's row said beyond its typed columns; rules never read it."""

    __tablename__ = "event_payload"

    event_id: int = id_field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    payload: str = text_field()  # JSON {column: text}


class Order(SQLModel, table=True):
    """A purchase, once, whoever tells of it: keyed by the merchant's number.

    Its events (`order_created`, `order_paid`) are derived from this row.
    """

    __tablename__ = "orders"  # ORDER is a word of SQL
    __table_args__ = (
        Index("ix_orders_profile", "profile_id"),
        Index("ix_orders_record", "record_id"),
    )

    number: str = Field(primary_key=True)
    record_id: int = id_field()
    profile_id: int = id_field()
    source: str  # who first told of it
    item: str | None = None
    amount_fen: int | None = fen_field()
    quantity: int | None = id_field(default=None, nullable=True)
    channel: str | None = None
    campaign: str | None = None
    ordered_at: datetime | None = maybe_utc_field()
    paid_at: datetime | None = maybe_utc_field()


class Refund(SQLModel, table=True):
    """Money given back on an order; its event is `order_refunded`."""

    __table_args__ = (Index("ix_refund_order", "order_number"),)

    number: str = Field(primary_key=True)
    order_number: str
    source: str
    amount_fen: int | None = fen_field()
    refunded_at: datetime = utc_field()


class Consent(SQLModel, table=True):
    """The ledger of what a person allowed: append-only, the newest word counts.

    Over the records of one profile the strictest word wins: allowed only where
    some record says yes and none says no. No row means no.
    """

    __table_args__ = (
        Index("ix_consent_profile", "profile_id", "channel", "topic"),
        Index("ix_consent_record", "record_id"),
    )

    id: int | None = id_field(
        default=None, primary_key=True, sa_column_kwargs={"autoincrement": False}
    )
    record_id: int = id_field()
    profile_id: int = id_field()
    channel: str  # wecom, sms, email …
    topic: str  # marketing, service …
    granted: bool
    at: datetime = utc_field()
    source: str
    evidence: str | None = None  # form, version of the wording, call record


class Suppression(SQLModel, table=True):
    """A reason not to send to a record's person, or to an address."""

    __table_args__ = (
        UniqueConstraint("record_id", "address", "channel", "reason"),
        Index("ix_suppression_record", "record_id"),
    )

    id: int | None = id_field(default=None, primary_key=True)
    record_id: int | None = id_field(default=None, nullable=True)
    address: str = ""  # an address as a channel writes it, or nothing
    channel: str = "*"  # every channel
    reason: str  # opt-out, bounce, complaint, blocked
    since_at: datetime = utc_field()
    until_at: datetime | None = maybe_utc_field()


class Product(SQLModel, table=True):
    """A course or service on sale."""

    key: str = Field(primary_key=True)
    title: str
    category: str | None = None
    price_fen: int | None = fen_field()
    link: str | None = None
    valid_from: str | None = None  # ISO date, first day on sale
    valid_to: str | None = None  # ISO date, last day on sale
    run_id: int = id_field()
