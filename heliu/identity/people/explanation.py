"""The shape of an explanation; values stand in it as they may be shown."""

from datetime import datetime
from typing import NamedTuple

from heliu.identity.people.chain import Evidence, Step


class RecordLine(NamedTuple):
    """One record of the profile."""

    id: int
    source: str
    key: str
    first_seen_at: datetime | None
    first_run_id: int
    versions: int
    deleted_at: datetime | None


class Carried(NamedTuple):
    """A value some of its records carry."""

    type: str
    scope: str
    value: str
    status: str
    strength: str
    records: tuple[int, ...]
    others: int  # records of other people that carry it
    trouble: str  # demoted, poisoned, or ""


class Golden(NamedTuple):
    """A field's value, whose word it is and why; what the other records said."""

    field: str
    value: str
    record_id: int
    rule: str
    lost: tuple[tuple[str, int], ...]  # value, record


class Word(NamedTuple):
    """A human's decision."""

    id: int
    verdict: str
    left_id: int | None
    right_id: int | None
    value: str
    who: str
    why: str
    at: datetime
    retracted: bool


class Change(NamedTuple):
    """One line of history: of the profile, or of an id that leads to it."""

    run_id: int
    at: datetime | None
    profile_id: int
    what: str
    other_id: int | None


class Doubt(NamedTuple):
    """A question that waits for a human, or waited for one."""

    left_id: int
    right_id: int
    type: str
    reason: str
    weight: float | None
    closed: bool


class Explanation(NamedTuple):
    """All that can be said of why a profile is what it is; values as they may be shown."""

    profile_id: int
    created_run_id: int | None  # None: no profile of this id lives
    changed_run_id: int | None
    records: list[RecordLine]
    tree: list[Step]
    refused: list[tuple[Evidence, int | None]]  # and the profile at the other end
    carried: list[Carried]
    decisions: list[Word]
    doubts: list[Doubt]
    golden: list[Golden]
    aliases: list[int]
    history: list[Change]
    touches: dict[str, int]  # what else it has: table → rows
