"""Keeping a page of rendered messages: each text once, each recipient's outcome."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from heliu.content.library import Rendered, Variant
from models import Content, Reason, Recipient, TemplateVersion
from models.bulk import stage

_content = Content.__table__  # type: ignore[attr-defined]
_version = TemplateVersion.__table__  # type: ignore[attr-defined]
_recipient = Recipient.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one recipient: a rendered message by its hash, or a detail of why not."""

    profile_id: int
    channel: str
    rendered: Rendered | None = None
    hash: str | None = None
    detail: str | None = None


def store_page(
    connection: sa.Connection,
    of: sa.ColumnElement[bool],
    outcomes: Sequence[Outcome],
    variants: Mapping[str, Variant],
    *,
    now: datetime,
    run_id: int,
) -> None:
    """Write a page's contents, template versions and outcomes.

    Args:
        connection: The page's transaction.
        of: Which recipients: the campaign and occurrence.
        outcomes: One a profile.
        variants: By channel.
        now: When the contents are said to be made.
        run_id: The run that first used a template.
    """
    contents = {
        outcome.hash: (
            outcome.hash,
            outcome.channel,
            variants[outcome.channel].hash,
            *outcome.rendered,
            int(now.timestamp()),
        )
        for outcome in outcomes
        if outcome.rendered
    }
    used = {variant.hash: variant for o in outcomes for variant in [variants[o.channel]]}
    versions = [(v.hash, v.content, v.channel, v.text, run_id) for v in used.values()]
    _insert_new(connection, _version, versions)
    _insert_new(connection, _content, contents.values())
    _mark(connection, of, outcomes)


def _insert_new(connection: sa.Connection, table: sa.Table, rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows whose key isn't there yet, columns in the table's order."""
    columns = [sa.Column(column.name, column.type) for column in table.columns]
    staged = stage(connection, f"new_{table.name}", columns, rows)
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    source = sa.select(staged).where(sa.true())  # SQLite reads ON as part of a join otherwise
    connection.execute(
        insert(table).from_select([c.name for c in columns], source).on_conflict_do_nothing()
    )


def _mark(
    connection: sa.Connection, of: sa.ColumnElement[bool], outcomes: Sequence[Outcome]
) -> None:
    columns: list[sa.Column[Any]] = [
        sa.Column("profile_id", sa.BigInteger, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.String) for name in ("content_hash", "reason", "detail")),
    ]
    rows = [
        (o.profile_id, o.hash, None if o.hash else Reason.NOT_RENDERED.value, o.detail)
        for o in outcomes
    ]
    staged = stage(connection, "rendered_page", columns, rows)
    connection.execute(
        sa.update(_recipient)
        .where(of, _recipient.c.profile_id == staged.c.profile_id)
        .values(content_hash=staged.c.content_hash, reason=staged.c.reason, detail=staged.c.detail)
    )
