"""Tags: the library as last applied, who carries what, and how that moved."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.columns import id_field, maybe_utc_field, text_field, utc_field


class Tag(SQLModel, table=True):
    """A tag of the library; `number` is its bit, given once."""

    name: str = Field(primary_key=True)
    number: int = Field(unique=True)
    title: str
    group: str | None = None
    owner: str | None = None
    says: str | None = None
    rule_hash: str
    retired_at: datetime | None = maybe_utc_field()  # no longer in the library


class ProfileTag(SQLModel, table=True):
    """Who carries a tag now, and since when."""

    __tablename__ = "profile_tag"
    __table_args__ = (
        Index("ix_profile_tag_tag", "tag", "profile_id"),
        {"sqlite_with_rowid": False},
    )

    profile_id: int = id_field(primary_key=True)
    tag: str = Field(primary_key=True)
    since_at: datetime = utc_field()
    run_id: int = id_field()


class TagChange(SQLModel, table=True):
    """A tag entered or left a profile: history with its cause."""

    __tablename__ = "tag_change"
    __table_args__ = (
        Index("ix_tag_change_profile", "profile_id", "tag"),
        {"sqlite_with_rowid": False},
    )

    run_id: int = id_field(primary_key=True)
    profile_id: int = id_field(primary_key=True)
    tag: str = Field(primary_key=True)
    entered: bool
    at: datetime = utc_field()
    cause: str  # facts, rule, profile gone …


class TagRun(SQLModel, table=True):
    """One evaluation of the library: what is needed to repeat it exactly."""

    __tablename__ = "tag_run"

    run_id: int = id_field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    as_of_at: datetime = utc_field()
    library_hash: str
    cuts: str = text_field(default="{}")  # JSON {rank: cut}, stored inputs
    full: bool = True
    entered: int = 0
    left: int = 0


class Segment(SQLModel, table=True):
    """A named rule that selects profiles."""

    name: str = Field(primary_key=True)
    title: str
    rule_hash: str
    run_id: int = id_field()


class TagCount(SQLModel, table=True):
    """How many carried a tag after a run: the line of a chart."""

    __tablename__ = "tag_count"

    run_id: int = id_field(primary_key=True)
    tag: str = Field(primary_key=True)
    profiles: int
    entered: int = 0
    left: int = 0
