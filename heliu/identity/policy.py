"""What unification takes for true: one frozen value, with a hash that names it."""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from heliu.documents import Problems, Value, expect_keys, load_yaml
from heliu.errors import did_you_mean
from heliu.identity.email import normalise_email
from heliu.identity.ids import normalise_id
from heliu.identity.phone import normalise_phone
from heliu.identity.text import words
from heliu.rules.vocabulary import STANDARD_FIELDS
from models import Strength

# Raise it whenever normalising or resolving the same input may come out differently.
VERSION = 1

RULES = ("trusted", "newest", "earliest", "most frequent")

# Whose account it is, the platform vouches for; one person has one of each (and scope).
PLATFORM_IDS = words("unionid openid external_userid douyin_openid weibo_uid id_number")


def _survivorship() -> dict[str, tuple[str, ...]]:
    return {
        "name": ("trusted", "most frequent", "newest"),
        "phone": ("most frequent", "newest", "trusted"),
        "email": ("most frequent", "newest", "trusted"),
        "gender": ("trusted", "most frequent", "newest"),
        "birthday": ("trusted", "most frequent", "newest"),
        "source_channel": ("earliest",),
        "created_at": ("earliest",),
        "updated_at": ("newest",),
    }


@dataclass(frozen=True)
class Policy:
    """Limits, trusts and rules of one firm's unification.

    Attributes:
        region: Whose phone numbers carry no country code.
        blocked: (identifier type, normalised value) that prove nothing.
        max_names: More different full names on one phone or e-mail, and it proves nothing.
        max_names_strong: The same for a platform id, whose holders we trust further.
        max_holders: More records on one phone or e-mail, and it proves nothing.
        review_pairs: The most pairs one value may put before a human.
        one_per_profile: Types of which a person has at most one (in each scope).
        strengths: How much each type proves; a type not named here is strong.
        trust: Source to trust, over what the source's mapping says; more is better.
        survivorship: Attribute to its rules, the first that tells decides.
        otherwise: The rules of every other attribute.
    """

    version: int = VERSION
    region: str = "CN"
    blocked: frozenset[tuple[str, str]] = frozenset()
    max_names: int = 5
    max_names_strong: int = 10
    max_holders: int = 60
    review_pairs: int = 20
    one_per_profile: frozenset[str] = PLATFORM_IDS
    strengths: Mapping[str, Strength] = field(
        default_factory=lambda: {"phone": Strength.MEDIUM, "email": Strength.MEDIUM}
    )
    trust: Mapping[str, int] = field(default_factory=dict)
    survivorship: Mapping[str, tuple[str, ...]] = field(default_factory=_survivorship)
    otherwise: tuple[str, ...] = ("trusted", "newest", "most frequent")

    @property
    def hash(self) -> str:
        """The same for equal policies, on every machine and in every run."""
        plain = {name: _sorted(value) for name, value in asdict(self).items()}
        text = json.dumps(plain, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def blocking(self, type: str, value: str) -> "Policy":
        """The same policy with one more normalised value that proves nothing."""
        return replace(self, blocked=self.blocked | {(type, value)})


def _sorted(value: Any) -> Any:
    return sorted(map(list, value)) if isinstance(value, frozenset) else value


def load_policy(
    path: Path | None, problems: Problems, fields: Collection[str] = tuple(STANDARD_FIELDS)
) -> Policy:
    """The default policy, with what a firm's policy.yaml says otherwise.

    ```yaml
    region: CN
    blocked: { phone: ["13912345678"], email: [sales@ourfirm.cn] }
    limits: { names: 5, holders: 60 }
    one_per_profile: [unionid, openid, external_userid]
    trust: { crm: 90 }
    survivorship: { city: [newest, trusted] }
    ```

    Everything wrong is added to `problems`, and the default stands in for it.

    Args:
        path: The file; None for the default.
        problems: What is wrong goes here.
        fields: The fields rules may be given for: standard and declared ones.
    """
    if path is None or (value := load_yaml(path, problems)) is None:
        return Policy()
    changes: dict[str, Any] = {}
    if expect_keys(value, problems, "a policy", [*READERS, "survivorship"]):
        for key, read in READERS.items():
            if (part := value.get(key)) is not None:
                changes |= read(part, problems)
        if (rules := value.get("survivorship")) is not None:
            changes |= _rules(rules, problems, fields)
    return replace(Policy(), **changes)


def _region(value: Value, problems: Problems) -> dict[str, Any]:
    text = value.data
    if not (isinstance(text, str) and len(text) == 2 and text.isalpha() and text.isupper()):
        problems.add(value.place, "region must be a country's two letters", "Write region: CN.")
        return {}
    return {"region": text}


def _blocked(value: Value, problems: Problems) -> dict[str, Any]:
    found: set[tuple[str, str]] = set()
    for type_, values in _entries(value, problems, "blocked"):
        for item in _texts(values, problems, f"blocked {type_}"):
            normal = [value for value in _normal(type_, str(item.data)) if value]
            if not normal:
                problems.add(item.place, f"no {type_} can be read from this, so it is never used")
            found |= {(type_, one) for one in normal}
    return {"blocked": frozenset(found)}


def _normal(type_: str, text: str) -> list[str]:
    if type_ == "phone":
        return [found.value for found in normalise_phone(text)]
    if type_ == "email":
        return [found.value for found in normalise_email(text)]
    return [normalise_id(text).value]


def _limits(value: Value, problems: Problems) -> dict[str, Any]:
    names = {
        "names": "max_names",
        "names_strong": "max_names_strong",
        "holders": "max_holders",
        "review_pairs": "review_pairs",
    }
    if not expect_keys(value, problems, "limits", names):
        return {}
    return {names[key]: n for key, n in _numbers(value, problems, "limits") if key in names}


def _one_per_profile(value: Value, problems: Problems) -> dict[str, Any]:
    texts = _texts(value, problems, "one_per_profile")
    return {"one_per_profile": frozenset(str(item.data) for item in texts)}


def _trust(value: Value, problems: Problems) -> dict[str, Any]:
    return {"trust": dict(_numbers(value, problems, "trust"))}


def _rules(value: Value, problems: Problems, fields: Collection[str]) -> dict[str, Any]:
    rules = _survivorship()
    for attribute, listed in _entries(value, problems, "survivorship"):
        if attribute not in fields:
            problems.add(
                value.keys[attribute],
                f"unknown field {attribute!r}{did_you_mean(attribute, fields)}",
                f"Known fields: {', '.join(fields)}.",
            )
        chosen = _texts(listed, problems, f"survivorship of {attribute}")
        for item in chosen:
            if item.data not in RULES:
                hint = did_you_mean(str(item.data), RULES)
                problems.add(item.place, f"unknown rule{hint}", f"Known rules: {', '.join(RULES)}.")
        rules[attribute] = tuple(str(item.data) for item in chosen if item.data in RULES)
    return {"survivorship": rules}


def _entries(value: Value, problems: Problems, what: str) -> list[tuple[str, Value]]:
    if not value.is_mapping:
        problems.add(value.place, f"{what} must be a mapping")
        return []
    return list(value.items())


def _texts(value: Value, problems: Problems, what: str) -> list[Value]:
    if not value.is_list or any(item.is_list or item.is_mapping for item in value.data):
        problems.add(value.place, f"{what} must be a list of texts")
        return []
    return list(value.data)


def _numbers(value: Value, problems: Problems, what: str) -> list[tuple[str, int]]:
    found = []
    for key, number in _entries(value, problems, what):
        if isinstance(number.data, int) and not isinstance(number.data, bool) and number.data >= 0:
            found.append((key, number.data))
        else:
            problems.add(number.place, f"{what}: {key} must be a whole number, 0 or more")
    return found


READERS: dict[str, Callable[[Value, Problems], dict[str, Any]]] = {
    "region": _region,
    "blocked": _blocked,
    "limits": _limits,
    "one_per_profile": _one_per_profile,
    "trust": _trust,
}
