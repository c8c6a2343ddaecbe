"""Column types every table shares: UTC instants, 64-bit ids, text enums."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

# SQLite only counts up by itself on INTEGER, PostgreSQL needs the 64 bits said.
BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class UtcSeconds(sa.types.TypeDecorator[datetime]):
    """An aware datetime in Python, integer epoch seconds (UTC) in the table."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:
        """Refuse naive datetimes: a time without a zone is a guess."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime can't be stored; give it a zone")
        return int(value.timestamp())

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:
        """Give the instant back in UTC."""
        return None if value is None else datetime.fromtimestamp(value, UTC)


def utc_field(**options: Any) -> Any:
    """A required instant, stored as epoch seconds."""
    return Field(sa_type=UtcSeconds, **options)


def maybe_utc_field(**options: Any) -> Any:
    """An instant that may be unknown."""
    return Field(default=None, sa_type=UtcSeconds, nullable=True, **options)


def id_field(**options: Any) -> Any:
    """A 64-bit integer that names something; `primary_key=True` counts up by itself."""
    return Field(sa_type=BigId, **options)


def fen_field(**options: Any) -> Any:
    """Money in integer fen (1/100 yuan), 64 bits, may be unknown."""
    return Field(default=None, sa_type=sa.BigInteger, nullable=True, **options)


def enum_field(**options: Any) -> Any:
    """A StrEnum kept as plain text, so that a new member needs no migration."""
    return Field(sa_type=sa.String, **options)


def text_field(**options: Any) -> Any:
    """Long text or JSON, never read by a rule."""
    return Field(sa_type=sa.Text, **options)
