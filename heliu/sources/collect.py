"""Collect one source: survey it first, then write all it says in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from heliu.errors import SafetyStop
from heliu.rules.vocabulary import Vocabulary
from heliu.sources.erased import NOBODY, Erased, leave_out_bad_rows
from heliu.sources.fact_store import save_facts
from heliu.sources.facts import FactReader
from heliu.sources.files import digest
from heliu.sources.heard import newest_file, save_looked_at
from heliu.sources.reader import Reading, count_rows
from heliu.sources.records import read_records
from heliu.sources.spec import SourceSpec
from heliu.sources.store import (
    QUARANTINE,
    hold_membership,
    people_of,
    save_quarantine,
    save_records,
)
from models import SourceDelivery, SourceState

LEAST_SHARE = 0.5  # of the last delivery's rows; less stops the run
STATE = SourceState.__table__  # type: ignore[attr-defined]
DELIVERY = SourceDelivery.__table__  # type: ignore[attr-defined]
READER_VERSION = "1"  # a change in how files are read makes every file new


@dataclass(frozen=True)
class Survey:
    """What a source would deliver now, before anything is written."""

    source: str
    fingerprint: str
    rows: int
    changed: bool
    modified_at: datetime | None = None  # when the newest of its files was last written


def survey(connection: sa.Connection, spec: SourceSpec, salt: str) -> Survey:
    """Look at a source without writing; an unchanged one isn't even parsed.

    Args:
        connection: For what was delivered last.
        spec: The source.
        salt: What else decides how its rows are understood (products, zone).
    """
    modified_at = newest_file(spec.files)
    fingerprint = digest(spec.files, f"{READER_VERSION}:{spec.mapping_hash}:{salt}")
    last = connection.execute(sa.select(STATE).where(STATE.c.source == spec.name)).first()
    if last is not None and last.fingerprint == fingerprint and not _waits(connection, spec):
        return Survey(spec.name, fingerprint, last.rows, False, modified_at)
    return Survey(spec.name, fingerprint, count_rows(spec), True, modified_at)


def _waits(connection: sa.Connection, spec: SourceSpec) -> bool:
    """Whether rows wait in quarantine for a person another source may tell of by now."""
    if spec.subject is None or spec.subject.source is None:
        return False
    open_rows = sa.select(QUARANTINE.c.id).where(
        QUARANTINE.c.source == spec.name, QUARANTINE.c.resolved_at.is_(None)
    )
    return connection.execute(open_rows.limit(1)).first() is not None


def stop_if_too_little(connection: sa.Connection, surveys: Sequence[Survey]) -> None:
    """Refuse to go on where a source delivers less than half of last time.

    Raises:
        SafetyStop: Names every such source, before anything is written.
    """
    last: dict[str, int] = dict(
        connection.execute(sa.select(STATE.c.source, STATE.c.rows)).tuples().all()
    )
    little = [
        f"{s.source} delivers {s.rows:,} rows, last time {last[s.source]:,}"
        for s in surveys
        if s.source in last and s.rows < LEAST_SHARE * last[s.source]
    ]
    if little:
        raise SafetyStop(
            f"Stopped before anything was written: {'; '.join(little)}. A delivery of less than "
            f"{LEAST_SHARE:.0%} of the last one is likely a broken export. Mend the file, or "
            "accept it once with --accept-less."
        )


def collect_source(
    connection: sa.Connection,
    spec: SourceSpec,
    seen: Survey,
    words: Vocabulary,
    products: Mapping[str, str],
    run_id: int,
    now: datetime,
    zone: ZoneInfo,
    advance: Callable[[int], None] = lambda read: None,
    erased: Erased = NOBODY,
) -> SourceDelivery:
    """Write everything a source says, in the caller's transaction; return what became of it.

    An unchanged source writes only that it was looked at. Rows of `erased` people
    are counted and left out.
    """
    if not seen.changed:
        delivery = SourceDelivery(run_id=run_id, source=spec.name, rows=seen.rows, same=seen.rows)
        _save_delivery(connection, delivery)
        save_looked_at(connection, spec.name, seen.modified_at)
        return delivery
    bad = Reading()
    records = read_records(spec, zone, bad)
    theirs = [] if erased is NOBODY else [key for key in records if erased.key(spec.name, key)]
    for key in theirs:
        del records[key]
    counts = save_records(connection, spec.name, records, spec.snapshot, run_id, now)
    facts, left_out = 0, len(theirs)
    if spec.facts:
        hold_membership(connection)
        people: dict[str, dict[str, tuple[int, int]]] = {}

        def person_of(source: str, key: str) -> tuple[int, int] | None:
            if source not in people:
                people[source] = people_of(connection, source)
            return people[source].get(key)

        reader = FactReader(spec, words, products, zone)
        facts = save_facts(connection, reader.read(person_of, bad, erased), run_id, advance)
        left_out = max(left_out, reader.left_out)
    left_out += leave_out_bad_rows(spec, bad, erased)
    save_quarantine(connection, spec.name, bad.rows, run_id, now)
    delivery = SourceDelivery(
        run_id=run_id,
        source=spec.name,
        rows=seen.rows,
        new=counts.new,
        changed=counts.changed,
        same=counts.same,
        deleted=counts.deleted,
        quarantined=len(bad.rows),
        facts=facts,
        erased=left_out,
    )
    _save_delivery(connection, delivery)
    _save_state(connection, seen, bad.newest_at, run_id, now)
    return delivery


def _save_delivery(connection: sa.Connection, delivery: SourceDelivery) -> None:
    mine = (DELIVERY.c.run_id == delivery.run_id, DELIVERY.c.source == delivery.source)
    connection.execute(sa.delete(DELIVERY).where(*mine))
    connection.execute(sa.insert(DELIVERY).values(**delivery.model_dump()))


def _save_state(
    connection: sa.Connection, seen: Survey, newest_at: int | None, run_id: int, now: datetime
) -> None:
    connection.execute(sa.delete(STATE).where(STATE.c.source == seen.source))
    connection.execute(
        sa.insert(STATE).values(
            source=seen.source,
            fingerprint=seen.fingerprint,
            rows=seen.rows,
            watermark_at=None if newest_at is None else datetime.fromtimestamp(newest_at, UTC),
            run_id=run_id,
            read_at=now,
            modified_at=seen.modified_at,
        )
    )
