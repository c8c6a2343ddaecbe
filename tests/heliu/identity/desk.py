"""A database as unify leaves it for a human: profiles, and questions about them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from heliu.identity.records import NormalisedRecord
from heliu.identity.tables.store import save_normalised
from models.bulk import bulk_insert
from models.database import reading, writing

AT = datetime(2025, 10, 1, 2, tzinfo=UTC)


class Desk:
    """Writes records, their profiles and open questions, table by table."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    def put(self, table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
        with writing(self.engine) as connection:
            bulk_insert(connection, table, columns.split(), rows)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with reading(self.engine) as connection:
            return [tuple(row) for row in connection.execute(sa.text(query))]

    def people(self, *profiles: Sequence[NormalisedRecord]) -> None:
        """Each sequence of records as one published profile, its golden values the first's."""
        records = [record for profile in profiles for record in profile]
        self.put(
            "record",
            "id source source_pk version content_hash first_run_id changed_run_id",
            [(r.record_id, r.source, r.source_key, 1, "h", 1, 1) for r in records],
        )
        with writing(self.engine) as connection:
            save_normalised(connection, records, "key", note_stale=False)
        self.put(
            "profile",
            "id component_id records sources created_run_id changed_run_id",
            [(p[0].record_id, 1, len(p), len({r.source for r in p}), 1, 1) for p in profiles],
        )
        self.put(
            "membership",
            "record_id from_run_id profile_id to_run_id",
            [(r.record_id, 1, p[0].record_id, None) for p in profiles for r in p],
        )
        self.put(
            "golden_value",
            "profile_id attribute value record_id rule",
            [
                (p[0].record_id, attribute, str(value), p[0].record_id, "only value")
                for p in profiles
                for attribute, value in sorted(p[0].attributes.items())
            ],
        )

    def ask(self, left: int, right: int, **told: Any) -> None:
        """An open question on two records."""
        said = {"type": "phone", "scope": "", "value": "+8613912345678", "reason": "names differ"}
        said |= {"weight": None, "opened_run_id": 1, "closed_run_id": None} | told
        columns = ["left_id", "right_id", *said]
        self.put("review_item", " ".join(columns), [(left, right, *said.values())])

    def crowd(self, value: str, holders: int, names: int, type_: str = "phone") -> None:
        """A value that too many carry."""
        row = (type_, "", value, holders, names, 1)
        self.put("demotion", "type scope value holders names run_id", [row])

    def order(self, number: str, record: int, profile: int, fen: int, paid: bool = True) -> None:
        self.put(
            "orders",
            "number record_id profile_id source amount_fen ordered_at paid_at",
            [(number, record, profile, "shop", fen, 5, 6 if paid else None)],
        )
