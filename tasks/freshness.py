"""Step of render: leave out campaigns that rest on something too old, and tell its owner."""

from collections.abc import Mapping, Sequence

from prefect import State, get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.events import emit_event
from prefect.states import Completed

from heliu.delivery.freshness import Late, causes_of, late_sources, late_tags
from heliu.delivery.lateness import holds_of, planned, save_lateness, tagged_at
from heliu.delivery.reads import campaign_reads, library_reads
from heliu.reports.figures.lateness import late_things
from heliu.reports.figures.runs import stages
from heliu.reports.freshness import held_by, late_markdown
from heliu.reports.words import Words
from heliu.sources.heard import heard_of
from models.database import reading, writing
from tasks.database import database
from tasks.firm import Firm, load_firm
from tasks.retries import RETRY_TRANSIENT
from tasks.runs import RunRef
from tasks.settings import settings

Held = Mapping[str, Sequence[Late]]  # campaign → what is too old of what it reads


@task(task_run_name="leave out stale campaigns", **RETRY_TRANSIENT)
def fresh_campaigns(due: list[str], run: RunRef) -> list[str]:
    """Those of the due campaigns that may be planned; why others may not is written down and told.

    What was planned while it was fresh goes on: an occurrence is frozen once.
    """
    firm = load_firm()
    with reading(database()) as connection:
        lates = late_sources(firm.sources, heard_of(connection), run.now)
        lates += late_tags(firm.tags, tagged_at(connection), run.now)
        going = planned(connection, run.occurrence)
    held = {name: late for name, late in _held(firm, lates).items() if name not in going}
    # A new tag that nobody uses yet calls nobody.
    lates = [late for late in lates if late.max_age_seconds or holds_of(late, held)]
    with writing(database()) as connection:
        save_lateness(connection, run.id, lates, held)
    if lates:
        _tell(lates, held, run)
    return [name for name in due if name not in held]


def _held(firm: Firm, lates: Sequence[Late]) -> Held:
    """Every campaign that reads something late, due or not, in planning order."""
    if not lates:
        return {}
    tags = library_reads(firm.tags)
    causes = {
        name: causes_of(campaign_reads(spec, firm.segments, firm.contents, tags), lates)
        for name, spec in firm.campaigns.items()
    }
    return {name: found for name, found in causes.items() if found}


def _tell(lates: Sequence[Late], held: Held, run: RunRef) -> None:
    """The log, an artifact, and one event for each late thing, which an automation may hear."""
    for late in lates:
        holds = holds_of(late, held)
        get_run_logger().warning(
            "%s; owner %s; holds %s", late.says(run.now), late.owner, ", ".join(holds) or "nothing"
        )
        if not run.dry_run:  # a rehearsal calls nobody
            _emit(late, holds, run)
    with reading(database()) as connection:
        rows = late_things(connection, run.id)
    text = late_markdown(rows, run.now, Words("zh", settings().zone))
    create_markdown_artifact(text, key="heliu-stale")


def _emit(late: Late, holds: list[str], run: RunRef) -> None:
    emit_event(
        event="heliu.stale",
        resource={
            "prefect.resource.id": f"heliu.{late.kind}.{late.name}",
            "prefect.resource.name": late.name,
            "heliu.owner": late.owner or "",
        },
        payload={"run_id": run.id, "says": late.says(run.now), "holds": holds},
    )


def held_or_done(run: RunRef) -> State[int]:
    """How a whole run ends: completed, and under the name Held where campaigns were left out.

    No task: a task's state would be taken for its own, and not for the flow's.
    """
    with reading(database()) as connection:
        held = any(one.counts.get("stale") for one in stages(connection, [run.id]))
        campaigns = held_by(late_things(connection, run.id))
    if not held:
        return Completed(data=run.id)
    says = f"Held, as what they read is too old: {', '.join(campaigns)}"
    return Completed(name="Held", message=says, data=run.id)
