"""How common a value is, frozen: counted once, kept under tokens that don't tell the value."""

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

KEPT_FROM = 3  # units; a rarer value counts as rare as any
KEPT_MOST = 10_000  # values of one column


@dataclass(frozen=True)
class Frequencies:
    """The share of units that carry a value, besides the one that is looked at.

    Attributes:
        rare: The share of every value that isn't kept.
        kept: Token to share.
    """

    rare: float
    kept: Mapping[str, float]

    def of(self, values: Iterable[str]) -> float:
        """The share of the most common of some values."""
        return max((self.kept.get(token(value), self.rare) for value in values), default=self.rare)

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {"rare": self.rare, "kept": dict(sorted(self.kept.items()))}


def token(value: str) -> str:
    """24 bits of a value's hash: enough to look it up, too few to say which it was.

    Six hundred Chinese mobile numbers share each token.
    """
    digest = hashlib.blake2b(value.encode(), digest_size=3).digest()
    return base64.urlsafe_b64encode(digest).decode()


def count_frequencies(values: Iterable[Iterable[str]]) -> Frequencies:
    """Count how many units carry each value.

    One of a value's carriers is left out: what counts is how many *others* carry what
    this one does, so that the two records of one person don't make a name common.

    Args:
        values: The values of each unit that has any.
    """
    carriers: Counter[str] = Counter()
    units = 0
    for told in values:
        carriers.update(told)
        units += 1
    ranked = carriers.most_common()
    common = [(value, n) for value, n in ranked[:KEPT_MOST] if n >= KEPT_FROM]
    kept: dict[str, float] = {}
    for value, number in common:
        name = token(value)
        kept[name] = max(kept.get(name, 0.0), _rounded((number - 1) / units))
    return Frequencies(_rounded(_others(n for _, n in ranked[len(common) :]) / max(units, 1)), kept)


def _others(numbers: Iterable[int]) -> float:
    """How many others a carrier of a rare value meets on average, one at least."""
    numbers = list(numbers)
    carriers = sum(numbers)
    return max(1.0, sum(n * (n - 1) for n in numbers) / carriers) if carriers else 1.0


def _rounded(share: float) -> float:
    return float(f"{share:.4g}")
