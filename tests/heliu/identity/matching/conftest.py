"""The village, and a model learnt from it once."""

import pytest

from heliu.identity.matching.train import Training, train
from tests.heliu.identity.matching.villagers import FIELDS, villagers


@pytest.fixture(scope="session")
def village():
    return villagers()


@pytest.fixture(scope="session")
def training(village) -> Training:
    pytest.importorskip("splink")
    return train(village[0], FIELDS)


@pytest.fixture(scope="session")
def model(training):
    return training.model
