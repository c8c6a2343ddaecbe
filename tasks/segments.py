"""Step of render: a rule → the people it selects, frozen for one occurrence of a campaign."""

from prefect import task

from heliu.delivery.audience import freeze_audience
from heliu.rules.cuts import stored_cuts
from heliu.segments.library import record_segments
from heliu.segments.members import members
from models.database import writing
from tasks.database import database
from tasks.firm import load_firm
from tasks.retries import RETRY_TRANSIENT
from tasks.runs import RunRef
from tasks.settings import settings


@task(task_run_name="freeze segment of {campaign}", **RETRY_TRANSIENT)
def freeze_segment(campaign: str, run: RunRef) -> int:
    """Write down who is in the campaign's segment now; an occurrence is frozen once."""
    firm = load_firm()
    spec = firm.campaigns[campaign]
    with writing(database()) as connection:
        cuts = stored_cuts(connection)
        people = members(firm.segments[spec.segment], run.as_of, settings().zone, cuts)
        record_segments(connection, firm.segments, run.id)
        return freeze_audience(
            connection,
            spec,
            run.occurrence,
            people,
            as_of=run.as_of,
            now=run.now,
            run_id=run.id,
        )
