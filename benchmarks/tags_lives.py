"""Lives of a small firm: what proves that tags kept up by increments are those of a full pass.

    python -m benchmarks.tags_lives --states 70000

A world of a few dozen profiles lives through random steps of an hour to forty days: facts
that come late, early or are taken back, edited fields, merges and splits, words of consent,
words by hand, messages and what came of them. After each step an incremental run must leave
exactly the tags a look at everybody would. Then each part of the scheme is taken away in
turn: the check must notice.
"""

import argparse
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from heliu.documents import Problems, Value, parse_yaml
from heliu.errors import Place
from heliu.rules.conditions import SelectTest
from heliu.rules.escape import read_sql
from heliu.rules.library import Library, TagRule
from heliu.rules.parse import Reader
from heliu.rules.rewriting import with_expiry, with_hands
from heliu.rules.vocabulary import Vocabulary
from heliu.rules.windows import Clock
from heliu.rules.words import bit_of, library_select
from heliu.tags import ranges
from heliu.tags.plan import Mode, library_state, run_cuts
from heliu.tags.retag import retag
from models.bulk import bulk_insert
from models.database import migrate, open_database, reading, writing

ZONE = ZoneInfo("Asia/Shanghai")
START = int(datetime(2026, 1, 20, 3, tzinfo=UTC).timestamp())
HOUR, DAY = 3_600, 86_400
STEPS = (HOUR, 6 * HOUR, DAY, DAY, 7 * DAY, 40 * DAY)
EVENTS = ("course_view", "login", "trial_lesson", "order_created", "order_paid", "order_refunded")
ITEMS = ("cnc", "hr", None)

RULES = """
buyer: { did: order_paid }
recent: { did: login, within: 7d }
often: { did: login, count: ">= 2", between: [30d, 12h] }
spender: { did: [order_paid, order_refunded], sum: net_fen, is: ">= 20000", within: 90d }
viewer.cnc: { did: course_view, where: { item: cnc }, count: ">= 2", within: 30d }
wide: { did: course_view, distinct: item, is: ">= 2", within: this_month }
today: { did: any, within: today }
quiet: { all: [{ field: created_at, before: 60d }, { did: any, count: 0, within: 60d }] }
unpaid:
  all:
    - { last: order_created, within: 14d }
    - { last: order_created, after_last: order_paid }
asleep: { last: login, older_than: 30d }
young: { first: order_paid, within: 30d }
path: { sequence: [course_view, trial_lesson, order_paid], within: 90d, then_not: order_refunded }
best: { rank: { sum: amount_fen, of: order_paid, within: 90d }, top: 20% }
least: { rank: { last: login }, bottom: 50% }
birthday: { field: birthday, anniversary_within: 7d }
exam: { field: exam_date, in_next: 14d }
was_exam: { field: exam_date, in_last: 3d }
older: { field: created_at, before: 90d }
lastweek: { did: login, within: last_week }
may_sms: { consent: marketing, on: sms, is: granted }
refused: { consent: marketing, on: sms, is: refused }
written: { did: message_sent, count: ">= 1", within: 7d }
reached: { did: message_reached, within: 30d }
not_written: { all: [{ tag: recent }, { did: message_sent, count: 0, within: 30d }] }
hot: { any: [{ tag: often }, { tag: path }] }
stage.a: { did: order_paid, within: 30d }
stage.b: { did: trial_lesson, within: 30d }
stage.c: always
"""
CHOSEN = """
SELECT profile_id FROM event WHERE type = 'trial_lesson' AND at <= :as_of
GROUP BY profile_id HAVING count(*) >= 2
"""


def library() -> Library:
    """Every kind of condition, each window at least once, and tags by hand."""
    problems = Problems()
    text = parse_yaml(RULES, "rules.yaml", problems)
    assert text is not None
    names = tuple(text.data)
    reader = Reader(Vocabulary(channels=frozenset(["sms"])), problems, names)
    rules = {name: _rule(name, reader.read(when)) for name, when in text.items()}
    problems.raise_if_any()
    for order, name in enumerate(name for name in names if name.startswith("stage.")):
        rules[name] = _rule(name, rules[name].condition, group="stage", order=order)
    keen, best = rules["viewer.cnc"].condition, rules["best"].condition
    rules["vip"] = _rule("vip", with_hands("vip", best, 30 * DAY), manual=True)
    rules["keen"] = _rule("keen", with_expiry(keen, 3 * DAY))
    chosen = read_sql(Value(Place("rules.yaml"), CHOSEN), reader.vocabulary, problems)
    problems.raise_if_any()
    rules["chosen"] = _rule("chosen", SelectTest(chosen))
    return Library(rules)


