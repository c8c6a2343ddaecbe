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
    local: bool = False  # never told to any platform
    manual: bool = False  # may be set by hand
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
    """A tag entered or left a profile: history with its cause.

    `at` is the as-of of the run that saw it; a backfill writes many days in one run.
    """

    __tablename__ = "tag_change"
    __table_args__ = (
        Index("ix_tag_change_profile", "profile_id", "tag"),
        {"sqlite_with_rowid": False},
    )

    run_id: int = id_field(primary_key=True)
    profile_id: int = id_field(primary_key=True)
    tag: str = Field(primary_key=True)
    at: datetime = utc_field(primary_key=True)
    entered: bool
    cause: str  # event, time, rule, merge, hand, gone, backfill


class TagRun(SQLModel, table=True):
    """One evaluation of the library: what is needed to repeat it exactly."""

    __tablename__ = "tag_run"

    run_id: int = id_field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    as_of_at: datetime = utc_field()
    library_hash: str
    cuts: str = text_field(default="{}")  # JSON {rank: cut}, stored inputs
    full: bool = True
    why: str = ""  # why it was full, or what an incremental one had to look at
    judged: int = 0  # profiles judged
    touched: int = 0  # notes of changes it worked off
    entered: int = 0
    left: int = 0
    finished_at: datetime | None = maybe_utc_field()  # none: it died midway, the next is full
    checked: int | None = None  # profiles judged once more, to hold incremental = full
    differing: int | None = None  # … and those whose tags were not what was stored


class HandTag(SQLModel, table=True):
    """A human's word that a record's person carries a tag, or doesn't: append-only.

    The newest word of a person's records counts, until its time is over.
    """

    __tablename__ = "hand_tag"
    __table_args__ = (
        Index("ix_hand_tag_profile", "profile_id", "tag"),
        Index("ix_hand_tag_record", "record_id"),
    )

    id: int | None = id_field(default=None, primary_key=True)
    record_id: int = id_field()
    profile_id: int = id_field()
    tag: str
    holds: bool
    who: str
    why: str = text_field(default="")
    at: datetime = utc_field()
    until_at: datetime | None = maybe_utc_field()


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
