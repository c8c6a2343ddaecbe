"""Finding the words of a rule among those the firm has, and saying what was meant."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from heliu.documents import Problems, Value
from heliu.errors import did_you_mean
from heliu.rules.asks import OneOf, ValueTest
from heliu.rules.scalars import read_compare, read_number, read_text
from heliu.rules.vocabulary import REACHED, SIGNS, FieldType, Vocabulary, Word

PLURALS = {
    "aggregate": "aggregates",
    "channel": "channels",
    "column": "columns",
    "event": "events",
    "field": "fields",
    "product category": "product categories",
    "product title": "product titles",
    "property": "properties",
    "property of a message": "properties of a message",
    "segment": "segments",
    "table": "tables",
    "tag": "tags",
    "topic": "topics",
    "word on consent": "words on consent",
}


def unknown(value: Value, what: str, known: Iterable[str], problems: Problems) -> None:
    """Note that a word of this kind is not known, with the nearest and all that are."""
    name, words = str(value.plain()), sorted(known)
    says = f"unknown {what} {name!r}{did_you_mean(name, words)}"
    problems.add(value.place, says, f"Known {PLURALS[what]}: {', '.join(words) or 'none'}.")


def find_word(
    value: Value, known: Mapping[str, Word], what: str, problems: Problems
) -> Word | None:
    """A field or property by its name."""
    if isinstance(value.data, str) and value.data in known:
        return known[value.data]
    unknown(value, what, known, problems)
    return None


def find_event(value: Value, vocabulary: Vocabulary, problems: Problems) -> tuple[str, ...] | None:
    """The types a name stands for, none of them for `any`; None where it is unknown."""
    if value.data == "any":
        return ()
    if value.data == REACHED:
        return tuple(sorted(SIGNS))
    if isinstance(value.data, str) and value.data in vocabulary.every_event:
        return (value.data,)
    unknown(value, "event", ["any", *vocabulary.every_event], problems)
    return None


def find_one(value: Value, what: str, known: Iterable[str], problems: Problems) -> str | None:
    """One of a few words."""
    if isinstance(value.data, str) and value.data in known:
        return value.data
    unknown(value, what, known, problems)
    return None


def find_tags(value: Value, known: Iterable[str], problems: Problems) -> tuple[str, ...]:
    """The tag of that name, or for `interest.*` all that begin so; none where unknown."""
    names = sorted(known)
    if isinstance(value.data, str) and value.data.endswith(".*"):
        found = tuple(name for name in names if name.startswith(value.data[:-1]))
    else:
        found = tuple(name for name in names if name == value.data)
    if not found:
        unknown(value, "tag", names, problems)
    return found


def read_one_of(word: Word, value: Value, problems: Problems) -> OneOf | None:
    """One value or a list of them, each of the word's type."""
    items = value.data if value.is_list else [value]
    if not items:
        problems.add(value.place, "an empty list: nothing is one of it")
        return None
    if word.type is FieldType.TIME:
        problems.add(value.place, f"{word.name!r} holds a time; ask with before, after or within")
        return None
    if word.type is FieldType.NUMBER:
        numbers = [read_number(item, problems) for item in items]
        kept = tuple(number for number in numbers if number is not None)
        return OneOf(kept) if len(kept) == len(items) else None
    one = _date_text if word.type is FieldType.DATE else read_text
    texts = [one(item, problems) for item in items]
    words = tuple(text for text in texts if text is not None)
    return OneOf(words) if len(words) == len(items) else None


def _date_text(value: Value, problems: Problems) -> str | None:
    if isinstance(value.data, date) and not isinstance(value.data, datetime):
        return value.data.isoformat()
    problems.add(value.place, "must be a date like 2026-01-31, unquoted")
    return None


def read_value_test(word: Word, value: Value, problems: Problems) -> ValueTest | None:
    """What a property must be: a value, a list of them, or a comparison of numbers."""
    if word.type is FieldType.NUMBER and not value.is_list:
        return read_compare(value, problems)
    return read_one_of(word, value, problems)