def _rule(name: str, condition: Any, **more: Any) -> TagRule:
    return TagRule(name, name, condition, Place(f"{name}.yaml"), **more)


@dataclass
class World:
    """A firm in a database, and the dice that move it."""

    engine: sa.Engine
    rng: random.Random
    now: int = START
    last_id: int = 0
    profiles: list[int] = field(default_factory=list)
    merged: list[tuple[int, int]] = field(default_factory=list)  # winner, loser
    touch: Callable[[str, bool], bool] = lambda reason, late: True

    @classmethod
    def begin(cls, engine: sa.Engine, seed: int, people: int = 100) -> "World":
        world = cls(engine, random.Random(seed))
        with writing(engine) as connection:
            world.profiles = list(range(1, people + 1))
            rows = [(n, 1, 1, 1, 1, *world.fields()) for n in world.profiles]
            columns = ["id", "records", "sources", "created_run_id", "changed_run_id"]
            columns += ["created_at", "birthday", "exam_date"]
            bulk_insert(connection, "profile", columns, rows)
            columns = ["hash", "channel", "template_hash", "subject", "body", "plain", "created_at"]
            bulk_insert(connection, "content", columns, [("c", "sms", "t", "", "", "", 0)])
            for _ in range(6 * people):
                world.event(connection, world.now - world.rng.randrange(200 * DAY))
        return world

    def fields(self) -> tuple[int, str | None, str | None]:
        day = datetime.fromtimestamp(self.now + self.rng.randrange(-40, 90) * DAY, UTC).date()
        birthday = day.replace(year=1990).isoformat()
        maybe = self.rng.random()
        return (
            self.now - self.rng.randrange(150 * DAY),
            birthday if maybe < 0.7 else None,
            day.isoformat() if maybe > 0.4 else None,
        )

    def next_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def note(self, connection: sa.Connection, profile: int, reason: str, late: bool) -> None:
        if self.touch(reason, late):
            connection.execute(
                sa.text("INSERT INTO touched (profile_id, reason, run_id) VALUES (:p, :r, 1)"),
                {"p": profile, "r": reason},
            )

    def event(self, connection: sa.Connection, at: int, late: bool = True) -> None:
        profile = self.rng.choice(self.profiles)
        kind = self.rng.choice(EVENTS)
        row = (profile, at, self.next_id(), profile, "t", kind, self.rng.choice(ITEMS))
        columns = ["profile_id", "at", "id", "record_id", "source", "type", "item", "amount_fen"]
        amount = self.rng.randrange(1, 40) * 1_000 if kind.startswith("order") else None
        bulk_insert(connection, "event", columns, [(*row, amount)])
        self.note(connection, profile, "fact", late)

    def live(self, seconds: int) -> None:
        """Let some time pass, and things happen."""
        before, self.now = self.now, self.now + seconds
        rng = self.rng
        with writing(self.engine) as connection:
            for _ in range(rng.randrange(25)):
                late, early = rng.random() < 0.25, rng.random() < 0.05
                at = (
                    rng.randrange(before - 300 * DAY, before)
                    if late
                    else rng.randrange(before, self.now) + 1
                )
                self.event(
                    connection, self.now + rng.randrange(20 * DAY) if early else at, late or early
                )
            for change in (
                self.edit,
                self.forget,
                self.merge,
                self.split,
                self.allow,
                self.say,
                self.send,
            ):
                if rng.random() < 0.5:
                    change(connection)

    def edit(self, connection: sa.Connection) -> None:
        profile = self.rng.choice(self.profiles)
        created, birthday, exam = self.fields()
        connection.execute(
            sa.text("UPDATE profile SET created_at=:c, birthday=:b, exam_date=:e WHERE id=:p"),
            {"p": profile, "c": created, "b": birthday, "e": exam},
        )
        self.note(connection, profile, "unify", True)

    def forget(self, connection: sa.Connection) -> None:
        """An event is taken back."""
        row = connection.execute(sa.text("SELECT id, profile_id FROM event ORDER BY id")).all()
        id_, profile = self.rng.choice(row)
        connection.execute(sa.text("DELETE FROM event WHERE id=:i"), {"i": id_})
        self.note(connection, profile, "fact", True)

    def _move(self, connection: sa.Connection, table: str, to: int, record: int) -> None:
        connection.execute(
            sa.text(f"UPDATE {table} SET profile_id=:to WHERE record_id=:r"),
            {"to": to, "r": record},
        )

    def merge(self, connection: sa.Connection) -> None:
        alone = [p for p in self.profiles if not any(p in pair for pair in self.merged)]
        if len(alone) < 20:
            return
        winner, loser = sorted(self.rng.sample(alone, 2))
        for table in ("event", "consent", "hand_tag"):
            self._move(connection, table, winner, loser)
        connection.execute(sa.text("DELETE FROM profile WHERE id=:p"), {"p": loser})
        connection.execute(
            sa.text(
                "INSERT INTO alias (old_id, from_run_id, profile_id, reason)"
                " VALUES (:l, :r, :w, 'merge')"
            ),
            {"l": loser, "r": self.next_id(), "w": winner},
        )
        self.profiles.remove(loser)
        self.merged.append((winner, loser))
        for profile in (winner, loser):
            self.note(connection, profile, "unify", True)

    def split(self, connection: sa.Connection) -> None:
        if not self.merged:
            return
        winner, loser = self.merged.pop(self.rng.randrange(len(self.merged)))
        for table in ("event", "consent", "hand_tag"):
            self._move(connection, table, loser, loser)
        columns = ["id", "records", "sources", "created_run_id", "changed_run_id"]
        columns += ["created_at", "birthday", "exam_date"]
        bulk_insert(connection, "profile", columns, [(loser, 1, 1, 1, 1, *self.fields())])
        connection.execute(
            sa.text("UPDATE alias SET to_run_id=9 WHERE old_id=:l AND to_run_id IS NULL"),
            {"l": loser},
        )
        self.profiles.append(loser)
        for profile in (winner, loser):
            self.note(connection, profile, "unify", True)

    def _when(self) -> int:
        """Lately, long ago, or still to come."""
        return self.now + self.rng.choice([-100 * DAY, -10 * DAY, -HOUR, 2 * DAY, 20 * DAY])

    def _record(self) -> tuple[int, int]:
        """A profile and one of its records."""
        profile = self.rng.choice(self.profiles)
        return profile, self.rng.choice(
            [profile, *(loser for winner, loser in self.merged if winner == profile)]
        )

    def allow(self, connection: sa.Connection) -> None:
        profile, record = self._record()
        columns = ["id", "record_id", "profile_id", "channel", "topic", "granted", "at", "source"]
        granted = self.rng.random() < 0.6
        row = (self.next_id(), record, profile, "sms", "marketing", granted, self._when(), "t")
        bulk_insert(connection, "consent", columns, [row])
        self.note(connection, profile, "fact", True)

    def say(self, connection: sa.Connection) -> None:
        profile, record = self._record()
        columns = ["id", "record_id", "profile_id", "tag", "holds", "who", "why", "at", "until_at"]
        at = self._when()
        until = self.rng.choice([None, at + 5 * DAY, at + 60 * DAY])
        row = (self.next_id(), record, profile, "vip", self.rng.random() < 0.6, "w", "", at, until)
        bulk_insert(connection, "hand_tag", columns, [row])
        self.note(connection, profile, "hand", True)

    def send(self, connection: sa.Connection) -> None:
        profile, record = self._record()
        message, at = self.next_id(), self.now - self.rng.randrange(20 * DAY)
        columns = ["id", "campaign", "occurrence", "profile_id", "channel", "address", "topic"]
        columns += [
            "content_hash",
            "not_before_at",
            "status",
            "attempts",
            "created_at",
            "changed_at",
            "run_id",
        ]
        row = (
            message,
            "c",
            str(message),
            record,
            "sms",
            "a",
            "marketing",
            "c",
            at,
            "accepted",
            1,
            at,
            at,
            1,
        )
        bulk_insert(connection, "message", columns, [row])
        columns = ["id", "message_id", "number", "channel", "started_at", "finished_at", "outcome"]
        bulk_insert(
            connection, "attempt", columns, [(message, message, 1, "sms", at, at, "accepted")]
        )
        if self.rng.random() < 0.5:
            columns = ["id", "message_id", "channel", "provider_id", "kind", "at", "payload"]
            kind = self.rng.choice(["delivered", "clicked"])
            bulk_insert(
                connection,
                "receipt",
                columns,
                [(message, message, "sms", str(message), kind, at + HOUR, "")],
            )
        self.note(connection, profile, "delivery", True)


