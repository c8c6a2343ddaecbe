"""People who asked to be forgotten."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.columns import id_field, text_field, utc_field


class Erasure(SQLModel, table=True):
    """A person erased: the receipt. Holds nothing that says who it was."""

    id: int | None = id_field(default=None, primary_key=True)
    profile_id: int = id_field(index=True)
    who: str  # erased by
    why: str = text_field(default="")
    at: datetime = utc_field()
    counts: str = text_field(default="{}")  # JSON: table to rows erased


class ErasedHash(SQLModel, table=True):
    """A keyed hash of what an erased person was known by, so that they aren't taken in again."""

    __tablename__ = "erased_hash"
    __table_args__ = ({"sqlite_with_rowid": False},)

    hash: str = Field(primary_key=True)  # of a source key, or of an identifier
    erasure_id: int = id_field(foreign_key="erasure.id")
