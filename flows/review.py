"""questions → decisions: what a human says of who is who, its effect shown before it is stored."""

from prefect import flow

from tasks.review import publish_effect, publish_queue, store_words
from tasks.review_options import ReviewOptions

DEFAULTS = ReviewOptions()


@flow(name="review", flow_run_name="review {options.action}")
def review(options: ReviewOptions = DEFAULTS) -> dict[str, int]:
    """List what waits, or say of records who is one person; the next unify applies it.

    Args:
        options: 核对选项
    """
    if options.action == "list":
        return publish_queue(options.limit)
    counts = publish_effect(options)
    return counts | store_words(options) if options.store else counts
