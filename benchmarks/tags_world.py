"""Invented customers for the tags' benchmarks: skewed, seeded, straight into our tables.

Who is active is Pareto(1.3): one in a hundred does a sixth of everything. After the prototype
the engine was decided by. Profiles are numbered from 1; the facts of the last days lie after
the first as-of, so that nights can be gone through one by one.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import sqlalchemy as sa

from benchmarks.tags_library import EVENTS, ITEMS
from models import Event, Profile
from models.bulk import bulk_insert
from models.database import migrate, writing

DAY = 86_400
END = 1_767_225_600  # 2026-01-01T00:00:00Z: nothing happens later
CHUNK = 500_000  # rows made into Python's at once
SEED = 42


class Scale(NamedTuple):
    """How many of each."""

    profiles: int
    events: int
    orders: int


SCALES = {
    "XS": Scale(10_000, 100_000, 30_000),
    "S": Scale(100_000, 1_000_000, 300_000),
    "M": Scale(1_000_000, 10_000_000, 3_000_000),
}
PROFILE_COLUMNS = (
    "id", "component_id", "records", "sources", "created_run_id", "changed_run_id", "name",
    "phone", "email", "gender", "birthday", "created_at", "text_1", "text_2", "number_1",
    "number_2",
)  # fmt: skip
EVENT_COLUMNS = ("profile_id", "at", "id", "record_id", "source", "type", "item", "amount_fen")
COUNTRIES = ("US", "DE", "FR", "GB", "ES", "IT", "AT", "CH", "NL", "PL", "BR", "IN", "JP", "CA",
             "AU")  # fmt: skip
LANGUAGES = {"en": 0.5, "de": 0.15, "fr": 0.12, "es": 0.1, "it": 0.08, "pt": 0.05}
ORDER_EVENTS = {"order_paid": 0.9, "order_refunded": 0.06, "order_created": 0.04}


def fill(engine: sa.Engine, scale: Scale, events_times: int = 1) -> None:
    """An empty database, migrated and filled; its indexes are made at the end.

    Args:
        engine: Of a database that has no tables yet.
        scale: How many profiles, events and orders.
        events_times: So many times the events.
    """
    migrate(engine)
    tables = [model.__table__ for model in (Profile, Event)]  # type: ignore[attr-defined]
    indexes = [index for table in tables for index in table.indexes]
    with writing(engine) as connection:
        for index in indexes:
            index.drop(connection)
        bulk_insert(connection, "profile", PROFILE_COLUMNS, profile_rows(scale.profiles))
        bulk_insert(connection, "event", EVENT_COLUMNS, event_rows(scale, events_times))
        for index in indexes:
            index.create(connection)
    tidy(engine)


def tidy(engine: sa.Engine) -> None:
    """Statistics for the planner, and everything in the one file."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("VACUUM ANALYZE")
            return
    with writing(engine) as connection:
        connection.exec_driver_sql("ANALYZE")
    raw = engine.raw_connection()
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[attr-defined]
    raw.close()


def profile_rows(count: int) -> Iterator[tuple[Any, ...]]:
    """Rows of `PROFILE_COLUMNS`, in the order of their ids."""
    random = np.random.default_rng(SEED)
    shares = random.dirichlet(np.full(len(COUNTRIES), 3.0))
    country = random.choice(COUNTRIES, count, p=shares).tolist()
    language = random.choice(list(LANGUAGES), count, p=list(LANGUAGES.values())).tolist()
    gender = random.choice(["f", "m", "x"], count, p=[0.49, 0.48, 0.03]).tolist()
    born = np.datetime64("1945-01-01") + (random.beta(3, 2, count) * 23_000).astype(int)
    birthday = np.datetime_as_string(born, unit="D").tolist()
    created = (END - random.beta(1.2, 1.0, count) * 1_500 * DAY).astype(int).tolist()
    has_phone = (random.random(count) < 0.7).tolist()
    mail = (random.random(count) < 0.8).astype(int).tolist()
    sms = (random.random(count) < 0.4).astype(int).tolist()
    for n in range(count):
        phone = f"139{n:08d}" if has_phone[n] else None
        key = n + 1
        yield (
            key, key, 1, 1, 1, 1, f"Customer {key}",
            phone, f"c{key}@example.com", gender[n], birthday[n], created[n], country[n],
            language[n], mail[n], sms[n],
        )  # fmt: skip


