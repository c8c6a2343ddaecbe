"""What a stopped run wanted, kept for who decides; written after its transaction is undone."""

import json

import sqlalchemy as sa

from heliu.errors import SafetyStop
from heliu.identity.tables.audit import AuditStop
from models import UnifyStop

STOP: sa.Table = UnifyStop.__table__  # type: ignore[attr-defined]


def save_stop(connection: sa.Connection, run_id: int, stop: AuditStop) -> None:
    """Keep why a run was stopped and what it wanted, in place of what its first try left."""
    forget_stop(connection, run_id)
    connection.execute(
        sa.insert(STOP).values(
            run_id=run_id, says=str(stop), wanted=json.dumps(stop.wanted.as_json())
        )
    )


def forget_stop(connection: sa.Connection, run_id: int) -> None:
    """A run that was tried again has published."""
    connection.execute(sa.delete(STOP).where(STOP.c.run_id == run_id))


def raise_if_stopped(connection: sa.Connection, run_id: int) -> None:
    """Fail a run whose unify was stopped, once all it could do without is done.

    Raises:
        SafetyStop: Says again why nothing was published.
    """
    says = connection.scalar(sa.select(STOP.c.says).where(STOP.c.run_id == run_id))
    if says is not None:
        raise SafetyStop(says)
