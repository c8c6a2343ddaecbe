"""Identifiers records carry, and the evidence that joins records."""

from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.columns import enum_field, id_field


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
        Index("ix_identifier_value", "type", "scope", "value"),
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
    run_id: int = id_field()
