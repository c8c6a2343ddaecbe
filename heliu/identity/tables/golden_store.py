"""Golden values → profile and golden_value, some thousand profiles at a time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import sqlalchemy as sa

from heliu.identity.parallel import LEAST, in_processes
from heliu.identity.policy import Policy
from heliu.identity.records import Key
from heliu.identity.tables.difference import (
    Difference,
    Row,
    Shape,
    find_difference,
    write_difference,
)
from heliu.identity.tables.tellings import (
    PROFILE,
    PROFILE_FIELDS,
    Chunk,
    Survival,
    Told,
    start,
    teller_of,
)
from heliu.identity.tables.whole import Sized
from heliu.rules.vocabulary import Word
from models import GoldenValue
from models.bulk import bulk_update, stage_ids

GOLDEN: sa.Table = GoldenValue.__table__  # type: ignore[attr-defined]

PROFILES = Shape(PROFILE, ["id"], ["records", "sources", *PROFILE_FIELDS], ("component_id",))
GOLDEN_VALUES = Shape(GOLDEN, ["profile_id", "attribute"], ["value", "record_id", "rule"])
CHUNK = 10_000  # profiles whose records are in memory at once


@dataclass
class Written:
    """What was written of profiles.

    Attributes:
        changed: Ids of profiles that came, went or differ in a field.
        gone: Profiles that are no more, or as they were before, as they are counted.
        come: Profiles that are new, or as they are now.
    """

    profile_rows: int = 0
    golden_values: int = 0
    changed: set[int] = field(default_factory=set)
    gone: list[Sized] = field(default_factory=list)
    come: list[Sized] = field(default_factory=list)


def write_profiles(
    connection: sa.Connection,
    members: Mapping[int, Sequence[int]],
    published: AbstractSet[int],
    components: Mapping[int, int],
    policy: Policy,
    fields: Mapping[str, Word],
    demoted: AbstractSet[Key],
    run_id: int,
) -> Written:
    """Make the rows of these profiles say what their records do.

    Args:
        connection: In the caller's transaction.
        members: Profile id to its records' ids.
        published: Ids of profiles that have rows; those without members lose them.
        components: Profile id to its component.
        policy: The rules of survivorship.
        fields: Field name to the column of `profile` it lives in.
        demoted: Values that are nobody's own.
        run_id: What new and changed rows are stamped with.
    """
    written = Written()
    ids = sorted(members.keys() | published)
    chunks = [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
    asked = (
        [(id_, members[id_], components[id_]) for id_ in chunk if id_ in members]
        for chunk in chunks
    )
    columns = {
        name: PROFILE_FIELDS.index(word.column)
        for name, word in fields.items()
        if word.column in PROFILE_FIELDS
    }
    survival = Survival(policy, columns, demoted)
    told = _tell(connection, asked, survival, sum(map(len, members.values())))
    for chunk, (rows, values) in zip(chunks, told, strict=True):
        if published.isdisjoint(chunk):
            _write(connection, written, run_id, Difference(rows), Difference(values))
        else:
            staged = stage_ids(connection, "profiles_here", chunk)
            here = sa.select(staged.c.id)
            profiles = _difference(connection, PROFILES, rows, PROFILE.c.id.in_(here))
            found = _difference(connection, GOLDEN_VALUES, values, GOLDEN.c.profile_id.in_(here))
            _write(connection, written, run_id, profiles, found)
    return written


def _tell(
    connection: sa.Connection, chunks: Iterable[Chunk], survival: Survival, records: int
) -> Iterator[Told]:
    """The rows of many profiles are made by processes that read while this one writes."""
    if records < LEAST:
        return map(teller_of(connection, survival), chunks)
    url = connection.engine.url.render_as_string(hide_password=False)
    return in_processes(start, (url, survival), chunks, records=records)


def _difference(
    connection: sa.Connection, shape: Shape, rows: Iterable[Row], within: sa.ColumnElement[bool]
) -> Difference:
    width = len(shape.keys)
    return find_difference(connection, shape, {row[:width]: row[width:] for row in rows}, within)


def _write(
    connection: sa.Connection,
    written: Written,
    run_id: int,
    profiles: Difference,
    values: Difference,
) -> None:
    write_difference(
        connection,
        PROFILES,
        profiles,
        new={"created_run_id": run_id, "changed_run_id": run_id},
        changed={"changed_run_id": run_id},
    )
    write_difference(connection, GOLDEN_VALUES, values)
    written.profile_rows += len(profiles)
    written.golden_values += len(values)
    told = (*profiles.inserted, *profiles.updated)
    written.changed |= {row[0] for row in (*told, *profiles.deleted)}
    written.gone += [Sized(key[0], *row[:2]) for key, row in profiles.before.items()]
    written.come += [Sized(*row[:3]) for row in told]


def write_components(
    connection: sa.Connection, profiles: AbstractSet[int], components: Mapping[int, int]
) -> int:
    """Tell profiles which stay as they are what they hang together with; how many changed."""
    staged = stage_ids(connection, "profiles_here", profiles)
    rows = connection.execute(
        sa.select(PROFILE.c.id, PROFILE.c.component_id).join(staged, staged.c.id == PROFILE.c.id)
    )
    changed = [(id_, components[id_]) for id_, now in rows if components[id_] != now]
    bulk_update(connection, PROFILE, "id", ["component_id"], changed)
    return len(changed)
