"""Training on demand: what it writes, what it shows, and what the next runs make of it."""

import json

import pytest
from prefect.artifacts import Artifact
from pydantic import ValidationError

from flows.nightly import nightly
from flows.train_matching import train_matching
from heliu.identity.matching.model import FILE, load_model
from tasks.firm import check_firm
from tasks.matching_options import TrainMatchingOptions
from tasks.options import CollectOptions
from tests.flows.small_firm import AS_OF, NOW

pytest.importorskip("splink")


@pytest.fixture
def unified(sqlite_firm):
    nightly(options=CollectOptions(as_of=AS_OF, now=NOW))
    return sqlite_firm


def test_a_training_freezes_the_model_and_changes_the_policy(unified):
    before = check_firm()
    counts = train_matching(options=TrainMatchingOptions(link_at=3))
    model = load_model(unified / FILE)
    assert counts["units"] == model.trained_on["units"] > 20
    assert model.link_at == 3
    after = check_firm()
    assert before.matcher is None
    assert after.matcher is not None
    assert after.policy.model_hash == after.matcher.hash == model.hash
    assert after.policy.hash != before.policy.hash


def test_a_dry_run_shows_the_weights_and_writes_nothing(unified):
    train_matching(options=TrainMatchingOptions(dry_run=True))
    assert not (unified / FILE).exists()
    table = Artifact.get(key="heliu-matching")
    assert table is not None
    rows = json.loads(str(table.data))
    assert {"字段", "程度", "权重"} <= set(rows[0])
    assert "name" in {row["字段"] for row in rows}
    assert "139" not in str(table.data)


def test_training_again_on_the_same_records_gives_the_same_model(unified):
    train_matching()
    first = (unified / FILE).read_bytes()
    train_matching()
    assert (unified / FILE).read_bytes() == first


def test_a_firm_with_a_model_runs_through_the_night(unified):
    train_matching()
    assert nightly(options=CollectOptions(as_of=AS_OF, now=NOW)) > 0


def test_a_review_threshold_above_the_link_threshold_is_refused():
    with pytest.raises(ValidationError, match="review_at"):
        TrainMatchingOptions(link_at=1, review_at=2)
