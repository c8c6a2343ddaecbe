"""Steps around unify's audit: keep what a stopped run wanted, and fail the run at its end."""

import resource
import sys
from collections.abc import Callable

from prefect import task

from heliu.identity.tables.audit import AuditStop
from heliu.identity.tables.state import read_state
from heliu.identity.tables.stops import forget_stop, raise_if_stopped, save_stop
from models.database import reading, writing
from tasks.database import database
from tasks.retries import RETRY_TRANSIENT
from tasks.runs import RunRef


def publish_or_stop(run: RunRef, publish: Callable[[], dict[str, int]]) -> dict[str, int]:
    """Publish; where the audit stops it, keep what it wanted and count that it was stopped.

    What was to be published is undone by then: `publish` has a transaction of its own.
    """
    try:
        counts = publish()
    except AuditStop as stop:
        with writing(database()) as connection:
            save_stop(connection, run.id, stop)
        return {"stopped": 1}
    with writing(database()) as connection:
        forget_stop(connection, run.id)
        whole = read_state(connection).whole
    return {"profiles": whole.figures.profiles, **counts}


@task(task_run_name="fail if stopped", **RETRY_TRANSIENT)
def fail_if_stopped(run: RunRef) -> None:
    """Fail a run whose unify was stopped, once everything else is done and reported.

    Raises:
        SafetyStop: Says why, and what to do.
    """
    with reading(database()) as connection:
        raise_if_stopped(connection, run.id)


def peak_memory() -> dict[str, int]:
    """The most memory this process ever held, as a count in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"peak_mib": peak // (2**20 if sys.platform == "darwin" else 2**10)}
