"""Tables → CSV for people and scripts: who belongs together, who carries what, who was told."""

import csv
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from models import Membership, Message, ProfileTag, Recipient, Record
from models.message import DeliveryStatus

RECORD = Record.__table__  # type: ignore[attr-defined]
MEMBERSHIP = Membership.__table__  # type: ignore[attr-defined]
PROFILE_TAG = ProfileTag.__table__  # type: ignore[attr-defined]
RECIPIENT = Recipient.__table__  # type: ignore[attr-defined]
MESSAGE = Message.__table__  # type: ignore[attr-defined]
ROWS_AT_ONCE = 10_000


def memberships() -> sa.Select[Any]:
    """source, source_pk, profile_id: every record and the profile it is part of."""
    current = sa.and_(MEMBERSHIP.c.record_id == RECORD.c.id, MEMBERSHIP.c.to_run_id.is_(None))
    return (
        sa.select(RECORD.c.source, RECORD.c.source_pk, MEMBERSHIP.c.profile_id)
        .join(MEMBERSHIP, current)
        .order_by(RECORD.c.id)
    )


def tags() -> sa.Select[Any]:
    """profile_id, tag, since: every tag held now."""
    columns = (PROFILE_TAG.c.profile_id, PROFILE_TAG.c.tag, PROFILE_TAG.c.since_at.label("since"))
    return sa.select(*columns).order_by(PROFILE_TAG.c.profile_id, PROFILE_TAG.c.tag)


def messages() -> sa.Select[Any]:
    """campaign, profile_id, channel, status, reason: a row for everybody, each time planned.

    Who was decided against is `suppressed` for one reason; who is decided for
    but not in the outbox yet is `planned`.
    """
    same = sa.and_(
        MESSAGE.c.campaign == RECIPIENT.c.campaign,
        MESSAGE.c.occurrence == RECIPIENT.c.occurrence,
        MESSAGE.c.profile_id == RECIPIENT.c.profile_id,
    )
    decided = sa.case(
        (RECIPIENT.c.reason.is_not(None), DeliveryStatus.SUPPRESSED.value), else_="planned"
    )
    return (
        sa.select(
            RECIPIENT.c.campaign,
            RECIPIENT.c.profile_id,
            RECIPIENT.c.channel,
            sa.func.coalesce(MESSAGE.c.status, decided).label("status"),
            sa.func.coalesce(MESSAGE.c.reason, RECIPIENT.c.reason, "").label("reason"),
        )
        .select_from(RECIPIENT.outerjoin(MESSAGE, same))
        .order_by(RECIPIENT.c.campaign, RECIPIENT.c.occurrence, RECIPIENT.c.profile_id)
    )


EXPORTS: dict[str, Callable[[], sa.Select[Any]]] = {
    "memberships": memberships,
    "tags": tags,
    "messages": messages,
}


def export_csv(connection: sa.Connection, what: str, to: Path) -> int:
    """Write one export as CSV; how many rows.

    Raises:
        KeyError: There is no export of that name.
        OSError: The file can't be written.
    """
    return write_csv(connection, EXPORTS[what](), to)


def write_csv(connection: sa.Connection, select: sa.Select[Any], to: Path) -> int:
    """Write a query as UTF-8 CSV with a heading, all at once or not at all; how many rows.

    Raises:
        OSError: The file can't be written.
    """
    partial = to.with_name(f".{to.name}.partial")
    rows = 0
    with partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.name for column in select.selected_columns])
        found = connection.execution_options(yield_per=ROWS_AT_ONCE).execute(select)
        for row in found:
            writer.writerow([_text(value) for value in row])
            rows += 1
    partial.replace(to)
    return rows


def _text(value: object) -> object:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
