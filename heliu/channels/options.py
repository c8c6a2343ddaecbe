"""A channel's options: a table of heliu.toml read into a dataclass, strictly."""

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar, get_type_hints

from heliu.errors import ConfigError, Place, Problem, did_you_mean

Options = TypeVar("Options")

TYPE_NAMES = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


def read_options(cls: type[Options], name: str, given: Mapping[str, Any]) -> Options:
    """Make the dataclass `cls` (fields of type str, int, float, bool) of a table.

    Raises:
        ConfigError: Every unknown key, missing key and wrong type at once.
    """
    place = Place(f"channels.{name}")
    types = get_type_hints(cls)
    fields = dataclasses.fields(cls)  # type: ignore[arg-type]
    problems = []
    for key, value in given.items():
        if key not in types:
            says = f"unknown option {key!r}{did_you_mean(key, types)}"
            problems.append(Problem(place, says, f"Known options: {', '.join(types)}."))
        elif not _fits(value, types[key]):
            problems.append(Problem(place, f"{key} must be {TYPE_NAMES[types[key]]}"))
    for field in fields:
        if field.default is dataclasses.MISSING and field.name not in given:
            problems.append(Problem(place, f"option {field.name!r} is missing"))
    if problems:
        raise ConfigError(problems)
    return cls(**given)


def _fits(value: object, wanted: type) -> bool:
    if wanted is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is wanted
