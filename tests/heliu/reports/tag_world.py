"""People with tags, runs of retag and their moves: in the tables, and as plain Python beside."""

import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from models.bulk import bulk_insert
from models.database import writing

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2025, 10, 1, 10, tzinfo=ZONE)
GROUPS = ("activity", "stage", "", "course")
CAUSES = ("event", "profile", "merge", "time", "rule", "hand", "gone", "backfill")
TWIN = "t.01"  # the same people as t.00, but for one
INSIDE = "t.03"  # all of them carry t.02
ALL, NOBODY = "t.04", "t.05"


def seconds(instant: datetime) -> int:
    return int(instant.timestamp())


def put(connection: sa.Connection, table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    bulk_insert(connection, table, columns.split(), rows)


class TagWorld:
    """What is in the tables: `held` tag → people, `moves`, `counts` (run, tag) → carriers."""

    def __init__(self, people: int = 160, tags: int = 12, runs: int = 5, seed: int = 1) -> None:
        self.random = random.Random(seed)
        self.people = list(range(10, 10 + people))
        self.tags = {f"t.{n:02}": f"标签 {n}" for n in range(tags)}
        self.group = {tag: GROUPS[n % len(GROUPS)] or None for n, tag in enumerate(self.tags)}
        self.runs = {n + 1: NOW - timedelta(days=runs - 1 - n, hours=10) for n in range(runs)}
        self.held = {tag: self._carriers() for tag in self.tags}
        self._make_odd_ones()
        self.counts = {
            (run, tag): max(len(self.held[tag]) - (runs - run) * (n % 5 - 2), 0)
            for run in self.runs
            for n, tag in enumerate(self.tags)
        }
        self.moves = [
            (max(self.runs), person, tag, self.random.random() < 0.6, self.random.choice(CAUSES))
            for tag in self.tags
            for person in self.random.sample(self.people, self.random.randint(0, 12))
        ]
        self.hands = [self._word(number + 1) for number in range(60)]

    def _carriers(self) -> set[int]:
        share = self.random.random() ** 2
        return {person for person in self.people if self.random.random() < share}

    def _make_odd_ones(self) -> None:
        if len(self.tags) < 6:
            return
        self.held["t.00"] = set(self.people[:100])
        self.held[TWIN] = set(self.people[1:100])
        self.held["t.02"] = set(self.people[50:130])
        self.held[INSIDE] = set(self.people[60:90])
        self.held[ALL], self.held[NOBODY] = set(self.people), set()

    def _word(self, id_: int) -> dict[str, Any]:
        at = NOW - timedelta(days=self.random.randint(-3, 40))
        until = at + timedelta(days=self.random.randint(1, 60))
        return {
            "id": id_,
            "record_id": id_,
            "profile_id": self.random.choice(self.people[:12]),
            "tag": self.random.choice(list(self.tags)[:3]),
            "holds": self.random.random() < 0.5,
            "who": "li",
            "why": "",
            "at": seconds(at),
            "until_at": self.random.choice([None, seconds(until)]),
        }

    def write(self, engine: sa.Engine) -> "TagWorld":
        """Put all of it into an empty database."""
        with writing(engine) as connection:
            self._write_people(connection)
            self._write_runs(connection)
            names = list(self.hands[0])
            rows = [[word[name] for name in names] for word in self.hands]
            put(connection, "hand_tag", " ".join(names), rows)
        return self

    def _write_people(self, connection: sa.Connection) -> None:
        columns = "id records sources created_run_id changed_run_id name phone"
        rows = [(person, 1, 1, 1, 1, f"某甲{person}", f"1390000{person}") for person in self.people]
        put(connection, "profile", columns, rows)
        tags = [
            (tag, n, title, self.group[tag], "crm-team", "r", n == 3, n == 2)
            for n, (tag, title) in enumerate(self.tags.items())
        ]
        columns = "name number title group owner rule_hash local manual"
        put(connection, "tag", columns, tags)
        held = sorted((person, tag) for tag, people in self.held.items() for person in people)
        rows = [(*pair, seconds(NOW), max(self.runs)) for pair in held]
        put(connection, "profile_tag", "profile_id tag since_at run_id", rows)

    def _write_runs(self, connection: sa.Connection) -> None:
        columns = "run_id as_of_at library_hash cuts full why judged touched entered left"
        runs = [
            (run, seconds(at), "l", "{}", run % 2 == 1, "asked for", 9, 0, 7, 3 if run > 1 else 0)
            for run, at in self.runs.items()
        ]
        put(connection, "tag_run", columns, runs)
        counts = [(run, tag, people, 0, 0) for (run, tag), people in self.counts.items()]
        put(connection, "tag_count", "run_id tag profiles entered left", counts)
        at = seconds(self.runs[max(self.runs)])
        moves = [(run, person, tag, at, *rest) for run, person, tag, *rest in self.moves]
        columns = "run_id profile_id tag at entered cause"
        put(connection, "tag_change", columns, moves)