def event_rows(scale: Scale, times: int = 1) -> Iterator[tuple[Any, ...]]:
    """Rows of `EVENT_COLUMNS`, in the order the table is clustered in."""
    facts = Facts.of(scale, times)
    for start in range(0, len(facts.at), CHUNK):
        yield from facts.rows(slice(start, start + CHUNK))


class Facts(NamedTuple):
    """Events by column, in the order of (profile, time)."""

    profile: np.ndarray[Any, Any]
    at: np.ndarray[Any, Any]
    type: np.ndarray[Any, Any]  # its number in TYPES
    item: np.ndarray[Any, Any]  # its number in ITEMS
    amount: np.ndarray[Any, Any]

    @staticmethod
    def of(scale: Scale, times: int = 1) -> "Facts":
        """All facts of a scale; the same seed gives the same."""
        random = np.random.default_rng(SEED + 1)
        active = random.pareto(1.3, scale.profiles) + 0.05
        share = np.cumsum(np.minimum(active, np.quantile(active, 0.9999)))
        events, orders = scale.events * times, scale.orders * times
        n = events + orders
        profile = np.searchsorted(share / share[-1], random.random(n)) + 1
        at = END - (random.exponential(220 * DAY, n).astype(np.int64) % (730 * DAY))
        weights = np.array(list(EVENTS.values()))
        kind = random.choice(len(EVENTS), events, p=weights / weights.sum())
        order = random.choice(3, orders, p=list(ORDER_EVENTS.values())) + len(EVENTS)
        amount = np.concatenate(
            [random.lognormal(3.2, 0.9, events), random.lognormal(3.9, 0.8, orders)]
        )
        item = random.integers(0, len(ITEMS), n)
        place = np.lexsort((at, profile))
        columns = (profile, at, np.concatenate([kind, order]), item, (100 * amount).astype(int))
        return Facts(*(column[place] for column in columns))

    def rows(self, part: slice) -> Iterator[tuple[Any, ...]]:
        """Some of them as rows of `EVENT_COLUMNS`."""
        profile, at = self.profile[part].tolist(), self.at[part].tolist()
        # as wide as the hashes real ids are, and in the table's order: quick to index
        ids = [(part.start + n + 1) << 36 for n in range(len(at))]
        types = [TYPES[n] for n in self.type[part].tolist()]
        items = [ITEMS[n] for n in self.item[part].tolist()]
        amount = self.amount[part].tolist()
        source = ["bench"] * len(at)
        yield from zip(profile, at, ids, profile, source, types, items, amount, strict=True)


TYPES = (*EVENTS, *ORDER_EVENTS)


def write_parquet(folder: str, scale: str) -> None:
    """`event.parquet`, in the order of the table, and `profile.parquet`."""
    import pyarrow as pa
    from pyarrow import parquet

    facts, rows = Facts.of(SCALES[scale]), list(profile_rows(SCALES[scale].profiles))
    events = {
        "profile_id": facts.profile,
        "at": facts.at,
        "type": pa.DictionaryArray.from_arrays(facts.type, list(TYPES)).cast(pa.string()),
        "item": pa.DictionaryArray.from_arrays(facts.item, list(ITEMS)).cast(pa.string()),
        "amount_fen": facts.amount,
    }
    profiles = dict(zip(PROFILE_COLUMNS, zip(*rows, strict=True), strict=True))
    for name, columns in (("event", events), ("profile", profiles)):
        table = pa.table({column: pa.array(values) for column, values in columns.items()})
        parquet.write_table(table, f"{folder}/{name}.parquet", row_group_size=122_880)
