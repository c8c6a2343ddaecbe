"""The step of train_matching: learn the model from all records, show it, freeze it."""

from prefect import task
from prefect.artifacts import create_markdown_artifact, create_table_artifact

from heliu.identity.matching.features import DEFAULT
from heliu.identity.matching.frozen import units_of, write_model
from heliu.identity.matching.train import Thresholds, Training, train
from heliu.identity.resolve import resolve
from heliu.identity.review.decisions import load_decisions
from heliu.identity.tables.store import load_normalised
from heliu.reports.matching import model_markdown, weight_rows
from models.database import reading
from tasks.database import database
from tasks.firm import load_firm
from tasks.matching_options import TrainMatchingOptions
from tasks.retries import RETRY_TRANSIENT
from tasks.settings import settings


@task(task_run_name="train matching", **RETRY_TRANSIENT)
def train_model(options: TrainMatchingOptions) -> dict[str, int]:
    """Learn what agreement weighs, and write it to the firm's folder unless it is a trial.

    Safe to repeat: the same records give the same model.

    Raises:
        TooLittle: There is nothing to compare.
        ExtraMissing: `heliu[probabilistic]` isn't installed.
    """
    trained = learn(options)
    create_table_artifact(
        weight_rows(trained.model, trained.untrained),
        key="heliu-matching",
        description="每个字段一致或不一致的权重",
    )
    create_markdown_artifact(
        model_markdown(trained.model, not options.dry_run), key="heliu-matching-model"
    )
    return {**trained.model.trained_on, "untrained fields": len(trained.untrained)}


def learn(options: TrainMatchingOptions) -> Training:
    """Learn from all records, and write the model unless it is a trial."""
    firm = load_firm()
    with reading(database()) as connection:
        records = load_normalised(connection)
        decisions = load_decisions(connection)
    units = units_of(records, resolve(records, firm.policy, decisions).profile_of)
    thresholds = Thresholds(options.link_at, options.review_at)
    trained = train(units, firm.matching or DEFAULT, thresholds)
    if not options.dry_run:
        write_model(settings().firm, trained.model)
    return trained
