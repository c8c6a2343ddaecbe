"""The library beside what was last applied of it: sizes, movements, and what waits for a run."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from heliu.rules.library import Library
from models import ProfileTag, Tag, TagCount, TagRun

TAG = Tag.__table__  # type: ignore[attr-defined]
PROFILE_TAG = ProfileTag.__table__  # type: ignore[attr-defined]
TAG_COUNT = TagCount.__table__  # type: ignore[attr-defined]
TAG_RUN = TagRun.__table__  # type: ignore[attr-defined]


class State(StrEnum):
    """Whether what a file says is what people carry."""

    APPLIED = "applied"
    NEW = "new"  # no run has seen it
    CHANGED = "changed"  # the rule says something else than when it was last applied
    REMOVED = "removed"  # its file is gone; the next run takes it from everybody


@dataclass(frozen=True)
class Listed:
    """One tag of the library, or one that has left it and is still carried.

    Attributes:
        profiles: How many carry it now.
        entered: How many it entered in the last run.
        left: How many it left in the last run.
        as_of: The moment it is true of: the last finished run's; None before the first.
        hash: Of what the rule says now; of a removed one, what it said.
    """

    name: str
    title: str
    group: str | None
    owner: str | None
    manual: bool
    local: bool
    profiles: int
    entered: int
    left: int
    as_of: datetime | None
    state: State
    hash: str

    def age_seconds(self, now: datetime) -> int | None:
        """How old it is; None of one no run has computed."""
        if self.as_of is None or self.state is State.NEW:
            return None
        return max(int((now - self.as_of).total_seconds()), 0)


def list_tags(connection: sa.Connection, library: Library) -> list[Listed]:
    """Every tag in the files or still carried, by group and name.

    Args:
        connection: Only read.
        library: What the files say.
    """
    known = {row.name: row for row in connection.execute(sa.select(TAG))}
    carried = _carriers(connection)
    run = connection.execute(_last_run()).first()
    moved = _moved(connection, run.run_id) if run else {}
    names = {*library.tags, *(n for n, row in known.items() if row.retired_at is None)}
    found = [
        _listed(name, library, known.get(name), carried.get(name, 0), moved.get(name, (0, 0)), run)
        for name in names
    ]
    return sorted(found, key=lambda one: (one.group is None, one.group or "", one.name))


def _last_run() -> sa.Select[Any]:
    """The newest run that came to its end."""
    finished = sa.select(TAG_RUN.c.run_id, TAG_RUN.c.as_of_at).where(
        TAG_RUN.c.finished_at.is_not(None)
    )
    return finished.order_by(TAG_RUN.c.run_id.desc()).limit(1)


def _carriers(connection: sa.Connection) -> dict[str, int]:
    query = sa.select(PROFILE_TAG.c.tag, sa.func.count()).group_by(PROFILE_TAG.c.tag)
    return dict(connection.execute(query).tuples().all())


def _moved(connection: sa.Connection, run_id: int) -> dict[str, tuple[int, int]]:
    query = sa.select(TAG_COUNT.c.tag, TAG_COUNT.c.entered, TAG_COUNT.c.left)
    rows = connection.execute(query.where(TAG_COUNT.c.run_id == run_id))
    return {tag: (entered, left) for tag, entered, left in rows}


def _listed(
    name: str, library: Library, known: Any, profiles: int, moved: tuple[int, int], run: Any
) -> Listed:
    rule = library.tags.get(name)
    said = rule or known
    return Listed(
        name=name,
        title=said.title,
        group=said.group,
        owner=said.owner,
        manual=said.manual,
        local=said.local,
        profiles=profiles,
        entered=moved[0],
        left=moved[1],
        as_of=run.as_of_at if run else None,
        state=_state(name, library, known),
        hash=library.rule_hashes[name] if rule else known.rule_hash,
    )


def _state(name: str, library: Library, known: Any) -> State:
    if known is None or known.retired_at is not None:
        return State.NEW
    if name not in library.tags:
        return State.REMOVED
    same = known.rule_hash == library.rule_hashes[name]
    return State.APPLIED if same else State.CHANGED
