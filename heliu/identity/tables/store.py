"""Normalised records in tables: what waits, what was made of it, and all of it back."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa

from heliu.identity.graph import (
    DERIVED,
    Graph,
    fill,
    surname_alone,
    traits_of,
)
from heliu.identity.policy import Policy
from heliu.identity.records import Identified, Key, NormalisedRecord
from heliu.identity.rows import BLOCK, IdentifierRow, PlainRows, rows_of
from heliu.identity.values.text import Status
from models import (
    Identifier,
    IdentifierStatus,
    PoisonedValue,
    Record,
    RecordVersion,
    StaleRecord,
    StaleValue,
    Strength,
)
from models.bulk import (
    bulk_insert,
    bulk_select,
    bulk_update,
    insert_new,
    stage,
    stage_ids,
)
from models.columns import BigId

RECORD: sa.Table = Record.__table__  # type: ignore[attr-defined]
VERSION: sa.Table = RecordVersion.__table__  # type: ignore[attr-defined]
IDENTIFIER: sa.Table = Identifier.__table__  # type: ignore[attr-defined]
POISONED: sa.Table = PoisonedValue.__table__  # type: ignore[attr-defined]
STALE_RECORD: sa.Table = StaleRecord.__table__  # type: ignore[attr-defined]
STALE_VALUE: sa.Table = StaleValue.__table__  # type: ignore[attr-defined]

NOT_TOLD = DERIVED | {BLOCK}  # types of rows that no source told
STATUSES = {status.value: status for status in Status}  # calling an enum costs ten times this


class PendingRecord(NamedTuple):
    """A record whose current version is yet to be normalised, as its source wrote it."""

    record_id: int
    source: str
    source_key: str
    payload: str  # JSON {column: text}
    version: int = 1
    gone: bool = False  # its source has it no longer


def pending_records(
    connection: sa.Connection,
    normaliser_key: str,
    *,
    everything: bool = True,
    after: int = 0,
    limit: int = -1,
) -> list[PendingRecord]:
    """Records to be read: new, changed, gone; by id.

    Args:
        connection: Only read.
        normaliser_key: Names everything normalising depends on: mappings, fields, policy.
        everything: Whether other rules than these may have read some of them: looks at
            all records, else only at those marked.
        after: Only larger ids.
        limit: How many at most; -1 for all.
    """
    query = (
        sa.select(
            RECORD.c.id,
            RECORD.c.source,
            RECORD.c.source_pk,
            VERSION.c.payload,
            RECORD.c.version,
            RECORD.c.deleted_at.is_not(None),
        )
        .join(
            VERSION,
            (VERSION.c.record_id == RECORD.c.id) & (VERSION.c.version == RECORD.c.version),
        )
        .where(_unread(normaliser_key, everything), RECORD.c.id > after)
        .order_by(RECORD.c.id)
    )
    rows = bulk_select(connection, query.limit(limit) if limit >= 0 else query)
    return list(map(PendingRecord._make, rows))


def save_normalised(
    connection: sa.Connection,
    records: Iterable[NormalisedRecord],
    normaliser_key: str,
    *,
    gone: Iterable[int] = (),
    note_stale: bool = True,
) -> int:
    """Write records in hand; see `save_rows`."""
    return save_rows(
        connection, map(rows_of, records), normaliser_key, gone=gone, note_stale=note_stale
    )


def save_rows(
    connection: sa.Connection,
    rows: Iterable[PlainRows],
    normaliser_key: str,
    *,
    gone: Iterable[int] = (),
    note_stale: bool = True,
) -> int:
    """Write what normalising made of records in place of what it made before.

    Args:
        connection: In the caller's transaction.
        rows: Each record once.
        normaliser_key: What they were normalised by.
        gone: Ids of records their source has no longer: nothing is left of them.
        note_stale: Note what must be resolved again; needless where all of it is.

    Returns:
        How many records were written.
    """
    rows, gone = list(rows), list(gone)
    ids = [id_ for id_, *_ in rows] + gone
    if not ids:
        return 0
    written: list[tuple[int, str | None, str]] = [
        (id_, attributes, normaliser_key) for id_, attributes, *_ in rows
    ]
    written += [(id_, None, normaliser_key) for id_ in gone]
    bulk_update(connection, RECORD, "id", ["attributes", "normalised_by"], written)
    identifiers = (identifier for _, _, carried, _ in rows for identifier in carried)
    if not note_stale and _carried_nothing(connection, min(ids)):
        _insert_identifiers(connection, identifiers)
        return len(ids)
    mine = IDENTIFIER.c.record_id.in_(sa.select(stage_ids(connection, "normalised", ids).c.id))
    if note_stale:
        _note_records(connection, ids)
        _note_values(connection, mine)
    connection.execute(sa.delete(IDENTIFIER).where(mine))
    _insert_identifiers(connection, identifiers)
    _distrust_again(connection, mine)
    if note_stale:
        _note_values(connection, mine)
    return len(ids)


def _carried_nothing(connection: sa.Connection, first: int) -> bool:
    """Whether no record from this id on has carried anything yet: in a first run, all of them."""
    last = connection.execute(sa.select(sa.func.max(IDENTIFIER.c.record_id))).scalar()
    return (last is None or last < first) and not _any_poisoned(connection)


def _insert_identifiers(connection: sa.Connection, rows: Iterable[IdentifierRow]) -> None:
    columns = ["record_id", "type", "scope", "value", "status", "strength"]
    bulk_insert(connection, "identifier", columns, rows)


def _any_poisoned(connection: sa.Connection) -> bool:
    return connection.execute(sa.select(POISONED.c.record_id).limit(1)).first() is not None


def _note_records(connection: sa.Connection, ids: list[int]) -> None:
    those = stage_ids(connection, "noted", ids)
    # "WHERE true" lets SQLite tell ON CONFLICT from a join's ON.
    told = sa.select(those.c.id).where(sa.true())
    connection.execute(insert_new(connection, STALE_RECORD).from_select(["record_id"], told))


def _note_values(connection: sa.Connection, mine: sa.ColumnElement[bool]) -> None:
    """Note what these records carry; a block key once a record, to know how many had or have it."""
    columns = IDENTIFIER.c
    usable = sa.select(columns.type, columns.scope, columns.value).where(
        mine, columns.strength != Strength.NONE.value
    )
    blocks = sa.select(
        columns.type, sa.cast(columns.record_id, sa.Text).label("scope"), columns.value
    ).where(mine, columns.type == BLOCK)
    told = sa.union(usable, blocks).subquery()
    connection.execute(
        insert_new(connection, STALE_VALUE).from_select(
            Key._fields, sa.select(told).where(sa.true())
        )
    )


def _distrust_again(connection: sa.Connection, mine: sa.ColumnElement[bool]) -> None:
    """What once poured in on far too many rows stays distrusted on them."""
    if not _any_poisoned(connection):
        return
    same = sa.exists().where(
        *(
            POISONED.c[name] == IDENTIFIER.c[name]
            for name in ("record_id", "type", "scope", "value")
        )
    )
    connection.execute(
        sa.update(IDENTIFIER)
        .where(mine, same)
        .values(status=IdentifierStatus.BLOCKED.value, strength=Strength.NONE.value)
    )


def count_pending(connection: sa.Connection, normaliser_key: str, *, everything: bool) -> int:
    """How many records are to be read; see `pending_records`."""
    unread = _unread(normaliser_key, everything)
    return int(
        connection.execute(
            sa.select(sa.func.count()).select_from(RECORD).where(unread)
        ).scalar_one()
    )


def stage_keys(connection: sa.Connection, name: str, keys: Iterable[Key]) -> sa.Table:
    """Values in a fresh TEMP table; each once."""
    columns = [sa.Column(part, sa.Text, primary_key=True) for part in Key._fields]
    return stage(connection, name, columns, sorted(keys))


def read_otherwise(connection: sa.Connection, normaliser_key: str) -> bool:
    """Whether some living record was read by other rules than these."""
    other = sa.select(RECORD.c.id).where(
        RECORD.c.attributes.is_not(None), RECORD.c.normalised_by != normaliser_key
    )
    return connection.execute(other.limit(1)).first() is not None


def mark_changed_meanwhile(connection: sa.Connection, read: Iterable[PendingRecord]) -> int:
    """Mark those records again that a collector has changed since they were read; how many.

    Args:
        connection: The transaction that writes what was made of them.
        read: As they were.
    """
    columns = [
        sa.Column("id", BigId, primary_key=True, autoincrement=False),
        sa.Column("version", sa.BigInteger),
        sa.Column("gone", sa.BigInteger),
    ]
    rows = [(one.record_id, one.version, int(one.gone)) for one in read]
    was = stage(connection, "as_read", columns, rows)
    gone = sa.case((RECORD.c.deleted_at.is_(None), 0), else_=1)
    marked = connection.execute(
        sa.update(RECORD)
        .where(
            RECORD.c.id == was.c.id,
            sa.or_(RECORD.c.version != was.c.version, gone != was.c.gone),
        )
        .values(normalised_by=None)
    )
    return int(marked.rowcount)


def _unread(normaliser_key: str, everything: bool) -> sa.ColumnElement[bool]:
    if everything:
        return RECORD.c.normalised_by.is_distinct_from(normaliser_key)
    return RECORD.c.normalised_by.is_(None)


def load_normalised(
    connection: sa.Connection,
    ids: Iterable[int] | None = None,
    types: Sequence[str] | None = None,
) -> list[NormalisedRecord]:
    """Live records that have been normalised, by id.

    Args:
        connection: May fill TEMP tables.
        ids: Which; None for all.
        types: Which types of identifiers they come with; None for all a source told.
    """
    query = sa.select(RECORD.c.id, RECORD.c.source, RECORD.c.source_pk, RECORD.c.attributes).where(
        RECORD.c.attributes.is_not(None)
    )
    if ids is None:
        identifiers = _identifiers(connection, None, types)
    else:
        wanted = stage_ids(connection, "wanted", ids)
        identifiers = _identifiers(connection, wanted, types)
        query = query.join(wanted, wanted.c.id == RECORD.c.id)
    rows = bulk_select(connection, query.order_by(RECORD.c.id))
    return [
        _read(id_, source, key, orjson.loads(text), tuple(sorted(identifiers.get(id_, ()))))
        for id_, source, key, text in rows
    ]


def _identifiers(
    connection: sa.Connection, wanted: sa.Table | None, types: Sequence[str] | None
) -> dict[int, list[Identified]]:
    statuses = {status.value: status for status in IdentifierStatus}
    strengths = {strength.value: strength for strength in Strength}
    columns = IDENTIFIER.c
    query = sa.select(
        columns.record_id,
        columns.type,
        columns.scope,
        columns.value,
        columns.status,
        columns.strength,
    )
    if wanted is not None:
        query = query.join(wanted, wanted.c.id == columns.record_id)
    elif types is not None:
        query = query.where(columns.type.in_(types))
    asked = None if types is None else frozenset(types)
    found: dict[int, list[Identified]] = {}
    for record_id, type_, scope, value, status, strength in bulk_select(connection, query):
        # Asked for here: SQLite would look through all there are of a type, for a few records.
        if type_ in NOT_TOLD if asked is None else type_ not in asked:
            continue
        identified = Identified(Key(type_, scope, value), statuses[status], strengths[strength])
        found.setdefault(record_id, []).append(identified)
    return found


def load_graph(
    connection: sa.Connection,
    policy: Policy,
    ids: Iterable[int] | None = None,
    known_demoted: frozenset[Key] = frozenset(),
) -> Graph:
    """The graph of live records, straight from the tables: of these ids, or of all.

    Args:
        connection: May fill TEMP tables.
        policy: Which types a person has one of.
        ids: All records of some components; None for every record there is.
        known_demoted: Values which prove nothing, and whose holders are not all among `ids`.
    """
    records = sa.select(RECORD.c.id, RECORD.c.attributes).where(RECORD.c.attributes.is_not(None))
    columns = IDENTIFIER.c
    carried = sa.select(
        columns.type, columns.scope, columns.value, columns.strength, columns.record_id
    ).where(columns.strength != Strength.NONE.value)
    if ids is not None:
        wanted = stage_ids(connection, "wanted", ids)
        records = records.join(wanted, wanted.c.id == RECORD.c.id)
        carried = carried.join(wanted, wanted.c.id == columns.record_id)
    graph = Graph([], [], [], [], [])
    said: dict[Any, Any] = {}  # equal names and traits once
    for id_, text in bulk_select(connection, records.order_by(RECORD.c.id)):
        parts = orjson.loads(text)
        name, status = parts.get("name", ""), STATUSES[parts["name_status"]]
        surname = surname_alone(name, status)
        traits = traits_of(parts.get("values", {}))
        graph.ids.append(id_)
        graph.names.append(said.setdefault(name, name) if not surname else "")
        graph.surnames.append(surname)
        graph.traits.append(said.setdefault(traits, traits))
    graph.held.extend([()] * len(graph.ids))
    place_of = {id_: place for place, id_ in enumerate(graph.ids)}
    rows = bulk_select(
        connection, carried.order_by(columns.type, columns.scope, columns.value, columns.record_id)
    )
    fill(
        graph,
        (
            (type_, scope, value, strength, place_of[record_id])
            for type_, scope, value, strength, record_id in rows
        ),
        policy,
        known_demoted,
    )
    return graph


def _read(
    record_id: int,
    source: str,
    key: str,
    parts: dict[str, Any],
    identifiers: tuple[Identified, ...],
) -> NormalisedRecord:
    return NormalisedRecord(
        record_id,
        source,
        key,
        parts["trust"],
        parts.get("source_channel", ""),
        parts.get("name", ""),
        STATUSES[parts["name_status"]],
        parts.get("values", {}),
        identifiers,
        parts.get("created_at"),
        parts.get("updated_at"),
        parts.get("rejected", {}),
    )
