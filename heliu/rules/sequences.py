"""Reading sequences: one event, later another, and so on, and then not one."""

from typing import NamedTuple

from heliu.documents import Problems, Value, expect_keys
from heliu.rules.asking import EventReader, Types, Where, event_of
from heliu.rules.conditions import Aggregate, Question, Sequence
from heliu.rules.windows import Window

SEQUENCE_KEYS = ("within", "between", "then_not")
STEP_KEYS = ("did", "where")
MOST_STEPS = 8  # each but the first and last costs a pass over the facts


class Step(NamedTuple):
    """One step: which events it is."""

    types: Types
    where: Where


def read_sequence(value: Value, events: EventReader, problems: Problems) -> Sequence | None:
    """Steps in order, each later than the one before.

    The question of each step but the last is when it was first done after those before;
    the sequence holds where the last step was done later than that at all.
    """
    given = value.data["sequence"]
    if not given.is_list or not 2 <= len(given.data) <= MOST_STEPS:
        says = f"a sequence is a list of two to {MOST_STEPS} steps, each an event"
        problems.add(given.place, says)
        return None
    read, window = events.window(value)
    steps = [_read_step(step, events, problems) for step in given.data]
    refused = value.get("then_not")
    never = _read_step(refused, events, problems) if refused else None
    known = [step for step in steps if step]
    if not read or len(known) < len(steps) or (refused and never is None):
        return None
    return Sequence(
        _completion(known[:-1], window),
        Question(Aggregate.LAST, event_of(known[-1].types), where=known[-1].where, window=window),
        Question(Aggregate.LAST, event_of(never.types), where=never.where) if never else None,
    )


def _read_step(value: Value, events: EventReader, problems: Problems) -> Step | None:
    event, given = value, None
    if value.is_mapping:
        if not expect_keys(value, problems, "a step", STEP_KEYS, ("did",)):
            return None
        event, given = value.data["did"], value.get("where")
    types = events.types(event)
    where = events.where(given, types or ())
    return None if types is None or where is None else Step(types, where)


def _completion(steps: list[Step], window: Window | None) -> Question:
    """When all of these were first done in this order."""
    question: Question | None = None
    for step in steps:
        event = event_of(step.types)
        question = Question(Aggregate.FIRST, event, None, step.where, window, question)
    assert question is not None  # a sequence has two steps at least
    return question
