"""Identifier types a firm declares in `sources.yaml`, beside the standard ones.

```yaml
identifiers:
  loyalty_number: { strength: strong, one_per_profile: true }
  membership_card: { strength: medium, read_as: document }
```
"""

from collections.abc import Collection, Iterable, Mapping

from heliu.documents import Problems, Value, expect_keys
from heliu.errors import did_you_mean
from heliu.rules.identifiers import IDENTIFIERS, IdentifierType, ReadAs
from heliu.sources.spec import SourceSpec
from models import Strength

KEYS = ("strength", "one_per_profile", "read_as")
STRENGTHS = (Strength.STRONG, Strength.MEDIUM, Strength.WEAK)
READINGS = (ReadAs.ID, ReadAs.DOCUMENT, ReadAs.PHONE, ReadAs.EMAIL, ReadAs.ADDRESS)
# Made by unifying itself.
RESERVED = ("decision", "name_birthday", "block")


def declared_identifiers(value: Value | None, problems: Problems) -> dict[str, IdentifierType]:
    """The types under `identifiers:` of sources.yaml; what they don't say is as by default.

    A standard type may be declared too, to say something else of it.
    """
    if value is None:
        return {}
    if not value.is_mapping:
        problems.add(value.place, "identifiers must be a mapping of types to what they are")
        return {}
    found = {}
    for name, one in value.items():
        if not name.isidentifier() or name in RESERVED:
            problems.add(
                value.keys[name],
                f"{name!r} can't be an identifier's name",
                "Use letters, digits and _.",
            )
        elif one.data is None:
            found[name] = IDENTIFIERS.get(name, IdentifierType())
        elif expect_keys(one, problems, f"identifier {name!r}", KEYS):
            found[name] = _type(one, IDENTIFIERS.get(name, IdentifierType()), problems)
    return found


def _type(value: Value, default: IdentifierType, problems: Problems) -> IdentifierType:
    one = value.get("one_per_profile")
    if one is not None and not isinstance(one.data, bool):
        problems.add(one.place, "one_per_profile is true or false")
    return IdentifierType(
        Strength(_choice(value, "strength", STRENGTHS, default.strength, problems)),
        default.one_per_profile if one is None else one.data is True,
        ReadAs(_choice(value, "read_as", READINGS, default.read_as, problems)),
    )


def _choice(
    value: Value, key: str, known: Collection[str], default: str, problems: Problems
) -> str:
    found = value.get(key)
    if found is None:
        return default
    if found.data not in known:
        problems.add(
            found.place,
            f"{key} is {' or '.join(known)}{did_you_mean(str(found.data), map(str, known))}",
        )
        return default
    return str(found.data)


def unknown_identifier(
    name: str, place: Value, types: Mapping[str, IdentifierType], problems: Problems
) -> None:
    """Say that a source maps a type nobody declared."""
    problems.add(
        place.keys[name],
        f"unknown identifier {name!r}{did_you_mean(name, types)}",
        f"Known identifiers: {', '.join(types)}. "
        "Declare another under 'identifiers' at the top of the file.",
    )


def types_of(sources: Iterable[SourceSpec]) -> dict[str, IdentifierType]:
    """Every type the sources carry, by name."""
    return {one.type: one.kind for source in sources for one in source.identifiers}
