"""segment → message → delivery: send the due campaigns."""

from prefect import flow

from flows.dispatch import hand_over
from flows.render import render_stage
from tasks.delivery import due_campaigns, queue_messages, write_previews
from tasks.options import CampaignOptions
from tasks.reports import publish_stage
from tasks.runs import RunRef, open_run, run_name, stage

DEFAULTS = CampaignOptions()


@flow(name="distribute", flow_run_name=run_name)
def distribute(options: CampaignOptions = DEFAULTS) -> dict[str, int]:
    """Render what isn't rendered yet, fill the outbox, hand over what is due.

    Args:
        options: 活动选项
    """
    with open_run("distribute", options) as run:
        render_stage(run, options.campaign)
        counts = distribute_stage(run, options.campaign)
        write_previews(run)
        return counts


def distribute_stage(run: RunRef, campaign: str | None = None) -> dict[str, int]:
    """Queue what was rendered; a dry run stops before anything is handed over."""
    with stage("distribute", run) as counts:
        if not run.dry_run:
            for due in due_campaigns(run, campaign):
                counts.add(queue_messages(due, run))
            counts.add(hand_over(run))
    publish_stage("distribute", run)
    return counts.of
