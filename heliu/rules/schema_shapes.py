"""Forms of values in rule files, as JSON Schema: texts, numbers, durations, windows, dates."""

from collections.abc import Mapping, Sequence
from typing import Any

from heliu.rules.scalars import BETWEEN, COMPARE, SHARE
from heliu.rules.vocabulary import MESSAGE_EVENTS, REACHED, STANDARD_EVENTS
from heliu.rules.windows import CALENDAR, UNITS

Schema = dict[str, Any]


def any_of(*schemas: Schema) -> Schema:
    """One of these."""
    return {"anyOf": list(schemas)}


def list_of(item: Schema, length: int) -> Schema:
    """A list of so many."""
    return {"type": "array", "items": item, "minItems": length, "maxItems": length}


def some(item: Schema) -> Schema:
    """A list of one at least."""
    return {"type": "array", "items": item, "minItems": 1}


def mapping(keys: Mapping[str, Schema], required: Sequence[str] = ()) -> Schema:
    """A mapping of these keys and no others."""
    found: Schema = {"type": "object", "properties": dict(keys), "additionalProperties": False}
    return found | ({"required": list(required)} if required else {})


def needs_one(keys: Sequence[str]) -> Schema:
    """Exactly one of these keys."""
    return {"oneOf": [{"required": [key]} for key in keys]}


def not_both(one: str, other: str) -> Schema:
    """At most one of two keys."""
    return {"not": {"required": [one, other]}}


def said(schema: Schema, about: str) -> Schema:
    """A schema with words for people, which an editor shows."""
    return {"description": about, **schema}


def written(*patterns: str) -> Schema:
    """A text that is wholly one of these regular expressions."""
    return {"type": "string", "pattern": f"^(?:{'|'.join(patterns)})$"}


CONDITION: Schema = {"$ref": "#/$defs/condition"}
BOOLEAN: Schema = {"type": "boolean"}
WHOLE: Schema = {"type": "integer"}
TEXT: Schema = {"type": "string", "minLength": 1}
SCALAR = any_of(TEXT, WHOLE)
SCALARS = some(SCALAR)
COMPARISON = any_of(WHOLE, written(rf"\s*(?:{COMPARE.pattern}|{BETWEEN.pattern})\s*"))
PERCENT = written(rf"\s*{SHARE.pattern}\s*")
DURATION = written(rf"0*[1-9]\d*[{''.join(UNITS)}]")
WINDOW = any_of(DURATION, {"enum": list(CALENDAR)})
PAIR = list_of(DURATION, 2)
DATE = written(r"\d{4}-\d{2}-\d{2}")
MOMENT = {"type": "string", "pattern": r"^\d{4}-\d{1,2}-\d{1,2}(?:$|[Tt\s])"}
EVENT = any_of({"enum": ["any", *STANDARD_EVENTS, *MESSAGE_EVENTS, REACHED]}, TEXT)
EVENTS: Schema = {"$ref": "#/$defs/events"}
