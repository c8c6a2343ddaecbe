"""Time and memory of unify on invented records: full, little changed, nothing changed, poisoned.

Each function runs in a process of its own (`apart`), HELIU_HOME naming the database.
"""

import hashlib
import json
from typing import Any

import sqlalchemy as sa

from benchmarks.deliver import change, fill, poison
from benchmarks.linking import link
from benchmarks.workbench import Spent, count, quality, unify
from models.database import reading, writing
from tasks.database import database

# What unify publishes; a run that changes nothing leaves every row of them as it was.
PUBLISHED = (
    "membership", "profile", "golden_value", "edge", "alias", "handover", "review_item",
    "identifier", "demotion", "profile_event", "touched",
)  # fmt: skip
FIRST_RUN = 10  # runs before are the deliveries'


def prepare(records: int, seed: int) -> dict[str, Any]:
    """Collect so many invented records; whose each is, for `accuracy`."""
    persons = fill(database(), records, seed)
    with writing(database()) as connection:
        connection.exec_driver_sql("CREATE TABLE bench_truth (record_id INTEGER, person INTEGER)")
        connection.exec_driver_sql(
            "INSERT INTO bench_truth SELECT key + 1, value FROM json_each(?)",
            (json.dumps(persons),),
        )
    return {"records": len(persons), "people": len(set(persons))}


def full() -> dict[str, Any]:
    """The first unify after collect: everything."""
    return {**_plain(unify(FIRST_RUN)), "records": count("SELECT count(*) FROM record")}


def accuracy() -> dict[str, Any]:
    """How well the invented people were told apart."""
    query = sa.text(
        "SELECT t.record_id, t.person, m.profile_id FROM bench_truth t "
        "JOIN membership m ON m.record_id = t.record_id AND m.to_run_id IS NULL"
    )
    with reading(database()) as connection:
        rows = connection.execute(query).all()
    return quality({id_: p for id_, p, _ in rows}, {id_: p for id_, _, p in rows})._asdict()


def changed(share: float, times: int) -> list[dict[str, Any]]:
    """So many nights on each of which this share of the records changed, by what each took.

    A night goes before them that isn't counted: this process reads the firm in it.
    """
    first = 1_000 + round(share * 1_000_000)
    nights = []
    for night in range(times + 1):
        change(database(), share, seed=first + night, run_id=first + 2 * night)
        nights.append(_plain(unify(first + 2 * night + 1)))
    return nights[1:]


def churn() -> dict[str, Any]:
    """Rows that differ after a second run, and after two people were one for a night."""
    before, aliases = digests(), _memberships()
    unify(900_001)
    idle = [table for table, digest in digests().items() if digest != before[table]]
    left, right = _strangers()
    with writing(database()) as connection:
        _set_unionid(connection, [left, right], "o6_one-night-they-were-one")
    unify(900_002)
    met = _memberships()
    with writing(database()) as connection:
        _set_unionid(connection, [left, right], "")
    unify(900_003)
    return {
        "changed tables": idle,
        "merged": met[left] == met[right],
        "restored": _memberships() == aliases,
    }


def poisoned() -> dict[str, Any]:
    """A broken export of 10,000 rows with one known person's phone."""
    before, profiles = _memberships(), _profile_rows()
    known = count("SELECT max(id) FROM record")
    poison(database(), run_id=950_001)
    spent = unify(950_002)
    after = {record: id_ for record, id_ in _memberships().items() if record <= known}
    now = _profile_rows()
    return {
        "moved": sum(after.get(record) != id_ for record, id_ in before.items()),
        "profiles changed": sum(now.get(id_) != row for id_, row in profiles.items()),
        "alerts": count(
            "SELECT count(*) FROM (SELECT DISTINCT type, scope, value FROM poisoned_value)"
        ),
        "new records unified": len(_memberships()) - len(before),
        **_plain(spent),
    }


def linked(records: int) -> dict[str, Any]:
    """The link step alone against scipy's components."""
    return link(records)._asdict()


def digests() -> dict[str, str]:
    """Table → hash of all its rows in the order of their keys."""
    found = {}
    with reading(database()) as connection:
        for table in PUBLISHED:
            columns = sa.inspect(connection).get_columns(table)
            names = ", ".join(f'"{column["name"]}"' for column in columns)
            digest = hashlib.blake2b(digest_size=16)
            for row in connection.exec_driver_sql(
                f'SELECT {names} FROM "{table}" ORDER BY {names}'
            ):
                digest.update(repr(tuple(row)).encode())
            found[table] = digest.hexdigest()
    return found


def _plain(spent: Spent) -> dict[str, Any]:
    return spent._asdict()


def _memberships() -> dict[int, int]:
    with reading(database()) as connection:
        rows = connection.exec_driver_sql(
            "SELECT record_id, profile_id FROM membership WHERE to_run_id IS NULL"
        )
        return dict(rows.tuples().all())


def _profile_rows() -> dict[int, tuple[Any, ...]]:
    with reading(database()) as connection:
        rows = connection.exec_driver_sql(
            "SELECT id, records, sources, name, phone, email, birthday, city FROM profile"
        )
        return {row[0]: tuple(row) for row in rows}


def _strangers() -> tuple[int, int]:
    """Two records of two people, by sources that know no id in common."""
    return _stranger("oa_fan"), _stranger("channels_fan")


def _stranger(source: str) -> int:
    """The first record of a source that has no unionid and a profile to itself."""
    query = (
        "SELECT min(r.id) FROM record r "
        "JOIN membership m ON m.record_id = r.id AND m.to_run_id IS NULL "
        "JOIN profile p ON p.id = m.profile_id "
        "JOIN record_version v ON v.record_id = r.id AND v.version = r.version "
        f"WHERE r.source = '{source}' AND p.records = 1 AND r.deleted_at IS NULL "
        "AND v.payload NOT LIKE '%unionid%'"
    )
    return count(query)


def _set_unionid(connection: sa.Connection, records: list[int], unionid: str) -> None:
    """The records' current versions told anew, with or without a unionid."""
    for id_ in records:
        text, version = connection.exec_driver_sql(
            "SELECT payload, v.version FROM record_version v JOIN record r ON r.id = v.record_id "
            "AND r.version = v.version WHERE r.id = ?",
            (id_,),
        ).one()
        said = json.loads(text)
        said.pop("unionid", None)
        if unionid:
            said["unionid"] = unionid
        text = json.dumps(said, ensure_ascii=False)
        connection.exec_driver_sql(
            "INSERT INTO record_version (record_id, version, content_hash, payload, run_id) "
            "VALUES (?, ?, ?, ?, ?)",
            (id_, version + 1, hashlib.blake2b(text.encode(), digest_size=16).hexdigest(), text, 1),
        )
        connection.exec_driver_sql(
            "UPDATE record SET version = version + 1, normalised_by = NULL WHERE id = ?", (id_,)
        )