def mismatches(world: World, rules: Library, run_id: int) -> tuple[int, int]:
    """Profiles whose stored tags are not those a look at everybody gives, and all looked at."""
    clock = Clock(datetime.fromtimestamp(world.now, UTC), ZONE)
    with reading(world.engine) as connection:
        numbers = library_state(connection, rules).numbers
        cuts = run_cuts(connection, run_id)
        found = connection.execute(library_select(rules, numbers, clock, cuts)).all()
        wanted = {profile: list(words) for profile, *words in found}
        stored = {profile: [0] * len(words) for profile, words in wanted.items()}
        for profile, tag in connection.execute(sa.text("SELECT profile_id, tag FROM profile_tag")):
            word, bit = bit_of(numbers[tag])
            stored.setdefault(profile, [0] * (word + 1))[word] |= bit
    return sum(wanted.get(p) != words for p, words in stored.items()), len(stored)


def live(
    engine: sa.Engine, rules: Library, seed: int, steps: int, **how: Any
) -> tuple[int, int, int]:
    """Wrong states, states looked at, profiles judged, over one life."""
    world = World.begin(engine, seed)
    for name, value in how.items():
        setattr(world, name, value)
    _tag(world, rules, 1, Mode.FULL)
    wrong = seen = judged = 0
    for step in range(2, steps + 2):
        world.live(world.rng.choice(STEPS))
        judged += _tag(world, rules, step, Mode.AUTO)
        differing, looked_at = mismatches(world, rules, step)
        wrong, seen = wrong + differing, seen + looked_at
    return wrong, seen, judged


