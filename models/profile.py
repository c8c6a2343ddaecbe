"""Who is who: profiles, their records through time, their golden values."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from models.columns import id_field, maybe_utc_field, text_field, utc_field


class Profile(SQLModel, table=True):
    """What we hold to be one person: the golden record survivorship leaves.

    The id is the smallest record id among the members. Columns beyond the
    standard ones are slots: `slot` says which declared field lives in which.
    """

    id: int | None = id_field(
        default=None, primary_key=True, sa_column_kwargs={"autoincrement": False}
    )
    # Smallest record id of all that its fate hangs together with: what changes here
    # changes nothing elsewhere. See docs/adr/0010-incremental-unification.md.
    component_id: int = id_field(default=0, index=True)
    records: int = 0  # how many it joins
    sources: int = 0  # from how many sources
    created_run_id: int = id_field()
    changed_run_id: int = id_field()

    name: str | None = None
    phone: str | None = None
    email: str | None = None
    gender: str | None = None  # f, m
    birthday: str | None = None  # ISO date
    province: str | None = None
    city: str | None = None
    company: str | None = None
    interest: str | None = None  # product key, or the text as it came
    source_channel: str | None = None  # where we first met
    service_state: str | None = None
    exam_date: str | None = None  # ISO date
    created_at: datetime | None = maybe_utc_field()  # first met
    updated_at: datetime | None = maybe_utc_field()  # last told of

    text_1: str | None = None
    text_2: str | None = None
    text_3: str | None = None
    text_4: str | None = None
    text_5: str | None = None
    text_6: str | None = None
    text_7: str | None = None
    text_8: str | None = None
    number_1: int | None = id_field(default=None, nullable=True)
    number_2: int | None = id_field(default=None, nullable=True)
    number_3: int | None = id_field(default=None, nullable=True)
    number_4: int | None = id_field(default=None, nullable=True)


class Membership(SQLModel, table=True):
    """Which profile a record belongs to, from run to run: history for free."""

    __table_args__ = (
        # At most one current profile a record, whatever goes wrong.
        Index(
            "ux_membership_current",
            "record_id",
            unique=True,
            sqlite_where=text("to_run_id IS NULL"),
            postgresql_where=text("to_run_id IS NULL"),
        ),
        Index("ix_membership_profile", "profile_id"),
        {"sqlite_with_rowid": False},
    )

    record_id: int = id_field(foreign_key="record.id", primary_key=True)
    from_run_id: int = id_field(primary_key=True)
    profile_id: int = id_field()
    to_run_id: int | None = id_field(default=None, nullable=True)


class Alias(SQLModel, table=True):
    """An id once published and the profile it now means."""

    __table_args__ = ({"sqlite_with_rowid": False},)

    old_id: int = id_field(primary_key=True)
    from_run_id: int = id_field(primary_key=True)
    profile_id: int = id_field(index=True)
    reason: str  # merge, split
    to_run_id: int | None = id_field(default=None, nullable=True)  # set when restored


class Handover(SQLModel, table=True):
    """A profile whose anchor is gone keeps its id: the next anchor inherits it.

    An input of unification like any record: a full run reads it too. Void while
    the record that bore the id lives again.
    """

    __table_args__ = ({"sqlite_with_rowid": False},)

    profile_id: int = id_field(primary_key=True)  # the id handed over
    record_id: int = id_field(index=True)  # who inherits it
    run_id: int = id_field()


class UnifyState(SQLModel, table=True):
    """What the published profiles were made by; one row."""

    __tablename__ = "unify_state"

    id: int = Field(default=1, primary_key=True)
    rules_hash: str  # policy, mappings, model: another one means a full run
    run_id: int = id_field()
    counts: str = text_field(default="{}")  # JSON: the figures of the whole, as last published


class GoldenValue(SQLModel, table=True):
    """One attribute of a profile, the record it came from and the rule that chose it."""

    __tablename__ = "golden_value"
    __table_args__ = ({"sqlite_with_rowid": False},)

    profile_id: int = id_field(primary_key=True)
    attribute: str = Field(primary_key=True)
    value: str
    record_id: int = id_field(foreign_key="record.id")
    rule: str  # trusted, newest, earliest, most frequent …


class Slot(SQLModel, table=True):
    """Which slot column a declared field or event property has, given once."""

    owner: str = Field(primary_key=True)  # profile, event
    name: str = Field(primary_key=True)
    slot: str  # text_1 … number_4
    type: str  # text, date, number


class Touched(SQLModel, table=True):
    """A profile whose facts or fields changed since it was last tagged.

    Written in the transaction that changes the fact; claimed by run id, then
    deleted, never read by a maximum (commit order isn't id order).
    """

    __table_args__ = (Index("ix_touched_claim", "claimed_by_run_id"),)

    id: int | None = id_field(default=None, primary_key=True)
    profile_id: int = id_field()
    reason: str  # fact, unify
    run_id: int = id_field()
    claimed_by_run_id: int | None = id_field(default=None, nullable=True)


class ProfileEvent(SQLModel, table=True):
    """What happened to a profile: append-only (created, grew, merged, split …)."""

    __tablename__ = "profile_event"
    __table_args__ = (Index("ix_profile_event_profile", "profile_id"),)

    id: int | None = id_field(default=None, primary_key=True)
    run_id: int = id_field(index=True)
    profile_id: int = id_field()
    what: str
    other_id: int | None = id_field(default=None, nullable=True)  # merged into, split from
    happened_at: datetime = utc_field()
    detail: str = text_field(default="")
