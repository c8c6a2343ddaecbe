"""Invented records straight into a database, as collect leaves them: written, not yet unified."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from random import Random

import sqlalchemy as sa

from benchmarks.people import a_phone
from benchmarks.spelling import a_name, write_phone
from benchmarks.telling import SOURCES, Payload, Told, an_instant, generate
from models import Record, RecordVersion
from models.bulk import bulk_insert, stage
from models.database import reading, writing

RECORD: sa.Table = Record.__table__  # type: ignore[attr-defined]
VERSION: sa.Table = RecordVersion.__table__  # type: ignore[attr-defined]
NOW = 1_759_284_000  # 2025-10-01 10:00 in Shanghai
NEW_PEOPLE = 10_000_000  # their numbers begin here, so that nobody's ids come twice

PHONES = ("手机", "remark_mobiles", "phone")
NAMES = ("姓名", "remark", "name")
TIMES = ("更新时间", "add_time", "subscribe_time", "last_login", "submitted_at", "paid_at",
         "created_at", "followed_at", "at")  # fmt: skip
IDS = ("unionid", "邮箱", "email", "openid")

New = tuple[int, str, str, str]  # record id, source, key, payload


def fill(engine: sa.Engine, count: int, seed: int = 1) -> list[int]:
    """So many records into an empty database; whose each is: person by record id − 1.

    As collect does it, source by source in one order of keys, which mixes the people.
    """
    told: dict[str, list[tuple[int, str]]] = {source: [] for source in SOURCES}
    for person, source, payload in generate(count, seed):
        told[source].append((person, _text(payload)))
    random = Random(seed)
    truth: list[int] = []
    with writing(engine) as connection:
        for source, records in told.items():
            random.shuffle(records)
            first = len(truth) + 1
            rows = [
                (id_, source, f"{source}-{id_ - first:07}", text)
                for id_, (_, text) in enumerate(records, first)
            ]
            _insert(connection, rows, run_id=1)
            truth += [person for person, _ in records]
            records.clear()
    return truth


def change(engine: sa.Engine, share: float, seed: int = 1, run_id: int = 2) -> Counter[str]:
    """As a later collect: of this share of the live records 80 % changed, 10 % gone, 10 % new.

    Half of what changed changes nothing that tells who somebody is.
    """
    random = Random(f"change {seed}")
    with reading(engine) as connection:
        live = list(connection.scalars(sa.select(RECORD.c.id).where(RECORD.c.deleted_at.is_(None))))
    chosen = random.sample(live, round(share * len(live)))
    if not chosen:
        return Counter()
    tenth = len(chosen) // 10
    gone, copied, changed = chosen[:tenth], chosen[tenth : 2 * tenth], sorted(chosen[2 * tenth :])
    with writing(engine) as connection:
        known = _payloads(connection, [*copied, *changed])
        phones = [phone for payload in known.values() if (phone := _first(payload, PHONES))]
        _delete(connection, gone, run_id)
        _rewrite(connection, {id_: _anew(known[id_], phones, random) for id_ in changed}, run_id)
        fresh = generate(tenth, seed=random.randrange(10**9), first=NEW_PEOPLE * (seed + 1))
        _add(connection, _half_known(fresh, phones, random), run_id)
    return Counter(changed=len(changed), deleted=len(gone), new=tenth)


def poison(engine: sa.Engine, rows: int = 10_000, seed: int = 1, run_id: int = 2) -> int:
    """As a later collect of a broken export: one known person's phone on every row of a source.

    Returns:
        The record whose phone it is.
    """
    random = Random(f"poison {seed}")
    with writing(engine) as connection:
        query = sa.select(RECORD.c.id).where(RECORD.c.source == "miniprogram_user")
        payloads = _payloads(connection, list(connection.scalars(query.limit(1_000))))
        owner = min(
            id_
            for id_, said in payloads.items()
            if len(said.get("phone", "")) == 11 and said["phone"].isdigit()
        )
        batch = generate(rows * 8, seed=random.randrange(10**9), first=NEW_PEOPLE)
        forms = [told for told in batch if told.source == "h5_form"][:rows]
        for told in forms:
            told.payload["phone"] = payloads[owner]["phone"]
        _add(connection, forms, run_id)
    return owner


def _text(payload: Payload) -> str:
    return json.dumps(payload, ensure_ascii=False)


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _insert(connection: sa.Connection, rows: Iterable[New], run_id: int) -> None:
    hashed = [(id_, source, key, text, _hash(text)) for id_, source, key, text in rows]
    bulk_insert(
        connection,
        "record",
        ("id", "source", "source_pk", "version", "content_hash", "first_run_id", "changed_run_id"),
        ((id_, source, key, 1, hash_, run_id, run_id) for id_, source, key, _, hash_ in hashed),
    )
    bulk_insert(
        connection,
        "record_version",
        ("record_id", "version", "content_hash", "payload", "run_id"),
        ((id_, 1, hash_, text, run_id) for id_, _, _, text, hash_ in hashed),
    )


def _add(connection: sa.Connection, told: Iterable[Told], run_id: int) -> None:
    last = int(connection.scalar(sa.select(sa.func.max(RECORD.c.id))) or 0)
    ordered = sorted(told, key=lambda one: list(SOURCES).index(one.source))
    rows = (
        (id_, one.source, f"{one.source}-new-{id_:08}", _text(one.payload))
        for id_, one in enumerate(ordered, last + 1)
    )
    _insert(connection, rows, run_id)


def _half_known(told: Iterable[Told], phones: list[str], random: Random) -> Iterator[Told]:
    """Half of the new records carry the phone of somebody known."""
    for one in told:
        column = next((name for name in PHONES if name in one.payload), None)
        if column and phones and random.random() < 0.5:
            one.payload[column] = random.choice(phones)
        yield one


def _payloads(connection: sa.Connection, ids: list[int]) -> dict[int, Payload]:
    wanted = _stage_ids(connection, "wanted_record", ids)
    rows = connection.execute(
        sa.select(RECORD.c.id, VERSION.c.payload)
        .join(wanted, wanted.c.id == RECORD.c.id)
        .join(
            VERSION, (VERSION.c.record_id == RECORD.c.id) & (VERSION.c.version == RECORD.c.version)
        )
    )
    return {id_: json.loads(text) for id_, text in rows}


def _stage_ids(connection: sa.Connection, name: str, ids: Iterable[int]) -> sa.Table:
    column = sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False)
    return stage(connection, name, [column], ((id_,) for id_ in sorted(ids)))


def _delete(connection: sa.Connection, ids: list[int], run_id: int) -> None:
    gone = _stage_ids(connection, "gone_record", ids)
    update = sa.update(RECORD).where(RECORD.c.id.in_(sa.select(gone.c.id)))
    values = {"deleted_at": sa.literal(NOW, sa.BigInteger), "changed_run_id": run_id}
    connection.execute(update.values(normalised_by=None, **values))


def _rewrite(connection: sa.Connection, payloads: dict[int, Payload], run_id: int) -> None:
    told = {id_: _text(payload) for id_, payload in payloads.items()}
    columns = [
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("content_hash", sa.Text),
        sa.Column("payload", sa.Text),
    ]
    rows = ((id_, _hash(text), text) for id_, text in told.items())
    fresh = stage(connection, "told_anew", columns, rows)
    connection.execute(
        sa.update(RECORD)
        .where(RECORD.c.id == fresh.c.id)
        .values(
            version=RECORD.c.version + 1,
            content_hash=fresh.c.content_hash,
            changed_run_id=run_id,
            normalised_by=None,
        )
    )
    versions = sa.select(
        fresh.c.id,
        RECORD.c.version,
        fresh.c.content_hash,
        fresh.c.payload,
        sa.literal(run_id),
    ).join(RECORD, RECORD.c.id == fresh.c.id)
    names = ["record_id", "version", "content_hash", "payload", "run_id"]
    connection.execute(sa.insert(VERSION).from_select(names, versions))


def _anew(payload: Payload, phones: list[str], random: Random) -> Payload:
    """The same row told again; always different."""
    told = dict(payload)
    dice = random.random()
    if dice < 0.5:
        pass
    elif dice < 0.65 and (column := _column(told, PHONES)):
        told[column] = write_phone(a_phone(random), random)
    elif dice < 0.70 and phones and (column := _column(told, PHONES)):
        told[column] = random.choice(phones)
    elif dice < 0.85 and (column := _column(told, NAMES)):
        name = a_name(random)
        told[column] = name.surname + name.given
    elif column := _column(told, IDS):
        del told[column]
    if time := _column(told, TIMES):
        told[time] = an_instant(random)
    return told


def _column(payload: Payload, names: tuple[str, ...]) -> str | None:
    return next((name for name in names if name in payload), None)


def _first(payload: Payload, names: tuple[str, ...]) -> str | None:
    column = _column(payload, names)
    return payload[column] if column else None
