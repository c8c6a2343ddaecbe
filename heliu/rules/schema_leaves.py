"""Conditions without parts, as JSON Schema: one for each first word."""

from heliu.rules.conditions import Verdict
from heliu.rules.events import ANSWERS, MOMENT_TESTS, RANK_KEYS, RANK_OF_KEYS, RANKED
from heliu.rules.fields import FIELD_KEYS
from heliu.rules.parse import LEAVES
from heliu.rules.schema_shapes import (
    BOOLEAN,
    COMPARISON,
    DATE,
    DURATION,
    EVENT,
    EVENTS,
    PAIR,
    PERCENT,
    SCALAR,
    SCALARS,
    TEXT,
    WHOLE,
    WINDOW,
    Schema,
    any_of,
    list_of,
    mapping,
    needs_one,
    not_both,
    said,
    some,
)
from heliu.rules.schema_words import ABOUT
from heliu.rules.sequences import MOST_STEPS, STEP_KEYS
from heliu.rules.vocabulary import STANDARD_FIELDS, TOPICS

STEP: Schema = {"$ref": "#/$defs/step"}
WHERE: Schema = {"$ref": "#/$defs/where"}
ONE_WINDOW = not_both("within", "between")
SHAPES: dict[str, Schema] = {  # of keys of conditions on events, whatever the condition
    **dict.fromkeys(("did", "last", "first", "after_last", "of"), EVENTS),
    **dict.fromkeys(ANSWERS, TEXT),
    "count": COMPARISON,
    "is": COMPARISON,
    "where": WHERE,
    "within": WINDOW,
    "between": PAIR,
    "older_than": DURATION,
    "sequence": {"type": "array", "items": STEP, "minItems": 2, "maxItems": MOST_STEPS},
    "then_not": STEP,
    "top": PERCENT,
    "bottom": PERCENT,
    "tag": TEXT,
    "segment": TEXT,
    "consent": {"enum": list(TOPICS)},
    "on": TEXT,
}
OWN: dict[str, dict[str, Schema]] = {  # where a word has keys of another form
    "field": {
        "field": any_of({"enum": list(STANDARD_FIELDS)}, TEXT),
        "is": SCALAR,
        "in": SCALARS,
        "gt": WHOLE,
        "lt": WHOLE,
        "between": any_of(list_of(WHOLE, 2), list_of(DATE, 2), PAIR),
        "before": any_of(DATE, DURATION),
        "after": any_of(DATE, DURATION),
        "in_next": DURATION,
        "in_last": DURATION,
        "anniversary_within": DURATION,
        "exists": BOOLEAN,
    },
    "consent": {"is": {"enum": [verdict.value for verdict in Verdict]}},
}


def leaf(head: str) -> Schema:
    """The schema of a condition without parts, by its first word."""
    keys = (head, *LEAVES[head])
    needed = (head, "on") if head == "consent" else (head,)
    return mapping({key: _key(head, key) for key in keys}, needed) | _joint(head)


def _key(head: str, key: str) -> Schema:
    """What stands under one key of a condition, with words about it."""
    if (head, key) == ("rank", "rank"):
        return said(_ranked(), ABOUT[key])
    shape = OWN.get(head, {}).get(key) or SHAPES[key]
    return said(shape, ABOUT.get(f"{head} {key}") or ABOUT[key])


def _joint(head: str) -> Schema:
    """What the keys of a condition have to do with each other."""
    match head:
        case "field":
            return needs_one(FIELD_KEYS)
        case "did":
            return {"allOf": [ONE_WINDOW, *_one_answer()]}
        case "last" | "first":
            return needs_one(MOMENT_TESTS)
        case "sequence":
            return {"allOf": [ONE_WINDOW]}
    return needs_one(RANK_KEYS) if head == "rank" else {}


def _one_answer() -> list[Schema]:
    """One thing is asked, and `is` goes with all but `count`."""
    asked = (*ANSWERS, "count")
    pairs = [(a, b) for n, a in enumerate(asked) for b in asked[n + 1 :]]
    return [
        *(not_both(*pair) for pair in pairs),
        {"dependentRequired": {answer: ["is"] for answer in ANSWERS}},
        {"dependentSchemas": {"is": {"anyOf": [{"required": [answer]} for answer in ANSWERS]}}},
    ]


def _ranked() -> Schema:
    """By what people are ranked: a property of an event, or the event itself."""
    own = {"count": EVENTS}
    keys = {key: said(own.get(key) or SHAPES[key], ABOUT[key]) for key in RANK_OF_KEYS}
    of = {"dependentRequired": {answer: ["of"] for answer in ANSWERS}}
    without = [not_both(key, "of") for key in RANKED if key not in ANSWERS]
    return mapping(keys) | needs_one(RANKED) | {"allOf": [ONE_WINDOW, of, *without]}


PARTS: dict[str, Schema] = {  # what conditions share
    "events": any_of(EVENT, some(EVENT)),
    "step": any_of(EVENTS, mapping({key: _key("did", key) for key in STEP_KEYS}, ("did",))),
    "where": {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": any_of(SCALAR, SCALARS),
        "description": ABOUT["where"],
    },
}
