"""Chance that falls the same on every Python.

Only `random.Random(text).random()` is promised to stay the same between
versions, so everything else is built on it here.
"""

import math
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """A stream of chance for each name, so that one person's luck moves nobody else's."""

    def __init__(self, *name: object) -> None:
        self.share = random.Random("/".join(map(str, name))).random

    def happens(self, probability: float) -> bool:
        """Whether something of this probability happens."""
        return self.share() < probability

    def pick(self, choices: Sequence[T]) -> T:
        """One of the choices, each as likely."""
        return choices[int(self.share() * len(choices))]

    def between(self, low: float, high: float) -> float:
        """Evenly from `low` up to `high`."""
        return low + (high - low) * self.share()

    def skewed(self, mean: float) -> float:
        """Mostly little, sometimes much: exponential with this mean."""
        return -mean * math.log(1.0 - self.share())
