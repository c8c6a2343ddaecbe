"""segment → message: plan the due campaigns and render every message, before the first is sent."""

from prefect import flow

from tasks.content import render_messages
from tasks.delivery import decide_recipients, due_campaigns
from tasks.freshness import fresh_campaigns
from tasks.options import CampaignOptions
from tasks.reports import publish_stage
from tasks.runs import RunRef, open_run, run_name, stage
from tasks.segments import freeze_segment

DEFAULTS = CampaignOptions()


@flow(name="render", flow_run_name=run_name)
def render(options: CampaignOptions = DEFAULTS) -> dict[str, int]:
    """Freeze each due campaign's segment, decide about everyone in it, render; send nothing.

    A campaign that rests on something too old is left out.

    Args:
        options: 活动选项
    """
    with open_run("render", options) as run:
        return render_stage(run, options.campaign)


def render_stage(run: RunRef, campaign: str | None = None) -> dict[str, int]:
    """Campaign after campaign, in order of priority, since they share caps."""
    with stage("render", run) as counts:
        due = due_campaigns(run, campaign)
        fresh = fresh_campaigns(due, run)
        counts.add({"stale": len(due) - len(fresh)})
        for name in fresh:
            freeze_segment(name, run)
            counts.add(decide_recipients(name, run))  # consent, suppression, caps, hours
            counts.add(render_messages(name, run))
    publish_stage("render", run)
    return counts.of
