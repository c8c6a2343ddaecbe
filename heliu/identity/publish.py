"""Resolution → membership, profile, golden_value, alias, edge: only what differs is written."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from heliu.identity.difference import Row, Shape, find_difference, write_difference
from heliu.identity.facts import rekey_facts
from heliu.identity.history import History, tell_history
from heliu.identity.resolution import Resolution
from heliu.identity.survivorship import GoldenProfile
from heliu.rules.vocabulary import Word
from models import Alias, Edge, GoldenValue, Membership, Profile
from models.bulk import bulk_insert, stage

ALIAS: sa.Table = Alias.__table__  # type: ignore[attr-defined]
EDGE: sa.Table = Edge.__table__  # type: ignore[attr-defined]
GOLDEN: sa.Table = GoldenValue.__table__  # type: ignore[attr-defined]
MEMBERSHIP: sa.Table = Membership.__table__  # type: ignore[attr-defined]
PROFILE: sa.Table = Profile.__table__  # type: ignore[attr-defined]

STAMPS = {"id", "records", "sources", "created_run_id", "changed_run_id"}
PROFILE_FIELDS = [column.name for column in PROFILE.c if column.name not in STAMPS]
PROFILES = Shape(PROFILE, ["id"], ["records", "sources", *PROFILE_FIELDS])
GOLDEN_VALUES = Shape(GOLDEN, ["profile_id", "attribute"], ["value", "record_id", "rule"])
EDGES = Shape(
    EDGE,
    ["left_id", "right_id", "kind", "type", "scope", "value"],
    ["strength", "status", "reason"],
)


@dataclass(frozen=True)
class UnifyCounts:
    """What publishing wrote, in rows; all zero where nothing is new."""

    profiles_created: int = 0
    profiles_restored: int = 0
    profiles_split: int = 0
    profiles_merged: int = 0
    profiles_deleted: int = 0
    profile_rows: int = 0
    memberships_opened: int = 0
    memberships_closed: int = 0
    golden_values: int = 0
    edges: int = 0
    aliases_opened: int = 0
    aliases_closed: int = 0
    profile_events: int = 0
    facts_moved: int = 0
    touched: int = 0

    @property
    def written(self) -> int:
        """Rows written in all tables."""
        told_twice = ("created", "restored", "split", "merged", "deleted")
        return sum(
            number
            for name, number in asdict(self).items()
            if name.removeprefix("profiles_") not in told_twice
        )


def publish(
    connection: sa.Connection,
    resolution: Resolution,
    golden: Mapping[int, GoldenProfile],
    fields: Mapping[str, Word],
    *,
    run_id: int,
    now: datetime,
) -> UnifyCounts:
    """Make the tables say what the resolution says; facts follow their records.

    Args:
        connection: In the caller's transaction, which makes it all or nothing.
        resolution: Who is who.
        golden: Profile id to its values, of every profile of the resolution.
        fields: Field name to the column of `profile` it lives in.
        run_id: What new rows are stamped with.
        now: When it happened.
    """
    before = _current(connection)
    aliases = _open_aliases(connection)
    rows = find_difference(connection, PROFILES, _profile_rows(golden, fields))
    published = set(golden) - {row[0] for row in rows.inserted} | {key[0] for key in rows.deleted}
    history = tell_history(before, resolution.profile_of, published, aliases)

    closed = _move_members(connection, history, run_id)
    write_difference(
        connection,
        PROFILES,
        rows,
        new={"created_run_id": run_id, "changed_run_id": run_id},
        changed={"changed_run_id": run_id},
    )
    values = _write_golden(connection, golden)
    edges = _write_edges(connection, resolution, run_id)
    opened_aliases, closed_aliases = _write_aliases(connection, aliases, history, run_id)
    _write_history(connection, history, run_id, now)
    facts = rekey_facts(connection)
    touched = {int(row[0]) for row in (*rows.inserted, *rows.updated, *rows.deleted)}
    touched |= history.profiles | (facts.profiles & (set(golden) | published))
    _touch(connection, touched, run_id)

    what = Counter(change.what for change in history.changes)
    return UnifyCounts(
        profiles_created=what["created"],
        profiles_restored=what["restored"],
        profiles_split=what["split"],
        profiles_merged=what["merged"],
        profiles_deleted=what["deleted"],
        profile_rows=len(rows),
        memberships_opened=sum(new is not None for _, new in history.moved.values()),
        memberships_closed=closed,
        golden_values=values,
        edges=edges,
        aliases_opened=opened_aliases,
        aliases_closed=closed_aliases,
        profile_events=len(history.changes),
        facts_moved=sum(facts.rows.values()),
        touched=len(touched),
    )


def _current(connection: sa.Connection) -> dict[int, int]:
    rows = connection.execute(
        sa.select(MEMBERSHIP.c.record_id, MEMBERSHIP.c.profile_id).where(
            MEMBERSHIP.c.to_run_id.is_(None)
        )
    )
    return {row[0]: row[1] for row in rows}


def _open_aliases(connection: sa.Connection) -> dict[int, int]:
    rows = connection.execute(
        sa.select(ALIAS.c.old_id, ALIAS.c.profile_id).where(ALIAS.c.to_run_id.is_(None))
    )
    return {row[0]: row[1] for row in rows}


def _profile_rows(
    golden: Mapping[int, GoldenProfile], fields: Mapping[str, Word]
) -> dict[Row, Row]:
    """Each profile's row; a field without a value is NULL."""
    column_of = {name: word.column for name, word in fields.items()}
    names = {column: name for name, column in column_of.items()}
    attributes = [names.get(column, "") for column in PROFILE_FIELDS]
    rows: dict[Row, Row] = {}
    for id_, (records, sources, values) in golden.items():
        told = {name: found.value for name, found in values.items()}
        rows[(id_,)] = (records, sources, *map(told.get, attributes))
    return rows


