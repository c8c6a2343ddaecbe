"""When a source was last heard of: how old what it tells is, not when we last looked at it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from models import SourceState

STATE = SourceState.__table__  # type: ignore[attr-defined]


def newest_file(paths: Sequence[Path]) -> datetime | None:
    """When the newest of a source's files was last written."""
    times = [path.stat().st_mtime for path in paths]
    return datetime.fromtimestamp(int(max(times)), UTC) if times else None


def save_looked_at(connection: sa.Connection, source: str, modified_at: datetime | None) -> None:
    """Note the time of an unchanged source's files: they may have been delivered again."""
    mine = sa.update(STATE).where(STATE.c.source == source)
    connection.execute(mine.values(modified_at=modified_at))


def heard_of(connection: sa.Connection) -> dict[str, datetime]:
    """When each source was last heard of; one that is missing never was.

    That is the newest time in its `created_at` and `updated_at` columns, or for a
    source without such times the time of its newest file. A file can't tell of what
    came after it: a row dated in the future makes no source fresh beyond its file.
    """
    rows = connection.execute(sa.select(STATE.c.source, STATE.c.watermark_at, STATE.c.modified_at))
    known = {source: [at for at in times if at is not None] for source, *times in rows}
    return {source: min(times) for source, times in known.items() if times}
