"""A sequence holds where there are such events one after the other: tried one by one."""

import random
from itertools import product

import pytest

from heliu.errors import Place
from heliu.rules.library import Library, TagRule
from heliu.rules.person import Happening, Person
from heliu.rules.reference import tags_of
from heliu.rules.words import library_select
from tests.heliu.rules.grammar import CLOCK, DAY, read
from tests.heliu.rules.people import NAMES, store, undone

DONE, TOLD = ["login", "course_view", "order_paid"], ["message_sent", "message_clicked"]
STEPS = [*DONE, *TOLD, "any", {"did": "login", "where": {"item": "a"}}]


def people_of(rng, number):
    """Few instants, so that many happen at one."""

    def happening():
        type_ = rng.choice([*DONE, *DONE, *TOLD])
        at = CLOCK.at - DAY + rng.randint(-2, 3)
        if type_ in TOLD:
            return Happening(type_, at, {"campaign": "c", "channel": "sms"})
        return Happening(type_, at, dict.fromkeys(NAMES) | {"item": rng.choice("ab")})

    return [
        Person({"city": None}, [happening() for _ in range(rng.randint(0, 16))])
        for _ in range(number)
    ]


def is_step(event, step):
    """Whether an event is a step, as a human reads it."""
    if isinstance(step, dict):
        return event.type == "login" and event.properties["item"] == "a"
    return event.type == step or (step == "any" and event.type in DONE)


def holds(person, rule):
    """Whether some choice of events, one a step, is in order; and nothing is after the last."""
    low = CLOCK.at - DAY if "within" in rule else 0
    seen = [event for event in person.events if event.at > low]
    moments = [[e.at for e in seen if is_step(e, step)] for step in rule["sequence"]]
    in_order = any(sorted(set(chosen)) == list(chosen) for chosen in product(*moments))
    if not in_order or "then_not" not in rule:
        return in_order
    after = [e.at for e in person.events if is_step(e, rule["then_not"])]
    return not any(at > max(moments[-1]) for at in after)


@pytest.mark.parametrize("seed", [1])
def test_a_sequence_holds_where_its_steps_can_be_found_in_order(engine, seed):
    rng = random.Random(seed)
    people, library, rules = people_of(rng, 60), {}, {}
    for n in range(30):
        rule = {"sequence": [rng.choice(STEPS) for _ in range(rng.choice([2, 3, 3, 4]))]}
        rule |= {"within": "1d"} if rng.random() < 0.5 else {}
        rule |= {"then_not": rng.choice(STEPS)} if rng.random() < 0.3 else {}
        rules[f"t{n}"] = rule
        library[f"t{n}"] = TagRule(f"t{n}", "t", read(rule), Place("t.yaml"))
    library = Library(library)
    numbers = {name: n for n, name in enumerate(rules)}
    with undone(engine) as connection:
        store(connection, people)
        rows = connection.execute(library_select(library, numbers, CLOCK, {}))
        words = dict(rows.tuples().all())
    wanted = [{name for name, rule in rules.items() if holds(p, rule)} for p in people]
    assert [set(tags_of(library, person, CLOCK, {})) for person in people] == wanted
    found = [{name for name in rules if words[n] >> numbers[name] & 1} for n in range(1, 61)]
    assert found == wanted
    assert 200 < sum(map(len, wanted)) < 1_600
