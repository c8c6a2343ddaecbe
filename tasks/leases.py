"""A stage runs once at a time, whatever started it: a lease row in the database."""

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from heliu.delivery.workers import is_dead, worker_name
from heliu.errors import TransientError
from models import Lease
from models.database import writing

LEASE_SECONDS = 120
RENEW_SECONDS = 30
POLL_SECONDS = 1.0
LEASE = Lease.__table__  # type: ignore[attr-defined]


@contextmanager
def lease(engine: sa.Engine, name: str, wait_seconds: float = 600) -> Iterator[None]:
    """Hold the right to run a stage; renewed while held, given back at the end.

    A holder that is dead on this host is replaced at once; one elsewhere when
    its lease has run out.

    Raises:
        TransientError: Somebody else holds it for longer than `wait_seconds`.
    """
    token = uuid.uuid4().hex
    until = time.monotonic() + wait_seconds
    while not _acquire(engine, name, token):
        if time.monotonic() >= until:
            raise TransientError(
                f"the stage {name!r} has been held by another run for {wait_seconds:.0f} s"
            )
        time.sleep(POLL_SECONDS)
    stop = threading.Event()
    renewer = threading.Thread(target=_renew, args=(engine, name, token, stop), daemon=True)
    renewer.start()
    try:
        yield
    finally:
        stop.set()
        renewer.join()
        with writing(engine) as connection:
            connection.execute(sa.delete(LEASE).where(LEASE.c.name == name, LEASE.c.token == token))


def _acquire(engine: sa.Engine, name: str, token: str) -> bool:
    now = datetime.now(UTC)
    mine = {
        "holder": worker_name(),
        "token": token,
        "acquired_at": now,
        "expires_at": now + timedelta(seconds=LEASE_SECONDS),
    }
    try:
        with writing(engine) as connection:
            held = connection.execute(
                sa.select(LEASE).where(LEASE.c.name == name).with_for_update()
            ).first()
            if held is None:
                connection.execute(sa.insert(LEASE).values(name=name, **mine))
                return True
            if held.expires_at > now and not is_dead(held.holder):
                return False
            taken = sa.update(LEASE).where(LEASE.c.name == name, LEASE.c.token == held.token)
            return connection.execute(taken.values(**mine)).rowcount == 1
    except sa.exc.IntegrityError:  # another process inserted first
        return False


def _renew(engine: sa.Engine, name: str, token: str, stop: threading.Event) -> None:
    while not stop.wait(RENEW_SECONDS):
        # A database that is busy now is asked again well before the lease ends.
        with suppress(sa.exc.OperationalError), writing(engine) as connection:
            until = datetime.now(UTC) + timedelta(seconds=LEASE_SECONDS)
            mine = sa.update(LEASE).where(LEASE.c.name == name, LEASE.c.token == token)
            connection.execute(mine.values(expires_at=until))
