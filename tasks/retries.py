"""Retry what time may cure, and nothing else."""

from typing import Any

import sqlalchemy as sa
from prefect.cache_policies import NO_CACHE
from prefect.tasks import exponential_backoff

from heliu.errors import TransientError


def is_transient(task: Any, task_run: Any, state: Any) -> bool:
    """Whether a failed task's error may pass by itself: ours, or a database that went away."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, TransientError | sa.exc.OperationalError | ConnectionError)


# NO_CACHE: a step's effect is in the database, so a former result proves nothing.
STEP: dict[str, Any] = {"cache_policy": NO_CACHE, "persist_result": False}
RETRY_TRANSIENT: dict[str, Any] = {
    **STEP,
    "retries": 3,
    "retry_delay_seconds": exponential_backoff(backoff_factor=2),
    "retry_jitter_factor": 0.3,
    "retry_condition_fn": is_transient,
}
