"""profile → receipt: forget a person who asked for it."""

from prefect import flow

from tasks.options import EraseOptions
from tasks.people import erase_and_publish, publish_plan


@flow(name="erase", flow_run_name="erase {options.profile_id}")
def erase(options: EraseOptions) -> dict[str, int]:
    """Publish what erasing a person would take; with `confirm`, erase and publish the receipt.

    Args:
        options: 删除选项
    """
    if not options.confirm:
        return publish_plan(options.profile_id)
    return erase_and_publish(options.profile_id, options.who, options.why)
