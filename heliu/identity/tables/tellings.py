"""Records → the rows of their profiles and golden values, in this process or another."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa

from heliu.identity.normalise import CONTACTS
from heliu.identity.policy import Policy
from heliu.identity.records import Key
from heliu.identity.survivorship import ONLY, Teller, choose, tell_origin, teller
from heliu.identity.tables.store import IDENTIFIER, RECORD, STATUSES, load_normalised
from heliu.rules.vocabulary import COMPARED, VERIFIED
from models import IdentifierStatus, Profile
from models.bulk import bulk_select, stage_ids
from models.database import open_database

PROFILE: sa.Table = Profile.__table__  # type: ignore[attr-defined]
STAMPS = {"id", "component_id", "records", "sources", "created_run_id", "changed_run_id"}
PROFILE_FIELDS = [column.name for column in PROFILE.c if column.name not in STAMPS]

Row = tuple[Any, ...]
Chunk = Sequence[tuple[int, Sequence[int], int]]  # profile, its records rising, its component
Tell = Callable[[Chunk], "Told"]


class Told(NamedTuple):
    """What tables should hold of some profiles; plain tuples, which cost least to hand over."""

    profiles: list[Row]  # id, records, sources, fields, component
    values: list[Row]  # profile, attribute, value, record, rule; by key


class Survival(NamedTuple):
    """What decides which value survives.

    Attributes:
        columns: Attribute to its place among `PROFILE_FIELDS`; others are kept as values only.
        demoted: Values that are nobody's own.
    """

    policy: Policy
    columns: Mapping[str, int]
    demoted: AbstractSet[Key]


def start(url: str, survival: Survival) -> Tell:
    """What a process of its own does: reads records by itself, hands rows over."""
    connection = open_database(url).connect().execution_options(read_only=True)
    return teller_of(connection, survival)


def teller_of(connection: sa.Connection, survival: Survival) -> Tell:
    """What makes rows of chunks of profiles, from records as this connection sees them."""

    def tell(chunk: Chunk) -> Told:
        tellers = load_tellers(connection, (i for _, ids, _ in chunk for i in ids), survival)
        told = Told([], [])
        for profile, members, component in chunk:
            _add_profile(told, profile, [tellers[id_] for id_ in members], component, survival)
        return told

    return tell


def _add_profile(
    told: Told, profile: int, group: list[Teller], component: int, survival: Survival
) -> None:
    fields: list[str | int | None] = [None] * len(PROFILE_FIELDS)
    for attribute, value, record_id, rule in _survivors(group, survival.policy):
        told.values.append((profile, attribute, str(value), record_id, rule))
        if (place := survival.columns.get(attribute)) is not None:
            fields[place] = value
    sources = len({one.source for one in group}) if len(group) > 1 else 1
    told.profiles.append((profile, len(group), sources, *fields, component))


def _survivors(group: list[Teller], policy: Policy) -> Iterable[tuple[str, str | int, int, str]]:
    """Attributes in order, each with its value, whose it is and why."""
    if len(group) == 1:  # two profiles of three: nothing to choose
        id_ = group[0].record_id
        return [(name, value, id_, ONLY) for name, value in sorted(group[0].told.items())]
    return [(name, *found) for name, found in sorted(choose(group, policy).items())]


def load_tellers(
    connection: sa.Connection, ids: Iterable[int], survival: Survival
) -> dict[int, Teller]:
    """Records as survivorship looks at them, by id; see `survivorship.teller` for one in hand."""
    wanted = stage_ids(connection, "told_here", ids)
    crowded = {key.value for key in survival.demoted if key.type in CONTACTS}
    closer = _disbelieved(connection, wanted)
    query = sa.select(RECORD.c.id, RECORD.c.source, RECORD.c.attributes)
    tellers = {}
    for id_, source, text in bulk_select(
        connection, query.join(wanted, wanted.c.id == RECORD.c.id)
    ):
        parts = orjson.loads(text)
        told = parts.get("values", {})
        if not crowded.isdisjoint([told.get(type_) for type_ in CONTACTS]):
            closer.add(id_)
        vouched = ""
        if COMPARED in text:  # few sources tell what is only compared, or vouch for a cell
            vouched = told.get(VERIFIED, "")
            told = {name: value for name, value in told.items() if not name.startswith(COMPARED)}
        created_at, updated_at = parts.get("created_at"), parts.get("updated_at")
        tell_origin(told, parts.get("source_channel", ""), created_at, updated_at)
        tellers[id_] = Teller(
            id_,
            source,
            parts["trust"],
            STATUSES[parts["name_status"]],
            told,
            vouched,
            created_at,
            updated_at,
        )
    if closer:  # of all others the first contact is their own: no need to read what they carry
        for record in load_normalised(connection, closer, CONTACTS):
            tellers[record.record_id] = teller(record, survival.demoted)
    return tellers


def _disbelieved(connection: sa.Connection, wanted: sa.Table) -> set[int]:
    """Of these records those with a value that isn't believed on them."""
    columns = IDENTIFIER.c
    rows = connection.execute(
        # Asked for types too, SQLite would look through all phones there are.
        sa.select(columns.record_id)
        .join(wanted, wanted.c.id == columns.record_id)
        .where(columns.status == IdentifierStatus.BLOCKED.value)
    )
    return set(rows.scalars())
