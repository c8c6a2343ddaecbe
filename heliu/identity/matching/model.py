"""The frozen model: what every level of agreement weighs, in `HELIU_FIRM/matching.json`."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from heliu.errors import ConfigError, Place, Problem
from heliu.identity.matching.blocking import Rule
from heliu.identity.matching.frequencies import Frequencies
from heliu.identity.matching.levels import Level, null_condition
from heliu.rules.vocabulary import MatchKind

FILE = "matching.json"
# Raise it whenever the same file would weigh the same pair differently.
VERSION = 1
RETRAIN = "Train it anew: run the flow train_matching."


@dataclass(frozen=True)
class Comparison:
    """One field's levels, best first; a unit that is silent on it weighs nothing."""

    field: str
    kind: MatchKind
    levels: tuple[Level, ...]

    @property
    def null(self) -> str:
        """SQL: when two units can't be compared by it."""
        return null_condition(self.field, self.kind)


@dataclass(frozen=True)
class Model:
    """All that scoring needs, and nothing that says who anybody is.

    Attributes:
        prior: How often two units drawn at random are one person.
        comparisons: What is compared and what agreement weighs.
        frequencies: Column to how common its values are.
        rules: What two records must share to be looked at.
        max_holders: A key on more records than this brings nobody together.
        link_at: Weight, log2 of the odds, from which two units are joined.
        review_at: Weight from which a human is asked.
        trained_on: Figures of the training, for people.
    """

    prior: float
    comparisons: tuple[Comparison, ...]
    frequencies: Mapping[str, Frequencies]
    rules: tuple[Rule, ...]
    max_holders: int
    link_at: float
    review_at: float
    trained_on: Mapping[str, int]
    version: int = VERSION

    @property
    def fields(self) -> dict[str, MatchKind]:
        """Field to how it is compared."""
        return {one.field: one.kind for one in self.comparisons}

    @property
    def base(self) -> float:
        """The weight of two units of which nothing is known."""
        return math.log2(self.prior / (1 - self.prior))

    @cached_property
    def hash(self) -> str:
        """Names everything that may change a result."""
        return hashlib.sha256(self.written().encode()).hexdigest()[:16]

    def written(self) -> str:
        """The file's text."""
        plain = asdict(self) | {
            "frequencies": {name: one.plain() for name, one in sorted(self.frequencies.items())}
        }
        return json.dumps(plain, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def load_model(path: Path) -> Model:
    """Read a model.

    Raises:
        ConfigError: It isn't one, or of another version.
    """
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        if plain.get("version") != VERSION:
            raise ConfigError([Problem(Place(str(path)), f"is not of version {VERSION}", RETRAIN)])
        return _model(plain)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        what = f"is no matching model: {type(error).__name__}"
        raise ConfigError([Problem(Place(str(path)), what, RETRAIN)]) from None


def _model(plain: dict[str, Any]) -> Model:
    comparisons = tuple(
        Comparison(
            one["field"], MatchKind(one["kind"]), tuple(Level(**level) for level in one["levels"])
        )
        for one in plain["comparisons"]
    )
    if not all(one.field.isidentifier() for one in comparisons):
        raise ValueError("a field's name is no name")
    return Model(
        prior=float(plain["prior"]),
        comparisons=comparisons,
        frequencies={
            name: Frequencies(one["rare"], one["kept"])
            for name, one in plain["frequencies"].items()
        },
        rules=tuple(tuple(rule) for rule in plain["rules"]),
        max_holders=int(plain["max_holders"]),
        link_at=float(plain["link_at"]),
        review_at=float(plain["review_at"]),
        trained_on=plain["trained_on"],
    )
