"""Steps of retag: the library → tags, a range of profiles at a time."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from prefect import get_run_logger, task

from heliu.rules.among import Among
from heliu.rules.cuts import Histogram
from heliu.rules.windows import Clock
from heliu.tags import ranges
from heliu.tags.apply import finish
from heliu.tags.lake.extra import require_extra
from heliu.tags.plan import Mode, Plan, begin
from heliu.tags.retag import counts_of
from models.database import reading
from tasks.database import database
from tasks.firm import load_firm
from tasks.retries import RETRY_TRANSIENT
from tasks.runs import RunRef
from tasks.settings import settings


@task(task_run_name="plan retag", **RETRY_TRANSIENT)
def plan_retag(run: RunRef, mode: Mode) -> Plan:
    """Claim what changed and decide whether to look at that or at everybody."""
    plan = begin(database(), load_firm().tags, _clock(run), run.id, mode)
    whom = "everybody" if plan.full else "who may have changed"
    get_run_logger().info("judging %s: %s", whom, plan.why)
    return plan


@task(task_run_name="check incremental tags", **RETRY_TRANSIENT)
def check_tags(run: RunRef, plan: Plan) -> None:
    """Judge some whom an incremental run would leave alone, and warn if it would be wrong to."""
    if plan.before is None:
        return
    engine = database()
    with reading(engine) as connection:
        among = ranges.range_to_check(connection, run.id)
    found = ranges.check(engine, load_firm().tags, plan.before, _clock(run), run.id, among)
    ranges.keep_check(engine, run.id, found)
    if found.differing:
        get_run_logger().warning(
            "%d of %d profiles carried tags an incremental run would have left wrong; "
            "this run puts them right. Please report it.",
            found.differing,
            found.profiles,
        )


@task(task_run_name="split profiles", **RETRY_TRANSIENT)
def split_profiles() -> list[Among]:
    """Ranges of profiles, each a task's work."""
    with reading(database()) as connection:
        return ranges.split(connection)


@task(task_run_name="rank {among.low} to {among.high}", **RETRY_TRANSIENT)
def rank_range(among: Among, run: RunRef) -> dict[str, Histogram]:
    """How many of a range come to which answer, for every rank of the library."""
    return ranges.histograms(database(), load_firm().tags, _clock(run), among)


@task(task_run_name="set cuts", **RETRY_TRANSIENT)
def set_cuts(run: RunRef, found: Sequence[dict[str, Histogram]]) -> None:
    """Where every rank cuts, for all ranges alike."""
    ranges.keep_cuts(database(), run.id, ranges.merged_cuts(load_firm().tags, found))


@task(task_run_name="judge {among.low} to {among.high}", **RETRY_TRANSIENT)
def judge_range(among: Among, run: RunRef) -> int:
    """Make the tags of a range true; how many were judged."""
    return ranges.judge_range(database(), load_firm().tags, _clock(run), run.id, among)


@task(task_run_name="judge everybody in a lake", **RETRY_TRANSIENT)
def judge_elsewhere(run: RunRef) -> int:
    """Make everybody's tags true by another engine over facts in Parquet; how many were judged."""
    kind, folder = settings().retag.engine, settings().home / "lake"
    require_extra(kind)
    from heliu.tags.lake.judge import judge_in_lake

    return judge_in_lake(database(), load_firm().tags, _clock(run), run.id, kind, folder)


@task(task_run_name="judge who may have changed", **RETRY_TRANSIENT)
def judge_changed(run: RunRef, plan: Plan) -> int:
    """Make their tags true; how many were judged."""
    assert plan.before is not None  # or everybody would be judged
    return ranges.judge_changed(database(), load_firm().tags, plan.before, _clock(run), run.id)


@task(task_run_name="finish retag", **RETRY_TRANSIENT)
def finish_retag(run: RunRef, plan: Plan, judged: int) -> dict[str, int]:
    """Close the run: the library as applied, and what it came to."""
    engine, library = database(), load_firm().tags
    finish(engine, library, run.as_of, run.id, plan, judged, datetime.now(UTC))
    return asdict(counts_of(engine, library, plan, run.id))


def _clock(run: RunRef) -> Clock:
    return Clock(run.as_of, settings().zone)
