"""Take everything of a person out of the tables, and keep the hashes that know them again."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from heliu.identity.people.forgotten import HASH, hashes_of, keyed_hash
from heliu.identity.people.holdings import ERASED, HOLDINGS, NOBODY, Fate, Holding
from heliu.identity.people.person import DERIVED, PROFILE, Person, same_key
from heliu.identity.people.traces import QUARANTINE, BadRow, delete_bad_rows, find_bad_rows
from heliu.identity.records import Key
from heliu.identity.rows import BLOCK
from heliu.identity.tables.store import IDENTIFIER
from heliu.identity.tables.whole import measure
from models import Edge, Membership, Order, Product, Record, StaleRecord, StaleValue, UnifyState
from models.bulk import insert_new
from models.columns import UtcSeconds

EDGE: sa.Table = Edge.__table__  # type: ignore[attr-defined]
MEMBERSHIP: sa.Table = Membership.__table__  # type: ignore[attr-defined]
ORDER: sa.Table = Order.__table__  # type: ignore[attr-defined]
PRODUCT: sa.Table = Product.__table__  # type: ignore[attr-defined]
RECORD: sa.Table = Record.__table__  # type: ignore[attr-defined]
STALE_RECORD: sa.Table = StaleRecord.__table__  # type: ignore[attr-defined]
STALE_VALUE: sa.Table = StaleValue.__table__  # type: ignore[attr-defined]
STATE: sa.Table = UnifyState.__table__  # type: ignore[attr-defined]


def count_rows(connection: sa.Connection, holding: Holding, person: Person) -> int:
    """How many rows of a table erasing would take or empty."""
    rows = sa.select(sa.func.count()).select_from(holding.table).where(holding.gone(person))
    return int(connection.execute(rows).scalar_one())


def forget(
    connection: sa.Connection, person: Person, secret: bytes, erasure: int, now: datetime
) -> dict[str, int]:
    """Erase every row and keep the hashes; rows by table."""
    bad_rows = find_bad_rows(connection, person)
    _make_stale(connection, person)
    _keep_hashes(connection, person, secret, erasure, bad_rows)
    counts: dict[str, int] = {}
    for holding in HOLDINGS:
        if number := _take(connection, holding, person, _Stub(secret, erasure, now)):
            counts[holding.table.name] = number
    if bad_rows:
        counts[QUARANTINE.name] = delete_bad_rows(connection, bad_rows)
    _count_anew(connection)
    return counts


def _count_anew(connection: sa.Connection) -> None:
    """The figures unify keeps of the whole are moved by what it changes; this it did not."""
    text = connection.execute(sa.select(STATE.c.counts)).scalar()
    if text and "sizes" in (counts := json.loads(text)):
        whole = measure(connection)
        whole.model = counts.get("model", "")
        counts |= json.loads(whole.as_json())
        connection.execute(sa.update(STATE).values(counts=json.dumps(counts, ensure_ascii=False)))


def _take(connection: sa.Connection, holding: Holding, person: Person, stub: "_Stub") -> int:
    """Erase one table's rows; how many."""
    where = holding.gone(person)
    if holding.fate is Fate.DELETED:
        return int(connection.execute(sa.delete(holding.table).where(where)).rowcount)
    if holding.table is ORDER:
        return _empty_orders(connection, where)
    if holding.table is RECORD:
        return _empty_records(connection, where, stub)
    return 0


class _Stub(NamedTuple):
    """What is left in a record that is empty."""

    secret: bytes
    erasure: int
    at: datetime


def _empty_orders(connection: sa.Connection, where: sa.ColumnElement[bool]) -> int:
    """Orders keep number, item, amount and times, as books must; they are nobody's now."""
    sold = sa.select(PRODUCT.c.key)
    values = {
        "record_id": NOBODY,
        "profile_id": NOBODY,
        "channel": None,
        "campaign": None,
        # An item that is none of the catalogue is text as somebody typed it.
        "item": sa.case((ORDER.c.item.in_(sold), ORDER.c.item)),
    }
    return int(connection.execute(sa.update(ORDER).where(where).values(values)).rowcount)


def _empty_records(connection: sa.Connection, where: sa.ColumnElement[bool], stub: _Stub) -> int:
    """A stub stays under each record's id, so that the id is never given again."""
    columns = RECORD.c
    rows = connection.execute(
        sa.select(columns.id, columns.source, columns.source_pk).where(where)
    ).all()
    for id_, source, key in rows:
        connection.execute(
            sa.update(RECORD)
            .where(columns.id == id_)
            .values(
                source_pk=keyed_hash(stub.secret, "stub", str(id_), source, key),
                content_hash="",
                attributes=None,
                normalised_by=ERASED.format(stub.erasure),
                deleted_at=sa.func.coalesce(columns.deleted_at, sa.literal(stub.at, UtcSeconds())),
            )
        )
    return len(rows)


def _keep_hashes(
    connection: sa.Connection,
    person: Person,
    secret: bytes,
    erasure: int,
    bad_rows: Iterable[BadRow],
) -> None:
    hashes = hashes_of(person, secret, erasure, ((row.source, row.row_hash) for row in bad_rows))
    known = set(connection.execute(sa.select(HASH.c.hash).where(HASH.c.hash.in_(hashes))).scalars())
    if fresh := sorted(hashes - known):
        rows = [{"hash": hash_, "erasure_id": erasure} for hash_ in fresh]
        connection.execute(sa.insert(HASH), rows)


def _make_stale(connection: sa.Connection, person: Person) -> None:
    """Have the next unify look again at whoever had to do with them."""
    shared = sorted(key for key in person.values - person.own if key.type not in DERIVED[:1])
    known = connection.execute(
        sa.select(STALE_VALUE.c.type, STALE_VALUE.c.scope, STALE_VALUE.c.value).where(
            same_key(STALE_VALUE, shared)
        )
    )
    there = {tuple(row) for row in known}
    if fresh := [key._asdict() for key in shared if tuple(key) not in there]:
        connection.execute(sa.insert(STALE_VALUE), fresh)
    blocks = sa.select(
        IDENTIFIER.c.type, sa.cast(IDENTIFIER.c.record_id, sa.Text), IDENTIFIER.c.value
    ).where(IDENTIFIER.c.type == BLOCK, IDENTIFIER.c.record_id.in_(person.records))
    connection.execute(insert_new(connection, STALE_VALUE).from_select(Key._fields, blocks))
    near = sa.union(*_neighbours(person)).subquery()
    connection.execute(
        sa.insert(STALE_RECORD).from_select(
            ["record_id"],
            sa.select(near.c.record_id).where(
                near.c.record_id.not_in(person.records),
                near.c.record_id.not_in(sa.select(STALE_RECORD.c.record_id)),
            ),
        )
    )


def _neighbours(person: Person) -> list[sa.Select[Any]]:
    """Records of their component, and those evidence has compared with theirs."""
    component = sa.select(PROFILE.c.component_id).where(PROFILE.c.id == person.profile_id)
    members = (
        sa.select(MEMBERSHIP.c.record_id.label("record_id"))
        .join(PROFILE, PROFILE.c.id == MEMBERSHIP.c.profile_id)
        .where(
            MEMBERSHIP.c.to_run_id.is_(None),
            PROFILE.c.component_id.in_(component),
            PROFILE.c.component_id != 0,
        )
    )
    return [
        members,
        sa.select(EDGE.c.right_id).where(EDGE.c.left_id.in_(person.records)),
        sa.select(EDGE.c.left_id).where(EDGE.c.right_id.in_(person.records)),
    ]
