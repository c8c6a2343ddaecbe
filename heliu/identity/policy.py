"""What unification takes for true: one frozen value, with a hash that names it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from heliu.identity.values.kinds import READ_AS
from heliu.rules.identifiers import IDENTIFIERS, IdentifierType, ReadAs, accounts
from models import Strength

# Raise it whenever normalising or resolving the same input may come out differently.
VERSION = 2

RULES = ("trusted", "verified", "newest", "earliest", "most frequent", "longest")

# Whose account it is, the platform vouches for; one person has one of each (and scope).
PLATFORM_IDS = frozenset(accounts())

# Guards that stop a run or a delivery: they change no profile, so not the hash either.
AUDIT = {"moved_percent": "max_moved_percent", "growth": "max_growth"}
GUARDS = (*AUDIT.values(), "max_delivered")


def default_survivorship() -> dict[str, tuple[str, ...]]:
    """Attribute to its rules, where they aren't `Policy.otherwise`."""
    return {
        "name": ("verified", "trusted", "most frequent", "newest"),
        "phone": ("verified", "most frequent", "newest", "trusted"),
        "email": ("verified", "most frequent", "newest", "trusted"),
        "gender": ("verified", "trusted", "most frequent", "newest"),
        "birthday": ("verified", "trusted", "most frequent", "newest"),
        "source_channel": ("earliest",),
        "created_at": ("earliest",),
        "updated_at": ("newest",),
    }


def _strengths() -> dict[str, Strength]:
    return {
        name: type_.strength
        for name, type_ in IDENTIFIERS.items()
        if type_.strength is not Strength.STRONG
    }


@dataclass(frozen=True)
class Policy:
    """Limits, trusts and rules of one firm's unification.

    Attributes:
        edition: The firm's own count of its policy; another one reads everything anew.
        region: Whose phone numbers carry no country code, and in what order days are written.
        blocked: (identifier type, normalised value) that prove nothing.
        max_names: More different full names on one phone or e-mail, and it proves nothing.
        max_names_strong: The same for a platform id, whose holders we trust further.
        max_holders: More records on one phone or e-mail, and it proves nothing.
        max_delivered: More records of one source's delivery on one value it hadn't before,
            and the value isn't believed on them.
        review_pairs: The most pairs one value may put before a human.
        one_per_profile: Types of which a person has at most one (in each scope).
        strengths: How much each type proves; a type not named here is strong.
        read_as: How each type is read; a type not named here letter by letter.
        trust: Source to trust, over what the source's mapping says; more is better.
        survivorship: Attribute to its rules, the first that tells decides.
        otherwise: The rules of every other attribute.
        max_moved_percent: More of the known records moved in one run, and it stops.
        max_growth: The largest profile this many times as large in one run, and it stops.
        model_hash: Names the frozen matching model; "" where there is none.
    """

    version: int = VERSION
    edition: int = 1
    region: str = "CN"
    blocked: frozenset[tuple[str, str]] = frozenset()
    max_names: int = 5
    max_names_strong: int = 10
    max_holders: int = 60
    max_delivered: int = 1_000
    review_pairs: int = 20
    one_per_profile: frozenset[str] = PLATFORM_IDS
    strengths: Mapping[str, Strength] = field(default_factory=_strengths)
    read_as: Mapping[str, ReadAs] = field(default_factory=lambda: dict(READ_AS))
    trust: Mapping[str, int] = field(default_factory=dict)
    survivorship: Mapping[str, tuple[str, ...]] = field(default_factory=default_survivorship)
    otherwise: tuple[str, ...] = ("verified", "trusted", "newest", "most frequent")
    max_moved_percent: int = 5
    max_growth: int = 2
    model_hash: str = ""

    @property
    def hash(self) -> str:
        """The same for policies that make the same profiles, on every machine and in every run."""
        plain = {name: _sorted(value) for name, value in asdict(self).items() if name not in GUARDS}
        text = json.dumps(plain, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def blocking(self, type: str, value: str) -> "Policy":
        """The same policy with one more normalised value that proves nothing."""
        return replace(self, blocked=self.blocked | {(type, value)})

    def declaring(self, types: Mapping[str, IdentifierType]) -> "Policy":
        """The same policy with a firm's own types of identifiers, or other words on known ones."""
        if not types:
            return self
        strengths, read_as = dict(self.strengths), dict(self.read_as)
        for name, type_ in types.items():
            strengths[name] = type_.strength
            read_as[name] = type_.read_as
        one = {name for name, type_ in types.items() if type_.one_per_profile}
        others = self.one_per_profile - types.keys()
        return replace(
            self, strengths=strengths, read_as=read_as, one_per_profile=frozenset(others | one)
        )


def _sorted(value: Any) -> Any:
    return sorted(map(list, value)) if isinstance(value, frozenset) else value
