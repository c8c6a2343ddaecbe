"""record → identity → profile: who is who."""

from prefect import flow

from tasks.identity import normalise_records, resolve_profiles
from tasks.options import RunOptions
from tasks.reports import publish_stage
from tasks.runs import RunRef, open_run, run_name, stage

DEFAULTS = RunOptions()


@flow(name="unify", flow_run_name=run_name)
def unify(options: RunOptions = DEFAULTS) -> dict[str, int]:
    """Make one profile per person, with the values we believe.

    Args:
        options: 运行选项
    """
    with open_run("unify", options) as run:
        return unify_stage(run)


def unify_stage(run: RunRef) -> dict[str, int]:
    """Normalise what is new, join what belongs together, publish at once."""
    with stage("unify", run) as counts:
        counts.add(normalise_records())
        counts.add(resolve_profiles(run))
    publish_stage("unify", run)
    return counts.of