def _tag(world: World, rules: Library, run_id: int, mode: Mode) -> int:
    as_of = datetime.fromtimestamp(world.now, UTC)
    counts = retag(world.engine, rules, as_of, run_id, ZONE, mode=mode)
    assert counts.full == (mode is Mode.FULL), "an incremental run looked at everybody"
    return counts.profiles


def without_bands(*_: Any) -> list[Any]:
    """A scheme that forgets that time passes."""
    return []


# Each takes a part of the scheme away; wrong tags must come of it.
BROKEN: dict[str, tuple[dict[str, Any], Any]] = {
    "without bands": ({}, without_bands),
    "without notes of what came late": ({"touch": lambda reason, late: not late}, None),
    "without notes": ({"touch": lambda reason, late: False}, None),
    "without notes of merges and edits": ({"touch": lambda reason, late: reason != "unify"}, None),
    "without notes of words by hand": ({"touch": lambda reason, late: reason != "hand"}, None),
    "without notes of messages": ({"touch": lambda reason, late: reason != "delivery"}, None),
}


@contextmanager
def broken(name: str | None) -> Iterator[dict[str, Any]]:
    """The scheme without a part of it: how the world is to be, for `live`."""
    how, bands = BROKEN[name] if name else ({}, None)
    if bands is None:
        yield how
    else:
        with patch.object(ranges, "band_selects", bands):
            yield how


def lives(name: str | None, states: int, steps: int = 25) -> tuple[int, int, int]:
    """Lives one after another until so many states were looked at."""
    rules, total, seed = library(), (0, 0, 0), 0
    while total[1] < states:
        with TemporaryDirectory() as folder, broken(name) as how:
            engine = open_database(f"sqlite:///{Path(folder) / 'life.db'}")
            migrate(engine)
            found = live(engine, rules, seed, steps, **how)
            engine.dispose()
        total = tuple(a + b for a, b in zip(total, found, strict=True))
        seed += 1
    return total


def main() -> None:
    """Print wrong states of the scheme, and of the scheme without each of its parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--states", type=int, default=70_000)
    asked = parser.parse_args()
    for name in (None, *BROKEN):
        states = asked.states if name is None else 3_000
        wrong, seen, judged = lives(name, states)
        print(
            f"{name or 'the whole scheme':36} {wrong:6,} wrong of {seen:,} states,"
            f" {judged / seen:.0%} judged"
        )
        if (wrong > 0) != (name is not None):
            raise SystemExit(1)


if __name__ == "__main__":
    main()
