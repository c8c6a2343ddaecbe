"""What the sources told us: records, their versions, and what we could not read."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.columns import id_field, maybe_utc_field, text_field, utc_field


class Record(SQLModel, table=True):
    """One customer as one source tells it; the row points at its newest version.

    The id is given once, in key order within a delivery, and never reused: the
    smallest id among a profile's records is the profile's id.
    """

    __table_args__ = (
        UniqueConstraint("source", "source_pk"),
        Index(
            "ix_record_pending",
            "id",
            sqlite_where=text("normalised_by IS NULL"),
            postgresql_where=text("normalised_by IS NULL"),
        ),
    )

    id: int | None = id_field(default=None, primary_key=True)
    source: str
    source_pk: str
    version: int = 1
    content_hash: str
    first_run_id: int = id_field()
    changed_run_id: int = id_field()
    deleted_at: datetime | None = maybe_utc_field()
    # What normalising made of the current version, JSON {attribute: value}, and
    # by which mapping and normaliser; NULL until `unify` has read the version (or
    # the deletion).
    attributes: str | None = text_field(default=None, nullable=True)
    normalised_by: str | None = None


class RecordVersion(SQLModel, table=True):
    """A record's row as it came, unchanged; one more whenever its hash changes."""

    __tablename__ = "record_version"
    __table_args__ = {"sqlite_with_rowid": False}

    record_id: int = id_field(foreign_key="record.id", primary_key=True)
    version: int = Field(primary_key=True)
    content_hash: str
    payload: str = text_field()  # JSON {column: text as it came}
    run_id: int = id_field()


class Quarantine(SQLModel, table=True):
    """A row we could not read, kept with the reason until it is read well."""

    __table_args__ = (
        UniqueConstraint("source", "row_hash"),
        Index("ix_quarantine_open", "source", "resolved_at"),
    )

    id: int | None = id_field(default=None, primary_key=True)
    source: str
    file: str
    row_number: int  # line of the file, or row of the sheet, from 1
    row_hash: str
    reason: str  # says what was expected; never repeats a person's data
    payload: str = text_field()
    first_run_id: int = id_field()
    seen_at: datetime = utc_field()
    resolved_at: datetime | None = maybe_utc_field()


class SourceState(SQLModel, table=True):
    """How far into a source we have read: its watermark."""

    __tablename__ = "source_state"

    source: str = Field(primary_key=True)
    fingerprint: str  # hash of the files and of the mapping that read them
    rows: int
    watermark_at: datetime | None = maybe_utc_field()  # newest time seen in the source
    run_id: int = id_field()
    read_at: datetime = utc_field()
    modified_at: datetime | None = maybe_utc_field()  # of its newest file, when last looked at


class SourceDelivery(SQLModel, table=True):
    """What one source delivered in one run, by what became of the rows."""

    __tablename__ = "source_delivery"

    run_id: int = id_field(primary_key=True)
    source: str = Field(primary_key=True)
    rows: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    deleted: int = 0
    quarantined: int = 0
    facts: int = 0  # events, orders, refunds and consents written
    erased: int = 0  # rows of people who asked to be forgotten: not taken in
