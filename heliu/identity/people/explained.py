"""The values in an explanation: those that relate records, and those a profile shows."""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from heliu.identity.people.explanation import Carried, Golden
from heliu.identity.people.holdings import table_of
from heliu.identity.people.person import IDENTIFIER, RECORD, Person, same_key
from heliu.identity.people.shown import Shown
from heliu.identity.records import Key
from models import Demotion, GoldenValue, PoisonedValue

DEMOTION, POISONED, GOLDEN = map(table_of, (Demotion, PoisonedValue, GoldenValue))


def carried_values(connection: sa.Connection, person: Person, shown: Shown) -> list[Carried]:
    """Every value a person carries, and what is wrong with it."""
    rows = connection.execute(
        sa.select(IDENTIFIER)
        .where(same_key(IDENTIFIER, person.values), IDENTIFIER.c.type != "block")
        .order_by(IDENTIFIER.c.type, IDENTIFIER.c.scope, IDENTIFIER.c.value, IDENTIFIER.c.record_id)
    ).all()
    demoted = _keys_in(connection, DEMOTION, person)
    poisoned = _keys_in(connection, POISONED, person)
    own = set(person.records)
    by_key: dict[Key, list[Any]] = {}
    for row in rows:
        by_key.setdefault(Key(row.type, row.scope, row.value), []).append(row)
    return [
        Carried(
            key.type,
            key.scope,
            shown.value(key.type, key.value),
            _first(row.status for row in held if row.record_id in own),
            _first(row.strength for row in held if row.record_id in own),
            tuple(row.record_id for row in held if row.record_id in own),
            sum(row.record_id not in own for row in held),
            "demoted" if key in demoted else "poisoned" if key in poisoned else "",
        )
        for key, held in by_key.items()
    ]


def _first(texts: Any) -> str:
    return next(iter(texts), "")


def _keys_in(connection: sa.Connection, table: sa.Table, person: Person) -> set[Key]:
    rows = connection.execute(
        sa.select(table.c.type, table.c.scope, table.c.value).where(same_key(table, person.values))
    )
    return {Key(*row) for row in rows}


def golden_values(connection: sa.Connection, person: Person, shown: Shown) -> list[Golden]:
    """Every field of the profile, whose word it is, and what the others said."""
    rows = connection.execute(
        sa.select(GOLDEN)
        .where(GOLDEN.c.profile_id == person.profile_id)
        .order_by(GOLDEN.c.attribute)
    ).all()
    told = _told(connection, person)
    found = []
    for row in rows:
        lost = [
            (shown.field(row.attribute, value), record_id)
            for record_id, values in told.items()
            if (value := values.get(row.attribute, row.value)) != row.value
        ]
        value = shown.field(row.attribute, row.value)
        found.append(Golden(row.attribute, value, row.record_id, row.rule, tuple(lost)))
    return found


def _told(connection: sa.Connection, person: Person) -> Mapping[int, Mapping[str, str]]:
    """What each record said of each field, in canonical form."""
    rows = connection.execute(
        sa.select(RECORD.c.id, RECORD.c.attributes)
        .where(RECORD.c.id.in_(person.records), RECORD.c.attributes.is_not(None))
        .order_by(RECORD.c.id)
    )
    told = {}
    for id_, text in rows:
        parts = json.loads(text)
        values = dict(parts.get("values", {}))
        for name in ("source_channel", "created_at", "updated_at"):
            if parts.get(name) is not None:
                values[name] = parts[name]
        told[id_] = {name: str(value) for name, value in values.items()}
    return told
