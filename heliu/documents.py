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

DEEPEST = 100  # values within each other
MOST_REPEATS = 10_000  # values that aliases stand for: a few lines can stand for billions
TOO_DEEP = f"more than {DEEPEST} values within each other"
COLLECTIONS = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
UNREADABLE = (ValueError, KeyError, AttributeError, IndexError, TypeError, OverflowError)
WRITTEN = {"int": "a number", "float": "a number", "timestamp": "a date", "bool": "true or false"}
UNWRITABLE = re.compile(
    "[\x00\ud800-\udfff]"
)  # NUL and halves of characters: no database keeps them


@dataclass
class Problems:
    """Collects everything wrong in all files, to be raised at once.

    Attributes:
        found: What is wrong: nothing of it may be used.
        warnings: What is sound but can hardly be meant; it stops nothing.
        unreadable: Places where there is no value to say more of.
    """

    found: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    unreadable: set[Place] = field(default_factory=set)

    def add(self, place: Place, says: str, remedy: str = "") -> None:
        """Note one problem and go on."""
        if place not in self.unreadable:
            self.found.append(Problem(place, says, remedy))

    def warn(self, place: Place, says: str, remedy: str = "") -> None:
        """Note something sound that can hardly be meant."""
        self.warnings.append(Problem(place, says, remedy))

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
        raw = path.read_bytes()
    except FileNotFoundError:
        problems.add(Place(name), "there is no such file")
        return None
    except OSError as error:
        problems.add(Place(name), f"can't be read: {type(error).__name__}")
        return None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        place = _place_in(raw[: error.start].decode("utf-8"), name)
        problems.add(place, "can't be read: this is not UTF-8", "Save it as UTF-8 text.")
        return None
    return parse_yaml(text, name, problems)


def parse_yaml(text: str, name: str, problems: Problems) -> Value | None:
    """Read YAML text; `name` is what errors call the file."""
    try:
        loader = Loader(text)
    except yaml.reader.ReaderError as error:
        place = _place_in(text[: error.position], name)
        says = f"not YAML: the character #x{error.character:04x} can't stand in it"
        problems.add(place, says)
        return None
    try:
        node = loader.get_single_node()
        if node is None:
            problems.add(Place(name, 1, 1), "the file is empty")
            return None
        return _Builder(loader, name, problems).value(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(name, mark.line + 1, mark.column + 1) if mark else Place(name, 1, 1)
        problems.add(place, f"not YAML: {error.problem or error.context}")
        return None
    except RecursionError:  # before the builder could see how deep it is
        problems.add(Place(name, 1, 1), TOO_DEEP)
        return None
    finally:
        loader.dispose()


def _place_in(before: str, name: str) -> Place:
    """Where a text goes on after what came before."""
    lines = before.splitlines() if before else [""]
    if before.endswith(("\n", "\r")):
        lines.append("")
    return Place(name, len(lines), len(lines[-1]) + 1)


@dataclass
class _Builder:
    """Turns nodes into values, each with its place; what can't be is a problem there."""

    loader: yaml.SafeLoader
    name: str
    problems: Problems
    above: list[yaml.Node] = field(default_factory=list)  # what the present one lies in
    built: set[int] = field(default_factory=set)
    repeats: int = 0

    def value(self, node: yaml.Node) -> Value:
        """A node and all within it."""
        place = self._place(node)
        if says := self._refusal(node):
            return self._unreadable(place, says)
        self.above.append(node)
        try:
            if isinstance(node, yaml.MappingNode):
                return self._mapping(node, place)
            if isinstance(node, yaml.SequenceNode):
                return Value(place, [self.value(item) for item in node.value])
            return self._scalar(node, place)
        finally:
            self.above.pop()

    def _unreadable(self, place: Place, says: str) -> Value:
        self.problems.add(place, says)
        self.problems.unreadable.add(place)
        return Value(place, None)

    def _place(self, node: yaml.Node) -> Place:
        return Place(self.name, node.start_mark.line + 1, node.start_mark.column + 1)

    def _refusal(self, node: yaml.Node) -> str:
        """Why a node can't be looked into: a file may repeat itself without end."""
        if any(node is outer for outer in self.above):
            return "an alias within what it stands for"
        if len(self.above) >= DEEPEST:
            return TOO_DEEP
        if not isinstance(node, yaml.ScalarNode) and node.tag not in COLLECTIONS:
            return f"unknown tag {node.tag!r}"
        self.repeats += id(node) in self.built
        self.built.add(id(node))
        if self.repeats > MOST_REPEATS:
            raise yaml.MarkedYAMLError(
                problem="aliases repeat too much", problem_mark=node.start_mark
            )
        return ""

    def _mapping(self, node: yaml.MappingNode, place: Place) -> Value:
        data: dict[str, Value] = {}
        keys: dict[str, Place] = {}
        for key_node, value_node in node.value:
            key_place = self._place(key_node)
            if not isinstance(key_node, yaml.ScalarNode) or UNWRITABLE.search(key_node.value):
                self.problems.add(key_place, "a key must be one word")
                continue
            key = str(key_node.value)
            if key in data:
                self.problems.add(key_place, f"{key!r} is said twice")
            data[key] = self.value(value_node)
            keys[key] = key_place
        return Value(place, data, keys)

    def _scalar(self, node: yaml.Node, place: Place) -> Value:
        try:
            found = self.loader.construct_object(node, deep=True)
        except yaml.constructor.ConstructorError as error:
            return self._unreadable(place, str(error.problem))
        except UNREADABLE:
            kind = node.tag.rpartition(":")[2]
            shown = node.value if len(node.value) <= 40 else f"{node.value[:40]}…"
            says = f"{shown!r} looks like {WRITTEN.get(kind, kind)} but is none"
            return self._unreadable(place, says)
        if isinstance(found, str) and UNWRITABLE.search(found):
            return self._unreadable(place, "holds a character that no text can have")
        return Value(place, found)


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
    unknown = [key for key in value.data if key not in known]
    for key in unknown:
        problems.add(
            value.keys[key],
            f"unknown key {key!r} of {what}{did_you_mean(key, known)}",
            f"Known keys: {', '.join(known)}.",
        )
    missing = [key for key in required if key not in value.data]
    unsaid = [key for key in missing if not did_you_mean(key, unknown)]  # a slip is one mistake
    if unsaid:
        problems.add(value.place, f"{what} lacks {', '.join(repr(key) for key in unsaid)}")
    return not missing
