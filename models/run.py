"""Runs and their stages, and the leases that keep two from overlapping."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from models.columns import id_field, maybe_utc_field, text_field, utc_field


class Run(SQLModel, table=True):
    """One run of a flow on this firm's database."""

    id: int | None = id_field(default=None, primary_key=True)
    flow: str
    as_of_at: datetime = utc_field()  # which facts it may see
    now_at: datetime = utc_field()  # what time it took it to be for sending
    dry_run: bool = False
    status: str = "running"  # running, completed, failed, crashed
    started_at: datetime = utc_field()
    finished_at: datetime | None = maybe_utc_field()
    prefect_run_id: str | None = Field(default=None, index=True)
    error: str | None = None  # one sentence, no personal data


class RunStage(SQLModel, table=True):
    """What one stage of a run counted and how long it took."""

    __tablename__ = "run_stage"

    run_id: int = id_field(foreign_key="run.id", primary_key=True)
    stage: str = Field(primary_key=True)
    started_at: datetime = utc_field()
    finished_at: datetime | None = maybe_utc_field()
    milliseconds: int = 0
    counts: str = text_field(default="{}")  # JSON {what: how many}


class UnifyStop(SQLModel, table=True):
    """What a run wanted to publish when its audit stopped it; nothing of it was written."""

    __tablename__ = "unify_stop"

    run_id: int = id_field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    says: str = text_field()  # why it was stopped, one sentence a breach; no personal data
    wanted: str = text_field(default="{}")  # JSON: figures, biggest merges and splits by id


class Lateness(SQLModel, table=True):
    """A source or tag that was older than it may be when a run planned, and what that held."""

    run_id: int = id_field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    kind: str = Field(primary_key=True)  # source, tag
    name: str = Field(primary_key=True)
    owner: str | None = None  # whom to tell
    heard_at: datetime | None = maybe_utc_field()  # what its age counts from; none: never
    max_age_seconds: int | None = Field(default=None, sa_type=BigInteger)
    holds: str = text_field(default="[]")  # JSON: the campaigns that read it, in planning order


class Lease(SQLModel, table=True):
    """A stage's right to run: one holder at a time, whatever started it."""

    name: str = Field(primary_key=True)
    holder: str  # host:pid:start, so that a dead one on this host is seen at once
    token: str
    acquired_at: datetime = utc_field()
    expires_at: datetime = utc_field()
