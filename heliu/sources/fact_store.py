"""Facts → tables: only rows that are new or differ are written, and their people touched."""

from collections.abc import Callable, Iterable, Sequence

import sqlalchemy as sa

from heliu.sources.facts import (
    CONSENT_COLUMNS,
    EVENT_COLUMNS,
    ORDER_COLUMNS,
    REFUND_COLUMNS,
    SLOT_COLUMNS,
    Fact,
    fact_id,
)
from models import Consent, Event, EventPayload, Order, Refund, Touched
from models.bulk import stage
from models.columns import UtcSeconds

EVENT = Event.__table__  # type: ignore[attr-defined]
PAYLOAD = EventPayload.__table__  # type: ignore[attr-defined]
ORDER = Order.__table__  # type: ignore[attr-defined]
REFUND = Refund.__table__  # type: ignore[attr-defined]
CONSENT = Consent.__table__  # type: ignore[attr-defined]
TOUCHED = Touched.__table__  # type: ignore[attr-defined]
BATCH = 50_000  # facts staged at once
Rows = Sequence[tuple[object, ...]]


def save_facts(
    connection: sa.Connection, facts: Iterable[Fact], run_id: int, advance: Callable[[int], None]
) -> int:
    """Write a source's facts and return how many rows were new or changed.

    `advance` is told how many facts have been read, now and then.
    """
    written = read = 0
    batch: list[Fact] = []
    for fact in facts:
        batch.append(fact)
        if len(batch) == BATCH:
            written += _save_batch(connection, batch, run_id)
            read += len(batch)
            advance(read)
            batch = []
    written += _save_batch(connection, batch, run_id)
    advance(read + len(batch))
    return written


def _save_batch(connection: sa.Connection, facts: list[Fact], run_id: int) -> int:
    rows: dict[str, list[tuple[object, ...]]] = {
        "events": [],
        "orders": [],
        "refunds": [],
        "consents": [],
    }
    for fact in facts:
        rows[fact.kind].append(fact.row)
    written = _save_events(connection, rows["events"], run_id)
    _save_payloads(connection, [(f.row[2], f.payload) for f in facts if f.payload is not None])
    written += _save_consents(connection, rows["consents"], run_id)
    if rows["orders"] or rows["refunds"]:
        written += _save_orders(connection, rows["orders"], run_id)
        written += _save_refunds(connection, rows["refunds"])
        numbers = {row[0] for row in rows["orders"]} | {row[1] for row in rows["refunds"]}
        _derive_order_events(connection, sorted(map(str, numbers)), run_id)
    return written


def _save_events(connection: sa.Connection, rows: Rows, run_id: int) -> int:
    """Insert what is new; replace what differs, wherever its person or time has moved."""
    if not rows:
        return 0
    staged = _staged(connection, "fresh_event", EVENT, EVENT_COLUMNS, rows, key="id")
    if _any_known(connection, staged):
        _drop_unchanged(connection, staged)
        known = EVENT.join(staged, EVENT.c.id == staged.c.id)
        _touch(connection, known, EVENT.c.profile_id, run_id)
        connection.execute(sa.delete(EVENT).where(EVENT.c.id.in_(sa.select(staged.c.id))))
    _touch(connection, staged, staged.c.profile_id, run_id)
    columns = [staged.c[name] for name in EVENT_COLUMNS]
    by_profile = sa.select(*columns).order_by(staged.c.profile_id, staged.c.at)
    written = _count(connection, staged)
    connection.execute(sa.insert(EVENT).from_select(list(EVENT_COLUMNS), by_profile))
    return written


def _any_known(connection: sa.Connection, staged: sa.Table) -> bool:
    known = sa.select(EVENT.c.id).join(staged, EVENT.c.id == staged.c.id).limit(1)
    return connection.execute(known).first() is not None


def _drop_unchanged(connection: sa.Connection, staged: sa.Table) -> None:
    told = [name for name in EVENT_COLUMNS if name not in ("id", "profile_id")]
    same = [EVENT.c[name].is_not_distinct_from(staged.c[name]) for name in told]
    unchanged = sa.exists().where(EVENT.c.id == staged.c.id, *same)
    connection.execute(sa.delete(staged).where(unchanged))


def _save_payloads(connection: sa.Connection, rows: Rows) -> None:
    if not rows:
        return
    staged = _staged(
        connection, "fresh_payload", PAYLOAD, ("event_id", "payload"), rows, key="event_id"
    )
    connection.execute(
        sa.delete(PAYLOAD).where(PAYLOAD.c.event_id.in_(sa.select(staged.c.event_id)))
    )
    connection.execute(sa.insert(PAYLOAD).from_select(["event_id", "payload"], sa.select(staged)))


def _save_consents(connection: sa.Connection, rows: Rows, run_id: int) -> int:
    """Append what the ledger hasn't got; nothing in it is ever changed."""
    if not rows:
        return 0
    unique = list({row[0]: row for row in rows}.values())
    staged = _staged(connection, "fresh_consent", CONSENT, CONSENT_COLUMNS, unique, key="id")
    connection.execute(sa.delete(staged).where(staged.c.id.in_(sa.select(CONSENT.c.id))))
    _touch(connection, staged, staged.c.profile_id, run_id)
    columns = [staged.c[name] for name in CONSENT_COLUMNS]
    written = _count(connection, staged)
    connection.execute(sa.insert(CONSENT).from_select(list(CONSENT_COLUMNS), sa.select(*columns)))
    return written


