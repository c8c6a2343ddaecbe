"""YAML read with the place of every value, so that an error can point at it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from heliu.errors import ConfigError, Place, Problem, did_you_mean


class Loader(yaml.SafeLoader):
    """YAML in which only true and false are truth values: a column may be called `no` or `on`."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)


@dataclass
class Problems:
    """Collects everything wrong in all files, to be raised at once."""

    found: list[Problem] = field(default_factory=list)

    def add(self, place: Place, says: str, remedy: str = "") -> None:
        """Note one problem and go on."""
        self.found.append(Problem(place, says, remedy))

    def raise_if_any(self) -> None:
        """Raise ConfigError with all of them."""
        if self.found:
            raise ConfigError(self.found)


@dataclass(frozen=True)
class Value:
    """A YAML value and where it stands: scalar, list of Values or dict of text to Value."""

    place: Place
    data: Any
    keys: dict[str, Place] = field(default_factory=dict, compare=False)  # of a mapping

    @property
    def is_mapping(self) -> bool:
        """Whether it has keys."""
        return isinstance(self.data, dict)

    @property
    def is_list(self) -> bool:
        """Whether it has items."""
        return isinstance(self.data, list)

    def plain(self) -> Any:
        """The same as plain Python: dict, list, scalar."""
        if self.is_mapping:
            return {key: value.plain() for key, value in self.data.items()}
        if self.is_list:
            return [value.plain() for value in self.data]
        return self.data

    def items(self) -> Iterator[tuple[str, "Value"]]:
        """Entries of a mapping, in file order."""
        yield from self.data.items()

    def get(self, key: str) -> "Value | None":
        """The value under a key, or None."""
        found: Value | None = self.data.get(key) if self.is_mapping else None
        return found


def load_yaml(path: Path, problems: Problems, shown_as: str | None = None) -> Value | None:
    """Read one YAML file with places; None (and a problem) where it can't be read.

    Scalars follow YAML 1.1 as PyYAML's safe loader reads them, dates included, but `yes`,
    `no`, `on` and `off` are plain text.
    Duplicate keys are problems.
    """
    name = shown_as or str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        problems.add(Place(name), "there is no such file")
        return None
    except (OSError, UnicodeDecodeError) as error:
        problems.add(
            Place(name), f"can't be read: {type(error).__name__}", "Save it as UTF-8 text."
        )
        return None
    return parse_yaml(text, name, problems)


def parse_yaml(text: str, name: str, problems: Problems) -> Value | None:
    """Read YAML text; `name` is what errors call the file."""
    loader = Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            problems.add(Place(name, 1, 1), "the file is empty")
            return None
        return _value(loader, node, name, problems)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(name, mark.line + 1, mark.column + 1) if mark else Place(name)
        problems.add(place, f"not YAML: {error.problem or error.context}")
        return None
    except (yaml.YAMLError, ValueError) as error:
        problems.add(Place(name), f"not YAML: {error}")
        return None
    finally:
        loader.dispose()


def _value(loader: yaml.SafeLoader, node: yaml.Node, name: str, problems: Problems) -> Value:
    place = Place(name, node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.MappingNode):
        data: dict[str, Value] = {}
        keys: dict[str, Place] = {}
        for key_node, value_node in node.value:
            key_place = Place(name, key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            key = str(key_node.value)
            if key in data:
                problems.add(key_place, f"{key!r} is said twice")
            data[key] = _value(loader, value_node, name, problems)
            keys[key] = key_place
        return Value(place, data, keys)
    if isinstance(node, yaml.SequenceNode):
        return Value(place, [_value(loader, item, name, problems) for item in node.value])
    return Value(place, loader.construct_object(node, deep=True))


def expect_keys(
    value: Value,
    problems: Problems,
    what: str,
    known: Iterable[str],
    required: Iterable[str] = (),
) -> bool:
    """Check that a mapping has the keys it must and none that nobody knows."""
    known = list(known)
    if not value.is_mapping:
        problems.add(value.place, f"{what} must be a mapping of {', '.join(known)}")
        return False
    for key in value.data:
        if key not in known:
            problems.add(
                value.keys[key],
                f"unknown key {key!r} of {what}{did_you_mean(key, known)}",
                f"Known keys: {', '.join(known)}.",
            )
    missing = [key for key in required if key not in value.data]
    if missing:
        problems.add(value.place, f"{what} lacks {', '.join(repr(key) for key in missing)}")
    return not missing
