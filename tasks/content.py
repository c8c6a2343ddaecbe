"""Step of render: decided recipients → messages, linted before the first one leaves."""

from prefect import task
from prefect.artifacts import create_progress_artifact, update_progress_artifact

from heliu.content.context import CampaignContext, FirmContext
from heliu.content.render import render_audience
from tasks.database import database
from tasks.firm import load_firm
from tasks.retries import RETRY_TRANSIENT
from tasks.runs import RunRef
from tasks.settings import settings


@task(task_run_name="render messages of {campaign}", **RETRY_TRANSIENT)
def render_messages(campaign: str, run: RunRef) -> dict[str, int]:
    """Render everybody of an audience who will be written to and isn't rendered yet."""
    firm, here = load_firm(), settings()
    spec = firm.campaigns[campaign]
    progress = create_progress_artifact(0.0, description=f"渲染 {spec.title}")
    counts = render_audience(
        database(),
        firm.contents,
        CampaignContext(spec.name, spec.title, spec.content, spec.topic, here.file.sender.name),
        run.occurrence,
        FirmContext(**here.file.firm.model_dump()),
        as_of=run.as_of,
        now=run.now,
        run_id=run.id,
        zone=here.zone,
        progress=lambda done, of: update_progress_artifact(progress, 100 * done / max(of, 1)),
    )
    update_progress_artifact(progress, 100.0)
    return dict(counts)
