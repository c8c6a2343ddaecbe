"""Declared fields and properties get a slot column, once and for good."""

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from heliu.documents import Problems
from heliu.errors import Place
from heliu.rules.vocabulary import (
    STANDARD_EVENTS,
    STANDARD_FIELDS,
    STANDARD_PROPERTIES,
    FieldType,
    Vocabulary,
    Word,
)
from heliu.sources.spec import SourceSpec
from models import Slot

SLOTS = {"profile": {"text": 8, "number": 4}, "event": {"text": 4, "number": 4}}
Taken = Mapping[tuple[str, str], str]  # (owner, name) → slot column


def read_slots(connection: sa.Connection) -> dict[tuple[str, str], str]:
    """The slots given so far."""
    rows = connection.execute(sa.select(Slot.owner, Slot.name, Slot.slot))  # type: ignore[call-overload]
    return {(owner, name): slot for owner, name, slot in rows}


def vocabulary(specs: Iterable[SourceSpec], taken: Taken, problems: Problems) -> Vocabulary:
    """Every word rules may use: the standard ones and what these sources declare."""
    specs = list(specs)
    fields = {
        name: (type_, spec.fields[name].place)
        for spec in specs
        for name, type_ in spec.field_types.items()
    }
    properties = {
        name: (type_, cell.place)
        for spec in specs
        for fact in spec.facts
        for name, (cell, type_) in fact.properties.items()
    }
    events = {event for spec in specs for fact in spec.facts for event in fact.types.values()}
    return Vocabulary(
        fields=_words("profile", fields, STANDARD_FIELDS, taken, problems),
        events=frozenset(STANDARD_EVENTS) | events,
        properties=_words("event", properties, STANDARD_PROPERTIES, taken, problems),
    )


def _words(
    owner: str,
    declared: Mapping[str, tuple[FieldType, Place]],
    standard: Mapping[str, Word],
    taken: Taken,
    problems: Problems,
) -> dict[str, Word]:
    words = dict(standard)
    used = {slot for (of, _), slot in taken.items() if of == owner}
    for name, (type_, place) in sorted(declared.items()):
        if name in standard:
            continue
        kind = "number" if type_ is FieldType.NUMBER else "text"
        free = [
            f"{kind}_{n}" for n in range(1, SLOTS[owner][kind] + 1) if f"{kind}_{n}" not in used
        ]
        slot = taken.get((owner, name)) or next(iter(free), None)
        if slot is None:
            most = SLOTS[owner][kind]
            problems.add(place, f"a {owner} has {most} {kind} slots and all are taken")
            continue
        used.add(slot)
        words[name] = Word(name, type_, slot)
    return words


def save_slots(connection: sa.Connection, words: Vocabulary, taken: Taken) -> None:
    """Write down the slots that are new."""
    given = [("profile", word) for word in words.fields.values()]
    given += [("event", word) for word in words.properties.values()]
    rows = [
        {"owner": owner, "name": word.name, "slot": word.column, "type": str(word.type)}
        for owner, word in given
        if word.column != word.name and (owner, word.name) not in taken
    ]
    if rows:
        connection.execute(sa.insert(Slot), rows)
