"""Resolution → membership, profile, golden_value, alias, edge, review: only what differs."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from heliu.identity.policy import Policy
from heliu.identity.records import Key
from heliu.identity.resolution import Match, Resolution
from heliu.identity.tables.audit import stop_if_too_much
from heliu.identity.tables.edge_store import (
    Evidenced,
    redemoted,
    write_demotions,
    write_edges,
    write_questions,
)
from heliu.identity.tables.facts import rekey_facts
from heliu.identity.tables.golden_store import Written, write_components, write_profiles
from heliu.identity.tables.history import History, tell_history
from heliu.identity.tables.scope import Scope
from heliu.identity.tables.state import State, save_state, settle
from heliu.identity.tables.store import IDENTIFIER, stage_keys
from heliu.identity.tables.whole import Whole, measure, move
from heliu.rules.vocabulary import Word
from models import Alias, Handover, Membership
from models.bulk import bulk_insert, stage_ids

ALIAS: sa.Table = Alias.__table__  # type: ignore[attr-defined]
HANDOVER: sa.Table = Handover.__table__  # type: ignore[attr-defined]
MEMBERSHIP: sa.Table = Membership.__table__  # type: ignore[attr-defined]


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
    demotions: int = 0
    aliases_opened: int = 0
    aliases_closed: int = 0
    handovers: int = 0
    review_opened: int = 0
    review_closed: int = 0
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


@dataclass(frozen=True)
class Published:
    """How the records in question stood before, as the tables say.

    Attributes:
        members: Record id to profile id.
        aliases: Ids no longer a profile to the profile they mean.
        handed_over: Profile id whose record is gone to the record that inherited it.
        demoted: Values that proved nothing, to how many carried them.
    """

    members: Mapping[int, int]
    aliases: Mapping[int, int]
    handed_over: Mapping[int, int]
    demoted: Mapping[Key, int]


def publish(
    connection: sa.Connection,
    scope: Scope,
    before: Published,
    resolution: Resolution,
    handed_over: Mapping[int, int],
    state: State,
    *,
    rules_hash: str,
    policy: Policy,
    fields: Mapping[str, Word],
    run_id: int,
    now: datetime,
    accept_changes: bool = False,
    first_model: bool = False,
) -> UnifyCounts:
    """Make the tables say what the resolution says; facts follow their records.

    Args:
        connection: In the caller's transaction, which makes it all or nothing.
        scope: The records in question: what is not among them is left alone.
        before: How those stood.
        resolution: Who is who among those that live.
        handed_over: The hand-overs that hold now.
        state: What the published profiles were made by.
        rules_hash: What these are made by.
        policy: Survivorship, and how much may change at once.
        fields: Field name to the column of `profile` it lives in.
        run_id: What new rows are stamped with.
        now: When it happened.
        accept_changes: Publish however much changes.
        first_model: Publish however many move, since somebody has just had them matched for
            the first time; no profile may grow beyond the limit all the same.

    Raises:
        AuditStop: More would change than the policy allows.
    """
    published = set(before.members.values())
    aliases = {
        old: id_
        for old, id_ in before.aliases.items()
        # One that leads elsewhere is in question only if its record lives again.
        if id_ in published or old in resolution.profile_of
    }
    history = tell_history(before.members, resolution.profile_of, published, aliases)
    closed = _move_members(connection, history, run_id)
    profiles = _write_profiles(
        connection, scope, before, resolution, history, published, policy, fields, run_id
    )
    first = scope.whole and not state.run_id
    edges = write_edges(connection, scope.records, resolution.edges, run_id, first=first)
    opened, answered = write_questions(connection, scope, resolution.questions, run_id)
    demotions = write_demotions(connection, scope, resolution.demoted, run_id)
    opened_aliases, closed_aliases = _write_aliases(connection, aliases, history, run_id)
    handovers = _write_handovers(connection, before.handed_over, handed_over, run_id)
    _write_history(connection, history, run_id, now)
    facts = rekey_facts(
        connection,
        None if scope.whole else {r: new or r for r, (_, new) in history.moved.items()},
    )
    alive = set(resolution.profile_of.values())
    touched = profiles.changed | history.profiles | (facts.profiles & (alive | published))
    _touch(connection, touched, run_id)
    whole = _measure(connection, scope, state, profiles, edges, resolution.edges)
    whole.model = policy.model_hash
    if not accept_changes:
        moved = {} if first_model else history.moved
        stop_if_too_much(state.whole.figures, whole.figures, moved, policy)
    settle(connection, scope.stale_records, scope.stale_values)
    save_state(connection, State(rules_hash, run_id, whole))

    what = Counter(change.what for change in history.changes)
    return UnifyCounts(
        profiles_created=what["created"],
        profiles_restored=what["restored"],
        profiles_split=what["split"],
        profiles_merged=what["merged"],
        profiles_deleted=what["deleted"],
        profile_rows=profiles.profile_rows,
        memberships_opened=sum(new is not None for _, new in history.moved.values()),
        memberships_closed=closed,
        golden_values=profiles.golden_values,
        edges=edges.rows,
        demotions=demotions,
        aliases_opened=opened_aliases,
        aliases_closed=closed_aliases,
        handovers=handovers,
        review_opened=opened,
        review_closed=answered,
        profile_events=len(history.changes),
        facts_moved=sum(facts.rows.values()),
        touched=len(touched),
    )


def read_published(connection: sa.Connection, scope: Scope) -> Published:
    """How the records of a scope stand in the tables."""
    current = MEMBERSHIP.c.to_run_id.is_(None)
    members = sa.select(MEMBERSHIP.c.record_id, MEMBERSHIP.c.profile_id).where(current)
    aliases = sa.select(ALIAS.c.old_id, ALIAS.c.profile_id).where(ALIAS.c.to_run_id.is_(None))
    handed = sa.select(HANDOVER.c.profile_id, HANDOVER.c.record_id)
    demoted = sa.text("SELECT type, scope, value, holders FROM demotion")
    if not scope.whole:
        here = sa.select(stage_ids(connection, "records_here", scope.records).c.id)
        members = members.where(MEMBERSHIP.c.record_id.in_(here))
        theirs = sa.select(MEMBERSHIP.c.profile_id).where(current, MEMBERSHIP.c.record_id.in_(here))
        aliases = aliases.where(sa.or_(ALIAS.c.profile_id.in_(theirs), ALIAS.c.old_id.in_(here)))
        handed = handed.where(HANDOVER.c.record_id.in_(here))
    return Published(
        dict(connection.execute(members).tuples().all()),
        dict(connection.execute(aliases).tuples().all()),
        dict(connection.execute(handed).tuples().all()),
        {Key(*row[:3]): row[3] for row in connection.execute(demoted)},
    )


def _write_profiles(
    connection: sa.Connection,
    scope: Scope,
    before: Published,
    resolution: Resolution,
    history: History,
    published: AbstractSet[int],
    policy: Policy,
    fields: Mapping[str, Word],
    run_id: int,
) -> Written:
    """Rewrite the profiles whose records, or what is believed of them, may have changed."""
    members: dict[int, list[int]] = {}
    components: dict[int, int] = {}
    for record, profile in resolution.profile_of.items():
        members.setdefault(profile, []).append(record)
        components[profile] = resolution.component_of[record]
    vanished = published - members.keys()
    demoted = scope.demoted | {one.key for one in resolution.demoted}
    quietly = 0
    if scope.whole:
        stirred = set(members)
    else:
        changed = redemoted(scope, before.demoted, resolution.demoted)
        records = scope.stale_records | _holders(connection, changed)
        stirred = {resolution.profile_of[r] for r in records if r in resolution.profile_of}
        stirred |= (history.profiles & members.keys()) | (members.keys() - published)
        quietly = write_components(connection, members.keys() - stirred, components)
    written = write_profiles(
        connection,
        {profile: members[profile] for profile in stirred},
        (published & stirred) | vanished,
        components,
        policy,
        fields,
        demoted,
        run_id,
    )
    written.profile_rows += quietly
    return written


def _holders(connection: sa.Connection, keys: Iterable[Key]) -> set[int]:
    keys = sorted(keys)
    if not keys:
        return set()
    staged = stage_keys(connection, "values_here", keys)
    same = sa.and_(*(IDENTIFIER.c[name] == staged.c[name] for name in Key._fields))
    return set(connection.execute(sa.select(IDENTIFIER.c.record_id).join(staged, same)).scalars())


def _measure(
    connection: sa.Connection,
    scope: Scope,
    state: State,
    profiles: Written,
    edges: Evidenced,
    matches: Sequence[Match],
) -> Whole:
    """The figures of the whole, as it would be published."""
    if scope.whole:
        return measure(connection, matches)
    return move(
        connection,
        state.whole,
        gone=profiles.gone,
        come=profiles.come,
        edges_gone=edges.gone,
        edges_come=edges.come,
    )


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


def _write_handovers(
    connection: sa.Connection, before: Mapping[int, int], after: Mapping[int, int], run_id: int
) -> int:
    ended = [id_ for id_, heir in before.items() if after.get(id_) != heir]
    opened = [(id_, heir, run_id) for id_, heir in after.items() if before.get(id_) != heir]
    if ended:
        gone = stage_ids(connection, "handed_back", ended)
        connection.execute(
            sa.delete(HANDOVER).where(HANDOVER.c.profile_id.in_(sa.select(gone.c.id)))
        )
    bulk_insert(connection, "handover", ["profile_id", "record_id", "run_id"], opened)
    return len(set(ended) | {id_ for id_, *_ in opened})


def _close(
    connection: sa.Connection, table: sa.Table, key: str, ids: list[int], run_id: int
) -> None:
    """End the open rows of these ids; one opened in this very run has never been and goes."""
    if not ids:
        return
    ended = stage_ids(connection, f"ended_{table.name}", ids)
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


def _touch(connection: sa.Connection, profiles: AbstractSet[int], run_id: int) -> None:
    bulk_insert(
        connection,
        "touched",
        ["profile_id", "reason", "run_id"],
        [(id_, "unify", run_id) for id_ in sorted(profiles)],
    )
