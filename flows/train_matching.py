"""profiles → matching model: learn what agreement weighs; the next unify applies it."""

from prefect import flow

from tasks.matching import train_model
from tasks.matching_options import TrainMatchingOptions

DEFAULTS = TrainMatchingOptions()


@flow(name="train_matching", flow_run_name="train_matching")
def train_matching(options: TrainMatchingOptions = DEFAULTS) -> dict[str, int]:
    """Learn the matching model from what has been unified, and freeze it.

    Args:
        options: 训练选项
    """
    return train_model(options)
