"""profile + rule → tag: make every tag true."""

from prefect import flow

from tasks.options import RunOptions
from tasks.reports import publish_stage
from tasks.runs import RunRef, open_run, run_name, stage
from tasks.tags import retag_profiles

DEFAULTS = RunOptions()


@flow(name="retag", flow_run_name=run_name)
def retag(options: RunOptions = DEFAULTS) -> dict[str, int]:
    """Evaluate the whole tag library and write what changed.

    Args:
        options: 运行选项
    """
    with open_run("retag", options) as run:
        return retag_stage(run)


def retag_stage(run: RunRef) -> dict[str, int]:
    """One statement for the whole library; only differences are written."""
    with stage("retag", run) as counts:
        counts.add(retag_profiles(run))
    publish_stage("retag", run)
    return counts.of
