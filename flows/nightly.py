"""collect → unify → retag → render → distribute → report: the whole line, every night."""

from prefect import flow

from flows.collect import collect_stage
from flows.distribute import distribute_stage
from flows.render import render_stage
from flows.report import report_stage
from flows.retag import retag_stage
from flows.unify import unify_stage
from heliu.tags.plan import Mode
from tasks.audit import fail_if_stopped
from tasks.firm import load_firm
from tasks.freshness import held_or_done
from tasks.options import NightlyOptions
from tasks.runs import open_run, run_name

DEFAULTS = NightlyOptions()


@flow(name="nightly", flow_run_name=run_name)
def nightly(options: NightlyOptions = DEFAULTS) -> int:
    """Do everything once and report; running it again on the same day sends nothing twice.

    Args:
        options: 每晚选项

    Returns:
        The run's id in Heliu's tables.
    """
    load_firm()  # every mistake of every file, before anything is written
    with open_run("nightly", options) as run:
        collect_stage(run, options.accept_less)
        unify_stage(run, options.accept_changes)
        retag_stage(run, Mode.FULL)
        render_stage(run)
        try:
            distribute_stage(run)
        finally:
            report_stage(run)  # the morning is told, also where a batch failed
        fail_if_stopped(run)  # all went on with the profiles as last published
        return held_or_done(run)
