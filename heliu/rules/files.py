"""Rule files: one rule a file, named by it, a later folder over an earlier one."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from heliu.documents import Problems, Value, expect_keys, load_yaml
from heliu.errors import Place
from heliu.rules.conditions import Always, Condition, HandTest
from heliu.rules.examples import Example, ExampleReader
from heliu.rules.parse import Reader
from heliu.rules.scalars import read_duration, read_text

NAME = re.compile(r"\w+(\.\w+)*")
INSTEAD = ("manual", "sql")  # with one of these a rule needs no `when`


def rule_files(
    roots: Sequence[Path], kind: str, known: Sequence[str], problems: Problems
) -> dict[str, Value]:
    """The documents in force: `<root>/rules/<kind>s/*.yaml`, by the name each gives itself.

    A later root replaces a rule as a whole, or with `off: true` takes it away.
    A folder that isn't there holds no rules.

    Args:
        roots: Folders that may hold `rules/`, the defaults first.
        kind: tag or segment, which is also the key that names the rule.
        known: Keys such a file may have, beside its name and `off`.
        problems: Where everything wrong is noted.
    """
    found: dict[str, Value] = {}
    for path in _paths(roots, kind, problems):
        value = load_yaml(path, problems, shown_as=_shown(path))
        name = _name(value, kind, path, problems) if value else None
        if value is None or name is None:
            continue
        if "off" in value.data:
            _switch_off(value, name, kind, found, problems)
        elif _check_keys(value, kind, known, problems):
            found[name] = value
    return found


def _paths(roots: Sequence[Path], kind: str, problems: Problems) -> Iterator[Path]:
    for root in roots:
        folder = root / "rules" / f"{kind}s"
        for path in sorted(folder.glob("*.yml")):
            problems.add(Place(_shown(path)), "a rule file must end in .yaml")
        yield from sorted(folder.glob("*.yaml"))


def _shown(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _name(value: Value, kind: str, path: Path, problems: Problems) -> str | None:
    if not value.is_mapping or kind not in value.data:
        problems.add(value.place, f"a {kind} file begins with `{kind}: {path.stem}`")
        return None
    given = value.data[kind]
    name = read_text(given, problems)
    if name is None:
        return None
    if not NAME.fullmatch(name):
        problems.add(given.place, f"{name!r} is no name of words joined by dots, like value.high")
        return None
    if name != path.stem:
        problems.add(given.place, f"{name!r} is the name, but the file is called {path.name!r}")
        return None
    return name


def _switch_off(
    value: Value, name: str, kind: str, found: dict[str, Value], problems: Problems
) -> None:
    if not expect_keys(value, problems, f"a {kind} switched off", (kind, "off")):
        return
    if value.data["off"].data is not True:
        problems.add(value.data["off"].place, "`off` is true, or not there")
    elif found.pop(name, None) is None:
        problems.add(value.place, f"there is no {kind} {name!r} to switch off")


def _check_keys(value: Value, kind: str, known: Sequence[str], problems: Problems) -> bool:
    needed = [] if any(word in value.data and word in known for word in INSTEAD) else ["when"]
    return expect_keys(value, problems, f"a {kind}", (kind, *known), (kind, "title", *needed))


def read_condition(value: Value, reader: Reader) -> Condition | None:
    """The `when` of a rule file, if it has one that can be read."""
    given = value.get("when")
    return reader.read(given) if given else None


def read_flag(value: Value, key: str, problems: Problems) -> bool:
    """A key that is `true`, or not there."""
    given = value.get(key)
    if given and given.data is not True:
        problems.add(given.place, f"`{key}` is true, or not there")
    return given is not None


def read_span(value: Value, key: str, problems: Problems) -> int | None:
    """Seconds of a key that is a duration, None where it isn't there."""
    given = value.get(key)
    return read_duration(given, problems) if given else None


def read_words(value: Value, keys: Sequence[str], problems: Problems) -> Mapping[str, str | None]:
    """Texts of a rule file by key, None where it has none."""
    given = {key: value.get(key) for key in keys}
    return {key: read_text(text, problems) if text else None for key, text in given.items()}


def read_examples(value: Value, reader: ExampleReader) -> tuple[Example, ...]:
    """The examples of a rule file, if it has any."""
    given = value.get("examples")
    return reader.read(given) if given else ()


def expect_examples(
    value: Value, condition: Condition, examples: Sequence[Example], problems: Problems
) -> None:
    """A rule shows at least one person it holds for and one it doesn't.

    `always` needn't, nor what only hands set.
    """
    if isinstance(condition, Always | HandTest):
        return
    if {example.holds for example in examples} != {True, False}:
        says = "needs at least one example that holds and one that doesn't"
        problems.add(value.place, says, "See docs/adding-a-tag.md.")
