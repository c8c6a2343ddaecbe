"""Reading `field` conditions: which checks fit which type."""

from heliu.documents import Problems, Value
from heliu.rules.conditions import (
    Anniversary,
    Between,
    Compare,
    Exists,
    FieldCheck,
    FieldTest,
    Near,
)
from heliu.rules.lookup import read_one_of
from heliu.rules.scalars import (
    read_days,
    read_duration,
    read_edge,
    read_number,
    read_pair,
)
from heliu.rules.vocabulary import FieldType, Word
from heliu.rules.windows import DAY, Ago, Day, Edge

FIELD_KEYS = (
    "is", "in", "gt", "lt", "between", "before", "after",
    "in_next", "in_last", "anniversary_within", "exists",
)  # fmt: skip

CHECKS = {
    FieldType.TEXT: ("is", "in", "exists"),
    FieldType.NUMBER: ("is", "in", "gt", "lt", "between", "exists"),
    FieldType.TIME: ("before", "after", "between", "in_next", "in_last", "exists"),
    FieldType.DATE: (
        "is", "in", "before", "after", "between",
        "in_next", "in_last", "anniversary_within", "exists",
    ),
}  # fmt: skip


def read_field(value: Value, word: Word, problems: Problems) -> FieldTest | None:
    """The one check of a `field` condition."""
    keys = [key for key in FIELD_KEYS if key in value.data]
    fitting = f"A {word.type.value} takes one of {', '.join(CHECKS[word.type])}."
    if len(keys) != 1:
        problems.add(value.place, f"`field` needs exactly one check, not {len(keys)}", fitting)
        return None
    if keys[0] not in CHECKS[word.type]:
        says = f"{word.name!r} holds {word.type.value}, which has no `{keys[0]}`"
        problems.add(value.keys[keys[0]], says, fitting)
        return None
    check = _read_check(keys[0], value.data[keys[0]], word, problems)
    return None if check is None else FieldTest(word, check)


def _read_check(  # noqa: PLR0911 - one for each check
    key: str, given: Value, word: Word, problems: Problems
) -> FieldCheck | None:
    match key:
        case "is" | "in":
            return _read_values(key, given, word, problems)
        case "gt" | "lt":
            number = read_number(given, problems)
            return None if number is None else Compare(">" if key == "gt" else "<", number)
        case "exists":
            if isinstance(given.data, bool):
                return Exists(given.data)
            problems.add(given.place, "`exists` is true or false")
            return None
        case "between":
            return _read_between(given, word, problems)
        case "anniversary_within":
            days = read_days(given, problems, most=365)
            return None if days is None else Anniversary(days)
        case "before" | "after":
            edge = read_edge(given, problems, word.type is FieldType.DATE)
            if edge is None:
                return None
            return Between(before=edge) if key == "before" else Between(after=edge)
    seconds = _read_length(given, word, problems)
    return None if seconds is None else Near(seconds, ahead=key == "in_next")


def _read_values(key: str, given: Value, word: Word, problems: Problems) -> FieldCheck | None:
    if (key == "in") != given.is_list:
        says = "`in` needs a list, like [a, b]" if key == "in" else "`is` needs one value; use `in`"
        problems.add(given.place, says)
        return None
    return read_one_of(word, given, problems)


def _read_length(given: Value, word: Word, problems: Problems) -> int | None:
    if word.type is FieldType.TIME:
        return read_duration(given, problems)
    days = read_days(given, problems)
    return None if days is None else days * DAY


def _read_between(given: Value, word: Word, problems: Problems) -> FieldCheck | None:
    like = "[10, 20]" if word.type is FieldType.NUMBER else "[2025-01-01, 2025-12-31] or [90d, 30d]"
    pair = read_pair(given, problems, like)
    if pair is None:
        return None
    if word.type is FieldType.NUMBER:
        low, high = (read_number(end, problems) for end in pair)
        if low is None or high is None:
            return None
        return _ordered(Compare("between", low, high), low <= high, given, problems)
    days = word.type is FieldType.DATE
    first, last = (read_edge(end, problems, days) for end in pair)
    if first is None or last is None:
        return None
    if type(first) is not type(last):
        problems.add(given.place, "between two dates or two durations, not one of each")
        return None
    return _ordered(
        Between(first, last, inclusive=True), _comes_first(first, last), given, problems
    )


def _comes_first(first: Edge, last: Edge) -> bool:
    if isinstance(first, Ago) and isinstance(last, Ago):
        return first.seconds > last.seconds
    return isinstance(first, Day) and isinstance(last, Day) and first.on <= last.on


def _ordered(
    check: FieldCheck, in_order: bool, given: Value, problems: Problems
) -> FieldCheck | None:
    if in_order:
        return check
    problems.add(given.place, "nothing lies between: the earlier or smaller end comes first")
    return None
