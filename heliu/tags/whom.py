"""Many people by what somebody calls them: a profile's id, a former one, a record's, SOURCE:KEY."""

from collections.abc import Collection, Iterable

import sqlalchemy as sa

from models import Alias, Membership, Profile, Record
from models.bulk import stage, stage_ids

ALIAS = Alias.__table__  # type: ignore[attr-defined]
MEMBERSHIP = Membership.__table__  # type: ignore[attr-defined]
PROFILE = Profile.__table__  # type: ignore[attr-defined]
RECORD = Record.__table__  # type: ignore[attr-defined]

DIGITS = 18  # of the longest id


def people_named(connection: sa.Connection, names: Iterable[str]) -> dict[str, int]:
    """Each name to the profile it means today; names of nobody are left out.

    Args:
        connection: May fill TEMP tables.
        names: As `heliu explain profile` takes them.
    """
    texts = {name: name.strip() for name in names}
    keys = {name: text for name, text in texts.items() if ":" in text}
    records = _records_of(connection, set(keys.values()))
    numbers = {
        name: int(text)
        for name, text in texts.items()
        if text.isascii() and text.isdigit() and len(text) <= DIGITS
    }
    ids = {name: records[text] for name, text in keys.items() if text in records} | numbers
    found = profiles_of(connection, set(ids.values()))
    return {name: found[id_] for name, id_ in ids.items() if id_ in found}


def _records_of(connection: sa.Connection, keys: Collection[str]) -> dict[str, int]:
    """SOURCE:KEY to record id."""
    columns = [sa.Column("source", sa.Text), sa.Column("source_pk", sa.Text)]
    rows = sorted({tuple(key.split(":", 1)) for key in keys})
    if not rows:
        return {}
    asked = stage(connection, "named_key", columns, rows)
    joined = sa.and_(asked.c.source == RECORD.c.source, asked.c.source_pk == RECORD.c.source_pk)
    found = connection.execute(sa.select(asked, RECORD.c.id).join_from(asked, RECORD, joined))
    return {f"{source}:{key}": id_ for source, key, id_ in found}


def profiles_of(connection: sa.Connection, ids: Collection[int]) -> dict[int, int]:
    """Ids of profiles (of today or once) and records to the profile each means today.

    An id leads through aliases as far as they go; one that never was a profile's
    leads to the profile of the record.
    """
    here = {id_: id_ for id_ in ids}
    found: dict[int, int] = {}
    passed: set[int] = set()
    while here:
        asked = stage_ids(connection, "named_id", here.values())
        living = set(
            connection.scalars(sa.select(PROFILE.c.id).join(asked, asked.c.id == PROFILE.c.id))
        )
        found |= {id_: at for id_, at in here.items() if at in living}
        open_ = sa.select(ALIAS.c.old_id, ALIAS.c.profile_id).join(
            asked, asked.c.id == ALIAS.c.old_id
        )
        onward = dict(connection.execute(open_.where(ALIAS.c.to_run_id.is_(None))).tuples().all())
        passed |= set(here.values())
        here = {
            id_: onward[at]
            for id_, at in here.items()
            if at not in living and at in onward and onward[at] not in passed
        }
    return found | _by_record(connection, set(ids) - set(found))


def _by_record(connection: sa.Connection, ids: Collection[int]) -> dict[int, int]:
    if not ids:
        return {}
    asked = stage_ids(connection, "named_id", ids)
    now = sa.select(MEMBERSHIP.c.record_id, MEMBERSHIP.c.profile_id).join(
        asked, asked.c.id == MEMBERSHIP.c.record_id
    )
    return dict(connection.execute(now.where(MEMBERSHIP.c.to_run_id.is_(None))).tuples().all())
