"""People as rules see them, put into the tables SQL looks at: for examples and tests."""

from collections.abc import Iterator, Mapping, Sequence

import sqlalchemy as sa

from heliu.rules.facts import OF_MESSAGE, SENT
from heliu.rules.person import Happening, Person
from heliu.rules.vocabulary import MESSAGE_EVENTS, Word
from models import DeliveryStatus
from models.bulk import bulk_insert

MOST_FACTS = 10_000  # of one kind, of one person: ids are made of the person's
COUNTS = ("component_id", "records", "sources", "created_run_id", "changed_run_id")
RENDERED = "example"  # the one content all messages have
TAKEN = DeliveryStatus.ACCEPTED.value
MESSAGE_COLUMNS = [
    "id", "campaign", "occurrence", "profile_id", "channel", "address", "topic", "content_hash",
    "status", "attempts", "run_id", "not_before_at", "created_at", "changed_at",
]  # fmt: skip

Words = Mapping[str, Word]
People = Mapping[int, Person]  # by profile id
Told = Sequence[tuple[int, Happening]]  # whose, and what became of a message


def store_people(
    connection: sa.Connection, people: People, fields: Words, properties: Words
) -> None:
    """Insert all that is known of people.

    Args:
        connection: To tables without rows of theirs.
        people: At most 10,000 facts of a kind each.
        fields: Those some person has a value of, by name.
        properties: Likewise of events.
    """
    _insert(connection, "profile", ["id", *COUNTS, *_columns(fields)], _profiles(people, fields))
    events = ["profile_id", "at", "id", "record_id", "source", "type", *_columns(properties)]
    _insert(connection, "event", events, _events(people, properties))
    consents = ["id", "record_id", "profile_id", "channel", "topic", "granted", "at", "source"]
    _insert(connection, "consent", consents, _consents(people))
    hands = ["id", "record_id", "profile_id", "tag", "holds", "who", "why", "at", "until_at"]
    _insert(connection, "hand_tag", hands, _hands(people))
    _store_messages(connection, people)


def _columns(words: Words) -> list[str]:
    return [word.column for word in words.values()]


def _insert(
    connection: sa.Connection, table: str, columns: list[str], rows: Iterator[tuple[object, ...]]
) -> None:
    if kept := list(rows):
        bulk_insert(connection, table, columns, kept)


def _profiles(people: People, fields: Words) -> Iterator[tuple[object, ...]]:
    for id_, person in people.items():
        yield id_, *(0 for _ in COUNTS), *(person.fields.get(name) for name in fields)


def _events(people: People, properties: Words) -> Iterator[tuple[object, ...]]:
    for id_, person in people.items():
        done = [event for event in person.events if event.type not in MESSAGE_EVENTS]
        for number, event in enumerate(done):
            told = (event.properties.get(name) for name in properties)
            yield id_, event.at, _key(id_, number), id_, "example", event.type, *told


def _key(id_: int, number: int) -> int:
    return id_ * MOST_FACTS + number


def _consents(people: People) -> Iterator[tuple[object, ...]]:
    for id_, person in people.items():
        for number, said in enumerate(person.consents):
            record = _key(id_, said.record)
            word = (said.channel, said.topic, said.granted, said.at, "example")
            yield _key(id_, number), record, id_, *word


def _hands(people: People) -> Iterator[tuple[object, ...]]:
    for id_, person in people.items():
        for number, said in enumerate(sorted(person.hands, key=lambda said: said.id)):
            word = (said.tag, said.holds, "example", "", said.at, said.until)
            yield _key(id_, number), id_, id_, *word


def _store_messages(connection: sa.Connection, people: People) -> None:
    """One message for each thing that became of one."""
    told: Told = [
        (id_, event)
        for id_, person in people.items()
        for event in person.events
        if event.type in MESSAGE_EVENTS
    ]
    if not told:
        return
    content = ["hash", "channel", "template_hash", "subject", "body", "plain", "created_at"]
    _insert(connection, "content", content, iter([(RENDERED, "", "", "", "", "", 0)]))
    _insert(connection, "message", MESSAGE_COLUMNS, _messages(told))
    attempts = ["id", "message_id", "number", "channel", "started_at", "finished_at", "outcome"]
    _insert(connection, "attempt", attempts, _attempts(told))
    receipts = ["id", "message_id", "channel", "provider_id", "kind", "at", "payload"]
    _insert(connection, "receipt", receipts, _receipts(told))


def _messages(told: Told) -> Iterator[tuple[object, ...]]:
    for number, (id_, event) in enumerate(told, start=1):
        about = event.properties["campaign"], str(number), id_, event.properties["channel"]
        yield number, *about, "", "", RENDERED, TAKEN, 1, 0, 0, 0, 0


def _attempts(told: Told) -> Iterator[tuple[object, ...]]:
    for number, (_, event) in enumerate(told, start=1):
        if event.type == SENT:
            yield number, number, 1, event.properties["channel"], event.at, event.at, TAKEN


def _receipts(told: Told) -> Iterator[tuple[object, ...]]:
    for number, (_, event) in enumerate(told, start=1):
        if event.type != SENT:
            kind = event.type.removeprefix(OF_MESSAGE)
            yield number, number, event.properties["channel"], str(number), kind, event.at, ""
