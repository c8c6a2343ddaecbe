"""Identifiers records carry, and the evidence that joins records."""

from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.columns import enum_field, id_field, text_field


class IdentifierStatus(StrEnum):
    """What normalising says of a value."""

    OK = "ok"
    REPAIRED = "repaired"  # an obvious typo mended: weak evidence
    LANDLINE = "landline"  # shared by a household or an office: weak
    ROLE = "role"  # hr@, info@: weak
    SERVICE = "service"  # a hotline
    BLOCKED = "blocked"  # a placeholder, or blocked by policy
    MASKED = "masked"  # 139****5678
    INVALID = "invalid"


class Strength(StrEnum):
    """How much a shared value proves."""

    STRONG = "strong"  # platform ids
    MEDIUM = "medium"  # mobile, personal e-mail
    WEAK = "weak"  # landline, role mailbox, repaired
    NONE = "none"  # unusable


class Identifier(SQLModel, table=True):
    """One typed value a record carries: a phone never meets an openid."""

    __table_args__ = (
        # Covers all that finding a value's holders reads.
        Index("ix_identifier_value", "type", "scope", "value", "record_id", "strength"),
        {"sqlite_with_rowid": False},
    )

    record_id: int = id_field(foreign_key="record.id", primary_key=True)
    type: str = Field(primary_key=True)  # phone, email, unionid, openid, …
    scope: str = Field(default="", primary_key=True)  # app, corp or suite
    value: str = Field(primary_key=True)
    status: IdentifierStatus = enum_field()
    strength: Strength = enum_field()


class EdgeStatus(StrEnum):
    """Whether a piece of evidence was used."""

    LINKED = "linked"
    REFUSED = "refused"  # it would have joined what must stay apart


class Edge(SQLModel, table=True):
    """A match: two records judged the same person, and why (or why not)."""

    __table_args__ = ({"sqlite_with_rowid": False},)

    left_id: int = id_field(foreign_key="record.id", primary_key=True)
    right_id: int = id_field(foreign_key="record.id", primary_key=True)
    kind: str = Field(primary_key=True)  # deterministic, probabilistic, human
    type: str = Field(primary_key=True)  # the identifier's type
    scope: str = Field(default="", primary_key=True)
    value: str = Field(primary_key=True)
    strength: Strength = enum_field()
    status: EdgeStatus = enum_field()
    reason: str  # which rule linked or refused it
    weight: float | None = None  # log2 of the odds, where it is probabilistic
    detail: str = text_field(default="")  # JSON: field by field, where it is probabilistic
    run_id: int = id_field()


class Demotion(SQLModel, table=True):
    """A value too many people carry: it proves nothing, and is nobody's own."""

    __table_args__ = ({"sqlite_with_rowid": False},)

    type: str = Field(primary_key=True)
    scope: str = Field(default="", primary_key=True)
    value: str = Field(primary_key=True)
    holders: int  # records
    names: int  # different people, by their names
    run_id: int = id_field()


class PoisonedValue(SQLModel, table=True):
    """A value not believed on this record: its delivery carried it on far too many rows."""

    __tablename__ = "poisoned_value"
    __table_args__ = ({"sqlite_with_rowid": False},)

    record_id: int = id_field(foreign_key="record.id", primary_key=True)
    type: str = Field(primary_key=True)
    scope: str = Field(default="", primary_key=True)
    value: str = Field(primary_key=True)
    run_id: int = id_field()


class StaleRecord(SQLModel, table=True):
    """A record that came, changed, went or was decided on since profiles were last resolved."""

    __tablename__ = "stale_record"

    record_id: int = id_field(primary_key=True, sa_column_kwargs={"autoincrement": False})


class StaleValue(SQLModel, table=True):
    """A value some record gained or lost since profiles were last resolved."""

    __tablename__ = "stale_value"
    __table_args__ = ({"sqlite_with_rowid": False},)

    type: str = Field(primary_key=True)
    scope: str = Field(default="", primary_key=True)
    value: str = Field(primary_key=True)
