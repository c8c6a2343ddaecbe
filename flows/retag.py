"""profile + rule → tag: make every tag true."""

from prefect import flow, unmapped

from heliu.tags.plan import Mode, Plan
from tasks.options import RetagOptions
from tasks.reports import publish_retag, publish_stage
from tasks.runners import runner
from tasks.runs import RunRef, open_run, run_name, stage
from tasks.settings import settings
from tasks.tags import (
    check_tags,
    finish_retag,
    judge_changed,
    judge_elsewhere,
    judge_range,
    plan_retag,
    rank_range,
    set_cuts,
    split_profiles,
)

DEFAULTS = RetagOptions()


@flow(name="retag", flow_run_name=run_name)
def retag(options: RetagOptions = DEFAULTS) -> dict[str, int]:
    """Make every tag true; look only at who may have changed, where that is known.

    Args:
        options: 运行选项
    """
    with open_run("retag", options) as run:
        return retag_stage(run, Mode.FULL if options.full else Mode.AUTO)


def retag_stage(run: RunRef, mode: Mode) -> dict[str, int]:
    """One statement for the whole library; only differences are written."""
    with stage("retag", run) as counts:
        plan = plan_retag(run, mode)
        judged = judge_everybody(run, plan) if plan.full else judge_changed(run, plan)
        counts.add(finish_retag(run, plan, judged))
    publish_stage("retag", run)
    publish_retag(run)
    return counts.of


def judge_everybody(run: RunRef, plan: Plan) -> int:
    """Each range of profiles by itself, all by the same cuts."""
    check_tags(run, plan)
    if settings().retag.engine != "database":
        return judge_elsewhere(run)
    parts = {"among": split_profiles(), "run": unmapped(run)}
    with runner(settings()) as workers:
        set_cuts(run, workers.map(rank_range, parts).result())
        return sum(workers.map(judge_range, parts).result())
