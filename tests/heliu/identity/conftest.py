"""Factories: a record, many of them, a whole database of them."""

import csv
import itertools
import json
import os
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from heliu.identity.matching.matcher import Matcher
from heliu.identity.normalise import normalise_record
from heliu.identity.policy import Policy
from heliu.identity.records import Decision, NormalisedRecord, RawIdentifier, RawRecord
from heliu.identity.rows import no_block_keys, rows_of
from heliu.identity.tables.publish import UnifyCounts
from heliu.identity.tables.store import save_rows
from heliu.identity.unify import Rules, unify
from heliu.rules.vocabulary import STANDARD_FIELDS
from models.bulk import bulk_insert

RECORD_COLUMNS = [
    "id",
    "source",
    "source_pk",
    "version",
    "content_hash",
    "first_run_id",
    "changed_run_id",
]
NOW = datetime(2025, 10, 1, 2, tzinfo=UTC)


@pytest.fixture(scope="session")
def a_record() -> Callable[..., NormalisedRecord]:
    """A normalised record; words name its identifiers (`openid="app:oX"`) or fields."""

    def make(record_id: int, **told: Any) -> NormalisedRecord:
        return normalise_record(
            raw_record(record_id, **told), told.pop("policy", Policy()), STANDARD_FIELDS
        )

    return make


def raw_record(record_id: int, **told: Any) -> RawRecord:
    fields, identifiers = {}, []
    known = {"source", "trust", "created_at", "updated_at", "policy"}
    for word, text in told.items():
        if word in known:
            continue
        if word in STANDARD_FIELDS:
            fields[word] = text
        else:
            scope, _, value = text.rpartition(":")
            identifiers.append(RawIdentifier(word, scope, value))
    return RawRecord(
        record_id=record_id,
        source=told.get("source", "crm"),
        source_key=f"k{record_id}",
        trust=told.get("trust", 50),
        source_channel=told.get("source", "crm"),
        fields=fields,
        identifiers=identifiers,
        created_at=told.get("created_at"),
        updated_at=told.get("updated_at"),
    )


class Firm:
    """A database with records, unified run by run as the stage does it."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.policy = Policy()
        self.runs = itertools.count(1)
        self.told: dict[int, NormalisedRecord] = {}
        self.matcher: Matcher | None = None

    def add(self, *records: NormalisedRecord) -> None:
        """Put records and what normalising made of them into the tables."""
        with self.engine.begin() as connection:
            bulk_insert(
                connection,
                "record",
                RECORD_COLUMNS,
                [(r.record_id, r.source, r.source_key, 1, "h", 1, 1) for r in records],
            )
            bulk_insert(
                connection,
                "record_version",
                ["record_id", "version", "content_hash", "payload", "run_id"],
                [(r.record_id, 1, "h", json.dumps({"name": r.name}), 1) for r in records],
            )
        self.change(*records)

    def change(self, *records: NormalisedRecord) -> None:
        """Records told anew, or back again."""
        self.told |= {record.record_id: record for record in records}
        self._mark([record.record_id for record in records], None)
        with self.engine.begin() as connection:
            keys = self.matcher.keys if self.matcher else no_block_keys
            save_rows(connection, [rows_of(record, keys) for record in records], "key")

    def delete(self, *record_ids: int, at: int | None = 1) -> None:
        """Records gone from their source; `at=None` brings them back."""
        if at is None:
            self.change(*(self.told[id_] for id_ in record_ids))
            return
        self._mark(record_ids, at)
        with self.engine.begin() as connection:
            save_rows(connection, [], "key", gone=record_ids)

    def _mark(self, record_ids: Iterable[int], at: int | None) -> None:
        with self.engine.begin() as connection:
            table = sa.table("record", sa.column("id"), sa.column("deleted_at"))
            connection.execute(
                sa.update(table).where(table.c.id.in_(list(record_ids))).values(deleted_at=at)
            )

    def decide(self, *decisions: Decision) -> None:
        """Humans' words, as if they had just been said."""
        with self.engine.begin() as connection:
            known = connection.execute(sa.text("SELECT record_id FROM stale_record")).scalars()
            ids = {id_ for _, *pair in decisions for id_ in pair} - set(known)
            bulk_insert(connection, "stale_record", ["record_id"], [(id_,) for id_ in ids])
            bulk_insert(
                connection,
                "decision",
                ["verdict", "left_id", "right_id", "scope", "batch", "who", "why", "at"],
                [(*one, "", "", "ann", "", 1) for one in decisions],
            )

    def unify(self, *decisions: Decision, full: bool = False) -> UnifyCounts:
        """One run of the stage; `full` resolves everything whatever changed."""
        if decisions:
            self.decide(*decisions)
        if full:
            with self.engine.begin() as connection:
                connection.execute(sa.text("UPDATE unify_state SET rules_hash = 'other'"))
        rules = Rules(self.policy, STANDARD_FIELDS, self.policy.hash, self.matcher)
        return unify(self.engine, rules, run_id=next(self.runs), now=NOW)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.text(query))]

    def profiles(self) -> dict[int, int]:
        """Record to profile, as published."""
        return dict(
            self.rows("SELECT record_id, profile_id FROM membership WHERE to_run_id IS NULL")
        )  # type: ignore[arg-type]

    def add_hand_tag(self, record_id: int, profile_id: int) -> None:
        with self.engine.begin() as connection:
            bulk_insert(
                connection,
                "hand_tag",
                ["record_id", "profile_id", "tag", "holds", "who", "why", "at"],
                [(record_id, profile_id, "vip", True, "desk", "", 1)],
            )

    def add_event(self, id_: int, record_id: int, profile_id: int, at: int = 5) -> None:
        with self.engine.begin() as connection:
            bulk_insert(
                connection,
                "event",
                ["profile_id", "at", "id", "record_id", "source", "type"],
                [(profile_id, at, id_, record_id, "crm", "login")],
            )


@pytest.fixture
def firm(engine: sa.Engine) -> Firm:
    """On each kind of database."""
    return Firm(engine)


@pytest.fixture(scope="session")
def a_firm() -> Callable[[sa.Engine], Firm]:
    """On a database of one's choice."""
    return Firm


def case_rows(name: str) -> Iterator[dict[str, str]]:
    """Rows of a case file; HELIU_IDENTITY_CASES names another folder of them."""
    default = Path(__file__).parents[2] / "data" / "identity_cases"
    folder = Path(os.environ.get("HELIU_IDENTITY_CASES") or default)
    with (folder / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test a row: `normalise_case` and `link_case`."""
    if "normalise_case" in metafunc.fixturenames:
        rows = list(case_rows("normalise.csv"))
        ids = [
            row.get("case") or f"{row['kind']}-{n}-{row['input']}" for n, row in enumerate(rows, 2)
        ]
        metafunc.parametrize("normalise_case", rows, ids=ids)
    if "link_case" in metafunc.fixturenames:
        rows = list(case_rows("link.csv"))
        metafunc.parametrize("link_case", rows, ids=[row["case"] for row in rows])


@pytest.fixture(scope="session")
def pairs() -> Callable[[Iterable[int]], int]:
    """How many pairs clusters of these sizes hold."""
    return lambda sizes: sum(n * (n - 1) // 2 for n in sizes)
