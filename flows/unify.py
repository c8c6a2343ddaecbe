"""record → identity → profile: who is who."""

from prefect import flow

from tasks.audit import fail_if_stopped, peak_memory
from tasks.identity import normalise_records, resolve_profiles
from tasks.options import UnifyOptions
from tasks.reports import publish_stage, publish_unify
from tasks.runs import RunRef, open_run, run_name, stage

DEFAULTS = UnifyOptions()


@flow(name="unify", flow_run_name=run_name)
def unify(options: UnifyOptions = DEFAULTS) -> dict[str, int]:
    """Make one profile per person, with the values we believe.

    Args:
        options: 合并选项
    """
    with open_run("unify", options) as run:
        counts = unify_stage(run, options.accept_changes)
        fail_if_stopped(run)
        return counts


def unify_stage(run: RunRef, accept_changes: bool = False) -> dict[str, int]:
    """Normalise what is new, join what belongs together, publish at once.

    A run that its audit stops publishes nothing and goes on; who called fails it at
    the end with `fail_if_stopped`.
    """
    with stage("unify", run) as counts:
        with counts.step("normalise"):
            counts.add(normalise_records(run))
        counts.add(resolve_profiles(run, accept_changes))
        counts.add(peak_memory())
    publish_stage("unify", run)
    publish_unify(run)
    return counts.of
