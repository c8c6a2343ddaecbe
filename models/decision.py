"""Humans' words on who is who, and what waits for them."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import SQLModel

from models.columns import id_field, text_field, utc_field


class Decision(SQLModel, table=True):
    """A human's word: an input of unification like any record, never changed, only retracted.

    Between records, never profiles: it holds whatever becomes of those.
    """

    __table_args__ = (
        Index("ix_decision_pair", "left_id", "right_id"),
        Index("ix_decision_value", "type", "scope", "value"),
    )

    id: int | None = id_field(default=None, primary_key=True)
    verdict: str  # same, different, unsure; block, keep; retract
    left_id: int | None = id_field(default=None, nullable=True, foreign_key="record.id")
    right_id: int | None = id_field(default=None, nullable=True, foreign_key="record.id")
    type: str | None = None  # of a value: block (proves nothing), keep (seen, leave it so)
    scope: str = ""
    value: str | None = None
    retracts_id: int | None = id_field(default=None, nullable=True, foreign_key="decision.id")
    batch: str = ""  # rows decided at once: a split, an imported file
    who: str
    why: str = text_field(default="")
    at: datetime = utc_field()
    # The newest run whose profiles the human saw: what the machine alone held of the pair.
    seen_run_id: int | None = id_field(default=None, nullable=True)


class ReviewItem(SQLModel, table=True):
    """Two records that may be one person: a question to a human, one a pair of profiles."""

    __tablename__ = "review_item"
    __table_args__ = (
        Index(
            "ix_review_item_open",
            "left_id",
            sqlite_where=text("closed_run_id IS NULL"),
            postgresql_where=text("closed_run_id IS NULL"),
        ),
        {"sqlite_with_rowid": False},
    )

    left_id: int = id_field(foreign_key="record.id", primary_key=True)  # the smaller
    right_id: int = id_field(foreign_key="record.id", primary_key=True)
    type: str  # of the value they share
    scope: str = ""
    value: str
    reason: str  # why they were not joined
    weight: float | None = None  # log2 of the odds, where it is probabilistic
    opened_run_id: int = id_field()
    closed_run_id: int | None = id_field(default=None, nullable=True)
