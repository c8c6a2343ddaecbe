"""Step of retag: the library → tags."""

from dataclasses import asdict

from prefect import task

from heliu.tags.retag import retag
from tasks.database import database
from tasks.firm import load_firm
from tasks.retries import RETRY_TRANSIENT
from tasks.runs import RunRef
from tasks.settings import settings


@task(task_run_name="retag profiles", **RETRY_TRANSIENT)
def retag_profiles(run: RunRef) -> dict[str, int]:
    """Make every profile's tags true as of the run's as-of; only differences are written."""
    counts = retag(database(), load_firm().tags, run.as_of, run.id, settings().zone)
    return asdict(counts)
