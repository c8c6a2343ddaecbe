"""People whose every fact lies at an edge of some window, and their rows."""

import random
from contextlib import contextmanager
from datetime import date, timedelta

import sqlalchemy as sa
from hypothesis import strategies as st

from heliu.rules.person import ConsentSaid, HandSaid, Happening, Person
from heliu.rules.staging import store_people
from models.bulk import bulk_insert
from tests.heliu.rules.grammar import (
    AS_OF,
    CAMPAIGNS,
    CHANNELS,
    CLOCK,
    DAY,
    EVENTS,
    SELECTED,
    SENT,
    TEXTS,
    TOPICS,
    VOCABULARY,
)

HOUR = 3_600
HOURS = [1, 12, 24, 48, 168, 720, 2160]  # of the durations rules may name
MIDNIGHTS = [CLOCK.midnight(CLOCK.today - timedelta(days=d)) for d in (-1, 0, 1, 6, 13, 28, 59)]
NAMES = ["item", "amount_fen", "score", "lesson", "held_on"]
DATES = [date(1992, 2, 29), date(1990, 3, 1), date(2026, 3, 1), date(2026, 2, 28)]
DATES += [AS_OF.date() + timedelta(days=n) for n in (-90, -30, -7, -2, -1, 1, 2, 6, 7, 29, 30)]
FORMER = 1_000  # added to a profile's id: one it had before a merge


class Chance:
    """Draws a person; Hypothesis itself would draw too few of too little."""

    def __init__(self, seed):
        self.rng = random.Random(seed)

    def maybe(self, choices):
        return self.rng.choice([*choices, None])

    def moment(self):
        if self.rng.random() < 0.1:
            return CLOCK.at - self.rng.randint(-DAY, 100 * DAY)
        edges = [*(CLOCK.at - hours * HOUR for hours in HOURS), CLOCK.at, *MIDNIGHTS]
        return self.rng.choice(edges) + self.rng.choice([-1, 0, 0, 1])

    def some(self, of, counts):
        return [of() for _ in range(self.rng.choice(counts))]

    def happening(self):
        properties = {
            "item": self.maybe(TEXTS),
            "amount_fen": self.maybe([-1, 0, 1, 2, 3, 100, 250, 10**12]),
            "score": self.maybe([-1, 0, 1, 2, 3]),
            "lesson": self.maybe(TEXTS),
            "held_on": self.maybe([day.isoformat() for day in DATES]),
        }
        return Happening(self.rng.choice(EVENTS), self.moment(), properties)

    def message(self):
        told = {
            "campaign": self.rng.choice(CAMPAIGNS), "channel": self.rng.choice(CHANNELS),
        }  # fmt: skip
        return Happening(self.rng.choice(SENT), self.moment(), told)

    def consent(self):
        word = (self.rng.choice(CHANNELS), self.rng.choice(TOPICS), self.rng.random() < 0.6)
        return ConsentSaid(*word, self.moment(), self.rng.randint(1, 3))

    def hand(self):
        instants = [CLOCK.at, CLOCK.at + 1, CLOCK.at - DAY, CLOCK.at - DAY + 1]
        until = self.rng.choice([None, None, *instants])
        tag, said = f"t.{self.rng.randint(0, 7)}", self.rng.random() < 0.5
        return HandSaid(tag, said, self.rng.choice(instants), until, self.rng.random())

    def person(self):
        fields = {
            "city": self.maybe(TEXTS),
            "level": self.maybe([-3, -1, 0, 1, 2, 3, 100, 10**12]),
            "birthday": self.maybe([day.isoformat() for day in DATES]),
            "exam_date": self.maybe([day.isoformat() for day in DATES]),
            "created_at": self.rng.choice([None, self.moment(), self.moment()]),
        }
        events = self.some(self.happening, [0, 1, 2, 3, 5, 8])
        events += self.some(self.message, [0, 0, 1, 4])
        consents = self.some(self.consent, [0, 1, 4])
        person = Person(fields, events, consents, self.some(self.hand, [0, 8, 24]))
        chosen = frozenset(ask for ask, holds in SELECTED.items() if holds(person))
        return Person(fields, events, consents, person.hands, chosen)


def people_of(seed):
    """Twenty people."""
    chance = Chance(seed)
    return [chance.person() for _ in range(20)]


PEOPLE = st.integers(0, 2**32).map(people_of)


def store(connection, people):
    """Their rows, half of the messages from before a merge, and rows that say nothing."""
    fields = {name: VOCABULARY.fields[name] for name in people[0].fields}
    properties = {name: VOCABULARY.properties[name] for name in NAMES}
    store_people(connection, dict(enumerate(people, start=1)), fields, properties)
    move = "UPDATE message SET profile_id = profile_id + :former WHERE id % 2 = 0"
    connection.execute(sa.text(move), {"former": FORMER})
    ids = range(1, len(people) + 1)
    aliases = [(id_ + FORMER, 1, id_, "merge", None) for id_ in ids]
    aliases += [(id_, 1, id_ + 1, "merge", 2) for id_ in ids]  # over: it was split again
    names = ["old_id", "from_run_id", "profile_id", "reason", "to_run_id"]
    bulk_insert(connection, "alias", names, aliases)
    failed = (
        "INSERT INTO attempt (id, message_id, number, channel, started_at, finished_at, outcome)"
        " SELECT id + 10000, id, 2, channel, :at, :at, 'rejected' FROM message"
    )
    connection.execute(sa.text(failed), {"at": CLOCK.at})
    bounced = (
        "INSERT INTO receipt (id, message_id, channel, provider_id, kind, at, payload)"
        " SELECT id + 10000, id, channel, '', 'bounced', :at + id, '' FROM message"
    )
    connection.execute(sa.text(bounced), {"at": CLOCK.at - DAY})
    unknown = (
        "INSERT INTO receipt (id, channel, provider_id, kind, at, payload)"
        " VALUES (9999, 'sms', 'x', 'opened', :at, '')"
    )
    connection.execute(sa.text(unknown), {"at": CLOCK.at - DAY})


@contextmanager
def undone(engine):
    """A transaction whose data is gone afterwards."""
    with engine.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()
