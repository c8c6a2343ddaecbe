"""Rule files as JSON Schema (draft 2020-12), for editors: they complete and underline as you type.

The schema knows every key and every form of value. What only a firm's own files
say, its fields, events and tags, is left to `heliu check`, and so is whether a rule
makes sense: the schema accepts all that the parser does, and a little more.

See: https://json-schema.org/draft/2020-12
"""

import json

from heliu.rules.conditions import Aggregate
from heliu.rules.examples import EXAMPLE_KEYS
from heliu.rules.parse import HEADS, LEAVES, WIDEST
from heliu.rules.sayings import CONSENT_SAID_KEYS, HAND_SAID_KEYS, SAID
from heliu.rules.schema_leaves import PARTS, leaf
from heliu.rules.schema_shapes import (
    BOOLEAN,
    CONDITION,
    DURATION,
    MOMENT,
    SCALAR,
    TEXT,
    WHOLE,
    Schema,
    any_of,
    mapping,
    not_both,
    said,
)
from heliu.rules.schema_words import ABOUT
from heliu.rules.vocabulary import TOPICS

KEYS = {  # beside the name and `off`; a test holds them to the readers' own
    "tag": (
        "title", "group", "order", "says", "owner", "when", "sql", "manual", "local", "expires",
        "max_age", "examples",
    ),
    "segment": ("title", "says", "owner", "when", "examples"),
}  # fmt: skip
WAYS = {"tag": ("when", "sql", "manual"), "segment": ("when",)}  # to say who is meant
NAME: Schema = {"type": "string", "pattern": r"^[^\s.]+(?:\.[^\s.]+)*$"}
TRUE: Schema = {"const": True}
SHAPES: dict[str, Schema] = {
    **dict.fromkeys(("title", "group", "says", "owner", "sql"), TEXT),
    "order": WHOLE,
    "when": CONDITION,
    "expires": DURATION,
    "max_age": DURATION,
    "manual": TRUE,
    "local": TRUE,
    "examples": {"type": "array", "items": {"$ref": "#/$defs/example"}},
}
SAYINGS: dict[str, Schema] = {
    "consent": {"enum": list(TOPICS)},
    "on": TEXT,
    "is": {"enum": list(SAID)},
    "record": WHOLE,
    "holds": BOOLEAN,
    "at": MOMENT,
    "until": MOMENT,
}
EXAMPLE: dict[str, Schema] = {
    "given": {"type": "object", "additionalProperties": any_of(SCALAR, {"type": "array"})},
    "consents": {
        "type": "array",
        "items": mapping({key: SAYINGS[key] for key in CONSENT_SAID_KEYS}, ("consent", "on", "is")),
    },
    "hands": {
        "type": "array",
        "items": mapping({key: SAYINGS[key] for key in HAND_SAID_KEYS}, ("holds",)),
    },
    "sql": BOOLEAN,
    "tags": {"type": "array", "items": TEXT},
    "cuts": mapping({kind.value: any_of(WHOLE, MOMENT) for kind in Aggregate}),
    "as_of": MOMENT,
    "holds": BOOLEAN,
}


def schema_text(kind: str) -> str:
    """The schema of a tag's or segment's file, as JSON to be saved.

    Args:
        kind: tag or segment.
    """
    return json.dumps(schema_of(kind), indent=2, ensure_ascii=False) + "\n"


def schema_of(kind: str) -> Schema:
    """The schema of one kind of rule file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{kind}.schema.json",
        "title": f"Heliu: a {kind}",
        "description": "One file a rule, named after it. See docs/adding-a-tag.md.",
        "type": "object",
        "if": {"required": ["off"]},
        "then": mapping({kind: NAME, "off": said(TRUE, ABOUT["off"])}, (kind, "off")),
        "else": _rule(kind),
        "$defs": {**_conditions(kind), **PARTS, "example": _example()},
    }


def _rule(kind: str) -> Schema:
    keys = {key: said(SHAPES[key], ABOUT[key]) for key in KEYS[kind]}
    rule = mapping({kind: said(NAME, ABOUT[kind]), **keys}, (kind, "title"))
    return rule | {"anyOf": [{"required": [way]} for way in WAYS[kind]]} | not_both("when", "sql")


def _conditions(kind: str) -> dict[str, Schema]:
    """`always`, or a mapping whose first word says which; only segments read segments."""
    heads = [head for head in HEADS if head != "segment" or kind == "segment"]
    either: Schema = {
        "description": f"always, or a mapping that begins with one of: {', '.join(heads)}.",
        "anyOf": [{"const": "always"}, *({"$ref": f"#/$defs/{head}"} for head in heads)],
    }
    shapes = {head: leaf(head) if head in LEAVES else _group(head) for head in heads}
    return {"condition": either} | {head: said(shapes[head], ABOUT[head]) for head in heads}


def _group(head: str) -> Schema:
    parts: Schema = {"type": "array", "items": CONDITION, "minItems": 1, "maxItems": WIDEST}
    return mapping({head: CONDITION if head == "not" else parts}, (head,))


def _example() -> Schema:
    keys = {key: said(EXAMPLE[key], ABOUT[f"example {key}"]) for key in EXAMPLE_KEYS}
    return mapping(keys, ("given", "holds"))
