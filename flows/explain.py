"""profile → artifact: why somebody is who they are."""

from prefect import flow

from tasks.options import ExplainOptions
from tasks.people import publish_explanation


@flow(name="explain", flow_run_name="explain {options.profile_id}")
def explain(options: ExplainOptions) -> str:
    """Publish why a profile is what it is; values are masked.

    Args:
        options: 说明选项
    """
    return publish_explanation(options.profile_id)
