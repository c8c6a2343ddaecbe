"""profile → artifact: why somebody is who they are, or carries a tag."""

from prefect import flow

from tasks.explaining import publish_tag_explanation
from tasks.options import ExplainOptions
from tasks.people import publish_explanation


@flow(name="explain", flow_run_name="explain {options.profile_id}")
def explain(options: ExplainOptions) -> str:
    """Publish why a profile is what it is, or why it carries a tag or doesn't; values are masked.

    Args:
        options: 说明选项
    """
    if options.tag:
        return publish_tag_explanation(options.profile_id, options.tag)
    return publish_explanation(options.profile_id)
