"""policy.yaml → Policy, with every mistake named at its place."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from heliu.documents import Problems, Value, expect_keys, load_yaml
from heliu.errors import did_you_mean
from heliu.identity.policy import AUDIT, RULES, Policy, default_survivorship
from heliu.identity.values.kinds import read_identifier
from heliu.rules.identifiers import IDENTIFIERS, IdentifierType, ReadAs
from heliu.rules.vocabulary import STANDARD_FIELDS

KEYS = (
    "version", "region", "blocked", "limits", "one_per_profile", "trust", "survivorship", "audit",
)  # fmt: skip
# Key in the file → attribute, and the least it may be.
LIMITS = {
    "names": ("max_names", 1),
    "names_strong": ("max_names_strong", 1),
    "holders": ("max_holders", 2),
    "delivered": ("max_delivered", 2),
    "review_pairs": ("review_pairs", 0),
}
OTHERWISE = "otherwise"  # under survivorship: the rules of all fields not named


@dataclass(frozen=True)
class Known:
    """What a policy may speak of, and where its mistakes go."""

    problems: Problems
    fields: Collection[str]
    types: Mapping[str, IdentifierType]
    sources: Collection[str] | None  # None: any


Changes = dict[str, Any]


def load_policy(
    path: Path | None,
    problems: Problems,
    fields: Collection[str] = tuple(STANDARD_FIELDS),
    declared: Mapping[str, IdentifierType] | None = None,
    sources: Collection[str] | None = None,
) -> Policy:
    """The default policy, with what a firm declares and its policy.yaml says otherwise.

    ```yaml
    version: 1
    region: CN
    blocked: { phone: ["13912345678"], email: [sales@ourfirm.cn] }
    limits: { names: 5, holders: 60 }
    one_per_profile: [unionid, openid, external_userid]
    trust: { crm: 90 }
    survivorship: { city: [newest, trusted] }
    audit: { moved_percent: 5, growth: 2 }
    ```

    Everything wrong is added to `problems`, and the default stands in for it.

    Args:
        path: The file; None for the default.
        problems: What is wrong goes here.
        fields: The fields rules may be given for: standard and declared ones.
        declared: Identifier types of sources.yaml beside the standard ones.
        sources: The sources trust may be given to; None for any.
    """
    policy = Policy().declaring(declared or {})
    if path is None or (value := load_yaml(path, problems)) is None:
        return policy
    if not expect_keys(value, problems, "a policy", KEYS):
        return policy
    known = Known(problems, fields, {**IDENTIFIERS, **(declared or {})}, sources)
    for key, read in READERS.items():  # the region before what is read by it
        if (part := value.get(key)) is not None:
            policy = replace(policy, **read(part, policy, known))
    return policy


def _version(value: Value, policy: Policy, known: Known) -> Changes:
    if not _is_number(value.data) or value.data < 1:
        known.problems.add(value.place, "version must be a whole number from 1")
        return {}
    return {"edition": value.data}


def _region(value: Value, policy: Policy, known: Known) -> Changes:
    text = value.data
    if not (isinstance(text, str) and len(text) == 2 and text.isalpha() and text.isupper()):
        known.problems.add(
            value.place, "region must be a country's two letters", "Write region: CN."
        )
        return {}
    return {"region": text}


def _blocked(value: Value, policy: Policy, known: Known) -> Changes:
    found: set[tuple[str, str]] = set()
    for type_, values in _entries(value, known, "blocked"):
        if not _is_type(type_, value, known):
            continue
        for item in _texts(values, known, f"blocked {type_}"):
            read_as = policy.read_as.get(type_, ReadAs.ID)
            read = read_identifier(read_as, str(item.data), policy.region)
            normal = [one.value for one in read if one.value]
            if not normal:
                known.problems.add(
                    item.place, f"no {type_} can be read from this, so it is never used"
                )
            found |= {(type_, one) for one in normal}
    return {"blocked": frozenset(found)}


def _limits(value: Value, policy: Policy, known: Known) -> Changes:
    if not expect_keys(value, known.problems, "limits", LIMITS):
        return {}
    changes = {}
    for key, number in _numbers(value, known, "limits"):
        attribute, least = LIMITS.get(key, ("", 0))
        if number < least:
            known.problems.add(value.data[key].place, f"limits: {key} must be {least} or more")
        elif attribute:
            changes[attribute] = number
    return changes


def _audit(value: Value, policy: Policy, known: Known) -> Changes:
    if not expect_keys(value, known.problems, "audit", AUDIT):
        return {}
    found = {key: n for key, n in _numbers(value, known, "audit") if key in AUDIT}
    if found.get("growth", 2) < 2:
        known.problems.add(
            value.keys["growth"], "audit: growth must be 2 or more", "Less would stop every run."
        )
        del found["growth"]
    return {AUDIT[key]: n for key, n in found.items()}


def _one_per_profile(value: Value, policy: Policy, known: Known) -> Changes:
    texts = _texts(value, known, "one_per_profile")
    for item in texts:
        if item.data not in known.types:
            _unknown_type(str(item.data), item, known)
    return {"one_per_profile": frozenset(str(item.data) for item in texts)}


def _trust(value: Value, policy: Policy, known: Known) -> Changes:
    trusts = dict(_numbers(value, known, "trust"))
    sources = trusts if known.sources is None else known.sources
    for source in trusts:
        if source not in sources:
            known.problems.add(
                value.keys[source],
                f"unknown source {source!r}{did_you_mean(source, sources)}",
                f"Known sources: {', '.join(sources)}.",
            )
    return {"trust": trusts}


def _survivorship(value: Value, policy: Policy, known: Known) -> Changes:
    rules = default_survivorship()
    for attribute, listed in _entries(value, known, "survivorship"):
        if attribute not in known.fields and attribute != OTHERWISE:
            known.problems.add(
                value.keys[attribute],
                f"unknown field {attribute!r}{did_you_mean(attribute, known.fields)}",
                f"Known fields: {', '.join(known.fields)}.",
            )
        chosen = _texts(listed, known, f"survivorship of {attribute}")
        for item in chosen:
            if item.data not in RULES:
                hint = did_you_mean(str(item.data), RULES)
                known.problems.add(
                    item.place, f"unknown rule{hint}", f"Known rules: {', '.join(RULES)}."
                )
        rules[attribute] = tuple(str(item.data) for item in chosen if item.data in RULES)
    otherwise = rules.pop(OTHERWISE, policy.otherwise)
    return {"survivorship": rules, "otherwise": otherwise}


def _is_type(name: str, value: Value, known: Known) -> bool:
    if name not in known.types:
        _unknown_type(name, value, known)
    return name in known.types


def _unknown_type(name: str, value: Value, known: Known) -> None:
    known.problems.add(
        value.keys.get(name, value.place),
        f"unknown identifier {name!r}{did_you_mean(name, known.types)}",
        f"Known identifiers: {', '.join(known.types)}.",
    )


def _entries(value: Value, known: Known, what: str) -> list[tuple[str, Value]]:
    if not value.is_mapping:
        known.problems.add(value.place, f"{what} must be a mapping")
        return []
    return list(value.items())


def _texts(value: Value, known: Known, what: str) -> list[Value]:
    if not value.is_list or any(item.is_list or item.is_mapping for item in value.data):
        known.problems.add(value.place, f"{what} must be a list of texts")
        return []
    return list(value.data)


def _numbers(value: Value, known: Known, what: str) -> list[tuple[str, int]]:
    found = []
    for key, number in _entries(value, known, what):
        if _is_number(number.data) and number.data >= 0:
            found.append((key, number.data))
        else:
            known.problems.add(number.place, f"{what}: {key} must be a whole number, 0 or more")
    return found


def _is_number(data: Any) -> bool:
    return isinstance(data, int) and not isinstance(data, bool)


READERS: dict[str, Callable[[Value, Policy, Known], Changes]] = {
    "version": _version,
    "region": _region,
    "blocked": _blocked,
    "limits": _limits,
    "one_per_profile": _one_per_profile,
    "trust": _trust,
    "survivorship": _survivorship,
    "audit": _audit,
}
