"""Plans of dry runs: shown, never sent, and gone before the next plan is made."""

import sqlalchemy as sa

from models import Audience, Recipient, Run

AUDIENCE = Audience.__table__  # type: ignore[attr-defined]
RECIPIENT = Recipient.__table__  # type: ignore[attr-defined]
RUN = Run.__table__  # type: ignore[attr-defined]


def discard_rehearsals(connection: sa.Connection, run_id: int) -> int:
    """Drop the plans that other, dry runs made; how many audiences.

    They would count against caps, and freeze people as they were when it was rehearsed.
    """
    dry = sa.select(RUN.c.id).where(RUN.c.dry_run.is_(True), RUN.c.id != run_id)
    rehearsed = sa.and_(AUDIENCE.c.run_id.in_(dry), AUDIENCE.c.queued_at.is_(None))
    keys = sa.select(AUDIENCE.c.campaign, AUDIENCE.c.occurrence).where(rehearsed)
    connection.execute(
        sa.delete(RECIPIENT).where(
            sa.tuple_(RECIPIENT.c.campaign, RECIPIENT.c.occurrence).in_(keys)
        )
    )
    return int(connection.execute(sa.delete(AUDIENCE).where(rehearsed)).rowcount)