def _write_golden(connection: sa.Connection, golden: Mapping[int, GoldenProfile]) -> int:
    wanted: dict[Row, Row] = {
        (id_, attribute): (str(value), record_id, rule)
        for id_, profile in golden.items()
        for attribute, (value, record_id, rule) in profile.values.items()
    }
    found = find_difference(connection, GOLDEN_VALUES, wanted)
    write_difference(connection, GOLDEN_VALUES, found)
    return len(found)


def _write_edges(connection: sa.Connection, resolution: Resolution, run_id: int) -> int:
    wanted: dict[Row, Row] = {
        tuple(edge[:6]): (edge.strength.value, edge.status.value, edge.reason)
        for edge in resolution.edges
    }
    found = find_difference(connection, EDGES, wanted)
    stamp = {"run_id": run_id}
    write_difference(connection, EDGES, found, new=stamp, changed=stamp)
    return len(found)


def _move_members(connection: sa.Connection, history: History, run_id: int) -> int:
    """Close the memberships that ended and open the new ones; how many were closed."""
    ended = [record for record, (old, _) in history.moved.items() if old is not None]
    _close(connection, MEMBERSHIP, "record_id", ended, run_id)
    bulk_insert(
        connection,
        "membership",
        ["record_id", "from_run_id", "profile_id"],
        [(record, run_id, new) for record, (_, new) in history.moved.items() if new is not None],
    )
    return len(ended)


def _write_aliases(
    connection: sa.Connection, aliases: Mapping[int, int], history: History, run_id: int
) -> tuple[int, int]:
    """Close what no longer holds, open what does; (opened, closed)."""
    ended = sorted(old for old, id_ in aliases.items() if history.aliases.get(old) != id_)
    opened = sorted((old, id_) for old, id_ in history.aliases.items() if aliases.get(old) != id_)
    _close(connection, ALIAS, "old_id", ended, run_id)
    bulk_insert(
        connection,
        "alias",
        ["old_id", "from_run_id", "profile_id", "reason"],
        [(old, run_id, id_, "merge") for old, id_ in opened],
    )
    return len(opened), len(ended)


def _close(
    connection: sa.Connection, table: sa.Table, key: str, ids: list[int], run_id: int
) -> None:
    """End the open rows of these ids; one opened in this very run has never been and goes."""
    if not ids:
        return
    ended = stage(
        connection,
        f"ended_{table.name}",
        [sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False)],
        [(id_,) for id_ in ids],
    )
    those = [table.c[key].in_(sa.select(ended.c.id)), table.c.to_run_id.is_(None)]
    connection.execute(sa.delete(table).where(*those, table.c.from_run_id == run_id))
    connection.execute(sa.update(table).where(*those).values(to_run_id=run_id))


def _write_history(connection: sa.Connection, history: History, run_id: int, now: datetime) -> None:
    at = int(now.timestamp())
    bulk_insert(
        connection,
        "profile_event",
        ["run_id", "profile_id", "what", "other_id", "happened_at", "detail"],
        [(run_id, *change, at, "") for change in history.changes],
    )


def _touch(connection: sa.Connection, profiles: set[int], run_id: int) -> None:
    bulk_insert(
        connection,
        "touched",
        ["profile_id", "reason", "run_id"],
        [(id_, "unify", run_id) for id_ in sorted(profiles)],
    )