def _save_orders(connection: sa.Connection, rows: Rows, run_id: int) -> int:
    """Insert new orders; fill what is missing; a source may change only what it told itself.

    An order stays with the record that first told of it.
    """
    if not rows:
        return 0
    merged: dict[object, tuple[object, ...]] = {}
    for row in rows:  # several rows of one delivery may tell of one order: the first word counts
        old = merged.get(row[0], row)
        merged[row[0]] = tuple(a if a is not None else b for a, b in zip(old, row, strict=True))
    staged = _staged(
        connection, "fresh_order", ORDER, ORDER_COLUMNS, list(merged.values()), key="number"
    )
    same = ORDER.c.number == staged.c.number
    details = ORDER_COLUMNS[4:]
    told = {
        name: sa.case(
            (ORDER.c.source == staged.c.source, sa.func.coalesce(staged.c[name], ORDER.c[name])),
            else_=sa.func.coalesce(ORDER.c[name], staged.c[name]),
        )
        for name in details
    }
    differs = sa.or_(*(ORDER.c[name].is_distinct_from(value) for name, value in told.items()))
    updated = connection.execute(sa.update(ORDER).where(same, differs).values(told)).rowcount
    return int(updated) + _insert_missing(connection, ORDER, ORDER_COLUMNS, staged, same)


def _save_refunds(connection: sa.Connection, rows: Rows) -> int:
    if not rows:
        return 0
    unique = list({row[0]: row for row in rows}.values())
    staged = _staged(connection, "fresh_refund", REFUND, REFUND_COLUMNS, unique, key="number")
    same = REFUND.c.number == staged.c.number
    told = {name: staged.c[name] for name in REFUND_COLUMNS[1:]}
    differs = sa.or_(*(REFUND.c[name].is_distinct_from(value) for name, value in told.items()))
    updated = connection.execute(sa.update(REFUND).where(same, differs).values(told)).rowcount
    return int(updated) + _insert_missing(connection, REFUND, REFUND_COLUMNS, staged, same)


def _insert_missing(
    connection: sa.Connection,
    table: sa.Table,
    names: Sequence[str],
    staged: sa.Table,
    same: sa.ColumnElement[bool],
) -> int:
    """Insert the staged rows the table hasn't got; how many."""
    connection.execute(sa.delete(staged).where(sa.exists().where(same)))
    missing = _count(connection, staged)
    columns = [staged.c[name] for name in names]
    connection.execute(sa.insert(table).from_select(list(names), sa.select(*columns)))
    return missing


def _count(connection: sa.Connection, table: sa.Table) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def _derive_order_events(connection: sa.Connection, numbers: list[str], run_id: int) -> None:
    """Make the events of these orders and their refunds say what the rows say."""
    key = [sa.Column("number", sa.Text, primary_key=True)]
    wanted = stage(connection, "order_number", key, ((number,) for number in numbers))
    orders = connection.execute(
        sa.select(ORDER).join(wanted, wanted.c.number == ORDER.c.number)
    ).all()
    refunds = connection.execute(
        sa.select(REFUND, ORDER)
        .join(wanted, wanted.c.number == REFUND.c.order_number)
        .join(ORDER, ORDER.c.number == REFUND.c.order_number)
    ).mappings()
    rows = [row for order in orders for row in _order_events(order)]
    rows += [_refund_event(refund) for refund in refunds]
    _save_events(connection, rows, run_id)


def _order_events(order: sa.Row[tuple[object, ...]]) -> list[tuple[object, ...]]:
    row = order._mapping
    events = (("order_created", row[ORDER.c.ordered_at]), ("order_paid", row[ORDER.c.paid_at]))
    return [
        _event(
            at,
            fact_id("orders", str(row[ORDER.c.number]), type_),
            type_,
            row,
            row[ORDER.c.amount_fen],
        )
        for type_, at in events
        if at is not None
    ]


def _refund_event(row: sa.RowMapping) -> tuple[object, ...]:
    id_ = fact_id("orders", str(row[REFUND.c.number]), "order_refunded")
    at, amount_fen = row[REFUND.c.refunded_at], row[REFUND.c.amount_fen]
    return _event(at, id_, "order_refunded", row, amount_fen)


def _event(  # type: ignore[no-untyped-def]
    at, id_: int, type_: str, order, amount_fen: object
) -> tuple[object, ...]:
    item, *rest = (order[ORDER.c[name]] for name in ("item", "quantity", "channel", "campaign"))
    person = (order[ORDER.c.profile_id], int(at.timestamp()), id_, order[ORDER.c.record_id])
    slots = (None for _ in SLOT_COLUMNS)
    return (*person, "orders", type_, item, amount_fen, *rest, *slots)


def _staged(
    connection: sa.Connection,
    name: str,
    like: sa.Table,
    columns: Sequence[str],
    rows: Rows,
    key: str,
) -> sa.Table:
    """A TEMP table with some of a table's columns, instants as the integers they are."""
    types = {
        c: sa.BigInteger() if isinstance(like.c[c].type, UtcSeconds) else like.c[c].type
        for c in columns
    }
    return stage(
        connection, name, [sa.Column(c, types[c], primary_key=c == key) for c in columns], rows
    )


def _touch(
    connection: sa.Connection, source: sa.FromClause, profile: sa.ColumnElement[int], run_id: int
) -> None:
    reason = (sa.literal("fact"), sa.literal(run_id))
    people = sa.select(profile, *reason).select_from(source).distinct()
    connection.execute(sa.insert(TOUCHED).from_select(["profile_id", "reason", "run_id"], people))
