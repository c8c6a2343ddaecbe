"""sources → records and facts: read what every source says now."""

from prefect import flow

from tasks import sources
from tasks.options import CollectOptions
from tasks.reports import publish_stage
from tasks.runs import RunRef, open_run, run_name, stage

DEFAULTS = CollectOptions()


@flow(name="collect", flow_run_name=run_name)
def collect(options: CollectOptions = DEFAULTS) -> dict[str, int]:
    """Read every source; a row that can't be read goes to quarantine.

    Args:
        options: 采集选项
    """
    with open_run("collect", options) as run:
        return collect_stage(run, options.accept_less)


def collect_stage(run: RunRef, accept_less: bool = False) -> dict[str, int]:
    """Look at all sources, then write one after the other."""
    with stage("collect", run) as counts:
        surveys = sources.survey_sources(accept_less)
        counts.add(sources.collect_products(run))
        for seen in surveys:  # in the order of sources.yaml, which gives records their ids
            counts.add(sources.collect(seen, run))
    publish_stage("collect", run)
    return counts.of
