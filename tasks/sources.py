"""Steps of collect: look at every source first, then write one after the other."""

import json
from hashlib import blake2b

from prefect import task
from prefect.artifacts import create_progress_artifact, update_progress_artifact

from heliu.sources.collect import Survey, collect_source, stop_if_too_little, survey
from heliu.sources.erased import NOBODY
from heliu.sources.products import save_products
from models.database import reading, writing
from tasks.database import database
from tasks.firm import load_firm
from tasks.forgotten import forgotten_people
from tasks.retries import RETRY_TRANSIENT
from tasks.runs import RunRef
from tasks.settings import settings


@task(task_run_name="survey sources", **RETRY_TRANSIENT)
def survey_sources(accept_less: bool = False) -> list[Survey]:
    """What every source would deliver; one that delivers too little stops the run."""
    firm = load_firm()
    said = json.dumps([sorted(firm.titles.items()), str(settings().zone)])
    salt = blake2b(said.encode(), digest_size=8).hexdigest()
    with reading(database()) as connection:
        surveys = [survey(connection, spec, salt) for spec in firm.sources]
        if not accept_less:
            stop_if_too_little(connection, surveys)
    return surveys


@task(task_run_name="collect products", **RETRY_TRANSIENT)
def collect_products(run: RunRef) -> dict[str, int]:
    """Make the product table say what products.csv says."""
    products = list(load_firm().products)
    with writing(database()) as connection:
        save_products(connection, products, run.id)
    return {"products": len(products)}


@task(task_run_name="collect {seen.source}", **RETRY_TRANSIENT)
def collect(seen: Survey, run: RunRef) -> dict[str, int]:
    """Write all one source says, in one transaction; count what became of its rows."""
    firm = load_firm()
    progress = _progress(seen)
    with writing(database()) as connection:
        delivery = collect_source(
            connection,
            firm.source(seen.source),
            seen,
            firm.words,
            firm.titles,
            run.id,
            run.now,
            settings().zone,
            advance=progress,
            erased=forgotten_people(connection) or NOBODY,
        )
    counts = delivery.model_dump(exclude={"run_id", "source"})
    return {name: number for name, number in counts.items() if number}


def _progress(seen: Survey):  # type: ignore[no-untyped-def]
    """A progress bar for a source that takes long enough to wait for."""
    if not seen.changed or seen.rows < 100_000:
        return lambda read: None
    artifact = create_progress_artifact(0.0, description=f"采集 {seen.source}：{seen.rows:,} 行")

    def advance(read: int) -> None:
        update_progress_artifact(artifact, min(100.0, 100 * read / seen.rows))

    return advance
